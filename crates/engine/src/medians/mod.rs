//! Centres at one of an owner's own sites (capacitated p-median, commercial territory design).
//!
//! Up to a few thousand sites every way is kept in a table and territories are annealed with exact medians; larger problems
//! go through free centres and are then assigned to the best sites as a matrix.

// Loads and limits are short rows of one fixed width: an index reads better than four zipped iterators.
#![allow(clippy::needless_range_loop)]

mod anneal;
mod bound;
mod large;
pub(crate) mod map;
pub(crate) mod territories;

use crate::bound::network::{Demand, Network};
use crate::control::{Control, Progress};
use crate::matrix::pool::{NOBODY, Pool, Slots};
use crate::matrix::random::Dice;
use crate::problem::{Cost, Metric, Problem, Site};
use crate::score;
use crate::solution::Solution;
use crate::travel::metric::{Place, distance, place};
use anneal::{Best, Schedule, anneal};
use map::{MOST_PAIRS, Map};
use rayon::prelude::*;
use territories::Territories;

/// Runs of one round; the same for any number of threads.
const RUNS: u64 = 4;
/// Rounds without gain before the search ends.
const PATIENCE: u32 = 8;
/// Steps of annealing in all, over all runs.
const MOST_STEPS: usize = 400_000_000;

/// Solves `Cost::Travel` with `Centres::Medians`; `None` where nobody wants it any more.
pub(crate) fn solve(problem: &Problem, control: &Control) -> Option<Solution> {
    let Cost::Travel { sites, metric, .. } = &problem.cost else {
        return Some(crate::matrix::solve(problem, control));
    };
    if sites.is_empty() || problem.units * sites.len() > MOST_PAIRS {
        return large::solve(problem, sites, control);
    }
    let slots = Slots::of(problem);
    Some(match slots.width() {
        0 | 1 => solve_slots::<1>(problem, sites, *metric, slots, control),
        2 | 3 => solve_slots::<3>(problem, sites, *metric, slots, control),
        4..=8 => solve_slots::<8>(problem, sites, *metric, slots, control),
        _ => solve_slots::<64>(problem, sites, *metric, slots, control),
    })
}

fn solve_slots<const K: usize>(
    problem: &Problem,
    sites: &[Site],
    metric: Metric,
    slots: Slots,
    control: &Control,
) -> Solution {
    let pool: Pool<K> = Pool::new(problem, slots);
    let map = Map::new(problem, &pool, sites, metric);
    let whole = metric == Metric::EuclideanFloor && pool.whole && sites.iter().all(|s| s.weight.fract() == 0.0);
    let mut dice = Dice::new(control.seed, 0);
    let first = Best::of(&mut Territories::new(&map, seed(&map, &mut dice)));
    let mut lower: Option<f64> = None;
    let best = search(&map, first, 1.0, control, &mut |best, round| {
        if round <= 4 && best.violation <= 0.0 {
            let found = bound::bound(&map, best.cost, whole, control);
            lower = if let (Some(a), Some(b)) = (lower, found) { Some(a.max(b)) } else { lower.or(found) };
        }
        let closed = |l: f64| best.breaks == 0 && l >= best.cost - 1e-6 * best.cost.abs();
        best.violation <= 0.0 && lower.is_some_and(closed)
    });
    let lower = lower.unwrap_or_else(|| on_network(problem, sites, metric, best.cost, control));
    report(problem, &map, sites, best, lower)
}

/// The bound of units with several sites each, or of many: as if each site could be served for itself.
fn on_network(problem: &Problem, sites: &[Site], metric: Metric, known: f64, control: &Control) -> f64 {
    let places: Vec<Place> = sites.iter().map(|site| place(metric, site.at)).collect();
    // Rounded down, so that no way is longer than it is.
    let short = |way: f64| if f64::from(way as f32) > way { (way as f32).next_down() } else { way as f32 };
    let ways = places.iter().flat_map(|a| places.iter().map(|b| short(distance(metric, a, b)))).collect();
    let part = |(at, site): (usize, &Site)| Demand { unit: site.unit, place: at as u32, weight: site.weight };
    let demand: Vec<Demand> = sites.iter().enumerate().map(part).collect();
    Network::new(problem, &demand, sites.len(), ways).lower_bound(known, control)
}

