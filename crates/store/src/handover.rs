//! Hand-overs: a leaver's portfolio goes to others in one dated step; it can be taken back, and what still hangs on the
//! leaver can be listed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use bailiwick_domain::absence::{Candidate, choose, employed, overlap};
use bailiwick_domain::assignment::{AssignmentKey, Load, Span};
use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::handover::{HandOver, Loose, NewHandOver, divide};
use bailiwick_domain::id::EmployeeId;
use bailiwick_domain::ledger::LedgerVersion;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::absence;
use crate::assignment::{self, COLUMNS, Draft, Stored};
use crate::audit::{self, Change, NewEntry};
use crate::db::{Connection, Row, Source, query, sql};
use crate::digest::{Section, Touched};
use crate::error::StoreError;
use crate::ledger::{Ledger, count, date, date_text, moment, next_id};
use crate::reach::Within;
use crate::record::{self, id};

/// What a hand-over came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    pub hand_over: HandOver,
    pub passed: Vec<(AssignmentKey, EmployeeId)>,
    /// Nobody at work could take these: nobody holds them from the day on.
    pub nobody: Vec<AssignmentKey>,
    pub version: LedgerVersion,
}

/// What taking a hand-over back came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    /// The leaver holds these again, as if nothing had been.
    pub restored: Vec<AssignmentKey>,
    /// These were changed since, and stay as they are.
    pub changed_since: Vec<AssignmentKey>,
    pub version: LedgerVersion,
}

impl Ledger {
    /// Gives everything that somebody holds on a day and later to others; from then on they are given nothing any more.
    ///
    /// # Errors
    /// [`StoreError::UnknownEmployee`], [`StoreError::HasLeft`] if it was done already, [`StoreError::NotAtWork`] if the
    /// named successor is away on the day, has left or is the leaver; nothing is changed then.
    pub async fn hand_over(&self, new: &NewHandOver, actor: &str, at: Timestamp) -> Result<HandedOver, StoreError> {
        let mut tx = self.begin().await?;
        let done = carry_out(&mut tx, new, actor, at).await?;
        tx.commit().await?;
        Ok(done)
    }

    /// What a hand-over would come to. It is carried out and thrown away, so nothing can come out otherwise.
    ///
    /// # Errors
    /// Those of [`Ledger::hand_over`].
    pub async fn preview_hand_over(&self, new: &NewHandOver, at: Timestamp) -> Result<HandedOver, StoreError> {
        let mut tx = self.begin().await?;
        carry_out(&mut tx, new, "preview", at).await
    }

