//! Territories: owners travel to their units from a centre.
//!
//! The way of a solve: units are gathered into cells (`cells`), centres seeded by bisection (`seed`) and moved by
//! location–allocation under balancing prices (`locate`, `prices`), neighbourhoods laid out anew (`regroup`); then the
//! units themselves are allocated, limits mended exactly and costs lowered.

mod arcs;
mod border;
mod budget;
pub(crate) mod cells;
pub(crate) mod centre;
mod finish;
mod follow;
mod free;
mod given;
mod halve;
mod incumbent;
mod jump;
mod laplacian;
mod locate;
pub(crate) mod metric;
mod prices;
mod regroup;
mod relabel;
mod search;
mod seed;
mod sieve;
pub(crate) mod terrain;

use crate::control::Control;
use crate::model::Model;
use crate::moves;
use crate::problem::{Centres, Cost, Problem};
use crate::score;
use crate::solution::Solution;
use crate::{bound, contiguity};
use incumbent::Incumbent;
use metric::{Place, place, point};
use search::Scene;
use terrain::Terrain;

/// Solves `Cost::Travel`; `None` where nobody wants it any more.
pub(crate) fn solve(problem: &Problem, control: &Control) -> Option<Solution> {
    let Cost::Travel { sites, metric, centres: kind, homes } = &problem.cost else {
        return Some(score::finish(problem, Vec::new(), Vec::new(), "nothing to travel to"));
    };
    let wanted = || (!control.is_cancelled()).then_some(());
    let model = Model::new(problem);
    wanted()?;
    let terrain = Terrain::new(&model, sites, *metric, problem.units);
    let given: Option<Vec<Place>> = match kind {
        Centres::Fixed(points) => Some(points.iter().map(|&at| place(*metric, at)).collect()),
        _ => None,
    };
    let homes: Vec<Option<Place>> = homes.iter().map(|home| home.map(|at| place(*metric, at))).collect();
    wanted()?;
    let mut scene = Scene::new(&model, &terrain, &homes, given.as_deref(), control);
    wanted()?;
    let found = search::search(&mut scene, || contiguity::graph_of_model(problem, &model, control));
    wanted()?;
    let centres = match kind {
        Centres::Fixed(points) => points.clone(),
        _ => found.sites.centres.iter().map(|&centre| point(*metric, centre)).collect(),
    };
    let owner = moves::whole(&model, problem.units, &found.owner);
    let mut solution = score::finish_with(problem, owner, centres, found.method.clone(), found.standing().shape);
    for (measure, prices) in solution.prices.iter_mut().enumerate() {
        for (owner, price) in prices.iter_mut().enumerate() {
            *price = found.sites.prices[owner * model.measures + measure] / model.scale[measure];
        }
    }
    if solution.shortfalls.is_empty() {
        // No way and no price is negative: so much is known without any work.
        let proven = if control.is_over() { None } else { lower_bound(kind, &model, &terrain, &found, control) };
        solution.lower_bound = Some(proven.unwrap_or(0.0));
    }
    Some(solution)
}

fn lower_bound(kind: &Centres, model: &Model, terrain: &Terrain, found: &Incumbent, control: &Control) -> Option<f64> {
    match kind {
        Centres::Fixed(_) => Some(bound::at_given_centres(model, terrain, &found.sites.centres, &found.sites.prices)),
        Centres::Free => {
            let known = bound::Known { owner: &found.owner, centres: &found.sites.centres, spread: &[] };
            bound::with_free_centres(model, terrain, &known, control)
        }
        Centres::Medians => None,
    }
}
