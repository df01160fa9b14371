//! `/api/v1/handovers`: a leaver's whole portfolio goes to others in one dated step that can be taken back; a checklist says
//! what still hangs on the leaver.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bailiwick_domain::access::Operation;
use bailiwick_domain::assignment::AssignmentKey;
use bailiwick_domain::handover::{self, Loose, NewHandOver};
use bailiwick_domain::id::EmployeeId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};

use super::rollback::Key;
use super::version::location;
use super::{day, parsed, remark, required, rows};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};

#[derive(Serialize, ToSchema)]
pub struct HandOver {
    handover_id: u64,
    /// Who leaves.
    employee_id: String,
    /// The first day on which they hold nothing.
    on: String,
    reason: String,
}

#[derive(Serialize, ToSchema)]
pub struct HandOvers {
    handovers: Vec<HandOver>,
    /// Where the next page begins; null on the last.
    next: Option<u64>,
}

/// What a hand-over comes to.
#[derive(Serialize, ToSchema)]
pub struct Outcome {
    /// Null in a preview.
    handover_id: Option<u64>,
    employee_id: String,
    on: String,
    /// How many assignments go to whom.
    to: BTreeMap<String, u64>,
    passed: Vec<Passed>,
    /// Nobody at work could take these.
    nobody: Vec<Key>,
    checklist: Checklist,
}

#[derive(Serialize, ToSchema)]
pub struct Passed {
    #[serde(flatten)]
    key: Key,
    employee_id: String,
}

/// What still hangs on the leaver. It is computed, so what is done is off it.
#[derive(Serialize, ToSchema)]
pub struct Checklist {
    /// What they hold on the day or later.
    holds: Vec<Key>,
    /// Who took over how many accounts, and is to be introduced there.
    introduce: Vec<Introduce>,
    /// Whose manager they are.
    manages: Vec<String>,
    /// In whose absences they stand in.
    stands_in_for: Vec<String>,
    /// Numbers of open matters that they took or were given by name.
    matters: Vec<u64>,
}

#[derive(Serialize, ToSchema)]
pub struct Introduce {
    employee_id: String,
    accounts: u64,
}

#[derive(Serialize, ToSchema)]
pub struct WithChecklist {
    #[serde(flatten)]
    handover: HandOver,
    checklist: Checklist,
}

#[derive(Serialize, ToSchema)]
pub struct TakenBack {
    /// The leaver holds these again, as if nothing had been.
    restored: Vec<Key>,
    /// These were changed since, and stay as they are.
    changed_since: Vec<Key>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// `next` of the page before.
    after: Option<u64>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Who leaves.
    employee: String,
    /// The first day on which they hold nothing.
    on: String,
    /// Who takes everything; by rule when absent.
    successor: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewHandOver)]
pub struct Fresh {
    /// Who leaves.
    employee_id: String,
    /// The first day on which they hold nothing.
    on: String,
    /// Who takes everything; when absent, each goes to the least loaded of those who hold the same role, or else to the
    /// manager.
    successor_id: Option<String>,
    reason: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TakeBackReason)]
pub struct Why {
    reason: Option<String>,
}

impl From<handover::HandOver> for HandOver {
    fn from(done: handover::HandOver) -> HandOver {
        HandOver {
            handover_id: done.id,
            employee_id: done.employee.to_string(),
            on: done.on.to_string(),
            reason: done.reason,
        }
    }
}

impl From<Loose> for Checklist {
    fn from(loose: Loose) -> Checklist {
        let names = |all: Vec<EmployeeId>| all.iter().map(ToString::to_string).collect();
        Checklist {
            holds: keys(loose.holds),
            introduce: loose
                .introduce
                .into_iter()
                .map(|(who, accounts)| Introduce { employee_id: who.to_string(), accounts })
                .collect(),
            manages: names(loose.manages),
            stands_in_for: names(loose.stands_in_for),
            matters: loose.matters,
        }
    }
}

fn keys(all: Vec<AssignmentKey>) -> Vec<Key> {
    all.into_iter().map(Key::from).collect()
}

/// Hand-overs that hold, by their number.
#[utoipa::path(get, path = "/api/v1/handovers", params(Wanted), tag = "handovers",
    responses((status = 200, body = HandOvers), (status = "4XX", body = ProblemBody)))]
pub async fn list(
    State(serving): State<Serving>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<HandOvers>, Problem> {
    let within = caller.within(Operation::HandOver)?;
    let limit = rows(wanted.limit)?;
    let mut found = serving.ledger.hand_overs_within(within, wanted.after, limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = if more { found.last().map(|done| done.id) } else { None };
    Ok(Json(HandOvers { handovers: found.into_iter().map(HandOver::from).collect(), next }))
}

/// What a hand-over would come to, and what would have to be seen to. Nothing is changed.
#[utoipa::path(get, path = "/api/v1/handovers/preview", params(Asked), tag = "handovers",
    responses((status = 200, body = Outcome), (status = "4XX", body = ProblemBody)))]
