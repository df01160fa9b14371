//! A draft beside another plan, or beside what holds today: who gets and gives what, at which price, and what becomes of
//! everybody's load. What differs is found by [`crate::diff`].

use std::collections::BTreeMap;

use indexmap::IndexMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::Studio;
use super::map::MapPerson;
use crate::diff::{Difference, EmployeeChange, Side, SideBuilder, compare};
use crate::plan::outcome::NOBODY;

/// What differs in all.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Comparison {
    /// The other side: a plan, or what holds on a day.
    pub from: String,
    /// This plan.
    pub to: String,
    /// Account × role (× product line) with the same owner on both sides.
    pub unchanged: usize,
    pub moved: usize,
    /// Owned by this plan only.
    pub opened: usize,
    /// Owned on the other side only.
    pub closed: usize,
    /// What the moves cost by the policy's own prices; null where it has none.
    pub price: Option<f64>,
    /// What the accounts that move add up to.
    #[schema(value_type = std::collections::HashMap<String, MovedShare>)]
    pub measures: IndexMap<String, MovedShare>,
    /// Winners and losers, those who get most first.
    pub employees: Vec<EmployeeCompared>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MovedShare {
    pub moved: f64,
    pub total: f64,
    pub share: f64,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct EmployeeCompared {
    pub employee_id: String,
    pub employee: String,
    /// Accounts in all roles; an account counts once a role.
    pub before: usize,
    pub gains: usize,
    pub loses: usize,
    pub after: usize,
    #[schema(value_type = std::collections::HashMap<String, LoadCompared>)]
    pub loads: IndexMap<String, LoadCompared>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct LoadCompared {
    pub before: f64,
    pub after: f64,
}

/// An account that changes hands in a role.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PlanChange {
    /// `moved`, `opened` or `closed`.
    pub kind: &'static str,
    pub account_id: String,
    pub account: String,
    pub role: String,
    pub product_line: Option<String>,
    pub segment: String,
    pub from_id: Option<String>,
    pub from: Option<String>,
    pub to_id: Option<String>,
    pub to: Option<String>,
    /// What it costs by the policy's own prices.
    pub price: Option<f64>,
    #[schema(value_type = std::collections::HashMap<String, f64>)]
    pub measures: IndexMap<String, f64>,
    /// Why, by this plan.
    pub reason: String,
    pub longitude: Option<f64>,
    pub latitude: Option<f64>,
}

/// What a difference map is drawn from, column by column: one value a change, in the same order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ChangeMap {
    /// Whom `from` and `to` name, by index.
    pub people: Vec<MapPerson>,
    pub id: Vec<String>,
    pub name: Vec<String>,
    pub longitude: Vec<Option<f64>>,
    pub latitude: Vec<Option<f64>>,
    /// −1: nobody.
    pub from: Vec<i32>,
    pub to: Vec<i32>,
    pub price: Vec<Option<f64>>,
}

/// Which changes are wanted.
#[derive(Debug, Clone, Default)]
pub struct ChangesWanted {
    pub role: Option<String>,
    /// Who gets or gives it.
    pub employee: Option<String>,
    /// `moved`, `opened` or `closed`.
    pub kind: Option<String>,
    /// Part of the account's name or id, in lower case.
    pub text: String,
}

impl Studio {
    /// This draft as a side of a comparison.
    #[must_use]
    pub fn side(&self) -> Side {
        let mut side = SideBuilder::default();
        for pool in &self.pools {
            let line = pool.pool.product_line.as_deref().unwrap_or_default();
            for (row, owner) in pool.pool.accounts.iter().zip(&pool.owner).filter(|(_, owner)| **owner != NOBODY) {
                let (account, owner) = (&self.account_ids[*row as usize], &self.staff.ids[*owner as usize]);
                side.own([account, &pool.pool.role, line, owner]);
            }
        }
        self.account_ids.iter().zip(&self.account_names).for_each(|(id, name)| side.account(id, Some(name)));
        self.staff.ids.iter().zip(&self.staff.names).for_each(|(id, name)| side.employee(id, Some(name)));
        side.measure(self.account_ids.iter().map(String::as_str), self.measures.clone());
        side.finish(self.plan.to_string())
    }

    /// The other side as far as this draft decides: its accounts, in its roles.
    #[must_use]
    pub fn within(&self, mut other: Side) -> Side {
        let roles = self.roles();
        let decides = |role: &str, line: &str| {
            roles.iter().any(|(of, its)| of == role && its.as_deref().unwrap_or_default() == line)
        };
        other.retain(|[account, role, line]| self.row_of(account).is_some() && decides(role, line));
        other
    }

    /// What differs, from the other side to this draft.
    #[must_use]
    pub fn compare(&self, other: &Side) -> Comparison {
        let own = self.side();
        let difference = compare(other, &own);
        let loads = self.loads(other, &own);
        let changes = self.changes(other, &ChangesWanted::default());
        let priced = self.pools.iter().any(|pool| !pool.prices.is_empty());
        let Difference { from, to, unchanged, moved, opened, closed, employees, measures } = difference;
        let mut employees: Vec<EmployeeCompared> =
            employees.into_iter().map(|change| compared(change, &loads)).collect();
        employees.sort_by_key(|one| (one.loses as i64 - one.gains as i64, one.employee_id.clone()));
        Comparison {
            from: from.to_owned(),
            to: to.to_owned(),
            unchanged,
            moved: moved.len(),
            opened,
            closed,
            price: priced.then(|| changes.iter().filter_map(|change| change.price).fold(0.0, |sum, price| sum + price)),
            measures: measures
                .into_iter()
                .map(|(name, of)| (name, MovedShare { moved: of.moved, total: of.total, share: of.share }))
                .collect(),
            employees,
        }
    }

