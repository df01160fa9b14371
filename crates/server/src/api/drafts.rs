//! `/api/v1/plans/{id}/draft` and what is done with it: a draft is edited, undone and done again, divided anew around what
//! is locked, or brought to a plan of the front. What a map is drawn from is in [`super::draft_maps`].

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bailiwick_app::studio::edit::{By, Selection, Touched};
use bailiwick_app::studio::live::PoolLive;
use bailiwick_app::studio::optimise::take as take_of_front;
use bailiwick_app::studio::told::DraftException;
use bailiwick_domain::access::{Operation, Relation};
use bailiwick_domain::draft::{Edit, EditEvent, EditKind, EditStep};
use bailiwick_domain::id::PlanId;
use bailiwick_domain::plan::PlanState;
use bailiwick_store::{Editing, NewJob, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::jobs::Job;
use super::plans::known;
use super::remark;
use super::version::{location, must_have_seen, tagged};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::language::texts_for;
use crate::problem::{Problem, ProblemBody};
use crate::studios::Desk;

/// A selection of a whole base of a hundred thousand accounts.
pub const MOST_BYTES: usize = 4 << 20;
/// Steps that are told of a history.
const STEPS: usize = 50;

/// A draft as it stands.
#[derive(Serialize, ToSchema)]
pub struct DraftStanding {
    plan_id: String,
    /// `draft`, `proposed`, `approved`, `applied` or `archived`; only a draft is edited.
    state: &'static str,
    on: String,
    /// Sent as ETag, too; whoever edits the draft sends it as If-Match.
    version: u64,
    roles: Vec<DraftRole>,
    history: DraftHistory,
    pools: Vec<PoolLive>,
}

#[derive(Serialize, ToSchema)]
pub struct DraftRole {
    role: String,
    /// As people call it.
    title: String,
    product_line: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct DraftHistory {
    /// What an undo would undo; null where there is nothing.
    undo: Option<DraftStep>,
    /// What a redo would do again.
    redo: Option<DraftStep>,
    /// The last fifty steps, the latest first.
    steps: Vec<DraftStep>,
}

#[derive(Serialize, ToSchema)]
pub struct DraftStep {
    number: u64,
    /// `edit`, `undo` or `redo`.
    step: &'static str,
    /// `reassign`, `lock`, `unlock`, `optimise` or `choose`.
    kind: &'static str,
    /// The edit that was done, undone or done again.
    of: u64,
    /// Rows that it concerns.
    rows: u64,
    actor: String,
    reason: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// What a step changed.
#[derive(Serialize, ToSchema)]
pub struct DraftChanged {
    version: u64,
    step: DraftStep,
    undo: Option<DraftStep>,
    redo: Option<DraftStep>,
    /// The pools that changed, each with those of its people whose load did.
    pools: Vec<PoolLive>,
    /// Promises that were kept before and are not any more.
    exceptions: Vec<DraftException>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftWish {
    /// `reassign`, `lock` or `unlock`.
    kind: String,
    role: String,
    product_line: Option<String>,
    /// Ids of accounts, at most 100,000.
    accounts: Vec<String>,
    /// To whom they go, where they are reassigned.
    employee_id: Option<String>,
    /// Whether what is reassigned is locked, too.
    #[serde(default)]
    lock: bool,
    /// Why, as a clause: "the customer asked for her".
    reason: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftReason {
    reason: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OptimiseWish {
    /// The same seed and data give the same plan; 1 when absent.
    seed: Option<u64>,
    /// After so many seconds the best plan so far is taken: 1 to 600, 30 when absent.
    seconds: Option<u64>,
    reason: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FrontWish {
    /// How many plans to choose between: 7 to 30, 9 when absent.
    plans: Option<usize>,
    /// For each of the plans that are computed: 1 to 120, 10 when absent.
    seconds: Option<u64>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FrontTaken {
    /// The job that computed the front.
    job_id: String,
    /// The name of one of its plans, `03`.
    plan: String,
    reason: Option<String>,
}

impl DraftChanged {
    pub fn version(&self) -> u64 {
        self.version
    }
}

impl From<&EditEvent> for DraftStep {
    fn from(event: &EditEvent) -> DraftStep {
        DraftStep {
            number: event.number,
            step: event.step.word(),
            kind: event.kind.word(),
            of: event.of,
            rows: event.rows,
            actor: event.actor.clone(),
            reason: event.reason.clone(),
            at: event.at,
        }
    }
}

/// A draft as it stands: everybody's load against target and limits, what moves, what lies apart, how far from the best.
#[utoipa::path(get, path = "/api/v1/plans/{id}/draft", params(("id" = String, Path)), tag = "drafts",
    responses((status = 200, body = DraftStanding), (status = "4XX", body = ProblemBody)))]
pub async fn one(State(serving): State<Serving>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    caller.authorise_read(Operation::ReadPlans, Relation::Other, "plan", &id)?;
    let plan = known(&id)?;
    let mut desk = serving.studios.open(&serving, &plan).await?;
    let version = version(&serving, &plan).await?;
    let studio = desk.studio()?;
    let policy = &studio.project.policy;
    let roles = studio.roles().into_iter().map(|(role, product_line)| {
        let title = policy.role_title(&role).to_owned();
        DraftRole { role, title, product_line }
    });
    let step = |step| studio.next(step).map(DraftStep::from);
    let draft = DraftStanding {
        plan_id: plan.to_string(),
        state: studio.state.as_str(),
        on: studio.on.to_string(),
        version,
        roles: roles.collect(),
        history: DraftHistory {
            undo: step(EditStep::Undo),
            redo: step(EditStep::Redo),
            steps: studio.events().iter().rev().take(STEPS).map(DraftStep::from).collect(),
        },
        pools: studio.live_all(),
    };
    Ok(tagged(version, Json(draft)))
}

/// Reassigns, locks or unlocks accounts of a draft. Nothing is given to whoever is not at work on the day, is not of the
/// staff or lacks a skill that is a must; what is locked stays. Balance that is broken is told, and not forbidden.
#[utoipa::path(post, path = "/api/v1/plans/{id}/edits", request_body = DraftWish, tag = "drafts",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the version that was seen, in quotes")),
    responses((status = 200, body = DraftChanged), (status = "4XX", body = ProblemBody)))]
pub async fn edit(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(wish): Json<DraftWish>,
) -> Result<Response, Problem> {
    caller.authorise(Operation::MakePlans, Relation::Other)?;
    let plan = known(&id)?;
    let seen = must_have_seen(&headers)?;
    let reason = remark("the reason", wish.reason.as_deref())?;
    let mut desk = serving.studios.open(&serving, &plan).await?;
    editable(&serving, &mut desk, &plan, seen).await?;
    let texts = texts_for(&headers);
    let studio = desk.studio()?;
    let of = Selection { role: wish.role, product_line: wish.product_line, accounts: wish.accounts };
    if of.accounts.is_empty() {
        return Err(Problem::wrong("no accounts are given", "select at least one"));
    }
    let by = By { actor: &caller.user.name, reason: &reason };
    let made = match (wish.kind.as_str(), &wish.employee_id) {
        ("reassign", Some(employee)) => studio.reassign(&of, employee, wish.lock, by, texts),
        ("reassign", None) => return Err(Problem::wrong("nobody is named", "give employee_id")),
        ("lock", _) => studio.lock(&of, texts),
        ("unlock", _) => studio.unlock(&of, texts),
        (other, _) => {
            let remedy = "give one of reassign, lock, unlock";
            return Err(Problem::wrong(format!("kind = {other:?} is not possible"), remedy));
        }
    };
    let edit = made.map_err(Problem::refusing)?;
    let done = record(&serving, desk, edit, &caller.user.name, &reason, seen).await?;
    Ok(tagged(done.version, Json(done)))
}

/// Undoes the last edit that holds, whoever made it.
#[utoipa::path(post, path = "/api/v1/plans/{id}/undo", request_body = DraftReason, tag = "drafts",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the version that was seen, in quotes")),
    responses((status = 200, body = DraftChanged), (status = "4XX", body = ProblemBody)))]
pub async fn undo(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(because): Json<DraftReason>,
) -> Result<Response, Problem> {
    step(&serving, &caller, &id, &headers, EditStep::Undo, &because).await
}

/// Does the edit that was undone last again.
#[utoipa::path(post, path = "/api/v1/plans/{id}/redo", request_body = DraftReason, tag = "drafts",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the version that was seen, in quotes")),
    responses((status = 200, body = DraftChanged), (status = "4XX", body = ProblemBody)))]
