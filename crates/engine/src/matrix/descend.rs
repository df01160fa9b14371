//! Plain improvement: shift a unit, or where that breaks a limit, shift it and move another out of the way.
//!
//! The second unit may take the first one's place (a swap) or go to a third owner: ejection chains of length two
//! (Yagiura, Ibaraki, Glover 2004, "An ejection chain approach for the generalized assignment problem"). Of large owners
//! only a rotating sample of units is tried for ejection.

use super::arcs::Arcs;
use super::random::Dice;
use super::state::State;
use crate::control::Control;

/// Units of an owner tried for ejection each time.
const TRIED: usize = 48;
/// The same in large pools.
const TRIED_IN_LARGE: usize = 12;
/// Units from which a pool is large.
pub(crate) const LARGE: usize = 30_000;

/// The best thing to do with one unit.
struct Step {
    gain: f64,
    to: usize,
    /// The unit that makes room and where it goes.
    eject: Option<(usize, usize)>,
}

/// Passes over the units with a choice until nothing improves, or all limits hold and the cost is at most `enough`.
/// `penalty` is what one unit of violation costs.
pub(crate) fn descend<const K: usize>(
    state: &mut State<K>,
    arcs: &Arcs,
    penalty: f64,
    passes: usize,
    enough: f64,
    dice: &mut Dice,
    control: &Control,
) {
    let mut order: Vec<u32> = arcs.open.clone();
    for i in (1..order.len()).rev() {
        order.swap(i, dice.below(i + 1));
    }
    let mut quiet = 0;
    for pass in 0..passes {
        // Shifts alone bring most of a large pool in order; chains are for what is left.
        let chains = pass > 0 || order.len() < LARGE;
        for (turn, &unit) in order.iter().enumerate() {
            let held = state.broken == 0 && state.cost <= enough;
            if turn % 256 == 0 && (held || control.is_over()) {
                return;
            }
            match best_step(state, arcs, unit as usize, penalty, chains, dice) {
                Some(step) => {
                    quiet = 0;
                    state.shift(unit as usize, step.to);
                    if let Some((other, to)) = step.eject {
                        state.shift(other, to);
                    }
                }
                None => quiet += 1,
            }
            if quiet > order.len() {
                return;
            }
        }
    }
}

fn best_step<const K: usize>(
    state: &State<K>,
    arcs: &Arcs,
    unit: usize,
    penalty: f64,
    chains: bool,
    dice: &mut Dice,
) -> Option<Step> {
    let from = state.owner[unit] as usize;
    let none = [0.0; K];
    let pool = state.pool;
    let leave = {
        let (strain, owed) = state.strain_with(from, &none, pool.weight(unit, from));
        penalty * strain + owed - pool.cost(unit, from)
    };
    let least = 1e-9 * (1.0 + pool.cost(unit, from).abs());
    let mut best = Step { gain: least, to: from, eject: None };
    for &to in arcs.of(unit) {
        let to = to as usize;
        if to == from {
            continue;
        }
        let alone = leave + pool.cost(unit, to);
        let (strain, owed) = state.strain_with(to, pool.weight(unit, to), &none);
        let enter = penalty * strain + owed;
        if -(alone + enter) > best.gain && state.affords(unit, to) {
            best = Step { gain: -(alone + enter), to, eject: None };
        }
        // Ejecting can save the violation at `to` and little more.
        let relief = penalty * state.strain[to] + state.owed[to];
        if chains && enter > 0.0 && -(alone - relief) > best.gain && is_tempting(state, unit, from, to) {
            eject(state, arcs, unit, to, alone, penalty, dice, &mut best);
        }
    }
    (best.to != from).then_some(best)
}

/// Is the step itself no great loss once limits are paid for? Where nothing is overloaded, others cannot gain in sum.
fn is_tempting<const K: usize>(state: &State<K>, unit: usize, from: usize, to: usize) -> bool {
    if state.strain[from] > 0.0 || state.strain[to] > 0.0 {
        return true;
    }
    let (pool, prices) = (state.pool, &state.weighing.prices);
    let (gone, come) = (pool.weight(unit, from), pool.weight(unit, to));
    let mut change = pool.cost(unit, to) - pool.cost(unit, from);
    for k in 0..K {
        change += prices[to][k] * come[k] - prices[from][k] * gone[k];
    }
    change < state.weighing.tolerance
}

/// Looks for a unit of `to` that makes room for `unit` by going elsewhere.
#[allow(clippy::too_many_arguments)]
fn eject<const K: usize>(
    state: &State<K>,
    arcs: &Arcs,
    unit: usize,
    to: usize,
    alone: f64,
    penalty: f64,
    dice: &mut Dice,
    best: &mut Step,
) {
    let pool = state.pool;
    let from = state.owner[unit] as usize;
    let members = &state.members[to];
    if members.is_empty() {
        return;
    }
    let none = [0.0; K];
    let tried = if pool.len() >= LARGE { TRIED_IN_LARGE } else { TRIED };
    let first = if members.len() > tried { dice.below(members.len()) } else { 0 };
    for step in 0..members.len().min(tried) {
        let at = first + step;
        let other = members[if at >= members.len() { at - members.len() } else { at }] as usize;
        let choices = arcs.of(other);
        if choices.len() < 2 {
            continue;
        }
        let (strain, owed) = state.strain_with(to, pool.weight(unit, to), pool.weight(other, to));
        let base = alone + penalty * strain + owed - pool.cost(other, to);
        for &next in choices {
            let next = next as usize;
            if next == to {
                continue;
            }
            let change = if next == from {
                // `alone` counts leaving `from` empty-handed; a swap brings the other unit there.
                let (left, left_owed) = state.strain_with(from, &none, pool.weight(unit, from));
                let (both, both_owed) = state.strain_with(from, pool.weight(other, from), pool.weight(unit, from));
                penalty * (both - left) + both_owed - left_owed
            } else {
                let (strain, owed) = state.strain_with(next, pool.weight(other, next), &none);
                penalty * strain + owed
            };
            let gain = -(base + pool.cost(other, next) + change);
            if gain > best.gain && affords_both(state, unit, to, other, next) {
                *best = Step { gain, to, eject: Some((other, next)) };
            }
        }
    }
}

fn affords_both<const K: usize>(state: &State<K>, u: usize, to: usize, v: usize, next: usize) -> bool {
    let pool = state.pool;
    if !pool.has_budget {
        return true;
    }
    let spends = |unit: usize, to: usize| pool.spends(unit, to) - pool.spends(unit, state.owner[unit] as usize);
    let more = spends(u, to) + spends(v, next);
    more <= 0.0 || state.spent + more <= pool.budget
}
