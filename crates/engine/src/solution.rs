//! The solution: who owns what, what it costs, how far from the best it can be, and which limits could not be kept.

use crate::problem::Point;

/// No owner is eligible for this unit.
pub const UNASSIGNED: u32 = u32::MAX;

#[derive(Debug, Clone, PartialEq)]
pub struct Solution {
    /// The owner of each unit, or [`UNASSIGNED`] where nobody is eligible.
    pub owner: Vec<u32>,
    /// Total cost, moves' prices included.
    pub objective: f64,
    /// No solution that keeps all limits can cost less: proven, never an estimate, if only 0 when time ran out before it.
    /// `None` where this solution does not keep them, so that there is nothing to compare.
    pub lower_bound: Option<f64>,
    /// Where each owner's centre came to lie (empty without travel).
    pub centres: Vec<Point>,
    /// `loads[measure][owner]`.
    pub loads: Vec<Vec<f64>>,
    /// `prices[measure][owner]`: what one more unit of the measure would cost at this owner (dual value, 0 where the
    /// limit does not bind, negative where the lower limit does). Explains why a nearer owner was passed over.
    pub prices: Vec<Vec<f64>>,
    /// Limits that could not be kept; empty when the solution is feasible.
    pub shortfalls: Vec<Shortfall>,
    /// Whether each owner's units are one piece; `None` where it was not asked for (or time ran out before
    /// it was known who neighbours whom).
    pub contiguous: Option<bool>,
    /// Pieces that are wholly surrounded by one other owner; `None` where contiguity was not asked for or nobody knows
    /// where the outside is.
    pub enclaves: Option<usize>,
    /// Units that have another owner than at present.
    pub moved: usize,
    /// Which methods made it, e.g. `location-allocation + pair re-solve`.
    pub method: String,
}

/// A limit that is not kept, and by how much (in the measure's unit; positive).
#[derive(Debug, Clone, PartialEq)]
pub struct Shortfall {
    pub measure: usize,
    pub owner: u32,
    /// True: above the upper limit; false: below the lower.
    pub over: bool,
    pub by: f64,
}

impl Solution {
    /// (objective − bound) / |objective|, or `None` without a bound.
    pub fn gap(&self) -> Option<f64> {
        self.lower_bound.map(|bound| {
            if self.objective.abs() < 1e-12 { 0.0 } else { ((self.objective - bound) / self.objective.abs()).max(0.0) }
        })
    }
}
