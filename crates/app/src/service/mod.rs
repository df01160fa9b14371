//! Service levels (SPEC 1.6): can the people keep what the segments are promised, what breaks first and what would mend
//! it, and who of the important is served below the qualification that was promised. What was really kept is told by
//! [`observed`], from the recorded communications.
//!
//! Hours promised are frequency × duration of contacts, and of answers. Hours available are the working hours of a person
//! that are for customers, as sizing has them. A person's hours go to the segments in the order of the policy, within a
//! segment to the most important accounts: what is left without hours is the promise that breaks.

mod mend;
pub mod observed;
mod qualified;
#[cfg(test)]
mod tests;
mod words;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use mend::{Means, Mend, Remedy};
pub use qualified::{Below, Qualified};

use crate::error::AppError;
use crate::held::{Basis, Held, importance};
use crate::plan::solve::Solver;
use crate::plan::{Ground, Request, Step};
use crate::project::Project;
use crate::sizing::hours::{of_people, promised};

/// Hours that differ by less are the same.
const SAME: f64 = 1e-6;
/// How many accounts a row names.
const SAMPLES: usize = 5;

/// Whether what is promised can be kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ServiceLevels)]
pub struct Service {
    #[schema(value_type = String)]
    pub basis: Basis,
    /// When somebody answers.
    pub business_hours: String,
    /// The share of a person's working hours that is for customers.
    pub customer_share: f64,
    pub hours_promised: f64,
    pub hours_available: f64,
    /// What finds no hours.
    pub hours_short: f64,
    /// One a segment and role that is promised something, in the policy's order.
    pub promises: Vec<PromiseState>,
    /// Whoever has promised hours to spend, those with most too few first.
    pub people: Vec<PersonState>,
    /// The promise that gives way first; absent while all hold.
    pub breaks_first: Option<Breaks>,
    /// By what share all promised hours may grow before the first person has too few; absent where something breaks.
    pub headroom: Option<f64>,
    /// In words, in the policy's language.
    pub words: Vec<String>,
    /// What would mend each pool that is short, the cheapest first.
    pub mends: Vec<Mend>,
    /// By segment and role with a qualification.
    pub qualified: Vec<Qualified>,
    /// Who is served below the qualification that was promised, the most important first.
    pub below: Vec<Below>,
}

/// One segment's promise in one role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PromiseState {
    pub segment: String,
    pub role: String,
    pub product_line: Option<String>,
    pub accounts: usize,
    pub response_hours: Option<f64>,
    pub contacts_per_year: f64,
    /// Hours a year for each account.
    pub hours_each: f64,
    pub hours_promised: f64,
    pub hours_kept: f64,
    pub hours_short: f64,
    /// Accounts that do not get all of their hours.
    pub accounts_short: usize,
    /// Of those, accounts that nobody serves.
    pub accounts_unserved: usize,
    /// Some of them, the most important first.
    pub samples: Vec<String>,
}

/// One person's hours.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PersonState {
    pub employee_id: String,
    pub employee: String,
    pub roles: Vec<String>,
    pub accounts: usize,
    pub hours_promised: f64,
    pub hours_available: f64,
    pub hours_short: f64,
    pub utilisation: Option<f64>,
}

/// What gives way first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Breaks {
    pub segment: String,
    pub role: String,
    pub hours_short: f64,
    pub accounts_short: usize,
    /// Whose hours do not suffice, those with most too few first.
    pub employees: Vec<String>,
}

/// One account in one pool, with what it is promised.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Due {
    pub pool: usize,
    pub account: u32,
    pub segment: u16,
    pub importance: f64,
    pub hours: f64,
    pub kept: f64,
    pub owner: Option<u32>,
}

impl Due {
    fn short(&self) -> f64 {
        (self.hours - self.kept).max(0.0)
    }
}

/// `planned`: by a plan even if somebody holds the accounts today.
///
/// # Errors
/// [`AppError::Missing`] if the policy promises nothing; those of planning.
pub fn assess(
    project: &Project,
    request: &Request,
    planned: bool,
    progress: &(dyn Fn(Step) + Sync),
) -> Result<Service, AppError> {
    let (ground, pools) = Ground::prepare(project, request)?;
    let solver = Solver::new(project, request, &ground)?;
    let held = Held::of(&solver, pools, planned, progress)?;
    assess_held(&solver, &held)
}

