//! Free centres: several starts, the best laid out anew in neighbourhoods, boundaries redrawn unit by unit.

use super::arcs::{Arcs, Served};
use super::centre;
use super::incumbent::Incumbent;
use super::jump::jump;
use super::locate::{Ground, Pace, Sites, largest_share, locate};
use super::metric::Place;
use super::prices::Market;
use super::regroup::{Plan, hard_value, regroup};
use super::search::{Found, Scene, WIDTH, recentre};
use super::terrain::Terrain;
use super::{relabel, seed};
use crate::contiguity::mend;
use crate::control::{Control, OutOfTime};
use crate::model::{Model, NOBODY};
use crate::moves::{Allocation, Reach, Unguarded, repair};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// More starts where they are cheap.
fn starts(owners: usize) -> usize {
    (400 / owners.max(1)).clamp(2, 4)
}

/// Jumps tried: each costs a search on all cells.
fn jumps(owners: usize, control: &Control) -> usize {
    let most = if control.patient { 400_000 } else { 80_000 };
    (most / (owners * owners)).clamp(2, 60)
}

/// Neighbourhoods laid out anew, an owner and lap.
fn regroupings(control: &Control) -> usize {
    if control.patient { 4 } else { 2 }
}

/// Laps of laying out, at most.
fn laps(owners: usize) -> usize {
    (200 / owners.max(1)).clamp(1, 4)
}

const METHOD: &str = "location-allocation + regroup + shift + swap";

/// Owners of the units and sites; what is found on the way is offered.
pub(crate) fn search(scene: &mut Scene, best: &mut Incumbent) -> Result<Found, OutOfTime> {
    let mut random = ChaCha8Rng::seed_from_u64(scene.control.seed);
    let first = seed::bisect(scene.model, scene.terrain, &mut random, scene.control);
    scene.weigh(&first)?;
    let scene = &*scene;
    let mut sites = best_start(scene, &mut random)?;
    let (owner, arcs) = on_cells(scene, &mut sites, best, &mut random)?;
    let mut owner = scene.in_full(&owner);
    redraw(scene, &mut owner, &mut sites, &arcs, &mut random);
    best.offer(scene, &owner, &sites, METHOD, false);
    scene.control.go_on()?;
    Ok(Found { owner, sites, method: METHOD })
}

fn pace(scene: &Scene) -> Pace {
    Pace { rounds: 8, steps: 3, width: WIDTH, from_heat: 0.25, to_heat: 0.04, penalty: scene.penalty, cold: true }
}

/// The start of least cost; all are made side by side.
fn best_start(scene: &Scene, random: &mut ChaCha8Rng) -> Result<Sites, OutOfTime> {
    let (model, terrain) = scene.coarse();
    let among = |unit: usize| model.owners_of(unit);
    let ground = Ground { model, terrain, among: &among, graph: None };
    let present = present_centres(model, scene).into_iter().map(Ok);
    let anew = (0..starts(model.owners)).map(|_| named(scene, seed::bisect(model, terrain, random, scene.control)));
    let all: Vec<Vec<Place>> = present.chain(anew).take(starts(model.owners)).collect::<Result<_, _>>()?;
    scene.report("locating", 0.05, None);
    let located: Vec<Sites> = all
        .into_par_iter()
        .map(|centres| {
            let mut sites = Sites::unpriced(centres, model);
            locate(ground, &mut sites, pace(scene), &mut Market::default(), scene.control).map(|_| sites)
        })
        .collect::<Result<_, _>>()?;
    let best = located.into_iter().reduce(|a, b| if b.value < a.value { b } else { a });
    Ok(best.unwrap_or_else(|| Sites::unpriced(vec![[1.0, 0.0, 0.0]; model.owners], model)))
}

/// Where the owners work at present, if moves have a price.
fn present_centres(model: &Model, scene: &Scene) -> Option<Vec<Place>> {
    let matters = model.price.iter().zip(&model.present).any(|(&price, &present)| price > 0.0 && present != NOBODY);
    matters.then(|| centres_at_present(scene, scene.control))
}

/// The median of each owner's present units; owners without any start where bisection puts them.
pub(crate) fn centres_at_present(scene: &Scene, control: &Control) -> Vec<Place> {
    let (model, terrain) = scene.coarse();
    let mut random = ChaCha8Rng::seed_from_u64(scene.control.seed);
    let mut members = vec![Vec::new(); model.owners];
    for unit in 0..model.units {
        let holder = if model.toll[unit] > 0.0 || model.price[unit] > 0.0 { model.present[unit] } else { NOBODY };
        if holder != NOBODY {
            members[holder as usize].push(unit as u32);
        }
    }
    let blur = centre::blur(terrain);
    let mut centres = seed::bisect(model, terrain, &mut random, control);
    for (centre, members) in centres.iter_mut().zip(&members) {
        if let Some(middle) = members.iter().find_map(|&unit| terrain.middle(unit as usize)) {
            *centre = centre::median(terrain, members, middle, 60, blur, control);
        }
    }
    centres
}

/// The median of what each owner holds.
pub(crate) fn centres_of(terrain: &Terrain, allocation: &Allocation, control: &Control) -> Vec<Place> {
    let blur = centre::blur(terrain);
    let anywhere = (0..allocation.model.units).find_map(|unit| terrain.middle(unit)).unwrap_or([1.0, 0.0, 0.0]);
    let median = |owner: usize| {
        let members = allocation.members(owner);
        let middle = members.iter().find_map(|&unit| terrain.middle(unit as usize));
        centre::median(terrain, members, middle.unwrap_or(anywhere), 20, blur, control)
    };
    (0..allocation.model.owners).into_par_iter().map(median).collect()
}

