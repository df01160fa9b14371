//! Drafts that are edited: each edit, undo and redo is a row that is added and an entry of the audit trail.
//!
//! What a draft comes to is the plan as it was drafted and the edits that hold, laid over it ([`overlay`]); that is what is
//! applied in the end. Each row keeps the plan's summary after it, so that lists need not work it out.

use std::collections::{BTreeMap, HashMap};

use bailiwick_domain::assignment::{AssignmentKey, NewAssignment};
use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::draft::{Edit, EditEvent, EditKind, EditStep, History, history};
use bailiwick_domain::id::PlanId;
use bailiwick_domain::plan::PlanState;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::audit::{self, Change, NewEntry};
use crate::db::{Connection, Source, query};
use crate::digest::{Section, Touched};
use crate::error::StoreError;
use crate::kept::word;
use crate::ledger::{Ledger, bad, canonical, count, moment, next_id};
use crate::plan::NewPlan;
use crate::proposal::{self, Proposal};

/// A draft with all that can be done and undone.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftRecord {
    pub proposal: Proposal,
    /// As it was drafted.
    pub plan: NewPlan,
    /// All steps, oldest first.
    pub events: Vec<EditEvent>,
    /// The edits that hold or can be done again, by number.
    pub edits: BTreeMap<u64, Edit>,
    /// See [`Ledger::draft_mark`].
    pub mark: Option<String>,
}

/// Who edits which draft, why, and what they have seen of it.
#[derive(Debug, Clone, Copy)]
pub struct Editing<'a> {
    pub plan: &'a PlanId,
    pub actor: &'a str,
    pub reason: &'a str,
    /// The last step that the actor has seen, of the plan or of its draft, by its entry of the audit trail.
    pub seen: u64,
    pub at: Timestamp,
    /// The plan's summary once it is done.
    pub summary: &'a Value,
}

impl DraftRecord {
    #[must_use]
    pub fn history(&self) -> History {
        history(&self.events)
    }

    /// The plan that the edits which hold make of it.
    #[must_use]
    pub fn edited(&self) -> NewPlan {
        let mut plan = self.plan.clone();
        let done = self.history().done;
        overlay(&mut plan, done.iter().filter_map(|number| self.edits.get(number)));
        plan
    }
}

/// Lays edits over a plan, oldest first.
pub fn overlay<'a>(plan: &mut NewPlan, edits: impl IntoIterator<Item = &'a Edit>) {
    let mut edits = edits.into_iter().peekable();
    if edits.peek().is_none() {
        return;
    }
    let mut place: HashMap<AssignmentKey, usize> =
        plan.assignments.iter().enumerate().map(|(index, one)| (one.key(), index)).collect();
    let mut rows: Vec<Option<NewAssignment>> = std::mem::take(&mut plan.assignments).into_iter().map(Some).collect();
    for edit in edits {
        for row in &edit.rows {
            let given = row.employee.as_ref().map(|employee| NewAssignment {
                account: row.key.account.clone(),
                role: row.key.role.clone(),
                product_line: row.key.product_line.clone(),
                employee: employee.clone(),
                segment: row.segment.clone(),
                territory: row.territory.clone(),
                rule: row.rule.clone(),
                reason: row.reason.clone(),
                why: Value::Null,
            });
            match place.get(&row.key) {
                Some(index) => rows[*index] = given,
                None => {
                    place.insert(row.key.clone(), rows.len());
                    rows.push(given);
                }
            }
        }
        if let Some(routing) = &edit.routing {
            plan.routing = routing.clone();
        }
    }
    plan.assignments = rows.into_iter().flatten().collect();
}

impl Ledger {
    /// A draft, or a plan that was one, with its edits.
    pub async fn draft(&self, plan: &PlanId) -> Result<Option<DraftRecord>, StoreError> {
        let mut tx = self.read().await?;
        let Some(proposal) = proposal::one(&mut tx, plan).await? else { return Ok(None) };
        let Some(drafted) = proposal::drafted(&mut tx, plan).await? else { return Ok(None) };
        let events = events(&mut tx, plan).await?;
        let edits = reachable(&mut tx, plan, &events).await?;
        let mark = mark(&mut tx, plan).await?;
        Ok(Some(DraftRecord { proposal, plan: drafted, events, edits, mark }))
    }

    /// What tells the state of a draft from every other, those that were let go before they held among them: the hash of
    /// the last entry of the audit trail that edited it.
    pub async fn draft_mark(&self, plan: &PlanId) -> Result<Option<String>, StoreError> {
        mark(&mut *self.read().await?, plan).await
    }

