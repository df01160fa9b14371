//! Border: units change hands along borders under annealing, every territory staying in one piece and out of the others.
//!
//! A territory that must stay connected can only trade at its borders, and with several tight limits excess has to pass
//! through neighbours that have no room themselves. So limits are cheap to break at first and grow dear as the heat falls.
//! Source: D'Amico, Wang, Batta & Rump 2002, "A simulated annealing approach to police district design", Computers &
//! Operations Research 29; connectivity by `contiguity::Open`.

use super::locate::Sites;
use super::metric::Place;
use super::search::{Scene, recentre};
use crate::contiguity::{Graph, Open};
use crate::moves::{Allocation, Guard};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Annealings side by side, each with random numbers of its own.
const RUNS: u64 = 2;
/// Attempts a unit in one annealing, and in all.
const ATTEMPTS: usize = 600;
const MOST: usize = 15_000_000;
/// Attempts between two looks at the time.
const STRIDE: usize = 1024;

/// From which heat to which, in mean costs of a unit.
const HEAT: (f64, f64) = (4.0, 0.02);
/// How dear a violation of one owner's mean load is, in mean costs of an owner, from start to end of the first round.
const PENALTY: (f64, f64) = (5.0, 100.0);
/// How much dearer it is in each round after.
const DEARER: f64 = 4.0;

/// What an annealing came to.
struct Traded {
    owner: Vec<u32>,
    violation: f64,
    cost: f64,
}

/// One round of annealing; the centres follow. Whenever time runs out the best so far is kept.
pub(crate) fn trade(scene: &Scene, graph: &Graph, owner: &mut Vec<u32>, sites: &mut Sites, round: u32) {
    let stream = |run: u64| scene.control.seed.wrapping_mul(0x9e37_79b9).wrapping_add(u64::from(round) * RUNS + run);
    let runs: Vec<Traded> = (0..RUNS)
        .into_par_iter()
        .map(|run| {
            let random = ChaCha8Rng::seed_from_u64(stream(run));
            anneal(scene, graph, owner, &sites.centres, DEARER.powi(round as i32), random)
        })
        .collect();
    let order = |a: &Traded, b: &Traded| a.violation.total_cmp(&b.violation).then(a.cost.total_cmp(&b.cost));
    if let Some(best) = runs.into_iter().min_by(order) {
        *owner = best.owner;
    }
    if scene.given.is_none() {
        recentre(scene.model, scene.terrain, owner, sites, scene.control);
    }
}

fn anneal(scene: &Scene, graph: &Graph, start: &[u32], centres: &[Place], dear: f64, mut random: ChaCha8Rng) -> Traded {
    let (model, terrain) = (scene.model, scene.terrain);
    let cost_of = |unit: usize, owner: usize| terrain.travel(unit, &centres[owner]) + model.move_price(unit, owner);
    let mut allocation = Allocation::new(model, start.to_vec());
    let mut guard = Open::new(graph);
    let mut cost: f64 = start.iter().enumerate().map(|(unit, &owner)| cost_of(unit, owner as usize)).sum();
    let mut best = Traded { owner: start.to_vec(), violation: allocation.violation(), cost };
    let (a_unit, an_owner) = ((cost / model.units as f64).max(1e-12), (cost / model.owners as f64).max(1e-9));
    let attempts = (ATTEMPTS * model.units).min(MOST);
    let (mut heat, mut penalty) = (0.0, 0.0);
    for attempt in 0..attempts {
        if attempt % STRIDE == 0 {
            if scene.control.is_over() {
                break;
            }
            let part = attempt as f64 / attempts as f64;
            heat = a_unit * between(HEAT, part);
            penalty = dear * an_owner * between(PENALTY, part);
            if attempt % (STRIDE * (model.units / STRIDE).max(1)) == 0 {
                best.keep(&allocation, allocation.violation(), cost);
            }
        }
        let unit = random.random_range(0..model.units);
        let around = graph.neighbours(unit);
        if around.is_empty() {
            continue;
        }
        let (from, to) =
            (allocation.owner[unit], allocation.owner[around[random.random_range(0..around.len())] as usize]);
        if from == to || !model.eligible(unit, to as usize) || allocation.members(from as usize).len() < 2 {
            continue;
        }
        let (from, to) = (from as usize, to as usize);
        let dearer = cost_of(unit, to) - cost_of(unit, from);
        let worse = allocation.shift_change(unit, to, &|_| 1.0);
        let change = dearer + penalty * worse;
        let taken = change <= 0.0 || random.random::<f64>() < (-change / heat).exp();
        if taken && allocation.affords(unit, to) && guard.allows(&allocation, unit, to) {
            allocation.shift(unit, to);
            cost += dearer;
        }
    }
    best.keep(&allocation, allocation.violation(), cost);
    best
}

fn between((from, to): (f64, f64), part: f64) -> f64 {
    from * (to / from).powf(part)
}

impl Traded {
    fn keep(&mut self, allocation: &Allocation, violation: f64, cost: f64) {
        if violation < self.violation - 1e-12 || (violation <= self.violation + 1e-12 && cost < self.cost) {
            self.owner.clone_from(&allocation.owner);
            (self.violation, self.cost) = (violation, cost);
        }
    }
}
