//! How many accounts a second a policy puts into their segments.

use std::path::Path;
use std::time::Instant;

use bailiwick_app::classify::{classify, segments};
use serde::Serialize;

use crate::aggregate::open;
use crate::run::{BenchError, print_json};

#[derive(Serialize)]
struct Line {
    accounts: usize,
    conditions: usize,
    threads: usize,
    /// The conditions alone: the first that holds, for each account.
    segments_seconds: f64,
    segments_accounts_a_second: f64,
    /// Principles and scores, too.
    all_seconds: f64,
    all_accounts_a_second: f64,
}

/// Evaluates the policy in `folder` `times` over, each time on so many threads, and prints the best as one JSON object.
pub fn measure(folder: &Path, threads: usize, times: usize) -> Result<(), BenchError> {
    let project = open(folder)?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| BenchError::Table(error.to_string()))?;
    let wrong = |error: bailiwick_app::AppError| BenchError::Table(error.to_string());
    let (mut of_segments, mut of_all) = (f64::INFINITY, f64::INFINITY);
    for _ in 0..times.max(1) {
        let begin = Instant::now();
        let classified = pool.install(|| classify(&project.policy, &project.snapshot.accounts)).map_err(wrong)?;
        of_all = of_all.min(begin.elapsed().as_secs_f64());
        let begin = Instant::now();
        pool.install(|| segments(&project.policy, &classified.accounts)).map_err(wrong)?;
        of_segments = of_segments.min(begin.elapsed().as_secs_f64());
    }
    let accounts = project.snapshot.accounts.len();
    let round = |value: f64| (value * 1000.0).round() / 1000.0;
    print_json(&Line {
        accounts,
        conditions: project.policy.document.segments.len(),
        threads,
        segments_seconds: round(of_segments),
        segments_accounts_a_second: (accounts as f64 / of_segments).round(),
        all_seconds: round(of_all),
        all_accounts_a_second: (accounts as f64 / of_all).round(),
    })
}
