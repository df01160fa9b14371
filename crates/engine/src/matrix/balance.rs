//! Even loads where every owner costs the same: the largest unit first, to whoever it leaves least loaded.
//!
//! Largest-first list scheduling (Graham 1969) for several measures at once: a unit goes to the owner whose fullest
//! measure, as a share of what that owner should carry, ends lowest. The search then only has the last few units to fit.

use super::pool::Pool;
use super::prices::Prices;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// What an owner should carry: the middle of its band, or its share of the total where a side is open.
pub(crate) fn targets<const K: usize>(pool: &Pool<K>) -> Vec<[f64; K]> {
    let mut mean = [0.0; K];
    for unit in 0..pool.len() {
        let weight = pool.weight(unit, pool.owners_of(unit)[0] as usize);
        (0..K).for_each(|k| mean[k] += weight[k] / pool.owners as f64);
    }
    let target = |o: usize| {
        let mut target = mean;
        for k in 0..K {
            let (lower, upper) = (pool.lower[o][k].max(0.0), pool.upper[o][k]);
            target[k] = if upper.is_finite() && pool.lower[o][k].is_finite() {
                0.5 * (lower + upper)
            } else {
                mean[k].clamp(lower, upper.max(lower))
            };
        }
        target
    };
    (0..pool.owners).map(target).collect()
}

#[derive(PartialEq)]
struct Seat {
    fullness: f64,
    owner: u32,
}
impl Eq for Seat {}
impl PartialOrd for Seat {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Seat {
    /// The emptiest seat is the greatest.
    fn cmp(&self, other: &Self) -> Ordering {
        other.fullness.total_cmp(&self.fullness).then(other.owner.cmp(&self.owner))
    }
}

/// An even start. Prices only order owners that are as good as each other.
pub(crate) fn spread<const K: usize>(pool: &Pool<K>, prices: &Prices<K>) -> Vec<u32> {
    let targets = targets(pool);
    let share = |unit: usize, owner: usize| -> f64 {
        let weight = pool.weight(unit, owner);
        (0..K).filter(|&k| targets[owner][k] > 0.0).map(|k| weight[k] / targets[owner][k]).fold(0.0, f64::max)
    };
    let mut order: Vec<(f64, u32)> =
        (0..pool.len()).map(|u| (share(u, pool.owners_of(u)[0] as usize), u as u32)).collect();
    order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut load = vec![[0.0; K]; pool.owners];
    let mut owner = vec![0u32; pool.len()];
    let after = |load: &[f64; K], unit: usize, o: usize| -> f64 {
        let weight = pool.weight(unit, o);
        let part = |k: usize| if targets[o][k] > 0.0 { (load[k] + weight[k]) / targets[o][k] } else { 0.0 };
        (0..K).map(part).fold(0.0, f64::max)
    };
    let everyone = pool.owners_of_all();
    if everyone && K == 1 {
        // One list and one measure: a heap serves a million units.
        let mut heap: BinaryHeap<Seat> = (0..pool.owners as u32).map(|owner| Seat { fullness: 0.0, owner }).collect();
        for &(_, unit) in &order {
            let Some(mut seat) = heap.pop() else { break };
            let o = seat.owner as usize;
            owner[unit as usize] = seat.owner;
            seat.fullness = after(&load[o], unit as usize, o);
            load[o][0] += pool.weight(unit as usize, o)[0];
            heap.push(seat);
        }
        return owner;
    }
    for &(_, unit) in &order {
        let unit = unit as usize;
        let best = pool.owners_of(unit).iter().map(|&o| (after(&load[o as usize], unit, o as usize), o));
        let best = best.min_by(|a, b| {
            let price = |o: u32| if prices.of.is_empty() { 0.0 } else { prices.reduced(pool, unit, o as usize) };
            a.0.total_cmp(&b.0).then_with(|| price(a.1).total_cmp(&price(b.1)))
        });
        let Some((_, o)) = best else { continue };
        owner[unit] = o;
        let weight = pool.weight(unit, o as usize);
        (0..K).for_each(|k| load[o as usize][k] += weight[k]);
    }
    owner
}
