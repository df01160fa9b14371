//! Plans and ledgers as sides of a comparison: of a plan's files only the columns that are needed, piece by piece.

use std::path::Path;

use bailiwick_data::{RowsReader, Words};
use bailiwick_domain::policy::Policy;
use bailiwick_store::Ledger;
use jiff::civil::Date;

use super::side::{Side, SideBuilder};
use crate::error::AppError;
use crate::plan::assignments::each_owner;
use crate::plan::measures::Measures;
use crate::plan::write::{ACCOUNTS, EMPLOYEES, read_manifest};

/// Reads a plan's folder.
pub fn read_plan_side(dir: &Path) -> Result<Side, AppError> {
    let manifest = read_manifest(dir)?;
    let mut side = SideBuilder::default();
    each_owner(dir, &mut |row| side.own(row))?;
    let accounts = RowsReader::open(&dir.join(ACCOUNTS))?;
    each_name(&accounts, "account_id", &mut |id, name| side.account(id, name))?;
    let employees = RowsReader::open(&dir.join(EMPLOYEES))?;
    each_name(&employees, "employee_id", &mut |id, name| side.employee(id, name))?;
    if let Ok(policy) = Policy::parse(&manifest.policy_text, &manifest.policy_file) {
        let columns = accounts.columns();
        let mut needed = Measures::columns(&policy, &columns);
        needed.push(String::from("account_id"));
        let table = accounts.read(&needed)?;
        let measures = Measures::over(&policy, &columns, &table)?;
        let ids = table.words("account_id")?;
        side.measure(ids.iter().map(Option::unwrap_or_default), measures);
    }
    Ok(side.finish(dir.display().to_string()))
}

/// Calls with every id of a table, and its name where it has one.
fn each_name(rows: &RowsReader, id: &str, call: &mut dyn FnMut(&str, Option<&str>)) -> Result<(), AppError> {
    let named = rows.columns().iter().any(|column| column.name == "name");
    let columns = if named { vec![id, "name"] } else { vec![id] };
    for piece in rows.pieces(&columns)? {
        let piece = piece?;
        let ids = piece.words(id)?;
        let names = if named { piece.words("name")? } else { Words::none(piece.len()) };
        ids.iter().zip(names.iter()).for_each(|(id, name)| call(id.unwrap_or_default(), name));
    }
    Ok(())
}

/// Reads what the ledger says for a date.
pub async fn read_ledger_side(ledger: &Ledger, title: &str, on: Date) -> Result<Side, AppError> {
    let mut side = SideBuilder::default();
    ledger.each_holder(on, |row| side.own(row)).await?;
    for account in ledger.accounts().await? {
        side.account(account.id.as_str(), Some(&account.name));
    }
    for employee in ledger.employees().await? {
        side.employee(employee.id.as_str(), Some(&employee.name));
    }
    Ok(side.finish(format!("{title} on {on}")))
}
