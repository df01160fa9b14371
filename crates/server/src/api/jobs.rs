//! `/api/v1/jobs`: how far they are, what came of them, which rows could not be used; cancelling and undoing.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use bailiwick_app::intake::{self, Of};
use bailiwick_domain::access::{Operation, Relation};
use bailiwick_store::{JobRecord, JobState, StoreError};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_stream::{Stream, StreamExt};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{parsed, remark, rows};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};

/// Whoever watches a job looks again after this time, whatever they are told.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

#[derive(Serialize, ToSchema)]
pub struct Job {
    job_id: String,
    kind: String,
    /// `queued`, `running`, `done`, `failed`, `cancelled`, `stopped` or `undone`.
    state: &'static str,
    #[schema(value_type = Object)]
    params: Value,
    done: u64,
    /// 0: not known.
    total: u64,
    /// What came of it.
    #[schema(value_type = Object)]
    result: Option<Value>,
    error: Option<String>,
    /// Who wanted it.
    actor: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = Option<String>, format = DateTime)]
    started_at: Option<Timestamp>,
    #[schema(value_type = Option<String>, format = DateTime)]
    finished_at: Option<Timestamp>,
}

#[derive(Serialize, ToSchema)]
pub struct Jobs {
    jobs: Vec<Job>,
    /// Where the next page begins; null on the last.
    next: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Undone {
    /// They are what they were before.
    restored: u64,
    /// They had come in by the import.
    removed: u64,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = JobReason)]
pub struct Why {
    reason: Option<String>,
}

impl From<JobRecord> for Job {
    fn from(job: JobRecord) -> Job {
        Job {
            job_id: job.id.to_string(),
            kind: job.kind,
            state: job.state.as_str(),
            params: job.params,
            done: job.done,
            total: job.total,
            result: job.result,
            error: job.error,
            actor: job.actor,
            created_at: job.created_at,
            started_at: job.started_at,
            finished_at: job.finished_at,
        }
    }
}

/// Jobs, the newest first.
#[utoipa::path(get, path = "/api/v1/jobs", params(Wanted), tag = "jobs",
    responses((status = 200, body = Jobs), (status = "4XX", body = ProblemBody)))]
pub async fn list(
    State(serving): State<Serving>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Jobs>, Problem> {
    caller.authorise(Operation::Import, Relation::Other)?;
    let limit = rows(wanted.limit)?;
    let after: Option<Uuid> = parsed("after", wanted.after.as_deref(), "give the next of the page before")?;
    let mut found = serving.ledger.jobs(None, after, limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = if more { found.last().map(|job| job.id.to_string()) } else { None };
    Ok(Json(Jobs { jobs: found.into_iter().map(Job::from).collect(), next }))
}

/// One job.
#[utoipa::path(get, path = "/api/v1/jobs/{id}", params(("id" = String, Path)), tag = "jobs",
    responses((status = 200, body = Job), (status = "4XX", body = ProblemBody)))]
pub async fn one(State(serving): State<Serving>, caller: Caller, Path(id): Path<String>) -> Result<Json<Job>, Problem> {
    Ok(Json(reached(&serving, &caller, &id).await?.into()))
}

/// A job as it goes on: an event `job` for each change, until nothing more comes of it.
#[utoipa::path(get, path = "/api/v1/jobs/{id}/events", params(("id" = String, Path)), tag = "jobs",
    responses((status = 200, content_type = "text/event-stream", body = String), (status = "4XX", body = ProblemBody)))]
pub async fn events(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let job = reached(&serving, &caller, &id).await?;
    let response = Sse::new(watch(serving, job.id)).keep_alive(KeepAlive::default()).into_response();
    Ok(response)
}

