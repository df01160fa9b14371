//! Which matters there are, who sees them, and for whom they wait on a day.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_domain::absence::{Absence, employed};
use bailiwick_domain::communication::{Communication, Holder, MatterState, Waits, waits_for};
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::{AccountId, EmployeeId};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::absence;
use crate::assignment::line;
use crate::db::{Connection, query, sql};
use crate::desk::Stepped;
use crate::error::StoreError;
use crate::handover;
use crate::kept::{self, Version, whole};
use crate::ledger::{Ledger, date_text};
use crate::reach::Within;
use crate::record::{self, id};

/// A matter as it stands, and for whom it waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matter {
    pub number: u64,
    pub version: u64,
    pub communication: Communication,
    pub waits: Waits,
    pub changed_at: Timestamp,
}

/// Which matters are wanted, the latest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MattersWanted {
    pub account: Option<AccountId>,
    pub state: Option<MatterState>,
    /// Only those that are past the day they were due.
    pub overdue: bool,
    /// Only those before this number.
    pub before: Option<u64>,
    pub limit: u32,
}

/// Whose matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inbox<'a> {
    /// What waits for this employee.
    Of(&'a EmployeeId),
    /// What waits for nobody: to be passed, or passed to a role that nobody at work holds. As far as somebody sees.
    Desk(Within<'a>),
}

/// Where a page of an inbox ends: the day the last matter is due, and its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatterCursor {
    due: String,
    number: u64,
}

impl std::fmt::Display for MatterCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.due, self.number)
    }
}

impl std::str::FromStr for MatterCursor {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (due, number) = text.split_once('.').ok_or(())?;
        Ok(MatterCursor { due: due.to_owned(), number: number.parse().map_err(|_| ())? })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxPage {
    pub matters: Vec<Matter>,
    pub next: Option<MatterCursor>,
}

/// Who is away and who has left on a day.
#[derive(Debug, Clone)]
pub struct OnDay {
    pub on: Date,
    away: BTreeMap<EmployeeId, Absence>,
    left: BTreeSet<EmployeeId>,
}

impl OnDay {
    async fn read(conn: &mut Connection, on: Date) -> Result<OnDay, StoreError> {
        let away = absence::on(&mut *conn, on).await?.into_iter().map(|one| (one.employee.clone(), one)).collect();
        let staff = record::all::<EmployeeRecord>(&mut *conn).await?;
        let tomorrow = on.tomorrow().ok();
        let gone = staff.into_iter().filter(|one| !employed(one, on, tomorrow)).map(|one| one.id);
        let handed_over = handover::present(&mut *conn).await?.into_iter().filter(|one| one.on <= on);
        let left = gone.chain(handed_over.map(|one| one.employee)).collect();
        Ok(OnDay { on, away, left })
    }

    /// Those whose matters may wait for somebody else today.
    fn missing(&self) -> Vec<&str> {
        self.away.keys().chain(&self.left).map(EmployeeId::as_str).collect()
    }
}

/// A due day that sorts last where there is none.
const DUE: &str = "coalesce(c.due_on, '9999-99-99')";

impl Ledger {
    /// A matter, and for whom it waits on the day.
    pub async fn matter(&self, number: u64, on: Date) -> Result<Option<Matter>, StoreError> {
        let mut tx = self.read().await?;
        let Some(found) = kept::find::<Stepped>(&mut tx, number).await? else { return Ok(None) };
        let day = OnDay::read(&mut tx, on).await?;
        Ok(waiting(&mut tx, vec![found], &day).await?.pop())
    }

    /// Whether somebody sees a matter on the day: they see its account, or received it, or were given it.
    pub async fn sees_matter(&self, within: Within<'_>, number: u64, on: Date) -> Result<bool, StoreError> {
        let found: Option<i64> = query(sql(format!(
            "{} SELECT c.number FROM communications c WHERE c.superseded_at IS NULL AND CAST($2 AS TEXT) IS NOT NULL \
             AND c.number = $3 AND {}",
            within.table(),
            sees(within)
        )))
        .bind(within.top())
        .bind(date_text(on)?)
        .bind(whole(number))
        .scalar_optional(&self.pool)
        .await?;
        Ok(found.is_some())
    }

