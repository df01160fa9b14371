//! Broken input of every kind, as a person would hand it in: each ends with exit 1 or 2, says what is wrong, where, and
//! what to do about it, and leaves nothing behind but the file of rejected rows. The messages are part of the product, so
//! they are written here in full.

#![allow(clippy::unwrap_used)]

#[path = "../common/mod.rs"]
mod common;

mod commands;
mod files;
mod policies;
mod rows;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use bailiwick_testkit::{Project, Town};
use common::{Run, contents, ledger_state, run_in};
use insta::assert_snapshot;

const PLAN: [&str; 5] = ["plan", "-o", "plan", "--on", common::DAY];

/// Runs the command in the town, which must refuse, print no data, and write nothing.
#[track_caller]
fn refused_as(project: &Project, arguments: &[&str]) -> String {
    let dir = folder(project);
    let (before, ledger) = (files_of(dir), ledger_state(&dir.join("ledger.db")));
    let run = run_in(dir, arguments);
    let after = files_of(dir);
    assert!(after == before, "something was written: {:?}\n{}", after.keys(), run.stderr);
    assert_eq!(ledger_state(&dir.join("ledger.db")), ledger, "the ledger was changed");
    said(&run)
}

/// What lies in a folder beside a ledger, whose bytes may differ though it says the same.
fn files_of(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = contents(dir);
    files.retain(|path, _| !path.to_string_lossy().starts_with("ledger.db"));
    files
}

/// Plans a town, which must be refused before anything is written.
#[track_caller]
fn refused(town: &Town) -> String {
    refused_as(&town.write(), &PLAN)
}

/// Plans a town, which must be refused for some of its rows: those are written to a file with their reasons, nothing else.
#[track_caller]
fn rejected(town: &Town) -> String {
    let project = town.write();
    let before = contents(folder(&project));
    let run = run_in(folder(&project), &PLAN);
    let mut after = contents(folder(&project));
    let rows = String::from_utf8(after.remove(Path::new("plan-rejected.csv")).expect("rejected rows")).unwrap();
    assert!(after == before, "something else was written: {:?}", after.keys());
    let rows: String = rows.lines().map(|line| line.chars().take(200).collect::<String>() + "\n").collect();
    format!("{}\n\nplan-rejected.csv:\n{rows}", said(&run))
}

#[track_caller]
fn said(run: &Run) -> String {
    assert!([1, 2].contains(&run.exit), "exit {}\n{}{}", run.exit, run.stdout, run.stderr);
    assert_eq!(run.stdout, "");
    format!("exit {}\n{}", run.exit, run.stderr.trim_end())
}

fn folder(project: &Project) -> &Path {
    Box::leak(project.policy().into_boxed_path()).parent().unwrap()
}

/// The town with another first coverage.
fn covered(coverage: &str) -> Town {
    policy("file = \"accounts.csv\"", coverage)
}

/// The town with another source of accounts.
fn read_from(accounts: &str) -> Town {
    policy(accounts, "role = \"sales-specialist\"\ndivide = { by = \"street\" }")
}

fn policy(accounts: &str, coverage: &str) -> Town {
    let text = format!(
        "[sources.accounts]\n{accounts}\n\n[sources.employees]\nfile = \"employees.csv\"\n\n[[coverage]]\n{coverage}\n"
    );
    Town::tiny().policy(&text)
}

/// The town's accounts as the text of a file, one of its lines made different.
fn accounts_with(line: &str, other: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(Town::tiny().write().path("accounts.csv")).unwrap();
    assert!(text.contains(line), "{line} in {text}");
    text.replacen(line, other, 1).into_bytes()
}
