//! Annealing of territories around medians: shifts and swaps along borders, connectivity kept throughout.
//!
//! The cost of a move is exact, with the best centre of both territories afterwards, so that centres move with their
//! units. Violation of limits is priced, and the price rises as the search cools.

use super::map::Map;
use super::territories::Territories;
use crate::control::Control;
use crate::matrix::pool::NOBODY;
use crate::matrix::random::Dice;

/// Least violation, then fewest pieces, then least cost.
#[derive(Clone)]
pub(crate) struct Best {
    pub owner: Vec<u32>,
    pub violation: f64,
    pub breaks: usize,
    pub cost: f64,
}

impl Best {
    pub fn of<const K: usize>(all: &mut Territories<K>) -> Self {
        let breaks = all.breaks();
        Best { owner: all.owner.clone(), violation: all.strain.iter().sum(), breaks, cost: all.cost }
    }

    pub fn beats(&self, other: &Best) -> bool {
        if (self.violation - other.violation).abs() > 1e-9 * (1.0 + other.violation) {
            return self.violation < other.violation;
        }
        (self.breaks, self.cost + 1e-9 * (1.0 + other.cost.abs())) < (other.breaks, other.cost)
    }
}

#[derive(Clone, Copy)]
pub(crate) struct Schedule {
    pub steps: usize,
    pub hot: f64,
    pub cold: f64,
    /// Cost of one unit of violation at the start and at the end.
    pub penalty: (f64, f64),
}

pub(crate) fn anneal<const K: usize>(
    map: &Map<K>,
    start: Vec<u32>,
    schedule: Schedule,
    dice: &mut Dice,
    control: &Control,
) -> Best {
    let mut all = Territories::new(map, start);
    let mut best = Best::of(&mut all);
    let open: Vec<u32> = map.pool.units.clone();
    if open.is_empty() || map.owners < 2 {
        return best;
    }
    let block = 500;
    let blocks = schedule.steps.div_ceil(block).max(1);
    let cooling = (schedule.cold / schedule.hot).powf(1.0 / blocks as f64);
    let rising = (schedule.penalty.1 / schedule.penalty.0).powf(1.0 / blocks as f64);
    let (mut heat, mut penalty) = (schedule.hot, schedule.penalty.0);
    for turn in 0..blocks {
        if turn % 4 == 0 && control.is_over() {
            break;
        }
        for _ in 0..block {
            let u = open[dice.below(open.len())] as usize;
            let around = map.around(u);
            if around.is_empty() {
                continue;
            }
            let w = around[dice.below(around.len())] as usize;
            let to = if all.owner[w] == NOBODY || (map.graph.is_none() && dice.next() >> 58 == 0) {
                dice.below(map.owners)
            } else {
                all.owner[w] as usize
            };
            let from = all.owner[u] as usize;
            if to == from {
                continue;
            }
            let v = if dice.next() >> 63 == 0 { pick_back(&all, u, from, to, dice) } else { None };
            let Some((strain, cost)) = all.delta(u, to, v) else { continue };
            let threshold = -heat * (1.0 - dice.unit()).ln();
            if cost + penalty * strain > threshold || !all.keeps_whole(u, to, v) {
                continue;
            }
            all.shift(u, to);
            if let Some(v) = v {
                all.shift(v, from);
            }
            let better = all.cost < best.cost - 1e-9 * (1.0 + best.cost.abs());
            let nearer = best.violation > 0.0 && all.strain.iter().sum::<f64>() <= best.violation;
            if nearer || (all.broken == 0 && better) {
                let now = Best::of(&mut all);
                if now.beats(&best) {
                    best = now;
                }
            }
        }
        heat *= cooling;
        penalty *= rising;
        if turn % 64 == 63 {
            all.recount();
        }
    }
    best
}

/// A movable unit of `to` on the border of `from` that could come back for `u`.
fn pick_back<const K: usize>(all: &Territories<K>, u: usize, from: usize, to: usize, dice: &mut Dice) -> Option<usize> {
    let map = all.map;
    for _ in 0..6 {
        // From a random unit of `from`, step over the border.
        let member = map.pool.units[dice.below(map.pool.len())] as usize;
        let v = if all.owner[member] as usize == to {
            member
        } else if all.owner[member] as usize == from {
            let around = map.around(member);
            if around.is_empty() {
                continue;
            }
            around[dice.below(around.len())] as usize
        } else {
            continue;
        };
        if v != u && all.owner[v] as usize == to && map.movable[v] != NOBODY {
            return Some(v);
        }
    }
    None
}
