//! Location–allocation: allocate under balancing prices, move each centre to the middle of what it got, again.
//!
//! Source: Cooper 1964, "Heuristic methods for location-allocation problems", SIAM Review 6; here the allocation is the
//! soft one of `prices`, whose heat sinks from round to round.

use super::arcs::{Arcs, CHUNK};
use super::centre::{Pull, blur};
use super::metric::Place;
use super::prices::{Heat, Market, Reading};
use super::terrain::Terrain;
use crate::contiguity::Graph;
use crate::control::{Control, OutOfTime};
use crate::model::{Model, NOBODY};
use rayon::prelude::*;

/// Centres and prices, and what they cost.
#[derive(Debug, Clone)]
pub(crate) struct Sites {
    pub centres: Vec<Place>,
    pub prices: Vec<f64>,
    /// Travel plus `penalty` × violation, as shared out softly.
    pub value: f64,
}

impl Sites {
    pub fn unpriced(centres: Vec<Place>, model: &Model) -> Self {
        Sites { centres, prices: vec![0.0; model.owners * model.measures], value: f64::INFINITY }
    }
}

/// The rounding of the dual's kink, as a share of heat × penalty.
const BEND: f64 = 0.02;

/// A violation an owner, beyond which prices from nothing have not settled.
const UNSETTLED: f64 = 0.01;

/// How a search goes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub rounds: usize,
    /// Newton's steps a round.
    pub steps: usize,
    pub width: usize,
    pub from_heat: f64,
    pub to_heat: f64,
    pub penalty: f64,
    /// Start from no prices at all.
    pub cold: bool,
}

/// One model on its terrain.
#[derive(Clone, Copy)]
pub(crate) struct Ground<'a, 'b> {
    pub model: &'a Model,
    pub terrain: &'a Terrain,
    /// Owners to choose candidates among.
    pub among: &'a (dyn Fn(usize) -> &'b [u32] + Sync + 'a),
    /// Territories are to be in one piece on it, where there is one.
    pub graph: Option<&'a Graph>,
}

/// Cost of each unit at its second nearest owner, with a floor: what the smoothing goes by, so that it is as fine in a
/// dense city as it is coarse in empty country.
fn warmth(model: &Model, arcs: &Arcs, warmth: &mut Vec<f64>) {
    warmth.clear();
    warmth.extend((0..model.units).map(|unit| {
        let (mut first, mut second) = (f64::INFINITY, f64::INFINITY);
        for &cost in arcs.costs_of(unit) {
            if cost < first {
                (first, second) = (cost, first);
            } else if cost < second {
                second = cost;
            }
        }
        if second.is_finite() { second } else { first.min(f64::MAX) }
    }));
    let mean = warmth.iter().sum::<f64>() / model.units.max(1) as f64;
    let floor = if mean > 0.0 { 0.01 * mean } else { 1.0 };
    warmth.iter_mut().for_each(|w| *w = w.max(floor));
}

/// Improves `sites` in place; the market's shares belong to them afterwards, on the arcs returned. Out of time, the sites
/// are left anywhere.
pub(crate) fn locate(
    ground: Ground,
    sites: &mut Sites,
    pace: Pace,
    market: &mut Market,
    control: &Control,
) -> Result<Arcs, OutOfTime> {
    let Ground { model, terrain, among, .. } = ground;
    let heat_at = |round: usize| {
        let part = if pace.rounds == 0 { 1.0 } else { round as f64 / pace.rounds as f64 };
        pace.from_heat * (pace.to_heat / pace.from_heat).powf(part)
    };
    let mut warm = Vec::new();
    let choose =
        |sites: &Sites| Arcs::choose(model, terrain, &sites.centres, &sites.prices, pace.width, among, control);
    let blur = blur(terrain);
    let mut arcs = choose(sites)?;
    if pace.cold && model.is_limited() {
        warm_up(ground, &mut arcs, sites, pace, market, control)?;
    }
    for round in 0..pace.rounds {
        if round > 0 {
            if round % 4 == 0 && pace.width < model.owners {
                arcs = choose(sites)?;
            } else {
                arcs.reprice(model, terrain, &sites.centres, control)?;
            }
        }
        warmth(model, &arcs, &mut warm);
        let heat =
            Heat { heat: heat_at(round), warmth: &warm, cap: pace.penalty, bend: heat_at(round) * pace.penalty * BEND };
        market.settle(model, &arcs, heat, &mut sites.prices, pace.steps, control)?;
        recentre(model, terrain, &arcs, &market.share, &mut sites.centres, blur);
    }
    if pace.rounds > 0 {
        arcs = choose(sites)?;
    }
    warmth(model, &arcs, &mut warm);
    let heat = Heat {
        heat: heat_at(pace.rounds),
        warmth: &warm,
        cap: pace.penalty,
        bend: heat_at(pace.rounds) * pace.penalty * BEND,
    };
    let last = market.settle(model, &arcs, heat, &mut sites.prices, 2 * pace.steps + 2, control)?;
    sites.value = value(model, &last, pace.penalty);
    Ok(arcs)
}

