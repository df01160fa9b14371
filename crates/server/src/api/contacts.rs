//! `/api/v1/accounts/{id}/contacts`: people at a customer.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bailiwick_domain::access::Operation;
use bailiwick_domain::contact::{Contact as Kept, Preferred};
use bailiwick_domain::id::AccountId;
use bailiwick_store::{Seen, Version};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::accounts::reached;
use super::version::{made, must_have_seen, tagged};
use super::{rows, segment, some_from, word_of};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};

#[derive(Serialize, ToSchema)]
pub struct Contact {
    number: u64,
    /// Whoever changes the contact sends it as `If-Match: "version"`.
    version: u64,
    account_id: String,
    name: String,
    position: Option<String>,
    email: Option<String>,
    phones: Vec<String>,
    language: Option<String>,
    preferred: Option<&'static str>,
    main: bool,
    active: bool,
}

#[derive(Serialize, ToSchema)]
pub struct Contacts {
    contacts: Vec<Contact>,
    /// Where the next page begins; null on the last.
    next: Option<u64>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// `next` of the page before.
    pub after: Option<u64>,
    /// 1 to 200; 50 when absent.
    pub limit: Option<u32>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ContactGiven)]
pub struct Given {
    name: String,
    position: Option<String>,
    email: Option<String>,
    #[serde(default)]
    phones: Vec<String>,
    /// A code, such as `bg`.
    language: Option<String>,
    /// `e-mail`, `phone`, `letter` or `visit`.
    preferred: Option<String>,
    /// Whom one asks for first.
    #[serde(default)]
    main: bool,
    /// False: has gone. Contacts are never removed.
    #[serde(default = "yes")]
    active: bool,
}

fn yes() -> bool {
    true
}

impl From<Version<Kept>> for Contact {
    fn from(kept: Version<Kept>) -> Contact {
        let value = kept.value;
        Contact {
            number: kept.number,
            version: kept.version,
            account_id: value.account.to_string(),
            name: value.name,
            position: value.position,
            email: value.email,
            phones: value.phones,
            language: value.language,
            preferred: value.preferred.map(Preferred::word),
            main: value.main,
            active: value.active,
        }
    }
}

impl Given {
    fn contact(self, account: AccountId) -> Result<Kept, Problem> {
        Ok(Kept {
            account,
            name: self.name,
            position: self.position,
            email: self.email,
            phones: self.phones,
            language: self.language,
            preferred: word_of("preferred", self.preferred.as_deref(), Preferred::from_word, Preferred::ALL)?,
            main: self.main,
            active: self.active,
        })
    }
}

/// Contacts of an account: the main ones first, those who have gone last.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/contacts", params(("id" = String, Path), Page), tag = "accounts",
    responses((status = 200, body = Contacts), (status = "4XX", body = ProblemBody)))]
pub async fn list(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Contacts>, Problem> {
    let account = reached(&serving, &caller, Operation::ReadAccounts, &id).await?;
    let limit = rows(page.limit)?;
    let found = serving.ledger.contacts(&account).await?;
    let (found, next) = some_from(found, page.after, limit, |one| one.number);
    Ok(Json(Contacts { contacts: found.into_iter().map(Contact::from).collect(), next }))
}

/// One contact.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/contacts/{number}", tag = "accounts",
    params(("id" = String, Path), ("number" = u64, Path)),
    responses((status = 200, body = Contact), (status = "4XX", body = ProblemBody)))]
pub async fn one(
    State(serving): State<Serving>,
    caller: Caller,
    Path((id, number)): Path<(String, u64)>,
) -> Result<Response, Problem> {
    let account = reached(&serving, &caller, Operation::ReadAccounts, &id).await?;
    let found = serving.ledger.contact(number).await?.filter(|one| one.value.account == account);
    let found = found.ok_or_else(|| Problem::missing("contact", &number.to_string()))?;
    Ok(tagged(found.version, Json(Contact::from(found))))
}

/// Adds a contact.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/contacts", params(("id" = String, Path)), request_body = Given,
    tag = "accounts", responses((status = 201, body = Contact), (status = "4XX", body = ProblemBody)))]
pub async fn create(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Json(given): Json<Given>,
) -> Result<Response, Problem> {
    let account = reached(&serving, &caller, Operation::EditAccounts, &id).await?;
    let contact = given.contact(account)?;
    let kept = serving.ledger.save_contact(None, contact, &caller.user.name, serving.now()).await?;
    let place = format!("/api/v1/accounts/{}/contacts/{}", segment(&id), kept.number);
    made(&place, kept.version, Contact::from(kept))
}

/// Changes a contact: everything that is said of it is said anew.
#[utoipa::path(put, path = "/api/v1/accounts/{id}/contacts/{number}", request_body = Given, tag = "accounts",
    params(("id" = String, Path), ("number" = u64, Path),
        ("If-Match" = String, Header, description = "the version that was read, in quotes")),
    responses((status = 200, body = Contact), (status = "4XX", body = ProblemBody)))]
pub async fn change(
    State(serving): State<Serving>,
    caller: Caller,
    Path((id, number)): Path<(String, u64)>,
    headers: HeaderMap,
    Json(given): Json<Given>,
) -> Result<Response, Problem> {
    let account = reached(&serving, &caller, Operation::EditAccounts, &id).await?;
    let seen = Some(Seen { number, version: must_have_seen(&headers)? });
    let contact = given.contact(account)?;
    let kept = serving.ledger.save_contact(seen, contact, &caller.user.name, serving.now()).await?;
    Ok(tagged(kept.version, Json(Contact::from(kept))))
}
