//! Closes the gap from both sides: bold dives at growing targets lower the cost, refuted targets raise the bound.

use super::fixing::{Answer, Dive};
use super::knapsack::{Climb, Core, Worth};
use super::pool::Pool;
use super::prices::Prices;
use super::random::Dice;
use crate::control::{Control, Progress};
use rayon::prelude::*;

/// A solution and what is proven.
pub(crate) struct Closed {
    /// Empty while none is known.
    pub owner: Vec<u32>,
    /// Cost of the solution, or the cost above which nothing is of interest.
    pub cost: f64,
    pub bound: f64,
}

/// The most table cells a whole call may use.
const MOST_WORK: u64 = 100_000_000_000;

/// One search of a round; rounds are the same for any number of threads.
struct Task {
    bold: bool,
    target: f64,
    stream: u64,
}

pub(crate) fn close_gap<const K: usize>(
    pool: &Pool<K>,
    mut core: Core,
    prices: &Prices<K>,
    seed: Closed,
    control: &Control,
) -> Closed {
    let round_up = |bound: f64| if pool.whole { (bound - 1e-6).ceil() } else { bound };
    let mut best = seed;
    best.bound = round_up(prices.bound);
    let least = if pool.whole { 1.0 } else { 1e-5 * (1.0 + prices.bound.abs()) };
    let start = Worth { of: (0..pool.len()).map(|u| prices.cheapest(pool, u).1).collect(), bound: prices.bound };
    let mut work = 0;
    let plan = Climb { target: best.cost, rounds: 400, pull: 0.7 };
    let worth = core.climb(&start, &plan, &mut work, control);
    best.bound = best.bound.max(round_up(worth.bound));
    let per_round = core.round_work(&worth).max(work / 400) + 10_000;
    let (mut exact_allowance, mut patience) = (150 * per_round, 25);
    let mut step = least;
    let mut refutable = true;
    let mut turn = 0;
    let closed = |best: &Closed| best.bound >= best.cost - 1e-9 * best.cost.abs();
    let dbg = std::env::var("DBG").is_ok();
    let t = std::time::Instant::now();
    if dbg { eprintln!("root {} cost {} work {work}", worth.bound, best.cost); }
    while !closed(&best) && work < MOST_WORK && !(control.out_of_time)() {
        let at = |step: f64| f64::min(best.bound + step - least, best.cost - least);
        let mut tasks = vec![Task { bold: true, target: at(step), stream: turn }];
        if at(2.0 * step) > at(step) {
            tasks.push(Task { bold: true, target: at(2.0 * step), stream: turn });
        } else {
            tasks.push(Task { bold: true, target: at(step), stream: turn + 1_000_000 });
        }
        if refutable {
            tasks.push(Task { bold: false, target: best.bound, stream: turn });
        }
        turn += 1;
        let answers: Vec<(Answer, u64)> = tasks
            .par_iter()
            .map(|task| {
                let mut top = core.clone();
                let mut work = 0;
                if !top.narrow(&worth, task.target, &mut work) {
                    return (Answer::Refuted, work);
                }
                let mut dive = Dive {
                    target: task.target,
                    whole: pool.whole,
                    patience: if task.bold { patience } else { u32::MAX },
                    dead_ends: 0,
                    allowance: if task.bold { 32 * exact_allowance } else { exact_allowance },
                    work,
                    bold: task.bold,
                    dice: Dice::new(control.seed, task.stream),
                    daring: if turn < 4 { 0.0 } else { 0.3 },
                    control,
                };
                (dive.search(top, &worth), dive.work)
            })
            .collect();
        let mut found = false;
        for (task, (answer, used)) in tasks.iter().zip(answers) {
            work += used;
            if dbg { eprintln!("  {:.2} bold {} target {} {} work {used}", t.elapsed().as_secs_f64(), task.bold, task.target, match &answer { Answer::Found(c, _) => format!("found {c}"), Answer::Refuted => "refuted".into(), _ => "open".into() }); }
            match answer {
                Answer::Found(cost, owner) if cost < best.cost || best.owner.is_empty() => {
                    found = true;
                    (best.cost, best.owner) = (cost, owner);
                    if !task.bold && task.target == best.bound {
                        best.bound = cost;
                    }
                }
                Answer::Refuted if !task.bold => best.bound = task.target + if pool.whole { 1.0 } else { 0.0 },
                Answer::Open if !task.bold => refutable = false,
                _ => {}
            }
        }
        if found {
            step = (best.cost - best.bound) / 3.0;
            step = if pool.whole { step.floor().max(1.0) } else { step.max(least) };
        } else if step >= best.cost - best.bound {
            step = f64::max(least, (best.cost - best.bound) / 8.0);
            step = if pool.whole { step.floor().max(1.0) } else { step };
            exact_allowance *= 2;
            patience *= 2;
            refutable = true;
        } else {
            step *= 2.0;
        }
        let objective = (!best.owner.is_empty()).then_some(best.cost);
        (control.progress)(Progress { phase: "improving", fraction: 0.4 + 0.5 * work as f64 / MOST_WORK as f64, objective });
    }
    best
}
