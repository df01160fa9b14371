//! Prices that balance the loads: the dual of the assignment with given centres.
//!
//! A unit goes to the owner where cost + Σ price × value is least; a price rises where a load is above its limit and falls
//! where it is below. Each unit shares itself out softly (entropy of `heat` × its weight), which makes the dual smooth
//! enough for Newton's method: its matrix is a Laplacian over owners, solved by conjugate gradients without being formed.
//! Sources: Cuturi 2013, "Sinkhorn distances", NIPS 26 (the smoothing); Kitagawa, Mérigot & Thibert 2019, "Convergence of
//! a Newton algorithm for semi-discrete optimal transport", J. Eur. Math. Soc. 21 (the method, here with a band of loads
//! and several measures).

use super::arcs::{Arcs, CHUNK};
use crate::measure::excess;
use crate::model::{Model, NOBODY};
use rayon::prelude::*;

/// Shares below this are nothing.
const TRACE: f32 = 1e-4;

/// Loads this close to their targets are balanced: what is left is mended unit by unit.
const ENOUGH: f64 = 2e-3;

/// What a set of prices leads to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reading {
    /// Value of the smoothed dual.
    pub dual: f64,
    /// Cost of the shared-out units.
    pub cost: f64,
    pub loads: Vec<f64>,
}

impl Reading {
    /// How far the shared-out loads are beyond the limits.
    pub fn violation(&self, model: &Model) -> f64 {
        self.loads.iter().zip(model.lower.iter().zip(&model.upper)).map(|(&load, (&l, &u))| excess(load, l, u)).sum()
    }
}

/// Shares and working memory of one market.
#[derive(Default)]
pub(crate) struct Market {
    /// `share[unit * width + slot]`.
    pub share: Vec<f32>,
    /// Units that several owners share, as runs of (owner, share).
    runs: Vec<(u32, u32)>,
    parts: Vec<(u32, f32)>,
}

/// The smoothing of one settlement.
#[derive(Clone, Copy)]
pub(crate) struct Heat<'a> {
    /// As a share of each unit's warmth.
    pub heat: f64,
    /// The cost that is usual for each unit: what its second nearest owner would cost.
    pub warmth: &'a [f64],
    /// No price goes beyond this: what a unit of violation costs.
    pub cap: f64,
    /// Prices closer to 0 than this are between the limits (the kink of the dual at 0 made round).
    pub bend: f64,
}

/// The limits of one load as the dual sees them: the target load slides from the lower limit (price far below 0) to the
/// upper (far above).
struct Band {
    middle: f64,
    half: f64,
}

impl Band {
    /// `None` where nothing is limited.
    fn new(model: &Model, at: usize) -> Option<Self> {
        let (lower, upper) = (model.lower[at], model.upper[at].min(model.owners as f64));
        (lower > 0.0 || model.upper[at].is_finite())
            .then(|| Band { middle: 0.5 * (lower + upper), half: (0.5 * (upper - lower)).max(0.0) })
    }

    fn worth(&self, price: f64, bend: f64) -> f64 {
        self.middle * price + self.half * (price.hypot(bend) - bend)
    }

    fn target(&self, price: f64, bend: f64) -> f64 {
        self.middle + self.half * price / price.hypot(bend)
    }

    fn slope(&self, price: f64, bend: f64) -> f64 {
        self.half * bend * bend / price.hypot(bend).powi(3)
    }
}

struct Partial {
    dual: f64,
    cost: f64,
    loads: Vec<f64>,
}

impl Market {
    /// Newton's steps on the prices; returns what they lead to, with `share` in accord.
    pub fn settle(&mut self, model: &Model, arcs: &Arcs, heat: Heat, prices: &mut Vec<f64>, steps: usize) -> Reading {
        let mut now = self.read(model, arcs, heat, prices);
        if !model.is_limited() {
            return now;
        }
        let longest = (4.0 * now.cost.abs() / model.owners as f64 + 100.0 * heat.heat * mean(heat.warmth)).max(1e-9);
        let mut trial = prices.clone();
        let bands: Vec<Option<Band>> = (0..prices.len()).map(|at| Band::new(model, at)).collect();
        now.dual -= worth(&bands, prices, heat);
        for _ in 0..steps {
            let gradient = gradient(&bands, heat, prices, &now.loads);
            if gradient.iter().all(|g| g.abs() < ENOUGH) {
                break;
            }
            self.collect_shared(arcs);
            let step = self.newton_step(model, heat, &bands, prices, &gradient, longest);
            let Some(next) =
                self.search_line(model, arcs, heat, &bands, prices, &step, &gradient, now.dual, &mut trial)
            else {
                now = self.read(model, arcs, heat, prices);
                break;
            };
            std::mem::swap(prices, &mut trial);
            now = next;
        }
        now
    }

