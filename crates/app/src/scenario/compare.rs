//! Two plans beside each other, pool by pool.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::WhatIf;
use crate::credit::holdings::{Held, Holdings};
use crate::error::AppError;
use crate::plan::outcome::NOBODY;
use crate::plan::solve::Solver;
use crate::plan::{Ground, PoolOutcome, Request, Step};
use crate::pool::Pool;
use crate::project::Project;
use crate::sizing::hours::wanted;
use crate::sizing::{PoolSizing, Scope, profit, role_of, size_pools, staff_of};

/// One plan in numbers.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = PlanSide)]
pub struct Side {
    pub accounts: usize,
    /// At work.
    pub employees: usize,
    pub assigned: usize,
    pub unassigned: usize,
    /// Hours a year.
    pub hours_wanted: f64,
    pub hours_available: f64,
    /// Full-time employees that the hours make.
    pub needed: f64,
    /// A year; absent where the policy states no sales, margin or cost.
    pub sales: Option<f64>,
    pub profit: Option<f64>,
    /// The largest deviation of a balanced measure.
    pub max_deviation: f64,
    /// Promises of the policy that cannot be kept.
    pub broken: usize,
}

/// One pool, before and after; absent on a side that does not have it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PoolChange {
    pub segment: String,
    pub role: String,
    pub product_line: Option<String>,
    /// The line of the policy, or of the scenario, that divides it.
    pub rule: String,
    pub before: Option<PoolSide>,
    pub after: Option<PoolSide>,
    /// Assignments of both that are somebody else's.
    pub moved: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PoolSide {
    pub accounts: usize,
    pub employees: usize,
    pub hours_wanted: f64,
    pub hours_available: f64,
    pub needed: f64,
    pub utilisation: Option<f64>,
    pub sales: Option<f64>,
    pub profit: Option<f64>,
    /// The largest deviation of a balanced measure; absent where nothing is balanced.
    pub max_deviation: Option<f64>,
    /// How far from the best possible the plan is at most.
    pub gap: Option<f64>,
    pub broken: usize,
}

/// The coverage, whose place in the policy a scenario does not change, and the product line.
type PoolKey = (usize, Option<String>);

/// How people know a pool: segment, role, product line and rule.
#[derive(Clone)]
struct Title {
    segment: String,
    role: String,
    product_line: Option<String>,
    rule: String,
}

/// A plan with what is known of its pools.
pub(super) struct Planned {
    /// By pool: who holds which account.
    owners: BTreeMap<PoolKey, BTreeMap<String, String>>,
    sides: Vec<(PoolKey, Title, PoolSide)>,
    /// By pool: elasticity and scale of the response curve.
    curves: BTreeMap<PoolKey, (f64, f64)>,
    whole: Side,
}

impl Planned {
    /// Who holds what, as if it had been so all along.
    pub(super) fn holdings(&self) -> Holdings {
        let of_pool = |(key, title, _): &(PoolKey, Title, PoolSide)| {
            let held = self.owners.get(key).into_iter().flatten().filter(|(_, owner)| !owner.is_empty());
            let title = title.clone();
            held.map(move |(account, owner)| {
                Held::always(account, owner, &title.role, &title.product_line, &title.segment)
            })
            .collect::<Vec<_>>()
        };
        Holdings { held: self.sides.iter().flat_map(of_pool).collect(), away: vec![] }
    }
}

fn key(pool: &Pool) -> PoolKey {
    (pool.coverage, pool.product_line.clone())
}

/// Plans, sizes, and keeps what is compared. `like`: the plan whose response curves hold.
pub(super) fn plan(
    project: &Project,
    request: &Request,
    like: Option<&Planned>,
    progress: &(dyn Fn(Step) + Sync),
) -> Result<Planned, AppError> {
    let (ground, pools) = Ground::prepare(project, request)?;
    let mut solver = Solver::new(project, request, &ground)?;
    let sized = size_pools(&solver, &pools, Scope { around: 0, redraw: false })?;
    solver.sized = sized.iter().map(|pool| (pool.coverage, pool.best_count())).collect();
    let sizing = project.policy.document.sizing.clone().unwrap_or_default();
    let hours = wanted(&solver, &sizing, &pools)?;
    let mut curves = BTreeMap::new();
    let mut brought: Vec<Option<(f64, f64)>> = vec![];
    let sizing_of = |pool: &Pool| {
        sized.iter().find(|sized| sized.coverage == pool.coverage && sized.product_line == pool.product_line)
    };
    for (index, pool) in pools.iter().enumerate() {
        brought.push(match sizing_of(pool) {
            Some(sized) => brings(&solver, pool, sized, &hours[index], like, &mut curves)?,
            None => None,
        });
    }
    let staffs: Vec<usize> =
        pools.iter().map(|pool| Ok(staff_of(&solver, pool, &pools)?.len())).collect::<Result<_, AppError>>()?;
    let outcomes = solver.solve_all(pools.clone(), progress)?;
    let mut planned = Planned { owners: BTreeMap::new(), sides: vec![], curves, whole: Side::default() };
    for (index, outcome) in outcomes.iter().enumerate() {
        let pool = &pools[index];
        let side = side(outcome, staffs[index], sizing_of(pool), brought[index]);
        planned.whole.add(outcome, &side);
        let title = Title {
            segment: pool.segment.clone(),
            role: pool.role.clone(),
            product_line: pool.product_line.clone(),
            rule: outcome.rule.clone(),
        };
        planned.sides.push((key(pool), title, side));
        let held = planned.owners.entry(key(pool)).or_default();
        for (account, owner) in outcome.pool.accounts.iter().zip(&outcome.owner) {
            let owner = if *owner == NOBODY { String::new() } else { ground.staff.ids[*owner as usize].clone() };
            held.insert(ground.account_ids[*account as usize].clone(), owner);
        }
    }
    planned.whole.accounts = ground.account_ids.len();
    planned.whole.employees = ground.staff.at_work.iter().filter(|at_work| **at_work).count();
    Ok(planned)
}

