//! A plan's way from a draft to the truth: draft → proposed → approved → applied → archived.
//!
//! Whoever made it proposes it; somebody else approves it, or gives it back with a comment; then it is applied, from a
//! date that may lie ahead. Until then it can be withdrawn. What was applied is not undone by deleting: an earlier state
//! is applied anew ([`PlanStep::Apply`] of a plan that says who held what).

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// Where a plan stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanState {
    Draft,
    Proposed,
    Approved,
    Applied,
    /// Withdrawn, or replaced before its date came.
    Archived,
}

/// What is done to a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlanStep {
    /// It is kept as a draft.
    Draft,
    /// It is put forward to be approved.
    Propose,
    Approve,
    /// It is not approved, and is a draft again.
    Return,
    Withdraw,
    /// Something is said of it.
    Comment,
    Apply,
}

impl PlanState {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            PlanState::Draft => "draft",
            PlanState::Proposed => "proposed",
            PlanState::Approved => "approved",
            PlanState::Applied => "applied",
            PlanState::Archived => "archived",
        }
    }

    pub const ALL: [PlanState; 5] =
        [PlanState::Draft, PlanState::Proposed, PlanState::Approved, PlanState::Applied, PlanState::Archived];

    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// Where it stands after a step; nothing, if the step cannot be taken from here.
    #[must_use]
    pub fn after(self, step: PlanStep) -> Option<PlanState> {
        match (self, step) {
            (state, PlanStep::Comment) => Some(state),
            (PlanState::Draft, PlanStep::Propose) => Some(PlanState::Proposed),
            (PlanState::Proposed, PlanStep::Approve) => Some(PlanState::Approved),
            (PlanState::Proposed | PlanState::Approved, PlanStep::Return) => Some(PlanState::Draft),
            (PlanState::Approved, PlanStep::Apply) => Some(PlanState::Applied),
            (PlanState::Draft | PlanState::Proposed | PlanState::Approved, PlanStep::Withdraw) => {
                Some(PlanState::Archived)
            }
            _ => None,
        }
    }
}

impl PlanStep {
    pub const ALL: [PlanStep; 7] = [
        PlanStep::Draft,
        PlanStep::Propose,
        PlanStep::Approve,
        PlanStep::Return,
        PlanStep::Withdraw,
        PlanStep::Comment,
        PlanStep::Apply,
    ];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            PlanStep::Draft => "draft",
            PlanStep::Propose => "propose",
            PlanStep::Approve => "approve",
            PlanStep::Return => "return",
            PlanStep::Withdraw => "withdraw",
            PlanStep::Comment => "comment",
            PlanStep::Apply => "apply",
        }
    }

    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }
}

impl fmt::Display for PlanState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for PlanStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One step that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanEvent {
    pub step: PlanStep,
    pub actor: String,
    pub comment: String,
    pub at: Timestamp,
    /// Number of the audit entry that recorded it.
    pub recorded_by: u64,
}

/// Where a plan stands after all that was done to it, oldest first.
#[must_use]
pub fn state(events: &[PlanEvent]) -> PlanState {
    events.iter().fold(PlanState::Draft, |state, event| state.after(event.step).unwrap_or(state))
}

/// Whoever had a hand in what is to be approved, and so does not approve it where two pairs of eyes are asked for: the one
/// who drafted it, and those who proposed it.
#[must_use]
pub fn had_a_hand<'a>(events: &'a [PlanEvent], actor: &str) -> Option<&'a PlanEvent> {
    let made = |event: &&PlanEvent| matches!(event.step, PlanStep::Draft | PlanStep::Propose) && event.actor == actor;
    events.iter().rev().find(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_matrix_of_states_and_steps() {
        let mut told = String::new();
        for state in PlanState::ALL {
            let next: Vec<String> = PlanStep::ALL
                .into_iter()
                .filter(|step| *step != PlanStep::Comment)
                .filter_map(|step| state.after(step).map(|next| format!("{step} → {next}")))
                .collect();
            told.push_str(&format!("{state}: {}\n", next.join(", ")));
        }
        assert_eq!(
            told,
            "draft: propose → proposed, withdraw → archived\n\
             proposed: approve → approved, return → draft, withdraw → archived\n\
             approved: return → draft, withdraw → archived, apply → applied\n\
             applied: \n\
             archived: \n"
        );
    }

    #[test]
    fn nothing_is_applied_that_was_not_approved() {
        for state in PlanState::ALL {
            assert_eq!(state.after(PlanStep::Apply).is_some(), state == PlanState::Approved);
        }
    }

    fn event(step: PlanStep, actor: &str) -> PlanEvent {
        let (comment, at) = (String::new(), Timestamp::UNIX_EPOCH);
        PlanEvent { step, actor: actor.into(), comment, at, recorded_by: 1 }
    }

    #[test]
    fn whoever_made_it_has_a_hand_in_it_and_whoever_spoke_of_it_has_not() {
        let events = [event(PlanStep::Draft, "Ann"), event(PlanStep::Comment, "Cid"), event(PlanStep::Propose, "Ben")];
        assert_eq!(state(&events), PlanState::Proposed);
        assert!(had_a_hand(&events, "Ann").is_some() && had_a_hand(&events, "Ben").is_some());
        assert!(had_a_hand(&events, "Cid").is_none());
    }
}
