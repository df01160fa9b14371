//! Shift: one unit to another owner when that costs less and violates no more.
//!
//! Source: Osman 1995, "Heuristics for the generalised assignment problem", OR Spektrum 17 (the λ = 1 interchange).

use super::allocation::{Allocation, GAIN};
use super::{Costing, Guard, STRIDE};
use crate::control::Control;
use crate::model::NOBODY;

/// One pass over all units; returns the number of shifts.
pub(crate) fn shift_downhill(
    allocation: &mut Allocation,
    costing: &dyn Costing,
    guard: &mut dyn Guard,
    control: &Control,
) -> usize {
    let mut shifts = 0;
    for unit in 0..allocation.model.units {
        if unit % STRIDE == 0 && control.is_over() {
            break;
        }
        shifts += usize::from(shift_best(allocation, costing, guard, unit));
    }
    shifts
}

fn shift_best(allocation: &mut Allocation, costing: &dyn Costing, guard: &mut dyn Guard, unit: usize) -> bool {
    let model = allocation.model;
    let candidates = costing.candidates(model, unit);
    let from = allocation.owner[unit];
    let now = costing.cost(unit, from as usize);
    let mut best: Option<(f64, usize)> = None;
    for &to in candidates.iter().take_while(|&&to| to != NOBODY).filter(|&&to| to != from) {
        let to = to as usize;
        let cost = costing.cost(unit, to);
        if cost < best.map_or(now - GAIN * (1.0 + now.abs()), |b| b.0)
            && allocation.shift_change(unit, to, &|_| 1.0) <= 0.0
            && allocation.affords(unit, to)
            && guard.allows(allocation, unit, to)
        {
            best = Some((cost, to));
        }
    }
    if let Some((_, to)) = best {
        allocation.shift(unit, to);
    }
    best.is_some()
}
