//! `POST /api/v1/setup`: the first administrator, made by whoever holds the secret that `bailiwick serve` printed.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use bailiwick_domain::access::UserRole;
use bailiwick_store::NewUser;
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::session::{new_password, open};
use crate::Serving;
use crate::extract::Json;
use crate::problem::{Problem, ProblemBody};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct First {
    /// As printed on the terminal of the service.
    secret: String,
    name: String,
    display_name: Option<String>,
    password: String,
}

/// Makes the first administrator, and signs them in.
#[utoipa::path(post, path = "/api/v1/setup", request_body = First, tag = "session",
    responses((status = 204, description = "made and signed in"), (status = "4XX", body = ProblemBody)))]
pub async fn first(
    State(serving): State<Serving>,
    headers: HeaderMap,
    Json(given): Json<First>,
) -> Result<Response, Problem> {
    if !serving.setup.as_ref().is_some_and(|setup| setup.fits(&given.secret)) {
        return Err(Problem::forbidden(
            "this is not the secret for setting up",
            "take it from the terminal of `bailiwick serve`, which prints it while there is no user",
        ));
    }
    let name = super::name("the name", &given.name)?;
    let password_hash = new_password(given.password, &name).await?;
    let display_name =
        given.display_name.map_or_else(|| Ok(name.clone()), |text| super::name("the display name", &text))?;
    let new = NewUser {
        id: Uuid::now_v7(),
        display_name,
        password_hash,
        roles: [UserRole::Admin].into(),
        employee: None,
        name,
    };
    let user = serving.ledger.create_first_user(&new, &new.name, serving.now()).await?;
    open(&serving, &headers, &user).await.map(IntoResponse::into_response)
}
