//! From the worths of cells to those of units.
//!
//! In the relaxed solution a unit joins the territories in which it costs least until it is taken once: what it costs in the
//! last of them is its worth, the best there is at the others' prices. The worths of a cell's units are then shifted, in
//! proportion to their size, to add up to the cell's.

use super::columns::{Columns, members};
use super::families::charge;
use super::sack::net;
use crate::model::Model;
use crate::travel::metric::Place;
use crate::travel::terrain::Terrain;
use rayon::prelude::*;

/// Columns had by fewer owners than this do not count.
const LEAST: f64 = 1e-4;

pub(crate) fn worths_of_units(
    model: &Model,
    terrain: &Terrain,
    columns: &Columns,
    places: &[Place],
    of: &[u32],
    worth: &[f64],
    size: &[f64],
) -> Vec<f64> {
    let mut seeing: Vec<Vec<u32>> = vec![Vec::new(); columns.model.units];
    for (index, column) in columns.all.iter().enumerate().filter(|(_, c)| c.share > LEAST) {
        columns.spots[column.spot as usize].cells.iter().for_each(|&cell| seeing[cell as usize].push(index as u32));
    }
    let of_cell = |(cell, units): (usize, &Vec<u32>)| -> Vec<(u32, f64)> {
        if let [unit] = units[..] {
            return vec![(unit, worth[cell])];
        }
        let raw: Vec<f64> = units
            .iter()
            .map(|&unit| {
                let cost = |&index: &u32| {
                    let column = &columns.all[index as usize];
                    let family = &columns.families[column.family as usize];
                    let way = terrain.travel_plain(unit as usize, &places[column.spot as usize]);
                    let charge = charge(model, family, column.own, unit as usize);
                    (-net(-way - charge, model.value(unit as usize), &column.prices), column.share)
                };
                once(seeing[cell].iter().map(cost).collect())
            })
            .collect();
        let total: f64 = units.iter().map(|&unit| size[unit as usize]).sum();
        let missing = worth[cell] - raw.iter().sum::<f64>();
        let part = |unit: u32| if total > 0.0 { size[unit as usize] / total } else { 1.0 / units.len() as f64 };
        units.iter().zip(raw).map(|(&unit, raw)| (unit, raw + missing * part(unit))).collect()
    };
    let lists: Vec<Vec<(u32, f64)>> = members(of, columns.model.units).par_iter().enumerate().map(of_cell).collect();
    let mut worths = vec![0.0; model.units];
    lists.into_iter().flatten().for_each(|(unit, worth)| worths[unit as usize] = worth);
    worths
}

/// The cost at which shares, the cheapest first, reach one.
fn once(mut costs: Vec<(f64, f64)>) -> f64 {
    costs.retain(|(cost, _)| cost.is_finite());
    costs.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let (mut taken, mut last) = (0.0, costs.first().map_or(0.0, |c| c.0));
    for (cost, share) in costs {
        if taken + share >= 1.0 {
            return last + (cost - last) * (1.0 - taken) / share;
        }
        taken += share;
        last = cost;
    }
    last
}