pub async fn redo(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(because): Json<DraftReason>,
) -> Result<Response, Problem> {
    step(&serving, &caller, &id, &headers, EditStep::Redo, &because).await
}

async fn step(
    serving: &Serving,
    caller: &Caller,
    id: &str,
    headers: &HeaderMap,
    step: EditStep,
    because: &DraftReason,
) -> Result<Response, Problem> {
    caller.authorise(Operation::MakePlans, Relation::Other)?;
    let plan = known(id)?;
    let seen = must_have_seen(headers)?;
    let reason = remark("the reason", because.reason.as_deref())?;
    let mut desk = serving.studios.open(serving, &plan).await?;
    editable(serving, &mut desk, &plan, seen).await?;
    let studio = desk.studio()?;
    let nothing = || StoreError::NothingTo { plan: plan.clone(), step };
    let of = studio.history().next(step).ok_or_else(nothing)?;
    let before = exceptions(studio);
    let touched = if step == EditStep::Undo { studio.revert(of) } else { studio.perform(of) };
    let edits = studio.history().done.len();
    let summary = studio.summary(if step == EditStep::Undo { edits - 1 } else { edits + 1 });
    let how =
        Editing { plan: &plan, actor: &caller.user.name, reason: &reason, seen, at: serving.now(), summary: &summary };
    let recorded = serving.ledger.step_draft(how, step).await;
    let done = settle(serving, &mut desk, &plan, recorded, &touched, &before).await?;
    Ok(tagged(done.version, Json(done)))
}

