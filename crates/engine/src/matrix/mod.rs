//! Assignment by a cost matrix, or by limits alone. A stand-in: cheapest eligible owner, then repair and improvement.

use crate::control::Control;
use crate::model::Model;
use crate::moves::{self, Costing};
use crate::problem::{Cost, Problem};
use crate::score;
use crate::solution::Solution;

struct Rows<'a> {
    model: &'a Model,
    rows: Option<&'a [f64]>,
    owners: usize,
}

impl Costing for Rows<'_> {
    fn cost(&self, unit: usize, owner: usize) -> f64 {
        let row = self.model.unit_of[unit] as usize;
        self.rows.map_or(0.0, |rows| rows[row * self.owners + owner]) + self.model.move_price(unit, owner)
    }
}

/// Solves `Cost::Matrix` and `Cost::Zero`.
pub(crate) fn solve(problem: &Problem, control: &Control) -> Solution {
    let model = Model::new(problem);
    let rows = match &problem.cost {
        Cost::Matrix(rows) => Some(rows.as_slice()),
        _ => None,
    };
    let costing = Rows { model: &model, rows, owners: problem.owners };
    let owner = moves::assign(&model, &costing, control);
    score::finish(problem, moves::whole(&model, problem.units, &owner), Vec::new(), "regret + repair")
}
