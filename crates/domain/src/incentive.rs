//! What a measure earns: a rate by the share of the quota that is reached, and bonuses (SPEC 1.7).
//!
//! Tiers are **marginal**: each part of the measure earns what its own tier says, so that no sale more ever earns less (a
//! jump of the whole rate at a threshold would invite moving orders from one period to the next; Oyer, *Fiscal year ends
//! and nonlinear incentive contracts*, Quarterly Journal of Economics 113(1), 1998). Each step is rounded to the cent,
//! halves away from zero, so that a statement adds up line by line.

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How a measure is paid.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Pay {
    /// What is expected; tiers and bonuses speak of shares of it.
    pub quota: Option<Decimal>,
    pub basis: Basis,
    /// From which share of the quota on, times what; ascending. 1 from 0 when empty.
    pub tiers: Vec<(Decimal, Decimal)>,
    /// At which share of the quota, how much.
    pub bonus: Vec<(Decimal, Decimal)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Basis {
    /// Pay a unit.
    Rate(Decimal),
    /// Pay where the quota is just reached.
    Target(Decimal),
}

impl Default for Basis {
    fn default() -> Self {
        Basis::Rate(Decimal::ZERO)
    }
}

/// What was earned, line by line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Earned {
    /// Measure ÷ quota, a decimal to four places; null without a quota.
    #[schema(value_type = Option<String>)]
    pub attainment: Option<Decimal>,
    /// One for each tier that anything lies in.
    pub steps: Vec<Step>,
    /// Bonuses that were reached.
    pub bonuses: Vec<Reached>,
    /// The sum of all lines: a decimal in the plan's currency.
    #[schema(value_type = String)]
    pub pay: Decimal,
}

/// The part of the measure that lies in one tier.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = EarnedStep)]
pub struct Step {
    /// Share of the quota at which it begins: 1 is the whole quota.
    #[schema(value_type = String)]
    pub from: Decimal,
    /// Units of the measure in it (money, customers or a share); below 0 where returns exceed sales.
    #[schema(value_type = String)]
    pub units: Decimal,
    /// By what the rate is multiplied.
    #[schema(value_type = String)]
    pub times: Decimal,
    /// A decimal in the plan's currency.
    #[schema(value_type = String)]
    pub pay: Decimal,
}

/// A bonus that was reached.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = EarnedBonus)]
pub struct Reached {
    /// The share of the quota at which it is paid: 1 is the whole quota.
    #[schema(value_type = String)]
    pub at: Decimal,
    /// A decimal in the plan's currency.
    #[schema(value_type = String)]
    pub pay: Decimal,
}

/// To the cent, halves away from zero.
#[must_use]
pub fn cents(amount: Decimal) -> Decimal {
    let mut rounded = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    rounded.rescale(2);
    rounded
}

/// What a measure earns.
#[must_use]
pub fn earn(measure: Decimal, pay: &Pay) -> Earned {
    let quota = pay.quota.filter(|quota| !quota.is_zero());
    let whole = [(Decimal::ZERO, Decimal::ONE)];
    let tiers = if pay.tiers.is_empty() || quota.is_none() { &whole[..] } else { &pay.tiers };
    let mut steps = vec![];
    for (place, &(from, times)) in tiers.iter().enumerate() {
        let bound = |share: Decimal| share * quota.unwrap_or(Decimal::ZERO);
        let (low, high) = (bound(from), tiers.get(place + 1).map(|next| bound(next.0)));
        let top = high.map_or(measure, |high| measure.min(high));
        // What lies below the first tier that begins at 0 is owed back at its rate.
        let units = if place == 0 && from.is_zero() { top } else { (top - low).max(Decimal::ZERO) };
        if units.is_zero() {
            continue;
        }
        let exact = match (pay.basis, quota) {
            (Basis::Rate(rate), _) => units * rate * times,
            (Basis::Target(target), Some(quota)) => units * target * times / quota,
            (Basis::Target(_), None) => Decimal::ZERO,
        };
        steps.push(Step { from, units: units.normalize(), times, pay: cents(exact) });
    }
    let reached = |at: Decimal| quota.is_some_and(|quota| measure >= at * quota);
    let bonuses: Vec<Reached> =
        pay.bonus.iter().filter(|(at, _)| reached(*at)).map(|&(at, pay)| Reached { at, pay }).collect();
    let sum = steps.iter().map(|step| step.pay).chain(bonuses.iter().map(|bonus| bonus.pay)).sum();
    let attainment = quota.map(|quota| (measure / quota).round_dp(4).normalize());
    Earned { attainment, steps, bonuses, pay: sum }
}

/// What is added to reach the guarantee, and what is cut above the cap.
#[must_use]
pub fn bounds(earned: Decimal, guarantee: Option<Decimal>, cap: Option<Decimal>) -> (Decimal, Decimal) {
    let added = guarantee.map_or(Decimal::ZERO, |least| (least - earned).max(Decimal::ZERO));
    let cut = cap.map_or(Decimal::ZERO, |most| (earned + added - most).max(Decimal::ZERO));
    (added, cut)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn d(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn pays(earned: &Earned) -> Vec<String> {
        earned.steps.iter().map(|step| step.pay.to_string()).collect()
    }

    #[test]
    fn a_plain_rate_pays_each_unit() {
        let pay = Pay { basis: Basis::Rate(d("0.012")), ..Pay::default() };
        let earned = earn(d("8952751.48"), &pay);
        assert_eq!((earned.pay, earned.attainment), (d("107433.02"), None));
        assert_eq!(earn(d("-1000"), &pay).pay, d("-12"), "what was paid for goods that came back is owed");
    }

    #[test]
    fn each_part_earns_what_its_tier_says() {
        let pay = Pay {
            quota: Some(d("100000")),
            basis: Basis::Rate(d("0.02")),
            tiers: vec![(d("0"), d("0.5")), (d("0.8"), d("1")), (d("1"), d("1.5"))],
            bonus: vec![(d("1"), d("500")), (d("1.5"), d("900"))],
        };
        let earned = earn(d("120000"), &pay);
        assert_eq!(pays(&earned), ["800.00", "400.00", "600.00"]);
        assert_eq!((earned.pay, earned.attainment), (d("2300"), Some(d("1.2"))));
        assert_eq!(earn(d("79999.99"), &pay).pay, d("800.00"));
        assert_eq!(earn(d("100000"), &pay).bonuses.len(), 1);
        assert_eq!(earn(d("99999.99"), &pay).bonuses.len(), 0);
    }

    #[test]
    fn a_target_is_paid_where_the_quota_is_reached() {
        let tiers = vec![(d("0.5"), d("1")), (d("1"), d("2"))];
        let pay = Pay { quota: Some(d("0.9")), basis: Basis::Target(d("1000")), tiers, bonus: vec![] };
        assert_eq!(earn(d("0.45"), &pay).pay, d("0"));
        assert_eq!(earn(d("0.9"), &pay).pay, d("500"), "nothing for the half below the threshold");
        assert_eq!(pays(&earn(d("0.99"), &pay)), ["500.00", "200.00"]);
    }

    #[test]
    fn a_guarantee_adds_and_a_cap_cuts() {
        assert_eq!(bounds(d("300"), Some(d("500")), Some(d("2000"))), (d("200"), d("0")));
        assert_eq!(bounds(d("2300"), Some(d("500")), Some(d("2000"))), (d("0"), d("300")));
        assert_eq!(bounds(d("-100"), None, None), (d("0"), d("0")));
    }
}
