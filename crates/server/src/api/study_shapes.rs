//! What a study comes to, as the API describes it. A job keeps its result as JSON; it is read back into these.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether what is promised can be kept.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct ServiceLevels {
    basis: String,
    /// When somebody answers.
    business_hours: String,
    /// The share of a person's working hours that is for customers.
    customer_share: f64,
    hours_promised: f64,
    hours_available: f64,
    /// What finds no hours.
    hours_short: f64,
    /// One a segment and role that is promised something, in the policy's order.
    promises: Vec<PromiseState>,
    /// Whoever has promised hours to spend, those with most too few first.
    people: Vec<PersonState>,
    /// The promise that gives way first; absent while all hold.
    breaks_first: Option<Breaks>,
    /// By what share all promised hours may grow before the first person has too few; absent where something breaks.
    headroom: Option<f64>,
    /// In words, in the policy's language.
    words: Vec<String>,
    /// What would mend each pool that is short, the cheapest first.
    mends: Vec<Mend>,
    /// By segment and role with a qualification.
    qualified: Vec<Qualified>,
    /// Who is served below the qualification that was promised, the most important first.
    below: Vec<Below>,
}

/// One segment's promise in one role.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct PromiseState {
    segment: String,
    role: String,
    product_line: Option<String>,
    accounts: usize,
    response_hours: Option<f64>,
    contacts_per_year: f64,
    /// Hours a year for each account.
    hours_each: f64,
    hours_promised: f64,
    hours_kept: f64,
    hours_short: f64,
    /// Accounts that do not get all of their hours.
    accounts_short: usize,
    /// Of those, accounts that nobody serves.
    accounts_unserved: usize,
    /// Some of them, the most important first.
    samples: Vec<String>,
}

/// One person's hours.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct PersonState {
    employee_id: String,
    employee: String,
    roles: Vec<String>,
    accounts: usize,
    hours_promised: f64,
    hours_available: f64,
    hours_short: f64,
    utilisation: Option<f64>,
}

/// What gives way first.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Breaks {
    segment: String,
    role: String,
    hours_short: f64,
    accounts_short: usize,
    /// Whose hours do not suffice, those with most too few first.
    employees: Vec<String>,
}

/// What would mend one pool.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Mend {
    segment: String,
    role: String,
    product_line: Option<String>,
    hours_short: f64,
    /// The cheapest first; what has no known price comes last, in the order of the least change.
    remedies: Vec<Remedy>,
}

/// A segment and role that are promised a qualification.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Qualified {
    segment: String,
    role: String,
    product_line: Option<String>,
    /// `skill:level`, as the policy asks.
    qualification: Vec<String>,
    accounts: usize,
    /// Accounts whose holder has all of it.
    qualified: usize,
    /// Accounts whose holder nobody else of the pool surpasses in it.
    by_the_best: usize,
    /// Those of the pool who have all of it.
    people: usize,
}

/// Somebody important who is served below what was promised.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Below {
    account_id: String,
    account: String,
    segment: String,
    role: String,
    product_line: Option<String>,
    /// The score of importance; 0 where the policy has none.
    importance: f64,
    /// Absent where nobody serves it.
    employee_id: Option<String>,
    employee: Option<String>,
    skill: String,
    level: f64,
    least: f64,
    /// Who of the pool has all that is asked for, if anybody has.
    instead: Option<String>,
}

/// Held against demanded, and what would improve the plan.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct SkillsGap {
    basis: String,
    /// The gap matrix, the largest gaps first.
    cells: Vec<SkillCell>,
    /// Skill levels that the plan misses, an account's each counted as a share of what it asks for.
    missing: f64,
    /// Who should learn what, the most worth its cost first.
    trainings: Vec<Training>,
    /// Who should be taken on, the most worth their cost first.
    hires: Vec<Hire>,
    /// How the values were found, in the policy's language.
    method: String,
}

/// One skill in one role and group: demand and supply.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct SkillCell {
    skill: String,
    role: String,
    dimension: String,
    /// Empty: accounts that belong to no group of the dimension.
    group: String,
    /// The highest level that is asked for there.
    level: f64,
    /// Accounts (× product line) that ask for it.
    accounts: usize,
    /// Hours a year that they want.
    hours: f64,
    /// What they bring a year; absent where the policy does not say.
    revenue: Option<f64>,
    /// Accounts whose holder is below the level they ask for, or that nobody serves.
    accounts_below: usize,
    hours_below: f64,
    /// Those who may serve there, by the level they hold.
    people: BTreeMap<String, usize>,
    /// Of those, at `level` or above.
    qualified: usize,
    /// Hours a year that those have for these accounts, their share of what they have for the pool.
    hours_qualified: f64,
    /// Hours wanted beyond that.
    gap_hours: f64,
}

/// Somebody learns a level of a skill.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Training {
    employee_id: String,
    employee: String,
    skill: String,
    from: f64,
    to: f64,
    /// Absent where the policy does not say.
    cost: Option<f64>,
    /// Missing levels that the prices of the plan promise to be saved.
    estimated: f64,
    /// Missing levels that are saved when the plan is made again.
    confirmed: f64,
    /// Of a thousand in the company's currency; of a level where the cost is not known.
    per_cost: f64,
    roles: Vec<String>,
    /// Accounts that would be served better.
    accounts: usize,
    hours: f64,
    revenue: Option<f64>,
    /// Some of them, the most important first.
    customers: Vec<BetterServed>,
    /// In the policy's language.
    words: String,
}