/// Divides what is not locked anew: a job, whose result is another edit of the draft.
#[utoipa::path(post, path = "/api/v1/plans/{id}/optimise", request_body = OptimiseWish, tag = "drafts",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the version that was seen, in quotes")),
    responses((status = 202, body = Job), (status = "4XX", body = ProblemBody)))]
pub async fn optimise(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(wish): Json<OptimiseWish>,
) -> Result<Response, Problem> {
    caller.authorise(Operation::MakePlans, Relation::Other)?;
    let plan = known(&id)?;
    let seen = must_have_seen(&headers)?;
    let reason = remark("the reason", wish.reason.as_deref())?;
    let seconds = within("seconds", wish.seconds.unwrap_or(30), 1, 600)?;
    let mut desk = serving.studios.open(&serving, &plan).await?;
    editable(&serving, &mut desk, &plan, seen).await?;
    let params = serde_json::json!({
        "plan": plan, "seen": seen, "seed": wish.seed.unwrap_or(1), "seconds": seconds, "reason": reason,
    });
    start(&serving, &caller, "optimise", &params).await
}

/// Computes plans between which to choose, balance ↔ travel ↔ disruption, around what is locked: a job, whose result lists
/// them. One is taken with `/take`, as long as the service runs.
#[utoipa::path(post, path = "/api/v1/plans/{id}/front", request_body = FrontWish, tag = "drafts",
    params(("id" = String, Path)),
    responses((status = 202, body = Job), (status = "4XX", body = ProblemBody)))]
pub async fn front(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Json(wish): Json<FrontWish>,
) -> Result<Response, Problem> {
    caller.authorise(Operation::MakePlans, Relation::Other)?;
    let plan = known(&id)?;
    let plans = within("plans", wish.plans.unwrap_or(9) as u64, 7, 30)?;
    let seconds = within("seconds", wish.seconds.unwrap_or(10), 1, 120)?;
    serving.studios.open(&serving, &plan).await?;
    let params = serde_json::json!({ "plan": plan, "plans": plans, "seconds": seconds });
    start(&serving, &caller, "front", &params).await
}

/// Brings the draft to a plan of a front; what is locked stays as it is.
#[utoipa::path(post, path = "/api/v1/plans/{id}/take", request_body = FrontTaken, tag = "drafts",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the version that was seen, in quotes")),
    responses((status = 200, body = DraftChanged), (status = "4XX", body = ProblemBody)))]
pub async fn take(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(taken): Json<FrontTaken>,
) -> Result<Response, Problem> {
    caller.authorise(Operation::MakePlans, Relation::Other)?;
    let plan = known(&id)?;
    let seen = must_have_seen(&headers)?;
    let reason = remark("the reason", taken.reason.as_deref())?;
    let front = taken.job_id.parse::<Uuid>().ok().and_then(|job| serving.studios.front(job));
    let front = front.filter(|front| front.plan == plan).ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            format!("there is no front of the job \"{}\" for this draft", taken.job_id),
            "compute the front again: it is kept only while the service runs",
        )
    })?;
    let mut desk = serving.studios.open(&serving, &plan).await?;
    editable(&serving, &mut desk, &plan, seen).await?;
    let divided = take_of_front(&front.folder, &taken.plan, serving.now())?;
    let edit = desk.studio()?.edit_to(EditKind::Choose, divided);
    let done = record(&serving, desk, edit, &caller.user.name, &reason, seen).await?;
    Ok(tagged(done.version, Json(done)))
}

