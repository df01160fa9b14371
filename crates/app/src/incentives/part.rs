//! One measure of a plan: what was reached, by whom, from which orders, and what it earns.

use std::collections::BTreeSet;

use bailiwick_domain::incentive::{Basis, Pay, cents, earn};
use bailiwick_domain::period::Period;
use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::document::Expression;
use bailiwick_domain::policy::incentive::{IncentivePlan, Measure, Of, PlanPart};
use rust_decimal::Decimal;

use super::covers;
use super::numbers::Numbers;
use super::statement::{PartStatement, Reached};
use crate::contribution::ReportingLine;
use crate::credit::Ground;
use crate::credit::rates;
use crate::credit::trace::Credit;
use crate::error::AppError;

pub struct Reckoner<'a> {
    pub policy: &'a Policy,
    pub ground: &'a Ground<'a>,
    pub numbers: &'a Numbers<'a>,
    pub line: &'a ReportingLine,
    /// Everybody's credits of the period.
    pub credits: &'a [Credit],
    /// Everybody's of the period before.
    pub before: &'a [Credit],
    pub period: Period,
}

/// What was reached, and where it comes from.
#[derive(Default)]
struct Value {
    value: Decimal,
    credits: Vec<u32>,
    accounts: Vec<String>,
    people: Vec<Reached>,
}

