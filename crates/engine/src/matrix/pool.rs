//! The problem as the search sees it: movable units only, the limits that can bind gathered into `K` slots an owner.
//!
//! A measure may limit every owner (workload) or one alone (the weights of a generalised assignment problem differ by
//! owner, so each owner has a measure of its own). Slots make both the same: slot `k` of owner `o` is the `k`-th measure
//! that limits `o`. Fixed units are taken out beforehand and their load is taken off the limits.

use crate::problem::{Cost, Eligibility, Measure, Problem};
use crate::score::TOLERANCE;
use crate::solution::UNASSIGNED;

pub(crate) const NOBODY: u32 = u32::MAX;

/// Rounding allowed on a limit: sums of many floats are not exact. Half of what the score allows.
fn slack_of(limit: f64, mean: f64) -> f64 {
    0.5 * TOLERANCE * limit.max(mean)
}

/// Which measures can bind at each owner, found before the number of slots becomes a constant.
pub(crate) struct Slots {
    /// `of_owner[owner]`: measures in slot order.
    pub of_owner: Vec<Vec<u32>>,
    /// All owners have the same list, so a unit's weights do not depend on the owner.
    pub shared: bool,
}

impl Slots {
    pub fn of(problem: &Problem) -> Self {
        let totals: Vec<f64> = problem.measures.iter().map(|m| m.values.iter().sum()).collect();
        let binds = |k: usize, m: &Measure, o: usize| m.lower[o] > 0.0 || m.upper[o] < totals[k];
        let mut of_owner: Vec<Vec<u32>> = (0..problem.owners)
            .map(|o| {
                let bound = problem.measures.iter().enumerate().filter(|(k, m)| binds(*k, m, o));
                bound.map(|(k, _)| k as u32).collect()
            })
            .collect();
        let longest = of_owner.iter().map(Vec::len).max().unwrap_or(0);
        let mut union: Vec<u32> = of_owner.iter().flatten().copied().collect();
        union.sort_unstable();
        union.dedup();
        let shared = union.len() <= longest.max(3);
        if shared {
            of_owner.iter_mut().for_each(|slots| slots.clone_from(&union));
        }
        Slots { of_owner, shared }
    }

    pub fn width(&self) -> usize {
        self.of_owner.iter().map(Vec::len).max().unwrap_or(0)
    }
}

pub(crate) struct Pool<'a, const K: usize> {
    pub owners: usize,
    /// Movable units by their index in the problem.
    pub units: Vec<u32>,
    /// The owner of every unit that is fixed; [`NOBODY`] for the movable ones and those nobody may serve.
    pub fixed: Vec<u32>,
    /// Limits less what fixed units already take, with the rounding allowance.
    pub lower: Vec<[f64; K]>,
    pub upper: Vec<[f64; K]>,
    /// One unit of violation as a share of the measure's mean load.
    pub scale: Vec<[f64; K]>,
    pub slots: Vec<Vec<u32>>,
    pub budget: f64,
    pub has_budget: bool,
    /// All costs are whole numbers, so a bound may be rounded up.
    pub whole: bool,
    weights: Vec<[f64; K]>,
    unit_stride: usize,
    owner_stride: usize,
    rows: Option<&'a [f64]>,
    class_of: Vec<u32>,
    lists: Vec<Vec<u32>>,
    allowed: Option<Vec<bool>>,
    present: Vec<u32>,
    price: Vec<f64>,
    move_weight: Vec<f64>,
    pub has_moves: bool,
}

