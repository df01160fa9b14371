//! Audit: who did what, when, why, and what was there before and after.
//!
//! Entries form a chain: each carries the SHA-256 of its own content and of the entry before it (Haber & Stornetta, "How
//! to time-stamp a digital document", J. Cryptology 3, 1991), so that no entry can be altered or left out unseen.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::AccountId;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AuditAction {
    #[serde(rename = "policy.saved")]
    PolicySaved,
    #[serde(rename = "accounts.saved")]
    AccountsSaved,
    #[serde(rename = "employees.saved")]
    EmployeesSaved,
    #[serde(rename = "plan.applied")]
    PlanApplied,
    #[serde(rename = "route.recorded")]
    RouteRecorded,
    #[serde(rename = "absence.recorded")]
    AbsenceRecorded,
    #[serde(rename = "absence.ended")]
    AbsenceEnded,
    #[serde(rename = "plan.drafted")]
    PlanDrafted,
    #[serde(rename = "plan.proposed")]
    PlanProposed,
    #[serde(rename = "plan.approved")]
    PlanApproved,
    #[serde(rename = "plan.returned")]
    PlanReturned,
    #[serde(rename = "plan.withdrawn")]
    PlanWithdrawn,
    #[serde(rename = "plan.commented")]
    PlanCommented,
    #[serde(rename = "portfolio.handed-over")]
    HandedOver,
    #[serde(rename = "portfolio.taken-back")]
    TakenBack,
    #[serde(rename = "user.created")]
    UserCreated,
    #[serde(rename = "user.changed")]
    UserChanged,
    #[serde(rename = "user.password-changed")]
    PasswordChanged,
    #[serde(rename = "user.locked")]
    UserLocked,
    #[serde(rename = "session.opened")]
    SessionOpened,
    #[serde(rename = "session.ended")]
    SessionEnded,
    #[serde(rename = "token.created")]
    TokenCreated,
    #[serde(rename = "token.revoked")]
    TokenRevoked,
    #[serde(rename = "contact.saved")]
    ContactSaved,
    #[serde(rename = "need.saved")]
    NeedSaved,
    #[serde(rename = "particulars.saved")]
    ParticularsSaved,
    #[serde(rename = "employee.ways-saved")]
    WaysSaved,
    #[serde(rename = "communication.registered")]
    CommunicationRegistered,
    #[serde(rename = "communication.stepped")]
    CommunicationStepped,
    #[serde(rename = "card.shared")]
    CardShared,
    #[serde(rename = "card.revoked")]
    CardRevoked,
    #[serde(rename = "assignment.made")]
    AssignmentMade,
    #[serde(rename = "assignment.ended")]
    AssignmentEnded,
    #[serde(rename = "import.undone")]
    ImportUndone,
    #[serde(rename = "webhook.changed")]
    WebhookChanged,
    #[serde(rename = "user.identity-linked")]
    IdentityLinked,
    #[serde(rename = "policy.written")]
    PolicyWritten,
    #[serde(rename = "plan.edited")]
    PlanEdited,
    #[serde(rename = "plan.edit-undone")]
    EditUndone,
    #[serde(rename = "plan.edit-redone")]
    EditRedone,
    #[serde(rename = "appeal.opened")]
    AppealOpened,
    #[serde(rename = "appeal.closed")]
    AppealClosed,
}

impl AuditAction {
    pub const ALL: [AuditAction; 42] = [
        AuditAction::PolicySaved,
        AuditAction::AccountsSaved,
        AuditAction::EmployeesSaved,
        AuditAction::PlanApplied,
        AuditAction::RouteRecorded,
        AuditAction::AbsenceRecorded,
        AuditAction::AbsenceEnded,
        AuditAction::PlanDrafted,
        AuditAction::PlanProposed,
        AuditAction::PlanApproved,
        AuditAction::PlanReturned,
        AuditAction::PlanWithdrawn,
        AuditAction::PlanCommented,
        AuditAction::HandedOver,
        AuditAction::TakenBack,
        AuditAction::UserCreated,
        AuditAction::UserChanged,
        AuditAction::PasswordChanged,
        AuditAction::UserLocked,
        AuditAction::SessionOpened,
        AuditAction::SessionEnded,
        AuditAction::TokenCreated,
        AuditAction::TokenRevoked,
        AuditAction::ContactSaved,
        AuditAction::NeedSaved,
        AuditAction::ParticularsSaved,
        AuditAction::WaysSaved,
        AuditAction::CommunicationRegistered,
        AuditAction::CommunicationStepped,
        AuditAction::CardShared,
        AuditAction::CardRevoked,
        AuditAction::AssignmentMade,
        AuditAction::AssignmentEnded,
        AuditAction::ImportUndone,
        AuditAction::WebhookChanged,
        AuditAction::IdentityLinked,
        AuditAction::PolicyWritten,
        AuditAction::PlanEdited,
        AuditAction::EditUndone,
        AuditAction::EditRedone,
        AuditAction::AppealOpened,
        AuditAction::AppealClosed,
    ];

