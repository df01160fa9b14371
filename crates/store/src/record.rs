//! Accounts and employees: the latest state of each, and every state before it.
//!
//! Both are kept the same way, so there is one way of keeping them: [`Record`] says what differs.

use std::collections::{HashMap, HashSet};

use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::{AccountId, EmployeeId};
use futures_util::TryStreamExt;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::audit::{self, Change, NewEntry};
use crate::db::bulk::{self, Target};
use crate::db::{Connection, Param, Row, Source, query, sql};
use crate::digest::{Fields, Section, Touched};
use crate::error::StoreError;
use crate::ledger::{Ledger, bad, canonical, count};

/// What differs between the kinds of records.
pub(crate) trait Record: Sized + Sync {
    const TABLE: &'static str;
    const HISTORY: &'static str;
    const ID: &'static str;
    /// Columns between the id and the name first, the attributes last.
    const COLUMNS: &'static [&'static str];
    const SECTION: Section;
    const SAVED: AuditAction;
    const WHAT: &'static str;

    fn id(&self) -> &str;
    fn name(&self) -> &str;
    /// In the order of the columns.
    fn fields(&self) -> Vec<Option<String>>;
    /// From a row of the id and the columns.
    fn read(row: &Row) -> Result<Self, StoreError>;
}

impl Record for AccountRecord {
    const TABLE: &'static str = "accounts";
    const HISTORY: &'static str = "account_history";
    const ID: &'static str = "account_id";
    const COLUMNS: &'static [&'static str] = &["name", "parent_id", "attributes"];
    const SECTION: Section = Section::Accounts;
    const SAVED: AuditAction = AuditAction::AccountsSaved;
    const WHAT: &'static str = "account";

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn fields(&self) -> Vec<Option<String>> {
        vec![Some(self.name.clone()), self.parent.as_ref().map(ToString::to_string), Some(attributes(&self.attributes))]
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(AccountRecord {
            id: id(row.try_get(0)?)?,
            name: row.try_get(1)?,
            parent: row.try_get::<Option<&str>>(2)?.map(id).transpose()?,
            attributes: object(row.try_get(3)?)?,
        })
    }
}

impl Record for EmployeeRecord {
    const TABLE: &'static str = "employees";
    const HISTORY: &'static str = "employee_history";
    const ID: &'static str = "employee_id";
    const COLUMNS: &'static [&'static str] = &["name", "position", "department", "manager_id", "attributes"];
    const SECTION: Section = Section::Employees;
    const SAVED: AuditAction = AuditAction::EmployeesSaved;
    const WHAT: &'static str = "employee";

    fn id(&self) -> &str {
        self.id.as_str()
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn fields(&self) -> Vec<Option<String>> {
        vec![
            Some(self.name.clone()),
            self.position.clone(),
            self.department.clone(),
            self.manager.as_ref().map(ToString::to_string),
            Some(attributes(&self.attributes)),
        ]
    }

    fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(EmployeeRecord {
            id: id(row.try_get(0)?)?,
            name: row.try_get(1)?,
            position: row.try_get(2)?,
            department: row.try_get(3)?,
            manager: row.try_get::<Option<&str>>(4)?.map(id).transpose()?,
            attributes: object(row.try_get(5)?)?,
        })
    }
}

/// A name read from the database, where only valid ones were written.
pub(crate) fn id<T: std::str::FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| bad("a name", text))
}

fn attributes(map: &Map<String, Value>) -> String {
    if map.is_empty() { "{}".to_owned() } else { canonical(&Value::Object(map.clone())) }
}

fn object(text: &str) -> Result<Map<String, Value>, StoreError> {
    serde_json::from_str(text).map_err(|_| bad("attributes", text))
}

/// Digest of one state of one record.
pub(crate) fn digest<'a>(id: &str, fields: impl Iterator<Item = Option<&'a str>>) -> String {
    let mut all = Fields::default();
    all.text(id);
    for field in fields {
        all.maybe(field);
    }
    all.hex()
}

/// What is looked through when a name is searched: id and name in small letters.
pub(crate) fn search_text(id: &str, name: &str) -> String {
    format!("{id}\n{name}").to_lowercase()
}

/// The text in small letters, with what LIKE takes for more than itself escaped.
pub(crate) fn like_pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 8);
    for c in text.trim().to_lowercase().chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern
}

struct State<'a> {
    id: &'a str,
    fields: Vec<Option<String>>,
    search: String,
    digest: String,
    at: i64,
    seq: i64,
}

impl State<'_> {
    fn values<'r>(&'r self, values: &mut Vec<Param<'r>>) {
        values.push(self.id.into());
        values.extend(self.fields.iter().map(Param::from));
        values.extend([Param::from(&self.search), Param::from(&self.digest), self.at.into(), self.seq.into()]);
    }
}