impl<'a, const K: usize> Pool<'a, K> {
    pub fn new(problem: &'a Problem, slots: Slots) -> Self {
        let owners = problem.owners;
        let (class, lists): (Option<&[u32]>, Vec<Vec<u32>>) = match &problem.eligibility {
            Eligibility::All => (None, vec![(0..owners as u32).collect()]),
            Eligibility::Classes { class_of, owners_of_class } => (Some(class_of), owners_of_class.clone()),
        };
        let class_of_unit = |u: usize| class.map_or(0, |c| c[u] as usize);
        let may = |u: usize, o: u32| lists[class_of_unit(u)].binary_search(&o).is_ok();
        let mut fixed = vec![NOBODY; problem.units];
        let mut units = Vec::with_capacity(problem.units);
        for u in 0..problem.units {
            match problem.fixed.get(u).copied().flatten() {
                Some(o) => fixed[u] = o,
                None if lists[class_of_unit(u)].is_empty() => {}
                None => units.push(u as u32),
            }
        }
        let mut present = vec![NOBODY; units.len()];
        let mut price = vec![0.0; units.len()];
        let mut move_weight = vec![0.0; units.len()];
        let mut has_moves = false;
        if !problem.moves.present.is_empty() {
            for (i, &u) in units.iter().enumerate() {
                let u = u as usize;
                let Some(now) = problem.moves.present[u] else { continue };
                if may(u, now) {
                    present[i] = now;
                    price[i] = problem.moves.price.get(u).copied().unwrap_or(0.0);
                    move_weight[i] = problem.moves.weight.get(u).copied().unwrap_or(1.0);
                    has_moves = true;
                }
            }
        }
        let totals: Vec<f64> = problem.measures.iter().map(|m| m.values.iter().sum::<f64>()).collect();
        let mean = |m: u32| totals[m as usize] / owners as f64;
        let mut scale = vec![[0.0; K]; owners];
        let mut lower = vec![[f64::NEG_INFINITY; K]; owners];
        let mut upper = vec![[f64::INFINITY; K]; owners];
        for o in 0..owners {
            for (k, &measure) in slots.of_owner[o].iter().enumerate() {
                let m = &problem.measures[measure as usize];
                if m.lower[o] > 0.0 {
                    lower[o][k] = m.lower[o] - slack_of(m.lower[o], mean(measure));
                }
                upper[o][k] = m.upper[o] + slack_of(m.upper[o], mean(measure));
                scale[o][k] = if mean(measure) > 0.0 { 1.0 / mean(measure) } else { 1.0 };
            }
        }
        for (u, &o) in fixed.iter().enumerate().filter(|(_, o)| **o != NOBODY) {
            for (k, &measure) in slots.of_owner[o as usize].iter().enumerate() {
                lower[o as usize][k] -= problem.measures[measure as usize].values[u];
                upper[o as usize][k] -= problem.measures[measure as usize].values[u];
            }
        }
        let weigh = |u: usize, o: usize| {
            let mut weight = [0.0; K];
            for (k, &measure) in slots.of_owner[o].iter().enumerate() {
                weight[k] = problem.measures[measure as usize].values[u];
            }
            weight
        };
        let (weights, unit_stride, owner_stride) = if slots.shared {
            (units.iter().map(|&u| weigh(u as usize, 0)).collect(), 1, 0)
        } else {
            let each = units.iter().flat_map(|&u| (0..owners).map(move |o| (u, o)));
            (each.map(|(u, o)| weigh(u as usize, o)).collect(), owners, 1)
        };
        let rows = match &problem.cost {
            Cost::Matrix(rows) => Some(rows.as_slice()),
            _ => None,
        };
        let whole = price.iter().all(|p| p.fract() == 0.0)
            && problem.moves.price.iter().all(|p| p.fract() == 0.0)
            && rows.is_none_or(|r| r.iter().all(|c| c.fract() == 0.0));
        let everyone = lists.iter().all(|list| list.len() == owners);
        let allowed = (!everyone).then(|| {
            let mut allowed = vec![false; lists.len() * owners];
            for (c, list) in lists.iter().enumerate() {
                list.iter().for_each(|&o| allowed[c * owners + o as usize] = true);
            }
            allowed
        });
        Pool {
            owners,
            class_of: units.iter().map(|&u| class_of_unit(u as usize) as u32).collect(),
            units,
            fixed,
            lower,
            upper,
            scale,
            slots: slots.of_owner,
            has_budget: has_moves && problem.moves.budget.is_some(),
            budget: problem.moves.budget.map_or(f64::INFINITY, |b| b * (1.0 + 1e-9)),
            whole,
            weights,
            unit_stride,
            owner_stride,
            rows,
            lists,
            allowed,
            present,
            price,
            move_weight,
            has_moves,
        }
    }

    /// Do moves cost anything?
    pub fn has_price(&self) -> bool {
        self.has_moves && self.price.iter().any(|&p| p > 0.0)
    }

    pub fn len(&self) -> usize {
        self.units.len()
    }

    /// May every owner serve every unit?
    pub fn owners_of_all(&self) -> bool {
        self.allowed.is_none()
    }

    /// Who may serve the unit; never empty.
    #[inline]
    pub fn owners_of(&self, unit: usize) -> &[u32] {
        &self.lists[self.class_of[unit] as usize]
    }

    #[inline]
    pub fn weight(&self, unit: usize, owner: usize) -> &[f64; K] {
        &self.weights[unit * self.unit_stride + owner * self.owner_stride]
    }

    /// Cost with the price of a move; infinite where the owner may not serve the unit.
    #[inline]
    pub fn cost(&self, unit: usize, owner: usize) -> f64 {
        if let Some(allowed) = &self.allowed
            && !allowed[self.class_of[unit] as usize * self.owners + owner]
        {
            return f64::INFINITY;
        }
        let base = self.rows.map_or(0.0, |rows| rows[self.units[unit] as usize * self.owners + owner]);
        if self.has_moves && self.is_move(unit, owner) { base + self.price[unit] } else { base }
    }

    #[inline]
    pub fn is_move(&self, unit: usize, owner: usize) -> bool {
        self.present[unit] != owner as u32 && self.present[unit] != NOBODY
    }

    /// What giving the unit to the owner takes out of the budget of moves.
    #[inline]
    pub fn spends(&self, unit: usize, owner: usize) -> f64 {
        if self.has_budget && self.is_move(unit, owner) { self.move_weight[unit] } else { 0.0 }
    }

    pub fn present(&self, unit: usize) -> Option<usize> {
        (self.present[unit] != NOBODY).then_some(self.present[unit] as usize)
    }

    /// Owners of all units of the problem from those of the movable ones.
    pub fn expand(&self, owner: &[u32]) -> Vec<u32> {
        let mut all: Vec<u32> = self.fixed.iter().map(|&o| if o == NOBODY { UNASSIGNED } else { o }).collect();
        for (i, &u) in self.units.iter().enumerate() {
            all[u as usize] = owner[i];
        }
        all
    }
}
