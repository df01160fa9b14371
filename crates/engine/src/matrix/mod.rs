//! Assignment by a matrix of costs, or by limits alone.
//!
//! First a price for every limit (the Lagrangian dual, which also bounds the cost from below), then a search among the few
//! owners that the prices leave in question for each unit. Pools with one whole-numbered capacity an owner go on to a
//! search with knapsack bounds that closes the gap from both sides; small ones are finished by branch and bound.

// Loads and limits are short rows of one fixed width: an index reads better than four zipped iterators.
#![allow(clippy::needless_range_loop)]

mod anneal;
mod arcs;
mod balance;
mod close;
mod corridor;
mod descend;
mod exact;
mod fair;
mod fixing;
mod improve;
mod kernel;
pub(crate) mod knapsack;
mod linear;
mod near;
pub(crate) mod pool;
pub(crate) mod prices;
pub(crate) mod random;
mod sack;
pub(crate) mod state;

use crate::control::{Control, Progress};
use crate::medians;
use crate::problem::{Cost, Problem};
use crate::score;
use crate::solution::Solution;
use arcs::Arcs;
use descend::LARGE;
use improve::{Guide, cool_slowly, improve, settle};
use knapsack::Core;
use pool::{Pool, Slots};
use prices::{Prices, find_prices};
use state::{State, Weighing};

/// A gap that nobody can tell from none.
const CLOSED: f64 = 1e-6;
/// A gap that is not worth seconds of a large pool.
const NEGLIGIBLE: f64 = 2e-4;
/// Units from which a search with knapsack bounds starts from a slowly cooled assignment.
const SLOWLY_FROM: usize = 800;
/// What a limit may charge for a typical unit, as a share of its cost, and still count as free.
const FREE: f64 = 0.005;
/// Pairs of unit and owner up to which a first descent takes no time worth speaking of.
const SMALL: usize = 200_000;
/// Largest table of a knapsack dual, over all owners.
const MOST_CELLS: usize = 20_000_000;

/// Solves `Cost::Matrix` and `Cost::Zero`.
pub(crate) fn solve(problem: &Problem, control: &Control) -> Solution {
    let slots = Slots::of(problem);
    match slots.width() {
        0 | 1 => solve_slots::<1>(problem, slots, control),
        2 | 3 => solve_slots::<3>(problem, slots, control),
        4..=8 => solve_slots::<8>(problem, slots, control),
        _ => solve_slots::<64>(problem, slots, control),
    }
}

/// What a method found for the movable units.
struct Found {
    owner: Vec<u32>,
    bound: f64,
    method: &'static str,
}

fn solve_slots<const K: usize>(problem: &Problem, slots: Slots, control: &Control) -> Solution {
    let pool: Pool<K> = Pool::new(problem, slots);
    (control.progress)(Progress { phase: "bounding", fraction: 0.0, objective: None });
    let (prices, found) = if matches!(problem.cost, Cost::Zero) && !pool.has_price() {
        let prices = Prices { bound: 0.0, ..Prices::zero(pool.owners) };
        let found = spread_evenly(&pool, &prices, control);
        (prices, found)
    } else {
        let prices = find_prices(&pool, Prices::zero(pool.owners), price_work(&pool), control);
        let found = assign(&pool, &prices, control);
        (prices, found)
    };
    let found = share_excess(&pool, &prices, found, control);
    report(problem, &pool, &prices, found, control)
}

fn share_excess<const K: usize>(pool: &Pool<K>, prices: &Prices<K>, found: Found, control: &Control) -> Found {
    let weighing = weighing(pool, prices);
    let mut state = State::new(pool, found.owner.clone(), &weighing);
    if state.violation() <= 0.0 {
        return found;
    }
    fair::spread_excess(&mut state, control);
    Found { owner: state.owner, ..found }
}

/// Unit × owner pairs the search for prices may look at.
fn price_work<const K: usize>(pool: &Pool<K>) -> usize {
    100_000_000.max(120 * pool.len() * pool.owners)
}

