//! What it costs to plan with basic units instead of accounts: the same customer base both ways, both judged.

use std::path::Path;
use std::time::Instant;

use bailiwick_app::plan::{Plan, Request, make_plan};
use bailiwick_app::project::{self, Project};
use serde::Serialize;

use crate::generate::generate;
use crate::judge::{Verdict, verdict};
use crate::run::{BenchError, print_json};

const POLICY: &str = r#"
[sources.accounts]
file = "accounts.csv"
[sources.employees]
file = "employees.csv"
[measures]
workload = "workload"
potential = "potential"
[[coverage]]
role = "sales-specialist"
divide = { territories = { balance = { workload = 0.05, potential = 0.05 } } }
"#;

#[derive(Serialize)]
struct Line {
    by: &'static str,
    seconds: f64,
    method: String,
    objective: f64,
    /// Promises that are not kept.
    broken: usize,
    judged: Verdict,
}

#[derive(Serialize)]
struct Comparison {
    objective_above: f64,
    compactness_above: f64,
    times_as_fast: f64,
    /// Every load of the plan by basic units is within the tolerance of 5 %.
    is_balanced: bool,
}

/// Opens a project, waiting for it.
pub fn open(folder: &Path) -> Result<Project, BenchError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|source| BenchError::Io { path: folder.display().to_string(), source })?;
    runtime.block_on(project::open(folder, &|_| {})).map_err(|error| BenchError::Table(error.to_string()))
}

fn plan(project: &Project, seed: u64, basic_from: usize) -> Result<(Plan, f64), BenchError> {
    let on = jiff::civil::date(2026, 1, 1);
    let begin = Instant::now();
    let plan = make_plan(project, &Request { basic_from: Some(basic_from), ..Request::new(on, seed) }, &|_| {});
    let plan = plan.map_err(|error| BenchError::Table(error.to_string()))?;
    Ok((plan, begin.elapsed().as_secs_f64()))
}

fn judge(plan: &Plan) -> Result<Verdict, BenchError> {
    let accounts = &plan.classified.accounts;
    let numbers = |column: &str| -> Result<Vec<f64>, BenchError> {
        let numbers = accounts.numbers(column).map_err(|error| BenchError::Table(error.to_string()))?;
        Ok(numbers.into_iter().map(Option::unwrap_or_default).collect())
    };
    let outcome = &plan.pools[0];
    let mut owner = vec![None; accounts.len()];
    for (account, of) in outcome.pool.accounts.iter().zip(&outcome.owner) {
        owner[*account as usize] = ((*of as usize) < plan.staff.len()).then_some(*of as usize);
    }
    let places: Vec<(f64, f64)> = numbers("latitude")?.into_iter().zip(numbers("longitude")?).collect();
    Ok(verdict(&owner, &places, &numbers("workload")?, &numbers("potential")?, plan.staff.len()))
}

/// Makes the data, plans both ways, and prints a JSON object for each and one that compares them.
pub fn measure(accounts: usize, employees: usize, seed: u64, folder: &Path) -> Result<(), BenchError> {
    generate(accounts, employees, seed, folder)?;
    std::fs::write(folder.join("bailiwick.toml"), POLICY)
        .map_err(|source| BenchError::Io { path: folder.display().to_string(), source })?;
    let project = open(folder)?;
    let mut lines = vec![];
    for (by, from) in [("accounts", usize::MAX), ("basic units", 0)] {
        let (plan, seconds) = plan(&project, seed, from)?;
        let outcome = &plan.pools[0];
        let line = Line {
            by,
            seconds: (seconds * 100.0).round() / 100.0,
            method: outcome.method.clone(),
            objective: outcome.objective,
            broken: outcome.broken.len(),
            judged: judge(&plan)?,
        };
        print_json(&line)?;
        lines.push(line);
    }
    let [fine, basic] = &lines[..] else { return Ok(()) };
    let above = |basic: f64, fine: f64| (basic - fine) / fine;
    print_json(&Comparison {
        objective_above: above(basic.objective, fine.objective),
        compactness_above: above(basic.judged.compactness_km, fine.judged.compactness_km),
        times_as_fast: fine.seconds / basic.seconds,
        is_balanced: basic.judged.imbalance_workload.max(basic.judged.imbalance_potential) <= 0.05 * (1.0 + 1e-6)
            && basic.judged.unassigned == 0,
    })
}
