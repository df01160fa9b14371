//! What is in the outbox is sent to who wants to know, signed as Standard Webhooks say.
//!
//! What does not arrive is tried again, later and later; where nothing has arrived for five days, nothing is sent any more.

use std::time::Duration;

use bailiwick_app::AppError;
use bailiwick_app::approval::SERVICE;
use bailiwick_store::{Attempted, Due};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;
use tracing::Instrument;

use crate::{Serving, outbound};

/// Deliveries at once.
const AT_ONCE: u32 = 20;
/// So long nobody else tries what is being tried.
const LEASE: SignedDuration = SignedDuration::from_secs(60);
/// So often it is tried.
const MOST_ATTEMPTS: u32 = 12;
/// So long nothing may arrive.
const PATIENCE: SignedDuration = SignedDuration::from_hours(5 * 24);
/// So long the log of deliveries is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);
pub const SECRET_PREFIX: &str = "whsec_";

/// Sends what is due.
///
/// # Errors
/// Those of the ledger.
pub async fn deliver(serving: &Serving) -> Result<(), AppError> {
    let now = serving.now();
    let until = now.saturating_add(LEASE).unwrap_or(Timestamp::MAX);
    loop {
        let due = serving.ledger.claim_deliveries(now, until, AT_ONCE).await?;
        if due.is_empty() {
            return Ok(());
        }
        let mut under_way = JoinSet::new();
        for one in due {
            let allowed = serving.settings.webhook_allow.clone();
            let span = tracing::info_span!("delivery", id = one.delivery.id, attempt = one.delivery.attempts + 1);
            let attempt = async move {
                let sent = send(&one, now, &allowed).await;
                (one, sent)
            };
            under_way.spawn(attempt.instrument(span));
        }
        while let Some(done) = under_way.join_next().await {
            let Ok((one, sent)) = done else { continue };
            note(serving, &one, sent, now).await?;
        }
        if serving.is_stopping() {
            return Ok(());
        }
    }
}

/// Forgets what is long over.
pub async fn tidy(serving: &Serving) -> Result<(), AppError> {
    let before = serving.now().saturating_sub(KEPT).unwrap_or(Timestamp::MIN);
    serving.ledger.forget_deliveries(before).await?;
    Ok(())
}

async fn note(serving: &Serving, due: &Due, sent: Result<u16, String>, now: Timestamp) -> Result<(), AppError> {
    let delivery = &due.delivery;
    let (status, error) = match sent {
        Ok(status) if (200..300).contains(&status) => (Some(status), None),
        Ok(status) => (Some(status), Some(format!("the answer was {status}"))),
        Err(error) => (None, Some(error)),
    };
    let attempt = delivery.attempts + 1;
    let gone = status == Some(410);
    let next_at = (error.is_some() && !gone && attempt < MOST_ATTEMPTS).then(|| later(now, delivery.id, attempt));
    let failing_since = serving.ledger.webhook(delivery.webhook).await?.and_then(|webhook| webhook.failing_since);
    let too_long = failing_since.is_some_and(|since| since.saturating_add(PATIENCE).is_ok_and(|end| end <= now));
    let disable = match &error {
        Some(_) if gone => Some(String::from("the answer was 410: it is gone")),
        Some(error) if too_long => Some(format!("nothing arrived for five days: {error}")),
        _ => None,
    };
    let attempted = Attempted { status, error, next_at, disable };
    serving.ledger.note_attempt(delivery, &attempted, SERVICE, now).await?;
    Ok(())
}

/// When it is tried again: 5 s after the first attempt, four times as long after each further one, at most 12 h; a fifth
/// more or less, so that not all come at once.
fn later(now: Timestamp, delivery: u64, attempt: u32) -> Timestamp {
    let seconds = 5_f64 * 4_f64.powi(i32::try_from(attempt.min(10)).unwrap_or(10) - 1);
    let seconds = seconds.min(12.0 * 3_600.0) * (0.8 + 0.4 * chance(delivery, attempt));
    now.saturating_add(Duration::from_secs_f64(seconds)).unwrap_or(Timestamp::MAX)
}

/// From 0 to 1, the same for the same delivery and attempt.
fn chance(delivery: u64, attempt: u32) -> f64 {
    let digest = Sha256::digest(format!("{delivery} {attempt}").as_bytes());
    f64::from(u16::from_le_bytes([digest[0], digest[1]])) / f64::from(u16::MAX)
}

/// Sends one message; the status of the answer.
async fn send(due: &Due, now: Timestamp, allowed: &[String]) -> Result<u16, String> {
    let entry = &due.entry;
    let body = json!({
        "type": due.delivery.event,
        "timestamp": entry.at,
        "data": {
            "entry": entry.seq, "actor": entry.actor, "subject": entry.subject, "reason": entry.reason,
            "before": entry.before, "after": entry.after,
        },
    })
    .to_string();
    let id = format!("msg_{}_{}", due.delivery.webhook.simple(), due.delivery.id);
    let timestamp = now.as_second();
    let signature = sign(&due.secret, &id, timestamp, &body)?;
    let (url, exempt) = outbound::examine(&due.url, allowed)?;
    let client = outbound::client_for(&url, exempt).await?;
    let request = client
        .post(url)
        .header("content-type", "application/json")
        .header("webhook-id", &id)
        .header("webhook-timestamp", timestamp.to_string())
        .header("webhook-signature", signature)
        .body(body);
    match request.send().await {
        Ok(answer) => Ok(answer.status().as_u16()),
        Err(error) => Err(in_words(&error)),
    }
}

/// Without the address, which may hold a secret.
fn in_words(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        String::from("there was no answer in time")
    } else if error.is_connect() {
        String::from("no connection could be made")
    } else {
        String::from("the request could not be sent")
    }
}

/// `v1,` and the HMAC-SHA256 of id, moment and body.
fn sign(secret: &str, id: &str, timestamp: i64, body: &str) -> Result<String, String> {
    let key = secret.strip_prefix(SECRET_PREFIX).unwrap_or(secret);
    let key = STANDARD.decode(key).map_err(|error| format!("the secret is damaged: {error}"))?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|error| error.to_string())?;
    mac.update(format!("{id}.{timestamp}.{body}").as_bytes());
    Ok(format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The example of the Standard Webhooks specification's reference libraries.
    #[test]
    fn the_signature_is_the_standards() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let signature = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, "{\"test\": 2432232314}").unwrap();
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn attempts_are_further_and_further_apart() {
        let seconds = |attempt| later(Timestamp::UNIX_EPOCH, 7, attempt).as_second();
        for (attempt, about) in [(1, 5), (2, 20), (3, 80), (4, 320), (5, 1_280), (9, 43_200), (12, 43_200)] {
            let waits = seconds(attempt);
            assert!((about * 79 / 100..=about * 121 / 100).contains(&waits), "{attempt}: {waits}");
        }
        assert_ne!(later(Timestamp::UNIX_EPOCH, 1, 9), later(Timestamp::UNIX_EPOCH, 2, 9));
    }
}
