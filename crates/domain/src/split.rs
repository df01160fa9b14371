//! An order divided by hand, with the reason; it goes before every rule.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::id::EmployeeId;
use crate::text::{self, Unfit};

/// People an order may be divided among.
const MOST: usize = 50;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditSplit {
    pub order: String,
    /// One line of it; all when absent.
    pub line: Option<String>,
    /// Employee and part; parts need not sum to anything.
    pub parts: Vec<(EmployeeId, Decimal)>,
    pub reason: String,
    /// Whether it holds; one that was taken back does not.
    pub active: bool,
}

impl CreditSplit {
    /// The same, trimmed.
    ///
    /// # Errors
    /// What cannot be kept.
    pub fn checked(self) -> Result<CreditSplit, Unfit> {
        let sum: Decimal = self.parts.iter().map(|(_, part)| *part).sum();
        if sum <= Decimal::ZERO || self.parts.iter().any(|(_, part)| part.is_sign_negative()) {
            return Err(Unfit::Unknown {
                what: "division",
                text: format!("{sum}"),
                known: String::from("parts that are not negative, one of them above 0"),
            });
        }
        if self.parts.len() > MOST {
            return Err(Unfit::TooMany { what: "the parts", found: self.parts.len(), most: MOST });
        }
        if self.parts.iter().any(|(_, part)| *part >= Decimal::from(1_000_000)) {
            return Err(Unfit::TooMany { what: "the parts", found: 1_000_000, most: 999_999 });
        }
        Ok(CreditSplit {
            order: text::line("the order", &self.order)?,
            line: text::maybe_line("the line", self.line.as_deref())?,
            reason: text::line("the reason", &self.reason)?,
            ..self
        })
    }
}
