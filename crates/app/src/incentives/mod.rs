//! What people earn for what they bring (SPEC 1.7): statements by the policy's incentive plans, and what they would earn
//! under another plan of coverage.

mod numbers;
pub mod page;
mod part;
pub mod scenario;
pub mod statement;
pub mod workbook;

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_domain::incentive::bounds;
use bailiwick_domain::period::Period;
use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::incentive::{IncentivePlan, Incentives, Measure};

use self::numbers::Numbers;
use self::part::Reckoner;
use self::statement::{Adjustment, PlanStatement, Statement};
use crate::classify::condition;
use crate::contribution::ReportingLine;
use crate::credit::Ground;
use crate::credit::correct::corrections;
use crate::credit::holdings::Holdings;
use crate::credit::rules::ByHand;
use crate::credit::trace::{Credit, trace};
use crate::error::AppError;
use crate::project::Project;

/// What the ledger says beside the assignments.
#[derive(Debug, Clone, Default)]
pub struct Booked {
    /// Orders divided by hand.
    pub by_hand: Vec<ByHand>,
    /// Credits of closed periods, with the corrections in them.
    pub frozen: BTreeMap<Period, Vec<Credit>>,
    /// What disputes were settled with, by employee.
    pub adjustments: Vec<(String, Adjustment)>,
}

/// Everybody's statement of a period, by employee; what is nobody's comes first, under an empty name.
///
/// # Errors
/// If the policy has no incentive plans, or its expressions do not compile.
pub fn statements(
    project: &Project,
    holdings: Holdings,
    booked: &Booked,
    period: Period,
) -> Result<Vec<Statement>, AppError> {
    let policy = &project.policy;
    let incentives = plans_of(policy)?;
    let ground = Ground::prepare(project, holdings, &booked.by_hand)?;
    let mut credits = trace(&ground, period.first(), period.end())?;
    credits.extend(booked_corrections(&ground, booked, period)?);
    let retention = incentives.plans.iter().flat_map(|plan| &plan.parts);
    let before = if retention.into_iter().any(|part| *part.measure.get_ref() == Measure::Retention) {
        let before = period.before();
        trace(&ground, before.first(), before.end())?
    } else {
        vec![]
    };
    let line = ReportingLine::of(&project.snapshot.employees)?;
    let numbers = Numbers::read(project)?;
    let staff = staff_of_plans(project, incentives)?;
    let mut people: BTreeSet<String> =
        credits.iter().map(|credit| credit.employee.clone().unwrap_or_default()).collect();
    people.extend(staff.iter().flatten().flatten().cloned());
    people.extend(booked.adjustments.iter().map(|(employee, _)| employee.clone()));
    let reckoner = Reckoner {
        policy,
        ground: &ground,
        numbers: &numbers,
        line: &line,
        credits: &credits,
        before: &before,
        period,
    };
    let mut statements = vec![];
    for employee in people {
        let own: Vec<Credit> = credits
            .iter()
            .filter(|credit| credit.employee.as_deref().unwrap_or_default() == employee)
            .cloned()
            .collect();
        let mut statement = Statement {
            name: line.name(&employee).to_owned(),
            period,
            from: period.first(),
            to: period.last(),
            closed: false,
            plans: vec![],
            adjustments: vec![],
            pay: vec![],
            credits: own,
            employee,
        };
        if !statement.employee.is_empty() {
            reckon(&reckoner, incentives, &staff, &mut statement)?;
            let of = booked.adjustments.iter().filter(|(who, _)| *who == statement.employee);
            statement.adjustments = of.map(|(_, one)| one.clone()).collect();
        }
        statement.add_up();
        statements.push(statement);
    }
    Ok(statements)
}

fn plans_of(policy: &Policy) -> Result<&Incentives, AppError> {
    policy.document.incentives.as_ref().filter(|incentives| !incentives.plans.is_empty()).ok_or_else(|| {
        AppError::Missing {
            message: String::from("the policy has no incentive plans"),
            remedy: String::from(
                "add [[incentives.plans]] with name, role and parts = [{ measure = \"revenue\", rate = 0.02 }]",
            ),
        }
    })
}

