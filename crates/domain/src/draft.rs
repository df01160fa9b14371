//! A draft that people work on: what was done to it, undone and done again.
//!
//! The list of steps only ever grows. What holds follows from it ([`history`]): an **edit** is done until it is undone, and
//! can be done again until another edit takes its place, as in every editor since Archer, Conway & Schneider, *User recovery
//! and reversal in interactive systems*, ACM TOPLAS 6, 1984 (the linear model). So a draft comes back as it was after a
//! restart, and it is known who did what.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::access::words;
use crate::assignment::AssignmentKey;
use crate::id::EmployeeId;

words! {
    /// What an edit does.
    EditKind {
        /// Gives accounts to somebody by hand.
        Reassign = "reassign",
        /// Nobody, and no optimiser, changes these until they are unlocked.
        Lock = "lock",
        Unlock = "unlock",
        /// What is not locked was divided anew.
        Optimise = "optimise",
        /// A plan of the front was taken.
        Choose = "choose",
    }
}

words! {
    /// A step in the history of a draft.
    EditStep {
        Edit = "edit",
        Undo = "undo",
        Redo = "redo",
    }
}

/// Who has an account × role (× product line) after an edit, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditedRow {
    #[serde(flatten)]
    pub key: AssignmentKey,
    /// Nobody, where absent.
    pub employee: Option<EmployeeId>,
    pub segment: String,
    pub territory: Option<String>,
    pub rule: String,
    pub reason: String,
}

/// One change of a draft, whole: it can be done to the draft again without anything else at hand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    pub kind: EditKind,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<EditedRow>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub locked: Vec<AssignmentKey>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unlocked: Vec<AssignmentKey>,
    /// What routing needs to know of the pools from here on; as before where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub routing: Option<Value>,
    /// The plan's summary as the optimiser left it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Value>,
}

/// A step as it is told, without what it did to which row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditEvent {
    /// 1, 2, 3, … over all drafts.
    pub number: u64,
    pub step: EditStep,
    /// Of the edit that was done, undone or done again.
    pub kind: EditKind,
    /// The number of the edit that was done, undone or done again.
    pub of: u64,
    /// Rows that it concerns.
    pub rows: u64,
    pub actor: String,
    pub reason: String,
    pub at: Timestamp,
    /// Number of the audit entry that recorded it.
    pub recorded_by: u64,
}

/// Which edits hold, by number, oldest first, and which were undone, the one to be done again first at the end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct History {
    pub done: Vec<u64>,
    pub undone: Vec<u64>,
}

impl History {
    /// Where the history stands after a step; nothing changes by one that cannot be taken.
    pub fn take(&mut self, step: EditStep, number: u64) {
        match step {
            EditStep::Edit => {
                self.done.push(number);
                self.undone.clear();
            }
            EditStep::Undo => self.undone.extend(self.done.pop()),
            EditStep::Redo => self.done.extend(self.undone.pop()),
        }
    }

    /// The edit that a step would undo or do again.
    #[must_use]
    pub fn next(&self, step: EditStep) -> Option<u64> {
        match step {
            EditStep::Edit => None,
            EditStep::Undo => self.done.last().copied(),
            EditStep::Redo => self.undone.last().copied(),
        }
    }
}

/// What holds after all steps, oldest first.
#[must_use]
pub fn history<'a>(events: impl IntoIterator<Item = &'a EditEvent>) -> History {
    let mut history = History::default();
    events.into_iter().for_each(|event| history.take(event.step, event.number));
    history
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn after(steps: &[EditStep]) -> History {
        let mut history = History::default();
        for (number, step) in (1..).zip(steps) {
            history.take(*step, number);
        }
        history
    }

    #[test]
    fn an_edit_takes_the_place_of_what_was_undone() {
        use EditStep::{Edit, Redo, Undo};
        assert_eq!(after(&[Edit, Edit, Undo]), History { done: vec![1], undone: vec![2] });
        assert_eq!(after(&[Edit, Edit, Undo, Redo]), History { done: vec![1, 2], undone: vec![] });
        assert_eq!(after(&[Edit, Edit, Undo, Undo, Redo]), History { done: vec![1], undone: vec![2] });
        assert_eq!(after(&[Edit, Edit, Undo, Edit]), History { done: vec![1, 4], undone: vec![] });
        assert_eq!(after(&[Undo, Redo]), History::default());
        assert_eq!(after(&[Edit, Undo]).next(Redo), Some(1));
        assert_eq!(after(&[Edit, Undo]).next(Undo), None);
    }

    proptest! {
        /// As a list with a cursor does it.
        #[test]
        fn it_is_a_list_with_a_cursor(steps in prop::collection::vec(0u8..3, 0..60)) {
            let (mut list, mut cursor) = (vec![], 0usize);
            let mut history = History::default();
            for (number, step) in (1u64..).zip(steps) {
                let step = [EditStep::Edit, EditStep::Undo, EditStep::Redo][usize::from(step)];
                match step {
                    EditStep::Edit => {
                        list.truncate(cursor);
                        list.push(number);
                        cursor += 1;
                    }
                    EditStep::Undo => cursor = cursor.saturating_sub(1),
                    EditStep::Redo => cursor = (cursor + 1).min(list.len()),
                }
                history.take(step, number);
                let undone: Vec<u64> = list[cursor..].iter().rev().copied().collect();
                prop_assert_eq!((&history.done[..], history.undone.clone()), (&list[..cursor], undone));
            }
        }
    }
}
