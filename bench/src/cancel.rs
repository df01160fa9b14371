//! How soon a solve is back: after it was cancelled, and after its time ran out.

use crate::run::{BenchError, Limits, print_json, solve_cancelled, solve_timed};
use bailiwick_engine::Problem;
use serde::Serialize;

#[derive(Serialize)]
struct Line {
    after_seconds: f64,
    /// Milliseconds from the cancellation until the solve was back; null where it was done before.
    cancelled_ms: Option<f64>,
    /// Milliseconds from the end of the time until the answer was there; null where it was there before.
    out_of_time_ms: Option<f64>,
    /// Limits that the answer given when time ran out does not keep.
    shortfalls: usize,
    method: String,
}

pub fn leave_off(problem: &Problem, seed: u64, moments: &[f64]) -> Result<(), BenchError> {
    let overrun = |seconds: f64, moment: f64| ((seconds - moment) * 1e4).round() / 10.0;
    for &moment in moments {
        let (solution, back) = solve_cancelled(problem, seed, moment)?;
        let cancelled_ms = solution.is_none().then(|| overrun(back, moment));
        let (solution, back) = solve_timed(problem, Limits { time_limit: moment, seed })?;
        print_json(&Line {
            after_seconds: moment,
            cancelled_ms,
            out_of_time_ms: (back >= moment).then(|| overrun(back, moment)),
            shortfalls: solution.shortfalls.len(),
            method: solution.method,
        })?;
    }
    Ok(())
}
