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
//!                    record_absence · end_absence   covered · absences
//!                    hand_over · take_back          hand_overs · loose_ends
//!                    record_route (arrivals)        audit · verify_audit · backup · restore
//! ```
//!
//! All SQL lives in this crate, as run-time queries with numbered parameters that SQLite and PostgreSQL both accept; a
//! database is chosen by its URL (see [`Ledger::open`]). There is one file an aggregate.

mod absence;
mod answer;
mod assignment;
mod audit;
mod backup;
mod db;
mod digest;
mod error;
mod handover;
mod identity;
mod import;
mod job;
mod ledger;
mod manual;
mod open;
mod plan;
mod policy;
mod proposal;
mod reach;
mod record;
mod restore;
mod rollback;
mod route;
mod schema;
mod session;
mod standing;
mod token;
mod user;
mod verify;
mod webhook;

pub use absence::{AbsencesWanted, Covered};
pub use answer::{AnswerKey, Kept, KeptAnswer, Once};
pub use backup::Backup;
pub use error::{AuditBroken, StoreError};
pub use handover::{HandedOver, TakenBack};
pub use import::{Imported, Patch, Undone};
pub use job::{JobEnd, JobRecord, JobState, NewJob, Reject};
pub use ledger::{Ledger, Progress};
pub use manual::{ByHand, GivenByHand};
pub use open::OpenOptions;
pub use plan::{Applied, NewPlan, PlanRecord, ScopeKey};
pub use policy::{PolicyRecord, sha256_hex, sha256_of};
pub use proposal::{Proposal, Step};
pub use reach::{AccountCursor, AccountPage, AccountsWanted, Within};
pub use rollback::PlanBack;
pub use route::{NewRoute, RouteBatch, RouteDecision, RouteOwner, Routed};
pub use session::{NewSession, SessionRecord};
pub use standing::{PlanStanding, PlansWanted};
pub use token::{NewToken, TokenRecord};
pub use user::{Attempt, Credentials, NewUser, UserChange, UserRecord};
pub use webhook::{Attempted, DeliveryRecord, DeliveryState, Due, WebhookChange, WebhookRecord};
