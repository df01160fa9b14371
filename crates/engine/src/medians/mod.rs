//! Centres at one of an owner's own sites (capacitated p-median, commercial territory design).
//!
//! Up to a few thousand sites every way is kept in a table and territories are annealed with exact medians; larger problems
//! go through free centres and are then assigned to the best sites as a matrix.

mod anneal;
mod bound;
mod large;
mod map;
mod territories;

use crate::control::{Control, Progress};
use crate::matrix::pool::{NOBODY, Pool, Slots};
use crate::matrix::random::Dice;
use crate::problem::{Cost, Metric, Problem, Site};
use crate::score;
use crate::solution::Solution;
use anneal::{Best, Schedule, anneal};
use map::{MOST_PAIRS, Map};
use rayon::prelude::*;
use territories::Territories;

/// Runs of one round; the same for any number of threads.
const RUNS: u64 = 2;
/// Steps of annealing in all, over all runs.
const MOST_STEPS: usize = 400_000_000;

/// Solves `Cost::Travel` with `Centres::Medians`.
pub(crate) fn solve(problem: &Problem, control: &Control) -> Solution {
    let Cost::Travel { sites, metric, .. } = &problem.cost else {
        return crate::matrix::solve(problem, control);
    };
    if sites.is_empty() || problem.units * sites.len() > MOST_PAIRS {
        return large::solve(problem, sites, control);
    }
    let slots = Slots::of(problem);
    match slots.width() {
        0 | 1 => solve_slots::<1>(problem, sites, *metric, slots, control),
        2 | 3 => solve_slots::<3>(problem, sites, *metric, slots, control),
        4..=8 => solve_slots::<8>(problem, sites, *metric, slots, control),
        _ => solve_slots::<64>(problem, sites, *metric, slots, control),
    }
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
    let mut dice = Dice::new(control.seed, 0);
    let first = Territories::new(&map, seed(&map, &mut dice)).pipe_best();
    let whole = metric == Metric::EuclideanFloor && pool.whole && sites.iter().all(|s| s.weight.fract() == 0.0);
    let mut best = first;
    let mut lower: Option<f64> = None;
    let mut steps = (5_000 * pool.len()).clamp(50_000, 2_000_000);
    let (mut idle, mut total, mut round) = (0, 0, 1);
    while total < MOST_STEPS && idle < 6 && !(control.out_of_time)() {
        let found: Vec<Best> = (0..RUNS)
            .into_par_iter()
            .map(|run| {
                let mut dice = Dice::new(control.seed, round * RUNS + run);
                // Some runs start anew, others from the best so far and less hot.
                let fresh = round <= 2 || (round + run) % 2 == 0;
                let start = if fresh { seed(&map, &mut dice) } else { best.owner.clone() };
                let mean = best.cost / map.owners as f64;
                let mean_way = best.cost.max(1e-9) / pool.len().max(1) as f64;
                let hot = mean_way * if fresh { 1.0 } else { 0.4 };
                let schedule = Schedule { steps, hot, cold: 0.01 * mean_way, penalty: (0.5 * mean, 20.0 * mean) };
                anneal(&map, start, schedule, &mut dice, control)
            })
            .collect();
        let before = best.clone();
        for run in found {
            if run.beats(&best) {
                best = run;
            }
        }
        total += steps * RUNS as usize;
        idle = if best.beats(&before) { 0 } else { idle + 1 };
        if idle > 0 {
            steps = (steps * 3 / 2).min(20_000_000);
        }
        round += 1;
        let fraction = total as f64 / MOST_STEPS as f64;
        (control.progress)(Progress { phase: "improving", fraction, objective: Some(best.cost) });
        if best.violation <= 0.0 && (lower.is_none() || before.cost > best.cost) && round <= 4 {
            lower = bound::bound(&map, best.cost, whole, control);
        }
        if lower.is_some_and(|l| best.violation <= 0.0 && best.breaks == 0 && l >= best.cost - 1e-6 * best.cost.abs()) {
            break;
        }
    }
    report(problem, &map, sites, best, lower)
}

impl<const K: usize> Territories<'_, '_, '_, K> {
    fn pipe_best(mut self) -> Best {
        Best::of(&mut self)
    }
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
        if let Some(site) = map.sites_of(start).next() {
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

fn report<const K: usize>(problem: &Problem, map: &Map<K>, sites: &[Site], best: Best, lower: Option<f64>) -> Solution {
    let all = Territories::new(map, best.owner.clone());
    let fallback = sites[0].at;
    let centres = (0..map.owners).map(|o| all.best_spot(o).1.map_or(fallback, |site| sites[site].at)).collect();
    let owner = map.pool.fixed.iter().enumerate().map(|(u, _)| best.owner[u]).collect();
    let mut solution = score::finish(problem, owner, centres, "annealed territories with exact medians");
    if solution.shortfalls.is_empty() {
        solution.lower_bound = lower.map(|l| l.min(solution.objective));
    }
    solution
}
