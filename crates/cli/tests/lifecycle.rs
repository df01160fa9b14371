//! Plans that go their way, leavers and what is pinned by hand, from the command line.

#![allow(clippy::unwrap_used)]

mod common;

use std::path::Path;

use bailiwick_domain::assignment::{AssignmentKey, Later};
use bailiwick_store::{ByHand, Ledger};
use common::{read_rows, run_in};
use tempfile::TempDir;

const DB: &str = "sqlite:demo/bailiwick.db";

fn demo() -> TempDir {
    let home = tempfile::tempdir().unwrap();
    run_in(home.path(), &["demo", "--no-serve", "--dir", "demo", "--accounts", "500"]).done();
    home
}

fn plans(dir: &Path, arguments: &[&str]) -> common::Run {
    run_in(dir, &[&["plans"], arguments, &["--db", DB]].concat())
}

#[test]
fn a_plan_goes_its_way() {
    let home = demo();
    let dir = home.path();
    run_in(dir, &["plan", "-p", "demo", "-o", "next", "--against", DB, "--on", "2026-07-01"]).done();
    let packed = plans(dir, &["pack", "next"]).done().json();
    assert!(packed["plan"]["assignments"].as_array().unwrap().len() > 500);

    let drafted = plans(dir, &["draft", "next", "--comment", "for summer", "--format", "json"]).done().json();
    assert_eq!(drafted["state"], "draft");
    assert_eq!(drafted["plan"], packed["plan"]["id"]);
    let id = drafted["plan"].as_str().unwrap();
    plans(dir, &["propose", id]).done();
    let own = plans(dir, &["approve", id]);
    assert_eq!(own.exit, 1);
    assert!(own.stderr.contains("somebody else has to approve it"), "{}", own.stderr);
    plans(dir, &["approve", id, "--four-eyes", "false"]).done();
    let listed = plans(dir, &["list", "--state", "approved", "--format", "json"]).done().json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    plans(dir, &["apply", id]).done();
    let again = plans(dir, &["apply", id]);
    assert!(again.exit == 1 && again.stderr.contains("cannot be taken from there"), "{}", again.stderr);
    let back = plans(dir, &["back", "2026-06-30", "--on", "2026-08-01", "--format", "json"]).done().json();
    assert_eq!((&back["state"], &back["on"]), (&"draft".into(), &"2026-08-01".into()));
    plans(dir, &["withdraw", back["plan"].as_str().unwrap()]).done();
    let wrong = plans(dir, &["list", "--state", "lost"]);
    assert!(wrong.exit == 2 && wrong.stderr.contains("give one of draft, proposed"), "{}", wrong.stderr);
    run_in(dir, &["audit", "verify", "--db", DB]).done();
}

#[test]
fn a_leaver_hands_over_and_comes_back() {
    let home = demo();
    let dir = home.path();
    let handover = |arguments: &[&str]| run_in(dir, &[&["handover"], arguments, &["--db", DB]].concat());
    let leaver = "E-008";
    let shown = handover(&["preview", leaver, "--on", "2027-01-01"]).done();
    assert!(shown.stdout.contains("goes to") && shown.stdout.contains("holds"), "{}", shown.stdout);
    let done = handover(&["do", leaver, "--on", "2027-01-01", "--format", "json"]).done().json();
    let number = done["done"]["hand_over"]["id"].to_string();
    let passed = done["done"]["passed"].as_array().unwrap().len();
    assert!(passed > 0 && done["checklist"]["holds"].as_array().unwrap().is_empty());
    assert!(handover(&["list"]).done().stdout.contains(leaver));
    assert!(handover(&["checklist", &number]).done().stdout.contains("introduce"));
    let twice = handover(&["do", leaver, "--on", "2027-01-01"]);
    assert!(twice.exit == 1 && twice.stderr.contains("handed over everything"), "{}", twice.stderr);
    let back = handover(&["back", &number, "--format", "json"]).done().json();
    assert_eq!(back["restored"].as_array().unwrap().len(), passed);
    assert!(!handover(&["list"]).done().stdout.contains(leaver));
}

/// What is pinned by hand stays as it is in the next plan, until it is loosened.
#[test]
fn a_plan_leaves_what_is_pinned_by_hand() {
    let home = demo();
    let dir = home.path();
    let rows = read_rows(&dir.join("demo/plan/assignments.csv"));
    let regional = |row: &&common::Row| row.role == "sales-specialist" && row.segment == "Regional business";
    let one = rows.iter().find(regional).unwrap();
    let other = rows.iter().filter(regional).find(|row| row.employee_id != one.employee_id).unwrap();
    let key = AssignmentKey {
        account: one.account_id.parse().unwrap(),
        role: one.role.parse().unwrap(),
        product_line: (!one.product_line.is_empty()).then(|| one.product_line.parse().unwrap()),
    };
    let give = |pinned| ByHand {
        key: key.clone(),
        employee: Some(other.employee_id.parse().unwrap()),
        on: "2026-06-01".parse().unwrap(),
        pinned,
        later: Later::Refuse,
        reason: "asked for".into(),
    };
    let holder_in = |name: &str| {
        run_in(dir, &["plan", "-p", "demo", "-o", name, "--against", DB, "--on", "2026-07-01"]).done();
        let rows = read_rows(&dir.join(name).join("assignments.csv"));
        let same = |row: &&common::Row| {
            row.account_id == one.account_id && row.role == one.role && row.product_line == one.product_line
        };
        let row = rows.iter().find(same).unwrap();
        (row.employee_id.clone(), row.rule.clone())
    };
    let by_hand = |pinned| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let url = format!("sqlite:{}", dir.join("demo/bailiwick.db").display());
            let ledger = Ledger::open_existing(&url).await.unwrap();
            ledger.assign_by_hand(&give(pinned), "Ann", "2026-05-01T00:00:00Z".parse().unwrap()).await.unwrap();
            ledger.close().await;
        });
    };
    by_hand(true);
    assert_eq!(holder_in("pinned").0, other.employee_id);
}
