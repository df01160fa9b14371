//! Repair: brings loads back within their limits at the least cost.
//!
//! The worst owner is relieved by the best shift or swap under cost + weighed violation; where none helps, the weights of
//! its violated limits grow until one does, so that excess travels over several owners to where there is room. Source:
//! Morris 1993, "The breakout method for escaping from local minima", AAAI-93.

use super::allocation::{Allocation, GAIN};
use super::{Costing, Guard, Reach};
use crate::control::Control;
use crate::measure::excess;
use crate::model::NOBODY;

/// Units tried on either side of a swap.
const SIDE: usize = 64;

#[derive(Clone, Copy)]
enum Step {
    Shift { unit: usize, to: usize },
    Swap { a: usize, b: usize },
}

struct Repair<'a> {
    costing: &'a dyn Costing,
    prices: &'a [f64],
    reach: &'a Reach,
    /// Cost of a unit of violation, limit by limit.
    weight: Vec<f64>,
    /// Units in and out of the owner at hand, with what the crossing costs.
    outs: Vec<(f64, u32, u32)>,
    ins: Vec<(f64, u32)>,
}

/// Lowers the violation until `patience` steps have not lowered it further, and leaves the best allocation met.
pub(crate) fn repair(
    allocation: &mut Allocation,
    costing: &dyn Costing,
    prices: &[f64],
    reach: &Reach,
    guard: &mut dyn Guard,
    patience: usize,
    control: &Control,
) {
    let model = allocation.model;
    if !model.is_limited() {
        return;
    }
    let first = usual_cost(allocation, costing);
    let mut work = Repair {
        costing,
        prices,
        reach,
        weight: vec![first; allocation.loads.len()],
        outs: Vec::new(),
        ins: Vec::new(),
    };
    let mut violation = allocation.violation();
    let (mut lowest, mut idle) = (violation, 0);
    let mut best: Option<(f64, Vec<u32>)> = None;
    for _ in 0..20 * patience {
        if violation <= GAIN || idle > patience || control.is_over() {
            break;
        }
        let Some(owner) = work.worst(allocation) else { break };
        idle += 1;
        let Some(step) = work.best_step(allocation, owner, guard) else {
            work.raise(allocation, owner);
            continue;
        };
        let after = violation + change(allocation, step);
        if after > violation && violation < best.as_ref().map_or(f64::INFINITY, |b| b.0) - GAIN {
            best = Some((violation, allocation.owner.clone()));
        }
        apply(allocation, step);
        violation = allocation.violation();
        if violation < lowest - GAIN {
            (lowest, idle) = (violation, 0);
        }
    }
    allocation.recount();
    if let Some((lowest, owner)) = best
        && lowest < allocation.violation() - GAIN
    {
        *allocation = Allocation::new(model, owner);
    }
}

/// The mean cost of an owner's units: what a whole load is worth.
fn usual_cost(allocation: &Allocation, costing: &dyn Costing) -> f64 {
    let total: f64 = allocation.owner.iter().enumerate().map(|(unit, &owner)| costing.cost(unit, owner as usize)).sum();
    (total.abs() / allocation.model.owners as f64).max(1e-6)
}

