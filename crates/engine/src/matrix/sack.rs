//! One owner's knapsack: the set of units that pays best within its capacity, and what each unit would cost besides.
//!
//! Dynamic programming over whole weights; tables from both ends give all marginal costs at once (Posta, Ferland, Michelon
//! 2012). Gains are rounded down to small whole numbers, of which the widest registers of the machine hold four times as
//! many as of the exact ones; what is proven with the rounded ones holds for the exact ones.

use fearless_simd::{Level, dispatch};
use std::cell::RefCell;

/// A unit that may still come to the owner.
#[derive(Clone, Copy)]
pub(crate) struct Item {
    pub unit: u32,
    pub weight: u32,
    pub cost: f64,
    /// Least rise of the bound if the unit comes here.
    pub loss: f64,
    /// How often the last climbs took it, recent rounds counting more: an estimate of the relaxed solution.
    pub share: f64,
}

/// One owner with one whole-numbered capacity and the units that may still come to it.
#[derive(Default)]
pub(crate) struct Sack {
    pub capacity: usize,
    pub items: Vec<Item>,
}

impl Clone for Sack {
    fn clone(&self) -> Self {
        Sack { capacity: self.capacity, items: self.items.clone() }
    }

    fn clone_from(&mut self, other: &Self) {
        self.capacity = other.capacity;
        self.items.clone_from(&other.items);
    }
}

/// The best set of an owner.
#[derive(Clone, Default)]
pub(crate) struct Filled {
    /// Places of its items.
    pub taken: Vec<u32>,
    /// No set gains less.
    pub sum: f64,
    /// Table cells that were filled.
    pub cells: u64,
}

/// What a unit costs an owner either way.
pub(crate) struct Marginal {
    pub unit: u32,
    pub item: u32,
    /// What taking the unit costs more than the best set.
    pub with: f64,
    /// What refusing it costs more.
    pub without: f64,
}

impl Sack {
    /// Keeps the items that are wanted.
    pub fn retain(&mut self, wanted: impl Fn(&Item) -> bool) {
        let mut i = 0;
        while i < self.items.len() {
            if wanted(&self.items[i]) {
                i += 1;
            } else {
                self.items.swap_remove(i);
            }
        }
    }

    /// The items of negative reduced cost that fit and pay best.
    pub fn fill(&self, worth: &[f64], filled: &mut Filled) {
        filled.taken.clear();
        let (mut sum, mut weight) = (0.0, 0);
        for (i, item) in self.items.iter().enumerate() {
            let gain = item.cost - worth[item.unit as usize];
            if gain < 0.0 {
                sum += gain;
                weight += item.weight as usize;
                filled.taken.push(i as u32);
            }
        }
        if weight <= self.capacity {
            (filled.sum, filled.cells) = (sum, filled.taken.len() as u64);
            return;
        }
        let width = self.capacity + 1;
        DESK.with_borrow_mut(|Desk { rows, table }| {
            let whole = self.round(filled.taken.iter().copied(), worth, rows);
            let table = first_row(table, rows.len(), width);
            dispatch!(Level::new(), _ => fill_table(table, width, rows));
            let mut left = self.capacity;
            filled.taken.clear();
            for (t, row) in rows.iter().enumerate().rev() {
                if table[(t + 1) * width + left] < table[t * width + left] {
                    filled.taken.push(row.item);
                    left -= row.weight as usize;
                }
            }
            filled.sum = whole.least(table[rows.len() * width + self.capacity]);
            filled.cells = (rows.len() * width) as u64;
        });
    }

