//! "Your income under plan B": the same orders, the same incentive plans, other assignments, as if they had held all along.
//!
//! The customers' orders are taken as they were: what another person would have sold is not known, and not guessed.

use std::collections::BTreeMap;

use bailiwick_domain::incentive::cents;
use bailiwick_domain::period::Period;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::statement::Statement;
use crate::contribution::fairness::{gini, jain};
use crate::credit::rates::{self, Rates};
use crate::error::AppError;
use crate::project::Project;

/// Everybody's pay in a period as it is, and as it would be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = PayUnderPlan)]
pub struct Scenario {
    /// As 2026-Q1.
    #[schema(value_type = String)]
    pub period: Period,
    /// Amounts are in it, converted by the rates of the period's last day.
    pub currency: String,
    /// Who earns something in one of both, by employee id.
    pub people: Vec<Income>,
    /// Those people's pay as it is …
    pub now: Spread,
    /// … and as it would be.
    pub then: Spread,
    /// The same among those who are paid by the same incentive plans, where there are several: only they are comparable.
    pub alike: Vec<Alike>,
}

/// Those who are paid by the same incentive plans.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = PayAmongAlike)]
pub struct Alike {
    /// The names of the incentive plans.
    pub plans: Vec<String>,
    pub now: Spread,
    pub then: Spread,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = PayOfPerson)]
pub struct Income {
    /// Employee id.
    pub employee: String,
    pub name: String,
    /// The names of the incentive plans they are paid by, now or then.
    pub plans: Vec<String>,
    /// A decimal.
    #[schema(value_type = String)]
    pub now: Decimal,
    /// A decimal.
    #[schema(value_type = String)]
    pub then: Decimal,
    /// `then − now`: a decimal.
    #[schema(value_type = String)]
    pub difference: Decimal,
}

/// How pay is distributed over people. Quartiles are the least pay that at least so large a share does not exceed (nearest
/// rank; Hyndman & Fan, *Sample quantiles in statistical packages*, The American Statistician 50(4), 1996, definition 1);
/// for the indices see [`crate::contribution::fairness`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = PaySpread)]
pub struct Spread {
    /// How many.
    pub people: usize,
    /// A decimal, as all amounts here.
    #[schema(value_type = String)]
    pub total: Decimal,
    #[schema(value_type = String)]
    pub mean: Decimal,
    #[schema(value_type = String)]
    pub least: Decimal,
    /// A quarter earns at most this, …
    #[schema(value_type = String)]
    pub lower_quartile: Decimal,
    /// … half at most this, …
    #[schema(value_type = String)]
    pub median: Decimal,
    /// … three quarters at most this.
    #[schema(value_type = String)]
    pub upper_quartile: Decimal,
    #[schema(value_type = String)]
    pub most: Decimal,
    /// Gini's index: 0 when all earn the same, near 1 when one earns all; to four places. Negative pay counts as none.
    pub gini: f64,
    /// Jain's index: 1 when all earn the same, 1 ÷ people when one earns all; to four places. Negative pay counts as none.
    pub jain: f64,
}

impl Scenario {
    /// The same for some people alone; how their pay is distributed is theirs, too.
    #[must_use]
    pub fn of(self, only: &[String]) -> Scenario {
        let people = self.people.into_iter().filter(|one| only.contains(&one.employee)).collect();
        Scenario::among(self.period, self.currency, people)
    }

    fn among(period: Period, currency: String, people: Vec<Income>) -> Scenario {
        let (now, then) = both(&people.iter().collect::<Vec<_>>());
        let mut groups: BTreeMap<&[String], Vec<&Income>> = BTreeMap::new();
        people.iter().for_each(|one| groups.entry(&one.plans).or_default().push(one));
        let alike = groups.into_iter().filter(|(plans, of)| !plans.is_empty() && of.len() > 1).map(|(plans, of)| {
            let (now, then) = both(&of);
            Alike { plans: plans.to_vec(), now, then }
        });
        Scenario { period, currency, now, then, alike: alike.collect(), people }
    }
}

fn both(people: &[&Income]) -> (Spread, Spread) {
    let of = |pay: &dyn Fn(&Income) -> Decimal| spread(people.iter().map(|one| pay(one)).collect());
    (of(&|one| one.now), of(&|one| one.then))
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
            plans: vec![],
            now: cents(Decimal::ZERO),
            then: cents(Decimal::ZERO),
            difference: Decimal::ZERO,
        });
        *(if is_now { &mut income.now } else { &mut income.then }) += pay;
        income.plans.extend(statement.plans.iter().map(|plan| plan.plan.clone()));
    }
    let mut people: Vec<Income> =
        people.into_values().filter(|one| !one.now.is_zero() || !one.then.is_zero()).collect();
    for one in &mut people {
        one.difference = one.then - one.now;
        one.plans.sort();
        one.plans.dedup();
    }
    Ok(Scenario::among(period, currency, people))
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
        jain: (jain(&numbers) * 1e4).round() / 1e4,
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
        // By hand: Jain 36² / (8 · 204); Gini 2 · 204 / (8 · 36) − 9/8.
        assert_eq!((spread.jain, spread.gini), (0.7941, 0.2917));
    }

    #[test]
    fn only_those_paid_alike_are_compared() {
        let income = |employee: &str, plan: &str, now: u32, then: u32| Income {
            employee: employee.into(),
            name: employee.into(),
            plans: vec![plan.into()],
            now: now.into(),
            then: then.into(),
            difference: Decimal::from(then) - Decimal::from(now),
        };
        let people = vec![
            income("Ann", "Sellers", 100, 150),
            income("Ben", "Sellers", 200, 150),
            income("Eva", "Hunters", 900, 900),
        ];
        let all = Scenario::among("2026-Q1".parse().unwrap(), "EUR".into(), people);
        assert_eq!((all.alike.len(), all.alike[0].plans[0].as_str()), (1, "Sellers"));
        assert_eq!((all.alike[0].now.jain, all.alike[0].then.jain), (0.9, 1.0));
        let own = all.of(&["Ann".into()]);
        assert_eq!((own.now.people, own.alike), (1, vec![]), "nothing of others is told");
    }
}
