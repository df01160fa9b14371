//! The bound with free centres: each unit gets a worth, and no territory can gain more than so much.
//!
//! Relaxing "each unit once" by Lagrange leaves, for every owner, the territory that gains most: the worths of its units less
//! what they cost, within its limits and with its centre wherever that is best. For **any** worths the sum of all of them less
//! what the owners can gain at most bounds every solution that keeps the limits (du Merle, Hansen, Jaumard & Mladenović
//! 1999, "An interior point algorithm for minimum sum-of-squares clustering", SIAM Journal on Scientific Computing 21, for
//! centres anywhere; Pirkul 1987 for given places). Worths are searched for on cells and at places (`columns`, `ascent`),
//! carried over to the units (`lift`), and then proven for the whole ground (`cover`).

mod ascent;
mod columns;
mod cover;
mod families;
mod lift;
mod proof;
mod sack;
mod space;
mod spread;

use crate::control::Control;
use crate::model::{Model, NOBODY};
use crate::problem::{Metric, Point};
use crate::travel::cells;
use crate::travel::metric::{Place, distance, point};
use crate::travel::terrain::Terrain;
use columns::Columns;
use families::{Family, families};
use proof::Case;
pub(crate) use spread::Spread;

/// Cells a territory that a proof looks over together.
const CELLS: usize = 48;
/// Places a territory.
const PLACES: usize = 12;

/// How finely units are looked at, and how the worths are then climbed.
struct Level {
    cells: usize,
    stages: &'static [(f64, usize)],
}

const COARSE: Level = Level { cells: 24, stages: &ascent::COARSE };
const FINE: Level = Level { cells: 192, stages: &ascent::FINE };
/// Instead of the fine one where a territory has many units.
const FINISH: Level = Level { cells: 64, stages: &ascent::FINE };
/// Units a territory that can be looked at one by one.
const FEW: usize = 300;

/// A gain within this share of a territory's mean cost is close enough.
const CLOSE: f64 = 0.006;

/// A solution this near to no cost at all, as a share of the way across everything, needs no proof.
const NOTHING: f64 = 1e-9;

/// What a search found, to start from.
pub(crate) struct Known<'a> {
    pub owner: &'a [u32],
    pub centres: &'a [Place],
    /// How the units, being cells of others, lie around their middles; empty where they are none.
    pub spread: &'a [Spread],
}

/// A bound on the cost of every solution that keeps all limits; `None` where time does not suffice for one.
pub(crate) fn with_free_centres(model: &Model, terrain: &Terrain, known: &Known, control: &Control) -> Option<f64> {
    let cost = |unit: usize| {
        let owner = known.owner[unit] as usize;
        terrain.travel_plain(unit, &known.centres[owner]) + model.move_price(unit, owner)
    };
    let costs: Vec<f64> = (0..model.units).map(cost).collect();
    let total: f64 = costs.iter().sum();
    if total <= NOTHING * terrain.weight.iter().sum::<f64>() * span(terrain) {
        return Some(0.0);
    }
    let mean = total / model.owners as f64;
    let size = sizes(model, terrain);
    let families = families(model);
    let mut climb =
        Climb { model, terrain, size: &size, mean, control, places: places(model, terrain, known, control) };
    let first = first_worths(model, known, &costs, &size, mean);
    let measure = main_measure(model, terrain);
    let alone: Vec<Family> = families.iter().map(|family| family.limited_by(measure)).collect();
    let coarse = climb.up(&alone, &first, &COARSE);
    climb.places = coarse.places;
    let fine = climb.up(&alone, &coarse.worth, if model.units <= FEW * model.owners { &FINE } else { &FINISH });
    if control.is_over() {
        return None;
    }
    let seen = known.centres.iter().chain(&fine.places);
    let seen: Vec<Point> = seen.map(|&at| point(terrain.metric, at)).collect();
    let (worth, floor) = (fine.worth, fine.floor);
    let spread = known.spread;
    let case =
        Case { model, terrain, families: &alone, spread, size: &size, mean, floor: &floor, seen: &seen, control };
    let bound = proof::prove(&case, worth);
    // Distances rounded down are less by as much as one each.
    let rounding: f64 = if terrain.metric == Metric::EuclideanFloor { terrain.weight.iter().sum() } else { 0.0 };
    bound.is_finite().then(|| (bound - rounding).max(0.0))
}

/// The way from one of the sites to the farthest other.
fn span(terrain: &Terrain) -> f64 {
    let Some(first) = terrain.at.first() else { return 0.0 };
    terrain.at.iter().map(|at| distance(cover::plain(terrain.metric), first, at)).fold(0.0, f64::max)
}

