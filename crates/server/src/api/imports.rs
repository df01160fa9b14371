//! `POST /api/v1/imports?of=accounts|employees`: columns of accounts or employees, as CSV or JSON lines; a job brings them in.

use axum::body::{Body, to_bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bailiwick_app::intake::{Form, Of};
use bailiwick_domain::access::{Operation, Relation};
use bailiwick_store::NewJob;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::Semaphore;
use utoipa::IntoParams;
use uuid::Uuid;

use super::jobs::Job;
use super::version::location;
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Query};
use crate::problem::{Problem, ProblemBody};

pub const MOST_BYTES: usize = 32 << 20;
/// Bytes a piece of what is kept until the job is done.
const PIECE: usize = 256 << 10;

/// So many files are taken in at once.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// `accounts` or `employees`.
    of: String,
}

/// Takes rows in, to be brought in by a job. A row names `account_id` or `employee_id`; what it does not name stays as it is.
#[utoipa::path(post, path = "/api/v1/imports", params(Wanted), tag = "jobs",
    request_body(content(("text/csv"), ("application/x-ndjson"))),
    responses((status = 202, body = Job), (status = "4XX", body = ProblemBody)))]
pub async fn take(
    State(serving): State<Serving>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    caller.authorise(Operation::Import, Relation::Other)?;
    let of = Of::from_text(&wanted.of)
        .ok_or_else(|| Problem::wrong(format!("of = {:?} is not possible", wanted.of), "give accounts or employees"))?;
    let form = form(&headers)?;
    let _turn = AT_ONCE.acquire().await.map_err(|error| Problem::ours(&error))?;
    let bytes = to_bytes(body, MOST_BYTES).await.map_err(|_| {
        Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format!("the file is larger than {} MiB, or was cut short", MOST_BYTES >> 20),
            "send it in several imports",
        )
    })?;
    let text = std::str::from_utf8(&bytes)
        .map_err(|error| Problem::wrong(format!("the file is no UTF-8: {error}"), "save it as UTF-8"))?;
    if text.contains('\0') {
        return Err(Problem::wrong("the file is no text", "send CSV or JSON lines"));
    }
    let parts = pieces(text);
    let params = json!({ "of": of.as_str(), "form": form.as_str() });
    let new = NewJob {
        id: Uuid::now_v7(),
        kind: "import",
        params: &params,
        user: caller.user.id,
        actor: &caller.user.name,
        parts: &parts,
    };
    let job = serving.ledger.create_job(&new, serving.now()).await?;
    serving.wake.notify_one();
    let place = location(&format!("/api/v1/jobs/{}", job.id))?;
    Ok((StatusCode::ACCEPTED, place, Json(Job::from(job))).into_response())
}

/// What is packed is not unpacked here: a small file may be a large one.
fn form(headers: &HeaderMap) -> Result<Form, Problem> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default().trim().to_lowercase());
    let refused = |what: &str| {
        Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("{what:?} is not taken in"),
            "send text/csv or application/x-ndjson, in UTF-8, not packed",
        )
    };
    if let Some(packed) = text(header::CONTENT_ENCODING).filter(|packed| packed != "identity") {
        return Err(refused(&packed));
    }
    let kind = text(header::CONTENT_TYPE).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim() {
        "text/csv" => Ok(Form::Csv),
        "application/x-ndjson" | "application/jsonl" | "application/json-lines" => Ok(Form::JsonLines),
        other => Err(refused(other)),
    }
}

/// Cut between characters.
fn pieces(text: &str) -> Vec<String> {
    let mut all = vec![];
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.floor_char_boundary(PIECE.min(rest.len()));
        let (piece, after) = rest.split_at(end);
        all.push(piece.to_owned());
        rest = after;
    }
    all
}
