//! Proof that nobody altered the ledger behind its back.
//!
//! Two things are computed anew: the chain of the audit entries, and, for each entry, the digest of the rows it wrote or
//! superseded. A field altered anywhere shows at the entry that vouches for it; so does a row that no entry vouches for.
//! What cannot be seen from inside is a ledger replaced as a whole, or cut off at an earlier state: compare its version
//! with one noted elsewhere.

use std::collections::BTreeMap;

use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::appeal::Appeal;
use bailiwick_domain::contact::Contact;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::need::Need;
use bailiwick_domain::particulars::Particulars;
use bailiwick_domain::ways::Ways;
use futures_util::TryStreamExt;

use crate::absence::StoredAbsence;
use crate::assignment::{self, Stored};
use crate::audit::{RawEntry, entries_after};
use crate::card;
use crate::db::{Connection, query, sql};
use crate::desk;
use crate::digest::{Section, Touched};
use crate::draft::StoredEdit;
use crate::error::{AuditBroken, StoreError};
use crate::handover::StoredHandOver;
use crate::kept::{self, Kept};
use crate::ledger::{Ledger, count};
use crate::plan::PlanRow;
use crate::policy;
use crate::proposal::{StoredEvent, StoredProposal};
use crate::record::{self, Record};
use crate::route::StoredRoute;

/// What each entry touched, as the tables tell it.
pub(crate) type Found = BTreeMap<i64, Touched>;

impl Ledger {
    /// Checks the whole audit trail and everything it vouches for; the number of entries.
    ///
    /// # Errors
    /// [`StoreError::AuditBroken`] with the first entry that does not hold.
    pub async fn verify_audit(&self) -> Result<u64, StoreError> {
        let mut tx = self.read().await?;
        whole(&mut tx).await
    }
}

/// [`Ledger::verify_audit`] of the state that a transaction sees.
pub(crate) async fn whole(conn: &mut Connection) -> Result<u64, StoreError> {
    let mut found = Found::new();
    policies(conn, &mut found).await?;
    records::<AccountRecord>(conn, &mut found).await?;
    records::<EmployeeRecord>(conn, &mut found).await?;
    plans(conn, &mut found).await?;
    assignments(conn, &mut found).await?;
    routes(conn, &mut found).await?;
    absences(conn, &mut found).await?;
    proposals(conn, &mut found).await?;
    handovers(conn, &mut found).await?;
    kept::<Appeal>(conn, &mut found).await?;
    kept::<Contact>(conn, &mut found).await?;
    kept::<Need>(conn, &mut found).await?;
    kept::<Particulars>(conn, &mut found).await?;
    kept::<Ways>(conn, &mut found).await?;
    desk::verify(conn, &mut found).await?;
    card::verify(conn, &mut found).await?;

    let (mut last, mut previous) = (0, String::new());
    loop {
        let entries = entries_after(conn, last, 1_000).await?;
        if entries.is_empty() {
            break;
        }
        for entry in entries {
            check(&entry, last, &previous, found.remove(&entry.seq))?;
            last = entry.seq;
            previous = entry.hash;
        }
    }
    match found.keys().next() {
        Some(&seq) => Err(broken(seq, "there are rows of it, but no such entry")),
        None => Ok(count(last)),
    }
}

fn check(entry: &RawEntry, last: i64, previous: &str, touched: Option<Touched>) -> Result<(), StoreError> {
    if entry.seq != last + 1 {
        return Err(broken(last + 1, "the entry is missing"));
    }
    if entry.chain(previous) != entry.hash {
        return Err(broken(entry.seq, "its hash does not agree with its content"));
    }
    if touched.unwrap_or_default().hex() != entry.digest {
        return Err(broken(entry.seq, "the rows it wrote or superseded are not what they were"));
    }
    Ok(())
}

fn broken(seq: i64, what: &str) -> StoreError {
    AuditBroken { seq: count(seq), what: what.to_owned() }.into()
}

async fn policies(conn: &mut Connection, found: &mut Found) -> Result<(), StoreError> {
    let rows = query("SELECT version, text, sha256, frozen, recorded_at, recorded_by FROM policies ORDER BY version")
        .fetch_all(conn)
        .await?;
    for row in rows {
        let touched = found.entry(row.try_get(5)?).or_default();
        let (version, at) = (row.try_get(0)?, row.try_get(4)?);
        policy::digest(touched, version, row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, at);
    }
    Ok(())
}

