//! Assignments: writing and superseding rows, and the answers to "who?".

use std::collections::HashMap;

use bailiwick_domain::assignment::{Assignment, AssignmentKey, Holding, Load, NewAssignment};
use bailiwick_domain::id::{AccountId, ProductLine, RoleName};
use futures_util::TryStreamExt;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::db::bulk::{self, Target};
use crate::db::{Connection, Param, Row, Source, query, sql};
use crate::digest::{Section, Touched};
use crate::error::StoreError;
use crate::ledger::{Ledger, bad, count, date, date_text, json, moment, next_id};
use crate::record::id;

pub(crate) const COLUMNS: &str = "id, account_id, role, product_line, employee_id, segment, territory, rule, reason, why, \
    valid_from, valid_to, recorded_at, recorded_by, superseded_at, superseded_by";

/// A row to be written.
pub(crate) struct Draft<'a> {
    pub(crate) account: &'a str,
    pub(crate) role: &'a str,
    pub(crate) line: &'a str,
    pub(crate) employee: &'a str,
    pub(crate) segment: &'a str,
    pub(crate) territory: Option<&'a str>,
    pub(crate) rule: &'a str,
    pub(crate) reason: &'a str,
    pub(crate) why: Why<'a>,
    pub(crate) from: Date,
    pub(crate) to: Option<Date>,
}

#[derive(Clone, Copy)]
pub(crate) enum Why<'a> {
    Value(&'a Value),
    Text(&'a str),
}

impl<'a> Draft<'a> {
    pub(crate) fn new(new: &'a NewAssignment, from: Date, to: Option<Date>) -> Self {
        Draft {
            account: new.account.as_str(),
            role: new.role.as_str(),
            line: line_text(new.product_line.as_ref()),
            employee: new.employee.as_str(),
            segment: &new.segment,
            territory: new.territory.as_deref(),
            rule: &new.rule,
            reason: &new.reason,
            why: Why::Value(&new.why),
            from,
            to,
        }
    }
}

/// "No product line" is the empty text in the database.
pub(crate) fn line_text(line: Option<&ProductLine>) -> &str {
    line.map_or("", ProductLine::as_str)
}

/// A row as it is stored.
pub(crate) struct Stored {
    pub(crate) id: i64,
    pub(crate) account: String,
    role: String,
    line: String,
    employee: String,
    segment: String,
    territory: Option<String>,
    rule: String,
    reason: String,
    why: String,
    from: String,
    to: Option<String>,
    recorded_at: i64,
    pub(crate) recorded_by: i64,
    pub(crate) superseded_at: Option<i64>,
    pub(crate) superseded_by: Option<i64>,
}

impl Stored {
    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        Ok(Stored {
            id: row.try_get(0)?,
            account: row.try_get(1)?,
            role: row.try_get(2)?,
            line: row.try_get(3)?,
            employee: row.try_get(4)?,
            segment: row.try_get(5)?,
            territory: row.try_get(6)?,
            rule: row.try_get(7)?,
            reason: row.try_get(8)?,
            why: row.try_get(9)?,
            from: row.try_get(10)?,
            to: row.try_get(11)?,
            recorded_at: row.try_get(12)?,
            recorded_by: row.try_get(13)?,
            superseded_at: row.try_get(14)?,
            superseded_by: row.try_get(15)?,
        })
    }

    /// The same, with another end.
    pub(crate) fn restated(&self, to: Option<Date>) -> Result<Draft<'_>, StoreError> {
        Ok(Draft {
            account: &self.account,
            role: &self.role,
            line: &self.line,
            employee: &self.employee,
            segment: &self.segment,
            territory: self.territory.as_deref(),
            rule: &self.rule,
            reason: &self.reason,
            why: Why::Text(&self.why),
            from: date(&self.from)?,
            to,
        })
    }

    pub(crate) fn key(&self) -> Result<AssignmentKey, StoreError> {
        Ok(AssignmentKey { account: id(&self.account)?, role: id(&self.role)?, product_line: line(&self.line)? })
    }

    pub(crate) fn rule(&self) -> &str {
        &self.rule
    }

    pub(crate) fn segment(&self) -> &str {
        &self.segment
    }

    pub(crate) fn employee(&self) -> &str {
        &self.employee
    }

    /// From when to when it holds.
    pub(crate) fn stretch(&self) -> Result<(Date, Option<Date>), StoreError> {
        Ok((date(&self.from)?, self.to.as_deref().map(date).transpose()?))
    }

    pub(crate) fn assignment(self) -> Result<Assignment, StoreError> {
        Ok(Assignment {
            account: id(&self.account)?,
            role: id(&self.role)?,
            product_line: line(&self.line)?,
            employee: id(&self.employee)?,
            segment: self.segment,
            territory: self.territory,
            rule: self.rule,
            reason: self.reason,
            why: json("a rule chain", &self.why)?,
            valid_from: date(&self.from)?,
            valid_to: self.to.as_deref().map(date).transpose()?,
            recorded_at: moment(self.recorded_at)?,
            recorded_by: count(self.recorded_by),
            superseded_at: self.superseded_at.map(moment).transpose()?,
            superseded_by: self.superseded_by.map(count),
        })
    }

    /// Exactly what [`insert`] says of it.
    pub(crate) fn digest(&self, touched: &mut Touched) {
        touched
            .section(Section::Assigned)
            .int(self.id)
            .text(&self.account)
            .text(&self.role)
            .text(&self.line)
            .text(&self.employee)
            .text(&self.segment)
            .maybe(self.territory.as_deref())
            .text(&self.rule)
            .text(&self.reason)
            .text(&self.why)
            .text(&self.from)
            .maybe(self.to.as_deref())
            .int(self.recorded_at);
    }
}

