//! The chain of rules behind an assignment, and who else could have had it.

use bailiwick_data::Table;
use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::assignment::Assignment;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::policy::Policy;
use bailiwick_store::{Ledger, PlanRecord};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::choose::{Added, Candidate, Chooser, mark};
use crate::classify::{Frozen, column_infos, match_segments};
use crate::error::AppError;
use crate::plan::measures::Measures;
use crate::plan::outcome::Routing;
use crate::staff::Staff;
use crate::view::Views;

/// How one role of an account came to its holder.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Explanation {
    pub role: String,
    pub product_line: Option<String>,
    /// Value of each principle for the account.
    #[schema(value_type = Vec<Vec<String>>)]
    pub principles: Vec<(String, String)>,
    /// Segments in order, up to the one that matched.
    pub segments: Vec<SegmentStep>,
    /// The line of the policy that decided, as it was applied.
    pub rule: String,
    pub policy_version: u64,
    /// Best first, the holder among them.
    pub candidates: Vec<Candidate>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SegmentStep {
    pub segment: String,
    pub when: String,
    pub matched: bool,
}

pub async fn explain(
    ledger: &Ledger,
    policy: &Policy,
    plan: &PlanRecord,
    account: &AccountRecord,
    held: &[Assignment],
    on: Date,
) -> Result<Vec<Explanation>, AppError> {
    let frozen: Frozen = serde_json::from_value(plan.frozen.clone()).unwrap_or_default();
    let pools: Vec<Routing> = serde_json::from_value(plan.routing.clone()).unwrap_or_default();
    let staff = staff_at_work(ledger, &frozen, on).await?;
    let table = table_of(std::slice::from_ref(account), &frozen)?;
    let table = crate::classify::classify_by(policy, &table, &frozen)?.accounts;
    let table = with_kept_values(policy, table, std::slice::from_ref(account))?;
    let principles = principles_of(policy, &table, 0)?;
    let segments = segment_steps(policy, &table, 0)?;
    let measures = Measures::of(policy, &table)?;
    let since = vec![0.0; staff.len()];
    let mut explanations = vec![];
    for assignment in held {
        let line = assignment.product_line.as_ref().map(ToString::to_string);
        let pool = pools.iter().find(|pool| {
            pool.rule == assignment.rule && pool.role == assignment.role.as_str() && pool.product_line == line
        });
        let mut candidates = match pool {
            Some(pool) if pool.form != "same_as" => {
                let value = |name: &str| measures.values.get(name).map_or(0.0, |values| values[0]);
                let added = Added {
                    values: pool.measures.iter().map(|measure| value(&measure.name)).collect(),
                    weight: value(&pool.weight),
                    since: &since,
                    turns: None,
                    seed: mark(account.id.as_str()),
                };
                let views = Views::of(policy, pool, &table)?;
                let mut chooser = Chooser::new(policy, pool.clone(), &staff)?;
                let ranking = chooser.rank(&staff, &views.one(0), &added, true);
                ranking.best.iter().map(|rank| chooser.tell(&staff, &views.one(0), &added, rank)).collect()
            }
            _ => vec![],
        };
        shorten(&mut candidates, assignment.employee.as_str());
        explanations.push(Explanation {
            role: assignment.role.to_string(),
            product_line: line,
            principles: principles.clone(),
            segments: segments.clone(),
            rule: assignment.rule.clone(),
            policy_version: plan.policy_version,
            candidates,
        });
    }
    Ok(explanations)
}

/// The five best, and the holder wherever they stand.
fn shorten(candidates: &mut Vec<Candidate>, holder: &str) {
    let mut place = 0;
    candidates.retain(|candidate| {
        place += 1;
        place <= 5 || candidate.employee_id == holder
    });
}

/// Value of each principle for the account in a row.
pub(crate) fn principles_of(policy: &Policy, table: &Table, row: usize) -> Result<Vec<(String, String)>, AppError> {
    let names = policy.document.principles.keys().map(|name| name.get_ref());
    names.map(|name| Ok((name.clone(), table.texts(name)?[row].clone().unwrap_or_default()))).collect()
}

/// Segments in order, up to the first whose condition the account in a row meets.
pub(crate) fn segment_steps(policy: &Policy, table: &Table, row: usize) -> Result<Vec<SegmentStep>, AppError> {
    let matched = match_segments(policy, table)?;
    let looked_at = matched.iter().position(|matches| matches[row]).map_or(matched.len(), |index| index + 1);
    let steps = policy.document.segments.iter().zip(&matched).take(looked_at).map(|(segment, matches)| SegmentStep {
        segment: segment.name.get_ref().clone(),
        when: segment.when.get_ref().clone(),
        matched: matches[row],
    });
    Ok(steps.collect())
}

