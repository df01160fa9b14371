//! Territories by minutes on the road. The country: two rows of eight towns on the two banks of a river that one bridge
//! crosses in the west, so that the other bank is near by the crow and far by road. Minutes are counted here anew.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use common::{DAY, Row, Run, assert_balanced, assert_each_once, assert_summary_complete, read_rows, run_in};
use serde_json::Value;
use tempfile::TempDir;

const TOWNS: usize = 8;
/// Minutes between neighbours on a bank, and across the bridge.
const ALONG: f64 = 10.0;
const BRIDGE: f64 = 5.0;

/// Bank, and number from the west.
fn town(name: &str) -> (char, f64) {
    (name.chars().next().unwrap(), name[1..].parse().unwrap())
}

/// By road: along the bank, or over the bridge in the west.
fn minutes(a: &str, b: &str) -> f64 {
    let ((here, from), (there, to)) = (town(a), town(b));
    if here == there { (from - to).abs() * ALONG } else { (from + to) * ALONG + BRIDGE }
}

fn country(territories: &str) -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.path().join(name), text).unwrap();
    let mut accounts = String::from("account_id,town,latitude,longitude,workload\n");
    let mut number = 0;
    for (bank, latitude) in [('N', 43.02), ('S', 43.0)] {
        for at in 0..TOWNS {
            for inner in 0..4 {
                number += 1;
                let longitude = 25.0 + at as f64 / 10.0 + f64::from(inner) / 1000.0;
                accounts += &format!("C{number:03},{bank}{at},{latitude},{longitude:.4},{}\n", 1 + number % 2);
            }
        }
    }
    write("accounts.csv", &accounts);
    let employees = "employee_id,name,home,latitude,longitude\nE1,Ann,N2,43.02,25.2\nE2,Boris,N6,43.02,25.6\n\
                     E3,Clara,S2,43.0,25.2\nE4,Dimitar,S6,43.0,25.6\n";
    write("employees.csv", employees);
    let mut ways = format!("from,to,minutes\nN0,S0,{BRIDGE}\n");
    for bank in ['N', 'S'] {
        (1..TOWNS).for_each(|at| ways += &format!("{bank}{},{bank}{at},{ALONG}\n", at - 1));
    }
    write("minutes.csv", &ways);
    let policy = format!(
        "[sources.accounts]\nfile = \"accounts.csv\"\n[sources.employees]\nfile = \"employees.csv\"\n\
         [measures]\nworkload = \"workload\"\n\
         [[coverage]]\nrole = \"sales-specialist\"\n\
         divide = {{ territories = {{ balance = {{ workload = 0.1 }}, {territories} }} }}\n"
    );
    write("bailiwick.toml", &policy);
    dir
}

const COMPACT: &str = "drive = { file = \"minutes.csv\", place = \"town\" }";
const HOME: &str = "around = \"home\", drive = { file = \"minutes.csv\", place = \"town\", home = \"home\" }";

fn plan(dir: &Path) -> Run {
    run_in(dir, &["plan", "--on", DAY, "-o", "plan", "--quiet"])
}

/// Town and workload of each account.
fn accounts(dir: &Path) -> BTreeMap<String, (String, f64)> {
    let mut reader = csv::Reader::from_path(dir.join("accounts.csv")).unwrap();
    let row = |row: csv::StringRecord| (row[0].to_owned(), (row[1].to_owned(), row[4].parse().unwrap()));
    reader.records().map(Result::unwrap).map(row).collect()
}

fn planned(territories: &str) -> (TempDir, Vec<Row>, Value) {
    let dir = country(territories);
    plan(dir.path()).done();
    let rows = read_rows(&dir.path().join("plan/assignments.csv"));
    let summary = std::fs::read_to_string(dir.path().join("plan/summary.json")).unwrap();
    let summary: Value = serde_json::from_str(&summary).unwrap();
    assert_each_once(&rows);
    assert_summary_complete(&summary, &rows);
    assert_balanced(&summary);
    (dir, rows, summary)
}

