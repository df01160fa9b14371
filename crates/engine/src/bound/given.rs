//! The bound at given centres: the Lagrangian dual of the limits.
//!
//! For any prices, Σ over units of the least (cost + Σ price × value) over **all** eligible owners, less what the limits
//! are worth (price × upper limit where the price is above 0, price × lower limit where below), is at most the cost of any
//! assignment that keeps the limits; fixed units, budget and contiguity only make it dearer. Every arc is priced: leaving
//! some out would overstate the bound. Source: Fisher 1981, "The Lagrangian relaxation method for solving integer
//! programming problems", Management Science 27.

use crate::model::Model;
use crate::travel::metric::Place;
use crate::travel::terrain::Terrain;
use rayon::prelude::*;

const CHUNK: usize = 2048;

/// The better of the bounds with the prices and without any.
pub(crate) fn at_given_centres(model: &Model, terrain: &Terrain, centres: &[Place], prices: &[f64]) -> f64 {
    let none = vec![0.0; prices.len()];
    dual(model, terrain, centres, prices).max(dual(model, terrain, centres, &none))
}

fn dual(model: &Model, terrain: &Terrain, centres: &[Place], prices: &[f64]) -> f64 {
    // A price above 0 needs an upper limit.
    let prices: Vec<f64> =
        prices.iter().zip(&model.upper).map(|(&p, upper)| if upper.is_finite() { p } else { p.min(0.0) }).collect();
    let units: Vec<u32> = (0..model.units as u32).collect();
    let least = |unit: u32| -> f64 {
        let unit = unit as usize;
        let value = model.value(unit);
        let reduced = |owner: &u32| {
            let owner = *owner as usize;
            let of = &prices[owner * model.measures..(owner + 1) * model.measures];
            let paid: f64 = of.iter().zip(value).map(|(p, v)| p * v).sum();
            terrain.travel(unit, &centres[owner]) + model.move_price(unit, owner) + paid
        };
        model.owners_of(unit).iter().map(reduced).fold(f64::INFINITY, f64::min)
    };
    let parts: Vec<f64> =
        units.par_chunks(CHUNK).map(|chunk| chunk.iter().map(|&unit| least(unit)).sum::<f64>()).collect();
    let limits = prices.iter().zip(model.lower.iter().zip(&model.upper));
    let worth: f64 =
        limits.map(|(&p, (&lower, &upper))| if p > 0.0 { p * upper } else { p * lower }).filter(|w| *w != 0.0).sum();
    let sum: f64 = parts.iter().sum();
    // Less what rounding may have added.
    let size = sum.abs() + worth.abs();
    sum - worth - 1e-11 * size
}