    /// What was done to a draft, oldest first.
    pub async fn edits(&self, plan: &PlanId) -> Result<Vec<EditEvent>, StoreError> {
        events(&self.pool, plan).await
    }

    /// Refuses if the plan is not as the caller has seen it, and says who was quicker.
    ///
    /// # Errors
    /// [`StoreError::NoPlan`], [`StoreError::PlanMoved`].
    pub async fn refuse_if_moved(&self, plan: &PlanId, seen: u64) -> Result<(), StoreError> {
        let mut tx = self.read().await?;
        let known = proposal::one(&mut tx, plan).await?.ok_or_else(|| StoreError::NoPlan { plan: plan.clone() })?;
        proposal::refuse_if_moved(&mut tx, &known, Some(seen)).await
    }

    /// Edits a draft.
    ///
    /// # Errors
    /// [`StoreError::NoPlan`], [`StoreError::NotADraft`], [`StoreError::PlanMoved`]; nothing is changed then.
    pub async fn edit_draft(&self, how: Editing<'_>, edit: &Edit) -> Result<EditEvent, StoreError> {
        let mut tx = self.begin().await?;
        may_edit(&mut tx, &how).await?;
        let content = serde_json::to_string(edit).map_err(|_| bad("an edit", how.reason))?;
        let rows = edit.rows.len() + edit.locked.len() + edit.unlocked.len();
        let new = NewStep { step: EditStep::Edit, kind: edit.kind, of: None, rows: rows as u64, content };
        let event = add(&mut tx, &how, new).await?;
        tx.commit().await?;
        Ok(event)
    }

    /// Undoes the last edit that holds, or does the last one that was undone again.
    ///
    /// # Errors
    /// Those of [`Ledger::edit_draft`], and [`StoreError::NothingTo`].
    pub async fn step_draft(&self, how: Editing<'_>, step: EditStep) -> Result<EditEvent, StoreError> {
        let mut tx = self.begin().await?;
        may_edit(&mut tx, &how).await?;
        let events = events(&mut tx, how.plan).await?;
        let nothing = || StoreError::NothingTo { plan: how.plan.clone(), step };
        let of = history(&events).next(step).ok_or_else(nothing)?;
        let edit = events.iter().find(|event| event.number == of).ok_or_else(nothing)?;
        let new = NewStep { step, kind: edit.kind, of: Some(of), rows: edit.rows, content: String::new() };
        let event = add(&mut tx, &how, new).await?;
        tx.commit().await?;
        Ok(event)
    }
}

async fn mark(conn: &mut Connection, plan: &PlanId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT a.hash FROM audit a \
               WHERE a.seq = (SELECT max(d.recorded_by) FROM plan_edits d WHERE d.plan_id = $1)";
    Ok(query(sql).bind(plan.as_str()).scalar_optional(conn).await?)
}

/// A draft that nobody has touched since it was seen.
async fn may_edit(conn: &mut Connection, how: &Editing<'_>) -> Result<(), StoreError> {
    let plan = how.plan.clone();
    let known = proposal::one(&mut *conn, how.plan).await?;
    let known = known.ok_or_else(|| StoreError::NoPlan { plan: plan.clone() })?;
    proposal::refuse_if_moved(conn, &known, Some(how.seen)).await?;
    if known.state != PlanState::Draft {
        return Err(StoreError::NotADraft { plan, state: known.state });
    }
    Ok(())
}

struct NewStep {
    step: EditStep,
    kind: EditKind,
    /// None: itself.
    of: Option<u64>,
    rows: u64,
    content: String,
}

async fn add(conn: &mut Connection, how: &Editing<'_>, new: NewStep) -> Result<EditEvent, StoreError> {
    let mut change = Change::begin(audit::head(&mut *conn).await?, how.actor, how.at);
    let id = next_id(conn, "plan_edits").await?;
    let of = new.of.map_or(id, |of| i64::try_from(of).unwrap_or(i64::MAX));
    let row = StoredEdit {
        id,
        plan: how.plan.to_string(),
        step: new.step.word().to_owned(),
        kind: new.kind.word().to_owned(),
        of,
        rows: i64::try_from(new.rows).unwrap_or(i64::MAX),
        content: new.content,
        summary: canonical(how.summary),
        actor: how.actor.to_owned(),
        reason: how.reason.to_owned(),
        at: change.at_micros(),
    };
    query(
        "INSERT INTO plan_edits (id, plan_id, step, kind, of_edit, row_count, content, summary, actor, reason, \
         recorded_at, recorded_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
    )
    .bind(row.id)
    .bind(&row.plan)
    .bind(&row.step)
    .bind(&row.kind)
    .bind(row.of)
    .bind(row.rows)
    .bind(&row.content)
    .bind(&row.summary)
    .bind(&row.actor)
    .bind(&row.reason)
    .bind(row.at)
    .bind(change.next_seq())
    .execute(&mut *conn)
    .await?;
    let mut touched = Touched::default();
    row.digest(&mut touched);
    let entry = NewEntry {
        action: match new.step {
            EditStep::Edit => AuditAction::PlanEdited,
            EditStep::Undo => AuditAction::EditUndone,
            EditStep::Redo => AuditAction::EditRedone,
        },
        subject: how.plan.to_string(),
        before: Value::Null,
        after: json!({"edit": of, "kind": new.kind, "rows": new.rows}),
        reason: how.reason.to_owned(),
        digest: touched.hex(),
    };
    let (at, recorded_by) = (change.at()?, count(change.next_seq()));
    change.append(conn, entry).await?;
    Ok(EditEvent {
        number: count(id),
        step: new.step,
        kind: new.kind,
        of: count(of),
        rows: new.rows,
        actor: how.actor.to_owned(),
        reason: how.reason.to_owned(),
        at,
        recorded_by,
    })
}

