//! What has happened with an account, as one timeline: who was given it, what was said, needed and noted, the latest
//! first. Each table that tells of accounts is a part of one query, so that a page is as long as was asked for.

use bailiwick_domain::id::AccountId;
use jiff::Timestamp;
use serde::Serialize;

use crate::db::{query, sql};
use crate::error::StoreError;
use crate::kept::whole;
use crate::ledger::{Ledger, count, moment};

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Happened {
    pub at: Timestamp,
    /// Who did it.
    pub actor: String,
    /// `assignment`, `communication`, `need`, `contact`, `particulars`, `card` or `account`.
    pub kind: String,
    /// Number of the thing; for assignments and accounts that of the audit entry.
    pub number: u64,
    /// What it is about, in the thing's own words: a subject, a need, a name.
    pub text: String,
    /// The state it came to, or what was done: `passed`, `met`, `superseded`, …
    pub state: Option<String>,
    pub role: Option<String>,
    pub product_line: Option<String>,
    pub employee_id: Option<String>,
    /// From when and until when an assignment holds.
    pub from: Option<String>,
    pub to: Option<String>,
}

/// Which of it is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TimelineWanted {
    pub assignments: bool,
    pub communications: bool,
    pub cards: bool,
    pub after: Option<TimelineCursor>,
    pub limit: u32,
}

/// Where a page ends: the moment, kind and row of the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelineCursor {
    at: i64,
    kind: i64,
    row: i64,
}

impl std::fmt::Display for TimelineCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.at, self.kind, self.row)
    }
}

impl std::str::FromStr for TimelineCursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut parts = text.splitn(3, '.').map(|part| part.parse().map_err(|_| ()));
        let mut next = || parts.next().ok_or(())?;
        Ok(TimelineCursor { at: next()?, kind: next()?, row: next()? })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelinePage {
    pub happened: Vec<Happened>,
    pub next: Option<TimelineCursor>,
}

const KINDS: [&str; 7] = ["assignment", "communication", "need", "contact", "particulars", "card", "account"];

/// at, kind, row, seq, number, text, state, role, product line, employee, from, to.
const PARTS: [&str; 7] = [
    // Each half has an index of its own.
    "SELECT recorded_at, 0, id, recorded_by, recorded_by, reason, CAST(NULL AS TEXT), role, product_line, \
     employee_id, valid_from, valid_to \
     FROM assignments WHERE superseded_at IS NULL AND account_id = $1 \
     UNION ALL SELECT recorded_at, 0, id, recorded_by, recorded_by, reason, CAST(NULL AS TEXT), role, product_line, \
     employee_id, valid_from, valid_to FROM assignments WHERE superseded_at IS NOT NULL AND account_id = $1",
    "SELECT recorded_at, 1, id, recorded_by, number, subject, step, role, product_line, given_to, \
     CAST(NULL AS TEXT), CAST(NULL AS TEXT) FROM communications WHERE account_id = $1",
    "SELECT recorded_at, 2, id, recorded_by, number, need, state, CAST(NULL AS TEXT), product_line, \
     CAST(NULL AS TEXT), since, CAST(NULL AS TEXT) FROM needs WHERE account_id = $1",
    "SELECT recorded_at, 3, id, recorded_by, number, name, CASE WHEN active = '1' THEN 'active' ELSE 'gone' END, \
     CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT) \
     FROM contacts WHERE account_id = $1",
    "SELECT recorded_at, 4, id, recorded_by, number, note, CAST(NULL AS TEXT), CAST(NULL AS TEXT), \
     CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT) FROM particulars WHERE account_id = $1",
    "SELECT recorded_at, 5, id, recorded_by, number, label, CASE WHEN revoked = '1' THEN 'revoked' ELSE 'shared' END, \
     CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT) \
     FROM card_links WHERE account_id = $1",
    "SELECT recorded_at, 6, recorded_by, recorded_by, recorded_by, name, CAST(NULL AS TEXT), CAST(NULL AS TEXT), \
     CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT) FROM accounts WHERE account_id = $1 \
     UNION ALL SELECT recorded_at, 6, recorded_by, recorded_by, recorded_by, name, CAST(NULL AS TEXT), \
     CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT) \
     FROM account_history WHERE account_id = $1",
];

impl Ledger {
    /// A page of what has happened with an account, the latest first.
    pub async fn timeline(&self, account: &AccountId, wanted: &TimelineWanted) -> Result<TimelinePage, StoreError> {
        let shown = [wanted.assignments, wanted.communications, true, true, true, wanted.cards, true];
        let parts: Vec<&str> = PARTS.iter().zip(shown).filter(|(_, shown)| *shown).map(|(part, _)| *part).collect();
        let from = wanted.after.clone().unwrap_or(TimelineCursor { at: i64::MAX, kind: -1, row: -1 });
        let rows = query(sql(format!(
            "WITH h (at, kind, rowno, seq, number, told, state, role, line, employee_id, valid_from, valid_to) AS ({}) \
             SELECT h.at, h.kind, h.rowno, h.number, h.told, h.state, h.role, h.line, h.employee_id, h.valid_from, \
             h.valid_to, u.actor FROM h JOIN audit u ON u.seq = h.seq \
             WHERE h.at < $2 OR (h.at = $2 AND (h.kind > $3 OR (h.kind = $3 AND h.rowno > $4))) \
             ORDER BY h.at DESC, h.kind, h.rowno LIMIT $5",
            parts.join(" UNION ALL ")
        )))
        .bind(account.as_str())
        .bind(from.at)
        .bind(from.kind)
        .bind(from.row)
        .bind(whole(u64::from(wanted.limit) + 1))
        .fetch_all(&self.pool)
        .await?;
        let limit = wanted.limit as usize;
        let mut happened = Vec::with_capacity(rows.len());
        let mut next = None;
        for row in rows.iter().take(limit) {
            let (at, kind): (i64, i32) = (row.try_get(0)?, row.try_get(1)?);
            next = Some(TimelineCursor { at, kind: i64::from(kind), row: row.try_get(2)? });
            let filled = |column: usize| -> Result<Option<String>, StoreError> {
                Ok(row.try_get::<Option<String>>(column)?.filter(|text| !text.is_empty()))
            };
            happened.push(Happened {
                at: moment(at)?,
                kind: KINDS.get(usize::try_from(kind).unwrap_or(usize::MAX)).copied().unwrap_or_default().to_owned(),
                number: count(row.try_get(3)?),
                text: row.try_get(4)?,
                state: filled(5)?,
                role: filled(6)?,
                product_line: filled(7)?,
                employee_id: filled(8)?,
                from: filled(9)?,
                to: filled(10)?,
                actor: row.try_get(11)?,
            });
        }
        Ok(TimelinePage { happened, next: next.filter(|_| rows.len() > limit) })
    }
}
