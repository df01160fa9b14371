//! `GET /api/v1/plans`, `GET /api/v1/plans/{id}`, `POST /api/v1/plans`: plans on their way and plans applied. What is done
//! with one is in [`super::plan_steps`].

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bailiwick_app::approval;
use bailiwick_domain::access::{Operation, Relation};
use bailiwick_domain::id::PlanId;
use bailiwick_domain::plan::{PlanEvent, PlanState};
use bailiwick_store::{NewJob, NewPlan, PlanStanding, PlansWanted};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::jobs::Job;
use super::version::{location, tagged};
use super::{day, remark, rows};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};

/// A plan of a hundred thousand assignments with their reasons.
pub const MOST_BYTES: usize = 64 << 20;

#[derive(Serialize, ToSchema)]
pub struct Plan {
    plan_id: String,
    /// `draft`, `proposed`, `approved`, `applied` or `archived`.
    state: &'static str,
    /// First day.
    on: String,
    /// The ledger it was made against; it is stale once that has changed.
    base_version: Option<String>,
    /// Once it is applied.
    policy_version: Option<u64>,
    /// Who drafted it, or applied it without a draft.
    actor: String,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
    #[schema(value_type = Object)]
    summary: Value,
    /// What was done to it and said of it, oldest first.
    events: Vec<Event>,
    /// Changes with every step; sent as ETag, too.
    version: u64,
}

#[derive(Serialize, ToSchema)]
pub struct Event {
    /// `draft`, `propose`, `approve`, `return`, `withdraw`, `comment` or `apply`.
    step: &'static str,
    actor: String,
    comment: String,
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

#[derive(Serialize, ToSchema)]
pub struct Plans {
    plans: Vec<Plan>,
    /// Where the next page begins; null on the last.
    next: Option<u64>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only those that are `draft`, `proposed`, `approved`, `applied` or `archived`.
    state: Option<String>,
    /// `next` of the page before.
    after: Option<u64>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// What `bailiwick plans pack DIR` prints of a plan's folder.
    #[schema(value_type = Object)]
    plan: NewPlan,
    /// What is to be said of it.
    comment: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Compute {
    /// First day; today when absent.
    on: Option<String>,
    /// The same seed and data give the same plan; 1 when absent.
    seed: Option<u64>,
    /// After so many seconds the best plan so far is taken: 1 to 600, 60 when absent.
    seconds: Option<u64>,
    comment: Option<String>,
}

impl From<PlanEvent> for Event {
    fn from(event: PlanEvent) -> Event {
        Event { step: event.step.as_str(), actor: event.actor, comment: event.comment, at: event.at }
    }
}

impl From<PlanStanding> for Plan {
    fn from(plan: PlanStanding) -> Plan {
        Plan {
            version: plan.last(),
            plan_id: plan.plan.to_string(),
            state: plan.state.as_str(),
            on: plan.on.to_string(),
            base_version: plan.base_version.map(|version| version.to_string()),
            policy_version: plan.policy_version,
            actor: plan.actor,
            recorded_at: plan.recorded_at,
            summary: plan.summary,
            events: plan.events.into_iter().map(Event::from).collect(),
        }
    }
}

/// Plans in the order they came in. A plan is everybody's matter, so whoever sees only their own sees none.
#[utoipa::path(get, path = "/api/v1/plans", params(Wanted), tag = "plans",
    responses((status = 200, body = Plans), (status = "4XX", body = ProblemBody)))]
pub async fn list(
    State(serving): State<Serving>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Plans>, Problem> {
    caller.within(Operation::ReadPlans)?;
    let limit = rows(wanted.limit)?;
    if !caller.principal.may(Operation::ReadPlans, Relation::Other) {
        return Ok(Json(Plans { plans: vec![], next: None }));
    }
    let state = wanted.state.as_deref().map(|text| {
        PlanState::from_text(text).ok_or_else(|| {
            let known = PlanState::ALL.map(PlanState::as_str).join(", ");
            Problem::wrong(format!("state = {text:?} is not possible"), format!("give one of {known}"))
        })
    });
    let wanted = PlansWanted { plan: None, state: state.transpose()?, after: wanted.after, limit: Some(limit + 1) };
    let mut found = serving.ledger.standings(wanted).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = if more { found.last().map(|plan| plan.recorded_by) } else { None };
    Ok(Json(Plans { plans: found.into_iter().map(Plan::from).collect(), next }))
}

/// One plan.
#[utoipa::path(get, path = "/api/v1/plans/{id}", params(("id" = String, Path)), tag = "plans",
    responses((status = 200, body = Plan), (status = "4XX", body = ProblemBody)))]
