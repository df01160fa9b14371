//! A lower bound for centres that may be at any of the places of a network.
//!
//! The demand lies at places, each pair of which is some way apart; every owner works from one of the places, and several
//! may work from the same. Relaxing "all demand of a place is served" leaves for each place the cheapest that owners who
//! work from there can take, as a continuous knapsack between the limits of one measure at a time (Pirkul 1987, "Efficient
//! algorithms for the capacitated concentrator location problem", has the same relaxation with whole items and one owner a
//! place). What k owners at one place take is the same knapsack with k times the limits, convex in k: so the best spread of
//! all owners over the places is found by giving them out one by one (Fox 1966, "Discrete optimization via marginal
//! analysis").

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use rayon::prelude::*;

use super::{Relaxed, climb};
use crate::control::Control;
use crate::problem::{Eligibility, Measure, Problem};

/// Work that a bound may take: comparisons of a place with a place.
const WORK: usize = 2_000_000_000;

/// A part of a unit: what lies at one place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    pub unit: u32,
    pub place: u32,
    /// What a way to it is multiplied by. Not negative.
    pub weight: f64,
}

/// Demand at places, and the ways between them.
pub struct Network {
    /// `ways[from * places + to]`
    ways: Vec<f32>,
    /// Weight of all demand at each place.
    demand: Vec<f64>,
    bands: Vec<Band>,
    owners: usize,
}

/// What a measure allows each owner: the loosest of all owners' limits.
struct Band {
    /// What a unit of weight at each place takes of the measure at least.
    least: Vec<f64>,
    /// What a unit of weight at each place takes of the measure at most.
    most: Vec<f64>,
    /// 0: none. Less what comes without any weight.
    lower: f64,
    /// Infinite: none.
    upper: f64,
}

impl Network {
    /// The demand of the problem's units, whatever its cost is. `ways[from * places + to]`, not negative, is what a unit of
    /// weight at `to` costs from `from`, or less; a unit that nobody may serve needs none.
    #[must_use]
    pub fn new(problem: &Problem, demand: &[Demand], places: usize, ways: Vec<f32>) -> Network {
        let served = |demand: &&Demand| match &problem.eligibility {
            Eligibility::All => true,
            Eligibility::Classes { class_of, owners_of_class } => {
                !owners_of_class[class_of[demand.unit as usize] as usize].is_empty()
            }
        };
        let demand: Vec<Demand> = demand.iter().filter(served).copied().collect();
        let mut weight = vec![0.0; places];
        let mut weight_of_unit = vec![None; problem.units];
        for part in &demand {
            weight[part.place as usize] += part.weight;
            *weight_of_unit[part.unit as usize].get_or_insert(0.0) += part.weight;
        }
        let bands =
            problem.measures.iter().map(|measure| Band::new(measure, &demand, &weight_of_unit, places)).collect();
        Network { ways, demand: weight, bands, owners: problem.owners }
    }

    /// What no service of all demand that keeps the limits can cost less than.
    ///
    /// `known` is what some service costs; the closer it is to the least, the faster the bound is found.
    #[must_use]
    pub fn lower_bound(&self, known: f64, control: &Control) -> f64 {
        let places = self.demand.len();
        if places == 0 || self.owners == 0 {
            return 0.0;
        }
        let rounds = (WORK / (places * places)).clamp(30, 400);
        let enough = |best: f64| best >= known - 1e-9 * known.abs();
        let found = climb(self.first_worth(), known, rounds, control, enough, |worth| self.relax(worth));
        // Nothing costs less than nothing.
        found.unwrap_or(0.0).max(0.0)
    }

    /// As if each owner served the nearest places up to its share of them: half the way to the last of them.
    fn first_worth(&self) -> Vec<f64> {
        let places = self.demand.len();
        let far = (places / self.owners).min(places - 1) / 2;
        let worth = |to: usize| {
            let mut ways: Vec<f64> = (0..places).map(|from| f64::from(self.ways[from * places + to])).collect();
            let (_, way, _) = ways.select_nth_unstable_by(far, f64::total_cmp);
            *way * self.demand[to]
        };
        (0..places).into_par_iter().map(worth).collect()
    }

    fn relax(&self, worth: &[f64]) -> Relaxed {
        let one: Vec<Taken> =
            (0..worth.len()).into_par_iter().with_min_len(8).map(|at| self.take(worth, at, 1)).collect();
        let mut heap: BinaryHeap<Next> =
            one.iter().enumerate().map(|(at, t)| Next { more: t.value, at, owners: 1 }).collect();
        let mut sent: Vec<usize> = vec![0; worth.len()];
        // An owner may stay without any demand, unless a lower limit forbids that.
        let forced = self.bands.iter().any(|band| band.lower > 0.0);
        let mut last: Vec<Option<Taken>> = one.into_iter().map(Some).collect();
        let mut kept: Vec<Option<Taken>> = (0..worth.len()).map(|_| None).collect();
        for _ in 0..self.owners {
            let Some(Next { more, at, owners }) = heap.pop() else { break };
            if !forced && more >= 0.0 {
                break;
            }
            sent[at] = owners;
            kept[at] = last[at].take();
            let before = kept[at].as_ref().map_or(0.0, |taken| taken.value);
            let next = self.take(worth, at, owners + 1);
            heap.push(Next { more: next.value - before, at, owners: owners + 1 });
            last[at] = Some(next);
        }
        let mut slope = vec![1.0; worth.len()];
        let mut value: f64 = worth.iter().sum();
        for taken in kept.into_iter().flatten() {
            value += taken.value;
            taken.shares.iter().for_each(|&(to, share)| slope[to as usize] -= share);
        }
        Relaxed { value, slope }
    }