/// Prices from nothing, without moving centres: hot enough at first to see across empty country, then cooler. Prices go
/// by the heat as long as it is great, so they cool with it; those of a hotter market, left as they are, choose candidates
/// that no settlement mends. More candidates than the search needs make it sure; many more are tried where it was not.
///
/// Source: Schmitzer 2019, "Stabilized sparse scaling algorithms for entropy regularized transport problems", SIAM J. Sci.
/// Comput. 41, section 3 (heat lowered in steps over a truncated kernel).
fn warm_up(
    ground: Ground,
    arcs: &mut Arcs,
    sites: &mut Sites,
    pace: Pace,
    market: &mut Market,
    control: &Control,
) -> Result<(), OutOfTime> {
    let Ground { model, terrain, among, .. } = ground;
    let mut warm = Vec::new();
    let choose =
        |prices: &[f64], width: usize| Arcs::choose(model, terrain, &sites.centres, prices, width, among, control);
    let (prices, steps) = (&mut sites.prices, (2 * pace.steps).max(12));
    for width in [4 * pace.width / 3, 4 * pace.width] {
        let (mut before, mut violation) = (0.0, f64::INFINITY);
        prices.fill(0.0);
        for heat in [1.0, 0.25, 0.06].into_iter().filter(|&heat| heat >= pace.from_heat) {
            if before > 0.0 {
                prices.iter_mut().for_each(|price| *price *= heat / before);
            }
            *arcs = choose(prices, width)?;
            warmth(model, arcs, &mut warm);
            let smoothing = Heat { heat, warmth: &warm, cap: pace.penalty, bend: heat * pace.penalty * BEND };
            violation = market.settle(model, arcs, smoothing, prices, steps, control)?.violation(model);
            before = heat;
        }
        if violation < UNSETTLED * model.owners as f64 || width >= model.owners {
            break;
        }
    }
    *arcs = choose(prices, pace.width)?;
    Ok(())
}

fn value(model: &Model, reading: &Reading, penalty: f64) -> f64 {
    reading.cost + penalty * reading.violation(model)
}

/// One step of each centre towards the geometric median of its shares.
pub(crate) fn recentre(model: &Model, terrain: &Terrain, arcs: &Arcs, share: &[f32], centres: &mut [Place], blur: f64) {
    let width = arcs.width;
    let pulls: Vec<Vec<Pull>> = share
        .par_chunks(CHUNK * width)
        .enumerate()
        .map(|(chunk, share)| {
            let mut pulls = vec![Pull::default(); model.owners];
            for (row, share) in share.chunks(width).enumerate() {
                let unit = chunk * CHUNK + row;
                for (&owner, &part) in arcs.owners_of(unit).iter().zip(share).filter(|(_, part)| **part > 1e-3) {
                    let owner = owner as usize;
                    for s in terrain.sites(unit) {
                        let weight = f64::from(part) * terrain.weight[s];
                        pulls[owner].add(terrain.metric, &terrain.at[s], weight, &centres[owner], blur);
                    }
                }
            }
            pulls
        })
        .collect();
    for (owner, centre) in centres.iter_mut().enumerate() {
        let mut sum = Pull::default();
        pulls.iter().for_each(|pulls| sum.merge(&pulls[owner]));
        *centre = sum.next(terrain.metric, centre);
    }
}

/// The owner with the largest share of each unit.
pub(crate) fn largest_share(arcs: &Arcs, share: &[f32]) -> Vec<u32> {
    let width = arcs.width;
    let pick = |(owners, share): (&[u32], &[f32])| {
        let best =
            (0..width).filter(|&s| owners[s] != NOBODY).max_by(|&a, &b| share[a].total_cmp(&share[b]).then(b.cmp(&a)));
        owners[best.unwrap_or(0)]
    };
    arcs.owner.chunks(width).zip(share.chunks(width)).map(pick).collect()
}

