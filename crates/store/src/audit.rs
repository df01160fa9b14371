//! The audit trail: written in the transaction of the change it tells of.

use bailiwick_domain::audit::{AuditAction, AuditEntry, AuditFilter};
use bailiwick_domain::ledger::LedgerVersion;
use jiff::Timestamp;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::db::{Connection, Row, Source, query, sql};
use crate::digest::hex;
use crate::error::StoreError;
use crate::ledger::{Ledger, bad, canonical, count, json, moment};
use crate::webhook;

const COLUMNS: &str = "seq, recorded_at, actor, action, subject, before_state, after_state, reason, digest, hash";

/// The last entry: what the next one is chained to.
#[derive(Clone)]
pub(crate) struct Head {
    pub(crate) seq: i64,
    hash: String,
    at: Option<i64>,
}

impl Head {
    pub(crate) fn version(&self) -> LedgerVersion {
        if self.seq == 0 { LedgerVersion::empty() } else { LedgerVersion::after(count(self.seq), &self.hash) }
    }
}

pub(crate) async fn head<'c>(on: impl Into<Source<'c>>) -> Result<Head, StoreError> {
    let row = query("SELECT seq, hash, recorded_at FROM audit ORDER BY seq DESC LIMIT 1").fetch_optional(on).await?;
    Ok(match row {
        Some(row) => Head { seq: row.try_get(0)?, hash: row.try_get(1)?, at: Some(row.try_get(2)?) },
        None => Head { seq: 0, hash: String::new(), at: None },
    })
}

/// One transaction's worth of change by one actor at one moment.
pub(crate) struct Change<'a> {
    actor: &'a str,
    at: i64,
    head: Head,
}

/// What an entry says besides who and when.
pub(crate) struct NewEntry {
    pub(crate) action: AuditAction,
    pub(crate) subject: String,
    pub(crate) before: Value,
    pub(crate) after: Value,
    pub(crate) reason: String,
    pub(crate) digest: String,
}

impl<'a> Change<'a> {
    /// Recorded moments strictly increase from transaction to transaction, so that "as known at" has one answer: a clock
    /// that stands still or goes back is moved to a microsecond after the last.
    pub(crate) fn begin(head: Head, actor: &'a str, at: Timestamp) -> Self {
        let at = head.at.map_or(i64::MIN, |last| last.saturating_add(1)).max(at.as_microsecond());
        Change { actor, at, head }
    }

    pub(crate) fn next_seq(&self) -> i64 {
        self.head.seq + 1
    }

    pub(crate) fn at_micros(&self) -> i64 {
        self.at
    }

    pub(crate) fn at(&self) -> Result<Timestamp, StoreError> {
        moment(self.at)
    }

    /// More of a transaction that has written already, perhaps by somebody else.
    pub(crate) fn resume(head: Head, actor: &'a str, at: i64) -> Self {
        Change { actor, at, head }
    }

    /// What the next entry is chained to.
    pub(crate) fn into_head(self) -> Head {
        self.head
    }

    pub(crate) fn actor(&self) -> &str {
        self.actor
    }

    pub(crate) fn version(&self) -> LedgerVersion {
        self.head.version()
    }

    pub(crate) async fn append(&mut self, conn: &mut Connection, entry: NewEntry) -> Result<(), StoreError> {
        let mut raw = RawEntry {
            seq: self.next_seq(),
            at: self.at,
            actor: self.actor.to_owned(),
            action: entry.action.as_str().to_owned(),
            subject: entry.subject,
            before: canonical(&entry.before),
            after: canonical(&entry.after),
            reason: entry.reason,
            digest: entry.digest,
            hash: String::new(),
        };
        raw.hash = raw.chain(&self.head.hash);
        query(
            "INSERT INTO audit (seq, recorded_at, actor, action, subject, before_state, after_state, reason, digest, hash) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        )
        .bind(raw.seq)
        .bind(raw.at)
        .bind(&raw.actor)
        .bind(&raw.action)
        .bind(&raw.subject)
        .bind(&raw.before)
        .bind(&raw.after)
        .bind(&raw.reason)
        .bind(&raw.digest)
        .bind(&raw.hash)
        .execute(&mut *conn)
        .await?;
        webhook::announce(conn, raw.seq, &raw.action, raw.at).await?;
        self.head = Head { seq: raw.seq, hash: raw.hash, at: Some(raw.at) };
        Ok(())
    }
}

/// An entry as it is stored, which is what is hashed.
pub(crate) struct RawEntry {
    pub(crate) seq: i64,
    pub(crate) at: i64,
    actor: String,
    action: String,
    subject: String,
    before: String,
    after: String,
    reason: String,
    pub(crate) digest: String,
    pub(crate) hash: String,
}

impl RawEntry {
    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(RawEntry {
            seq: row.try_get(0)?,
            at: row.try_get(1)?,
            actor: row.try_get(2)?,
            action: row.try_get(3)?,
            subject: row.try_get(4)?,
            before: row.try_get(5)?,
            after: row.try_get(6)?,
            reason: row.try_get(7)?,
            digest: row.try_get(8)?,
            hash: row.try_get(9)?,
        })
    }

