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
