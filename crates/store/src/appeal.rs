//! Appeals against assignments, version by version.

use std::collections::BTreeMap;

use bailiwick_domain::appeal::{Appeal, AppealState};
use bailiwick_domain::assignment::AssignmentKey;
use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::id::AccountId;
use bailiwick_domain::text::Unfit;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::assignment::line_text;
use crate::db::{Row, query, sql};
use crate::digest::Section;
use crate::error::StoreError;
use crate::kept::{self, How, Kept, Version, maybe_id, word};
use crate::ledger::{Ledger, date_text};
use crate::reach::Within;
use crate::record::id;

impl Kept for Appeal {
    const TABLE: &'static str = "appeals";
    const WHAT: &'static str = "appeal";
    const COLUMNS: &'static [&'static str] =
        &["account_id", "role", "product_line", "employee_id", "reason", "state", "answer", "answered_by"];
    const WRITTEN: Section = Section::Appeals;
    const SUPERSEDED: Section = Section::AppealsBefore;

    fn fields(&self) -> Vec<Option<String>> {
        vec![
            Some(self.key.account.to_string()),
            Some(self.key.role.to_string()),
            self.key.product_line.as_ref().map(ToString::to_string),
            Some(self.employee.to_string()),
            Some(self.reason.clone()),
            Some(self.state.word().to_owned()),
            Some(self.answer.clone()),
            self.answered_by.clone(),
        ]
    }

    fn read(row: &Row, first: usize) -> Result<Self, StoreError> {
        Ok(Appeal {
            key: AssignmentKey {
                account: id(row.try_get(first)?)?,
                role: id(row.try_get(first + 1)?)?,
                product_line: maybe_id(row, first + 2)?,
            },
            employee: id(row.try_get(first + 3)?)?,
            reason: row.try_get(first + 4)?,
            state: word("a state of an appeal", row.try_get(first + 5)?, AppealState::from_word)?,
            answer: row.try_get(first + 6)?,
            answered_by: row.try_get(first + 7)?,
        })
    }

    fn subject(&self, number: u64) -> String {
        format!("appeal {number} against {}", self.key)
    }

    fn told(&self) -> Value {
        json!(self)
    }

    fn checked(self) -> Result<Self, Unfit> {
        Appeal::checked(self)
    }
}

/// Which appeals are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub struct AppealsWanted<'a> {
    pub account: Option<&'a AccountId>,
    pub state: Option<AppealState>,
    /// The number of the last of an earlier page.
    pub after: Option<u64>,
    pub limit: u32,
}

impl Ledger {
    /// Appeals of employees within reach, the latest first.
    pub async fn appeals(
        &self,
        within: Within<'_>,
        wanted: AppealsWanted<'_>,
    ) -> Result<Vec<Version<Appeal>>, StoreError> {
        let rows = query(sql(format!(
            "{} SELECT {} FROM appeals k WHERE k.superseded_at IS NULL AND {} \
             AND (CAST($2 AS TEXT) IS NULL OR k.account_id = $2) AND (CAST($3 AS TEXT) IS NULL OR k.state = $3) \
             AND k.number < $4 ORDER BY k.number DESC LIMIT $5",
            within.table(),
            kept::columns::<Appeal>("k"),
            within.holds("k.employee_id"),
        )))
        .bind(within.top())
        .bind(wanted.account.map(AccountId::as_str))
        .bind(wanted.state.map(AppealState::word))
        .bind(wanted.after.map_or(i64::MAX, kept::whole))
        .bind(i64::from(wanted.limit))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(kept::read).collect()
    }

    /// Names of the accounts that any appeal is about, by id.
    pub async fn appealed_accounts(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let rows = query(
            "SELECT account_id, name FROM accounts WHERE account_id IN (SELECT account_id FROM appeals) ORDER BY 1",
        )
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }

    pub async fn appeal(&self, number: u64) -> Result<Option<Version<Appeal>>, StoreError> {
        kept::find(&self.pool, number).await
    }

    /// Keeps an appeal of whoever holds the assignment on the day, or is to hold it later.
    ///
    /// # Errors
    /// [`StoreError::NotTheirs`] if it is not theirs, [`StoreError::AppealedAlready`] while an appeal of theirs
    /// against it waits, [`StoreError::Unfit`].
    pub async fn open_appeal(
        &self,
        appeal: Appeal,
        on: Date,
        actor: &str,
        at: Timestamp,
    ) -> Result<Version<Appeal>, StoreError> {
        let how = How { action: AuditAction::AppealOpened, reason: &appeal.reason.clone(), actor, at };
        let mut tx = self.begin().await?;
        let held: i64 = query(
            "SELECT count(*) FROM assignments WHERE superseded_at IS NULL AND account_id = $1 AND role = $2 \
             AND product_line = $3 AND employee_id = $4 AND (valid_to IS NULL OR valid_to > $5)",
        )
        .bind(appeal.key.account.as_str())
        .bind(appeal.key.role.as_str())
        .bind(line_text(appeal.key.product_line.as_ref()))
        .bind(appeal.employee.as_str())
        .bind(date_text(on)?)
        .scalar(&mut tx)
        .await?;
        if held == 0 {
            return Err(StoreError::NotTheirs { key: Box::new(appeal.key), employee: appeal.employee, on });
        }
        let all: Vec<Version<Appeal>> = kept::with(&mut tx, "account_id", appeal.key.account.as_str()).await?;
        let same = all.into_iter().find(|known| {
            known.value.state == AppealState::Open
                && known.value.key == appeal.key
                && known.value.employee == appeal.employee
        });
        if let Some(known) = same {
            return Err(StoreError::AppealedAlready { key: Box::new(appeal.key), number: known.number });
        }
        let made = kept::add_in(&mut tx, appeal, &how).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Answers an open appeal, or withdraws it.
    ///
    /// # Errors
    /// [`StoreError::UnknownThing`], [`StoreError::ChangedMeanwhile`], [`StoreError::AppealClosed`], [`StoreError::Unfit`].
    pub async fn close_appeal(
        &self,
        number: u64,
        seen: Option<u64>,
        (state, answer): (AppealState, &str),
        actor: &str,
        at: Timestamp,
    ) -> Result<Version<Appeal>, StoreError> {
        let how = How { action: AuditAction::AppealClosed, reason: answer, actor, at };
        let mut tx = self.begin().await?;
        let before = kept::standing::<Appeal>(&mut tx, number).await?;
        let closed = before.value.closed(state, answer, actor);
        let closed = closed.ok_or(StoreError::AppealClosed { number, state: before.value.state })?;
        let made = kept::change_in(&mut tx, before, seen, closed, &how).await?;
        tx.commit().await?;
        Ok(made)
    }
}
