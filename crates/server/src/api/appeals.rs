//! `/api/v1/appeals`: somebody says why an assignment of theirs should be another's; somebody above them answers.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bailiwick_domain::access::Operation;
use bailiwick_domain::appeal::{Appeal as Kept, AppealState};
use bailiwick_domain::assignment::AssignmentKey;
use bailiwick_domain::id::AccountId;
use bailiwick_store::{AppealsWanted, Version};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::version::{made, seen, tagged};
use super::{parsed, remark, required, rows, word_of};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};

#[derive(Serialize, ToSchema)]
pub struct Appeal {
    number: u64,
    /// Sent as ETag, too.
    version: u64,
    account_id: String,
    /// The account's name.
    account: String,
    role: String,
    product_line: Option<String>,
    /// Who holds it, and appeals.
    employee_id: String,
    /// Their name.
    employee: String,
    reason: String,
    /// `open`, `granted`, `denied` or `withdrawn`.
    state: &'static str,
    /// The words of the answer.
    answer: String,
    answered_by: Option<String>,
    /// When it came to this state.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
}

#[derive(Serialize, ToSchema)]
pub struct Appeals {
    appeals: Vec<Appeal>,
    /// Where the next page begins; null on the last.
    next: Option<u64>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only those about this account.
    account: Option<String>,
    /// Only `open`, `granted`, `denied` or `withdrawn` ones.
    state: Option<String>,
    /// `next` of the page before.
    after: Option<u64>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAppeal {
    account_id: String,
    role: String,
    product_line: Option<String>,
    /// Who holds it; the caller's own employee when absent.
    employee_id: Option<String>,
    reason: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealAnswer {
    granted: bool,
    /// Why, or what will be done.
    words: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AppealWithdrawal {
    reason: Option<String>,
}

/// The same with the names that people know.
async fn told(serving: &Serving, kept: Vec<Version<Kept>>) -> Result<Vec<Appeal>, Problem> {
    let accounts = serving.ledger.appealed_accounts().await?;
    let employees = serving.ledger.employee_names().await?;
    let name = |names: &BTreeMap<String, String>, id: &str| names.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let told = kept.into_iter().map(|kept| {
        let value = kept.value;
        Appeal {
            number: kept.number,
            version: kept.version,
            account: name(&accounts, value.key.account.as_str()),
            account_id: value.key.account.to_string(),
            role: value.key.role.to_string(),
            product_line: value.key.product_line.map(|line| line.to_string()),
            employee: name(&employees, value.employee.as_str()),
            employee_id: value.employee.to_string(),
            reason: value.reason,
            state: value.state.word(),
            answer: value.answer,
            answered_by: value.answered_by,
            recorded_at: kept.recorded_at,
        }
    });
    Ok(told.collect())
}

async fn told_one(serving: &Serving, kept: Version<Kept>) -> Result<Appeal, Problem> {
    let number = kept.number;
    let mut told = told(serving, vec![kept]).await?;
    told.pop().ok_or_else(|| Problem::missing("appeal", &number.to_string()))
}

/// Appeals of those whose assignments the caller may read, the latest first.
#[utoipa::path(get, path = "/api/v1/appeals", params(Wanted), tag = "appeals",
    responses((status = 200, body = Appeals), (status = "4XX", body = ProblemBody)))]
pub async fn list(
    State(serving): State<Serving>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Appeals>, Problem> {
    let within = caller.within(Operation::ReadAssignments)?;
    let limit = rows(wanted.limit)?;
    let account: Option<AccountId> = parsed("account", wanted.account.as_deref(), "give the id of an account")?;
    let state = word_of("state", wanted.state.as_deref(), AppealState::from_word, AppealState::ALL)?;
    let asked = AppealsWanted { account: account.as_ref(), state, after: wanted.after, limit: limit + 1 };
    let mut found = serving.ledger.appeals(within, asked).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = if more { found.last().map(|one| one.number) } else { None };
    Ok(Json(Appeals { appeals: told(&serving, found).await?, next }))
}

/// One appeal.
#[utoipa::path(get, path = "/api/v1/appeals/{number}", params(("number" = u64, Path)), tag = "appeals",
    responses((status = 200, body = Appeal), (status = "4XX", body = ProblemBody)))]
pub async fn one(State(serving): State<Serving>, caller: Caller, Path(number): Path<u64>) -> Result<Response, Problem> {
    let found = reached(&serving, &caller, number, Operation::ReadAssignments).await?;
    Ok(tagged(found.version, Json(told_one(&serving, found).await?)))
}

