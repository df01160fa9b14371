//! The last steps: territories to the owners for whom they are best, every territory in one piece where that is asked for,
//! limits mended and costs lowered unit by unit.

use super::arcs::{Arcs, Served};
use super::border::trade;
use super::budget;
use super::follow::{self, follow_downhill};
use super::incumbent::{Incumbent, Standing, violation};
use super::locate::{Ground, Pace, Sites};
use super::regroup::{Plan, regroup};
use super::relabel;
use super::search::{Found, Scene, WIDTH, recentre};
use crate::contiguity::{Graph, Open, mend, open_up};
use crate::control::{Control, OutOfTime};
use crate::model::NOBODY;
use crate::moves::{self, Allocation, Guard, Reach, Unguarded, repair};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Rounds of trading along borders, each with limits dearer than before.
const ROUNDS: u32 = 6;

/// Offers what was found when it is finished.
pub(crate) fn complete(scene: &Scene, best: &mut Incumbent, found: Found) -> Result<(), OutOfTime> {
    let Found { mut owner, mut sites, method } = found;
    if scene.given.is_none() {
        exchange(scene, &mut owner, &mut sites, scene.control)?;
    }
    if !budget::fits(scene.model, &owner) {
        return Ok(());
    }
    best.offer(scene, &owner, &sites, method, true);
    scene.report("finishing", 0.9, None);
    if let Some(graph) = &scene.graph {
        let (mut owner, mut sites) = (owner.clone(), sites.clone());
        connect(scene, graph, &mut owner, &mut sites)?;
        best.offer(scene, &owner, &sites, method, true);
        if best.standing().holds() {
            return Ok(());
        }
    }
    settle(scene, &mut owner, &mut sites, &mut Unguarded)?;
    best.offer(scene, &owner, &sites, method, true);
    if rebalance(scene, &mut owner, &mut sites)? {
        settle(scene, &mut owner, &mut sites, &mut Unguarded)?;
        best.offer(scene, &owner, &sites, method, true);
    }
    Ok(())
}

/// Gives the finished territories to the owners for whom they are best, as far as the budget of moves allows.
pub(crate) fn exchange(
    scene: &Scene,
    owner: &mut Vec<u32>,
    sites: &mut Sites,
    control: &Control,
) -> Result<(), OutOfTime> {
    let model = scene.model;
    let has_reason = scene.homes.iter().any(Option::is_some) || model.present.iter().any(|&present| present != NOBODY);
    if !has_reason || model.owners < 2 || scene.given.is_some() {
        return Ok(());
    }
    let takes = relabel::best_exchange(model, scene.terrain, scene.homes, owner, &sites.centres, control)?;
    let mut taker = vec![0u32; model.owners];
    takes.iter().enumerate().for_each(|(person, &territory)| taker[territory as usize] = person as u32);
    let exchanged: Vec<u32> = owner.iter().map(|&territory| taker[territory as usize]).collect();
    if budget::fits(model, &exchanged) {
        *owner = exchanged;
        sites.centres = takes.iter().map(|&territory| sites.centres[territory as usize]).collect();
        let of = |territory: u32| territory as usize * model.measures..(territory as usize + 1) * model.measures;
        sites.prices = takes.iter().flat_map(|&territory| sites.prices[of(territory)].to_vec()).collect();
    }
    Ok(())
}

/// The first answer's limits, unit by unit.
pub(crate) fn mend_limits(scene: &Scene, best: &mut Incumbent) -> Result<(), OutOfTime> {
    let mut sites = best.sites.clone();
    let arcs = unit_arcs(scene, &sites)?;
    let mut allocation = Allocation::new(scene.model, best.owner.clone());
    let served = Served { model: scene.model, terrain: scene.terrain, centres: &sites.centres, arcs: &arcs };
    let reach = Reach::new(scene.model, &served, scene.control)?;
    let patience = 50 + scene.model.owners;
    repair(&mut allocation, &served, &sites.prices, &reach, &mut Unguarded, patience, scene.control);
    if scene.given.is_none() {
        recentre(scene.model, scene.terrain, &allocation.owner, &mut sites, scene.control);
    }
    let method = best.method.clone();
    best.offer(scene, &allocation.owner, &sites, &method, best.named);
    scene.control.go_on()
}

