//! The stronger bound for whole-numbered capacities: relax "each unit once" and keep a 0–1 knapsack per owner.
//!
//! Each unit gets a multiplier, its worth; each owner then takes the set that pays best within its capacity, exactly, by
//! dynamic programming. The dual is at least the linear relaxation and on tightly packed instances far better. Two-sided
//! tables tell what taking or refusing each unit would cost at least, which removes most arcs and orders the rest
//! (Posta, Ferland, Michelon 2012, "An exact method with variable fixing for solving the generalized assignment problem").

use super::pool::{NOBODY, Pool};
use super::sack::{Filled, Item, Marginal, Sack};
use crate::control::Control;
use rayon::prelude::*;

/// What is left of a pool after some units are settled and some arcs are ruled out.
#[derive(Default)]
pub(crate) struct Core {
    sacks: Vec<Sack>,
    /// Units not settled yet.
    pub open: Vec<u32>,
    /// Owners of the settled units.
    pub owner: Vec<u32>,
    /// Cost of the settled units.
    settled: f64,
    /// Arcs left of each open unit.
    arcs: Vec<u32>,
}

impl Clone for Core {
    fn clone(&self) -> Self {
        let mut core = Core::default();
        core.clone_from(self);
        core
    }

    /// Without any allocation where the other is no larger than this one ever was.
    fn clone_from(&mut self, other: &Self) {
        self.sacks.clone_from(&other.sacks);
        self.open.clone_from(&other.open);
        self.owner.clone_from(&other.owner);
        self.settled = other.settled;
        self.arcs.clone_from(&other.arcs);
    }
}

/// Weight of the latest round in the estimate of the relaxed solution.
const RECENT: f64 = 0.1;

/// Tables of more cells than this are worth several threads.
const MANY_CELLS: usize = 400_000;

/// Multipliers of the units and what they prove.
#[derive(Default)]
pub(crate) struct Worth {
    pub of: Vec<f64>,
    pub bound: f64,
}

impl Clone for Worth {
    fn clone(&self) -> Self {
        Worth { of: self.of.clone(), bound: self.bound }
    }

    fn clone_from(&mut self, other: &Self) {
        self.of.clone_from(&other.of);
        self.bound = other.bound;
    }
}

/// What a climb works with; kept, so that the thousands of a search allocate nothing.
#[derive(Default)]
pub(crate) struct Scratch {
    best: Vec<f64>,
    direction: Vec<f64>,
    slope: Vec<f64>,
    filled: Vec<Filled>,
    marginals: Vec<Vec<Marginal>>,
    refused: Vec<f64>,
    at: Vec<u32>,
}

/// How a climb of the dual goes.
pub(crate) struct Climb {
    /// Nothing above this value is of interest; the climb ends once it is proven.
    pub target: f64,
    pub rounds: usize,
    /// First step relative to Polyak's.
    pub pull: f64,
}

/// The arc to decide next.
#[derive(Clone, Copy)]
pub(crate) struct Branch {
    pub unit: u32,
    pub owner: u32,
}

impl Core {
    /// `None` where the pool has more than one limit an owner, lower limits, fractions, or is too large for tables.
    pub fn of<const K: usize>(pool: &Pool<K>, most_cells: usize) -> Option<Self> {
        let used = pool.slots.iter().map(Vec::len).max().unwrap_or(0);
        let lower = pool.lower.iter().flatten().any(|&l| l > 0.0);
        if used != 1 || lower || pool.has_budget || pool.len() * pool.owners > 4_000_000 {
            return None;
        }
        let mut cells = 0;
        let mut sacks = Vec::with_capacity(pool.owners);
        let mut arcs = vec![0; pool.len()];
        for o in 0..pool.owners {
            let total: f64 = (0..pool.len()).map(|u| pool.weight(u, o)[0]).sum();
            let capacity = pool.upper[o][0].min(total).floor();
            if !(0.0..=1e6).contains(&capacity) {
                return None;
            }
            let mut sack = Sack { capacity: capacity as usize, ..Sack::default() };
            for u in 0..pool.len() {
                let (weight, cost) = (pool.weight(u, o)[0], pool.cost(u, o));
                if weight.fract() != 0.0 {
                    return None;
                }
                if cost.is_finite() && weight <= capacity {
                    sack.items.push(Item { unit: u as u32, weight: weight as u32, cost, loss: 0.0, share: 0.0 });
                    arcs[u] += 1;
                }
            }
            cells += (sack.capacity + 1) * (2 * pool.len() / pool.owners).min(sack.items.len());
            sacks.push(sack);
        }
        let open = (0..pool.len() as u32).collect();
        let core = Core { sacks, open, owner: vec![NOBODY; pool.len()], settled: 0.0, arcs };
        (cells <= most_cells && core.arcs.iter().all(|&a| a > 0)).then_some(core)
    }

