//! A price per limit: the Lagrangian dual of the capacities, by a deflected subgradient method.
//!
//! Relaxing the limits with a signed price each (positive: the upper limit costs, negative: the lower limit pays) leaves
//! every unit to its cheapest owner, so one evaluation is one pass over the costs. The best value met is a valid lower
//! bound, equal in the limit to the linear relaxation; the prices guide the search and explain the plan. Steps aim at a
//! target just above the best value (Held, Wolfe, Crowder 1974), the direction remembers the last one (Camerini, Fratta,
//! Maffioli 1975). Large pools first find their prices on every s-th unit.

use super::balance;
use super::pool::{NOBODY, Pool};
use crate::control::Control;
use rayon::prelude::*;

/// Prices and what they prove.
#[derive(Clone)]
pub(crate) struct Prices<const K: usize> {
    pub of: Vec<[f64; K]>,
    /// What a unit of the budget of moves costs.
    pub of_moves: f64,
    /// Valid lower bound on the cost of the movable units.
    pub bound: f64,
}

impl<const K: usize> Prices<K> {
    pub fn zero(owners: usize) -> Self {
        Prices { of: vec![[0.0; K]; owners], of_moves: 0.0, bound: f64::NEG_INFINITY }
    }

    /// Cost of a unit at an owner with everything it uses paid for.
    #[inline]
    pub fn reduced(&self, pool: &Pool<K>, unit: usize, owner: usize) -> f64 {
        let weight = pool.weight(unit, owner);
        let mut cost = pool.cost(unit, owner);
        for k in 0..K {
            cost += self.of[owner][k] * weight[k];
        }
        if self.of_moves > 0.0 { cost + self.of_moves * pool.spends(unit, owner) } else { cost }
    }

    /// The owner with the least reduced cost.
    pub fn cheapest(&self, pool: &Pool<K>, unit: usize) -> (usize, f64) {
        let mut best = (usize::MAX, f64::INFINITY);
        for &o in pool.owners_of(unit) {
            let cost = self.reduced(pool, unit, o as usize);
            if cost < best.1 {
                best = (o as usize, cost);
            }
        }
        best
    }

    /// Each unit at its cheapest owner; once out of time, at the least loaded of a few.
    pub fn cheapest_owners(&self, pool: &Pool<K>, control: &Control) -> Vec<u32> {
        let block = (1_000_000 / pool.owners).clamp(16, CHUNK);
        let chunks: Vec<Vec<u32>> = (0..pool.len().div_ceil(block))
            .into_par_iter()
            .map(|c| {
                let units = c * block..pool.len().min((c + 1) * block);
                if control.is_over() {
                    return vec![NOBODY; units.len()];
                }
                units.map(|u| self.cheapest(pool, u).0 as u32).collect()
            })
            .collect();
        let mut owner: Vec<u32> = chunks.concat();
        if owner.contains(&NOBODY) {
            balance::place_quickly(pool, &mut owner);
        }
        owner
    }
}

/// Loads and value of the relaxed problem.
struct Relaxed<const K: usize> {
    load: Vec<[f64; K]>,
    spent: f64,
    sum: f64,
    size: f64,
}

const CHUNK: usize = 2048;
/// Unit × owner pairs between two looks at the deadline.
const ASKED: usize = 1_000_000;
/// How much of the last direction is kept.
const MEMORY: f64 = 0.35;