    /// Halves the step until the dual rises; `trial` holds the prices found.
    #[allow(clippy::too_many_arguments)]
    fn search_line(
        &mut self,
        model: &Model,
        arcs: &Arcs,
        heat: Heat,
        bands: &[Option<Band>],
        prices: &[f64],
        step: &[f64],
        gradient: &[f64],
        dual: f64,
        trial: &mut Vec<f64>,
    ) -> Option<Reading> {
        let mut length = 1.0;
        for _ in 0..8 {
            trial.clear();
            trial.extend(prices.iter().zip(step).map(|(p, s)| (p + length * s).clamp(-heat.cap, heat.cap)));
            let mut next = self.read(model, arcs, heat, trial);
            next.dual -= worth(bands, trial, heat);
            let hoped: f64 = gradient.iter().zip(trial.iter().zip(prices)).map(|(g, (t, p))| g * (t - p)).sum();
            if next.dual >= dual + 0.05 * hoped.max(0.0) - 1e-12 * dual.abs() && next.dual.is_finite() {
                return Some(next);
            }
            length *= if length > 0.2 { 0.4 } else { 0.2 };
        }
        None
    }

    /// Shares, loads, cost and dual under the prices.
    pub fn read(&mut self, model: &Model, arcs: &Arcs, heat: Heat, prices: &[f64]) -> Reading {
        let width = arcs.width;
        self.share.resize(model.units * width, 0.0);
        let partials: Vec<Partial> = self
            .share
            .par_chunks_mut(CHUNK * width)
            .enumerate()
            .map(|(chunk, share)| read_chunk(model, arcs, heat, prices, chunk * CHUNK, share))
            .collect();
        let mut reading = Reading { loads: vec![0.0; prices.len()], ..Reading::default() };
        for partial in partials {
            reading.dual += partial.dual;
            reading.cost += partial.cost;
            reading.loads.iter_mut().zip(&partial.loads).for_each(|(sum, load)| *sum += load);
        }
        reading
    }

    fn collect_shared(&mut self, arcs: &Arcs) {
        self.runs.clear();
        self.parts.clear();
        let width = arcs.width;
        for (unit, (share, owner)) in self.share.chunks(width).zip(arcs.owner.chunks(width)).enumerate() {
            if share.iter().any(|&s| s > TRACE && s < 1.0 - TRACE) {
                self.parts.extend(owner.iter().zip(share).filter(|(_, s)| **s > TRACE).map(|(&o, &s)| (o, s)));
                self.runs.push((unit as u32, self.parts.len() as u32));
            }
        }
    }

    /// Solves (Laplacian + slope of the targets + a little) step = gradient.
    fn newton_step(
        &self,
        model: &Model,
        heat: Heat,
        bands: &[Option<Band>],
        prices: &[f64],
        gradient: &[f64],
        longest: f64,
    ) -> Vec<f64> {
        let size = prices.len();
        let diagonal = self.diagonal(model, heat);
        let usual = diagonal.iter().sum::<f64>() / size as f64;
        let floor = (1e-4 * usual).max(1e-4 / longest);
        let slope = |at: usize| bands[at].as_ref().map_or(0.0, |band| band.slope(prices[at], heat.bend));
        let scale: Vec<f64> = (0..size).map(|at| diagonal[at] * 1.0001 + floor + slope(at)).collect();
        let free: Vec<bool> = bands.iter().map(Option::is_some).collect();
        let mut step = vec![0.0; size];
        let mut rest: Vec<f64> = (0..size).map(|at| if free[at] { gradient[at] } else { 0.0 }).collect();
        let mut direction: Vec<f64> = rest.iter().zip(&scale).map(|(r, s)| r / s).collect();
        let mut image = vec![0.0; size];
        let mut energy: f64 = rest.iter().zip(&direction).map(|(r, d)| r * d).sum();
        let enough = energy * 1e-3;
        for _ in 0..(2 * size).min(60) {
            if energy <= enough || energy <= 0.0 {
                break;
            }
            self.apply(model, heat, &direction, &mut image);
            for at in 0..size {
                image[at] = if free[at] { image[at] + (scale[at] - diagonal[at]) * direction[at] } else { 0.0 };
            }
            let curvature: f64 = direction.iter().zip(&image).map(|(d, i)| d * i).sum();
            if curvature <= 0.0 {
                break;
            }
            let length = energy / curvature;
            for at in 0..size {
                step[at] += length * direction[at];
                rest[at] -= length * image[at];
            }
            let next: f64 = rest.iter().zip(&scale).map(|(r, s)| r * r / s).sum();
            let keep = next / energy;
            energy = next;
            for at in 0..size {
                direction[at] = rest[at] / scale[at] + keep * direction[at];
            }
        }
        step.iter_mut().for_each(|s| *s = s.clamp(-longest, longest));
        step
    }

