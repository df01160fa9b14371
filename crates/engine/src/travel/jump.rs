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

/// Tries at most `tries` jumps, keeps those that help, stops when half as many in a row did not.
pub(crate) fn jump(
    ground: Ground,
    sites: &mut Sites,
    pace: Pace,
    tries: usize,
    random: &mut ChaCha8Rng,
    control: &Control,
) -> Result<(), OutOfTime> {
    let owners = ground.model.owners;
    if owners < 3 || ground.model.measures == 0 {
        return Ok(());
    }
    let mut market = Market::default();
    let mut failures = 0;
    for _ in 0..tries {
        if failures > tries / 2 {
            break;
        }
        let dearness = dearness(sites, ground.model.measures);
        let leaves = drawn(&dearness, |a, b| a < b, random);
        let joins = drawn(&dearness, |a, b| a > b, random);
        if dearness[leaves] >= dearness[joins] {
            continue;
        }
        let mut trial = sites.clone();
        trial.centres[leaves] = beside(ground, &sites.centres, joins, random);
        let measures = ground.model.measures;
        trial.prices.copy_within(joins * measures..(joins + 1) * measures, leaves * measures);
        locate(ground, &mut trial, pace, &mut market, control)?;
        failures += 1;
        if trial.value < sites.value * (1.0 - 1e-5) {
            *sites = trial;
            failures = 0;
        }
    }
    Ok(())
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
