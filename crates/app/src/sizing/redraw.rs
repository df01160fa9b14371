//! A pool's territories with another number of them: how far the accounts are then, and how even the loads can be.
//!
//! The territories belong to nobody yet: equal shares, no homes, no present holders and no skills.

use bailiwick_domain::policy::document::Territories;
use bailiwick_engine::{Centres, Cost, Eligibility, Moves, Problem};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::AppError;
use crate::plan::build_problem::{Form, build};
use crate::plan::solve::Solver;
use crate::pool::Pool;

/// What so many territories would be like.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = TerritoriesRedrawn)]
pub struct Redrawn {
    pub territories: usize,
    /// Kilometres from the centre to an account, in the mean, weighted as the policy weighs.
    pub mean_km: f64,
    /// Largest |load − mean| / mean in any balanced measure.
    pub max_deviation: f64,
    /// All tolerances are kept.
    pub balanced: bool,
}

pub fn redraw(solver: &Solver, pool: &Pool, territories: &Territories) -> Result<Vec<Redrawn>, AppError> {
    if pool.staff.is_empty() || pool.accounts.is_empty() {
        return Ok(vec![]);
    }
    let compact = Territories { around: Default::default(), ..territories.clone() };
    let built = build(solver, pool, &pool.staff, Form::Territories(&compact))?;
    let balanced: Vec<usize> = built
        .measure_names
        .iter()
        .enumerate()
        .filter(|(_, name)| built.balanced.iter().any(|(balanced, ..)| balanced == *name))
        .map(|(index, _)| index)
        .collect();
    let present = pool.staff.len();
    let most = built.problem.units;
    let counts =
        [present.saturating_sub(1), present, present + 1].into_iter().filter(|count| (1..=most).contains(count));
    counts.map(|count| draw(solver, &built.problem, &balanced, &built.balanced, count)).collect()
}

fn draw(
    solver: &Solver,
    problem: &Problem,
    balanced: &[usize],
    asked: &[(String, f64, Vec<f64>)],
    count: usize,
) -> Result<Redrawn, AppError> {
    let mut measures = vec![];
    for (index, (_, tolerance, _)) in balanced.iter().zip(asked) {
        let mut measure = problem.measures[*index].clone();
        let mean = measure.values.iter().sum::<f64>() / count as f64;
        measure.lower = vec![mean * (1.0 - tolerance).max(0.0); count];
        measure.upper = vec![mean * (1.0 + tolerance); count];
        measures.push(measure);
    }
    let cost = match &problem.cost {
        Cost::Travel { sites, metric, .. } => {
            Cost::Travel { sites: sites.clone(), metric: *metric, centres: Centres::Free, homes: vec![] }
        }
        other => other.clone(),
    };
    let weight: f64 = match &cost {
        Cost::Travel { sites, .. } => sites.iter().map(|site| site.weight).sum(),
        _ => problem.units as f64,
    };
    let problem = Problem {
        units: problem.units,
        owners: count,
        cost,
        measures,
        eligibility: Eligibility::All,
        fixed: vec![],
        moves: Moves::default(),
        contiguity: problem.contiguity.clone(),
    };
    let solution = solver.run(&problem, 1.0, &|_| {})?;
    let deviations = solution.loads.iter().flat_map(|loads| {
        let mean = loads.iter().sum::<f64>() / loads.len() as f64;
        loads.iter().map(move |load| if mean > 0.0 { (load - mean).abs() / mean } else { 0.0 })
    });
    Ok(Redrawn {
        territories: count,
        mean_km: if weight > 0.0 { solution.objective / weight } else { 0.0 },
        max_deviation: deviations.fold(0.0, f64::max),
        balanced: solution.shortfalls.is_empty(),
    })
}
