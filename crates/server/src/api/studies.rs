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
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::jobs::Job;
use super::version::location;
use super::{day, parsed, rows};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};
use crate::studying::{KIND, Of};

/// Whoever may read everybody's loads may read what a study says of them, and find it again.
const READ: Operation = Operation::ReadLoads;

/// How long the text of a scenario may be.
const MOST: usize = 64 << 10;

#[derive(Deserialize, ToSchema)]
#[schema(as = StudyWish)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// `service-levels`, `skills`, `sizing`, `effort` or `scenario`.
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

/// A study without its result.
#[derive(Serialize, ToSchema)]
pub struct StudyInList {
    study_id: String,
    /// `service-levels`, `skills`, `sizing`, `effort` or `scenario`.
    of: String,
    /// `queued`, `running`, `done`, `failed`, `cancelled` or `stopped`.
    state: &'static str,
    /// The day it was asked for.
    on: Option<String>,
    /// By a plan, even if somebody held the accounts.
    planned: bool,
    /// The seed of its plans.
    seed: u64,
    /// Of a scenario: its text, which can be asked for again.
    scenario: Option<String>,
    error: Option<String>,
    /// Who wanted it.
    actor: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Timestamp>,
}

#[derive(Serialize, ToSchema)]
pub struct Studies {
    /// The newest first.
    studies: Vec<StudyInList>,
    /// Where the next page begins; null on the last.
    next: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Listed {
    /// `service-levels`, `skills`, `sizing`, `effort` or `scenario`; all when absent.
    of: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

fn known(of: &str) -> Result<Of, Problem> {
    Of::from_word(of).ok_or_else(|| {
        Problem::wrong(
            format!("of = {of:?} is not possible"),
            "give service-levels, skills, sizing, effort or scenario",
        )
    })
}

/// Studies, the newest first: for whoever may read what came of them.
#[utoipa::path(get, path = "/api/v1/studies", params(Listed), tag = "studies",
    responses((status = 200, body = Studies), (status = "4XX", body = ProblemBody)))]
pub async fn list(
    State(serving): State<Serving>,
    caller: Caller,
    Query(listed): Query<Listed>,
) -> Result<Json<Studies>, Problem> {
    caller.authorise(READ, Relation::Other)?;
    let of = listed.of.as_deref().map(known).transpose()?;
    let limit = rows(listed.limit)?;
    let after: Option<Uuid> = parsed("after", listed.after.as_deref(), "give the next of the page before")?;
    let mut found = serving.ledger.jobs_of(KIND, of.map(|of| ("study", of.word())), after, limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = if more { found.last().map(|job| job.id.to_string()) } else { None };
    Ok(Json(Studies { studies: found.into_iter().map(StudyInList::from).collect(), next }))
}

impl From<JobRecord> for StudyInList {
    fn from(job: JobRecord) -> StudyInList {
        let word = |name: &str| job.params[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        StudyInList {
            study_id: job.id.to_string(),
            of: word("study").unwrap_or_default(),
            state: job.state.as_str(),
            on: word("on"),
            planned: job.params["planned"].as_bool().unwrap_or(false),
            seed: job.params["seed"].as_u64().unwrap_or(1),
            scenario: word("scenario"),
            error: job.error,
            actor: job.actor,
            created_at: job.created_at,
            finished_at: job.finished_at,
        }
    }
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
    let of = known(&wish.of)?;
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
    caller.authorise_read(READ, Relation::Other, "study", &id)?;
    let missing = || Problem::missing("study", &id);
    let known: Uuid = id.parse().map_err(|_| missing())?;
    let job = serving.ledger.job(known).await?.filter(|job| job.kind == KIND).ok_or_else(missing)?;
    let mut study = told(job)?;
    if let Some(what) = &mut study.scenario
        && caller.authorise(Operation::ReadPay, Relation::Other).is_err()
    {
        what.pay = None;
    }
    Ok(Json(study))
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
