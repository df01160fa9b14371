//! A plan becomes the truth from a date: read the folder, see that it is whole, write one transaction.

use std::path::Path;

use bailiwick_data::Table;
use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::assignment::{Later, NewAssignment};
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::{AccountId, EmployeeId, IdError, PlanId, ProductLine, RoleName};
use bailiwick_domain::ledger::LedgerVersion;
use bailiwick_store::{Applied, Ledger, NewPlan, ScopeKey};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::AppError;
use crate::plan::assignments::{self, read_file as read_assignments};
use crate::plan::write::{ACCOUNTS, EMPLOYEES, Manifest, SUMMARY, digest_file, read_manifest};

/// How a plan is to be applied.
pub struct Application<'a> {
    pub actor: &'a str,
    pub at: Timestamp,
    /// Another first day than the plan's own.
    pub on: Option<Date>,
    /// Take the file of assignments as it is, though it was edited after planning.
    pub edited: bool,
    /// Replace changes already recorded for later dates.
    pub replace_later: bool,
    pub reason: String,
}

/// Applies the plan in `dir` to the ledger at `url`. Refuses a plan whose files are not those that were written, or that is
/// stale. A ledger is created only for a plan that is whole and was made without one.
pub async fn apply(
    dir: &Path,
    url: &str,
    how: &Application<'_>,
    progress: &(dyn Fn(u64, u64) + Sync),
) -> Result<(Ledger, Applied), AppError> {
    let mut plan = read_plan(dir, how)?;
    let ledger = match &plan.base_version {
        Some(base) if *base != LedgerVersion::empty() => Ledger::open_existing(url).await?,
        _ => Ledger::open(url).await?,
    };
    keep_strangers(&mut plan, &ledger).await?;
    let applied = ledger.apply(&plan, how.actor, how.at, progress).await?;
    Ok((ledger, applied))
}

/// Accounts that the plan does not know (routed since the source was written, say) keep their holders: a plan decides
/// only for the accounts it was made of.
pub(crate) async fn keep_strangers(plan: &mut NewPlan, ledger: &Ledger) -> Result<(), AppError> {
    let known: std::collections::HashSet<AccountId> = plan.accounts.iter().map(|account| account.id.clone()).collect();
    for holding in ledger.holders(plan.on).await? {
        let decided = plan.scope.iter().any(|key| key.role == holding.role && key.product_line == holding.product_line);
        if !decided || known.contains(&holding.account) {
            continue;
        }
        let held =
            ledger.who(&holding.account, Some(&holding.role), holding.product_line.as_ref(), plan.on, None).await?;
        let exact = held.into_iter().filter(|row| row.product_line == holding.product_line);
        plan.assignments.extend(exact.map(NewAssignment::from));
    }
    Ok(())
}

/// The plan in `dir`, whole and unaltered.
pub fn read_plan(dir: &Path, how: &Application) -> Result<NewPlan, AppError> {
    let manifest = read_manifest(dir)?;
    verify_files(dir, &manifest, how.edited)?;
    let assignments = read_assignments(dir)?;
    let accounts = account_records(&Table::read_parquet(&dir.join(ACCOUNTS))?)?;
    let employees = employee_records(&Table::read_parquet(&dir.join(EMPLOYEES))?)?;
    let path = dir.join(SUMMARY);
    let summary = std::fs::read_to_string(&path).map_err(AppError::io("read", &path))?;
    let base_version = match &manifest.base_version {
        Some(text) => text.parse::<LedgerVersion>().map_err(|error| damaged(dir, &error))?,
        // A plan made without a ledger fits an empty one only.
        None => LedgerVersion::empty(),
    };
    let scope = manifest.routing.iter().map(|pool| scope_key(&pool.role, pool.product_line.as_deref()));
    let mut scope = scope.collect::<Result<Vec<_>, _>>().map_err(|error| damaged(dir, &error))?;
    scope.sort();
    scope.dedup();
    Ok(NewPlan {
        id: PlanId::new(&manifest.id).map_err(|error| damaged(dir, &error))?,
        base_version: Some(base_version),
        policy_sha256: manifest.policy_sha256.clone(),
        policy_text: manifest.policy_text.clone(),
        frozen: serde_json::to_value(&manifest.frozen).unwrap_or_default(),
        routing: serde_json::to_value(&manifest.routing).unwrap_or_default(),
        summary: serde_json::from_str(&summary).unwrap_or_default(),
        on: how.on.unwrap_or(manifest.on),
        accounts,
        employees,
        assignments,
        scope,
        later: if how.replace_later { Later::Replace } else { Later::Refuse },
        reason: how.reason.clone(),
    })
}

