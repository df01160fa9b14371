//! More and fewer territories than people, on 1,038 real shops and ten sales people.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_testkit::{Table, shared};
use common::{DAY, Row, assert_each_once, fixture, read_rows, run_in};
use serde_json::Value;
use tempfile::TempDir;

/// Plans a fixture with so many territories.
fn planned(fixture_name: &str, count: &str) -> Option<(TempDir, Vec<Row>, Value)> {
    let dir = fixture(fixture_name, "data/adventureworks/accounts.csv")?;
    let file = dir.path().join("bailiwick.toml");
    let policy = std::fs::read_to_string(&file).unwrap();
    let counted = policy.replace("territories = {", &format!("territories = {{ count = {count},"));
    assert_ne!(policy, counted);
    std::fs::write(&file, counted).unwrap();
    run_in(dir.path(), &["plan", "--on", DAY, "-o", "plan", "--quiet"]).done();
    let rows = read_rows(&dir.path().join("plan/assignments.csv"));
    assert_each_once(&rows);
    let summary = std::fs::read_to_string(dir.path().join("plan/summary.json")).unwrap();
    Some((dir, rows, serde_json::from_str(&summary).unwrap()))
}

/// Territories of even work, counted from the base.
#[track_caller]
fn assert_even(rows: &[Row], territories: usize) {
    let accounts = Table::read(&shared("data/adventureworks/accounts.csv").unwrap());
    let staff: BTreeMap<&str, f64> =
        accounts.rows.iter().map(|row| (row["account_id"].as_str(), row["employees"].parse().unwrap_or(0.0))).collect();
    let mut load: BTreeMap<&str, f64> = BTreeMap::new();
    for row in rows {
        *load.entry(&row.territory).or_default() += 2.0 + staff[row.account_id.as_str()] / 50.0;
    }
    assert_eq!(load.len(), territories);
    let mean = load.values().sum::<f64>() / territories as f64;
    load.iter().for_each(|(name, load)| assert!((load / mean - 1.0).abs() <= 0.05 + 1e-9, "{name}: {load} of {mean}"));
}

fn people(rows: &[Row]) -> BTreeSet<&str> {
    rows.iter().map(|row| row.employee_id.as_str()).collect()
}

#[test]
fn vacant_territories_are_looked_after_until_somebody_is_hired() {
    let Some((dir, rows, summary)) = planned("adventureworks-front", "12") else { return };
    assert_even(&rows, 12);
    assert_eq!(people(&rows).len(), 10);
    assert_eq!(summary["pools"][0]["employees"], 10);
    let by_territory: BTreeSet<_> = rows.iter().map(|row| (&row.territory, &row.employee_id)).collect();
    assert_eq!(by_territory.len(), 12, "each territory is with one person");
    let vacant = &summary["infeasible"][0];
    assert_eq!(vacant["what"], "one person a territory");
    assert_eq!(vacant["remedy"], "hire 2, or lower count");
    run_in(dir.path(), &["apply", "plan", "--db", "sqlite:ledger.db", "--yes"]).done();
    let lead = "{\"account_id\": \"L-1\", \"ownership\": \"store\", \"latitude\": 30.3, \"longitude\": -97.7, \"employees\": 10, \"annual_sales\": 0}\n";
    std::fs::write(dir.path().join("lead.jsonl"), lead).unwrap();
    let routed = run_in(dir.path(), &["route", "lead.jsonl", "--on", DAY, "--db", "sqlite:ledger.db"]).done();
    assert!(routed.stdout.contains("\"employee_id\":\"2"), "{}", routed.stdout);
}

#[test]
fn with_fewer_territories_those_who_hold_most_have_them() {
    let Some((_dir, rows, summary)) = planned("adventureworks-front", "8") else { return };
    assert_even(&rows, 8);
    let least = ["284", "276"];
    assert!(people(&rows).iter().all(|one| !least.contains(one)), "284 holds nothing today, 276 least");
    assert_eq!(summary["pools"][0]["employees"], 8);
}

#[test]
fn the_best_number_is_taken_where_the_policy_says_sized() {
    let Some((dir, rows, _)) = planned("adventureworks-sizing", "\"sized\"") else { return };
    let sized = run_in(dir.path(), &["sizing", "--on", DAY, "--quiet", "--format", "json"]).done().json();
    let best = sized[0]["profit"]["best"]["employees"].as_f64().unwrap();
    assert_even(&rows, best as usize);
}

#[test]
fn a_count_that_is_none_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("accounts.csv"), "account_id,latitude,longitude\nA-1,42,23\nA-2,43,24\n").unwrap();
    std::fs::write(dir.path().join("employees.csv"), "employee_id\nE-1\n").unwrap();
    let plan = |count: &str| {
        let policy = format!(
            "[sources.accounts]\nfile = \"accounts.csv\"\n[sources.employees]\nfile = \"employees.csv\"\n\
             [[coverage]]\nrole = \"sales-specialist\"\ndivide = {{ territories = {{ count = {count} }} }}\n"
        );
        std::fs::write(dir.path().join("bailiwick.toml"), policy).unwrap();
        run_in(dir.path(), &["plan", "--on", DAY, "--quiet"])
    };
    let wrong = plan("\"a dozen\"");
    assert_eq!(wrong.exit, 1);
    insta::assert_snapshot!(wrong.stderr);
    let unsized_pool = plan("\"sized\"");
    assert_eq!(unsized_pool.exit, 1);
    insta::assert_snapshot!(unsized_pool.stderr);
}