pub async fn one(State(serving): State<Serving>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    caller.authorise_read(Operation::ReadPlans, Relation::Other, "plan", &id)?;
    answer(&serving, &known(&id)?).await
}

/// Keeps a plan as a draft. It cannot be altered; another is another draft.
#[utoipa::path(post, path = "/api/v1/plans", request_body = Draft, tag = "plans",
    responses((status = 201, body = Plan), (status = "4XX", body = ProblemBody)))]
pub async fn draft(
    State(serving): State<Serving>,
    caller: Caller,
    Json(given): Json<Draft>,
) -> Result<Response, Problem> {
    caller.authorise(Operation::MakePlans, Relation::Other)?;
    let comment = remark("the comment", given.comment.as_deref())?;
    let made = approval::draft(&serving.ledger, given.plan, &caller.user.name, &comment, serving.now()).await?;
    created(&serving, &made.plan).await
}

/// Makes a plan from the service's project against the ledger: a job, whose result is a draft.
#[utoipa::path(post, path = "/api/v1/plans/compute", request_body = Compute, tag = "plans",
    responses((status = 202, body = Job), (status = "4XX", body = ProblemBody)))]
pub async fn compute(
    State(serving): State<Serving>,
    caller: Caller,
    Json(given): Json<Compute>,
) -> Result<Response, Problem> {
    caller.authorise(Operation::MakePlans, Relation::Other)?;
    if serving.settings.project.is_none() {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "the service has no project to plan with",
            "start it with --project DIR, or plan elsewhere and send the plan to POST /api/v1/plans",
        ));
    }
    let on = given.on.as_deref().map(|text| day("on", text)).transpose()?;
    let seconds = given.seconds.unwrap_or(60);
    if !(1..=600).contains(&seconds) {
        return Err(Problem::wrong(format!("{seconds} seconds are not possible"), "give 1 to 600"));
    }
    let comment = remark("the comment", given.comment.as_deref())?;
    let params = serde_json::json!({
        "on": on.unwrap_or_else(|| serving.today()), "seed": given.seed.unwrap_or(1), "seconds": seconds,
        "comment": comment,
    });
    let new = NewJob {
        id: uuid::Uuid::now_v7(),
        kind: "plan",
        params: &params,
        user: caller.user.id,
        actor: &caller.user.name,
        parts: &[],
    };
    let job = serving.ledger.create_job(&new, serving.now()).await?;
    serving.wake.notify_one();
    let place = location(&format!("/api/v1/jobs/{}", job.id))?;
    Ok((StatusCode::ACCEPTED, place, Json(Job::from(job))).into_response())
}

/// The plan that was made.
pub async fn created(serving: &Serving, plan: &PlanId) -> Result<Response, Problem> {
    let place = location(&format!("/api/v1/plans/{}", super::segment(plan.as_str())))?;
    Ok((StatusCode::CREATED, place, answer(serving, plan).await?).into_response())
}

/// A plan as it stands, with its version.
pub async fn answer(serving: &Serving, plan: &PlanId) -> Result<Response, Problem> {
    let found = serving.ledger.standing(plan).await?;
    let plan = Plan::from(found.ok_or_else(|| Problem::missing("plan", plan.as_str()))?);
    Ok(tagged(plan.version, Json(plan)))
}

/// The id, if it can be one.
pub fn known(id: &str) -> Result<PlanId, Problem> {
    PlanId::new(id).map_err(|_| Problem::missing("plan", id))
}
