//! How soon a solve is back after it was cancelled, and what it brings.

use crate::run::{BenchError, Limits, print_json, solve_timed};
use crate::territories::{Base, compactness, pose};
use serde::Serialize;

#[derive(Serialize)]
struct Line {
    cancelled_after: f64,
    /// Milliseconds from the cancellation to the answer; below 0 where the solve was done before.
    overrun_ms: f64,
    shortfalls: usize,
    contiguous: Option<bool>,
    compactness_km: f64,
    method: String,
}

pub fn cancel_after(base: &Base, moments: &[f64]) -> Result<(), BenchError> {
    let posed = pose(base)?;
    for &moment in moments {
        let (solution, seconds) = solve_timed(&posed.problem, Limits { time_limit: moment, seed: base.seed })?;
        print_json(&Line {
            cancelled_after: moment,
            overrun_ms: ((seconds - moment) * 1e4).round() / 10.0,
            shortfalls: solution.shortfalls.len(),
            contiguous: solution.contiguous,
            compactness_km: compactness(&posed.problem, &solution),
            method: solution.method,
        })?;
    }
    Ok(())
}