/// `None` once out of time.
fn relax<const K: usize>(pool: &Pool<K>, prices: &Prices<K>, stride: usize, control: &Control) -> Option<Relaxed<K>> {
    let over = |units: std::ops::Range<usize>| {
        let mut part = Relaxed { load: vec![[0.0; K]; pool.owners], spent: 0.0, sum: 0.0, size: 0.0 };
        for (turn, unit) in units.step_by(stride).enumerate() {
            if turn * pool.owners % ASKED < pool.owners && turn > 0 && control.is_over() {
                return None;
            }
            let (owner, cost) = prices.cheapest(pool, unit);
            let weight = pool.weight(unit, owner);
            for k in 0..K {
                part.load[owner][k] += weight[k];
            }
            part.spent += pool.spends(unit, owner);
            part.sum += cost;
            part.size += cost.abs();
        }
        Some(part)
    };
    let mut total = if pool.len() * pool.owners / stride < 100_000 {
        over(0..pool.len())?
    } else {
        // Chunks of a fixed size summed in order: the same result for any number of threads.
        let step = CHUNK * stride;
        let parts: Vec<_> = (0..pool.len().div_ceil(step))
            .into_par_iter()
            .map(|c| over(c * step..pool.len().min((c + 1) * step)))
            .collect();
        let mut total = Relaxed { load: vec![[0.0; K]; pool.owners], spent: 0.0, sum: 0.0, size: 0.0 };
        for part in parts {
            let part = part?;
            for (sum, load) in total.load.iter_mut().zip(&part.load) {
                (0..K).for_each(|k| sum[k] += load[k]);
            }
            total.spent += part.spent;
            total.sum += part.sum;
            total.size += part.size;
        }
        total
    };
    if stride > 1 {
        let scale = pool.len() as f64 / pool.len().div_ceil(stride) as f64;
        total.load.iter_mut().flatten().for_each(|l| *l *= scale);
        total.spent *= scale;
        total.sum *= scale;
    }
    Some(total)
}

/// Value of the dual and its slope; the slope is already divided by the squared scale of each limit.
struct Slope<const K: usize> {
    value: f64,
    of: Vec<[f64; K]>,
    of_moves: f64,
    /// Slope times scaled slope, the squared length in the scaled space.
    length: f64,
}

fn slope<const K: usize>(pool: &Pool<K>, prices: &Prices<K>, relaxed: &Relaxed<K>, scale: &Scale<K>) -> Slope<K> {
    let mut value = relaxed.sum;
    let mut size = relaxed.size;
    let mut length = 0.0;
    let mut of = vec![[0.0; K]; pool.owners];
    for o in 0..pool.owners {
        for k in 0..K {
            let (price, load) = (prices.of[o][k], relaxed.load[o][k]);
            let (lower, upper) = (pool.lower[o][k], pool.upper[o][k]);
            let excess = if price > 0.0 {
                value -= price * upper;
                size += (price * upper).abs();
                load - upper
            } else if price < 0.0 {
                value -= price * lower;
                size += (price * lower).abs();
                load - lower
            } else {
                (load - upper).max(0.0) + (load - lower).min(0.0)
            };
            of[o][k] = excess / scale.of[k];
            length += excess * excess / scale.of[k];
        }
    }
    let mut of_moves = 0.0;
    if pool.has_budget {
        value -= prices.of_moves * pool.budget;
        size += (prices.of_moves * pool.budget).abs();
        let excess = relaxed.spent - pool.budget;
        let excess = if prices.of_moves > 0.0 { excess } else { excess.max(0.0) };
        of_moves = excess / scale.of_moves;
        length += excess * excess / scale.of_moves;
    }
    Slope { value: value - 1e-12 * size, of, of_moves, length }
}

/// Squared mean weights: limits in hours and in money take comparable steps.
struct Scale<const K: usize> {
    of: [f64; K],
    of_moves: f64,
}

fn scales<const K: usize>(pool: &Pool<K>) -> Scale<K> {
    let mut sum = [0.0; K];
    let mut count = [0.0; K];
    for unit in (0..pool.len()).step_by(1 + pool.len() / 5000) {
        for o in (0..pool.owners).step_by(1 + pool.owners / 10) {
            let weight = pool.weight(unit, o);
            for k in 0..K {
                sum[k] += weight[k];
                count[k] += 1.0;
            }
        }
    }
    let mut of = [1.0; K];
    for k in 0..K {
        let mean: f64 = sum[k] / f64::max(count[k], 1.0);
        of[k] = if mean > 0.0 { mean * mean } else { 1.0 };
    }
    let spend = (0..pool.len()).map(|u| (0..2.min(pool.owners)).map(|o| pool.spends(u, o)).fold(0.0, f64::max));
    let mean = spend.sum::<f64>() / pool.len().max(1) as f64;
    Scale { of, of_moves: if mean > 0.0 { mean * mean } else { 1.0 } }
}

