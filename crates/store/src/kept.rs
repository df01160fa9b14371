//! What is kept of customers and of the work with them, version by version: contacts, needs, communications, card links, …
//!
//! All are kept the same way, so there is one way of keeping them: a thing has a **number**, each change of it is a row of
//! its own, a **version**, and the row before is superseded. [`Kept`] says what differs. Whoever changes a thing says
//! which version they have seen.

use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::text::Unfit;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::audit::{self, Change, NewEntry};
use crate::db::{Connection, Param, Row, Source, query, sql};
use crate::digest::{Fields, Section, Touched};
use crate::error::StoreError;
use crate::ledger::{count, moment, next_id};

/// What differs between the kinds of things.
pub(crate) trait Kept: Sized + Clone + Send + Sync {
    const TABLE: &'static str;
    const WHAT: &'static str;
    /// All are texts, and any may be missing.
    const COLUMNS: &'static [&'static str];
    const WRITTEN: Section;
    const SUPERSEDED: Section;

    /// In the order of the columns.
    fn fields(&self) -> Vec<Option<String>>;
    /// From a row that holds the columns from this one on.
    fn read(row: &Row, first: usize) -> Result<Self, StoreError>;
    /// Whom or what the audit trail says it is about.
    fn subject(&self, number: u64) -> String;
    /// What the audit trail tells of it.
    fn told(&self) -> Value;
    /// The same, trimmed.
    fn checked(self) -> Result<Self, Unfit>;
}

/// A thing as it stands, or stood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version<T> {
    pub number: u64,
    /// 1, 2, 3, …; raised by each change.
    pub version: u64,
    pub value: T,
    pub recorded_at: Timestamp,
    /// Number of the audit entry that recorded it.
    pub recorded_by: u64,
}

/// What a change of a thing says besides the thing.
pub(crate) struct How<'a> {
    pub(crate) action: AuditAction,
    pub(crate) reason: &'a str,
    pub(crate) actor: &'a str,
    pub(crate) at: Timestamp,
}

/// The columns that [`read`] reads, of the table by this name.
pub(crate) fn columns<T: Kept>(table: &str) -> String {
    let own = ["number", "version", "recorded_at", "recorded_by"];
    own.iter().chain(T::COLUMNS).map(|column| format!("{table}.{column}")).collect::<Vec<_>>().join(", ")
}

pub(crate) fn read<T: Kept>(row: &Row) -> Result<Version<T>, StoreError> {
    Ok(Version {
        number: count(row.try_get(0)?),
        version: count(row.try_get(1)?),
        recorded_at: moment(row.try_get(2)?)?,
        recorded_by: count(row.try_get(3)?),
        value: T::read(row, 4)?,
    })
}

/// The thing of this number, as it stands.
pub(crate) async fn find<'c, T: Kept>(
    on: impl Into<Source<'c>>,
    number: u64,
) -> Result<Option<Version<T>>, StoreError> {
    let columns = columns::<T>("k");
    let row =
        query(sql(format!("SELECT {columns} FROM {} k WHERE k.superseded_at IS NULL AND k.number = $1", T::TABLE)))
            .bind(whole(number))
            .fetch_optional(on)
            .await?;
    row.as_ref().map(read).transpose()
}

/// The things as they stand whose column has this value, by number.
pub(crate) async fn with<'c, T: Kept>(
    on: impl Into<Source<'c>>,
    column: &'static str,
    value: &str,
) -> Result<Vec<Version<T>>, StoreError> {
    let columns = columns::<T>("k");
    let rows = query(sql(format!(
        "SELECT {columns} FROM {} k WHERE k.superseded_at IS NULL AND k.{column} = $1 ORDER BY k.number",
        T::TABLE
    )))
    .bind(value)
    .fetch_all(on)
    .await?;
    rows.iter().map(read).collect()
}

/// All things as they stand, by number.
pub(crate) async fn all<'c, T: Kept>(on: impl Into<Source<'c>>) -> Result<Vec<Version<T>>, StoreError> {
    let columns = columns::<T>("k");
    let rows =
        query(sql(format!("SELECT {columns} FROM {} k WHERE k.superseded_at IS NULL ORDER BY k.number", T::TABLE)))
            .fetch_all(on)
            .await?;
    rows.iter().map(read).collect()
}

/// Keeps something new.
pub(crate) async fn add_in<T: Kept>(conn: &mut Connection, value: T, how: &How<'_>) -> Result<Version<T>, StoreError> {
    let number =
        count(query(sql(format!("SELECT coalesce(max(number), 0) + 1 FROM {}", T::TABLE))).scalar(&mut *conn).await?);
    write(conn, number, 1, None, value, how).await
}