    /// Loads of everybody in every measure, before and after.
    fn loads(&self, other: &Side, own: &Side) -> BTreeMap<String, IndexMap<String, LoadCompared>> {
        let mut loads: BTreeMap<String, IndexMap<String, LoadCompared>> = BTreeMap::new();
        for (side, after) in [(other, false), (own, true)] {
            for [account, _, _, employee] in side.owners() {
                let Some(row) = self.row_of(account) else { continue };
                let none = || self.measures.values.keys().map(|name| (name.clone(), LoadCompared::default())).collect();
                let of = loads.entry(employee.to_owned()).or_insert_with(none);
                for (load, values) in of.values_mut().zip(self.measures.values.values()) {
                    *(if after { &mut load.after } else { &mut load.before }) += values[row as usize];
                }
            }
        }
        loads
    }

    /// The accounts that change hands, the dearest first, then by account.
    #[must_use]
    pub fn changes(&self, other: &Side, wanted: &ChangesWanted) -> Vec<PlanChange> {
        let mut changes = vec![];
        for pool in &self.pools {
            if wanted.role.as_ref().is_some_and(|role| *role != pool.pool.role) {
                continue;
            }
            let line = pool.pool.product_line.as_deref().unwrap_or_default();
            for (position, row) in pool.pool.accounts.iter().enumerate() {
                let row = *row as usize;
                let from = other.owner(&self.account_ids[row], &pool.pool.role, line);
                let to = self.staff.ids.get(pool.owner[position] as usize).map(String::as_str);
                let kind = match (from, to) {
                    (Some(from), Some(to)) if from != to => "moved",
                    (None, Some(_)) => "opened",
                    (Some(_), None) => "closed",
                    _ => continue,
                };
                let told = |id: Option<&str>| id.map(|id| self.named(id, other));
                let of = wanted.employee.as_deref();
                if wanted.kind.as_ref().is_some_and(|wanted| wanted != kind)
                    || of.is_some_and(|of| from != Some(of) && to != Some(of))
                    || !self.matches(row, &wanted.text)
                {
                    continue;
                }
                changes.push(PlanChange {
                    kind,
                    account_id: self.account_ids[row].clone(),
                    account: self.account_names[row].clone(),
                    role: pool.pool.role.clone(),
                    product_line: pool.pool.product_line.clone(),
                    segment: self.segments[row].clone(),
                    from: told(from),
                    from_id: from.map(str::to_owned),
                    to: told(to),
                    to_id: to.map(str::to_owned),
                    price: pool.prices.get(position).copied().filter(|_| kind == "moved"),
                    measures: self.measures.values.iter().map(|(name, of)| (name.clone(), of[row])).collect(),
                    reason: pool.reasons[position].clone(),
                    longitude: self.places[row].map(|at| at.x),
                    latitude: self.places[row].map(|at| at.y),
                });
            }
        }
        changes.sort_by(|a, b| {
            let price = |change: &PlanChange| change.price.unwrap_or(f64::NEG_INFINITY);
            price(b).total_cmp(&price(a)).then_with(|| (&a.account_id, &a.role).cmp(&(&b.account_id, &b.role)))
        });
        changes
    }

    fn named(&self, id: &str, other: &Side) -> String {
        let own = self.staff.index_of(id).map(|row| self.staff.names[row].clone());
        own.unwrap_or_else(|| other.employee_name(id).unwrap_or(id).to_owned())
    }

    fn matches(&self, row: usize, text: &str) -> bool {
        text.is_empty()
            || self.account_ids[row].to_lowercase().contains(text)
            || self.account_names[row].to_lowercase().contains(text)
    }

    /// Where what differs lies.
    #[must_use]
    pub fn change_map(&self, other: &Side, wanted: &ChangesWanted) -> ChangeMap {
        let mut map = ChangeMap {
            people: vec![],
            id: vec![],
            name: vec![],
            longitude: vec![],
            latitude: vec![],
            from: vec![],
            to: vec![],
            price: vec![],
        };
        let mut known: BTreeMap<String, i32> = BTreeMap::new();
        for change in self.changes(other, wanted) {
            let mut person = |id: Option<String>, name: Option<String>| -> i32 {
                let Some(id) = id else { return -1 };
                *known.entry(id.clone()).or_insert_with(|| {
                    let at_work = self.staff.index_of(&id).is_some_and(|row| self.staff.at_work[row]);
                    map.people.push(MapPerson { name: name.unwrap_or_else(|| id.clone()), employee_id: id, at_work });
                    map.people.len() as i32 - 1
                })
            };
            let (from, to) = (person(change.from_id, change.from), person(change.to_id, change.to));
            map.from.push(from);
            map.to.push(to);
            map.id.push(change.account_id);
            map.name.push(change.account);
            map.longitude.push(change.longitude);
            map.latitude.push(change.latitude);
            map.price.push(change.price);
        }
        map
    }
}

fn compared(change: EmployeeChange, loads: &BTreeMap<String, IndexMap<String, LoadCompared>>) -> EmployeeCompared {
    EmployeeCompared {
        loads: loads.get(&change.employee_id).cloned().unwrap_or_default(),
        employee_id: change.employee_id,
        employee: change.employee,
        before: change.before,
        gains: change.gains,
        loses: change.loses,
        after: change.after,
    }
}
