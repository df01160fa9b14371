//! Policies as they were used: text, and what was frozen with it.

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::audit::{Change, NewEntry};
use crate::db::{Connection, query};
use crate::digest::{Section, Touched, hex};
use crate::error::StoreError;
use crate::ledger::canonical;
use bailiwick_domain::audit::AuditAction;

/// SHA-256 of a policy's text, as [`crate::NewPlan`] wants it.
#[must_use]
pub fn sha256_hex(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
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
    let last =
        query("SELECT version, sha256 FROM policies ORDER BY version DESC LIMIT 1").fetch_optional(&mut *conn).await?;
    let (version, before) = match last {
        Some(row) => {
            let version: i64 = row.try_get(0)?;
            let sha256: String = row.try_get(1)?;
            (version + 1, serde_json::json!({"version": version, "sha256": sha256}))
        }
        None => (1, Value::Null),
    };
    let seq = change.next_seq();
    let at = change.at_micros();
    query(
        "INSERT INTO policies (version, text, sha256, frozen, recorded_at, recorded_by) VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(version)
    .bind(text)
    .bind(sha256)
    .bind(&frozen)
    .bind(at)
    .bind(seq)
    .execute(&mut *conn)
    .await?;
    let mut touched = Touched::default();
    digest(&mut touched, version, text, sha256, &frozen, at);
    change
        .append(
            conn,
            NewEntry {
                action: AuditAction::PolicySaved,
                subject: version.to_string(),
                before,
                after: serde_json::json!({"version": version, "sha256": sha256}),
                reason: "used by a plan that is applied".into(),
                digest: touched.hex(),
            },
        )
        .await?;
    Ok(version)
}

pub(crate) fn digest(touched: &mut Touched, version: i64, text: &str, sha256: &str, frozen: &str, at: i64) {
    touched.section(Section::Policy).int(version).text(text).text(sha256).text(frozen).int(at);
}
