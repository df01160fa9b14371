//! Prices that balance the loads: the dual of the assignment with given centres.
//!
//! A unit goes to the owner where cost + Σ price × value is least; a price rises where a load is above its limit and falls
//! where it is below. Each unit shares itself out softly (entropy of `heat` × its weight), which makes the dual smooth
//! enough for Newton's method: its matrix is a Laplacian over owners (`laplacian`).
//! Sources: Cuturi 2013, "Sinkhorn distances", NIPS 26 (the smoothing); Kitagawa, Mérigot & Thibert 2019, "Convergence of
//! a Newton algorithm for semi-discrete optimal transport", J. Eur. Math. Soc. 21 (the method, here with a band of loads
//! and several measures).

use super::arcs::{Arcs, CHUNK};
use super::laplacian::Laplacian;
use crate::control::{Control, OutOfTime};
use crate::measure::excess;
use crate::model::{Model, NOBODY};
use fearless_simd::{Level, dispatch};
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
    laplacian: Laplacian,
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
    /// Newton's steps on the prices; returns what they lead to, with `share` in accord. Out of time, neither prices nor
    /// shares mean anything.
    pub fn settle(
        &mut self,
        model: &Model,
        arcs: &Arcs,
        heat: Heat,
        prices: &mut Vec<f64>,
        steps: usize,
        control: &Control,
    ) -> Result<Reading, OutOfTime> {
        let mut now = self.read(model, arcs, heat, prices, control)?;
        if !model.is_limited() {
            return Ok(now);
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
            self.collect_shared(arcs, control)?;
            self.laplacian(model, heat, control)?;
            let slope: Vec<f64> = bands
                .iter()
                .zip(prices.iter())
                .map(|(band, &price)| band.as_ref().map_or(f64::INFINITY, |band| band.slope(price, heat.bend)))
                .collect();
            let step = self.laplacian.solve(&gradient, &slope, longest);
            control.go_on()?;
            let Some(next) =
                self.search_line(model, arcs, heat, &bands, prices, &step, &gradient, now.dual, &mut trial, control)?
            else {
                now = self.read(model, arcs, heat, prices, control)?;
                break;
            };
            std::mem::swap(prices, &mut trial);
            now = next;
        }
        Ok(now)
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
        control: &Control,
    ) -> Result<Option<Reading>, OutOfTime> {
        let mut length = 1.0;
        for _ in 0..8 {
            trial.clear();
            trial.extend(prices.iter().zip(step).map(|(p, s)| (p + length * s).clamp(-heat.cap, heat.cap)));
            let mut next = self.read(model, arcs, heat, trial, control)?;
            next.dual -= worth(bands, trial, heat);
            let hoped: f64 = gradient.iter().zip(trial.iter().zip(prices)).map(|(g, (t, p))| g * (t - p)).sum();
            if next.dual >= dual + 0.05 * hoped.max(0.0) - 1e-12 * dual.abs() && next.dual.is_finite() {
                return Ok(Some(next));
            }
            length *= if length > 0.2 { 0.4 } else { 0.2 };
        }
        Ok(None)
    }

    /// Shares, loads, cost and dual under the prices.
    pub fn read(
        &mut self,
        model: &Model,
        arcs: &Arcs,
        heat: Heat,
        prices: &[f64],
        control: &Control,
    ) -> Result<Reading, OutOfTime> {
        let width = arcs.width;
        self.share.resize(model.units * width, 0.0);
        let partials: Vec<Partial> = self
            .share
            .par_chunks_mut(CHUNK * width)
            .enumerate()
            .map(|(chunk, share)| {
                control.go_on()?;
                Ok(read_chunk(model, arcs, heat, prices, chunk * CHUNK, share))
            })
            .collect::<Result<_, _>>()?;
        let mut reading = Reading { loads: vec![0.0; prices.len()], ..Reading::default() };
        for partial in partials {
            reading.dual += partial.dual;
            reading.cost += partial.cost;
            reading.loads.iter_mut().zip(&partial.loads).for_each(|(sum, load)| *sum += load);
        }
        Ok(reading)
    }

    fn collect_shared(&mut self, arcs: &Arcs, control: &Control) -> Result<(), OutOfTime> {
        self.runs.clear();
        self.parts.clear();
        let width = arcs.width;
        for (unit, (share, owner)) in self.share.chunks(width).zip(arcs.owner.chunks(width)).enumerate() {
            if unit % CHUNK == 0 {
                control.go_on()?;
            }
            if share.iter().any(|&s| s > TRACE && s < 1.0 - TRACE) {
                self.parts.extend(owner.iter().zip(share).filter(|(_, s)| **s > TRACE).map(|(&o, &s)| (o, s)));
                self.runs.push((unit as u32, self.parts.len() as u32));
            }
        }
        Ok(())
    }

    /// How loads answer to prices: the Laplacian, put together from the units that are shared.
    fn laplacian(&mut self, model: &Model, heat: Heat, control: &Control) -> Result<(), OutOfTime> {
        let Market { runs, parts, laplacian, .. } = self;
        laplacian.clear(model.owners, model.measures);
        let mut start = 0;
        for (index, &(unit, end)) in runs.iter().enumerate() {
            if index % CHUNK == 0 {
                control.go_on()?;
            }
            let cold = 1.0 / (heat.heat * heat.warmth[unit as usize]);
            laplacian.add(model.value(unit as usize), cold, &parts[start..end as usize]);
            start = end as usize;
        }
        Ok(())
    }
}

