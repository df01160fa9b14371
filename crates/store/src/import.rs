//! Records that come in many at a time, onto what is known of them already, and that go again in one step.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::{AccountId, EmployeeId};
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::audit::{self, Change, NewEntry};
use crate::db::{Connection, Row, query, sql};
use crate::digest::{Section, Touched};
use crate::error::StoreError;
use crate::ledger::{Ledger, bad, count};
use crate::record::{self, Record};

/// What is said of one account or employee. What is not said stays as it is; null takes an attribute away.
#[derive(Debug, Clone, PartialEq)]
pub struct Patch<I> {
    pub id: I,
    pub fields: Map<String, Value>,
}

/// What came of an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    pub created: u64,
    pub changed: u64,
    /// These were as they are said to be.
    pub unchanged: u64,
    /// The entry of the audit trail; none if nothing changed.
    pub entry: Option<u64>,
}

/// What undoing an import did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undone {
    /// They are what they were before.
    pub restored: u64,
    /// They had come in by the import.
    pub removed: u64,
}

/// A record that can be spoken of by columns.
pub(crate) trait Patched: Record + Clone + PartialEq {
    type Id: AsRef<str> + Clone;

    fn fresh(id: &Self::Id) -> Self;
    fn put(&mut self, name: &str, value: &Value) -> Result<(), StoreError>;
    /// A condition that something else speaks of the record `$1`.
    const NEEDED: &'static str;
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()).filter(|text| !text.is_empty()),
        other => Some(other.to_string()),
    }
}

fn name_of<T: std::str::FromStr>(value: &Value) -> Result<Option<T>, StoreError> {
    text(value).map(|text| text.parse().map_err(|_| bad("a name", &text))).transpose()
}

fn put_attribute(attributes: &mut Map<String, Value>, name: &str, value: &Value) {
    match value {
        Value::Null => attributes.remove(name),
        value => attributes.insert(name.to_owned(), value.clone()),
    };
}

impl Patched for AccountRecord {
    type Id = AccountId;
    const NEEDED: &'static str = "SELECT 1 FROM assignments WHERE account_id = $1 \
         UNION ALL SELECT 1 FROM accounts WHERE parent_id = $1 \
         UNION ALL SELECT 1 FROM route_decisions WHERE account_id = $1 LIMIT 1";

    fn fresh(id: &AccountId) -> Self {
        AccountRecord { id: id.clone(), name: id.to_string(), parent: None, attributes: Map::new() }
    }

    fn put(&mut self, name: &str, value: &Value) -> Result<(), StoreError> {
        match name {
            "name" => self.name = text(value).unwrap_or_else(|| self.id.to_string()),
            "parent_id" => self.parent = name_of(value)?,
            _ => put_attribute(&mut self.attributes, name, value),
        }
        Ok(())
    }
}

impl Patched for EmployeeRecord {
    type Id = EmployeeId;
    const NEEDED: &'static str = "SELECT 1 FROM assignments WHERE employee_id = $1 \
         UNION ALL SELECT 1 FROM employees WHERE manager_id = $1 \
         UNION ALL SELECT 1 FROM users WHERE employee_id = $1 \
         UNION ALL SELECT 1 FROM absences WHERE employee_id = $1 \
         UNION ALL SELECT 1 FROM covers WHERE substitute_id = $1 LIMIT 1";

    fn fresh(id: &EmployeeId) -> Self {
        EmployeeRecord {
            id: id.clone(),
            name: id.to_string(),
            position: None,
            department: None,
            manager: None,
            attributes: Map::new(),
        }
    }

    fn put(&mut self, name: &str, value: &Value) -> Result<(), StoreError> {
        match name {
            "name" => self.name = text(value).unwrap_or_else(|| self.id.to_string()),
            "position" => self.position = text(value),
            "department" => self.department = text(value),
            "manager_id" => self.manager = name_of(value)?,
            _ => put_attribute(&mut self.attributes, name, value),
        }
        Ok(())
    }
}

