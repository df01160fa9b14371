//! Users: who may come in, in which roles of access, and as which employee.
//!
//! Passwords are hashed outside; here a hash is only kept. Each change of what a user may do ends their other sessions,
//! writes an entry of the audit trail, which never holds a hash, and raises the user's version, so that nobody
//! overwrites what they have not seen.

use std::collections::BTreeSet;

use bailiwick_domain::access::UserRole;
use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::EmployeeId;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::audit::{self, Change, NewEntry};
use crate::db::{Connection, Row, query, sql};
use crate::error::StoreError;
use crate::ledger::{Ledger, bad, count, moment};
use crate::reach::Within;
use crate::record::{self, id};
use crate::session;

const COLUMNS: &str = "user_id, name, display_name, roles, employee_id, active, locked_until, version, created_at";

/// A user as everybody who manages users may see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRecord {
    pub id: Uuid,
    /// Signs in with it; the audit trail names the user by it.
    pub name: String,
    pub display_name: String,
    pub roles: BTreeSet<UserRole>,
    /// The employee the user is, if any.
    pub employee: Option<EmployeeId>,
    pub active: bool,
    /// After too many wrong passwords nobody signs in before.
    pub locked_until: Option<Timestamp>,
    /// Raised by each change.
    pub version: u64,
    pub created_at: Timestamp,
}

/// A user to be made.
#[derive(Clone)]
pub struct NewUser {
    pub id: Uuid,
    pub name: String,
    pub display_name: String,
    /// As a PHC string.
    pub password_hash: String,
    pub roles: BTreeSet<UserRole>,
    pub employee: Option<EmployeeId>,
}

/// What a user is to be from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserChange {
    pub display_name: String,
    pub roles: BTreeSet<UserRole>,
    pub employee: Option<EmployeeId>,
    pub active: bool,
}

/// A user with what proves who they are.
pub struct Credentials {
    pub user: UserRecord,
    pub password_hash: String,
    /// Wrong passwords in a row, the present attempt included.
    pub failed: u32,
}

/// Whether a password may be tried.
pub enum Attempt {
    /// Nobody active has this name.
    Unknown,
    Locked {
        until: Timestamp,
    },
    /// It counts as failed until [`Ledger::open_session`] says otherwise, so that attempts side by side count too.
    Allowed(Credentials),
}

impl Ledger {
    /// Whether there is any user.
    pub async fn has_users(&self) -> Result<bool, StoreError> {
        let found: Option<String> = query("SELECT user_id FROM users LIMIT 1").scalar_optional(&self.pool).await?;
        Ok(found.is_some())
    }

