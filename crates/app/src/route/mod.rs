//! Arriving accounts, leads and requests are assigned by the policy in force, the moment they arrive.
//!
//! An arrival is a JSON object with `account_id` and any columns of the account source ([`arrival`]). It is put into its
//! segment by the cut points that the plan in force was made with, and into a pool by the same coverage; there it goes to
//! whom the optimiser would have given it at the margin, or to whoever's turn it is ([`decide`], [`crate::choose`]).
//! Whoever holds a role of the account already keeps it; an owner named by hand beats the rule; members of a group go to
//! the holder of its head. Nobody who is absent, inactive or gone gets anything.
//!
//! What decisions rest on is kept warm ([`router`]), and all that arrives while one transaction is written goes into the
//! next ([`intake`]): so arrivals see each other's load, and thousands a second are recorded durably.

pub mod arrival;
mod book;
mod decide;
pub mod intake;
pub mod replay;
mod router;
pub mod turns;
mod units;

use bailiwick_store::Ledger;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

pub use arrival::Arrivals;
pub use intake::Intake;

use crate::error::AppError;

/// What became of one arrival.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ArrivalDecided)]
pub struct Decision {
    /// Its number in the ledger; none where it was not recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision_id: Option<u64>,
    pub account_id: String,
    pub segment: String,
    pub assignments: Vec<Assigned>,
    /// Roles nobody could be given for, each with the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unassigned: Vec<String>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ArrivalAssigned)]
pub struct Assigned {
    pub role: String,
    pub product_line: Option<String>,
    pub employee_id: String,
    pub employee: String,
    pub rule: String,
    pub reason: String,
    /// Held before the arrival, and kept.
    pub kept: bool,
    /// Whose place the employee takes, because they are away.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stands_in_for: Option<String>,
}

/// An arrival that cannot be decided about: its line, and why.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ArrivalRefused)]
pub struct Refused {
    pub line: usize,
    pub reason: String,
}

impl Refused {
    fn new(called: &str, number: usize, reason: &str) -> Refused {
        Refused { line: number, reason: format!("{called} {number} {reason}") }
    }
}

/// In the order in which they arrived.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct Routed {
    pub decisions: Vec<Decision>,
    pub refused: Vec<Refused>,
}

/// Decides about arrivals and records the decisions in one transaction, unless it is a rehearsal.
pub async fn route(
    ledger: &Ledger,
    arrivals: Arrivals,
    on: Date,
    actor: &str,
    at: Timestamp,
    dry_run: bool,
) -> Result<Routed, AppError> {
    if dry_run {
        return intake::rehearse(ledger, arrivals, on, actor).await;
    }
    Intake::new(ledger.clone()).route(arrivals, on, actor, at).await
}
