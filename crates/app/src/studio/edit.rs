//! Edits of a draft: what may be changed, and what then is.
//!
//! An edit is made ([`Studio::reassign`], [`Studio::lock`], [`Studio::unlock`]), done ([`Studio::perform`]) and handed to the
//! ledger. If the ledger refuses it, because somebody was quicker, it is taken out again ([`Studio::revert`]).

use bailiwick_domain::assignment::{AssignmentKey, BY_HAND};
use bailiwick_domain::draft::{Edit, EditEvent, EditKind, EditStep, EditedRow};
use bailiwick_domain::finding::Finding;
use bailiwick_domain::id::{AccountId, EmployeeId, ProductLine, RoleName};
use serde_json::Value;

use super::{Before, DraftPool, Studio};
use crate::lang::Texts;
use crate::plan::outcome::NOBODY;
use crate::plan::present::GONE;

/// Accounts of one role (and product line).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selection {
    pub role: String,
    pub product_line: Option<String>,
    pub accounts: Vec<String>,
}

/// Who edits, and why.
#[derive(Debug, Clone, Copy)]
pub struct By<'a> {
    pub actor: &'a str,
    /// As a clause: "the customer asked for her". May be empty.
    pub reason: &'a str,
}

/// Why an edit cannot be made: by reason, how many accounts it concerns, and some of them.
pub type Refused = Vec<Finding>;

/// Accounts that are named where an edit is refused.
const SAMPLES: usize = 5;

/// An account of a pool.
type Spot = (usize, usize);

impl Studio {
    /// Gives accounts to somebody, and locks them if that is wanted.
    ///
    /// # Errors
    /// Whoever is not at work on the day, does not serve these accounts by the policy or lacks a skill that is a must gets
    /// none of them; what is locked or pinned stays. Nothing is given unless all can be. Told in `texts`.
    pub fn reassign(
        &self,
        of: &Selection,
        employee: &str,
        lock: bool,
        by: By<'_>,
        texts: &Texts,
    ) -> Result<Edit, Refused> {
        let mut refusals = Refusals { texts, found: vec![] };
        let spots = self.spots(of, &mut refusals);
        let Some(to) = self.staff.index_of(employee) else {
            refusals.add("edit-unknown-employee", employee, &[("employee", employee.into())]);
            return Err(refusals.found);
        };
        let to = to as u32;
        let person = self.person(to);
        if !self.staff.at_work[to as usize] {
            let day = self.on.to_string();
            refusals.add("edit-not-at-work", employee, &[("employee", person.into()), ("day", day.into())]);
            return Err(refusals.found);
        }
        let mut rows = vec![];
        let mut locked = vec![];
        for &(index, position) in &spots {
            let pool = &self.pools[index];
            let account = self.account(index, position);
            if self.is_kept(index, position, &mut refusals) {
                continue;
            }
            if pool.pool.staff.binary_search(&to).is_err() {
                let of = [("employee", self.person(to).into()), ("pool", pool.pool.title().into())];
                refusals.add("edit-not-staff", account, &of);
                continue;
            }
            if !pool.is_qualified(position, to) {
                refusals.add("edit-unqualified", account, &[("employee", self.person(to).into())]);
                continue;
            }
            if lock {
                locked.extend(self.key(index, position));
            }
            if pool.owner[position] != to {
                rows.extend(self.row_by_hand(index, position, to, by));
            }
        }
        let newly = spots.iter().any(|&(index, position)| lock && !self.pools[index].locked[position]);
        if refusals.found.is_empty() && rows.is_empty() && !newly {
            refusals.add("edit-nothing", of.accounts.first().map_or("", String::as_str), &[]);
        }
        refusals.none()?;
        Ok(Edit { kind: EditKind::Reassign, rows, locked, unlocked: vec![], routing: None, summary: None })
    }