fn weighing<const K: usize>(pool: &Pool<K>, prices: &Prices<K>) -> Weighing<K> {
    // A quarter of what the second-best owner costs more, over a sample of the units.
    let step = 1 + pool.len() / 2000;
    let losses = (0..pool.len()).step_by(step).filter_map(|u| {
        let (best, least) = prices.cheapest(pool, u);
        let others = pool.owners_of(u).iter().filter(|o| **o as usize != best);
        others.map(|&o| prices.reduced(pool, u, o as usize) - least).reduce(f64::min)
    });
    let (sum, count) = losses.fold((0.0, 0.0), |(sum, count), loss| (sum + loss, count + 1.0));
    Weighing {
        scale: pool.scale.clone(),
        due: prices.of.iter().map(|p| p.map(f64::abs)).collect(),
        prices: prices.of.clone(),
        tolerance: 0.25 * sum / f64::max(count, 1.0),
    }
}

/// Nothing costs anything: only limits (and the budget of moves) matter.
fn spread_evenly<const K: usize>(pool: &Pool<K>, prices: &Prices<K>, control: &Control) -> Found {
    let start = if pool.has_budget {
        (0..pool.len()).map(|u| pool.present(u).unwrap_or(pool.owners_of(u)[0] as usize) as u32).collect()
    } else {
        balance::spread(pool, prices, control)
    };
    let weighing = weighing(pool, prices);
    let arcs = Arcs::choose(pool, prices, 12, f64::INFINITY, &start, control);
    let guide = Guide { prices, weighing: &weighing, enough: 0.0, patient: control.patient };
    let best = settle(pool, &arcs, &guide, start, control);
    let mut best = improve(pool, &arcs, &guide, best, control);
    if best.violation > 0.0 && pool.len() <= exact::MOST_UNITS {
        best = exact::finish_exactly(pool, prices, best, control).0;
    }
    Found { owner: best.owner, bound: 0.0, method: "largest first + shift, swap" }
}

fn assign<const K: usize>(pool: &Pool<K>, prices: &Prices<K>, control: &Control) -> Found {
    let mut start = prices.cheapest_owners(pool, control);
    keep_budget(pool, prices, &mut start);
    let weighing = weighing(pool, prices);
    // The first answer is to keep the limits whatever the time, where that takes next to none.
    let patient = control.whatever_the_time();
    let first = if pool.len() * pool.owners <= SMALL { &patient } else { control };
    let arcs = Arcs::choose(pool, prices, 10, f64::INFINITY, &start, first);
    let round_up = |bound: f64| if pool.whole { (bound - 1e-6).ceil() } else { bound };
    let enough = |bound: f64| bound + CLOSED * bound.abs();
    let guide = Guide { prices, weighing: &weighing, enough: enough(round_up(prices.bound)), patient: false };
    let settled = if pool.len() >= LARGE { prices.bound + NEGLIGIBLE * prices.bound.abs() } else { guide.enough };
    let best = settle(pool, &arcs, &Guide { enough: settled.max(guide.enough), ..guide }, start, first);
    (control.progress)(Progress { phase: "improving", fraction: 0.3, objective: Some(best.cost) });
    if best.violation <= 0.0 && best.cost <= guide.enough {
        return Found { owner: best.owner, bound: round_up(prices.bound), method: "prices" };
    }
    let mut best = best;
    if pool.len() <= exact::MOST_UNITS {
        let (found, proven) = exact::finish_exactly(pool, prices, best, control);
        if proven {
            return Found { bound: found.cost, owner: found.owner, method: "branch and bound" };
        }
        best = found;
    }
    if let Some(core) = Core::of(pool, MOST_CELLS) {
        if pool.len() >= SLOWLY_FROM && hardly_guide(pool, &prices.of) {
            best = cool_slowly(pool, &arcs, &guide, best, control);
        }
        let held = best.violation <= 0.0;
        let cost = if held { best.cost } else { prices.bound + 0.02 * prices.bound.abs() };
        let seed = close::Closed { owner: if held { best.owner.clone() } else { vec![] }, cost, bound: prices.bound };
        let closed = close::close_gap(pool, core, prices, seed, control);
        if !closed.owner.is_empty() {
            return Found { owner: closed.owner, bound: closed.bound, method: "knapsack dual + fixing" };
        }
    }
    let proven = guide.enough;
    let guide = Guide { enough: prices.bound + NEGLIGIBLE * prices.bound.abs(), ..guide };
    let mut best = improve(pool, &arcs, &guide, best, control);
    let bound = round_up(prices.bound);
    if pool.len() * 2 <= linear::MOST_ARCS && (best.violation > 0.0 || best.cost > enough(bound)) {
        let (found, optimal) = linear::finish_by_programme(pool, prices, &weighing, best, control);
        best = found;
        if let Some(bound) = optimal {
            return Found { owner: best.owner, bound, method: "prices + search + branch and bound" };
        }
    }
    if control.patient {
        best = improve(pool, &arcs, &Guide { enough: proven, patient: true, ..guide }, best, control);
    }
    Found { owner: best.owner, bound, method: "prices + shift, swap, ejection" }
}

