//! Pins: assignments the optimiser may not change, from the policy, from its `pins` source, and from the ledger, where
//! somebody pinned them by hand.

use bailiwick_domain::finding::{Finding, suggest};
use rustc_hash::{FxHashMap, FxHashSet};

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

impl ResolvedPin {
    fn key(&self) -> (u32, String, Option<String>) {
        (self.account, self.role.clone(), self.product_line.clone())
    }
}

/// Pins of the policy and of its `pins` source, with the rows they name.
pub fn resolve_pins(solver: &Solver, project: &Project) -> Result<Vec<ResolvedPin>, AppError> {
    let policy = solver.policy;
    if !has_pins(solver, project) {
        return Ok(vec![]);
    }
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
    let by_hand: Vec<ResolvedPin> = by_hand(solver, &row_of).collect();
    let said: FxHashSet<_> = by_hand.iter().map(ResolvedPin::key).collect();
    // What somebody said of one account goes before what the policy says.
    pins.retain(|pin| !said.contains(&pin.key()));
    drop(said);
    pins.extend(by_hand);
    if findings.is_empty() { Ok(pins) } else { Err(AppError::refused(policy, findings)) }
}

/// Whether anything is pinned anywhere. Where nothing is, no account need be looked up.
fn has_pins(solver: &Solver, project: &Project) -> bool {
    let document = &solver.policy.document;
    let of_policy = !document.pins.is_empty() || document.coverage.iter().any(|coverage| !coverage.pins.is_empty());
    let by_hand = || solver.request.present.iter().flatten().any(|holding| holding.pinned);
    of_policy || project.snapshot.pins.is_some() || by_hand()
}

/// What the ledger holds as pinned by hand. Whoever is not at work any more, or not known here, is replaced like others.
fn by_hand<'a>(solver: &'a Solver, row_of: &'a FxHashMap<&str, u32>) -> impl Iterator<Item = ResolvedPin> + use<'a> {
    let pinned = solver.request.present.iter().flatten().filter(|holding| holding.pinned);
    pinned.filter_map(|holding| {
        let employee = solver.staff.index_of(&holding.employee).filter(|row| solver.staff.at_work[*row])?;
        Some(ResolvedPin {
            role: holding.role.clone()?,
            product_line: holding.product_line.clone(),
            account: *row_of.get(holding.account.as_str())?,
            employee: employee as u32,
            reason: String::from(bailiwick_domain::assignment::PINNED),
        })
    })
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
