//! `GET /api/v1/route-decisions`, `GET /api/v1/route-decisions/{id}`: what was decided about arrivals, and by which rules.

use axum::extract::State;
use bailiwick_domain::access::Operation;
use bailiwick_store::{DecisionsWanted, RouteDecision, RouteOwner, Within};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
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

/// A decision about an arrival, as it was recorded.
#[derive(Serialize, ToSchema)]
#[schema(as = RouteDecision)]
pub struct Decision {
    id: u64,
    account: String,
    /// The day it holds from.
    on: String,
    /// What arrived.
    #[schema(value_type = Object)]
    arrival: Value,
    owners: Vec<Owner>,
    /// The rule chain in full.
    #[schema(value_type = Object)]
    why: Value,
    /// With it the decision can be made again.
    seed: u64,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
    /// Number of the audit entry that recorded it.
    recorded_by: u64,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RouteOwner)]
pub struct Owner {
    role: String,
    product_line: Option<String>,
    employee: String,
    /// Held before the arrival.
    kept: bool,
}

impl From<RouteDecision> for Decision {
    fn from(one: RouteDecision) -> Decision {
        let owner = |owner: RouteOwner| Owner {
            role: owner.role.to_string(),
            product_line: owner.product_line.map(|line| line.to_string()),
            employee: owner.employee.to_string(),
            kept: owner.kept,
        };
        Decision {
            id: one.id,
            account: one.account.to_string(),
            on: one.on.to_string(),
            arrival: one.arrival,
            owners: one.owners.into_iter().map(owner).collect(),
            why: one.why,
            seed: one.seed,
            recorded_at: one.recorded_at,
            recorded_by: one.recorded_by,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct Decisions {
    /// The latest first.
    decisions: Vec<Decision>,
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
    Ok(Json(Decisions { decisions: decisions.into_iter().map(Decision::from).collect(), next }))
}

/// One decision, with its rule chain.
#[utoipa::path(get, path = "/api/v1/route-decisions/{id}", params(("id" = u64, Path)), tag = "routing",
    responses((status = 200, body = Decision), (status = "4XX", body = ProblemBody)))]
pub async fn one(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Decision>, Problem> {
    caller.in_scope(Operation::ReadAssignments)?;
    let within = Within::of(&caller.principal, Operation::ReadAssignments);
    let missing = || Problem::missing("decision", &id);
    let number = id.parse().map_err(|_| missing())?;
    let decision = serving.ledger.route_decision_within(within, serving.today(), number).await?;
    decision.map(|one| Json(one.into())).ok_or_else(missing)
}
