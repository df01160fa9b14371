//! Who held what when: from the ledger, from a plan's folder, or from the policy's own `assignments` and `absences`.

use std::path::Path;

use bailiwick_domain::absence::Absence;
use bailiwick_store::Ledger;
use jiff::civil::Date;

use crate::apply::plan_assignments;
use crate::error::AppError;
use crate::project::Project;

/// Somebody held a role of an account from a day to a day.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    pub account: String,
    /// Absent: in every role.
    pub role: Option<String>,
    pub product_line: Option<String>,
    pub employee: String,
    pub territory: Option<String>,
    /// What the account's segment was while it was held, where that is written.
    pub segment: Option<String>,
    pub from: Date,
    /// The first day no longer.
    pub to: Option<Date>,
    /// Where that is written: `ledger entry 12`, `assignments row 3`, `plan`.
    pub source: String,
}

impl Held {
    /// As if a plan had always been the truth.
    pub fn always(account: &str, employee: &str, role: &str, product_line: &Option<String>, segment: &str) -> Held {
        Held {
            account: account.to_owned(),
            role: Some(role.to_owned()),
            product_line: product_line.clone(),
            employee: employee.to_owned(),
            territory: None,
            segment: Some(segment.to_owned()).filter(|segment| !segment.is_empty()),
            from: ALWAYS,
            to: None,
            source: String::from("plan"),
        }
    }
}

/// Somebody was away, and somebody stood in.
#[derive(Debug, Clone, PartialEq)]
pub struct Away {
    pub employee: String,
    pub substitute: String,
    pub from: Date,
    pub to: Option<Date>,
    pub role: Option<String>,
    pub product_line: Option<String>,
}

/// What is known of who held what.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Holdings {
    pub held: Vec<Held>,
    pub away: Vec<Away>,
}

/// The first day there is: what has no beginning was always so.
const ALWAYS: Date = Date::MIN;

/// By the sources of the policy.
///
/// # Errors
/// If the columns cannot be read.
pub fn of_project(project: &Project) -> Result<Holdings, AppError> {
    let mut holdings = Holdings::default();
    let filled = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
    if let Some(table) = &project.snapshot.assignments {
        let texts = |column: &str| table.texts_if_any(column);
        let (accounts, employees) = (texts("account_id")?, texts("employee_id")?);
        let (roles, lines, territories) = (texts("role")?, texts("product_line")?, texts("territory")?);
        let segments = texts("segment")?;
        let (from, to) = (table.dates("valid_from"), table.dates("valid_to"));
        for row in 0..table.len() {
            let (Some(account), Some(employee)) = (&accounts[row], &employees[row]) else { continue };
            holdings.held.push(Held {
                account: account.clone(),
                role: filled(&roles[row]),
                product_line: filled(&lines[row]),
                employee: employee.clone(),
                territory: filled(&territories[row]),
                segment: filled(&segments[row]),
                from: from[row].unwrap_or(ALWAYS),
                to: to[row],
                source: format!("assignments row {}", row + 2),
            });
        }
    }
    if let Some(table) = project.snapshot.others.get("absences") {
        let texts = |column: &str| table.texts_if_any(column);
        let (employees, substitutes) = (texts("employee_id")?, texts("substitute_id")?);
        let (roles, lines) = (texts("role")?, texts("product_line")?);
        let (from, to) = (table.dates("valid_from"), table.dates("valid_to"));
        for row in 0..table.len() {
            let (Some(employee), Some(substitute), Some(from)) = (&employees[row], &substitutes[row], from[row]) else {
                continue;
            };
            holdings.away.push(Away {
                employee: employee.clone(),
                substitute: substitute.clone(),
                from,
                to: to[row],
                role: filled(&roles[row]),
                product_line: filled(&lines[row]),
            });
        }
    }
    Ok(holdings)
}

/// As the ledger knows it today, from its beginning on.
///
/// # Errors
/// Those of the ledger.
pub async fn of_ledger(ledger: &Ledger) -> Result<Holdings, AppError> {
    let held = ledger.every_assignment().await?.into_iter().map(|one| Held {
        account: one.account.to_string(),
        role: Some(one.role.to_string()),
        product_line: one.product_line.map(|line| line.to_string()),
        employee: one.employee.to_string(),
        territory: one.territory,
        segment: Some(one.segment).filter(|segment| !segment.is_empty()),
        from: one.valid_from,
        to: one.valid_to,
        source: format!("ledger entry {}", one.recorded_by),
    });
    let away = ledger.absences(None, None).await?.into_iter().flat_map(covers);
    Ok(Holdings { held: held.collect(), away: away.collect() })
}

fn covers(absence: Absence) -> impl Iterator<Item = Away> {
    let (employee, from, to) = (absence.employee, absence.from, absence.to);
    absence.covers.into_iter().map(move |cover| Away {
        employee: employee.to_string(),
        substitute: cover.substitute.to_string(),
        from,
        to,
        role: cover.role.map(|role| role.to_string()),
        product_line: cover.product_line.map(|line| line.to_string()),
    })
}

/// As if the plan in a folder had always been the truth.
///
/// # Errors
/// If the folder holds no plan.
pub fn of_plan(dir: &Path) -> Result<Holdings, AppError> {
    Ok(of_proposed(plan_assignments(dir)?))
}

/// As if these assignments had always been the truth.
pub fn of_proposed(assignments: Vec<bailiwick_domain::assignment::NewAssignment>) -> Holdings {
    let held = assignments.into_iter().map(|one| {
        let line = one.product_line.map(|line| line.to_string());
        let held = Held::always(one.account.as_str(), one.employee.as_str(), one.role.as_str(), &line, &one.segment);
        Held { territory: one.territory, ..held }
    });
    Holdings { held: held.collect(), away: vec![] }
}
