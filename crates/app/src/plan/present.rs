//! Who holds what today: from the ledger, or from the policy's `assignments` source.
//!
//! A source without a `role` column speaks for every role; one without dates for every date.

use std::collections::HashSet;

use bailiwick_domain::finding::Finding;
use bailiwick_store::Ledger;
use jiff::civil::Date;
use rustc_hash::FxHashMap;

use super::Request;
use crate::error::AppError;
use crate::project::Project;
use crate::staff::Staff;

/// One present assignment.
#[derive(Debug, Clone, PartialEq)]
pub struct Holding {
    pub account: String,
    /// Absent: in every role.
    pub role: Option<String>,
    pub product_line: Option<String>,
    pub employee: String,
    /// By hand, and no plan may change it.
    pub pinned: bool,
}

/// The holder has left, or never was in the list of employees.
pub const GONE: u32 = u32::MAX - 1;

/// Role and product line; absent: every one.
type RoleAndLine = (Option<String>, Option<String>);

#[derive(Default)]
pub struct Present {
    /// By (role, product line): the holder of each account row, or nobody.
    by_role: FxHashMap<RoleAndLine, Vec<Option<u32>>>,
}

impl Present {
    pub fn read(
        project: &Project,
        request: &Request,
        account_ids: &[String],
        staff: &Staff,
        findings: &mut Vec<Finding>,
    ) -> Result<Present, AppError> {
        let holdings = match &request.present {
            Some(holdings) => holdings.clone(),
            None => from_source(project, request)?,
        };
        if holdings.is_empty() {
            return Ok(Present::default());
        }
        let row_of: FxHashMap<&str, usize> =
            account_ids.iter().enumerate().map(|(row, id)| (id.as_str(), row)).collect();
        let employee_of: FxHashMap<&str, u32> =
            staff.ids.iter().enumerate().map(|(row, id)| (id.as_str(), row as u32)).collect();
        let mut present = Present::default();
        let mut strangers = vec![];
        for holding in &holdings {
            let Some(row) = row_of.get(holding.account.as_str()) else {
                strangers.push(holding.account.clone());
                continue;
            };
            let employee = employee_of.get(holding.employee.as_str()).copied().unwrap_or(GONE);
            let key = (holding.role.clone(), holding.product_line.clone());
            present.by_role.entry(key).or_insert_with(|| vec![None; account_ids.len()])[*row] = Some(employee);
        }
        if !strangers.is_empty() {
            let count = strangers.len() as u64;
            strangers.truncate(3);
            let message = "the present allocation names accounts that are not in the account source";
            let remedy = "they are left as they are; add them to accounts, or end their assignments";
            findings.push(Finding::warning("present-unknown-account", message, remedy).counting(count, strangers));
        }
        Ok(present)
    }

    /// The present holder of each account in a role: [`GONE`] when the holder is no employee any more.
    pub fn holders(&self, role: &str, product_line: Option<&str>, accounts: &[u32]) -> Vec<Option<u32>> {
        let line = product_line.map(str::to_owned);
        let keys = [(Some(role.to_owned()), line.clone()), (Some(role.to_owned()), None), (None, line), (None, None)];
        let columns: Vec<&Vec<Option<u32>>> = keys.iter().filter_map(|key| self.by_role.get(key)).collect();
        let holder = |account: &u32| columns.iter().find_map(|column| column[*account as usize]);
        accounts.iter().map(holder).collect()
    }
}

/// Who holds what on the day, as a ledger says.
///
/// # Errors
/// Those of the ledger.
pub async fn of_ledger(ledger: &Ledger, on: Date) -> Result<Vec<Holding>, AppError> {
    let pinned: HashSet<_> = ledger.pinned(on).await?.into_iter().collect();
    let holders = ledger.holders(on).await?.into_iter().map(|holding| Holding {
        pinned: pinned.contains(&holding),
        account: holding.account.to_string(),
        role: Some(holding.role.to_string()),
        product_line: holding.product_line.map(|line| line.to_string()),
        employee: holding.employee.to_string(),
    });
    Ok(holders.collect())
}

fn from_source(project: &Project, request: &Request) -> Result<Vec<Holding>, AppError> {
    let Some(table) = &project.snapshot.assignments else { return Ok(vec![]) };
    let texts = |column: &str| table.texts_if_any(column);
    let (accounts, employees) = (texts("account_id")?, texts("employee_id")?);
    let (roles, lines) = (texts("role")?, texts("product_line")?);
    let (from, to) = (texts("valid_from")?, texts("valid_to")?);
    let date = |text: &Option<String>| text.as_ref().and_then(|text| text.get(..10)?.parse::<jiff::civil::Date>().ok());
    let mut holdings = vec![];
    for row in 0..table.len() {
        let begun = date(&from[row]).is_none_or(|from| from <= request.on);
        let going_on = date(&to[row]).is_none_or(|to| request.on < to);
        if let (Some(account), Some(employee), true) = (&accounts[row], &employees[row], begun && going_on) {
            let filled = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
            holdings.push(Holding {
                account: account.clone(),
                role: filled(&roles[row]),
                product_line: filled(&lines[row]),
                employee: employee.clone(),
                pinned: false,
            });
        }
    }
    Ok(holdings)
}