    /// The cheapest that so many owners at a place can take: what the strictest measure leaves.
    fn take(&self, worth: &[f64], at: usize, owners: usize) -> Taken {
        let places = worth.len();
        let ways = &self.ways[at * places..(at + 1) * places];
        let gain: Vec<f64> = ways
            .iter()
            .zip(&self.demand)
            .zip(worth)
            .map(|((way, demand), worth)| f64::from(*way) * demand - worth)
            .collect();
        let wanted: Vec<(u32, f64)> =
            (0..places as u32).filter(|to| gain[*to as usize] < 0.0).map(|to| (to, 1.0)).collect();
        let value = wanted.iter().map(|(to, _)| gain[*to as usize]).sum();
        let mut best = Taken { value, shares: wanted };
        for band in &self.bands {
            let tighter = self.take_within(band, &gain, owners as f64);
            if tighter.value > best.value {
                best = tighter;
            }
        }
        best
    }

    fn take_within(&self, band: &Band, gain: &[f64], owners: f64) -> Taken {
        let cheapest_first = |size: &[f64], of: &mut Vec<u32>| {
            let per =
                |to: u32| gain[to as usize] / (size[to as usize] * self.demand[to as usize]).max(f64::MIN_POSITIVE);
            of.sort_unstable_by(|&a, &b| per(a).total_cmp(&per(b)).then(a.cmp(&b)));
        };
        let all = 0..gain.len() as u32;
        let mut taken = Taken { value: 0.0, shares: vec![] };
        // What gains is taken while there is room for the least it needs …
        let mut wanted: Vec<u32> = all.clone().filter(|to| gain[*to as usize] < 0.0).collect();
        cheapest_first(&band.least, &mut wanted);
        let mut room = owners * band.upper;
        for to in wanted {
            let size = band.least[to as usize] * self.demand[to as usize];
            let share = if size > 0.0 { (room / size).clamp(0.0, 1.0) } else { 1.0 };
            room -= share * size;
            taken.add(to, share, gain);
        }
        // … or, if the most that everything wanted may bring is still too little, what costs least besides.
        let most = |to: u32| band.most[to as usize] * self.demand[to as usize];
        let brought: f64 = all.clone().filter(|to| gain[*to as usize] < 0.0).map(most).sum();
        let mut lacking = owners * band.lower - brought;
        if lacking <= 0.0 {
            return taken;
        }
        let mut filled = Taken { value: 0.0, shares: vec![] };
        let mut others: Vec<u32> = all.clone().filter(|to| gain[*to as usize] >= 0.0 && most(*to) > 0.0).collect();
        cheapest_first(&band.most, &mut others);
        all.filter(|to| gain[*to as usize] < 0.0).for_each(|to| filled.add(to, 1.0, gain));
        for to in others {
            if lacking <= 0.0 {
                break;
            }
            let share = (lacking / most(to)).min(1.0);
            lacking -= share * most(to);
            filled.add(to, share, gain);
        }
        // Either limit alone is a valid relaxation.
        if filled.value > taken.value { filled } else { taken }
    }
}

impl Band {
    /// A unit whose parts lie at several places takes of the measure in proportion to their weights.
    fn new(measure: &Measure, demand: &[Demand], weight_of_unit: &[Option<f64>], places: usize) -> Band {
        let (mut least, mut most) = (vec![f64::INFINITY; places], vec![0.0_f64; places]);
        for part in demand {
            let whole = weight_of_unit[part.unit as usize].unwrap_or(0.0);
            if part.weight > 0.0 {
                let (per_weight, place) = (measure.values[part.unit as usize] / whole, part.place as usize);
                (least[place], most[place]) = (least[place].min(per_weight), most[place].max(per_weight));
            }
        }
        least.iter_mut().filter(|least| least.is_infinite()).for_each(|least| *least = 0.0);
        let weightless = weight_of_unit.iter().zip(&measure.values).filter(|(whole, _)| **whole == Some(0.0));
        let free: f64 = weightless.map(|(_, value)| value).sum();
        Band {
            least,
            most,
            lower: (measure.lower.iter().copied().fold(f64::INFINITY, f64::min) - free).max(0.0),
            upper: measure.upper.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        }
    }
}

/// What owners at one place take, and what that costs at the worths at hand.
struct Taken {
    value: f64,
    /// Place and share of its demand.
    shares: Vec<(u32, f64)>,
}

impl Taken {
    fn add(&mut self, to: u32, share: f64, gain: &[f64]) {
        if share > 0.0 {
            self.value += share * gain[to as usize];
            self.shares.push((to, share));
        }
    }
}

/// What one more owner at a place would add; the least comes first.
struct Next {
    more: f64,
    at: usize,
    owners: usize,
}

impl Ord for Next {
    fn cmp(&self, other: &Self) -> Ordering {
        other.more.total_cmp(&self.more).then(other.at.cmp(&self.at))
    }
}

impl PartialOrd for Next {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Next {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Next {}
