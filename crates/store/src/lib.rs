//! The ledger: who is responsible for which account, from which date, and how we came to say so.
//!
//! It is **effective-dated** (an assignment holds from a day to a day), **append-only** (what turns out otherwise is
//! superseded by new rows, never altered; see [`bailiwick_domain::assignment`] for the rule) and **audited** (every
//! change writes an entry of a hash chain in the same transaction; see [`bailiwick_domain::audit`]). It is the only
//! thing in Bailiwick that changes.
//!
//! ```text
//! open ─► version ─► apply (a plan, from a date) ─► who · holders · history · loads
//!                    draft_plan ─► step_plan ─► apply_approved     proposals · plan_back
//!                    edit_draft · step_draft          draft · edits
//!                    record_absence · end_absence   covered · absences
//!                    hand_over · take_back          hand_overs · loose_ends
//!                    save_contact · save_need       contacts · needs · timeline
//!                    register · step (matters)      matters · inbox
//!                    share_card · revoke_card       card_behind
//!                    open_appeal · close_appeal     appeals
//!                    split_credit · open_dispute · close_period   credit_splits · disputes · closed_periods
//!                    record_route (arrivals)        audit · verify_audit · backup · restore
//! ```
//!
//! All SQL lives in this crate, as run-time queries with numbered parameters that SQLite and PostgreSQL both accept; a
//! database is chosen by its URL (see [`Ledger::open`]). There is one file an aggregate.

mod absence;
mod answer;
mod appeal;
mod assignment;
mod audit;
mod backup;
mod card;
mod contacted;
mod customer;
mod db;
mod desk;
mod digest;
mod draft;
mod error;
mod exchange;
mod handover;
mod identity;
mod import;
mod inbox;
mod job;
mod kept;
mod ledger;
mod log;
mod manual;
mod open;
mod pay;
mod plan;
mod planned;
mod policy;
mod proposal;
mod reach;
mod record;
mod restore;
mod rollback;
mod route;
mod schema;
mod seen;
mod session;
mod standing;
mod timeline;
mod token;
mod user;
mod verify;
mod webhook;

pub use absence::{AbsencesWanted, Covered};
pub use answer::{AnswerKey, Kept, KeptAnswer, Once};
pub use appeal::AppealsWanted;
pub use backup::Backup;
pub use contacted::Contacted;
pub use customer::Seen;
pub use desk::MatterVersion;
pub use draft::{DraftRecord, Editing, overlay};
pub use error::{AuditBroken, StoreError};
pub use exchange::{Import, ImportDone};
pub use handover::{HandedOver, TakenBack};
pub use import::{Imported, Patch, Undone};
pub use inbox::{Inbox, InboxPage, Matter, MatterCursor, MattersWanted};
pub use job::{JobEnd, JobRecord, JobState, NewJob, Reject};
pub use kept::Version;
pub use ledger::{Ledger, Progress};
pub use log::Log;
pub use manual::{ByHand, GivenByHand};
pub use open::OpenOptions;
pub use plan::{Applied, NewPlan, PlanRecord, PlanRows, ScopeKey};
pub use planned::{Planned, PlannedBuilder};
pub use policy::{PolicyRecord, sha256_hex, sha256_of};
pub use proposal::{Proposal, Step};
pub use reach::{AccountCursor, AccountPage, AccountsWanted, Within};
pub use record::Records;
pub use rollback::PlanBack;
pub use route::{DecisionsWanted, NewRoute, RouteBatch, RouteDecision, RouteGround, RouteOwner, RouteTurn, Routed};
pub use seen::HolderOf;
pub use session::{NewSession, OwnSession, SessionRecord};
pub use standing::{PlanStanding, PlansWanted};
pub use timeline::{Happened, TimelineCursor, TimelinePage, TimelineWanted};
pub use token::{NewToken, TokenRecord};
pub use user::{Attempt, Credentials, NewUser, UserChange, UserRecord};
pub use webhook::{Attempted, DeliveryRecord, DeliveryState, Due, WebhookChange, WebhookRecord};
