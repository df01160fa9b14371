//! For tests only: where things are, a tiny town to plan, and a judge of plans for the example projects.
//!
//! Everything here panics with a clear message when a test's own material is wrong: a test has nobody to hand an error to.

#![allow(clippy::unwrap_used)]

pub mod ballista;
pub mod example;
pub mod places;
pub mod postgres;
pub mod table;
pub mod town;

pub use example::{Example, Owner, read_owners};
pub use places::{repository, shared};
pub use table::Table;
pub use town::{Project, Town};