impl Ledger {
    /// Lays what is said of accounts onto what is known of them.
    pub async fn import_accounts(
        &self,
        patches: &[Patch<AccountId>],
        reason: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<Imported, StoreError> {
        self.take_in::<AccountRecord>(patches, reason, actor, at).await
    }

    /// Lays what is said of employees onto what is known of them.
    pub async fn import_employees(
        &self,
        patches: &[Patch<EmployeeId>],
        reason: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<Imported, StoreError> {
        self.take_in::<EmployeeRecord>(patches, reason, actor, at).await
    }

    async fn take_in<R: Patched>(
        &self,
        patches: &[Patch<R::Id>],
        reason: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<Imported, StoreError> {
        let mut tx = self.begin().await?;
        let conn = &mut tx;
        let ids: Vec<&str> = patches.iter().map(|patch| patch.id.as_ref()).collect();
        let known = present::<R>(conn, &ids).await?;
        let mut records = Vec::with_capacity(patches.len());
        let mut outcome = Imported { created: 0, changed: 0, unchanged: 0, entry: None };
        for patch in patches {
            let before = known.get(patch.id.as_ref());
            let mut record = before.cloned().unwrap_or_else(|| R::fresh(&patch.id));
            for (name, value) in &patch.fields {
                record.put(name, value)?;
            }
            match before {
                None => outcome.created += 1,
                Some(before) if *before != record => outcome.changed += 1,
                Some(_) => outcome.unchanged += 1,
            }
            records.push(record);
        }
        let mut change = Change::begin(audit::head(&mut *conn).await?, actor, at);
        let (seq, before) = (count(change.next_seq()), change.version());
        record::save(conn, &mut change, &records, reason, |_| ()).await?;
        outcome.entry = (change.version() != before).then_some(seq);
        tx.commit().await?;
        Ok(outcome)
    }

    /// Takes back what an import of accounts did.
    ///
    /// # Errors
    /// [`StoreError::ChangedSince`] if a record that it wrote was changed since, or is needed by now.
    pub async fn undo_accounts(
        &self,
        entry: u64,
        reason: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<Undone, StoreError> {
        self.undo::<AccountRecord>(entry, reason, actor, at).await
    }

    /// Takes back what an import of employees did.
    ///
    /// # Errors
    /// As [`Ledger::undo_accounts`].
    pub async fn undo_employees(
        &self,
        entry: u64,
        reason: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<Undone, StoreError> {
        self.undo::<EmployeeRecord>(entry, reason, actor, at).await
    }

    async fn undo<R: Patched>(
        &self,
        entry: u64,
        reason: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<Undone, StoreError> {
        let mut tx = self.begin().await?;
        let conn = &mut tx;
        let by = i64::try_from(entry).unwrap_or(i64::MAX);
        let columns = format!("{}, {}", R::ID, R::COLUMNS.join(", "));
        let read_all = |rows: Vec<Row>| rows.iter().map(R::read).collect::<Result<Vec<R>, _>>();
        let written = format!("SELECT {columns} FROM {} WHERE recorded_by = $1 ORDER BY {}", R::TABLE, R::ID);
        let written = read_all(query(sql(written)).bind(by).fetch_all(&mut *conn).await?)?;
        let before = format!("SELECT {columns} FROM {} WHERE superseded_by = $1 ORDER BY {}", R::HISTORY, R::ID);
        let before = read_all(query(sql(before)).bind(by).fetch_all(&mut *conn).await?)?;
        let wrote = format!("SELECT count(*) FROM {} WHERE recorded_by = $1", R::HISTORY);
        let superseded: i64 = query(sql(wrote)).bind(by).scalar(&mut *conn).await?;
        if superseded > 0 || written.is_empty() {
            return Err(StoreError::ChangedSince { what: R::TABLE, records: count(superseded).max(1) });
        }
        let had: BTreeSet<&str> = before.iter().map(Record::id).collect();
        let came: Vec<&str> = written.iter().map(Record::id).filter(|id| !had.contains(id)).collect();
        for id in &came {
            let needed: Option<i64> = query(sql(format!("SELECT CAST(1 AS BIGINT) FROM ({}) AS needed", R::NEEDED)))
                .bind(*id)
                .scalar_optional(&mut *conn)
                .await?;
            if needed.is_some() {
                return Err(StoreError::ChangedSince { what: R::TABLE, records: 1 });
            }
        }
        let mut change = Change::begin(audit::head(&mut *conn).await?, actor, at);
        record::save(conn, &mut change, &before, reason, |_| ()).await?;
        let (at, seq) = (change.at_micros(), change.next_seq());
        let mut touched = Touched::default();
        record::remove::<R>(conn, &came, at, seq).await?;
        for id in &came {
            touched.section(Section::Replaced).text(id).int(at);
        }
        let undone = Undone { restored: before.len() as u64, removed: came.len() as u64 };
        let entry = NewEntry {
            action: AuditAction::ImportUndone,
            subject: format!("entry {entry}"),
            before: json!({ "entry": entry }),
            after: json!({ "restored": undone.restored, "removed": undone.removed }),
            reason: reason.to_owned(),
            digest: touched.hex(),
        };
        change.append(conn, entry).await?;
        tx.commit().await?;
        Ok(undone)
    }
}

/// The present states of some records.
async fn present<R: Patched>(conn: &mut Connection, ids: &[&str]) -> Result<BTreeMap<String, R>, StoreError> {
    let mut found = BTreeMap::new();
    if ids.is_empty() {
        return Ok(found);
    }
    let among = conn.among(R::ID, 1);
    let columns = R::COLUMNS.join(", ");
    let rows = query(sql(format!("SELECT {}, {columns} FROM {} WHERE {among}", R::ID, R::TABLE)))
        .bind(ids)
        .fetch_all(conn)
        .await?;
    for row in &rows {
        let record = R::read(row)?;
        found.insert(record.id().to_owned(), record);
    }
    Ok(found)
}
