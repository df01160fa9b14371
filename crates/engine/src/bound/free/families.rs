//! Owners that a bound need not tell apart: the same limits and the same classes of units.
//!
//! What an owner has to itself are the units that nobody else may serve and those it would keep without the price of a
//! move; owners without any are counted only.

use super::sack::Limits;
use crate::model::{Model, NOBODY};
use rustc_hash::FxHashMap;

/// More families than these are put together under the loosest of their limits.
const MOST: usize = 8;

/// Share of the mean load by which limits are loosened: the score lets a trifle pass.
const TRIFLE: f64 = 4e-9;

#[derive(Debug, Clone)]
pub(crate) struct Family {
    pub limits: Limits,
    /// Rows of the model's eligibility that may be served; rows of one owner alone are nobody's here.
    pub serves: Vec<bool>,
    /// Owners with nothing to themselves.
    pub plain: usize,
    /// Owners with something to themselves.
    pub own: Vec<u32>,
}

impl Family {
    /// The same with the limits of one measure only.
    pub fn limited_by(&self, measure: Option<usize>) -> Self {
        let mut family = self.clone();
        for q in (0..family.limits.lower.len()).filter(|&q| Some(q) != measure) {
            (family.limits.lower[q], family.limits.upper[q]) = (0.0, f64::INFINITY);
        }
        family
    }
}

/// The owner a unit belongs to in that it alone may serve it, or saves the price of a move; [`NOBODY`] if there is none.
pub(crate) fn keeper(model: &Model, unit: usize) -> u32 {
    match model.owners_of(unit) {
        [only] => *only,
        _ if model.price[unit] > 0.0
            && model.present[unit] != NOBODY
            && model.eligible(unit, model.present[unit] as usize) =>
        {
            model.present[unit]
        }
        _ => NOBODY,
    }
}

pub(crate) fn families(model: &Model) -> Vec<Family> {
    let mut has_own = vec![false; model.owners];
    (0..model.units).map(|unit| keeper(model, unit)).filter(|&o| o != NOBODY).for_each(|o| has_own[o as usize] = true);
    let mut families: Vec<Family> = Vec::new();
    let mut known: FxHashMap<(Vec<bool>, Vec<u64>), usize> = FxHashMap::default();
    for (owner, &has_own) in has_own.iter().enumerate() {
        let serves: Vec<bool> = model.rows.iter().map(|row| row.list.len() > 1 && row.contains(owner)).collect();
        let limits = limits_of(model, owner);
        let key = limits.lower.iter().chain(&limits.upper).map(|l| l.to_bits()).collect();
        let index = *known.entry((serves.clone(), key)).or_insert_with(|| {
            families.push(Family { limits, serves, plain: 0, own: Vec::new() });
            families.len() - 1
        });
        if has_own { families[index].own.push(owner as u32) } else { families[index].plain += 1 }
    }
    if families.len() > MOST {
        families = merged(families, |a, b| a.serves == b.serves);
    }
    if families.len() > MOST {
        families = merged(families, |_, _| true);
    }
    families.iter_mut().for_each(|family| family.own.sort_unstable());
    families
}

fn merged(families: Vec<Family>, alike: impl Fn(&Family, &Family) -> bool) -> Vec<Family> {
    let mut all: Vec<Family> = Vec::new();
    for family in families {
        match all.iter_mut().find(|other| alike(other, &family)) {
            Some(other) => {
                other.limits.loosen(&family.limits);
                other.serves.iter_mut().zip(&family.serves).for_each(|(a, &b)| *a |= b);
                other.plain += family.plain;
                other.own.extend(family.own);
            }
            None => all.push(family),
        }
    }
    all
}

fn limits_of(model: &Model, owner: usize) -> Limits {
    let of = owner * model.measures..(owner + 1) * model.measures;
    let lower = model.lower[of.clone()].iter().map(|&l| if l > 0.0 { (l - TRIFLE * l.max(1.0)).max(0.0) } else { 0.0 });
    let upper = model.upper[of].iter().map(|&u| u + TRIFLE * u.max(1.0));
    Limits { lower: lower.collect(), upper: upper.collect() }
}

/// What a unit costs beside the way: the price of a move, or infinite where it may not be served. `own` is an owner of the
/// family, or [`NOBODY`] for one with nothing to itself.
#[inline]
pub(crate) fn charge(model: &Model, family: &Family, own: u32, unit: usize) -> f64 {
    let (serves, present) = match own {
        NOBODY => (family.serves[model.class_of[unit] as usize], NOBODY - 1),
        own => (model.eligible(unit, own as usize), own),
    };
    match serves {
        false => f64::INFINITY,
        true if model.present[unit] == NOBODY || model.present[unit] == present => 0.0,
        true => model.price[unit],
    }
}
