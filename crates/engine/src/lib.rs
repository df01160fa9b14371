//! The optimiser: it gives each **unit** exactly one **owner**.
//!
//! One model serves every way of dividing (DESIGN 5): minimise Σ cost(unit, owner) subject to eligibility, several
//! knapsack-like measures per owner with a lower and an upper limit, fixed units, a price or a budget for moves away from
//! the present owner, and optional contiguity. Generalised assignment, capacitated p-median and commercial territory
//! design are special cases of it, so published instances test the code that plans sales territories.
//!
//! The engine knows no business word, no file, no database and no clock: a deadline and a cancellation flag are handed in
//! through [`Control`]. The same problem and seed give the same solution, whatever the number of threads.
//!
//! What comes first when not everything can be had: (1) eligibility and fixed units are never broken; (2) the budget of
//! moves is never exceeded; (3) the total violation of measure limits is least; (4) contiguity; (5) the cost is least.
//! A violation is counted as a share of the measure's mean load an owner, so that hours and euros can be added.
//! Without travel, excess that cannot be avoided is spread over owners as far as that costs nothing.
//!
//! Start at [`solve()`]; [`check::referee`] judges any solution, and [`score`] evaluates one.

mod bound;
pub mod check;
mod contiguity;
pub mod control;
pub mod edited;
#[cfg(feature = "kernels")]
#[doc(hidden)]
pub mod kernels;
mod matrix;
mod measure;
mod medians;
mod model;
mod moves;
pub mod problem;
pub mod score;
pub mod solution;
mod solve;
mod travel;
mod validate;

pub use bound::network;
pub use control::{Control, Progress};
pub use problem::{
    Centres, Contiguity, Cost, Eligibility, Measure, Metric, Moves, Point, Problem, ProblemError, Site, SolveError,
};
pub use solution::{Shortfall, Solution, UNASSIGNED};
pub use solve::solve;
