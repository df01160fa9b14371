//! What is known of a customer: contacts, needs, particulars. And how employees are reached.

use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::contact::{Contact, Preferred};
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::{AccountId, EmployeeId};
use bailiwick_domain::need::{Need, NeedState};
use bailiwick_domain::particulars::Particulars;
use bailiwick_domain::text::Unfit;
use bailiwick_domain::ways::Ways;
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::absence;
use crate::db::{Connection, Row};
use crate::digest::Section;
use crate::error::StoreError;
use crate::kept::{self, How, Kept, Version, flag, list, maybe_id, read_list, word};
use crate::ledger::{Ledger, date};
use crate::record::{self, id};

impl Kept for Contact {
    const TABLE: &'static str = "contacts";
    const WHAT: &'static str = "contact";
    const COLUMNS: &'static [&'static str] =
        &["account_id", "name", "position", "email", "phones", "language", "preferred", "main", "active"];
    const WRITTEN: Section = Section::Contacts;
    const SUPERSEDED: Section = Section::ContactsBefore;

    fn fields(&self) -> Vec<Option<String>> {
        vec![
            Some(self.account.to_string()),
            Some(self.name.clone()),
            self.position.clone(),
            self.email.clone(),
            list(&self.phones),
            self.language.clone(),
            self.preferred.map(|preferred| preferred.word().to_owned()),
            flag(self.main),
            flag(self.active),
        ]
    }

    fn read(row: &Row, first: usize) -> Result<Self, StoreError> {
        let preferred = row.try_get::<Option<&str>>(first + 6)?;
        Ok(Contact {
            account: id(row.try_get(first)?)?,
            name: row.try_get(first + 1)?,
            position: row.try_get(first + 2)?,
            email: row.try_get(first + 3)?,
            phones: read_list(row.try_get(first + 4)?)?,
            language: row.try_get(first + 5)?,
            preferred: preferred.map(|text| word("a way to be reached", text, Preferred::from_word)).transpose()?,
            main: row.try_get::<&str>(first + 7)? == "1",
            active: row.try_get::<&str>(first + 8)? == "1",
        })
    }

    fn subject(&self, number: u64) -> String {
        format!("contact {number} of {}", self.account)
    }

    fn told(&self) -> Value {
        json!(self)
    }

    fn checked(self) -> Result<Self, Unfit> {
        Contact::checked(self)
    }
}

impl Kept for Need {
    const TABLE: &'static str = "needs";
    const WHAT: &'static str = "need";
    const COLUMNS: &'static [&'static str] = &["account_id", "need", "product_line", "stage", "since", "state"];
    const WRITTEN: Section = Section::Needs;
    const SUPERSEDED: Section = Section::NeedsBefore;

    fn fields(&self) -> Vec<Option<String>> {
        vec![
            Some(self.account.to_string()),
            Some(self.text.clone()),
            self.product_line.as_ref().map(ToString::to_string),
            self.stage.clone(),
            Some(self.since.to_string()),
            Some(self.state.word().to_owned()),
        ]
    }

    fn read(row: &Row, first: usize) -> Result<Self, StoreError> {
        Ok(Need {
            account: id(row.try_get(first)?)?,
            text: row.try_get(first + 1)?,
            product_line: maybe_id(row, first + 2)?,
            stage: row.try_get(first + 3)?,
            since: date(row.try_get(first + 4)?)?,
            state: word("a state of a need", row.try_get(first + 5)?, NeedState::from_word)?,
        })
    }

    fn subject(&self, number: u64) -> String {
        format!("need {number} of {}", self.account)
    }

    fn told(&self) -> Value {
        json!(self)
    }

    fn checked(self) -> Result<Self, Unfit> {
        Need::checked(self)
    }
}

impl Kept for Particulars {
    const TABLE: &'static str = "particulars";
    const WHAT: &'static str = "text of particulars";
    const COLUMNS: &'static [&'static str] = &["account_id", "note"];
    const WRITTEN: Section = Section::Particulars;
    const SUPERSEDED: Section = Section::ParticularsBefore;

    fn fields(&self) -> Vec<Option<String>> {
        vec![Some(self.account.to_string()), Some(self.text.clone())]
    }

    fn read(row: &Row, first: usize) -> Result<Self, StoreError> {
        Ok(Particulars { account: id(row.try_get(first)?)?, text: row.try_get(first + 1)? })
    }

    fn subject(&self, _: u64) -> String {
        self.account.to_string()
    }

    fn told(&self) -> Value {
        json!(self)
    }

    fn checked(self) -> Result<Self, Unfit> {
        Particulars::checked(self)
    }
}

