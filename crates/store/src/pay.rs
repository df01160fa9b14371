//! What is kept of pay: orders divided by hand, disputes, closed periods. Closed periods have one version for ever.

use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::closing::ClosedPeriod;
use bailiwick_domain::dispute::{Dispute, DisputeState};
use bailiwick_domain::id::EmployeeId;
use bailiwick_domain::period::Period;
use bailiwick_domain::split::CreditSplit;
use bailiwick_domain::text::Unfit;
use jiff::Timestamp;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::absence;
use crate::db::Row;
use crate::digest::Section;
use crate::error::StoreError;
use crate::kept::{self, How, Kept, Version, flag, word};
use crate::ledger::{Ledger, bad};
use crate::policy::sha256_hex;
use crate::record::id;

fn maybe(row: &Row, column: usize) -> Result<Option<String>, StoreError> {
    Ok(row.try_get(column)?)
}

fn decimal(text: &str) -> Result<Decimal, StoreError> {
    text.parse().map_err(|_| bad("an amount", text))
}

fn period(text: &str) -> Result<Period, StoreError> {
    text.parse().map_err(|_| bad("a period", text))
}

impl Kept for CreditSplit {
    const TABLE: &'static str = "credit_splits";
    const WHAT: &'static str = "division by hand";
    const COLUMNS: &'static [&'static str] = &["order_id", "line", "parts", "reason", "active"];
    const WRITTEN: Section = Section::Splits;
    const SUPERSEDED: Section = Section::SplitsBefore;

    fn fields(&self) -> Vec<Option<String>> {
        vec![
            Some(self.order.clone()),
            self.line.clone(),
            Some(json!(self.parts).to_string()),
            Some(self.reason.clone()),
            flag(self.active),
        ]
    }

    fn read(row: &Row, first: usize) -> Result<Self, StoreError> {
        let parts: &str = row.try_get(first + 2)?;
        Ok(CreditSplit {
            order: row.try_get(first)?,
            line: maybe(row, first + 1)?,
            parts: serde_json::from_str(parts).map_err(|_| bad("a list of parts", parts))?,
            reason: row.try_get(first + 3)?,
            active: row.try_get::<&str>(first + 4)? == "1",
        })
    }

    fn subject(&self, number: u64) -> String {
        format!("division {number} of order {}", self.order)
    }

    fn told(&self) -> Value {
        json!(self)
    }

    fn checked(self) -> Result<Self, Unfit> {
        CreditSplit::checked(self)
    }
}

impl Kept for Dispute {
    const TABLE: &'static str = "disputes";
    const WHAT: &'static str = "dispute";
    const COLUMNS: &'static [&'static str] =
        &["employee_id", "period", "order_id", "line", "claim", "answer", "state", "amount", "opened_by"];
    const WRITTEN: Section = Section::Disputes;
    const SUPERSEDED: Section = Section::DisputesBefore;

    fn fields(&self) -> Vec<Option<String>> {
        vec![
            Some(self.employee.to_string()),
            Some(self.period.to_string()),
            self.order.clone(),
            self.line.clone(),
            Some(self.claim.clone()),
            self.answer.clone(),
            Some(self.state.word().to_owned()),
            self.amount.map(|amount| amount.to_string()),
            Some(self.opened_by.clone()),
        ]
    }

    fn read(row: &Row, first: usize) -> Result<Self, StoreError> {
        Ok(Dispute {
            employee: id(row.try_get(first)?)?,
            period: period(row.try_get(first + 1)?)?,
            order: maybe(row, first + 2)?,
            line: maybe(row, first + 3)?,
            claim: row.try_get(first + 4)?,
            answer: maybe(row, first + 5)?,
            state: word("a state of a dispute", row.try_get(first + 6)?, DisputeState::from_word)?,
            amount: row.try_get::<Option<&str>>(first + 7)?.map(decimal).transpose()?,
            opened_by: row.try_get(first + 8)?,
        })
    }

    fn subject(&self, number: u64) -> String {
        format!("dispute {number} of {}", self.employee)
    }

    fn told(&self) -> Value {
        json!(self)
    }

    fn checked(self) -> Result<Self, Unfit> {
        Dispute::checked(self)
    }
}

impl Kept for ClosedPeriod {
    const TABLE: &'static str = "pay_periods";
    const WHAT: &'static str = "closed period";
    const COLUMNS: &'static [&'static str] = &["period", "content"];
    const WRITTEN: Section = Section::PayPeriods;
    const SUPERSEDED: Section = Section::PayPeriodsBefore;

    fn fields(&self) -> Vec<Option<String>> {
        vec![Some(self.period.to_string()), Some(self.content.clone())]
    }

    fn read(row: &Row, first: usize) -> Result<Self, StoreError> {
        Ok(ClosedPeriod { period: period(row.try_get(first)?)?, content: row.try_get(first + 1)? })
    }

    fn subject(&self, _: u64) -> String {
        self.period.to_string()
    }

    /// The statements are told by their digest: they are long, and not for every reader of the trail.
    fn told(&self) -> Value {
        json!({ "period": self.period, "sha256": sha256_hex(&self.content) })
    }

    fn checked(self) -> Result<Self, Unfit> {
        Ok(self)
    }
}

impl Ledger {
    /// Orders divided by hand, by number; also those taken back.
    pub async fn credit_splits(&self) -> Result<Vec<Version<CreditSplit>>, StoreError> {
        kept::all(&self.pool).await
    }

