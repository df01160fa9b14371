//! Which owners compete for the same units.
//!
//! Solving a few owners again among their own units gains most where many units are nearly as cheap at the one as at the
//! other (POPMUSIC: Taillard & Voß 2002, parts of a solution that are close to each other are optimised together). Close
//! means close in price: both owners are among the cheapest of a unit by reduced cost.

use super::pool::Pool;
use super::prices::Prices;
use super::random::Dice;

/// Owners of a unit that count as its cheapest.
const CHEAPEST: usize = 5;

pub(crate) struct Near {
    owners: usize,
    /// `shared[a * owners + b]`: how many units have both among their cheapest.
    shared: Vec<f32>,
}

impl Near {
    pub fn of<const K: usize>(pool: &Pool<K>, prices: &Prices<K>) -> Self {
        let owners = pool.owners;
        let mut shared = vec![0.0; owners * owners];
        let mut list: Vec<(f64, u32)> = Vec::with_capacity(owners);
        for unit in 0..pool.len() {
            list.clear();
            list.extend(pool.owners_of(unit).iter().map(|&o| (prices.reduced(pool, unit, o as usize), o)));
            list.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            list.truncate(CHEAPEST);
            for (_, a) in &list {
                for (_, b) in list.iter().filter(|(_, b)| b != a) {
                    shared[*a as usize * owners + *b as usize] += 1.0;
                }
            }
        }
        Near { owners, shared }
    }

    pub fn owners(&self) -> usize {
        self.owners
    }

    /// All owners in a row whose stretches of `size` are groups of close owners, different each time.
    pub fn line_up(&self, size: usize, dice: &mut Dice) -> Vec<u32> {
        let mut left: Vec<u32> = (0..self.owners as u32).collect();
        for i in (1..left.len()).rev() {
            left.swap(i, dice.below(i + 1));
        }
        let mut row = Vec::with_capacity(self.owners);
        let mut pull = vec![0.0f32; self.owners];
        while !left.is_empty() {
            if row.len() % size == 0 {
                pull.fill(0.0);
            }
            let at = (0..left.len()).max_by(|&i, &j| {
                let weight = |i: usize| pull[left[i] as usize];
                weight(i).total_cmp(&weight(j))
            });
            let next = left.swap_remove(at.unwrap_or(0));
            for &other in &left {
                pull[other as usize] += self.shared[next as usize * self.owners + other as usize] * dice.unit() as f32;
            }
            row.push(next);
        }
        row
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_owner_stands_once_in_the_row_beside_those_it_shares_units_with() {
        // Owners 0–1, 2–3, 4–5 share units.
        let owners = 6;
        let mut shared = vec![0.0; owners * owners];
        for a in 0..owners {
            shared[a * owners + (a ^ 1)] = 3.0;
        }
        let near = Near { owners, shared };
        for stream in 0..20 {
            let row = near.line_up(2, &mut Dice::new(1, stream));
            let mut all = row.clone();
            all.sort_unstable();
            assert_eq!(all, vec![0, 1, 2, 3, 4, 5]);
            assert!(row.chunks(2).all(|pair| pair[0] ^ 1 == pair[1]), "{row:?}");
        }
    }
}
