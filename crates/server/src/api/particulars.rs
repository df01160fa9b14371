//! `/api/v1/accounts/{id}/particulars`: what should be known before speaking with a customer.
//! `/api/v1/employees/{id}/ways`: how an employee is to be reached.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bailiwick_domain::access::Operation;
use bailiwick_domain::id::EmployeeId;
use bailiwick_domain::particulars::Particulars as Kept;
use bailiwick_domain::ways::Ways as KeptWays;
use bailiwick_store::Within;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::accounts::reached;
use super::version::{must_have_seen, tagged};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::{Problem, ProblemBody};

#[derive(Serialize, ToSchema)]
pub struct Particulars {
    account_id: String,
    text: String,
    /// 0 while nothing was written. Whoever changes it sends it as `If-Match: "version"`.
    version: u64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ParticularsText)]
pub struct Text {
    text: String,
}

/// What was written down about an account.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/particulars", params(("id" = String, Path)), tag = "accounts",
    responses((status = 200, body = Particulars), (status = "4XX", body = ProblemBody)))]
pub async fn of_account(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let account = reached(&serving, &caller, Operation::ReadAccounts, &id).await?;
    let (version, text) = match serving.ledger.particulars(&account).await? {
        Some(found) => (found.version, found.value.text),
        None => (0, String::new()),
    };
    Ok(tagged(version, Json(Particulars { account_id: account.to_string(), text, version })))
}

/// Writes down what should be known before speaking with a customer.
#[utoipa::path(put, path = "/api/v1/accounts/{id}/particulars", request_body = Text, tag = "accounts",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the version that was read, in quotes")),
    responses((status = 200, body = Particulars), (status = "4XX", body = ProblemBody)))]
pub async fn write(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(given): Json<Text>,
) -> Result<Response, Problem> {
    let account = reached(&serving, &caller, Operation::EditAccounts, &id).await?;
    let seen = must_have_seen(&headers)?;
    let text = Kept { account, text: given.text };
    let kept = serving.ledger.save_particulars(seen, text, &caller.user.name, serving.now()).await?;
    let version = kept.version;
    let body = Particulars { account_id: kept.value.account.to_string(), text: kept.value.text, version };
    Ok(tagged(version, Json(body)))
}

#[derive(Serialize, ToSchema)]
pub struct Ways {
    employee_id: String,
    email: Option<String>,
    phones: Vec<String>,
    hours: Option<String>,
    /// 0 while it is as the source of employees has it. Whoever changes it sends it as `If-Match: "version"`.
    version: u64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWays {
    email: Option<String>,
    #[serde(default)]
    phones: Vec<String>,
    /// When customers can reach them, in words.
    hours: Option<String>,
}

fn ways(version: u64, ways: KeptWays) -> Response {
    let KeptWays { employee, email, phones, hours } = ways;
    tagged(version, Json(Ways { employee_id: employee.to_string(), email, phones, hours, version }))
}

/// How an employee is reached.
#[utoipa::path(get, path = "/api/v1/employees/{id}/ways", params(("id" = String, Path)), tag = "employees",
    responses((status = 200, body = Ways), (status = "4XX", body = ProblemBody)))]
pub async fn of_employee(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let known = employee_within(&serving, &caller, Operation::ReadEmployees, &id).await?;
    match serving.ledger.written_ways(&known).await? {
        Some(written) => Ok(ways(written.version, written.value)),
        None => {
            let employee = serving.ledger.employee(&known).await?.ok_or_else(|| Problem::missing("employee", &id))?;
            Ok(ways(0, KeptWays::of_source(&employee)))
        }
    }
}

/// Says how an employee is to be reached, in place of what the source of employees has.
#[utoipa::path(put, path = "/api/v1/employees/{id}/ways", request_body = NewWays, tag = "employees",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the version that was read, in quotes")),
    responses((status = 200, body = Ways), (status = "4XX", body = ProblemBody)))]
pub async fn write_ways(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(given): Json<NewWays>,
) -> Result<Response, Problem> {
    let employee = employee_within(&serving, &caller, Operation::EditEmployees, &id).await?;
    let seen = must_have_seen(&headers)?;
    let new = KeptWays { employee, email: given.email, phones: given.phones, hours: given.hours };
    let kept = serving.ledger.save_ways(seen, new, &caller.user.name, serving.now()).await?;
    Ok(ways(kept.version, kept.value))
}

/// The id, if there is such an employee and the operation reaches them.
pub async fn employee_within(
    serving: &Serving,
    caller: &Caller,
    operation: Operation,
    id: &str,
) -> Result<EmployeeId, Problem> {
    caller.in_scope(operation)?;
    let missing = || Problem::missing("employee", id);
    let known = EmployeeId::new(id).map_err(|_| missing())?;
    let within = Within::of(&caller.principal, operation);
    if serving.ledger.employees_within(within).await?.contains(&known) { Ok(known) } else { Err(missing()) }
}
