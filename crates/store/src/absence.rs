//! Absences: recorded with whoever stands in, and ended earlier or later than was said.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_domain::absence::{
    Absence, Candidate, Cover, CoverRule, NewAbsence, StandIn, choose, employed, overlap, stand_in,
};
use bailiwick_domain::assignment::Assignment;
use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::EmployeeId;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::assignment::{self, line, line_text};
use crate::audit::{self, Change, NewEntry};
use crate::db::bulk::{self, Target};
use crate::db::{Connection, Param, Source, query, sql};
use crate::digest::{Section, Touched};
use crate::error::StoreError;
use crate::handover;
use crate::ledger::{Ledger, bad, count, date, date_text, moment, next_id};
use crate::reach::Within;
use crate::record::{self, id};

/// Somebody is away, and who answers meanwhile.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Covered {
    /// The first day back; `None`: until further notice.
    pub until: Option<Date>,
    /// `None`: everybody who could stand in is away, too.
    pub substitute: Option<EmployeeId>,
    pub rule: Option<CoverRule>,
}

impl Ledger {
    /// Keeps an absence, and decides who stands in: whoever is named, or else, for each role and product line that the
    /// employee holds during it, the least loaded of those who hold the same and are at work all the time, or else the
    /// manager.
    ///
    /// # Errors
    /// [`StoreError::UnknownEmployee`], [`StoreError::AwayAlready`], [`StoreError::EmptyAbsence`],
    /// [`StoreError::NotAtWork`] if the named one is away, has left or is the absent themselves; nothing is changed then.
    pub async fn record_absence(&self, new: &NewAbsence, actor: &str, at: Timestamp) -> Result<Absence, StoreError> {
        let stretch = (new.from, new.to);
        if new.to.is_some_and(|to| to <= new.from) {
            return Err(StoreError::EmptyAbsence { from: new.from });
        }
        let mut tx = self.begin().await?;
        let conn = &mut tx;
        let mut change = Change::begin(audit::head(&mut *conn).await?, actor, at);
        known(conn, &new.employee).await?;
        let others = present(&mut *conn).await?;
        if let Some(other) = others.iter().find(|o| o.employee == new.employee && overlap((o.from, o.to), stretch)) {
            return Err(StoreError::AwayAlready { employee: new.employee.clone(), from: other.from, to: other.to });
        }
        let staff = record::all::<EmployeeRecord>(&mut *conn).await?;
        let staff: BTreeMap<&EmployeeId, &EmployeeRecord> = staff.iter().map(|one| (&one.id, one)).collect();
        let left = handover::present(&mut *conn).await?;
        let at_work = |who: &EmployeeId| {
            *who != new.employee
                && !left.iter().any(|one| one.employee == *who && new.to.is_none_or(|to| one.on < to))
                && staff.get(who).is_some_and(|employee| employed(employee, new.from, new.to))
                && !others.iter().any(|other| other.employee == *who && overlap((other.from, other.to), stretch))
        };
        let covers = match &new.substitute {
            Some(named) => {
                known(conn, named).await?;
                if !at_work(named) {
                    return Err(StoreError::NotAtWork { employee: named.clone(), from: new.from, to: new.to });
                }
                vec![Cover { role: None, product_line: None, substitute: named.clone(), rule: CoverRule::Named }]
            }
            None => {
                let manager = staff.get(&new.employee).and_then(|absent| absent.manager.as_ref());
                derived(conn, new, manager, &at_work).await?
            }
        };
        let absence = Absence {
            id: count(next_id(conn, "absences").await?),
            employee: new.employee.clone(),
            from: new.from,
            to: new.to,
            reason: new.reason.clone(),
            covers,
            recorded_at: change.at()?,
            recorded_by: count(change.next_seq()),
        };
        let mut touched = Touched::default();
        insert(conn, &absence, &mut touched).await?;
        let entry = NewEntry {
            action: AuditAction::AbsenceRecorded,
            subject: new.employee.to_string(),
            before: Value::Null,
            after: told(&absence),
            reason: new.reason.clone(),
            digest: touched.hex(),
        };
        change.append(conn, entry).await?;
        tx.commit().await?;
        Ok(absence)
    }