impl Repair<'_> {
    /// The owner with the largest weighed violation.
    fn worst(&self, allocation: &Allocation) -> Option<usize> {
        let model = allocation.model;
        let weighed = |owner: usize| -> f64 {
            (owner * model.measures..(owner + 1) * model.measures)
                .map(|at| self.weight[at] * excess(allocation.loads[at], model.lower[at], model.upper[at]))
                .sum()
        };
        (0..model.owners)
            .map(|owner| (weighed(owner), owner))
            .filter(|w| w.0 > 0.0)
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .map(|w| w.1)
    }

    fn raise(&mut self, allocation: &Allocation, owner: usize) {
        let model = allocation.model;
        for at in owner * model.measures..(owner + 1) * model.measures {
            if excess(allocation.loads[at], model.lower[at], model.upper[at]) > 0.0 {
                self.weight[at] = (self.weight[at] * 1.6).min(1e100);
            }
        }
    }

    /// Cost with prices: what a unit's owner change costs beyond the balance that prices already account for.
    fn reduced(&self, allocation: &Allocation, unit: usize, owner: usize) -> f64 {
        let model = allocation.model;
        let prices = &self.prices[owner * model.measures..(owner + 1) * model.measures];
        let paid: f64 = prices.iter().zip(model.value(unit)).map(|(p, v)| p * v).sum();
        self.costing.cost(unit, owner) + paid
    }

    fn best_step(&mut self, allocation: &Allocation, owner: usize, guard: &mut dyn Guard) -> Option<Step> {
        self.collect_crossings(allocation, owner);
        let best = self.best_shift(allocation, owner, guard);
        best.or_else(|| self.best_swap(allocation).filter(|&step| swap_allowed(allocation, step, guard)))
    }

    fn collect_crossings(&mut self, allocation: &Allocation, owner: usize) {
        let model = allocation.model;
        self.outs.clear();
        self.ins.clear();
        for &unit in allocation.members(owner) {
            let candidates = self.costing.candidates(model, unit as usize);
            let now = self.reduced(allocation, unit as usize, owner);
            for &to in candidates.iter().take_while(|&&to| to != NOBODY).filter(|&&to| to as usize != owner) {
                self.outs.push((self.reduced(allocation, unit as usize, to as usize) - now, unit, to));
            }
        }
        for &unit in self.reach.units(owner) {
            let from = allocation.owner[unit as usize] as usize;
            if from != owner {
                let there = self.reduced(allocation, unit as usize, from);
                self.ins.push((self.reduced(allocation, unit as usize, owner) - there, unit));
            }
        }
    }

    fn best_shift(&self, allocation: &Allocation, owner: usize, guard: &mut dyn Guard) -> Option<Step> {
        let weight = |at: usize| self.weight[at];
        let mut best: Option<(f64, Step)> = None;
        let ins = self.ins.iter().map(|&(cost, unit)| (cost, unit as usize, owner));
        let outs = self.outs.iter().map(|&(cost, unit, to)| (cost, unit as usize, to as usize));
        for (cost, unit, to) in outs.chain(ins) {
            let score = cost + allocation.shift_change(unit, to, &weight);
            if score < best.as_ref().map_or(-GAIN, |b| b.0)
                && allocation.affords(unit, to)
                && guard.allows(allocation, unit, to)
            {
                best = Some((score, Step::Shift { unit, to }));
            }
        }
        best.map(|best| best.1)
    }

    fn best_swap(&mut self, allocation: &Allocation) -> Option<Step> {
        keep_cheapest(&mut self.outs, |out| out.0);
        keep_cheapest(&mut self.ins, |into| into.0);
        let weight = |at: usize| self.weight[at];
        let mut best: Option<(f64, Step)> = None;
        for &(cost_in, b) in &self.ins {
            let other = allocation.owner[b as usize];
            for &(cost_out, a, _) in self.outs.iter().filter(|out| out.2 == other) {
                let score = cost_in + cost_out + allocation.swap_change(a as usize, b as usize, &weight);
                if score < best.as_ref().map_or(-GAIN, |best| best.0) && allocation.affords_swap(a as usize, b as usize)
                {
                    best = Some((score, Step::Swap { a: a as usize, b: b as usize }));
                }
            }
        }
        best.map(|best| best.1)
    }
}

fn keep_cheapest<T: Copy>(list: &mut Vec<T>, cost: impl Fn(&T) -> f64) {
    let most = SIDE;
    if list.len() > most {
        list.select_nth_unstable_by(most, |a, b| cost(a).total_cmp(&cost(b)));
        list.truncate(most);
    }
}

fn swap_allowed(allocation: &Allocation, step: Step, guard: &mut dyn Guard) -> bool {
    match step {
        Step::Shift { unit, to } => guard.allows(allocation, unit, to),
        Step::Swap { a, b } => {
            guard.allows(allocation, a, allocation.owner[b] as usize)
                && guard.allows(allocation, b, allocation.owner[a] as usize)
        }
    }
}

/// Change of the plain violation.
fn change(allocation: &Allocation, step: Step) -> f64 {
    match step {
        Step::Shift { unit, to } => allocation.shift_change(unit, to, &|_| 1.0),
        Step::Swap { a, b } => allocation.swap_change(a, b, &|_| 1.0),
    }
}

fn apply(allocation: &mut Allocation, step: Step) {
    match step {
        Step::Shift { unit, to } => allocation.shift(unit, to),
        Step::Swap { a, b } => {
            let (of_a, of_b) = (allocation.owner[a] as usize, allocation.owner[b] as usize);
            allocation.shift(a, of_b);
            allocation.shift(b, of_a);
        }
    }
}