/// Keeps another version of something.
///
/// # Errors
/// [`StoreError::ChangedMeanwhile`] if `seen` is given and is not the version that stands.
pub(crate) async fn change_in<T: Kept>(
    conn: &mut Connection,
    before: Version<T>,
    seen: Option<u64>,
    value: T,
    how: &How<'_>,
) -> Result<Version<T>, StoreError> {
    if let Some(expected) = seen.filter(|seen| *seen != before.version) {
        return Err(StoreError::ChangedMeanwhile { what: T::WHAT, expected, found: before.version });
    }
    let (number, version) = (before.number, before.version + 1);
    write(conn, number, version, Some(before), value, how).await
}

/// The thing of this number, for whoever is to change it.
pub(crate) async fn standing<T: Kept>(conn: &mut Connection, number: u64) -> Result<Version<T>, StoreError> {
    find(conn, number).await?.ok_or(StoreError::UnknownThing { what: T::WHAT, number })
}

async fn write<T: Kept>(
    conn: &mut Connection,
    number: u64,
    version: u64,
    before: Option<Version<T>>,
    value: T,
    how: &How<'_>,
) -> Result<Version<T>, StoreError> {
    let value = value.checked()?;
    let mut change = Change::begin(audit::head(&mut *conn).await?, how.actor, how.at);
    let (at, seq) = (change.at_micros(), change.next_seq());
    let mut touched = Touched::default();
    if let Some(before) = &before {
        let old: i64 = query(sql(format!("SELECT id FROM {} WHERE superseded_at IS NULL AND number = $1", T::TABLE)))
            .bind(whole(before.number))
            .scalar(&mut *conn)
            .await?;
        touched.section(T::SUPERSEDED).int(old).int(at);
        query(sql(format!("UPDATE {} SET superseded_at = $1, superseded_by = $2 WHERE id = $3", T::TABLE)))
            .bind(at)
            .bind(seq)
            .bind(old)
            .execute(&mut *conn)
            .await?;
    }
    let id = next_id(conn, T::TABLE).await?;
    let fields = value.fields();
    digest(touched.section(T::WRITTEN), (id, whole(number), whole(version), at), fields.iter().map(Option::as_deref));
    let places: Vec<String> = (1..=fields.len() + 5).map(|place| format!("${place}")).collect();
    query(sql(format!(
        "INSERT INTO {} (id, number, version, recorded_at, recorded_by, {}) VALUES ({})",
        T::TABLE,
        T::COLUMNS.join(", "),
        places.join(", ")
    )))
    .bind(id)
    .bind(whole(number))
    .bind(whole(version))
    .bind(at)
    .bind(seq)
    .bind_all(fields.iter().map(Param::from))
    .execute(&mut *conn)
    .await?;
    let entry = NewEntry {
        action: how.action,
        subject: value.subject(number),
        before: before.as_ref().map_or(Value::Null, |before| before.value.told()),
        after: value.told(),
        reason: how.reason.to_owned(),
        digest: touched.hex(),
    };
    let made = Version { number, version, recorded_at: moment(at)?, recorded_by: count(seq), value };
    change.append(conn, entry).await?;
    Ok(made)
}

/// What an audit entry vouches for: numbers, moment and texts of a row.
pub(crate) fn digest<'a>(
    fields: &mut Fields,
    (id, number, version, at): (i64, i64, i64, i64),
    texts: impl Iterator<Item = Option<&'a str>>,
) {
    fields.int(id).int(number).int(version).int(at);
    for text in texts {
        fields.maybe(text);
    }
}

pub(crate) fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Yes or no as it is kept.
pub(crate) fn flag(yes: bool) -> Option<String> {
    Some(if yes { "1" } else { "0" }.to_owned())
}

/// A list of texts as it is kept.
pub(crate) fn list(texts: &[String]) -> Option<String> {
    Some(serde_json::json!(texts).to_string())
}

pub(crate) fn read_list(text: &str) -> Result<Vec<String>, StoreError> {
    serde_json::from_str(text).map_err(|_| crate::ledger::bad("a list", text))
}

/// A word of a kind, as it is kept.
pub(crate) fn word<T>(what: &'static str, text: &str, from: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
    from(text).ok_or_else(|| crate::ledger::bad(what, text))
}

/// A name, where there is one.
pub(crate) fn maybe_id<T: std::str::FromStr>(row: &Row, column: usize) -> Result<Option<T>, StoreError> {
    row.try_get::<Option<&str>>(column)?.map(crate::record::id).transpose()
}
