//! Past arrivals decided once more: under the same policy, where every decision must come out as it was, or under
//! another, to see who would have got what. Nothing is written.
//!
//! Under the same policy each decision is made from what the ledger knew the moment before ([`Router::read`] as known at
//! a moment). Under another, a plan is made by it first; arrivals then come upon that plan and upon each other, while
//! people are away and leave as they did.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_domain::assignment::NewAssignment;
use bailiwick_domain::id::{AccountId, EmployeeId, ProductLine, RoleName};
use bailiwick_store::{Ledger, RouteDecision, RouteTurn};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::arrival::{Arrival, Arrivals};
use super::book::Book;
use super::router::{Left, Router};
use crate::error::AppError;
use crate::plan::Plan;
use crate::plan::outcome::NOBODY;
use crate::project::Project;

/// Decisions that are made again at a time.
const AT_ONCE: u32 = 4_096;

/// What came of it.
#[derive(Debug, Clone, Serialize)]
pub struct Replayed {
    /// Arrivals decided again.
    pub arrivals: u64,
    /// Those that would have been decided otherwise.
    pub changed: u64,
    /// By id.
    pub employees: Vec<Tally>,
    /// Every role of every arrival, in the order of the decisions.
    pub outcomes: Vec<Outcome>,
    /// Arrivals that could not be decided again, each with the reason.
    pub refused: Vec<String>,
}

/// Accounts that somebody was given, and would have been given.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Tally {
    pub employee_id: String,
    pub employee: String,
    pub was: u64,
    pub would_be: u64,
}

/// One role of one arrival.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Outcome {
    pub decision_id: u64,
    pub account_id: String,
    pub on: Date,
    pub role: String,
    pub product_line: Option<String>,
    /// None: nobody.
    pub was: Option<String>,
    pub would_be: Option<String>,
    /// Held before the arrival.
    pub kept: bool,
    /// Why it would be them.
    pub reason: Option<String>,
}

impl Outcome {
    pub fn changed(&self) -> bool {
        self.was != self.would_be
    }
}

/// A plan by another policy, and who holds what by it.
pub struct Other {
    left: Left,
    held: Vec<NewAssignment>,
}

impl Other {
    /// A plan just made.
    pub fn of_plan(project: &Project, plan: &Plan) -> Result<Other, AppError> {
        let mut held = vec![];
        for outcome in &plan.pools {
            for (account, owner) in outcome.pool.accounts.iter().zip(&outcome.owner) {
                if *owner == NOBODY {
                    continue;
                }
                let row = *account as usize;
                held.push(holding(
                    &plan.account_ids[row],
                    &outcome.pool.role,
                    outcome.pool.product_line.as_deref(),
                    &plan.staff.ids[*owner as usize],
                    &outcome.rule,
                )?);
            }
        }
        let left = Left {
            plan: String::from("replay"),
            policy: project.policy.clone(),
            policy_version: 0,
            frozen: plan.classified.frozen.clone(),
            pools: plan.pools.iter().map(|outcome| outcome.routing.clone()).collect(),
        };
        Ok(Other { left, held })
    }
}

fn holding(
    account: &str,
    role: &str,
    line: Option<&str>,
    employee: &str,
    rule: &str,
) -> Result<NewAssignment, AppError> {
    let read = || -> Result<NewAssignment, bailiwick_domain::id::IdError> {
        Ok(NewAssignment {
            account: AccountId::new(account)?,
            role: RoleName::new(role)?,
            product_line: line.map(ProductLine::new).transpose()?,
            employee: EmployeeId::new(employee)?,
            segment: String::new(),
            territory: None,
            rule: rule.to_owned(),
            reason: String::new(),
            why: serde_json::Value::Null,
        })
    };
    read().map_err(|error| AppError::Usage { message: error.to_string(), remedy: String::from("correct the id") })
}

/// The day of the first arrival from a day on: what another policy is planned for.
pub async fn first_day(ledger: &Ledger, from: Option<Date>, to: Option<Date>) -> Result<Option<Date>, AppError> {
    let first = ledger.route_decisions_between(from, to, 0, 1).await?;
    Ok(first.first().map(|decision| decision.on))
}

/// Decides about all arrivals that took effect from a day on and before another once more.
pub async fn replay(
    ledger: &Ledger,
    from: Option<Date>,
    to: Option<Date>,
    other: Option<Other>,
) -> Result<Replayed, AppError> {
    let mut again = Again {
        turn: ledger.route_look().await?,
        router: None,
        book: Book::default(),
        now: None,
        last_entry: 0,
        other: other.is_some(),
        told: Told::default(),
    };
    let mut other = other;
    let mut after = 0;
    loop {
        let page = ledger.route_decisions_between(from, to, after, AT_ONCE).await?;
        let Some(last) = page.last() else { break };
        after = last.id;
        for together in page.chunk_by(|a, b| a.recorded_at == b.recorded_at) {
            again.prepare(&together[0], &mut other).await?;
            again.decide(together).await?;
        }
    }
    Ok(again.told.finish(again.router.as_ref()))
}

struct Again {
    turn: RouteTurn,
    router: Option<Router>,
    book: Book,
    /// The moment of the decisions at hand.
    now: Option<Timestamp>,
    last_entry: i64,
    other: bool,
    told: Told,
}

