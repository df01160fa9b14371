//! Planning anew with few moves, on 1,038 real shops and ten sales people: somebody is hired, somebody leaves, a region
//! grows. Moves are counted again from the assignments, and budgets are kept to the account and to the dollar.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bailiwick_testkit::{Table, shared};
use common::{Row, assert_each_once, fixture, read_rows, run_in};
use serde_json::Value;
use tempfile::TempDir;

const KEEP: &str = "keep = { price = \"100 + annual_sales / 10000.0\" }";
const LATER: &str = "2026-07-01";

/// A year that begins with everybody in even territories, recorded in a ledger.
struct Year {
    dir: TempDir,
    policy: String,
    before: BTreeMap<String, String>,
    accounts: BTreeMap<String, BTreeMap<String, String>>,
}

/// What a plan made later in the year says.
struct Later {
    rows: Vec<Row>,
    summary: Value,
}

impl Year {
    fn begin() -> Option<Year> {
        let dir = fixture("adventureworks-front", "data/adventureworks/accounts.csv")?;
        let policy = std::fs::read_to_string(dir.path().join("bailiwick.toml")).unwrap();
        let accounts = Table::read(&shared("data/adventureworks/accounts.csv")?);
        let accounts = accounts.rows.into_iter().map(|row| (row["account_id"].clone(), row)).collect();
        run_in(dir.path(), &["plan", "--on", common::DAY, "-o", "first", "--quiet"]).done();
        run_in(dir.path(), &["apply", "first", "--db", "sqlite:ledger.db", "--yes"]).done();
        let before = holders(&read_rows(&dir.path().join("first/assignments.csv")));
        assert_eq!(before.len(), 1038);
        Some(Year { dir, policy, before, accounts })
    }

    /// Plans against the ledger, under a policy with some of its text replaced.
    fn plan(&self, name: &str, changes: &[(&str, &str)]) -> Later {
        let policy = changes.iter().fold(self.policy.clone(), |text, (from, to)| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        });
        let file = format!("{name}.toml");
        std::fs::write(self.dir.path().join(&file), policy).unwrap();
        let arguments = ["plan", "-p", &file, "--on", LATER, "-o", name, "--against", "sqlite:ledger.db", "--quiet"];
        run_in(self.dir.path(), &arguments).done();
        self.read(&self.dir.path().join(name))
    }

    fn read(&self, plan: &Path) -> Later {
        let rows = read_rows(&plan.join("assignments.csv"));
        assert_each_once(&rows);
        let summary = serde_json::from_str(&std::fs::read_to_string(plan.join("summary.json")).unwrap()).unwrap();
        Later { rows, summary }
    }

    /// Accounts taken from somebody who is still there.
    fn moved<'a>(&self, later: &'a Later, gone: &str) -> Vec<&'a Row> {
        let taken = |row: &&Row| {
            let before = &self.before[&row.account_id];
            *before != row.employee_id && before != gone
        };
        later.rows.iter().filter(taken).collect()
    }

    fn number(&self, row: &Row, column: &str) -> f64 {
        self.accounts[&row.account_id][column].parse().unwrap()
    }

    /// The largest deviation of anybody's workload from the mean.
    fn deviation(&self, later: &Later, people: usize, workload: impl Fn(&Row) -> f64) -> f64 {
        let mut load: BTreeMap<&str, f64> = BTreeMap::new();
        for row in &later.rows {
            *load.entry(&row.employee_id).or_default() += workload(row);
        }
        let mean = load.values().sum::<f64>() / people as f64;
        let idle = if load.len() < people { 1.0 } else { 0.0 };
        load.values().map(|load| (load / mean - 1.0).abs()).fold(idle, f64::max)
    }

    fn visits(&self, row: &Row) -> f64 {
        2.0 + self.number(row, "employees") / 50.0
    }
}

fn holders(rows: &[Row]) -> BTreeMap<String, String> {
    rows.iter().map(|row| (row.account_id.clone(), row.employee_id.clone())).collect()
}

fn max_deviation(later: &Later) -> f64 {
    later.summary["pools"][0]["balance"]["workload"]["max_deviation"].as_f64().unwrap()
}

