//! `bailiwick absence add EMPLOYEE`, `absence end NUMBER`, `absence list`

use bailiwick_app::AppError;
use bailiwick_domain::absence::{Absence, Cover, NewAbsence};
use bailiwick_domain::id::EmployeeId;
use bailiwick_store::Ledger;

use super::{Setting, actor};
use crate::arguments::{self, AbsenceAdd, AbsenceCommand, AbsenceEnd, AbsenceList, Format};
use crate::output::{DONE, csv, json, say, table};

pub async fn run(arguments: &arguments::Absence, setting: &Setting) -> Result<u8, AppError> {
    match &arguments.command {
        AbsenceCommand::Add(arguments) => add(arguments, setting).await,
        AbsenceCommand::End(arguments) => end(arguments, setting).await,
        AbsenceCommand::List(arguments) => list(arguments, setting).await,
    }
}

async fn add(arguments: &AbsenceAdd, setting: &Setting) -> Result<u8, AppError> {
    let new = NewAbsence {
        employee: employee(&arguments.employee)?,
        from: arguments.from,
        to: arguments.to,
        substitute: arguments.substitute.as_deref().map(employee).transpose()?,
        reason: arguments.reason.clone(),
    };
    let ledger = Ledger::open_existing(&arguments.database.db).await?;
    let absence = ledger.record_absence(&new, &actor(), setting.now).await?;
    ledger.close().await;
    print(std::slice::from_ref(&absence), setting);
    Ok(DONE)
}

async fn end(arguments: &AbsenceEnd, setting: &Setting) -> Result<u8, AppError> {
    let ledger = Ledger::open_existing(&arguments.database.db).await?;
    let on = setting.day(arguments.on, &ledger).await?;
    let left = ledger.end_absence(arguments.absence, on, &arguments.reason, &actor(), setting.now).await?;
    ledger.close().await;
    print(left.as_slice(), setting);
    Ok(DONE)
}

async fn list(arguments: &AbsenceList, setting: &Setting) -> Result<u8, AppError> {
    let who = arguments.employee.as_deref().map(employee).transpose()?;
    let ledger = Ledger::open_existing(&arguments.database.db).await?;
    let absences = ledger.absences(who.as_ref(), arguments.on).await?;
    ledger.close().await;
    print(&absences, setting);
    Ok(DONE)
}

fn print(absences: &[Absence], setting: &Setting) {
    let header = ["number", "employee", "from", "back on", "stand in", "reason"];
    let rows = absences.iter().map(|absence| {
        vec![
            absence.id.to_string(),
            absence.employee.to_string(),
            absence.from.to_string(),
            absence.to.map(|day| day.to_string()).unwrap_or_default(),
            absence.covers.iter().map(cover).collect::<Vec<_>>().join("\n"),
            absence.reason.clone(),
        ]
    });
    match setting.format {
        Format::Json => json(&absences),
        Format::Csv => csv(&header, rows),
        Format::Table => say(table(&header, rows)),
    }
}

fn cover(cover: &Cover) -> String {
    let line = cover.product_line.as_ref().map(|line| format!(" ({line})")).unwrap_or_default();
    let what = cover.role.as_ref().map_or_else(|| String::from("everything else"), |role| format!("{role}{line}"));
    format!("{what}: {} ({})", cover.substitute, cover.rule.as_str())
}

fn employee(text: &str) -> Result<EmployeeId, AppError> {
    text.parse().map_err(|error| AppError::Usage {
        message: format!("\"{text}\" is no id of an employee: {error}"),
        remedy: String::from("give the employee_id"),
    })
}
