//! The problem without its costs, in the form the search works on.
//!
//! Units nobody may serve are left out; a fixed unit becomes a unit with one eligible owner. Measures are scaled so that
//! the mean load of an owner is 1, which makes violations of hours and euros comparable, and stored unit by unit.

use crate::problem::{Eligibility, Problem};
use rustc_hash::FxHashMap;

/// No owner.
pub(crate) const NOBODY: u32 = u32::MAX;

/// Loads closer to a limit than this share of the mean load keep it.
pub(crate) const SLACK: f64 = 1e-10;

/// The owners that may serve the units of one class.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub list: Vec<u32>,
    bits: Vec<u64>,
}

impl Row {
    pub fn new(list: Vec<u32>, owners: usize) -> Self {
        let mut bits = vec![0u64; owners.div_ceil(64)];
        for &owner in &list {
            bits[owner as usize / 64] |= 1 << (owner % 64);
        }
        Row { list, bits }
    }

    #[inline]
    pub fn contains(&self, owner: usize) -> bool {
        self.bits[owner / 64] >> (owner % 64) & 1 == 1
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub units: usize,
    pub owners: usize,
    pub measures: usize,
    /// `values[unit * measures + measure]`, scaled.
    pub values: Vec<f64>,
    /// `lower[owner * measures + measure]`, scaled.
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
    /// What a scaled load of 1 is in the measure's own unit.
    pub scale: Vec<f64>,
    pub class_of: Vec<u32>,
    pub rows: Vec<Row>,
    pub present: Vec<u32>,
    pub price: Vec<f64>,
    /// What moving the unit takes out of the budget; 0 where it must move.
    pub toll: Vec<f64>,
    pub budget: f64,
    /// Index of the unit in the problem.
    pub unit_of: Vec<u32>,
}

impl Model {
    pub fn new(problem: &Problem) -> Self {
        let (owners, measures) = (problem.owners, problem.measures.len());
        let (rows, class_of) = classes(problem);
        let unit_of: Vec<u32> =
            (0..problem.units as u32).filter(|&u| !rows[class_of[u as usize] as usize].list.is_empty()).collect();
        let scale: Vec<f64> = problem.measures.iter().map(|m| mean_load(&m.values, owners)).collect();
        let class_of: Vec<u32> = unit_of.iter().map(|&u| class_of[u as usize]).collect();
        let mut values = Vec::with_capacity(unit_of.len() * measures);
        for &unit in &unit_of {
            values.extend(problem.measures.iter().zip(&scale).map(|(m, s)| m.values[unit as usize] / s));
        }
        let by_owner = |pick: &dyn Fn(usize, usize) -> f64| -> Vec<f64> {
            (0..owners).flat_map(|j| (0..measures).map(move |q| (j, q))).map(|(j, q)| pick(j, q) / scale[q]).collect()
        };
        let moves = &problem.moves;
        let present: Vec<u32> =
            unit_of.iter().map(|&u| moves.present.get(u as usize).copied().flatten().unwrap_or(NOBODY)).collect();
        let price = unit_of.iter().map(|&u| moves.price.get(u as usize).copied().unwrap_or(0.0)).collect();
        let toll = unit_of
            .iter()
            .enumerate()
            .map(|(i, &u)| {
                let stays = present[i] != NOBODY && rows[class_of[i] as usize].contains(present[i] as usize);
                if stays { moves.weight.get(u as usize).copied().unwrap_or(1.0) } else { 0.0 }
            })
            .collect();
        Model {
            units: unit_of.len(),
            owners,
            measures,
            values,
            lower: by_owner(&|j, q| problem.measures[q].lower[j]),
            upper: by_owner(&|j, q| problem.measures[q].upper[j]),
            scale,
            class_of,
            rows,
            present,
            price,
            toll,
            budget: moves.budget.unwrap_or(f64::INFINITY),
            unit_of,
        }
    }

    #[inline]
    pub fn eligible(&self, unit: usize, owner: usize) -> bool {
        self.rows[self.class_of[unit] as usize].contains(owner)
    }

    #[inline]
    pub fn owners_of(&self, unit: usize) -> &[u32] {
        &self.rows[self.class_of[unit] as usize].list
    }

    #[inline]
    pub fn value(&self, unit: usize) -> &[f64] {
        &self.values[unit * self.measures..(unit + 1) * self.measures]
    }

    /// The price of the move, if giving the unit to `owner` is one.
    #[inline]
    pub fn move_price(&self, unit: usize, owner: usize) -> f64 {
        if self.present[unit] == NOBODY || self.present[unit] == owner as u32 { 0.0 } else { self.price[unit] }
    }

    /// What giving the unit to `owner` takes out of the budget.
    #[inline]
    pub fn toll_of(&self, unit: usize, owner: usize) -> f64 {
        if self.present[unit] == owner as u32 { 0.0 } else { self.toll[unit] }
    }

    /// Whether anything is limited at all.
    pub fn is_limited(&self) -> bool {
        self.lower.iter().any(|&l| l > 0.0) || self.upper.iter().any(|u| u.is_finite())
    }
}

fn mean_load(values: &[f64], owners: usize) -> f64 {
    let total: f64 = values.iter().sum();
    if total > 0.0 { total / owners as f64 } else { 1.0 }
}

/// Eligibility rows, with one more row for each owner that has fixed units.
fn classes(problem: &Problem) -> (Vec<Row>, Vec<u32>) {
    let owners = problem.owners;
    let (mut rows, mut class_of) = match &problem.eligibility {
        Eligibility::All => (vec![Row::new((0..owners as u32).collect(), owners)], vec![0; problem.units]),
        Eligibility::Classes { class_of, owners_of_class } => (
            owners_of_class
                .iter()
                .map(|list| {
                    let mut list = list.clone();
                    list.sort_unstable();
                    list.dedup();
                    Row::new(list, owners)
                })
                .collect(),
            class_of.clone(),
        ),
    };
    let mut single: FxHashMap<u32, u32> = FxHashMap::default();
    for (unit, fixed) in problem.fixed.iter().enumerate() {
        let Some(owner) = *fixed else { continue };
        class_of[unit] = *single.entry(owner).or_insert_with(|| {
            rows.push(Row::new(vec![owner], owners));
            rows.len() as u32 - 1
        });
    }
    (rows, class_of)
}
