//! A contact: a person at a customer, and how that person likes to be reached.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::words;
use crate::id::AccountId;
use crate::text::{self, Unfit};

words! {
    /// How somebody likes to be reached.
    Preferred {
        Email = "e-mail",
        Phone = "phone",
        Letter = "letter",
        Visit = "visit",
    }
}

/// A person at a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub account: AccountId,
    pub name: String,
    /// What they are there: buyer, accountant, …
    pub position: Option<String>,
    pub email: Option<String>,
    pub phones: Vec<String>,
    /// As a code: `en`, `bg`.
    pub language: Option<String>,
    pub preferred: Option<Preferred>,
    /// Whom one asks for first.
    pub main: bool,
    /// Contacts are never removed: one who has gone is kept as such.
    pub active: bool,
}

impl Contact {
    /// The same, trimmed.
    ///
    /// # Errors
    /// What cannot be kept.
    pub fn checked(self) -> Result<Contact, Unfit> {
        Ok(Contact {
            name: text::line("the name of the contact", &self.name)?,
            position: text::maybe_line("the position of the contact", self.position.as_deref())?,
            email: text::email(self.email.as_deref())?,
            phones: text::phones(&self.phones)?,
            language: text::language(self.language.as_deref())?,
            ..self
        })
    }
}
