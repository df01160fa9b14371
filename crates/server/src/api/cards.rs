//! `/api/v1/accounts/{id}/card`: whom the customer turns to, for what. `/card-links`: the links by which customers see it.

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bailiwick_app::card::{Card, card, vcard};
use bailiwick_domain::access::Operation;
use bailiwick_domain::card::CardLink;
use bailiwick_domain::policy::document::Language;
use bailiwick_store::Version;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::accounts::reached;
use super::contacts::Page;
use super::version::made;
use super::{rows, segment, some_from};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};
use crate::secret;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Form {
    /// `json` or `vcard`; what `Accept` says when absent.
    format: Option<String>,
    /// `en` or `bg`; the company's when absent.
    language: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CardLink)]
pub struct Link {
    number: u64,
    account_id: String,
    label: String,
    #[schema(value_type = String, format = DateTime)]
    changed_at: Timestamp,
    /// It opens nothing from then on; null: until it is revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    revoked: bool,
    /// Whether it opens the card now.
    opens: bool,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CardLinks)]
pub struct Links {
    links: Vec<Link>,
    /// Where the next page begins; null on the last.
    next: Option<u64>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCardLink)]
pub struct Fresh {
    /// For whom or what it is.
    #[serde(default)]
    label: String,
    /// 1 to 3650; until it is revoked when absent.
    days: Option<i64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = CardLinkMade)]
pub struct Made {
    /// The address of the page on this service. Its secret is shown this once.
    path: String,
    link: Link,
}

fn link(kept: Version<CardLink>, now: Timestamp) -> Link {
    Link {
        number: kept.number,
        account_id: kept.value.account.to_string(),
        changed_at: kept.recorded_at,
        expires_at: kept.value.expires_at,
        revoked: kept.value.revoked,
        opens: kept.value.opens(now),
        label: kept.value.label,
    }
}

/// The contact card of an account, as JSON or as vCard 4.0.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/card", params(("id" = String, Path), Form), tag = "accounts",
    responses((status = 200, body = Card), (status = "4XX", body = ProblemBody)))]
pub async fn of_account(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Query(form): Query<Form>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let account = reached(&serving, &caller, Operation::ReadAssignments, &id).await?;
    let language = match form.language.as_deref() {
        None | Some("") => None,
        Some("en") => Some(Language::En),
        Some("bg") => Some(Language::Bg),
        Some(other) => return Err(Problem::wrong(format!("language = {other:?} is not possible"), "give en or bg")),
    };
    let asked = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let as_vcard = match form.format.as_deref() {
        None | Some("") => asked.contains("text/vcard"),
        Some("vcard") => true,
        Some("json") => false,
        Some(other) => {
            return Err(Problem::wrong(format!("format = {other:?} is not possible"), "give json or vcard"));
        }
    };
    let card = card(&serving.ledger, account.as_str(), serving.today(), language).await?;
    if as_vcard { Ok(file(vcard::vcard(&card))) } else { Ok(Json(card).into_response()) }
}

/// A vCard to be saved.
pub fn file(text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(vcard::MEDIA_TYPE)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"contacts.vcf\"")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, text).into_response()
}

/// The links to an account's card, revoked ones too; never their secrets.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/card-links", params(("id" = String, Path), Page), tag = "accounts",
    responses((status = 200, body = Links), (status = "4XX", body = ProblemBody)))]
pub async fn links(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Links>, Problem> {
    let account = reached(&serving, &caller, Operation::ShareCards, &id).await?;
    let limit = rows(page.limit)?;
    let found = serving.ledger.card_links(&account).await?;
    let (found, next) = some_from(found, page.after, limit, |one| one.number);
    let now = serving.now();
    Ok(Json(Links { links: found.into_iter().map(|one| link(one, now)).collect(), next }))
}

/// Makes a link by which a customer sees the card without signing in; its secret is shown this once.
#[utoipa::path(post, path = "/api/v1/accounts/{id}/card-links", params(("id" = String, Path)), request_body = Fresh,
    tag = "accounts", responses((status = 201, body = Made), (status = "4XX", body = ProblemBody)))]
pub async fn share(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Json(given): Json<Fresh>,
) -> Result<Response, Problem> {
    let account = reached(&serving, &caller, Operation::ShareCards, &id).await?;
    let now = serving.now();
    let expires_at = match given.days {
        None => None,
        Some(days) if (1..=3_650).contains(&days) => {
            Some(now.saturating_add(SignedDuration::from_hours(24 * days)).map_err(|error| Problem::ours(&error))?)
        }
        Some(days) => return Err(Problem::wrong(format!("a link cannot last {days} days"), "give 1 to 3650")),
    };
    let fresh = secret::fresh().map_err(|error| Problem::ours(&error))?;
    let new = CardLink { account, label: given.label, expires_at, revoked: false };
    let kept = serving.ledger.share_card(new, &secret::hash(&fresh), &caller.user.name, now).await?;
    let place = format!("/api/v1/accounts/{}/card-links/{}", segment(&id), kept.number);
    made(&place, kept.version, Made { path: format!("/card/{fresh}"), link: link(kept, now) })
}

/// Makes a link useless for ever.
#[utoipa::path(delete, path = "/api/v1/accounts/{id}/card-links/{number}", tag = "accounts",
    params(("id" = String, Path), ("number" = u64, Path)),
    responses((status = 204, description = "revoked"), (status = "4XX", body = ProblemBody)))]
pub async fn revoke(
    State(serving): State<Serving>,
    caller: Caller,
    Path((id, number)): Path<(String, u64)>,
) -> Result<StatusCode, Problem> {
    let account = reached(&serving, &caller, Operation::ShareCards, &id).await?;
    let revoked = serving.ledger.revoke_card(&account, number, &caller.user.name, serving.now()).await?;
    if revoked { Ok(StatusCode::NO_CONTENT) } else { Err(Problem::missing("link in use", &number.to_string())) }
}
