//! Who held whom before the plan: the company's own list, entered year by year, and somebody's leave.

use bailiwick_domain::absence::NewAbsence;
use bailiwick_domain::assignment::{Later, NewAssignment};
use bailiwick_domain::id::PlanId;
use bailiwick_store::{Ledger, NewPlan, ScopeKey, sha256_hex};
use jiff::civil::{Date, date};
use serde_json::Value;

use super::{at, read};
use crate::apply::{account_records, employee_records};
use crate::classify::classify;
use crate::credit::holdings::{Held, of_project};
use crate::error::AppError;
use crate::project::Project;

/// The ledger's first day: whoever held something before held it then.
const FIRST: Date = date(2023, 1, 1);

/// Enters the allocation of each year on its first day.
pub async fn allocate(ledger: &Ledger, project: &Project) -> Result<(), AppError> {
    let policy = &project.policy;
    let classified = classify(policy, &project.snapshot.accounts)?;
    let ids = classified.accounts.texts("account_id")?;
    let names = policy.segment_names();
    let segments: std::collections::HashMap<&str, &str> = ids
        .iter()
        .zip(&classified.segment)
        .filter_map(|(id, segment)| Some((id.as_deref()?, names[usize::from((*segment)?)])))
        .collect();
    let held = of_project(project)?.held;
    let mut days: Vec<Date> = held.iter().map(|one| one.from.max(FIRST)).collect();
    days.sort();
    days.dedup();
    for day in days {
        // Whoever held something already keeps it.
        let by_then = held.iter().filter(|one| one.from.max(FIRST) <= day);
        let assignments: Vec<NewAssignment> = by_then.filter_map(|one| as_entered(one, &segments)).collect();
        let mut scope: Vec<ScopeKey> =
            assignments.iter().map(|one| ScopeKey { role: one.role.clone(), product_line: None }).collect();
        scope.sort();
        scope.dedup();
        let is_first = day == FIRST;
        let plan = NewPlan {
            id: read::<PlanId>(&format!("allocation-{day}"))?,
            base_version: None,
            policy_text: policy.text.clone(),
            policy_sha256: sha256_hex(&policy.text),
            frozen: serde_json::to_value(&classified.frozen).unwrap_or_default(),
            routing: Value::Array(vec![]),
            summary: summary(project, day, assignments.len()),
            on: day,
            accounts: if is_first { account_records(&project.snapshot.accounts)? } else { vec![] },
            employees: if is_first { employee_records(&project.snapshot.employees)? } else { vec![] },
            assignments,
            scope,
            later: Later::Refuse,
            reason: String::from("the company's own list"),
        };
        let moment = at(day.saturating_sub(jiff::Span::new().days(10)), 9);
        ledger.apply(&plan, "demo", moment, &|_, _| {}).await?;
    }
    absence(ledger).await
}

fn as_entered(one: &Held, segments: &std::collections::HashMap<&str, &str>) -> Option<NewAssignment> {
    Some(NewAssignment {
        account: one.account.parse().ok()?,
        role: one.role.as_deref()?.parse().ok()?,
        product_line: None,
        employee: one.employee.parse().ok()?,
        segment: segments.get(one.account.as_str()).map(|segment| (*segment).to_owned()).unwrap_or_default(),
        territory: None,
        rule: String::from("the company's own list"),
        reason: String::from("Held the account before Bailiwick was used"),
        why: Value::Null,
    })
}

/// What a plan's summary says, of an allocation that nobody planned.
fn summary(project: &Project, day: Date, assigned: usize) -> Value {
    serde_json::json!({
        "company": project.policy.document.company.name, "date": day, "accounts": project.snapshot.accounts.len(),
        "employees": project.snapshot.employees.len(), "assigned": assigned, "unassigned": 0, "uncovered": 0,
        "rejected": 0, "moved": 0, "kept": 0, "seconds": 0.0, "seed": 0, "segments": {}, "pools": [], "infeasible": [],
    })
}

/// Three weeks of leave, with somebody who stands in.
async fn absence(ledger: &Ledger) -> Result<(), AppError> {
    let away = NewAbsence {
        employee: read("E-008")?,
        from: date(2025, 8, 4),
        to: Some(date(2025, 8, 25)),
        substitute: Some(read("E-009")?),
        reason: String::from("Annual leave"),
    };
    ledger.record_absence(&away, "demo", at(date(2025, 7, 14), 9)).await?;
    Ok(())
}
