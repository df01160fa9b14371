//! Decisions that were made, for whoever may read them, and one after the other to be made again.

use bailiwick_domain::id::AccountId;
use jiff::civil::Date;

use super::{RouteDecision, StoredRoute};
use crate::db::{query, sql};
use crate::error::StoreError;
use crate::ledger::{Ledger, date_text};
use crate::reach::Within;

const COLUMNS: &str =
    "d.id, d.account_id, d.effective_on, d.arrival, d.owners, d.why, d.seed, d.recorded_at, d.recorded_by";

/// Which decisions are wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DecisionsWanted {
    pub account: Option<AccountId>,
    /// Only those before this one, which an earlier page ended with.
    pub before: Option<u64>,
    pub limit: u32,
}

fn number(id: u64) -> i64 {
    i64::try_from(id).unwrap_or(i64::MAX)
}

impl Ledger {
    /// The decisions about an account, oldest first.
    pub async fn route_decisions(&self, account: &AccountId) -> Result<Vec<RouteDecision>, StoreError> {
        let rows = query(sql(format!("SELECT {COLUMNS} FROM route_decisions d WHERE d.account_id = $1 ORDER BY d.id")))
            .bind(account.as_str())
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(|row| StoredRoute::read(row)?.decision()).collect()
    }

    /// A page of the decisions about accounts that are seen on a day, the latest first.
    pub async fn route_decisions_within(
        &self,
        within: Within<'_>,
        on: Date,
        wanted: &DecisionsWanted,
    ) -> Result<Vec<RouteDecision>, StoreError> {
        let rows = query(sql(format!(
            "{} SELECT {COLUMNS} FROM route_decisions d JOIN accounts a ON a.account_id = d.account_id \
             WHERE CAST($2 AS TEXT) IS NOT NULL AND {} AND (CAST($3 AS TEXT) IS NULL OR d.account_id = $3) \
             AND d.id < $4 ORDER BY d.id DESC LIMIT $5",
            within.table(),
            within.sees()
        )))
        .bind(within.top())
        .bind(date_text(on)?)
        .bind(wanted.account.as_ref().map(AccountId::as_str))
        .bind(wanted.before.map_or(i64::MAX, number))
        .bind(i64::from(wanted.limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| StoredRoute::read(row)?.decision()).collect()
    }

    /// One decision, if its account is seen on a day.
    pub async fn route_decision_within(
        &self,
        within: Within<'_>,
        on: Date,
        id: u64,
    ) -> Result<Option<RouteDecision>, StoreError> {
        let row = query(sql(format!(
            "{} SELECT {COLUMNS} FROM route_decisions d JOIN accounts a ON a.account_id = d.account_id \
             WHERE CAST($2 AS TEXT) IS NOT NULL AND {} AND d.id = $3",
            within.table(),
            within.sees()
        )))
        .bind(within.top())
        .bind(date_text(on)?)
        .bind(number(id))
        .fetch_optional(&self.pool)
        .await?;
        row.map(|row| StoredRoute::read(&row)?.decision()).transpose()
    }

    /// Decisions that took effect from a day on and before another, in the order they were made, after a number.
    pub async fn route_decisions_between(
        &self,
        from: Option<Date>,
        to: Option<Date>,
        after: u64,
        limit: u32,
    ) -> Result<Vec<RouteDecision>, StoreError> {
        let rows = query(sql(format!(
            "SELECT {COLUMNS} FROM route_decisions d WHERE d.id > $1 \
             AND (CAST($2 AS TEXT) IS NULL OR d.effective_on >= $2) \
             AND (CAST($3 AS TEXT) IS NULL OR d.effective_on < $3) ORDER BY d.id LIMIT $4"
        )))
        .bind(number(after))
        .bind(from.map(date_text).transpose()?)
        .bind(to.map(date_text).transpose()?)
        .bind(i64::from(limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| StoredRoute::read(row)?.decision()).collect()
    }
}
