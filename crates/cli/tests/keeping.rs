//! A ledger is backed up, made again elsewhere, and proved, from the command line.

#![allow(clippy::unwrap_used)]

mod common;

use bailiwick_testkit::Example;
use bailiwick_testkit::postgres::Database;
use common::{Planned, run_in};

fn planned() -> (Planned, String) {
    let policy = Example::named("wholesaler").policy();
    let planned = Planned::done(&policy);
    let ledger = planned.apply();
    (planned, ledger)
}

#[test]
fn a_ledger_moves_by_its_backup() {
    let (planned, ledger) = planned();
    let dir = planned.dir.path();
    let trail = run_in(dir, &["audit", "list", "--db", &ledger, "--format", "json"]).done().json();
    assert_eq!(trail.as_array().unwrap().last().unwrap()["action"], "plan.applied");
    let applied =
        ["audit", "list", "--db", &ledger, "--action", "plan.applied", "--actor", "tester", "--format", "csv"];
    let rows = run_in(dir, &applied).done().stdout;
    assert_eq!(rows.lines().count(), 2, "{rows}");
    let backup = run_in(dir, &["backup", "ledger.gz", "--db", &ledger, "--format", "json"]).done().json();
    let again = run_in(dir, &["backup", "ledger.gz", "--db", &ledger]);
    assert_eq!((again.exit, again.stdout.as_str()), (1, ""), "{}", again.stderr);
    assert!(again.stderr.contains("ledger.gz exists already"), "{}", again.stderr);

    let database = Database::create();
    let mut places = vec![String::from("sqlite:again.db")];
    places.extend(database.as_ref().map(|database| database.url.clone()));
    for place in &places {
        let restored = run_in(dir, &["restore", "ledger.gz", "--db", place, "--format", "json"]).done().json();
        assert_eq!(restored["ledger_version"], backup["ledger_version"]);
        let proof = run_in(dir, &["audit", "verify", "--db", place, "--format", "json"]).done().json();
        assert_eq!((&proof["verified"], &proof["ledger_version"]), (&true.into(), &backup["ledger_version"]));
        assert_eq!(run_in(dir, &["audit", "list", "--db", place, "--format", "json"]).done().json(), trail);
        let full = run_in(dir, &["restore", "ledger.gz", "--db", place]);
        assert!(full.exit == 1 && full.stderr.contains("the ledger is not empty"), "{}", full.stderr);
    }
}

#[test]
fn a_plan_is_applied_to_a_server_and_asked_there() {
    let Some(database) = Database::create() else { return };
    let (planned, ledger) = planned();
    let dir = planned.dir.path();
    run_in(dir, &["apply", "plan", "--db", &database.url, "--yes"]).done();
    let account = &planned.rows()[0].account_id;
    let ask =
        |db: &str| run_in(dir, &["who", account, "--on", common::DAY, "--db", db, "--format", "json"]).done().json();
    assert_eq!(ask(&database.url), ask(&ledger));
    let diff = run_in(dir, &["diff", &database.url, "plan", "--on", common::DAY]).done();
    assert!(diff.stdout.contains(" 0 moved"), "{}", diff.stdout);
    // A password is not shown, whatever goes wrong.
    let other = database.url.replace("only-for-tests", "secret-guess");
    let refused = run_in(dir, &["who", account, "--db", &other]);
    assert!(refused.exit == 1 && refused.stderr.contains("check the user and the password"), "{}", refused.stderr);
    assert!(!refused.stderr.contains("secret-guess"), "{}", refused.stderr);
}

#[test]
fn an_altered_ledger_is_found_out() {
    let (planned, ledger) = planned();
    let dir = planned.dir.path();
    run_in(dir, &["backup", "ledger.gz", "--db", &ledger]).done();
    let unknown = run_in(dir, &["audit", "list", "--db", &ledger, "--action", "plan.forgotten"]);
    assert!(unknown.exit == 2 && unknown.stderr.contains("plan.applied"), "{}", unknown.stderr);
    let bytes = std::fs::read(dir.join("ledger.gz")).unwrap();
    std::fs::write(dir.join("cut.gz"), &bytes[..bytes.len() - 20]).unwrap();
    let cut = run_in(dir, &["restore", "cut.gz", "--db", "sqlite:cut.db"]);
    assert!(cut.exit == 1 && cut.stderr.contains("cut.gz is not a whole backup of a ledger"), "{}", cut.stderr);
}

#[test]
fn whoever_is_away_and_whoever_stands_in_are_both_named() {
    let (planned, ledger) = planned();
    let dir = planned.dir.path();
    let row = &planned.rows()[0];
    let other = planned.rows().iter().find(|other| other.employee_id != row.employee_id).unwrap().employee_id.clone();
    let add = ["absence", "add", &row.employee_id, "--from", "2026-07-01", "--to", "2026-07-15", "--db", &ledger];
    let added = run_in(dir, &[&add[..], &["--substitute", &other, "--format", "json"]].concat()).done().json();
    let ask = |on: &str| {
        let asked = ["who", &row.account_id, "--role", &row.role, "--on", on, "--db", &ledger, "--format", "json"];
        run_in(dir, &asked).done().json()["responsible"][0].clone()
    };
    let meanwhile = ask("2026-07-14");
    assert_eq!(meanwhile["employee_id"], row.employee_id.as_str());
    assert_eq!(meanwhile["away"]["until"], "2026-07-15");
    assert_eq!(meanwhile["away"]["substitute"]["employee_id"], other.as_str());
    assert_eq!(meanwhile["away"]["substitute"]["rule"], "named");
    assert_eq!((ask("2026-06-30").get("away"), ask("2026-07-15").get("away")), (None, None));
    let printed = run_in(dir, &["who", &row.account_id, "--on", "2026-07-14", "--db", &ledger]).done().stdout;
    assert!(printed.contains("away (back on 2026-07-15); today"), "{printed}");

    let again = run_in(dir, &add);
    assert!(again.exit == 1 && again.stderr.contains("is away already"), "{}", again.stderr);
    let number = added[0]["id"].to_string();
    run_in(dir, &["absence", "end", &number, "--on", "2026-07-10", "--db", &ledger]).done();
    assert_eq!(ask("2026-07-10").get("away"), None);
    let listed =
        run_in(dir, &["absence", "list", "--on", "2026-07-09", "--db", &ledger, "--format", "csv"]).done().stdout;
    assert_eq!(listed.lines().count(), 2, "{listed}");
    run_in(dir, &["audit", "verify", "--db", &ledger]).done();
}
