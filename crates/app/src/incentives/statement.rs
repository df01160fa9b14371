//! A statement: what somebody earns in a period, and every figure's way back to its orders.

use bailiwick_domain::incentive::Earned;
use bailiwick_domain::period::Period;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::credit::trace::Credit;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Empty: what is nobody's.
    pub employee: String,
    pub name: String,
    pub period: Period,
    pub from: Date,
    pub to: Date,
    /// Closed: it does not change any more.
    #[serde(default)]
    pub closed: bool,
    pub plans: Vec<PlanStatement>,
    /// What disputes were settled with.
    #[serde(default)]
    pub adjustments: Vec<Adjustment>,
    /// What is paid, a currency each.
    pub pay: Vec<Money>,
    /// Every credit of the period, in the order of the orders; parts name them by their place (from 0).
    pub credits: Vec<Credit>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Money {
    pub currency: String,
    pub amount: Decimal,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Adjustment {
    /// Number of the dispute.
    pub dispute: u64,
    pub reason: String,
    pub currency: String,
    pub amount: Decimal,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlanStatement {
    pub plan: String,
    pub currency: String,
    pub parts: Vec<PartStatement>,
    /// The sum of the parts.
    pub earned: Decimal,
    /// Added to reach the guarantee.
    pub guarantee: Decimal,
    /// Cut above the cap.
    pub cap: Decimal,
    /// `earned + guarantee − cap`.
    pub pay: Decimal,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PartStatement {
    pub name: String,
    /// `revenue`, `margin`, `new-customers`, `retention` or `service`.
    pub measure: String,
    /// `own`, `team` or `line`.
    pub of: String,
    /// What was reached, in the plan's currency where it is money.
    pub value: Decimal,
    /// What was expected, after the ramp of joiners.
    pub quota: Option<Decimal>,
    /// The share of the quota that joiners bear; absent where it is all of it.
    pub ramp: Option<Decimal>,
    /// Pay a unit.
    pub rate: Option<Decimal>,
    /// Pay where the quota is just reached.
    pub target: Option<Decimal>,
    /// Units of the company's currency for one of the plan's, on the last day of the period; absent where both are one.
    pub exchange_rate: Option<Decimal>,
    pub earned: Earned,
    /// Places of the credits that make the value up.
    pub credits: Vec<u32>,
    /// New customers, or those kept.
    pub accounts: Vec<String>,
    /// What each of the team or line reached.
    pub people: Vec<Reached>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reached {
    pub employee: String,
    pub value: Decimal,
}

impl Statement {
    /// Adds up what is paid.
    pub(super) fn add_up(&mut self) {
        let mut pay: Vec<Money> = vec![];
        let of_plans = self.plans.iter().map(|plan| (&plan.currency, plan.pay));
        let of_disputes = self.adjustments.iter().map(|one| (&one.currency, one.amount));
        for (currency, amount) in of_plans.chain(of_disputes) {
            match pay.iter_mut().find(|money| money.currency == *currency) {
                Some(money) => money.amount += amount,
                None => pay.push(Money { currency: currency.clone(), amount }),
            }
        }
        self.pay = pay;
    }

    /// Shared credits and overlays, in the company's currency.
    pub fn credited(&self) -> Decimal {
        self.credits.iter().map(|credit| credit.amount).sum()
    }
}