/// Largest step a price may take for a limit that does not exist.
fn clamp(price: f64, lower: f64, upper: f64) -> f64 {
    let price = if upper.is_finite() { price } else { price.min(0.0) };
    if lower.is_finite() { price } else { price.max(0.0) }
}

/// Finds good prices. `work` is the number of unit × owner pairs that may be looked at.
pub(crate) fn find_prices<const K: usize>(
    pool: &Pool<K>,
    start: Prices<K>,
    work: usize,
    control: &Control,
) -> Prices<K> {
    let pairs = (pool.len() * pool.owners).max(1);
    let stride = (pool.len() / 4000).max(1);
    let mut prices = start;
    if stride > 1 {
        prices = climb(pool, prices, stride, (work / 3 / (pairs / stride)).clamp(100, 500), control);
    }
    climb(pool, prices, 1, (work / pairs).clamp(30, 3000), control)
}

fn climb<const K: usize>(
    pool: &Pool<K>,
    start: Prices<K>,
    stride: usize,
    rounds: usize,
    control: &Control,
) -> Prices<K> {
    let scale = scales(pool);
    let mut now = start;
    now.bound = f64::NEG_INFINITY;
    let mut best = now.clone();
    let mut last: Option<Slope<K>> = None;
    let mut ahead = first_step(pool);
    let patience = 3 + rounds / 60;
    let mut idle = 0;
    let mut at_idle_start = f64::NEG_INFINITY;
    for round in 0..rounds {
        if pool.len() / stride * pool.owners > 200_000 || round % 32 == 0 {
            (control.progress)(crate::control::Progress {
                phase: "bounding",
                fraction: 0.2 * round as f64 / rounds as f64,
                objective: None,
            });
            if control.is_over() {
                break;
            }
        }
        let Some(relaxed) = relax(pool, &now, stride, control) else { break };
        let mut dir = slope(pool, &now, &relaxed, &scale);
        let value = dir.value;
        if value > best.bound {
            best = now.clone();
            best.bound = value;
        }
        if dir.length <= 0.0 {
            break;
        }
        if best.bound > at_idle_start + 0.1 * ahead {
            (idle, at_idle_start) = (0, best.bound);
        } else {
            idle += 1;
            if idle >= patience {
                ahead *= 0.6;
                (idle, at_idle_start) = (0, best.bound);
                now.of.clone_from(&best.of);
                now.of_moves = best.of_moves;
                last = None;
                if ahead < 1e-9 * best.bound.abs().max(1e-9) {
                    break;
                }
                continue;
            }
        }
        let step = (best.bound + ahead - value).max(0.0) / dir.length;
        if let Some(last) = &last {
            for (new, old) in dir.of.iter_mut().zip(&last.of) {
                (0..K).for_each(|k| new[k] = (1.0 - MEMORY) * new[k] + MEMORY * old[k]);
            }
            dir.of_moves = (1.0 - MEMORY) * dir.of_moves + MEMORY * last.of_moves;
        }
        for o in 0..pool.owners {
            for k in 0..K {
                let price = now.of[o][k] + step * dir.of[o][k];
                now.of[o][k] = clamp(price, pool.lower[o][k], pool.upper[o][k]);
            }
        }
        now.of_moves = (now.of_moves + step * dir.of_moves).max(0.0);
        last = Some(dir);
    }
    best
}

/// How far above the present value the first target lies: part of what the second-best owners would cost more.
fn first_step<const K: usize>(pool: &Pool<K>) -> f64 {
    let zero = Prices::zero(pool.owners);
    let each = (pool.len() / 1000).max(1);
    let mut sum = 0.0;
    for unit in (0..pool.len()).step_by(each) {
        let (owner, least) = zero.cheapest(pool, unit);
        let others = pool.owners_of(unit).iter().filter(|&&o| o as usize != owner);
        let second = others.map(|&o| pool.cost(unit, o as usize)).fold(f64::INFINITY, f64::min);
        if second.is_finite() {
            sum += second - least;
        }
    }
    (0.2 * sum * each as f64).max(1e-6)
}
