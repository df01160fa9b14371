//! `/api/v1/webhooks`: who is told of changes, what was delivered to them, and what is delivered once more.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use bailiwick_domain::access::{Operation, Relation};
use bailiwick_domain::audit::AuditAction;
use bailiwick_store::{DeliveryRecord, WebhookChange, WebhookRecord};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::version::{location, must_have_seen, tagged};
use super::{parsed, rows};
use crate::caller::Caller;
use crate::deliver::SECRET_PREFIX;
use crate::extract::{Json, Path, Query};
use crate::once::ShownOnce;
use crate::problem::{Problem, ProblemBody};
use crate::{Serving, outbound, secret};

#[derive(Serialize, ToSchema)]
pub struct Webhook {
    webhook_id: String,
    url: String,
    /// Actions of the audit trail, such as `plan.applied`; all where there are none.
    events: Vec<&'static str>,
    active: bool,
    /// Since when nothing arrives there.
    #[schema(value_type = Option<String>, format = DateTime)]
    failing_since: Option<Timestamp>,
    /// Why the service has disabled it; whoever changes it begins anew.
    disabled: Option<String>,
    /// Sent as ETag, too.
    version: u64,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

#[derive(Serialize, ToSchema)]
pub struct Webhooks {
    webhooks: Vec<Webhook>,
    /// Where the next page begins; null on the last.
    next: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = WebhookMade)]
pub struct Made {
    /// By which the receiver knows that a message is ours (Standard Webhooks). It is shown this once.
    secret: String,
    webhook: Webhook,
}

#[derive(Serialize, ToSchema)]
pub struct Delivery {
    delivery_id: u64,
    /// The entry of the audit trail that is told of.
    entry: u64,
    event: String,
    /// `waiting`, `delivered` or `given-up`.
    state: &'static str,
    attempts: u32,
    /// When it is tried again; null where it is sent at once, or not any more.
    #[schema(value_type = Option<String>, format = DateTime)]
    next_at: Option<Timestamp>,
    /// Of the last answer.
    status: Option<u16>,
    error: Option<String>,
    #[schema(value_type = Option<String>, format = DateTime)]
    tried_at: Option<Timestamp>,
}

#[derive(Serialize, ToSchema)]
pub struct Deliveries {
    /// The newest first.
    deliveries: Vec<Delivery>,
    /// Where the next page begins; null on the last.
    next: Option<u64>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wish {
    /// https, and a public address.
    url: String,
    /// Actions of the audit trail, such as `plan.applied`; all when absent.
    #[serde(default)]
    events: Vec<String>,
    /// True when absent.
    active: Option<bool>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

impl From<WebhookRecord> for Webhook {
    fn from(webhook: WebhookRecord) -> Webhook {
        Webhook {
            webhook_id: webhook.id.to_string(),
            url: webhook.url,
            events: webhook.events.iter().map(|event| event.as_str()).collect(),
            active: webhook.active,
            failing_since: webhook.failing_since,
            disabled: webhook.disabled,
            version: webhook.version,
            created_at: webhook.created_at,
        }
    }
}

impl From<DeliveryRecord> for Delivery {
    fn from(delivery: DeliveryRecord) -> Delivery {
        let waits = delivery.state == bailiwick_store::DeliveryState::Waiting;
        Delivery {
            delivery_id: delivery.id,
            entry: delivery.entry,
            event: delivery.event,
            state: delivery.state.as_str(),
            attempts: delivery.attempts,
            next_at: waits.then_some(delivery.next_at).filter(|next_at| *next_at > Timestamp::UNIX_EPOCH),
            status: delivery.status,
            error: delivery.error,
            tried_at: delivery.tried_at,
        }
    }
}

/// Webhooks; their secrets are not told.
#[utoipa::path(get, path = "/api/v1/webhooks", params(Wanted), tag = "webhooks",
    responses((status = 200, body = Webhooks), (status = "4XX", body = ProblemBody)))]
pub async fn list(
    State(serving): State<Serving>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Webhooks>, Problem> {
    caller.authorise(Operation::ManageWebhooks, Relation::Other)?;
    let limit = rows(wanted.limit)?;
    let after: Option<Uuid> = parsed("after", wanted.after.as_deref(), "give the next of the page before")?;
    let mut found = serving.ledger.webhooks(after, limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = if more { found.last().map(|webhook| webhook.id.to_string()) } else { None };
    Ok(Json(Webhooks { webhooks: found.into_iter().map(Webhook::from).collect(), next }))
}

/// One webhook.
#[utoipa::path(get, path = "/api/v1/webhooks/{id}", params(("id" = String, Path)), tag = "webhooks",
    responses((status = 200, body = Webhook), (status = "4XX", body = ProblemBody)))]
pub async fn one(State(serving): State<Serving>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let found = reached(&serving, &caller, &id).await?;
    Ok(tagged(found.version, Json(Webhook::from(found))))
}

/// Makes a webhook; its secret is shown this once.
#[utoipa::path(post, path = "/api/v1/webhooks", request_body = Wish, tag = "webhooks",
    responses((status = 201, body = Made), (status = "4XX", body = ProblemBody)))]
pub async fn create(
    State(serving): State<Serving>,
    caller: Caller,
    Json(wish): Json<Wish>,
) -> Result<Response, Problem> {
    caller.authorise(Operation::ManageWebhooks, Relation::Other)?;
    let wish = possible(&serving, wish)?;
    let secret = fresh_secret()?;
    let made = serving.ledger.create_webhook(Uuid::now_v7(), &wish, &secret, &caller.user.name, serving.now()).await?;
    let place = location(&format!("/api/v1/webhooks/{}", made.id))?;
    let version = made.version;
    let body = Json(Made { secret, webhook: made.into() });
    Ok((StatusCode::CREATED, place, Extension(ShownOnce("secret")), tagged(version, body)).into_response())
}

