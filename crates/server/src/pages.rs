//! Pages for people.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Html;

use crate::Serving;

const OVERVIEW: &str = include_str!("../assets/overview.html");

pub async fn overview() -> Html<&'static str> {
    Html(OVERVIEW)
}

/// The report of the plan in force.
pub async fn report(State(serving): State<Serving>) -> Result<Html<String>, (StatusCode, &'static str)> {
    let Some(path) = &serving.report else {
        return Err((StatusCode::NOT_FOUND, "there is no report beside this ledger"));
    };
    match tokio::fs::read_to_string(path).await {
        Ok(page) => Ok(Html(page)),
        Err(_) => Err((StatusCode::NOT_FOUND, "the report was moved or removed: plan again")),
    }
}
