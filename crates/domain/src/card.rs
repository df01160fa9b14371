//! A shared card: the link by which a customer sees whom to turn to. Its secret is known to the customer alone.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::id::AccountId;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardLink {
    pub account: AccountId,
    /// For whom or what it was made.
    pub label: String,
    /// It opens nothing from this moment on; `None`: until it is revoked.
    pub expires_at: Option<Timestamp>,
    pub revoked: bool,
}

impl CardLink {
    #[must_use]
    pub fn opens(&self, now: Timestamp) -> bool {
        !self.revoked && self.expires_at.is_none_or(|end| now < end)
    }
}
