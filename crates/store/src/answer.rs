//! Answers that are kept, so that a request which is sent twice is carried out once.
//!
//! The answer is written in the transaction of what the request changed: there is never the one without the other.

use jiff::Timestamp;
use uuid::Uuid;

use crate::db::{Source, query, whole};
use crate::error::StoreError;
use crate::ledger::Ledger;

/// Whose request, and which.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerKey {
    pub user: Uuid,
    /// SHA-256 (hex) of what the caller calls it.
    pub key_hash: String,
    /// SHA-256 (hex) of what was asked.
    pub fingerprint: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    pub status: u16,
    /// A JSON object.
    pub headers: String,
    pub body: String,
}

/// What is kept under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    Nothing,
    Answer(KeptAnswer),
    /// Something else was asked under this key.
    OfAnother,
}

/// What became of a request.
#[derive(Debug)]
pub enum Once<T> {
    /// It was carried out, or refused.
    Done(T),
    /// Somebody else carried it out meanwhile; here nothing was changed.
    Before(Kept),
}

impl Ledger {
    /// What is kept under a key.
    pub async fn kept_answer(&self, key: &AnswerKey, at: Timestamp) -> Result<Kept, StoreError> {
        look(&self.pool, key, at).await
    }

    /// Carries out `work`, all of whose changes become one transaction with the answer that it gives to be kept. Where it
    /// gives none, nothing it changed stays.
    ///
    /// # Errors
    /// Those of the database; nothing is changed then.
    pub async fn once<T>(
        &self,
        key: &AnswerKey,
        at: Timestamp,
        expires_at: Timestamp,
        work: impl Future<Output = (T, Option<KeptAnswer>)>,
    ) -> Result<Once<T>, StoreError> {
        let ((result, answer), changed) = whole::run(work).await;
        let Some(answer) = answer else { return Ok(Once::Done(result)) };
        let mut tx = match changed {
            Some(tx) => tx,
            None => self.begin().await?,
        };
        match look(&mut tx, key, at).await? {
            Kept::Nothing => {}
            before => return Ok(Once::Before(before)),
        }
        query("DELETE FROM answers WHERE user_id = $1 AND key_hash = $2")
            .bind(key.user.to_string())
            .bind(&key.key_hash)
            .execute(&mut tx)
            .await?;
        query(
            "INSERT INTO answers (user_id, key_hash, fingerprint, status, headers, body, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(key.user.to_string())
        .bind(&key.key_hash)
        .bind(&key.fingerprint)
        .bind(i64::from(answer.status))
        .bind(&answer.headers)
        .bind(&answer.body)
        .bind(expires_at.as_microsecond())
        .execute(&mut tx)
        .await?;
        tx.commit_now().await?;
        Ok(Once::Done(result))
    }

    /// Forgets answers that have expired; how many.
    pub async fn forget_answers(&self, at: Timestamp) -> Result<u64, StoreError> {
        Ok(query("DELETE FROM answers WHERE expires_at <= $1").bind(at.as_microsecond()).execute(&self.pool).await?)
    }
}

async fn look<'c>(source: impl Into<Source<'c>>, key: &AnswerKey, at: Timestamp) -> Result<Kept, StoreError> {
    let row = query(
        "SELECT fingerprint, status, headers, body FROM answers WHERE user_id = $1 AND key_hash = $2 AND expires_at > $3",
    )
    .bind(key.user.to_string())
    .bind(&key.key_hash)
    .bind(at.as_microsecond())
    .fetch_optional(source)
    .await?;
    let Some(row) = row else { return Ok(Kept::Nothing) };
    if row.try_get::<&str>(0)? != key.fingerprint {
        return Ok(Kept::OfAnother);
    }
    Ok(Kept::Answer(KeptAnswer {
        status: u16::try_from(row.try_get::<i64>(1)?).unwrap_or(200),
        headers: row.try_get(2)?,
        body: row.try_get(3)?,
    }))
}