    /// The part of the core among some owners, with everything else settled as in `now`, which costs `total`.
    pub fn among(&self, owners: &[u32], now: &[u32], total: f64) -> Self {
        let mut inside = vec![false; self.sacks.len()];
        owners.iter().for_each(|&o| inside[o as usize] = true);
        let mut part = Core {
            sacks: vec![Sack::default(); self.sacks.len()],
            open: Vec::new(),
            owner: now.to_vec(),
            settled: total,
            arcs: vec![0; now.len()],
        };
        for &o in owners {
            let (all, sack) = (&self.sacks[o as usize], &mut part.sacks[o as usize]);
            sack.capacity = all.capacity;
            sack.items.extend(all.items.iter().filter(|item| inside[now[item.unit as usize] as usize]));
            for item in &sack.items {
                let u = item.unit as usize;
                part.arcs[u] += 1;
                if now[u] == o {
                    part.settled -= item.cost;
                    part.open.push(item.unit);
                    part.owner[u] = NOBODY;
                }
            }
        }
        part.open.sort_unstable();
        part
    }

    /// How sure each open unit's present owner is: its share of the relaxed solution, less what it loses as a share of
    /// the room. Infinitely unsure where it is ruled out.
    pub fn trust(&self, now: &[u32], room: f64) -> Vec<f64> {
        let mut trust = vec![f64::NEG_INFINITY; now.len()];
        for (o, sack) in self.sacks.iter().enumerate() {
            for item in sack.items.iter().filter(|item| now[item.unit as usize] == o as u32) {
                trust[item.unit as usize] = item.share - item.loss / room.max(1e-9);
            }
        }
        trust
    }

    /// The core with some units settled at the owner named in `keep` where there is room. `None` where that leaves no
    /// solution.
    pub fn keeping(&self, keep: &[u32]) -> Option<Self> {
        let mut part = self.clone();
        let mut kept = vec![false; keep.len()];
        for (o, sack) in part.sacks.iter().enumerate() {
            let mut left = sack.capacity;
            for item in &sack.items {
                let u = item.unit as usize;
                if keep[u] == o as u32 && item.weight as usize <= left {
                    left -= item.weight as usize;
                    kept[u] = true;
                    part.arcs[u] = 1;
                }
            }
        }
        for (o, sack) in part.sacks.iter_mut().enumerate() {
            sack.retain(|item| !kept[item.unit as usize] || keep[item.unit as usize] == o as u32);
        }
        part.settle().then_some(part)
    }

    /// Keeps the `most` arcs of each unit that lose least, and the present one.
    pub fn thin(&mut self, most: usize, now: &[u32]) {
        let mut losses: Vec<Vec<f64>> = vec![Vec::new(); now.len()];
        for sack in &self.sacks {
            sack.items.iter().for_each(|item| losses[item.unit as usize].push(item.loss));
        }
        let dearest = |list: &mut Vec<f64>| *list.select_nth_unstable_by(most - 1, f64::total_cmp).1;
        let limit: Vec<f64> =
            losses.iter_mut().map(|list| if list.len() > most { dearest(list) } else { f64::INFINITY }).collect();
        for (o, sack) in self.sacks.iter_mut().enumerate() {
            sack.retain(|item| item.loss <= limit[item.unit as usize] || now[item.unit as usize] == o as u32);
        }
        self.arcs.fill(0);
        self.sacks.iter().flat_map(|sack| &sack.items).for_each(|item| self.arcs[item.unit as usize] += 1);
    }

