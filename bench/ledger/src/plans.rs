//! Plans of millions of assignments: made the truth, changed, and asked.

use std::borrow::Cow;
use std::time::{Duration, Instant};

use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::assignment::Later;
use bailiwick_domain::id::PlanId;
use bailiwick_ledger_bench::waits::Waits;
use bailiwick_store::{Ledger, NewPlan, PlanRows, Planned, PlannedBuilder, Records, ScopeKey, StoreError, sha256_hex};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::BenchError;
use crate::world;

const FIRST: Date = date(2026, 1, 1);
const SECOND: Date = date(2026, 7, 1);

/// Accounts made at a time.
const PIECE: u32 = 65_536;

pub async fn apply(db: &str, accounts: u32, employees: u32, change: f64) -> Result<Value, BenchError> {
    let ledger = Ledger::open(db).await?;
    let first = timed(&ledger, "bench-1", FIRST, (accounts, employees, 0.0), Accounts(accounts)).await?;
    let second = timed(&ledger, "bench-2", SECOND, (accounts, employees, change), Accounts(0)).await?;
    ledger.close().await;
    Ok(json!({ "assignments": accounts, "first": first, "second": second, "peak_mib": peak_mib()? }))
}

async fn timed(
    ledger: &Ledger,
    id: &str,
    on: Date,
    (accounts, employees, change): (u32, u32, f64),
    records: Accounts,
) -> Result<Value, BenchError> {
    let begin = Instant::now();
    let plan = plan(id, on, employees)?;
    let assignments = assignments(accounts, employees, change)?;
    let gathered = begin.elapsed();
    let mut last = Instant::now();
    let told = std::sync::Mutex::new(&mut last);
    let progress = |done: u64, all: u64| {
        let Ok(mut last) = told.lock() else { return };
        if last.elapsed() > Duration::from_secs(5) {
            **last = Instant::now();
            eprintln!("{:.0} s: {done} of {all}", begin.elapsed().as_secs_f64());
        }
    };
    let rows = PlanRows { accounts: &records, assignments };
    let applied = ledger.apply_rows(&plan, rows, "bench", Timestamp::now(), &progress).await?;
    Ok(json!({
        "seconds": begin.elapsed().as_secs_f64(), "of_them_gathering": gathered.as_secs_f64(), "opened": applied.opened,
        "moved": applied.moved, "kept": applied.kept, "closed": applied.closed,
    }))
}

/// The accounts of this number, made as they are asked for.
struct Accounts(u32);

impl Records<AccountRecord> for Accounts {
    fn len(&self) -> usize {
        self.0 as usize
    }

    fn parts(&self) -> Box<dyn Iterator<Item = Result<Cow<'_, [AccountRecord]>, StoreError>> + Send + '_> {
        let part = |from: u32| {
            let numbers = from..self.0.min(from + PIECE);
            let made = numbers.map(|number| Ok(world::account(world::account_id(number)?, number)));
            let part: Result<Vec<_>, BenchError> = made.collect();
            part.map(Cow::Owned).map_err(|error| StoreError::Source(Box::new(error)))
        };
        Box::new((0..self.0).step_by(PIECE as usize).map(part))
    }
}

fn assignments(accounts: u32, employees: u32, change: f64) -> Result<Planned, BenchError> {
    let mut dice = ChaCha8Rng::seed_from_u64(7);
    let mut planned = PlannedBuilder::default();
    for number in 0..accounts {
        let other = u32::from(change > 0.0 && dice.random_bool(change));
        planned.add(&world::assignment(world::account_id(number)?, number, (number + other) % employees)?);
    }
    Ok(planned.finish())
}

/// A plan but for its accounts and assignments.
fn plan(id: &str, on: Date, employees: u32) -> Result<NewPlan, BenchError> {
    let policy = String::from("# a bench");
    Ok(NewPlan {
        id: PlanId::new(id)?,
        base_version: None,
        policy_sha256: sha256_hex(&policy),
        policy_text: policy,
        frozen: json!({}),
        routing: json!({}),
        summary: json!({}),
        on,
        accounts: vec![],
        employees: (0..employees).map(world::employee).collect::<Result<_, _>>()?,
        assignments: vec![],
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