/// Principles as they were when the plan was made: what the ledger keeps beats what is computed anew.
pub(crate) fn with_kept_values(
    policy: &Policy,
    mut table: Table,
    accounts: &[AccountRecord],
) -> Result<Table, AppError> {
    for name in policy.document.principles.keys().map(|name| name.get_ref()) {
        let kept: Vec<Option<&Value>> = accounts.iter().map(|account| account.attributes.get(name)).collect();
        if kept.iter().flatten().any(|value| value.is_string()) {
            let texts = kept.iter().zip(table.texts(name)?);
            let texts = texts.map(|(kept, computed)| kept.and_then(Value::as_str).map(str::to_owned).or(computed));
            table = table.with_texts(name, texts.collect());
        } else if kept.iter().flatten().any(|value| value.is_number()) {
            let numbers = kept.iter().zip(table.numbers(name)?);
            let numbers = numbers.map(|(kept, computed)| kept.and_then(Value::as_f64).or(computed));
            table = table.with_numbers(name, numbers.collect());
        }
    }
    Ok(table)
}

/// Accounts of the ledger as a table with the columns that the plan's source had.
pub fn table_of(accounts: &[AccountRecord], frozen: &Frozen) -> Result<Table, AppError> {
    let rows: Vec<Map<String, Value>> = accounts
        .iter()
        .map(|account| {
            let mut row = account.attributes.clone();
            row.insert(String::from("account_id"), account.id.to_string().into());
            row.insert(String::from("name"), account.name.clone().into());
            row.insert(String::from("parent_id"), account.parent.as_ref().map(ToString::to_string).into());
            row
        })
        .collect();
    table_from(&frozen.account_columns, &rows)
}

/// The staff as the ledger knows them, of whom nobody is at work who is away on the day or has handed over what they had.
async fn staff_at_work(ledger: &Ledger, frozen: &Frozen, on: Date) -> Result<Staff, AppError> {
    let mut staff = staff_of(ledger.employees().await?, frozen, on)?;
    let away = ledger.absences(None, Some(on)).await?.into_iter().map(|absence| absence.employee);
    let left = ledger.hand_overs().await?.into_iter().map(|left| left.employee);
    for employee in away.chain(left) {
        staff.is_away(employee.as_str());
    }
    Ok(staff)
}

/// Employees of the ledger as the planner sees them.
pub fn staff_of(employees: Vec<EmployeeRecord>, frozen: &Frozen, on: Date) -> Result<Staff, AppError> {
    Staff::of(&employees_table(employees, frozen)?, on)
}

/// Employees of the ledger as a table with the columns that the plan's source had.
pub fn employees_table(employees: Vec<EmployeeRecord>, frozen: &Frozen) -> Result<Table, AppError> {
    let rows: Vec<Map<String, Value>> = employees.into_iter().map(employee_row).collect();
    table_from(&frozen.employee_columns, &rows)
}

fn employee_row(employee: EmployeeRecord) -> Map<String, Value> {
    let mut row = employee.attributes;
    row.insert(String::from("employee_id"), employee.id.to_string().into());
    row.insert(String::from("name"), employee.name.into());
    row.insert(String::from("position"), employee.position.into());
    row.insert(String::from("department"), employee.department.into());
    row.insert(String::from("manager_id"), employee.manager.map(|manager| manager.to_string()).into());
    row
}

fn table_from(
    columns: &[(String, bailiwick_domain::policy::document::ColumnType)],
    rows: &[Map<String, Value>],
) -> Result<Table, AppError> {
    let known: std::collections::HashSet<&str> = columns.iter().map(|(name, _)| name.as_str()).collect();
    let rows: Vec<Map<String, Value>> = rows
        .iter()
        .map(|row| {
            row.iter().filter(|(name, _)| known.contains(name.as_str())).map(|(n, v)| (n.clone(), v.clone())).collect()
        })
        .collect();
    Table::from_rows(&column_infos(columns), &rows).map_err(|problems| AppError::Missing {
        message: problems.first().map(crate::error::describe_problem).unwrap_or_default(),
        remedy: String::from("the ledger's record does not fit the policy in force: plan and apply again"),
    })
}
