//! Plans of millions of assignments: made the truth, changed, and asked.

use std::time::{Duration, Instant};

use bailiwick_domain::assignment::Later;
use bailiwick_domain::id::PlanId;
use bailiwick_ledger_bench::waits::Waits;
use bailiwick_store::{Ledger, NewPlan, ScopeKey, sha256_hex};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::BenchError;
use crate::world;

const FIRST: Date = date(2026, 1, 1);
const SECOND: Date = date(2026, 7, 1);

pub async fn apply(db: &str, accounts: u32, employees: u32, change: f64) -> Result<Value, BenchError> {
    let ledger = Ledger::open(db).await?;
    let first = timed(&ledger, plan("bench-1", FIRST, accounts, employees, 0.0, true)?).await?;
    let second = timed(&ledger, plan("bench-2", SECOND, accounts, employees, change, false)?).await?;
    ledger.close().await;
    Ok(json!({ "assignments": accounts, "first": first, "second": second, "peak_mib": peak_mib()? }))
}

async fn timed(ledger: &Ledger, plan: NewPlan) -> Result<Value, BenchError> {
    let begin = Instant::now();
    let mut last = Instant::now();
    let told = std::sync::Mutex::new(&mut last);
    let progress = |done: u64, all: u64| {
        let Ok(mut last) = told.lock() else { return };
        if last.elapsed() > Duration::from_secs(5) {
            **last = Instant::now();
            eprintln!("{:.0} s: {done} of {all}", begin.elapsed().as_secs_f64());
        }
    };
    let applied = ledger.apply(&plan, "bench", Timestamp::now(), &progress).await?;
    Ok(json!({
        "seconds": begin.elapsed().as_secs_f64(), "opened": applied.opened, "moved": applied.moved, "kept": applied.kept,
        "closed": applied.closed,
    }))
}

fn plan(
    id: &str,
    on: Date,
    accounts: u32,
    employees: u32,
    change: f64,
    with_accounts: bool,
) -> Result<NewPlan, BenchError> {
    let policy = String::from("# a bench");
    let mut dice = ChaCha8Rng::seed_from_u64(7);
    let mut records = vec![];
    let mut assignments = Vec::with_capacity(accounts as usize);
    for number in 0..accounts {
        let account = world::account_id(number)?;
        let other = u32::from(change > 0.0 && dice.random_bool(change));
        assignments.push(world::assignment(account.clone(), number, (number + other) % employees)?);
        if with_accounts {
            records.push(world::account(account, number));
        }
    }
    Ok(NewPlan {
        id: PlanId::new(id)?,
        base_version: None,
        policy_sha256: sha256_hex(&policy),
        policy_text: policy,
        frozen: json!({}),
        routing: json!({}),
        summary: json!({}),
        on,
        accounts: records,
        employees: (0..employees).map(world::employee).collect::<Result<_, _>>()?,
        assignments,
        scope: vec![ScopeKey { role: world::ROLE.parse()?, product_line: None }],
        later: Later::Refuse,
        reason: String::from("bench"),
    })
}

pub async fn who(db: &str, accounts: u32, asked: u32, together: u32, seed: u64) -> Result<Value, BenchError> {
    let ledger = Ledger::open_existing(db).await?;
    let role = world::ROLE.parse()?;
    let mut workers = vec![];
    for worker in 0..together.max(1) {
        let (ledger, role) = (ledger.clone(), bailiwick_domain::id::RoleName::clone(&role));
        workers.push(tokio::spawn(async move {
            let mut dice = ChaCha8Rng::seed_from_u64(seed + u64::from(worker));
            let (mut waits, mut found) = (vec![], 0);
            for _ in 0..asked / together.max(1) {
                let account = world::account_id(dice.random_range(0..accounts))?;
                let on = if dice.random_bool(0.5) { SECOND } else { FIRST };
                let begin = Instant::now();
                found += ledger.who(&account, Some(&role), None, on, None).await?.len();
                waits.push(begin.elapsed());
            }
            Ok::<_, BenchError>((waits, found))
        }));
    }
    let (mut waits, mut found) = (Waits::default(), 0);
    for worker in workers {
        let (times, answers) = worker.await.map_err(std::io::Error::other)??;
        // The first questions open connections and prepare statements.
        times.into_iter().skip(100).for_each(|wait| waits.add(wait));
        found += answers;
    }
    ledger.close().await;
    Ok(json!({ "asked": waits.len(), "found": found, "together": together, "milliseconds": waits.percentiles() }))
}

/// Most memory this process has had.
fn peak_mib() -> std::io::Result<Option<u64>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    Ok(line
        .and_then(|line| line.split_whitespace().next())
        .and_then(|kib| kib.parse::<u64>().ok())
        .map(|kib| kib / 1024))
}
