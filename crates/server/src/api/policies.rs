//! `/api/v1/policies`: the versions of the policy; a new one is checked as `bailiwick check` does; two are compared.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bailiwick_app::AppError;
use bailiwick_app::trial::{self, Trial, Tried};
use bailiwick_app::who::no_plan;
use bailiwick_domain::access::{Operation, Relation};
use bailiwick_domain::finding::Finding;
use bailiwick_domain::id::AccountId;
use bailiwick_domain::policy::Policy;
use bailiwick_store::PolicyRecord;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use similar::TextDiff;
use utoipa::{IntoParams, ToSchema};

use super::version::{location, must_have_seen, tagged};
use super::{remark, required, rows};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};

const FILE: &str = "bailiwick.toml";

#[derive(Serialize, ToSchema)]
pub struct PolicyVersion {
    version: u64,
    sha256: String,
    /// Who wrote it, or applied the first plan that was made with it.
    actor: String,
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
}

#[derive(Serialize, ToSchema)]
pub struct Policies {
    policies: Vec<PolicyVersion>,
    /// Where the next page begins; null on the last.
    next: Option<u64>,
}

#[derive(Serialize, ToSchema)]
pub struct PolicyText {
    #[serde(flatten)]
    of: PolicyVersion,
    /// The whole file.
    text: String,
    /// What somebody should look at; errors would have refused it.
    findings: Vec<Finding>,
}

#[derive(Serialize, ToSchema)]
pub struct Checked {
    /// Whether it could be saved.
    sound: bool,
    findings: Vec<Finding>,
    /// How it comes out on the ledger's accounts; null where it could not be saved, where no plan is in force, and for whoever
    /// does not see all accounts.
    trial: Option<Trial>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PolicyTrial)]
pub struct Try {
    /// The whole file.
    text: String,
    account_id: String,
}

#[derive(Serialize, ToSchema)]
pub struct Difference {
    from: u64,
    to: u64,
    /// As `diff -u` writes it; empty where they are the same.
    diff: String,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// `next` of the page before.
    after: Option<u64>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Against {
    /// The other version; the one before when absent.
    from: Option<u64>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Written {
    /// The whole file.
    text: String,
    /// Why it is changed.
    reason: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PolicySource)]
pub struct Text {
    /// The whole file.
    text: String,
}

impl From<&PolicyRecord> for PolicyVersion {
    fn from(policy: &PolicyRecord) -> PolicyVersion {
        PolicyVersion {
            version: policy.version,
            sha256: policy.sha256.clone(),
            actor: policy.actor.clone(),
            recorded_at: policy.recorded_at,
        }
    }
}

/// All versions, the oldest first.
#[utoipa::path(get, path = "/api/v1/policies", params(Wanted), tag = "policies",
    responses((status = 200, body = Policies), (status = "4XX", body = ProblemBody)))]
pub async fn list(
    State(serving): State<Serving>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Policies>, Problem> {
    caller.authorise(Operation::ReadPolicies, Relation::Other)?;
    let limit = rows(wanted.limit)?;
    let mut found = serving.ledger.policies(wanted.after, limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = if more { found.last().map(|policy| policy.version) } else { None };
    Ok(Json(Policies { policies: found.iter().map(PolicyVersion::from).collect(), next }))
}

/// One version with its text.
#[utoipa::path(get, path = "/api/v1/policies/{version}", params(("version" = u64, Path)), tag = "policies",
    responses((status = 200, body = PolicyText), (status = "4XX", body = ProblemBody)))]
pub async fn one(
    State(serving): State<Serving>,
    caller: Caller,
    Path(version): Path<u64>,
) -> Result<Response, Problem> {
    let policy = read(&serving, &caller, version).await?;
    let findings = check(&policy.text).unwrap_or_else(|findings| findings);
    Ok(tagged(version, Json(PolicyText { of: (&policy).into(), text: policy.text, findings })))
}

/// How a version differs from another, or from the one before.
#[utoipa::path(get, path = "/api/v1/policies/{version}/diff", tag = "policies",
    params(("version" = u64, Path), Against),
    responses((status = 200, body = Difference), (status = "4XX", body = ProblemBody)))]
pub async fn diff(
    State(serving): State<Serving>,
    caller: Caller,
    Path(version): Path<u64>,
    Query(against): Query<Against>,
) -> Result<Json<Difference>, Problem> {
    let to = read(&serving, &caller, version).await?;
    let from = against.from.unwrap_or(version.saturating_sub(1));
    // Before the first there is nothing.
    let before = if from == 0 { String::new() } else { read(&serving, &caller, from).await?.text };
    let name = |version: u64| format!("{FILE} (version {version})");
    let diff = TextDiff::from_lines(&before, &to.text).unified_diff().header(&name(from), &name(version)).to_string();
    Ok(Json(Difference { from, to: version, diff }))
}