/// Workload × minutes of everybody to the town that is best for what they have.
fn on_the_road(dir: &Path, rows: &[Row]) -> f64 {
    let accounts = accounts(dir);
    let mut held: BTreeMap<&str, Vec<&(String, f64)>> = BTreeMap::new();
    rows.iter().for_each(|row| held.entry(&row.employee_id).or_default().push(&accounts[&row.account_id]));
    let towns: Vec<String> = "NS".chars().flat_map(|bank| (0..TOWNS).map(move |at| format!("{bank}{at}"))).collect();
    let cost = |held: &[&(String, f64)], centre: &str| -> f64 {
        held.iter().map(|(town, workload)| workload * minutes(centre, town)).sum()
    };
    held.values().map(|held| towns.iter().map(|centre| cost(held, centre)).fold(f64::INFINITY, f64::min)).sum()
}

#[test]
fn nobody_crosses_the_river_who_would_have_to_drive_around_it() {
    let (crow_dir, crow, _) = planned("weight = \"workload\"");
    let (dir, rows, summary) = planned(COMPACT);
    let pool = &summary["pools"][0];
    assert_eq!(pool["objective_unit"], "workload·min");
    // Wherever the centres were, no plan could drive much less.
    let (bound, objective) = (pool["lower_bound"].as_f64().unwrap(), pool["objective"].as_f64().unwrap());
    assert!(bound <= objective && bound > 0.9 * objective, "{pool}");
    let (by_road, by_crow) = (on_the_road(dir.path(), &rows), on_the_road(crow_dir.path(), &crow));
    assert!((pool["objective"].as_f64().unwrap() - by_road).abs() < 1e-3 * by_road, "{pool} {by_road}");
    assert!(by_road < 0.8 * by_crow, "{by_road} {by_crow}");
    // Four towns each, all on one bank: nothing is better.
    let accounts = accounts(dir.path());
    let total: f64 = accounts.values().map(|(_, workload)| workload * ALONG).sum();
    assert!(by_road <= total * 1.05, "{by_road} {total}");
    assert!(rows[0].reason.contains(" min from the centre of territory"), "{}", rows[0].reason);
}

#[test]
fn around_homes_the_minutes_are_those_from_home_and_the_gap_is_known() {
    let (dir, rows, summary) = planned(HOME);
    let accounts = accounts(dir.path());
    let homes = BTreeMap::from([("E1", "N2"), ("E2", "N6"), ("E3", "S2"), ("E4", "S6")]);
    let mut sum = 0.0;
    for row in &rows {
        let (town, workload) = &accounts[&row.account_id];
        let way = minutes(homes[row.employee_id.as_str()], town);
        sum += way * workload;
        assert!(row.reason.starts_with(&format!("{way:.1} min from")), "{way} {}", row.reason);
    }
    let pool = &summary["pools"][0];
    assert!((pool["objective"].as_f64().unwrap() - sum).abs() < 1e-6 * sum);
    assert!(pool["gap"].as_f64().unwrap() < 0.05, "{pool}");
}

/// The whole of what a person is told, by `plan` and by `check`.
#[track_caller]
fn refused(territories: &str, name: &str, change: impl Fn(String) -> String) -> String {
    let dir = country(territories);
    let path = dir.path().join(name);
    let text = std::fs::read_to_string(&path).unwrap();
    let changed = change(text.clone());
    assert_ne!(changed, text);
    std::fs::write(path, changed).unwrap();
    let planned = plan(dir.path());
    assert_eq!((planned.exit, planned.stdout.as_str()), (1, ""));
    assert!(!dir.path().join("plan").exists(), "something was written");
    planned.stderr
}

#[test]
fn ways_that_cannot_be_used_are_refused_with_what_to_do() {
    insta::assert_snapshot!(refused(COMPACT, "minutes.csv", |text| text.replace("N0,S0,5", "N0,S0,five")));
    insta::assert_snapshot!(refused(COMPACT, "minutes.csv", |text| text.replace("N0,S0,5\n", "")));
    insta::assert_snapshot!(refused(COMPACT, "accounts.csv", |text| text.replace(",N7,", ",N77,")));
    insta::assert_snapshot!(refused(COMPACT, "accounts.csv", |text| text.replace(",N7,", ",,")));
    insta::assert_snapshot!(refused(HOME, "employees.csv", |text| text.replace(",S6,", ",Z6,")));
    insta::assert_snapshot!(
        refused(COMPACT, "bailiwick.toml", |text| text.replace("drive", "contiguous = true, drive"))
    );
}
