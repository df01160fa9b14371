//! Pins: assignments the optimiser may not change, from the policy and from its `pins` source.

use bailiwick_domain::finding::{Finding, suggest};
use rustc_hash::FxHashMap;

use super::solve::Solver;
use crate::error::AppError;
use crate::project::Project;

/// A pin with the rows of the account and employee tables that it names.
pub struct ResolvedPin {
    pub role: String,
    pub product_line: Option<String>,
    pub account: u32,
    pub employee: u32,
    pub reason: String,
}

/// Pins of the policy and of its `pins` source, with the rows they name.
pub fn resolve_pins(solver: &Solver, project: &Project) -> Result<Vec<ResolvedPin>, AppError> {
    let policy = solver.policy;
    let row_of: FxHashMap<&str, u32> =
        solver.account_ids.iter().enumerate().map(|(row, id)| (id.as_str(), row as u32)).collect();
    let mut pins = vec![];
    let mut findings = vec![];
    let document = &policy.document;
    let within =
        document.coverage.iter().flat_map(|coverage| coverage.pins.iter().map(move |pin| (pin, Some(&coverage.role))));
    for (pin, role) in document.pins.iter().map(|pin| (pin, None)).chain(within) {
        let Some(role) = pin.role.as_ref().or(role) else { continue };
        let account = row_of.get(pin.account.get_ref().as_str());
        if account.is_none() {
            let message = format!("the pin names account \"{}\", which is not in the data", pin.account.get_ref());
            findings.push(
                Finding::error("pin-account", message, "correct the id, or remove the pin")
                    .at(policy.place(&pin.account)),
            );
        }
        let employee = solver.staff.index_of(pin.employee.get_ref());
        if employee.is_none() {
            let message = format!("the pin names employee \"{}\", who is not in the data", pin.employee.get_ref());
            let remedy = suggest(pin.employee.get_ref(), solver.staff.ids.iter().map(String::as_str));
            findings.push(Finding::error("pin-employee", message, remedy).at(policy.place(&pin.employee)));
        }
        if let (Some(account), Some(employee)) = (account, employee) {
            pins.push(ResolvedPin {
                role: role.get_ref().clone(),
                product_line: pin.product_line.as_ref().map(|line| line.get_ref().clone()),
                account: *account,
                employee: employee as u32,
                reason: pin.reason.clone(),
            });
        }
    }
    if let Some(table) = &project.snapshot.pins {
        read_pin_table(solver, table, &row_of, &mut pins, &mut findings)?;
    }
    if findings.is_empty() { Ok(pins) } else { Err(AppError::refused(policy, findings)) }
}

fn read_pin_table(
    solver: &Solver,
    table: &bailiwick_data::Table,
    row_of: &FxHashMap<&str, u32>,
    pins: &mut Vec<ResolvedPin>,
    findings: &mut Vec<Finding>,
) -> Result<(), AppError> {
    let texts = |column: &str| table.texts_if_any(column);
    let pick =
        |columns: [&'static str; 2]| columns.into_iter().find(|column| table.has(column)).unwrap_or("account_id");
    let accounts = texts(pick(["account_id", "account"]))?;
    let employees = texts(pick(["employee_id", "employee"]))?;
    let (roles, lines, reasons) = (texts("role")?, texts("product_line")?, texts("reason")?);
    for row in 0..table.len() {
        let account = accounts[row].as_deref().and_then(|id| row_of.get(id));
        let employee = employees[row].as_deref().and_then(|id| solver.staff.index_of(id));
        match (account, employee, &roles[row]) {
            (Some(account), Some(employee), Some(role)) => pins.push(ResolvedPin {
                role: role.clone(),
                product_line: lines[row].clone().filter(|line| !line.is_empty()),
                account: *account,
                employee: employee as u32,
                reason: reasons[row].clone().unwrap_or_default(),
            }),
            _ => findings.push(Finding::error(
                "pin-row",
                format!("row {} of the pins names no known account, employee or role", row + 2),
                "each pin needs account_id, role and employee_id",
            )),
        }
    }
    Ok(())
}
