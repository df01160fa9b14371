//! Centres that are given, and centres that may follow while moves are on a budget.

use super::arcs::{Arcs, Served};
use super::budget::{priced_moves, trim};
use super::free::centres_at_present;
use super::locate::{Ground, Pace, Sites, locate, shared_out};
use super::prices::Market;
use super::search::{Scene, WIDTH, recentre};
use crate::model::Model;

/// Times the centres follow what was allocated.
const FOLLOW: usize = 3;

/// Owners of the units, and sites.
pub(crate) fn search(scene: &mut Scene) -> (Vec<u32>, Sites, String) {
    let first = scene.given.map_or_else(|| centres_at_present(scene), <[_]>::to_vec);
    scene.weigh(&first);
    let scene = &*scene;
    scene.report("pricing", 0.0, None);
    let (mut sites, mut coarse) = scene.price_cold(&first);
    let mut owner = allocate(scene, &mut sites, &coarse);
    if scene.given.is_some() {
        return (owner, sites, "prices + shift + swap".to_owned());
    }
    for round in 0..FOLLOW {
        scene.report("locating", 0.8 * (round + 1) as f64 / FOLLOW as f64, Some(scene.value(&sites, &owner)));
        if scene.out_of_time() {
            break;
        }
        recentre(scene.model, scene.terrain, &owner, &mut sites);
        (sites, coarse) = scene.price_cold(&sites.centres);
        owner = allocate(scene, &mut sites, &coarse);
    }
    recentre(scene.model, scene.terrain, &owner, &mut sites);
    (owner, sites, "present centres + prices on moves + shift + swap".to_owned())
}

/// Whole units under prices, moves within their budget; limits may still be missed a little.
fn allocate(scene: &Scene, sites: &mut Sites, coarse: &Arcs) -> Vec<u32> {
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
    let mut run = |model: &Model, sites: &mut Sites| -> Vec<u32> {
        let ground = Ground { model, terrain: scene.terrain, among: &near, graph: None };
        let warmer = Pace { from_heat: 0.03, to_heat: 0.03, ..pace };
        locate(ground, sites, warmer, &mut market, scene.control);
        let arcs = locate(ground, sites, pace, &mut market, scene.control);
        shared_out(model, &arcs, &market.share)
    };
    if scene.model.budget.is_infinite() {
        return run(scene.model, sites);
    }
    let mut owner = priced_moves(scene.model, scene.penalty / 20.0, |model| run(model, sites));
    let arcs = Arcs::choose(scene.model, scene.terrain, &sites.centres, &sites.prices, 1, &near);
    let served = Served { model: scene.model, terrain: scene.terrain, centres: &sites.centres, arcs: &arcs };
    trim(scene.model, &served, &mut owner);
    owner
}
