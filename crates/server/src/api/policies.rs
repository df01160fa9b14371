//! `GET /api/v1/policies`, `GET /api/v1/policies/{version}`: the policies that plans were made with.

use axum::extract::State;
use bailiwick_domain::access::{Operation, Relation};
use bailiwick_store::PlanRecord;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::{Problem, ProblemBody};

#[derive(Serialize, ToSchema)]
pub struct PolicyVersion {
    version: u64,
    sha256: String,
}

#[derive(Serialize, ToSchema)]
pub struct Policies {
    policies: Vec<PolicyVersion>,
}

#[derive(Serialize, ToSchema)]
pub struct PolicyText {
    version: u64,
    sha256: String,
    /// The whole file.
    text: String,
}

/// All versions, the oldest first.
#[utoipa::path(get, path = "/api/v1/policies", tag = "policies",
    responses((status = 200, body = Policies), (status = "4XX", body = ProblemBody)))]
pub async fn list(State(serving): State<Serving>, caller: Caller) -> Result<Json<Policies>, Problem> {
    caller.authorise(Operation::ReadPolicies, Relation::Other)?;
    let policies = versions(&serving).await?.into_values();
    let policies = policies.map(|plan| PolicyVersion { version: plan.policy_version, sha256: plan.policy_sha256 });
    Ok(Json(Policies { policies: policies.collect() }))
}

/// One version with its text.
#[utoipa::path(get, path = "/api/v1/policies/{version}", params(("version" = u64, Path)), tag = "policies",
    responses((status = 200, body = PolicyText), (status = "4XX", body = ProblemBody)))]
pub async fn one(
    State(serving): State<Serving>,
    caller: Caller,
    Path(version): Path<u64>,
) -> Result<Json<PolicyText>, Problem> {
    caller.authorise_read(Operation::ReadPolicies, Relation::Other, "policy", &version.to_string())?;
    let mut all = versions(&serving).await?;
    let plan = all.remove(&version).ok_or_else(|| Problem::missing("policy", &version.to_string()))?;
    Ok(Json(PolicyText { version, sha256: plan.policy_sha256, text: plan.policy_text }))
}

/// A policy enters the ledger with the first plan that was made with it.
async fn versions(serving: &Serving) -> Result<BTreeMap<u64, PlanRecord>, Problem> {
    let plans = serving.ledger.plans().await?;
    Ok(plans.into_iter().map(|plan| (plan.policy_version, plan)).collect())
}
