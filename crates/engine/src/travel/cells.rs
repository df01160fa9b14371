//! Units put together into cells, so that the search for centres costs the same for a million units as for a few.
//!
//! A cell holds units of one eligibility class and one present owner that lie together (median cuts across the longer
//! side: Bentley 1975, "Multidimensional binary search trees"); it stands at the middle of their weight.

use super::metric::Place;
use super::terrain::{Terrain, on_surface};
use crate::control::Control;
use crate::model::Model;
use rayon::prelude::*;

pub(crate) struct Cells {
    pub model: Model,
    pub terrain: Terrain,
    /// The cell of each unit.
    pub of: Vec<u32>,
}

/// Cells of at most `1 / a_territory` of an owner's mean load; coarser ones where time runs out.
pub(crate) fn gather(model: &Model, terrain: &Terrain, a_territory: usize, control: &Control) -> Cells {
    gather_by(model, terrain, a_territory, &|_| 0, control)
}

/// The same, of units of one kind each.
pub(crate) fn gather_by(
    model: &Model,
    terrain: &Terrain,
    a_territory: usize,
    kind: &(dyn Fn(usize) -> u32 + Sync),
    control: &Control,
) -> Cells {
    let size = sizes(model, terrain);
    let mut order: Vec<u32> = (0..model.units as u32).collect();
    let place: Vec<Place> = (0..model.units).map(|unit| terrain.middle(unit).unwrap_or_default()).collect();
    // Units of several sites, or of none, stay alone.
    let alone = |unit: u32| terrain.sites(unit as usize).len() != 1;
    let key = |unit: u32| {
        let of = unit as usize;
        let alone = if alone(unit) { unit + 1 } else { 0 };
        (model.class_of[of], model.present[of], model.toll[of] > 0.0, kind(of), alone)
    };
    order.par_sort_unstable_by_key(|&unit| (key(unit), unit));
    let mut cells: Vec<&[u32]> = Vec::new();
    for group in order.chunk_by_mut(|&a, &b| key(a) == key(b)) {
        cells.extend(split(group, &size, &place, 1.0 / a_territory as f64, control));
    }
    build(model, terrain, &cells)
}

/// Each unit's share of an owner's load, averaged over the measures and the weight.
fn sizes(model: &Model, terrain: &Terrain) -> Vec<f64> {
    let weight: f64 = terrain.weight.iter().sum::<f64>().max(1e-300) / model.owners as f64;
    let parts = (model.measures + 1) as f64;
    (0..model.units)
        .map(|unit| (model.value(unit).iter().sum::<f64>() + terrain.weight_of(unit) / weight) / parts)
        .collect()
}

/// The units cut into cells; the order of the cells follows from the units alone.
fn split<'u>(units: &'u mut [u32], size: &[f64], place: &[Place], most: f64, control: &Control) -> Vec<&'u [u32]> {
    let total: f64 = units.iter().map(|&unit| size[unit as usize]).sum();
    if units.len() == 1 || total <= most || control.is_over() {
        return vec![units];
    }
    let axis = widest(units, place);
    let middle = units.len() / 2;
    let along = |unit: u32| place[unit as usize][axis];
    units.select_nth_unstable_by(middle, |&a, &b| along(a).total_cmp(&along(b)).then(a.cmp(&b)));
    let (low, high) = units.split_at_mut(middle);
    let (mut cells, others) =
        rayon::join(|| split(low, size, place, most, control), || split(high, size, place, most, control));
    cells.extend(others);
    cells
}

fn widest(units: &[u32], place: &[Place]) -> usize {
    let extent = |axis: usize| {
        let (low, high) = units.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), &unit| {
            let v = place[unit as usize][axis];
            (low.min(v), high.max(v))
        });
        high - low
    };
    (0..3).max_by(|&a, &b| extent(a).total_cmp(&extent(b))).unwrap_or(0)
}

fn build(model: &Model, terrain: &Terrain, cells: &[&[u32]]) -> Cells {
    let measures = model.measures;
    let head = |cell: &&[u32]| cell[0] as usize;
    let sum = |cell: &&[u32], of: &[f64]| cell.iter().map(|&unit| of[unit as usize]).sum::<f64>();
    let mut of = vec![0; model.units];
    let mut values = Vec::with_capacity(cells.len() * measures);
    let mut grounds = Terrain { metric: terrain.metric, first: vec![0], at: Vec::new(), weight: Vec::new() };
    for (index, cell) in cells.iter().enumerate() {
        cell.iter().for_each(|&unit| of[unit as usize] = index as u32);
        values.extend((0..measures).map(|q| cell.iter().map(|&unit| model.value(unit as usize)[q]).sum::<f64>()));
        add_sites(terrain, cell, &mut grounds);
    }
    let cell_model = Model {
        units: cells.len(),
        values,
        class_of: cells.iter().map(|cell| model.class_of[head(cell)]).collect(),
        present: cells.iter().map(|cell| model.present[head(cell)]).collect(),
        price: cells.iter().map(|cell| sum(cell, &model.price)).collect(),
        toll: cells.iter().map(|cell| sum(cell, &model.toll)).collect(),
        unit_of: (0..cells.len() as u32).collect(),
        rows: model.rows.clone(),
        lower: model.lower.clone(),
        upper: model.upper.clone(),
        scale: model.scale.clone(),
        ..*model
    };
    Cells { model: cell_model, terrain: grounds, of }
}

fn add_sites(terrain: &Terrain, cell: &[u32], grounds: &mut Terrain) {
    let sites: Vec<usize> = cell.iter().flat_map(|&unit| terrain.sites(unit as usize)).collect();
    if cell.len() == 1 {
        grounds.at.extend(sites.iter().map(|&s| terrain.at[s]));
        grounds.weight.extend(sites.iter().map(|&s| terrain.weight[s]));
    } else {
        let weight: f64 = sites.iter().map(|&s| terrain.weight[s]).sum();
        let share = |s: usize| if weight > 0.0 { terrain.weight[s] / weight } else { 1.0 / sites.len() as f64 };
        let middle = std::array::from_fn(|d| sites.iter().map(|&s| share(s) * terrain.at[s][d]).sum());
        grounds.at.push(on_surface(terrain.metric, middle).unwrap_or(terrain.at[sites[0]]));
        grounds.weight.push(weight);
    }
    grounds.first.push(grounds.at.len() as u32);
}
