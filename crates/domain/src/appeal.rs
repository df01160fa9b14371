//! An appeal: somebody says why an assignment of theirs should be another's, and somebody above them answers.
//!
//! The answer changes no assignment by itself. Whoever grants an appeal gives the account to another by hand, or in the next
//! plan, so that each change of the ledger has one cause.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::access::words;
use crate::assignment::AssignmentKey;
use crate::id::EmployeeId;
use crate::text::{self, Unfit};

words! {
    /// What became of an appeal.
    AppealState {
        /// It waits for an answer.
        Open = "open",
        Granted = "granted",
        Denied = "denied",
        /// Taken back by whoever appealed.
        Withdrawn = "withdrawn",
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Appeal {
    /// What is appealed against.
    #[serde(flatten)]
    pub key: AssignmentKey,
    /// Who holds it, and appeals.
    pub employee: EmployeeId,
    pub reason: String,
    pub state: AppealState,
    /// The words of the answer; empty while it is open.
    pub answer: String,
    /// Name of the user who answered.
    pub answered_by: Option<String>,
}

impl Appeal {
    /// The same, trimmed.
    ///
    /// # Errors
    /// What cannot be kept: an appeal says why, and so does its answer.
    pub fn checked(self) -> Result<Appeal, Unfit> {
        let reason = text::prose("the reason", &self.reason)?;
        if reason.is_empty() {
            return Err(Unfit::Empty { what: "the reason" });
        }
        let answer = text::prose("the answer", &self.answer)?;
        if matches!(self.state, AppealState::Granted | AppealState::Denied) && answer.is_empty() {
            return Err(Unfit::Empty { what: "the answer" });
        }
        Ok(Appeal { reason, answer, ..self })
    }

    /// The same once it is answered or withdrawn; nothing, if it is not open any more.
    #[must_use]
    pub fn closed(&self, state: AppealState, answer: &str, by: &str) -> Option<Appeal> {
        let open = self.state == AppealState::Open && state != AppealState::Open;
        open.then(|| Appeal { state, answer: answer.to_owned(), answered_by: Some(by.to_owned()), ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn appeal() -> Appeal {
        let key =
            AssignmentKey { account: "A-1".parse().unwrap(), role: "seller".parse().unwrap(), product_line: None };
        let (reason, answer) = (String::from(" my sister works there "), String::new());
        let employee = "E-1".parse().unwrap();
        Appeal { key, employee, reason, state: AppealState::Open, answer, answered_by: None }
    }

    #[test]
    fn it_says_why_and_so_does_the_answer() {
        assert_eq!(appeal().checked().unwrap().reason, "my sister works there");
        assert!(Appeal { reason: " ".into(), ..appeal() }.checked().is_err());
        let granted = appeal().closed(AppealState::Granted, " ", "mia").unwrap();
        assert!(granted.checked().is_err());
        assert!(appeal().closed(AppealState::Withdrawn, "", "tom").unwrap().checked().is_ok());
    }

    #[test]
    fn it_is_answered_once() {
        let denied = appeal().closed(AppealState::Denied, "no", "mia").unwrap();
        assert_eq!((denied.state, denied.answered_by.as_deref()), (AppealState::Denied, Some("mia")));
        assert!(denied.closed(AppealState::Granted, "yes", "mia").is_none());
        assert!(appeal().closed(AppealState::Open, "", "mia").is_none());
    }
}
