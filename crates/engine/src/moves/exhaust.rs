//! Exhaust: tiny problems whose limits the search could not keep are searched completely.
//!
//! Depth first, units with most to weigh first; a branch ends when its violation can no longer be the least. Least
//! violation first, then least cost.

use super::Costing;
use super::allocation::Allocation;
use crate::control::Control;
use crate::measure::excess;

/// Allocations looked at, at most.
const MOST: u64 = 3_000_000;

struct Search<'a, 'm> {
    control: &'a Control<'a>,
    /// Allocations looked at, in part or in whole.
    looks: u64,
    over: bool,
    allocation: &'a Allocation<'m>,
    costing: &'a dyn Costing,
    order: Vec<u32>,
    loads: Vec<f64>,
    /// What is still to come of each measure, by depth.
    ahead: Vec<f64>,
    spent: f64,
    cost: f64,
    owner: Vec<u32>,
    best: (f64, f64),
    found: Option<Vec<u32>>,
}

/// Replaces the allocation by the best there is, when all can be looked at.
pub(crate) fn exhaust(allocation: &mut Allocation, costing: &dyn Costing, control: &Control) {
    let model = allocation.model;
    let combinations = (0..model.units).try_fold(1u64, |product, unit| {
        product.checked_mul(model.owners_of(unit).len() as u64).filter(|&product| product <= MOST)
    });
    if combinations.is_none() || model.units == 0 {
        return;
    }
    let found = Search::new(allocation, costing, control).run();
    if let Some(owner) = found {
        *allocation = Allocation::new(model, owner);
    }
}

impl<'a, 'm> Search<'a, 'm> {
    fn new(allocation: &'a Allocation<'m>, costing: &'a dyn Costing, control: &'a Control) -> Self {
        let model = allocation.model;
        let largest = |unit: u32| model.value(unit as usize).iter().copied().fold(0.0, f64::max);
        let mut order: Vec<u32> = (0..model.units as u32).collect();
        order.sort_by(|&a, &b| largest(b).total_cmp(&largest(a)).then(a.cmp(&b)));
        let mut ahead = vec![0.0; (model.units + 1) * model.measures];
        for depth in (0..model.units).rev() {
            for (measure, value) in model.value(order[depth] as usize).iter().enumerate() {
                ahead[depth * model.measures + measure] = ahead[(depth + 1) * model.measures + measure] + value;
            }
        }
        let cost = allocation.owner.iter().enumerate().map(|(unit, &owner)| costing.cost(unit, owner as usize)).sum();
        Search {
            control,
            looks: 0,
            over: false,
            allocation,
            costing,
            order,
            loads: vec![0.0; model.owners * model.measures],
            ahead,
            spent: 0.0,
            cost: 0.0,
            owner: allocation.owner.clone(),
            best: (allocation.violation(), cost),
            found: None,
        }
    }

    fn run(mut self) -> Option<Vec<u32>> {
        self.descend(0);
        self.found
    }

    fn descend(&mut self, depth: usize) {
        let model = self.allocation.model;
        self.looks += 1;
        self.over |= self.looks.is_multiple_of(1024) && self.control.is_over();
        if self.over {
            return;
        }
        let least = self.least_violation(depth);
        let close = 1e-12;
        if least > self.best.0 + close
            || (least >= self.best.0 - close && depth == model.units && self.cost >= self.best.1)
        {
            return;
        }
        if depth == model.units {
            self.best = (least, self.cost);
            self.found = Some(self.owner.clone());
            return;
        }
        let unit = self.order[depth] as usize;
        for &owner in model.owners_of(unit) {
            let owner = owner as usize;
            let toll = model.toll_of(unit, owner);
            if self.spent + toll > model.budget * (1.0 + 1e-12) + 1e-12 {
                continue;
            }
            let cost = self.costing.cost(unit, owner);
            self.put(unit, owner, 1.0, toll, cost);
            self.owner[unit] = owner as u32;
            self.descend(depth + 1);
            self.put(unit, owner, -1.0, toll, cost);
        }
    }

    fn put(&mut self, unit: usize, owner: usize, sign: f64, toll: f64, cost: f64) {
        let model = self.allocation.model;
        self.spent += sign * toll;
        self.cost += sign * cost;
        for (measure, value) in model.value(unit).iter().enumerate() {
            self.loads[owner * model.measures + measure] += sign * value;
        }
    }

    /// No completion violates less: what is over stays over, and what is ahead can fill gaps but once.
    fn least_violation(&self, depth: usize) -> f64 {
        let model = self.allocation.model;
        let mut total = 0.0;
        for measure in 0..model.measures {
            let ahead = self.ahead[depth * model.measures + measure];
            let (mut over, mut under) = (0.0, 0.0);
            for owner in 0..model.owners {
                let at = owner * model.measures + measure;
                let beyond = excess(self.loads[at], model.lower[at], model.upper[at]);
                if self.loads[at] > model.upper[at] { over += beyond } else { under += beyond }
            }
            total += over + (under - ahead).max(0.0);
        }
        total
    }
}
