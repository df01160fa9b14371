//! `/api/v1/disputes`, `/api/v1/credit-splits`: what somebody says is wrong with a credit, how it is answered and settled, and
//! orders divided by hand.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bailiwick_domain::access::{Operation, Relation};
use bailiwick_domain::dispute::{Dispute as Kept, DisputeState};
use bailiwick_domain::id::EmployeeId;
use bailiwick_domain::split::CreditSplit;
use bailiwick_store::{Version, Within};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::version::{made, must_have_seen, tagged};
use super::{remark, required};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::{Problem, ProblemBody};

#[derive(Serialize, ToSchema)]
pub struct Dispute {
    number: u64,
    version: u64,
    employee_id: String,
    /// As 2026-Q1.
    period: String,
    order_id: Option<String>,
    line: Option<String>,
    claim: String,
    answer: Option<String>,
    /// `open`, `answered`, `granted` or `refused`.
    state: &'static str,
    /// What it was settled with, a decimal in the company's currency.
    amount: Option<String>,
    opened_by: String,
}

#[derive(Serialize, ToSchema)]
pub struct Disputes {
    disputes: Vec<Dispute>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Opened {
    employee_id: String,
    /// As 2026-Q1.
    period: String,
    order_id: Option<String>,
    line: Option<String>,
    /// What is wrong.
    claim: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    answer: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Settled {
    /// Why.
    answer: String,
    /// A decimal in the company's currency, paid with the first open period; refused when absent.
    amount: Option<String>,
}

impl From<Version<Kept>> for Dispute {
    fn from(kept: Version<Kept>) -> Dispute {
        let value = kept.value;
        Dispute {
            number: kept.number,
            version: kept.version,
            employee_id: value.employee.to_string(),
            period: value.period.to_string(),
            order_id: value.order,
            line: value.line,
            claim: value.claim,
            answer: value.answer,
            state: value.state.word(),
            amount: value.amount.map(|amount| amount.to_string()),
            opened_by: value.opened_by,
        }
    }
}

/// Disputes about the pay of whoever the caller sees, by number.
#[utoipa::path(get, path = "/api/v1/disputes", tag = "pay",
    responses((status = 200, body = Disputes), (status = "4XX", body = ProblemBody)))]
pub async fn list(State(serving): State<Serving>, caller: Caller) -> Result<Json<Disputes>, Problem> {
    let within = caller.within(Operation::ReadPay)?;
    let mut found = serving.ledger.disputes().await?;
    if within != Within::Everybody {
        let seen = serving.ledger.employees_within(within).await?;
        found.retain(|one| seen.contains(&one.value.employee));
    }
    Ok(Json(Disputes { disputes: found.into_iter().map(Dispute::from).collect() }))
}

/// A dispute that the caller may do this with; if not, there is none.
async fn reached(
    serving: &Serving,
    caller: &Caller,
    operation: Operation,
    number: u64,
) -> Result<Version<Kept>, Problem> {
    caller.in_scope(operation)?;
    let missing = || Problem::missing("dispute", &number.to_string());
    let found = serving.ledger.dispute(number).await?.ok_or_else(missing)?;
    let relation = caller.relation(serving, Some(&found.value.employee)).await?;
    caller.authorise_read(operation, relation, "dispute", &number.to_string())?;
    Ok(found)
}

/// One dispute.
#[utoipa::path(get, path = "/api/v1/disputes/{number}", params(("number" = u64, Path)), tag = "pay",
    responses((status = 200, body = Dispute), (status = "4XX", body = ProblemBody)))]
pub async fn one(State(serving): State<Serving>, caller: Caller, Path(number): Path<u64>) -> Result<Response, Problem> {
    let found = reached(&serving, &caller, Operation::ReadPay, number).await?;
    Ok(tagged(found.version, Json(Dispute::from(found))))
}

/// Says that somebody's pay is wrong: one's own, or that of somebody below.
#[utoipa::path(post, path = "/api/v1/disputes", request_body = Opened, tag = "pay",
    responses((status = 201, body = Dispute), (status = "4XX", body = ProblemBody)))]
pub async fn open(
    State(serving): State<Serving>,
    caller: Caller,
    Json(opened): Json<Opened>,
) -> Result<Response, Problem> {
    let employee: EmployeeId = required("employee_id", &opened.employee_id)?;
    let relation = caller.relation(&serving, Some(&employee)).await?;
    caller.authorise_read(Operation::DisputePay, relation, "employee", &opened.employee_id)?;
    let dispute = Kept {
        employee,
        period: required("period", &opened.period)?,
        order: opened.order_id,
        line: opened.line,
        claim: opened.claim,
        answer: None,
        state: DisputeState::Open,
        amount: None,
        opened_by: caller.user.name.clone(),
    };
    let kept = serving.ledger.open_dispute(dispute, &caller.user.name, serving.now()).await?;
    made(&format!("/api/v1/disputes/{}", kept.number), kept.version, Dispute::from(kept))
}

/// Says something to a dispute that is not settled.
#[utoipa::path(post, path = "/api/v1/disputes/{number}/answer", params(("number" = u64, Path)), request_body = Answered,
    tag = "pay", responses((status = 200, body = Dispute), (status = "4XX", body = ProblemBody)))]
