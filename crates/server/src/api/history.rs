//! `GET /api/v1/accounts/{id}/history`: what has happened, as one timeline.
//! `GET /api/v1/accounts/{id}/stages`: whom the customer meets at each stage today.

use axum::extract::State;
use bailiwick_app::stages::{Stages, stages};
use bailiwick_domain::access::Operation;
use bailiwick_domain::id::AccountId;
use bailiwick_store::{TimelineWanted, Within};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::accounts::reached;
use super::{parsed, rows};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
pub struct Happened {
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
    actor: String,
    /// `assignment`, `communication`, `need`, `contact`, `particulars`, `card` or `account`.
    kind: String,
    /// Number of the thing; for assignments and accounts that of the audit entry.
    number: u64,
    text: String,
    state: Option<String>,
    role: Option<String>,
    product_line: Option<String>,
    employee_id: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct History {
    history: Vec<Happened>,
    /// Where the next page begins; null on the last.
    next: Option<String>,
}

impl From<bailiwick_store::Happened> for Happened {
    fn from(one: bailiwick_store::Happened) -> Happened {
        Happened {
            at: one.at,
            actor: one.actor,
            kind: one.kind,
            number: one.number,
            text: one.text,
            state: one.state,
            role: one.role,
            product_line: one.product_line,
            employee_id: one.employee_id,
            from: one.from,
            to: one.to,
        }
    }
}

/// What has happened with an account, the latest first. Assignments, communications and shared cards are told to who may
/// read them.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/history", params(("id" = String, Path), Page), tag = "accounts",
    responses((status = 200, body = History), (status = "4XX", body = ProblemBody)))]
pub async fn of_account(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<History>, Problem> {
    let account = reached(&serving, &caller, Operation::ReadAccounts, &id).await?;
    let wanted = TimelineWanted {
        assignments: may(&serving, &caller, Operation::ReadAssignments, &account).await?,
        communications: may(&serving, &caller, Operation::ReadCommunications, &account).await?,
        cards: may(&serving, &caller, Operation::ShareCards, &account).await?,
        after: parsed("after", page.after.as_deref(), "give the next of the page before")?,
        limit: rows(page.limit)?,
    };
    let page = serving.ledger.timeline(&account, &wanted).await?;
    Ok(Json(History {
        history: page.happened.into_iter().map(Happened::from).collect(),
        next: page.next.map(|next| next.to_string()),
    }))
}

async fn may(serving: &Serving, caller: &Caller, operation: Operation, account: &AccountId) -> Result<bool, Problem> {
    let within = Within::of(&caller.principal, operation);
    Ok(serving.ledger.sees_account(within, account, serving.today()).await?)
}

/// The processes and stages that the account goes through, with who answers today, who stands in, and why.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/stages", params(("id" = String, Path)), tag = "accounts",
    responses((status = 200, body = Stages), (status = "4XX", body = ProblemBody)))]
pub async fn stages_of_account(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Stages>, Problem> {
    let account = reached(&serving, &caller, Operation::ReadAssignments, &id).await?;
    Ok(Json(stages(&serving.ledger, account.as_str(), serving.today()).await?))
}