/// Keeps the records that are new or different from what is kept, and the states they replace.
pub(crate) async fn save<R: Record>(
    conn: &mut Connection,
    change: &mut Change<'_>,
    records: &[R],
    reason: &str,
    mut done: impl FnMut(usize),
) -> Result<(), StoreError> {
    if records.is_empty() {
        return Ok(());
    }
    let (at, seq) = (change.at_micros(), change.next_seq());
    let kept = kept_digests::<R>(conn, records).await?;
    let mut seen = HashSet::with_capacity(records.len());
    let mut changed: Vec<State<'_>> = Vec::new();
    for record in records {
        if !seen.insert(record.id()) {
            return Err(StoreError::Twice { what: R::WHAT, id: record.id().to_owned() });
        }
        let fields = record.fields();
        let digest = digest(record.id(), fields.iter().map(Option::as_deref));
        if kept.get(record.id()) != Some(&digest) {
            let search = search_text(record.id(), record.name());
            changed.push(State { id: record.id(), fields, search, digest, at, seq });
        }
    }
    done(records.len() - changed.len());
    if changed.is_empty() {
        return Ok(());
    }
    changed.sort_by(|a, b| a.id.cmp(b.id));

    let replaced: Vec<&str> = changed.iter().map(|state| state.id).filter(|id| kept.contains_key(*id)).collect();
    keep_history::<R>(conn, &replaced, at, seq).await?;

    let mut columns = vec![R::ID];
    columns.extend(R::COLUMNS);
    columns.extend(["search", "digest", "recorded_at", "recorded_by"]);
    let sets: Vec<String> = columns[1..].iter().map(|column| format!("{column} = excluded.{column}")).collect();
    let suffix = format!("ON CONFLICT ({}) DO UPDATE SET {}", R::ID, sets.join(", "));
    let target = Target { table: R::TABLE, columns: &columns, suffix: &suffix };
    bulk::insert(conn, target, &changed, State::values, &mut done).await?;

    let mut touched = Touched::default();
    for state in &changed {
        touched.section(R::SECTION).text(&state.digest).int(at);
    }
    for id in &replaced {
        touched.section(Section::Replaced).text(id).int(at);
    }
    let few: Vec<&str> = changed.iter().take(20).map(|state| state.id).collect();
    change
        .append(
            conn,
            NewEntry {
                action: R::SAVED,
                subject: if changed.len() == 1 { few[0].to_owned() } else { format!("{} {}", changed.len(), R::TABLE) },
                before: json!({"replaced": replaced.len()}),
                after: json!({"saved": changed.len(), "first": few}),
                reason: reason.to_owned(),
                digest: touched.hex(),
            },
        )
        .await
}

/// Digests of the states kept of these records. Up to some thousands are asked for by name; for more the table is read
/// through.
async fn kept_digests<R: Record>(conn: &mut Connection, records: &[R]) -> Result<HashMap<String, String>, StoreError> {
    const SOME: usize = 20_000;
    let select = format!("SELECT {}, digest FROM {}", R::ID, R::TABLE);
    let mut kept = HashMap::with_capacity(records.len());
    let ids: Vec<&str> = records.iter().map(Record::id).collect();
    let mut rows = if records.len() > SOME {
        query(sql(select)).fetch(conn)
    } else {
        let among = conn.among(R::ID, 1);
        query(sql(format!("{select} WHERE {among}"))).bind(ids.as_slice()).fetch(conn)
    };
    while let Some(row) = rows.try_next().await? {
        kept.insert(row.try_get(0)?, row.try_get(1)?);
    }
    drop(rows);
    Ok(kept)
}

async fn keep_history<R: Record>(conn: &mut Connection, ids: &[&str], at: i64, seq: i64) -> Result<(), StoreError> {
    let columns = format!("{}, {}, recorded_at, recorded_by", R::ID, R::COLUMNS.join(", "));
    if !ids.is_empty() {
        query(sql(format!(
            "INSERT INTO {} ({columns}, superseded_at, superseded_by) SELECT {columns}, $1, $2 FROM {} WHERE {}",
            R::HISTORY,
            R::TABLE,
            conn.among(R::ID, 3)
        )))
        .bind(at)
        .bind(seq)
        .bind(ids)
        .execute(conn)
        .await?;
    }
    Ok(())
}

/// The records go into the history, and are present no more.
pub(crate) async fn remove<R: Record>(
    conn: &mut Connection,
    ids: &[&str],
    at: i64,
    seq: i64,
) -> Result<(), StoreError> {
    if ids.is_empty() {
        return Ok(());
    }
    keep_history::<R>(conn, ids, at, seq).await?;
    let among = conn.among(R::ID, 1);
    query(sql(format!("DELETE FROM {} WHERE {among}", R::TABLE))).bind(ids).execute(conn).await?;
    Ok(())
}

/// Those of the names that are not kept.
pub(crate) async fn missing<R: Record>(conn: &mut Connection, ids: &[&str]) -> Result<Option<String>, StoreError> {
    if ids.is_empty() {
        return Ok(None);
    }
    let among = conn.among(R::ID, 1);
    let mut rows = query(sql(format!("SELECT {} FROM {} WHERE {among}", R::ID, R::TABLE))).bind(ids).fetch(conn);
    let mut found = HashSet::with_capacity(ids.len());
    while let Some(row) = rows.try_next().await? {
        found.insert(row.try_get::<String>(0)?);
    }
    Ok(ids.iter().find(|id| !found.contains(**id)).map(|id| (*id).to_owned()))
}

