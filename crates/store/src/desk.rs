//! Communications and tasks: registered, passed, taken, followed to their end; each step a version.
//!
//! For whom a matter waits is not kept but asked of the assignments, absences and hand-overs of the day one looks
//! (`bailiwick_domain::communication::waits_for`): SQL finds what may wait for somebody, the domain decides.

use bailiwick_domain::audit::AuditAction;
use bailiwick_domain::communication::{Channel, Communication, Direction, MatterState, MatterStep, Move, TaskKind};
use bailiwick_domain::contact::Contact;
use bailiwick_domain::id::{EmployeeId, RoleName};
use bailiwick_domain::text::{self, Unfit};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::absence;
use crate::customer::require_account;
use crate::db::{Connection, Row, query, sql};
use crate::digest::Section;
use crate::error::StoreError;
use crate::handover;
use crate::kept::{self, How, Kept, maybe_id, whole, word};
use crate::ledger::{Ledger, bad, date};

/// A matter after a step, with what was noted.
#[derive(Clone)]
pub(crate) struct Stepped {
    pub(crate) matter: Communication,
    step: MatterStep,
    note: String,
}

impl Kept for Stepped {
    const TABLE: &'static str = "communications";
    const WHAT: &'static str = "communication";
    const COLUMNS: &'static [&'static str] = &[
        "account_id",
        "caller",
        "contact",
        "channel",
        "task",
        "direction",
        "subject",
        "body",
        "role",
        "product_line",
        "stage",
        "due_on",
        "received_by",
        "received_at",
        "state",
        "given_to",
        "step",
        "note",
    ];
    const WRITTEN: Section = Section::Communications;
    const SUPERSEDED: Section = Section::CommunicationsBefore;

    fn fields(&self) -> Vec<Option<String>> {
        let matter = &self.matter;
        vec![
            matter.account.as_ref().map(ToString::to_string),
            matter.caller.clone(),
            matter.contact.map(|number| number.to_string()),
            Some(matter.channel.word().to_owned()),
            matter.task.map(|task| task.word().to_owned()),
            Some(matter.direction.word().to_owned()),
            Some(matter.subject.clone()),
            Some(matter.text.clone()),
            matter.role.as_ref().map(ToString::to_string),
            matter.product_line.as_ref().map(ToString::to_string),
            matter.stage.clone(),
            matter.due.map(|due| due.to_string()),
            matter.received_by.as_ref().map(ToString::to_string),
            Some(matter.received_at.to_string()),
            Some(matter.state.word().to_owned()),
            matter.given_to.as_ref().map(ToString::to_string),
            Some(self.step.word().to_owned()),
            Some(self.note.clone()),
        ]
    }

    fn read(row: &Row, first: usize) -> Result<Self, StoreError> {
        let text = |column: usize| row.try_get::<Option<&str>>(first + column);
        let contact = text(2)?.map(|text| text.parse().map_err(|_| bad("a number", text))).transpose()?;
        let received: &str = row.try_get(first + 13)?;
        let matter = Communication {
            account: maybe_id(row, first)?,
            caller: row.try_get(first + 1)?,
            contact,
            channel: word("a channel", row.try_get(first + 3)?, Channel::from_word)?,
            task: text(4)?.map(|text| word("a task", text, TaskKind::from_word)).transpose()?,
            direction: word("a direction", row.try_get(first + 5)?, Direction::from_word)?,
            subject: row.try_get(first + 6)?,
            text: row.try_get(first + 7)?,
            role: maybe_id(row, first + 8)?,
            product_line: maybe_id(row, first + 9)?,
            stage: row.try_get(first + 10)?,
            due: text(11)?.map(date).transpose()?,
            received_by: maybe_id(row, first + 12)?,
            received_at: received.parse().map_err(|_| bad("a moment", received))?,
            state: word("a state", row.try_get(first + 14)?, MatterState::from_word)?,
            given_to: maybe_id(row, first + 15)?,
        };
        let step = word("a step", row.try_get(first + 16)?, MatterStep::from_word)?;
        Ok(Stepped { matter, step, note: row.try_get(first + 17)? })
    }

    fn subject(&self, number: u64) -> String {
        format!("communication {number}")
    }

    fn told(&self) -> Value {
        let matter = &self.matter;
        json!({
            "account": matter.account, "subject": matter.subject, "state": matter.state, "role": matter.role,
            "product_line": matter.product_line, "given_to": matter.given_to, "due": matter.due, "step": self.step,
        })
    }

    fn checked(self) -> Result<Self, Unfit> {
        Ok(Stepped { matter: self.matter.checked()?, note: text::prose("the note", &self.note)?, step: self.step })
    }
}

