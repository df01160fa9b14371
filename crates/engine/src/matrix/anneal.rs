//! Annealing over shifts and swaps with a price on violation.
//!
//! A shift may break limits at a price (an ejection chain is a shift that overloads an owner followed by one that
//! relieves it: Yagiura, Ibaraki, Glover 2004). Only arcs with a small reduced cost are tried.

use super::arcs::Arcs;
use super::pool::Pool;
use super::random::Dice;
use super::state::{State, Weighing};
use crate::control::Control;

/// The best assignment met: least violation first, then least cost.
#[derive(Clone)]
pub(crate) struct Best {
    pub owner: Vec<u32>,
    pub violation: f64,
    pub cost: f64,
}

impl Best {
    pub fn beats(&self, other: &Best) -> bool {
        let rounding = 1e-9 * (1.0 + other.violation);
        self.violation < other.violation - rounding
            || (self.violation <= other.violation + rounding
                && self.cost < other.cost - 1e-9 * (1.0 + other.cost.abs()))
    }
}

/// How one run goes.
#[derive(Clone, Copy)]
pub(crate) struct Schedule {
    pub steps: usize,
    pub hot: f64,
    pub cold: f64,
    /// What one unit of scaled violation costs.
    pub penalty: f64,
    /// In what share of the steps all limits should hold; the penalty then follows (strategic oscillation: Yagiura,
    /// Ibaraki, Glover 2004). `None`: the penalty stays.
    pub held: Option<f64>,
}

/// Keeps the best and the units changed since, so that taking a new best costs only those.
struct Keeper {
    best: Best,
    changed: Vec<u32>,
    flagged: Vec<bool>,
}

impl Keeper {
    #[inline]
    fn note(&mut self, unit: usize) {
        if !self.flagged[unit] {
            self.flagged[unit] = true;
            self.changed.push(unit as u32);
        }
    }

    #[inline]
    fn consider<const K: usize>(&mut self, state: &State<K>) {
        if state.broken > 0 && self.best.violation <= 0.0 {
            return;
        }
        let violation = if state.broken == 0 { 0.0 } else { state.violation() };
        let rounding = 1e-9 * (1.0 + self.best.violation);
        let less = violation < self.best.violation - rounding;
        let same = violation <= self.best.violation + rounding;
        if less || (same && state.cost < self.best.cost - 1e-9 * (1.0 + self.best.cost.abs())) {
            self.best.violation = violation;
            self.best.cost = state.cost;
            for &unit in &self.changed {
                self.best.owner[unit as usize] = state.owner[unit as usize];
                self.flagged[unit as usize] = false;
            }
            self.changed.clear();
        }
    }
}

/// Largest relative change of the penalty a block.
const PACE: f64 = 0.01;
const LOGS: usize = 1 << 12;

/// Runs one schedule from `start` and returns the best assignment met.
pub(crate) fn anneal<const K: usize>(
    pool: &Pool<K>,
    arcs: &Arcs,
    start: &Best,
    weighing: &Weighing<K>,
    schedule: Schedule,
    dice: &mut Dice,
    control: &Control,
) -> Best {
    let mut state = State::new(pool, start.owner.clone(), weighing);
    let mut keeper = Keeper {
        best: Best { owner: start.owner.clone(), violation: state.violation(), cost: state.cost },
        changed: Vec::with_capacity(pool.len()),
        flagged: vec![false; pool.len()],
    };
    if arcs.open.is_empty() {
        return keeper.best;
    }
    let logs: Vec<f64> = (0..LOGS).map(|i| -((i as f64 + 0.5) / LOGS as f64).ln()).collect();
    let mut penalty = schedule.penalty;
    let block = 1000;
    let blocks = schedule.steps.div_ceil(block).max(1);
    let cooling = (schedule.cold / schedule.hot).powf(1.0 / blocks as f64);
    let mut heat = schedule.hot;
    for turn in 0..blocks {
        if turn % 16 == 0 && control.is_over() {
            break;
        }
        let mut held = 0;
        for _ in 0..block {
            held += usize::from(state.broken == 0);
            let u = arcs.open[dice.below(arcs.open.len())] as usize;
            let list = arcs.of(u);
            let b = list[dice.below(list.len())] as usize;
            let a = state.owner[u] as usize;
            if a == b {
                continue;
            }
            let threshold = heat * logs[(dice.next() >> 52) as usize];
            let mut cost = state.shift_cost(u, b);
            // A swap where the shift breaks a limit, else a shift; now and then the other way round.
            let (strain, owed) = state.shift_strain(u, b);
            cost += owed;
            let swap = if strain > 0.0 { dice.next() >> 62 != 0 } else { dice.next() >> 61 == 0 };
            if !swap {
                if cost + penalty * strain <= threshold && state.affords(u, b) {
                    keeper.note(u);
                    state.shift(u, b);
                    keeper.consider(&state);
                }
            } else if !state.members[b].is_empty() {
                let v = state.members[b][dice.below(state.members[b].len())] as usize;
                let (strain, cost) = state.swap_delta(u, v);
                if cost + penalty * strain <= threshold && state.affords_swap(u, v) {
                    keeper.note(u);
                    keeper.note(v);
                    state.shift(u, b);
                    state.shift(v, a);
                    keeper.consider(&state);
                }
            }
        }
        heat *= cooling;
        if let Some(wanted) = schedule.held {
            let share = held as f64 / block as f64;
            penalty *= if share < wanted { 1.0 + PACE * (1.0 - share / wanted) } else { 1.0 - PACE * (share - wanted) };
        }
        if turn % 256 == 255 {
            state.recount();
        }
    }
    keeper.best
}
