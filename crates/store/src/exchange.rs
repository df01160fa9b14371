//! An import: what other systems know of accounts, who holds what, and contacts, in one transaction.

use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::contact::Contact;
use bailiwick_domain::need::Need;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::assignment::{COLUMNS, Stored};
use crate::audit;
use crate::customer::require_account;
use crate::db::{query, sql};
use crate::error::StoreError;
use crate::kept::{self, How};
use crate::ledger::{Ledger, date_text};
use crate::plan::{self, Applied, NewPlan, PlanRows, Way};
use crate::proposal;
use bailiwick_domain::assignment::Assignment;

/// What is to go in.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// By their days; the first brings accounts and employees.
    pub plans: Vec<NewPlan>,
    pub contacts: Vec<Contact>,
    pub needs: Vec<Need>,
}

/// What went in.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportDone {
    pub applied: Vec<Applied>,
    /// Those that were not there already.
    pub contacts: usize,
    pub needs: usize,
}

impl Ledger {
    /// Applies the plans one after the other, and keeps the contacts and needs that are not there yet.
    ///
    /// # Errors
    /// As [`Ledger::apply`], [`Ledger::save_contact`]; nothing is changed then.
    pub async fn import(&self, import: &Import, actor: &str, at: Timestamp) -> Result<ImportDone, StoreError> {
        let mut tx = self.begin().await?;
        let mut applied = vec![];
        for new in &import.plans {
            proposal::refuse_if_on_its_way(&mut tx, &new.id).await?;
            let head = audit::head(&mut tx).await?;
            applied
                .push(plan::apply(&mut tx, head, new, PlanRows::of(new), Way::Direct, (actor, at), &|_, _| ()).await?);
        }
        let mut done = ImportDone { applied, contacts: 0, needs: 0 };
        for contact in &import.contacts {
            require_account(&mut tx, &contact.account).await?;
            let there = kept::with::<Contact>(&mut tx, "account_id", contact.account.as_str()).await?;
            let same = |one: &Contact| one.name == contact.name && one.email == contact.email;
            if !there.iter().any(|one| same(&one.value)) {
                let how = How { action: AuditAction::ContactSaved, reason: "import", actor, at };
                kept::add_in(&mut tx, contact.clone(), &how).await?;
                done.contacts += 1;
            }
        }
        for need in &import.needs {
            require_account(&mut tx, &need.account).await?;
            let there = kept::with::<Need>(&mut tx, "account_id", need.account.as_str()).await?;
            if !there.iter().any(|one| one.value.text == need.text) {
                let how = How { action: AuditAction::NeedSaved, reason: "import", actor, at };
                kept::add_in(&mut tx, need.clone(), &how).await?;
                done.needs += 1;
            }
        }
        tx.commit().await?;
        Ok(done)
    }

    /// Every assignment that holds, held or will hold as it is known today, by account, role, product line and first day.
    pub async fn every_assignment(&self) -> Result<Vec<Assignment>, StoreError> {
        let rows = query(sql(format!(
            "SELECT {COLUMNS} FROM assignments WHERE superseded_at IS NULL ORDER BY account_id, role, product_line, \
             valid_from"
        )))
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Stored::read(row)?.assignment()).collect()
    }

    /// Every assignment that holds on a day, by account, role and product line.
    pub async fn assignments_on(&self, on: Date) -> Result<Vec<Assignment>, StoreError> {
        let rows = query(sql(format!(
            "SELECT {COLUMNS} FROM assignments WHERE superseded_at IS NULL AND valid_from <= $1 \
             AND (valid_to IS NULL OR valid_to > $1) ORDER BY account_id, role, product_line"
        )))
        .bind(date_text(on)?)
        .fetch_all(&self.pool)
        .await?;
        rows.iter().map(|row| Stored::read(row)?.assignment()).collect()
    }
}
