//! The first answer: straight cuts, each of which gives either side its share of every measure.
//!
//! Some straight line halves two measures at once (the ham sandwich of Stone & Tukey 1942, "Generalized 'sandwich'
//! theorems", Duke Math. J. 9), so cutting and cutting again (Berger & Bokhari 1987, as in `seed`) keeps the limits in a
//! single pass over the units. It is no good layout, but it is there at once: whatever the time allows after it can only
//! be better. Where units differ in who may serve them, those with the fewest choices are shared out first, and the others
//! make up what the owners still need.

use super::metric::Place;
use super::terrain::Terrain;
use crate::control::Control;
use crate::model::Model;
use crate::problem::Metric;
use std::f64::consts::PI;

/// Directions tried for a cut.
const DIRECTIONS: usize = 12;
/// Times a promising direction is narrowed down.
const NARROWINGS: usize = 6;
/// Part of the room between the limits that the cuts may use up.
const ROOM: f64 = 0.7;

/// An owner for each unit, whatever the time. `centres`: where the owners work, if that is given.
pub(crate) fn halve(model: &Model, terrain: &Terrain, centres: Option<&[Place]>, control: &Control) -> Vec<u32> {
    let mut need = needs(model);
    let mut owner = vec![0; model.units];
    let mut members = vec![Vec::new(); model.rows.len()];
    (0..model.units).for_each(|unit| members[model.class_of[unit] as usize].push(unit as u32));
    let mut order: Vec<usize> = (0..model.rows.len()).filter(|&class| !members[class].is_empty()).collect();
    order.sort_by_key(|&class| (model.rows[class].list.len(), class));
    let anywhere = (0..model.units).find_map(|unit| terrain.middle(unit)).unwrap_or([1.0, 0.0, 0.0]);
    for class in order {
        let mass =
            |unit: u32| Mass { unit, owner: 0, at: terrain.middle(unit as usize).unwrap_or(anywhere), along: 0.0 };
        let mut masses: Vec<Mass> = members[class].iter().map(|&unit| mass(unit)).collect();
        let mut owners = model.rows[class].list.clone();
        let knife = Knife { model, metric: terrain.metric, centres, need: &need, close: close(model), control };
        knife.cut(&mut masses, &mut owners);
        for mass in masses {
            owner[mass.unit as usize] = mass.owner;
            let first = mass.owner as usize * model.measures;
            need[first..].iter_mut().zip(model.value(mass.unit as usize)).for_each(|(need, value)| *need -= value);
        }
    }
    owner
}

/// The load each owner is meant to carry: the middle of its limits, stretched so that all of them together carry all.
fn needs(model: &Model) -> Vec<f64> {
    let middle = |at: usize| 0.5 * (model.lower[at] + model.upper[at].min(2.0_f64.max(model.lower[at])));
    let mut need: Vec<f64> = (0..model.owners * model.measures).map(middle).collect();
    for measure in 0..model.measures {
        let total: f64 = (0..model.units).map(|unit| model.value(unit)[measure]).sum();
        let wanted: f64 = need.iter().skip(measure).step_by(model.measures).sum();
        if wanted > 0.0 {
            need.iter_mut().skip(measure).step_by(model.measures).for_each(|need| *need *= total / wanted);
        }
    }
    need
}

/// A cut that misses its shares by less, relatively, is as good as any: the misses of all cuts above an owner add up.
fn close(model: &Model) -> f64 {
    let cuts = f64::from(usize::BITS - model.owners.leading_zeros());
    let room = model.lower.iter().zip(&model.upper).map(|(lower, upper)| (upper - lower) / (upper + lower).max(1e-12));
    (ROOM * room.fold(1.0, f64::min) / cuts).max(1e-6)
}

#[derive(Clone, Copy)]
struct Mass {
    unit: u32,
    owner: u32,
    at: Place,
    along: f64,
}

struct Knife<'a> {
    control: &'a Control<'a>,
    model: &'a Model,
    metric: Metric,
    centres: Option<&'a [Place]>,
    need: &'a [f64],
    close: f64,
}

/// A direction, and what a cut across it comes to.
#[derive(Clone, Copy)]
struct Try {
    angle: f64,
    /// By how much the first measure got more than the last, as shares.
    lean: f64,
    /// How far the worst measure is from its share, relatively.
    miss: f64,
    /// How far the masses spread along the direction.
    spread: f64,
}

