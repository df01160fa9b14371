//! Communications as service sees them: when something came or went, when it was first answered, and by whom.
//! What is told stays within what somebody may see.

use std::collections::BTreeMap;

use bailiwick_domain::communication::Direction;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::db::{query, sql};
use crate::error::StoreError;
use crate::inbox::sees;
use crate::kept::word;
use crate::ledger::{Ledger, bad, date_text, moment};
use crate::reach::Within;

/// Something that came from a customer, or went there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contacted {
    pub number: u64,
    pub account: Option<String>,
    pub role: Option<String>,
    pub stage: Option<String>,
    pub direction: Direction,
    pub at: Timestamp,
    /// When somebody first took it or ended it.
    pub answered_at: Option<Timestamp>,
    /// Who took it; of what went out, who sent it.
    pub by: Option<String>,
}

impl Ledger {
    /// What came from customers in the time from `from` until before `to`, and what went to them from `from` on, as far as
    /// it is seen on the day; by number. What was dropped is left out.
    pub async fn contacted(
        &self,
        within: Within<'_>,
        on: Date,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<Contacted>, StoreError> {
        let rows = query(sql(format!(
            "{} SELECT c.number, c.account_id, c.role, c.stage, c.direction, c.received_at, f.recorded_at, \
             CASE WHEN c.direction = 'outgoing' THEN coalesce(c.received_by, f.given_to) ELSE f.given_to END \
             FROM communications c LEFT JOIN communications f ON f.number = c.number AND f.version = \
             (SELECT min(g.version) FROM communications g WHERE g.number = c.number AND g.step IN ('taken', 'done')) \
             WHERE c.superseded_at IS NULL AND CAST($2 AS TEXT) IS NOT NULL AND c.state <> 'dropped' \
             AND c.received_at >= $3 AND (c.received_at < $4 OR c.direction = 'outgoing') AND {} ORDER BY c.number",
            within.table(),
            sees(within)
        )))
        .bind(within.top())
        .bind(date_text(on)?)
        .bind(before(from))
        .bind(before(to))
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let at: &str = row.try_get(5)?;
                Ok(Contacted {
                    number: crate::ledger::count(row.try_get(0)?),
                    account: row.try_get(1)?,
                    role: row.try_get(2)?,
                    stage: row.try_get(3)?,
                    direction: word("a direction", row.try_get(4)?, Direction::from_word)?,
                    at: at.parse().map_err(|_| bad("a moment", at))?,
                    answered_at: row.try_get::<Option<i64>>(6)?.map(moment).transpose()?,
                    by: row.try_get(7)?,
                })
            })
            .collect()
    }

    /// When the first communication came that is recorded.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn first_communication(&self) -> Result<Option<Timestamp>, StoreError> {
        let row = query("SELECT min(received_at) FROM communications").fetch_optional(&self.pool).await?;
        let at: Option<String> = row.map(|row| row.try_get(0)).transpose()?.flatten();
        at.map(|at| at.parse().map_err(|_| bad("a moment", &at))).transpose()
    }

    /// Since when somebody has answered for a role of an account, where that began after a day: by account and role.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn held_first_after(&self, day: Date) -> Result<BTreeMap<(String, String), Date>, StoreError> {
        let rows = query(
            "SELECT account_id, role, min(valid_from) FROM assignments WHERE superseded_at IS NULL \
             GROUP BY account_id, role HAVING min(valid_from) > $1",
        )
        .bind(date_text(day)?)
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let from: &str = row.try_get(2)?;
                let from = from.parse().map_err(|_| bad("a day", from))?;
                Ok(((row.try_get(0)?, row.try_get(1)?), from))
            })
            .collect()
    }

    /// The names of all employees, by id.
    pub async fn employee_names(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let rows = query("SELECT employee_id, name FROM employees").fetch_all(&self.pool).await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }
}

/// A text that no moment from this one on comes before, whatever fraction of a second it has: moments are kept in
/// ISO 8601, where `…:00.5Z` comes before `…:00Z`.
fn before(moment: Timestamp) -> String {
    moment.to_string().trim_end_matches('Z').to_owned()
}