impl Again {
    /// The state before decisions that were recorded together.
    async fn prepare(&mut self, first: &RouteDecision, other: &mut Option<Other>) -> Result<(), AppError> {
        if self.now == Some(first.recorded_at) {
            return Ok(());
        }
        self.now = Some(first.recorded_at);
        let before = first.recorded_at.saturating_sub(SignedDuration::from_micros(1)).unwrap_or(first.recorded_at);
        if !self.other {
            self.book = Book::default();
        }
        self.book.remember_all();
        if let Some(other) = other.take() {
            let ground = self.turn.ground(first.on, Some(before)).await?;
            self.router = Some(Router::of_plan(other.left, &ground, first.on)?);
            other.held.into_iter().for_each(|one| self.book.state(one));
            return Ok(());
        }
        let fits = self.router.as_ref().is_some_and(|router| router.on == first.on);
        if fits && self.turn.quiet(self.last_entry, Some(before)).await? {
            return Ok(());
        }
        match &mut self.router {
            Some(router) if self.other => {
                let ground = self.turn.ground(first.on, Some(before)).await?;
                router.meet(&ground, first.on)?;
            }
            router => *router = Some(Router::read(&mut self.turn, first.on, Some(before)).await?),
        }
        Ok(())
    }

    async fn decide(&mut self, together: &[RouteDecision]) -> Result<(), AppError> {
        let Some(router) = &mut self.router else { return Ok(()) };
        let before = self.now.and_then(|now| now.saturating_sub(SignedDuration::from_micros(1)).ok());
        let readable: Vec<(&RouteDecision, Arrival)> =
            together.iter().filter_map(|decision| Some((decision, once_more(decision)?))).collect();
        let (decisions, arrivals): (Vec<&RouteDecision>, Vec<Arrival>) = readable.into_iter().unzip();
        if self.other {
            // What arrived then was not there before, whatever the sources say today.
            for decision in together {
                for owner in decision.owners.iter().filter(|owner| !owner.kept) {
                    let key = (owner.role.to_string(), owner.product_line.as_ref().map(ToString::to_string));
                    if let Some(holder) =
                        self.book.forget(decision.account.as_str(), &owner.role, owner.product_line.as_ref())
                    {
                        router.count_one_less(&key, &holder);
                    }
                }
            }
        }
        let arrivals: Vec<&Arrival> = arrivals.iter().collect();
        self.book.read_more(&mut self.turn, &arrivals, router.on, before, !self.other).await?;
        let decided = router.decide(&arrivals, |_| String::from("replay"), &mut self.book);
        let mut same = true;
        for (decision, decided) in decisions.into_iter().zip(decided) {
            let entry = i64::try_from(decision.recorded_by).unwrap_or(i64::MAX);
            self.last_entry = self.last_entry.max(entry);
            match decided {
                Ok(decided) => same &= self.told.compare(decision, &decided.decision.assignments),
                Err(reason) => {
                    same = false;
                    self.told.refused.push(format!("decision {} {reason}", decision.id));
                }
            }
        }
        if !same && !self.other {
            // What follows came upon what was done, not upon what would have been.
            self.last_entry = 0;
        }
        Ok(())
    }
}

/// The arrival of a decision, with its seed.
fn once_more(decision: &RouteDecision) -> Option<Arrival> {
    let mut arrival = Arrivals::of_value(decision.arrival.clone()).arrivals.pop()?;
    arrival.seed = Some(decision.seed);
    Some(arrival)
}

#[derive(Default)]
struct Told {
    arrivals: u64,
    changed: u64,
    was: BTreeMap<String, u64>,
    would_be: BTreeMap<String, u64>,
    outcomes: Vec<Outcome>,
    refused: Vec<String>,
}

impl Told {
    /// Whether an arrival comes out as it was.
    fn compare(&mut self, decision: &RouteDecision, now: &[super::Assigned]) -> bool {
        type Key = (String, Option<String>);
        let was: BTreeMap<Key, (&str, bool)> = decision
            .owners
            .iter()
            .map(|one| {
                let key = (one.role.to_string(), one.product_line.as_ref().map(ToString::to_string));
                (key, (one.employee.as_str(), one.kept))
            })
            .collect();
        let would: BTreeMap<Key, &super::Assigned> =
            now.iter().map(|one| ((one.role.clone(), one.product_line.clone()), one)).collect();
        let mut same = true;
        for key in was.keys().chain(would.keys()).collect::<BTreeSet<_>>() {
            let (before, after) = (was.get(key), would.get(key));
            let outcome = Outcome {
                decision_id: decision.id,
                account_id: decision.account.to_string(),
                on: decision.on,
                role: key.0.clone(),
                product_line: key.1.clone(),
                was: before.map(|(employee, _)| (*employee).to_owned()),
                would_be: after.map(|one| one.employee_id.clone()),
                kept: before.is_some_and(|(_, kept)| *kept) && after.is_none_or(|one| one.kept),
                reason: after.map(|one| one.reason.clone()),
            };
            if let Some((employee, false)) = before {
                *self.was.entry((*employee).to_owned()).or_default() += 1;
            }
            if let Some(one) = after.filter(|one| !one.kept) {
                *self.would_be.entry(one.employee_id.clone()).or_default() += 1;
            }
            same &= !outcome.changed();
            self.outcomes.push(outcome);
        }
        self.arrivals += 1;
        self.changed += u64::from(!same);
        same
    }

    fn finish(self, router: Option<&Router>) -> Replayed {
        let ids: BTreeSet<&String> = self.was.keys().chain(self.would_be.keys()).collect();
        let tally = |id: &String| Tally {
            employee_id: id.clone(),
            employee: router.map_or_else(|| id.clone(), |router| router.name(id)),
            was: self.was.get(id).copied().unwrap_or(0),
            would_be: self.would_be.get(id).copied().unwrap_or(0),
        };
        Replayed {
            arrivals: self.arrivals,
            changed: self.changed,
            employees: ids.into_iter().map(tally).collect(),
            outcomes: self.outcomes,
            refused: self.refused,
        }
    }
}