    /// Takes a hand-over back: the leaver holds again what nobody has changed since, as if nothing had been.
    ///
    /// # Errors
    /// [`StoreError::UnknownHandOver`]
    pub async fn take_back(
        &self,
        hand_over: u64,
        reason: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<TakenBack, StoreError> {
        let mut tx = self.begin().await?;
        let conn = &mut tx;
        let mut change = Change::begin(audit::head(&mut *conn).await?, actor, at);
        let known = present(&mut *conn).await?.into_iter().find(|one| one.id == hand_over);
        let known = known.ok_or(StoreError::UnknownHandOver { hand_over })?;
        let done_by = i64::try_from(known.recorded_by).unwrap_or(i64::MAX);
        let originals = rows(conn, "superseded_by = $1", done_by).await?;
        let written = by_key(rows(conn, "recorded_by = $1", done_by).await?)?;
        let live = by_key(present_of(conn, &originals).await?)?;
        let (mut superseded, mut drafts) = (Vec::new(), Vec::new());
        let (mut restored, mut changed_since) = (Vec::new(), Vec::new());
        for original in &originals {
            let key = original.key()?;
            let (from, to) = original.stretch()?;
            // All that stands where the original stood must be what the hand-over wrote there, whole.
            let inside = |row: &&(Stored, Stretch)| overlap(row.1, (from, to));
            let there = live.get(&key).into_iter().flatten().filter(inside).collect::<Vec<_>>();
            let wrote = written.get(&key).into_iter().flatten().filter(inside).count();
            if there.len() == wrote && there.iter().all(|(row, _)| row.recorded_by == done_by) {
                superseded.extend(there.iter().map(|(row, _)| row.id));
                drafts.push(original.restated(to)?);
                restored.push(key);
            } else {
                changed_since.push(key);
            }
        }
        let (seq, moment_of_change) = (change.next_seq(), change.at_micros());
        let mut touched = Touched::default();
        assignment::supersede(conn, &mut superseded, moment_of_change, seq, &mut touched).await?;
        assignment::insert(conn, &drafts, moment_of_change, seq, &mut touched, |_| ()).await?;
        let number = i64::try_from(known.id).unwrap_or(i64::MAX);
        touched.section(Section::TakenBack).int(number).int(moment_of_change);
        query("UPDATE handovers SET superseded_at = $1, superseded_by = $2 WHERE id = $3")
            .bind(moment_of_change)
            .bind(seq)
            .bind(number)
            .execute(&mut *conn)
            .await?;
        let entry = NewEntry {
            action: AuditAction::TakenBack,
            subject: known.employee.to_string(),
            before: json!({"id": known.id, "on": known.on}),
            after: json!({"restored": restored.len(), "changed_since": changed_since.len()}),
            reason: reason.to_owned(),
            digest: touched.hex(),
        };
        change.append(conn, entry).await?;
        let version = change.version();
        tx.commit().await?;
        Ok(TakenBack { restored, changed_since, version })
    }

    /// A page of the hand-overs that hold of employees within, by their number.
    pub async fn hand_overs_within(
        &self,
        within: Within<'_>,
        after: Option<u64>,
        limit: u32,
    ) -> Result<Vec<HandOver>, StoreError> {
        let rows = query(sql(format!(
            "{} SELECT id, employee_id, effective_on, reason, recorded_at, recorded_by FROM handovers \
             WHERE superseded_at IS NULL AND {} AND CAST($1 AS TEXT) IS NOT NULL AND id > $2 ORDER BY id LIMIT $3",
            within.table(),
            within.holds("employee_id")
        )))
        .bind(within.top())
        .bind(after.map_or(0, |id| i64::try_from(id).unwrap_or(i64::MAX)))
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(read).collect()
    }

    /// The hand-over of this number, if it holds.
    pub async fn one_hand_over(&self, id: u64) -> Result<Option<HandOver>, StoreError> {
        Ok(present(&self.pool).await?.into_iter().find(|one| one.id == id))
    }

    /// Hand-overs that hold, by their number.
    pub async fn hand_overs(&self) -> Result<Vec<HandOver>, StoreError> {
        present(&self.pool).await
    }

    /// The checklist of somebody who leaves: what still hangs on them on a day and later.
    pub async fn loose_ends(&self, employee: &EmployeeId, on: Date) -> Result<Loose, StoreError> {
        let mut tx = self.read().await?;
        let conn = &mut tx;
        let mut loose = Loose::default();
        for row in held_from(conn, employee, on).await? {
            loose.holds.push(row.key()?);
        }
        if let Some(done) = present(&mut *conn).await?.into_iter().find(|one| one.employee == *employee) {
            let by = i64::try_from(done.recorded_by).unwrap_or(i64::MAX);
            let mut taken: BTreeMap<EmployeeId, BTreeSet<String>> = BTreeMap::new();
            for row in rows(conn, "recorded_by = $1 AND superseded_at IS NULL", by).await? {
                let who: EmployeeId = id(row.employee())?;
                if who != *employee {
                    taken.entry(who).or_default().insert(row.account.clone());
                }
            }
            loose.introduce = taken.into_iter().map(|(who, accounts)| (who, accounts.len() as u64)).collect();
        }
        for other in record::all::<EmployeeRecord>(&mut *conn).await? {
            if other.manager.as_ref() == Some(employee) && employed(&other, on, on.tomorrow().ok()) {
                loose.manages.push(other.id);
            }
        }
        for absence in absence::present(&mut *conn).await? {
            let after = absence.to.is_none_or(|to| on < to);
            if after && absence.covers.iter().any(|cover| cover.substitute == *employee) {
                loose.stands_in_for.push(absence.employee);
            }
        }
        let open = query(
            "SELECT number FROM communications WHERE superseded_at IS NULL AND given_to = $1 \
             AND state IN ('open', 'passed', 'in-progress') ORDER BY number",
        );
        for row in open.bind(employee.as_str()).fetch_all(conn).await? {
            loose.matters.push(count(row.try_get(0)?));
        }
        Ok(loose)
    }
}

async fn carry_out(
    conn: &mut Connection,
    new: &NewHandOver,
    actor: &str,
    at: Timestamp,
) -> Result<HandedOver, StoreError> {
    let mut change = Change::begin(audit::head(&mut *conn).await?, actor, at);
    absence::known(conn, &new.employee).await?;
    refuse_leavers(conn, [&new.employee]).await?;
    let staff = record::all::<EmployeeRecord>(&mut *conn).await?;
    let staff: BTreeMap<&EmployeeId, &EmployeeRecord> = staff.iter().map(|one| (&one.id, one)).collect();
    let left: BTreeSet<EmployeeId> = present(&mut *conn).await?.into_iter().map(|one| one.employee).collect();
    let away: BTreeSet<EmployeeId> =
        absence::on(&mut *conn, new.on).await?.into_iter().map(|one| one.employee).collect();
    let at_work = |who: &EmployeeId| {
        *who != new.employee
            && !left.contains(who)
            && !away.contains(who)
            && staff.get(who).is_some_and(|employee| employed(employee, new.on, new.on.tomorrow().ok()))
    };
    if let Some(named) = &new.successor {
        absence::known(conn, named).await?;
        if !at_work(named) {
            return Err(StoreError::NotAtWork { employee: named.clone(), from: new.on, to: new.on.tomorrow().ok() });
        }
    }
    let held = held_from(conn, &new.employee, new.on).await?;
    let manager = staff.get(&new.employee).and_then(|leaver| leaver.manager.as_ref());
    let mut loads = assignment::loads(&mut *conn, new.on).await?;
    let mut successors = Vec::with_capacity(held.len());
    for row in &held {
        let key = row.key()?;
        successors.push((successor(new, &key, &mut loads, manager, &at_work), key));
    }

    let (seq, moment_of_change) = (change.next_seq(), change.at_micros());
    let reason = format!("takes over from {}, who leaves on {}", new.employee, new.on);
    let mut drafts = Vec::with_capacity(held.len() * 2);
    let (mut passed, mut nobody) = (Vec::new(), Vec::new());
    for (row, (successor, key)) in held.iter().zip(&successors) {
        let stretch = row.stretch()?;
        let (before, (from, to)) =
            divide(Span { employee: new.employee.as_str(), from: stretch.0, to: stretch.1 }, new.on);
        if before.is_some() {
            drafts.push(row.restated(Some(new.on))?);
        }
        match successor {
            Some(who) => {
                let rule = "hand-over";
                drafts.push(Draft { employee: who.as_str(), rule, reason: &reason, from, ..row.restated(to)? });
                passed.push((key.clone(), who.clone()));
            }
            None => nobody.push(key.clone()),
        }
    }
    let mut touched = Touched::default();
    let mut ids: Vec<i64> = held.iter().map(|row| row.id).collect();
    assignment::supersede(conn, &mut ids, moment_of_change, seq, &mut touched).await?;
    assignment::insert(conn, &drafts, moment_of_change, seq, &mut touched, |_| ()).await?;
    let hand_over = insert(conn, new, &change, &mut touched).await?;
    let entry = NewEntry {
        action: AuditAction::HandedOver,
        subject: new.employee.to_string(),
        before: json!({"held": held.len()}),
        after: json!({"id": hand_over.id, "on": new.on, "passed": passed.len(), "nobody": nobody.len()}),
        reason: new.reason.clone(),
        digest: touched.hex(),
    };
    change.append(conn, entry).await?;
    let version = change.version();
    Ok(HandedOver { hand_over, passed, nobody, version })
}

/// Nothing is promised to those who have handed over what they had.
pub(crate) async fn refuse_leavers<'e>(
    conn: &mut Connection,
    employees: impl IntoIterator<Item = &'e EmployeeId>,
) -> Result<(), StoreError> {
    let left = present(conn).await?;
    if left.is_empty() {
        return Ok(());
    }
    let left: BTreeMap<&EmployeeId, Date> = left.iter().map(|one| (&one.employee, one.on)).collect();
    match employees.into_iter().find_map(|who| left.get(who).map(|on| (who, *on))) {
        Some((who, on)) => Err(StoreError::HasLeft { employee: who.clone(), on }),
        None => Ok(()),
    }
}