    /// Locks accounts to whoever has them: no edit and no optimiser changes them until they are unlocked.
    ///
    /// # Errors
    /// What nobody has cannot be locked.
    pub fn lock(&self, of: &Selection, texts: &Texts) -> Result<Edit, Refused> {
        let mut refusals = Refusals { texts, found: vec![] };
        let mut locked = vec![];
        for (index, position) in self.spots(of, &mut refusals) {
            if self.pools[index].owner[position] == NOBODY {
                refusals.add("edit-lock-nobody", self.account(index, position), &[]);
            } else if !self.pools[index].locked[position] {
                locked.extend(self.key(index, position));
            }
        }
        if refusals.found.is_empty() && locked.is_empty() {
            refusals.add("edit-nothing", of.accounts.first().map_or("", String::as_str), &[]);
        }
        refusals.none()?;
        Ok(Edit { kind: EditKind::Lock, rows: vec![], locked, unlocked: vec![], routing: None, summary: None })
    }

    /// Unlocks accounts.
    ///
    /// # Errors
    /// What is pinned by the policy or the ledger cannot be unlocked here.
    pub fn unlock(&self, of: &Selection, texts: &Texts) -> Result<Edit, Refused> {
        let mut refusals = Refusals { texts, found: vec![] };
        let mut unlocked = vec![];
        for (index, position) in self.spots(of, &mut refusals) {
            if self.pools[index].pinned[position] {
                refusals.add("edit-pinned", self.account(index, position), &[]);
            } else if self.pools[index].locked[position] {
                unlocked.extend(self.key(index, position));
            }
        }
        if refusals.found.is_empty() && unlocked.is_empty() {
            refusals.add("edit-nothing", of.accounts.first().map_or("", String::as_str), &[]);
        }
        refusals.none()?;
        Ok(Edit { kind: EditKind::Unlock, rows: vec![], locked: vec![], unlocked, routing: None, summary: None })
    }

    fn spots(&self, of: &Selection, refusals: &mut Refusals<'_>) -> Vec<Spot> {
        let mut spots = vec![];
        for account in &of.accounts {
            let row = self.row_of(account);
            match row.and_then(|row| self.place_of(row, &of.role, of.product_line.as_deref())) {
                Some(spot) => spots.push(spot),
                None => refusals.add("edit-unknown-account", account, &[("role", of.role.as_str().into())]),
            }
        }
        spots.sort_unstable();
        spots.dedup();
        spots
    }

    fn is_kept(&self, index: usize, position: usize, refusals: &mut Refusals<'_>) -> bool {
        let pool = &self.pools[index];
        let code = match (pool.pinned[position], pool.locked[position]) {
            (true, _) => "edit-pinned",
            (_, true) => "edit-locked",
            _ => return false,
        };
        refusals.add(code, self.account(index, position), &[]);
        true
    }

    fn account(&self, index: usize, position: usize) -> &str {
        &self.account_ids[self.pools[index].pool.accounts[position] as usize]
    }

    /// Account, role and product line of a spot.
    pub(super) fn key(&self, index: usize, position: usize) -> Option<AssignmentKey> {
        let pool = &self.pools[index].pool;
        key_of(self.account(index, position), &pool.role, pool.product_line.as_deref())
    }

    fn row_by_hand(&self, index: usize, position: usize, to: u32, by: By<'_>) -> Option<EditedRow> {
        let pool = &self.pools[index];
        let texts = Texts::of(self.project.policy.document.company.language);
        let mut reason = match by.reason.trim() {
            "" => texts.say("why-by-hand-plain", &[("actor", by.actor.into())]),
            because => texts.say("why-by-hand", &[("actor", by.actor.into()), ("reason", because.into())]),
        };
        let history = match pool.before[position] {
            Some(before) if before == to => texts.say("why-kept", &[]),
            Some(GONE) => texts.say("why-holder-gone", &[]),
            Some(before) => texts.say("why-moved", &[("before", self.person(before).into())]),
            None => String::new(),
        };
        if !history.is_empty() {
            reason.push_str("; ");
            reason.push_str(&history);
        }
        let territory = self.territory_of(index, position, to);
        Some(EditedRow {
            key: self.key(index, position)?,
            employee: EmployeeId::new(&self.staff.ids[to as usize]).ok(),
            segment: self.segments[pool.pool.accounts[position] as usize].clone(),
            territory,
            rule: BY_HAND.to_owned(),
            reason,
        })
    }