/// States now and before; each entry names those it wrote and those it replaced by id.
async fn records<R: Record>(conn: &mut Connection, found: &mut Found) -> Result<(), StoreError> {
    let columns = format!("{}, {}, recorded_at, recorded_by", R::ID, R::COLUMNS.join(", "));
    let width = R::COLUMNS.len();
    let mut rows = query(sql(format!(
        "SELECT {columns}, digest, search, NULL, NULL FROM {} \
         UNION ALL SELECT {columns}, NULL, NULL, superseded_at, superseded_by FROM {} ORDER BY 1",
        R::TABLE,
        R::HISTORY
    )))
    .fetch(conn);
    while let Some(row) = rows.try_next().await? {
        let id: &str = row.try_get(0)?;
        let fields = (1..=width).map(|i| row.try_get::<Option<&str>>(i)).collect::<Result<Vec<_>, _>>()?;
        let search = record::search_text(id, fields[0].unwrap_or_default());
        let digest = record::digest(id, fields.into_iter());
        let (at, seq): (i64, i64) = (row.try_get(width + 1)?, row.try_get(width + 2)?);
        found.entry(seq).or_default().section(R::SECTION).text(&digest).int(at);
        if let Some(kept) = row.try_get::<Option<&str>>(width + 3)?
            && (kept != digest || row.try_get::<&str>(width + 4)? != search)
        {
            return Err(broken(seq, "a record it wrote is not what it was"));
        }
        if let Some(replaced_by) = row.try_get::<Option<i64>>(width + 6)? {
            let replaced_at: i64 = row.try_get(width + 5)?;
            found.entry(replaced_by).or_default().section(Section::Replaced).text(id).int(replaced_at);
        }
    }
    Ok(())
}

async fn plans(conn: &mut Connection, found: &mut Found) -> Result<(), StoreError> {
    let rows = query(
        "SELECT plan_id, policy_version, base_version, effective_on, scope, summary, routing, actor, recorded_at, \
         recorded_by, archived_by, state FROM plans ORDER BY plan_id",
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let plan = PlanRow {
            id: row.try_get(0)?,
            policy: row.try_get(1)?,
            base: row.try_get(2)?,
            on: row.try_get(3)?,
            scope: row.try_get(4)?,
            summary: row.try_get(5)?,
            routing: row.try_get(6)?,
            actor: row.try_get(7)?,
            at: row.try_get(8)?,
        };
        let seq: i64 = row.try_get(9)?;
        plan.digest(found.entry(seq).or_default());
        let archived_by: Option<i64> = row.try_get(10)?;
        let state: &str = row.try_get(11)?;
        if state != if archived_by.is_some() { "archived" } else { "applied" } {
            return Err(broken(seq, "the plan it applied is in a state nothing tells of"));
        }
        if let Some(seq) = archived_by {
            found.entry(seq).or_default().section(Section::PlansArchived).text(plan.id);
        }
    }
    Ok(())
}

async fn assignments(conn: &mut Connection, found: &mut Found) -> Result<(), StoreError> {
    let mut rows = query(sql(format!("SELECT {} FROM assignments ORDER BY id", assignment::COLUMNS))).fetch(conn);
    while let Some(row) = rows.try_next().await? {
        let row = Stored::read(&row)?;
        row.digest(found.entry(row.recorded_by).or_default());
        match (row.superseded_at, row.superseded_by) {
            (Some(at), Some(seq)) => {
                found.entry(seq).or_default().section(Section::Superseded).int(row.id).int(at);
            }
            (None, None) => {}
            _ => return Err(broken(row.recorded_by, "an assignment it wrote is only half superseded")),
        }
    }
    Ok(())
}

async fn routes(conn: &mut Connection, found: &mut Found) -> Result<(), StoreError> {
    let mut rows = query(
        "SELECT id, account_id, effective_on, arrival, owners, why, seed, recorded_at, recorded_by \
         FROM route_decisions ORDER BY id",
    )
    .fetch(conn);
    while let Some(row) = rows.try_next().await? {
        let row = StoredRoute::read(&row)?;
        row.digest(found.entry(row.seq).or_default());
    }
    Ok(())
}

async fn absences(conn: &mut Connection, found: &mut Found) -> Result<(), StoreError> {
    let rows = query("SELECT absence_id, role, product_line, substitute_id, rule FROM covers ORDER BY 1, 2, 3")
        .fetch_all(&mut *conn)
        .await?;
    let mut covers: BTreeMap<i64, Vec<[String; 4]>> = BTreeMap::new();
    for row in rows {
        let cover = [row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?];
        covers.entry(row.try_get(0)?).or_default().push(cover);
    }
    let rows = query(
        "SELECT id, employee_id, valid_from, valid_to, reason, recorded_at, recorded_by, superseded_at, superseded_by \
         FROM absences ORDER BY id",
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let id = row.try_get(0)?;
        let absence = StoredAbsence {
            id,
            employee: row.try_get(1)?,
            from: row.try_get(2)?,
            to: row.try_get(3)?,
            reason: row.try_get(4)?,
            at: row.try_get(5)?,
            seq: row.try_get(6)?,
            covers: covers.remove(&id).unwrap_or_default(),
        };
        absence.digest(found.entry(absence.seq).or_default());
        match (row.try_get::<Option<i64>>(7)?, row.try_get::<Option<i64>>(8)?) {
            (Some(at), Some(seq)) => {
                found.entry(seq).or_default().section(Section::AbsencesEnded).int(id).int(at);
            }
            (None, None) => {}
            _ => return Err(broken(absence.seq, "an absence it wrote is only half superseded")),
        }
    }
    match covers.keys().next() {
        Some(absence) => Err(broken(0, &format!("there are covers of an absence {absence} that is not recorded"))),
        None => Ok(()),
    }
}

