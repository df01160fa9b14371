//! The bound with free centres for very many units, by cells of them.
//!
//! Units that lie together are looked at as one cell at their middle, of which owners may take any part. What a part of a
//! cell gains from a centre is bounded by what the whole does, and by how far the units are [`spread`](Spread) around the
//! middle where the cell is at the edge of a territory. That takes units which are alike but for their size, so a cell holds
//! units with about the same value for their weight and counts the least of it, against upper limits alone; where all are
//! the same, lower limits count too. Prices of moves are left out.

use super::free::{self, Known, Spread};
use crate::control::Control;
use crate::model::{Model, NOBODY};
use crate::travel::cells;
use crate::travel::terrain::Terrain;

/// Cells in all, about; more where a caller has time to spare.
const CELLS: usize = 4_000;
const CELLS_OF_PATIENT: usize = 20_000;
/// Kinds of units by value for their weight.
const KINDS: usize = 6;
/// Values for a weight closer than this share are the same.
const SAME: f64 = 1e-9;

/// A bound on the cost of every solution that keeps all limits; `None` where time does not suffice for one.
pub(crate) fn with_free_centres(model: &Model, terrain: &Terrain, known: &Known, control: &Control) -> Option<f64> {
    let cells = if control.patient { CELLS_OF_PATIENT } else { CELLS };
    // Halving makes about twice as many as a territory is meant to have.
    by_cells(model, terrain, known, (cells / model.owners / 2).max(2), control)
}

fn by_cells(model: &Model, terrain: &Terrain, known: &Known, a_territory: usize, control: &Control) -> Option<f64> {
    let measure = free::main_measure(model, terrain);
    let value = |unit: usize| measure.map_or(0.0, |q| model.value(unit)[q]);
    let each: Vec<f64> = (0..model.units).map(|unit| value(unit) / terrain.weight_of(unit)).collect();
    let kinds = Kinds::of(&each);
    let alike = Model {
        present: vec![NOBODY; model.units],
        price: vec![0.0; model.units],
        toll: vec![0.0; model.units],
        budget: f64::INFINITY,
        ..model.clone()
    };
    let mut cells = cells::gather_by(&alike, terrain, a_territory, &|unit| kinds.of_unit(each[unit]), control);

    // Weightless units cost nothing anywhere and count with their values.
    let mut least = vec![f64::INFINITY; cells.model.units];
    let mut weightless = vec![0.0; cells.model.units];
    let mut owner = vec![0; cells.model.units];
    for (unit, &each) in each.iter().enumerate() {
        let cell = cells.of[unit] as usize;
        owner[cell] = known.owner[unit];
        if terrain.weight_of(unit) > 0.0 {
            least[cell] = least[cell].min(each);
        } else {
            weightless[cell] += value(unit);
        }
    }
    let of_cell = |cell: usize| {
        let weight = cells.terrain.weight_of(cell);
        if weight > 0.0 { least[cell] * weight } else { weightless[cell] }
    };
    cells.model.values = (0..cells.model.units).map(of_cell).collect();
    let limit = |of: &[f64], none: f64| -> Vec<f64> {
        (0..model.owners).map(|o| measure.map_or(none, |q| of[o * model.measures + q])).collect()
    };
    cells.model.measures = 1;
    cells.model.scale = vec![1.0];
    cells.model.lower = if kinds.is_one() { limit(&model.lower, 0.0) } else { vec![0.0; model.owners] };
    cells.model.upper = limit(&model.upper, f64::INFINITY);
    let spread = Spread::of_cells(&cells, terrain);
    let known = Known { owner: &owner, centres: known.centres, spread: &spread };
    free::with_free_centres(&cells.model, &cells.terrain, &known, control)
}

/// Kinds of units with about the same value for their weight.
struct Kinds {
    /// The least of each kind but the first.
    from: Vec<f64>,
}

impl Kinds {
    fn of(each: &[f64]) -> Self {
        let mut sorted: Vec<f64> = each.iter().copied().filter(|e| e.is_finite()).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let (Some(&low), Some(&high)) = (sorted.first(), sorted.last()) else { return Kinds { from: Vec::new() } };
        if high - low <= SAME * high.abs() {
            return Kinds { from: Vec::new() };
        }
        let mut from: Vec<f64> = (1..KINDS).map(|kind| sorted[kind * sorted.len() / KINDS]).collect();
        from.dedup();
        Kinds { from }
    }

    fn is_one(&self) -> bool {
        self.from.is_empty()
    }