impl Kept for Ways {
    const TABLE: &'static str = "employee_ways";
    const WHAT: &'static str = "way to be reached";
    const COLUMNS: &'static [&'static str] = &["employee_id", "email", "phones", "hours"];
    const WRITTEN: Section = Section::Ways;
    const SUPERSEDED: Section = Section::WaysBefore;

    fn fields(&self) -> Vec<Option<String>> {
        vec![Some(self.employee.to_string()), self.email.clone(), list(&self.phones), self.hours.clone()]
    }

    fn read(row: &Row, first: usize) -> Result<Self, StoreError> {
        Ok(Ways {
            employee: id(row.try_get(first)?)?,
            email: row.try_get(first + 1)?,
            phones: read_list(row.try_get(first + 2)?)?,
            hours: row.try_get(first + 3)?,
        })
    }

    fn subject(&self, _: u64) -> String {
        self.employee.to_string()
    }

    fn told(&self) -> Value {
        json!(self)
    }

    fn checked(self) -> Result<Self, Unfit> {
        Ways::checked(self)
    }
}

impl Ledger {
    /// Contacts of an account, those who have gone too: the main ones first, then by number.
    pub async fn contacts(&self, account: &AccountId) -> Result<Vec<Version<Contact>>, StoreError> {
        let mut found: Vec<Version<Contact>> = kept::with(&self.pool, "account_id", account.as_str()).await?;
        found.sort_by_key(|contact| (!contact.value.active, !contact.value.main, contact.number));
        Ok(found)
    }

    /// All contacts, by number.
    pub async fn all_contacts(&self) -> Result<Vec<Version<Contact>>, StoreError> {
        kept::all(&self.pool).await
    }

    pub async fn contact(&self, number: u64) -> Result<Option<Version<Contact>>, StoreError> {
        kept::find(&self.pool, number).await
    }

    /// Keeps a new contact, or another version of one.
    ///
    /// # Errors
    /// [`StoreError::UnknownAccount`], [`StoreError::UnknownThing`], [`StoreError::ChangedMeanwhile`],
    /// [`StoreError::Unfit`]; [`StoreError::AnotherAccount`] if the contact would change accounts.
    pub async fn save_contact(
        &self,
        known: Option<Seen>,
        contact: Contact,
        actor: &str,
        at: Timestamp,
    ) -> Result<Version<Contact>, StoreError> {
        let how = How { action: AuditAction::ContactSaved, reason: "", actor, at };
        let account = contact.account.clone();
        save(self, known, contact, &account, |contact| &contact.account, &how).await
    }

    /// Needs of an account, open ones first, then the latest first.
    pub async fn needs(&self, account: &AccountId) -> Result<Vec<Version<Need>>, StoreError> {
        let mut found: Vec<Version<Need>> = kept::with(&self.pool, "account_id", account.as_str()).await?;
        found.sort_by_key(|need| (need.value.state, std::cmp::Reverse((need.value.since, need.number))));
        Ok(found)
    }

    /// All needs, by number.
    pub async fn all_needs(&self) -> Result<Vec<Version<Need>>, StoreError> {
        kept::all(&self.pool).await
    }

    pub async fn need(&self, number: u64) -> Result<Option<Version<Need>>, StoreError> {
        kept::find(&self.pool, number).await
    }

    /// Keeps a new need, or another version of one.
    ///
    /// # Errors
    /// As [`Ledger::save_contact`].
    pub async fn save_need(
        &self,
        known: Option<Seen>,
        need: Need,
        actor: &str,
        at: Timestamp,
    ) -> Result<Version<Need>, StoreError> {
        let how = How { action: AuditAction::NeedSaved, reason: "", actor, at };
        let account = need.account.clone();
        save(self, known, need, &account, |need| &need.account, &how).await
    }

    /// What should be known before speaking with a customer, if anything was written.
    pub async fn particulars(&self, account: &AccountId) -> Result<Option<Version<Particulars>>, StoreError> {
        Ok(kept::with(&self.pool, "account_id", account.as_str()).await?.pop())
    }