pub(crate) fn line(text: &str) -> Result<Option<ProductLine>, StoreError> {
    if text.is_empty() { Ok(None) } else { id(text).map(Some) }
}

const TARGET: Target<'_> = Target {
    table: "assignments",
    columns: &[
        "id",
        "account_id",
        "role",
        "product_line",
        "employee_id",
        "segment",
        "territory",
        "rule",
        "reason",
        "why",
        "valid_from",
        "valid_to",
        "recorded_at",
        "recorded_by",
    ],
    suffix: "",
};

/// A draft with all that is stored of it.
struct NewRow<'a> {
    id: i64,
    draft: &'a Draft<'a>,
    why: String,
    from: String,
    to: Option<String>,
    at: i64,
    seq: i64,
}

impl NewRow<'_> {
    fn values<'r>(&'r self, values: &mut Vec<Param<'r>>) {
        let draft = self.draft;
        values.extend([
            self.id.into(),
            draft.account.into(),
            draft.role.into(),
            draft.line.into(),
            draft.employee.into(),
            draft.segment.into(),
            draft.territory.into(),
            draft.rule.into(),
            draft.reason.into(),
            Param::from(&self.why),
            Param::from(&self.from),
            Param::from(&self.to),
            self.at.into(),
            self.seq.into(),
        ]);
    }
}