impl Reckoner<'_> {
    pub fn number(&self, text: Option<&Expression>, employee: &str) -> Result<Option<Decimal>, AppError> {
        self.numbers.of(text, employee)
    }

    /// # Errors
    /// If an expression does not compile, or a rate is missing.
    pub fn part(
        &self,
        plan: &IncentivePlan,
        part: &PlanPart,
        currency: &str,
        employee: &str,
        own: &[u32],
        credits: &[Credit],
    ) -> Result<PartStatement, AppError> {
        let measure = *part.measure.get_ref();
        let mut reached = match part.of {
            Of::Own => self.of_own(plan, part, employee, own, credits)?,
            Of::Team => self.of_people(plan, part, &self.line.team(employee))?,
            Of::Line => self.of_people(plan, part, &self.line.below(employee))?,
        };
        let mut exchange_rate = None;
        if matches!(measure, Measure::Revenue | Measure::Margin) {
            let last = self.period.last();
            let rate = self.ground.rates.on(currency, last).ok_or_else(|| rates::missing(currency, last))?;
            if rate != Decimal::ONE {
                exchange_rate = Some(rate);
                reached.value = cents(reached.value / rate);
                reached.people.iter_mut().for_each(|one| one.value = cents(one.value / rate));
            }
        }
        let ramp = if plan.ramp { self.numbers.ramp(employee, self.period) } else { Decimal::ONE };
        let quota = self.number(part.quota.as_ref(), employee)?;
        let quota = quota.map(|quota| if ramp == Decimal::ONE { quota } else { cents(quota * ramp) });
        let rate = self.number(part.rate.as_ref(), employee)?;
        let target = self.number(part.target.as_ref(), employee)?;
        let pay = Pay {
            quota,
            basis: target.map_or(Basis::Rate(rate.unwrap_or_default()), Basis::Target),
            tiers: part.tiers.iter().map(|tier| (tier.from.0, tier.times.0)).collect(),
            bonus: part.bonus.iter().map(|bonus| (bonus.at.0, bonus.pay.0)).collect(),
        };
        let of = match part.of {
            Of::Own => "own",
            Of::Team => "team",
            Of::Line => "line",
        };
        Ok(PartStatement {
            name: part.name.clone().unwrap_or_else(|| measure.word().to_owned()),
            measure: measure.word().to_owned(),
            of: of.to_owned(),
            value: reached.value,
            quota,
            ramp: (ramp != Decimal::ONE && quota.is_some()).then_some(ramp),
            rate,
            target,
            exchange_rate,
            earned: earn(reached.value, &pay),
            credits: reached.credits,
            accounts: reached.accounts,
            people: reached.people,
        })
    }

    fn of_own(
        &self,
        plan: &IncentivePlan,
        part: &PlanPart,
        employee: &str,
        own: &[u32],
        credits: &[Credit],
    ) -> Result<Value, AppError> {
        let of: Vec<(u32, &Credit)> = own.iter().map(|place| (*place, &credits[*place as usize])).collect();
        let of: Vec<(u32, &Credit)> = of.into_iter().filter(|(_, credit)| is_of_line(part, credit)).collect();
        let before = self.before.iter().filter(|credit| credit.employee.as_deref() == Some(employee));
        let before: Vec<&Credit> = before.filter(|credit| covers(plan, credit) && is_of_line(part, credit)).collect();
        let only: Vec<&Credit> = of.iter().map(|(_, credit)| *credit).collect();
        let mut value = self.measure(part, employee, &only, &before)?;
        if matches!(part.measure.get_ref(), Measure::Revenue | Measure::Margin) {
            value.credits = of.iter().map(|(place, _)| *place).collect();
        }
        Ok(value)
    }

    /// What several people reached together. Customers count once, whoever of them has a credit.
    fn of_people(&self, plan: &IncentivePlan, part: &PlanPart, people: &BTreeSet<&str>) -> Result<Value, AppError> {
        let of = |credits: &'_ [Credit]| -> Vec<usize> {
            let among = |credit: &Credit| credit.employee.as_deref().is_some_and(|who| people.contains(who));
            let fits = |place: &usize| {
                let credit = &credits[*place];
                among(credit) && covers(plan, credit) && is_of_line(part, credit)
            };
            (0..credits.len()).filter(fits).collect()
        };
        let now: Vec<&Credit> = of(self.credits).into_iter().map(|place| &self.credits[place]).collect();
        let before: Vec<&Credit> = of(self.before).into_iter().map(|place| &self.before[place]).collect();
        let mut whole = Value::default();
        let mut each = vec![];
        for person in people {
            let own: Vec<&Credit> = now.iter().copied().filter(|one| one.employee.as_deref() == Some(person)).collect();
            let own_before: Vec<&Credit> =
                before.iter().copied().filter(|one| one.employee.as_deref() == Some(person)).collect();
            let value = self.measure(part, person, &own, &own_before)?.value;
            each.push(Reached { employee: (*person).to_owned(), value });
        }
        match part.measure.get_ref() {
            // What somebody else measures for each is the mean of all.
            Measure::Service => {
                let sum: Decimal = each.iter().map(|one| one.value).sum();
                whole.value = (sum / Decimal::from(each.len().max(1))).round_dp(6).normalize();
            }
            _ => whole = self.measure(part, "", &now, &before)?,
        }
        each.retain(|one| !one.value.is_zero());
        whole.people = each;
        Ok(whole)
    }

    fn measure(
        &self,
        part: &PlanPart,
        employee: &str,
        credits: &[&Credit],
        before: &[&Credit],
    ) -> Result<Value, AppError> {
        let mut found = Value::default();
        match part.measure.get_ref() {
            Measure::Revenue => found.value = credits.iter().map(|credit| credit.amount).sum(),
            Measure::Margin => {
                found.value = credits.iter().map(|credit| credit.amount - credit.cost.unwrap_or_default()).sum();
            }
            Measure::NewCustomers => {
                let is_new = |credit: &&&Credit| {
                    credit.kind == "order" && credit.first_order.is_some_and(|day| self.period.contains(day))
                };
                let accounts: BTreeSet<&str> =
                    credits.iter().filter(is_new).map(|credit| credit.account.as_str()).collect();
                found.value = accounts.len().into();
                found.accounts = accounts.into_iter().map(str::to_owned).collect();
            }
            Measure::Retention => {
                let bought = |credits: &[&Credit]| -> BTreeSet<String> {
                    let orders = credits.iter().filter(|credit| credit.kind == "order");
                    orders.map(|credit| credit.account.clone()).collect()
                };
                let (earlier, now) = (bought(before), bought(credits));
                let kept: Vec<String> = earlier.intersection(&now).cloned().collect();
                if !earlier.is_empty() {
                    found.value = (Decimal::from(kept.len()) / Decimal::from(earlier.len())).round_dp(6).normalize();
                }
                found.accounts = kept;
            }
            Measure::Service => found.value = self.number(part.value.as_ref(), employee)?.unwrap_or_default(),
        }
        Ok(found)
    }
}

fn is_of_line(part: &PlanPart, credit: &Credit) -> bool {
    part.product_line.as_ref().is_none_or(|lines| {
        credit.product_line.as_ref().is_some_and(|line| lines.0.iter().any(|one| one.get_ref() == line))
    })
}