/// All steps of a draft, oldest first.
pub(crate) async fn events<'c>(source: impl Into<Source<'c>>, plan: &PlanId) -> Result<Vec<EditEvent>, StoreError> {
    let rows = query(
        "SELECT id, step, kind, of_edit, row_count, actor, reason, recorded_at, recorded_by FROM plan_edits \
         WHERE plan_id = $1 ORDER BY id",
    )
    .bind(plan.as_str())
    .fetch_all(source)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(EditEvent {
                number: count(row.try_get(0)?),
                step: word("a step of a draft", row.try_get(1)?, EditStep::from_word)?,
                kind: word("a kind of edit", row.try_get(2)?, EditKind::from_word)?,
                of: count(row.try_get(3)?),
                rows: count(row.try_get(4)?),
                actor: row.try_get(5)?,
                reason: row.try_get(6)?,
                at: moment(row.try_get(7)?)?,
                recorded_by: count(row.try_get(8)?),
            })
        })
        .collect()
}

/// The edits that hold or can be done again, by number.
async fn reachable<'c>(
    source: impl Into<Source<'c>>,
    plan: &PlanId,
    events: &[EditEvent],
) -> Result<BTreeMap<u64, Edit>, StoreError> {
    let history = history(events);
    if history.done.is_empty() && history.undone.is_empty() {
        return Ok(BTreeMap::new());
    }
    let rows = query("SELECT id, content FROM plan_edits WHERE plan_id = $1 AND step = 'edit' ORDER BY id")
        .bind(plan.as_str())
        .fetch_all(source)
        .await?;
    let mut edits = BTreeMap::new();
    for row in &rows {
        let (number, content) = (count(row.try_get(0)?), row.try_get::<&str>(1)?);
        if history.done.contains(&number) || history.undone.contains(&number) {
            edits.insert(number, serde_json::from_str(content).map_err(|_| bad("an edit", content))?);
        }
    }
    Ok(edits)
}

/// Lays the edits that hold over a plan as it was drafted.
pub(crate) async fn lay_over(conn: &mut Connection, plan: &mut NewPlan) -> Result<(), StoreError> {
    let events = events(&mut *conn, &plan.id).await?;
    let edits = reachable(&mut *conn, &plan.id, &events).await?;
    overlay(plan, history(&events).done.iter().filter_map(|number| edits.get(number)));
    let summary: Option<String> = query("SELECT summary FROM plan_edits WHERE plan_id = $1 ORDER BY id DESC LIMIT 1")
        .bind(plan.id.as_str())
        .scalar_optional(conn)
        .await?;
    if let Some(summary) = summary {
        plan.summary = crate::ledger::json("a summary", &summary)?;
    }
    Ok(())
}

/// A step of a draft as it is stored.
pub(crate) struct StoredEdit {
    pub(crate) id: i64,
    pub(crate) plan: String,
    pub(crate) step: String,
    pub(crate) kind: String,
    pub(crate) of: i64,
    pub(crate) rows: i64,
    pub(crate) content: String,
    pub(crate) summary: String,
    pub(crate) actor: String,
    pub(crate) reason: String,
    pub(crate) at: i64,
}

impl StoredEdit {
    pub(crate) fn digest(&self, touched: &mut Touched) {
        touched
            .section(Section::PlanEdits)
            .int(self.id)
            .text(&self.plan)
            .text(&self.step)
            .text(&self.kind)
            .int(self.of)
            .int(self.rows)
            .text(&self.content)
            .text(&self.summary)
            .text(&self.actor)
            .text(&self.reason)
            .int(self.at);
    }
}
