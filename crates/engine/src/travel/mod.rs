//! Territories: owners travel to their units from a centre.

mod arcs;
mod centre;
pub(crate) mod metric;
mod terrain;

use crate::control::Control;
use crate::model::{Model, NOBODY};
use crate::moves::{self, Allocation, Unguarded};
use crate::problem::{Centres, Cost, Problem};
use crate::score;
use crate::solution::Solution;
use arcs::{Arcs, Served};
use metric::{Place, place, point};
use terrain::Terrain;

/// Solves `Cost::Travel`.
pub(crate) fn solve(problem: &Problem, control: &Control) -> Solution {
    let Cost::Travel { sites, metric, centres: kind, .. } = &problem.cost else {
        return score::finish(problem, vec![], vec![], "");
    };
    let model = Model::new(problem);
    let terrain = Terrain::new(&model, sites, *metric, problem.units);
    let mut centres: Vec<Place> = match kind {
        Centres::Fixed(points) => points.iter().map(|&at| place(*metric, at)).collect(),
        _ => (0..model.owners)
            .map(|j| {
                if model.units == 0 {
                    [1.0, 0.0, 0.0]
                } else {
                    terrain.middle(j * model.units / model.owners).unwrap_or([1.0, 0.0, 0.0])
                }
            })
            .collect(),
    };
    let prices = vec![0.0; model.owners * model.measures];
    let mut owner = vec![NOBODY; model.units];
    for round in 0..6 {
        let arcs = Arcs::choose(&model, &terrain, &centres, &prices, 16, &|unit| model.owners_of(unit));
        for (unit, owner) in owner.iter_mut().enumerate() {
            let free = model.toll[unit] == 0.0 || model.budget.is_infinite();
            *owner = if free { arcs.owners_of(unit)[0] } else { model.present[unit] };
        }
        let mut allocation = Allocation::new(&model, owner.clone());
        let served = Served { model: &model, terrain: &terrain, centres: &centres, arcs: &arcs };
        if round == 5 {
            moves::settle(&mut allocation, &served, &prices, &mut Unguarded, control);
        }
        owner = allocation.owner.clone();
        if !matches!(kind, Centres::Fixed(_)) {
            let blur = centre::blur(&terrain);
            centres = (0..model.owners)
                .map(|j| centre::median(&terrain, allocation.members(j), centres[j], 50, blur))
                .collect();
        }
    }
    let at = match kind {
        Centres::Fixed(points) => points.clone(),
        _ => centres.iter().map(|&c| point(*metric, c)).collect(),
    };
    score::finish(problem, moves::whole(&model, problem.units, &owner), at, "location-allocation")
}