    /// Makes the first user.
    ///
    /// # Errors
    /// [`StoreError::NotTheFirst`] when there is one, whoever else tries at the same time.
    pub async fn create_first_user(&self, new: &NewUser, actor: &str, at: Timestamp) -> Result<UserRecord, StoreError> {
        let mut tx = self.begin().await?;
        let any: Option<String> = query("SELECT user_id FROM users LIMIT 1").scalar_optional(&mut tx).await?;
        if any.is_some() {
            return Err(StoreError::NotTheFirst);
        }
        let made = insert(&mut tx, new, actor, at).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Makes a user.
    ///
    /// # Errors
    /// [`StoreError::NameTaken`], [`StoreError::UnknownEmployee`].
    pub async fn create_user(&self, new: &NewUser, actor: &str, at: Timestamp) -> Result<UserRecord, StoreError> {
        let mut tx = self.begin().await?;
        let made = insert(&mut tx, new, actor, at).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Users by name: those who are employees within, or all; after the one of this name, at most `limit`.
    pub async fn users(
        &self,
        within: Within<'_>,
        after: Option<&str>,
        limit: u32,
    ) -> Result<Vec<UserRecord>, StoreError> {
        let seen = match within {
            Within::Nobody => return Ok(vec![]),
            Within::Everybody => "$1 = $1",
            Within::One(_) | Within::Below(_) => "employee_id IN (SELECT employee_id FROM within)",
        };
        let table = within.table();
        let text =
            format!("{table} SELECT {COLUMNS} FROM users WHERE {seen} AND name_key > $2 ORDER BY name_key LIMIT $3");
        let rows = query(sql(text))
            .bind(within.top())
            .bind(key(after.unwrap_or_default()))
            .bind(i64::from(limit))
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(read).collect()
    }

    pub async fn user(&self, id: Uuid) -> Result<Option<UserRecord>, StoreError> {
        let row = query(sql(format!("SELECT {COLUMNS} FROM users WHERE user_id = $1")))
            .bind(id.to_string())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// The user who signs in with this name, whatever its case.
    pub async fn user_named(&self, name: &str) -> Result<Option<UserRecord>, StoreError> {
        let row = query(sql(format!("SELECT {COLUMNS} FROM users WHERE name_key = $1")))
            .bind(key(name))
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(read).transpose()
    }

    /// Whether a password may be tried for this name now. Counts the attempt first, and locks the name for `delay` of
    /// the number of failures in a row.
    pub async fn attempt(
        &self,
        name: &str,
        at: Timestamp,
        delay: impl Fn(u32) -> Option<SignedDuration> + Send,
    ) -> Result<Attempt, StoreError> {
        let mut tx = self.begin().await?;
        let row = query(sql(format!(
            "SELECT {COLUMNS}, password_hash, failed FROM users WHERE name_key = $1 AND active = 1"
        )))
        .bind(key(name))
        .fetch_optional(&mut tx)
        .await?;
        let Some(row) = row else { return Ok(Attempt::Unknown) };
        let user = read(&row)?;
        if let Some(until) = user.locked_until.filter(|until| *until > at) {
            return Ok(Attempt::Locked { until });
        }
        let failed = u32::try_from(row.try_get::<i64>(10)?).unwrap_or(u32::MAX).saturating_add(1);
        let until = delay(failed).map(|delay| at.saturating_add(delay).unwrap_or(Timestamp::MAX));
        query("UPDATE users SET failed = $1, locked_until = $2 WHERE user_id = $3")
            .bind(i64::from(failed))
            .bind(until.map(Timestamp::as_microsecond))
            .bind(user.id.to_string())
            .execute(&mut tx)
            .await?;
        let password_hash = row.try_get(9)?;
        drop(row);
        tx.commit().await?;
        Ok(Attempt::Allowed(Credentials { user, password_hash, failed }))
    }

    /// Says in the audit trail that a name is locked after so many wrong passwords.
    pub async fn record_lock(&self, user: &UserRecord, failed: u32, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let after = json!({ "failed": failed });
        entry(&mut tx, &user.name, at, AuditAction::UserLocked, &user.name, Value::Null, after).await?;
        tx.commit().await
    }

    /// Makes a user what they are to be. Where they may do other things than before, their sessions end, except `keep`.
    ///
    /// # Errors
    /// [`StoreError::UnknownUser`], [`StoreError::UserChanged`] when the version is another by now,
    /// [`StoreError::LastAdministrator`], [`StoreError::UnknownEmployee`].
    pub async fn change_user(
        &self,
        id: Uuid,
        expected: u64,
        change: &UserChange,
        keep: Option<&str>,
        actor: &str,
        at: Timestamp,
    ) -> Result<UserRecord, StoreError> {
        let mut tx = self.begin().await?;
        let before = find(&mut tx, id).await?;
        if before.version != expected {
            return Err(StoreError::UserChanged { expected, found: before.version });
        }
        require_employee(&mut tx, change.employee.as_ref()).await?;
        let after = UserRecord {
            display_name: change.display_name.clone(),
            roles: change.roles.clone(),
            employee: change.employee.clone(),
            active: change.active,
            version: before.version + 1,
            ..before.clone()
        };
        let administers = |user: &UserRecord| user.active && user.roles.contains(&UserRole::Admin);
        if administers(&before) && !administers(&after) {
            let others = query(sql(format!("SELECT {COLUMNS} FROM users WHERE user_id <> $1 AND active = 1")))
                .bind(id.to_string())
                .fetch_all(&mut tx)
                .await?;
            let others = others.iter().map(read).collect::<Result<Vec<_>, _>>()?;
            if !others.iter().any(administers) {
                return Err(StoreError::LastAdministrator);
            }
        }
        query(
            "UPDATE users SET display_name = $1, roles = $2, employee_id = $3, active = $4, version = $5 WHERE user_id = $6",
        )
        .bind(&after.display_name)
        .bind(words(&after.roles))
        .bind(after.employee.as_ref().map(EmployeeId::as_str))
        .bind(i64::from(after.active))
        .bind(number(after.version))
        .bind(id.to_string())
        .execute(&mut tx)
        .await?;
        if (&before.roles, &before.employee, before.active) != (&after.roles, &after.employee, after.active) {
            session::end_all(&mut tx, id, keep).await?;
        }
        entry(&mut tx, actor, at, AuditAction::UserChanged, &after.name, state(&before), state(&after)).await?;
        tx.commit().await?;
        Ok(after)
    }

    /// Gives a user another password, and ends their sessions, except `keep`.
    ///
    /// # Errors
    /// [`StoreError::UnknownUser`].
    pub async fn change_password(
        &self,
        id: Uuid,
        password_hash: &str,
        keep: Option<&str>,
        actor: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.begin().await?;
        let user = find(&mut tx, id).await?;
        query(
            "UPDATE users SET password_hash = $1, failed = 0, locked_until = NULL, version = version + 1 WHERE user_id = $2",
        )
        .bind(password_hash)
        .bind(id.to_string())
        .execute(&mut tx)
        .await?;
        session::end_all(&mut tx, id, keep).await?;
        entry(&mut tx, actor, at, AuditAction::PasswordChanged, &user.name, Value::Null, Value::Null).await?;
        tx.commit().await
    }
}

async fn insert(tx: &mut Connection, new: &NewUser, actor: &str, at: Timestamp) -> Result<UserRecord, StoreError> {
    let taken: Option<String> =
        query("SELECT user_id FROM users WHERE name_key = $1").bind(key(&new.name)).scalar_optional(&mut *tx).await?;
    if taken.is_some() {
        return Err(StoreError::NameTaken { name: new.name.clone() });
    }
    require_employee(tx, new.employee.as_ref()).await?;
    query(
        "INSERT INTO users (user_id, name, name_key, display_name, password_hash, roles, employee_id, active, failed, \
         version, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, 0, 1, $8)",
    )
    .bind(new.id.to_string())
    .bind(&new.name)
    .bind(key(&new.name))
    .bind(&new.display_name)
    .bind(&new.password_hash)
    .bind(words(&new.roles))
    .bind(new.employee.as_ref().map(EmployeeId::as_str))
    .bind(at.as_microsecond())
    .execute(&mut *tx)
    .await?;
    let made = find(tx, new.id).await?;
    entry(tx, actor, at, AuditAction::UserCreated, &made.name, Value::Null, state(&made)).await?;
    Ok(made)
}

async fn find(tx: &mut Connection, id: Uuid) -> Result<UserRecord, StoreError> {
    let row = query(sql(format!("SELECT {COLUMNS} FROM users WHERE user_id = $1")))
        .bind(id.to_string())
        .fetch_optional(tx)
        .await?;
    row.as_ref().map(read).transpose()?.ok_or(StoreError::UnknownUser)
}

async fn require_employee(tx: &mut Connection, employee: Option<&EmployeeId>) -> Result<(), StoreError> {
    let Some(employee) = employee else { return Ok(()) };
    match record::missing::<EmployeeRecord>(tx, &[employee.as_str()]).await? {
        Some(_) => Err(StoreError::UnknownEmployee { employee: employee.clone() }),
        None => Ok(()),
    }
}

/// An entry about access; it vouches for no rows.
pub(crate) async fn entry(
    tx: &mut Connection,
    actor: &str,
    at: Timestamp,
    action: AuditAction,
    subject: &str,
    before: Value,
    after: Value,
) -> Result<(), StoreError> {
    let head = audit::head(&mut *tx).await?;
    let mut change = Change::begin(head, actor, at);
    let entry =
        NewEntry { action, subject: subject.to_owned(), before, after, reason: String::new(), digest: String::new() };
    change.append(tx, entry).await
}

/// What the audit trail tells of a user.
fn state(user: &UserRecord) -> Value {
    json!({
        "user": user.name,
        "display_name": user.display_name,
        "roles": user.roles,
        "employee_id": user.employee,
        "active": user.active,
    })
}

pub(crate) fn read(row: &Row) -> Result<UserRecord, StoreError> {
    Ok(UserRecord {
        id: uuid(row.try_get(0)?)?,
        name: row.try_get(1)?,
        display_name: row.try_get(2)?,
        roles: from_words("roles", row.try_get(3)?, UserRole::from_word)?,
        employee: row.try_get::<Option<&str>>(4)?.map(id).transpose()?,
        active: row.try_get::<i64>(5)? == 1,
        locked_until: row.try_get::<Option<i64>>(6)?.map(moment).transpose()?,
        version: count(row.try_get(7)?),
        created_at: moment(row.try_get(8)?)?,
    })
}

/// The columns that [`read`] reads, of the table by this name.
pub(crate) fn columns_of(table: &str) -> String {
    COLUMNS.split(", ").map(|column| format!("{table}.{column}")).collect::<Vec<_>>().join(", ")
}

pub(crate) fn uuid(text: &str) -> Result<Uuid, StoreError> {
    text.parse().map_err(|_| bad("an identifier", text))
}

/// Roles or scopes as they are kept: their words, sorted, with a blank between.
pub(crate) fn words<T: Copy + std::fmt::Display>(all: &BTreeSet<T>) -> String {
    all.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

pub(crate) fn from_words<T: Ord>(
    what: &'static str,
    text: &str,
    word: impl Fn(&str) -> Option<T>,
) -> Result<BTreeSet<T>, StoreError> {
    text.split_whitespace().map(|one| word(one).ok_or_else(|| bad(what, one))).collect()
}

fn number(version: u64) -> i64 {
    i64::try_from(version).unwrap_or(i64::MAX)
}

fn key(name: &str) -> String {
    name.trim().to_lowercase()
}
