//! The example projects and a judge of plans for them.
//!
//! The judge knows no planner and no policy: it reads `expected.csv` (owners that are determined) and `expect.toml` (what
//! must hold where the planner is free), and says in plain words what a plan breaks.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use indexmap::IndexMap;
use serde::Deserialize;

use crate::places::repository;
use crate::table::Table;

/// A row of `expected.csv` or of a plan's `assignments.csv`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
pub struct Owner {
    pub account_id: String,
    pub role: String,
    #[serde(default)]
    pub product_line: String,
    pub employee_id: String,
    #[serde(default)]
    pub segment: String,
}

/// What must hold for one role in one or more segments. Columns are those of the project's own files.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Promise {
    pub segment: String,
    pub segments: Vec<String>,
    pub role: String,
    /// How many share the accounts; the mean share is of this number.
    pub employees: Option<usize>,
    /// Account column, or `count` = tolerance around the mean share.
    pub balance: IndexMap<String, f64>,
    /// All members of a group of companies have one owner.
    pub together: bool,
    /// Each owner's accounts are one piece. Only the plan's own `summary.json` can say.
    pub contiguous: bool,
    /// Employee column: nobody holds more accounts.
    pub capacity: Option<String>,
    pub skill: Option<Skill>,
    /// The owner is the same as in this role.
    pub same_as: Option<String>,
    /// At most so many accounts leave somebody who is still an employee (pinned ones aside).
    pub moves: Option<usize>,
}

/// The owner holds the skill that this account column names, at this level or higher.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Skill {
    pub of: String,
    pub level: f64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Promises {
    pool: Vec<Promise>,
}

/// A folder under `examples/`.
#[derive(Debug, Clone)]
pub struct Example {
    pub name: String,
    pub dir: PathBuf,
    pub expected: Vec<Owner>,
    pub promises: Vec<Promise>,
    pub accounts: Table,
    pub employees: Table,
}