    /// Divides an order by hand.
    ///
    /// # Errors
    /// [`StoreError::UnknownEmployee`], [`StoreError::Unfit`].
    pub async fn split_credit(
        &self,
        split: CreditSplit,
        actor: &str,
        at: Timestamp,
    ) -> Result<Version<CreditSplit>, StoreError> {
        let mut tx = self.begin().await?;
        for (employee, _) in &split.parts {
            absence::known(&mut tx, employee).await?;
        }
        let reason = split.reason.clone();
        let how = How { action: AuditAction::CreditSplit, reason: &reason, actor, at };
        let made = kept::add_in(&mut tx, split, &how).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Takes a division by hand back: the rules hold again.
    ///
    /// # Errors
    /// [`StoreError::UnknownThing`], [`StoreError::ChangedMeanwhile`].
    pub async fn unsplit_credit(
        &self,
        number: u64,
        seen: u64,
        actor: &str,
        at: Timestamp,
    ) -> Result<Version<CreditSplit>, StoreError> {
        let mut tx = self.begin().await?;
        let before = kept::standing::<CreditSplit>(&mut tx, number).await?;
        let value = CreditSplit { active: false, ..before.value.clone() };
        let how = How { action: AuditAction::CreditSplit, reason: "taken back", actor, at };
        let made = kept::change_in(&mut tx, before, Some(seen), value, &how).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Disputes, by number.
    pub async fn disputes(&self) -> Result<Vec<Version<Dispute>>, StoreError> {
        kept::all(&self.pool).await
    }

    pub async fn dispute(&self, number: u64) -> Result<Option<Version<Dispute>>, StoreError> {
        kept::find(&self.pool, number).await
    }

    /// Opens a dispute.
    ///
    /// # Errors
    /// [`StoreError::UnknownEmployee`], [`StoreError::Unfit`].
    pub async fn open_dispute(
        &self,
        dispute: Dispute,
        actor: &str,
        at: Timestamp,
    ) -> Result<Version<Dispute>, StoreError> {
        let mut tx = self.begin().await?;
        absence::known(&mut tx, &dispute.employee).await?;
        let how = How { action: AuditAction::DisputeOpened, reason: "", actor, at };
        let made = kept::add_in(&mut tx, dispute, &how).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Answers a dispute.
    ///
    /// # Errors
    /// [`StoreError::UnknownThing`], [`StoreError::WrongStep`], [`StoreError::Unfit`].
    pub async fn answer_dispute(
        &self,
        number: u64,
        answer: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<Version<Dispute>, StoreError> {
        let mut tx = self.begin().await?;
        let before = kept::standing::<Dispute>(&mut tx, number).await?;
        let value = before.value.clone().answered(number, answer)?;
        let how = How { action: AuditAction::DisputeAnswered, reason: answer, actor, at };
        let made = kept::change_in(&mut tx, before, None, value, &how).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Settles a dispute: with an amount in favour of the employee, or without.
    ///
    /// # Errors
    /// As [`Ledger::answer_dispute`].
    pub async fn settle_dispute(
        &self,
        number: u64,
        granted: Option<Decimal>,
        answer: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<Version<Dispute>, StoreError> {
        let mut tx = self.begin().await?;
        let before = kept::standing::<Dispute>(&mut tx, number).await?;
        let value = before.value.clone().settled(number, granted, answer, actor)?;
        let how = How { action: AuditAction::DisputeSettled, reason: answer, actor, at };
        let made = kept::change_in(&mut tx, before, None, value, &how).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// Closed periods, in the order in which they were closed.
    pub async fn closed_periods(&self) -> Result<Vec<Version<ClosedPeriod>>, StoreError> {
        kept::all(&self.pool).await
    }

    /// Closes a period for ever. Periods are closed one after the other.
    ///
    /// # Errors
    /// [`StoreError::NotNextPeriod`] if it is closed already, or is not the one after the last.
    pub async fn close_period(
        &self,
        closed: ClosedPeriod,
        actor: &str,
        at: Timestamp,
    ) -> Result<Version<ClosedPeriod>, StoreError> {
        let mut tx = self.begin().await?;
        let before = kept::all::<ClosedPeriod>(&mut tx).await?;
        if let Some(last) = before.last()
            && last.value.period.next() != closed.period
        {
            return Err(StoreError::NotNextPeriod {
                period: closed.period.to_string(),
                last: last.value.period.to_string(),
            });
        }
        let how = How { action: AuditAction::PeriodClosed, reason: "", actor, at };
        let made = kept::add_in(&mut tx, closed, &how).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// What disputes of an employee were settled with after a moment, and until another where one is given.
    ///
    /// # Errors
    /// Those of the ledger.
    pub async fn granted(
        &self,
        after: Option<Timestamp>,
        until: Option<Timestamp>,
    ) -> Result<Vec<(EmployeeId, u64, Decimal, String)>, StoreError> {
        let within = |one: &Version<Dispute>| {
            after.is_none_or(|after| one.recorded_at > after) && until.is_none_or(|until| one.recorded_at <= until)
        };
        let found = self.disputes().await?.into_iter().filter(within);
        let granted = found.filter_map(|one| {
            let amount = one.value.amount.filter(|_| one.value.state == DisputeState::Granted)?;
            Some((one.value.employee, one.number, amount, one.value.answer.unwrap_or(one.value.claim)))
        });
        Ok(granted.collect())
    }
}
