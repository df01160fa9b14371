//! What a map of a draft is drawn from: the accounts of a role, column by column, so that twenty thousand are one small
//! answer; the outlines of territories; and what to look for, the accounts without anybody and the parts that lie apart.

use geo::Point as GeoPoint;
use indexmap::IndexMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::{DraftPool, Studio};
use crate::plan::outcome::NOBODY;
use crate::plan::present::GONE;
use crate::report::outline;

/// The accounts of one role (and product line); every column has one value an account, in the same order.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MapData {
    pub role: String,
    pub product_line: Option<String>,
    /// Whom `owner` and `before` name, by index.
    pub people: Vec<MapPerson>,
    pub id: Vec<String>,
    pub name: Vec<String>,
    /// Degrees (WGS 84); null where the place is not known.
    pub longitude: Vec<Option<f64>>,
    pub latitude: Vec<Option<f64>>,
    /// Place of the pool in the policy's order.
    pub pool: Vec<u16>,
    /// −1: nobody.
    pub owner: Vec<i32>,
    /// Who holds it today. −1: nobody; −2: somebody who has left.
    pub before: Vec<i32>,
    /// 0: free; 1: locked in the draft; 2: pinned by the policy or the ledger.
    pub locked: Vec<u8>,
    pub by_hand: Vec<bool>,
    /// 0: in the largest part of its territory; 1 and more: in a part that lies apart.
    pub part: Vec<u16>,
    /// What moving it costs by the policy's own prices; empty where it has none.
    pub price: Vec<f64>,
    #[schema(value_type = std::collections::HashMap<String, Vec<f64>>)]
    pub measures: IndexMap<String, Vec<f64>>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct MapPerson {
    pub employee_id: String,
    pub name: String,
    /// Whether accounts may be given to them on the day.
    pub at_work: bool,
}

/// The outline of what one employee has of a pool.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Outline {
    pub pool: usize,
    pub employee_id: String,
    pub territory: Option<String>,
    pub accounts: usize,
    /// Longitudes and latitudes around it; the first point is the last.
    pub ring: Vec<[f64; 2]>,
}

/// Accounts that somebody should look at.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Loose {
    /// Accounts that nobody has.
    pub unassigned: Vec<LooseAccount>,
    /// Parts of territories that lie apart, the largest first.
    pub detached: Vec<Detached>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct LooseAccount {
    pub account_id: String,
    pub name: String,
    pub role: String,
    pub product_line: Option<String>,
    pub longitude: Option<f64>,
    pub latitude: Option<f64>,
    /// Why nobody has it, where that is known.
    pub reason: String,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Detached {
    pub pool: usize,
    pub role: String,
    pub product_line: Option<String>,
    pub employee_id: String,
    pub employee: String,
    pub part: u32,
    pub accounts: Vec<String>,
    /// West, south, east, north.
    pub bounds: Option<[f64; 4]>,
}

/// Why one account of the draft has whom it has.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DraftRow {
    pub account_id: String,
    pub account: String,
    pub role: String,
    pub product_line: Option<String>,
    pub segment: String,
    pub territory: Option<String>,
    pub employee_id: Option<String>,
    pub employee: Option<String>,
    /// Who holds it today.
    pub before_id: Option<String>,
    pub before: Option<String>,
    pub rule: String,
    pub reason: String,
    pub locked: bool,
    pub pinned: bool,
}

impl Studio {
    /// Roles with their product lines, in the order of the policy.
    #[must_use]
    pub fn roles(&self) -> Vec<(String, Option<String>)> {
        let mut roles: Vec<(String, Option<String>)> = vec![];
        for pool in &self.pools {
            let key = (pool.pool.role.clone(), pool.pool.product_line.clone());
            if !roles.contains(&key) {
                roles.push(key);
            }
        }
        roles
    }