/// Changes a webhook; one that the service has disabled begins anew.
#[utoipa::path(put, path = "/api/v1/webhooks/{id}", request_body = Wish, tag = "webhooks",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the version that was read, in quotes")),
    responses((status = 200, body = Webhook), (status = "4XX", body = ProblemBody)))]
pub async fn change(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(wish): Json<Wish>,
) -> Result<Response, Problem> {
    let found = reached(&serving, &caller, &id).await?;
    let seen = must_have_seen(&headers)?;
    let wish = possible(&serving, wish)?;
    let at = (caller.user.name.as_str(), serving.now());
    let changed = serving.ledger.change_webhook(found.id, seen, &wish, None, at).await?;
    Ok(tagged(changed.version, Json(Webhook::from(changed))))
}

/// Gives a webhook another secret, which is shown this once.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/secret", request_body = Nothing, tag = "webhooks",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the version that was read, in quotes")),
    responses((status = 200, body = Made), (status = "4XX", body = ProblemBody)))]
pub async fn renew(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(_nothing): Json<Nothing>,
) -> Result<Response, Problem> {
    let found = reached(&serving, &caller, &id).await?;
    let seen = must_have_seen(&headers)?;
    let secret = fresh_secret()?;
    let same = WebhookChange { url: found.url, events: found.events, active: found.active };
    let at = (caller.user.name.as_str(), serving.now());
    let changed = serving.ledger.change_webhook(found.id, seen, &same, Some(&secret), at).await?;
    let version = changed.version;
    let body = Json(Made { secret, webhook: changed.into() });
    Ok((Extension(ShownOnce("secret")), tagged(version, body)).into_response())
}

/// Removes a webhook, and the log of its deliveries.
#[utoipa::path(delete, path = "/api/v1/webhooks/{id}", tag = "webhooks",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the version that was read, in quotes")),
    responses((status = 204, description = "removed"), (status = "4XX", body = ProblemBody)))]
pub async fn remove(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    let found = reached(&serving, &caller, &id).await?;
    let seen = must_have_seen(&headers)?;
    serving.ledger.remove_webhook(found.id, seen, &caller.user.name, serving.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What was delivered, and what waits; kept for thirty days.
#[utoipa::path(get, path = "/api/v1/webhooks/{id}/deliveries", tag = "webhooks",
    params(("id" = String, Path), Wanted),
    responses((status = 200, body = Deliveries), (status = "4XX", body = ProblemBody)))]
pub async fn deliveries(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Deliveries>, Problem> {
    let webhook = reached(&serving, &caller, &id).await?;
    let limit = rows(wanted.limit)?;
    let before = parsed("after", wanted.after.as_deref(), "give the next of the page before")?;
    let mut found = serving.ledger.deliveries(webhook.id, before, limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = if more { found.last().map(|delivery| delivery.id) } else { None };
    Ok(Json(Deliveries { deliveries: found.into_iter().map(Delivery::from).collect(), next }))
}

/// Delivers once more, as the same message.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/deliveries/{delivery}/replay", request_body = Nothing, tag = "webhooks",
    params(("id" = String, Path), ("delivery" = u64, Path)),
    responses((status = 202, description = "it will be"), (status = "4XX", body = ProblemBody)))]
pub async fn replay(
    State(serving): State<Serving>,
    caller: Caller,
    Path((id, delivery)): Path<(String, u64)>,
    Json(_nothing): Json<Nothing>,
) -> Result<StatusCode, Problem> {
    let webhook = reached(&serving, &caller, &id).await?;
    let found = serving.ledger.replay_delivery(webhook.id, delivery, serving.now()).await?;
    if found { Ok(StatusCode::ACCEPTED) } else { Err(Problem::missing("delivery", &delivery.to_string())) }
}

fn fresh_secret() -> Result<String, Problem> {
    let bytes = secret::bytes::<32>().map_err(|error| Problem::ours(&error))?;
    Ok(format!("{SECRET_PREFIX}{}", STANDARD.encode(bytes)))
}

fn possible(serving: &Serving, wish: Wish) -> Result<WebhookChange, Problem> {
    if wish.url.len() > 2_000 {
        return Err(Problem::wrong("the address is too long", "give at most 2000 characters"));
    }
    outbound::examine(&wish.url, &serving.settings.webhook_allow).map_err(|why| {
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, why, "give an address such as https://crm.example.com/hooks/1")
    })?;
    let mut events = wish
        .events
        .iter()
        .map(|word| {
            AuditAction::from_text(word).ok_or_else(|| {
                let known = AuditAction::ALL.map(AuditAction::as_str).join(", ");
                Problem::wrong(format!("there is no event {word:?}"), format!("give some of {known}"))
            })
        })
        .collect::<Result<Vec<_>, _>>()?;
    events.sort_by_key(|event| event.as_str());
    events.dedup();
    Ok(WebhookChange { url: wish.url, events, active: wish.active.unwrap_or(true) })
}

async fn reached(serving: &Serving, caller: &Caller, id: &str) -> Result<WebhookRecord, Problem> {
    caller.authorise_read(Operation::ManageWebhooks, Relation::Other, "webhook", id)?;
    let missing = || Problem::missing("webhook", id);
    let known: Uuid = id.parse().map_err(|_| missing())?;
    serving.ledger.webhook(known).await?.ok_or_else(missing)
}
