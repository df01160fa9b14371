//! Evaluates an allocation from scratch: loads, shortfalls, moves, cost.

use crate::contiguity::{self, Shape};
use crate::problem::{Contiguity, Cost, Metric, Point, Problem, Site};
use crate::solution::{Shortfall, Solution, UNASSIGNED};
use crate::travel::metric::{distance, place};
use rayon::prelude::*;

/// A limit counts as kept when it is missed by no more than this share of itself or of the mean load, if that is more.
pub const TOLERANCE: f64 = 1e-9;

/// `loads[measure][owner]`.
pub fn loads(problem: &Problem, owner: &[u32]) -> Vec<Vec<f64>> {
    let load_of = |values: &[f64]| {
        let mut loads = vec![0.0; problem.owners];
        for (&value, &owner) in values.iter().zip(owner) {
            if owner != UNASSIGNED {
                loads[owner as usize] += value;
            }
        }
        loads
    };
    problem.measures.iter().map(|measure| load_of(&measure.values)).collect()
}

/// Each limit that is not kept.
pub fn shortfalls(problem: &Problem, loads: &[Vec<f64>]) -> Vec<Shortfall> {
    let mut found = Vec::new();
    for (index, measure) in problem.measures.iter().enumerate() {
        let mean = mean_load(problem, index);
        for (owner, &load) in loads[index].iter().enumerate() {
            let (lower, upper) = (measure.lower[owner], measure.upper[owner]);
            if load > upper + TOLERANCE * upper.max(mean) {
                found.push(Shortfall { measure: index, owner: owner as u32, over: true, by: load - upper });
            }
            if load < lower - TOLERANCE * lower.max(mean) {
                found.push(Shortfall { measure: index, owner: owner as u32, over: false, by: lower - load });
            }
        }
    }
    found
}

/// Total violation, each measure as a share of its mean load an owner (0: all limits are kept).
pub fn violation(problem: &Problem, loads: &[Vec<f64>]) -> f64 {
    shortfalls(problem, loads).iter().map(|s| s.by / mean_load(problem, s.measure)).sum()
}

fn mean_load(problem: &Problem, measure: usize) -> f64 {
    let total: f64 = problem.measures[measure].values.iter().sum();
    if total > 0.0 { total / problem.owners as f64 } else { 1.0 }
}

/// Units whose owner is another than the present one.
pub fn moved(problem: &Problem, owner: &[u32]) -> usize {
    (0..problem.units).filter(|&unit| is_moved(problem, owner, unit)).count()
}

/// Total price of the moves.
pub fn move_cost(problem: &Problem, owner: &[u32]) -> f64 {
    if problem.moves.price.is_empty() {
        return 0.0;
    }
    (0..problem.units).filter(|&unit| is_moved(problem, owner, unit)).map(|unit| problem.moves.price[unit]).sum()
}

fn is_moved(problem: &Problem, owner: &[u32], unit: usize) -> bool {
    owner[unit] != UNASSIGNED
        && problem.moves.present.get(unit).copied().flatten().is_some_and(|present| present != owner[unit])
}

/// Total cost without the moves; `centres` is used for travel only.
pub fn cost(problem: &Problem, owner: &[u32], centres: &[Point]) -> f64 {
    match &problem.cost {
        Cost::Zero => 0.0,
        Cost::Matrix(rows) => owner
            .iter()
            .enumerate()
            .filter(|(_, owner)| **owner != UNASSIGNED)
            .map(|(unit, &owner)| rows[unit * problem.owners + owner as usize])
            .sum(),
        Cost::Travel { sites, metric, .. } => {
            let centres: Vec<_> = centres.iter().map(|&at| place(*metric, at)).collect();
            let travel = |site: &Site| match owner[site.unit as usize] {
                UNASSIGNED => 0.0,
                owner => site.weight * way(*metric, &centres[owner as usize], site.at),
            };
            // Chunk by chunk, so that the sum is the same whatever the number of threads.
            let parts: Vec<f64> = sites.par_chunks(4096).map(|sites| sites.iter().map(travel).sum()).collect();
            parts.iter().sum()
        }
    }
}

fn way(metric: Metric, centre: &[f64; 3], at: Point) -> f64 {
    distance(metric, centre, &place(metric, at))
}

/// Fills in everything of a solution that follows from the owners and centres.
pub fn finish(problem: &Problem, owner: Vec<u32>, centres: Vec<Point>, method: impl Into<String>) -> Solution {
    let shape = match problem.contiguity {
        Contiguity::Ignored => None,
        _ => contiguity::graph(problem).map(|graph| graph.shape(&owner, problem.owners)),
    };
    finish_with(problem, owner, centres, method, shape)
}

/// The same where it is known what the territories look like.
pub(crate) fn finish_with(
    problem: &Problem,
    owner: Vec<u32>,
    centres: Vec<Point>,
    method: impl Into<String>,
    shape: Option<Shape>,
) -> Solution {
    let loads = loads(problem, &owner);
    Solution {
        objective: cost(problem, &owner, &centres) + move_cost(problem, &owner),
        lower_bound: None,
        prices: vec![vec![0.0; problem.owners]; problem.measures.len()],
        shortfalls: shortfalls(problem, &loads),
        contiguous: shape.map(|shape| shape.breaks == 0),
        enclaves: shape.and_then(|shape| shape.enclaves),
        moved: moved(problem, &owner),
        method: method.into(),
        owner,
        centres,
        loads,
    }
}
