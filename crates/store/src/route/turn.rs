//! A turn: everything that deciding about arrivals rests on is read, and what is decided is written, in one transaction.
//!
//! While it lasts nobody else writes, so that what was read stays true and two who decide at once see each other's
//! decisions, in whichever process they are.

use bailiwick_domain::absence::Absence;
use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::assignment::{Assignment, Load};
use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::handover::HandOver;
use bailiwick_domain::ledger::LedgerVersion;
use futures_util::TryStreamExt;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::{RouteBatch, Routed, record_batch};
use crate::assignment::{self, COLUMNS, Stored};
use crate::audit::{self, Change, Head};
use crate::db::{Connection, Reading, query, sql};
use crate::error::StoreError;
use crate::ledger::{Ledger, count, date_text, json as read_json};
use crate::plan::PlanRecord;
use crate::record::{self, Record};
use crate::{absence, handover, plan};

/// A transaction to decide in.
pub struct RouteTurn {
    conn: Reading,
    head: Head,
    /// The moment of what was written in this turn.
    written_at: Option<i64>,
}

/// What decisions rest on beside who holds the accounts that arrive.
#[derive(Debug, Clone)]
pub struct RouteGround {
    /// The plan in force.
    pub plan: Option<PlanRecord>,
    pub employees: Vec<EmployeeRecord>,
    pub loads: Vec<Load>,
    /// Those away on the day.
    pub away: Vec<Absence>,
    /// Those who have handed over what they had.
    pub left: Vec<HandOver>,
}

impl Ledger {
    /// A turn with the only right to write until it is recorded or dropped.
    pub async fn route_turn(&self) -> Result<RouteTurn, StoreError> {
        RouteTurn::of(Reading::own(self.begin().await?)).await
    }

    /// A turn that only reads: one state of the ledger, however long it takes.
    pub async fn route_look(&self) -> Result<RouteTurn, StoreError> {
        RouteTurn::of(self.read().await?).await
    }
}

/// Condition on a row's times, that it was held to be true at the moment of the parameter.
fn known(table: &str, parameter: usize) -> String {
    format!(
        "{table}recorded_at <= ${parameter} AND ({table}superseded_at IS NULL OR {table}superseded_at > ${parameter})"
    )
}

fn micros(as_known_at: Option<Timestamp>) -> i64 {
    as_known_at.map_or(i64::MAX, Timestamp::as_microsecond)
}

impl RouteTurn {
    async fn of(mut conn: Reading) -> Result<RouteTurn, StoreError> {
        let head = audit::head(&mut conn).await?;
        Ok(RouteTurn { conn, head, written_at: None })
    }

    pub fn version(&self) -> LedgerVersion {
        self.head.version()
    }

    /// Whether nothing that concerns routing was done since this version, or between it and a moment.
    pub async fn holds_since(&mut self, version: &LedgerVersion, until: Option<Timestamp>) -> Result<bool, StoreError> {
        if until.is_none() && *version == self.head.version() {
            return Ok(true);
        }
        let base = i64::try_from(version.seq()).unwrap_or(i64::MAX);
        let hash: Option<String> =
            query("SELECT hash FROM audit WHERE seq = $1").bind(base).scalar_optional(&mut self.conn).await?;
        if !hash.is_some_and(|hash| version.agrees_with(&hash)) {
            return Ok(false);
        }
        self.quiet(base, until).await
    }

