//! Swap: two units of neighbouring owners change places when that costs less and violates no more.
//!
//! Only the units that lose least by crossing are tried on either side. Source: Osman 1995, "Heuristics for the
//! generalised assignment problem", OR Spektrum 17 (the exchange of the λ = 1 interchange).

use super::allocation::{Allocation, GAIN};
use super::{Costing, Guard, STRIDE};
use crate::control::{Control, OutOfTime};
use crate::model::NOBODY;
use rustc_hash::FxHashMap;

/// How many units of either side are paired.
const SIDE: usize = 24;

/// A unit that may cross from one owner to another, and what it gains by that.
#[derive(Clone, Copy)]
struct Crossing {
    from: u32,
    to: u32,
    gain: f64,
    unit: u32,
}

/// One pass over all pairs of owners; returns the number of swaps.
pub(crate) fn swap_downhill(
    allocation: &mut Allocation,
    costing: &dyn Costing,
    guard: &mut dyn Guard,
    control: &Control,
) -> usize {
    let Ok(crossings) = crossings(allocation, costing, control) else { return 0 };
    let group_of = |c: &Crossing| (c.from, c.to);
    let groups: Vec<&[Crossing]> = crossings.chunk_by(|a, b| group_of(a) == group_of(b)).collect();
    let mut swaps = 0;
    for there in &groups {
        if there[0].from > there[0].to || control.is_over() {
            continue;
        }
        let back = (there[0].to, there[0].from);
        if let Ok(at) = groups.binary_search_by(|group| group_of(&group[0]).cmp(&back)) {
            swaps +=
                pair_up(allocation, &there[..there.len().min(SIDE)], &groups[at][..groups[at].len().min(SIDE)], guard);
        }
    }
    swaps
}

/// The crossings that may pay off together with one the other way, by pair of owners, the best first.
fn crossings(allocation: &Allocation, costing: &dyn Costing, control: &Control) -> Result<Vec<Crossing>, OutOfTime> {
    let mut best: FxHashMap<(u32, u32), f64> = FxHashMap::default();
    each_crossing(allocation, costing, control, |crossing| {
        if crossing.gain > 0.0 {
            let most = best.entry((crossing.from, crossing.to)).or_insert(0.0);
            *most = most.max(crossing.gain);
        }
    })?;
    let mut all = Vec::new();
    each_crossing(allocation, costing, control, |crossing| {
        let back = best.get(&(crossing.to, crossing.from)).copied().unwrap_or(0.0);
        if crossing.gain + back > 0.0 {
            all.push(crossing);
        }
    })?;
    control.go_on()?;
    all.sort_unstable_by(|a, b| {
        (a.from, a.to).cmp(&(b.from, b.to)).then(b.gain.total_cmp(&a.gain)).then(a.unit.cmp(&b.unit))
    });
    Ok(all)
}

fn each_crossing(
    allocation: &Allocation,
    costing: &dyn Costing,
    control: &Control,
    mut visit: impl FnMut(Crossing),
) -> Result<(), OutOfTime> {
    let model = allocation.model;
    for unit in 0..model.units {
        if unit % STRIDE == 0 {
            control.go_on()?;
        }
        let from = allocation.owner[unit];
        let candidates = costing.candidates(model, unit);
        if candidates.len() < 2 {
            continue;
        }
        let now = costing.cost(unit, from as usize);
        for &to in candidates.iter().take_while(|&&to| to != NOBODY).filter(|&&to| to != from) {
            visit(Crossing { from, to, gain: now - costing.cost(unit, to as usize), unit: unit as u32 });
        }
    }
    Ok(())
}

fn pair_up(allocation: &mut Allocation, there: &[Crossing], back: &[Crossing], guard: &mut dyn Guard) -> usize {
    let mut swaps = 0;
    for a in there {
        for b in back {
            if a.gain + b.gain <= GAIN * (1.0 + a.gain.abs()) {
                break;
            }
            if is_stale(allocation, a) {
                break;
            }
            if is_stale(allocation, b) {
                continue;
            }
            let (first, second) = (a.unit as usize, b.unit as usize);
            if allocation.swap_change(first, second, &|_| 1.0) <= 0.0
                && allocation.affords_swap(first, second)
                && swap(allocation, first, second, guard)
            {
                swaps += 1;
            }
        }
    }
    swaps
}

fn is_stale(allocation: &Allocation, crossing: &Crossing) -> bool {
    allocation.owner[crossing.unit as usize] != crossing.from
}

/// Swaps if the guard allows one shift after the other, in either order.
fn swap(allocation: &mut Allocation, a: usize, b: usize, guard: &mut dyn Guard) -> bool {
    let (of_a, of_b) = (allocation.owner[a] as usize, allocation.owner[b] as usize);
    for (first, to_first, from_first, second, to_second) in [(a, of_b, of_a, b, of_a), (b, of_a, of_b, a, of_b)] {
        if guard.allows(allocation, first, to_first) {
            allocation.shift(first, to_first);
            if guard.allows(allocation, second, to_second) {
                allocation.shift(second, to_second);
                return true;
            }
            allocation.shift(first, from_first);
        }
    }
    false
}
