//! `POST /api/v1/route`: what arrives is assigned by the policy in force, and answered once that is recorded.

use std::collections::BTreeSet;

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode, header};
use bailiwick_app::route::{Arrivals, Routed};
use bailiwick_domain::access::{Operation, Relation};
use bailiwick_domain::id::EmployeeId;
use serde_json::Value;

use crate::Serving;
use crate::caller::Caller;
use crate::extract::Json;
use crate::problem::{Problem, ProblemBody};

/// A body of arrivals may be longer than others.
pub const MOST_BYTES: usize = 8 << 20;

/// Assigns arriving accounts, leads and requests.
///
/// An arrival is an object with `account_id` and any columns of the account source. `assign` names owners by hand: an
/// employee for every role, or an object with an employee for each role (`role` or `role/product line`); it takes the
/// right to assign. An object or an array is sent as application/json, an object a line as application/x-ndjson.
#[utoipa::path(post, path = "/api/v1/route", tag = "routing",
    request_body(content((Object = "application/json"), (String = "application/x-ndjson"))),
    responses((status = 200, body = Routed), (status = "4XX", body = ProblemBody)))]
pub async fn arrive(
    State(serving): State<Serving>,
    caller: Caller,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Json<Routed>, Problem> {
    caller.authorise(Operation::Route, Relation::Other)?;
    let body = body.map_err(|rejection| {
        Problem::new(rejection.status(), rejection.body_text(), format!("send at most {} MB at once", MOST_BYTES >> 20))
    })?;
    let (arrivals, alone) = read(&headers, &body)?;
    may_assign(&serving, &caller, &arrivals).await?;
    let routed = serving.intake.route(arrivals, serving.today(), &caller.user.name, serving.now()).await?;
    match routed.refused.first() {
        Some(refused) if alone => Err(Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            refused.reason.clone(),
            "correct it, and send it again; nothing was recorded",
        )),
        _ => Ok(Json(routed)),
    }
}

/// What was sent, and whether it was one alone.
fn read(headers: &HeaderMap, body: &[u8]) -> Result<(Arrivals, bool), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/json" => {
            let value: Value = serde_json::from_slice(body).map_err(|error| {
                Problem::wrong(format!("the body is no JSON: {error}"), "send an object or an array")
            })?;
            let alone = !value.is_array();
            Ok((Arrivals::of_value(value), alone))
        }
        "application/x-ndjson" => {
            let text = std::str::from_utf8(body)
                .map_err(|_| Problem::wrong("the body is no text in UTF-8", "send a JSON object a line, in UTF-8"))?;
            Ok((Arrivals::of_lines(text), false))
        }
        other => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!("arrivals cannot be read as \"{other}\""),
            "send application/json, or application/x-ndjson with an object a line",
        )),
    }
}

/// Naming an owner by hand is giving somebody an account.
async fn may_assign(serving: &Serving, caller: &Caller, arrivals: &Arrivals) -> Result<(), Problem> {
    let named: BTreeSet<&EmployeeId> = arrivals.named_by_hand().collect();
    for employee in named {
        let relation = caller.relation(serving, Some(employee)).await?;
        caller.authorise(Operation::Assign, relation)?;
    }
    Ok(())
}
