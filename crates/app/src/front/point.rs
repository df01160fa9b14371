//! One plan of a front by what it is judged by.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use crate::plan::Plan;
use crate::plan::outcome::{MeasureOutcome, PoolOutcome};
use crate::plan::variation::Variation;

/// What plans of a front are compared by; less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Dimension {
    /// How uneven the loads are.
    #[serde(rename = "balance")]
    MaxDeviation,
    /// How far the accounts are, or how badly the skills fit.
    #[serde(rename = "travel")]
    Cost,
    /// How many relationships are disturbed.
    #[serde(rename = "moves")]
    Moves,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Folder of the plan, `01` and so on in the order of moves, then of deviation.
    pub plan: String,
    pub variation: Variation,
    /// Largest |load − target| / target of anybody in any balanced measure.
    pub max_deviation: f64,
    /// Kilometres to an account, in the mean, weighted as the policy weighs; missing skill levels where no pool travels.
    pub cost: f64,
    /// Accounts taken from a holder who is still among the staff.
    pub moves: usize,
    /// The same in every measure of the policy, revenue for instance.
    pub moved: IndexMap<String, f64>,
    /// Whether every promise of the policy is kept, its own tolerances among them.
    pub keeps_policy: bool,
    /// The plan that is nearest to the best in everything at once.
    pub recommended: bool,
}

impl Point {
    pub fn of(plan: &Plan, variation: Variation) -> Point {
        let varied: Vec<&PoolOutcome> = plan.pools.iter().filter(|outcome| is_varied(outcome)).collect();
        let travelling = varied.iter().any(|outcome| outcome.routing.form == "territories");
        let counted = varied.iter().filter(|outcome| travelling == (outcome.routing.form == "territories"));
        let (mut cost, mut accounts) = (0.0, 0.0);
        for outcome in counted.filter(|outcome| outcome.weight > 0.0) {
            let size = outcome.pool.accounts.len() as f64;
            cost += outcome.cost / outcome.weight * size;
            accounts += size;
        }
        let deviations = varied.iter().flat_map(|outcome| &outcome.measures);
        let deviations = deviations.filter(|measure| measure.tolerance.is_some()).map(|m| m.max_deviation());
        let mut moved = IndexMap::new();
        for outcome in &varied {
            for (name, value) in &outcome.moved_by {
                *moved.entry(name.clone()).or_insert(0.0) += value;
            }
        }
        Point {
            plan: String::new(),
            variation,
            max_deviation: rounded(deviations.fold(0.0, f64::max), 1e3),
            cost: rounded(if accounts > 0.0 { cost / accounts } else { 0.0 }, 1e2),
            moves: varied.iter().map(|outcome| outcome.moved_from_staff()).sum(),
            moved,
            keeps_policy: plan.pools.iter().all(|outcome| keeps_policy(outcome, variation)),
            recommended: false,
        }
    }

    pub fn value(&self, dimension: Dimension) -> f64 {
        match dimension {
            Dimension::MaxDeviation => self.max_deviation,
            Dimension::Cost => self.cost,
            Dimension::Moves => self.moves as f64,
        }
    }

    /// No worse in anything, and better in something.
    pub fn dominates(&self, other: &Point, dimensions: &[Dimension]) -> bool {
        let pairs = || dimensions.iter().map(|dimension| (self.value(*dimension), other.value(*dimension)));
        pairs().all(|(own, other)| own <= other) && pairs().any(|(own, other)| own < other)
    }

    pub fn equals(&self, other: &Point, dimensions: &[Dimension]) -> bool {
        dimensions.iter().all(|dimension| self.value(*dimension) == other.value(*dimension))
    }
}

fn keeps_policy(outcome: &PoolOutcome, variation: Variation) -> bool {
    // Limits that follow from a varied tolerance are no promise of the policy: they are judged by its own tolerance.
    let factor = if is_varied(outcome) { variation.tolerance } else { 1.0 };
    outcome.broken.len() == outcome.limits_broken
        && outcome.measures.iter().all(|measure| is_even(measure, factor) && is_within_capacity(measure))
}

fn is_even(measure: &MeasureOutcome, factor: f64) -> bool {
    measure.tolerance.is_none_or(|tolerance| measure.max_deviation() <= tolerance / factor * (1.0 + 1e-6))
}

/// An upper limit below what the tolerance allows is a capacity.
fn is_within_capacity(measure: &MeasureOutcome) -> bool {
    (0..measure.loads.len()).all(|index| {
        let even = match (&measure.targets, measure.tolerance) {
            (Some(targets), Some(tolerance)) => targets[index] * (1.0 + tolerance),
            _ => f64::INFINITY,
        };
        let upper = measure.upper[index];
        upper >= even * (1.0 - 1e-9) || measure.loads[index] <= upper * (1.0 + 1e-6)
    })
}

/// Whether the pool is divided by a form that leaves a choice.
pub fn is_varied(outcome: &PoolOutcome) -> bool {
    matches!(outcome.routing.form.as_str(), "territories" | "fit" | "balance")
}

/// Differences too small to matter must not make a plan of their own.
fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}
