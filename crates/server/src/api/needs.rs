//! `/api/v1/accounts/{id}/needs`: what a customer wants or lacks.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bailiwick_domain::access::Operation;
use bailiwick_domain::id::AccountId;
use bailiwick_domain::need::{Need as Kept, NeedState};
use bailiwick_store::{Seen, Version};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::accounts::reached;
use super::contacts::Page;
use super::version::{made, must_have_seen, tagged};
use super::{parsed, rows, segment, some_from, word_of};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};

#[derive(Serialize, ToSchema)]
pub struct Need {
    number: u64,
    /// Whoever changes the need sends it as `If-Match: "version"`.
    version: u64,
    account_id: String,
    text: String,
    product_line: Option<String>,
    stage: Option<String>,
    /// A day.
    since: String,
    state: &'static str,
}

#[derive(Serialize, ToSchema)]
pub struct Needs {
    needs: Vec<Need>,
    /// Where the next page begins; null on the last.
    next: Option<u64>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NeedGiven)]
pub struct Given {
    text: String,
    product_line: Option<String>,
    stage: Option<String>,
    /// A day as 2026-03-01; today when absent.
    since: Option<String>,
    /// `open`, `met` or `dropped`; open when absent.
    state: Option<String>,
}

impl From<Version<Kept>> for Need {
    fn from(kept: Version<Kept>) -> Need {
        let value = kept.value;
        Need {
            number: kept.number,
            version: kept.version,
            account_id: value.account.to_string(),
            text: value.text,
            product_line: value.product_line.map(|line| line.to_string()),
            stage: value.stage,
            since: value.since.to_string(),
            state: value.state.word(),
        }
    }
}

impl Given {
    fn need(self, account: AccountId, today: Date) -> Result<Kept, Problem> {
        let since = parsed("since", self.since.as_deref(), "write a day as 2026-03-01")?.unwrap_or(today);
        let state = word_of("state", self.state.as_deref(), NeedState::from_word, NeedState::ALL)?;
        Ok(Kept {
            account,
            text: self.text,
            product_line: parsed("product_line", self.product_line.as_deref(), "give a product line of the policy")?,
            stage: self.stage,
            since,
            state: state.unwrap_or(NeedState::Open),
        })
    }
}

/// Needs of an account: open ones first, then the latest first.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/needs", params(("id" = String, Path), Page), tag = "accounts",
    responses((status = 200, body = Needs), (status = "4XX", body = ProblemBody)))]
pub async fn list(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Needs>, Problem> {
    let account = reached(&serving, &caller, Operation::ReadAccounts, &id).await?;
    let limit = rows(page.limit)?;
    let found = serving.ledger.needs(&account).await?;
    let (found, next) = some_from(found, page.after, limit, |one| one.number);
    Ok(Json(Needs { needs: found.into_iter().map(Need::from).collect(), next }))
}

/// One need.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/needs/{number}", tag = "accounts",
    params(("id" = String, Path), ("number" = u64, Path)),
    responses((status = 200, body = Need), (status = "4XX", body = ProblemBody)))]
pub async fn one(
    State(serving): State<Serving>,
    caller: Caller,
    Path((id, number)): Path<(String, u64)>,
) -> Result<Response, Problem> {
    let account = reached(&serving, &caller, Operation::ReadAccounts, &id).await?;
    let found = serving.ledger.need(number).await?.filter(|one| one.value.account == account);
    let found = found.ok_or_else(|| Problem::missing("need", &number.to_string()))?;
    Ok(tagged(found.version, Json(Need::from(found))))
}

/// Adds a need.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/needs", params(("id" = String, Path)), request_body = Given,
    tag = "accounts", responses((status = 201, body = Need), (status = "4XX", body = ProblemBody)))]
pub async fn create(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Json(given): Json<Given>,
) -> Result<Response, Problem> {
    let account = reached(&serving, &caller, Operation::EditAccounts, &id).await?;
    let need = given.need(account, serving.today())?;
    let kept = serving.ledger.save_need(None, need, &caller.user.name, serving.now()).await?;
    let place = format!("/api/v1/accounts/{}/needs/{}", segment(&id), kept.number);
    made(&place, kept.version, Need::from(kept))
}

/// Changes a need: everything that is said of it is said anew; without `since`, it stays what it was.
#[utoipa::path(put, path = "/api/v1/accounts/{id}/needs/{number}", request_body = Given, tag = "accounts",
    params(("id" = String, Path), ("number" = u64, Path),
        ("If-Match" = String, Header, description = "the version that was read, in quotes")),
    responses((status = 200, body = Need), (status = "4XX", body = ProblemBody)))]
pub async fn change(
    State(serving): State<Serving>,
    caller: Caller,
    Path((id, number)): Path<(String, u64)>,
    headers: HeaderMap,
    Json(given): Json<Given>,
) -> Result<Response, Problem> {
    let account = reached(&serving, &caller, Operation::EditAccounts, &id).await?;
    let seen = Some(Seen { number, version: must_have_seen(&headers)? });
    let since = serving.ledger.need(number).await?.map_or(serving.today(), |before| before.value.since);
    let need = given.need(account, since)?;
    let kept = serving.ledger.save_need(seen, need, &caller.user.name, serving.now()).await?;
    Ok(tagged(kept.version, Json(Need::from(kept))))
}
