//! Where the centres start: recursive bisection of the units by load, across the direction in which they spread most.
//!
//! Source: Berger & Bokhari 1987, "A partitioning strategy for nonuniform problems on multiprocessors", IEEE Trans.
//! Comput. C-36 (bisection); the cut's direction is the first principal axis, turned a little for variety. Owners who may
//! serve different units are seeded apart, each group on its share of what it may serve.

use super::metric::Place;
use super::terrain::{Terrain, on_surface};
use crate::control::Control;
use crate::model::Model;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rustc_hash::FxHashMap;

/// A unit as the cuts see it.
#[derive(Clone, Copy)]
struct Mass {
    at: Place,
    load: f64,
    weight: f64,
    along: f64,
}

/// One start of all centres; out of time, those not reached yet are anywhere.
pub(crate) fn bisect(model: &Model, terrain: &Terrain, random: &mut ChaCha8Rng, control: &Control) -> Vec<Place> {
    let anywhere = (0..model.units).find_map(|unit| terrain.middle(unit)).unwrap_or([1.0, 0.0, 0.0]);
    let mut centres = vec![anywhere; model.owners];
    let ground = Ground { model, terrain, control };
    let groups = groups(model);
    let wanted: Vec<f64> = groups.iter().map(|group| group.iter().map(|&j| target(model, j)).sum()).collect();
    for (index, group) in groups.iter().enumerate() {
        let mut masses = masses(model, terrain, &groups, &wanted, index);
        ground.cut(&mut masses, group, &mut centres, random);
    }
    centres
}

/// Owners by what they may serve, in order of their first.
pub(crate) fn groups(model: &Model) -> Vec<Vec<u32>> {
    let mut used = vec![false; model.rows.len()];
    model.class_of.iter().for_each(|&class| used[class as usize] = true);
    let mut signature: Vec<Vec<u32>> = vec![Vec::new(); model.owners];
    for (class, row) in model.rows.iter().enumerate().filter(|(class, _)| used[*class]) {
        row.list.iter().for_each(|&owner| signature[owner as usize].push(class as u32));
    }
    let mut index: FxHashMap<Vec<u32>, usize> = FxHashMap::default();
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for (owner, signature) in signature.into_iter().enumerate() {
        let at = *index.entry(signature).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        groups[at].push(owner as u32);
    }
    groups
}

/// The load an owner is meant to carry: the middle of its limits, 1 where it has none.
fn target(model: &Model, owner: u32) -> f64 {
    let middles = (0..model.measures).map(|measure| {
        let at = owner as usize * model.measures + measure;
        let upper = model.upper[at].min(2.0_f64.max(model.lower[at]));
        0.5 * (model.lower[at] + upper)
    });
    let (sum, count) = middles.fold((0.0, 0), |(sum, count), middle| (sum + middle, count + 1));
    if count == 0 { 1.0 } else { (sum / count as f64).max(1e-6) }
}

fn masses(model: &Model, terrain: &Terrain, groups: &[Vec<u32>], wanted: &[f64], index: usize) -> Vec<Mass> {
    let part_of_class: Vec<f64> = model
        .rows
        .iter()
        .map(|row| {
            let serves = |group: &Vec<u32>| row.contains(group[0] as usize);
            let all: f64 = groups.iter().zip(wanted).filter(|(group, _)| serves(group)).map(|(_, w)| w).sum();
            if serves(&groups[index]) { wanted[index] / all } else { 0.0 }
        })
        .collect();
    let total_weight: f64 = terrain.weight.iter().sum::<f64>().max(1e-300);
    (0..model.units)
        .filter_map(|unit| {
            let part = part_of_class[model.class_of[unit] as usize];
            let at = terrain.middle(unit).filter(|_| part > 0.0)?;
            let weight = part * terrain.weight_of(unit) / total_weight;
            let load: f64 = model.value(unit).iter().sum();
            let load = if model.measures == 0 { weight } else { part * load };
            Some(Mass { at, load: load + 1e-12, weight: weight + 1e-12, along: 0.0 })
        })
        .collect()
}

struct Ground<'a> {
    model: &'a Model,
    terrain: &'a Terrain,
    control: &'a Control<'a>,
}

impl Ground<'_> {
    fn cut(&self, masses: &mut [Mass], owners: &[u32], centres: &mut [Place], random: &mut ChaCha8Rng) {
        if masses.is_empty() || self.control.is_over() {
            return;
        }
        if let [owner] = owners {
            let weight: f64 = masses.iter().map(|m| m.weight).sum();
            let mean = std::array::from_fn(|d| masses.iter().map(|m| m.weight * m.at[d]).sum::<f64>() / weight);
            centres[*owner as usize] = on_surface(self.terrain.metric, mean).unwrap_or(masses[0].at);
            return;
        }
        let axis = spread_axis(masses, random);
        masses.iter_mut().for_each(|m| m.along = (0..3).map(|d| m.at[d] * axis[d]).sum());
        masses.sort_unstable_by(|a, b| a.along.total_cmp(&b.along).then(a.load.total_cmp(&b.load)));
        let (left, right) = owners.split_at(owners.len() / 2);
        let wanted = |owners: &[u32]| owners.iter().map(|&j| target(self.model, j)).sum::<f64>();
        let part = wanted(left) / wanted(owners);
        let total: f64 = masses.iter().map(|m| m.load).sum();
        let mut sum = 0.0;
        let mut at = 0;
        while at < masses.len() && sum + 0.5 * masses[at].load < part * total {
            sum += masses[at].load;
            at += 1;
        }
        let (first, second) = masses.split_at_mut(at);
        // A side without units starts where the other is.
        let spare = first.first().or(second.first()).map(|m| m.at);
        for (side, owners) in [(first, left), (second, right)] {
            if side.is_empty() {
                owners.iter().for_each(|&j| centres[j as usize] = spare.unwrap_or(centres[j as usize]));
            } else {
                self.cut(side, owners, centres, random);
            }
        }
    }
}

/// First principal axis (power iteration), mixed with a random direction.
fn spread_axis(masses: &[Mass], random: &mut ChaCha8Rng) -> [f64; 3] {
    let total: f64 = masses.iter().map(|m| m.load).sum();
    let mean: Place = std::array::from_fn(|d| masses.iter().map(|m| m.load * m.at[d]).sum::<f64>() / total);
    let mut matrix = [[0.0; 3]; 3];
    for m in masses {
        let off: [f64; 3] = std::array::from_fn(|d| m.at[d] - mean[d]);
        for (row, a) in matrix.iter_mut().zip(off) {
            row.iter_mut().zip(off).for_each(|(cell, b)| *cell += m.load * a * b);
        }
    }
    let start: [f64; 3] = std::array::from_fn(|_| random.random_range(-1.0..1.0));
    let mut axis = unit(start);
    for _ in 0..random.random_range(3..12) {
        axis = unit(std::array::from_fn(|r| (0..3).map(|c| matrix[r][c] * axis[c]).sum()));
    }
    axis
}

fn unit(v: [f64; 3]) -> [f64; 3] {
    let norm = v.iter().map(|x| x * x).sum::<f64>().sqrt();
    if norm > 0.0 { v.map(|x| x / norm) } else { [1.0, 0.0, 0.0] }
}
