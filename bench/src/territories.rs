//! A generated customer base divided into compact territories of equal measures.

use crate::columns::Columns;
use crate::run::{BenchError, Limits, print_json, solve_timed};
use bailiwick_engine::{
    Centres, Contiguity, Cost, Eligibility, Measure, Metric, Moves, Point, Problem, Site, Solution, check, score,
};
use clap::Args;
use serde::Serialize;
use std::fmt::Write;
use std::path::{Path, PathBuf};

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
    contiguous: Option<bool>,
    method: String,
    seconds: f64,
}

/// Which customer base, and how it is to be divided.
#[derive(Args)]
pub struct Base {
    /// CSV with account_id, latitude, longitude and the measures.
    accounts: PathBuf,
    /// CSV with employee_id, latitude, longitude.
    employees: PathBuf,
    /// How far an employee's load may be from the mean, as a share of it.
    #[arg(long, default_value_t = 0.05)]
    tolerance: f64,
    /// Columns to balance; the first also weighs the way to an account.
    #[arg(long, value_delimiter = ',', default_value = "workload")]
    measures: Vec<String>,
    /// Every territory in one piece.
    #[arg(long)]
    contiguous: bool,
    /// Employees work from where they live.
    #[arg(long)]
    from_home: bool,
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}

/// The problem, the accounts' names and the employees'.
pub struct Posed {
    pub problem: Problem,
    names: Vec<String>,
    people: Vec<String>,
}

pub fn pose(base: &Base) -> Result<Posed, BenchError> {
    let (account, employee) = (Columns::read(&base.accounts)?, Columns::read(&base.employees)?);
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let (names, people) = (owned(account.texts("account_id")?), owned(employee.texts("employee_id")?));
    let loads = base.measures.iter().map(|name| account.numbers(name)).collect::<Result<Vec<_>, _>>()?;
    let points = |columns: &Columns| -> Result<Vec<Point>, BenchError> {
        let (x, y) = (columns.numbers("longitude")?, columns.numbers("latitude")?);
        Ok(x.into_iter().zip(y).map(|(x, y)| Point { x, y }).collect())
    };
    let weigh = |unit: usize| loads.first().map_or(1.0, |load| load[unit]);
    let site = |(unit, at): (usize, Point)| Site { unit: unit as u32, at, weight: weigh(unit) };
    let sites: Vec<Site> = points(&account)?.into_iter().enumerate().map(site).collect();
    let homes = points(&employee)?;
    let centres = if base.from_home { Centres::Fixed(homes.clone()) } else { Centres::Free };
    let homes = homes.into_iter().map(Some).collect();
    let problem = Problem {
        units: names.len(),
        owners: people.len(),
        cost: Cost::Travel { sites, metric: Metric::GreatCircle, centres, homes },
        measures: loads.into_iter().map(|values| band(values, people.len(), base.tolerance)).collect(),
        eligibility: Eligibility::All,
        fixed: Vec::new(),
        moves: Moves::default(),
        contiguity: if base.contiguous { Contiguity::OfSites } else { Contiguity::Ignored },
    };
    Ok(Posed { problem, names, people })
}

/// Mean kilometres to the centre, by weight.
pub fn compactness(problem: &Problem, solution: &Solution) -> f64 {
    let Cost::Travel { sites, .. } = &problem.cost else { return 0.0 };
    let weight: f64 = sites.iter().map(|s| s.weight).sum();
    score::cost(problem, &solution.owner, &solution.centres) / weight
}

pub fn divide(base: &Base, output: &Path, time_limit: f64) -> Result<(), BenchError> {
    let Posed { problem, names, people } = pose(base)?;
    let (solution, seconds) = solve_timed(&problem, Limits { time_limit, seed: base.seed })?;
    let faults = check::referee(&problem, &solution);
    faults.iter().for_each(|fault| eprintln!("referee: {fault}"));
    let mut text = String::from("account_id,employee_id\n");
    for (name, &owner) in names.iter().zip(&solution.owner) {
        let person = people.get(owner as usize).map_or("", String::as_str);
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
        compactness_km: compactness(&problem, &solution),
        max_deviation: solution.loads.iter().map(deviation).collect(),
        feasible: faults.is_empty() && solution.shortfalls.is_empty() && solution.contiguous != Some(false),
        contiguous: solution.contiguous,
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
