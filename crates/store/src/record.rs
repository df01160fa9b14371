//! Accounts and employees: the latest state of each, and every state before it.
//!
//! Both are kept the same way, so there is one way of keeping them: [`Record`] says what differs.

use std::borrow::Cow;
use std::collections::HashSet;

use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::{AccountId, EmployeeId};
use bailiwick_domain::numbering::Numbering;
use futures_util::TryStreamExt;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::audit::{self, Change, NewEntry};
use crate::db::bulk::{self, Target};
use crate::db::{Connection, Param, Row, Source, query, sql};
use crate::digest::{Fields, Section, Touched, hex};
use crate::error::StoreError;
use crate::ledger::{Ledger, bad, canonical, count};

/// What differs between the kinds of records.
pub(crate) trait Record: Sized + Send + Sync {
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

type Digest = [u8; 32];

/// Digest of one state of one record.
fn digest_of<'a>(id: &str, fields: impl Iterator<Item = Option<&'a str>>) -> Digest {
    let mut all = Fields::default();
    all.text(id);
    for field in fields {
        all.maybe(field);
    }
    all.bytes()
}

/// [`digest_of`] as it is stored.
pub(crate) fn digest<'a>(id: &str, fields: impl Iterator<Item = Option<&'a str>>) -> String {
    hex(&digest_of(id, fields))
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

/// Records that are gone through twice, some at a time: first for what is different, then for what is to be written.
pub trait Records<R: Clone>: Sync {
    fn len(&self) -> usize;

    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All of them, the same every time.
    fn parts(&self) -> Box<dyn Iterator<Item = Result<Cow<'_, [R]>, StoreError>> + Send + '_>;
}

impl<R: Clone + Send + Sync> Records<R> for Vec<R> {
    fn len(&self) -> usize {
        Vec::len(self)
    }

    fn parts(&self) -> Box<dyn Iterator<Item = Result<Cow<'_, [R]>, StoreError>> + Send + '_> {
        Box::new(std::iter::once(Ok(Cow::Borrowed(self.as_slice()))))
    }
}

/// What becomes of a record that is handed in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    New,
    Replaces,
    /// It is kept already.
    Same,
}

/// Keeps the records that are new or different from what is kept, and the states they replace; the ids of all.
pub(crate) async fn save<R: Record + Clone>(
    conn: &mut Connection,
    change: &mut Change<'_>,
    records: &dyn Records<R>,
    reason: &str,
    mut done: impl FnMut(usize),
) -> Result<Numbering, StoreError> {
    /// History rows a statement.
    const AT_ONCE: usize = 65_536;
    if records.is_empty() {
        return Ok(Numbering::default());
    }
    let (at, seq) = (change.at_micros(), change.next_seq());
    let (ids, digests) = digests(records)?;
    let fates = fates::<R>(conn, &ids, &digests).await?;
    let order: Vec<u32> =
        ids.texts().order().into_iter().filter(|number| fates[*number as usize] != Fate::Same).collect();
    done(digests.len() - order.len());
    if order.is_empty() {
        return Ok(ids);
    }
    let text = |number: &u32| ids.texts().get(*number);
    let replaced: Vec<u32> = order.iter().copied().filter(|number| fates[*number as usize] == Fate::Replaces).collect();
    for part in replaced.chunks(AT_ONCE) {
        keep_history::<R>(conn, &part.iter().map(text).collect::<Vec<_>>(), at, seq).await?;
    }
    let mut number = 0;
    for part in records.parts() {
        let part = part?;
        write(conn, &part, (&fates[number..], &digests[number..]), (at, seq), &mut done).await?;
        number += part.len();
    }

    let mut touched = Touched::default();
    for number in &order {
        touched.section(R::SECTION).text(&hex(&digests[*number as usize])).int(at);
    }
    for number in &replaced {
        touched.section(Section::Replaced).text(text(number)).int(at);
    }
    let few: Vec<&str> = order.iter().take(20).map(text).collect();
    let entry = NewEntry {
        action: R::SAVED,
        subject: if order.len() == 1 { few[0].to_owned() } else { format!("{} {}", order.len(), R::TABLE) },
        before: json!({"replaced": replaced.len()}),
        after: json!({"saved": order.len(), "first": few}),
        reason: reason.to_owned(),
        digest: touched.hex(),
    };
    change.append(conn, entry).await?;
    Ok(ids)
}

