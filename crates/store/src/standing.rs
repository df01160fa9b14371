//! Where every plan stands: those on their way and those applied without one, as one list.

use bailiwick_domain::id::PlanId;
use bailiwick_domain::ledger::LedgerVersion;
use bailiwick_domain::plan::{PlanEvent, PlanState, PlanStep};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;

use crate::db::{Row, query, sql};
use crate::error::StoreError;
use crate::ledger::{Ledger, bad, count, date, date_text, json, moment};
use crate::record::id;

/// A plan, on its way or applied, without what it assigns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlanStanding {
    pub plan: PlanId,
    pub state: PlanState,
    /// The day from which it holds, or is to hold.
    pub on: Date,
    pub base_version: Option<LedgerVersion>,
    /// Once it is applied.
    pub policy_version: Option<u64>,
    pub summary: Value,
    /// Who drafted it, or applied it without a draft.
    pub actor: String,
    pub recorded_at: Timestamp,
    /// Number of the audit entry by which it came in.
    pub recorded_by: u64,
    /// What was done to it on its way, oldest first; nothing of a plan that was applied without a draft.
    pub events: Vec<PlanEvent>,
    /// The last edit, undo or redo of its draft, by its entry of the audit trail.
    pub edited: Option<u64>,
}

impl PlanStanding {
    /// Changes with every step and every edit.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.events.last().map_or(self.recorded_by, |event| event.recorded_by).max(self.edited.unwrap_or_default())
    }
}

/// Which plans are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlansWanted<'a> {
    pub plan: Option<&'a PlanId>,
    pub state: Option<PlanState>,
    /// Only those that came in after this entry of the audit trail.
    pub after: Option<u64>,
    pub limit: Option<u32>,
}

/// A plan stands where its last step that was no comment has brought it.
const STANDING: &str = "SELECT p.plan_id, coalesce(a.effective_on, p.effective_on) AS effective_on, p.base_version, \
     coalesce((SELECT d.summary FROM plan_edits d WHERE d.plan_id = p.plan_id ORDER BY d.id DESC LIMIT 1), p.summary) \
     AS summary, p.recorded_at, p.recorded_by, \
     (SELECT max(d.recorded_by) FROM plan_edits d WHERE d.plan_id = p.plan_id) AS edited, \
     (SELECT e.actor FROM plan_events e WHERE e.plan_id = p.plan_id ORDER BY e.id LIMIT 1) AS actor, a.policy_version, \
     CASE WHEN a.state IS NOT NULL THEN a.state ELSE \
     CASE (SELECT e.step FROM plan_events e WHERE e.plan_id = p.plan_id AND e.step <> 'comment' \
     ORDER BY e.id DESC LIMIT 1) \
     WHEN 'propose' THEN 'proposed' WHEN 'approve' THEN 'approved' WHEN 'withdraw' THEN 'archived' ELSE 'draft' END \
     END AS state FROM proposals p LEFT JOIN plans a ON a.plan_id = p.plan_id \
     UNION ALL SELECT a.plan_id, a.effective_on, a.base_version, a.summary, a.recorded_at, a.recorded_by, \
     CAST(NULL AS BIGINT), a.actor, \
     a.policy_version, a.state FROM plans a \
     WHERE NOT EXISTS (SELECT 1 FROM proposals p WHERE p.plan_id = a.plan_id)";

impl Ledger {
    /// Plans in the order in which they came in.
    pub async fn standings(&self, wanted: PlansWanted<'_>) -> Result<Vec<PlanStanding>, StoreError> {
        let mut tx = self.read().await?;
        let rows = query(sql(format!(
            "SELECT plan_id, effective_on, base_version, summary, recorded_at, recorded_by, actor, policy_version, state, \
             edited FROM ({STANDING}) AS s WHERE (CAST($1 AS TEXT) IS NULL OR plan_id = $1) \
             AND (CAST($2 AS TEXT) IS NULL OR state = $2) AND recorded_by > $3 ORDER BY recorded_by LIMIT $4"
        )))
        .bind(wanted.plan.map(PlanId::as_str))
        .bind(wanted.state.map(PlanState::as_str))
        .bind(wanted.after.map_or(0, |seq| i64::try_from(seq).unwrap_or(i64::MAX)))
        .bind(wanted.limit.map_or(i64::MAX, i64::from))
        .fetch_all(&mut tx)
        .await?;
        let mut found = rows.iter().map(standing).collect::<Result<Vec<_>, _>>()?;
        let names: Vec<String> = found.iter().map(|one| one.plan.to_string()).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        if names.is_empty() {
            return Ok(found);
        }
        let among = tx.among("plan_id", 1);
        let rows = query(sql(format!(
            "SELECT plan_id, step, actor, comment, recorded_at, recorded_by FROM plan_events WHERE {among} ORDER BY id"
        )))
        .bind(names.as_slice())
        .fetch_all(&mut tx)
        .await?;
        for row in &rows {
            let name: &str = row.try_get(0)?;
            if let Some(one) = found.iter_mut().find(|one| one.plan.as_str() == name) {
                one.events.push(event(row)?);
            }
        }
        Ok(found)
    }

    /// Where one plan stands.
    pub async fn standing(&self, plan: &PlanId) -> Result<Option<PlanStanding>, StoreError> {
        Ok(self.standings(PlansWanted { plan: Some(plan), ..PlansWanted::default() }).await?.pop())
    }

    /// Approved plans whose day has come, in the order of their days.
    pub async fn due_plans(&self, today: Date) -> Result<Vec<PlanId>, StoreError> {
        let rows = query(sql(format!(
            "SELECT plan_id FROM ({STANDING}) AS s WHERE state = 'approved' AND effective_on <= $1 \
             ORDER BY effective_on, recorded_by"
        )))
        .bind(date_text(today)?)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| id(row.try_get(0)?)).collect()
    }
}

fn standing(row: &Row) -> Result<PlanStanding, StoreError> {
    let state: &str = row.try_get(8)?;
    Ok(PlanStanding {
        plan: id(row.try_get(0)?)?,
        state: PlanState::from_text(state).ok_or_else(|| bad("the state of a plan", state))?,
        on: date(row.try_get(1)?)?,
        base_version: row.try_get::<Option<&str>>(2)?.map(id).transpose()?,
        policy_version: row.try_get::<Option<i64>>(7)?.map(count),
        summary: json("a summary", row.try_get(3)?)?,
        actor: row.try_get(6)?,
        recorded_at: moment(row.try_get(4)?)?,
        recorded_by: count(row.try_get(5)?),
        events: Vec::new(),
        edited: row.try_get::<Option<i64>>(9)?.map(count),
    })
}

fn event(row: &Row) -> Result<PlanEvent, StoreError> {
    let step: &str = row.try_get(1)?;
    Ok(PlanEvent {
        step: PlanStep::from_text(step).ok_or_else(|| bad("a step of a plan", step))?,
        actor: row.try_get(2)?,
        comment: row.try_get(3)?,
        at: moment(row.try_get(4)?)?,
        recorded_by: count(row.try_get(5)?),
    })
}
