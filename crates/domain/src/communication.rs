//! A communication with a customer, or a simple matter to be seen to (SPEC 3.3): registered, passed to the role that
//! answers for it, followed to its end.
//!
//! A matter that was passed waits for whoever answers for the account in its role **on the day one looks**
//! ([`waits_for`]): when the account changes hands or its holder goes on leave, open matters follow, without anybody
//! passing them again. Only what somebody took, or was given by name, stays with them; until they leave.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;

use crate::absence::{Absence, StandIn, stand_in};
use crate::access::words;
use crate::id::{AccountId, EmployeeId, ProductLine, RoleName};
use crate::text::{self, Unfit};

words! {
    /// How it came.
    Channel {
        Call = "call",
        Email = "e-mail",
        Letter = "letter",
        Visit = "visit",
        WebForm = "web-form",
        Message = "message",
        Other = "other",
    }
}

words! {
    /// A simple organisational matter that is asked for.
    TaskKind {
        ShippingPapers = "shipping-papers",
        InvoiceCopy = "invoice-copy",
        Appointment = "appointment",
        Other = "other",
    }
}

words! {
    Direction {
        /// From the customer to us.
        Incoming = "incoming",
        /// From us to the customer.
        Outgoing = "outgoing",
    }
}

words! {
    /// How far a matter has come.
    MatterState {
        /// Registered; nobody was asked yet.
        Open = "open",
        /// It waits for whoever answers for it.
        Passed = "passed",
        /// Somebody works at it.
        InProgress = "in-progress",
        Done = "done",
        /// Nothing will be done about it.
        Dropped = "dropped",
    }
}

words! {
    /// What was done with it.
    MatterStep {
        Registered = "registered",
        /// The unknown caller turned out to be an account's.
        Linked = "linked",
        Passed = "passed",
        Taken = "taken",
        /// Back to whoever answers for it.
        GivenBack = "given-back",
        Commented = "commented",
        Done = "done",
        Dropped = "dropped",
        /// It was not at its end after all.
        Reopened = "reopened",
    }
}

impl MatterState {
    /// Nothing more is to be done.
    #[must_use]
    pub fn closed(self) -> bool {
        matches!(self, MatterState::Done | MatterState::Dropped)
    }
}

/// A communication or a task, as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Communication {
    /// None: nobody knows yet whose it is.
    #[schema(value_type = Option<String>)]
    pub account: Option<AccountId>,
    /// Who called, in words, where it is no contact on record.
    pub caller: Option<String>,
    /// Number of the contact.
    pub contact: Option<u64>,
    pub channel: Channel,
    pub task: Option<TaskKind>,
    pub direction: Direction,
    pub subject: String,
    pub text: String,
    /// The role that it concerns.
    #[schema(value_type = Option<String>)]
    pub role: Option<RoleName>,
    #[schema(value_type = Option<String>)]
    pub product_line: Option<ProductLine>,
    pub stage: Option<String>,
    #[schema(value_type = Option<String>, format = Date)]
    pub due: Option<Date>,
    /// Who received it.
    #[schema(value_type = Option<String>)]
    pub received_by: Option<EmployeeId>,
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    pub state: MatterState,
    /// Who took it, or was given it by name.
    #[schema(value_type = Option<String>)]
    pub given_to: Option<EmployeeId>,
}

/// What somebody does with a matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Move {
    Link {
        account: AccountId,
        contact: Option<u64>,
    },
    Pass {
        role: Option<RoleName>,
        product_line: Option<ProductLine>,
        stage: Option<String>,
        to: Option<EmployeeId>,
    },
    Take {
        by: EmployeeId,
    },
    GiveBack,
    Comment,
    Finish,
    Drop,
    Reopen,
    /// Another day it is due.
    Due(Option<Date>),
}

/// The matter does not stand where that can be done.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WrongMove {
    #[error("the matter is {state} already: reopen it first")]
    Closed { state: MatterState },
    #[error("the matter is {state}: only what is done or dropped can be reopened")]
    NotClosed { state: MatterState },
    #[error("nobody knows whose matter it is: link it to an account, or say by name who takes it")]
    NoAccount,
    #[error("which role answers for it is not said: give a role or a stage, or say by name who takes it")]
    NoRole,
    #[error("{holder} works at it: have them give it back, or pass it to somebody")]
    Taken { holder: EmployeeId },
    #[error("nobody has taken it: there is nothing to give back")]
    NotTaken,
}