/// What is seen of a job: first as it stands, then after each change.
fn watch(serving: Serving, id: Uuid) -> impl Stream<Item = Result<Event, Infallible>> {
    let (sender, receiver) = tokio::sync::mpsc::channel(8);
    let mut news = serving.news.subscribe();
    tokio::spawn(async move {
        let mut last = None;
        while let Ok(Some(job)) = serving.ledger.job(id).await {
            let over = job.state.is_final() || serving.is_stopping();
            let body = serde_json::to_string(&Job::from(job)).unwrap_or_default();
            if last.as_ref() != Some(&body) {
                if sender.send(Event::default().event("job").data(&body)).await.is_err() {
                    return;
                }
                last = Some(body);
            }
            if over {
                return;
            }
            tokio::select! {
                () = sender.closed() => return,
                () = serving.stopping() => {}
                () = tokio::time::sleep(LOOK_AGAIN) => {}
                told = news.recv() => {
                    // Of another job, or more was told than could be kept: looking costs little.
                    let _ = told;
                }
            }
        }
    });
    tokio_stream::wrappers::ReceiverStream::new(receiver).map(Ok)
}

/// Wants a job to stop: one that waits never begins, one that runs stops before it changes anything, or is done.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/cancel", request_body = Why, tag = "jobs",
    params(("id" = String, Path)),
    responses((status = 200, body = Job), (status = "4XX", body = ProblemBody)))]
pub async fn cancel(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Json(_why): Json<Why>,
) -> Result<Json<Job>, Problem> {
    let job = reached(&serving, &caller, &id).await?;
    if !serving.ledger.cancel_job(job.id, serving.now()).await? {
        return Err(conflict(format!("the job is {} already", job.state.as_str()), "see what came of it"));
    }
    let _ = serving.news.send(job.id);
    let job = serving.ledger.job(job.id).await?.ok_or_else(|| Problem::missing("job", &id))?;
    Ok(Json(job.into()))
}

/// Rows that could not be used, with their numbers and reasons, as CSV.
#[utoipa::path(get, path = "/api/v1/jobs/{id}/rejects", params(("id" = String, Path)), tag = "jobs",
    responses((status = 200, content_type = "text/csv", body = String), (status = "4XX", body = ProblemBody)))]
pub async fn rejects(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let job = reached(&serving, &caller, &id).await?;
    let all = serving.ledger.rejects(job.id, 0, u32::MAX >> 1).await?;
    let name = HeaderValue::from_str(&format!("attachment; filename=\"rejected-{}.csv\"", job.id))
        .map_err(|error| Problem::ours(&error))?;
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, intake::rejects_csv(&all)).into_response())
}

/// Takes back what an import did, in one step: refused where a record was changed since, or is needed by now.
#[utoipa::path(post, path = "/api/v1/jobs/{id}/undo", request_body = Why, tag = "jobs",
    params(("id" = String, Path)),
    responses((status = 200, body = Undone), (status = "4XX", body = ProblemBody)))]
pub async fn undo(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Json(why): Json<Why>,
) -> Result<Json<Undone>, Problem> {
    let job = reached(&serving, &caller, &id).await?;
    let reason = remark("the reason", why.reason.as_deref())?;
    let of = job.params["of"].as_str().and_then(Of::from_text).filter(|_| job.state == JobState::Done);
    let (Some(of), Some(entry)) = (of, job.entry) else {
        return Err(conflict(
            "there is nothing of this job to take back",
            "only an import that changed something can be undone",
        ));
    };
    let (name, now) = (caller.user.name.as_str(), serving.now());
    let work = async {
        let undone = intake::undo(&serving.ledger, of, entry, &reason, (name, now)).await?;
        if !serving.ledger.mark_undone(job.id).await? {
            return Err(StoreError::UnknownJob { job: job.id });
        }
        Ok(undone)
    };
    let undone = serving.ledger.whole(work).await?;
    let _ = serving.news.send(job.id);
    Ok(Json(Undone { restored: undone.restored, removed: undone.removed }))
}

fn conflict(detail: impl Into<String>, remedy: &str) -> Problem {
    Problem::new(StatusCode::CONFLICT, detail, remedy)
}

async fn reached(serving: &Serving, caller: &Caller, id: &str) -> Result<JobRecord, Problem> {
    caller.authorise_read(Operation::Import, Relation::Other, "job", id)?;
    let missing = || Problem::missing("job", id);
    let known: Uuid = id.parse().map_err(|_| missing())?;
    serving.ledger.job(known).await?.ok_or_else(missing)
}
