//! Even loads where every owner costs the same: the largest unit first, to whoever it leaves least loaded.
//!
//! Largest-first list scheduling (Graham 1969) for several measures at once: a unit goes to the owner whose fullest
//! measure, as a share of what that owner should carry, ends lowest. The search then only has the last few units to fit.

use super::pool::{NOBODY, Pool};
use super::prices::Prices;
use super::random::Dice;
use crate::control::Control;
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
pub(crate) fn spread<const K: usize>(pool: &Pool<K>, prices: &Prices<K>, control: &Control) -> Vec<u32> {
    let targets = targets(pool);
    let share = |unit: usize, owner: usize| -> f64 {
        let weight = pool.weight(unit, owner);
        (0..K).filter(|&k| targets[owner][k] > 0.0).map(|k| weight[k] / targets[owner][k]).fold(0.0, f64::max)
    };
    let mut order: Vec<(f64, u32)> =
        (0..pool.len()).map(|u| (share(u, pool.owners_of(u)[0] as usize), u as u32)).collect();
    order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut load = vec![[0.0; K]; pool.owners];
    let after = |load: &[f64; K], unit: usize, o: usize| -> f64 {
        let weight = pool.weight(unit, o);
        let part = |k: usize| if targets[o][k] > 0.0 { (load[k] + weight[k]) / targets[o][k] } else { 0.0 };
        (0..K).map(part).fold(0.0, f64::max)
    };
    let everyone = pool.owners_of_all();
    if everyone && K == 1 {
        let mut owner = vec![0u32; pool.len()];
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
    let mut owner = vec![NOBODY; pool.len()];
    for (turn, &(_, unit)) in order.iter().enumerate() {
        if turn.is_multiple_of(64) && control.is_over() {
            place_quickly(pool, &mut owner);
            break;
        }
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

/// Owners looked at for each unit where there is no time to look at all.
const FEW: usize = 8;

/// Gives each unit that has nobody yet to the least loaded of a few of its owners ("the power of two choices",
/// Mitzenmacher 2001): even loads at a cost that does not grow with the number of owners.
pub(crate) fn place_quickly<const K: usize>(pool: &Pool<K>, owner: &mut [u32]) {
    let targets = targets(pool);
    let mut load = vec![[0.0; K]; pool.owners];
    let add = |load: &mut [[f64; K]], unit: usize, o: usize| {
        let weight = pool.weight(unit, o);
        (0..K).for_each(|k| load[o][k] += weight[k]);
    };
    for (unit, &o) in owner.iter().enumerate().filter(|(_, o)| **o != NOBODY) {
        add(&mut load, unit, o as usize);
    }
    let mut dice = Dice::new(0, 0);
    for unit in 0..owner.len() {
        if owner[unit] != NOBODY {
            continue;
        }
        let list = pool.owners_of(unit);
        let fullness = |o: u32| -> f64 {
            let (o, weight) = (o as usize, pool.weight(unit, o as usize));
            let part = |k: usize| if targets[o][k] > 0.0 { (load[o][k] + weight[k]) / targets[o][k] } else { 0.0 };
            (0..K).map(part).fold(0.0, f64::max)
        };
        let first = dice.below(list.len());
        let tried = (0..FEW.min(list.len())).map(|i| list[(first + i * list.len().div_ceil(FEW).max(1)) % list.len()]);
        let best = tried.min_by(|&a, &b| fullness(a).total_cmp(&fullness(b))).unwrap_or(list[0]);
        // A present owner stays where the budget of moves may not allow another.
        let best = if pool.has_budget { pool.present(unit).map_or(best, |o| o as u32) } else { best };
        add(&mut load, unit, best as usize);
        owner[unit] = best;
    }
}
