//! A front: plans between which a company has to choose, because none is better than another in everything (SPEC 2.1, 4.3).
//!
//! Three things pull apart: how even the territories are, how near the accounts are (or how well the skills fit), and how
//! many relationships are disturbed. Each plan is the nearest one under a bound on unevenness and a bound on moves: the
//! ε-constraint method (Haimes, Lasdon & Wismer, *On a bicriterion formulation of the problems of integrated system
//! identification and system optimization*, IEEE Trans. SMC 1, 1971), with the bounds spread between the ends of a payoff
//! table as AUGMECON does (Mavrotas, *Effective implementation of the ε-constraint method in multi-objective mathematical
//! programming problems*, Applied Mathematics and Computation 213, 2009). The widest steps that are left are then halved.
//!
//! The optimiser is a heuristic: what is reported is the front among the plans it found, and nothing dominated is in it.

mod choose;
mod point;
mod search;
pub mod write;

pub use point::{Dimension, Point};
pub use search::{Front, FrontRequest, LEAST, find_front};
