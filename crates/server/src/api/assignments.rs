//! Assignments by hand, and the history of an account's: who held it, from when to when, and since when we know.

use axum::extract::State;
use bailiwick_app::by_hand;
use bailiwick_domain::access::Operation;
use bailiwick_domain::assignment::{self, AssignmentKey, Later, PINNED};
use bailiwick_domain::id::{AccountId, EmployeeId};
use bailiwick_store::{ByHand, Within};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::accounts::visible;
use super::{day, instant, parsed, remark, required};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};

#[derive(Serialize, ToSchema)]
pub struct Assignment {
    role: String,
    product_line: Option<String>,
    employee_id: String,
    segment: String,
    territory: Option<String>,
    rule: String,
    reason: String,
    /// By hand, and no plan changes it.
    pinned: bool,
    from: String,
    /// The first day it no longer holds; null: until further notice.
    to: Option<String>,
    /// Since when we know it.
    #[schema(value_type = String, format = DateTime)]
    recorded_at: Timestamp,
    /// Since when we know better; null: to our present knowledge.
    #[schema(value_type = Option<String>, format = DateTime)]
    superseded_at: Option<Timestamp>,
}

#[derive(Serialize, ToSchema)]
pub struct Assignments {
    assignments: Vec<Assignment>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Who held it on this day; everything that was ever recorded when neither this nor the next is given.
    on: Option<String>,
    /// As it was known at this moment.
    as_known_at: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Give {
    account_id: String,
    role: String,
    product_line: Option<String>,
    employee_id: String,
    /// From this day on; today when absent.
    on: Option<String>,
    /// Whether plans leave it as it is; true when absent.
    pinned: Option<bool>,
    /// Replace what is recorded for later days; refused when absent.
    #[serde(default)]
    replace_later: bool,
    reason: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct End {
    account_id: String,
    role: String,
    product_line: Option<String>,
    /// The first day on which nobody holds it; today when absent.
    on: Option<String>,
    /// Take back what is recorded for later days; refused when absent.
    #[serde(default)]
    replace_later: bool,
    reason: String,
}

#[derive(Serialize, ToSchema)]
#[schema(as = AssignmentGiven)]
pub struct Given {
    account_id: String,
    role: String,
    product_line: Option<String>,
    /// Who held it on the day.
    before: Option<String>,
    /// Who holds it from the day on.
    employee_id: Option<String>,
    on: String,
    ledger_version: String,
}

impl From<assignment::Assignment> for Assignment {
    fn from(held: assignment::Assignment) -> Assignment {
        Assignment {
            role: held.role.to_string(),
            product_line: held.product_line.map(|line| line.to_string()),
            employee_id: held.employee.to_string(),
            pinned: held.rule == PINNED,
            segment: held.segment,
            territory: held.territory,
            rule: held.rule,
            reason: held.reason,
            from: held.valid_from.to_string(),
            to: held.valid_to.map(|day| day.to_string()),
            recorded_at: held.recorded_at,
            superseded_at: held.superseded_at,
        }
    }
}

/// Who held an account, in both times. Who may ask depends on today, whatever day is asked about.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/assignments", params(("id" = String, Path), Asked), tag = "accounts",
    responses((status = 200, body = Assignments), (status = "4XX", body = ProblemBody)))]
pub async fn of_account(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<Assignments>, Problem> {
    caller.in_scope(Operation::ReadAssignments)?;
    let within = Within::of(&caller.principal, Operation::ReadAssignments);
    let account = visible(&serving, within, &id).await?;
    let known = asked.as_known_at.as_deref().map(|text| instant("as_known_at", text)).transpose()?;
    let on = asked.on.as_deref().map(|text| day("on", text)).transpose()?;
    let found = match (on, known) {
        (None, None) => serving.ledger.history(&account).await?,
        (on, known) => {
            let on = on.unwrap_or_else(|| serving.today());
            serving.ledger.who(&account, None, None, on, known).await?
        }
    };
    Ok(Json(Assignments { assignments: found.into_iter().map(Assignment::from).collect() }))
}

/// Gives an account × role to somebody by hand, from a day on, and pins it.
#[utoipa::path(post, path = "/api/v1/assignments", request_body = Give, tag = "assignments",
    responses((status = 200, body = Given), (status = "4XX", body = ProblemBody)))]
pub async fn assign(
    State(serving): State<Serving>,
    caller: Caller,
    Json(given): Json<Give>,
) -> Result<Json<Given>, Problem> {
    let employee: EmployeeId = required("employee_id", &given.employee_id)?;
    let account = mine(&serving, &caller, &given.account_id).await?;
    let relation = caller.relation(&serving, Some(&employee)).await?;
    caller.authorise(Operation::Assign, relation)?;
    let wanted = ByHand {
        key: key(account, &given.role, given.product_line.as_deref())?,
        employee: Some(employee),
        on: given.on.as_deref().map_or_else(|| Ok(serving.today()), |text| day("on", text))?,
        pinned: given.pinned.unwrap_or(true),
        later: if given.replace_later { Later::Replace } else { Later::Refuse },
        reason: reason(&given.reason)?,
    };
    done(&serving, &caller, wanted).await
}

/// From a day on nobody holds an account × role.
#[utoipa::path(post, path = "/api/v1/assignments/end", request_body = End, tag = "assignments",
    responses((status = 200, body = Given), (status = "4XX", body = ProblemBody)))]
pub async fn end(
    State(serving): State<Serving>,
    caller: Caller,
    Json(given): Json<End>,
) -> Result<Json<Given>, Problem> {
    let account = mine(&serving, &caller, &given.account_id).await?;
    let wanted = ByHand {
        key: key(account, &given.role, given.product_line.as_deref())?,
        employee: None,
        on: given.on.as_deref().map_or_else(|| Ok(serving.today()), |text| day("on", text))?,
        pinned: false,
        later: if given.replace_later { Later::Replace } else { Later::Refuse },
        reason: reason(&given.reason)?,
    };
    done(&serving, &caller, wanted).await
}

/// The account, if it is the caller's to give today.
async fn mine(serving: &Serving, caller: &Caller, id: &str) -> Result<AccountId, Problem> {
    caller.in_scope(Operation::Assign)?;
    visible(serving, Within::of(&caller.principal, Operation::Assign), id).await
}

fn key(account: AccountId, role: &str, line: Option<&str>) -> Result<AssignmentKey, Problem> {
    let product_line = parsed("product_line", line, "give a product line of the policy")?;
    Ok(AssignmentKey { account, role: required("role", role)?, product_line })
}

fn reason(text: &str) -> Result<String, Problem> {
    let reason = remark("the reason", Some(text))?;
    if reason.is_empty() {
        return Err(Problem::wrong("an assignment by hand needs a reason", "say why, for those it concerns"));
    }
    Ok(reason)
}

async fn done(serving: &Serving, caller: &Caller, wanted: ByHand) -> Result<Json<Given>, Problem> {
    let given = by_hand::assign(&serving.ledger, &wanted, &caller.user.name, serving.now()).await?;
    Ok(Json(Given {
        account_id: wanted.key.account.to_string(),
        role: wanted.key.role.to_string(),
        product_line: wanted.key.product_line.map(|line| line.to_string()),
        before: given.before.map(|who| who.to_string()),
        employee_id: wanted.employee.map(|who| who.to_string()),
        on: wanted.on.to_string(),
        ledger_version: given.version.to_string(),
    }))
}
