//! Running the binary as a person would, in a folder of its own, and reading what it left behind.
//!
//! The environment is emptied, so that neither colours, nor the terminal's width, nor a person's own ledger plays a part.

#![allow(dead_code, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// The day on which every test plans.
pub const DAY: &str = "2026-01-01";

/// What a run printed, and how it ended.
#[derive(Debug)]
pub struct Run {
    pub exit: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// The run, which must have ended well.
    #[track_caller]
    pub fn done(self) -> Run {
        assert_eq!(self.exit, 0, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error} in:\n{}", self.stdout))
    }
}

/// Runs the binary in a folder.
pub fn run_in(dir: &Path, arguments: &[&str]) -> Run {
    run_with(dir, arguments, "")
}

/// Runs the binary in a folder with something on its standard input.
pub fn run_with(dir: &Path, arguments: &[&str], input: &str) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bailiwick"));
    command.env_clear().env("LC_ALL", "C.UTF-8").env("NO_COLOR", "1").env("TZ", "UTC").env("USER", "tester");
    let output = command.current_dir(dir).args(arguments).write_stdin(input).output().unwrap();
    Run {
        exit: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A plan in a folder of its own.
pub struct Planned {
    pub dir: TempDir,
    pub run: Run,
}

impl Planned {
    /// Plans the policy into `plan` of a new folder.
    pub fn by(policy: &Path, more: &[&str]) -> Planned {
        let dir = tempfile::tempdir().unwrap();
        let policy = policy.display().to_string();
        let arguments = [&["plan", "-p", policy.as_str(), "-o", "plan", "--on", DAY], more].concat();
        let run = run_in(dir.path(), &arguments);
        Planned { dir, run }
    }

    /// The same, which must have ended well.
    #[track_caller]
    pub fn done(policy: &Path) -> Planned {
        let planned = Planned::by(policy, &[]);
        assert_eq!(planned.run.exit, 0, "{}\n{}\n{}", policy.display(), planned.run.stdout, planned.run.stderr);
        planned
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join("plan").join(name)
    }

    pub fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap()
    }

    pub fn summary(&self) -> Value {
        serde_json::from_str(&self.text("summary.json")).unwrap()
    }

    pub fn rows(&self) -> Vec<Row> {
        read_rows(&self.file("assignments.csv"))
    }

    /// Applies the plan to a new ledger in the same folder, and gives the ledger's address.
    pub fn apply(&self) -> String {
        let ledger = String::from("sqlite:ledger.db");
        run_in(self.dir.path(), &["apply", "plan", "--db", &ledger, "--yes"]).done();
        ledger
    }
}

/// A row of `assignments.csv`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
pub struct Row {
    pub account_id: String,
    pub role: String,
    pub product_line: String,
    pub employee_id: String,
    pub segment: String,
    pub territory: String,
    pub rule: String,
    pub reason: String,
    pub valid_from: String,
}

pub fn read_rows(path: &Path) -> Vec<Row> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}

/// How many rows each key has.
pub fn count_by<'a, T, K: Ord>(rows: impl IntoIterator<Item = &'a T>, key: impl Fn(&'a T) -> K) -> BTreeMap<K, usize>
where
    T: 'a,
{
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(key(row)).or_insert(0) += 1;
    }
    counts
}

/// Every account × role (× product line) has one owner, and is named once.
#[track_caller]
pub fn assert_each_once(rows: &[Row]) {
    let keys = count_by(rows, |row| (&row.account_id, &row.role, &row.product_line));
    let twice: Vec<_> = keys.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "assigned twice: {twice:?}");
    let bare: Vec<_> = rows.iter().filter(|row| row.employee_id.is_empty()).collect();
    assert!(bare.is_empty(), "assigned to nobody: {bare:?}");
}