/// Centres under the names for which moves cost least.
fn named(scene: &Scene, centres: Vec<Place>) -> Result<Vec<Place>, OutOfTime> {
    let (model, terrain) = scene.coarse();
    if model.present.iter().all(|&present| present == NOBODY) {
        return Ok(centres);
    }
    let none = vec![0.0; model.owners * model.measures];
    let unpriced = Model { price: vec![0.0; model.units], ..model.clone() };
    let nearest = Arcs::choose(&unpriced, terrain, &centres, &none, 1, &|unit| model.owners_of(unit), scene.control)?;
    let takes = relabel::best_exchange(model, terrain, &[], &nearest.owner, &centres, scene.control)?;
    Ok(takes.iter().map(|&territory| centres[territory as usize]).collect())
}

/// Whole cells within limits, centres jumped, then neighbourhoods laid out anew.
fn on_cells(
    scene: &Scene,
    sites: &mut Sites,
    incumbent: &mut Incumbent,
    random: &mut ChaCha8Rng,
) -> Result<(Vec<u32>, Arcs), OutOfTime> {
    let (model, terrain) = scene.coarse();
    let among = |unit: usize| model.owners_of(unit);
    let ground = Ground { model, terrain, among: &among, graph: None };
    let mut best = rounded(scene, ground, sites.clone())?;
    incumbent.offer(scene, &scene.in_full(&best.owner), &best.sites, METHOD, false);
    scene.report("jumping", 0.2, Some(best.value));
    let pace_of_jumps = Pace { rounds: 6, steps: 6, from_heat: 0.2, cold: false, ..pace(scene) };
    let before = sites.value;
    jump(ground, sites, pace_of_jumps, jumps(model.owners, scene.control), random, scene.control)?;
    if sites.value < before {
        let jumped = rounded(scene, ground, sites.clone())?;
        if jumped.value < best.value {
            best = jumped;
            incumbent.offer(scene, &scene.in_full(&best.owner), &best.sites, METHOD, false);
        }
    }
    let Rounded { mut owner, arcs, .. } = best;
    *sites = best.sites;
    scene.report("improving", 0.25, Some(best.value));
    let ground = Ground { graph: scene.coarse_graph(), ..ground };
    let value = |sites: &Sites, owner: &[u32]| {
        hard_value(model, terrain, &sites.centres, &Allocation::new(model, owner.to_vec()), scene.penalty)
    };
    let plan = Plan {
        pace: Pace { rounds: 7, steps: 3, from_heat: 0.2, cold: false, ..pace(scene) },
        most: 6,
        trials: 2,
        sow: true,
    };
    for lap in 0..laps(model.owners) {
        let gain =
            regroup(ground, sites, &mut owner, plan, regroupings(scene.control) * model.owners, random, scene.control);
        incumbent.offer(scene, &scene.in_full(&owner), sites, METHOD, false);
        scene.control.go_on()?;
        let now = value(sites, &owner);
        scene.report("improving", 0.25 + 0.5 * (lap + 1) as f64 / laps(model.owners) as f64, Some(now));
        if gain <= 1e-3 * now {
            break;
        }
    }
    Ok((owner, arcs))
}

struct Rounded {
    owner: Vec<u32>,
    sites: Sites,
    arcs: Arcs,
    value: f64,
}

/// Whole cells under the prices, limits mended, in one piece where that is asked for.
fn rounded(scene: &Scene, ground: Ground, mut sites: Sites) -> Result<Rounded, OutOfTime> {
    let Ground { model, terrain, .. } = ground;
    let mut market = Market::default();
    let still = Pace { rounds: 0, steps: 6, from_heat: 0.04, width: 2 * WIDTH, cold: false, ..pace(scene) };
    let arcs = locate(ground, &mut sites, still, &mut market, scene.control)?;
    let mut allocation = Allocation::new(model, largest_share(&arcs, &market.share));
    let served = Served { model, terrain, centres: &sites.centres, arcs: &arcs };
    let reach = Reach::new(model, &served, scene.control)?;
    let patience = 200 + 4 * model.owners;
    repair(&mut allocation, &served, &sites.prices, &reach, &mut Unguarded, patience, scene.control);
    if let Some(graph) = scene.coarse_graph() {
        mend(&mut allocation, graph, &served, scene.control);
    }
    recentre(model, terrain, &allocation.owner, &mut sites, scene.control);
    let value = hard_value(model, terrain, &sites.centres, &allocation, scene.penalty);
    Ok(Rounded { owner: allocation.owner, sites, arcs, value })
}

/// Boundaries between neighbours drawn anew, unit by unit.
fn redraw(scene: &Scene, owner: &mut [u32], sites: &mut Sites, arcs: &Arcs, random: &mut ChaCha8Rng) {
    let near = |unit: usize| scene.near(arcs, unit);
    let ground = Ground { model: scene.model, terrain: scene.terrain, among: &near, graph: scene.graph.as_ref() };
    let plan = Plan {
        pace: Pace { rounds: 3, steps: 4, from_heat: 0.05, to_heat: 0.01, cold: false, ..pace(scene) },
        most: 6,
        trials: 1,
        sow: false,
    };
    scene.report("refining", 0.75, None);
    regroup(ground, sites, owner, plan, 2 * scene.model.owners, random, scene.control);
}
