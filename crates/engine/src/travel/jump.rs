//! Jump: a centre leaves where room is cheap for where it is dear, and all others settle anew.
//!
//! High prices mark a region with too few centres (all at their upper limits, sending units far away), low prices one with
//! too many (reaching far to fill up); no neighbourhood sees both. The random swap of Fränti 2018, "Efficiency of random
//! swap clustering", J. Big Data 5, here guided by the prices.

use super::locate::{Ground, Pace, Sites, locate};
use super::metric::{Place, squared_chord};
use super::prices::Market;
use crate::control::{Control, OutOfTime};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Jumps looked at side by side: a fixed number, so that the number of threads changes nothing.
const ABREAST: usize = 2;

/// Tries at most `tries` jumps, keeps those that help, stops when half as many in a row did not.
pub(crate) fn jump(
    ground: Ground,
    sites: &mut Sites,
    pace: Pace,
    tries: usize,
    random: &mut ChaCha8Rng,
    control: &Control,
) -> Result<(), OutOfTime> {
    if ground.model.owners < 3 || ground.model.measures == 0 {
        return Ok(());
    }
    let (mut failures, mut tried) = (0, 0);
    while tried < tries && failures <= tries / 2 {
        let trials: Vec<Sites> = (0..ABREAST).filter_map(|_| leap(ground, sites, random)).collect();
        tried += ABREAST;
        failures += trials.len();
        let located: Vec<Sites> = trials
            .into_par_iter()
            .map(|mut trial| locate(ground, &mut trial, pace, &mut Market::default(), control).map(|_| trial))
            .collect::<Result<_, _>>()?;
        let best = located.into_iter().reduce(|a, b| if b.value < a.value { b } else { a });
        if let Some(best) = best.filter(|best| best.value < sites.value * (1.0 - 1e-5)) {
            *sites = best;
            failures = 0;
        }
    }
    Ok(())
}

/// A centre where it is cheap put beside one where it is dear; `None` where chance found no such pair.
fn leap(ground: Ground, sites: &Sites, random: &mut ChaCha8Rng) -> Option<Sites> {
    let measures = ground.model.measures;
    let dearness = dearness(sites, measures);
    let leaves = drawn(&dearness, |a, b| a < b, random);
    let joins = drawn(&dearness, |a, b| a > b, random);
    if dearness[leaves] >= dearness[joins] {
        return None;
    }
    let mut trial = sites.clone();
    trial.centres[leaves] = beside(ground, &sites.centres, joins, random);
    trial.prices.copy_within(joins * measures..(joins + 1) * measures, leaves * measures);
    Some(trial)
}

fn dearness(sites: &Sites, measures: usize) -> Vec<f64> {
    sites.prices.chunks(measures).map(|prices| prices.iter().sum()).collect()
}

/// The best of a few drawn at random.
fn drawn(dearness: &[f64], better: impl Fn(f64, f64) -> bool, random: &mut ChaCha8Rng) -> usize {
    let mut best = random.random_range(0..dearness.len());
    for _ in 0..3 {
        let other = random.random_range(0..dearness.len());
        if better(dearness[other], dearness[best]) {
            best = other;
        }
    }
    best
}

/// A unit for which `owner` is the nearest centre.
fn beside(ground: Ground, centres: &[Place], owner: usize, random: &mut ChaCha8Rng) -> Place {
    let mut chosen = centres[owner];
    let mut count = 0;
    for unit in 0..ground.model.units {
        let Some(at) = ground.terrain.middle(unit) else { continue };
        let here = squared_chord(&at, &centres[owner]);
        if here > 0.0 && centres.iter().all(|other| squared_chord(&at, other) >= here) {
            count += 1;
            if random.random_range(0..count) == 0 {
                chosen = at;
            }
        }
    }
    chosen
}