/// What DESIGN 4 promises of `summary.json`, and that its numbers agree with each other and with the assignments.
#[track_caller]
pub fn assert_summary_complete(summary: &Value, rows: &[Row]) {
    for field in ["accounts", "employees", "assigned", "unassigned", "seconds", "seed"] {
        assert!(summary[field].is_number(), "{field} in {summary:#}");
    }
    let assigned = rows.iter().filter(|row| !row.employee_id.is_empty()).count();
    assert_eq!(summary["assigned"], assigned);
    assert_eq!(summary["unassigned"], rows.len() - assigned);
    assert!(summary["infeasible"].is_array());
    let pools = summary["pools"].as_array().unwrap();
    let of_pools = pools.iter().map(|pool| pool["accounts"].as_u64().unwrap()).sum::<u64>();
    assert_eq!(of_pools, rows.len() as u64, "each row is in one pool");
    for pool in pools {
        for field in ["segment", "role", "method"] {
            assert!(pool[field].as_str().is_some_and(|text| !text.is_empty()), "{field} in {pool:#}");
        }
        for field in ["accounts", "employees", "objective", "moved", "kept"] {
            assert!(pool[field].is_number(), "{field} in {pool:#}");
        }
        for field in ["lower_bound", "gap"] {
            assert!(pool[field].is_number() || pool[field].is_null(), "{field} in {pool:#}");
        }
        let gap = pool["gap"].as_f64();
        assert!(gap.is_none_or(|gap| (0.0..=1.0).contains(&gap)), "gap in {pool:#}");
        assert!(pool["contiguous"].is_boolean() || pool["contiguous"].is_null(), "contiguous in {pool:#}");
        assert!(pool["enclaves"].is_u64() || pool["enclaves"].is_null(), "enclaves in {pool:#}");
        for (name, balance) in pool["balance"].as_object().unwrap() {
            assert!(balance["max_deviation"].is_number(), "{name} in {pool:#}");
            assert!(balance["tolerance"].is_number() || balance["tolerance"].is_null(), "{name} in {pool:#}");
        }
        for broken in pool["infeasible"].as_array().unwrap() {
            assert!(broken["what"].is_string() && broken["by"].is_string(), "{broken:#}");
        }
    }
}

/// Every balanced measure of every pool is within its tolerance.
#[track_caller]
pub fn assert_balanced(summary: &Value) {
    for pool in summary["pools"].as_array().unwrap() {
        for (name, balance) in pool["balance"].as_object().unwrap() {
            let Some(tolerance) = balance["tolerance"].as_f64() else { continue };
            let worst = balance["max_deviation"].as_f64().unwrap();
            assert!(worst <= tolerance + 1e-9, "{name} is {worst} off, more than {tolerance}, in {pool:#}");
        }
    }
}

/// Every file below a folder with its content.
pub fn contents(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut waiting = vec![dir.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                let content = std::fs::read(&path).unwrap();
                found.insert(path.strip_prefix(dir).unwrap().to_owned(), content);
            }
        }
    }
    found
}

/// What a ledger says: its version and who holds what on [`DAY`] and a year later; nothing where there is none.
pub fn ledger_state(path: &Path) -> Option<String> {
    use bailiwick_store::Ledger;
    if !path.exists() {
        return None;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    Some(runtime.block_on(async {
        let ledger = Ledger::open_existing(&format!("sqlite:{}", path.display())).await.unwrap();
        let now = ledger.holders(DAY.parse().unwrap()).await.unwrap();
        let later = ledger.holders("2027-01-01".parse().unwrap()).await.unwrap();
        let state = format!("{}\n{now:?}\n{later:?}", ledger.version().await.unwrap());
        ledger.close().await;
        state
    }))
}

/// Copies an example or a fixture, so that it can be changed.
pub fn copy_of(dir: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for (name, content) in contents(dir) {
        std::fs::write(copy.path().join(name), content).unwrap();
    }
    copy
}

/// A policy of `tests/policies`, written into a new folder with `DATA` made the way from there to `../shared/data`.
/// Where that is absent there is nothing to test.
pub fn fixture(name: &str, needs: &str) -> Option<TempDir> {
    bailiwick_testkit::shared(needs)?;
    let data = bailiwick_testkit::shared("data")?.canonicalize().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let here = dir.path().canonicalize().unwrap();
    let up = "../".repeat(here.components().count() - 1);
    let relative = format!("{up}{}", data.strip_prefix("/").unwrap_or(&data).display());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies").join(format!("{name}.toml"));
    let text = std::fs::read_to_string(path).unwrap().replace("DATA/", &format!("{relative}/"));
    std::fs::write(dir.path().join("bailiwick.toml"), text).unwrap();
    Some(dir)
}