    /// Somebody is back sooner than was said: `on` is their first day back. On or before the day it was to begin, the
    /// absence never was. What remains of it; nothing if nothing does.
    ///
    /// # Errors
    /// [`StoreError::UnknownAbsence`]; [`StoreError::NotSooner`] if it was to end by then anyway.
    pub async fn end_absence(
        &self,
        absence: u64,
        on: Date,
        reason: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<Option<Absence>, StoreError> {
        let mut tx = self.begin().await?;
        let conn = &mut tx;
        let mut change = Change::begin(audit::head(&mut *conn).await?, actor, at);
        let held = present(&mut *conn).await?.into_iter().find(|held| held.id == absence);
        let held = held.ok_or(StoreError::UnknownAbsence { absence })?;
        if let Some(to) = held.to.filter(|&to| on >= to) {
            return Err(StoreError::NotSooner { employee: held.employee, to });
        }
        let mut touched = Touched::default();
        supersede(conn, &held, &change, &mut touched).await?;
        let mut left = None;
        if on > held.from {
            let shorter = Absence {
                id: count(next_id(conn, "absences").await?),
                to: Some(on),
                recorded_at: change.at()?,
                recorded_by: count(change.next_seq()),
                ..held.clone()
            };
            insert(conn, &shorter, &mut touched).await?;
            left = Some(shorter);
        }
        let entry = NewEntry {
            action: AuditAction::AbsenceEnded,
            subject: held.employee.to_string(),
            before: told(&held),
            after: left.as_ref().map_or(Value::Null, told),
            reason: reason.to_owned(),
            digest: touched.hex(),
        };
        change.append(conn, entry).await?;
        tx.commit().await?;
        Ok(left)
    }

    /// Absences to our present knowledge, of one employee or of all, those that cover a day or all; by their number.
    pub async fn absences(&self, employee: Option<&EmployeeId>, on: Option<Date>) -> Result<Vec<Absence>, StoreError> {
        load(&self.pool, &Asked { employee, on, ..Asked::default() }).await
    }

    /// A page of the absences to our present knowledge of employees within, by their number.
    pub async fn absences_within(
        &self,
        within: Within<'_>,
        wanted: &AbsencesWanted<'_>,
    ) -> Result<Vec<Absence>, StoreError> {
        let rows = query(sql(format!(
            "{} SELECT id FROM absences WHERE superseded_at IS NULL AND {} AND CAST($1 AS TEXT) IS NOT NULL \
             AND (CAST($2 AS TEXT) IS NULL OR employee_id = $2) \
             AND (CAST($3 AS TEXT) IS NULL OR (valid_from <= $3 AND (valid_to IS NULL OR valid_to > $3))) \
             AND id > $4 ORDER BY id LIMIT $5",
            within.table(),
            within.holds("employee_id")
        )))
        .bind(within.top())
        .bind(wanted.employee.map(EmployeeId::as_str))
        .bind(wanted.on.map(date_text).transpose()?)
        .bind(wanted.after.map_or(0, |id| i64::try_from(id).unwrap_or(i64::MAX)))
        .bind(wanted.limit.map_or(i64::MAX, i64::from))
        .fetch_all(&self.pool)
        .await?;
        let ids = rows.iter().map(|row| row.try_get(0)).collect::<Result<BTreeSet<i64>, _>>()?;
        let (Some(first), Some(last)) = (ids.first(), ids.last()) else { return Ok(vec![]) };
        let mut found = load(&self.pool, &Asked { between: Some((*first, *last)), ..Asked::default() }).await?;
        found.retain(|absence| i64::try_from(absence.id).is_ok_and(|id| ids.contains(&id)));
        Ok(found)
    }

    /// The absence of this number, unless we know better by now.
    pub async fn absence(&self, id: u64) -> Result<Option<Absence>, StoreError> {
        let number = i64::try_from(id).unwrap_or(i64::MAX);
        Ok(load(&self.pool, &Asked { between: Some((number, number)), ..Asked::default() }).await?.pop())
    }

    /// For each of the assignments, whether its holder is away on the day and who answers meanwhile, as known at a moment
    /// (now, if none is given).
    pub async fn covered(
        &self,
        held: &[Assignment],
        on: Date,
        as_known_at: Option<Timestamp>,
    ) -> Result<Vec<Option<Covered>>, StoreError> {
        let away = load(&self.pool, &Asked { on: Some(on), as_known_at, ..Asked::default() }).await?;
        let away: BTreeMap<EmployeeId, Absence> =
            away.into_iter().map(|absence| (absence.employee.clone(), absence)).collect();
        let one = |held: &Assignment| {
            let until = away.get(&held.employee)?.to;
            Some(match stand_in(&away, &held.employee, &held.role, held.product_line.as_ref()) {
                StandIn::Found(who, rule) => Covered { until, substitute: Some(who), rule: Some(rule) },
                StandIn::Nobody | StandIn::NotNeeded => Covered { until, substitute: None, rule: None },
            })
        };
        Ok(held.iter().map(one).collect())
    }
}

/// Which absences are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct AbsencesWanted<'a> {
    pub employee: Option<&'a EmployeeId>,
    /// Those that cover this day.
    pub on: Option<Date>,
    /// Only those with a greater number.
    pub after: Option<u64>,
    pub limit: Option<u32>,
}