/// Appeals against an assignment that the caller, or somebody below them, holds today.
#[utoipa::path(post, path = "/api/v1/appeals", request_body = NewAppeal, tag = "appeals",
    responses((status = 201, body = Appeal), (status = "4XX", body = ProblemBody)))]
pub async fn create(
    State(serving): State<Serving>,
    caller: Caller,
    Json(fresh): Json<NewAppeal>,
) -> Result<Response, Problem> {
    let named = parsed("employee_id", fresh.employee_id.as_deref(), "give an id as it is known")?;
    let employee = named.or_else(|| caller.principal.employee.clone());
    caller.authorise(Operation::Appeal, caller.relation(&serving, employee.as_ref()).await?)?;
    let employee = employee.ok_or_else(|| Problem::wrong("nobody is named", "give the employee_id of the holder"))?;
    let key = AssignmentKey {
        account: required("account_id", &fresh.account_id)?,
        role: required("role", &fresh.role)?,
        product_line: parsed("product_line", fresh.product_line.as_deref(), "give a product line of the policy")?,
    };
    let appeal = Kept {
        key,
        employee,
        reason: fresh.reason,
        state: AppealState::Open,
        answer: String::new(),
        answered_by: None,
    };
    let kept = serving.ledger.open_appeal(appeal, serving.today(), &caller.user.name, serving.now()).await?;
    let (number, version) = (kept.number, kept.version);
    made(&format!("/api/v1/appeals/{number}"), version, told_one(&serving, kept).await?)
}

/// Grants or denies an appeal, in words. The assignment itself is changed by hand, or by the next plan.
#[utoipa::path(post, path = "/api/v1/appeals/{number}/answer", request_body = AppealAnswer, tag = "appeals",
    params(("number" = u64, Path), ("If-Match" = Option<String>, Header, description = "the version that was seen")),
    responses((status = 200, body = Appeal), (status = "4XX", body = ProblemBody)))]
pub async fn answer(
    State(serving): State<Serving>,
    caller: Caller,
    Path(number): Path<u64>,
    headers: HeaderMap,
    Json(answer): Json<AppealAnswer>,
) -> Result<Response, Problem> {
    let found = reached(&serving, &caller, number, Operation::AnswerAppeals).await?;
    if caller.principal.employee.as_ref() == Some(&found.value.employee) {
        return Err(Problem::forbidden("nobody answers an appeal of their own", "ask whoever you report to"));
    }
    let words = remark("the answer", Some(&answer.words))?;
    let state = if answer.granted { AppealState::Granted } else { AppealState::Denied };
    close(&serving, &caller, number, &headers, (state, &words)).await
}

/// Takes an appeal back.
#[utoipa::path(post, path = "/api/v1/appeals/{number}/withdraw", request_body = AppealWithdrawal, tag = "appeals",
    params(("number" = u64, Path), ("If-Match" = Option<String>, Header, description = "the version that was seen")),
    responses((status = 200, body = Appeal), (status = "4XX", body = ProblemBody)))]
pub async fn withdraw(
    State(serving): State<Serving>,
    caller: Caller,
    Path(number): Path<u64>,
    headers: HeaderMap,
    Json(withdrawal): Json<AppealWithdrawal>,
) -> Result<Response, Problem> {
    reached(&serving, &caller, number, Operation::Appeal).await?;
    let words = remark("the reason", withdrawal.reason.as_deref())?;
    close(&serving, &caller, number, &headers, (AppealState::Withdrawn, &words)).await
}

async fn close(
    serving: &Serving,
    caller: &Caller,
    number: u64,
    headers: &HeaderMap,
    to: (AppealState, &str),
) -> Result<Response, Problem> {
    let (name, now) = (&caller.user.name, serving.now());
    let kept = serving.ledger.close_appeal(number, seen(headers)?, to, name, now).await?;
    Ok(tagged(kept.version, Json(told_one(serving, kept).await?)))
}

/// The appeal, if the caller may do this with appeals of whoever appeals; else it does not exist.
async fn reached(
    serving: &Serving,
    caller: &Caller,
    number: u64,
    operation: Operation,
) -> Result<Version<Kept>, Problem> {
    caller.in_scope(operation)?;
    let missing = || Problem::missing("appeal", &number.to_string());
    let found = serving.ledger.appeal(number).await?.ok_or_else(missing)?;
    let relation = caller.relation(serving, Some(&found.value.employee)).await?;
    caller.authorise_read(operation, relation, "appeal", &number.to_string())?;
    Ok(found)
}
