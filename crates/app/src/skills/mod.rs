//! Skills (SPEC 1.4, 4.8): levels held against levels demanded, and who should learn what, or be taken on, so that the
//! plan gets better by most for its cost.
//!
//! Demand comes from [`demand`]; [`matrix`] lays it out by skill × segment, product line and region. What a level more is
//! worth is read off the optimiser's own marginal values and then made sure of by solving again: see [`marginal`].

mod confirm;
pub mod demand;
mod marginal;
mod matrix;
mod study;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use marginal::{Customer, Hire, Training};
pub use matrix::{Cell, Dimension};

use crate::error::AppError;
use crate::held::{Basis, Held, importance};
use crate::lang::Texts;
use crate::plan::solve::Solver;
use crate::plan::stage::Stage;
use crate::plan::{Ground, Request, Step};
use crate::pool::Pool;
use crate::project::Project;
use crate::sizing::hours::{available, wanted};
use crate::sizing::{account_values, role_of};
use demand::{PoolDemand, demands};

/// Held against demanded, and what would improve the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = SkillsGap)]
pub struct Skills {
    #[schema(value_type = String)]
    pub basis: Basis,
    /// The gap matrix, the largest gaps first.
    pub cells: Vec<Cell>,
    /// Skill levels that the plan misses, an account's each counted as a share of what it asks for.
    pub missing: f64,
    /// Who should learn what, the most worth its cost first.
    pub trainings: Vec<Training>,
    /// Who should be taken on, the most worth their cost first.
    pub hires: Vec<Hire>,
    /// How the values were found, in the policy's language.
    pub method: String,
}

/// How much is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// By a plan even if somebody holds the accounts today.
    pub planned: bool,
    /// So many trainings, and so many hires, are made sure of by solving again.
    pub confirm: usize,
}

impl Default for Scope {
    fn default() -> Scope {
        Scope { planned: false, confirm: 8 }
    }
}

/// What every part of the study draws on.
pub(crate) struct Field<'a> {
    pub solver: &'a Solver<'a>,
    pub held: &'a Held,
    pub demands: Vec<PoolDemand>,
    /// Hours a year that each account of each pool wants.
    pub hours: Vec<Vec<f64>>,
    /// Hours a year that each of a pool's people has for it.
    pub available: Vec<Vec<f64>>,
    /// What each account of each pool brings a year, where the policy says so.
    pub revenue: Vec<Option<Vec<f64>>>,
    pub importance: Vec<f64>,
    pub names: Vec<Option<String>>,
}

/// # Errors
/// [`AppError::Missing`] if nothing in the policy asks for a skill; those of planning.
pub fn study(
    project: &Project,
    request: &Request,
    scope: Scope,
    progress: &(dyn Fn(Step) + Sync),
) -> Result<Skills, AppError> {
    let (ground, pools) = Ground::prepare(project, request)?;
    let solver = Solver::new(project, request, &ground)?;
    let held = Held::of(&solver, pools, scope.planned, progress)?;
    let field = Field::of(&solver, &held)?;
    if field.demands.iter().all(|demand| demand.asks.is_empty()) {
        return Err(AppError::Missing {
            message: String::from("nothing in the policy asks for a skill"),
            remedy: String::from(
                "write [[skills.demands]] with skill = \"…\" and when = \"…\", a qualification of a service level, or \
                 divide by fit",
            ),
        });
    }
    let cells = matrix::cells(&field)?;
    progress(Step { what: String::from("marginal values"), fraction: 0.9, stage: Stage::JoinBack });
    let studied = marginal::find(&field, scope.confirm)?;
    let texts = Texts::of(project.policy.document.company.language);
    Ok(Skills {
        basis: held.basis,
        cells,
        missing: studied.missing,
        trainings: studied.trainings,
        hires: studied.hires,
        method: texts.say("skills-method", &[]),
    })
}

impl<'a> Field<'a> {
    pub(crate) fn of(solver: &'a Solver<'a>, held: &'a Held) -> Result<Field<'a>, AppError> {
        let sizing = solver.policy.document.sizing.clone().unwrap_or_default();
        let hours = wanted(solver, &sizing, &held.pools)?;
        let available = available(solver, &sizing, &hours, &held.staffs)?;
        let stated = solver.policy.document.skills.as_ref().and_then(|skills| skills.revenue.as_ref());
        let revenue = |pool: &Pool| -> Result<Option<Vec<f64>>, AppError> {
            let of_role = role_of(solver, pool).and_then(|role| role.sales.as_ref());
            let Some(text) = stated.or(of_role) else { return Ok(None) };
            let values = account_values(solver, text)?;
            Ok(Some(pool.accounts.iter().map(|account| values[*account as usize]).collect()))
        };
        Ok(Field {
            solver,
            held,
            demands: demands(solver.policy, solver.classified, &held.pools)?,
            hours,
            available,
            revenue: held.pools.iter().map(revenue).collect::<Result<_, _>>()?,
            importance: importance(solver.policy, &solver.classified.accounts)?,
            names: solver.classified.accounts.texts_if_any("name")?,
        })
    }
}
