//! Plans on their way: kept whole, put forward, approved by another, applied; or given back, or withdrawn.
//!
//! Each step is an event that is added and an entry of the audit trail; where a plan stands follows from its events
//! ([`bailiwick_domain::plan`]). Steps do not make other plans stale, applying one does: of two approved plans that were
//! made against the same state the first wins, and the second is told what has changed since.

use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::id::PlanId;
use bailiwick_domain::ledger::LedgerVersion;
use bailiwick_domain::plan::{PlanEvent, PlanState, PlanStep, had_a_hand, state};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::audit::{self, Change, NewEntry};
use crate::db::{Connection, Source, query};
use crate::digest::{Section, Touched};
use crate::draft;
use crate::error::StoreError;
use crate::ledger::{Ledger, Progress, bad, count, date, date_text, json as read_json, moment, next_id};
use crate::plan::{self, Applied, NewPlan, PlanRows, Way};
use crate::record::id;

/// A plan on its way, without what it assigns (see [`Ledger::proposed_plan`]).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proposal {
    pub plan: PlanId,
    pub state: PlanState,
    /// The day from which it is to hold.
    pub on: Date,
    pub base_version: Option<LedgerVersion>,
    pub summary: Value,
    /// What was done to it and said of it, oldest first.
    pub events: Vec<PlanEvent>,
    /// The last edit, undo or redo of the draft, by its entry of the audit trail.
    pub edited: Option<u64>,
}

/// A step to be taken, by whom, and what they say.
#[derive(Debug, Clone, Copy)]
pub struct Step<'a> {
    pub step: PlanStep,
    pub actor: &'a str,
    pub comment: &'a str,
    /// Whether whoever drafted or proposed the plan may not approve it.
    pub four_eyes: bool,
    /// The last event that the actor has seen, by its entry of the audit trail; with one, refused if there is a later one.
    pub seen: Option<u64>,
}