/// Rounds of annealing, some from new seeds and some from the best so far, until several have brought nothing or `done`
/// says so after a gain.
fn search<const K: usize>(
    map: &Map<K>,
    first: Best,
    heat: f64,
    control: &Control,
    done: &mut dyn FnMut(&Best, u64) -> bool,
) -> Best {
    let units = map.pool.len().max(1);
    let mut best = first;
    let mut steps = (8_000 * units).clamp(50_000, 2_000_000);
    let (mut idle, mut total, mut round) = (0, 0, 1);
    while total < MOST_STEPS && idle < PATIENCE && !control.is_over() {
        let found: Vec<Best> = (0..RUNS)
            .into_par_iter()
            .map(|run| {
                let mut dice = Dice::new(control.seed, round * RUNS + run);
                let fresh = run + 1 < RUNS;
                let start = if fresh { seed(map, &mut dice) } else { best.owner.clone() };
                let (mean, each) = (best.cost / map.owners as f64, best.cost.max(1e-9) / units as f64);
                let hot = heat * each * [1.0, 0.5, 2.0, 0.3][run as usize % 4];
                let penalty = (0.5 * mean.max(1e-9), 20.0 * mean.max(1e-9));
                let schedule = Schedule { steps, hot, cold: 0.01 * heat * each, penalty };
                anneal(map, start, schedule, &mut dice, control)
            })
            .collect();
        let mut gained = false;
        for run in found {
            if run.beats(&best) {
                (best, gained) = (run, true);
            }
        }
        total += steps * RUNS as usize;
        idle = if gained { 0 } else { idle + 1 };
        if !gained {
            steps = (steps * 5 / 4).min(20_000_000);
        }
        let fraction = total as f64 / MOST_STEPS as f64;
        (control.progress)(Progress { phase: "improving", fraction, objective: Some(best.cost) });
        if (gained || round == 1) && done(&best, round) {
            break;
        }
        round += 1;
    }
    best
}

/// Improves an assignment by a matrix until each owner's units are one piece. The owners of all units.
pub(crate) fn connect<const K: usize>(problem: &Problem, pool: &Pool<K>, start: &[u32], control: &Control) -> Vec<u32> {
    let map = Map::without_ways(problem, pool);
    let mended = mend(&map, start);
    let first = Best::of(&mut Territories::new(&map, mended));
    search(&map, first, 0.5, control, &mut |_, _| false).owner
}

/// Keeps the largest piece of every owner and lets the owners grow again over the rest, the cheapest step first.
fn mend<const K: usize>(map: &Map<K>, start: &[u32]) -> Vec<u32> {
    let Some(graph) = &map.graph else { return start.to_vec() };
    let (piece, count) = graph.pieces(start);
    let mut size = vec![0usize; count];
    let mut held = vec![false; count];
    for (unit, &p) in piece.iter().enumerate().filter(|(_, p)| **p != u32::MAX) {
        size[p as usize] += 1;
        held[p as usize] |= map.movable[unit] == NOBODY;
    }
    let mut largest: Vec<Option<u32>> = vec![None; map.owners];
    for (unit, &p) in piece.iter().enumerate().filter(|(_, p)| **p != u32::MAX) {
        let best = &mut largest[start[unit] as usize];
        let key = |p: u32| (held[p as usize], size[p as usize], std::cmp::Reverse(p));
        if best.is_none_or(|b| key(p) > key(b)) {
            *best = Some(p);
        }
    }
    let keep = |unit: usize| map.movable[unit] == NOBODY || largest[start[unit] as usize] == Some(piece[unit]);
    let mut owner: Vec<u32> = (0..map.units).map(|u| if keep(u) { start[u] } else { NOBODY }).collect();
    loop {
        let mut best: Option<(f64, usize, u32)> = None;
        for unit in (0..map.units).filter(|&u| owner[u] == NOBODY && map.movable[u] != NOBODY) {
            for &next in graph.neighbours(unit) {
                let o = owner[next as usize];
                if o == NOBODY {
                    continue;
                }
                let cost = map.pool.cost(map.movable[unit] as usize, o as usize);
                if cost.is_finite() && best.is_none_or(|b| cost < b.0) {
                    best = Some((cost, unit, o));
                }
            }
        }
        let Some((_, unit, o)) = best else { break };
        owner[unit] = o;
    }
    // What cannot be reached stays where it was; so does everything if the budget of moves would not allow it.
    (0..map.units).filter(|&u| owner[u] == NOBODY).collect::<Vec<_>>().into_iter().for_each(|u| owner[u] = start[u]);
    let spends = |u: usize| match map.movable[u] {
        NOBODY => 0.0,
        i => map.pool.spends(i as usize, owner[u] as usize),
    };
    if map.pool.has_budget && (0..map.units).map(spends).sum::<f64>() > map.pool.budget {
        return start.to_vec();
    }
    owner
}