/// Keeps a new version, to be planned with. It is in force once a plan made with it is applied.
#[utoipa::path(post, path = "/api/v1/policies", request_body = Written, tag = "policies",
    params(("If-Match" = String, Header, description = "the last version, in quotes; \"0\" where there is none")),
    responses((status = 201, body = PolicyText), (status = "4XX", body = ProblemBody)))]
pub async fn write(
    State(serving): State<Serving>,
    caller: Caller,
    headers: HeaderMap,
    Json(given): Json<Written>,
) -> Result<Response, Problem> {
    caller.authorise(Operation::EditPolicies, Relation::Other)?;
    let seen = must_have_seen(&headers)?;
    let reason = remark("the reason", given.reason.as_deref())?;
    let findings =
        check(&given.text).map_err(|findings| AppError::Refused { findings, policy_text: given.text.clone() })?;
    let made = serving.ledger.write_policy(&given.text, seen, &reason, &caller.user.name, serving.now()).await?;
    let place = location(&format!("/api/v1/policies/{}", made.version))?;
    let body = PolicyText { of: (&made).into(), text: made.text, findings };
    Ok((StatusCode::CREATED, place, tagged(made.version, Json(body))).into_response())
}

/// Checks a text, also against the accounts and employees of the ledger, and keeps nothing.
#[utoipa::path(post, path = "/api/v1/policies/check", request_body = Text, tag = "policies",
    responses((status = 200, body = Checked), (status = "4XX", body = ProblemBody)))]
pub async fn check_text(
    State(serving): State<Serving>,
    caller: Caller,
    Json(given): Json<Text>,
) -> Result<Json<Checked>, Problem> {
    caller.authorise(Operation::ReadPolicies, Relation::Other)?;
    let policy = match Policy::parse(&given.text, FILE) {
        Ok(policy) => policy,
        Err(findings) => return Ok(Json(Checked { sound: false, findings, trial: None })),
    };
    let alone = Checked { sound: true, findings: policy.findings.clone(), trial: None };
    if !caller.principal.may(Operation::ReadAccounts, Relation::Other) {
        return Ok(Json(alone));
    }
    let on = serving.today();
    let base = serving.settings.project.as_deref();
    let Some(project) = trial::on_ledger(&serving.ledger, policy, base, on).await? else { return Ok(Json(alone)) };
    match apart(move || trial::on_everybody(&project, on)).await? {
        Ok(trial) => Ok(Json(Checked { findings: trial.findings.clone(), trial: Some(trial), ..alone })),
        // It could be saved; but it does not fit the columns that there are.
        Err(AppError::Refused { findings, .. }) => Ok(Json(Checked { findings, ..alone })),
        Err(error) => Err(error.into()),
    }
}

/// What a text makes of one account: principles, segments in order, and who may serve it in each role. Nothing is kept.
#[utoipa::path(post, path = "/api/v1/policies/try", request_body = Try, tag = "policies",
    responses((status = 200, body = Tried), (status = "4XX", body = ProblemBody)))]
pub async fn try_text(
    State(serving): State<Serving>,
    caller: Caller,
    Json(given): Json<Try>,
) -> Result<Json<Tried>, Problem> {
    caller.authorise(Operation::ReadPolicies, Relation::Other)?;
    let within = caller.within(Operation::ReadAccounts)?;
    let account: AccountId = required("account_id", &given.account_id)?;
    let on = serving.today();
    if !serving.ledger.sees_account(within, &account, on).await? {
        return Err(Problem::missing("account", account.as_str()));
    }
    let policy = Policy::parse(&given.text, FILE)
        .map_err(|findings| AppError::Refused { findings, policy_text: given.text.clone() })?;
    let base = serving.settings.project.as_deref();
    let project = trial::on_ledger(&serving.ledger, policy, base, on).await?.ok_or_else(|| no_plan(on))?;
    Ok(Json(apart(move || trial::on_one(&project, &account, on)).await??))
}

/// Works it out beside the requests.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Problem::ours(&error))
}

/// Warnings, or all that is wrong.
fn check(text: &str) -> Result<Vec<Finding>, Vec<Finding>> {
    Policy::parse(text, FILE).map(|policy| policy.findings)
}

async fn read(serving: &Serving, caller: &Caller, version: u64) -> Result<PolicyRecord, Problem> {
    caller.authorise_read(Operation::ReadPolicies, Relation::Other, "policy", &version.to_string())?;
    let found = serving.ledger.policy(Some(version)).await?;
    found.ok_or_else(|| Problem::missing("policy", &version.to_string()))
}
