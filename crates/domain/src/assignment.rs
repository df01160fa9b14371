//! An assignment: account × role (× product line) → employee, from a date, with the reason.
//!
//! Two times are kept (Snodgrass, *Developing Time-Oriented Database Applications in SQL*, 1999, ch. 10): **valid** time
//! says when the employee answers for the account; **recorded** time says when we knew it. A row is never altered or
//! removed: what turns out otherwise is *superseded* and stated anew, so that "who on 1 March, as we knew it on 5 March"
//! always has an answer.
//!
//! The rule "no two owners of one account × role × product line at a time" is kept by [`hand_over`], [`close`] and
//! [`fill`]: given the present rows of one key they say which rows to supersede and which to write. They are the only
//! place that decides it; the store carries it out in one transaction.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::id::{AccountId, EmployeeId, ProductLine, RoleName};

/// The rule of an assignment that somebody made by hand.
pub const BY_HAND: &str = "by hand";
/// The rule of one that was made by hand and that no plan may change.
pub const PINNED: &str = "pinned by hand";

/// What has one owner at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct AssignmentKey {
    pub account: AccountId,
    pub role: RoleName,
    #[serde(default)]
    pub product_line: Option<ProductLine>,
}

impl std::fmt::Display for AssignmentKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} × {}", self.account, self.role)?;
        match &self.product_line {
            Some(line) => write!(f, " × {line}"),
            None => Ok(()),
        }
    }
}

/// An assignment as a plan or a route decision proposes it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewAssignment {
    pub account: AccountId,
    pub role: RoleName,
    #[serde(default)]
    pub product_line: Option<ProductLine>,
    pub employee: EmployeeId,
    pub segment: String,
    #[serde(default)]
    pub territory: Option<String>,
    /// The rule of the policy that gave it, e.g. `coverage 2: divide by region`.
    pub rule: String,
    /// Why this employee, in a sentence.
    pub reason: String,
    /// The rule chain in full.
    #[serde(default)]
    pub why: Value,
}

impl NewAssignment {
    #[must_use]
    pub fn key(&self) -> AssignmentKey {
        AssignmentKey {
            account: self.account.clone(),
            role: self.role.clone(),
            product_line: self.product_line.clone(),
        }
    }
}

/// An assignment as the ledger holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    pub account: AccountId,
    pub role: RoleName,
    pub product_line: Option<ProductLine>,
    pub employee: EmployeeId,
    pub segment: String,
    pub territory: Option<String>,
    pub rule: String,
    pub reason: String,
    /// The rule chain in full.
    pub why: Value,
    pub valid_from: Date,
    /// The first day it no longer holds; `None`: until further notice.
    pub valid_to: Option<Date>,
    /// Since when we know it.
    pub recorded_at: Timestamp,
    /// Number of the audit entry that recorded it.
    pub recorded_by: u64,
    /// Since when we know better.
    pub superseded_at: Option<Timestamp>,
    /// Number of the audit entry that superseded it.
    pub superseded_by: Option<u64>,
}

impl Assignment {
    #[must_use]
    pub fn key(&self) -> AssignmentKey {
        AssignmentKey {
            account: self.account.clone(),
            role: self.role.clone(),
            product_line: self.product_line.clone(),
        }
    }
}

impl From<Assignment> for NewAssignment {
    /// The same once more, as when it is to be kept.
    fn from(held: Assignment) -> NewAssignment {
        NewAssignment {
            account: held.account,
            role: held.role,
            product_line: held.product_line,
            employee: held.employee,
            segment: held.segment,
            territory: held.territory,
            rule: held.rule,
            reason: held.reason,
            why: held.why,
        }
    }
}

/// Who holds what: the least that says it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Holding {
    pub account: AccountId,
    pub role: RoleName,
    pub product_line: Option<ProductLine>,
    pub employee: EmployeeId,
}

/// How much somebody holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Load {
    pub role: RoleName,
    pub product_line: Option<ProductLine>,
    pub employee: EmployeeId,
    pub accounts: u64,
}

/// The stretch of time one row of a key covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span<'a> {
    pub employee: &'a str,
    pub from: Date,
    /// Exclusive.
    pub to: Option<Date>,
}

impl Span<'_> {
    fn covers(&self, day: Date) -> bool {
        self.from <= day && self.to.is_none_or(|to| day < to)
    }
}

/// What to do when a change of the same key is already recorded for a later date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Later {
    /// Refuse: whoever recorded the later change would lose it unawares.
    #[default]
    Refuse,
    /// The new statement holds from its date on, and supersedes what was recorded for later.
    Replace,
}

/// What became of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Nobody held it on the date; somebody does now.
    Opened,
    /// It went from one employee to another.
    Moved,
    /// Its holder keeps it.
    Kept,
    /// Its holder gives it up, and nobody follows.
    Closed,
    /// Nobody held it and nobody does.
    Absent,
}

/// What to write so that a key comes out as stated. Rows are named by their place in the spans handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    pub outcome: Outcome,
    /// Rows that are superseded.
    pub supersede: Vec<usize>,
    /// The superseded row that is stated anew with another end.
    pub restate: Option<(usize, Option<Date>)>,
    /// The new row, if one is needed: from, to.
    pub open: Option<(Date, Option<Date>)>,
}

impl Amendment {
    fn nothing(outcome: Outcome) -> Self {
        Amendment { outcome, supersede: Vec::new(), restate: None, open: None }
    }
}

/// A change of the key is already recorded for later, and it was not said to replace it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a change is already recorded for {0}")]
pub struct LaterChange(pub Date);

