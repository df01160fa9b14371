//! `GET /api/v1/accounts/{id}/responsible?role=…&stage=…&product=…&on=…&explain=true`

use axum::Json;
use axum::extract::{Path, Query, State};
use bailiwick_app::AppError;
use bailiwick_app::who::{Answer, Question, who};
use jiff::civil::Date;
use serde::Deserialize;

use crate::Serving;
use crate::problem::Problem;

#[derive(Deserialize)]
pub struct Asked {
    role: Option<String>,
    stage: Option<String>,
    product: Option<String>,
    on: Option<String>,
    #[serde(default)]
    explain: bool,
}

pub async fn of_account(
    State(serving): State<Serving>,
    Path(account): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<Answer>, Problem> {
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let on = match filled(asked.on) {
        Some(text) => text.parse::<Date>().map_err(|_| AppError::Usage {
            message: format!("on = \"{text}\" is no date"),
            remedy: String::from("write it as 2026-03-01"),
        })?,
        None => jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::system()).date(),
    };
    let question = Question {
        account,
        role: filled(asked.role),
        stage: filled(asked.stage),
        product_line: filled(asked.product),
        on,
        as_known_at: None,
        explain: asked.explain,
    };
    Ok(Json(who(&serving.ledger, &question).await?))
}
