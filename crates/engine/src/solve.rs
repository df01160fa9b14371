//! The one way in: validate, then hand over to the method that fits the cost.

use crate::control::Control;
use crate::problem::{Centres, Cost, Problem, SolveError};
use crate::solution::Solution;
use crate::{matrix, medians, travel, validate};

/// Gives each unit an owner as cheaply as the limits allow.
///
/// Always returns a solution when the problem is well formed: what cannot be kept is listed in
/// [`Solution::shortfalls`]. When time runs out the best solution so far is returned.
///
/// # When time runs out
/// For territories (`Cost::Travel` with free or fixed centres) a first answer is made whatever the time: in a tenth of a
/// second for 100,000 units and 200 owners, in less than a second for 1,000,000 and 1,000. Straight cuts give every owner
/// its share of one or two measures, and a short repair mends what is left, so it keeps limits of a few per cent wherever
/// units are small against them; on a budget of moves it is the present owners. After that a raised flag is seen within
/// milliseconds, nothing more is repaired, and the answer in hand is returned. It is only ever replaced by one with less
/// violation, or fewer pieces, or less cost, in this order: more time never makes a worse plan.
///
/// # When it is cancelled
/// The call comes back within a tenth of a second, at any moment, with an error: whoever cancels wants no answer. A caller
/// who wants the best so far raises `out_of_time` instead.
///
/// # Errors
/// [`SolveError::Malformed`] names the part of the problem that is malformed; [`SolveError::Cancelled`].
pub fn solve(problem: &Problem, control: &Control) -> Result<Solution, SolveError> {
    validate::validate(problem)?;
    let solution = match &problem.cost {
        Cost::Zero | Cost::Matrix(_) => Some(matrix::solve(problem, control)),
        Cost::Travel { centres: Centres::Medians, .. } => medians::solve(problem, control),
        Cost::Travel { .. } => travel::solve(problem, control),
    };
    solution.filter(|_| !control.is_cancelled()).ok_or(SolveError::Cancelled)
}
