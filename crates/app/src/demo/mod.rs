//! A demo company, generated: customers in real cities of Bulgaria and its neighbours, a team, three years of orders,
//! last year's allocation and a policy that uses everything Bailiwick can do.
//!
//! People and companies are invented, their names combined at random; the cities are real (see [`cities`] for the source).
//! The same seed and number of accounts give the same files, byte for byte.

mod accounts;
pub mod cities;
mod dice;
mod generate;
pub mod life;
mod names;
mod orders;
mod policy;
mod present;
mod staff;

#[cfg(test)]
mod tests;

pub use generate::{DemoError, DemoFiles, FEWEST_ACCOUNTS, PLAN_DATE, write};