/// Most limits cost nothing in the relaxation, so neither prices nor bounds tell which owners to choose.
fn hardly_guide<const K: usize>(pool: &Pool<K>, prices: &[[f64; K]]) -> bool {
    let size = pool.len().max(1) as f64;
    let cost = (0..pool.len()).map(|u| pool.cost(u, pool.owners_of(u)[0] as usize).abs()).sum::<f64>() / size;
    let paid = |o: usize| (0..K).map(|k| (prices[o][k] * pool.upper[o][k]).abs() / size).sum::<f64>();
    let free = (0..pool.owners).filter(|&o| paid(o) * pool.owners as f64 <= FREE * cost).count();
    2 * free > pool.owners
}

/// Takes back the moves that gain least until the budget is kept.
fn keep_budget<const K: usize>(pool: &Pool<K>, prices: &Prices<K>, owner: &mut [u32]) {
    if !pool.has_budget {
        return;
    }
    let mut spent: f64 = (0..pool.len()).map(|u| pool.spends(u, owner[u] as usize)).sum();
    let mut moved: Vec<(f64, u32)> = (0..pool.len())
        .filter(|&u| pool.spends(u, owner[u] as usize) > 0.0)
        .map(|u| {
            let now = owner[u] as usize;
            let back = pool.present(u).unwrap_or(now);
            let gain = prices.reduced(pool, u, back) - prices.reduced(pool, u, now);
            (gain / pool.spends(u, now), u as u32)
        })
        .collect();
    moved.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    for (_, unit) in moved {
        if spent <= pool.budget {
            break;
        }
        let unit = unit as usize;
        spent -= pool.spends(unit, owner[unit] as usize);
        if let Some(back) = pool.present(unit) {
            owner[unit] = back as u32;
        }
    }
}

fn report<const K: usize>(
    problem: &Problem,
    pool: &Pool<K>,
    prices: &Prices<K>,
    found: Found,
    control: &Control,
) -> Solution {
    let movable: f64 = (0..pool.len()).map(|u| pool.cost(u, found.owner[u] as usize)).sum();
    let mut solution = score::finish(problem, pool.expand(&found.owner), Vec::new(), found.method);
    let (settled, mut method) = (solution.objective - movable, found.method.to_owned());
    if solution.contiguous == Some(false) {
        let whole = medians::connect(problem, pool, &solution.owner, control);
        method += " + connected";
        solution = score::finish(problem, whole, Vec::new(), method);
    }
    // The bound speaks of the movable units and of limits that can be kept.
    if solution.shortfalls.is_empty() {
        solution.lower_bound = Some((settled + found.bound).min(solution.objective));
    }
    for (o, slots) in pool.slots.iter().enumerate() {
        for (k, &measure) in slots.iter().enumerate() {
            solution.prices[measure as usize][o] = prices.of[o][k];
        }
    }
    solution
}