#[test]
fn a_hire_gets_a_territory_within_the_budget_and_the_largest_customers_stay() {
    let Some(year) = Year::begin() else { return };
    // The newcomer is one more row of the same table.
    let data = year.policy.split("FROM '").nth(2).unwrap().split("employees.csv'").next().unwrap().to_owned();
    let table = format!("FROM '{data}employees.csv'");
    let with_hire = format!(
        "FROM (SELECT employee_id, job_title, sales_territory FROM '{data}employees.csv' UNION ALL \
         SELECT 999, 'Sales Representative', 'Southwest')"
    );
    let keep = "keep = { price = \"CASE WHEN annual_sales >= 3000000 THEN 100000 ELSE 100 END\", moves = 90 }";
    let later = year.plan("hire", &[(&table, &with_hire), (KEEP, keep)]);
    let moved = year.moved(&later, "");
    assert!(moved.len() <= 90, "{} moved", moved.len());
    assert_eq!(later.summary["moved"], moved.len(), "the summary counts the same");
    let of_hire = later.rows.iter().filter(|row| row.employee_id == "999").count();
    assert!(of_hire >= 60, "{of_hire} accounts for the newcomer");
    let largest = moved.iter().filter(|row| year.number(row, "annual_sales") >= 3_000_000.0).count();
    assert_eq!(largest, 0, "the largest customers stay where they are");
    let deviation = year.deviation(&later, 11, |row| year.visits(row));
    assert!((deviation - max_deviation(&later)).abs() < 1e-6);
}

#[test]
fn a_leaver_is_replaced_and_few_others_are_disturbed() {
    let Some(year) = Year::begin() else { return };
    let gone = "276";
    let keep = "keep = { price = \"100 + annual_sales / 10000.0\", moves = 25 }";
    let without = "WHERE employee_id <> 276 AND job_title LIKE '%Representative'";
    let later = year.plan("leaver", &[("WHERE job_title LIKE '%Representative'", without), (KEEP, keep)]);
    let left: BTreeSet<&String> =
        year.before.iter().filter(|(_, holder)| *holder == gone).map(|(account, _)| account).collect();
    assert!(left.len() > 50);
    assert!(later.rows.iter().all(|row| row.employee_id != gone));
    let moved = year.moved(&later, gone);
    assert!(moved.len() <= 25, "{} of others moved", moved.len());
    assert_eq!(later.summary["moved"], moved.len() + left.len());
    let deviation = year.deviation(&later, 9, |row| year.visits(row));
    assert!((deviation - max_deviation(&later)).abs() < 1e-6);
    let untouched =
        year.plan("untouched", &[("WHERE job_title LIKE '%Representative'", without), (KEEP, "keep = { moves = 0 }")]);
    assert_eq!(year.moved(&untouched, gone), Vec::<&Row>::new(), "a budget of nothing moves nothing");
    assert!(year.deviation(&untouched, 9, |row| year.visits(row)) >= deviation - 1e-9);
}

/// The shops of California want half as much again. At most 4 % of revenue may change hands.
#[test]
fn growth_of_a_region_is_evened_out_within_a_budget_of_revenue() {
    let Some(year) = Year::begin() else { return };
    let grown = "workload = \"(2 + employees / 50.0) * CASE WHEN state = 'CA' THEN 1.5 ELSE 1.0 END\"";
    let growth = ("workload = \"2 + employees / 50.0\"", grown);
    let visits = |row: &Row| {
        let more = if year.accounts[&row.account_id]["state"] == "CA" { 1.5 } else { 1.0 };
        year.visits(row) * more
    };
    let total: f64 = year.before.keys().map(|id| year.accounts[id]["annual_sales"].parse::<f64>().unwrap()).sum();
    let revenue =
        |later: &Later| -> f64 { year.moved(later, "").iter().map(|row| year.number(row, "annual_sales")).sum() };
    let stay = year.plan("stay", &[growth, (KEEP, "keep = { moves = 0 }")]);
    let even = year.plan("even", &[growth, (KEEP, "keep = { share = 0.04, of = \"revenue\" }")]);
    let priced =
        "keep = { price = \"CASE WHEN year_opened < 1985 THEN 5000 ELSE 50 END\", share = 0.04, of = \"revenue\" }";
    let loyal = year.plan("loyal", &[growth, (KEEP, priced)]);
    assert_eq!(revenue(&stay), 0.0);
    for later in [&even, &loyal] {
        let moved = revenue(later);
        assert!(moved > 0.0 && moved <= total * 0.04 * (1.0 + 1e-12), "{moved} of {}", total * 0.04);
        assert!(year.deviation(later, 10, visits) < year.deviation(&stay, 10, visits));
        assert!((year.deviation(later, 10, visits) - max_deviation(later)).abs() < 1e-6);
    }
    let long = |later: &Later| {
        let moved = year.moved(later, "");
        let long = moved.iter().filter(|row| year.number(row, "year_opened") < 1985.0).count();
        long as f64 / moved.len().max(1) as f64
    };
    assert!(long(&loyal) < long(&even), "long relationships move last: {} and {}", long(&loyal), long(&even));
}
