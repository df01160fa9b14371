//! The bound with free centres: how far apart the units of one territory must be.
//!
//! For a territory S with weight W and any centre p, d(a, p) + d(b, p) ≥ d(a, b) over all pairs gives
//! Σ_a w_a d(a, p) ≥ Σ_a w_a Σ_b w_b d(a, b) / 2W. The inner sum is at least what the nearest units cost that together
//! reach the least load an owner may carry; W is at most what the largest load can weigh. Summed over all units it bounds
//! every solution that keeps the limits, wherever centres lie. Units stand at the middle of their cells, so
//! Σ weight × way to the middle is taken off (for any p, d(unit, p) ≥ d(middle, p) − d(unit, middle)).
//! It is an easy bound, not a sharp one: on a plane of even density it reaches about half the cost.

use crate::control::Control;
use crate::model::Model;
use crate::problem::Metric;
use crate::travel::cells;
use crate::travel::metric::{Place, distance};
use crate::travel::terrain::Terrain;
use rayon::prelude::*;
use rstar::RTree;
use rstar::primitives::GeomWithData;

/// Cells an owner's mean load.
const CELLS: usize = 48;

/// The best bound any measure gives; `None` where no load has a lower limit.
pub(crate) fn with_free_centres(model: &Model, terrain: &Terrain, control: &Control) -> Option<f64> {
    let gathered = cells::gather(model, terrain, CELLS, control);
    let heaviest = heaviest_territory(model, terrain);
    let moved: f64 = (0..model.units)
        .filter(|&unit| terrain.sites(unit).len() == 1)
        .map(|unit| {
            let middle = gathered.terrain.middle(gathered.of[unit] as usize);
            middle.map_or(0.0, |middle| terrain.travel_plain(unit, &middle))
        })
        .sum();
    let rounding = if terrain.metric == Metric::EuclideanFloor { terrain.weight.iter().sum() } else { 0.0 };
    let bounds = (0..model.measures).filter_map(|measure| {
        let least = (0..model.owners).map(|j| model.lower[j * model.measures + measure]).fold(f64::INFINITY, f64::min);
        let lightest = ratios(model, terrain, measure).fold(f64::INFINITY, f64::min);
        (least > 0.0 && heaviest > 0.0 && lightest.is_finite())
            .then(|| lightest * spread(&gathered.model, &gathered.terrain, measure, least) / (2.0 * heaviest))
    });
    let best = bounds.fold(None, |best: Option<f64>, bound| Some(best.map_or(bound, |b| b.max(bound))))?;
    Some(((best - moved - rounding) * (1.0 - 1e-9)).max(0.0))
}

/// Weight per load of each unit that has a load.
fn ratios<'a>(model: &'a Model, terrain: &'a Terrain, measure: usize) -> impl Iterator<Item = f64> + 'a {
    (0..model.units)
        .map(move |unit| (model.value(unit)[measure], terrain.weight_of(unit)))
        .filter(|(value, _)| *value > 0.0)
        .map(|(value, weight)| weight / value)
}

/// No territory within its limits weighs more.
fn heaviest_territory(model: &Model, terrain: &Terrain) -> f64 {
    let total: f64 = terrain.weight.iter().sum();
    let by_measure = (0..model.measures).map(|measure| {
        let most = (0..model.owners).map(|j| model.upper[j * model.measures + measure]).fold(0.0, f64::max);
        let unloaded: f64 = (0..model.units)
            .filter(|&unit| model.value(unit)[measure] <= 0.0)
            .map(|unit| terrain.weight_of(unit))
            .sum();
        // A limit is kept within its tolerance, hence the trifle.
        ratios(model, terrain, measure).fold(0.0, f64::max) * most * (1.0 + 1e-6) + unloaded
    });
    by_measure.filter(|weight| weight.is_finite()).fold(total, f64::min)
}

/// Σ over cells of weight × Σ of load × distance over the nearest cells that make up the load `least`.
fn spread(model: &Model, terrain: &Terrain, measure: usize, least: f64) -> f64 {
    let spots: Vec<GeomWithData<Place, u32>> = (0..model.units)
        .filter(|&unit| model.value(unit)[measure] > 0.0)
        .filter_map(|unit| terrain.middle(unit).map(|at| GeomWithData::new(at, unit as u32)))
        .collect();
    // Units without a place may lie anywhere, also right here.
    let anywhere: f64 =
        (0..model.units).filter(|&unit| terrain.sites(unit).len() != 1).map(|unit| model.value(unit)[measure]).sum();
    let tree: RTree<GeomWithData<Place, u32>> = RTree::bulk_load(spots);
    let metric = if terrain.metric == Metric::EuclideanFloor { Metric::Euclidean } else { terrain.metric };
    let around = |s: usize| -> f64 {
        let (mut wanted, mut sum) = (least * (1.0 - 1e-6) - anywhere, 0.0);
        for spot in tree.nearest_neighbor_iter(terrain.at[s]) {
            if wanted <= 0.0 {
                break;
            }
            let unit = spot.data as usize;
            if terrain.sites(unit).len() != 1 {
                continue;
            }
            let load = model.value(unit)[measure].min(wanted);
            sum += load * distance(metric, &terrain.at[s], spot.geom());
            wanted -= load;
        }
        terrain.weight[s] * sum
    };
    let sites: Vec<u32> = (0..terrain.at.len() as u32).collect();
    let parts: Vec<f64> =
        sites.par_chunks(512).map(|chunk| chunk.iter().map(|&s| around(s as usize)).sum::<f64>()).collect();
    parts.iter().sum()
}