impl Communication {
    /// The same, trimmed.
    ///
    /// # Errors
    /// What cannot be kept.
    pub fn checked(self) -> Result<Communication, Unfit> {
        Ok(Communication {
            caller: text::maybe_line("the caller", self.caller.as_deref())?,
            subject: text::line("the subject", &self.subject)?,
            text: text::prose("the text", &self.text)?,
            stage: text::maybe_line("the stage", self.stage.as_deref())?,
            ..self
        })
    }

    #[must_use]
    pub fn overdue(&self, on: Date) -> bool {
        !self.state.closed() && self.due.is_some_and(|due| due < on)
    }

    /// What it is after that, and how the step is called.
    ///
    /// # Errors
    /// [`WrongMove`]
    pub fn after(&self, what: &Move) -> Result<(Communication, MatterStep), WrongMove> {
        let mut next = self.clone();
        if self.state.closed() && !matches!(what, Move::Reopen | Move::Comment) {
            return Err(WrongMove::Closed { state: self.state });
        }
        let step = match what {
            Move::Link { account, contact } => {
                next.account = Some(account.clone());
                next.contact = *contact;
                MatterStep::Linked
            }
            Move::Pass { role, product_line, stage, to } => {
                if role.is_some() || stage.is_some() {
                    next.role.clone_from(role);
                    next.stage.clone_from(stage);
                    next.product_line.clone_from(product_line);
                }
                if to.is_none() && next.account.is_none() {
                    return Err(WrongMove::NoAccount);
                }
                if to.is_none() && next.role.is_none() {
                    return Err(WrongMove::NoRole);
                }
                next.given_to.clone_from(to);
                next.state = MatterState::Passed;
                MatterStep::Passed
            }
            Move::Take { by } => {
                if self.state == MatterState::InProgress
                    && let Some(holder) = self.given_to.as_ref().filter(|holder| *holder != by)
                {
                    return Err(WrongMove::Taken { holder: holder.clone() });
                }
                next.given_to = Some(by.clone());
                next.state = MatterState::InProgress;
                MatterStep::Taken
            }
            Move::GiveBack => {
                if self.given_to.is_none() {
                    return Err(WrongMove::NotTaken);
                }
                next.given_to = None;
                next.state = next.waiting_state();
                MatterStep::GivenBack
            }
            Move::Comment => MatterStep::Commented,
            Move::Due(due) => {
                next.due = *due;
                MatterStep::Commented
            }
            Move::Finish => {
                next.state = MatterState::Done;
                MatterStep::Done
            }
            Move::Drop => {
                next.state = MatterState::Dropped;
                MatterStep::Dropped
            }
            Move::Reopen => {
                if !self.state.closed() {
                    return Err(WrongMove::NotClosed { state: self.state });
                }
                next.state = next.waiting_state();
                MatterStep::Reopened
            }
        };
        Ok((next, step))
    }

    /// Passed, where it is known to whom; else open.
    fn waiting_state(&self) -> MatterState {
        let known = self.given_to.is_some() || (self.account.is_some() && self.role.is_some());
        if known { MatterState::Passed } else { MatterState::Open }
    }
}

/// Who holds the role of a matter on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    pub employee: EmployeeId,
    pub product_line: Option<ProductLine>,
}

/// For whom a matter waits on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Waits {
    /// None: for nobody yet, and somebody must see to that; `why` says what is missing.
    pub employee: Option<EmployeeId>,
    /// Who is away, where `employee` stands in.
    pub instead_of: Option<EmployeeId>,
    /// The first day that one is back, if it is known.
    pub until: Option<Date>,
    pub why: Why,
}

/// Why it waits for this person, or for nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// They took it, or were given it by name.
    Given,
    /// They hold the role.
    Holds,
    StandsIn,
    /// It was not passed yet.
    NotPassed,
    /// Nobody holds the role.
    NoHolder,
    /// Whoever holds it is away, and everybody who could stand in, too.
    AllAway,
    /// Several hold the role, each for a product line, and none is named.
    SeveralLines,
    Closed,
}

