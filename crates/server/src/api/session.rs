//! `/api/v1/session`: signing in, who am I and what may I do, signing out, another password.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bailiwick_domain::access::{Operation, Reach};
use bailiwick_store::{Attempt, NewSession, UserRecord};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::users::User;
use crate::Serving;
use crate::caller::{Caller, LONGEST, session_cookie, set_cookie};
use crate::extract::Json;
use crate::problem::{Problem, ProblemBody};
use crate::{password, secret};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    name: String,
    password: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    current: String,
    new: String,
}

#[derive(Serialize, ToSchema)]
pub struct Me {
    user: User,
    /// For each operation how far it goes: `own`, `below` or `all`. What is not named may not be done.
    may: BTreeMap<&'static str, &'static str>,
}

/// How one may come in here.
#[derive(Serialize, ToSchema)]
pub struct SignInWays {
    /// There is an OpenID provider: send the browser to `/api/v1/session/oidc`.
    openid: bool,
    /// There is no user yet: make the first administrator with `POST /api/v1/setup`.
    setup: bool,
}

/// How one may come in here: what a page has to know before anybody has signed in.
#[utoipa::path(get, path = "/api/v1/session/ways", tag = "session",
    responses((status = 200, body = SignInWays), (status = "4XX", body = ProblemBody)))]
pub async fn ways(State(serving): State<Serving>) -> Result<Json<SignInWays>, Problem> {
    let setup = serving.setup.is_some() && !serving.ledger.has_users().await?;
    Ok(Json(SignInWays { openid: serving.settings.oidc.is_some(), setup }))
}

/// Signs in: sets the cookie of a new session. Unknown names, wrong passwords and locked names are answered alike.
#[utoipa::path(post, path = "/api/v1/session", request_body = SignIn, tag = "session",
    responses((status = 204, description = "signed in"), (status = "4XX", body = ProblemBody)))]
pub async fn sign_in(
    State(serving): State<Serving>,
    headers: HeaderMap,
    Json(given): Json<SignIn>,
) -> Result<Response, Problem> {
    let user = check(&serving, &given.name, given.password).await?;
    open(&serving, &headers, &user).await.map(IntoResponse::into_response)
}

/// Opens a session for the user, and says so to the browser.
pub async fn open(
    serving: &Serving,
    headers: &HeaderMap,
    user: &UserRecord,
) -> Result<impl IntoResponse + use<>, Problem> {
    let now = serving.now();
    let fresh = secret::fresh().map_err(|error| Problem::ours(&error))?;
    let before = session_cookie(serving, headers).map(|cookie| secret::hash(&cookie));
    let session = NewSession {
        secret_hash: &secret::hash(&fresh),
        user,
        expires_at: now.saturating_add(LONGEST).map_err(|error| Problem::ours(&error))?,
        replaces: before.as_deref(),
    };
    serving.ledger.open_session(&session, now).await?;
    Ok((StatusCode::NO_CONTENT, cookie_header(serving, headers, Some(&fresh))?))
}

fn cookie_header(
    serving: &Serving,
    headers: &HeaderMap,
    secret: Option<&str>,
) -> Result<[(header::HeaderName, HeaderValue); 2], Problem> {
    let cookie = HeaderValue::from_str(&set_cookie(serving, headers, secret)).map_err(|error| Problem::ours(&error))?;
    Ok([(header::SET_COOKIE, cookie), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))])
}

/// The user of this name and password.
async fn check(serving: &Serving, name: &str, given: String) -> Result<UserRecord, Problem> {
    let now = serving.now();
    let attempt = serving.ledger.attempt(name, now, password::delay).await?;
    let (credentials, hash) = match attempt {
        Attempt::Allowed(credentials) => {
            let hash = credentials.password_hash.clone();
            (Some(credentials), Some(hash))
        }
        Attempt::Unknown | Attempt::Locked { .. } => (None, None),
    };
    let agrees = password::verify(given, hash).await?;
    match credentials {
        Some(credentials) if agrees => Ok(credentials.user),
        refused => {
            if let Some(credentials) = refused
                && password::delay(credentials.failed).is_some()
            {
                serving.ledger.record_lock(&credentials.user, credentials.failed, now).await?;
            }
            tracing::warn!("a sign-in was refused");
            Err(Problem::new(
                StatusCode::UNAUTHORIZED,
                "the name or the password is wrong, or there were too many wrong attempts",
                "try again in some minutes; an administrator can give another password",
            ))
        }
    }
}

/// Who am I, and what may I do?
#[utoipa::path(get, path = "/api/v1/session", tag = "session",
    responses((status = 200, body = Me), (status = "4XX", body = ProblemBody)))]
pub async fn me(caller: Caller) -> Json<Me> {
    let may = Operation::ALL.iter().filter_map(|&operation| {
        let reach = match caller.principal.reach(operation) {
            Reach::Nothing => return None,
            Reach::Own => "own",
            Reach::Below => "below",
            Reach::All => "all",
        };
        Some((operation.word(), reach))
    });
    let may = may.collect();
    Json(Me { user: caller.user.into(), may })
}

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session",
    responses((status = 204, description = "signed out"), (status = "4XX", body = ProblemBody)))]
pub async fn sign_out(
    State(serving): State<Serving>,
    caller: Caller,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Problem> {
    let hash = caller.session.as_deref().ok_or_else(no_session)?;
    serving.ledger.end_session(hash, &caller.user.name, serving.now()).await?;
    Ok((StatusCode::NO_CONTENT, cookie_header(&serving, &headers, None)?))
}

/// Another password for oneself. Ends all sessions, and opens a new one here.
#[utoipa::path(put, path = "/api/v1/session/password", request_body = NewPassword, tag = "session",
    responses((status = 204, description = "changed"), (status = "4XX", body = ProblemBody)))]
pub async fn change_password(
    State(serving): State<Serving>,
    caller: Caller,
    headers: HeaderMap,
    Json(given): Json<NewPassword>,
) -> Result<Response, Problem> {
    caller.session.as_deref().ok_or_else(no_session)?;
    let user = check(&serving, &caller.user.name, given.current).await?;
    let hash = new_password(given.new, &user.name).await?;
    serving.ledger.change_password(user.id, &hash, None, &user.name, serving.now()).await?;
    open(&serving, &headers, &user).await.map(IntoResponse::into_response)
}

/// The hash of a password that is good enough.
pub async fn new_password(password: String, name: &str) -> Result<String, Problem> {
    password::hash(password, name).await.map_err(|why| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why, "choose some words only you would put together")
    })
}

pub fn no_session() -> Problem {
    Problem::forbidden("this is for people who have signed in, not for tokens", "sign in with POST /api/v1/session")
}