    /// For each unit within reach: what taking it costs more than the best set, and what refusing it costs more.
    pub fn marginals(&self, worth: &[f64], room: f64, marginals: &mut Vec<Marginal>) {
        let width = self.capacity + 1;
        let near = |i: &u32| {
            let item = &self.items[*i as usize];
            item.cost - worth[item.unit as usize] <= room
        };
        marginals.clear();
        DESK.with_borrow_mut(|Desk { rows, table }| {
            let whole = self.round((0..self.items.len() as u32).filter(near), worth, rows);
            let table = first_row(table, rows.len() + 2, width);
            let (before, both) = table.split_at_mut((rows.len() + 1) * width);
            dispatch!(Level::new(), _ => fill_table(before, width, rows));
            let best = before[rows.len() * width + self.capacity];
            dispatch!(Level::new(), _ => join_tables(before, both, width, rows));
            let more = |least: i32| (whole.least(least) - whole.most(best, rows.len())).max(0.0);
            marginals.extend(rows.iter().map(|row| Marginal {
                unit: self.items[row.item as usize].unit,
                item: row.item,
                with: more(row.with),
                without: more(row.without),
            }));
        });
    }

    /// The rows of a table of the items.
    fn round(&self, items: impl Iterator<Item = u32>, worth: &[f64], rows: &mut Vec<Row>) -> Whole {
        rows.clear();
        let (mut sum, mut best, mut dearest) = (0.0, 0.0, 1e-9);
        rows.extend(items.map(|i| {
            let item = &self.items[i as usize];
            let gain = item.cost - worth[item.unit as usize];
            if gain < 0.0 {
                sum -= gain;
                best = f64::max(best, -gain / f64::from(item.weight));
            }
            dearest = f64::max(dearest, gain);
            Row { item: i, weight: item.weight, exact: gain, gain: 0, with: 0, without: 0 }
        }));
        let most: f64 = f64::min(sum, best * self.capacity as f64);
        let whole = Whole { steps: (LARGEST - rows.len() as f64) / most.max(dearest) };
        rows.iter_mut().for_each(|row| row.gain = whole.round(row.exact));
        whole
    }
}

/// An item as a table sees it.
#[derive(Clone, Copy)]
struct Row {
    item: u32,
    weight: u32,
    exact: f64,
    gain: i32,
    /// Least sum with the item, and without it.
    with: i32,
    without: i32,
}

/// Room for a table: filled thousands of times a second, so it is kept.
#[derive(Default)]
struct Desk {
    rows: Vec<Row>,
    table: Vec<i32>,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
}

/// A table of `rows` rows after the first, which is 0; the others are whatever was there.
fn first_row(table: &mut Vec<i32>, rows: usize, width: usize) -> &mut [i32] {
    let size = (rows + 1) * width;
    if table.len() < size {
        table.resize(size, 0);
    }
    let table = &mut table[..size];
    table[..width].fill(0);
    table
}

/// How gains become whole numbers.
struct Whole {
    /// Steps a unit of gain.
    steps: f64,
}

/// No sum of gains in a table is larger.
const LARGEST: f64 = (1u32 << 29) as f64;

impl Whole {
    fn round(&self, gain: f64) -> i32 {
        let exact = (gain * self.steps).clamp(-LARGEST, LARGEST);
        let near = exact as i32;
        near - i32::from(f64::from(near) > exact)
    }

    /// Gains that were rounded down to this sum are at least so much.
    fn least(&self, sum: i32) -> f64 {
        f64::from(sum) / self.steps
    }

    /// Gains of up to `count` items that were rounded down to this sum are at most so much.
    fn most(&self, sum: i32, count: usize) -> f64 {
        (f64::from(sum) + count as f64) / self.steps
    }
}

/// Row `t + 1` becomes the least gain within each capacity of the first `t + 1` items.
#[inline(always)]
fn fill_table(table: &mut [i32], width: usize, rows: &[Row]) {
    for (t, row) in rows.iter().enumerate() {
        let (done, rest) = table.split_at_mut((t + 1) * width);
        extend(&done[t * width..], &mut rest[..width], row.weight as usize, row.gain);
    }
}

/// Least sums with each item and without it: the items before it are in the table, those after it are added one by one
/// to the two rows of `after`.
#[inline(always)]
fn join_tables(before: &[i32], after: &mut [i32], width: usize, rows: &mut [Row]) {
    let (mut after, mut next) = after.split_at_mut(width);
    after.fill(0);
    for (t, row) in rows.iter_mut().enumerate().rev() {
        let weight = row.weight as usize;
        let before = &before[t * width..(t + 1) * width];
        row.with = row.gain + join(&before[..width - weight], &after[..width - weight]);
        row.without = join(before, after);
        extend(after, next, weight, row.gain);
        std::mem::swap(&mut after, &mut next);
    }
}

