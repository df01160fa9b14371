//! Webhooks: who is told of changes, and the outbox of what they are to be told.
//!
//! A delivery is written in the transaction of the entry that it tells of ([`announce`]), so nothing is told that did not
//! happen, and nothing that happened is left untold.

use bailiwick_domain::audit::{AuditAction, AuditEntry, AuditFilter};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::{Connection, Row, query, sql};
use crate::error::StoreError;
use crate::ledger::{Ledger, bad, count, moment};
use crate::user::{entry, uuid};

/// Where changes are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookRecord {
    pub id: Uuid,
    pub url: String,
    /// All where there are none.
    pub events: Vec<AuditAction>,
    pub active: bool,
    /// Since when nothing arrives there.
    pub failing_since: Option<Timestamp>,
    /// Why the service has disabled it.
    pub disabled: Option<String>,
    pub version: u64,
    pub created_at: Timestamp,
}

/// What a webhook is to be from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookChange {
    pub url: String,
    pub events: Vec<AuditAction>,
    pub active: bool,
}

/// How far a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryState {
    Waiting,
    Delivered,
    /// It was tried often enough.
    GivenUp,
}

impl DeliveryState {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            DeliveryState::Waiting => "waiting",
            DeliveryState::Delivered => "delivered",
            DeliveryState::GivenUp => "given-up",
        }
    }

    fn from_text(text: &str) -> Option<Self> {
        use DeliveryState::*;
        [Waiting, Delivered, GivenUp].into_iter().find(|state| state.as_str() == text)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryRecord {
    pub id: u64,
    pub webhook: Uuid,
    /// The entry of the audit trail that is told of.
    pub entry: u64,
    pub event: String,
    pub state: DeliveryState,
    pub attempts: u32,
    /// The epoch: at once.
    pub next_at: Timestamp,
    pub status: Option<u16>,
    pub error: Option<String>,
    pub tried_at: Option<Timestamp>,
}

/// What is to be delivered now, and how.
#[derive(Debug, Clone)]
pub struct Due {
    pub delivery: DeliveryRecord,
    pub url: String,
    pub secret: String,
    pub entry: AuditEntry,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempted {
    pub status: Option<u16>,
    /// None: it arrived.
    pub error: Option<String>,
    /// When it is tried again, if it is.
    pub next_at: Option<Timestamp>,
    /// Why nothing is sent there any more, if so.
    pub disable: Option<String>,
}

const COLUMNS: &str = "webhook_id, url, events, active, failing_since, disabled, version, created_at";
const DELIVERY: &str =
    "d.id, d.webhook_id, d.entry, d.event, d.state, d.attempts, d.next_at, d.status, d.error, d.tried_at";

/// Puts an entry of the audit trail into the outbox of everybody who wants to know of it, to be sent at once.
pub(crate) async fn announce(conn: &mut Connection, seq: i64, action: &str, at: i64) -> Result<(), StoreError> {
    query(
        "INSERT INTO deliveries (id, webhook_id, entry, event, state, attempts, next_at, created_at) \
         SELECT (SELECT coalesce(max(id), 0) FROM deliveries) + row_number() OVER (ORDER BY webhook_id), \
         webhook_id, CAST($1 AS BIGINT), CAST($2 AS TEXT), 'waiting', 0, 0, CAST($3 AS BIGINT) \
         FROM webhooks WHERE active = 1 AND (events = '' OR (' ' || events || ' ') LIKE ('% ' || CAST($2 AS TEXT) || ' %'))",
    )
    .bind(seq)
    .bind(action)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

fn words(events: &[AuditAction]) -> String {
    events.iter().map(|event| event.as_str()).collect::<Vec<_>>().join(" ")
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

impl Ledger {
    pub async fn create_webhook(
        &self,
        id: Uuid,
        new: &WebhookChange,
        secret: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<WebhookRecord, StoreError> {
        let mut tx = self.begin().await?;
        query(
            "INSERT INTO webhooks (webhook_id, url, secret, events, active, version, created_at) \
             VALUES ($1, $2, $3, $4, $5, 1, $6)",
        )
        .bind(id.to_string())
        .bind(&new.url)
        .bind(secret)
        .bind(words(&new.events))
        .bind(i64::from(new.active))
        .bind(at.as_microsecond())
        .execute(&mut tx)
        .await?;
        let made = find(&mut tx, id).await?;
        entry(&mut tx, actor, at, AuditAction::WebhookChanged, &id.to_string(), Value::Null, told(&made)).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Webhooks by their id.
    pub async fn webhooks(&self, after: Option<Uuid>, limit: u32) -> Result<Vec<WebhookRecord>, StoreError> {
        let rows =
            query(sql(format!("SELECT {COLUMNS} FROM webhooks WHERE webhook_id > $1 ORDER BY webhook_id LIMIT $2")))
                .bind(after.map(|id| id.to_string()).unwrap_or_default())
                .bind(i64::from(limit))
                .fetch_all(&self.pool)
                .await?;
        rows.iter().map(read).collect()
    }

    pub async fn webhook(&self, id: Uuid) -> Result<Option<WebhookRecord>, StoreError> {
        let row = query(sql(format!("SELECT {COLUMNS} FROM webhooks WHERE webhook_id = $1")))
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Makes a webhook what it is to be, with another secret if one is given. One that the service has disabled begins anew.
    ///
    /// # Errors
    /// [`StoreError::UnknownWebhook`], [`StoreError::WebhookMoved`] if it is not the version that was seen.
    pub async fn change_webhook(
        &self,
        id: Uuid,
        seen: u64,
        change: &WebhookChange,
        secret: Option<&str>,
        (actor, at): (&str, Timestamp),
    ) -> Result<WebhookRecord, StoreError> {
        let mut tx = self.begin().await?;
        let before = find(&mut tx, id).await?;
        if before.version != seen {
            return Err(StoreError::WebhookMoved { seen, last: before.version });
        }
        query(
            "UPDATE webhooks SET url = $1, events = $2, active = $3, secret = coalesce($4, secret), version = version + 1, \
             failing_since = NULL, disabled = NULL WHERE webhook_id = $5",
        )
        .bind(&change.url)
        .bind(words(&change.events))
        .bind(i64::from(change.active))
        .bind(secret)
        .bind(id.to_string())
        .execute(&mut tx)
        .await?;
        let after = find(&mut tx, id).await?;
        entry(&mut tx, actor, at, AuditAction::WebhookChanged, &id.to_string(), told(&before), told(&after)).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Removes a webhook and what it was still to be told.
    ///
    /// # Errors
    /// As [`Ledger::change_webhook`].
    pub async fn remove_webhook(&self, id: Uuid, seen: u64, actor: &str, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let before = find(&mut tx, id).await?;
        if before.version != seen {
            return Err(StoreError::WebhookMoved { seen, last: before.version });
        }
        query("DELETE FROM deliveries WHERE webhook_id = $1").bind(id.to_string()).execute(&mut tx).await?;
        query("DELETE FROM webhooks WHERE webhook_id = $1").bind(id.to_string()).execute(&mut tx).await?;
        entry(&mut tx, actor, at, AuditAction::WebhookChanged, &id.to_string(), told(&before), Value::Null).await?;
        tx.commit().await
    }

    /// Takes what is to be delivered now, the oldest first; nobody else gets it before `until`.
    pub async fn claim_deliveries(&self, at: Timestamp, until: Timestamp, limit: u32) -> Result<Vec<Due>, StoreError> {
        let waiting: Option<i64> = query("SELECT id FROM deliveries WHERE state = 'waiting' AND next_at <= $1 LIMIT 1")
            .bind(at.as_microsecond())
            .scalar_optional(&self.pool)
            .await?;
        if waiting.is_none() {
            return Ok(vec![]);
        }
        let mut tx = self.begin().await?;
        let rows = query(sql(format!(
            "SELECT {DELIVERY}, w.url, w.secret FROM deliveries d JOIN webhooks w ON w.webhook_id = d.webhook_id \
             WHERE d.state = 'waiting' AND d.next_at <= $1 AND w.active = 1 ORDER BY d.next_at, d.id LIMIT $2"
        )))
        .bind(at.as_microsecond())
        .bind(i64::from(limit))
        .fetch_all(&mut tx)
        .await?;
        let mut due = vec![];
        for row in &rows {
            let delivery = read_delivery(row)?;
            query("UPDATE deliveries SET next_at = $1 WHERE id = $2")
                .bind(until.as_microsecond())
                .bind(number(delivery.id))
                .execute(&mut tx)
                .await?;
            due.push((delivery, row.try_get(10)?, row.try_get(11)?));
        }
        drop(rows);
        tx.commit().await?;
        let mut all = vec![];
        for (delivery, url, secret) in due {
            let filter =
                AuditFilter { after_seq: Some(delivery.entry.saturating_sub(1)), limit: Some(1), ..Default::default() };
            if let Some(entry) = self.audit(&filter).await?.pop() {
                all.push(Due { delivery, url, secret, entry });
            }
        }
        Ok(all)
    }

    /// Notes how an attempt ended; where nothing has arrived for long, the webhook is disabled, and the audit trail says so.
    pub async fn note_attempt(
        &self,
        delivery: &DeliveryRecord,
        attempted: &Attempted,
        actor: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let state = match (&attempted.error, attempted.next_at) {
            (None, _) => DeliveryState::Delivered,
            (Some(_), Some(_)) => DeliveryState::Waiting,
            (Some(_), None) => DeliveryState::GivenUp,
        };
        query(
            "UPDATE deliveries SET state = $1, attempts = attempts + 1, next_at = $2, status = $3, error = $4, tried_at = $5 \
             WHERE id = $6",
        )
        .bind(state.as_str())
        .bind(attempted.next_at.unwrap_or(at).as_microsecond())
        .bind(attempted.status.map(i64::from))
        .bind(&attempted.error)
        .bind(at.as_microsecond())
        .bind(number(delivery.id))
        .execute(&mut tx)
        .await?;
        let webhook = delivery.webhook.to_string();
        let set = if attempted.error.is_none() { "NULL" } else { "coalesce(failing_since, $2)" };
        query(sql(format!(
            "UPDATE webhooks SET failing_since = {set} WHERE webhook_id = $1 AND CAST($2 AS BIGINT) IS NOT NULL"
        )))
        .bind(&webhook)
        .bind(at.as_microsecond())
        .execute(&mut tx)
        .await?;
        if let Some(why) = &attempted.disable {
            let disabled = query("UPDATE webhooks SET active = 0, disabled = $1, version = version + 1 WHERE webhook_id = $2 AND active = 1")
                .bind(why)
                .bind(&webhook)
                .execute(&mut tx)
                .await?;
            if disabled > 0 {
                let after = json!({ "active": false, "disabled": why });
                entry(&mut tx, actor, at, AuditAction::WebhookChanged, &webhook, Value::Null, after).await?;
            }
        }
        tx.commit().await
    }

    /// Deliveries of a webhook, the newest first, before the one of this number.
    pub async fn deliveries(
        &self,
        webhook: Uuid,
        before: Option<u64>,
        limit: u32,
    ) -> Result<Vec<DeliveryRecord>, StoreError> {
        let rows = query(sql(format!(
            "SELECT {DELIVERY} FROM deliveries d WHERE d.webhook_id = $1 AND d.id < $2 ORDER BY d.id DESC LIMIT $3"
        )))
        .bind(webhook.to_string())
        .bind(before.map_or(i64::MAX, number))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read_delivery).collect()
    }

    /// Delivers once more, as the same message; whether there is such a delivery.
    pub async fn replay_delivery(&self, webhook: Uuid, id: u64, at: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let found = query(
            "UPDATE deliveries SET state = 'waiting', attempts = 0, next_at = $1 WHERE id = $2 AND webhook_id = $3",
        )
        .bind(at.as_microsecond())
        .bind(number(id))
        .bind(webhook.to_string())
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        Ok(found > 0)
    }

    /// Forgets deliveries that are over and were made before a moment; how many.
    pub async fn forget_deliveries(&self, before: Timestamp) -> Result<u64, StoreError> {
        Ok(query("DELETE FROM deliveries WHERE state <> 'waiting' AND created_at < $1")
            .bind(before.as_microsecond())
            .execute(&self.pool)
            .await?)
    }
}

/// What the audit trail tells of a webhook; never its secret.
fn told(webhook: &WebhookRecord) -> Value {
    json!({ "url": webhook.url, "events": webhook.events, "active": webhook.active })
}

async fn find(tx: &mut Connection, id: Uuid) -> Result<WebhookRecord, StoreError> {
    let row = query(sql(format!("SELECT {COLUMNS} FROM webhooks WHERE webhook_id = $1")))
        .bind(id.to_string())
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(read).transpose()?.ok_or(StoreError::UnknownWebhook)
}

fn read(row: &Row) -> Result<WebhookRecord, StoreError> {
    let events: &str = row.try_get(2)?;
    let events = events.split_whitespace();
    Ok(WebhookRecord {
        id: uuid(row.try_get(0)?)?,
        url: row.try_get(1)?,
        events: events
            .map(|word| AuditAction::from_text(word).ok_or_else(|| bad("an action", word)))
            .collect::<Result<_, _>>()?,
        active: row.try_get::<i64>(3)? == 1,
        failing_since: row.try_get::<Option<i64>>(4)?.map(moment).transpose()?,
        disabled: row.try_get(5)?,
        version: count(row.try_get(6)?),
        created_at: moment(row.try_get(7)?)?,
    })
}

fn read_delivery(row: &Row) -> Result<DeliveryRecord, StoreError> {
    let state: &str = row.try_get(4)?;
    Ok(DeliveryRecord {
        id: count(row.try_get(0)?),
        webhook: uuid(row.try_get(1)?)?,
        entry: count(row.try_get(2)?),
        event: row.try_get(3)?,
        state: DeliveryState::from_text(state).ok_or_else(|| bad("the state of a delivery", state))?,
        attempts: u32::try_from(row.try_get::<i64>(5)?).unwrap_or(u32::MAX),
        next_at: moment(row.try_get(6)?)?,
        status: row.try_get::<Option<i64>>(7)?.and_then(|status| u16::try_from(status).ok()),
        error: row.try_get(8)?,
        tried_at: row.try_get::<Option<i64>>(9)?.map(moment).transpose()?,
    })
}
