//! The owners that may be among the cheapest of a unit, found without the exact cost of all others.
//!
//! A chord is never longer than its arc, and a square root is had cheaper than an arc sine: weight × chord + what is paid is
//! below the reduced cost of every owner. Whoever is dearer even so than as many as are wanted are in truth is not among them.

use super::metric::{Place, RADIUS_KM};
use crate::problem::Metric;
use fearless_simd::{Level, dispatch};

/// With fewer owners a sieve saves nothing.
const FEW: usize = 64;

/// Centres and prices, column by column.
pub(crate) struct Sieve {
    centres: [Vec<f64>; 3],
    /// One a measure.
    prices: Vec<Vec<f64>>,
    /// Length of a chord of 1.
    unit: f64,
    /// The largest price of each measure, whatever its sign.
    dearest: Vec<f64>,
    level: Level,
}

/// Working memory.
#[derive(Default)]
pub(crate) struct Scratch {
    low: Vec<f64>,
    sorted: Vec<f64>,
}

impl Sieve {
    /// `None` where it saves nothing, or where distances are rounded down.
    pub fn new(metric: Metric, measures: usize, centres: &[Place], prices: &[f64]) -> Option<Self> {
        let unit = match metric {
            Metric::GreatCircle => RADIUS_KM,
            Metric::Euclidean => 1.0,
            Metric::EuclideanFloor => return None,
        };
        let of = |measure: usize| prices.iter().skip(measure).step_by(measures).copied().collect::<Vec<f64>>();
        let prices: Vec<Vec<f64>> = (0..measures).map(of).collect();
        let largest = |prices: &Vec<f64>| prices.iter().fold(0.0f64, |most, price| most.max(price.abs()));
        (centres.len() >= FEW).then(|| Sieve {
            centres: std::array::from_fn(|d| centres.iter().map(|centre| centre[d]).collect()),
            dearest: prices.iter().map(largest).collect(),
            prices,
            unit,
            level: Level::new(),
        })
    }

    /// Calls `seen` with every owner that may be among the `width` cheapest for what lies in one place, in their order,
    /// and perhaps with some more. `reduced` is what an owner truly costs; prices of moves are never negative.
    pub fn pass(
        &self,
        (at, weight, value): (&Place, f64, &[f64]),
        width: usize,
        scratch: &mut Scratch,
        reduced: impl Fn(u32) -> f64,
        mut seen: impl FnMut(u32),
    ) {
        let Scratch { low, sorted } = scratch;
        low.resize(self.centres[0].len(), 0.0);
        let far = weight * self.unit;
        dispatch!(self.level, _ => self.fill(at, far, value, low));
        sorted.clone_from(low);
        let cut = *sorted.select_nth_unstable_by(width - 1, f64::total_cmp).1;
        let nearest = low.iter().enumerate().filter(|(_, low)| **low <= cut);
        let worst = nearest.map(|(owner, _)| reduced(owner as u32)).fold(f64::NEG_INFINITY, f64::max);
        // Both are sums of these, each rounded a little.
        let size = 4.0 * far + value.iter().zip(&self.dearest).map(|(v, price)| v.abs() * price).sum::<f64>();
        let most = worst + 1e-12 * size;
        low.iter().enumerate().filter(|(_, low)| **low <= most).for_each(|(owner, _)| seen(owner as u32));
    }

    #[inline(always)]
    fn fill(&self, at: &Place, far: f64, value: &[f64], low: &mut [f64]) {
        let [x, y, z] = &self.centres;
        for (((low, x), y), z) in low.iter_mut().zip(x).zip(y).zip(z) {
            let (x, y, z) = (at[0] - x, at[1] - y, at[2] - z);
            *low = far * (x * x + y * y + z * z).sqrt();
        }
        for (prices, value) in self.prices.iter().zip(value) {
            for (low, price) in low.iter_mut().zip(prices) {
                *low += price * value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::metric::{distance, place};
    use super::*;
    use crate::problem::Point;
    use proptest::prelude::*;

    fn spot() -> impl Strategy<Value = Point> {
        (-180.0..180.0f64, -89.0..89.0f64).prop_map(|(x, y)| Point { x, y })
    }

    proptest! {
        /// Nobody among the cheapest is sieved out, wherever they are and whatever is paid.
        #[test]
        fn the_cheapest_pass(
            spots in prop::collection::vec(spot(), 70..120),
            at in spot(),
            mut prices in prop::collection::vec(-500.0..500.0f64, 240),
            (weight, a, b) in (0.0..50.0f64, 0.0..90.0f64, 0.0..9.0f64),
            width in 1usize..30,
        ) {
            let centres: Vec<Place> = spots.iter().map(|&spot| place(Metric::GreatCircle, spot)).collect();
            let at = place(Metric::GreatCircle, at);
            prices.truncate(2 * centres.len());
            let sieve = Sieve::new(Metric::GreatCircle, 2, &centres, &prices).unwrap();
            let reduced = |owner: u32| {
                let owner = owner as usize;
                let way = weight * distance(Metric::GreatCircle, &at, &centres[owner]);
                way + prices[2 * owner] * a + prices[2 * owner + 1] * b
            };
            let mut seen = vec![];
            sieve.pass((&at, weight, &[a, b]), width, &mut Scratch::default(), reduced, |owner| seen.push(owner));
            let mut all: Vec<u32> = (0..centres.len() as u32).collect();
            all.sort_by(|&a, &b| reduced(a).total_cmp(&reduced(b)));
            let dearest = reduced(all[width - 1]);
            for owner in all {
                prop_assert!(seen.contains(&owner) || reduced(owner) > dearest, "{owner} is not among {seen:?}");
            }
        }
    }
}
