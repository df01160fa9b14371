//! A hand-over: a leaver's whole portfolio goes to others from one day on, in one step that can be taken back.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::assignment::{AssignmentKey, Span};
use crate::id::EmployeeId;

/// A hand-over to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewHandOver {
    /// Who leaves.
    pub employee: EmployeeId,
    /// The first day on which they hold nothing.
    pub on: Date,
    /// Who takes everything; `None`: each account goes to the least loaded of those who hold the same role at work, or else
    /// to the manager.
    #[serde(default)]
    pub successor: Option<EmployeeId>,
    pub reason: String,
}

/// A hand-over as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOver {
    pub id: u64,
    pub employee: EmployeeId,
    pub on: Date,
    pub reason: String,
    pub recorded_at: Timestamp,
    /// Number of the audit entry that recorded it.
    pub recorded_by: u64,
}

/// What still hangs on somebody who leaves: the checklist of a hand-over. It is computed, so what is done is off it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loose {
    /// What they hold on the day or later.
    pub holds: Vec<AssignmentKey>,
    /// Who took over how many accounts from them, and is to be introduced there.
    pub introduce: Vec<(EmployeeId, u64)>,
    /// Whose manager they are.
    pub manages: Vec<EmployeeId>,
    /// In whose absences they stand in.
    pub stands_in_for: Vec<EmployeeId>,
    /// Numbers of open matters that they took or were given by name.
    pub matters: Vec<u64>,
}

/// How a stretch of time that a leaver holds is divided on the day: what stays theirs, and what the successor gets. The
/// stretch is one that reaches the day.
#[must_use]
pub fn divide<'a>(held: Span<'a>, on: Date) -> (Option<Span<'a>>, (Date, Option<Date>)) {
    let before = (held.from < on).then_some(Span { to: Some(on), ..held });
    (before, (held.from.max(on), held.to))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_stretch_is_divided_without_a_gap() {
        let (jan, feb, mar) = (date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1));
        let held = |from, to| Span { employee: "Ann", from, to };
        assert_eq!(divide(held(jan, None), feb), (Some(held(jan, Some(feb))), (feb, None)));
        assert_eq!(divide(held(jan, Some(mar)), feb), (Some(held(jan, Some(feb))), (feb, Some(mar))));
        assert_eq!(divide(held(feb, None), feb), (None, (feb, None)));
        assert_eq!(divide(held(mar, None), feb), (None, (mar, None)));
    }
}