    /// Keeps the particulars of an account; `seen` is the version that was read, 0 where there was none.
    ///
    /// # Errors
    /// [`StoreError::UnknownAccount`], [`StoreError::ChangedMeanwhile`], [`StoreError::Unfit`].
    pub async fn save_particulars(
        &self,
        seen: u64,
        particulars: Particulars,
        actor: &str,
        at: Timestamp,
    ) -> Result<Version<Particulars>, StoreError> {
        let how = How { action: AuditAction::ParticularsSaved, reason: "", actor, at };
        let mut tx = self.begin().await?;
        require_account(&mut tx, &particulars.account).await?;
        let before = kept::with(&mut tx, "account_id", particulars.account.as_str()).await?.pop();
        let made = put(&mut tx, before, seen, particulars, &how).await?;
        tx.commit().await?;
        Ok(made)
    }

    /// How an employee is reached, if somebody wrote it down here.
    pub async fn written_ways(&self, employee: &EmployeeId) -> Result<Option<Version<Ways>>, StoreError> {
        Ok(kept::with(&self.pool, "employee_id", employee.as_str()).await?.pop())
    }

    /// How employees are reached, where somebody wrote it down here.
    pub async fn all_written_ways(&self) -> Result<Vec<Ways>, StoreError> {
        Ok(kept::all::<Ways>(&self.pool).await?.into_iter().map(|one| one.value).collect())
    }

    /// How an employee is reached: as was written down here, or else as the source has it.
    pub async fn ways(&self, employee: &EmployeeRecord) -> Result<Ways, StoreError> {
        Ok(self.written_ways(&employee.id).await?.map_or_else(|| Ways::of_source(employee), |written| written.value))
    }

    /// Writes down how an employee is reached; `seen` is the version that was read, 0 where there was none.
    ///
    /// # Errors
    /// [`StoreError::UnknownEmployee`], [`StoreError::ChangedMeanwhile`], [`StoreError::Unfit`].
    pub async fn save_ways(
        &self,
        seen: u64,
        ways: Ways,
        actor: &str,
        at: Timestamp,
    ) -> Result<Version<Ways>, StoreError> {
        let how = How { action: AuditAction::WaysSaved, reason: "", actor, at };
        let mut tx = self.begin().await?;
        absence::known(&mut tx, &ways.employee).await?;
        let before = kept::with(&mut tx, "employee_id", ways.employee.as_str()).await?.pop();
        let made = put(&mut tx, before, seen, ways, &how).await?;
        tx.commit().await?;
        Ok(made)
    }
}

/// A thing that is to be changed: its number, and the version that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    pub number: u64,
    pub version: u64,
}

async fn save<T: Kept>(
    ledger: &Ledger,
    known: Option<Seen>,
    value: T,
    account: &AccountId,
    of: impl Fn(&T) -> &AccountId,
    how: &How<'_>,
) -> Result<Version<T>, StoreError> {
    let mut tx = ledger.begin().await?;
    require_account(&mut tx, account).await?;
    let made = match known {
        None => kept::add_in(&mut tx, value, how).await?,
        Some(seen) => {
            let before = kept::standing::<T>(&mut tx, seen.number).await?;
            if of(&before.value) != account {
                return Err(StoreError::AnotherAccount { what: T::WHAT, number: seen.number });
            }
            kept::change_in(&mut tx, before, Some(seen.version), value, how).await?
        }
    };
    tx.commit().await?;
    Ok(made)
}

/// The one thing of its kind that an account or employee has.
async fn put<T: Kept>(
    conn: &mut Connection,
    before: Option<Version<T>>,
    seen: u64,
    value: T,
    how: &How<'_>,
) -> Result<Version<T>, StoreError> {
    match before {
        Some(before) => kept::change_in(conn, before, Some(seen), value, how).await,
        None if seen == 0 => kept::add_in(conn, value, how).await,
        None => Err(StoreError::ChangedMeanwhile { what: T::WHAT, expected: seen, found: 0 }),
    }
}

pub(crate) async fn require_account(conn: &mut Connection, account: &AccountId) -> Result<(), StoreError> {
    match record::missing::<AccountRecord>(conn, &[account.as_str()]).await? {
        Some(_) => Err(StoreError::UnknownAccount { account: account.clone() }),
        None => Ok(()),
    }
}
