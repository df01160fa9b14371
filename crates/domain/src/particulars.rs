//! Particulars of an account: what whoever speaks with the customer should know beforehand.

use serde::{Deserialize, Serialize};

use crate::id::AccountId;
use crate::text::{self, Unfit};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Particulars {
    pub account: AccountId,
    pub text: String,
}

impl Particulars {
    /// The same, trimmed; may be empty.
    ///
    /// # Errors
    /// What cannot be kept.
    pub fn checked(self) -> Result<Particulars, Unfit> {
        Ok(Particulars { text: text::prose("the text", &self.text)?, ..self })
    }
}