impl Ledger {
    /// Keeps a plan as a draft. What is done to it from then on is laid over it ([`Ledger::edit_draft`]).
    ///
    /// # Errors
    /// [`StoreError::PlanKnown`], [`StoreError::AlreadyApplied`] and those about what is handed in.
    pub async fn draft_plan(
        &self,
        plan: &NewPlan,
        actor: &str,
        comment: &str,
        at: Timestamp,
    ) -> Result<Proposal, StoreError> {
        plan::examine(plan)?;
        let mut tx = self.begin().await?;
        let conn = &mut tx;
        plan::refuse_twice(conn, &plan.id).await?;
        if let Some(known) = one(&mut *conn, &plan.id).await? {
            return Err(StoreError::PlanKnown { plan: plan.id.clone(), state: known.state });
        }
        let mut change = Change::begin(audit::head(&mut *conn).await?, actor, at);
        let content = serde_json::to_string(plan).map_err(|_| bad("a plan", plan.id.as_str()))?;
        let row = StoredProposal {
            plan: plan.id.to_string(),
            on: date_text(plan.on)?,
            base: plan.base_version.as_ref().map(ToString::to_string),
            summary: plan.summary.to_string(),
            content,
            at: change.at_micros(),
        };
        query(
            "INSERT INTO proposals (plan_id, effective_on, base_version, summary, content, recorded_at, recorded_by) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(&row.plan)
        .bind(&row.on)
        .bind(&row.base)
        .bind(&row.summary)
        .bind(&row.content)
        .bind(row.at)
        .bind(change.next_seq())
        .execute(&mut *conn)
        .await?;
        let mut touched = Touched::default();
        row.digest(&mut touched);
        record(conn, &mut change, &plan.id, PlanStep::Draft, comment, None, touched).await?;
        commit(tx, &plan.id).await
    }

    /// Takes a step with a plan: proposes, approves, gives back, withdraws or comments.
    ///
    /// # Errors
    /// [`StoreError::NoPlan`], [`StoreError::WrongState`], [`StoreError::FourEyes`]; nothing is changed then.
    pub async fn step_plan(&self, plan: &PlanId, step: Step<'_>, at: Timestamp) -> Result<Proposal, StoreError> {
        let mut tx = self.begin().await?;
        let conn = &mut tx;
        let known = one(&mut *conn, plan).await?.ok_or_else(|| StoreError::NoPlan { plan: plan.clone() })?;
        refuse_if_moved(conn, &known, step.seen).await?;
        let allowed = !matches!(step.step, PlanStep::Draft | PlanStep::Apply);
        if !allowed || known.state.after(step.step).is_none() {
            return Err(StoreError::WrongState { plan: plan.clone(), state: known.state, step: step.step });
        }
        if step.step == PlanStep::Approve
            && step.four_eyes
            && let Some(event) = had_a_hand(&known.events, step.actor)
        {
            return Err(StoreError::FourEyes {
                plan: plan.clone(),
                actor: step.actor.to_owned(),
                had: event.step,
                at: event.at,
            });
        }
        if step.step == PlanStep::Approve
            && step.four_eyes
            && let Some(edit) =
                draft::events(&mut *conn, plan).await?.into_iter().rfind(|edit| edit.actor == step.actor)
        {
            return Err(StoreError::EditedIt { plan: plan.clone(), actor: edit.actor, at: edit.at });
        }
        let mut change = Change::begin(audit::head(&mut *conn).await?, step.actor, at);
        record(conn, &mut change, plan, step.step, step.comment, Some(known.state), Touched::default()).await?;
        commit(tx, plan).await
    }

    /// Makes an approved plan the truth from its date on; see [`Ledger::apply`].
    ///
    /// # Errors
    /// [`StoreError::NoPlan`], [`StoreError::WrongState`] and those of [`Ledger::apply`]. If another plan won the race,
    /// [`StoreError::Stale`] lists what it did; the plan stays approved, and nothing is changed.
    pub async fn apply_approved(
        &self,
        plan: &PlanId,
        actor: &str,
        at: Timestamp,
        progress: Progress<'_>,
    ) -> Result<Applied, StoreError> {
        self.apply_approved_from(plan, None, actor, at, progress).await
    }

    /// [`Ledger::apply_approved`], put off to a later day than the plan's own.
    ///
    /// # Errors
    /// Those of [`Ledger::apply_approved`], and [`StoreError::TooSoon`].
    pub async fn apply_approved_from(
        &self,
        plan: &PlanId,
        on: Option<Date>,
        actor: &str,
        at: Timestamp,
        progress: Progress<'_>,
    ) -> Result<Applied, StoreError> {
        let mut tx = self.begin().await?;
        let conn = &mut tx;
        let known = one(&mut *conn, plan).await?.ok_or_else(|| StoreError::NoPlan { plan: plan.clone() })?;
        if known.state.after(PlanStep::Apply).is_none() {
            return Err(StoreError::WrongState { plan: plan.clone(), state: known.state, step: PlanStep::Apply });
        }
        let mut content = content(&mut *conn, plan).await?.ok_or_else(|| StoreError::NoPlan { plan: plan.clone() })?;
        if let Some(on) = on {
            if on < content.on {
                return Err(StoreError::TooSoon { plan: plan.clone(), approved: content.on, on });
            }
            content.on = on;
        }
        let head = audit::head(&mut *conn).await?;
        let applied =
            plan::apply(conn, head, &content, PlanRows::of(&content), Way::Approved, (actor, at), progress).await?;
        tx.commit().await?;
        Ok(applied)
    }

    /// All plans that were ever drafted, in that order.
    pub async fn proposals(&self) -> Result<Vec<Proposal>, StoreError> {
        load(&self.pool, None).await
    }

    /// Where a plan stands.
    pub async fn proposal(&self, plan: &PlanId) -> Result<Option<Proposal>, StoreError> {
        one(&self.pool, plan).await
    }

    /// A drafted plan, whole, as its edits have made it.
    pub async fn proposed_plan(&self, plan: &PlanId) -> Result<Option<NewPlan>, StoreError> {
        content(&mut *self.read().await?, plan).await
    }
}

impl Proposal {
    /// The last event or edit, by its entry of the audit trail.
    #[must_use]
    pub fn last(&self) -> Option<u64> {
        self.events.last().map(|event| event.recorded_by).max(self.edited)
    }
}

/// Commits; the plan as it stands then.
async fn commit(mut tx: Connection, plan: &PlanId) -> Result<Proposal, StoreError> {
    let after = one(&mut tx, plan).await?.ok_or_else(|| StoreError::NoPlan { plan: plan.clone() })?;
    tx.commit().await?;
    Ok(after)
}

/// A plan on its way is applied as such or not at all.
pub(crate) async fn refuse_if_on_its_way(conn: &mut Connection, plan: &PlanId) -> Result<(), StoreError> {
    match one(conn, plan).await? {
        Some(known) => Err(StoreError::PlanKnown { plan: plan.clone(), state: known.state }),
        None => Ok(()),
    }
}

/// Adds the event, and the entry of the audit trail that vouches for it and for what else was touched.
async fn record(
    conn: &mut Connection,
    change: &mut Change<'_>,
    plan: &PlanId,
    step: PlanStep,
    comment: &str,
    before: Option<PlanState>,
    mut touched: Touched,
) -> Result<(), StoreError> {
    insert_event(conn, change, plan, step, comment, &mut touched).await?;
    let after = before.map_or(Some(PlanState::Draft), |state| state.after(step));
    let entry = NewEntry {
        action: action(step),
        subject: plan.to_string(),
        before: json!({"state": before}),
        after: json!({"state": after}),
        reason: comment.to_owned(),
        digest: touched.hex(),
    };
    change.append(conn, entry).await
}

/// Adds the event, for the next entry of the audit trail to vouch for.
pub(crate) async fn insert_event(
    conn: &mut Connection,
    change: &Change<'_>,
    plan: &PlanId,
    step: PlanStep,
    comment: &str,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    let event = StoredEvent {
        id: next_id(conn, "plan_events").await?,
        plan: plan.to_string(),
        step: step.as_str().to_owned(),
        actor: change.actor().to_owned(),
        comment: comment.to_owned(),
        at: change.at_micros(),
    };
    event.digest(touched);
    query(
        "INSERT INTO plan_events (id, plan_id, step, actor, comment, recorded_at, recorded_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(event.id)
    .bind(&event.plan)
    .bind(&event.step)
    .bind(&event.actor)
    .bind(&event.comment)
    .bind(event.at)
    .bind(change.next_seq())
    .execute(conn)
    .await?;
    Ok(())
}

fn action(step: PlanStep) -> AuditAction {
    match step {
        PlanStep::Draft => AuditAction::PlanDrafted,
        PlanStep::Propose => AuditAction::PlanProposed,
        PlanStep::Approve => AuditAction::PlanApproved,
        PlanStep::Return => AuditAction::PlanReturned,
        PlanStep::Withdraw => AuditAction::PlanWithdrawn,
        PlanStep::Comment => AuditAction::PlanCommented,
        PlanStep::Apply => AuditAction::PlanApplied,
    }
}

pub(crate) async fn one<'c>(source: impl Into<Source<'c>>, plan: &PlanId) -> Result<Option<Proposal>, StoreError> {
    Ok(load(source, Some(plan)).await?.pop())
}

/// Refuses if the caller has seen another state of the plan than this, and says who was quicker.
pub(crate) async fn refuse_if_moved(
    conn: &mut Connection,
    known: &Proposal,
    seen: Option<u64>,
) -> Result<(), StoreError> {
    let (Some(seen), Some(last)) = (seen, known.last()) else { return Ok(()) };
    if seen == last {
        return Ok(());
    }
    let by: Option<String> = query("SELECT actor FROM audit WHERE seq = $1")
        .bind(i64::try_from(last).unwrap_or(i64::MAX))
        .scalar_optional(conn)
        .await?;
    Err(StoreError::PlanMoved { plan: known.plan.clone(), by: by.unwrap_or_default(), seen, last })
}

/// A plan as its edits have made it.
async fn content(conn: &mut Connection, plan: &PlanId) -> Result<Option<NewPlan>, StoreError> {
    let Some(mut plan) = drafted(&mut *conn, plan).await? else { return Ok(None) };
    draft::lay_over(conn, &mut plan).await?;
    Ok(Some(plan))
}

/// A plan as it was drafted.
pub(crate) async fn drafted<'c>(source: impl Into<Source<'c>>, plan: &PlanId) -> Result<Option<NewPlan>, StoreError> {
    let text: Option<String> =
        query("SELECT content FROM proposals WHERE plan_id = $1").bind(plan.as_str()).scalar_optional(source).await?;
    text.map(|text| serde_json::from_str(&text).map_err(|_| bad("a plan", &text))).transpose()
}

