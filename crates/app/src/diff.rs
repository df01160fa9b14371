//! What moves between two plans, or between a plan and the ledger: who gains, who loses, what it costs.

use std::collections::BTreeMap;
use std::path::Path;

use bailiwick_data::Table;
use bailiwick_domain::policy::Policy;
use bailiwick_store::Ledger;
use indexmap::IndexMap;
use jiff::civil::Date;
use serde::Serialize;

use crate::error::AppError;
use crate::plan::assignments::each_row;
use crate::plan::measures::Measures;
use crate::plan::write::{ACCOUNTS, EMPLOYEES, read_manifest};

/// Account, role, product line.
pub type Key = (String, String, String);

/// One of the two that are compared.
pub struct Side {
    pub title: String,
    pub owners: BTreeMap<Key, String>,
    pub accounts: BTreeMap<String, String>,
    pub employees: BTreeMap<String, String>,
    /// Measures of each account, where the side is a plan.
    pub measures: Option<(Vec<String>, Measures)>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Difference {
    pub from: String,
    pub to: String,
    /// Account × role (× product line) with the same owner on both sides.
    pub unchanged: usize,
    pub moved: Vec<Move>,
    /// Owned only on the second side.
    pub opened: usize,
    /// Owned only on the first.
    pub closed: usize,
    pub employees: Vec<EmployeeChange>,
    /// What moves: measure → (moved, total, share), over accounts that change an owner in any role.
    pub measures: IndexMap<String, MovedMeasure>,
}

#[derive(Debug, Clone, Serialize, PartialEq)]
pub struct Move {
    pub account_id: String,
    pub account: String,
    pub role: String,
    pub product_line: String,
    pub from: String,
    pub to: String,
}

#[derive(Debug, Clone, Serialize, PartialEq)]
pub struct EmployeeChange {
    pub employee_id: String,
    pub employee: String,
    pub before: usize,
    pub gains: usize,
    pub loses: usize,
    pub after: usize,
}

#[derive(Debug, Clone, Serialize, PartialEq)]
pub struct MovedMeasure {
    pub moved: f64,
    pub total: f64,
    pub share: f64,
}

/// Reads a plan's folder.
pub fn read_plan_side(dir: &Path) -> Result<Side, AppError> {
    let manifest = read_manifest(dir)?;
    let mut owners = BTreeMap::new();
    each_row(dir, &mut |row| {
        let [account, role, line, employee] = row.key().map(str::to_owned);
        owners.insert((account, role, line), employee);
        Ok(())
    })?;
    let table = Table::read_parquet(&dir.join(ACCOUNTS))?;
    let ids: Vec<String> = table.texts("account_id")?.into_iter().map(Option::unwrap_or_default).collect();
    let staff = Table::read_parquet(&dir.join(EMPLOYEES))?;
    let measures = match Policy::parse(&manifest.policy_text, &manifest.policy_file) {
        Ok(policy) => Some((ids.clone(), Measures::of(&policy, &table)?)),
        Err(_) => None,
    };
    Ok(Side {
        title: dir.display().to_string(),
        owners,
        accounts: names(&table, ids)?,
        employees: names(&staff, staff.texts("employee_id")?.into_iter().map(Option::unwrap_or_default).collect())?,
        measures,
    })
}

fn names(table: &Table, ids: Vec<String>) -> Result<BTreeMap<String, String>, AppError> {
    let names = if table.has("name") { table.texts("name")? } else { vec![None; ids.len()] };
    Ok(ids.into_iter().zip(names).map(|(id, name)| (id.clone(), name.unwrap_or(id))).collect())
}

/// Reads what the ledger says for a date.
pub async fn read_ledger_side(ledger: &Ledger, title: &str, on: Date) -> Result<Side, AppError> {
    let holders = ledger.holders(on).await?.into_iter().map(|holding| {
        let line = holding.product_line.map(|line| line.to_string()).unwrap_or_default();
        ((holding.account.to_string(), holding.role.to_string(), line), holding.employee.to_string())
    });
    let accounts = ledger.accounts().await?.into_iter().map(|account| (account.id.to_string(), account.name));
    let employees = ledger.employees().await?.into_iter().map(|employee| (employee.id.to_string(), employee.name));
    Ok(Side {
        title: format!("{title} on {on}"),
        owners: holders.collect(),
        accounts: accounts.collect(),
        employees: employees.collect(),
        measures: None,
    })
}

pub fn compare(a: &Side, b: &Side) -> Difference {
    let mut moved = vec![];
    let (mut unchanged, mut opened, mut closed) = (0, 0, 0);
    let mut changes: BTreeMap<String, EmployeeChange> = BTreeMap::new();
    let name = |id: &str, find: fn(&Side) -> &BTreeMap<String, String>| {
        find(b).get(id).or_else(|| find(a).get(id)).cloned().unwrap_or_else(|| id.to_owned())
    };
    let mut change = |id: &str, act: &dyn Fn(&mut EmployeeChange)| {
        let entry = changes.entry(id.to_owned()).or_insert_with(|| EmployeeChange {
            employee_id: id.to_owned(),
            employee: name(id, |side| &side.employees),
            before: 0,
            gains: 0,
            loses: 0,
            after: 0,
        });
        act(entry);
    };
    for (key, from) in &a.owners {
        change(from, &|entry| entry.before += 1);
        match b.owners.get(key) {
            Some(to) if to == from => unchanged += 1,
            Some(to) => {
                change(from, &|entry| entry.loses += 1);
                change(to, &|entry| entry.gains += 1);
                moved.push(Move {
                    account_id: key.0.clone(),
                    account: name(&key.0, |side| &side.accounts),
                    role: key.1.clone(),
                    product_line: key.2.clone(),
                    from: from.clone(),
                    to: to.clone(),
                });
            }
            None => {
                closed += 1;
                change(from, &|entry| entry.loses += 1);
            }
        }
    }
    for (key, to) in &b.owners {
        change(to, &|entry| entry.after += 1);
        if !a.owners.contains_key(key) {
            opened += 1;
            change(to, &|entry| entry.gains += 1);
        }
    }
    Difference {
        from: a.title.clone(),
        to: b.title.clone(),
        unchanged,
        opened,
        closed,
        employees: changes.into_values().collect(),
        measures: moved_measures(a, b, &moved),
        moved,
    }
}

fn moved_measures(a: &Side, b: &Side, moved: &[Move]) -> IndexMap<String, MovedMeasure> {
    let Some((ids, measures)) = b.measures.as_ref().or(a.measures.as_ref()) else { return IndexMap::new() };
    let moving: std::collections::HashSet<&str> = moved.iter().map(|one| one.account_id.as_str()).collect();
    let sum = |values: &[f64]| {
        let total: f64 = values.iter().sum();
        let moved: f64 =
            ids.iter().zip(values).filter(|(id, _)| moving.contains(id.as_str())).map(|(_, value)| value).sum();
        MovedMeasure { moved, total, share: if total > 0.0 { moved / total } else { 0.0 } }
    };
    measures.values.iter().map(|(name, values)| (name.clone(), sum(values))).collect()
}