    fn pools_of<'a>(&'a self, role: &'a str, line: Option<&'a str>) -> impl Iterator<Item = (usize, &'a DraftPool)> {
        let served =
            move |(_, pool): &(usize, &DraftPool)| pool.pool.role == role && pool.pool.product_line.as_deref() == line;
        self.pools.iter().enumerate().filter(served)
    }

    #[must_use]
    pub fn map(&self, role: &str, line: Option<&str>) -> MapData {
        let pools: Vec<(usize, &DraftPool)> = self.pools_of(role, line).collect();
        let count = pools.iter().map(|(_, pool)| pool.owner.len()).sum();
        let mut people: Vec<u32> = pools.iter().flat_map(|(_, pool)| pool.people.iter().copied()).collect();
        let holders = pools.iter().flat_map(|(_, pool)| pool.before.iter().flatten().copied());
        people.extend(holders.filter(|before| *before != GONE));
        people.sort_unstable();
        people.dedup();
        let person = |employee: u32| match employee {
            NOBODY => -1,
            GONE => -2,
            employee => people.binary_search(&employee).map_or(-1, |index| index as i32),
        };
        let mut data = MapData {
            role: role.to_owned(),
            product_line: line.map(str::to_owned),
            people: people.iter().map(|employee| self.map_person(*employee)).collect(),
            id: Vec::with_capacity(count),
            name: Vec::with_capacity(count),
            longitude: Vec::with_capacity(count),
            latitude: Vec::with_capacity(count),
            pool: Vec::with_capacity(count),
            owner: Vec::with_capacity(count),
            before: Vec::with_capacity(count),
            locked: Vec::with_capacity(count),
            by_hand: Vec::with_capacity(count),
            part: Vec::with_capacity(count),
            price: vec![],
            measures: self.measures.values.keys().map(|name| (name.clone(), Vec::with_capacity(count))).collect(),
        };
        let priced = pools.iter().any(|(_, pool)| !pool.prices.is_empty());
        let round = |value: f64| (value * 1e5).round() / 1e5;
        for (index, pool) in pools {
            for (position, row) in pool.pool.accounts.iter().enumerate() {
                let at = *row as usize;
                data.id.push(self.account_ids[at].clone());
                data.name.push(self.account_names[at].clone());
                data.longitude.push(self.places[at].map(|at| round(at.x)));
                data.latitude.push(self.places[at].map(|at| round(at.y)));
                data.pool.push(index as u16);
                data.owner.push(person(pool.owner[position]));
                data.before.push(pool.before[position].map_or(-1, person));
                data.locked.push(if pool.pinned[position] { 2 } else { u8::from(pool.locked[position]) });
                data.by_hand.push(pool.by_hand[position]);
                let part = pool.part.get(position).copied().filter(|part| *part != u32::MAX).unwrap_or(0);
                data.part.push(part.min(u32::from(u16::MAX)) as u16);
                if priced {
                    data.price.push(pool.prices.get(position).copied().unwrap_or(0.0));
                }
                for (column, values) in data.measures.values_mut().zip(self.measures.values.values()) {
                    column.push(values[at]);
                }
            }
        }
        data
    }

    fn map_person(&self, employee: u32) -> MapPerson {
        let row = employee as usize;
        let (employee_id, name) = (self.staff.ids[row].clone(), self.staff.names[row].clone());
        MapPerson { employee_id, name, at_work: self.staff.at_work[row] }
    }

    /// Outlines of what each of the people of a role has, where the policy divides by territories.
    #[must_use]
    pub fn outlines(&self, role: &str, line: Option<&str>) -> Vec<Outline> {
        let mut outlines = vec![];
        for (index, pool) in self.pools_of(role, line).filter(|(_, pool)| pool.form == "territories") {
            let mut of: Vec<Vec<GeoPoint>> = vec![vec![]; pool.people.len()];
            let mut territory = vec![NOBODY; pool.people.len()];
            for (position, row) in pool.pool.accounts.iter().enumerate() {
                let (Some(at), Some(person)) = (self.places[*row as usize], pool.person(pool.owner[position])) else {
                    continue;
                };
                // A part that lies apart would stretch the outline over what is others'.
                if pool.part.get(position).is_none_or(|part| *part == 0) {
                    of[person].push(GeoPoint::new(at.x, at.y));
                }
                territory[person] = territory[person].min(pool.territory[position]);
            }
            for (person, points) in of.into_iter().enumerate() {
                let ring = outline(points);
                if !ring.is_empty() {
                    outlines.push(Outline {
                        pool: index,
                        employee_id: self.staff.ids[pool.people[person] as usize].clone(),
                        territory: pool.names.get(territory[person] as usize).cloned(),
                        accounts: pool.counts[person] as usize,
                        ring,
                    });
                }
            }
        }
        outlines
    }

    /// What to look for in a role.
    #[must_use]
    pub fn loose(&self, role: &str, line: Option<&str>) -> Loose {
        let mut loose = Loose { unassigned: vec![], detached: vec![] };
        for (index, pool) in self.pools_of(role, line) {
            let mut parts: std::collections::BTreeMap<(u32, u32), Vec<usize>> = Default::default();
            for position in 0..pool.owner.len() {
                if pool.owner[position] == NOBODY {
                    loose.unassigned.push(self.loose_account(pool, position));
                }
                if let Some(part) = pool.part.get(position).filter(|part| !matches!(**part, 0 | u32::MAX)) {
                    parts.entry((pool.owner[position], *part)).or_default().push(position);
                }
            }
            for ((owner, part), positions) in parts {
                loose.detached.push(self.detached(index, owner, part, &positions));
            }
        }
        loose.detached.sort_by_key(|part| std::cmp::Reverse(part.accounts.len()));
        loose
    }

    fn loose_account(&self, pool: &DraftPool, position: usize) -> LooseAccount {
        let row = pool.pool.accounts[position] as usize;
        LooseAccount {
            account_id: self.account_ids[row].clone(),
            name: self.account_names[row].clone(),
            role: pool.pool.role.clone(),
            product_line: pool.pool.product_line.clone(),
            longitude: self.places[row].map(|at| at.x),
            latitude: self.places[row].map(|at| at.y),
            reason: pool.reasons[position].clone(),
        }
    }

    fn detached(&self, index: usize, owner: u32, part: u32, positions: &[usize]) -> Detached {
        let pool = &self.pools[index];
        let rows = || positions.iter().map(|position| pool.pool.accounts[*position] as usize);
        let bounds = rows().filter_map(|row| self.places[row]).fold(None, |bounds: Option<[f64; 4]>, at| {
            let [west, south, east, north] = bounds.unwrap_or([at.x, at.y, at.x, at.y]);
            Some([west.min(at.x), south.min(at.y), east.max(at.x), north.max(at.y)])
        });
        Detached {
            pool: index,
            role: pool.pool.role.clone(),
            product_line: pool.pool.product_line.clone(),
            employee_id: self.staff.ids[owner as usize].clone(),
            employee: self.staff.names[owner as usize].clone(),
            part,
            accounts: rows().map(|row| self.account_ids[row].clone()).collect(),
            bounds,
        }
    }

    /// Why an account has whom it has, in every role.
    #[must_use]
    pub fn rows_of(&self, account: &str) -> Vec<DraftRow> {
        let Some(row) = self.row_of(account) else { return vec![] };
        let served = self.pools.iter().filter_map(|pool| Some((pool, pool.pool.accounts.binary_search(&row).ok()?)));
        served.map(|(pool, position)| self.draft_row(pool, position)).collect()
    }

    fn draft_row(&self, pool: &DraftPool, position: usize) -> DraftRow {
        let row = pool.pool.accounts[position] as usize;
        let id = |employee: u32| self.staff.ids.get(employee as usize).cloned();
        let name = |employee: u32| self.staff.names.get(employee as usize).cloned();
        let (owner, before) = (pool.owner[position], pool.before[position].unwrap_or(NOBODY));
        DraftRow {
            account_id: self.account_ids[row].clone(),
            account: self.account_names[row].clone(),
            role: pool.pool.role.clone(),
            product_line: pool.pool.product_line.clone(),
            segment: self.segments[row].clone(),
            territory: pool.names.get(pool.territory[position] as usize).cloned(),
            employee_id: id(owner),
            employee: name(owner),
            before_id: id(before),
            before: name(before),
            rule: pool.rules[position].clone(),
            reason: pool.reasons[position].clone(),
            locked: pool.locked[position],
            pinned: pool.pinned[position],
        }
    }
}