/// Sales and profit a year of the hours that a pool has.
fn brings(
    solver: &Solver,
    pool: &Pool,
    sized: &PoolSizing,
    hours: &[f64],
    like: Option<&Planned>,
    curves: &mut BTreeMap<PoolKey, (f64, f64)>,
) -> Result<Option<(f64, f64)>, AppError> {
    let (Some(role), Some(of_pool)) = (role_of(solver, pool), &sized.profit) else { return Ok(None) };
    let Some(ground) = profit::Ground::of(solver, pool, role, sized)? else { return Ok(None) };
    let (elasticity, scale) = match like {
        None => (of_pool.elasticity, ground.scale(of_pool.elasticity, hours, sized)),
        // What nobody sells yet brings what full service brings, as far as there are hours for it.
        Some(like) => like.curves.get(&key(pool)).copied().unwrap_or((of_pool.elasticity, 1.0)),
    };
    curves.insert(key(pool), (elasticity, scale));
    Ok(Some(ground.brings(elasticity, scale, hours, sized)))
}

fn side(outcome: &PoolOutcome, employees: usize, sized: Option<&PoolSizing>, brought: Option<(f64, f64)>) -> PoolSide {
    let balanced = outcome.measures.iter().filter(|measure| measure.tolerance.is_some());
    PoolSide {
        accounts: outcome.pool.accounts.len(),
        employees,
        hours_wanted: sized.map_or(0.0, |sized| sized.hours_wanted),
        hours_available: sized.map_or(0.0, |sized| sized.hours_available),
        needed: sized.map_or(0.0, |sized| sized.needed),
        utilisation: sized.and_then(|sized| sized.utilisation),
        sales: brought.map(|(sales, _)| sales),
        profit: brought.map(|(_, profit)| profit),
        max_deviation: balanced.map(|measure| measure.max_deviation()).reduce(f64::max),
        gap: outcome.gap(),
        broken: outcome.broken.len(),
    }
}

impl Side {
    fn add(&mut self, outcome: &PoolOutcome, side: &PoolSide) {
        let unassigned = outcome.owner.iter().filter(|owner| **owner == NOBODY).count();
        self.assigned += outcome.owner.len() - unassigned;
        self.unassigned += unassigned;
        self.hours_wanted += side.hours_wanted;
        self.hours_available += side.hours_available;
        self.needed += side.needed;
        let sum = |whole: &mut Option<f64>, part: Option<f64>| {
            if let Some(part) = part {
                *whole.get_or_insert(0.0) += part;
            }
        };
        sum(&mut self.sales, side.sales);
        sum(&mut self.profit, side.profit);
        self.max_deviation = self.max_deviation.max(side.max_deviation.unwrap_or(0.0));
        self.broken += side.broken;
    }
}

pub(super) fn compare(before: &Planned, after: &Planned, leavers: &[String]) -> WhatIf {
    let mut pools: Vec<PoolChange> = vec![];
    let (mut moved, mut moved_from_leavers, mut new) = (0, 0, 0);
    let nothing = BTreeMap::new();
    let later = after.sides.iter().filter(|(key, ..)| before.sides.iter().all(|(known, ..)| known != key));
    for (key, title, _) in before.sides.iter().chain(later) {
        let side = |planned: &Planned| planned.sides.iter().find(|(known, ..)| known == key).map(|(.., side)| *side);
        let (old, now) = (before.owners.get(key).unwrap_or(&nothing), after.owners.get(key).unwrap_or(&nothing));
        let mut of_pool = 0;
        for (account, owner) in now {
            match old.get(account) {
                None => new += 1,
                Some(held) if held != owner => {
                    of_pool += 1;
                    moved_from_leavers += usize::from(leavers.contains(held));
                }
                Some(_) => {}
            }
        }
        moved += of_pool;
        let Title { segment, role, product_line, rule } = title.clone();
        let (before, after) = (side(before), side(after));
        pools.push(PoolChange { segment, role, product_line, rule, before, after, moved: of_pool });
    }
    WhatIf {
        scenario: String::new(),
        on: String::new(),
        seed: 0,
        accounts_added: 0,
        joiners: vec![],
        leavers: vec![],
        before: before.whole.clone(),
        after: after.whole.clone(),
        moved,
        moved_from_leavers,
        new,
        pools,
        pay: None,
        words: vec![],
    }
}
