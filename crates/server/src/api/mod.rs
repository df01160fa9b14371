//! Everything under `/api/v1`, a file a noun.

pub mod accounts;
pub mod health;
pub mod responsible;