    /// Climbs the dual from the worths handed in and leaves the best there. `work` counts table cells.
    pub fn climb(&mut self, worth: &mut Worth, plan: &Climb, scratch: &mut Scratch, work: &mut u64, control: &Control) {
        let Scratch { best, direction, slope, filled, .. } = scratch;
        let now = &mut worth.of;
        for list in [&mut *best, &mut *direction, &mut *slope] {
            list.resize(now.len(), 0.0);
        }
        self.open.iter().for_each(|&u| best[u as usize] = now[u as usize]);
        self.open.iter().for_each(|&u| direction[u as usize] = 0.0);
        let mut bound = f64::NEG_INFINITY;
        let mut pull = plan.pull;
        let (mut idle, mut mark) = (0, f64::NEG_INFINITY);
        let patience = 4 + plan.rounds / 50;
        for round in 0..plan.rounds {
            if control.is_over() {
                break;
            }
            self.open.iter().for_each(|&u| slope[u as usize] = 1.0);
            let mut value = self.settled + self.open.iter().map(|&u| now[u as usize]).sum::<f64>();
            let mut size = value.abs();
            self.fill(now, filled);
            for (sack, Filled { taken, sum, cells }) in self.sacks.iter_mut().zip(&*filled) {
                value += sum;
                size += sum.abs();
                *work += cells;
                sack.items.iter_mut().for_each(|item| item.share *= 1.0 - RECENT);
                for &i in taken {
                    let item = &mut sack.items[i as usize];
                    slope[item.unit as usize] -= 1.0;
                    item.share += RECENT;
                }
            }
            value -= 1e-12 * size;
            if value > bound {
                bound = value;
                self.open.iter().for_each(|&u| best[u as usize] = now[u as usize]);
            }
            let length: f64 = self.open.iter().map(|&u| slope[u as usize] * slope[u as usize]).sum();
            if bound > plan.target || length == 0.0 || round + 1 == plan.rounds {
                break;
            }
            if value > mark + 0.02 * (plan.target - bound).max(1e-9) * pull {
                (idle, mark) = (0, bound);
            } else {
                idle += 1;
                if idle > patience {
                    pull *= 0.7;
                    (idle, mark) = (0, bound);
                    self.open.iter().for_each(|&u| now[u as usize] = best[u as usize]);
                    self.open.iter().for_each(|&u| direction[u as usize] = 0.0);
                    if pull < 1e-3 {
                        break;
                    }
                    continue;
                }
            }
            let step = pull * (plan.target + 0.01 * (plan.target - bound) - value).max(1e-9) / length;
            for &u in &self.open {
                let u = u as usize;
                direction[u] = 0.65 * slope[u] + 0.35 * direction[u];
                now[u] += step * direction[u];
            }
        }
        self.open.iter().for_each(|&u| now[u as usize] = best[u as usize]);
        worth.bound = bound;
    }

    /// Table cells of one round of a climb.
    pub fn round_work(&self, worth: &Worth) -> u64 {
        let mut filled = Vec::new();
        self.fill(&worth.of, &mut filled);
        filled.iter().map(|f| f.cells).sum()
    }

    fn cells(&self) -> usize {
        self.sacks.iter().map(|s| s.capacity * s.items.len()).sum()
    }

    /// The best set of each owner.
    fn fill(&self, worth: &[f64], filled: &mut Vec<Filled>) {
        filled.resize_with(self.sacks.len(), Filled::default);
        if self.cells() > MANY_CELLS {
            self.sacks.par_iter().zip(&mut *filled).for_each(|(sack, filled)| sack.fill(worth, filled));
        } else {
            self.sacks.iter().zip(&mut *filled).for_each(|(sack, filled)| sack.fill(worth, filled));
        }
    }

    /// Keeps only arcs that can be in a solution of cost up to `target`. False where there is no such solution.
    pub fn narrow(&mut self, worth: &Worth, target: f64, scratch: &mut Scratch, work: &mut u64) -> bool {
        let Scratch { marginals, refused, .. } = scratch;
        let room = target - worth.bound;
        marginals.resize_with(self.sacks.len(), Vec::new);
        if self.cells() > MANY_CELLS {
            let each = self.sacks.par_iter().zip(&mut *marginals);
            each.for_each(|(sack, marginals)| sack.marginals(&worth.of, room, marginals));
        } else {
            let each = self.sacks.iter().zip(&mut *marginals);
            each.for_each(|(sack, marginals)| sack.marginals(&worth.of, room, marginals));
        }
        refused.resize(self.owner.len(), 0.0);
        for &u in &self.open {
            (refused[u as usize], self.arcs[u as usize]) = (0.0, 0);
        }
        marginals.iter().flatten().for_each(|m| refused[m.unit as usize] += m.without);
        for (sack, marginals) in self.sacks.iter_mut().zip(&*marginals) {
            *work += (3 * marginals.len() * sack.capacity) as u64;
            let mut kept = 0;
            for m in marginals {
                let loss = m.with + (refused[m.unit as usize] - m.without).max(0.0);
                if loss <= room {
                    sack.items[kept] = Item { loss, ..sack.items[m.item as usize] };
                    self.arcs[m.unit as usize] += 1;
                    kept += 1;
                }
            }
            sack.items.truncate(kept);
        }
        self.settle()
    }