/// The period in which pay is due by the policy that holds a day.
pub fn period_of(policy: &Policy, day: jiff::civil::Date) -> Period {
    policy.document.incentives.as_ref().map(|incentives| incentives.period).unwrap_or_default().holding(day)
}

/// Corrections of closed periods: in the first open period after the last closed one.
fn booked_corrections(ground: &Ground, booked: &Booked, period: Period) -> Result<Vec<Credit>, AppError> {
    let Some((last, _)) = booked.frozen.last_key_value() else { return Ok(vec![]) };
    if last.next() != period {
        return Ok(vec![]);
    }
    let mut now = vec![];
    for closed in booked.frozen.keys() {
        now.extend(trace(ground, closed.first(), closed.end())?);
    }
    let frozen: Vec<Credit> = booked.frozen.values().flatten().cloned().collect();
    Ok(corrections(&frozen, &now, period.first()))
}

/// By plan: who is paid by it, where it says so.
fn staff_of_plans(project: &Project, incentives: &Incentives) -> Result<Vec<Option<BTreeSet<String>>>, AppError> {
    let table = &project.snapshot.employees;
    let ids = table.texts("employee_id")?;
    let mut staff = vec![];
    for plan in &incentives.plans {
        let Some(text) = &plan.staff else {
            staff.push(None);
            continue;
        };
        let meets = condition(&project.policy, text, &table.columns(), table)
            .map_err(|finding| AppError::refused(&project.policy, vec![finding]))?;
        let of = ids.iter().zip(meets).filter(|(_, meets)| *meets).filter_map(|(id, _)| id.clone());
        staff.push(Some(of.collect()));
    }
    Ok(staff)
}

/// Whether a plan covers a credit: by its role and segment.
fn covers(plan: &IncentivePlan, credit: &Credit) -> bool {
    let role = plan.role.as_ref().is_none_or(|role| credit.role.as_deref() == Some(role.get_ref().as_str()));
    let segment = plan.segment.as_ref().is_none_or(|names| {
        names.0.iter().any(|name| name.get_ref() == &credit.segment || name.get_ref() == bailiwick_domain::policy::ALL)
    });
    role && segment
}

fn reckon(
    reckoner: &Reckoner,
    incentives: &Incentives,
    staff: &[Option<BTreeSet<String>>],
    statement: &mut Statement,
) -> Result<(), AppError> {
    let employee = statement.employee.clone();
    let mut taken = vec![false; statement.credits.len()];
    for (plan, staff) in incentives.plans.iter().zip(staff) {
        if staff.as_ref().is_some_and(|staff| !staff.contains(&employee)) {
            continue;
        }
        let mut own = vec![];
        for (place, credit) in statement.credits.iter().enumerate() {
            if !taken[place] && covers(plan, credit) {
                taken[place] = true;
                own.push(place as u32);
            }
        }
        if staff.is_none() && own.is_empty() {
            continue;
        }
        let currency = plan.currency.as_ref().unwrap_or(&reckoner.policy.document.company.currency).get_ref().clone();
        let mut parts = vec![];
        for part in &plan.parts {
            parts.push(reckoner.part(plan, part, &currency, &employee, &own, &statement.credits)?);
        }
        let earned = parts.iter().map(|part| part.earned.pay).sum();
        let least = reckoner.number(plan.guarantee.as_ref(), &employee)?;
        let most = reckoner.number(plan.cap.as_ref(), &employee)?;
        let (guarantee, cap) = bounds(earned, least, most);
        let plan = plan.name.get_ref().clone();
        let pay = earned + guarantee - cap;
        statement.plans.push(PlanStatement { plan, currency, parts, earned, guarantee, cap, pay });
    }
    Ok(())
}