    /// Whether it may make a plan stale: what only says who is away, or what is thought of a plan, does not.
    #[must_use]
    pub fn changes_coverage(self) -> bool {
        match self {
            AuditAction::PolicySaved
            | AuditAction::AccountsSaved
            | AuditAction::EmployeesSaved
            | AuditAction::PlanApplied
            | AuditAction::RouteRecorded
            | AuditAction::HandedOver
            | AuditAction::TakenBack
            | AuditAction::AssignmentMade
            | AuditAction::AssignmentEnded
            | AuditAction::ImportUndone => true,
            AuditAction::AbsenceRecorded
            | AuditAction::AbsenceEnded
            | AuditAction::PlanDrafted
            | AuditAction::PlanProposed
            | AuditAction::PlanApproved
            | AuditAction::PlanReturned
            | AuditAction::PlanWithdrawn
            | AuditAction::PlanCommented
            | AuditAction::UserCreated
            | AuditAction::UserChanged
            | AuditAction::PasswordChanged
            | AuditAction::UserLocked
            | AuditAction::SessionOpened
            | AuditAction::SessionEnded
            | AuditAction::TokenCreated
            | AuditAction::TokenRevoked
            | AuditAction::ContactSaved
            | AuditAction::NeedSaved
            | AuditAction::ParticularsSaved
            | AuditAction::WaysSaved
            | AuditAction::CommunicationRegistered
            | AuditAction::CommunicationStepped
            | AuditAction::CardShared
            | AuditAction::CardRevoked
            | AuditAction::WebhookChanged
            | AuditAction::IdentityLinked
            | AuditAction::PolicyWritten
            | AuditAction::PlanEdited
            | AuditAction::EditUndone
            | AuditAction::EditRedone
            | AuditAction::AppealOpened
            | AuditAction::AppealClosed => false,
        }
    }

    /// Whether the next arrival may be decided otherwise because of it: by who is at work, or who holds how much.
    #[must_use]
    pub fn changes_routing(self) -> bool {
        let records_only = matches!(self, AuditAction::PolicySaved | AuditAction::AccountsSaved);
        let absence = matches!(self, AuditAction::AbsenceRecorded | AuditAction::AbsenceEnded);
        absence || (self.changes_coverage() && !records_only)
    }

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            AuditAction::PolicySaved => "policy.saved",
            AuditAction::AccountsSaved => "accounts.saved",
            AuditAction::EmployeesSaved => "employees.saved",
            AuditAction::PlanApplied => "plan.applied",
            AuditAction::RouteRecorded => "route.recorded",
            AuditAction::AbsenceRecorded => "absence.recorded",
            AuditAction::AbsenceEnded => "absence.ended",
            AuditAction::PlanDrafted => "plan.drafted",
            AuditAction::PlanProposed => "plan.proposed",
            AuditAction::PlanApproved => "plan.approved",
            AuditAction::PlanReturned => "plan.returned",
            AuditAction::PlanWithdrawn => "plan.withdrawn",
            AuditAction::PlanCommented => "plan.commented",
            AuditAction::HandedOver => "portfolio.handed-over",
            AuditAction::TakenBack => "portfolio.taken-back",
            AuditAction::UserCreated => "user.created",
            AuditAction::UserChanged => "user.changed",
            AuditAction::PasswordChanged => "user.password-changed",
            AuditAction::UserLocked => "user.locked",
            AuditAction::SessionOpened => "session.opened",
            AuditAction::SessionEnded => "session.ended",
            AuditAction::TokenCreated => "token.created",
            AuditAction::TokenRevoked => "token.revoked",
            AuditAction::ContactSaved => "contact.saved",
            AuditAction::NeedSaved => "need.saved",
            AuditAction::ParticularsSaved => "particulars.saved",
            AuditAction::WaysSaved => "employee.ways-saved",
            AuditAction::CommunicationRegistered => "communication.registered",
            AuditAction::CommunicationStepped => "communication.stepped",
            AuditAction::CardShared => "card.shared",
            AuditAction::CardRevoked => "card.revoked",
            AuditAction::AssignmentMade => "assignment.made",
            AuditAction::AssignmentEnded => "assignment.ended",
            AuditAction::ImportUndone => "import.undone",
            AuditAction::WebhookChanged => "webhook.changed",
            AuditAction::IdentityLinked => "user.identity-linked",
            AuditAction::PolicyWritten => "policy.written",
            AuditAction::PlanEdited => "plan.edited",
            AuditAction::EditUndone => "plan.edit-undone",
            AuditAction::EditRedone => "plan.edit-redone",
            AuditAction::AppealOpened => "appeal.opened",
            AuditAction::AppealClosed => "appeal.closed",
        }
    }

    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.as_str() == text)
    }
}

impl fmt::Display for AuditAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// One entry of the audit trail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// 1, 2, 3, … without gaps.
    pub seq: u64,
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    pub action: AuditAction,
    /// What it was done to: a plan's id, a policy's version, …
    pub subject: String,
    pub before: Value,
    pub after: Value,
    /// Why it was done.
    pub reason: String,
    /// SHA-256 (hex) of all rows this entry wrote or superseded; empty where it touched none.
    pub digest: String,
    /// SHA-256 (hex) of this entry and of the hash before it.
    pub hash: String,
}

/// Which entries to read; the default is all of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AuditFilter {
    pub actor: Option<String>,
    pub action: Option<AuditAction>,
    /// Only entries that touched an assignment, a route decision, or what else is kept of this account.
    pub account: Option<AccountId>,
    /// From this moment on.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub until: Option<Timestamp>,
    /// Only entries after this number.
    pub after_seq: Option<u64>,
    /// At most so many.
    pub limit: Option<u32>,
}
