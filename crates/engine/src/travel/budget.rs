//! A budget of moves: a price on every move that must be paid for is raised until the moves fit, then the dearest are
//! taken back, so that the budget is never exceeded.
//!
//! Source: Everett 1963, "Generalized Lagrange multiplier method for solving problems of optimum allocation of resources",
//! Operations Research 11.

use crate::control::OutOfTime;
use crate::model::{Model, NOBODY};
use crate::moves::Costing;

/// Part of the budget that prices may spend; the rest is for mending limits unit by unit.
const GOAL: f64 = 0.75;

/// Runs `allocate` on models with rising prices of moves until its moves fit the budget or nearly so.
pub(crate) fn priced_moves(
    model: &Model,
    usual_cost: f64,
    mut allocate: impl FnMut(&Model) -> Result<Vec<u32>, OutOfTime>,
) -> Result<Vec<u32>, OutOfTime> {
    let mut priced = model.clone();
    let mut set_price = |price: f64, priced: &mut Model| {
        for unit in 0..model.units {
            priced.price[unit] = model.price[unit] + price * model.toll[unit];
        }
        allocate(priced)
    };
    let goal = GOAL * model.budget;
    let owner = set_price(0.0, &mut priced)?;
    if spent(model, &owner) <= goal {
        return Ok(owner);
    }
    let tolls: f64 = model.toll.iter().sum();
    let (mut low, mut high) = (0.0, 0.25 * usual_cost / tolls.max(1e-300) * model.owners as f64);
    let mut best: Option<Vec<u32>> = None;
    for _ in 0..9 {
        let price = if best.is_none() { high } else { 0.5 * (low + high) };
        let owner = set_price(price, &mut priced)?;
        if spent(model, &owner) <= goal {
            high = price;
            best = Some(owner);
        } else if best.is_none() {
            (low, high) = (high, 4.0 * high);
        } else {
            low = price;
        }
    }
    Ok(best.unwrap_or_else(|| stay(model, &owner)))
}

/// Whether the moves are within the budget.
pub(crate) fn fits(model: &Model, owner: &[u32]) -> bool {
    spent(model, owner) <= model.budget * (1.0 + 1e-12) + 1e-12
}

/// What the moves take out of the budget.
pub(crate) fn spent(model: &Model, owner: &[u32]) -> f64 {
    owner.iter().enumerate().map(|(unit, &owner)| model.toll_of(unit, owner as usize)).sum()
}

/// Nobody moves who need not.
pub(crate) fn stay(model: &Model, owner: &[u32]) -> Vec<u32> {
    let kept = |(unit, &owner): (usize, &u32)| if model.toll[unit] > 0.0 { model.present[unit] } else { owner };
    owner.iter().enumerate().map(kept).collect()
}

/// Takes back the moves that gain least for what they cost the budget until it is kept.
pub(crate) fn trim(model: &Model, costing: &dyn Costing, owner: &mut [u32]) {
    let mut over = spent(model, owner) - model.budget;
    if over <= 0.0 {
        return;
    }
    let mut moved: Vec<(f64, u32)> = (0..model.units)
        .filter(|&unit| model.toll_of(unit, owner[unit] as usize) > 0.0 && model.present[unit] != NOBODY)
        .map(|unit| {
            let gain = costing.cost(unit, model.present[unit] as usize) - costing.cost(unit, owner[unit] as usize);
            (gain / model.toll[unit], unit as u32)
        })
        .collect();
    moved.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    for (_, unit) in moved {
        if over <= 0.0 {
            break;
        }
        over -= model.toll[unit as usize];
        owner[unit as usize] = model.present[unit as usize];
    }
}