pub async fn preview(
    State(serving): State<Serving>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Json<Outcome>, Problem> {
    let given = Fresh { employee_id: asked.employee, on: asked.on, successor_id: asked.successor, reason: None };
    let new = wanted(&serving, &caller, given).await?;
    let checklist = serving.ledger.loose_ends(&new.employee, new.on).await?;
    let done = serving.ledger.preview_hand_over(&new, serving.now()).await?;
    Ok(Json(outcome(None, &new, done.passed, done.nobody, checklist)))
}

/// Hands everything over, from a day on; from then on the leaver is given nothing any more.
#[utoipa::path(post, path = "/api/v1/handovers", request_body = Fresh, tag = "handovers",
    responses((status = 201, body = Outcome), (status = "4XX", body = ProblemBody)))]
pub async fn hand_over(
    State(serving): State<Serving>,
    caller: Caller,
    Json(given): Json<Fresh>,
) -> Result<Response, Problem> {
    let new = wanted(&serving, &caller, given).await?;
    let done = serving.ledger.hand_over(&new, &caller.user.name, serving.now()).await?;
    let checklist = serving.ledger.loose_ends(&new.employee, new.on).await?;
    let id = done.hand_over.id;
    let body = outcome(Some(id), &new, done.passed, done.nobody, checklist);
    Ok((StatusCode::CREATED, location(&format!("/api/v1/handovers/{id}"))?, Json(body)).into_response())
}

/// One hand-over with what still hangs on the leaver.
#[utoipa::path(get, path = "/api/v1/handovers/{id}", params(("id" = u64, Path)), tag = "handovers",
    responses((status = 200, body = WithChecklist), (status = "4XX", body = ProblemBody)))]
pub async fn one(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<u64>,
) -> Result<Json<WithChecklist>, Problem> {
    let done = reached(&serving, &caller, id).await?;
    let checklist = serving.ledger.loose_ends(&done.employee, done.on).await?;
    Ok(Json(WithChecklist { handover: done.into(), checklist: checklist.into() }))
}

/// Takes a hand-over back: the leaver holds again what nobody has changed since.
#[utoipa::path(post, path = "/api/v1/handovers/{id}/take-back", request_body = Why, tag = "handovers",
    params(("id" = u64, Path)),
    responses((status = 200, body = TakenBack), (status = "4XX", body = ProblemBody)))]
pub async fn take_back(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<u64>,
    Json(why): Json<Why>,
) -> Result<Json<TakenBack>, Problem> {
    reached(&serving, &caller, id).await?;
    let reason = remark("the reason", why.reason.as_deref())?;
    let taken = serving.ledger.take_back(id, &reason, &caller.user.name, serving.now()).await?;
    Ok(Json(TakenBack { restored: keys(taken.restored), changed_since: keys(taken.changed_since) }))
}

/// What is asked for, if the caller may do it to the leaver, and to the successor.
async fn wanted(serving: &Serving, caller: &Caller, given: Fresh) -> Result<NewHandOver, Problem> {
    caller.within(Operation::HandOver)?;
    let employee: EmployeeId = required("employee_id", &given.employee_id)?;
    let successor: Option<EmployeeId> =
        parsed("successor_id", given.successor_id.as_deref(), "give the id of an employee")?;
    for concerned in [Some(&employee), successor.as_ref()].into_iter().flatten() {
        let relation = caller.relation(serving, Some(concerned)).await?;
        caller.authorise(Operation::HandOver, relation)?;
    }
    let reason = remark("the reason", given.reason.as_deref())?;
    Ok(NewHandOver { employee, on: day("on", &given.on)?, successor, reason })
}

async fn reached(serving: &Serving, caller: &Caller, id: u64) -> Result<handover::HandOver, Problem> {
    caller.in_scope(Operation::HandOver)?;
    let missing = || Problem::missing("hand-over", &id.to_string());
    let done = serving.ledger.one_hand_over(id).await?.ok_or_else(missing)?;
    let relation = caller.relation(serving, Some(&done.employee)).await?;
    caller.authorise_read(Operation::HandOver, relation, "hand-over", &id.to_string())?;
    Ok(done)
}

fn outcome(
    id: Option<u64>,
    new: &NewHandOver,
    passed: Vec<(AssignmentKey, EmployeeId)>,
    nobody: Vec<AssignmentKey>,
    checklist: Loose,
) -> Outcome {
    let mut to = BTreeMap::new();
    for (_, who) in &passed {
        *to.entry(who.to_string()).or_default() += 1;
    }
    Outcome {
        handover_id: id,
        employee_id: new.employee.to_string(),
        on: new.on.to_string(),
        to,
        passed: passed.into_iter().map(|(key, who)| Passed { key: key.into(), employee_id: who.to_string() }).collect(),
        nobody: keys(nobody),
        checklist: checklist.into(),
    }
}