/// The records' ids, numbered as they come, and the digest of each.
fn digests<R: Record + Clone>(records: &dyn Records<R>) -> Result<(Numbering, Vec<Digest>), StoreError> {
    let (mut ids, mut digests) = (Numbering::default(), Vec::with_capacity(records.len()));
    for part in records.parts() {
        for record in part?.iter() {
            if ids.number(record.id()) as usize != digests.len() {
                return Err(StoreError::Twice { what: R::WHAT, id: record.id().to_owned() });
            }
            digests.push(digest_of(record.id(), record.fields().iter().map(Option::as_deref)));
        }
    }
    Ok((ids, digests))
}

/// Compares with what is kept. Up to some thousands are asked for by name; for more the table is read through.
async fn fates<R: Record>(conn: &mut Connection, ids: &Numbering, digests: &[Digest]) -> Result<Vec<Fate>, StoreError> {
    const SOME: usize = 20_000;
    let mut fates = vec![Fate::New; digests.len()];
    let select = format!("SELECT {}, digest FROM {}", R::ID, R::TABLE);
    let named: Vec<&str> = if digests.len() > SOME { vec![] } else { ids.texts().iter().collect() };
    let mut rows = if named.is_empty() {
        query(sql(select)).fetch(conn)
    } else {
        let among = conn.among(R::ID, 1);
        query(sql(format!("{select} WHERE {among}"))).bind(named.as_slice()).fetch(conn)
    };
    while let Some(row) = rows.try_next().await? {
        if let Some(number) = ids.find(row.try_get(0)?) {
            let same = row.try_get::<&str>(1)? == hex(&digests[number as usize]);
            fates[number as usize] = if same { Fate::Same } else { Fate::Replaces };
        }
    }
    Ok(fates)
}

/// Writes those of the records that are new or different. What becomes of them, and their digests, come in the same order.
async fn write<R: Record>(
    conn: &mut Connection,
    records: &[R],
    (fates, digests): (&[Fate], &[Digest]),
    (at, seq): (i64, i64),
    mut done: impl FnMut(usize),
) -> Result<(), StoreError> {
    let (mut new, mut different) = (vec![], vec![]);
    for ((record, fate), digest) in records.iter().zip(fates).zip(digests) {
        let states = match fate {
            Fate::Same => continue,
            Fate::New => &mut new,
            Fate::Replaces => &mut different,
        };
        let (id, fields, search) = (record.id(), record.fields(), search_text(record.id(), record.name()));
        if digest_of(id, fields.iter().map(Option::as_deref)) != *digest {
            return Err(StoreError::Altered { what: R::WHAT, id: id.to_owned() });
        }
        states.push(State { id, fields, search, digest: hex(digest), at, seq });
    }
    let mut columns = vec![R::ID];
    columns.extend(R::COLUMNS);
    columns.extend(["search", "digest", "recorded_at", "recorded_by"]);
    let sets: Vec<String> = columns[1..].iter().map(|column| format!("{column} = excluded.{column}")).collect();
    let replace = format!("ON CONFLICT ({}) DO UPDATE SET {}", R::ID, sets.join(", "));
    for (mut states, suffix) in [(new, ""), (different, replace.as_str())] {
        // In the order of the key, so that its index grows at one end.
        states.sort_by(|a, b| a.id.cmp(b.id));
        let target = Target { table: R::TABLE, columns: &columns, suffix };
        bulk::insert(conn, target, &states, State::values, &mut done).await?;
    }
    Ok(())
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
        save(conn, &mut change, &vec![employee], reason, |_| ()).await?;
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
