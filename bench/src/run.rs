//! One solve under a clock, and what is told about it.

use crate::formats::{self, Format, FormatError};
use bailiwick_engine::{Control, Problem, Solution, SolveError, check, solve};
use serde::Serialize;
use std::path::Path;
use std::time::Instant;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum BenchError {
    #[error("{path}: {source}")]
    Io { path: String, source: std::io::Error },
    #[error("{path}: {source}")]
    Format { path: String, source: FormatError },
    #[error("the problem is malformed: {0}")]
    Problem(#[from] SolveError),
    #[error("{0}")]
    Table(String),
}

impl BenchError {
    /// 2 for input that cannot be used.
    pub fn exit_code(&self) -> u8 {
        if matches!(self, BenchError::Io { .. } | BenchError::Format { .. }) { 2 } else { 1 }
    }
}

#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub time_limit: f64,
    pub seed: u64,
}

/// The printed result.
#[derive(Debug, Serialize)]
pub struct Outcome {
    pub instance: String,
    pub objective: f64,
    pub lower_bound: Option<f64>,
    pub gap: Option<f64>,
    pub feasible: bool,
    pub seconds: f64,
}

pub fn read(path: &Path) -> Result<String, BenchError> {
    std::fs::read_to_string(path).map_err(|source| BenchError::Io { path: path.display().to_string(), source })
}

/// Solves under the limits; returns the solution and the seconds it took.
pub fn solve_timed(problem: &Problem, limits: Limits) -> Result<(Solution, f64), BenchError> {
    let begin = Instant::now();
    let out_of_time = || begin.elapsed().as_secs_f64() >= limits.time_limit;
    let control = Control {
        seed: limits.seed,
        out_of_time: &out_of_time,
        cancelled: &|| false,
        patient: true,
        progress: &|_| {},
    };
    let solution = solve(problem, &control)?;
    Ok((solution, begin.elapsed().as_secs_f64()))
}

/// Solves until cancelled, `moment` seconds after the beginning; returns the seconds until the solve was back, and the
/// solution if it was quicker.
pub fn solve_cancelled(problem: &Problem, seed: u64, moment: f64) -> Result<(Option<Solution>, f64), BenchError> {
    let begin = Instant::now();
    let cancelled = || begin.elapsed().as_secs_f64() >= moment;
    let control = Control { seed, out_of_time: &|| false, cancelled: &cancelled, patient: true, progress: &|_| {} };
    let found = match solve(problem, &control) {
        Ok(solution) => Some(solution),
        Err(SolveError::Cancelled) => None,
        Err(error) => return Err(error.into()),
    };
    Ok((found, begin.elapsed().as_secs_f64()))
}

pub fn parse(format: Format, path: &Path) -> Result<Problem, BenchError> {
    formats::parse(format, &read(path)?)
        .map_err(|source| BenchError::Format { path: path.display().to_string(), source })
}

/// Reads, solves and judges one instance.
pub fn outcome_of(format: Format, path: &Path, limits: Limits) -> Result<Outcome, BenchError> {
    let problem = parse(format, path)?;
    let (solution, seconds) = solve_timed(&problem, limits)?;
    let faults = check::referee(&problem, &solution);
    faults.iter().for_each(|fault| eprintln!("referee: {fault}"));
    Ok(Outcome {
        instance: path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
        objective: solution.objective,
        lower_bound: solution.lower_bound,
        gap: solution.gap(),
        feasible: faults.is_empty() && solution.shortfalls.is_empty() && solution.contiguous != Some(false),
        seconds: (seconds * 1000.0).round() / 1000.0,
    })
}

pub fn print_json<T: Serialize>(value: &T) -> Result<(), BenchError> {
    let line = serde_json::to_string(value).map_err(|error| BenchError::Table(error.to_string()))?;
    println!("{line}");
    Ok(())
}

pub fn solve_file(format: Format, path: &Path, time_limit: f64, seed: u64) -> Result<(), BenchError> {
    print_json(&outcome_of(format, path, Limits { time_limit, seed })?)
}
