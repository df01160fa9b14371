//! `GET /api/v1/accounts`, `GET /api/v1/accounts/{id}`: the accounts that the caller may see today.

use axum::extract::State;
use bailiwick_domain::access::Operation;
use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::id::AccountId;
use bailiwick_store::{AccountsWanted, Within};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::{IntoParams, ToSchema};

use super::{parsed, rows};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Search {
    /// The beginning of the id, or part of the name.
    #[serde(default)]
    q: String,
    /// Only those this employee answers for today.
    employee: Option<String>,
    /// Only those somebody answers for today in this role.
    role: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
pub struct Account {
    account_id: String,
    name: String,
    parent_id: Option<String>,
    #[schema(value_type = Object)]
    attributes: Map<String, Value>,
}

#[derive(Serialize, ToSchema)]
pub struct Accounts {
    accounts: Vec<Account>,
    /// Where the next page begins; null on the last.
    next: Option<String>,
}

impl From<AccountRecord> for Account {
    fn from(account: AccountRecord) -> Account {
        Account {
            account_id: account.id.to_string(),
            name: account.name,
            parent_id: account.parent.map(|parent| parent.to_string()),
            attributes: account.attributes,
        }
    }
}

/// Accounts, those that fit best first.
#[utoipa::path(get, path = "/api/v1/accounts", params(Search), tag = "accounts",
    responses((status = 200, body = Accounts), (status = "4XX", body = ProblemBody)))]
pub async fn find(
    State(serving): State<Serving>,
    caller: Caller,
    Query(search): Query<Search>,
) -> Result<Json<Accounts>, Problem> {
    let within = caller.within(Operation::ReadAccounts)?;
    let wanted = AccountsWanted {
        text: search.q,
        employee: parsed("employee", search.employee.as_deref(), "give the id of an employee")?,
        role: parsed("role", search.role.as_deref(), "give a role of the policy")?,
        after: parsed("after", search.after.as_deref(), "give the next of the page before")?,
        limit: rows(search.limit)?,
    };
    let page = serving.ledger.accounts_within(within, serving.today(), &wanted).await?;
    Ok(Json(Accounts {
        accounts: page.accounts.into_iter().map(Account::from).collect(),
        next: page.next.map(|next| next.to_string()),
    }))
}

/// One account.
#[utoipa::path(get, path = "/api/v1/accounts/{id}", params(("id" = String, Path)), tag = "accounts",
    responses((status = 200, body = Account), (status = "4XX", body = ProblemBody)))]
pub async fn one(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Account>, Problem> {
    caller.in_scope(Operation::ReadAccounts)?;
    let within = Within::of(&caller.principal, Operation::ReadAccounts);
    let known = visible(&serving, within, &id).await?;
    let account = serving.ledger.account(&known).await?.ok_or_else(|| Problem::missing("account", &id))?;
    Ok(Json(account.into()))
}

/// The id, if there is such an account and it is seen today.
pub async fn visible(serving: &Serving, within: Within<'_>, id: &str) -> Result<AccountId, Problem> {
    let missing = || Problem::missing("account", id);
    let known = AccountId::new(id).map_err(|_| missing())?;
    let sees = serving.ledger.sees_account(within, &known, serving.today()).await?;
    if sees { Ok(known) } else { Err(missing()) }
}

/// The id, if there is such an account and the operation reaches it today; if not, there is none.
pub async fn reached(serving: &Serving, caller: &Caller, operation: Operation, id: &str) -> Result<AccountId, Problem> {
    caller.in_scope(operation)?;
    visible(serving, Within::of(&caller.principal, operation), id).await
}
