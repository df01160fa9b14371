//! A need: what a customer wants or lacks, as those who serve the customer learned it.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::words;
use crate::id::{AccountId, ProductLine};
use crate::text::{self, Unfit};

words! {
    /// What became of a need.
    NeedState {
        Open = "open",
        Met = "met",
        /// The customer no longer has it, or it cannot be met.
        Dropped = "dropped",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    pub account: AccountId,
    pub text: String,
    pub product_line: Option<ProductLine>,
    /// The stage of the work with the customer that it concerns.
    pub stage: Option<String>,
    pub since: Date,
    pub state: NeedState,
}

impl Need {
    /// The same, trimmed.
    ///
    /// # Errors
    /// What cannot be kept.
    pub fn checked(self) -> Result<Need, Unfit> {
        let words = text::prose("the need", &self.text)?;
        if words.is_empty() {
            return Err(Unfit::Empty { what: "the need" });
        }
        Ok(Need { text: words, stage: text::maybe_line("the stage", self.stage.as_deref())?, ..self })
    }
}
