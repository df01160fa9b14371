//! Rounds of annealing and descent from the best assignment, several at a time and the same for any number of threads.

use super::anneal::{Best, Schedule, anneal};
use super::arcs::Arcs;
use super::descend::{LARGE, descend};
use super::kernel::{self, Cooling, Tables};
use super::pool::Pool;
use super::prices::Prices;
use super::random::Dice;
use super::state::{State, Weighing};
use crate::control::{Control, Progress};
use rayon::prelude::*;

/// Runs of one round.
const RUNS: u64 = 2;
/// Steps of annealing a call without a deadline may take, over all runs.
const MOST_STEPS: usize = 40_000_000;

/// Steps of a slow cooling for each unit with a choice.
const SLOW_STEPS: usize = 30_000;

/// What guides the rounds.
#[derive(Clone, Copy)]
pub(crate) struct Guide<'g, const K: usize> {
    pub prices: &'g Prices<K>,
    pub weighing: &'g Weighing<K>,
    /// Stop when the cost is at most this.
    pub enough: f64,
    /// Go on until time runs out.
    pub patient: bool,
}

/// How much more the second-best arc costs, on average over units with a choice.
fn typical_loss<const K: usize>(pool: &Pool<K>, prices: &Prices<K>, arcs: &Arcs) -> f64 {
    let loss = |&u: &u32| {
        let list = arcs.of(u as usize);
        prices.reduced(pool, u as usize, list[1] as usize) - prices.reduced(pool, u as usize, list[0] as usize)
    };
    let sum: f64 = arcs.open.iter().map(|u| loss(u).abs()).sum();
    sum / arcs.open.len().max(1) as f64
}

/// Takes the assignment down to where no short step improves it.
pub(crate) fn settle<const K: usize>(
    pool: &Pool<K>,
    arcs: &Arcs,
    guide: &Guide<K>,
    start: Vec<u32>,
    control: &Control,
) -> Best {
    let mut state = State::new(pool, start, guide.weighing);
    let mut dice = Dice::new(control.seed, 0);
    let typical = typical_loss(pool, guide.prices, arcs).max(1e-9);
    let mut penalty = typical * pool.len() as f64 / pool.owners as f64;
    let mut best: Option<Best> = None;
    for _ in 0..12 {
        descend(&mut state, arcs, penalty, 3, guide.enough, &mut dice, control);
        state.recount();
        let now = Best { owner: state.owner.clone(), violation: state.violation(), cost: state.cost };
        let held = now.violation <= 0.0;
        if best.as_ref().is_none_or(|best| now.beats(best)) {
            best = Some(now);
        }
        if held || control.is_over() {
            break;
        }
        penalty *= 4.0;
    }
    best.unwrap_or(Best { owner: state.owner, violation: f64::INFINITY, cost: f64::INFINITY })
}

/// Anneals by the schedule and descends from what that found.
fn cool<const K: usize>(
    pool: &Pool<K>,
    arcs: &Arcs,
    guide: &Guide<K>,
    start: &Best,
    schedule: Schedule,
    dice: &mut Dice,
    control: &Control,
) -> Best {
    let found = anneal(pool, arcs, start, guide.weighing, schedule, dice, control);
    let mut state = State::new(pool, found.owner.clone(), guide.weighing);
    let penalty = schedule.penalty.max(2e5 * schedule.cold);
    descend(&mut state, arcs, penalty, 4, guide.enough, dice, control);
    state.recount();
    let settled = Best { violation: state.violation(), cost: state.cost, owner: state.owner };
    if settled.beats(&found) { settled } else { found }
}

fn counted<const K: usize>(pool: &Pool<K>, weighing: &Weighing<K>, owner: Vec<u32>) -> Best {
    let state = State::new(pool, owner, weighing);
    Best { violation: state.violation(), cost: state.cost, owner: state.owner }
}

