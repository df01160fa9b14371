//! `/api/v1/sessions`: where one is signed in, and ending one of these, such as on a machine that was lost.

use axum::extract::State;
use axum::http::StatusCode;
use bailiwick_store::OwnSession;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::session::no_session;
use crate::Serving;
use crate::caller::{Caller, IDLE};
use crate::extract::{Json, Path};
use crate::problem::{Problem, ProblemBody};

#[derive(Serialize, ToSchema)]
pub struct Session {
    session_id: String,
    /// The one that asks.
    here: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// To the minute.
    #[schema(value_type = String, format = DateTime)]
    seen_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

#[derive(Serialize, ToSchema)]
pub struct Sessions {
    sessions: Vec<Session>,
}

/// One's own sessions that are open, the one used last first.
#[utoipa::path(get, path = "/api/v1/sessions", tag = "session",
    responses((status = 200, body = Sessions), (status = "4XX", body = ProblemBody)))]
pub async fn list(State(serving): State<Serving>, caller: Caller) -> Result<Json<Sessions>, Problem> {
    let here = OwnSession::id_of(caller.session.as_deref().ok_or_else(no_session)?);
    let found = serving.ledger.sessions_of(caller.user.id, serving.now(), IDLE).await?;
    let told = found.into_iter().map(|one| Session {
        here: one.id == here,
        session_id: one.id,
        created_at: one.created_at,
        seen_at: one.seen_at,
        expires_at: one.expires_at,
    });
    Ok(Json(Sessions { sessions: told.collect() }))
}

/// Ends a session of one's own.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", params(("id" = String, Path)), tag = "session",
    responses((status = 204, description = "ended"), (status = "4XX", body = ProblemBody)))]
pub async fn end(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.session.as_deref().ok_or_else(no_session)?;
    let ended = serving.ledger.end_session_of(caller.user.id, &id, &caller.user.name, serving.now()).await?;
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::missing("session", &id)) }
}
