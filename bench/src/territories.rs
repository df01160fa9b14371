//! A generated customer base divided into compact territories of equal measures.

use crate::columns::Columns;
use crate::run::{BenchError, Limits, print_json, solve_timed};
use bailiwick_engine::{
    Centres, Contiguity, Cost, Eligibility, Measure, Metric, Moves, Point, Problem, Site, check, score,
};
use serde::Serialize;
use std::fmt::Write;
use std::path::Path;

#[derive(Serialize)]
struct Line {
    accounts: usize,
    employees: usize,
    objective: f64,
    lower_bound: Option<f64>,
    gap: Option<f64>,
    /// Objective by unit of weight: mean kilometres.
    compactness_km: f64,
    max_deviation: Vec<f64>,
    feasible: bool,
    method: String,
    seconds: f64,
}

pub fn divide(
    accounts: &Path,
    employees: &Path,
    output: &Path,
    tolerance: f64,
    measures: &[String],
    limits: Limits,
) -> Result<(), BenchError> {
    let (account, employee) = (Columns::read(accounts)?, Columns::read(employees)?);
    let (names, people) = (account.texts("account_id")?, employee.texts("employee_id")?);
    let loads = measures.iter().map(|name| account.numbers(name)).collect::<Result<Vec<_>, _>>()?;
    let points = |columns: &Columns| -> Result<Vec<Point>, BenchError> {
        let (x, y) = (columns.numbers("longitude")?, columns.numbers("latitude")?);
        Ok(x.into_iter().zip(y).map(|(x, y)| Point { x, y }).collect())
    };
    let weigh = |unit: usize| loads.first().map_or(1.0, |load| load[unit]);
    let site = |(unit, at): (usize, Point)| Site { unit: unit as u32, at, weight: weigh(unit) };
    let sites: Vec<Site> = points(&account)?.into_iter().enumerate().map(site).collect();
    let homes = points(&employee)?.into_iter().map(Some).collect();
    let weight: f64 = sites.iter().map(|s| s.weight).sum();
    let problem = Problem {
        units: names.len(),
        owners: people.len(),
        cost: Cost::Travel { sites, metric: Metric::GreatCircle, centres: Centres::Free, homes },
        measures: loads.into_iter().map(|values| band(values, people.len(), tolerance)).collect(),
        eligibility: Eligibility::All,
        fixed: Vec::new(),
        moves: Moves::default(),
        contiguity: Contiguity::Ignored,
    };
    let (solution, seconds) = solve_timed(&problem, limits)?;
    let faults = check::referee(&problem, &solution);
    faults.iter().for_each(|fault| eprintln!("referee: {fault}"));
    let mut text = String::from("account_id,employee_id\n");
    for (name, &owner) in names.iter().zip(&solution.owner) {
        let person = people.get(owner as usize).copied().unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{name},{person}");
    }
    let failed = |source| BenchError::Io { path: output.display().to_string(), source };
    std::fs::write(output, text).map_err(failed)?;
    let deviation = |load: &Vec<f64>| {
        let mean = load.iter().sum::<f64>() / load.len() as f64;
        load.iter().map(|l| (l - mean).abs() / mean).fold(0.0, f64::max)
    };
    print_json(&Line {
        accounts: problem.units,
        employees: problem.owners,
        objective: solution.objective,
        lower_bound: solution.lower_bound,
        gap: solution.gap(),
        compactness_km: score::cost(&problem, &solution.owner, &solution.centres) / weight,
        max_deviation: solution.loads.iter().map(deviation).collect(),
        feasible: faults.is_empty() && solution.shortfalls.is_empty(),
        method: solution.method,
        seconds: (seconds * 1000.0).round() / 1000.0,
    })
}

fn band(values: Vec<f64>, owners: usize, tolerance: f64) -> Measure {
    let mean = values.iter().sum::<f64>() / owners as f64;
    Measure {
        values,
        lower: vec![(mean * (1.0 - tolerance)).max(0.0); owners],
        upper: vec![mean * (1.0 + tolerance); owners],
    }
}
