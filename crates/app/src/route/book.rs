//! Who holds what of the accounts that arrive and of the groups they belong to: what the ledger says, and what has been
//! decided since.

use std::collections::{HashMap, HashSet};

use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::assignment::NewAssignment;
use bailiwick_domain::id::{ProductLine, RoleName};
use bailiwick_store::{RouteTurn, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use super::arrival::Arrival;

#[derive(Debug, Default)]
pub struct Book {
    accounts: HashMap<String, AccountRecord>,
    held: HashMap<String, Vec<NewAssignment>>,
    /// Of groups whose name is no account, or whose head nobody holds.
    members: HashMap<String, Vec<NewAssignment>>,
    expected: HashSet<String>,
    remembers_all: bool,
}

/// The account above, if one is named.
pub fn parent_in(row: &super::arrival::Row) -> Option<&str> {
    row.get("parent_id").and_then(Value::as_str).filter(|id| !id.is_empty())
}

impl Book {
    /// Reads what is recorded of these arrivals.
    pub async fn read(
        turn: &mut RouteTurn,
        arrivals: &[&Arrival],
        on: Date,
        as_known_at: Option<Timestamp>,
    ) -> Result<Book, StoreError> {
        let mut book = Book::default();
        book.read_more(turn, arrivals, on, as_known_at, true).await?;
        Ok(book)
    }

    /// Reads what is not known yet of these arrivals; without their holders where those are known from elsewhere.
    pub async fn read_more(
        &mut self,
        turn: &mut RouteTurn,
        arrivals: &[&Arrival],
        on: Date,
        as_known_at: Option<Timestamp>,
        holders: bool,
    ) -> Result<(), StoreError> {
        let ids: Vec<&str> =
            arrivals.iter().map(|arrival| arrival.id.as_str()).filter(|id| !self.accounts.contains_key(*id)).collect();
        for account in turn.accounts_of(&ids, as_known_at).await? {
            self.accounts.insert(account.id.to_string(), account);
        }
        if !holders {
            return Ok(());
        }
        let parents: Vec<String> = arrivals.iter().filter_map(|arrival| self.parent_of(arrival)).collect();
        let named = arrivals.iter().map(|arrival| arrival.id.as_str()).chain(parents.iter().map(String::as_str));
        let mut asked: Vec<&str> = named.filter(|id| !self.held.contains_key(*id)).collect();
        asked.sort_unstable();
        asked.dedup();
        for one in turn.held(&asked, on, as_known_at).await? {
            let one = NewAssignment::from(one);
            self.held.entry(one.account.to_string()).or_default().push(one);
        }
        let unknown = |parent: &&str| !self.held.contains_key(*parent) && !self.members.contains_key(*parent);
        let mut groups: Vec<&str> = parents.iter().map(String::as_str).filter(unknown).collect();
        groups.sort_unstable();
        groups.dedup();
        for (group, one) in turn.held_by_group(&groups, on, as_known_at).await? {
            self.members.entry(group).or_default().push(one.into());
        }
        Ok(())
    }

    /// What is known of the account already.
    pub fn account(&self, id: &str) -> Option<&AccountRecord> {
        self.accounts.get(id)
    }

    /// The account above, as it was sent or as it is known.
    pub fn parent_of(&self, arrival: &Arrival) -> Option<String> {
        if arrival.row.contains_key("parent_id") {
            return parent_in(&arrival.row).map(str::to_owned);
        }
        self.account(arrival.id.as_str())?.parent.as_ref().map(ToString::to_string)
    }

    pub fn held(&self, account: &str) -> &[NewAssignment] {
        self.held.get(account).map_or(&[], Vec::as_slice)
    }

    /// Who holds the head of a group, or its first member where nobody holds the head.
    pub fn held_of_group(&self, group: &str) -> &[NewAssignment] {
        match self.held(group) {
            [] => self.members.get(group).map_or(&[], Vec::as_slice),
            held => held,
        }
    }

    /// What is decided of accounts that arrive once more, or that others name as their parent, is to be remembered.
    pub fn expect(&mut self, arrivals: &[&Arrival]) {
        let mut seen = HashSet::new();
        for arrival in arrivals {
            if !seen.insert(arrival.id.as_str()) {
                self.expected.insert(arrival.id.to_string());
            }
            if let Some(parent) = parent_in(&arrival.row) {
                self.expected.insert(parent.to_owned());
            }
        }
    }

    /// What has been decided of an account holds for those that come after it.
    pub fn decided(&mut self, account: &AccountRecord, group: Option<&str>, assignments: &[NewAssignment]) {
        let id = account.id.as_str();
        if self.remembers_all || self.expected.contains(id) {
            let held = self.held.entry(id.to_owned()).or_default();
            for new in assignments {
                if !held.iter().any(|old| old.role == new.role && old.product_line == new.product_line) {
                    held.push(new.clone());
                }
            }
            self.accounts.insert(id.to_owned(), account.clone());
        }
        if let Some(group) = group {
            self.members.entry(group.to_owned()).or_default().extend_from_slice(assignments);
        }
    }

    /// Nothing is recorded of what is decided, so all of it is to be remembered.
    pub fn remember_all(&mut self) {
        self.remembers_all = true;
    }

    /// States a holding, as a plan has it.
    pub fn state(&mut self, one: NewAssignment) {
        self.held.entry(one.account.to_string()).or_default().push(one);
    }

    /// Somebody does not hold a role of an account any more; who it was.
    pub fn forget(&mut self, account: &str, role: &RoleName, line: Option<&ProductLine>) -> Option<String> {
        let held = self.held.get_mut(account)?;
        let place = held.iter().position(|one| one.role == *role && one.product_line.as_ref() == line)?;
        Some(held.remove(place).employee.to_string())
    }
}
