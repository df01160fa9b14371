//! A dispute: an employee says that a credit or a statement is wrong. It is answered, and settled by somebody else than whoever
//! opened it; what it is settled with is paid with the first period that is open.

use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::access::words;
use crate::id::EmployeeId;
use crate::period::Period;
use crate::text::{self, Unfit};

words! {
    /// How far a dispute is.
    DisputeState {
        Open = "open",
        Answered = "answered",
        /// In favour of the employee.
        Granted = "granted",
        Refused = "refused",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispute {
    /// Whose pay it is about.
    pub employee: EmployeeId,
    pub period: Period,
    /// The order and line, where it is about one.
    pub order: Option<String>,
    pub line: Option<String>,
    /// What is wrong, in the employee's words.
    pub claim: String,
    pub answer: Option<String>,
    pub state: DisputeState,
    /// What it is settled with, in the company's currency; may be below 0.
    pub amount: Option<Decimal>,
    /// Who opened it.
    pub opened_by: String,
}

/// The step is not possible.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WrongStep {
    #[error("dispute {0} is settled: open another")]
    Settled(u64),
    #[error("whoever opened dispute {0} does not settle it: let somebody else do that")]
    OwnDispute(u64),
}

impl Dispute {
    #[must_use]
    pub fn is_settled(&self) -> bool {
        matches!(self.state, DisputeState::Granted | DisputeState::Refused)
    }

    /// The same, answered.
    ///
    /// # Errors
    /// If it is settled.
    pub fn answered(self, number: u64, answer: &str) -> Result<Dispute, WrongStep> {
        if self.is_settled() {
            return Err(WrongStep::Settled(number));
        }
        Ok(Dispute { answer: Some(answer.to_owned()), state: DisputeState::Answered, ..self })
    }

    /// The same, settled.
    ///
    /// # Errors
    /// If it is settled already, or by whoever opened it.
    pub fn settled(self, number: u64, granted: Option<Decimal>, answer: &str, by: &str) -> Result<Dispute, WrongStep> {
        if self.is_settled() {
            return Err(WrongStep::Settled(number));
        }
        if self.opened_by == by {
            return Err(WrongStep::OwnDispute(number));
        }
        let state = if granted.is_some() { DisputeState::Granted } else { DisputeState::Refused };
        Ok(Dispute { answer: Some(answer.to_owned()), state, amount: granted, ..self })
    }

    /// The same, trimmed.
    ///
    /// # Errors
    /// What cannot be kept.
    pub fn checked(self) -> Result<Dispute, Unfit> {
        let claim = text::prose("the claim", &self.claim)?;
        if claim.is_empty() {
            return Err(Unfit::Empty { what: "the claim" });
        }
        let answer = self.answer.as_deref().map(|answer| text::prose("the answer", answer)).transpose()?;
        Ok(Dispute {
            claim,
            answer: answer.filter(|answer| !answer.is_empty()),
            order: text::maybe_line("the order", self.order.as_deref())?,
            line: text::maybe_line("the line", self.line.as_deref())?,
            ..self
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dispute() -> Dispute {
        Dispute {
            employee: "Ann".parse().unwrap(),
            period: "2026-Q1".parse().unwrap(),
            order: Some("O-1".into()),
            line: None,
            claim: "Mine".into(),
            answer: None,
            state: DisputeState::Open,
            amount: None,
            opened_by: "ann".into(),
        }
    }

    #[test]
    fn somebody_else_settles_and_only_once() {
        let answered = dispute().answered(1, "Let us see").unwrap();
        assert_eq!(answered.state, DisputeState::Answered);
        assert_eq!(answered.clone().settled(1, None, "No", "ann"), Err(WrongStep::OwnDispute(1)));
        let granted = answered.settled(1, Some("12.50".parse().unwrap()), "Yes", "max").unwrap();
        assert_eq!((granted.state, granted.amount), (DisputeState::Granted, Some("12.50".parse().unwrap())));
        assert_eq!(granted.clone().answered(1, "Or not"), Err(WrongStep::Settled(1)));
        assert_eq!(granted.settled(1, None, "No", "max"), Err(WrongStep::Settled(1)));
    }
}
