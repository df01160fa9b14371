//! `GET /api/v1/session/oidc` and its callback: signing in by an OpenID provider.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bailiwick_domain::access::UserRole;
use bailiwick_store::{NewUser, UserRecord};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::session::open;
use crate::extract::Query;
use crate::oidc::{CALLBACK, Identity, OidcError, PATIENCE};
use crate::problem::{Problem, ProblemBody};
use crate::{OidcSettings, Serving, password, secret};

const COOKIE: &str = "bailiwick-oidc";

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Back {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

impl From<OidcError> for Problem {
    fn from(error: OidcError) -> Problem {
        match error {
            OidcError::Provider(why) => {
                tracing::error!("the OpenID provider could not be asked: {why}");
                let remedy = "try again in a moment; the log of the service says more";
                Problem::new(StatusCode::BAD_GATEWAY, "the provider by which one signs in does not answer", remedy)
            }
            OidcError::Refused(why) => {
                tracing::warn!("a sign-in by the OpenID provider was refused: {why}");
                Problem::new(
                    StatusCode::UNAUTHORIZED,
                    "the provider's answer is not good",
                    "sign in again from the beginning",
                )
            }
        }
    }
}

/// Sends the browser to the provider.
#[utoipa::path(get, path = "/api/v1/session/oidc", tag = "session",
    responses((status = 303, description = "to the provider"), (status = "4XX", body = ProblemBody)))]
pub async fn depart(State(serving): State<Serving>) -> Result<Response, Problem> {
    let settings = configured(&serving)?;
    let departure = serving.flows.depart(settings, serving.now()).await?;
    see_other(&departure.url, &cookie(settings, &departure.state, PATIENCE.as_secs()))
}

/// The browser is back from the provider: opens a session for whoever it is.
#[utoipa::path(get, path = "/api/v1/session/oidc/callback", params(Back), tag = "session",
    responses((status = 303, description = "signed in"), (status = "4XX", body = ProblemBody)))]
pub async fn arrive(
    State(serving): State<Serving>,
    headers: HeaderMap,
    Query(back): Query<Back>,
) -> Result<Response, Problem> {
    let settings = configured(&serving)?;
    if back.error.is_some() {
        return Err(OidcError::Refused("the provider says no".to_owned()).into());
    }
    let (Some(code), Some(state)) = (back.code, back.state) else {
        return Err(OidcError::Refused("there is no code or no state".to_owned()).into());
    };
    // Only the browser that went there may come back with it.
    let own = cookies(&headers).any(|kept| secret::hash(kept) == secret::hash(&state));
    if !own {
        return Err(OidcError::Refused("another browser went to the provider".to_owned()).into());
    }
    let identity = serving.flows.arrive(settings, &state, code, serving.now()).await?;
    let user = user_of(&serving, settings, &identity).await?;
    let mut response = open(&serving, &headers, &user).await?.into_response();
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(header::LOCATION, HeaderValue::from_static("/"));
    let gone = HeaderValue::from_str(&cookie(settings, "", 0)).map_err(|error| Problem::ours(&error))?;
    response.headers_mut().append(header::SET_COOKIE, gone);
    Ok(response)
}

/// The user of an identity: the one it was linked with; or else, by a verified address, the one of this name or the one who
/// is the employee with this address; or else, where this is wanted, a new member.
async fn user_of(serving: &Serving, settings: &OidcSettings, identity: &Identity) -> Result<UserRecord, Problem> {
    let ledger = &serving.ledger;
    let (issuer, subject) = (identity.issuer.as_str(), identity.subject.as_str());
    if let Some(user) = ledger.user_of_identity(issuer, subject).await? {
        return Ok(user);
    }
    let unknown = || {
        Problem::forbidden(
            "there is no user for whom the provider knows",
            "ask an administrator for a user with your address as its name",
        )
    };
    let email = identity.email.as_deref().ok_or_else(unknown)?;
    let employee = ledger.employee_of_email(email).await?;
    let mut found = ledger.user_named(email).await?;
    if let (None, Some(employee)) = (&found, &employee) {
        found = ledger.user_of_employee(employee).await?;
    }
    let user = match found {
        Some(user) if user.active => user,
        Some(_) => return Err(unknown()),
        None if settings.create_members => {
            let new = NewUser {
                id: Uuid::now_v7(),
                name: super::name("the name", email)?,
                display_name: identity
                    .name
                    .as_deref()
                    .and_then(|name| super::name("the name", name).ok())
                    .unwrap_or_else(|| email.to_owned()),
                password_hash: nobodys().await?,
                roles: [UserRole::Member].into(),
                employee,
            };
            ledger.create_user(&new, bailiwick_app::approval::SERVICE, serving.now()).await?
        }
        None => return Err(unknown()),
    };
    ledger.link_identity((issuer, subject), &user, serving.now()).await?;
    Ok(user)
}

/// The hash of a password that nobody knows.
async fn nobodys() -> Result<String, Problem> {
    let unknown = secret::fresh().map_err(|error| Problem::ours(&error))?;
    password::hash(unknown, "").await.map_err(|error| Problem::ours(&error))
}

fn configured(serving: &Serving) -> Result<&OidcSettings, Problem> {
    serving.settings.oidc.as_ref().ok_or_else(|| {
        Problem::new(
            StatusCode::NOT_FOUND,
            "nobody signs in by an OpenID provider here",
            "sign in with POST /api/v1/session",
        )
    })
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, value)| *name == COOKIE && !value.is_empty()).map(|(_, value)| value)
}

fn cookie(settings: &OidcSettings, state: &str, age: i64) -> String {
    let secure = if settings.base.starts_with("https://") { "; Secure" } else { "" };
    format!("{COOKIE}={state}; Path={CALLBACK}; HttpOnly; SameSite=Lax; Max-Age={age}{secure}")
}

fn see_other(place: &str, cookie: &str) -> Result<Response, Problem> {
    let value = |text: &str| HeaderValue::from_str(text).map_err(|error| Problem::ours(&error));
    let headers = [
        (header::LOCATION, value(place)?),
        (header::SET_COOKIE, value(cookie)?),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((StatusCode::SEE_OTHER, headers).into_response())
}