pub async fn answer(
    State(serving): State<Serving>,
    caller: Caller,
    Path(number): Path<u64>,
    Json(answered): Json<Answered>,
) -> Result<Response, Problem> {
    reached(&serving, &caller, Operation::DisputePay, number).await?;
    let text = remark("the answer", Some(&answered.answer))?;
    let kept = serving.ledger.answer_dispute(number, &text, &caller.user.name, serving.now()).await?;
    Ok(tagged(kept.version, Json(Dispute::from(kept))))
}

/// Settles a dispute, with an amount or without. Whoever opened it does not settle it.
#[utoipa::path(post, path = "/api/v1/disputes/{number}/settle", params(("number" = u64, Path)), request_body = Settled,
    tag = "pay", responses((status = 200, body = Dispute), (status = "4XX", body = ProblemBody)))]
pub async fn settle(
    State(serving): State<Serving>,
    caller: Caller,
    Path(number): Path<u64>,
    Json(settled): Json<Settled>,
) -> Result<Response, Problem> {
    reached(&serving, &caller, Operation::ManagePay, number).await?;
    let text = remark("the answer", Some(&settled.answer))?;
    let amount = settled.amount.as_deref().map(|amount| decimal("amount", amount)).transpose()?;
    let kept = serving.ledger.settle_dispute(number, amount, &text, &caller.user.name, serving.now()).await?;
    Ok(tagged(kept.version, Json(Dispute::from(kept))))
}

fn decimal(what: &str, text: &str) -> Result<Decimal, Problem> {
    let wrong = || Problem::wrong(format!("{what} = {text:?} is no amount"), "write a decimal such as 12.50");
    text.trim().parse::<Decimal>().ok().filter(|amount| amount.scale() <= 9).ok_or_else(wrong)
}

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    employee_id: String,
    /// A decimal; parts need not sum to anything.
    part: String,
}

#[derive(Serialize, ToSchema)]
pub struct Split {
    number: u64,
    /// Whoever takes it back sends it as `If-Match: "version"`.
    version: u64,
    order_id: String,
    line: Option<String>,
    parts: Vec<Part>,
    reason: String,
    /// Whether it holds.
    active: bool,
}

#[derive(Serialize, ToSchema)]
pub struct Splits {
    credit_splits: Vec<Split>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Divided {
    order_id: String,
    /// One line of it; all when absent.
    line: Option<String>,
    parts: Vec<Part>,
    reason: String,
}

impl From<Version<CreditSplit>> for Split {
    fn from(kept: Version<CreditSplit>) -> Split {
        let value = kept.value;
        let part = |(employee, part): (EmployeeId, Decimal)| Part {
            employee_id: employee.to_string(),
            part: part.to_string(),
        };
        Split {
            number: kept.number,
            version: kept.version,
            order_id: value.order,
            line: value.line,
            parts: value.parts.into_iter().map(part).collect(),
            reason: value.reason,
            active: value.active,
        }
    }
}

/// Orders divided by hand, by number; also those taken back.
#[utoipa::path(get, path = "/api/v1/credit-splits", tag = "pay",
    responses((status = 200, body = Splits), (status = "4XX", body = ProblemBody)))]
pub async fn splits(State(serving): State<Serving>, caller: Caller) -> Result<Json<Splits>, Problem> {
    caller.authorise(Operation::ReadPay, Relation::Other)?;
    let found = serving.ledger.credit_splits().await?;
    Ok(Json(Splits { credit_splits: found.into_iter().map(Split::from).collect() }))
}

/// Divides an order by hand; this goes before every rule.
#[utoipa::path(post, path = "/api/v1/credit-splits", request_body = Divided, tag = "pay",
    responses((status = 201, body = Split), (status = "4XX", body = ProblemBody)))]
pub async fn split(
    State(serving): State<Serving>,
    caller: Caller,
    Json(divided): Json<Divided>,
) -> Result<Response, Problem> {
    caller.authorise(Operation::ManagePay, Relation::Other)?;
    let mut parts = vec![];
    for part in &divided.parts {
        parts.push((required("employee_id", &part.employee_id)?, decimal("part", &part.part)?));
    }
    let split =
        CreditSplit { order: divided.order_id, line: divided.line, parts, reason: divided.reason, active: true };
    let kept = serving.ledger.split_credit(split, &caller.user.name, serving.now()).await?;
    made(&format!("/api/v1/credit-splits/{}", kept.number), kept.version, Split::from(kept))
}

/// Takes a division by hand back: the rules hold again.
#[utoipa::path(delete, path = "/api/v1/credit-splits/{number}", tag = "pay",
    params(("number" = u64, Path), ("If-Match" = String, Header, description = "the version that was read, in quotes")),
    responses((status = 200, body = Split), (status = "4XX", body = ProblemBody)))]
pub async fn unsplit(
    State(serving): State<Serving>,
    caller: Caller,
    Path(number): Path<u64>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    caller.authorise(Operation::ManagePay, Relation::Other)?;
    let seen = must_have_seen(&headers)?;
    let kept = serving.ledger.unsplit_credit(number, seen, &caller.user.name, serving.now()).await?;
    Ok(tagged(kept.version, Json(Split::from(kept))))
}