/// The same of those who hold the accounts.
///
/// # Errors
/// As [`assess`].
pub fn assess_held(solver: &Solver, held: &Held) -> Result<Service, AppError> {
    let policy = solver.policy;
    let sizing = policy.document.sizing.clone().unwrap_or_default();
    let hours = of_people(solver, &sizing)?;
    let mut dues = dues(solver, held)?;
    if dues.iter().all(|due| due.hours <= 0.0) && !policy.asks_for_qualification() {
        return Err(AppError::Missing {
            message: String::from("the policy promises its customers no service"),
            remedy: String::from(
                "write [service_levels.\"SEGMENT\"] with roles.ROLE = { contacts_per_year = …, hours_per_contact = … }",
            ),
        });
    }
    let spent = allot(&mut dues, &hours);
    let promises = promises(solver, held, &dues);
    let people = people(solver, held, &dues, &hours, &spent);
    let breaks_first = breaks(solver, held, &dues);
    let headroom = match breaks_first {
        Some(_) => None,
        None => people
            .iter()
            .filter(|person| person.hours_promised > 0.0)
            .map(|person| person.hours_available / person.hours_promised - 1.0)
            .reduce(f64::min),
    };
    let mends = mend::mends(solver, held, &dues, &hours, &spent, &sizing);
    let (qualified, below) = qualified::qualified(solver, held)?;
    let mut service = Service {
        basis: held.basis,
        business_hours: policy.opening_hours().told(),
        customer_share: sizing.customer_share,
        hours_promised: dues.iter().map(|due| due.hours).sum(),
        hours_available: people.iter().map(|person| person.hours_available).sum(),
        hours_short: dues.iter().map(Due::short).sum(),
        promises,
        people,
        breaks_first,
        headroom,
        words: vec![],
        mends,
        qualified,
        below,
    };
    service.words = words::words(policy, &service);
    Ok(service)
}

/// Every account of every pool, with its promise.
fn dues(solver: &Solver, held: &Held) -> Result<Vec<Due>, AppError> {
    let importance = importance(solver.policy, &solver.classified.accounts)?;
    let promised = promised(solver, &held.pools);
    let mut dues = vec![];
    for (index, pool) in held.pools.iter().enumerate() {
        for (position, account) in pool.accounts.iter().enumerate() {
            let Some(segment) = solver.classified.segment[*account as usize] else { continue };
            dues.push(Due {
                pool: index,
                account: *account,
                segment,
                importance: importance[*account as usize],
                hours: promised[index][position],
                kept: 0.0,
                owner: held.owners[index][position],
            });
        }
    }
    // The order in which hours are given: segments as the policy has them, then the most important.
    dues.sort_by(|a, b| {
        a.segment
            .cmp(&b.segment)
            .then(b.importance.total_cmp(&a.importance))
            .then(a.account.cmp(&b.account))
            .then(a.pool.cmp(&b.pool))
    });
    Ok(dues)
}

/// Gives everybody's hours to the accounts in their order; what each person spends.
pub(crate) fn allot(dues: &mut [Due], hours: &[f64]) -> Vec<f64> {
    let mut left = hours.to_vec();
    for due in dues.iter_mut() {
        due.kept = match due.owner {
            Some(owner) => due.hours.min(left[owner as usize]).max(0.0),
            None => 0.0,
        };
        if let Some(owner) = due.owner {
            left[owner as usize] -= due.kept;
        }
    }
    hours.iter().zip(&left).map(|(had, left)| had - left).collect()
}