/// Writes the rows, and says so in the digest.
pub(crate) async fn insert(
    conn: &mut Connection,
    drafts: &[Draft<'_>],
    at: i64,
    seq: i64,
    touched: &mut Touched,
    mut done: impl FnMut(usize),
) -> Result<(), StoreError> {
    const AT_ONCE: usize = 16_384;
    if drafts.is_empty() {
        return Ok(());
    }
    let mut next = next_id(conn, "assignments").await?;
    let mut dates = DateTexts::default();
    for part in drafts.chunks(AT_ONCE) {
        let mut rows = Vec::with_capacity(part.len());
        for draft in part {
            let why = match draft.why {
                Why::Value(value) => value.to_string(),
                Why::Text(text) => text.to_owned(),
            };
            let from = dates.text(draft.from)?;
            let to = draft.to.map(|to| dates.text(to)).transpose()?;
            touched
                .section(Section::Assigned)
                .int(next)
                .text(draft.account)
                .text(draft.role)
                .text(draft.line)
                .text(draft.employee)
                .text(draft.segment)
                .maybe(draft.territory)
                .text(draft.rule)
                .text(draft.reason)
                .text(&why)
                .text(&from)
                .maybe(to.as_deref())
                .int(at);
            rows.push(NewRow { id: next, draft, why, from, to, at, seq });
            next += 1;
        }
        bulk::insert(conn, TARGET, &rows, NewRow::values, &mut done).await?;
    }
    Ok(())
}

/// From now on we know better than these rows, and say so in the digest.
pub(crate) async fn supersede(
    conn: &mut Connection,
    ids: &mut [i64],
    at: i64,
    seq: i64,
    touched: &mut Touched,
) -> Result<(), StoreError> {
    ids.sort_unstable();
    for &mut id in ids.iter_mut() {
        touched.section(Section::Superseded).int(id).int(at);
    }
    if !ids.is_empty() {
        let among = conn.among("id", 3);
        query(sql(format!("UPDATE assignments SET superseded_at = $1, superseded_by = $2 WHERE {among}")))
            .bind(at)
            .bind(seq)
            .bind(&*ids)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// The rows of these numbers.
pub(crate) async fn fetch(conn: &mut Connection, ids: &[i64]) -> Result<HashMap<i64, Stored>, StoreError> {
    let mut found = HashMap::with_capacity(ids.len());
    if ids.is_empty() {
        return Ok(found);
    }
    let among = conn.among("id", 1);
    let mut rows = query(sql(format!("SELECT {COLUMNS} FROM assignments WHERE {among}"))).bind(ids).fetch(conn);
    while let Some(row) = rows.try_next().await? {
        let row = Stored::read(&row)?;
        found.insert(row.id, row);
    }
    Ok(found)
}

/// Dates as text; nearly all rows of a plan have the same.
#[derive(Default)]
struct DateTexts(HashMap<Date, String>);

impl DateTexts {
    fn text(&mut self, date: Date) -> Result<String, StoreError> {
        if let Some(text) = self.0.get(&date) {
            return Ok(text.clone());
        }
        let text = date_text(date)?;
        self.0.insert(date, text.clone());
        Ok(text)
    }
}

/// Between the columns of a row that is read as one text; no name holds a control character.
pub(crate) const SEPARATOR: &str = "\u{1f}";

/// The columns of a row that was read as one text.
pub(crate) fn unpack<const N: usize>(text: &str) -> Result<[&str; N], StoreError> {
    let mut columns = [""; N];
    let mut parts = text.split('\u{1f}');
    for column in &mut columns {
        *column = parts.next().ok_or_else(|| bad("a row", text))?;
    }
    Ok(columns)
}

/// Gives the same name again instead of making it anew: a million rows name few roles and employees.
pub(crate) struct Interned<T>(HashMap<String, T>);

impl<T: Clone + std::str::FromStr> Interned<T> {
    pub(crate) fn new() -> Self {
        Interned(HashMap::new())
    }

    pub(crate) fn get(&mut self, text: &str) -> Result<T, StoreError> {
        if let Some(known) = self.0.get(text) {
            return Ok(known.clone());
        }
        let made: T = id(text)?;
        self.0.insert(text.to_owned(), made.clone());
        Ok(made)
    }
}

impl Ledger {
    /// Who is responsible for the account on the date, as known at a moment (now, if none is given).
    ///
    /// Without a role, all roles. Without a product line, all product lines; with one, each role is answered by whoever
    /// holds that product line, or else by whoever holds the role whatever the product line.
    pub async fn who(
        &self,
        account: &AccountId,
        role: Option<&RoleName>,
        product_line: Option<&ProductLine>,
        on: Date,
        as_known_at: Option<Timestamp>,
    ) -> Result<Vec<Assignment>, StoreError> {
        // The condition is given twice, because each half has an index of its own.
        let wanted = "account_id = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2) \
            AND (CAST($3 AS TEXT) IS NULL OR role = $3) AND (CAST($4 AS TEXT) IS NULL OR product_line IN ($4, ''))";
        let text = match as_known_at {
            None => format!("SELECT {COLUMNS} FROM assignments WHERE superseded_at IS NULL AND {wanted} ORDER BY 3, 4"),
            Some(_) => format!(
                "SELECT {COLUMNS} FROM assignments WHERE superseded_at IS NULL AND recorded_at <= $5 AND {wanted} \
                 UNION ALL \
                 SELECT {COLUMNS} FROM assignments WHERE superseded_at IS NOT NULL AND superseded_at > $5 \
                 AND recorded_at <= $5 AND {wanted} ORDER BY 3, 4"
            ),
        };
        let mut query = query(sql(text))
            .bind(account.as_str())
            .bind(date_text(on)?)
            .bind(role.map(RoleName::as_str))
            .bind(product_line.map(ProductLine::as_str));
        if let Some(moment) = as_known_at {
            query = query.bind(moment.as_microsecond());
        }
        let rows = query.fetch_all(&self.pool).await?;
        let mut found = rows.iter().map(|row| Stored::read(row)?.assignment()).collect::<Result<Vec<_>, _>>()?;
        if product_line.is_some() {
            let special: Vec<RoleName> =
                found.iter().filter(|a| a.product_line.is_some()).map(|a| a.role.clone()).collect();
            found.retain(|a| a.product_line.is_some() || !special.contains(&a.role));
        }
        Ok(found)
    }

    /// Everything ever recorded of the account, superseded or not: by role and product line, then by date, then by when
    /// it was recorded.
    pub async fn history(&self, account: &AccountId) -> Result<Vec<Assignment>, StoreError> {
        let rows = query(sql(format!(
            "SELECT {COLUMNS} FROM assignments WHERE superseded_at IS NULL AND account_id = $1 \
             UNION ALL SELECT {COLUMNS} FROM assignments WHERE superseded_at IS NOT NULL AND account_id = $1 \
             ORDER BY 3, 4, 11, 1"
        )))
        .bind(account.as_str())
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Stored::read(row)?.assignment()).collect()
    }

    /// Who holds what on the date, by account, role and product line.
    pub async fn holders(&self, on: Date) -> Result<Vec<Holding>, StoreError> {
        let (mut roles, mut lines, mut employees) = (Interned::new(), Interned::new(), Interned::new());
        let mut holders: Vec<Holding> = Vec::new();
        let mut holding = |[account, role, line, employee]: [&str; 4]| -> Result<(), StoreError> {
            let account = match holders.last() {
                Some(last) if last.account == account => last.account.clone(),
                _ => id(account)?,
            };
            holders.push(Holding {
                account,
                role: roles.get(role)?,
                product_line: if line.is_empty() { None } else { Some(lines.get(line)?) },
                employee: employees.get(employee)?,
            });
            Ok(())
        };
        let mut wrong = Ok(());
        self.each_holder(on, |row| {
            if wrong.is_ok() {
                wrong = holding(row);
            }
        })
        .await?;
        wrong.map(|()| holders)
    }

    /// Calls with whoever holds something on the date, by account, role and product line (empty where there is none), and
    /// the employee last.
    pub async fn each_holder(&self, on: Date, mut call: impl FnMut([&str; 4])) -> Result<(), StoreError> {
        let mut rows = query(
            "SELECT account_id || $2 || role || $2 || product_line || $2 || employee_id FROM assignments \
             WHERE superseded_at IS NULL AND valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1) \
             ORDER BY account_id, role, product_line",
        )
        .bind(date_text(on)?)
        .bind(SEPARATOR)
        .fetch(&self.pool);
        while let Some(row) = rows.try_next().await? {
            call(unpack(row.try_get(0)?)?);
        }
        Ok(())
    }

    /// How many accounts each employee holds on the date, by role and product line.
    pub async fn loads(&self, on: Date) -> Result<Vec<Load>, StoreError> {
        loads(&self.pool, on).await
    }
}

pub(crate) async fn loads<'c>(source: impl Into<Source<'c>>, on: Date) -> Result<Vec<Load>, StoreError> {
    let rows = query(
        "SELECT role, product_line, employee_id, count(*) FROM assignments \
             WHERE superseded_at IS NULL AND valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1) \
             GROUP BY role, product_line, employee_id ORDER BY role, product_line, employee_id",
    )
    .bind(date_text(on)?)
    .fetch_all(source)
    .await?;
    rows.iter().map(load).collect()
}

/// [`loads`] as known at a moment.
pub(crate) async fn loads_as_known<'c>(
    source: impl Into<Source<'c>>,
    on: Date,
    at: Timestamp,
) -> Result<Vec<Load>, StoreError> {
    let rows = query(
        "SELECT role, product_line, employee_id, count(*) FROM assignments \
             WHERE recorded_at <= $2 AND (superseded_at IS NULL OR superseded_at > $2) \
             AND valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1) \
             GROUP BY role, product_line, employee_id ORDER BY role, product_line, employee_id",
    )
    .bind(date_text(on)?)
    .bind(at.as_microsecond())
    .fetch_all(source)
    .await?;
    rows.iter().map(load).collect()
}

fn load(row: &Row) -> Result<Load, StoreError> {
    Ok(Load {
        role: id(row.try_get(0)?)?,
        product_line: line(row.try_get(1)?)?,
        employee: id(row.try_get(2)?)?,
        accounts: count(row.try_get(3)?),
    })
}
