//! `GET /api/v1/exports/{kind}`: files of what the caller may read, with spreadsheet formulas made harmless.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bailiwick_app::exchange;
use bailiwick_domain::access::Operation;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Path, Query};
use crate::problem::{Problem, ProblemBody};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Form {
    /// `csv` or `xlsx`; csv when absent.
    format: Option<String>,
}

const KINDS: [&str; 4] = ["accounts", "assignments", "contacts", "needs"];

/// Accounts, assignments, contacts or needs of today, as far as the caller sees.
#[utoipa::path(get, path = "/api/v1/exports/{kind}", params(("kind" = String, Path), Form), tag = "exports",
    responses((status = 200, content_type = "text/csv", body = String), (status = "4XX", body = ProblemBody)))]
pub async fn file(
    State(serving): State<Serving>,
    caller: Caller,
    Path(kind): Path<String>,
    Query(form): Query<Form>,
) -> Result<Response, Problem> {
    let within = caller.within(Operation::Export)?;
    let Some(name) = KINDS.iter().find(|name| **name == kind) else {
        return Err(Problem::missing("export", &kind));
    };
    let as_workbook = match form.format.as_deref() {
        None | Some("" | "csv") => false,
        Some("xlsx") => true,
        Some(other) => return Err(Problem::wrong(format!("format = {other:?} is not possible"), "give csv or xlsx")),
    };
    let book = exchange::book(&serving.ledger, within, serving.today()).await?;
    let bytes = exchange::table(&book, name, as_workbook)?.ok_or_else(|| Problem::missing("export", &kind))?;
    let (media, ending) = if as_workbook {
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
    } else {
        ("text/csv; charset=utf-8; header=present", "csv")
    };
    let attachment = HeaderValue::from_str(&format!("attachment; filename=\"{name}.{ending}\""))
        .map_err(|error| Problem::ours(&error))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(media)),
        (header::CONTENT_DISPOSITION, attachment),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, bytes).into_response())
}
