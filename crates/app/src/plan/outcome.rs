//! What became of a pool: who owns what, why, which promises hold, how far from the best it can be.

use bailiwick_engine::Point;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::pool::Pool;

/// No employee could be given.
pub const NOBODY: u32 = u32::MAX;

pub struct PoolOutcome {
    /// `pool.staff` has whoever holds each territory, somebody who looks after a vacancy more than once.
    pub pool: Pool,
    /// The people of the pool, each once, ascending.
    pub people: Vec<u32>,
    /// The line of the policy that decided, `bailiwick.toml:33 by`.
    pub rule: String,
    /// Owner of each account of the pool, a row of the employee table, or [`NOBODY`].
    pub owner: Vec<u32>,
    /// Territory (or seat) of each account, an index into `territories`, or [`NOBODY`].
    pub territory: Vec<u32>,
    pub why: Vec<Why>,
    /// The present holder: an employee row, [`super::present::GONE`], or none.
    pub before: Vec<Option<u32>>,
    pub territories: Vec<Territory>,
    pub method: String,
    pub objective: f64,
    /// The objective without the prices of moves.
    pub cost: f64,
    /// What `cost` is divided by for a mean: weights of accounts that have a place, or accounts.
    pub weight: f64,
    /// What accounts that left somebody among the staff add up to in each measure.
    pub moved_by: IndexMap<String, f64>,
    /// What the objective is counted in, `workload·km`.
    pub objective_unit: String,
    pub lower_bound: Option<f64>,
    pub measures: Vec<MeasureOutcome>,
    pub contiguous: Option<bool>,
    /// Pieces of territories wholly surrounded by one other, where it is known where the outside is.
    pub enclaves: Option<usize>,
    pub broken: Vec<BrokenPromise>,
    /// How many of them are limits of a measure that the optimiser could not keep.
    pub limits_broken: usize,
    pub routing: Routing,
}

/// A territory or seat: the share of a pool that one employee holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Territory {
    pub name: String,
    pub employee: u32,
    /// Longitude and latitude.
    pub centre: Option<Point>,
    pub accounts: usize,
}

/// Why this account has this owner; rendered by [`super::explain`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Why {
    /// One named person or the holder of a position.
    Named,
    /// The seat of the account's value; `own`: the employee's own value is the same.
    Seat {
        own: bool,
    },
    /// Kilometres to the owner's centre, and to the nearest other's.
    Near {
        km: f32,
        next: u32,
        next_km: f32,
    },
    /// Minutes from the owner's centre, and from the quickest other's.
    Drive {
        minutes: f32,
        next: u32,
        next_minutes: f32,
    },
    /// No co-ordinates: placed where load was short.
    NoPlace,
    /// How well the owner fits, and who would have been next; `better`: who would have been better.
    Fit {
        own: Fitness,
        next: u32,
        other: Fitness,
        better: bool,
    },
    Load,
    /// Holds another role of the account.
    Follows,
    /// Holds the head of the group.
    Parent,
    /// With the other members of its group.
    Group,
    Pinned(u32),
    Nobody(Nobody),
}

/// How well somebody fits an account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fitness {
    /// Missing skill levels.
    pub missing: f32,
    /// Kilometres from home, where nearness counts.
    pub km: Option<f32>,
}

/// Why nobody could be given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Nobody {
    NoStaff,
    NoValue,
    NoSkill,
    NoHolder,
}

#[derive(Debug, Clone, PartialEq)]
pub struct MeasureOutcome {
    pub name: String,
    pub tolerance: Option<f64>,
    /// Load of each of the pool's staff, in the pool's order.
    pub loads: Vec<f64>,
    /// What each should carry, where it is balanced.
    pub targets: Option<Vec<f64>>,
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
}

impl MeasureOutcome {
    /// The largest |load − target| / target, where the measure is balanced; else |load − mean| / mean.
    pub fn max_deviation(&self) -> f64 {
        let mean = self.loads.iter().sum::<f64>() / self.loads.len().max(1) as f64;
        let deviation = |(index, load): (usize, &f64)| {
            let target = self.targets.as_ref().map_or(mean, |targets| targets[index]);
            if target > 0.0 { (load - target).abs() / target } else { 0.0 }
        };
        self.loads.iter().enumerate().map(deviation).fold(0.0, f64::max)
    }
}

/// A promise of the policy that cannot be kept, and by how much.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BrokenPromise {
    pub what: String,
    #[serde(rename = "where")]
    pub place: String,
    pub by: String,
    pub remedy: String,
}

/// What is needed to decide on an account that arrives later, and to say who else was near.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Routing {
    pub coverage: usize,
    pub rule: String,
    pub role: String,
    pub product_line: Option<String>,
    pub segment: String,
    /// `to`, `by`, `territories`, `fit`, `balance` or `same_as`.
    pub form: String,
    /// Employees' ids; the lists below go with it.
    pub staff: Vec<String>,
    /// Names of territories, one an employee.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub territories: Vec<String>,
    /// Longitude and latitude.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub centres: Vec<Option<(f64, f64)>>,
    /// Seat value and the employee's id.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub seats: Vec<(String, String)>,
    /// The measure a kilometre is weighed by.
    #[serde(default)]
    pub weight: String,
    pub measures: Vec<RoutingMeasure>,
    #[serde(default)]
    pub groups_together: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoutingMeasure {
    pub name: String,
    pub loads: Vec<f64>,
    /// Upper limits, where there are any.
    pub upper: Vec<Option<f64>>,
    /// What one more unit costs, in the pool's objective.
    pub prices: Vec<f64>,
}

impl PoolOutcome {
    /// Accounts whose present holder is somebody else now.
    pub fn moved(&self) -> usize {
        self.owner
            .iter()
            .zip(&self.before)
            .filter(|(owner, before)| before.is_some_and(|before| before != **owner))
            .count()
    }

    /// Accounts taken from a holder who is among the staff of the pool: those that a budget of moves is about.
    pub fn moved_from_staff(&self) -> usize {
        (0..self.owner.len()).filter(|position| self.is_moved_from_staff(*position)).count()
    }

    pub fn is_moved_from_staff(&self, position: usize) -> bool {
        let before = self.before[position].filter(|before| *before != self.owner[position]);
        before.is_some_and(|before| self.people.binary_search(&before).is_ok())
    }

    /// Accounts whose present holder stays.
    pub fn kept(&self) -> usize {
        self.owner.iter().zip(&self.before).filter(|(owner, before)| **before == Some(**owner)).count()
    }

    /// (objective − bound) / objective.
    pub fn gap(&self) -> Option<f64> {
        self.lower_bound.map(|bound| {
            if self.objective.abs() < 1e-9 { 0.0 } else { ((self.objective - bound) / self.objective.abs()).max(0.0) }
        })
    }
}
