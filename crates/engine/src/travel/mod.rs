//! Territories: owners travel to their units from a centre.
//!
//! The way of a solve: units are gathered into cells (`cells`), centres seeded by bisection (`seed`) and moved by
//! location–allocation under balancing prices (`locate`, `prices`), neighbourhoods laid out anew (`regroup`); then the
//! units themselves are allocated under the prices found, limits mended exactly and costs lowered (`finish`).

mod arcs;
mod cells;
mod centre;
mod finish;
mod locate;
pub(crate) mod metric;
mod prices;
mod regroup;
mod search;
mod seed;
mod terrain;

use crate::control::Control;
use crate::model::Model;
use crate::moves;
use crate::problem::{Centres, Cost, Problem};
use crate::score;
use crate::solution::Solution;
use metric::{Place, place, point};
use terrain::Terrain;

/// Solves `Cost::Travel`.
pub(crate) fn solve(problem: &Problem, control: &Control) -> Solution {
    let Cost::Travel { sites, metric, centres: kind, .. } = &problem.cost else {
        return score::finish(problem, Vec::new(), Vec::new(), "nothing to travel to");
    };
    let model = Model::new(problem);
    let terrain = Terrain::new(&model, sites, *metric, problem.units);
    let given: Option<Vec<Place>> = match kind {
        Centres::Fixed(points) => Some(points.iter().map(|&at| place(*metric, at)).collect()),
        _ => None,
    };
    let found = search::search(&model, &terrain, given.as_deref(), control);
    let centres = match kind {
        Centres::Fixed(points) => points.clone(),
        _ => found.centres.iter().map(|&centre| point(*metric, centre)).collect(),
    };
    let owner = moves::whole(&model, problem.units, &found.owner);
    let mut solution = score::finish(problem, owner, centres, found.method);
    for (measure, prices) in solution.prices.iter_mut().enumerate() {
        for (owner, price) in prices.iter_mut().enumerate() {
            *price = found.prices[owner * model.measures + measure] / model.scale[measure];
        }
    }
    solution
}
