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
    if pace.cold {
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

/// Prices from nothing: hot enough at first to see across empty country, without moving centres.
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
    sites.prices.fill(0.0);
    for heat in [1.0, 0.5, 0.25, 0.12, 0.06].into_iter().filter(|&heat| heat >= pace.from_heat) {
        warmth(model, arcs, &mut warm);
        let heat = Heat { heat, warmth: &warm, cap: pace.penalty, bend: heat * pace.penalty * BEND };
        market.settle(model, arcs, heat, &mut sites.prices, 2 * pace.steps, control)?;
        if pace.width < model.owners {
            *arcs = Arcs::choose(model, terrain, &sites.centres, &sites.prices, pace.width, among, control)?;
        }
    }
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