    /// Whether nothing that concerns routing was done after the entry of this number, up to a moment.
    pub async fn quiet(&mut self, after: i64, until: Option<Timestamp>) -> Result<bool, StoreError> {
        let rows = query("SELECT DISTINCT action FROM audit WHERE seq > $1 AND recorded_at <= $2")
            .bind(after)
            .bind(micros(until))
            .fetch_all(&mut self.conn)
            .await?;
        for row in &rows {
            let action: &str = row.try_get(0)?;
            if AuditAction::from_text(action).is_none_or(AuditAction::changes_routing) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What decisions of a day rest on, as known now or at a moment.
    pub async fn ground(&mut self, on: Date, as_known_at: Option<Timestamp>) -> Result<RouteGround, StoreError> {
        let conn = &mut self.conn;
        let plan = plan::active_as_known(&mut *conn, on, as_known_at).await?;
        let away = absence::on_as_known(&mut *conn, on, as_known_at).await?;
        let (employees, loads, left) = match as_known_at {
            None => (
                record::all::<EmployeeRecord>(&mut *conn).await?,
                assignment::loads(&mut *conn, on).await?,
                handover::present(&mut *conn).await?,
            ),
            Some(moment) => (
                employees_as_known(conn, moment).await?,
                assignment::loads_as_known(&mut *conn, on, moment).await?,
                handover::as_known(&mut *conn, moment).await?,
            ),
        };
        Ok(RouteGround { plan, employees, loads, away, left })
    }

    /// Who holds these accounts on a day.
    pub async fn held(
        &mut self,
        accounts: &[&str],
        on: Date,
        as_known_at: Option<Timestamp>,
    ) -> Result<Vec<Assignment>, StoreError> {
        if accounts.is_empty() {
            return Ok(Vec::new());
        }
        let among = self.conn.among("account_id", 2);
        let wanted = format!("valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1) AND {among}");
        let text = match as_known_at {
            None => {
                format!("SELECT {COLUMNS} FROM assignments WHERE superseded_at IS NULL AND {wanted} ORDER BY 2, 3, 4")
            }
            // The condition is given twice, because each half has an index of its own.
            Some(_) => format!(
                "SELECT {COLUMNS} FROM assignments WHERE superseded_at IS NULL AND recorded_at <= $3 AND {wanted} \
                 UNION ALL SELECT {COLUMNS} FROM assignments WHERE superseded_at IS NOT NULL AND superseded_at > $3 \
                 AND recorded_at <= $3 AND {wanted} ORDER BY 2, 3, 4"
            ),
        };
        let mut asked = query(sql(text)).bind(date_text(on)?).bind(accounts);
        if let Some(moment) = as_known_at {
            asked = asked.bind(moment.as_microsecond());
        }
        let mut rows = asked.fetch(&mut self.conn);
        let mut held = Vec::new();
        while let Some(row) = rows.try_next().await? {
            held.push(Stored::read(&row)?.assignment()?);
        }
        Ok(held)
    }

    /// Who holds the members of these groups on a day: the group's name, and the assignment.
    pub async fn held_by_group(
        &mut self,
        groups: &[&str],
        on: Date,
        as_known_at: Option<Timestamp>,
    ) -> Result<Vec<(String, Assignment)>, StoreError> {
        if groups.is_empty() {
            return Ok(Vec::new());
        }
        let among = self.conn.among("parent_id", 1);
        let rows = query(sql(format!(
            "SELECT parent_id, account_id FROM accounts WHERE parent_id IS NOT NULL AND {among} ORDER BY 1, 2"
        )))
        .bind(groups)
        .fetch_all(&mut self.conn)
        .await?;
        let mut group_of = std::collections::HashMap::new();
        for row in &rows {
            group_of.insert(row.try_get::<String>(1)?, row.try_get::<String>(0)?);
        }
        let members: Vec<&str> = group_of.keys().map(String::as_str).collect();
        let held = self.held(&members, on, as_known_at).await?;
        let named = |one: Assignment| Some((group_of.get(one.account.as_str())?.clone(), one));
        Ok(held.into_iter().filter_map(named).collect())
    }

    /// All accounts, by id.
    pub async fn accounts(&mut self) -> Result<Vec<AccountRecord>, StoreError> {
        record::all(&mut self.conn).await
    }

    /// Those of these accounts that are known.
    pub async fn accounts_of(
        &mut self,
        accounts: &[&str],
        as_known_at: Option<Timestamp>,
    ) -> Result<Vec<AccountRecord>, StoreError> {
        if accounts.is_empty() {
            return Ok(Vec::new());
        }
        let among = self.conn.among("account_id", 1);
        let columns = AccountRecord::COLUMNS.join(", ");
        let now = format!("SELECT account_id, {columns} FROM accounts WHERE {among}");
        let mut asked = match as_known_at {
            None => query(sql(now)),
            Some(_) => query(sql(format!(
                "{now} AND recorded_at <= $2 UNION ALL \
                 SELECT account_id, {columns} FROM account_history WHERE {among} AND {}",
                known("", 2)
            ))),
        };
        asked = asked.bind(accounts);
        if let Some(moment) = as_known_at {
            asked = asked.bind(moment.as_microsecond());
        }
        let mut rows = asked.fetch(&mut self.conn);
        let mut found = Vec::new();
        while let Some(row) = rows.try_next().await? {
            found.push(AccountRecord::read(&row)?);
        }
        Ok(found)
    }

    /// Rule chains of decisions after a moment and before a decision, the latest first.
    pub async fn chains(
        &mut self,
        after: Timestamp,
        before: Option<u64>,
        as_known_at: Option<Timestamp>,
        limit: u32,
    ) -> Result<Vec<(u64, Value)>, StoreError> {
        let rows = query(
            "SELECT id, why FROM route_decisions WHERE recorded_at > $1 AND recorded_at <= $2 AND id < $3 \
             ORDER BY id DESC LIMIT $4",
        )
        .bind(after.as_microsecond())
        .bind(micros(as_known_at))
        .bind(before.map_or(i64::MAX, |id| i64::try_from(id).unwrap_or(i64::MAX)))
        .bind(i64::from(limit))
        .fetch_all(&mut self.conn)
        .await?;
        rows.iter().map(|row| Ok((count(row.try_get(0)?), read_json("a rule chain", row.try_get(1)?)?))).collect()
    }

    /// The number of the last entry of the audit trail by a moment, and when it was recorded: what was known then.
    pub async fn last_entry_before(&mut self, moment: Timestamp) -> Result<i64, StoreError> {
        let last =
            query("SELECT coalesce(max(seq), 0) FROM audit WHERE recorded_at < $1").bind(moment.as_microsecond());
        Ok(last.scalar(&mut self.conn).await?)
    }

    /// Writes what was decided, in the name of whoever asked for it. It holds once the turn is committed.
    ///
    /// # Errors
    /// As [`Ledger::record_route`]; the turn is to be dropped then.
    pub async fn write(&mut self, batch: &RouteBatch, actor: &str, at: Timestamp) -> Result<Routed, StoreError> {
        let mut change = match &self.written_at {
            None => Change::begin(self.head.clone(), actor, at),
            Some(moment) => Change::resume(self.head.clone(), actor, *moment),
        };
        let routed = record_batch(&mut self.conn, &mut change, batch).await?;
        self.written_at = Some(change.at_micros());
        self.head = change.into_head();
        Ok(routed)
    }

    /// Makes what was written hold, and gives up the turn; the ledger's version from now on.
    pub async fn commit(self) -> Result<LedgerVersion, StoreError> {
        self.conn.into_connection().commit().await?;
        Ok(self.head.version())
    }
}

async fn employees_as_known(conn: &mut Connection, moment: Timestamp) -> Result<Vec<EmployeeRecord>, StoreError> {
    let columns = EmployeeRecord::COLUMNS.join(", ");
    let rows = query(sql(format!(
        "SELECT employee_id, {columns} FROM employees WHERE recorded_at <= $1 \
         UNION ALL SELECT employee_id, {columns} FROM employee_history WHERE {} ORDER BY 1",
        known("", 1)
    )))
    .bind(moment.as_microsecond())
    .fetch_all(conn)
    .await?;
    rows.iter().map(EmployeeRecord::read).collect()
}