    fn diagonal(&self, model: &Model, heat: Heat) -> Vec<f64> {
        let mut diagonal = vec![0.0; model.owners * model.measures];
        self.each_shared(|unit, parts| {
            let value = model.value(unit);
            let cold = 1.0 / (heat.heat * heat.warmth[unit]);
            for &(owner, share) in parts {
                let weight = f64::from(share * (1.0 - share)) * cold;
                for (measure, v) in value.iter().enumerate() {
                    diagonal[owner as usize * model.measures + measure] += weight * v * v;
                }
            }
        });
        diagonal
    }

    /// The Laplacian times `x`.
    fn apply(&self, model: &Model, heat: Heat, x: &[f64], image: &mut [f64]) {
        image.fill(0.0);
        let measures = model.measures;
        self.each_shared(|unit, parts| {
            let value = model.value(unit);
            let cold = 1.0 / (heat.heat * heat.warmth[unit]);
            let along = |owner: u32| -> f64 {
                let first = owner as usize * measures;
                value.iter().zip(&x[first..first + measures]).map(|(v, x)| v * x).sum()
            };
            let mean: f64 = parts.iter().map(|&(owner, share)| f64::from(share) * along(owner)).sum();
            for &(owner, share) in parts {
                let pull = f64::from(share) * (along(owner) - mean) * cold;
                let first = owner as usize * measures;
                image[first..first + measures].iter_mut().zip(value).for_each(|(i, v)| *i += pull * v);
            }
        });
    }

    fn each_shared(&self, mut visit: impl FnMut(usize, &[(u32, f32)])) {
        let mut start = 0;
        for &(unit, end) in &self.runs {
            visit(unit as usize, &self.parts[start..end as usize]);
            start = end as usize;
        }
    }
}

/// Shares out a chunk of units.
fn read_chunk(model: &Model, arcs: &Arcs, heat: Heat, prices: &[f64], first: usize, share: &mut [f32]) -> Partial {
    let (width, measures) = (arcs.width, model.measures);
    let mut partial = Partial { dual: 0.0, cost: 0.0, loads: vec![0.0; prices.len()] };
    let mut reduced = vec![0.0; width];
    for (row, share) in share.chunks_mut(width).enumerate() {
        let unit = first + row;
        let (owners, costs, value) = (arcs.owners_of(unit), arcs.costs_of(unit), model.value(unit));
        let mut least = f64::INFINITY;
        let mut count = 0;
        for (slot, &owner) in owners.iter().enumerate() {
            if owner == NOBODY {
                break;
            }
            let price = &prices[owner as usize * measures..(owner as usize + 1) * measures];
            let paid: f64 = price.iter().zip(value).map(|(p, v)| p * v).sum();
            reduced[slot] = costs[slot] + paid;
            least = least.min(reduced[slot]);
            count = slot + 1;
        }
        let warmth = (heat.heat * heat.warmth[unit]).max(1e-300);
        let mut sum = 0.0;
        for slot in 0..count {
            let distance = (reduced[slot] - least) / warmth;
            let part = if distance < 12.0 { (-distance).exp() } else { 0.0 };
            reduced[slot] = part;
            sum += part;
        }
        partial.dual += least - warmth * sum.ln();
        for slot in 0..count {
            let part = reduced[slot] / sum;
            share[slot] = part as f32;
            if part > 0.0 {
                partial.cost += part * costs[slot];
                let first = owners[slot] as usize * measures;
                partial.loads[first..first + measures].iter_mut().zip(value).for_each(|(l, v)| *l += part * v);
            }
        }
        share[count..].fill(0.0);
    }
    partial
}

fn worth(bands: &[Option<Band>], prices: &[f64], heat: Heat) -> f64 {
    bands.iter().zip(prices).map(|(band, &price)| band.as_ref().map_or(0.0, |b| b.worth(price, heat.bend))).sum()
}

/// Slope of the dual.
fn gradient(bands: &[Option<Band>], heat: Heat, prices: &[f64], loads: &[f64]) -> Vec<f64> {
    let slope = |at: usize, band: &Band| loads[at] - band.target(prices[at], heat.bend);
    bands.iter().enumerate().map(|(at, band)| band.as_ref().map_or(0.0, |band| slope(at, band))).collect()
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}