/// One slow cooling from far above the price of a move, twice with different chance: it undoes what the start got wrong
/// everywhere, which searches among a few owners would take long for.
pub(crate) fn cool_slowly<const K: usize>(
    pool: &Pool<K>,
    arcs: &Arcs,
    guide: &Guide<K>,
    best: Best,
    control: &Control,
) -> Best {
    if arcs.open.is_empty() {
        return best;
    }
    let typical = typical_loss(pool, guide.prices, arcs).max(1e-9);
    let penalty = 8.0 * typical * pool.len() as f64 / pool.owners as f64;
    let steps = SLOW_STEPS * arcs.open.len();
    let schedule = Schedule { steps, hot: typical, cold: typical * 0.04, penalty, held: Some(0.3) };
    let run = |stream: u64| cool(pool, arcs, guide, &best, schedule, &mut Dice::new(control.seed, stream), control);
    let pair = |run: &(dyn Fn(u64) -> Best + Sync)| rayon::join(|| run(u64::MAX), || run(u64::MAX - 1));
    let (one, other) = match Tables::of(pool) {
        Some(tables) => pair(&|stream| {
            let cooling = Cooling { steps: 2 * steps, hot: typical, cold: typical * 0.05 };
            let mut dice = Dice::new(control.seed, stream);
            match kernel::cool(&tables, arcs, guide.prices, &best.owner, cooling, &mut dice, control) {
                Some(owner) => counted(pool, guide.weighing, owner),
                None => best.clone(),
            }
        }),
        None => pair(&run),
    };
    [one, other].into_iter().fold(best.clone(), |best, run| if run.beats(&best) { run } else { best })
}

/// Improves until the gap is closed or several rounds have brought nothing.
pub(crate) fn improve<const K: usize>(
    pool: &Pool<K>,
    arcs: &Arcs,
    guide: &Guide<K>,
    mut best: Best,
    control: &Control,
) -> Best {
    if arcs.open.is_empty() {
        return best;
    }
    let typical = typical_loss(pool, guide.prices, arcs).max(1e-9);
    let mut penalty = 4.0 * typical * pool.len() as f64 / pool.owners as f64;
    let mut steps = (40 * arcs.open.len()).clamp(100_000, 4_000_000);
    // A large pool's rounds reach each unit a few times only: where one brings nothing, the next will not.
    let most_idle = if pool.len() >= LARGE { 1 } else { 3 };
    let (mut idle, mut total, mut round) = (0, 0, 1);
    while (guide.patient || (total < MOST_STEPS && idle < most_idle)) && !control.is_over() {
        if best.violation <= 0.0 && best.cost <= guide.enough {
            break;
        }
        let before = best.clone();
        let runs: Vec<Best> = (0..RUNS)
            .into_par_iter()
            .map(|run| {
                let mut dice = Dice::new(control.seed, round * RUNS + run);
                // Later rounds run hotter: some pools have plateaus as high as the price of a move.
                let hot = typical * [[0.4, 0.1], [2.0, 0.4]][round as usize % 2][run as usize % 2];
                let schedule = Schedule { steps, hot, cold: typical * 0.005, penalty, held: None };
                cool(pool, arcs, guide, &before, schedule, &mut dice, control)
            })
            .collect();
        for run in runs {
            if run.beats(&best) {
                best = run;
            }
        }
        total += steps * RUNS as usize;
        round += 1;
        let gained = best.violation < before.violation || before.cost - best.cost > 1e-5 * before.cost.abs();
        idle = if gained { 0 } else { idle + 1 };
        penalty = if best.violation > 0.0 { penalty * 4.0 } else { penalty };
        if idle > 0 {
            steps = (2 * steps).min(8_000_000);
        }
        let fraction = 0.4 + 0.5 * (total as f64 / MOST_STEPS as f64).min(1.0);
        (control.progress)(Progress { phase: "improving", fraction, objective: Some(best.cost) });
    }
    best
}
