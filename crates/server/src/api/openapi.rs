//! `GET /api/v1/openapi.json`: this API described for programs.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use crate::Serving;

pub async fn description(State(serving): State<Serving>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], serving.openapi.to_string())
}