/// For whom a matter waits: who took it, unless they have left; else who holds its role; in their absence who stands in.
pub fn waits_for(
    matter: &Communication,
    holders: &[Holder],
    away: &BTreeMap<EmployeeId, Absence>,
    left: impl Fn(&EmployeeId) -> bool,
) -> Waits {
    let nobody = |why| Waits { employee: None, instead_of: None, until: None, why };
    if matter.state.closed() {
        return nobody(Why::Closed);
    }
    let given = matter.given_to.as_ref().filter(|given| !left(given));
    let (holder, why) = match given {
        Some(given) => (given, Why::Given),
        None if matter.state == MatterState::Open => return nobody(Why::NotPassed),
        None => match holder_of(matter, holders) {
            Ok(holder) => (holder, Why::Holds),
            Err(why) => return nobody(why),
        },
    };
    let fallback = RoleName::new("-");
    let Some(role) = matter.role.as_ref().or(fallback.as_ref().ok()) else { return nobody(Why::NoHolder) };
    let until = away.get(holder).and_then(|absence| absence.to);
    match stand_in(away, holder, role, matter.product_line.as_ref()) {
        StandIn::NotNeeded => Waits { employee: Some(holder.clone()), instead_of: None, until: None, why },
        StandIn::Found(other, _) => {
            Waits { employee: Some(other), instead_of: Some(holder.clone()), until, why: Why::StandsIn }
        }
        StandIn::Nobody => Waits { instead_of: Some(holder.clone()), until, ..nobody(Why::AllAway) },
    }
}

