//! What if (SPEC 3.5): a new region, a product line more, two who leave. A scenario is a small text over the policy and its
//! sources ([`bailiwick_domain::policy::scenario`]); it is planned beside the present one, by the same seed, and what
//! changes is told: hours, balance, gap, moves and profit.
//!
//! Sales of the scenario follow the response curve of the present pool (see [`crate::sizing`]): with its elasticity, and
//! scaled as today's staff brings today's sales, so that fewer hours for the same accounts bring less.

mod compare;
mod overlay;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use compare::{PoolChange, PoolSide, Side};
pub use overlay::over;

use bailiwick_domain::policy::scenario::Scenario;

use crate::error::AppError;
use crate::incentives::scenario::Scenario as Pay;
use crate::incentives::{self, Booked, period_of};
use crate::lang::Texts;
use crate::plan::{Request, Step};
use crate::project::Project;

/// A scenario beside the present.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WhatIf {
    pub scenario: String,
    pub on: String,
    pub seed: u64,
    /// Accounts that the scenario adds.
    pub accounts_added: usize,
    pub joiners: Vec<String>,
    pub leavers: Vec<String>,
    /// The plan without it …
    pub before: Side,
    /// … and with it.
    pub after: Side,
    /// Assignments of both plans that are somebody else's in the second.
    pub moved: usize,
    /// Of those, assignments of somebody who leaves.
    pub moved_from_leavers: usize,
    /// Assignments that only the second has.
    pub new: usize,
    /// In the policy's order.
    pub pools: Vec<PoolChange>,
    /// Everybody's pay in the last period that is over and had orders, under the plan without it and with it: the same
    /// orders, as if either had held all along. Absent where the policy pays nothing by its incentive plans, or nothing
    /// was ordered.
    pub pay: Option<Pay>,
    /// In the policy's language.
    pub words: Vec<String>,
}

/// Reads a scenario's text.
///
/// # Errors
/// [`AppError::Refused`] with all that is wrong with it.
pub fn read(text: &str, file: &str) -> Result<Scenario, AppError> {
    Scenario::parse(text, file).map_err(|findings| AppError::Refused { findings, policy_text: text.to_owned() })
}

/// Plans both, and says what changes.
///
/// # Errors
/// What is wrong with the scenario; those of planning.
pub fn what_if(
    project: &Project,
    scenario: &Scenario,
    request: &Request,
    progress: &(dyn Fn(Step) + Sync),
) -> Result<WhatIf, AppError> {
    let (other, added) = over(project, scenario)?;
    let half = |from: f64| move |step: Step| progress(Step { fraction: from + step.fraction / 2.0, ..step });
    let before = compare::plan(project, request, None, &half(0.0))?;
    let after = compare::plan(&other, request, Some(&before), &half(0.5))?;
    let leavers: Vec<String> = scenario.document.leavers.iter().map(|id| id.get_ref().clone()).collect();
    let mut told = compare::compare(&before, &after, &leavers);
    told.scenario = scenario.document.name.get_ref().clone();
    told.on = request.on.to_string();
    told.seed = request.seed;
    told.accounts_added = added.accounts;
    told.joiners = added.joiners;
    told.leavers = leavers;
    told.pay = pay(project, &before, &other, &after, request.on)?;
    told.words = words(&other, &told);
    Ok(told)
}

/// What everybody earns by either plan.
fn pay(
    project: &Project,
    before: &compare::Planned,
    other: &Project,
    after: &compare::Planned,
    on: Date,
) -> Result<Option<Pay>, AppError> {
    let ordered = project.snapshot.orders.as_ref().map(|orders| orders.dates("order_date"));
    let last = ordered.into_iter().flatten().flatten().filter(|day| *day < on).max();
    let pays = project.policy.document.incentives.as_ref().is_some_and(|incentives| !incentives.plans.is_empty());
    let Some(last) = last.filter(|_| pays) else { return Ok(None) };
    let mut period = period_of(&project.policy, last);
    if period.contains(on) {
        period = period.before();
    }
    let booked = Booked::default();
    let now = incentives::statements(project, before.holdings(), &booked, period)?;
    let then = incentives::statements(other, after.holdings(), &booked, period)?;
    Ok(Some(incentives::scenario::compare(project, &now, &then, period)?))
}

fn words(project: &Project, told: &WhatIf) -> Vec<String> {
    let company = &project.policy.document.company;
    let texts = Texts::of(company.language);
    let hours = |value: f64| texts.number(value, 0);
    let mut words = vec![texts.say(
        "scenario-hours",
        &[
            ("before", hours(told.before.hours_wanted).into()),
            ("after", hours(told.after.hours_wanted).into()),
            ("hadbefore", hours(told.before.hours_available).into()),
            ("hadafter", hours(told.after.hours_available).into()),
        ],
    )];
    words.push(texts.say("scenario-moves", &[("moved", told.moved.into()), ("new", told.new.into())]));
    if let (Some(before), Some(after)) = (told.before.profit, told.after.profit) {
        words.push(texts.say(
            "scenario-profit",
            &[
                ("before", hours(before).into()),
                ("after", hours(after).into()),
                ("difference", hours(after - before).into()),
                ("currency", company.currency.get_ref().clone().into()),
            ],
        ));
    }
    if told.after.unassigned > told.before.unassigned {
        let more = told.after.unassigned - told.before.unassigned;
        words.push(texts.say("scenario-unassigned", &[("more", more.into())]));
    }
    words
}