fn promises(solver: &Solver, held: &Held, dues: &[Due]) -> Vec<PromiseState> {
    let names = solver.policy.segment_names();
    let mut states: Vec<((u16, usize), PromiseState)> = vec![];
    for due in dues {
        let pool = &held.pools[due.pool];
        let segment = names[usize::from(due.segment)];
        let same = |state: &PromiseState| state.role == pool.role && state.product_line == pool.product_line;
        let index = states.iter().position(|((of, _), state)| *of == due.segment && same(state));
        let index = index.unwrap_or_else(|| {
            let promise = solver.policy.promise(segment, &pool.role);
            states.push((
                (due.segment, due.pool),
                PromiseState {
                    segment: segment.to_owned(),
                    role: pool.role.clone(),
                    product_line: pool.product_line.clone(),
                    accounts: 0,
                    response_hours: promise.response_hours,
                    contacts_per_year: promise.contacts_per_year,
                    hours_each: due.hours,
                    hours_promised: 0.0,
                    hours_kept: 0.0,
                    hours_short: 0.0,
                    accounts_short: 0,
                    accounts_unserved: 0,
                    samples: vec![],
                },
            ));
            states.len() - 1
        });
        let state = &mut states[index].1;
        state.accounts += 1;
        state.hours_each = state.hours_each.max(due.hours);
        state.hours_promised += due.hours;
        state.hours_kept += due.kept;
        state.hours_short += due.short();
        if due.short() > SAME {
            state.accounts_short += 1;
            state.accounts_unserved += usize::from(due.owner.is_none());
            if state.samples.len() < SAMPLES {
                state.samples.push(solver.account_ids[due.account as usize].clone());
            }
        }
    }
    states.retain(|(_, state)| state.hours_promised > 0.0 || state.response_hours.is_some());
    states.sort_by_key(|(order, _)| *order);
    for (_, state) in &mut states {
        let once = solver.policy.promise_of_segment(&state.segment);
        let of_role = solver.policy.promise(&state.segment, &state.role).hours();
        if state.hours_each > of_role + SAME {
            state.contacts_per_year += once.contacts_per_year;
        }
    }
    states.into_iter().map(|(_, state)| state).collect()
}

fn people(solver: &Solver, held: &Held, dues: &[Due], hours: &[f64], spent: &[f64]) -> Vec<PersonState> {
    let mut promised = vec![0.0; hours.len()];
    let mut accounts = vec![0usize; hours.len()];
    let mut roles: Vec<Vec<String>> = vec![vec![]; hours.len()];
    for due in dues.iter().filter(|due| due.hours > 0.0) {
        let Some(owner) = due.owner.map(|owner| owner as usize) else { continue };
        promised[owner] += due.hours;
        accounts[owner] += 1;
        let role = &held.pools[due.pool].role;
        if !roles[owner].contains(role) {
            roles[owner].push(role.clone());
        }
    }
    let mut people: Vec<PersonState> = (0..hours.len())
        .filter(|person| accounts[*person] > 0)
        .map(|person| PersonState {
            employee_id: solver.staff.ids[person].clone(),
            employee: solver.staff.names[person].clone(),
            roles: roles[person].clone(),
            accounts: accounts[person],
            hours_promised: promised[person],
            hours_available: hours[person],
            hours_short: (promised[person] - spent[person]).max(0.0),
            utilisation: (hours[person] > 0.0).then(|| promised[person] / hours[person]),
        })
        .collect();
    people.sort_by(|a, b| {
        b.hours_short
            .total_cmp(&a.hours_short)
            .then(b.utilisation.unwrap_or(f64::INFINITY).total_cmp(&a.utilisation.unwrap_or(f64::INFINITY)))
            .then(a.employee_id.cmp(&b.employee_id))
    });
    people
}

/// Of what is short, the segment that stands last gives way first; within it the role of which most is short.
fn breaks(solver: &Solver, held: &Held, dues: &[Due]) -> Option<Breaks> {
    let short = || dues.iter().filter(|due| due.short() > SAME);
    let last = short().map(|due| due.segment).max()?;
    let mut by_role: Vec<(&str, f64, usize)> = vec![];
    for due in short().filter(|due| due.segment == last) {
        let role = held.pools[due.pool].role.as_str();
        match by_role.iter_mut().find(|(known, ..)| *known == role) {
            Some((_, hours, accounts)) => (*hours, *accounts) = (*hours + due.short(), *accounts + 1),
            None => by_role.push((role, due.short(), 1)),
        }
    }
    let (role, hours_short, accounts_short) = by_role.into_iter().reduce(|a, b| if b.1 > a.1 { b } else { a })?;
    let mut of_people: Vec<(u32, f64)> = vec![];
    for due in short().filter(|due| due.segment == last && held.pools[due.pool].role == role) {
        let Some(owner) = due.owner else { continue };
        match of_people.iter_mut().find(|(known, _)| *known == owner) {
            Some((_, hours)) => *hours += due.short(),
            None => of_people.push((owner, due.short())),
        }
    }
    of_people.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    Some(Breaks {
        segment: solver.policy.segment_names()[usize::from(last)].to_owned(),
        role: role.to_owned(),
        hours_short,
        accounts_short,
        employees: of_people.into_iter().map(|(owner, _)| solver.staff.ids[owner as usize].clone()).collect(),
    })
}
