//! Pay with the ledger: orders divided by hand, closed periods, settled disputes.
//!
//! A closed period is read, never reckoned again. What turns out otherwise afterwards is booked in the first period that
//! is open: changed credits as corrections, what disputes were settled with as adjustments.

use bailiwick_domain::closing::ClosedPeriod;
use bailiwick_domain::period::{Period, PeriodLength};
use bailiwick_store::{Ledger, Version};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::credit::holdings::{self, Holdings};
use crate::credit::rules::ByHand;
use crate::error::AppError;
use crate::incentives::statement::{Adjustment, Statement};
use crate::incentives::{Booked, period_of, statements};
use crate::project::Project;

/// Everything that is booked, for a period that is open. Settled disputes come with the first period after the last that was
/// closed.
///
/// # Errors
/// Those of the ledger.
pub async fn booked(ledger: &Ledger) -> Result<Booked, AppError> {
    let by_hand = ledger.credit_splits().await?.into_iter().filter(|one| one.value.active).map(|one| ByHand {
        order: one.value.order,
        line: one.value.line,
        parts: one.value.parts.into_iter().map(|(employee, part)| (employee.to_string(), part)).collect(),
        reason: one.value.reason,
    });
    let by_hand = by_hand.collect();
    let mut booked = Booked { by_hand, ..Booked::default() };
    for closed in ledger.closed_periods().await? {
        let credits = read(&closed)?.into_iter().flat_map(|statement| statement.credits).collect();
        booked.frozen.insert(closed.value.period, credits);
    }
    Ok(booked)
}

/// Everybody's statement of a period: as it was closed, or as it stands.
///
/// # Errors
/// Those of [`statements`] and of the ledger.
pub async fn statements_with(ledger: &Ledger, project: &Project, period: Period) -> Result<Vec<Statement>, AppError> {
    let closed = ledger.closed_periods().await?;
    if let Some(closed) = closed.iter().find(|one| one.value.period == period) {
        return read(closed);
    }
    let mut booked = booked(ledger).await?;
    let last = closed.last();
    if last.is_none_or(|last| last.value.period.next() == period) {
        let currency = project.policy.document.company.currency.get_ref();
        let granted = ledger.granted(last.map(|last| last.recorded_at), None).await?;
        let adjust = granted.into_iter().map(|(employee, dispute, amount, reason)| {
            (employee.to_string(), Adjustment { dispute, reason, currency: currency.clone(), amount })
        });
        booked.adjustments = adjust.collect();
    }
    let holdings = holdings::of_ledger(ledger).await?;
    statements(project, holdings, &booked, period)
}

/// A period in which pay is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PayPeriod {
    pub period: Period,
    /// It does not change any more.
    pub closed: bool,
    /// It is over, and the one that is closed next.
    pub closes_next: bool,
}

/// The periods in which pay is due, from that of the first order to that of the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayPeriods {
    pub length: PeriodLength,
    pub periods: Vec<PayPeriod>,
}

/// Which periods there are to pay for, and which of them are closed. Before any is closed, the first may be any that is
/// over; the earliest is named.
///
/// # Errors
/// Those of the ledger; if there are no orders.
pub async fn periods(ledger: &Ledger, project: &Project, at: Timestamp) -> Result<PayPeriods, AppError> {
    let missing = || AppError::Missing {
        message: String::from("there are no orders to pay for"),
        remedy: String::from(
            "write [sources.orders] with file = \"orders.csv\": order_id, account_id, order_date, amount",
        ),
    };
    let orders = project.snapshot.orders.as_ref().ok_or_else(missing)?;
    let days: Vec<Date> = orders.dates("order_date").into_iter().flatten().collect();
    let (Some(first), Some(last)) = (days.iter().min(), days.iter().max()) else { return Err(missing()) };
    let (mut next, end) = (period_of(&project.policy, *first), period_of(&project.policy, *last));
    let length = next.length();
    let closed: Vec<Period> = ledger.closed_periods().await?.into_iter().map(|one| one.value.period).collect();
    let closes = closed.last().map_or(next, |last| last.next());
    let today = project.policy.day(at);
    let mut periods = vec![];
    while next <= end {
        let closed = closed.contains(&next);
        periods.push(PayPeriod { period: next, closed, closes_next: next == closes && next.end() <= today });
        next = next.next();
    }
    Ok(PayPeriods { length, periods })
}

/// Closes a period for ever, with everybody's statement as it stands.
///
/// # Errors
/// Those of [`statements_with`]; if the period is not over, or not the one after the last that was closed.
pub async fn close(
    ledger: &Ledger,
    project: &Project,
    period: Period,
    actor: &str,
    at: Timestamp,
) -> Result<Vec<Statement>, AppError> {
    if project.policy.day(at) < period.end() {
        return Err(AppError::Usage {
            message: format!("{period} is not over before {}", period.end()),
            remedy: String::from("close it then"),
        });
    }
    let mut found = statements_with(ledger, project, period).await?;
    found.iter_mut().for_each(|statement| statement.closed = true);
    let content = serde_json::to_string(&found).unwrap_or_default();
    ledger.close_period(ClosedPeriod { period, content }, actor, at).await?;
    Ok(found)
}

/// What everybody would earn in a period under a stored plan, against what they do.
///
/// # Errors
/// Those of [`statements_with`]; if there is no such plan.
pub async fn under(
    ledger: &Ledger,
    project: &Project,
    plan: &bailiwick_domain::id::PlanId,
    period: Period,
) -> Result<crate::incentives::scenario::Scenario, AppError> {
    let Some(proposed) = ledger.proposed_plan(plan).await? else {
        return Err(AppError::Missing {
            message: format!("there is no stored plan \"{plan}\""),
            remedy: String::from("see the list of plans"),
        });
    };
    let booked = booked(ledger).await?;
    let by_hand = Booked { by_hand: booked.by_hand, ..Booked::default() };
    let now = statements(project, holdings::of_ledger(ledger).await?, &by_hand, period)?;
    let as_if: Holdings = holdings::of_proposed(proposed.assignments);
    let then = statements(project, as_if, &by_hand, period)?;
    crate::incentives::scenario::compare(project, &now, &then, period)
}

fn read(closed: &Version<ClosedPeriod>) -> Result<Vec<Statement>, AppError> {
    serde_json::from_str(&closed.value.content).map_err(|error| AppError::Missing {
        message: format!("the statements of {} cannot be read: {error}", closed.value.period),
        remedy: String::from("see with `bailiwick audit verify` whether the ledger was altered"),
    })
}
