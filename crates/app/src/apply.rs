//! A plan becomes the truth from a date: read the folder, see that it is whole, write one transaction. Its accounts and
//! assignments are read some thousands at a time: of neither are there ever all in memory as they lie in the files.

use std::borrow::Cow;
use std::path::Path;

use bailiwick_data::{RowsReader, Table, Words};
use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::assignment::{Later, NewAssignment};
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::{AccountId, EmployeeId, IdError, PlanId, ProductLine, RoleName};
use bailiwick_domain::ledger::LedgerVersion;
use bailiwick_domain::numbering::Numbering;
use bailiwick_store::{Applied, Ledger, NewPlan, PlanRows, PlannedBuilder, Records, ScopeKey, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::error::AppError;
use crate::plan::assignments::{self, each_assignment};
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
    let plan = read_head(dir, how)?;
    let mut planned = PlannedBuilder::default();
    each_assignment(dir, &mut |new| planned.add(&new))?;
    let accounts = PlanAccounts::open(dir)?;
    let known = accounts.ids()?;
    let ledger = match &plan.base_version {
        Some(base) if *base != LedgerVersion::empty() => Ledger::open_existing(url).await?,
        _ => Ledger::open(url).await?,
    };
    let strangers = strangers(&ledger, &plan, &|account| known.find(account).is_some()).await?;
    drop(known);
    strangers.iter().for_each(|held| planned.add(held));
    let rows = PlanRows { accounts: &accounts, assignments: planned.finish() };
    let applied = ledger.apply_rows(&plan, rows, how.actor, how.at, progress).await?;
    Ok((ledger, applied))
}

/// Accounts that the plan does not know (routed since the source was written, say) keep their holders: a plan decides
/// only for the accounts it was made of.
pub(crate) async fn keep_strangers(plan: &mut NewPlan, ledger: &Ledger) -> Result<(), AppError> {
    let known: std::collections::HashSet<&str> = plan.accounts.iter().map(|account| account.id.as_str()).collect();
    let held = strangers(ledger, plan, &|account| known.contains(account)).await?;
    plan.assignments.extend(held);
    Ok(())
}

/// What accounts that are not known hold of what the plan decides.
async fn strangers(
    ledger: &Ledger,
    plan: &NewPlan,
    known: &(dyn Fn(&str) -> bool + Sync),
) -> Result<Vec<NewAssignment>, AppError> {
    let decided = |role: &str, line: &str| {
        let is_line = |of: &Option<ProductLine>| of.as_ref().map_or("", ProductLine::as_str) == line;
        plan.scope.iter().any(|key| key.role.as_str() == role && is_line(&key.product_line))
    };
    let mut keys = vec![];
    ledger
        .each_holder(plan.on, |[account, role, line, _]| {
            if decided(role, line) && !known(account) {
                keys.push([account, role, line].map(str::to_owned));
            }
        })
        .await?;
    let mut held = vec![];
    for [account, role, line] in &keys {
        let account = AccountId::new(account).map_err(|error| bad_row(account, &error))?;
        let role = RoleName::new(role).map_err(|error| bad_row(role, &error))?;
        let line = Some(line).filter(|line| !line.is_empty()).map(ProductLine::new).transpose();
        let line = line.map_err(|error| bad_row(account.as_str(), &error))?;
        let rows = ledger.who(&account, Some(&role), line.as_ref(), plan.on, None).await?;
        held.extend(rows.into_iter().filter(|row| row.product_line == line).map(NewAssignment::from));
    }
    Ok(held)
}

/// The accounts of a plan's folder, read some thousands at a time.
struct PlanAccounts(RowsReader);

impl PlanAccounts {
    fn open(dir: &Path) -> Result<Self, AppError> {
        Ok(PlanAccounts(RowsReader::open(&dir.join(ACCOUNTS))?))
    }

    /// The ids of all, which are seen to be names, as are those of their parents.
    fn ids(&self) -> Result<Numbering, AppError> {
        let mut ids = Numbering::default();
        let has = |name: &str| self.0.columns().iter().any(|column| column.name == name);
        let columns: Vec<&str> = ["account_id", "parent_id"].into_iter().filter(|name| has(name)).collect();
        for piece in self.0.pieces(&columns)? {
            let piece = piece?;
            let words = |name: &str| if piece.has(name) { piece.words(name) } else { Ok(Words::none(piece.len())) };
            let (accounts, parents) = (words("account_id")?, words("parent_id")?);
            for row in 0..piece.len() {
                let id = accounts.get(row).unwrap_or_default();
                let parent = parents.filled(row).map(AccountId::new).transpose();
                parent.map_err(|error| bad_row(id, &error))?;
                ids.number(AccountId::new(id).map_err(|error| bad_row(id, &error))?.as_str());
            }
        }
        Ok(ids)
    }

    fn each_part(&self) -> Result<impl Iterator<Item = Result<Vec<AccountRecord>, AppError>> + Send, AppError> {
        let columns: Vec<String> = self.0.columns().into_iter().map(|column| column.name).collect();
        Ok(self.0.pieces(&columns)?.map(|piece| account_records(&piece?)))
    }
}

impl Records<AccountRecord> for PlanAccounts {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn parts(&self) -> Box<dyn Iterator<Item = Result<Cow<'_, [AccountRecord]>, StoreError>> + Send + '_> {
        let told = |error: AppError| StoreError::Source(Box::new(error));
        match self.each_part() {
            Ok(parts) => Box::new(parts.map(move |part| part.map(Cow::Owned).map_err(told))),
            Err(error) => Box::new(std::iter::once(Err(told(error)))),
        }
    }
}

/// The plan in `dir`, whole and unaltered.
pub fn read_plan(dir: &Path, how: &Application) -> Result<NewPlan, AppError> {
    let mut plan = read_head(dir, how)?;
    plan.assignments = plan_assignments(dir)?;
    plan.accounts = account_records(&Table::read_parquet(&dir.join(ACCOUNTS))?)?;
    Ok(plan)
}

/// The plan in `dir`, whole and unaltered, but for its accounts and assignments.
fn read_head(dir: &Path, how: &Application) -> Result<NewPlan, AppError> {
    let manifest = read_manifest(dir)?;
    verify_files(dir, &manifest, how.edited)?;
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
        accounts: vec![],
        employees,
        assignments: vec![],
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
    let mut assignments = vec![];
    each_assignment(dir, &mut |new| assignments.push(new))?;
    Ok(assignments)
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