/// The one who holds its role: for its product line, or for all, or else the only one there is.
fn holder_of<'a>(matter: &Communication, holders: &'a [Holder]) -> Result<&'a EmployeeId, Why> {
    let line = matter.product_line.as_ref();
    let exact = holders.iter().find(|holder| holder.product_line.as_ref() == line);
    let found = exact.or_else(|| holders.iter().find(|holder| holder.product_line.is_none()));
    if let Some(found) = found {
        return Ok(&found.employee);
    }
    match holders {
        [] => Err(Why::NoHolder),
        _ if line.is_some() => Err(Why::NoHolder),
        [first, rest @ ..] if rest.iter().all(|other| other.employee == first.employee) => Ok(&first.employee),
        _ => Err(Why::SeveralLines),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::absence::{Cover, CoverRule};
    use proptest::prelude::*;

    fn id(text: &str) -> EmployeeId {
        text.parse().expect("a name")
    }

    fn matter() -> Communication {
        Communication {
            account: Some("ACME".parse().expect("a name")),
            caller: None,
            contact: None,
            channel: Channel::Call,
            task: None,
            direction: Direction::Incoming,
            subject: "Waybill".into(),
            text: String::new(),
            role: Some("seller".parse().expect("a name")),
            product_line: None,
            stage: None,
            due: None,
            received_by: None,
            received_at: Timestamp::UNIX_EPOCH,
            state: MatterState::Passed,
            given_to: None,
        }
    }

    fn holds(employee: &str, line: Option<&str>) -> Holder {
        Holder { employee: id(employee), product_line: line.map(|line| line.parse().expect("a name")) }
    }

    fn absence(who: &str, substitute: Option<&str>) -> (EmployeeId, Absence) {
        let cover = |other| Cover { role: None, product_line: None, substitute: id(other), rule: CoverRule::Named };
        let absence = Absence {
            id: 1,
            employee: id(who),
            from: Date::constant(2026, 7, 1),
            to: Some(Date::constant(2026, 8, 1)),
            reason: String::new(),
            covers: substitute.map(cover).into_iter().collect(),
            recorded_at: Timestamp::UNIX_EPOCH,
            recorded_by: 1,
        };
        (id(who), absence)
    }

    fn told(waits: &Waits) -> String {
        let name = |who: &Option<EmployeeId>| who.as_ref().map_or("nobody".to_owned(), ToString::to_string);
        format!("{} for {} ({:?})", name(&waits.employee), name(&waits.instead_of), waits.why)
    }

    #[test]
    fn a_matter_follows_whoever_answers() {
        let none = BTreeMap::new();
        let away = BTreeMap::from([absence("Ann", Some("Ben"))]);
        let lost = BTreeMap::from([absence("Ann", None)]);
        let stays = |_: &EmployeeId| false;
        let ann = [holds("Ann", None)];
        assert_eq!(told(&waits_for(&matter(), &ann, &none, stays)), "Ann for nobody (Holds)");
        assert_eq!(told(&waits_for(&matter(), &ann, &away, stays)), "Ben for Ann (StandsIn)");
        assert_eq!(told(&waits_for(&matter(), &ann, &lost, stays)), "nobody for Ann (AllAway)");
        assert_eq!(told(&waits_for(&matter(), &[], &none, stays)), "nobody for nobody (NoHolder)");
        let open = Communication { state: MatterState::Open, ..matter() };
        assert_eq!(told(&waits_for(&open, &ann, &none, stays)), "nobody for nobody (NotPassed)");
        let taken = Communication { given_to: Some(id("Cid")), state: MatterState::InProgress, ..matter() };
        assert_eq!(told(&waits_for(&taken, &ann, &none, stays)), "Cid for nobody (Given)");
        assert_eq!(told(&waits_for(&taken, &ann, &none, |who| *who == id("Cid"))), "Ann for nobody (Holds)");
        let lines = [holds("Ann", Some("Paper")), holds("Ben", Some("Ink"))];
        assert_eq!(told(&waits_for(&matter(), &lines, &none, stays)), "nobody for nobody (SeveralLines)");
        let ink = Communication { product_line: Some("Ink".parse().expect("a name")), ..matter() };
        assert_eq!(told(&waits_for(&ink, &lines, &none, stays)), "Ben for nobody (Holds)");
    }

    #[test]
    fn what_cannot_be_done_is_said() {
        let unknown = Communication { account: None, role: None, state: MatterState::Open, ..matter() };
        let pass = |to| Move::Pass { role: None, product_line: None, stage: None, to };
        assert_eq!(unknown.after(&pass(None)).unwrap_err(), WrongMove::NoAccount);
        assert!(unknown.after(&pass(Some(id("Ann")))).is_ok());
        let (taken, _) = matter().after(&Move::Take { by: id("Ann") }).expect("free");
        assert!(matches!(taken.after(&Move::Take { by: id("Ben") }), Err(WrongMove::Taken { .. })));
        let (done, _) = taken.after(&Move::Finish).expect("open");
        assert!(matches!(done.after(&Move::Drop), Err(WrongMove::Closed { .. })));
        assert_eq!(done.after(&Move::Reopen).expect("closed").0.state, MatterState::Passed);
    }

    fn moves() -> impl Strategy<Value = Move> {
        let someone = prop::sample::select(vec!["Ann", "Ben"]).prop_map(id);
        prop_oneof![
            someone.clone().prop_map(|by| Move::Take { by }),
            prop::option::of(someone).prop_map(|to| Move::Pass { role: None, product_line: None, stage: None, to }),
            Just(Move::GiveBack),
            Just(Move::Comment),
            Just(Move::Finish),
            Just(Move::Drop),
            Just(Move::Reopen),
        ]
    }

    proptest! {
        /// Whatever is done with a matter: while it is not closed, it waits for somebody, or it is said why not.
        #[test]
        fn no_matter_is_lost(moves in prop::collection::vec(moves(), 0..12), known in any::<bool>(), held in any::<bool>()) {
            let mut now = Communication { state: MatterState::Open, ..matter() };
            if !known {
                now.account = None;
            }
            for one in &moves {
                if let Ok((next, _)) = now.after(one) {
                    now = next;
                }
            }
            let holders: &[Holder] = if held && now.account.is_some() { &[holds("Ann", None)] } else { &[] };
            let waits = waits_for(&now, holders, &BTreeMap::new(), |_| false);
            prop_assert_eq!(waits.why == Why::Closed, now.state.closed());
            if !now.state.closed() && waits.employee.is_none() {
                prop_assert!(matches!(waits.why, Why::NotPassed | Why::NoHolder));
            }
            prop_assert!(now.state != MatterState::InProgress || now.given_to.is_some());
        }
    }
}
