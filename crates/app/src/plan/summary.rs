//! `summary.json` (DESIGN 4): what the plan is in numbers.

use bailiwick_domain::policy::Policy;
use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::Plan;
use super::explain::Explainer;
use super::outcome::{BrokenPromise, PoolOutcome};
use super::stage::Timings;
use crate::front::Front;

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Summary {
    pub company: String,
    /// First day of the plan.
    pub date: String,
    pub accounts: usize,
    pub employees: usize,
    /// Rows: account × role (× product line).
    pub assigned: usize,
    pub unassigned: usize,
    /// Accounts that no coverage serves in any role.
    pub uncovered: usize,
    /// Rows of the input left out, each in rejected.csv.
    pub rejected: usize,
    pub moved: usize,
    pub kept: usize,
    pub seconds: f64,
    pub seed: u64,
    pub segments: IndexMap<String, usize>,
    pub pools: Vec<PoolSummary>,
    pub infeasible: Vec<Broken>,
    /// The plans to choose between, where they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub front: Option<Front>,
    /// Seconds of each part of the work, where `--timings` asked for them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timings: Option<Timings>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PoolSummary {
    pub segment: String,
    pub role: String,
    pub product_line: Option<String>,
    pub rule: String,
    pub accounts: usize,
    pub employees: usize,
    pub assigned: usize,
    pub unassigned: usize,
    pub method: String,
    pub objective: f64,
    pub objective_unit: String,
    pub lower_bound: Option<f64>,
    /// (objective − lower_bound) / objective.
    pub gap: Option<f64>,
    pub gap_words: String,
    pub balance: IndexMap<String, Balance>,
    pub contiguous: Option<bool>,
    /// Pieces of territories wholly surrounded by one other; absent where territories need not be connected, or nobody
    /// knows where the outside is.
    pub enclaves: Option<usize>,
    pub moved: usize,
    pub kept: usize,
    pub infeasible: Vec<Broken>,
}

impl PoolSummary {
    /// The form's word in the policy, which ends the rule.
    pub fn form(&self) -> &str {
        self.rule.split(' ').next_back().unwrap_or_default()
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Balance {
    /// Absent where the policy only watches the measure.
    pub tolerance: Option<f64>,
    /// Largest |load − target| / target; the target is the mean, or the share of full-time equivalents.
    pub max_deviation: f64,
}

/// A promise that cannot be kept, and by how much.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Broken {
    pub what: String,
    #[serde(rename = "where")]
    pub place: String,
    pub by: String,
    pub remedy: String,
}

impl From<&BrokenPromise> for Broken {
    fn from(promise: &BrokenPromise) -> Broken {
        Broken {
            what: promise.what.clone(),
            place: promise.place.clone(),
            by: promise.by.clone(),
            remedy: promise.remedy.clone(),
        }
    }
}

pub fn summarize(plan: &Plan, policy: &Policy) -> Summary {
    let explainer = Explainer::new(plan, policy);
    let pools: Vec<PoolSummary> = plan.pools.iter().map(|outcome| pool_summary(outcome, &explainer)).collect();
    let mut covered = vec![false; plan.account_ids.len()];
    plan.pools.iter().flat_map(|outcome| &outcome.pool.accounts).for_each(|account| covered[*account as usize] = true);
    let mut segments: IndexMap<String, usize> =
        policy.segment_names().iter().map(|name| (String::from(*name), 0)).collect();
    for segment in plan.classified.segment.iter().flatten() {
        segments[*segment as usize] += 1;
    }
    Summary {
        company: policy.document.company.name.clone(),
        date: plan.on.to_string(),
        accounts: plan.account_ids.len(),
        employees: plan.staff.len(),
        assigned: plan.rows() - plan.unassigned(),
        unassigned: plan.unassigned(),
        uncovered: covered.iter().filter(|covered| !**covered).count(),
        rejected: plan.rejected,
        moved: pools.iter().map(|pool| pool.moved).sum(),
        kept: pools.iter().map(|pool| pool.kept).sum(),
        seconds: plan.seconds,
        seed: plan.seed,
        segments,
        infeasible: pools.iter().flat_map(|pool| pool.infeasible.clone()).collect(),
        pools,
        front: plan.front.clone(),
        timings: plan.timings.clone(),
    }
}

fn pool_summary(outcome: &PoolOutcome, explainer: &Explainer) -> PoolSummary {
    let unassigned = outcome.owner.iter().filter(|owner| **owner == super::outcome::NOBODY).count();
    PoolSummary {
        segment: outcome.pool.segment.clone(),
        role: outcome.pool.role.clone(),
        product_line: outcome.pool.product_line.clone(),
        rule: outcome.rule.clone(),
        accounts: outcome.pool.accounts.len(),
        employees: outcome.people.len(),
        assigned: outcome.pool.accounts.len() - unassigned,
        unassigned,
        method: outcome.method.clone(),
        objective: outcome.objective,
        objective_unit: outcome.objective_unit.clone(),
        lower_bound: outcome.lower_bound,
        gap: outcome.gap(),
        gap_words: explainer.gap(outcome),
        balance: outcome
            .measures
            .iter()
            .map(|measure| {
                let balance = Balance { tolerance: measure.tolerance, max_deviation: measure.max_deviation() };
                (measure.name.clone(), balance)
            })
            .collect(),
        contiguous: outcome.contiguous,
        enclaves: outcome.enclaves,
        moved: outcome.moved(),
        kept: outcome.kept(),
        infeasible: outcome.broken.iter().map(Broken::from).collect(),
    }
}
