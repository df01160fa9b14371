//! The words of coverage as types, one file a word, and the policy that speaks them (DESIGN 2, 3).
pub mod finding;
pub mod policy;
pub mod skill;
