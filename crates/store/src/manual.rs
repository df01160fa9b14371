//! Assignments by hand: an account × role goes to somebody from a day on, or to nobody, because somebody says so.

use bailiwick_domain::absence::employed;
use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::assignment::{
    AssignmentKey, BY_HAND, Holding, Later, LaterChange, PINNED, Span, close, hand_over,
};
use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::EmployeeId;
use bailiwick_domain::ledger::LedgerVersion;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::json;

use crate::absence;
use crate::assignment::{self, COLUMNS, Draft, Stored, Why, line, line_text};
use crate::audit::{self, Change, NewEntry};
use crate::db::{Connection, query, sql};
use crate::digest::Touched;
use crate::error::StoreError;
use crate::handover;
use crate::ledger::{Ledger, date_text};
use crate::record::{self, id};

/// What is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ByHand {
    pub key: AssignmentKey,
    /// Who holds it from the day on; `None`: nobody.
    pub employee: Option<EmployeeId>,
    pub on: Date,
    /// Whether plans leave it as it is.
    pub pinned: bool,
    /// What to do with changes that are recorded for later.
    pub later: Later,
    pub reason: String,
}

/// What it came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenByHand {
    /// Who held it on the day.
    pub before: Option<EmployeeId>,
    pub version: LedgerVersion,
}

impl Ledger {
    /// Gives an account × role (× product line) to somebody from a day on, or to nobody.
    ///
    /// # Errors
    /// [`StoreError::UnknownAccount`], [`StoreError::UnknownEmployee`], [`StoreError::HasLeft`],
    /// [`StoreError::NotEmployed`], [`StoreError::LaterChange`], [`StoreError::HoldsAlready`],
    /// [`StoreError::NobodyHolds`]; nothing is changed then.
    pub async fn assign_by_hand(&self, wanted: &ByHand, actor: &str, at: Timestamp) -> Result<GivenByHand, StoreError> {
        let mut tx = self.begin().await?;
        let conn = &mut tx;
        let mut change = Change::begin(audit::head(&mut *conn).await?, actor, at);
        let account = wanted.key.account.as_str();
        if record::missing::<AccountRecord>(conn, &[account]).await?.is_some() {
            return Err(StoreError::UnknownAccount { account: wanted.key.account.clone() });
        }
        if let Some(employee) = &wanted.employee {
            may_hold(conn, employee, wanted.on).await?;
        }
        let rows = rows_from(conn, &wanted.key, wanted.on).await?;
        let stretches = rows.iter().map(Stored::stretch).collect::<Result<Vec<_>, _>>()?;
        let spans: Vec<Span<'_>> = rows
            .iter()
            .zip(&stretches)
            .map(|(row, (from, to))| Span { employee: row.employee(), from: *from, to: *to })
            .collect();
        let holder = stretches.iter().position(|(from, to)| *from <= wanted.on && to.is_none_or(|to| wanted.on < to));
        let before: Option<EmployeeId> = holder.map(|row| id(rows[row].employee())).transpose()?;
        let rule = if wanted.pinned { PINNED } else { BY_HAND };
        let refused = |LaterChange(later)| StoreError::LaterChange {
            key: Box::new(wanted.key.clone()),
            on: wanted.on,
            later,
            count: 1,
        };
        let amendment = match &wanted.employee {
            Some(employee) if before.as_ref() == Some(employee) => {
                let same = holder.is_some_and(|row| (rows[row].rule() == PINNED) == wanted.pinned);
                let lasts = holder.is_some_and(|row| stretches[row].1.is_none());
                if same && lasts {
                    let (key, employee) = (Box::new(wanted.key.clone()), employee.clone());
                    return Err(StoreError::HoldsAlready { key, employee, on: wanted.on });
                }
                let mut amendment = close(&spans, wanted.on, wanted.later).map_err(refused)?;
                amendment.open = Some((wanted.on, None));
                amendment
            }
            Some(employee) => hand_over(&spans, employee.as_str(), wanted.on, wanted.later).map_err(refused)?,
            None => {
                let amendment = close(&spans, wanted.on, wanted.later).map_err(refused)?;
                if amendment.supersede.is_empty() {
                    return Err(StoreError::NobodyHolds { key: Box::new(wanted.key.clone()), on: wanted.on });
                }
                amendment
            }
        };

        let (seq, moment) = (change.next_seq(), change.at_micros());
        let mut touched = Touched::default();
        let mut ids: Vec<i64> = amendment.supersede.iter().map(|&row| rows[row].id).collect();
        assignment::supersede(conn, &mut ids, moment, seq, &mut touched).await?;
        let mut drafts = Vec::with_capacity(2);
        if let Some((row, to)) = amendment.restate {
            drafts.push(rows[row].restated(to)?);
        }
        let why = json!([{ "by": actor, "before": before }]);
        let segment = holder.map_or("", |row| rows[row].segment());
        if let (Some(employee), Some((from, to))) = (&wanted.employee, amendment.open) {
            drafts.push(Draft {
                account,
                role: wanted.key.role.as_str(),
                line: line_text(wanted.key.product_line.as_ref()),
                employee: employee.as_str(),
                segment,
                territory: None,
                rule,
                reason: &wanted.reason,
                why: Why::Value(&why),
                from,
                to,
            });
        }
        assignment::insert(conn, &drafts, moment, seq, &mut touched, |_| ()).await?;
        let action = match wanted.employee {
            Some(_) => AuditAction::AssignmentMade,
            None => AuditAction::AssignmentEnded,
        };
        let entry = NewEntry {
            action,
            subject: wanted.key.to_string(),
            before: json!({"employee": before}),
            after: json!({
                "account": wanted.key.account, "role": wanted.key.role, "product_line": wanted.key.product_line,
                "employee": wanted.employee, "on": wanted.on, "pinned": wanted.employee.is_some() && wanted.pinned,
            }),
            reason: wanted.reason.clone(),
            digest: touched.hex(),
        };
        change.append(conn, entry).await?;
        let version = change.version();
        tx.commit().await?;
        Ok(GivenByHand { before, version })
    }

