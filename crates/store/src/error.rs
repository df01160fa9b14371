//! What can go wrong with the ledger: what is wrong, where, and what to do.

use std::path::PathBuf;

use bailiwick_domain::appeal::AppealState;
use bailiwick_domain::assignment::AssignmentKey;
use bailiwick_domain::audit::AuditEntry;
use bailiwick_domain::draft::EditStep;
use bailiwick_domain::id::{AccountId, EmployeeId, PlanId};
use bailiwick_domain::ledger::LedgerVersion;
use bailiwick_domain::plan::{PlanState, PlanStep};
use jiff::Timestamp;
use jiff::civil::Date;
use thiserror::Error;

use crate::db::{postgres, sqlite};

/// A change was refused, or the database could not be used. Whatever it is, nothing was changed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StoreError {
    // Opening.
    #[error(
        "{scheme:?} databases are not supported: give a URL such as sqlite:bailiwick.db or postgres://user@host/database"
    )]
    UnsupportedScheme { scheme: String },
    #[error(
        "{url:?} is not a database URL: give one such as sqlite:bailiwick.db or postgres://user@host/database ({why})"
    )]
    BadUrl { url: String, why: String },
    #[error("the folder {} does not exist: create it, or give another path", .0.display())]
    NoFolder(PathBuf),
    #[error("there is no ledger at {0}: `bailiwick apply` creates one")]
    NoLedger(String),
    #[error("{} is a folder: give the path of a file", .0.display())]
    IsFolder(PathBuf),
    #[error("{} is not a database: give the path of a ledger, or of a file that does not exist yet", .0.display())]
    NotADatabase(PathBuf),
    #[error("{} is a database of another program: give the path of a ledger, or of a file that does not exist yet", .0.display())]
    ForeignDatabase(PathBuf),
    #[error(
        "the schema {schema:?} of {place} holds tables of another program: give a database of its own, or a schema of its own with ?options=-csearch_path%3DNAME"
    )]
    ForeignSchema { place: String, schema: String },
    #[error(
        "{place} was written by a newer Bailiwick (schema {found}, this program knows up to {known}): use that version or a later one"
    )]
    Newer { place: String, found: i64, known: i64 },
    #[error("{} cannot be opened: check that it may be read and written ({source})", path.display())]
    CannotOpen { path: PathBuf, source: sqlx::Error },
    #[error("no database answers at {place}: check the host, the port and that the server runs ({why})")]
    CannotConnect { place: String, why: String },
    #[error("the server of {place} does not let {user:?} in: check the user and the password ({why})")]
    WrongPassword { place: String, user: String, why: String },
    #[error("the server of {place} has no database {database:?}: create it with `createdb --encoding=UTF8 {database}`")]
    NoDatabase { place: String, database: String },
    #[error(
        "{user:?} may not create tables in {place}: have its owner grant it with `GRANT CREATE ON SCHEMA public TO {user}` ({why})"
    )]
    MayNotCreate { place: String, user: String, why: String },
    #[error("{user:?} lacks a right in {place}: have its owner grant it ({why})")]
    NotAllowed { place: String, user: String, why: String },
    #[error(
        "{place} keeps its texts as {encoding}, and the ledger needs UTF8: create a database with `createdb --encoding=UTF8 --template=template0`"
    )]
    NotUnicode { place: String, encoding: String },
    #[error("none of the schemas in the search path of {place} exists: create it with `CREATE SCHEMA`")]
    NoSchema { place: String },

    // Changing.
    #[error("the ledger is locked by another program that is writing to it: try again when it is done")]
    Locked,
    #[error(
        "the ledger may only be read: check the permissions of its file and folder, or whether its server is a stand-by"
    )]
    ReadOnly,
    #[error(
        "the connection to the database was lost: look whether the change is in the audit trail before trying again ({0})"
    )]
    ConnectionLost(String),
    #[error("there is no room left on the disk: nothing was changed")]
    DiskFull,
    #[error("the database file is damaged: restore it from a backup ({0})")]
    Damaged(String),
    #[error(
        "the plan is stale: it was made against version {planned_on} of the ledger, which is now at {now}; plan again. Since then: {}",
        describe(changes, *more)
    )]
    Stale {
        planned_on: LedgerVersion,
        now: LedgerVersion,
        /// What was done since, the newest at most 20, oldest first.
        changes: Vec<AuditEntry>,
        /// How many more there are, before these.
        more: u64,
    },
    #[error("the plan was made against another ledger (version {planned_on} is unknown here): plan against this one")]
    OtherLedger { planned_on: LedgerVersion },
    #[error("the plan {plan} is already applied, from {on}, by {actor} at {at}")]
    AlreadyApplied { plan: PlanId, on: Date, actor: String, at: Timestamp },
    #[error(
        "{key} already has a change recorded for {later}, after {on} ({count} in all): choose a date from then on, or replace the later changes"
    )]
    LaterChange { key: Box<AssignmentKey>, on: Date, later: Date, count: usize },
    #[error("{key} is given to two employees, {first} and {second}: each account × role × product line has one owner")]
    TwoOwners { key: Box<AssignmentKey>, first: EmployeeId, second: EmployeeId },
    #[error("{key} is outside the scope of the plan: add its role and product line to the scope")]
    OutsideScope { key: Box<AssignmentKey> },
    #[error("there is no account {account}: it is neither in the ledger nor among the accounts handed in")]
    UnknownAccount { account: AccountId },
    #[error("there is no employee {employee}: they are neither in the ledger nor among the employees handed in")]
    UnknownEmployee { employee: EmployeeId },
    #[error("{what} {id} is handed in twice")]
    Twice { what: &'static str, id: String },
    #[error("{what} {id} was changed while it was written: apply again when nobody changes the files")]
    Altered { what: &'static str, id: String },
    /// Whoever hands in rows cannot read them.
    #[error(transparent)]
    Source(Box<dyn std::error::Error + Send + Sync>),
    #[error(
        "the policy is not the one the plan was made with (SHA-256 {expected} expected, {found} found): plan again"
    )]
    PolicyChanged { expected: String, found: String },
    #[error("{employee} is away already from {from}{}: end that absence first, or begin after it", until(*to))]
    AwayAlready { employee: EmployeeId, from: Date, to: Option<Date> },
    #[error("the absence ends before its first day, {from}, is over: give the first day back at work")]
    EmptyAbsence { from: Date },
    #[error("{employee} cannot step in from {from}{}: they are away, not employed all the time, or the very person to be replaced", until(*to))]
    NotAtWork { employee: EmployeeId, from: Date, to: Option<Date> },
    #[error(
        "{employee} has handed over everything on {on} and is given nothing any more: choose somebody else, or take the hand-over back"
    )]
    HasLeft { employee: EmployeeId, on: Date },
    #[error("{employee} holds {key} already from {on} on, as asked: there is nothing to change")]
    HoldsAlready { key: Box<AssignmentKey>, employee: EmployeeId, on: Date },
    #[error("nobody holds {key} on {on}: there is nothing to end")]
    NobodyHolds { key: Box<AssignmentKey>, on: Date },
    #[error("{employee} is not employed on {on}: choose somebody who is, or another day")]
    NotEmployed { employee: EmployeeId, on: Date },
    #[error("there is no hand-over {hand_over}, or it was taken back already")]
    UnknownHandOver { hand_over: u64 },
    #[error("there is no absence {absence}, or it was ended already")]
    UnknownAbsence { absence: u64 },
    #[error("{employee} is back on {to} anyway: an absence can only be ended sooner; record another for what follows")]
    NotSooner { employee: EmployeeId, to: Date },
    #[error("the plan {plan} is on its way already, as {state}: approve and apply it there, or give another plan")]
    PlanKnown { plan: PlanId, state: PlanState },
    #[error("there is no plan {plan} among the drafts: draft it first")]
    NoPlan { plan: PlanId },
    #[error("the plan {plan} is {state}: the step {step:?} cannot be taken from there", step = step.as_str())]
    WrongState { plan: PlanId, state: PlanState, step: PlanStep },
    #[error("{by} was quicker: they changed the plan {plan} meanwhile (entry {last}, not {seen}); read it again")]
    PlanMoved { plan: PlanId, by: String, seen: u64, last: u64 },
    #[error("the plan {plan} is {state}: only a draft is edited; have it given back first, or draft another")]
    NotADraft { plan: PlanId, state: PlanState },
    #[error("there is nothing to {step} in the draft {plan}")]
    NothingTo { plan: PlanId, step: EditStep },
    #[error("{actor} edited the plan {plan} at {at}: somebody else has to approve it")]
    EditedIt { plan: PlanId, actor: String, at: Timestamp },
    #[error("{key} is not assigned to {employee} on {on} or later: appeal against what is")]
    NotTheirs { key: Box<AssignmentKey>, employee: EmployeeId, on: Date },
    #[error("an appeal against {key} waits for an answer already (number {number}): add to it, or withdraw it first")]
    AppealedAlready { key: Box<AssignmentKey>, number: u64 },
    #[error("the appeal {number} is {state} already: open another one")]
    AppealClosed { number: u64, state: AppealState },
    #[error("the plan {plan} was approved from {approved} on: it can be put off, not brought forward to {on}")]
    TooSoon { plan: PlanId, approved: Date, on: Date },
    #[error("the policy was written by somebody else meanwhile (version {last}, not {seen}): read it again")]
    PolicyMoved { seen: u64, last: u64 },
    #[error("{employee} was changed by somebody else meanwhile (version {last}, not {seen}): read them again")]
    EmployeeMoved { employee: EmployeeId, seen: u64, last: u64 },
    #[error("no plan was in force on {on}: there is nothing to go back to")]
    NoPlanThen { on: Date },
    #[error("{actor} took the step {had:?} with the plan {plan} at {at}: somebody else has to approve it", had = had.as_str())]
    FourEyes { plan: PlanId, actor: String, had: PlanStep, at: Timestamp },
    #[error("there is no {what} {number}: see the list of those there are")]
    UnknownThing { what: &'static str, number: u64 },
    #[error("the {what} was changed by somebody else meanwhile (version {found}, not {expected}): read it again")]
    ChangedMeanwhile { what: &'static str, expected: u64, found: u64 },
    #[error(
        "{period} cannot be closed: the last that was closed is {last}, and periods are closed one after the other"
    )]
    NotNextPeriod { period: String, last: String },
    #[error(transparent)]
    WrongStep(#[from] bailiwick_domain::dispute::WrongStep),
    #[error("the account has no {what} {number}: see the list of those it has")]
    AnotherAccount { what: &'static str, number: u64 },
    #[error(transparent)]
    Unfit(#[from] bailiwick_domain::text::Unfit),
    #[error(transparent)]
    WrongMove(#[from] bailiwick_domain::communication::WrongMove),
    #[error("{0} is outside the years 1 to 9999")]
    BadDate(Date),

    #[error("{user} is known to this provider as somebody else: an administrator has to see to it")]
    IdentityTaken { user: String },
    #[error("there is no such webhook")]
    UnknownWebhook,
    #[error("the webhook was changed by somebody else meanwhile (version {last}, not {seen}): read it again")]
    WebhookMoved { seen: u64, last: u64 },
    #[error("there is no job {job} under way")]
    UnknownJob { job: uuid::Uuid },
    #[error("{records} of the {what} were changed since, or are needed by now: it cannot be undone in one step")]
    ChangedSince { what: &'static str, records: u64 },

    // Backups.
    #[error("{} exists already: give the backup another name", .0.display())]
    FileExists(PathBuf),
    #[error("cannot {doing} {}: {source}", path.display())]
    File { doing: &'static str, path: PathBuf, source: std::io::Error },
    #[error("{} is not a whole backup of a ledger (line {line}: {why})", path.display())]
    BadBackup { path: PathBuf, line: u64, why: String },
    #[error("the ledger is not empty: a backup goes into a database that does not exist yet, or into an empty one")]
    NotEmpty,
    // Users.
    #[error("there is a user named {name:?} already: choose another name")]
    NameTaken { name: String },
    #[error("the first user was made already: sign in, or ask an administrator for a user")]
    NotTheFirst,
    #[error("there is no such user")]
    UnknownUser,
    #[error("the user was changed by somebody else meanwhile (version {found}, not {expected}): read it again")]
    UserChanged { expected: u64, found: u64 },
    #[error("this would leave no active administrator: make another first")]
    LastAdministrator,

    // Reading.
    #[error(transparent)]
    AuditBroken(#[from] AuditBroken),
    #[error("the ledger holds {value:?} as {what}, which it cannot be: restore it from a backup")]
    BadValue { what: &'static str, value: String },
    #[error("the database refused: {0}")]
    Database(#[source] sqlx::Error),
}

/// The audit trail does not agree with itself or with the ledger: somebody altered the database behind its back.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the audit trail is broken at entry {seq}: {what}")]
pub struct AuditBroken {
    pub seq: u64,
    pub what: String,
}

impl StoreError {
    /// Whether the same may succeed at another time, with nothing else being different.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        use StoreError::*;
        matches!(self, Locked | ReadOnly | ConnectionLost(_) | DiskFull | Damaged(_) | Database(_))
    }
}

fn until(to: Option<Date>) -> String {
    to.map_or_else(|| String::from(" until further notice"), |to| format!(" until {to}"))
}

fn describe(changes: &[AuditEntry], more: u64) -> String {
    let mut parts: Vec<String> = Vec::new();
    if more > 0 {
        parts.push(format!("{more} earlier changes"));
    }
    parts.extend(changes.iter().map(|c| format!("{} {} by {} at {}", c.action, c.subject, c.actor, c.at)));
    parts.join("; ")
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match sqlite::meaning(&error).or_else(|| postgres::meaning(&error)) {
            Some(meant) => meant,
            None => StoreError::Database(error),
        }
    }
}