/// Whoever is named, or the least loaded, whose load then counts one more.
fn successor(
    new: &NewHandOver,
    key: &AssignmentKey,
    loads: &mut [Load],
    manager: Option<&EmployeeId>,
    at_work: &impl Fn(&EmployeeId) -> bool,
) -> Option<EmployeeId> {
    if new.successor.is_some() {
        return new.successor.clone();
    }
    let same = |load: &Load| load.role == key.role && load.product_line == key.product_line;
    let candidates = loads.iter().filter(|load| same(load));
    let candidates = candidates.map(|load| Candidate { employee: &load.employee, accounts: load.accounts });
    let (who, _) = choose(candidates, manager, at_work)?;
    let who = who.clone();
    if let Some(load) = loads.iter_mut().find(|load| same(load) && load.employee == who) {
        load.accounts += 1;
    }
    Some(who)
}

pub(crate) async fn present<'c>(source: impl Into<Source<'c>>) -> Result<Vec<HandOver>, StoreError> {
    load(source, None).await
}

/// Hand-overs that held as was known at a moment.
pub(crate) async fn as_known<'c>(source: impl Into<Source<'c>>, at: Timestamp) -> Result<Vec<HandOver>, StoreError> {
    load(source, Some(at)).await
}

async fn load<'c>(source: impl Into<Source<'c>>, as_known_at: Option<Timestamp>) -> Result<Vec<HandOver>, StoreError> {
    let rows = query(
        "SELECT id, employee_id, effective_on, reason, recorded_at, recorded_by FROM handovers \
         WHERE recorded_at <= $1 AND (superseded_at IS NULL OR superseded_at > $1) ORDER BY id",
    )
    .bind(as_known_at.map_or(i64::MAX, Timestamp::as_microsecond))
    .fetch_all(source)
    .await?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<HandOver, StoreError> {
    Ok(HandOver {
        id: count(row.try_get(0)?),
        employee: id(row.try_get(1)?)?,
        on: date(row.try_get(2)?)?,
        reason: row.try_get(3)?,
        recorded_at: moment(row.try_get(4)?)?,
        recorded_by: count(row.try_get(5)?),
    })
}

type ByKey = HashMap<AssignmentKey, Vec<(Stored, Stretch)>>;
type Stretch = (Date, Option<Date>);

fn by_key(rows: Vec<Stored>) -> Result<ByKey, StoreError> {
    let mut all = ByKey::new();
    for row in rows {
        let stretch = row.stretch()?;
        all.entry(row.key()?).or_default().push((row, stretch));
    }
    Ok(all)
}

async fn held_from(conn: &mut Connection, employee: &EmployeeId, on: Date) -> Result<Vec<Stored>, StoreError> {
    let rows = query(sql(format!(
        "SELECT {COLUMNS} FROM assignments WHERE superseded_at IS NULL AND employee_id = $1 \
         AND (valid_to IS NULL OR valid_to > $2) ORDER BY account_id, role, product_line, valid_from"
    )))
    .bind(employee.as_str())
    .bind(date_text(on)?)
    .fetch_all(conn)
    .await?;
    rows.iter().map(Stored::read).collect()
}

async fn rows(conn: &mut Connection, condition: &str, seq: i64) -> Result<Vec<Stored>, StoreError> {
    let rows = query(sql(format!("SELECT {COLUMNS} FROM assignments WHERE {condition} ORDER BY id")))
        .bind(seq)
        .fetch_all(conn)
        .await?;
    rows.iter().map(Stored::read).collect()
}

/// What holds now of these rows' accounts.
async fn present_of(conn: &mut Connection, of: &[Stored]) -> Result<Vec<Stored>, StoreError> {
    let accounts: BTreeSet<&str> = of.iter().map(|row| row.account.as_str()).collect();
    let accounts: Vec<&str> = accounts.into_iter().collect();
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let among = conn.among("account_id", 1);
    let rows = query(sql(format!("SELECT {COLUMNS} FROM assignments WHERE superseded_at IS NULL AND {among}")))
        .bind(accounts.as_slice())
        .fetch_all(conn)
        .await?;
    rows.iter().map(Stored::read).collect()
}

async fn insert(
    conn: &mut Connection,
    new: &NewHandOver,
    change: &Change<'_>,
    touched: &mut Touched,
) -> Result<HandOver, StoreError> {
    let number: i64 = next_id(conn, "handovers").await?;
    let on = date_text(new.on)?;
    let row = StoredHandOver {
        id: number,
        employee: new.employee.to_string(),
        on,
        reason: new.reason.clone(),
        at: change.at_micros(),
    };
    row.digest(touched);
    query(
        "INSERT INTO handovers (id, employee_id, effective_on, reason, recorded_at, recorded_by) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(row.id)
    .bind(&row.employee)
    .bind(&row.on)
    .bind(&row.reason)
    .bind(row.at)
    .bind(change.next_seq())
    .execute(conn)
    .await?;
    Ok(HandOver {
        id: count(number),
        employee: new.employee.clone(),
        on: new.on,
        reason: new.reason.clone(),
        recorded_at: change.at()?,
        recorded_by: count(change.next_seq()),
    })
}

/// A hand-over as it is stored.
pub(crate) struct StoredHandOver {
    pub(crate) id: i64,
    pub(crate) employee: String,
    pub(crate) on: String,
    pub(crate) reason: String,
    pub(crate) at: i64,
}

impl StoredHandOver {
    pub(crate) fn digest(&self, touched: &mut Touched) {
        touched
            .section(Section::HandOvers)
            .int(self.id)
            .text(&self.employee)
            .text(&self.on)
            .text(&self.reason)
            .int(self.at);
    }
}
