//! A plan that departs from the policy on purpose: the plans of a front differ in how even, how near and how disruptive
//! they are (see [`crate::front`]). Everything else stays as the policy says.

use serde::{Deserialize, Serialize};

/// What is done otherwise than the policy says; the default departs in nothing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Variation {
    /// Every tolerance is multiplied by it.
    pub tolerance: f64,
    /// At most this share of what the pool's present holders hold may move, in the unit of the policy's own budget;
    /// absent: the policy's own budget.
    pub moves: Option<f64>,
    /// The price of a move is multiplied by it.
    pub price: f64,
}

impl Default for Variation {
    fn default() -> Variation {
        Variation { tolerance: 1.0, moves: None, price: 1.0 }
    }
}
