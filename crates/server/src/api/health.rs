//! `GET /healthz`, `GET /readyz`

use axum::extract::State;
use axum::http::StatusCode;

use crate::Serving;

pub async fn alive() -> &'static str {
    "ok"
}

/// Ready when the ledger answers.
pub async fn ready(State(serving): State<Serving>) -> (StatusCode, &'static str) {
    match serving.ledger.version().await {
        Ok(_) => (StatusCode::OK, "ready"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "the ledger does not answer"),
    }
}