    /// A seat stays what it is, whoever sits there; an account that goes to somebody lies in their territory from then on.
    fn territory_of(&self, index: usize, position: usize, to: u32) -> Option<String> {
        let pool = &self.pools[index];
        let named = |territory: u32| pool.names.get(territory as usize).cloned();
        if pool.form != "territories" {
            return named(pool.territory[position]);
        }
        let theirs = (0..pool.owner.len()).filter(|at| pool.owner[*at] == to).map(|at| pool.territory[at]);
        let mut counts = vec![0u32; pool.names.len()];
        theirs.filter(|of| *of != NOBODY).for_each(|of| counts[of as usize] += 1);
        let most =
            (0..counts.len()).filter(|of| counts[*of] > 0).max_by_key(|of| (counts[*of], std::cmp::Reverse(*of)));
        most.and_then(|most| named(most as u32))
    }

    /// Keeps an edit for [`Studio::perform`], under the number that the ledger will give it.
    pub fn keep(&mut self, number: u64, edit: Edit) {
        self.edits.insert(number, edit);
    }

    /// Does an edit that is kept; what is in it was examined when it was made. Which pools it concerns, and whom in each.
    pub fn perform(&mut self, number: u64) -> Touched {
        let Some(edit) = self.edits.remove(&number) else { return Touched::default() };
        let mut befores = vec![];
        let mut touched = Touched::nothing(&self.pools);
        for row in &edit.rows {
            let Some((index, position)) = self.spot_of(&row.key) else { continue };
            befores.push(self.before_of(index, position));
            let to = row.employee.as_ref().and_then(|id| self.staff.index_of(id.as_str()));
            let to = to.map_or(NOBODY, |to| to as u32);
            let pool = &mut self.pools[index];
            touched.note(index, pool, pool.owner[position], to);
            pool.give(position, to, &self.measures);
            pool.territory[position] = match row.territory.as_deref().filter(|name| !name.is_empty()) {
                Some(name) => pool.name(name),
                None => NOBODY,
            };
            pool.by_hand[position] = row.rule == BY_HAND;
            pool.rules[position].clone_from(&row.rule);
            pool.reasons[position].clone_from(&row.reason);
        }
        for (keys, lock) in [(&edit.locked, true), (&edit.unlocked, false)] {
            for key in keys {
                let Some((index, position)) = self.spot_of(key) else { continue };
                befores.push(self.before_of(index, position));
                self.pools[index].locked[position] = lock;
                touched.see(index);
            }
        }
        self.before.insert(number, befores);
        if let Some(summary) = &edit.summary {
            self.summaries.push((number, summary.clone()));
            touched = Touched::all(&self.pools);
        }
        self.edits.insert(number, edit);
        for (pool, people) in self.pools.iter_mut().zip(&touched.people) {
            if people.iter().any(|person| *person) {
                pool.touched_by.push(number);
            }
        }
        self.settle(&touched);
        touched
    }

    /// An edit that was done got another number from the ledger.
    pub fn renumber(&mut self, from: u64, to: u64) {
        if let Some(edit) = self.edits.remove(&from) {
            self.edits.insert(to, edit);
        }
        if let Some(before) = self.before.remove(&from) {
            self.before.insert(to, before);
        }
        self.summaries.iter_mut().filter(|(of, _)| *of == from).for_each(|(of, _)| *of = to);
        for by in self.pools.iter_mut().flat_map(|pool| &mut pool.touched_by).filter(|by| **by == from) {
            *by = to;
        }
    }

    /// Takes the last edit that was done out again.
    pub fn revert(&mut self, number: u64) -> Touched {
        let mut touched = Touched::nothing(&self.pools);
        for before in self.before.remove(&number).unwrap_or_default().into_iter().rev() {
            let (index, position) = (before.pool as usize, before.position as usize);
            let pool = &mut self.pools[index];
            if pool.owner[position] == before.owner {
                touched.see(index);
            } else {
                touched.note(index, pool, pool.owner[position], before.owner);
                pool.give(position, before.owner, &self.measures);
            }
            pool.territory[position] = before.territory;
            pool.by_hand[position] = before.by_hand;
            pool.locked[position] = before.locked;
            pool.rules[position] = before.rule;
            pool.reasons[position] = before.reason;
        }
        if self.summaries.last().is_some_and(|(of, _)| *of == number) {
            self.summaries.pop();
            touched = Touched::all(&self.pools);
        }
        self.pools.iter_mut().for_each(|pool| pool.touched_by.retain(|by| *by != number));
        self.settle(&touched);
        touched
    }