/// Which absences are looked for.
#[derive(Default)]
struct Asked<'a> {
    employee: Option<&'a EmployeeId>,
    on: Option<Date>,
    as_known_at: Option<Timestamp>,
    /// By number, first and last.
    between: Option<(i64, i64)>,
}

/// All absences to our present knowledge.
pub(crate) async fn present<'c>(source: impl Into<Source<'c>>) -> Result<Vec<Absence>, StoreError> {
    load(source, &Asked::default()).await
}

/// Those that cover a day, as known at a moment (now, if none is given).
pub(crate) async fn on_as_known<'c>(
    source: impl Into<Source<'c>>,
    day: Date,
    as_known_at: Option<Timestamp>,
) -> Result<Vec<Absence>, StoreError> {
    load(source, &Asked { on: Some(day), as_known_at, ..Asked::default() }).await
}

/// Those that cover a day.
pub(crate) async fn on<'c>(source: impl Into<Source<'c>>, day: Date) -> Result<Vec<Absence>, StoreError> {
    load(source, &Asked { on: Some(day), ..Asked::default() }).await
}

async fn load<'c>(source: impl Into<Source<'c>>, asked: &Asked<'_>) -> Result<Vec<Absence>, StoreError> {
    let rows = query(
        "SELECT a.id, a.employee_id, a.valid_from, a.valid_to, a.reason, a.recorded_at, a.recorded_by, \
         c.role, c.product_line, c.substitute_id, c.rule FROM absences a LEFT JOIN covers c ON c.absence_id = a.id \
         WHERE (a.superseded_at IS NULL OR a.superseded_at > $1) AND a.recorded_at <= $1 \
         AND (CAST($2 AS TEXT) IS NULL OR a.employee_id = $2) \
         AND (CAST($3 AS TEXT) IS NULL OR (a.valid_from <= $3 AND (a.valid_to IS NULL OR a.valid_to > $3))) \
         AND a.id BETWEEN $4 AND $5 ORDER BY a.id, c.role DESC, c.product_line",
    )
    .bind(asked.as_known_at.map_or(i64::MAX, Timestamp::as_microsecond))
    .bind(asked.employee.map(EmployeeId::as_str))
    .bind(asked.on.map(date_text).transpose()?)
    .bind(asked.between.map_or(0, |(first, _)| first))
    .bind(asked.between.map_or(i64::MAX, |(_, last)| last))
    .fetch_all(source)
    .await?;
    let mut found: Vec<Absence> = Vec::new();
    for row in &rows {
        let number = count(row.try_get(0)?);
        if found.last().is_none_or(|last| last.id != number) {
            found.push(Absence {
                id: number,
                employee: id(row.try_get(1)?)?,
                from: date(row.try_get(2)?)?,
                to: row.try_get::<Option<&str>>(3)?.map(date).transpose()?,
                reason: row.try_get(4)?,
                covers: Vec::new(),
                recorded_at: moment(row.try_get(5)?)?,
                recorded_by: count(row.try_get(6)?),
            });
        }
        if let (Some(absence), Some(role)) = (found.last_mut(), row.try_get::<Option<&str>>(7)?) {
            let rule: &str = row.try_get(10)?;
            absence.covers.push(Cover {
                role: if role.is_empty() { None } else { Some(id(role)?) },
                product_line: line(row.try_get(8)?)?,
                substitute: id(row.try_get(9)?)?,
                rule: CoverRule::from_text(rule).ok_or_else(|| bad("a rule of cover", rule))?,
            });
        }
    }
    Ok(found)
}

pub(crate) async fn known(conn: &mut Connection, employee: &EmployeeId) -> Result<(), StoreError> {
    match record::missing::<EmployeeRecord>(conn, &[employee.as_str()]).await? {
        Some(_) => Err(StoreError::UnknownEmployee { employee: employee.clone() }),
        None => Ok(()),
    }
}

