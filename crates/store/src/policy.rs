//! Policies as they were used: text, and what was frozen with it.

use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::audit::{self, Change, NewEntry};
use crate::db::{Connection, Row, query, sql};
use crate::digest::{Section, Touched, hex};
use crate::error::StoreError;
use crate::ledger::{Ledger, canonical, count, moment};
use bailiwick_domain::audit::AuditAction;

/// SHA-256 of a policy's text, as [`crate::NewPlan`] wants it.
#[must_use]
pub fn sha256_hex(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// SHA-256 (hex) of some pieces, one after another.
#[must_use]
pub fn sha256_of(pieces: &[&[u8]]) -> String {
    let all = pieces.iter().fold(Sha256::new(), |hash, piece| hash.chain_update(piece));
    hex(&all.finalize())
}

/// Keeps the policy, unless it is there already with the same frozen values; its version.
pub(crate) async fn save(
    conn: &mut Connection,
    change: &mut Change<'_>,
    text: &str,
    sha256: &str,
    frozen: &Value,
) -> Result<i64, StoreError> {
    let frozen = canonical(frozen);
    let known: Option<i64> = query("SELECT max(version) FROM policies WHERE sha256 = $1 AND frozen = $2")
        .bind(sha256)
        .bind(&frozen)
        .scalar(&mut *conn)
        .await?;
    if let Some(version) = known {
        return Ok(version);
    }
    let (version, before) = next(conn).await?;
    let why = Why { action: AuditAction::PolicySaved, reason: "used by a plan that is applied" };
    write(conn, change, &Written { version, text, sha256, frozen: &frozen, before }, why).await?;
    Ok(version)
}

/// The number of the next version, and what the last is.
async fn next(conn: &mut Connection) -> Result<(i64, Value), StoreError> {
    let last =
        query("SELECT version, sha256 FROM policies ORDER BY version DESC LIMIT 1").fetch_optional(&mut *conn).await?;
    Ok(match last {
        Some(row) => {
            let version: i64 = row.try_get(0)?;
            let sha256: String = row.try_get(1)?;
            (version + 1, serde_json::json!({"version": version, "sha256": sha256}))
        }
        None => (1, Value::Null),
    })
}

/// Why a version comes in.
struct Why<'a> {
    action: AuditAction,
    reason: &'a str,
}

struct Written<'a> {
    version: i64,
    text: &'a str,
    sha256: &'a str,
    frozen: &'a str,
    before: Value,
}

async fn write(
    conn: &mut Connection,
    change: &mut Change<'_>,
    new: &Written<'_>,
    why: Why<'_>,
) -> Result<(), StoreError> {
    let Written { version, text, sha256, frozen, .. } = *new;
    let seq = change.next_seq();
    let at = change.at_micros();
    query(
        "INSERT INTO policies (version, text, sha256, frozen, recorded_at, recorded_by) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(version)
    .bind(text)
    .bind(sha256)
    .bind(frozen)
    .bind(at)
    .bind(seq)
    .execute(&mut *conn)
    .await?;
    let mut touched = Touched::default();
    digest(&mut touched, version, text, sha256, frozen, at);
    change
        .append(
            conn,
            NewEntry {
                action: why.action,
                subject: version.to_string(),
                before: new.before.clone(),
                after: serde_json::json!({"version": version, "sha256": sha256}),
                reason: why.reason.into(),
                digest: touched.hex(),
            },
        )
        .await
}

pub(crate) fn digest(touched: &mut Touched, version: i64, text: &str, sha256: &str, frozen: &str, at: i64) {
    touched.section(Section::Policy).int(version).text(text).text(sha256).text(frozen).int(at);
}

/// A version of the policy.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyRecord {
    pub version: u64,
    pub text: String,
    pub sha256: String,
    pub recorded_at: Timestamp,
    /// Who wrote it, or applied the first plan that was made with it.
    pub actor: String,
}

const RECORD: &str = "SELECT p.version, p.text, p.sha256, p.recorded_at, a.actor FROM policies p \
     JOIN audit a ON a.seq = p.recorded_by";

impl Ledger {
    /// Versions of the policy from a number on, the oldest first.
    pub async fn policies(&self, after: Option<u64>, limit: u32) -> Result<Vec<PolicyRecord>, StoreError> {
        let rows = query(sql(format!("{RECORD} WHERE p.version > $1 ORDER BY p.version LIMIT $2")))
            .bind(after.map_or(0, |version| i64::try_from(version).unwrap_or(i64::MAX)))
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(record).collect()
    }

    /// One version; the last without a number.
    pub async fn policy(&self, version: Option<u64>) -> Result<Option<PolicyRecord>, StoreError> {
        let number = version.map(|version| i64::try_from(version).unwrap_or(i64::MAX));
        let row = query(sql(format!(
            "{RECORD} WHERE CAST($1 AS BIGINT) IS NULL OR p.version = $1 ORDER BY p.version DESC LIMIT 1"
        )))
        .bind(number)
        .fetch_optional(&self.pool)
        .await?;
        row.as_ref().map(record).transpose()
    }

    /// Keeps a text as the next version, to be planned with. It is in force only once a plan made with it is applied.
    ///
    /// # Errors
    /// [`StoreError::PolicyMoved`] if the last version is not the one that the writer has seen (0: none).
    pub async fn write_policy(
        &self,
        text: &str,
        seen: u64,
        reason: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<PolicyRecord, StoreError> {
        let mut tx = self.begin().await?;
        let conn = &mut tx;
        let mut change = Change::begin(audit::head(&mut *conn).await?, actor, at);
        let (version, before) = next(conn).await?;
        if count(version) != seen + 1 {
            return Err(StoreError::PolicyMoved { seen, last: count(version).saturating_sub(1) });
        }
        let sha256 = sha256_hex(text);
        let new = Written { version, text, sha256: &sha256, frozen: "null", before };
        write(conn, &mut change, &new, Why { action: AuditAction::PolicyWritten, reason }).await?;
        let recorded_at = change.at()?;
        tx.commit().await?;
        let actor = actor.to_owned();
        Ok(PolicyRecord { version: count(version), text: text.to_owned(), sha256, recorded_at, actor })
    }
}

fn record(row: &Row) -> Result<PolicyRecord, StoreError> {
    Ok(PolicyRecord {
        version: count(row.try_get(0)?),
        text: row.try_get(1)?,
        sha256: row.try_get(2)?,
        recorded_at: moment(row.try_get(3)?)?,
        actor: row.try_get(4)?,
    })
}
