//! Centres at one of the owner's own sites (p-median). A stand-in: free centres, each then moved to its best site.

use crate::control::Control;
use crate::problem::Problem;
use crate::solution::Solution;
use crate::travel;

/// Solves `Cost::Travel` with `Centres::Medians`.
pub(crate) fn solve(problem: &Problem, control: &Control) -> Solution {
    travel::solve(problem, control)
}