/// Every territory in one piece, then back within limits as far as that goes.
fn connect(scene: &Scene, graph: &Graph, owner: &mut Vec<u32>, sites: &mut Sites) -> Result<(), OutOfTime> {
    let arcs = unit_arcs(scene, sites)?;
    let served = Served { model: scene.model, terrain: scene.terrain, centres: &sites.centres, arcs: &arcs };
    let mut allocation = Allocation::new(scene.model, std::mem::take(owner));
    mend(&mut allocation, graph, &served, scene.control);
    open_up(&mut allocation, graph, scene.control);
    *owner = allocation.owner;
    let mut standing = Standing::of(scene, owner, &sites.centres);
    for round in 0..ROUNDS {
        scene.report("balancing", 0.9 + 0.01 * f64::from(round), Some(standing.cost));
        let (mut traded, mut moved) = (owner.clone(), sites.clone());
        trade(scene, graph, &mut traded, &mut moved, round);
        settle(scene, &mut traded, &mut moved, &mut Open::new(graph))?;
        let now = Standing::of(scene, &traded, &moved.centres);
        if now.beats(&standing) {
            (*owner, *sites, standing) = (traded, moved, now);
        }
        if standing.violation <= 0.0 {
            break;
        }
        scene.control.go_on()?;
    }
    Ok(())
}

/// Neighbourhoods brought back within their limits. False when there was nothing to do.
fn rebalance(scene: &Scene, owner: &mut [u32], sites: &mut Sites) -> Result<bool, OutOfTime> {
    if scene.given.is_some() || scene.model.budget.is_finite() || violation(scene, owner) <= 0.0 {
        return Ok(false);
    }
    let mut random = ChaCha8Rng::seed_from_u64(scene.control.seed);
    let coarse = coarse_arcs(scene, sites)?;
    let near = |unit: usize| scene.near(&coarse, unit);
    let ground = Ground { model: scene.model, terrain: scene.terrain, among: &near, graph: None };
    let pace =
        Pace { rounds: 2, steps: 4, width: WIDTH, from_heat: 0.1, to_heat: 0.02, penalty: scene.penalty, cold: false };
    for lap in 0..6 {
        let plan = Plan { pace, most: 5, trials: 1, sow: lap % 2 == 1 };
        regroup(ground, sites, owner, plan, 2 * scene.model.owners, &mut random, scene.control);
        scene.control.go_on()?;
        scene.report("balancing", 0.9 + 0.01 * lap as f64, None);
        if violation(scene, owner) <= 0.0 {
            break;
        }
    }
    Ok(true)
}

fn coarse_arcs(scene: &Scene, sites: &Sites) -> Result<Arcs, OutOfTime> {
    let none = vec![0.0; sites.prices.len()];
    let (model, terrain) = scene.coarse();
    Arcs::choose(model, terrain, &sites.centres, &none, 2 * WIDTH, &|unit| model.owners_of(unit), scene.control)
}

fn unit_arcs(scene: &Scene, sites: &Sites) -> Result<Arcs, OutOfTime> {
    let none = vec![0.0; sites.prices.len()];
    let coarse = coarse_arcs(scene, sites)?;
    let near = |unit: usize| scene.near(&coarse, unit);
    Arcs::choose(scene.model, scene.terrain, &sites.centres, &none, WIDTH, &near, scene.control)
}

/// Limits mended and costs lowered by single moves, centres following. Left off when time runs out, with what is gained.
fn settle(scene: &Scene, owner: &mut Vec<u32>, sites: &mut Sites, guard: &mut dyn Guard) -> Result<(), OutOfTime> {
    let (model, terrain, control) = (scene.model, scene.terrain, scene.control);
    let arcs = unit_arcs(scene, sites)?;
    let mut allocation = Allocation::new(model, std::mem::take(owner));
    {
        let served = Served { model, terrain, centres: &sites.centres, arcs: &arcs };
        moves::settle(&mut allocation, &served, &sites.prices, guard, control);
    }
    for _ in 0..2 {
        if scene.given.is_some() || control.is_over() {
            break;
        }
        recentre(model, terrain, &allocation.owner, sites, control);
        let served = Served { model, terrain, centres: &sites.centres, arcs: &arcs };
        moves::descend(&mut allocation, &served, guard, control);
    }
    if scene.given.is_none() && model.units <= follow::MOST {
        follow_downhill(&mut allocation, terrain, &mut sites.centres, guard, control);
    }
    *owner = allocation.owner;
    if scene.given.is_none() {
        recentre(model, terrain, owner, sites, control);
    }
    Ok(())
}
