//! Links to public cards: made, looked up by the hash of their secret, revoked.

use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::card::CardLink;
use bailiwick_domain::id::AccountId;
use bailiwick_domain::text::{self, Unfit};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::customer::require_account;
use crate::db::Row;
use crate::digest::Section;
use crate::error::StoreError;
use crate::kept::{self, How, Kept, Version, flag};
use crate::ledger::{Ledger, bad};
use crate::record::id;

/// A link with the hash of its secret, which nobody is told.
#[derive(Clone)]
struct Secret {
    link: CardLink,
    hash: String,
}

impl Kept for Secret {
    const TABLE: &'static str = "card_links";
    const WHAT: &'static str = "card link";
    const COLUMNS: &'static [&'static str] = &["account_id", "label", "secret_hash", "expires_at", "revoked"];
    const WRITTEN: Section = Section::Cards;
    const SUPERSEDED: Section = Section::CardsBefore;

    fn fields(&self) -> Vec<Option<String>> {
        vec![
            Some(self.link.account.to_string()),
            Some(self.link.label.clone()),
            Some(self.hash.clone()),
            self.link.expires_at.map(|end| end.to_string()),
            flag(self.link.revoked),
        ]
    }

    fn read(row: &Row, first: usize) -> Result<Self, StoreError> {
        let end = row.try_get::<Option<&str>>(first + 3)?;
        let link = CardLink {
            account: id(row.try_get(first)?)?,
            label: row.try_get(first + 1)?,
            expires_at: end.map(|text| text.parse().map_err(|_| bad("a moment", text))).transpose()?,
            revoked: row.try_get::<&str>(first + 4)? == "1",
        };
        Ok(Secret { link, hash: row.try_get(first + 2)? })
    }

    fn subject(&self, number: u64) -> String {
        format!("card link {number} of {}", self.link.account)
    }

    /// Never the hash.
    fn told(&self) -> Value {
        json!(self.link)
    }

    fn checked(self) -> Result<Self, Unfit> {
        let label = text::maybe_line("the label", Some(&self.link.label))?.unwrap_or_default();
        Ok(Secret { link: CardLink { label, ..self.link }, hash: self.hash })
    }
}

fn shown(kept: Version<Secret>) -> Version<CardLink> {
    Version {
        number: kept.number,
        version: kept.version,
        value: kept.value.link,
        recorded_at: kept.recorded_at,
        recorded_by: kept.recorded_by,
    }
}

impl Ledger {
    /// Makes a link to an account's card; `secret_hash` is all that is kept of its secret.
    ///
    /// # Errors
    /// [`StoreError::UnknownAccount`], [`StoreError::Unfit`].
    pub async fn share_card(
        &self,
        link: CardLink,
        secret_hash: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<Version<CardLink>, StoreError> {
        let how = How { action: AuditAction::CardShared, reason: "", actor, at };
        let mut tx = self.begin().await?;
        require_account(&mut tx, &link.account).await?;
        let made = kept::add_in(&mut tx, Secret { link, hash: secret_hash.to_owned() }, &how).await?;
        tx.commit().await?;
        Ok(shown(made))
    }

    /// Makes a link useless for ever; whether it was in use.
    pub async fn revoke_card(
        &self,
        account: &AccountId,
        number: u64,
        actor: &str,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let how = How { action: AuditAction::CardRevoked, reason: "", actor, at };
        let mut tx = self.begin().await?;
        let found = kept::find::<Secret>(&mut tx, number).await?;
        let found = found.filter(|kept| kept.value.link.account == *account && !kept.value.link.revoked);
        let Some(before) = found else { return Ok(false) };
        let mut after = before.value.clone();
        after.link.revoked = true;
        kept::change_in(&mut tx, before, None, after, &how).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// The links to an account's card, revoked ones too, by number.
    pub async fn card_links(&self, account: &AccountId) -> Result<Vec<Version<CardLink>>, StoreError> {
        Ok(kept::with(&self.pool, "account_id", account.as_str()).await?.into_iter().map(shown).collect())
    }

    /// The link that a secret belongs to, if it opens a card at this moment.
    pub async fn card_behind(&self, secret_hash: &str, now: Timestamp) -> Result<Option<CardLink>, StoreError> {
        let found: Option<Version<Secret>> = kept::with(&self.pool, "secret_hash", secret_hash).await?.pop();
        Ok(found.map(|kept| kept.value.link).filter(|link| link.opens(now)))
    }
}

/// What the audit trail vouches for.
pub(crate) async fn verify(
    conn: &mut crate::db::Connection,
    found: &mut crate::verify::Found,
) -> Result<(), StoreError> {
    crate::verify::kept::<Secret>(conn, found).await
}