    /// The matters that somebody sees on the day, the latest first; one more than the limit where there are more.
    pub async fn matters(
        &self,
        within: Within<'_>,
        on: Date,
        wanted: &MattersWanted,
    ) -> Result<Vec<Matter>, StoreError> {
        let mut tx = self.read().await?;
        let columns = kept::columns::<Stepped>("c");
        let rows = query(sql(format!(
            "{} SELECT {columns} FROM communications c WHERE c.superseded_at IS NULL AND CAST($2 AS TEXT) IS NOT NULL \
             AND {} AND (CAST($3 AS TEXT) IS NULL OR c.account_id = $3) AND (CAST($4 AS TEXT) IS NULL OR c.state = $4) \
             AND ($5 = 0 OR (c.due_on < $2 AND c.state IN ('open', 'passed', 'in-progress'))) \
             AND c.number < $6 ORDER BY c.number DESC LIMIT $7",
            within.table(),
            sees(within)
        )))
        .bind(within.top())
        .bind(date_text(on)?)
        .bind(wanted.account.as_ref().map(AccountId::as_str))
        .bind(wanted.state.map(MatterState::word))
        .bind(i64::from(wanted.overdue))
        .bind(wanted.before.map_or(i64::MAX, whole))
        .bind(i64::from(wanted.limit) + 1)
        .fetch_all(&mut tx)
        .await?;
        let found = rows.iter().map(kept::read).collect::<Result<Vec<_>, _>>()?;
        let day = OnDay::read(&mut tx, on).await?;
        waiting(&mut tx, found, &day).await
    }