    /// SHA-256 of a JSON array: the hash before and every field, in the order of the table's columns.
    pub(crate) fn chain(&self, previous: &str) -> String {
        let fields = serde_json::json!([
            "bailiwick-audit-1",
            previous,
            self.seq,
            self.at,
            self.actor,
            self.action,
            self.subject,
            self.before,
            self.after,
            self.reason,
            self.digest,
        ]);
        hex(&Sha256::digest(fields.to_string().as_bytes()))
    }

    fn entry(self) -> Result<AuditEntry, StoreError> {
        Ok(AuditEntry {
            seq: count(self.seq),
            at: moment(self.at)?,
            actor: self.actor,
            action: AuditAction::from_text(&self.action).ok_or_else(|| bad("an action", &self.action))?,
            subject: self.subject,
            before: json("a state before", &self.before)?,
            after: json("a state after", &self.after)?,
            reason: self.reason,
            digest: self.digest,
            hash: self.hash,
        })
    }
}

/// Entries after `seq`, oldest first.
pub(crate) async fn entries_after(conn: &mut Connection, seq: i64, limit: i64) -> Result<Vec<RawEntry>, StoreError> {
    let rows = query(sql(format!("SELECT {COLUMNS} FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2")))
        .bind(seq)
        .bind(limit)
        .fetch_all(conn)
        .await?;
    rows.iter().map(RawEntry::read).collect()
}

/// Refuses if something that concerns a plan has changed since `base`.
pub(crate) async fn require_version(
    conn: &mut Connection,
    base: &LedgerVersion,
    head: &Head,
) -> Result<(), StoreError> {
    const TOLD: i64 = 20;
    let now = head.version();
    if *base == now {
        return Ok(());
    }
    let seq = i64::try_from(base.seq()).unwrap_or(i64::MAX);
    let hash: Option<String> =
        query("SELECT hash FROM audit WHERE seq = $1").bind(seq).scalar_optional(&mut *conn).await?;
    let known =
        if seq == 0 { *base == LedgerVersion::empty() } else { hash.is_some_and(|hash| base.agrees_with(&hash)) };
    if !known {
        return Err(StoreError::OtherLedger { planned_on: base.clone() });
    }
    let harmless: Vec<String> = AuditAction::ALL
        .into_iter()
        .filter(|action| !action.changes_coverage())
        .map(|action| format!("'{}'", action.as_str()))
        .collect();
    let since = format!("FROM audit WHERE seq > $1 AND action NOT IN ({})", harmless.join(", "));
    let all: i64 = query(sql(format!("SELECT count(*) {since}"))).bind(seq).scalar(&mut *conn).await?;
    if all == 0 {
        return Ok(());
    }
    let rows = query(sql(format!("SELECT {COLUMNS} {since} ORDER BY seq DESC LIMIT $2")))
        .bind(seq)
        .bind(TOLD)
        .fetch_all(conn)
        .await?;
    let mut changes = rows.iter().map(|row| RawEntry::read(row)?.entry()).collect::<Result<Vec<_>, _>>()?;
    changes.reverse();
    let more = count(all).saturating_sub(changes.len() as u64);
    Err(StoreError::Stale { planned_on: base.clone(), now, changes, more })
}

impl Ledger {
    /// Entries of the audit trail, oldest first.
    pub async fn audit(&self, filter: &AuditFilter) -> Result<Vec<AuditEntry>, StoreError> {
        let account = "(CAST($3 AS TEXT) IS NULL OR seq IN (\
             SELECT recorded_by FROM assignments WHERE superseded_at IS NULL AND account_id = $3 \
             UNION SELECT recorded_by FROM assignments WHERE superseded_at IS NOT NULL AND account_id = $3 \
             UNION SELECT superseded_by FROM assignments WHERE superseded_at IS NOT NULL AND account_id = $3 \
             UNION SELECT recorded_by FROM route_decisions WHERE account_id = $3 \
             UNION SELECT recorded_by FROM contacts WHERE account_id = $3 \
             UNION SELECT recorded_by FROM needs WHERE account_id = $3 \
             UNION SELECT recorded_by FROM particulars WHERE account_id = $3 \
             UNION SELECT recorded_by FROM communications WHERE account_id = $3 \
             UNION SELECT recorded_by FROM card_links WHERE account_id = $3 \
             UNION SELECT recorded_by FROM appeals WHERE account_id = $3))";
        let rows = query(sql(format!(
            "SELECT {COLUMNS} FROM audit WHERE (CAST($1 AS TEXT) IS NULL OR actor = $1) \
             AND (CAST($2 AS TEXT) IS NULL OR action = $2) AND {account} \
             AND recorded_at >= $4 AND recorded_at < $5 AND seq > $6 ORDER BY seq LIMIT $7"
        )))
        .bind(filter.actor.as_deref())
        .bind(filter.action.map(AuditAction::as_str))
        .bind(filter.account.as_ref().map(AsRef::<str>::as_ref))
        .bind(filter.from.map_or(i64::MIN, Timestamp::as_microsecond))
        .bind(filter.until.map_or(i64::MAX, Timestamp::as_microsecond))
        .bind(filter.after_seq.map_or(0, |seq| i64::try_from(seq).unwrap_or(i64::MAX)))
        .bind(filter.limit.map_or(i64::MAX, i64::from))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| RawEntry::read(row)?.entry()).collect()
    }
}
