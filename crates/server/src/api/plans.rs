//! `GET /api/v1/plans`, `GET /api/v1/plans/{id}`: the plans that were applied.

use axum::extract::State;
use bailiwick_domain::access::{Operation, Relation};
use bailiwick_store::PlanRecord;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::{Problem, ProblemBody};

#[derive(Serialize, ToSchema)]
pub struct Plan {
    plan_id: String,
    state: String,
    /// First day.
    on: String,
    policy_version: u64,
    actor: String,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
    #[schema(value_type = Object)]
    summary: Value,
}

#[derive(Serialize, ToSchema)]
pub struct Plans {
    plans: Vec<Plan>,
}

impl From<PlanRecord> for Plan {
    fn from(plan: PlanRecord) -> Plan {
        Plan {
            plan_id: plan.id.to_string(),
            state: plan.state,
            on: plan.on.to_string(),
            policy_version: plan.policy_version,
            actor: plan.actor,
            recorded_at: plan.recorded_at,
            summary: plan.summary,
        }
    }
}

/// All plans in the order they were applied. A plan is everybody's matter, so whoever sees only their own sees none.
#[utoipa::path(get, path = "/api/v1/plans", tag = "plans",
    responses((status = 200, body = Plans), (status = "4XX", body = ProblemBody)))]
pub async fn list(State(serving): State<Serving>, caller: Caller) -> Result<Json<Plans>, Problem> {
    caller.within(Operation::ReadPlans)?;
    let plans = if caller.principal.may(Operation::ReadPlans, Relation::Other) {
        serving.ledger.plans().await?
    } else {
        vec![]
    };
    Ok(Json(Plans { plans: plans.into_iter().map(Plan::from).collect() }))
}

/// One plan.
#[utoipa::path(get, path = "/api/v1/plans/{id}", params(("id" = String, Path)), tag = "plans",
    responses((status = 200, body = Plan), (status = "4XX", body = ProblemBody)))]
pub async fn one(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Plan>, Problem> {
    caller.authorise_read(Operation::ReadPlans, Relation::Other, "plan", &id)?;
    let plans = serving.ledger.plans().await?;
    let plan = plans.into_iter().find(|plan| plan.id == id.as_str()).ok_or_else(|| Problem::missing("plan", &id))?;
    Ok(Json(plan.into()))
}
