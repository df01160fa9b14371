//! Centres that are given, and centres that may follow while moves are on a budget.

use super::arcs::{Arcs, Served};
use super::budget::{priced_moves, trim};
use super::free::centres_at_present;
use super::incumbent::Incumbent;
use super::locate::{Ground, Pace, Sites, locate, shared_out};
use super::prices::Market;
use super::search::{Found, Scene, WIDTH, recentre};
use crate::control::OutOfTime;
use crate::model::Model;

/// Times the centres follow what was allocated.
const FOLLOW: usize = 3;

/// Owners of the units, and sites.
pub(crate) fn search(scene: &mut Scene, best: &mut Incumbent) -> Result<Found, OutOfTime> {
    let first = scene.given.map_or_else(|| centres_at_present(scene, scene.control), <[_]>::to_vec);
    scene.weigh(&first)?;
    let scene = &*scene;
    scene.report("pricing", 0.0, None);
    let (mut sites, mut coarse) = scene.price_cold(&first)?;
    let mut owner = allocate(scene, &mut sites, &coarse)?;
    if scene.given.is_some() {
        return Ok(Found { owner, sites, method: "prices + shift + swap" });
    }
    let method = "present centres + prices on moves + shift + swap";
    for round in 0..FOLLOW {
        scene.report("locating", 0.8 * (round + 1) as f64 / FOLLOW as f64, Some(best.standing().cost));
        recentre(scene.model, scene.terrain, &owner, &mut sites, scene.control);
        best.offer(scene, &owner, &sites, method, false);
        (sites, coarse) = scene.price_cold(&sites.centres)?;
        owner = allocate(scene, &mut sites, &coarse)?;
    }
    recentre(scene.model, scene.terrain, &owner, &mut sites, scene.control);
    Ok(Found { owner, sites, method })
}

/// Whole units under prices, moves within their budget; limits may still be missed a little.
fn allocate(scene: &Scene, sites: &mut Sites, coarse: &Arcs) -> Result<Vec<u32>, OutOfTime> {
    let near = |unit: usize| scene.near(coarse, unit);
    let mut market = Market::default();
    let pace = Pace {
        rounds: 0,
        steps: 12,
        width: 2 * WIDTH,
        from_heat: 0.01,
        to_heat: 0.01,
        penalty: scene.penalty,
        cold: false,
    };
    let mut run = |model: &Model, sites: &mut Sites| -> Result<Vec<u32>, OutOfTime> {
        let ground = Ground { model, terrain: scene.terrain, among: &near, graph: None };
        let warmer = Pace { from_heat: 0.03, to_heat: 0.03, ..pace };
        locate(ground, sites, warmer, &mut market, scene.control)?;
        let arcs = locate(ground, sites, pace, &mut market, scene.control)?;
        Ok(shared_out(model, &arcs, &market.share))
    };
    if scene.model.budget.is_infinite() {
        return run(scene.model, sites);
    }
    let mut owner = priced_moves(scene.model, scene.penalty / 20.0, |model| run(model, sites))?;
    let arcs = Arcs::choose(scene.model, scene.terrain, &sites.centres, &sites.prices, 1, &near, scene.control)?;
    let served = Served { model: scene.model, terrain: scene.terrain, centres: &sites.centres, arcs: &arcs };
    trim(scene.model, &served, &mut owner);
    Ok(owner)
}
