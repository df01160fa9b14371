//! What a draft comes to, measured: everybody's load against target and limits, what moves and at which price, what lies
//! apart, who has nobody, and how far from the best possible it is. After an edit only what changed is told.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::edit::Touched;
use super::told::{DraftException, limits};
use super::{Studio, Words};
use crate::plan::outcome::NOBODY;

/// A pool as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PoolLive {
    /// Its place in the policy's order, from 0.
    pub pool: usize,
    pub role: String,
    pub product_line: Option<String>,
    pub segment: String,
    /// `to`, `by`, `territories`, `fit`, `balance` or `same_as`.
    pub form: &'static str,
    /// The line of the policy that decides.
    pub rule: String,
    pub accounts: usize,
    pub unassigned: usize,
    /// From whoever holds them today to somebody else.
    pub moved: usize,
    pub kept: usize,
    pub locked: usize,
    pub by_hand: usize,
    /// What the moves cost by the policy's own prices; null where it has none.
    pub move_price: Option<f64>,
    /// Whether territories are in one piece; null where that is not asked for, or nobody knows who neighbours whom.
    pub contiguous: Option<bool>,
    pub detached_accounts: usize,
    /// (objective − bound) / objective; null where it is not known.
    pub gap: Option<f64>,
    pub gap_words: Words,
    pub measures: Vec<MeasureLive>,
    /// Everybody who may serve the pool or has something of it; after an edit those whose load changed.
    pub people: Vec<PersonLive>,
    /// Promises of the policy that are not kept as it stands.
    pub exceptions: Vec<DraftException>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct MeasureLive {
    pub name: String,
    /// Where the policy balances it.
    pub tolerance: Option<f64>,
    /// The largest |load − target| / target of anybody; null where there are no targets.
    pub max_deviation: Option<f64>,
    /// What the accounts that move add up to.
    pub moved: f64,
    pub total: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PersonLive {
    pub employee_id: String,
    pub name: String,
    pub accounts: u32,
    /// Accounts that come to them from somebody else, and that go from them.
    pub gains: u32,
    pub loses: u32,
    /// Parts of their territory that lie apart from the rest.
    pub detached_parts: u32,
    /// In the order of the pool's measures.
    pub loads: Vec<LoadLive>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct LoadLive {
    pub load: f64,
    pub target: Option<f64>,
    pub lower: Option<f64>,
    pub upper: Option<f64>,
    pub within: bool,
}

impl Studio {
    /// The pools that were touched, each with those of its people who were.
    #[must_use]
    pub fn live(&self, touched: &Touched) -> Vec<PoolLive> {
        let seen = (0..self.pools.len()).filter(|index| touched.seen[*index]);
        seen.map(|index| self.pool_live(index, &touched.people[index])).collect()
    }

    /// Everything.
    #[must_use]
    pub fn live_all(&self) -> Vec<PoolLive> {
        self.live(&Touched::all(&self.pools))
    }

    fn pool_live(&self, index: usize, wanted: &[bool]) -> PoolLive {
        let pool = &self.pools[index];
        let moved: Vec<usize> = (0..pool.owner.len()).filter(|position| pool.is_moved(*position)).collect();
        let kept = pool.before.iter().zip(&pool.owner).filter(|(before, owner)| **before == Some(**owner)).count();
        let exceptions = self.exceptions(index);
        let broken = if pool.untouched { pool.came_broken > 0 } else { !exceptions.is_empty() };
        let measures = pool.measures.iter().enumerate().map(|(measure, limited)| {
            let values = self.measures.get(&limited.name);
            let of = |position: usize| values[pool.pool.accounts[position] as usize];
            MeasureLive {
                name: limited.name.clone(),
                tolerance: limited.tolerance,
                max_deviation: limited.targets.as_ref().map(|targets| deviation(&pool.loads[measure], targets)),
                moved: moved.iter().fold(0.0, |sum, position| sum + of(*position)),
                total: (0..pool.owner.len()).map(of).sum(),
            }
        });
        let (mut gains, mut loses) = (vec![0u32; pool.people.len()], vec![0u32; pool.people.len()]);
        for position in &moved {
            if let Some(person) = pool.person(pool.owner[*position]) {
                gains[person] += 1;
            }
            if let Some(person) = pool.before[*position].and_then(|before| pool.person(before)) {
                loses[person] += 1;
            }
        }
        let mut apart = vec![0u32; pool.people.len()];
        for (part, owner) in pool.part.iter().zip(&pool.owner).filter(|(part, _)| **part != u32::MAX) {
            if let Some(person) = pool.person(*owner) {
                apart[person] = apart[person].max(*part);
            }
        }
        let people = (0..pool.people.len()).filter(|person| wanted.get(*person).copied().unwrap_or(true));
        PoolLive {
            pool: index,
            role: pool.pool.role.clone(),
            product_line: pool.pool.product_line.clone(),
            segment: pool.pool.segment.clone(),
            form: pool.form,
            rule: pool.rule.clone(),
            accounts: pool.owner.len(),
            unassigned: pool.owner.iter().filter(|owner| **owner == NOBODY).count(),
            kept,
            locked: (0..pool.owner.len()).filter(|at| pool.locked[*at] || pool.pinned[*at]).count(),
            by_hand: pool.by_hand.iter().filter(|by_hand| **by_hand).count(),
            move_price: (!pool.prices.is_empty())
                .then(|| moved.iter().fold(0.0, |sum, position| sum + pool.prices[*position])),
            moved: moved.len(),
            contiguous: pool.is_whole().filter(|_| pool.asks_whole()),
            detached_accounts: pool.part.iter().filter(|part| !matches!(**part, 0 | u32::MAX)).count(),
            gap: pool.gap(),
            gap_words: self.gap_words(index, broken),
            measures: measures.collect(),
            people: people
                .map(|person| self.person_live(index, person, (gains[person], loses[person]), apart[person]))
                .collect(),
            exceptions,
        }
    }

    fn person_live(&self, index: usize, person: usize, (gains, loses): (u32, u32), apart: u32) -> PersonLive {
        let pool = &self.pools[index];
        let employee = pool.people[person] as usize;
        let loads = (0..pool.measures.len()).map(|measure| {
            let load = pool.loads[measure][person];
            let (lower, upper) = limits(pool, measure, person);
            let slack = 1e-6 * (1.0 + load.abs());
            LoadLive {
                load,
                target: pool.measures[measure].targets.as_ref().map(|targets| targets[person]),
                within: lower.is_none_or(|lower| load >= lower - slack)
                    && upper.is_none_or(|upper| load <= upper + slack),
                lower,
                upper,
            }
        });
        PersonLive {
            employee_id: self.staff.ids[employee].clone(),
            name: self.staff.names[employee].clone(),
            accounts: pool.counts[person],
            gains,
            loses,
            detached_parts: apart,
            loads: loads.collect(),
        }
    }

    /// The plan's summary as the draft stands, for lists and for the ledger; `edits`: how many hold.
    #[must_use]
    pub fn summary(&self, edits: usize) -> Value {
        let mut summary = self.summaries.last().map_or(Value::Null, |(_, summary)| summary.clone());
        let live = self.live_all();
        let total = |of: fn(&PoolLive) -> usize| live.iter().map(of).sum::<usize>();
        let unassigned = total(|pool| pool.unassigned);
        if !summary.is_object() {
            summary = json!({});
        }
        summary["assigned"] = (total(|pool| pool.accounts) - unassigned).into();
        summary["unassigned"] = unassigned.into();
        summary["moved"] = total(|pool| pool.moved).into();
        summary["kept"] = total(|pool| pool.kept).into();
        summary["edits"] = edits.into();
        let bulgarian =
            self.project.policy.document.company.language == bailiwick_domain::policy::document::Language::Bg;
        if let Some(pools) = summary["pools"].as_array_mut().filter(|pools| pools.len() == live.len()) {
            for (told, pool) in pools.iter_mut().zip(&live) {
                tell(told, pool, bulgarian, self.pools[pool.pool].untouched);
            }
        }
        summary
    }
}

fn tell(told: &mut Value, pool: &PoolLive, bulgarian: bool, untouched: bool) {
    told["assigned"] = (pool.accounts - pool.unassigned).into();
    told["unassigned"] = pool.unassigned.into();
    told["moved"] = pool.moved.into();
    told["kept"] = pool.kept.into();
    if untouched {
        return;
    }
    told["gap"] = json!(pool.gap);
    told["gap_words"] = if bulgarian { &pool.gap_words.bg } else { &pool.gap_words.en }.as_str().into();
    told["contiguous"] = json!(pool.contiguous);
    for measure in &pool.measures {
        if let Some(deviation) = measure.max_deviation {
            told["balance"][&measure.name] = json!({"tolerance": measure.tolerance, "max_deviation": deviation});
        }
    }
    let words = |exception: &DraftException| {
        let said = if bulgarian { &exception.words.bg } else { &exception.words.en };
        json!({"what": said, "where": format!("{} in {}", pool.role, pool.segment), "by": "", "remedy": ""})
    };
    told["infeasible"] = pool.exceptions.iter().map(words).collect();
}

fn deviation(loads: &[f64], targets: &[f64]) -> f64 {
    let of = |(load, target): (&f64, &f64)| if *target > 0.0 { (load - target).abs() / target } else { 0.0 };
    loads.iter().zip(targets).map(of).fold(0.0, f64::max)
}
