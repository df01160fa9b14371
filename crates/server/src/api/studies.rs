//! `/api/v1/studies`: what is computed from the service's project against the ledger and changes nothing: whether service
//! levels can be kept, which skills are missing, where effort goes, what a scenario would change. A study is a job.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bailiwick_app::scenario::{self, WhatIf};
use bailiwick_app::service::Service;
use bailiwick_app::sizing::PoolSizing;
use bailiwick_app::skills::Skills;
use bailiwick_app::strategy::Effort;
use bailiwick_domain::access::{Operation, Relation};
use bailiwick_store::{JobRecord, JobState, NewJob};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::day;
use super::jobs::Job;
use super::version::location;
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::{Problem, ProblemBody};
use crate::studying::{KIND, Of};

/// How long the text of a scenario may be.
const MOST: usize = 64 << 10;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// `service-levels`, `skills`, `effort` or `scenario`.
    of: String,
    /// The day it is asked for; today when absent.
    on: Option<String>,
    /// By a plan, even if somebody holds the accounts today.
    #[serde(default)]
    planned: bool,
    /// Of a scenario: its text, as `bailiwick sizing --scenario` reads it.
    scenario: Option<String>,
    /// 1 when absent.
    seed: Option<u64>,
}

#[derive(Serialize, ToSchema)]
pub struct Study {
    study_id: String,
    of: String,
    /// `queued`, `running`, `done`, `failed`, `cancelled` or `stopped`.
    state: &'static str,
    on: Option<String>,
    error: Option<String>,
    /// Who wanted it.
    actor: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Of a study of service levels, once it is done.
    service_levels: Option<Service>,
    /// Of a study of skills.
    skills: Option<Skills>,
    /// Of a study of effort.
    effort: Option<Effort>,
    /// Of a scenario.
    scenario: Option<WhatIf>,
    /// Of sizing: how many of each role each pool needs, in the policy's order.
    sizing: Option<Vec<PoolSizing>>,
}

/// Computes a study from the service's project against the ledger: a job, which changes nothing.
#[utoipa::path(post, path = "/api/v1/studies", request_body = Wish, tag = "studies",
    responses((status = 202, body = Job), (status = "4XX", body = ProblemBody)))]
pub async fn begin(
    State(serving): State<Serving>,
    caller: Caller,
    Json(wish): Json<Wish>,
) -> Result<Response, Problem> {
    caller.authorise(Operation::MakePlans, Relation::Other)?;
    if serving.settings.project.is_none() {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "the service has no project to study",
            "start it with --project DIR, or use the command line where the project is",
        ));
    }
    let Some(of) = Of::from_word(&wish.of) else {
        return Err(Problem::wrong(
            format!("of = {:?} is not possible", wish.of),
            "give service-levels, skills, effort or scenario",
        ));
    };
    let on = wish.on.as_deref().map(|text| day("on", text)).transpose()?;
    let text = wish.scenario.unwrap_or_default();
    if (of == Of::Scenario) == text.trim().is_empty() || text.len() > MOST {
        return Err(Problem::wrong(
            "the text of a scenario is missing, too long, or given for another study",
            "give scenario with of = \"scenario\" alone, at most 64 KiB",
        ));
    }
    if of == Of::Scenario {
        scenario::read(&text, "scenario")?;
    }
    let params = serde_json::json!({
        "study": of.word(), "on": on.unwrap_or_else(|| serving.today()), "planned": wish.planned, "scenario": text,
        "seed": wish.seed.unwrap_or(1),
    });
    let new = NewJob {
        id: Uuid::now_v7(),
        kind: KIND,
        params: &params,
        user: caller.user.id,
        actor: &caller.user.name,
        parts: &[],
    };
    let job = serving.ledger.create_job(&new, serving.now()).await?;
    serving.wake.notify_one();
    let place = location(&format!("/api/v1/studies/{}", job.id))?;
    Ok((StatusCode::ACCEPTED, place, Json(Job::from(job))).into_response())
}

/// A study, with what came of it once it is done.
#[utoipa::path(get, path = "/api/v1/studies/{id}", params(("id" = String, Path)), tag = "studies",
    responses((status = 200, body = Study), (status = "4XX", body = ProblemBody)))]
pub async fn one(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Study>, Problem> {
    caller.authorise_read(Operation::ReadLoads, Relation::Other, "study", &id)?;
    let missing = || Problem::missing("study", &id);
    let known: Uuid = id.parse().map_err(|_| missing())?;
    let job = serving.ledger.job(known).await?.filter(|job| job.kind == KIND).ok_or_else(missing)?;
    Ok(Json(told(job)?))
}

fn told(job: JobRecord) -> Result<Study, Problem> {
    let word = |name: &str| job.params[name].as_str().map(str::to_owned);
    let of = word("study").unwrap_or_default();
    let mut study = Study {
        study_id: job.id.to_string(),
        state: job.state.as_str(),
        on: word("on"),
        error: job.error,
        actor: job.actor,
        created_at: job.created_at,
        service_levels: None,
        skills: None,
        effort: None,
        scenario: None,
        sizing: None,
        of,
    };
    let (Some(result), JobState::Done) = (job.result, job.state) else { return Ok(study) };
    match Of::from_word(&study.of) {
        Some(Of::ServiceLevels) => study.service_levels = read(result)?,
        Some(Of::Skills) => study.skills = read(result)?,
        Some(Of::Effort) => study.effort = read(result)?,
        Some(Of::Scenario) => study.scenario = read(result)?,
        Some(Of::Sizing) => study.sizing = read(result)?,
        None => {}
    }
    Ok(study)
}

fn read<T: serde::de::DeserializeOwned>(result: Value) -> Result<Option<T>, Problem> {
    serde_json::from_value(result).map(Some).map_err(|error| Problem::ours(&error))
}