fn within(what: &str, value: u64, least: u64, most: u64) -> Result<u64, Problem> {
    if (least..=most).contains(&value) {
        return Ok(value);
    }
    Err(Problem::wrong(format!("{what} = {value} is not possible"), format!("give {least} to {most}")))
}

async fn start(
    serving: &Serving,
    caller: &Caller,
    kind: &str,
    params: &serde_json::Value,
) -> Result<Response, Problem> {
    let new = NewJob { id: Uuid::now_v7(), kind, params, user: caller.user.id, actor: &caller.user.name, parts: &[] };
    let job = serving.ledger.create_job(&new, serving.now()).await?;
    serving.wake.notify_one();
    let place = location(&format!("/api/v1/jobs/{}", job.id))?;
    Ok((StatusCode::ACCEPTED, place, Json(Job::from(job))).into_response())
}

/// The plan's version, which changes with every step and every edit.
pub async fn version(serving: &Serving, plan: &PlanId) -> Result<u64, Problem> {
    let stands = serving.ledger.proposal(plan).await?;
    let version = stands.and_then(|stands| stands.last());
    version.ok_or_else(|| Problem::missing("draft", plan.as_str()))
}

/// Refuses what is no draft, or was touched since it was seen, before anything is worked out.
async fn editable(serving: &Serving, desk: &mut Desk, plan: &PlanId, seen: u64) -> Result<(), Problem> {
    let studio = desk.studio()?;
    serving.ledger.refuse_if_moved(plan, seen).await?;
    if studio.state != PlanState::Draft {
        return Err(StoreError::NotADraft { plan: plan.clone(), state: studio.state }.into());
    }
    Ok(())
}

fn exceptions(studio: &bailiwick_app::studio::Studio) -> Vec<Vec<DraftException>> {
    (0..studio.pools.len()).map(|pool| studio.exceptions(pool)).collect()
}

/// Does the edit, and hands it to the ledger.
pub async fn record(
    serving: &Serving,
    mut desk: Desk,
    edit: Edit,
    actor: &str,
    reason: &str,
    seen: u64,
) -> Result<DraftChanged, Problem> {
    /// Until the ledger has given it a number.
    const NEW: u64 = u64::MAX;
    let studio = desk.studio()?;
    let before = exceptions(studio);
    studio.keep(NEW, edit.clone());
    let touched = studio.perform(NEW);
    let (plan, summary) = (studio.plan.clone(), studio.summary(studio.history().done.len() + 1));
    let how = Editing { plan: &plan, actor, reason, seen, at: serving.now(), summary: &summary };
    let recorded = serving.ledger.edit_draft(how, &edit).await;
    if let Ok(event) = &recorded {
        desk.studio()?.renumber(NEW, event.number);
    }
    settle(serving, &mut desk, &plan, recorded, &touched, &before).await
}

/// What came of it. If the ledger refused it, the studio is read anew by whoever comes next.
async fn settle(
    serving: &Serving,
    desk: &mut Desk,
    plan: &PlanId,
    recorded: Result<EditEvent, StoreError>,
    touched: &Touched,
    before: &[Vec<DraftException>],
) -> Result<DraftChanged, Problem> {
    let event = match recorded {
        Ok(event) => event,
        Err(error) => {
            desk.forget();
            return Err(error.into());
        }
    };
    let studio = desk.studio()?;
    studio.note(event.clone());
    let pools = studio.live(touched);
    let fresh = pools.iter().flat_map(|pool| {
        let known = &before[pool.pool];
        let same = |one: &DraftException, other: &DraftException| {
            (one.code, &one.employee_id, &one.measure) == (other.code, &other.employee_id, &other.measure)
        };
        pool.exceptions.iter().filter(move |one| !known.iter().any(|other| same(one, other))).cloned()
    });
    let step = |step| studio.next(step).map(DraftStep::from);
    let changed = DraftChanged {
        version: event.recorded_by,
        step: DraftStep::from(&event),
        undo: step(EditStep::Undo),
        redo: step(EditStep::Redo),
        exceptions: fresh.collect(),
        pools,
    };
    desk.studio()?.mark = serving.ledger.draft_mark(plan).await?;
    Ok(changed)
}
