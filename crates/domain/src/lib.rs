//! The words of coverage as types, one file a word, and the policy that speaks them (DESIGN 2, 3).
pub mod absence;
pub mod access;
pub mod account;
pub mod assignment;
pub mod audit;
pub mod employee;
pub mod finding;
pub mod handover;
pub mod id;
pub mod ledger;
pub mod plan;
pub mod policy;
pub mod skill;
