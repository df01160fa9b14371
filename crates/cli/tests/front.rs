//! A front on 1,038 real shops: enough plans, none dominated, each counted again from its own assignments, each applicable.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use bailiwick_testkit::{Table, shared};
use common::{DAY, assert_each_once, fixture, read_rows, run_in};
use serde_json::Value;
use tempfile::TempDir;

fn front(dir: &TempDir, output: &str, more: &[&str]) -> Value {
    let arguments = [&["plan", "--on", DAY, "-o", output, "--quiet", "--front"], more].concat();
    run_in(dir.path(), &arguments).done();
    serde_json::from_str(&std::fs::read_to_string(dir.path().join(output).join("front.json")).unwrap()).unwrap()
}

fn objectives(point: &Value) -> [f64; 3] {
    ["max_deviation", "cost", "moves"].map(|name| point[name].as_f64().unwrap())
}

#[track_caller]
fn assert_undominated(front: &Value, by: &[usize]) {
    let points: Vec<[f64; 3]> = front["points"].as_array().unwrap().iter().map(objectives).collect();
    assert!(points.len() >= 7, "{front:#}");
    for (index, one) in points.iter().enumerate() {
        for (rival, other) in points.iter().enumerate().filter(|(rival, _)| *rival != index) {
            assert!(by.iter().any(|d| one[*d] < other[*d]), "plan {index} is no better than {rival}: {front:#}");
        }
    }
    let recommended = front["points"].as_array().unwrap().iter().filter(|point| point["recommended"] == true);
    assert_eq!(recommended.count(), 1);
}

#[test]
fn between_balance_way_and_moves_there_are_plans_to_choose_from() {
    let Some(dir) = fixture("adventureworks-front", "data/adventureworks/accounts.csv") else { return };
    let front_of_all = front(&dir, "plan", &[]);
    assert_eq!(front_of_all["dimensions"], serde_json::json!(["balance", "travel", "moves"]));
    assert_undominated(&front_of_all, &[0, 1, 2]);
    let accounts = Table::read(&shared("data/adventureworks/accounts.csv").unwrap());
    let accounts: BTreeMap<String, BTreeMap<String, String>> =
        accounts.rows.into_iter().map(|row| (row["account_id"].clone(), row)).collect();
    let points = front_of_all["points"].as_array().unwrap();
    assert_eq!(points[0]["moves"], 0, "one of them disturbs nobody");
    assert_eq!(std::fs::read_dir(dir.path().join("plan/front")).unwrap().count(), points.len());
    for point in points {
        let folder = dir.path().join("plan/front").join(point["plan"].as_str().unwrap());
        assert_is_counted_right(point, &folder, &accounts);
    }
    let recommended = points.iter().find(|point| point["recommended"] == true).unwrap();
    let folder = format!("plan/front/{}", recommended["plan"].as_str().unwrap());
    run_in(dir.path(), &["apply", &folder, "--db", "sqlite:ledger.db", "--yes"]).done();
    let who = run_in(dir.path(), &["who", "1", "--on", DAY, "--db", "sqlite:ledger.db", "--format", "json"]).done();
    let rows = read_rows(&dir.path().join(&folder).join("assignments.csv"));
    let planned = rows.iter().find(|row| row.account_id == "1").unwrap();
    assert_eq!(who.json()["responsible"][0]["employee_id"], planned.employee_id.as_str());
    let csv = std::fs::read_to_string(dir.path().join("plan/front.csv")).unwrap();
    assert_eq!(csv.lines().count(), points.len() + 1);
    let page = std::fs::read_to_string(dir.path().join("plan/report.html")).unwrap();
    assert!(page.contains("\"front\":{\"dimensions\""), "the report shows it");
    assert_eq!(front(&dir, "again", &[]), front_of_all, "the same seed gives the same front");
}

