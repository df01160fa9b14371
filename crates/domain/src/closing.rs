//! A period that was closed: its statements are what they are. What turns out otherwise is corrected in a later one.

use serde::{Deserialize, Serialize};

use crate::period::Period;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedPeriod {
    pub period: Period,
    /// Everybody's statement with every credit, as JSON.
    pub content: String,
}
