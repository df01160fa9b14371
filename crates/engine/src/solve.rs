//! The one way in: validate, then hand over to the method that fits the cost.

use crate::control::Control;
use crate::problem::{Centres, Cost, Problem, ProblemError};
use crate::solution::Solution;
use crate::{matrix, medians, travel, validate};

/// Gives each unit an owner as cheaply as the limits allow.
///
/// Always returns a solution when the problem is well formed: what cannot be kept is listed in
/// [`Solution::shortfalls`]. When time runs out the best solution so far is returned.
///
/// # Errors
/// [`ProblemError`] names the part of the problem that is malformed.
pub fn solve(problem: &Problem, control: &Control) -> Result<Solution, ProblemError> {
    validate::validate(problem)?;
    Ok(match &problem.cost {
        Cost::Zero | Cost::Matrix(_) => matrix::solve(problem, control),
        Cost::Travel { centres: Centres::Medians, .. } => medians::solve(problem, control),
        Cost::Travel { .. } => travel::solve(problem, control),
    })
}