fn assert_is_counted_right(point: &Value, folder: &Path, accounts: &BTreeMap<String, BTreeMap<String, String>>) {
    let rows = read_rows(&folder.join("assignments.csv"));
    assert_each_once(&rows);
    let number = |id: &str, column: &str| accounts[id][column].parse::<f64>().unwrap();
    let (mut load, mut moves, mut revenue) = (BTreeMap::<&str, f64>::new(), 0, 0.0);
    let staff = ["275", "276", "277", "278", "279", "280", "281", "282", "283", "284"];
    for row in &rows {
        *load.entry(&row.employee_id).or_default() += 2.0 + number(&row.account_id, "employees") / 50.0;
        let before = accounts[&row.account_id]["store_sales_person"].as_str();
        if before != row.employee_id && staff.contains(&before) {
            moves += 1;
            revenue += number(&row.account_id, "annual_sales");
        }
    }
    let mean = load.values().sum::<f64>() / 10.0;
    let idle = if load.len() < 10 { 1.0 } else { 0.0 };
    let deviation = load.values().map(|load| (load / mean - 1.0).abs()).fold(idle, f64::max);
    assert_eq!(point["moves"], moves, "{point:#}");
    assert!((point["max_deviation"].as_f64().unwrap() - deviation).abs() <= 0.0005 + 1e-9, "{deviation}: {point:#}");
    assert!((point["moved"]["revenue"].as_f64().unwrap() - revenue).abs() < 1e-3, "{revenue}: {point:#}");
    assert_eq!(point["keeps_policy"], deviation <= 0.05 * (1.0 + 1e-6), "{point:#}");
}

/// The table of docs/guide/front.md is this run's.
#[test]
fn moves_against_balance_is_as_the_guide_shows() {
    let Some(dir) = fixture("adventureworks-front", "data/adventureworks/accounts.csv") else { return };
    let front = front(&dir, "plan", &["--between", "balance,moves"]);
    assert_undominated(&front, &[0, 2]);
    let points = front["points"].as_array().unwrap();
    assert!(points.windows(2).all(|pair| pair[0]["max_deviation"].as_f64() > pair[1]["max_deviation"].as_f64()));
    let guide = std::fs::read_to_string(bailiwick_testkit::repository().join("docs/guide/front.md")).unwrap();
    for point in points {
        let line = format!(
            "| {} | {} | {:.1} % | {:.0} km | {:.0} million |",
            point["plan"].as_str().unwrap(),
            point["moves"],
            point["max_deviation"].as_f64().unwrap() * 100.0,
            point["cost"].as_f64().unwrap(),
            point["moved"]["revenue"].as_f64().unwrap() / 1e6,
        );
        assert!(guide.contains(&line), "the guide has no line\n{line}");
    }
}

#[test]
fn without_present_holders_it_is_between_balance_and_way() {
    let Some(dir) = fixture("adventureworks-front", "data/adventureworks/accounts.csv") else { return };
    let file = dir.path().join("bailiwick.toml");
    let policy = std::fs::read_to_string(&file).unwrap();
    let (start, end) = (policy.find("[sources.assignments]").unwrap(), policy.find("[measures]").unwrap());
    std::fs::write(&file, format!("{}{}", &policy[..start], &policy[end..])).unwrap();
    let front = front(&dir, "plan", &["8"]);
    assert_eq!(front["dimensions"], serde_json::json!(["balance", "travel"]));
    assert!(front["points"].as_array().unwrap().len() >= 8);
    assert_undominated(&front, &[0, 1]);
}

#[test]
fn what_cannot_be_a_front_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let few = run_in(dir.path(), &["plan", "-o", "plan", "--front", "5"]);
    assert_eq!(few.exit, 2);
    insta::assert_snapshot!(few.stderr, @r"
    error: --front 5: a front has at least 7 plans
      help: write --front 9, or --front alone
    ");
    assert_eq!(run_in(dir.path(), &["plan", "--front"]).exit, 2, "a front needs a folder");
    std::fs::write(dir.path().join("accounts.csv"), "account_id,region\nA-1,West\nA-2,East\n").unwrap();
    std::fs::write(dir.path().join("employees.csv"), "employee_id,region\nE-1,West\nE-2,East\n").unwrap();
    let policy = "[sources.accounts]\nfile = \"accounts.csv\"\n[sources.employees]\nfile = \"employees.csv\"\n\
                  [[coverage]]\nrole = \"sales-specialist\"\ndivide = { by = \"region\" }\n";
    std::fs::write(dir.path().join("bailiwick.toml"), policy).unwrap();
    let fixed = run_in(dir.path(), &["plan", "-o", "plan", "--front", "--on", DAY, "--quiet"]);
    assert_eq!(fixed.exit, 1);
    insta::assert_snapshot!(fixed.stderr, @r"
    error: there are no two things to weigh against each other here, so there is no front
      help: a front needs two of: a balanced measure, territories or fit, and present holders (--against, or an assignments source)
    ");
    assert!(!dir.path().join("plan").exists(), "nothing is left half-written");
}
