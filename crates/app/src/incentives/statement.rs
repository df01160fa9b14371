//! A statement: what somebody earns in a period, and every figure's way back to its orders.

use bailiwick_domain::incentive::Earned;
use bailiwick_domain::period::Period;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::credit::trace::Credit;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Statement {
    /// Employee id; empty: what is nobody's.
    pub employee: String,
    pub name: String,
    /// As 2026-Q1.
    #[schema(value_type = String)]
    pub period: Period,
    /// Its first day …
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// … and its last.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// Closed: it does not change any more.
    #[serde(default)]
    pub closed: bool,
    /// By incentive plan.
    pub plans: Vec<PlanStatement>,
    /// What disputes were settled with.
    #[serde(default)]
    pub adjustments: Vec<Adjustment>,
    /// What is paid, a currency each.
    pub pay: Vec<Money>,
    /// Every credit of the period, in the order of the orders; parts name them by their place (from 0).
    pub credits: Vec<Credit>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Money {
    /// As ISO 4217 calls it.
    pub currency: String,
    /// A decimal.
    #[schema(value_type = String)]
    pub amount: Decimal,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = PayAdjustment)]
pub struct Adjustment {
    /// Number of the dispute.
    pub dispute: u64,
    /// The answer the dispute was settled with.
    pub reason: String,
    pub currency: String,
    /// A decimal.
    #[schema(value_type = String)]
    pub amount: Decimal,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PlanStatement {
    /// Name of the incentive plan.
    pub plan: String,
    /// All amounts of the plan are in it.
    pub currency: String,
    pub parts: Vec<PartStatement>,
    /// The sum of the parts: a decimal.
    #[schema(value_type = String)]
    pub earned: Decimal,
    /// Added to reach the guarantee: a decimal.
    #[schema(value_type = String)]
    pub guarantee: Decimal,
    /// Cut above the cap: a decimal, not negative.
    #[schema(value_type = String)]
    pub cap: Decimal,
    /// `earned + guarantee − cap`: a decimal.
    #[schema(value_type = String)]
    pub pay: Decimal,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PartStatement {
    pub name: String,
    /// `revenue`, `margin`, `new-customers`, `retention` or `service`.
    pub measure: String,
    /// `own`, `team` or `line`.
    pub of: String,
    /// What was reached: a decimal, in the plan's currency for revenue and margin, customers for new-customers, a share for
    /// retention, what the policy measures for service.
    #[schema(value_type = String)]
    pub value: Decimal,
    /// What was expected, in the same unit, after the ramp of joiners: a decimal.
    #[schema(value_type = Option<String>)]
    pub quota: Option<Decimal>,
    /// The share of the quota that joiners bear, a decimal from 0 to 1; null where it is all of it.
    #[schema(value_type = Option<String>)]
    pub ramp: Option<Decimal>,
    /// Pay a unit of the measure: a decimal in the plan's currency.
    #[schema(value_type = Option<String>)]
    pub rate: Option<Decimal>,
    /// Pay where the quota is just reached: a decimal in the plan's currency.
    #[schema(value_type = Option<String>)]
    pub target: Option<Decimal>,
    /// Units of the company's currency for one of the plan's, on the last day of the period: a decimal; null where both
    /// are one.
    #[schema(value_type = Option<String>)]
    pub exchange_rate: Option<Decimal>,
    /// What that comes to, tier by tier.
    pub earned: Earned,
    /// Places of the credits that make the value up.
    pub credits: Vec<u32>,
    /// Ids of new customers, or of those kept.
    pub accounts: Vec<String>,
    /// What each of the team or line reached.
    pub people: Vec<Reached>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ReachedBy)]
pub struct Reached {
    /// Employee id.
    pub employee: String,
    /// A decimal in the unit of the measure.
    #[schema(value_type = String)]
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
