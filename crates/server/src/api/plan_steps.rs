//! What is done with a plan: proposed, approved by another, given back, withdrawn, spoken of, applied.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bailiwick_domain::access::{Operation, Relation};
use bailiwick_domain::plan::PlanStep;
use bailiwick_store::Step;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::plans::{self, Plan};
use super::version::{seen, tagged};
use super::{day, remark};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::{Problem, ProblemBody};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Said {
    comment: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct From {
    /// The first day; the plan's own when absent, and never before that.
    on: Option<String>,
}

/// What applying the plan did. An account × role × product line counts once.
#[derive(Serialize, ToSchema)]
pub struct Applied {
    plan_id: String,
    opened: u64,
    moved: u64,
    kept: u64,
    closed: u64,
    policy_version: u64,
    ledger_version: String,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
}

async fn take(
    serving: &Serving,
    caller: &Caller,
    id: &str,
    headers: &HeaderMap,
    step: PlanStep,
    said: &Said,
) -> Result<Response, Problem> {
    let plan = plans::known(id)?;
    let comment = remark("the comment", said.comment.as_deref())?;
    if step == PlanStep::Comment && comment.is_empty() {
        return Err(Problem::wrong("there is nothing in the comment", "say something"));
    }
    let step = Step {
        step,
        actor: &caller.user.name,
        comment: &comment,
        four_eyes: serving.settings.four_eyes,
        seen: seen(headers)?,
    };
    serving.ledger.step_plan(&plan, step, serving.now()).await?;
    plans::answer(serving, &plan).await
}

/// Puts a draft forward to be approved.
#[utoipa::path(post, path = "/api/v1/plans/{id}/propose", request_body = Said, tag = "plans",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = "the version that was seen")),
    responses((status = 200, body = Plan), (status = "4XX", body = ProblemBody)))]
pub async fn propose(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(said): Json<Said>,
) -> Result<Response, Problem> {
    caller.authorise(Operation::MakePlans, Relation::Other)?;
    take(&serving, &caller, &id, &headers, PlanStep::Propose, &said).await
}

/// Approves what another has proposed; it is applied by itself on its day.
#[utoipa::path(post, path = "/api/v1/plans/{id}/approve", request_body = Said, tag = "plans",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = "the version that was seen")),
    responses((status = 200, body = Plan), (status = "4XX", body = ProblemBody)))]
pub async fn approve(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(said): Json<Said>,
) -> Result<Response, Problem> {
    caller.authorise(Operation::ApprovePlans, Relation::Other)?;
    take(&serving, &caller, &id, &headers, PlanStep::Approve, &said).await
}

/// Gives a plan back: it is not approved, and is a draft again.
#[utoipa::path(post, path = "/api/v1/plans/{id}/return", request_body = Said, tag = "plans",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = "the version that was seen")),
    responses((status = 200, body = Plan), (status = "4XX", body = ProblemBody)))]
pub async fn give_back(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(said): Json<Said>,
) -> Result<Response, Problem> {
    caller.authorise(Operation::ApprovePlans, Relation::Other)?;
    take(&serving, &caller, &id, &headers, PlanStep::Return, &said).await
}

/// Withdraws a plan for good: it is archived.
#[utoipa::path(post, path = "/api/v1/plans/{id}/withdraw", request_body = Said, tag = "plans",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = "the version that was seen")),
    responses((status = 200, body = Plan), (status = "4XX", body = ProblemBody)))]
pub async fn withdraw(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(said): Json<Said>,
) -> Result<Response, Problem> {
    caller.authorise(Operation::MakePlans, Relation::Other)?;
    take(&serving, &caller, &id, &headers, PlanStep::Withdraw, &said).await
}

/// Says something of a plan.
#[utoipa::path(post, path = "/api/v1/plans/{id}/comments", request_body = Said, tag = "plans",
    params(("id" = String, Path), ("If-Match" = Option<String>, Header, description = "the version that was seen")),
    responses((status = 200, body = Plan), (status = "4XX", body = ProblemBody)))]
pub async fn comment(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(said): Json<Said>,
) -> Result<Response, Problem> {
    caller.authorise(Operation::MakePlans, Relation::Other)?;
    take(&serving, &caller, &id, &headers, PlanStep::Comment, &said).await
}

/// Applies an approved plan now, from its day on or from a later one. Of two that race one wins; the other is told what has
/// changed since it was made.
#[utoipa::path(post, path = "/api/v1/plans/{id}/apply", request_body = From, tag = "plans",
    params(("id" = String, Path)),
    responses((status = 200, body = Applied), (status = "4XX", body = ProblemBody)))]
pub async fn apply(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Json(from): Json<From>,
) -> Result<Response, Problem> {
    caller.authorise(Operation::ApplyPlans, Relation::Other)?;
    let plan = plans::known(&id)?;
    let on = from.on.as_deref().map(|text| day("on", text)).transpose()?;
    let (actor, now) = (&caller.user.name, serving.now());
    let applied = serving.ledger.apply_approved_from(&plan, on, actor, now, &|_, _| ()).await?;
    serving.learn_zone().await?;
    let version = applied.version.seq();
    let body = Applied {
        plan_id: applied.plan.to_string(),
        opened: applied.opened,
        moved: applied.moved,
        kept: applied.kept,
        closed: applied.closed,
        policy_version: applied.policy_version,
        ledger_version: applied.version.to_string(),
        recorded_at: applied.recorded_at,
    };
    Ok(tagged(version, Json(body)))
}
