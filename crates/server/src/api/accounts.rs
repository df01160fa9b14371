//! `GET /api/v1/accounts?q=…`: accounts by the beginning of their id or part of their name.

use axum::Json;
use axum::extract::{Query, State};
use bailiwick_app::AppError;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Serving;
use crate::problem::Problem;

#[derive(Deserialize)]
pub struct Search {
    #[serde(default)]
    q: String,
}

pub async fn find(State(serving): State<Serving>, Query(search): Query<Search>) -> Result<Json<Value>, Problem> {
    let found = serving.ledger.find_accounts(&search.q, 20).await.map_err(AppError::from)?;
    let accounts = found.iter().map(|account| json!({ "account_id": account.id, "name": account.name }));
    Ok(Json(json!({ "accounts": accounts.collect::<Vec<_>>() })))
}