    /// What is pinned by hand on the day, by account, role and product line.
    pub async fn pinned(&self, on: Date) -> Result<Vec<Holding>, StoreError> {
        let rows = query(
            "SELECT account_id, role, product_line, employee_id FROM assignments WHERE superseded_at IS NULL \
             AND rule = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2) ORDER BY 1, 2, 3",
        )
        .bind(PINNED)
        .bind(date_text(on)?)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(Holding {
                    account: id(row.try_get(0)?)?,
                    role: id(row.try_get(1)?)?,
                    product_line: line(row.try_get(2)?)?,
                    employee: id(row.try_get(3)?)?,
                })
            })
            .collect()
    }
}

/// Nothing is promised to those who are not there.
async fn may_hold(conn: &mut Connection, employee: &EmployeeId, on: Date) -> Result<(), StoreError> {
    absence::known(conn, employee).await?;
    handover::refuse_leavers(conn, [employee]).await?;
    let staff = record::all::<EmployeeRecord>(conn).await?;
    let there = staff.iter().any(|one| one.id == *employee && employed(one, on, on.tomorrow().ok()));
    if there { Ok(()) } else { Err(StoreError::NotEmployed { employee: employee.clone(), on }) }
}

/// What is recorded of a key from a day on, by date.
async fn rows_from(conn: &mut Connection, key: &AssignmentKey, on: Date) -> Result<Vec<Stored>, StoreError> {
    let rows = query(sql(format!(
        "SELECT {COLUMNS} FROM assignments WHERE superseded_at IS NULL AND account_id = $1 AND role = $2 \
         AND product_line = $3 AND (valid_to IS NULL OR valid_to > $4) ORDER BY valid_from"
    )))
    .bind(key.account.as_str())
    .bind(key.role.as_str())
    .bind(line_text(key.product_line.as_ref()))
    .bind(date_text(on)?)
    .fetch_all(conn)
    .await?;
    rows.iter().map(Stored::read).collect()
}