async fn load<'c>(source: impl Into<Source<'c>>, plan: Option<&PlanId>) -> Result<Vec<Proposal>, StoreError> {
    let rows = query(
        "SELECT p.plan_id, p.effective_on, p.base_version, \
         coalesce((SELECT d.summary FROM plan_edits d WHERE d.plan_id = p.plan_id ORDER BY d.id DESC LIMIT 1), \
         p.summary), a.state, e.step, e.actor, e.comment, e.recorded_at, e.recorded_by, \
         (SELECT max(d.recorded_by) FROM plan_edits d WHERE d.plan_id = p.plan_id) FROM proposals p JOIN plan_events e ON e.plan_id = p.plan_id \
         LEFT JOIN plans a ON a.plan_id = p.plan_id \
         WHERE CAST($1 AS TEXT) IS NULL OR p.plan_id = $1 ORDER BY p.recorded_by, e.id",
    )
    .bind(plan.map(PlanId::as_str))
    .fetch_all(source)
    .await?;
    let mut found: Vec<Proposal> = Vec::new();
    for row in &rows {
        let name: PlanId = id(row.try_get(0)?)?;
        if found.last().is_none_or(|last| last.plan != name) {
            found.push(Proposal {
                plan: name,
                state: PlanState::Draft,
                on: date(row.try_get(1)?)?,
                base_version: row.try_get::<Option<&str>>(2)?.map(id).transpose()?,
                summary: read_json("a summary", row.try_get(3)?)?,
                events: Vec::new(),
                edited: row.try_get::<Option<i64>>(10)?.map(count),
            });
        }
        let Some(proposal) = found.last_mut() else { continue };
        let step: &str = row.try_get(5)?;
        proposal.events.push(PlanEvent {
            step: PlanStep::from_text(step).ok_or_else(|| bad("a step of a plan", step))?,
            actor: row.try_get(6)?,
            comment: row.try_get(7)?,
            at: moment(row.try_get(8)?)?,
            recorded_by: count(row.try_get(9)?),
        });
        // Applied, and then replaced before its date came.
        let replaced = row.try_get::<Option<&str>>(4)? == Some("archived");
        proposal.state = if replaced { PlanState::Archived } else { state(&proposal.events) };
    }
    Ok(found)
}

/// A draft as it is stored.
pub(crate) struct StoredProposal {
    pub(crate) plan: String,
    pub(crate) on: String,
    pub(crate) base: Option<String>,
    pub(crate) summary: String,
    pub(crate) content: String,
    pub(crate) at: i64,
}

impl StoredProposal {
    pub(crate) fn digest(&self, touched: &mut Touched) {
        touched
            .section(Section::Proposals)
            .text(&self.plan)
            .text(&self.on)
            .maybe(self.base.as_deref())
            .text(&self.summary)
            .text(&self.content)
            .int(self.at);
    }
}

/// A step as it is stored.
pub(crate) struct StoredEvent {
    pub(crate) id: i64,
    pub(crate) plan: String,
    pub(crate) step: String,
    pub(crate) actor: String,
    pub(crate) comment: String,
    pub(crate) at: i64,
}

impl StoredEvent {
    pub(crate) fn digest(&self, touched: &mut Touched) {
        touched
            .section(Section::PlanEvents)
            .int(self.id)
            .text(&self.plan)
            .text(&self.step)
            .text(&self.actor)
            .text(&self.comment)
            .int(self.at);
    }
}
