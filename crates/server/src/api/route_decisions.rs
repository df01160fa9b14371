//! `GET /api/v1/route-decisions`, `GET /api/v1/route-decisions/{id}`: what was decided about arrivals, and by which rules.

use axum::extract::State;
use bailiwick_domain::access::Operation;
use bailiwick_store::{DecisionsWanted, RouteDecision, Within};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{parsed, rows};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only those about this account.
    account: Option<String>,
    /// `next` of the page before.
    after: Option<u64>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
pub struct Decisions {
    /// The latest first.
    #[schema(value_type = Vec<Object>)]
    decisions: Vec<RouteDecision>,
    /// Where the next page begins; null on the last.
    next: Option<u64>,
}

/// Decisions about the accounts that the caller may see today.
#[utoipa::path(get, path = "/api/v1/route-decisions", params(Wanted), tag = "routing",
    responses((status = 200, body = Decisions), (status = "4XX", body = ProblemBody)))]
pub async fn list(
    State(serving): State<Serving>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Decisions>, Problem> {
    let within = caller.within(Operation::ReadAssignments)?;
    let limit = rows(wanted.limit)?;
    let wanted = DecisionsWanted {
        account: parsed("account", wanted.account.as_deref(), "give the id of an account")?,
        before: wanted.after,
        limit: limit + 1,
    };
    let mut decisions = serving.ledger.route_decisions_within(within, serving.today(), &wanted).await?;
    let more = decisions.len() > limit as usize;
    decisions.truncate(limit as usize);
    let next = if more { decisions.last().map(|decision| decision.id) } else { None };
    Ok(Json(Decisions { decisions, next }))
}

/// One decision, with its rule chain.
#[utoipa::path(get, path = "/api/v1/route-decisions/{id}", params(("id" = u64, Path)), tag = "routing",
    responses((status = 200, body = serde_json::Value), (status = "4XX", body = ProblemBody)))]
pub async fn one(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<RouteDecision>, Problem> {
    caller.in_scope(Operation::ReadAssignments)?;
    let within = Within::of(&caller.principal, Operation::ReadAssignments);
    let missing = || Problem::missing("decision", &id);
    let number = id.parse().map_err(|_| missing())?;
    let decision = serving.ledger.route_decision_within(within, serving.today(), number).await?;
    decision.map(Json).ok_or_else(missing)
}