    /// Gives units with one arc left to it and drops arcs that no longer fit, until nothing changes.
    fn settle(&mut self) -> bool {
        loop {
            let before = self.open.len();
            let mut dropped = false;
            for (o, sack) in self.sacks.iter_mut().enumerate() {
                let mut i = 0;
                while let Some(&item) = sack.items.get(i) {
                    let u = item.unit as usize;
                    if self.arcs[u] == 1 {
                        if item.weight as usize > sack.capacity {
                            return false;
                        }
                        sack.capacity -= item.weight as usize;
                        self.settled += item.cost;
                        self.owner[u] = o as u32;
                        self.arcs[u] = 0;
                        sack.items.swap_remove(i);
                        dropped = true;
                    } else {
                        i += 1;
                    }
                }
                let mut i = 0;
                while let Some(item) = sack.items.get(i) {
                    if item.weight as usize > sack.capacity {
                        self.arcs[item.unit as usize] -= 1;
                        sack.items.swap_remove(i);
                        dropped = true;
                    } else {
                        i += 1;
                    }
                }
            }
            let (owner, arcs) = (&self.owner, &self.arcs);
            if self.open.iter().any(|&u| owner[u as usize] == NOBODY && arcs[u as usize] == 0) {
                return false;
            }
            self.open.retain(|&u| owner[u as usize] == NOBODY);
            if !dropped && self.open.len() == before {
                return true;
            }
        }
    }

    /// Settles `unit` at `owner`. False where that leaves no solution.
    pub fn take(&mut self, branch: &Branch) -> bool {
        for (o, sack) in self.sacks.iter_mut().enumerate() {
            if o as u32 != branch.owner
                && let Some(i) = sack.items.iter().position(|item| item.unit == branch.unit)
            {
                sack.items.swap_remove(i);
            }
        }
        self.arcs[branch.unit as usize] = 1;
        self.settle()
    }

    /// Rules the arc out. False where that leaves no solution.
    pub fn refuse(&mut self, branch: &Branch) -> bool {
        let sack = &mut self.sacks[branch.owner as usize];
        if let Some(i) = sack.items.iter().position(|item| item.unit == branch.unit) {
            sack.items.swap_remove(i);
            self.arcs[branch.unit as usize] -= 1;
        }
        self.settle()
    }

    /// The best arc of each open unit, the surest first: where the relaxed solution has it and others would lose much.
    /// `weight`: how much the relaxed solution counts against the losses as shares of the room.
    pub fn urgent(&self, room: f64, weight: f64, scratch: &mut Scratch, list: &mut Vec<(f64, Branch)>) {
        let Scratch { best: first, direction: second, at, .. } = scratch;
        at.resize(self.owner.len(), NOBODY);
        for list in [&mut *first, &mut *second] {
            list.resize(self.owner.len(), 0.0);
            self.open.iter().for_each(|&u| list[u as usize] = f64::NEG_INFINITY);
        }
        let scale = 1.0 / room.max(1e-9);
        for (o, sack) in self.sacks.iter().enumerate() {
            for item in &sack.items {
                let u = item.unit as usize;
                let score = weight * item.share - item.loss * scale;
                if score > first[u] {
                    second[u] = first[u];
                    (first[u], at[u]) = (score, o as u32);
                } else if score > second[u] {
                    second[u] = score;
                }
            }
        }
        let surest = |&u: &u32| (first[u as usize] - second[u as usize], Branch { unit: u, owner: at[u as usize] });
        list.clear();
        list.extend(self.open.iter().map(surest));
        list.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.unit.cmp(&b.1.unit)));
    }

    /// Cost of the settled units: the whole cost once none is open.
    pub fn settled(&self) -> f64 {
        self.settled
    }

    pub fn arcs(&self) -> usize {
        self.sacks.iter().map(|s| s.items.len()).sum()
    }
}
