//! Tokens by which programs come in on a user's behalf. Only the hash of the secret is kept.

use std::collections::BTreeSet;

use bailiwick_domain::access::TokenScope;
use bailiwick_domain::audit::AuditAction;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::db::{Row, query, sql};
use crate::error::StoreError;
use crate::ledger::{Ledger, date, date_text, moment};
use crate::user::{self, UserRecord, entry, from_words, uuid, words};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRecord {
    pub id: Uuid,
    pub name: String,
    pub scopes: BTreeSet<TokenScope>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    pub used_on: Option<Date>,
}

/// A token to be made.
pub struct NewToken<'a> {
    pub id: Uuid,
    pub user: Uuid,
    pub name: &'a str,
    /// SHA-256 (hex) of the secret.
    pub secret_hash: &'a str,
    pub scopes: &'a BTreeSet<TokenScope>,
    pub expires_at: Timestamp,
}

impl Ledger {
    pub async fn create_token(
        &self,
        new: &NewToken<'_>,
        actor: &str,
        at: Timestamp,
    ) -> Result<TokenRecord, StoreError> {
        let mut tx = self.begin().await?;
        query(
            "INSERT INTO tokens (token_id, user_id, name, secret_hash, scopes, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(new.id.to_string())
        .bind(new.user.to_string())
        .bind(new.name)
        .bind(new.secret_hash)
        .bind(words(new.scopes))
        .bind(at.as_microsecond())
        .bind(new.expires_at.as_microsecond())
        .execute(&mut tx)
        .await?;
        let after = json!({ "name": new.name, "scopes": new.scopes, "expires_at": new.expires_at });
        entry(&mut tx, actor, at, AuditAction::TokenCreated, &new.id.to_string(), Value::Null, after).await?;
        tx.commit().await?;
        Ok(TokenRecord {
            id: new.id,
            name: new.name.to_owned(),
            scopes: new.scopes.clone(),
            created_at: at,
            expires_at: new.expires_at,
            revoked_at: None,
            used_on: None,
        })
    }

    /// A user's tokens, the oldest first, those revoked and expired too.
    pub async fn tokens(&self, user: Uuid) -> Result<Vec<TokenRecord>, StoreError> {
        let rows = query(
            "SELECT token_id, name, scopes, created_at, expires_at, revoked_at, used_on FROM tokens \
             WHERE user_id = $1 ORDER BY created_at, token_id",
        )
        .bind(user.to_string())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| read(row, 0)).collect()
    }

    /// The token of this secret with its user, if it is good and the user is active.
    pub async fn token(
        &self,
        secret_hash: &str,
        at: Timestamp,
    ) -> Result<Option<(UserRecord, TokenRecord)>, StoreError> {
        let row = query(sql(format!(
            "SELECT {}, t.token_id, t.name, t.scopes, t.created_at, t.expires_at, t.revoked_at, t.used_on \
             FROM tokens t JOIN users u ON u.user_id = t.user_id \
             WHERE t.secret_hash = $1 AND u.active = 1 AND t.revoked_at IS NULL AND t.expires_at > $2",
            user::columns_of("u")
        )))
        .bind(secret_hash)
        .bind(at.as_microsecond())
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| Ok((user::read(&row)?, read(&row, 9)?))).transpose()
    }

    /// Notes the day a token was used on. No matter of the audit trail.
    pub async fn touch_token(&self, id: Uuid, on: Date) -> Result<(), StoreError> {
        query("UPDATE tokens SET used_on = $1 WHERE token_id = $2")
            .bind(date_text(on)?)
            .bind(id.to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Makes a user's token useless for ever; whether it was one of theirs and good until now.
    pub async fn revoke_token(&self, user: Uuid, id: Uuid, actor: &str, at: Timestamp) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let revoked =
            query("UPDATE tokens SET revoked_at = $1 WHERE token_id = $2 AND user_id = $3 AND revoked_at IS NULL")
                .bind(at.as_microsecond())
                .bind(id.to_string())
                .bind(user.to_string())
                .execute(&mut tx)
                .await?
                > 0;
        if revoked {
            entry(&mut tx, actor, at, AuditAction::TokenRevoked, &id.to_string(), Value::Null, Value::Null).await?;
        }
        tx.commit().await?;
        Ok(revoked)
    }
}

fn read(row: &Row, first: usize) -> Result<TokenRecord, StoreError> {
    Ok(TokenRecord {
        id: uuid(row.try_get(first)?)?,
        name: row.try_get(first + 1)?,
        scopes: from_words("scopes", row.try_get(first + 2)?, TokenScope::from_word)?,
        created_at: moment(row.try_get(first + 3)?)?,
        expires_at: moment(row.try_get(first + 4)?)?,
        revoked_at: row.try_get::<Option<i64>>(first + 5)?.map(moment).transpose()?,
        used_on: row.try_get::<Option<&str>>(first + 6)?.map(date).transpose()?,
    })
}