    fn of_unit(&self, each: f64) -> u32 {
        if each.is_finite() { self.from.partition_point(|&from| from <= each) as u32 } else { KINDS as u32 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::random::Dice;
    use crate::problem::{Centres, Contiguity, Cost, Eligibility, Measure, Metric, Moves, Point, Problem, Site};
    use crate::travel::centre::{blur, median};
    use crate::travel::metric::Place;

    /// Two owners; units have several values for their weight, or all the same.
    fn world(dice: &mut Dice, units: usize, same: bool, metric: Metric) -> Problem {
        let corner = [Point { x: 10.0, y: 10.0 }, Point { x: 11.0, y: 45.0 }][dice.below(2)];
        let size = [1e-3, 1.0, 12.0][dice.below(3)];
        let site = |unit: usize, dice: &mut Dice| Site {
            unit: unit as u32,
            at: Point { x: corner.x + size * dice.unit(), y: corner.y + size * dice.unit() },
            weight: if dice.below(8) == 0 { 0.0 } else { 0.5 + dice.unit() },
        };
        let sites: Vec<Site> = (0..units).map(|unit| site(unit, dice)).collect();
        let value = |site: &Site, dice: &mut Dice| if same { site.weight } else { 0.3 + dice.unit() };
        let values: Vec<f64> = sites.iter().map(|site| value(site, dice)).collect();
        let mean = values.iter().sum::<f64>() / 2.0;
        let by = 0.05 + 0.4 * dice.unit();
        Problem {
            units,
            owners: 2,
            cost: Cost::Travel { sites, metric, centres: Centres::Free, homes: Vec::new() },
            measures: vec![Measure { values, lower: vec![mean * (1.0 - by); 2], upper: vec![mean * (1.0 + by); 2] }],
            eligibility: Eligibility::All,
            fixed: Vec::new(),
            moves: Moves::default(),
            contiguity: Contiguity::Ignored,
        }
    }

    /// Cost with the best centre of each territory that Weiszfeld's steps find.
    fn cost(terrain: &Terrain, owner: &[u32]) -> f64 {
        let control = Control::unbounded(1);
        let territory = |of: u32| {
            let units: Vec<u32> = (0..owner.len() as u32).filter(|&u| owner[u as usize] == of).collect();
            let first = units.iter().filter_map(|&u| terrain.middle(u as usize)).next();
            first.map_or(0.0, |first| {
                let centre = median(terrain, &units, first, 200, blur(terrain), &control);
                units.iter().map(|&u| terrain.travel(u as usize, &centre)).sum()
            })
        };
        territory(0) + territory(1)
    }

    #[test]
    fn no_solution_costs_less_than_the_bound_by_cells() {
        let mut dice = Dice::new(21, 0);
        let mut sharp = 0;
        for case in 0..150 {
            let units = 9;
            let metric = [Metric::Euclidean, Metric::GreatCircle][case % 2];
            let problem = world(&mut dice, units, case % 3 == 0, metric);
            let Cost::Travel { sites, .. } = &problem.cost else { continue };
            let model = Model::new(&problem);
            let terrain = Terrain::new(&model, sites, metric, units);
            let measure = &problem.measures[0];
            let mut best: Option<(f64, Vec<u32>)> = None;
            for set in 0u32..1 << units {
                let owner: Vec<u32> = (0..units).map(|u| set >> u & 1).collect();
                let load = |of: u32| (0..units).filter(|&u| owner[u] == of).map(|u| measure.values[u]).sum::<f64>();
                let held = (0..2).all(|o| {
                    let load = load(o as u32);
                    load >= measure.lower[o] && load <= measure.upper[o]
                });
                if held {
                    let cost = cost(&terrain, &owner);
                    if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                        best = Some((cost, owner));
                    }
                }
            }
            let Some((least, owner)) = best else { continue };
            let of = |of: u32| owner.iter().position(|&o| o == of).and_then(|u| terrain.middle(u));
            let centres: Vec<Place> = [0, 1].into_iter().filter_map(of).collect();
            if centres.len() < 2 {
                continue;
            }
            let known = Known { owner: &owner, centres: &centres, spread: &[] };
            for a_territory in [1, 2, 3] {
                let control = Control::unbounded(1);
                let bound = by_cells(&model, &terrain, &known, a_territory, &control).unwrap_or(0.0);
                assert!(bound <= least * (1.0 + 1e-7), "case {case}: {bound} > {least}");
                sharp += usize::from(bound > 0.3 * least);
            }
        }
        assert!(sharp > 100, "most of the bounds should say something: {sharp}");
    }
}
