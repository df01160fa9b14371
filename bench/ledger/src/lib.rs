//! What programs that measure the ledger share: exact percentiles, and what the disk takes by itself.

pub mod disk;
pub mod waits;