/// Territories grown from centres far apart, the emptiest first, along neighbours.
fn seed<const K: usize>(map: &Map<K>, dice: &mut Dice) -> Vec<u32> {
    let pool = map.pool;
    let mut owner = pool.fixed.clone();
    if pool.has_budget {
        for (i, &u) in pool.units.iter().enumerate() {
            owner[u as usize] = pool.present(i).unwrap_or(pool.owners_of(i)[0] as usize) as u32;
        }
        return owner;
    }
    let mut size = vec![0usize; map.owners];
    owner.iter().filter(|&&o| o != NOBODY).for_each(|&o| size[o as usize] += 1);
    let mut borders: Vec<Vec<u32>> = vec![Vec::new(); map.owners];
    for (unit, &o) in owner.iter().enumerate() {
        if o != NOBODY {
            borders[o as usize].push(unit as u32);
        }
    }
    let mut left: usize = pool.len();
    let mut apart = vec![f64::INFINITY; map.units];
    for o in 0..map.owners {
        if size[o] > 0 {
            continue;
        }
        let free = |u: usize| map.movable[u] != NOBODY && owner[u] == NOBODY;
        let may = |u: usize| pool.cost(map.movable[u] as usize, o).is_finite();
        // k-means++ with the far units likelier.
        let weigh = |u: usize| if apart[u].is_finite() { apart[u] * apart[u] } else { 1.0 };
        let choices: Vec<usize> = (0..map.units).filter(|&u| free(u) && may(u)).collect();
        let total: f64 = choices.iter().map(|&u| weigh(u)).sum();
        let mut draw = dice.unit() * total;
        let Some(&last) = choices.last() else { continue };
        let chosen = choices.iter().copied().find(|&u| {
            draw -= weigh(u);
            draw <= 0.0
        });
        let start = chosen.unwrap_or(last);
        owner[start] = o as u32;
        size[o] += 1;
        left -= 1;
        borders[o].push(start as u32);
        if let Some(site) = map.sites_of(start).next().filter(|_| !map.is_flat()) {
            (0..map.units).for_each(|u| apart[u] = apart[u].min(map.way[u * map.sites + site]));
        }
    }
    // Grow: the smallest territory takes a free unit next to it.
    let mut stuck = vec![false; map.owners];
    while left > 0 {
        let smallest = (0..map.owners).filter(|&o| !stuck[o]).min_by_key(|&o| size[o]);
        let Some(o) = smallest else { break };
        let mut taken = false;
        while let Some(&at) = borders[o].last() {
            let next = map.around(at as usize).iter().copied().find(|&u| {
                let i = map.movable[u as usize];
                owner[u as usize] == NOBODY && i != NOBODY && pool.cost(i as usize, o).is_finite()
            });
            if let Some(unit) = next {
                owner[unit as usize] = o as u32;
                size[o] += 1;
                left -= 1;
                taken = true;
                borders[o].insert(0, unit);
                break;
            }
            borders[o].pop();
        }
        stuck[o] = !taken;
    }
    for (i, &u) in pool.units.iter().enumerate() {
        if owner[u as usize] == NOBODY {
            let list = pool.owners_of(i);
            owner[u as usize] = list[dice.below(list.len())];
        }
    }
    owner
}

fn report<const K: usize>(problem: &Problem, map: &Map<K>, sites: &[Site], best: Best, lower: f64) -> Solution {
    let all = Territories::new(map, best.owner.clone());
    let fallback = sites[0].at;
    let centres = (0..map.owners).map(|o| all.best_spot(o).1.map_or(fallback, |site| sites[site].at)).collect();
    let owner = map.pool.fixed.iter().enumerate().map(|(u, _)| best.owner[u]).collect();
    let mut solution = score::finish(problem, owner, centres, "annealed territories with exact medians");
    if solution.shortfalls.is_empty() {
        solution.lower_bound = Some(lower.min(solution.objective));
    }
    solution
}
