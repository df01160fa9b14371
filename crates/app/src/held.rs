//! Who serves which account of each pool: as it is today, or as a plan would have it.

use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::document::Principle;
use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::plan::outcome::NOBODY;
use crate::plan::solve::Solver;
use crate::plan::{PoolOutcome, Step};
use crate::pool::Pool;
use crate::sizing::staff_of;

/// Whose hours and skills are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Basis {
    /// Those who hold the accounts today.
    Present,
    /// Those to whom a plan gives them.
    Planned,
}

/// The pools with those who serve them.
pub struct Held {
    pub basis: Basis,
    pub pools: Vec<Pool>,
    /// Who may serve each pool, rows of the employee table, ascending.
    pub staffs: Vec<Vec<u32>>,
    /// The holder of each account of each pool, a row of the employee table; nobody, or somebody who has left, is none.
    pub owners: Vec<Vec<Option<u32>>>,
    /// How the plan was made, where one was.
    pub outcomes: Vec<PoolOutcome>,
}

impl Held {
    /// `planned`: by a plan even if somebody holds the accounts today.
    ///
    /// # Errors
    /// Those of planning.
    pub fn of(
        solver: &Solver,
        pools: Vec<Pool>,
        planned: bool,
        progress: &(dyn Fn(Step) + Sync),
    ) -> Result<Held, AppError> {
        let staffs: Vec<Vec<u32>> =
            pools.iter().map(|pool| staff_of(solver, pool, &pools)).collect::<Result<_, _>>()?;
        let people = solver.staff.len() as u32;
        let present = |pool: &Pool| -> Vec<Option<u32>> {
            let holders = solver.present.holders(&pool.role, pool.product_line.as_deref(), &pool.accounts);
            holders.into_iter().map(|holder| holder.filter(|holder| *holder < people)).collect()
        };
        let owners: Vec<Vec<Option<u32>>> = pools.iter().map(present).collect();
        if !planned && owners.iter().flatten().any(Option::is_some) {
            return Ok(Held { basis: Basis::Present, pools, staffs, owners, outcomes: vec![] });
        }
        let outcomes = solver.solve_all(pools.clone(), progress)?;
        let owner = |owner: &u32| Some(*owner).filter(|owner| *owner != NOBODY && *owner < people);
        let owners = outcomes.iter().map(|outcome| outcome.owner.iter().map(owner).collect()).collect();
        Ok(Held { basis: Basis::Planned, pools, staffs, owners, outcomes })
    }
}

/// How important each account is: the score of the policy's first scored principle; 0 where there is none.
///
/// # Errors
/// A column that cannot be read.
pub fn importance(policy: &Policy, accounts: &bailiwick_data::Table) -> Result<Vec<f64>, AppError> {
    let scored = policy.document.principles.iter().find(|(_, principle)| matches!(principle, Principle::Score(_)));
    let Some((name, _)) = scored else { return Ok(vec![0.0; accounts.len()]) };
    let scores = accounts.numbers(&format!("{}_score", name.get_ref()))?;
    Ok(scores.into_iter().map(|score| score.unwrap_or(0.0)).collect())
}