/// Shares out a chunk of units, with the widest registers of the machine; one and two measures, the usual numbers, have
/// loops of their own.
fn read_chunk(model: &Model, arcs: &Arcs, heat: Heat, prices: &[f64], first: usize, share: &mut [f32]) -> Partial {
    let level = Level::new();
    match model.measures {
        1 => dispatch!(level, _ => read_rows(model, arcs, heat, prices, first, share, |p, v| p[0] * v[0])),
        2 => {
            dispatch!(level, _ => read_rows(model, arcs, heat, prices, first, share, |p, v| p[0] * v[0] + p[1] * v[1]))
        }
        _ => {
            let paid = |p: &[f64], v: &[f64]| p.iter().zip(v).map(|(p, v)| p * v).sum();
            dispatch!(level, _ => read_rows(model, arcs, heat, prices, first, share, paid))
        }
    }
}

#[inline(always)]
fn read_rows(
    model: &Model,
    arcs: &Arcs,
    heat: Heat,
    prices: &[f64],
    first: usize,
    share: &mut [f32],
    paid: impl Fn(&[f64], &[f64]) -> f64,
) -> Partial {
    let (width, measures) = (arcs.width, model.measures);
    let mut partial = Partial { dual: 0.0, cost: 0.0, loads: vec![0.0; prices.len()] };
    let mut parts = vec![0.0; width];
    for (row, share) in share.chunks_exact_mut(width).enumerate() {
        let unit = first + row;
        let (owners, costs, value) = (arcs.owners_of(unit), arcs.costs_of(unit), model.value(unit));
        let mut least = f64::INFINITY;
        let mut count = 0;
        for ((part, &owner), cost) in parts.iter_mut().zip(owners).zip(costs) {
            if owner == NOBODY {
                break;
            }
            let at = owner as usize * measures;
            *part = cost + paid(&prices[at..at + measures], value);
            least = if *part < least { *part } else { least };
            count += 1;
        }
        let warmth = (heat.heat * heat.warmth[unit]).max(1e-300);
        let sum = soften(&mut parts[..count], least, 1.0 / warmth);
        partial.dual += if sum > 1.0 { least - warmth * sum.ln() } else { least };
        let whole = 1.0 / sum;
        for slot in 0..count {
            let part = parts[slot] * whole;
            share[slot] = part as f32;
            if part > 0.0 {
                partial.cost += part * costs[slot];
                let at = owners[slot] as usize * measures;
                partial.loads[at..at + measures].iter_mut().zip(value).for_each(|(load, v)| *load += part * v);
            }
        }
        share[count..].fill(0.0);
    }
    partial
}

/// Makes of reduced costs what each is to count beside the `least`; the sum of it.
#[inline(always)]
fn soften(parts: &mut [f64], least: f64, cold: f64) -> f64 {
    for part in &mut *parts {
        let x = (*part - least) * cold;
        let soft = exp_of_negative(if x < FAR { x } else { FAR });
        *part = if x < FAR { soft } else { 0.0 };
    }
    parts.iter().sum()
}

/// Differences in cost of so many times the warmth count nothing.
const FAR: f64 = 12.0;

/// e^(−x) for 0 ≤ x < 700, to about ten digits. Nothing in it keeps a compiler from taking several at a time: the power
/// of two is found by adding a number so large that its last digit is 1 (Schraudolph 1999, "A fast, compact approximation
/// of the exponential function", Neural Computation 11, exact here in that only the exponent is made so).
#[inline(always)]
fn exp_of_negative(x: f64) -> f64 {
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let t = x * -std::f64::consts::LOG2_E;
    let shifted = t + ROUND;
    let f = (t - (shifted - ROUND)) * std::f64::consts::LN_2;
    let series = 1.0
        + f * (1.0
            + f * (0.5
                + f * (1.0 / 6.0
                    + f * (1.0 / 24.0 + f * (1.0 / 120.0 + f * (1.0 / 720.0 + f * (1.0 / 5040.0 + f / 40320.0)))))));
    series * f64::from_bits((shifted.to_bits() << 52).wrapping_add(1023 << 52))
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_has_ten_digits() {
        for step in 0..70_000 {
            let x = f64::from(step) * 0.01 * 0.999;
            let told = exp_of_negative(x);
            assert!((told / (-x).exp() - 1.0).abs() < 3e-10, "{x}: {told}");
        }
    }
}
