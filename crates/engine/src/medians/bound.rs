//! A lower bound for free medians: each unit gets a worth, each possible centre the best territory around it.
//!
//! Relaxing "each unit once" leaves one knapsack per possible centre, of which as many as there are owners are opened
//! (Pirkul 1987; Ceselli & Righini 2005 use the same bound in branch and price). The knapsack is relaxed to its fractional
//! form over one measure at a time, with both limits; with one whole-numbered upper limit it is exact.

use super::map::Map;
use crate::bound::{Relaxed, climb};
use crate::control::Control;
use crate::matrix::pool::NOBODY;
use rayon::prelude::*;

/// Limits that hold for whichever owner a centre belongs to.
struct Band {
    weight: Vec<f64>,
    lower: f64,
    upper: f64,
    /// All weights whole: the knapsack is solved exactly by a table of this capacity.
    table: Option<usize>,
}

/// A valid lower bound on ways alone (moves cost nothing less than zero), or `None` where none is known.
pub(crate) fn bound<const K: usize>(map: &Map<K>, known: f64, whole: bool, control: &Control) -> Option<f64> {
    let pool = map.pool;
    let n = map.units;
    // A centre stands for the unit it is a site of.
    let one_each = map.sites == n && map.unit_of.iter().enumerate().all(|(site, &unit)| site == unit as usize);
    if pool.len() < n || !one_each || n * n > 4_000_000 {
        return None;
    }
    // Owners may differ in limits and eligibility: the loosest limits hold for all.
    let shared = pool.slots.windows(2).all(|pair| pair[0] == pair[1]);
    let mut bands = Vec::new();
    if shared {
        for k in 0..pool.slots.first().map_or(0, Vec::len) {
            let lower = pool.lower.iter().map(|l| l[k]).fold(f64::INFINITY, f64::min).max(0.0);
            let upper = pool.upper.iter().map(|u| u[k]).fold(f64::NEG_INFINITY, f64::max);
            let weight: Vec<f64> = (0..n).map(|u| pool.weight(map.movable[u] as usize, 0)[k]).collect();
            let exact = lower <= 0.0 && upper < 5e3 && weight.iter().all(|w| w.fract() == 0.0);
            bands.push(Band { weight, lower, upper, table: exact.then_some(upper as usize) });
        }
    }
    debug_assert!(map.movable.iter().all(|&m| m != NOBODY));
    let worth: Vec<f64> = (0..n)
        .map(|u| {
            let mut ways: Vec<f64> = map.row(u).to_vec();
            ways.sort_by(f64::total_cmp);
            ways[(n / map.owners.max(1)).min(n - 1) / 2]
        })
        .collect();
    let rounds = if n <= 200 { 600 } else { 200 };
    let enough = |best: f64| best >= known - 1e-9 * known.abs() || (whole && (best - 1e-6).ceil() >= known);
    let best = climb(worth, known, rounds, control, enough, |worth| relax(map, &bands, worth))?;
    Some(if whole { (best - 1e-6).ceil() } else { best })
}

/// As many of the best territories as there are owners.
fn relax<const K: usize>(map: &Map<K>, bands: &[Band], worth: &[f64]) -> Relaxed {
    let n = map.units;
    let mut open: Vec<(f64, usize, Vec<f64>)> = (0..n)
        .into_par_iter()
        .with_min_len(8)
        .map(|centre| {
            let (value, taken) = territory(map, bands, worth, centre);
            (value, centre, taken)
        })
        .collect();
    open.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    // An owner may stay empty, unless its lower limits forbid that.
    let forced = bands.iter().any(|b| b.lower > 0.0) || map.owners >= n;
    let used: Vec<_> = open.into_iter().take(map.owners).filter(|o| forced || o.0 < 0.0).collect();
    let mut slope = vec![1.0; n];
    for (_, _, taken) in &used {
        slope.iter_mut().zip(taken).for_each(|(s, t)| *s -= t);
    }
    Relaxed { value: worth.iter().sum::<f64>() + used.iter().map(|o| o.0).sum::<f64>(), slope }
}

/// The least a territory around `centre` can cost, and how much of each unit it takes.
fn territory<const K: usize>(map: &Map<K>, bands: &[Band], worth: &[f64], centre: usize) -> (f64, Vec<f64>) {
    let n = map.units;
    let gain: Vec<f64> = (0..n).map(|u| map.way[u * map.sites + centre] - worth[u]).collect();
    let mut best = unlimited(&gain, centre);
    for band in bands {
        let tighter = match band.table {
            Some(capacity) => by_table(&gain, band, capacity, centre),
            None => by_shares(&gain, band, centre),
        };
        if tighter.0 > best.0 {
            best = tighter;
        }
    }
    best
}

fn unlimited(gain: &[f64], centre: usize) -> (f64, Vec<f64>) {
    let taken: Vec<f64> = gain.iter().enumerate().map(|(u, &g)| f64::from(u8::from(g < 0.0 || u == centre))).collect();
    (gain.iter().zip(&taken).map(|(g, t)| g * t).sum(), taken)
}

/// The 0–1 knapsack with the centre in it.
fn by_table(gain: &[f64], band: &Band, capacity: usize, centre: usize) -> (f64, Vec<f64>) {
    let mut taken = vec![0.0; gain.len()];
    taken[centre] = 1.0;
    let own = band.weight[centre] as usize;
    if own > capacity {
        return (f64::INFINITY, taken);
    }
    let width = capacity - own + 1;
    let items: Vec<usize> =
        (0..gain.len()).filter(|&u| u != centre && gain[u] < 0.0 && (band.weight[u] as usize) < width).collect();
    let mut table = vec![0.0; (items.len() + 1) * width];
    for (t, &u) in items.iter().enumerate() {
        let weight = band.weight[u] as usize;
        let (done, rest) = table.split_at_mut((t + 1) * width);
        let (from, to) = (&done[t * width..], &mut rest[..width]);
        to[..weight].copy_from_slice(&from[..weight]);
        for c in weight..width {
            to[c] = f64::min(from[c], from[c - weight] + gain[u]);
        }
    }
    let mut left = width - 1;
    for (t, &u) in items.iter().enumerate().rev() {
        if table[(t + 1) * width + left] < table[t * width + left] {
            taken[u] = 1.0;
            left -= band.weight[u] as usize;
        }
    }
    (gain[centre] + table[(items.len() + 1) * width - 1], taken)
}

/// Shares of units between both limits, the best gain a weight first.
fn by_shares(gain: &[f64], band: &Band, centre: usize) -> (f64, Vec<f64>) {
    let mut taken = vec![0.0; gain.len()];
    taken[centre] = 1.0;
    let (mut value, mut load) = (gain[centre], band.weight[centre]);
    let mut order: Vec<usize> = Vec::with_capacity(gain.len());
    for u in 0..gain.len() {
        if u == centre {
            continue;
        }
        if band.weight[u] > 0.0 {
            order.push(u);
        } else if gain[u] < 0.0 {
            taken[u] = 1.0;
            value += gain[u];
        }
    }
    order.sort_by(|&a, &b| (gain[a] / band.weight[a]).total_cmp(&(gain[b] / band.weight[b])).then(a.cmp(&b)));
    for u in order {
        let room = if gain[u] < 0.0 { band.upper - load } else { band.lower - load };
        if room <= 0.0 {
            break;
        }
        let share = (room / band.weight[u]).min(1.0);
        taken[u] = share;
        value += share * gain[u];
        load += share * band.weight[u];
    }
    (value, taken)
}
