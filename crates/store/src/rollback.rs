//! Back to how it was: a plan that says who held what on an earlier date.
//!
//! Nothing is undone. What was held is applied anew, from a date on, as any plan is: drafted, approved, refused when stale.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_domain::absence::employed;
use bailiwick_domain::assignment::{Assignment, AssignmentKey, Later, NewAssignment};
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::{EmployeeId, PlanId};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::assignment::{COLUMNS, Stored};
use crate::audit;
use crate::db::{Connection, query, sql};
use crate::error::StoreError;
use crate::handover;
use crate::ledger::{Ledger, date_text};
use crate::plan::{self, NewPlan, ScopeKey};
use crate::record;

/// A plan that goes back, and where it cannot.
#[derive(Debug, Clone, PartialEq)]
pub struct PlanBack {
    pub plan: NewPlan,
    /// Whoever held these has left since: they stay with whoever holds them now.
    pub kept: Vec<AssignmentKey>,
    /// Nobody who held these, then or now, is still employed: nobody gets them.
    pub nobody: Vec<AssignmentKey>,
}

impl Ledger {
    /// A plan by which from `on` everybody holds what they held on `to`, as known at a moment (now, if none is given).
    /// Accounts, roles and product lines that nobody held then are given up. The ledger is not changed: draft the plan, or
    /// apply it.
    ///
    /// # Errors
    /// [`StoreError::NoPlanThen`]
    pub async fn plan_back(
        &self,
        id: PlanId,
        to: Date,
        on: Date,
        as_known_at: Option<Timestamp>,
    ) -> Result<PlanBack, StoreError> {
        let mut tx = self.read().await?;
        let conn = &mut tx;
        let then = plan::active(&mut *conn, to).await?.ok_or(StoreError::NoPlanThen { on: to })?;
        let staff: BTreeMap<EmployeeId, EmployeeRecord> =
            record::all::<EmployeeRecord>(&mut *conn).await?.into_iter().map(|one| (one.id.clone(), one)).collect();
        let left: BTreeSet<EmployeeId> =
            handover::present(&mut *conn).await?.into_iter().map(|one| one.employee).collect();
        let may = |assignment: &Assignment| {
            !left.contains(&assignment.employee)
                && staff.get(&assignment.employee).is_some_and(|employee| employed(employee, on, on.tomorrow().ok()))
        };
        let held = held(conn, to, as_known_at.map_or(i64::MAX, Timestamp::as_microsecond)).await?;
        let mut now: BTreeMap<AssignmentKey, Assignment> =
            held_from(conn, on).await?.into_iter().map(|assignment| (assignment.key(), assignment)).collect();
        let mut scope: BTreeSet<ScopeKey> = BTreeSet::new();
        for key in held.iter().map(Assignment::key).chain(now.keys().cloned()) {
            scope.insert(ScopeKey { role: key.role, product_line: key.product_line });
        }
        let (mut assignments, mut kept, mut nobody) = (Vec::<NewAssignment>::new(), Vec::new(), Vec::new());
        for assignment in held {
            let key = assignment.key();
            if may(&assignment) {
                assignments.push(assignment.into());
            } else if let Some(present) = now.remove(&key).filter(|present| may(present)) {
                assignments.push(present.into());
                kept.push(key);
            } else {
                nobody.push(key);
            }
        }
        let plan = NewPlan {
            id,
            base_version: Some(audit::head(&mut *conn).await?.version()),
            policy_text: then.policy_text,
            policy_sha256: then.policy_sha256,
            frozen: then.frozen,
            routing: then.routing,
            summary: json!({"back_to": to, "plan": then.id, "assigned": assignments.len(), "kept": kept.len(), "nobody": nobody.len()}),
            on,
            accounts: Vec::new(),
            employees: Vec::new(),
            assignments,
            scope: scope.into_iter().collect(),
            later: Later::Replace,
            reason: format!("back to {to}"),
        };
        Ok(PlanBack { plan, kept, nobody })
    }
}

/// What was held on a day, as known at a moment.
async fn held(conn: &mut Connection, on: Date, known: i64) -> Result<Vec<Assignment>, StoreError> {
    let rows = query(sql(format!(
        "SELECT {COLUMNS} FROM assignments WHERE (superseded_at IS NULL OR superseded_at > $2) AND recorded_at <= $2 \
         AND valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1) ORDER BY account_id, role, product_line"
    )))
    .bind(date_text(on)?)
    .bind(known)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Stored::read(row)?.assignment()).collect()
}

/// What is recorded from a day on, the first of each key last.
async fn held_from(conn: &mut Connection, on: Date) -> Result<Vec<Assignment>, StoreError> {
    let rows = query(sql(format!(
        "SELECT {COLUMNS} FROM assignments WHERE superseded_at IS NULL AND (valid_to IS NULL OR valid_to > $1) \
         ORDER BY account_id, role, product_line, valid_from DESC"
    )))
    .bind(date_text(on)?)
    .fetch_all(conn)
    .await?;
    rows.iter().map(|row| Stored::read(row)?.assignment()).collect()
}