/// Who stands in by rule, role by role; for everything else the manager, if at work.
async fn derived(
    conn: &mut Connection,
    new: &NewAbsence,
    manager: Option<&EmployeeId>,
    at_work: &impl Fn(&EmployeeId) -> bool,
) -> Result<Vec<Cover>, StoreError> {
    let held = query(
        "SELECT DISTINCT role, product_line FROM assignments WHERE superseded_at IS NULL AND employee_id = $1 \
         AND (valid_to IS NULL OR valid_to > $2) AND (CAST($3 AS TEXT) IS NULL OR valid_from < $3) ORDER BY 1, 2",
    )
    .bind(new.employee.as_str())
    .bind(date_text(new.from)?)
    .bind(new.to.map(date_text).transpose()?)
    .fetch_all(&mut *conn)
    .await?;
    let loads = assignment::loads(conn, new.from).await?;
    let mut covers = Vec::new();
    for row in &held {
        let (role, product_line) = (id(row.try_get(0)?)?, line(row.try_get(1)?)?);
        let same = loads.iter().filter(|load| load.role == role && load.product_line == product_line);
        let candidates = same.map(|load| Candidate { employee: &load.employee, accounts: load.accounts });
        if let Some((substitute, rule)) = choose(candidates, manager, at_work) {
            covers.push(Cover { role: Some(role), product_line, substitute: substitute.clone(), rule });
        }
    }
    if let Some((manager, rule)) = choose([], manager, at_work) {
        covers.push(Cover { role: None, product_line: None, substitute: manager.clone(), rule });
    }
    Ok(covers)
}

async fn insert(conn: &mut Connection, absence: &Absence, touched: &mut Touched) -> Result<(), StoreError> {
    let row = StoredAbsence::new(absence)?;
    row.digest(touched);
    query(
        "INSERT INTO absences (id, employee_id, valid_from, valid_to, reason, recorded_at, recorded_by) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(row.id)
    .bind(&row.employee)
    .bind(&row.from)
    .bind(&row.to)
    .bind(&row.reason)
    .bind(row.at)
    .bind(row.seq)
    .execute(&mut *conn)
    .await?;
    let target = Target {
        table: "covers",
        columns: &["absence_id", "role", "product_line", "substitute_id", "rule"],
        suffix: "",
    };
    let covers: Vec<(i64, StoredCover)> = row.covers.into_iter().map(|cover| (row.id, cover)).collect();
    bulk::insert(conn, target, &covers, cover_values, |_| ()).await
}

fn cover_values<'r>((absence, cover): &'r (i64, StoredCover), values: &mut Vec<Param<'r>>) {
    values.push((*absence).into());
    values.extend(cover.iter().map(Param::from));
}

async fn supersede(
    conn: &mut Connection,
    absence: &Absence,
    change: &Change<'_>,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    let id = i64::try_from(absence.id).unwrap_or(i64::MAX);
    touched.section(Section::AbsencesEnded).int(id).int(change.at_micros());
    query("UPDATE absences SET superseded_at = $1, superseded_by = $2 WHERE id = $3")
        .bind(change.at_micros())
        .bind(change.next_seq())
        .bind(id)
        .execute(conn)
        .await?;
    Ok(())
}

/// An absence in the audit trail.
fn told(absence: &Absence) -> Value {
    json!({
        "id": absence.id, "from": absence.from, "to": absence.to,
        "covers": absence.covers.iter().map(|cover| json!({
            "role": cover.role, "product_line": cover.product_line, "substitute": cover.substitute, "rule": cover.rule,
        })).collect::<Vec<_>>(),
    })
}

/// Role, product line, substitute and rule.
pub(crate) type StoredCover = [String; 4];

/// An absence as it is stored, with its covers by role and product line.
pub(crate) struct StoredAbsence {
    pub(crate) id: i64,
    pub(crate) employee: String,
    pub(crate) from: String,
    pub(crate) to: Option<String>,
    pub(crate) reason: String,
    pub(crate) at: i64,
    pub(crate) seq: i64,
    pub(crate) covers: Vec<StoredCover>,
}

impl StoredAbsence {
    fn new(absence: &Absence) -> Result<Self, StoreError> {
        let cover = |cover: &Cover| {
            [
                cover.role.as_ref().map_or_else(String::new, ToString::to_string),
                line_text(cover.product_line.as_ref()).to_owned(),
                cover.substitute.to_string(),
                cover.rule.as_str().to_owned(),
            ]
        };
        let mut covers: Vec<StoredCover> = absence.covers.iter().map(cover).collect();
        covers.sort();
        Ok(StoredAbsence {
            id: i64::try_from(absence.id).unwrap_or(i64::MAX),
            employee: absence.employee.to_string(),
            from: date_text(absence.from)?,
            to: absence.to.map(date_text).transpose()?,
            reason: absence.reason.clone(),
            at: absence.recorded_at.as_microsecond(),
            seq: i64::try_from(absence.recorded_by).unwrap_or(i64::MAX),
            covers,
        })
    }

    pub(crate) fn digest(&self, touched: &mut Touched) {
        let fields = touched.section(Section::Absences);
        fields
            .int(self.id)
            .text(&self.employee)
            .text(&self.from)
            .maybe(self.to.as_deref())
            .text(&self.reason)
            .int(self.at)
            .int(self.covers.len() as i64);
        for cover in &self.covers {
            for field in cover {
                fields.text(field);
            }
        }
    }
}