async fn proposals(conn: &mut Connection, found: &mut Found) -> Result<(), StoreError> {
    let mut rows = query(
        "SELECT plan_id, effective_on, base_version, summary, content, recorded_at, recorded_by \
         FROM proposals ORDER BY recorded_by, plan_id",
    )
    .fetch(&mut *conn);
    while let Some(row) = rows.try_next().await? {
        let proposal = StoredProposal {
            plan: row.try_get(0)?,
            on: row.try_get(1)?,
            base: row.try_get(2)?,
            summary: row.try_get(3)?,
            content: row.try_get(4)?,
            at: row.try_get(5)?,
        };
        proposal.digest(found.entry(row.try_get(6)?).or_default());
    }
    drop(rows);
    let rows = query("SELECT id, plan_id, step, actor, comment, recorded_at, recorded_by FROM plan_events ORDER BY id")
        .fetch_all(&mut *conn)
        .await?;
    for row in rows {
        let event = StoredEvent {
            id: row.try_get(0)?,
            plan: row.try_get(1)?,
            step: row.try_get(2)?,
            actor: row.try_get(3)?,
            comment: row.try_get(4)?,
            at: row.try_get(5)?,
        };
        event.digest(found.entry(row.try_get(6)?).or_default());
    }
    edits(conn, found).await
}

async fn edits(conn: &mut Connection, found: &mut Found) -> Result<(), StoreError> {
    let mut rows = query(
        "SELECT id, plan_id, step, kind, of_edit, row_count, content, summary, actor, reason, recorded_at, recorded_by \
         FROM plan_edits ORDER BY id",
    )
    .fetch(conn);
    while let Some(row) = rows.try_next().await? {
        let edit = StoredEdit {
            id: row.try_get(0)?,
            plan: row.try_get(1)?,
            step: row.try_get(2)?,
            kind: row.try_get(3)?,
            of: row.try_get(4)?,
            rows: row.try_get(5)?,
            content: row.try_get(6)?,
            summary: row.try_get(7)?,
            actor: row.try_get(8)?,
            reason: row.try_get(9)?,
            at: row.try_get(10)?,
        };
        edit.digest(found.entry(row.try_get(11)?).or_default());
    }
    Ok(())
}

async fn handovers(conn: &mut Connection, found: &mut Found) -> Result<(), StoreError> {
    let rows = query(
        "SELECT id, employee_id, effective_on, reason, recorded_at, recorded_by, superseded_at, superseded_by \
         FROM handovers ORDER BY id",
    )
    .fetch_all(conn)
    .await?;
    for row in rows {
        let handover = StoredHandOver {
            id: row.try_get(0)?,
            employee: row.try_get(1)?,
            on: row.try_get(2)?,
            reason: row.try_get(3)?,
            at: row.try_get(4)?,
        };
        let seq: i64 = row.try_get(5)?;
        handover.digest(found.entry(seq).or_default());
        match (row.try_get::<Option<i64>>(6)?, row.try_get::<Option<i64>>(7)?) {
            (Some(at), Some(seq)) => {
                found.entry(seq).or_default().section(Section::TakenBack).int(handover.id).int(at);
            }
            (None, None) => {}
            _ => return Err(broken(seq, "a hand-over it wrote is only half superseded")),
        }
    }
    Ok(())
}

/// Versions of things; each entry names those it wrote and those it superseded by their rows.
pub(crate) async fn kept<T: Kept>(conn: &mut Connection, found: &mut Found) -> Result<(), StoreError> {
    let mut rows = query(sql(format!(
        "SELECT id, number, version, recorded_at, recorded_by, superseded_at, superseded_by, {} FROM {} ORDER BY id",
        T::COLUMNS.join(", "),
        T::TABLE
    )))
    .fetch(conn);
    while let Some(row) = rows.try_next().await? {
        let (id, at, seq): (i64, i64, i64) = (row.try_get(0)?, row.try_get(3)?, row.try_get(4)?);
        let texts = (7..7 + T::COLUMNS.len()).map(|i| row.try_get::<Option<&str>>(i)).collect::<Result<Vec<_>, _>>()?;
        let fields = found.entry(seq).or_default().section(T::WRITTEN);
        kept::digest(fields, (id, row.try_get(1)?, row.try_get(2)?, at), texts.into_iter());
        match (row.try_get::<Option<i64>>(5)?, row.try_get::<Option<i64>>(6)?) {
            (Some(at), Some(seq)) => {
                found.entry(seq).or_default().section(T::SUPERSEDED).int(id).int(at);
            }
            (None, None) => {}
            _ => return Err(broken(seq, "a version it wrote is only half superseded")),
        }
    }
    Ok(())
}
