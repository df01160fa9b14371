//! Follow: shifts and swaps judged with both centres moved along, for small problems.
//!
//! With few units a territory's centre follows every single one, and costs at standing centres mislead. Source: the
//! exact-delta exchange of Hartigan & Wong 1979, "Algorithm AS 136: a k-means clustering algorithm", Applied Statistics
//! 28, here with medians and limits.

use super::centre::{blur, median};
use super::metric::Place;
use super::terrain::Terrain;
use crate::control::Control;
use crate::moves::{Allocation, Guard};

/// Units up to which this is tried.
pub(crate) const MOST: usize = 160;

/// Shifts and swaps until none helps; violation never grows.
pub(crate) fn follow_downhill(
    allocation: &mut Allocation,
    terrain: &Terrain,
    centres: &mut [Place],
    guard: &mut dyn Guard,
    control: &Control,
) {
    let model = allocation.model;
    let mut state = Centred { terrain, control, blur: blur(terrain), centres, cost: Vec::new() };
    state.cost = (0..model.owners).map(|owner| state.settle(allocation, owner)).collect();
    for _ in 0..20 {
        let mut better = false;
        for unit in 0..model.units {
            if control.is_over() {
                return;
            }
            for &to in model.owners_of(unit) {
                better |= state.try_shift(allocation, unit, to as usize, guard);
            }
            for other in unit + 1..if model.units <= 50 { model.units } else { 0 } {
                better |= state.try_swap(allocation, unit, other, guard);
            }
        }
        if !better {
            return;
        }
    }
}

struct Centred<'a> {
    terrain: &'a Terrain,
    control: &'a Control<'a>,
    blur: f64,
    centres: &'a mut [Place],
    /// Travel and moves of each owner.
    cost: Vec<f64>,
}

impl Centred<'_> {
    /// Moves the owner's centre to its median; returns what the owner costs.
    fn settle(&mut self, allocation: &Allocation, owner: usize) -> f64 {
        let members = allocation.members(owner);
        let first = members.iter().find_map(|&unit| self.terrain.middle(unit as usize));
        let start = first.unwrap_or(self.centres[owner]);
        let from = |at: Place| {
            let centre = median(self.terrain, members, at, 30, self.blur, self.control);
            (members.iter().map(|&unit| self.terrain.travel(unit as usize, &centre)).sum::<f64>(), centre)
        };
        let (now, anew) = (from(self.centres[owner]), from(start));
        let (travel, centre) = if anew.0 < now.0 { anew } else { now };
        self.centres[owner] = centre;
        travel + members.iter().map(|&unit| allocation.model.move_price(unit as usize, owner)).sum::<f64>()
    }

    fn try_shift(&mut self, allocation: &mut Allocation, unit: usize, to: usize, guard: &mut dyn Guard) -> bool {
        let from = allocation.owner[unit] as usize;
        from != to
            && allocation.shift_change(unit, to, &|_| 1.0) <= 0.0
            && allocation.affords(unit, to)
            && guard.allows(allocation, unit, to)
            && self.keep_if_cheaper(allocation, &[(unit, from, to)])
    }

    fn try_swap(&mut self, allocation: &mut Allocation, a: usize, b: usize, guard: &mut dyn Guard) -> bool {
        let (of_a, of_b) = (allocation.owner[a] as usize, allocation.owner[b] as usize);
        of_a != of_b
            && allocation.model.eligible(a, of_b)
            && allocation.model.eligible(b, of_a)
            && allocation.swap_change(a, b, &|_| 1.0) <= 0.0
            && allocation.affords_swap(a, b)
            && guard.allows(allocation, a, of_b)
            && {
                allocation.shift(a, of_b);
                let second = guard.allows(allocation, b, of_a);
                allocation.shift(a, of_a);
                second
            }
            && self.keep_if_cheaper(allocation, &[(a, of_a, of_b), (b, of_b, of_a)])
    }

    fn keep_if_cheaper(&mut self, allocation: &mut Allocation, shifts: &[(usize, usize, usize)]) -> bool {
        let (_, one, two) = shifts[0];
        let before = (self.centres[one], self.centres[two], self.cost[one] + self.cost[two]);
        shifts.iter().for_each(|&(unit, _, to)| allocation.shift(unit, to));
        let costs = (self.settle(allocation, one), self.settle(allocation, two));
        if costs.0 + costs.1 < before.2 - 1e-9 * (1.0 + before.2.abs()) {
            (self.cost[one], self.cost[two]) = costs;
            return true;
        }
        shifts.iter().for_each(|&(unit, from, _)| allocation.shift(unit, from));
        (self.centres[one], self.centres[two]) = (before.0, before.1);
        false
    }
}