    /// A page of an inbox on the day: what is due first comes first.
    pub async fn inbox(
        &self,
        inbox: Inbox<'_>,
        on: Date,
        after: Option<&MatterCursor>,
        limit: u32,
    ) -> Result<InboxPage, StoreError> {
        let mut tx = self.read().await?;
        let day = OnDay::read(&mut tx, on).await?;
        let limit = limit as usize;
        let mut last = after.map_or((String::new(), 0), |after| (after.due.clone(), after.number));
        let mut matters: Vec<Matter> = Vec::new();
        loop {
            let found = may_wait(&mut tx, inbox, &day, &last).await?;
            let whole_batch = found.len() == BATCH;
            if let Some(one) = found.last() {
                last = (due_text(&one.value.matter), one.number);
            }
            for matter in waiting(&mut tx, found, &day).await? {
                let wanted = match inbox {
                    Inbox::Of(who) => matter.waits.employee.as_ref() == Some(who),
                    Inbox::Desk(_) => matter.waits.employee.is_none(),
                };
                if wanted {
                    matters.push(matter);
                }
            }
            if matters.len() > limit || !whole_batch {
                break;
            }
        }
        let more = matters.len() > limit;
        matters.truncate(limit);
        let end = matters.last().filter(|_| more);
        let next = end.map(|end| MatterCursor { due: due_text(&end.communication), number: end.number });
        Ok(InboxPage { matters, next })
    }
}

/// Matters looked at together.
const BATCH: usize = 500;

fn due_text(matter: &Communication) -> String {
    matter.due.map_or_else(|| "9999-99-99".to_owned(), |due| due.to_string())
}

/// What may wait for whose inbox it is, from a place on: a few more than do.
async fn may_wait(
    conn: &mut Connection,
    inbox: Inbox<'_>,
    day: &OnDay,
    (due, number): &(String, u64),
) -> Result<Vec<Version<Stepped>>, StoreError> {
    let within = match inbox {
        Inbox::Of(who) => Within::One(who),
        Inbox::Desk(within) => within,
    };
    let missing = day.missing();
    let in_its_place = |conn: &Connection, column: &str| match inbox {
        Inbox::Of(_) => format!("({column} = $1 OR {})", conn.among(column, 5)),
        Inbox::Desk(_) => conn.among(column, 5),
    };
    let given = in_its_place(conn, "c.given_to");
    let candidates = match inbox {
        Inbox::Of(_) => {
            let held = in_its_place(conn, "s.employee_id");
            format!(
                "({given} OR EXISTS (SELECT 1 FROM assignments s WHERE s.superseded_at IS NULL \
                 AND s.account_id = c.account_id AND s.role = c.role AND s.valid_from <= $2 \
                 AND (s.valid_to IS NULL OR s.valid_to > $2) AND {held}))"
            )
        }
        Inbox::Desk(within) => format!("(c.given_to IS NULL OR {given}) AND {}", sees(within)),
    };
    let columns = kept::columns::<Stepped>("c");
    let rows = query(sql(format!(
        "{} SELECT {columns} FROM communications c WHERE c.superseded_at IS NULL AND CAST($2 AS TEXT) IS NOT NULL \
         AND c.state IN ('open', 'passed', 'in-progress') AND {candidates} \
         AND ({DUE} > $3 OR ({DUE} = $3 AND c.number > $4)) ORDER BY {DUE}, c.number LIMIT $6",
        within.table()
    )))
    .bind(within.top())
    .bind(date_text(day.on)?)
    .bind(due)
    .bind(whole(*number))
    .bind(missing.as_slice())
    .bind(BATCH as i64)
    .fetch_all(conn)
    .await?;
    rows.iter().map(kept::read).collect()
}

/// Condition on a matter `c`: somebody within sees its account, received it, or was given it.
pub(crate) fn sees(within: Within<'_>) -> String {
    match within {
        Within::Everybody => "1 = 1".to_owned(),
        Within::Nobody => "1 = 0".to_owned(),
        Within::One(_) | Within::Below(_) => format!(
            "(EXISTS (SELECT 1 FROM accounts a WHERE a.account_id = c.account_id AND {}) \
             OR c.given_to IN (SELECT employee_id FROM within) OR c.received_by IN (SELECT employee_id FROM within))",
            within.sees()
        ),
    }
}

/// The matters with whom they wait for.
async fn waiting(conn: &mut Connection, found: Vec<Version<Stepped>>, day: &OnDay) -> Result<Vec<Matter>, StoreError> {
    let mut accounts: Vec<&str> =
        found.iter().filter_map(|one| one.value.matter.account.as_ref()).map(AccountId::as_str).collect();
    accounts.sort_unstable();
    accounts.dedup();
    let mut holders: BTreeMap<(String, String), Vec<Holder>> = BTreeMap::new();
    if !accounts.is_empty() {
        let among = conn.among("account_id", 2);
        let rows = query(sql(format!(
            "SELECT account_id, role, product_line, employee_id FROM assignments WHERE superseded_at IS NULL \
             AND valid_from <= $1 AND (valid_to IS NULL OR valid_to > $1) AND {among} ORDER BY 1, 2, 3"
        )))
        .bind(date_text(day.on)?)
        .bind(accounts.as_slice())
        .fetch_all(conn)
        .await?;
        for row in &rows {
            let holder = Holder { employee: id(row.try_get(3)?)?, product_line: line(row.try_get(2)?)? };
            holders.entry((row.try_get(0)?, row.try_get(1)?)).or_default().push(holder);
        }
    }
    let one = |found: Version<Stepped>| {
        let matter = found.value.matter;
        let key = matter.account.as_ref().zip(matter.role.as_ref()).map(|(a, r)| (a.to_string(), r.to_string()));
        let held = key.and_then(|key| holders.get(&key)).map_or(&[][..], Vec::as_slice);
        let waits = waits_for(&matter, held, &day.away, |who| day.left.contains(who));
        Matter {
            number: found.number,
            version: found.version,
            communication: matter,
            waits,
            changed_at: found.recorded_at,
        }
    };
    Ok(found.into_iter().map(one).collect())
}
