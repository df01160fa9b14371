//! "Your income under plan B": the same orders, the same incentive plans, other assignments, as if they had held all along.
//!
//! The customers' orders are taken as they were: what another person would have sold is not known, and not guessed.

use std::collections::BTreeMap;

use bailiwick_domain::incentive::cents;
use bailiwick_domain::period::Period;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

use super::statement::Statement;
use crate::contribution::fairness::gini;
use crate::credit::rates::{self, Rates};
use crate::error::AppError;
use crate::project::Project;

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Scenario {
    pub period: Period,
    /// Amounts are in it, converted by the rates of the period's last day.
    pub currency: String,
    pub people: Vec<Income>,
    pub now: Spread,
    pub then: Spread,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Income {
    pub employee: String,
    pub name: String,
    pub now: Decimal,
    pub then: Decimal,
    pub difference: Decimal,
}

/// How pay is distributed over the team.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Spread {
    pub people: usize,
    pub total: Decimal,
    pub mean: Decimal,
    pub least: Decimal,
    /// A quarter earns at most this, …
    pub lower_quartile: Decimal,
    /// … half at most this, …
    pub median: Decimal,
    /// … three quarters at most this.
    pub upper_quartile: Decimal,
    pub most: Decimal,
    /// 0 when all earn the same; to four places. Negative pay counts as none.
    pub gini: f64,
}

impl Scenario {
    /// The same for some people alone; how their pay is distributed is theirs, too.
    #[must_use]
    pub fn of(self, only: &[String]) -> Scenario {
        let people: Vec<Income> = self.people.into_iter().filter(|one| only.contains(&one.employee)).collect();
        let now = spread(people.iter().map(|one| one.now).collect());
        let then = spread(people.iter().map(|one| one.then).collect());
        Scenario { people, now, then, ..self }
    }
}

/// Compares what everybody earns with what they would.
///
/// # Errors
/// If a rate is missing.
pub fn compare(project: &Project, now: &[Statement], then: &[Statement], period: Period) -> Result<Scenario, AppError> {
    let currency = project.policy.document.company.currency.get_ref().clone();
    let rates = Rates::read(&currency, project.snapshot.others.get("rates"))?;
    let mut people: BTreeMap<&str, Income> = BTreeMap::new();
    for (is_now, statement) in now.iter().map(|one| (true, one)).chain(then.iter().map(|one| (false, one))) {
        if statement.employee.is_empty() {
            continue;
        }
        let mut pay = Decimal::ZERO;
        for money in &statement.pay {
            let last = period.last();
            let rate = rates.on(&money.currency, last).ok_or_else(|| rates::missing(&money.currency, last))?;
            pay += cents(money.amount * rate);
        }
        let income = people.entry(&statement.employee).or_insert_with(|| Income {
            employee: statement.employee.clone(),
            name: statement.name.clone(),
            now: cents(Decimal::ZERO),
            then: cents(Decimal::ZERO),
            difference: Decimal::ZERO,
        });
        *(if is_now { &mut income.now } else { &mut income.then }) += pay;
    }
    let mut people: Vec<Income> =
        people.into_values().filter(|one| !one.now.is_zero() || !one.then.is_zero()).collect();
    people.iter_mut().for_each(|one| one.difference = one.then - one.now);
    let spread_now = spread(people.iter().map(|one| one.now).collect());
    let spread_then = spread(people.iter().map(|one| one.then).collect());
    Ok(Scenario { period, currency, people, now: spread_now, then: spread_then })
}

fn spread(mut pay: Vec<Decimal>) -> Spread {
    pay.sort();
    let at = |quarter: usize| pay.get((pay.len() * quarter).div_ceil(4).saturating_sub(1)).copied().unwrap_or_default();
    let total: Decimal = pay.iter().copied().sum();
    let mean = if pay.is_empty() { Decimal::ZERO } else { cents(total / Decimal::from(pay.len())) };
    let numbers: Vec<f64> = pay.iter().map(|pay| pay.to_f64().unwrap_or(0.0).max(0.0)).collect();
    Spread {
        people: pay.len(),
        total,
        mean,
        least: pay.first().copied().unwrap_or_default(),
        lower_quartile: at(1),
        median: at(2),
        upper_quartile: at(3),
        most: pay.last().copied().unwrap_or_default(),
        gini: (gini(&numbers) * 1e4).round() / 1e4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_of_the_team() {
        let spread = spread((1..=8).map(Decimal::from).collect());
        let told = [spread.least, spread.lower_quartile, spread.median, spread.upper_quartile, spread.most]
            .map(|v| v.to_string());
        assert_eq!(told, ["1", "2", "4", "6", "8"]);
        assert_eq!((spread.total.to_string(), spread.mean.to_string()), ("36".into(), "4.50".into()));
    }
}
