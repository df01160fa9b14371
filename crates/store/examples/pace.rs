#![allow(clippy::unwrap_used)]
//! How fast the ledger is: `cargo run [--release] -p bailiwick-store --example pace -- [ACCOUNTS] [ROLES] [URL]`.
//! Without a URL: SQLite in a temporary folder. An URL is that of an empty database.
//!
//! Says wall time and, where /proc tells it, processor time (on a busy machine the only one that means anything).
//! Applies a plan, then one that moves a tenth, asks, routes, verifies, and prints what each took.

use std::time::{Duration, Instant};

use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::assignment::{Later, NewAssignment};
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::{AccountId, PlanId};
use bailiwick_store::{Ledger, NewPlan, NewRoute, RouteBatch, ScopeKey, sha256_hex};
use jiff::Timestamp;
use jiff::civil::date;
use serde_json::{Map, Value, json};

fn assignment(account: usize, role: usize, employee: usize) -> NewAssignment {
    NewAssignment {
        account: format!("A-{account:07}").parse().unwrap(),
        role: format!("role-{role}").parse().unwrap(),
        product_line: None,
        employee: format!("E-{employee:03}").parse().unwrap(),
        segment: "Dealers".into(),
        territory: Some(format!("Territory {employee}")),
        rule: "coverage 2: divide into territories".into(),
        reason: "the nearest centre with room left, 12.4 km away".into(),
        why: json!([{"segment": "Dealers", "when": "true"}, {"coverage": 2, "divide": "territories"}, {"distance_km": 12.4}]),
    }
}

fn account(i: usize) -> AccountRecord {
    let attributes: Map<String, Value> =
        [("region".into(), json!("West")), ("revenue".into(), json!(i * 10))].into_iter().collect();
    AccountRecord { id: format!("A-{i:07}").parse().unwrap(), name: format!("Company {i}"), parent: None, attributes }
}

fn plan(id: &str, month: i8, accounts: usize, roles: usize, shift: usize) -> NewPlan {
    let text = "[company]\nname = \"Pace\"\n";
    NewPlan {
        id: id.parse::<PlanId>().unwrap(),
        base_version: None,
        policy_text: text.into(),
        policy_sha256: sha256_hex(text),
        frozen: json!({}),
        routing: json!({}),
        summary: json!({}),
        on: date(2026, month, 1),
        accounts: (0..accounts).map(account).collect(),
        employees: (0..200)
            .map(|i| EmployeeRecord {
                id: format!("E-{i:03}").parse().unwrap(),
                name: format!("Employee {i}"),
                position: None,
                department: None,
                manager: None,
                attributes: Map::new(),
            })
            .collect(),
        assignments: (0..accounts)
            .flat_map(|i| (0..roles).map(move |r| (i, r)))
            .map(|(i, r)| assignment(i, r, (i + if i % 10 == 0 { shift } else { 0 }) % 200))
            .collect(),
        scope: (0..roles)
            .map(|r| ScopeKey { role: format!("role-{r}").parse().unwrap(), product_line: None })
            .collect(),
        later: Later::Refuse,
        reason: "pace".into(),
    }
}

/// Wall and processor time.
struct Clock {
    wall: Instant,
    cpu: Duration,
}

impl Clock {
    fn start() -> Self {
        Clock { wall: Instant::now(), cpu: cpu() }
    }
}

/// User and system time of this process, in hundredths of a second; nothing where /proc is not.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after_name = stat.rsplit(") ").next().unwrap_or_default();
    let ticks = after_name.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>();
    Duration::from_millis(ticks * 10)
}

fn say(what: &str, start: Clock) {
    let (wall, cpu) = (start.wall.elapsed().as_secs_f64() * 1e3, (cpu() - start.cpu).as_secs_f64() * 1e3);
    println!("{what:<44} {wall:>9.1} ms {cpu:>8.0} ms of processor");
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let accounts = arguments.next().map_or(Ok(20_000), |text| text.parse::<usize>())?;
    let roles = arguments.next().map_or(Ok(3), |text| text.parse::<usize>())?;
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("pace.db");
    let url = arguments.next().unwrap_or_else(|| format!("sqlite:{}", path.display()));
    let ledger = Ledger::open(&url).await?;
    let at: Timestamp = "2026-01-01T00:00:00Z".parse()?;

    for (id, month, shift, what) in [
        ("P1", 1, 0, "apply to an empty ledger"),
        ("P2", 2, 0, "apply, all kept"),
        ("P3", 3, 7, "apply, a tenth moved"),
    ] {
        let plan = plan(id, month, accounts, roles, shift);
        let start = Clock::start();
        let applied = ledger.apply(&plan, "pace", at, &|_, _| ()).await?;
        say(what, start);
        println!(
            "    opened {} moved {} kept {} closed {}",
            applied.opened, applied.moved, applied.kept, applied.closed
        );
    }
    let start = Clock::start();
    let holders = ledger.holders(date(2026, 3, 1)).await?;
    say(&format!("holders ({})", holders.len()), start);
    let start = Clock::start();
    let loads = ledger.loads(date(2026, 3, 1)).await?;
    say(&format!("loads ({})", loads.len()), start);

    let ids: Vec<AccountId> =
        (0..1000).map(|i| format!("A-{:07}", i * 7919 % accounts).parse()).collect::<Result<_, _>>()?;
    let start = Clock::start();
    for id in &ids {
        ledger.who(id, None, None, date(2026, 3, 1), None).await?;
    }
    say("who, 1,000 times", start);
    let start = Clock::start();
    for id in &ids {
        ledger.who(id, None, None, date(2026, 3, 1), Some(at)).await?;
    }
    say("who as known at, 1,000 times", start);
    let start = Clock::start();
    ledger.find_accounts("company 77", 10).await?;
    say("find accounts", start);

    let route = |i: usize| {
        let id = accounts + i;
        let arrival = json!({"account_id": format!("A-{id:07}")});
        (
            account(id),
            NewRoute {
                arrival,
                account: account(id).id,
                assignments: (0..roles).map(|r| assignment(id, r, 3)).collect(),
                why: json!([]),
                seed: 1,
            },
        )
    };
    let batch = |range: std::ops::Range<usize>| {
        let (accounts, decisions) = range.map(route).unzip();
        RouteBatch { base_version: None, on: date(2026, 3, 2), accounts, decisions }
    };
    let start = Clock::start();
    for i in 0..200 {
        ledger.record_route(&batch(i..i + 1), "pace", at).await?;
    }
    say("route one, 200 times", start);
    let many = batch(200..10_200);
    let start = Clock::start();
    ledger.record_route(&many, "pace", at).await?;
    say("route 10,000 at once", start);

    let start = Clock::start();
    let entries = ledger.verify_audit().await?;
    say(&format!("verify the audit trail ({entries} entries)"), start);
    ledger.close().await;
    if let Ok(file) = path.metadata() {
        println!("{:.1} MB", file.len() as f64 / 1e6);
    }
    Ok(())
}
