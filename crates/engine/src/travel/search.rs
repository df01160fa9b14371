//! The course of a search: coarse first, then in full.

use super::arcs::{Arcs, Served};
use super::cells::{self, Cells};
use super::finish::{self, recentre};
use super::locate::{Ground, Pace, Sites, largest_share, locate};
use super::metric::Place;
use super::prices::Market;
use super::regroup::{Plan, hard_value, regroup};
use super::seed;
use super::terrain::Terrain;
use crate::control::{Control, Progress};
use crate::model::Model;
use crate::moves::{Allocation, Reach, Unguarded, repair};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Cells a territory; more are finer, and slower.
const CELLS: usize = 64;

/// Owners priced for each unit.
const WIDTH: usize = 12;

/// What a search comes home with.
pub(crate) struct Found {
    pub owner: Vec<u32>,
    pub centres: Vec<Place>,
    /// Scaled as the model is, owner by owner.
    pub prices: Vec<f64>,
    pub method: String,
}

/// Distances and costs that are usual in this problem.
#[derive(Clone, Copy)]
pub(crate) struct Usual {
    /// Mean way to a unit, by weight.
    pub way: f64,
    /// What a unit of violation costs.
    pub penalty: f64,
}

/// Finds owners, and centres unless they are given.
pub(crate) fn search(model: &Model, terrain: &Terrain, given: Option<&[Place]>, control: &Control) -> Found {
    let mut random = ChaCha8Rng::seed_from_u64(control.seed);
    let gathered = (model.units > 3 * CELLS * model.owners / 2).then(|| cells::gather(model, terrain, CELLS));
    let (coarse, ground) = gathered.as_ref().map_or((model, terrain), |Cells { model, terrain, .. }| (model, terrain));
    let (sites, usual, arcs, cell_owner) = coarse_search(coarse, ground, given, &mut random, control);
    let near = |unit: usize| -> &[u32] {
        match &gathered {
            Some(cells) if model.owners > 2 * WIDTH => trimmed(arcs.owners_of(cells.of[unit] as usize)),
            _ => model.owners_of(unit),
        }
    };
    if given.is_some() {
        return finish::allocate(model, terrain, sites, usual, &near, control);
    }
    let owner = match &gathered {
        Some(cells) => cells.of.iter().map(|&cell| cell_owner[cell as usize]).collect(),
        None => cell_owner,
    };
    finish::refine(model, terrain, sites, owner, usual, &near, &mut random, control)
}

fn trimmed(owners: &[u32]) -> &[u32] {
    let end = owners.iter().position(|&owner| owner == crate::model::NOBODY).unwrap_or(owners.len());
    &owners[..end]
}

fn coarse_search(
    model: &Model,
    terrain: &Terrain,
    given: Option<&[Place]>,
    random: &mut ChaCha8Rng,
    control: &Control,
) -> (Sites, Usual, Arcs, Vec<u32>) {
    let among = |unit: usize| model.owners_of(unit);
    let ground = Ground { model, terrain, among: &among };
    let mut market = Market::default();
    let report = |phase, fraction, objective| (control.progress)(Progress { phase, fraction, objective });
    let none = vec![0.0; model.owners * model.measures];
    if let Some(centres) = given {
        let usual = usual(model, terrain, centres);
        let mut sites = Sites { centres: centres.to_vec(), prices: none, value: f64::INFINITY };
        for heat in [0.3, 0.1, 0.03] {
            let pace = Pace {
                rounds: 0,
                steps: 8,
                width: 2 * WIDTH,
                from_heat: heat,
                to_heat: heat,
                penalty: usual.penalty,
                cold: false,
            };
            locate(ground, &mut sites, pace, &mut market, control);
        }
        let arcs = Arcs::choose(model, terrain, &sites.centres, &sites.prices, 2 * WIDTH, &among);
        return (sites, usual, arcs, Vec::new());
    }
    let mut best: Option<(Sites, Usual)> = None;
    for start in 0..STARTS {
        if best.is_some() && (control.out_of_time)() {
            break;
        }
        report("seeding", 0.1 * start as f64 / STARTS as f64, None);
        let centres = seed::bisect(model, terrain, random);
        let usual = best.as_ref().map_or_else(|| usual(model, terrain, &centres), |b| b.1);
        let pace = Pace {
            rounds: 8,
            steps: 6,
            width: WIDTH,
            from_heat: 0.25,
            to_heat: 0.04,
            penalty: usual.penalty,
            cold: true,
        };
        let mut sites = Sites { centres, prices: none.clone(), value: f64::INFINITY };
        locate(ground, &mut sites, pace, &mut market, control);
        report("locating", 0.1 * (start + 1) as f64 / STARTS as f64, Some(sites.value));
        if best.as_ref().is_none_or(|b| sites.value < b.0.value) {
            best = Some((sites, usual));
        }
    }
    let Some((mut sites, usual)) = best else { unreachable!("there is at least one start") };
    let pace =
        Pace { rounds: 7, steps: 3, width: WIDTH, from_heat: 0.2, to_heat: 0.04, penalty: usual.penalty, cold: false };
    let still = Pace { rounds: 0, from_heat: pace.to_heat, width: 2 * WIDTH, ..pace };
    let arcs = locate(ground, &mut sites, still, &mut market, control);
    let mut owner = balanced(model, terrain, &arcs, &sites, &market, control);
    recentre(model, terrain, &owner, &mut sites);
    let value = |sites: &Sites, owner: &[u32]| {
        hard_value(model, terrain, &sites.centres, &Allocation::new(model, owner.to_vec()), usual.penalty)
    };
    report("improving", 0.1, Some(value(&sites, &owner)));
    let plan = Plan { pace, most: 6, trials: 2, sow: true };
    for lap in 0..LAPS {
        let gain = regroup(ground, &mut sites, &mut owner, plan, 6 * model.owners, random, control);
        let now = value(&sites, &owner);
        report("improving", 0.1 + 0.6 * (lap + 1) as f64 / LAPS as f64, Some(now));
        if gain <= 1e-3 * now {
            break;
        }
    }
    (sites, usual, arcs, owner)
}

/// Whole units under the prices, limits mended.
fn balanced(
    model: &Model,
    terrain: &Terrain,
    arcs: &Arcs,
    sites: &Sites,
    market: &Market,
    control: &Control,
) -> Vec<u32> {
    let mut allocation = Allocation::new(model, largest_share(arcs, &market.share));
    let served = Served { model, terrain, centres: &sites.centres, arcs };
    let reach = Reach::new(model, &served);
    repair(&mut allocation, &served, &sites.prices, &reach, &mut Unguarded, control);
    allocation.owner
}

const STARTS: usize = 4;
const LAPS: usize = 3;

fn usual(model: &Model, terrain: &Terrain, centres: &[Place]) -> Usual {
    let none = vec![0.0; model.owners * model.measures];
    let nearest = Arcs::choose(model, terrain, centres, &none, 1, &|unit| model.owners_of(unit));
    let cost: f64 = (0..model.units).map(|unit| terrain.travel(unit, &centres[nearest.owner[unit] as usize])).sum();
    let weight: f64 = terrain.weight.iter().sum();
    let moves: f64 = model.price.iter().sum();
    let way = if weight > 0.0 { cost / weight } else { 0.0 };
    Usual { way: if way > 0.0 { way } else { 1e-6 }, penalty: (20.0 * (cost + moves) / model.owners as f64).max(1.0) }
}