/// One owner for each unit so that loads stay close to what was shared out: a unit that several owners share goes to the
/// one that has got least of its due so far. Two centres side by side share half a country; by the largest share one of
/// them would get it all.
pub(crate) fn shared_out(model: &Model, arcs: &Arcs, share: &[f32]) -> Vec<u32> {
    let width = arcs.width;
    let mut due = vec![0.0; model.owners * model.measures];
    let mut owner = largest_share(arcs, share);
    for (unit, owner) in owner.iter_mut().enumerate() {
        let (owners, share) = (arcs.owners_of(unit), &share[unit * width..(unit + 1) * width]);
        let value = model.value(unit);
        let behind = |j: u32, due: &[f64]| -> f64 {
            due[j as usize * model.measures..].iter().zip(value).map(|(due, v)| due * v).sum()
        };
        for (&j, &part) in owners.iter().zip(share).filter(|(_, part)| **part > 0.0) {
            for (due, v) in due[j as usize * model.measures..].iter_mut().zip(value) {
                *due += f64::from(part) * v;
            }
        }
        let may = owners.iter().zip(share).filter(|(_, part)| **part > 0.03).map(|(&j, _)| j);
        if let Some(most) = may.max_by(|&a, &b| behind(a, &due).total_cmp(&behind(b, &due)).then(b.cmp(&a))) {
            *owner = most;
        }
        for (due, v) in due[*owner as usize * model.measures..].iter_mut().zip(value) {
            *due -= v;
        }
    }
    owner
}

#[cfg(test)]
mod tests {
    use super::super::seed;
    use super::*;
    use crate::problem::{Centres, Contiguity, Cost, Eligibility, Measure, Metric, Moves, Point, Problem, Site};
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    const OWNERS: usize = 100;

    /// Cities of very different sizes, far apart, and two loads within 5 %.
    fn cities(seed: u64) -> Problem {
        let mut dice = ChaCha8Rng::seed_from_u64(seed);
        let cities: Vec<Point> =
            (0..60).map(|_| Point { x: dice.random_range(-5.0..40.0), y: dice.random_range(41.0..55.0) }).collect();
        let mut around = |unit: u32| {
            let rank = (60.0 * dice.random::<f64>().powi(3)) as usize;
            let mut away = || 0.2 * dice.random::<f64>().ln() * (dice.random::<f64>() - 0.5);
            let at = Point { x: cities[rank].x + away(), y: cities[rank].y + away() };
            let potential = (2.0 * dice.random::<f64>() + 2.0 * dice.random::<f64>()).exp();
            (Site { unit, at, weight: 1.0 + potential.ln() }, potential)
        };
        let (sites, euros): (Vec<Site>, Vec<f64>) = (0..8000).map(&mut around).unzip();
        let hours = sites.iter().map(|site| site.weight).collect();
        let band = |values: Vec<f64>| {
            let mean = values.iter().sum::<f64>() / OWNERS as f64;
            Measure { values, lower: vec![0.95 * mean; OWNERS], upper: vec![1.05 * mean; OWNERS] }
        };
        Problem {
            units: sites.len(),
            owners: OWNERS,
            cost: Cost::Travel { sites, metric: Metric::GreatCircle, centres: Centres::Free, homes: Vec::new() },
            measures: vec![band(hours), band(euros)],
            eligibility: Eligibility::All,
            fixed: Vec::new(),
            moves: Moves::default(),
            contiguity: Contiguity::Ignored,
        }
    }

    #[test]
    fn prices_from_nothing_settle_in_a_country_of_cities() {
        let control = Control::unbounded(1);
        for seed in 0..6 {
            let problem = cities(seed);
            let Cost::Travel { sites, metric, .. } = &problem.cost else { unreachable!("made so") };
            let model = Model::new(&problem);
            let terrain = Terrain::new(&model, sites, *metric, problem.units);
            let mut random = ChaCha8Rng::seed_from_u64(seed);
            let mut sites = Sites::unpriced(seed::bisect(&model, &terrain, &mut random, &control), &model);
            let among = |unit: usize| model.owners_of(unit);
            let ground = Ground { model: &model, terrain: &terrain, among: &among, graph: None };
            let pace =
                Pace { rounds: 0, steps: 3, width: 12, from_heat: 0.25, to_heat: 0.25, penalty: 1e6, cold: true };
            let mut market = Market::default();
            let arcs = locate(ground, &mut sites, pace, &mut market, &control).expect("there is time");
            let mut loads = vec![0.0; OWNERS * 2];
            for (unit, share) in market.share.chunks(arcs.width).enumerate() {
                for (&owner, &part) in arcs.owners_of(unit).iter().zip(share).filter(|(_, part)| **part > 0.0) {
                    for (measure, value) in model.value(unit).iter().enumerate() {
                        loads[owner as usize * 2 + measure] += f64::from(part) * value;
                    }
                }
            }
            let beyond = Reading { loads, ..Reading::default() }.violation(&model);
            assert!(beyond < UNSETTLED * OWNERS as f64, "seed {seed}: {beyond} loads beyond the limits");
        }
    }
}