/// Reads assignments from a CSV file; further columns are ignored.
pub fn read_owners(path: &Path) -> Vec<Owner> {
    let mut reader = csv::Reader::from_path(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    reader.deserialize().map(|row| row.unwrap_or_else(|error| panic!("{}: {error}", path.display()))).collect()
}

impl Example {
    /// All of them, by name.
    pub fn all() -> Vec<Example> {
        let entries = std::fs::read_dir(repository().join("examples")).unwrap();
        let mut dirs: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        dirs.retain(|dir| dir.join("bailiwick.toml").is_file());
        dirs.sort();
        dirs.iter().map(|dir| Example::read(dir)).collect()
    }

    pub fn named(name: &str) -> Example {
        Example::read(&repository().join("examples").join(name))
    }

    fn read(dir: &Path) -> Example {
        let policy: toml::Table = read_toml(&dir.join("bailiwick.toml"));
        let columns = policy["sources"]["accounts"].get("columns").and_then(toml::Value::as_table).cloned();
        let renamed = columns.unwrap_or_default().into_iter();
        let renamed = renamed.map(|(ours, theirs)| (ours, theirs.as_str().unwrap().to_owned()));
        let expect = dir.join("expect.toml");
        Example {
            name: dir.file_name().unwrap().to_string_lossy().into_owned(),
            expected: read_owners(&dir.join("expected.csv")),
            promises: if expect.exists() { read_toml::<Promises>(&expect).pool } else { Vec::new() },
            accounts: Table::read(&dir.join("accounts.csv")).rename(renamed),
            employees: Table::read(&dir.join("employees.csv")),
            dir: dir.to_owned(),
        }
    }

    pub fn policy(&self) -> PathBuf {
        self.dir.join("bailiwick.toml")
    }

    /// What is wrong with a plan, one line each; nothing when it is right.
    pub fn judge(&self, plan: &[Owner]) -> Vec<String> {
        let mut faults = Vec::new();
        let mut owner_of: BTreeMap<(&str, &str, &str), &Owner> = BTreeMap::new();
        for owner in plan {
            let key = (owner.account_id.as_str(), owner.role.as_str(), owner.product_line.as_str());
            if owner_of.insert(key, owner).is_some() {
                faults.push(format!("{} has two owners as {} {}", key.0, key.1, key.2));
            }
            if self.accounts.find("account_id", &owner.account_id).is_none() {
                faults.push(format!("{} is no account", owner.account_id));
            }
            if self.employees.find("employee_id", &owner.employee_id).is_none() {
                faults.push(format!("{} is no employee", owner.employee_id));
            }
        }
        for expected in &self.expected {
            let key = (expected.account_id.as_str(), expected.role.as_str(), expected.product_line.as_str());
            let line = if key.2.is_empty() { String::new() } else { format!(" for {}", key.2) };
            let right = format!("it should be {} in {:?}", expected.employee_id, expected.segment);
            match owner_of.get(&key) {
                None => faults.push(format!("{} has no {}{line}: {right}", key.0, key.1)),
                Some(found) if *found != expected => faults.push(format!(
                    "{} has {} as {}{line} in {:?}: {right}",
                    key.0, found.employee_id, key.1, found.segment
                )),
                Some(_) => {}
            }
        }
        for promise in &self.promises {
            self.judge_promise(promise, plan, &mut faults);
        }
        faults
    }

    fn judge_promise(&self, promise: &Promise, plan: &[Owner], faults: &mut Vec<String>) {
        let within = |owner: &&Owner| {
            owner.role == promise.role
                && (owner.segment == promise.segment || promise.segments.contains(&owner.segment))
        };
        let pool: Vec<&Owner> = plan.iter().filter(within).collect();
        let place = format!("{} in {}{}", promise.role, promise.segment, promise.segments.join(" and "));
        if pool.is_empty() {
            faults.push(format!("nobody is {place}"));
            return;
        }
        for (measure, tolerance) in &promise.balance {
            faults.extend(
                self.judge_balance(promise, &pool, measure, *tolerance).map(|fault| format!("{place}: {fault}")),
            );
        }
        if let Some(column) = &promise.capacity {
            for (employee, count) in self.load(&pool, "count") {
                let limit = number(self.employees.find("employee_id", employee), column);
                if count > limit {
                    faults.push(format!("{place}: {employee} holds {count}, more than {limit}"));
                }
            }
        }
        if promise.together {
            faults.extend(self.judge_groups(&pool).map(|fault| format!("{place}: {fault}")));
        }
        for owner in &pool {
            let account = self.accounts.find("account_id", &owner.account_id);
            if let (Some(skill), Some(account)) = (&promise.skill, account) {
                let held =
                    self.employees.find("employee_id", &owner.employee_id).map_or("", |row| row["skills"].as_str());
                if level(held, &account[&skill.of]) < skill.level {
                    faults.push(format!("{place}: {} does not know {}", owner.employee_id, account[&skill.of]));
                }
            }
            if let Some(role) = &promise.same_as {
                let same = |other: &&Owner| other.account_id == owner.account_id && other.role == *role;
                if plan.iter().find(same).is_none_or(|other| other.employee_id != owner.employee_id) {
                    faults.push(format!("{place}: {} is not also {role} of {}", owner.employee_id, owner.account_id));
                }
            }
        }
        if let Some(most) = promise.moves {
            let moved = self.moves(&pool);
            if moved > most {
                faults.push(format!("{place}: {moved} accounts move, more than {most}"));
            }
        }
    }

    fn judge_balance(&self, promise: &Promise, pool: &[&Owner], measure: &str, tolerance: f64) -> Option<String> {
        let load = self.load(pool, measure);
        let employees = promise.employees.unwrap_or(load.len());
        let mean = load.values().sum::<f64>() / employees as f64;
        let idle = if load.len() < employees { 1.0 } else { 0.0 };
        let off = load.values().map(|load| (load / mean - 1.0).abs()).fold(idle, f64::max);
        (off > tolerance + 1e-9 || load.len() > employees)
            .then(|| format!("{measure} is up to {:.1} % off the mean among {}", off * 100.0, load.len()))
    }

    fn judge_groups(&self, pool: &[&Owner]) -> impl Iterator<Item = String> {
        let mut owners: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
        for owner in pool {
            owners.entry(self.head(&owner.account_id)).or_default().insert(&owner.employee_id);
        }
        let split = owners.into_iter().filter(|(_, owners)| owners.len() > 1);
        split
            .map(|(head, owners)| format!("the group of {head} has {} owners", owners.len()))
            .collect::<Vec<_>>()
            .into_iter()
    }

    fn head(&self, account: &str) -> String {
        let mut account = account.to_owned();
        while let Some(row) = self.accounts.find("account_id", &account) {
            match row.get("parent_id").filter(|parent| !parent.is_empty()) {
                Some(parent) => account = parent.clone(),
                None => break,
            }
        }
        account
    }

    fn load<'a>(&self, pool: &[&'a Owner], measure: &str) -> BTreeMap<&'a str, f64> {
        let mut load = BTreeMap::new();
        for owner in pool {
            let account = self.accounts.find("account_id", &owner.account_id);
            let amount = if measure == "count" { 1.0 } else { number(account, measure) };
            *load.entry(owner.employee_id.as_str()).or_insert(0.0) += amount;
        }
        load
    }

    fn moves(&self, pool: &[&Owner]) -> usize {
        let present: BTreeMap<(String, String), String> = (read_owners(&self.dir.join("assignments.csv")).into_iter())
            .map(|owner| ((owner.account_id, owner.role), owner.employee_id))
            .collect();
        let moved = |owner: &&&Owner| {
            let before = present.get(&(owner.account_id.clone(), owner.role.clone()));
            let pinned =
                self.expected.iter().any(|fixed| fixed.account_id == owner.account_id && fixed.role == owner.role);
            let stays =
                |before: &String| *before == owner.employee_id || self.employees.find("employee_id", before).is_none();
            !pinned && before.is_some_and(|before| !stays(before))
        };
        pool.iter().filter(moved).count()
    }
}

/// The level at which `name:level; …` holds a skill; 0 when it does not.
pub fn level(held: &str, wanted: &str) -> f64 {
    let entries = held.split(';').filter_map(|entry| entry.trim().split_once(':'));
    entries.filter(|(name, _)| *name == wanted).filter_map(|(_, level)| level.trim().parse().ok()).fold(0.0, f64::max)
}

fn number(row: Option<&BTreeMap<String, String>>, column: &str) -> f64 {
    let text = row.map(|row| row.get(column).unwrap_or_else(|| panic!("no column {column}")).as_str()).unwrap_or("0");
    text.parse().unwrap_or_else(|_| panic!("{column} is {text:?}, not a number"))
}

fn read_toml<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
