//! Use cases, one file each: load, decide, save and audit. The faces (command line, HTTP) call these and nothing below.
//!
//! ```text
//! project ─► classify ─► pool ─► plan/build_problem ─► engine ─► plan/outcome ─► plan/write
//!    │                                                                              │
//!    └─► lint                              route ◄─ choose ◄─ ledger ◄─ apply ◄─────┘
//!                                            who ◄─ explanation ◄┘  └─► diff
//! ```

pub mod apply;
pub mod approval;
pub mod asked;
pub mod by_hand;
pub mod calendar;
pub mod card;
pub mod choose;
pub mod classify;
pub mod cluster;
pub mod contribution;
pub mod credit;
pub mod demo;
pub mod desk;
pub mod diff;
pub mod error;
pub mod exchange;
pub mod explanation;
pub mod expressions;
pub mod front;
pub mod geo;
pub mod given;
pub mod held;
pub mod incentives;
pub mod intake;
pub mod lang;
pub mod lint;
mod lint_people;
pub mod overview;
pub mod pay;
pub mod plan;
pub mod pool;
pub mod project;
pub mod report;
pub mod route;
pub mod scenario;
pub mod service;
pub mod sizing;
pub mod skills;
pub mod staff;
pub mod stages;
pub mod strategy;
pub mod studio;
pub mod trial;
mod view;
pub mod who;

pub use error::AppError;
