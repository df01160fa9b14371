//! The plan studio: a draft that people change by hand, and see at once what it does to everybody's load.
//!
//! A [`Studio`] is a draft as it stands, kept warm: the policy's pools with who has what, their limits, who may serve what,
//! who neighbours whom. An edit is checked ([`edit`]), done to the pools, measured ([`live`]) and handed to the ledger, which
//! keeps it; whatever becomes of the studio, the next one is read from there ([`open`]). Eligibility, locks and pins are
//! never broken. Balance, capacity and connection are promises of the policy that people may have reasons to break: that is
//! told as an exception, and not forbidden.
//!
//! Dividing anew around what is locked, and the front of plans to choose between, go the one way through [`crate::plan`];
//! what comes of them is an edit like any other ([`optimise`]).

pub mod compare;
pub mod edit;
pub mod live;
pub mod map;
pub mod open;
pub mod optimise;
mod pool;
pub mod told;

use std::collections::BTreeMap;
use std::sync::Arc;

use bailiwick_domain::draft::{Edit, EditEvent, EditStep, History};
use bailiwick_domain::id::PlanId;
use bailiwick_domain::ledger::LedgerVersion;
use bailiwick_domain::plan::PlanState;
use bailiwick_engine::Point;
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::plan::measures::Measures;
use crate::plan::present::Holding;
use crate::project::Project;
use crate::staff::Staff;
pub use pool::DraftPool;

/// A text in both languages: who reads a page need not read the policy's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Words {
    pub en: String,
    pub bg: String,
}

/// A draft as it stands.
pub struct Studio {
    pub plan: PlanId,
    pub state: PlanState,
    /// The first day of the plan.
    pub on: Date,
    pub base_version: Option<LedgerVersion>,
    /// The draft's own policy and tables.
    pub project: Arc<Project>,
    /// Whether the project's folder is here, so that files which the policy names can be read.
    pub has_folder: bool,
    pub staff: Staff,
    pub account_ids: Vec<String>,
    pub account_names: Vec<String>,
    /// Segment of each account, as people read it.
    pub segments: Vec<String>,
    pub places: Vec<Option<Point>>,
    pub measures: Measures,
    pub pools: Vec<DraftPool>,
    /// Who holds what today.
    pub holdings: Vec<Holding>,
    rows: FxHashMap<String, u32>,
    events: Vec<EditEvent>,
    history: History,
    edits: BTreeMap<u64, Edit>,
    /// What each edit that holds found in the rows that it changed.
    before: BTreeMap<u64, Vec<Before>>,
    /// The summary as it was drafted, and as the edits that hold and bring one have it.
    summaries: Vec<(u64, Value)>,
    /// Which state of the ledger's it is.
    pub mark: Option<String>,
}

/// A row as an edit found it.
struct Before {
    pool: u32,
    position: u32,
    owner: u32,
    territory: u32,
    by_hand: bool,
    locked: bool,
    rule: String,
    reason: String,
}

impl Studio {
    /// All steps, oldest first.
    #[must_use]
    pub fn events(&self) -> &[EditEvent] {
        &self.events
    }

    #[must_use]
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The edit that an undo or a redo would concern.
    #[must_use]
    pub fn next(&self, step: EditStep) -> Option<&EditEvent> {
        let number = self.history.next(step)?;
        self.events.iter().find(|event| event.number == number)
    }

    /// Row of the account of this id.
    #[must_use]
    pub fn row_of(&self, account: &str) -> Option<u32> {
        self.rows.get(account).copied()
    }

    /// Position of an account among those of the pool that serves it in a role.
    #[must_use]
    pub fn place_of(&self, row: u32, role: &str, line: Option<&str>) -> Option<(usize, usize)> {
        self.pools.iter().enumerate().find_map(|(index, pool)| {
            let served = pool.pool.role == role && pool.pool.product_line.as_deref() == line;
            let position = if served { pool.pool.accounts.binary_search(&row).ok() } else { None };
            position.map(|position| (index, position))
        })
    }

    /// `Ann Lee (E-04)`.
    #[must_use]
    pub fn person(&self, employee: u32) -> String {
        let (name, id) = (&self.staff.names[employee as usize], &self.staff.ids[employee as usize]);
        if name == id { id.clone() } else { format!("{name} ({id})") }
    }
}