/// Somebody is taken on.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Hire {
    segment: String,
    role: String,
    product_line: Option<String>,
    /// `skill:level` that the new one should hold.
    skills: Vec<String>,
    /// Whom they would be like; absent for somebody who has all that is missed most.
    like: Option<String>,
    /// Of the first year.
    cost: Option<f64>,
    estimated: f64,
    confirmed: f64,
    per_cost: f64,
    accounts: usize,
    hours: f64,
    revenue: Option<f64>,
    customers: Vec<BetterServed>,
    words: String,
}

#[derive(Serialize, Deserialize, ToSchema)]
pub struct BetterServed {
    account_id: String,
    account: String,
}

#[derive(Serialize, Deserialize, ToSchema)]
pub struct Effort {
    basis: String,
    tolerance: f64,
    /// Hours a year of all segments.
    hours: f64,
    /// Contacts of all segments; absent where no ledger was asked.
    contacts: Option<usize>,
    /// In the policy's order.
    segments: Vec<EffortOf>,
}

/// One segment's effort.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct EffortOf {
    segment: String,
    accounts: usize,
    /// Hours a year that its accounts want.
    hours: f64,
    /// Of all hours.
    share: f64,
    /// What the strategy wants; absent where it says nothing of the segment.
    target: Option<f64>,
    /// `share − target`.
    difference: Option<f64>,
    /// Hours that would have to go elsewhere, or come, to meet the target.
    hours_to_target: Option<f64>,
    contacts: Option<usize>,
    /// Of all contacts.
    contact_share: Option<f64>,
    /// By role: hours a year.
    roles: Vec<(String, f64)>,
    /// In the policy's language.
    words: String,
}

/// A scenario beside the present.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct WhatIf {
    scenario: String,
    on: String,
    seed: u64,
    /// Accounts that the scenario adds.
    accounts_added: usize,
    joiners: Vec<String>,
    leavers: Vec<String>,
    /// The plan without it …
    before: PlanSide,
    /// … and with it.
    after: PlanSide,
    /// Assignments of both plans that are somebody else's in the second.
    moved: usize,
    /// Of those, assignments of somebody who leaves.
    moved_from_leavers: usize,
    /// Assignments that only the second has.
    new: usize,
    /// In the policy's order.
    pools: Vec<PoolChange>,
    /// In the policy's language.
    words: Vec<String>,
}

/// One plan in numbers.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct PlanSide {
    accounts: usize,
    /// At work.
    employees: usize,
    assigned: usize,
    unassigned: usize,
    /// Hours a year.
    hours_wanted: f64,
    hours_available: f64,
    /// Full-time employees that the hours make.
    needed: f64,
    /// A year; absent where the policy states no sales, margin or cost.
    sales: Option<f64>,
    profit: Option<f64>,
    /// The largest deviation of a balanced measure.
    max_deviation: f64,
    /// Promises of the policy that cannot be kept.
    broken: usize,
}

/// One pool, before and after; absent on a side that does not have it.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct PoolChange {
    segment: String,
    role: String,
    product_line: Option<String>,
    /// The line of the policy, or of the scenario, that divides it.
    rule: String,
    before: Option<PoolSide>,
    after: Option<PoolSide>,
    /// Assignments of both that are somebody else's.
    moved: usize,
}

#[derive(Serialize, Deserialize, ToSchema)]
pub struct PoolSide {
    accounts: usize,
    employees: usize,
    hours_wanted: f64,
    hours_available: f64,
    needed: f64,
    utilisation: Option<f64>,
    sales: Option<f64>,
    profit: Option<f64>,
    /// The largest deviation of a balanced measure; absent where nothing is balanced.
    max_deviation: Option<f64>,
    /// How far from the best possible the plan is at most.
    gap: Option<f64>,
    broken: usize,
}

/// One way to mend a promise that breaks. Which of the fields there are depends on `means`.
#[derive(Serialize, Deserialize, ToSchema)]
pub struct Remedy {
    /// `move`, `train`, `fewer` or `hire`.
    means: String,
    /// In the company's currency a year; null where the policy does not say what it costs.
    cost: Option<f64>,
    /// In the policy's language.
    words: String,
    /// Accounts that move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    accounts: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hours: Option<f64>,
    /// Who takes them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    to: Option<Vec<String>>,
    /// Levels that are learnt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    levels: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    skills: Option<Vec<String>>,
    /// Who learns, as ids; or how many are taken on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    employees: Option<WhoOrHowMany>,
    /// Beside whom somebody is taken on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    beside: Option<String>,
    /// The segment that is contacted less.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    of: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contacts_per_year: Option<f64>,
    /// As many contacts a year as there are hours for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    feasible: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    contacts_lost: Option<f64>,
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum WhoOrHowMany {
    Number(f64),
    Ids(Vec<String>),
}
