//! How many employees: the guide's example to the number, and real shops counted independently.

#![allow(clippy::unwrap_used)]

mod common;

use bailiwick_testkit::{Table, repository, shared};
use common::{DAY, fixture, run_in};
use serde_json::Value;

fn block(guide: &str, kind: &str, index: usize) -> String {
    let opening = format!("```{kind}\n");
    guide.split(&opening).nth(index + 1).unwrap().split("```").next().unwrap().to_owned()
}

/// The policy, the data and the table of docs/guide/sizing.md.
#[test]
fn the_guides_example_comes_out() {
    let guide = std::fs::read_to_string(repository().join("docs/guide/sizing.md")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("bailiwick.toml"), block(&guide, "toml", 0)).unwrap();
    std::fs::write(dir.path().join("accounts.csv"), block(&guide, "csv", 0)).unwrap();
    std::fs::write(dir.path().join("employees.csv"), block(&guide, "csv", 1)).unwrap();
    let run = run_in(dir.path(), &["sizing", "--on", DAY, "--around", "2", "--quiet", "--format", "json"]).done();
    let pool = &run.json()[0];
    let number = |value: &Value| value.as_f64().unwrap();
    assert_eq!(number(&pool["hours_wanted"]), 2000.0);
    assert_eq!(number(&pool["hours_available"]), 800.0);
    assert_eq!(number(&pool["needed"]), 2.5);
    assert_eq!(number(&pool["utilisation"]), 2.5);
    assert_eq!(pool["profit"]["best"]["change"], 1);
    assert_eq!(pool["profit"]["source"], "stated");
    let thousands = |value: f64| {
        let digits = format!("{:.0}", value.abs());
        let grouped: Vec<String> =
            digits.as_bytes().rchunks(3).rev().map(|c| String::from_utf8_lossy(c).into()).collect();
        format!("{}{}", if value < 0.0 { "−" } else { "" }, grouped.join(","))
    };
    for step in pool["profit"]["steps"].as_array().unwrap() {
        let (sales, profit) = (number(&step["sales"]), number(&step["profit"]));
        let line = format!(
            "| {:.0} | {} | {} | {} |",
            number(&step["employees"]),
            thousands(sales),
            thousands(profit),
            thousands(number(&step["marginal"]))
        );
        assert!(guide.contains(&line), "the guide has no line\n{line}");
    }
    let table = run_in(dir.path(), &["sizing", "--on", DAY, "--around", "2", "--quiet"]).done();
    insta::assert_snapshot!(table.stdout);
    let csv = run_in(dir.path(), &["sizing", "--on", DAY, "--quiet", "--format", "csv"]).done();
    assert_eq!(csv.stdout.lines().count(), 2);
    let page = run_in(dir.path(), &["plan", "--on", DAY, "--quiet", "-o", "plan"]);
    assert_eq!(page.exit, 0, "{}", page.stderr);
    let page = std::fs::read_to_string(dir.path().join("plan/report.html")).unwrap();
    assert!(page.contains("\"hoursWanted\":2000.0"), "the report shows it");
}

#[test]
fn the_shops_of_north_america_are_sized() {
    let Some(dir) = fixture("adventureworks-sizing", "data/adventureworks/accounts.csv") else { return };
    let run = run_in(dir.path(), &["sizing", "--on", DAY, "--quiet", "--format", "json"]).done();
    let pool = &run.json()[0];
    let accounts = Table::read(&shared("data/adventureworks/accounts.csv").unwrap());
    let shops = accounts
        .rows
        .iter()
        .filter(|row| row["ownership"] == "store" && ["US", "CA"].contains(&row["country"].as_str()));
    let hours: f64 = shops.map(|row| (2.0 + row["employees"].parse::<f64>().unwrap() / 50.0) * 12.0 * 0.5).sum();
    let number = |value: &Value| value.as_f64().unwrap();
    assert!((number(&pool["hours_wanted"]) - hours).abs() < 1e-6, "{hours} in {pool:#}");
    assert_eq!(number(&pool["hours_available"]), 10.0 * 1800.0 * 0.75);
    assert!((number(&pool["needed"]) - hours / 1350.0).abs() < 1e-9);
    let steps = pool["profit"]["steps"].as_array().unwrap();
    let marginal: Vec<f64> = steps.iter().map(|step| number(&step["marginal"])).collect();
    assert!(
        marginal.windows(2).all(|pair| pair[1] <= pair[0] + 1e-6),
        "each further employee brings less: {marginal:?}"
    );
    let profits: Vec<f64> = steps.iter().map(|step| number(&step["profit"])).collect();
    assert!(profits.iter().all(|profit| *profit <= number(&pool["profit"]["best"]["profit"]) + 1e-6));
    let territories = pool["territories"].as_array().unwrap();
    assert_eq!(territories.iter().map(|drawn| drawn["territories"].as_u64().unwrap()).collect::<Vec<_>>(), [9, 10, 11]);
    assert!(
        territories.iter().all(|drawn| drawn["balanced"] == true && number(&drawn["max_deviation"]) <= 0.05 + 1e-9)
    );
    assert!(territories.windows(2).all(|pair| number(&pair[1]["mean_km"]) < number(&pair[0]["mean_km"])));
}

#[test]
fn what_cannot_be_sized_is_said() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("accounts.csv"), "account_id,visits\nA-1,10\nA-2,20\n").unwrap();
    std::fs::write(dir.path().join("employees.csv"), "employee_id\nE-1\n").unwrap();
    let policy = "[sources.accounts]\nfile = \"accounts.csv\"\n[sources.employees]\nfile = \"employees.csv\"\n\
                  [[coverage]]\nrole = \"sales-specialist\"\ndivide = { balance = { count = 0.5 } }\n";
    let sizing = |more: &str| {
        std::fs::write(dir.path().join("bailiwick.toml"), format!("{policy}{more}")).unwrap();
        run_in(dir.path(), &["sizing", "--on", DAY, "--quiet"])
    };
    let unknown = sizing("");
    assert_eq!(unknown.exit, 1);
    insta::assert_snapshot!(unknown.stderr);
    let wrong = sizing("[sizing.roles.sales-specialist]\nhours = \"visits\"\nmargin = 30\nelasticity = 1\n");
    assert_eq!(wrong.exit, 1);
    insta::assert_snapshot!(wrong.stderr);
    let role = sizing("[sizing.roles.sales]\nhours = \"visitz\"\n");
    assert_eq!(role.exit, 1);
    insta::assert_snapshot!(role.stderr);
    let column = sizing("[sizing.roles.sales-specialist]\nhours = \"visitz\"\n");
    assert_eq!(column.exit, 1);
    insta::assert_snapshot!(column.stderr);
}
