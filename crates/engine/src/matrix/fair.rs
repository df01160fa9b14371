//! Who bears what cannot be avoided: excess spread over owners instead of heaped on a few.
//!
//! Where capacity is short, many assignments have the same least total of violation, and a search that only counts the
//! total leaves the excess wherever it fell. Units are passed from the owner that is furthest above its limit, as a share
//! of it, to others, or swapped with lighter ones, as long as the total does not grow and the worse of the two ends lower:
//! a descent towards the least maximum (lexicographic min-max, Ogryczak 1997).

use super::state::State;
use crate::control::Control;

/// Units passed on beyond twenty an owner.
const MOST_TURNS: usize = 2000;

/// Units of an owner tried in a swap.
const TRIED: usize = 64;

/// A rise of cost that is none.
const TRIFLE: f64 = 1e-9;

/// Evens out relative excess as far as that costs nothing. Total violation never grows and the budget of moves is kept.
pub(crate) fn spread_excess<const K: usize>(state: &mut State<K>, control: &Control) {
    let owners = state.pool.owners;
    let mut order: Vec<u32> = (0..owners as u32).collect();
    for turn in 0..20 * owners + MOST_TURNS.min(2 * state.pool.len()) {
        if turn % 16 == 0 && control.is_over() {
            return;
        }
        order.sort_unstable_by(|&a, &b| {
            let excess = |o: u32| excess(state, o as usize, &[0.0; K], &[0.0; K]);
            excess(b).total_cmp(&excess(a)).then(a.cmp(&b))
        });
        // The fullest that can give anything away at all.
        if !(0..owners).any(|i| state.strain[order[i] as usize] > 0.0 && relieve(state, order[i], &order)) {
            return;
        }
    }
}

/// How far above its tightest upper limit an owner is (negative: how far below), as a share of the limit.
fn excess<const K: usize>(state: &State<K>, owner: usize, plus: &[f64; K], minus: &[f64; K]) -> f64 {
    let (load, upper) = (&state.load[owner], &state.pool.upper[owner]);
    let mut worst = f64::NEG_INFINITY;
    for k in 0..K {
        if upper[k].is_finite() {
            let room = upper[k].max(1e-9 + 1e-3 / state.weighing.scale[owner][k].max(1e-300));
            worst = worst.max((load[k] + plus[k] - minus[k] - upper[k]) / room);
        }
    }
    worst
}

/// Passes one unit of `from` on, alone or for a lighter one, to the owner where the pair ends lowest.
fn relieve<const K: usize>(state: &mut State<K>, from: u32, order: &[u32]) -> bool {
    let (from, pool, none) = (from as usize, state.pool, [0.0; K]);
    let rise = |unit: usize, from: usize, to: usize| pool.cost(unit, to) - pool.cost(unit, from);
    let mut best = (excess(state, from, &none, &none) * (1.0 - 1e-6) - 1e-9, None);
    // The emptiest receive.
    for &to in order.iter().rev().take(8).filter(|&&to| to as usize != from) {
        let to = to as usize;
        for &unit in &state.members[from] {
            let unit = unit as usize;
            if !pool.cost(unit, to).is_finite() || rise(unit, from, to) > TRIFLE {
                continue;
            }
            let (gone, come) = (pool.weight(unit, from), pool.weight(unit, to));
            let worse = excess(state, from, &none, gone).max(excess(state, to, come, &none));
            if worse < best.0 && state.affords(unit, to) && state.shift_strain(unit, to).0 <= 1e-12 {
                best = (worse, Some((unit, to, None)));
            }
        }
        for &unit in state.members[from].iter().take(TRIED) {
            let unit = unit as usize;
            if !pool.cost(unit, to).is_finite() {
                continue;
            }
            for &other in state.members[to].iter().take(TRIED) {
                let other = other as usize;
                let left = excess(state, from, pool.weight(other, from), pool.weight(unit, from));
                let there = excess(state, to, pool.weight(unit, to), pool.weight(other, to));
                if left.max(there) < best.0
                    && pool.cost(other, from).is_finite()
                    && rise(unit, from, to) + rise(other, to, from) <= TRIFLE
                    && state.affords_swap(unit, other)
                    && state.swap_delta(unit, other).0 <= 1e-12
                {
                    best = (left.max(there), Some((unit, to, Some(other))));
                }
            }
        }
    }
    let Some((unit, to, back)) = best.1 else { return false };
    state.shift(unit, to);
    if let Some(other) = back {
        state.shift(other, from);
    }
    true
}