fn scope_key(role: &str, line: Option<&str>) -> Result<ScopeKey, IdError> {
    Ok(ScopeKey { role: RoleName::new(role)?, product_line: line.map(ProductLine::new).transpose()? })
}

fn damaged(dir: &Path, error: &dyn std::fmt::Display) -> AppError {
    AppError::Missing {
        message: format!("the plan in {} is damaged: {error}", dir.display()),
        remedy: String::from("plan again"),
    }
}

fn verify_files(dir: &Path, manifest: &Manifest, edited: bool) -> Result<(), AppError> {
    for (name, expected) in &manifest.files {
        let may_be_edited = [assignments::CSV, assignments::PARQUET].contains(&name.as_str());
        if digest_file(&dir.join(name))? == *expected || (edited && may_be_edited) {
            continue;
        }
        let remedy = if may_be_edited {
            "if the edits are meant, apply with --edited; the audit trail will say so"
        } else {
            "plan again"
        };
        return Err(AppError::Missing {
            message: format!("{} was changed after planning", dir.join(name).display()),
            remedy: String::from(remedy),
        });
    }
    Ok(())
}

/// Who would hold what by the plan in `dir`, whether its files were changed or not.
///
/// # Errors
/// If there is no plan in the folder, or its rows cannot be read.
pub fn plan_assignments(dir: &Path) -> Result<Vec<NewAssignment>, AppError> {
    read_assignments(dir)
}

/// Accounts as the ledger keeps them.
pub fn account_records(table: &Table) -> Result<Vec<AccountRecord>, AppError> {
    rows(table)
        .map(|mut row| {
            let id = take(&mut row, "account_id").unwrap_or_default();
            let name = take(&mut row, "name").unwrap_or_else(|| id.clone());
            let parent = take(&mut row, "parent_id").filter(|parent| !parent.is_empty());
            let parent = parent.map(AccountId::new).transpose().map_err(|error| bad_row(&id, &error))?;
            Ok(AccountRecord {
                id: AccountId::new(&id).map_err(|error| bad_row(&id, &error))?,
                name,
                parent,
                attributes: row,
            })
        })
        .collect()
}

/// Employees as the ledger keeps them.
pub fn employee_records(table: &Table) -> Result<Vec<EmployeeRecord>, AppError> {
    rows(table)
        .map(|mut row| {
            let id = take(&mut row, "employee_id").unwrap_or_default();
            let name = take(&mut row, "name").unwrap_or_else(|| id.clone());
            let (position, department) = (take(&mut row, "position"), take(&mut row, "department"));
            let manager = take(&mut row, "manager_id").filter(|manager| !manager.is_empty());
            let manager = manager.map(EmployeeId::new).transpose().map_err(|error| bad_row(&id, &error))?;
            let id = EmployeeId::new(&id).map_err(|error| bad_row(&id, &error))?;
            Ok(EmployeeRecord { id, name, position, department, manager, attributes: row })
        })
        .collect()
}

fn rows(table: &Table) -> impl Iterator<Item = serde_json::Map<String, serde_json::Value>> + '_ {
    (0..table.len()).map(|row| table.row(row))
}

fn take(row: &mut serde_json::Map<String, serde_json::Value>, column: &str) -> Option<String> {
    match row.remove(column)? {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

fn bad_row(id: &str, error: &dyn std::fmt::Display) -> AppError {
    AppError::Missing { message: format!("\"{id}\": {error}"), remedy: String::from("correct the id in the source") }
}