impl Ledger {
    /// The account of this name.
    pub async fn account(&self, id: &AccountId) -> Result<Option<AccountRecord>, StoreError> {
        self.one(id.as_str()).await
    }

    /// The employee of this name.
    pub async fn employee(&self, id: &EmployeeId) -> Result<Option<EmployeeRecord>, StoreError> {
        self.one(id.as_str()).await
    }

    /// All employees, by id.
    pub async fn employees(&self) -> Result<Vec<EmployeeRecord>, StoreError> {
        all(&self.pool).await
    }

    /// All accounts, by id.
    pub async fn accounts(&self) -> Result<Vec<AccountRecord>, StoreError> {
        all(&self.pool).await
    }

    /// Accounts whose id begins with the text or whose name holds it, whatever the case: first those whose id begins
    /// with it, then those whose name does, then the others.
    pub async fn find_accounts(&self, text: &str, limit: u32) -> Result<Vec<AccountRecord>, StoreError> {
        let pattern = like_pattern(text);
        let rows = query(
            "SELECT account_id, name, parent_id, attributes FROM accounts \
             WHERE search LIKE $1 ESCAPE '\\' OR search LIKE $2 ESCAPE '\\' \
             ORDER BY CASE WHEN search LIKE $1 ESCAPE '\\' THEN 0 WHEN search LIKE $3 ESCAPE '\\' THEN 1 ELSE 2 END, \
             account_id LIMIT $4",
        )
        .bind(format!("{pattern}%"))
        .bind(format!("%\n%{pattern}%"))
        .bind(format!("%\n{pattern}%"))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(AccountRecord::read).collect()
    }

    /// The direct members of a group: accounts with this parent, by id, at most `limit`.
    pub async fn members(&self, parent: &AccountId, limit: u32) -> Result<Vec<AccountRecord>, StoreError> {
        let rows = query(
            "SELECT account_id, name, parent_id, attributes FROM accounts WHERE parent_id = $1 \
             ORDER BY account_id LIMIT $2",
        )
        .bind(parent.as_str())
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(AccountRecord::read).collect()
    }

    /// An employee, and the entry of the audit trail by which they are as they are.
    pub async fn employee_version(&self, id: &EmployeeId) -> Result<Option<(EmployeeRecord, u64)>, StoreError> {
        let Some(employee) = self.employee(id).await? else { return Ok(None) };
        let seq: Option<i64> = query("SELECT recorded_by FROM employees WHERE employee_id = $1")
            .bind(id.as_str())
            .scalar_optional(&self.pool)
            .await?;
        Ok(seq.map(|seq| (employee, count(seq))))
    }

    /// Gives an employee another attribute, or takes it away; their new version.
    ///
    /// # Errors
    /// [`StoreError::UnknownEmployee`], [`StoreError::EmployeeMoved`] if they are not the version that was seen.
    pub async fn set_attribute(
        &self,
        id: &EmployeeId,
        seen: u64,
        (name, value): (&str, Option<Value>),
        reason: &str,
        (actor, at): (&str, Timestamp),
    ) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let conn = &mut tx;
        let columns = EmployeeRecord::COLUMNS.join(", ");
        let row =
            query(sql(format!("SELECT employee_id, {columns}, recorded_by FROM employees WHERE employee_id = $1")))
                .bind(id.as_str())
                .fetch_optional(&mut *conn)
                .await?;
        let row = row.ok_or_else(|| StoreError::UnknownEmployee { employee: id.clone() })?;
        let last = count(row.try_get(EmployeeRecord::COLUMNS.len() + 1)?);
        if last != seen {
            return Err(StoreError::EmployeeMoved { employee: id.clone(), seen, last });
        }
        let mut employee = EmployeeRecord::read(&row)?;
        match value {
            Some(value) => employee.attributes.insert(name.to_owned(), value),
            None => employee.attributes.remove(name),
        };
        let mut change = Change::begin(audit::head(&mut *conn).await?, actor, at);
        let seq = count(change.next_seq());
        let before = change.version();
        save(conn, &mut change, &[employee], reason, |_| ()).await?;
        let after = if change.version() == before { last } else { seq };
        drop(row);
        tx.commit().await?;
        Ok(after)
    }

    async fn one<R: Record>(&self, id: &str) -> Result<Option<R>, StoreError> {
        let columns = R::COLUMNS.join(", ");
        let row = query(sql(format!("SELECT {}, {columns} FROM {} WHERE {} = $1", R::ID, R::TABLE, R::ID)))
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(R::read).transpose()
    }
}

pub(crate) async fn all<'c, R: Record>(source: impl Into<Source<'c>>) -> Result<Vec<R>, StoreError> {
    let columns = R::COLUMNS.join(", ");
    let rows = query(sql(format!("SELECT {}, {columns} FROM {} ORDER BY {}", R::ID, R::TABLE, R::ID)))
        .fetch_all(source)
        .await?;
    rows.iter().map(R::read).collect()
}
