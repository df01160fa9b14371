//! Sessions of people who signed in. Only the hash of a session's secret is kept, so that whoever reads the database
//! cannot take a session over.

use bailiwick_domain::audit::AuditAction;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use uuid::Uuid;

use crate::db::{Connection, query, sql};
use crate::error::StoreError;
use crate::ledger::{Ledger, moment};
use crate::user::{self, UserRecord, entry};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRecord {
    pub user: UserRecord,
    pub created_at: Timestamp,
    /// As of the last time it was noted.
    pub seen_at: Timestamp,
    /// It ends then, however much it is used.
    pub expires_at: Timestamp,
}

/// A session as its user sees it among their others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnSession {
    /// The beginning of the secret's hash, which tells it from the user's others and opens nothing.
    pub id: String,
    pub created_at: Timestamp,
    /// As of the last time it was noted.
    pub seen_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Digits of the hash that name a session.
const ID: usize = 16;

impl OwnSession {
    /// The name of the session whose secret has this hash.
    #[must_use]
    pub fn id_of(secret_hash: &str) -> String {
        secret_hash.chars().take(ID).collect()
    }
}

/// A session to be opened.
pub struct NewSession<'a> {
    /// SHA-256 (hex) of the secret.
    pub secret_hash: &'a str,
    pub user: &'a UserRecord,
    pub expires_at: Timestamp,
    /// The session the same browser had; it ends.
    pub replaces: Option<&'a str>,
}

impl Ledger {
    /// Opens a session after the right password: earlier wrong ones are forgiven, and sessions that have expired go.
    pub async fn open_session(&self, new: &NewSession<'_>, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        query("UPDATE users SET failed = 0, locked_until = NULL WHERE user_id = $1")
            .bind(new.user.id.to_string())
            .execute(&mut tx)
            .await?;
        query("DELETE FROM sessions WHERE expires_at <= $1 OR secret_hash = $2")
            .bind(at.as_microsecond())
            .bind(new.replaces.unwrap_or_default())
            .execute(&mut tx)
            .await?;
        query(
            "INSERT INTO sessions (secret_hash, user_id, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $3, $4)",
        )
        .bind(new.secret_hash)
        .bind(new.user.id.to_string())
        .bind(at.as_microsecond())
        .bind(new.expires_at.as_microsecond())
        .execute(&mut tx)
        .await?;
        let name = &new.user.name;
        entry(&mut tx, name, at, AuditAction::SessionOpened, name, Value::Null, Value::Null).await?;
        tx.commit().await
    }

    /// The session of this secret, if it has neither expired nor lain idle too long and its user is active.
    pub async fn session(
        &self,
        secret_hash: &str,
        at: Timestamp,
        idle: SignedDuration,
    ) -> Result<Option<SessionRecord>, StoreError> {
        let row = query(sql(format!(
            "SELECT {}, s.created_at, s.seen_at, s.expires_at FROM sessions s JOIN users u ON u.user_id = s.user_id \
             WHERE s.secret_hash = $1 AND u.active = 1 AND s.expires_at > $2 AND s.seen_at > $3",
            user::columns_of("u")
        )))
        .bind(secret_hash)
        .bind(at.as_microsecond())
        .bind(at.saturating_sub(idle).unwrap_or(Timestamp::MIN).as_microsecond())
        .fetch_optional(&self.pool)
        .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(SessionRecord {
            user: user::read(&row)?,
            created_at: moment(row.try_get(9)?)?,
            seen_at: moment(row.try_get(10)?)?,
            expires_at: moment(row.try_get(11)?)?,
        }))
    }

    /// A user's sessions that have neither expired nor lain idle too long, the one used last first.
    pub async fn sessions_of(
        &self,
        user: Uuid,
        at: Timestamp,
        idle: SignedDuration,
    ) -> Result<Vec<OwnSession>, StoreError> {
        let rows = query(
            "SELECT secret_hash, created_at, seen_at, expires_at FROM sessions \
             WHERE user_id = $1 AND expires_at > $2 AND seen_at > $3 ORDER BY seen_at DESC, secret_hash",
        )
        .bind(user.to_string())
        .bind(at.as_microsecond())
        .bind(at.saturating_sub(idle).unwrap_or(Timestamp::MIN).as_microsecond())
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let hash: String = row.try_get(0)?;
                Ok(OwnSession {
                    id: OwnSession::id_of(&hash),
                    created_at: moment(row.try_get(1)?)?,
                    seen_at: moment(row.try_get(2)?)?,
                    expires_at: moment(row.try_get(3)?)?,
                })
            })
            .collect()
    }

    /// Ends a session of the user's; whether there was one.
    pub async fn end_session_of(&self, user: Uuid, id: &str, actor: &str, at: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let ended = query("DELETE FROM sessions WHERE user_id = $1 AND substr(secret_hash, 1, 16) = $2")
            .bind(user.to_string())
            .bind(id)
            .execute(&mut tx)
            .await?
            > 0;
        if ended {
            entry(&mut tx, actor, at, AuditAction::SessionEnded, actor, Value::Null, Value::Null).await?;
        }
        tx.commit().await?;
        Ok(ended)
    }

    /// Notes that a session is in use. No matter of the audit trail.
    pub async fn touch_session(&self, secret_hash: &str, at: Timestamp) -> Result<(), StoreError> {
        query("UPDATE sessions SET seen_at = $1 WHERE secret_hash = $2 AND seen_at < $1")
            .bind(at.as_microsecond())
            .bind(secret_hash)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Ends a session; whether there was one.
    pub async fn end_session(&self, secret_hash: &str, actor: &str, at: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let ended = query("DELETE FROM sessions WHERE secret_hash = $1").bind(secret_hash).execute(&mut tx).await? > 0;
        if ended {
            entry(&mut tx, actor, at, AuditAction::SessionEnded, actor, Value::Null, Value::Null).await?;
        }
        tx.commit().await?;
        Ok(ended)
    }
}

/// Ends all sessions of a user, except one.
pub(crate) async fn end_all(tx: &mut Connection, user: Uuid, keep: Option<&str>) -> Result<(), StoreError> {
    query("DELETE FROM sessions WHERE user_id = $1 AND secret_hash <> $2")
        .bind(user.to_string())
        .bind(keep.unwrap_or_default())
        .execute(tx)
        .await?;
    Ok(())
}