/// A climb of the dual at one level.
struct Climb<'a> {
    model: &'a Model,
    terrain: &'a Terrain,
    size: &'a [f64],
    mean: f64,
    control: &'a Control<'a>,
    places: Vec<Place>,
}

/// Worths of the units, and what they were found with.
struct Climbed {
    worth: Vec<f64>,
    floor: Vec<f64>,
    /// The places, the one where most is gained first.
    places: Vec<Place>,
}

impl Climb<'_> {
    fn up(&self, families: &[Family], worth: &[f64], level: &Level) -> Climbed {
        let (model, terrain, places) = (self.model, self.terrain, &self.places);
        let cells = cells::gather(model, terrain, level.cells, self.control);
        let mut columns = Columns::new(model, terrain, &cells, families, self.size, places);
        let size = columns::summed(&cells.of, cells.model.units, self.size);
        let first = columns::summed(&cells.of, cells.model.units, worth);
        let of_cells = ascent::climb(&mut columns, first, &size, self.mean, level.stages, self.control);
        columns.fill(&of_cells, 1);
        columns.total(CLOSE * self.mean);
        Climbed {
            worth: lift::worths_of_units(model, terrain, &columns, places, &cells.of, &of_cells, self.size),
            floor: lowest_prices(&columns, self.mean),
            places: columns.ranked().iter().map(|&spot| places[spot as usize]).collect(),
        }
    }
}

/// Below the prices of all columns that are used.
fn lowest_prices(columns: &Columns, mean: f64) -> Vec<f64> {
    let lowest = |q: usize| {
        let used = columns.all.iter().filter(|c| c.share > 1e-3).map(|c| c.prices[q]).fold(0.0, f64::min);
        let limited = columns.families.iter().any(|f| f.limits.lower[q] > 0.0);
        if limited { 1.5 * used - 0.1 * mean } else { 0.0 }
    };
    (0..columns.model.measures).map(lowest).collect()
}

/// Each unit's share of a territory, averaged over the measures and the weight.
fn sizes(model: &Model, terrain: &Terrain) -> Vec<f64> {
    let weight = terrain.weight.iter().sum::<f64>().max(1e-300) / model.owners as f64;
    let parts = (model.measures + 1) as f64;
    let size = |unit: usize| (model.value(unit).iter().sum::<f64>() + terrain.weight_of(unit) / weight) / parts;
    (0..model.units).map(size).collect()
}

/// The measure whose limits count: one is enough to hold territories together, the one most like the weights.
pub(crate) fn main_measure(model: &Model, terrain: &Terrain) -> Option<usize> {
    let limited =
        |limits: &[f64], q: usize, is: fn(f64) -> bool| limits.iter().skip(q).step_by(model.measures).any(|&l| is(l));
    (0..model.measures)
        .filter(|&q| limited(&model.lower, q, |l| l > 0.0) || limited(&model.upper, q, f64::is_finite))
        .max_by(|&a, &b| likeness(model, terrain, a).total_cmp(&likeness(model, terrain, b)).then(b.cmp(&a)))
}

/// How nearly a measure is proportional to the weights (the cosine of the angle between them).
fn likeness(model: &Model, terrain: &Terrain, measure: usize) -> f64 {
    let (mut both, mut values, mut weights) = (0.0, 0.0, 0.0);
    for unit in 0..model.units {
        let (value, weight) = (model.value(unit)[measure], terrain.weight_of(unit));
        both += value * weight;
        values += value * value;
        weights += weight * weight;
    }
    both / (values * weights).sqrt().max(1e-300)
}

/// Where territories are worth trying: everywhere units are, and where the solution has its centres.
fn places(model: &Model, terrain: &Terrain, known: &Known, control: &Control) -> Vec<Place> {
    let alike = Model {
        class_of: vec![0; model.units],
        present: vec![NOBODY; model.units],
        toll: vec![0.0; model.units],
        ..model.clone()
    };
    let groups = cells::gather(&alike, terrain, PLACES, control);
    let mut places = known.centres.to_vec();
    places.extend((0..groups.model.units).filter_map(|group| groups.terrain.middle(group)));
    places
}

/// Worths at which every territory of the solution gains the same: half of what a mean one costs.
fn first_worths(model: &Model, known: &Known, costs: &[f64], size: &[f64], mean: f64) -> Vec<f64> {
    let (mut cost, mut sum) = (vec![0.5 * mean; model.owners], vec![0.0; model.owners]);
    for (unit, &owner) in known.owner.iter().enumerate() {
        cost[owner as usize] += costs[unit];
        sum[owner as usize] += size[unit];
    }
    let of = |unit: usize| {
        let owner = known.owner[unit] as usize;
        if sum[owner] > 0.0 { cost[owner] * size[unit] / sum[owner] } else { 0.0 }
    };
    (0..model.units).map(of).collect()
}
