//! Moves of units between owners, one operator a file, and the order in which they are tried.

mod allocation;
mod exhaust;
mod repair;
mod shift;
mod swap;

use crate::control::{Control, OutOfTime};
use crate::model::{Model, NOBODY};
use crate::solution::UNASSIGNED;
pub(crate) use allocation::Allocation;
pub(crate) use exhaust::exhaust;
pub(crate) use repair::repair;
pub(crate) use shift::shift_downhill;
pub(crate) use swap::swap_downhill;

/// What it costs to give a unit to an owner, moves' price included.
pub(crate) trait Costing: Sync {
    fn cost(&self, unit: usize, owner: usize) -> f64;

    /// The owners worth trying, possibly followed by [`NOBODY`].
    fn candidates<'a>(&'a self, model: &'a Model, unit: usize) -> &'a [u32] {
        model.owners_of(unit)
    }
}

/// Says which shifts are allowed beyond eligibility and budget.
pub(crate) trait Guard {
    fn allows(&mut self, allocation: &Allocation, unit: usize, to: usize) -> bool;
}

/// Allows everything.
pub(crate) struct Unguarded;

impl Guard for Unguarded {
    #[inline]
    fn allows(&mut self, _: &Allocation, _: usize, _: usize) -> bool {
        true
    }
}

/// Units looked at between two looks at the time.
pub(crate) const STRIDE: usize = 4096;

/// Units that name an owner among their candidates, owner by owner.
pub(crate) struct Reach {
    start: Vec<u32>,
    unit: Vec<u32>,
}

impl Reach {
    pub fn new(model: &Model, costing: &dyn Costing, control: &Control) -> Result<Self, OutOfTime> {
        let mut start = vec![0u32; model.owners + 1];
        let each = |visit: &mut dyn FnMut(usize, usize)| {
            for unit in 0..model.units {
                if unit % STRIDE == 0 {
                    control.go_on()?;
                }
                for &owner in costing.candidates(model, unit).iter().take_while(|&&owner| owner != NOBODY) {
                    visit(unit, owner as usize);
                }
            }
            Ok(())
        };
        each(&mut |_, owner| start[owner + 1] += 1)?;
        for owner in 0..model.owners {
            start[owner + 1] += start[owner];
        }
        let mut unit_of = vec![0u32; start[model.owners] as usize];
        let mut next = start.clone();
        each(&mut |unit, owner| {
            unit_of[next[owner] as usize] = unit as u32;
            next[owner] += 1;
        })?;
        Ok(Reach { start, unit: unit_of })
    }

    pub fn units(&self, owner: usize) -> &[u32] {
        &self.unit[self.start[owner] as usize..self.start[owner + 1] as usize]
    }
}

/// Mends limits, then goes downhill. `prices` guide which units are let go. Whenever time runs out the allocation is
/// whole and no worse than it was.
pub(crate) fn settle(
    allocation: &mut Allocation,
    costing: &dyn Costing,
    prices: &[f64],
    guard: &mut dyn Guard,
    control: &Control,
) {
    let Ok(reach) = Reach::new(allocation.model, costing, control) else { return };
    repair(allocation, costing, prices, &reach, guard, 400 + 4 * allocation.model.owners, control);
    descend(allocation, costing, guard, control);
    if allocation.violation() > 0.0 {
        exhaust(allocation, costing, control);
        descend(allocation, costing, guard, control);
    }
}

/// Shifts and swaps until neither helps, at most a few rounds.
pub(crate) fn descend(allocation: &mut Allocation, costing: &dyn Costing, guard: &mut dyn Guard, control: &Control) {
    for _ in 0..4 {
        if control.is_over() {
            return;
        }
        let shifted = shift_downhill(allocation, costing, guard, control);
        let swapped = swap_downhill(allocation, costing, guard, control);
        if shifted + swapped == 0 {
            return;
        }
    }
}

/// Owners by the problem's units.
pub(crate) fn whole(model: &Model, units: usize, owner: &[u32]) -> Vec<u32> {
    let mut all = vec![UNASSIGNED; units];
    model.unit_of.iter().zip(owner).for_each(|(&unit, &owner)| all[unit as usize] = owner);
    all
}