/// Least sum of two tables that share one capacity.
#[inline(always)]
fn join(row: &[i32], after: &[i32]) -> i32 {
    const LANES: usize = 16;
    let mut least = [i32::MAX; LANES];
    let mut rows = row.chunks_exact(LANES);
    let mut backs = after.rchunks_exact(LANES);
    for (row, back) in rows.by_ref().zip(backs.by_ref()) {
        for l in 0..LANES {
            least[l] = i32::min(least[l], row[l] + back[LANES - 1 - l]);
        }
    }
    let rest = rows.remainder().iter().zip(backs.remainder().iter().rev()).map(|(p, q)| p + q);
    least.into_iter().chain(rest).fold(i32::MAX, i32::min)
}

/// One item more: `to[c]` is the least value within capacity `c`.
#[inline(always)]
fn extend(from: &[i32], to: &mut [i32], weight: usize, gain: i32) {
    let (low, high) = to.split_at_mut(weight);
    low.copy_from_slice(&from[..weight]);
    for ((to, &stay), &take) in high.iter_mut().zip(&from[weight..]).zip(from) {
        *to = i32::min(take + gain, stay);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::random::Dice;

    /// The best set among those that hold the item, those that do not, and all: by trying every one.
    fn by_trying(sack: &Sack, worth: &[f64], item: usize) -> (f64, f64) {
        let (mut with, mut without) = (f64::INFINITY, f64::INFINITY);
        for set in 0u32..1 << sack.items.len() {
            let inside = || sack.items.iter().enumerate().filter(|(i, _)| set >> i & 1 == 1).map(|(_, item)| item);
            if inside().map(|item| item.weight as usize).sum::<usize>() <= sack.capacity {
                let sum: f64 = inside().map(|item| item.cost - worth[item.unit as usize]).sum();
                let least = if set >> item & 1 == 1 { &mut with } else { &mut without };
                *least = least.min(sum);
            }
        }
        (with, without)
    }

    #[test]
    fn tables_say_what_trying_every_set_says_and_never_more() {
        let mut dice = Dice::new(3, 0);
        let mut filled = Filled::default();
        let mut marginals = Vec::new();
        for case in 0..300 {
            let scale = [1.0, 1e-3, 1e6][case % 3];
            let count = 1 + dice.below(9);
            let worth: Vec<f64> = (0..count).map(|_| scale * 10.0 * dice.unit()).collect();
            let item = |unit: usize, dice: &mut Dice| Item {
                unit: unit as u32,
                weight: dice.below(12) as u32,
                cost: scale * (8.0 * dice.unit() + if dice.below(4) == 0 { 1e3 } else { 0.0 }),
                loss: 0.0,
                share: 0.0,
            };
            let capacity = 12 + dice.below(30);
            let sack = Sack { capacity, items: (0..count).map(|unit| item(unit, &mut dice)).collect() };
            let exact: Vec<(f64, f64)> = (0..count).map(|i| by_trying(&sack, &worth, i)).collect();
            let best = exact[0].0.min(exact[0].1);
            let close = 1e-6 * scale;

            sack.fill(&worth, &mut filled);
            assert!(filled.sum <= best + 1e-12 * scale && filled.sum >= best - close, "{} {best}", filled.sum);
            let taken: f64 =
                filled.taken.iter().map(|&i| sack.items[i as usize]).map(|i| i.cost - worth[i.unit as usize]).sum();
            assert!((taken - best).abs() <= close);

            sack.marginals(&worth, scale * 5.0, &mut marginals);
            for marginal in &marginals {
                let (with, without) = exact[marginal.item as usize];
                for (told, truth) in [(marginal.with, with - best), (marginal.without, without - best)] {
                    assert!(told <= truth + 1e-12 * scale && told >= truth - close, "{told} {truth}");
                }
            }
        }
    }
}