    /// The step was recorded: the history goes on.
    pub fn note(&mut self, event: EditEvent) {
        self.history.take(event.step, event.number);
        if event.step == EditStep::Edit {
            let history = &self.history;
            self.edits.retain(|number, _| history.done.contains(number));
        }
        self.events.push(event);
    }

    /// What follows from who has what, in the pools that were touched.
    pub(super) fn settle(&mut self, touched: &Touched) {
        let (of, summary) = self.summaries.last().cloned().unwrap_or_default();
        let told: Vec<Value> = summary["pools"].as_array().cloned().unwrap_or_default();
        let fits = told.len() == self.pools.len();
        for (index, (pool, people)) in self.pools.iter_mut().zip(&touched.people).enumerate() {
            if people.iter().any(|person| *person) {
                pool.look_again(people);
            }
            pool.untouched = pool.touched_by.last().is_none_or(|by| *by <= of);
            if let Some(told) = told.get(index).filter(|_| fits) {
                pool.lower_bound = told["lower_bound"].as_f64();
                pool.came_with_gap = told["gap"].as_f64();
                pool.came_broken = told["infeasible"].as_array().map_or(0, Vec::len);
            }
        }
    }

    fn before_of(&self, index: usize, position: usize) -> Before {
        let pool = &self.pools[index];
        Before {
            pool: index as u32,
            position: position as u32,
            owner: pool.owner[position],
            territory: pool.territory[position],
            by_hand: pool.by_hand[position],
            locked: pool.locked[position],
            rule: pool.rules[position].clone(),
            reason: pool.reasons[position].clone(),
        }
    }

    fn spot_of(&self, key: &AssignmentKey) -> Option<Spot> {
        let row = self.row_of(key.account.as_str())?;
        self.place_of(row, key.role.as_str(), key.product_line.as_ref().map(ProductLine::as_str))
    }
}

/// Account, role and product line, if they can be names of the ledger.
pub(super) fn key_of(account: &str, role: &str, line: Option<&str>) -> Option<AssignmentKey> {
    Some(AssignmentKey {
        account: AccountId::new(account).ok()?,
        role: RoleName::new(role).ok()?,
        product_line: line.map(ProductLine::new).transpose().ok()?,
    })
}

/// Which pools an edit concerns, and which of their people.
#[derive(Debug, Clone, Default)]
pub struct Touched {
    /// For each pool whether something of it is to be looked at again.
    pub seen: Vec<bool>,
    /// For each pool its people: whether they got or lost something.
    pub people: Vec<Vec<bool>>,
}

impl Touched {
    pub(super) fn nothing(pools: &[DraftPool]) -> Touched {
        let people = pools.iter().map(|pool| vec![false; pool.people.len()]).collect();
        Touched { seen: vec![false; pools.len()], people }
    }

    fn see(&mut self, index: usize) {
        self.seen[index] = true;
    }

    fn note(&mut self, index: usize, pool: &DraftPool, from: u32, to: u32) {
        self.seen[index] = true;
        for employee in [from, to] {
            if let Some(person) = pool.person(employee) {
                self.people[index][person] = true;
            }
        }
    }

    /// Everything.
    #[must_use]
    pub fn all(pools: &[DraftPool]) -> Touched {
        Touched {
            seen: vec![true; pools.len()],
            people: pools.iter().map(|pool| vec![true; pool.people.len()]).collect(),
        }
    }
}

/// Why accounts cannot be edited, each reason once.
struct Refusals<'t> {
    texts: &'t Texts,
    found: Refused,
}

impl Refusals<'_> {
    fn add(&mut self, code: &'static str, sample: &str, arguments: &[(&str, fluent_bundle::FluentValue)]) {
        let message = self.texts.say(code, arguments);
        if let Some(known) = self.found.iter_mut().find(|known| known.code == code && known.message == message) {
            known.count = known.count.map(|count| count + 1);
            if known.samples.len() < SAMPLES {
                known.samples.push(sample.to_owned());
            }
            return;
        }
        let remedy = self.texts.say(&format!("{code}-remedy"), &[]);
        self.found.push(Finding::error(code, message, remedy).counting(1, vec![sample.to_owned()]));
    }

    fn none(self) -> Result<(), Refused> {
        if self.found.is_empty() { Ok(()) } else { Err(self.found) }
    }
}