impl Knife<'_> {
    fn cut(&self, masses: &mut [Mass], owners: &mut [u32]) {
        if masses.is_empty() || owners.is_empty() || self.control.is_cancelled() {
            return;
        }
        if let [only] = owners {
            masses.iter_mut().for_each(|mass| mass.owner = *only);
            return;
        }
        let frame = Frame::of(masses, self.metric);
        let total = self.load(masses);
        let best = self.best_direction(masses, owners, &frame, &total);
        let count = self.turn(masses, owners, &frame, &total, best.angle);
        let (first, second) = masses.split_at_mut(count);
        let (left, right) = owners.split_at_mut(owners.len() / 2);
        rayon::join(|| self.cut(first, left), || self.cut(second, right));
    }

    fn best_direction(&self, masses: &mut [Mass], owners: &mut [u32], frame: &Frame, total: &[f64]) -> Try {
        let mut attempt = |angle: f64| self.attempt(masses, owners, frame, total, angle);
        let mut tries: Vec<Try> =
            (0..=DIRECTIONS).map(|index| attempt(PI * index as f64 / DIRECTIONS as f64)).collect();
        if tries.iter().all(|attempt| attempt.miss > self.close) {
            for index in 0..DIRECTIONS {
                let (mut low, mut high) = (tries[index], tries[index + 1]);
                // Turned by half a circle the sides change places: in between, the lean passes through nothing.
                for _ in 0..NARROWINGS {
                    if low.lean * high.lean > 0.0 || low.miss.min(high.miss) <= self.close {
                        break;
                    }
                    let middle = attempt(0.5 * (low.angle + high.angle));
                    tries.push(middle);
                    if low.lean * middle.lean <= 0.0 { high = middle } else { low = middle }
                }
            }
        }
        let worse = |a: &Try, b: &Try| {
            a.miss.max(self.close).total_cmp(&b.miss.max(self.close)).then(b.spread.total_cmp(&a.spread))
        };
        tries.iter().copied().min_by(worse).unwrap_or(tries[0])
    }

    fn attempt(&self, masses: &mut [Mass], owners: &mut [u32], frame: &Frame, total: &[f64], angle: f64) -> Try {
        let count = self.turn(masses, owners, frame, total, angle);
        let wanted = self.wanted(owners);
        let got = self.load(&masses[..count]);
        let off: Vec<f64> = (0..total.len()).map(|q| got[q] / total[q].max(1e-300) - wanted[q]).collect();
        let relative = off.iter().zip(&wanted).map(|(off, wanted)| off.abs() / wanted.min(1.0 - wanted).max(1e-9));
        let miss = relative.fold(0.0, f64::max);
        let lean = off.first().unwrap_or(&0.0) - off.last().unwrap_or(&0.0);
        let mean = masses.iter().map(|m| m.along).sum::<f64>() / masses.len() as f64;
        let spread = masses.iter().map(|m| (m.along - mean).powi(2)).sum::<f64>();
        Try { angle, lean, miss, spread }
    }

    /// Puts the masses of the first half of the owners first; returns how many they are.
    fn turn(&self, masses: &mut [Mass], owners: &mut [u32], frame: &Frame, total: &[f64], angle: f64) -> usize {
        let axis = frame.axis(angle);
        let along = |at: &Place| (0..3).map(|d| at[d] * axis[d]).sum::<f64>();
        masses.iter_mut().for_each(|mass| mass.along = along(&mass.at));
        if let Some(centres) = self.centres {
            let place = |owner: u32| along(&centres[owner as usize]);
            owners.sort_by(|&a, &b| place(a).total_cmp(&place(b)).then(a.cmp(&b)));
        }
        let wanted = self.wanted(owners);
        let count = masses.len() as f64;
        if total.is_empty() {
            return split_by_size(masses, (owners.len() / 2) as f64 / owners.len() as f64 * count, &|_| 1.0);
        }
        let size = |mass: &Mass| -> f64 {
            let value = self.model.value(mass.unit as usize);
            value.iter().zip(total).map(|(v, t)| v / t.max(1e-300)).sum::<f64>() + 1e-9 / count
        };
        split_by_size(masses, wanted.iter().sum::<f64>(), &size)
    }

    /// What the first half of the owners should get of each measure, as a share.
    fn wanted(&self, owners: &[u32]) -> Vec<f64> {
        let measures = self.model.measures;
        let sum = |owners: &[u32], q: usize| -> f64 {
            owners.iter().map(|&j| self.need[j as usize * measures + q].max(1e-9)).sum()
        };
        let half = owners.len() / 2;
        (0..measures).map(|q| sum(&owners[..half], q) / sum(owners, q)).collect()
    }

    fn load(&self, masses: &[Mass]) -> Vec<f64> {
        let mut load = vec![0.0; self.model.measures];
        for mass in masses {
            load.iter_mut().zip(self.model.value(mass.unit as usize)).for_each(|(sum, value)| *sum += value);
        }
        load
    }
}

/// Moves the masses that come first along the direction to the front, as many as make up `goal`; returns their number.
/// Selection by weight (Blum et al. 1973, "Time bounds for selection").
fn split_by_size(masses: &mut [Mass], goal: f64, size: &impl Fn(&Mass) -> f64) -> usize {
    let (mut low, mut high, mut left) = (0, masses.len(), goal);
    while high - low > 1 {
        let middle = (high - low) / 2;
        let part = &mut masses[low..high];
        part.select_nth_unstable_by(middle, |a, b| a.along.total_cmp(&b.along).then(a.unit.cmp(&b.unit)));
        let sum: f64 = part[..middle].iter().map(size).sum();
        if sum <= left {
            (low, left) = (low + middle, left - sum);
        } else {
            high = low + middle;
        }
    }
    low + usize::from(low < masses.len() && left > 0.5 * size(&masses[low]))
}

/// The plane in which cuts turn: the surface at the middle of the masses.
struct Frame {
    east: Place,
    north: Place,
}

impl Frame {
    fn of(masses: &[Mass], metric: Metric) -> Self {
        let flat = Frame { east: [1.0, 0.0, 0.0], north: [0.0, 1.0, 0.0] };
        if metric != Metric::GreatCircle {
            return flat;
        }
        let mean: Place = std::array::from_fn(|d| masses.iter().map(|m| m.at[d]).sum::<f64>());
        let around = mean[0].hypot(mean[1]);
        if around < 1e-9 {
            return flat;
        }
        let norm = around.hypot(mean[2]);
        let (east, sine, cosine) = ([-mean[1] / around, mean[0] / around, 0.0], mean[2] / norm, around / norm);
        Frame { east, north: [-sine * mean[0] / around, -sine * mean[1] / around, cosine] }
    }

    fn axis(&self, angle: f64) -> Place {
        std::array::from_fn(|d| angle.cos() * self.east[d] + angle.sin() * self.north[d])
    }
}