/// From `on`, `employee` holds the key.
///
/// # Errors
/// With [`Later::Refuse`], if a row begins or ends after `on`.
pub fn hand_over(present: &[Span<'_>], employee: &str, on: Date, later: Later) -> Result<Amendment, LaterChange> {
    let mut change = clear_from(present, on, later)?;
    let holder = present.iter().position(|span| span.covers(on));
    match holder {
        Some(row) if present[row].employee == employee => {
            change.outcome = Outcome::Kept;
            if present[row].to.is_none() {
                change.supersede.retain(|&other| other != row);
                change.restate = None;
            } else {
                change.restate = Some((row, None));
            }
        }
        Some(_) => {
            change.outcome = Outcome::Moved;
            change.open = Some((on, None));
        }
        None => {
            change.outcome = Outcome::Opened;
            change.open = Some((on, None));
        }
    }
    Ok(change)
}

/// From `on`, nobody holds the key.
///
/// # Errors
/// With [`Later::Refuse`], if a row begins or ends after `on`.
pub fn close(present: &[Span<'_>], on: Date, later: Later) -> Result<Amendment, LaterChange> {
    clear_from(present, on, later)
}

/// `employee` holds the key from `on` until the next change recorded, unless somebody holds it already.
#[must_use]
pub fn fill(present: &[Span<'_>], on: Date) -> Amendment {
    if present.iter().any(|span| span.covers(on)) {
        return Amendment::nothing(Outcome::Kept);
    }
    let next = present.iter().map(|span| span.from).filter(|&from| from > on).min();
    Amendment { open: Some((on, next)), ..Amendment::nothing(Outcome::Opened) }
}

/// Ends at `on` the row that covers it, and takes back every later one.
fn clear_from(present: &[Span<'_>], on: Date, later: Later) -> Result<Amendment, LaterChange> {
    let mut change = Amendment::nothing(Outcome::Absent);
    for (row, span) in present.iter().enumerate() {
        let after = if span.from > on { Some(span.from) } else { span.to.filter(|&to| to > on) };
        if let (Some(day), Later::Refuse) = (after, later) {
            return Err(LaterChange(day));
        }
        if span.from >= on {
            change.supersede.push(row);
        } else if span.covers(on) {
            change.supersede.push(row);
            change.restate = Some((row, Some(on)));
        }
        if span.covers(on) {
            change.outcome = Outcome::Closed;
        }
    }
    Ok(change)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn span(employee: &'static str, from: Date, to: Option<Date>) -> Span<'static> {
        Span { employee, from, to }
    }

    const JAN: Date = date(2026, 1, 1);
    const FEB: Date = date(2026, 2, 1);
    const MAR: Date = date(2026, 3, 1);

    #[test]
    fn a_new_key_is_opened() {
        let change = hand_over(&[], "Ann", JAN, Later::Refuse).unwrap();
        assert_eq!(change, Amendment { open: Some((JAN, None)), ..Amendment::nothing(Outcome::Opened) });
    }

    #[test]
    fn the_same_holder_is_left_alone() {
        let present = [span("Ann", JAN, None)];
        assert_eq!(hand_over(&present, "Ann", FEB, Later::Refuse), Ok(Amendment::nothing(Outcome::Kept)));
        assert_eq!(hand_over(&present, "Ann", JAN, Later::Replace), Ok(Amendment::nothing(Outcome::Kept)));
    }

    #[test]
    fn a_move_ends_one_row_and_opens_another() {
        let present = [span("Ann", JAN, None)];
        let change = hand_over(&present, "Ben", FEB, Later::Refuse).unwrap();
        assert_eq!(change.outcome, Outcome::Moved);
        assert_eq!((change.supersede, change.restate, change.open), (vec![0], Some((0, Some(FEB))), Some((FEB, None))));
    }

    #[test]
    fn a_move_on_the_day_it_began_leaves_no_empty_row() {
        let present = [span("Ann", JAN, None)];
        let change = hand_over(&present, "Ben", JAN, Later::Refuse).unwrap();
        assert_eq!((change.supersede, change.restate, change.open), (vec![0], None, Some((JAN, None))));
    }

    #[test]
    fn a_later_change_is_refused_or_replaced() {
        let present = [span("Ann", JAN, Some(MAR)), span("Ben", MAR, None)];
        assert_eq!(hand_over(&present, "Cid", FEB, Later::Refuse), Err(LaterChange(MAR)));
        assert_eq!(close(&present, FEB, Later::Refuse), Err(LaterChange(MAR)));
        let change = hand_over(&present, "Cid", FEB, Later::Replace).unwrap();
        assert_eq!((change.supersede, change.restate), (vec![0, 1], Some((0, Some(FEB)))));
        let change = hand_over(&present, "Ann", FEB, Later::Replace).unwrap();
        assert_eq!((change.outcome, change.restate, change.open), (Outcome::Kept, Some((0, None)), None));
    }

    #[test]
    fn an_ended_row_is_no_later_change() {
        let present = [span("Ann", JAN, Some(FEB))];
        assert_eq!(hand_over(&present, "Ben", FEB, Later::Refuse).unwrap().outcome, Outcome::Opened);
        assert_eq!(close(&present, MAR, Later::Refuse), Ok(Amendment::nothing(Outcome::Absent)));
    }

    #[test]
    fn a_gap_is_filled_up_to_the_next_change() {
        let present = [span("Ann", MAR, None)];
        assert_eq!(fill(&present, JAN).open, Some((JAN, Some(MAR))));
        assert_eq!(fill(&present, MAR), Amendment::nothing(Outcome::Kept));
    }
}