/// One step of a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatterVersion {
    pub version: u64,
    pub step: MatterStep,
    pub note: String,
    pub state: MatterState,
    pub role: Option<RoleName>,
    pub given_to: Option<EmployeeId>,
    pub at: Timestamp,
    pub actor: String,
}

impl Ledger {
    /// Keeps a new communication.
    ///
    /// # Errors
    /// [`StoreError::UnknownAccount`], [`StoreError::UnknownEmployee`], [`StoreError::UnknownThing`] for a contact that the
    /// account does not have, [`StoreError::Unfit`].
    pub async fn register(
        &self,
        matter: Communication,
        note: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let how = How { action: AuditAction::CommunicationRegistered, reason: "", actor, at };
        let mut tx = self.begin().await?;
        require(&mut tx, &matter).await?;
        let stepped = Stepped { matter, step: MatterStep::Registered, note: note.to_owned() };
        let made = kept::add_in(&mut tx, stepped, &how).await?;
        tx.commit().await?;
        Ok(made.number)
    }

    /// Does something with a matter; `seen` is the version that was read, where that matters.
    ///
    /// # Errors
    /// [`StoreError::UnknownThing`], [`StoreError::ChangedMeanwhile`], [`StoreError::WrongMove`],
    /// [`StoreError::HasLeft`] for somebody who has, and as [`Ledger::register`].
    pub async fn step(
        &self,
        number: u64,
        seen: Option<u64>,
        what: &Move,
        note: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<u64, StoreError> {
        let how = How { action: AuditAction::CommunicationStepped, reason: note, actor, at };
        let mut tx = self.begin().await?;
        let before = kept::standing::<Stepped>(&mut tx, number).await?;
        let (matter, step) = before.value.matter.after(what)?;
        require(&mut tx, &matter).await?;
        if let Move::Pass { to: Some(who), .. } | Move::Take { by: who } = what {
            handover::refuse_leavers(&mut tx, [who]).await?;
        }
        let stepped = Stepped { matter, step, note: note.to_owned() };
        let made = kept::change_in(&mut tx, before, seen, stepped, &how).await?;
        tx.commit().await?;
        Ok(made.version)
    }

    /// What was done with a matter, the first first.
    pub async fn matter_steps(&self, number: u64) -> Result<Vec<MatterVersion>, StoreError> {
        let columns = kept::columns::<Stepped>("c");
        let rows = query(sql(format!(
            "SELECT {columns}, u.actor FROM communications c JOIN audit u ON u.seq = c.recorded_by \
             WHERE c.number = $1 ORDER BY c.version"
        )))
        .bind(whole(number))
        .fetch_all(&self.pool)
        .await?;
        rows.iter()
            .map(|row| {
                let one = kept::read::<Stepped>(row)?;
                Ok(MatterVersion {
                    version: one.version,
                    step: one.value.step,
                    note: one.value.note,
                    state: one.value.matter.state,
                    role: one.value.matter.role,
                    given_to: one.value.matter.given_to,
                    at: one.recorded_at,
                    actor: row.try_get(4 + Stepped::COLUMNS.len())?,
                })
            })
            .collect()
    }
}

/// Refuses what names somebody or something that is not there.
async fn require(conn: &mut Connection, matter: &Communication) -> Result<(), StoreError> {
    if let Some(account) = &matter.account {
        require_account(conn, account).await?;
    }
    if let Some(number) = matter.contact {
        let contact = kept::standing::<Contact>(conn, number).await?;
        if matter.account.as_ref() != Some(&contact.value.account) {
            return Err(StoreError::AnotherAccount { what: "contact", number });
        }
    }
    for employee in [&matter.received_by, &matter.given_to].into_iter().flatten() {
        absence::known(conn, employee).await?;
    }
    Ok(())
}

/// What the audit trail vouches for.
pub(crate) async fn verify(conn: &mut Connection, found: &mut crate::verify::Found) -> Result<(), StoreError> {
    crate::verify::kept::<Stepped>(conn, found).await
}
