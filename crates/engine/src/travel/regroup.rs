//! Regroup: a few neighbouring territories are dissolved and laid out anew; kept when that costs less.
//!
//! Misplaced centres are the largest error of location–allocation, and they show in small neighbourhoods. Source: Taillard
//! 2003, "Heuristic methods for large centroid clustering problems", J. Heuristics 9 (decomposition); Taillard & Voß 2002,
//! "POPMUSIC". New centres are sown as by k-means++ (Arthur & Vassilvitskii 2007). Groups of one batch do not overlap and
//! are tried in parallel; each has its own stream of random numbers, so the number of threads changes nothing.

use super::arcs::{Arcs, Served};
use super::centre::{blur, median};
use super::locate::{Ground, Pace, Sites, largest_share, locate};
use super::metric::{Place, distance, squared_chord};
use super::prices::Market;
use super::terrain::Terrain;
use crate::contiguity::{Connected, Graph, mend};
use crate::control::Control;
use crate::model::{Model, NOBODY, Row};
use crate::moves::{Allocation, Guard, Reach, Unguarded, repair, shift_downhill};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// A neighbourhood cut out of the whole.
struct Patch {
    owners: Vec<u32>,
    units: Vec<u32>,
    model: Model,
    terrain: Terrain,
    graph: Option<Graph>,
}

/// A better layout of a patch.
struct Layout {
    sites: Sites,
    /// By the patch's units, an index into its owners.
    owner: Vec<u32>,
    value: f64,
    gain: f64,
}

/// What a piece too many counts, as a violation.
const BREAK: f64 = 0.05;

/// What is tried in a neighbourhood.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub pace: Pace,
    /// Most territories dissolved at once.
    pub most: usize,
    pub trials: usize,
    /// Sow new centres; otherwise go on from the present ones.
    pub sow: bool,
}

/// Tries about `tries` neighbourhoods; returns the total gain. Whenever time runs out, what was gained is kept.
pub(crate) fn regroup(
    ground: Ground,
    sites: &mut Sites,
    owner: &mut [u32],
    plan: Plan,
    tries: usize,
    random: &mut ChaCha8Rng,
    control: &Control,
) -> f64 {
    let (mut gain, mut done) = (0.0, 0);
    while done < tries && !control.is_over() && ground.model.owners > 1 {
        let groups = neighbourhoods(&sites.centres, plan.most, random);
        done += groups.len();
        let members = members(ground.model, owner);
        let streams: Vec<(Vec<u32>, u64)> = groups.into_iter().map(|group| (group, random.random())).collect();
        let found: Vec<Option<(Patch, Layout)>> = streams
            .into_par_iter()
            .map(|(group, stream)| {
                control.go_on().ok()?;
                let patch = Patch::cut(ground, group, &members);
                let random = &mut ChaCha8Rng::seed_from_u64(stream);
                let layout = patch.lay_out(sites, owner, plan, random, control)?;
                Some((patch, layout))
            })
            .collect();
        for (patch, layout) in found.into_iter().flatten() {
            gain += layout.gain;
            patch.write_back(&layout, sites, owner);
        }
    }
    gain
}

fn members(model: &Model, owner: &[u32]) -> Vec<Vec<u32>> {
    let mut members = vec![Vec::new(); model.owners];
    owner.iter().enumerate().for_each(|(unit, &owner)| members[owner as usize].push(unit as u32));
    members
}

/// Disjoint groups of 2 to `most` owners whose centres are close.
fn neighbourhoods(centres: &[Place], most: usize, random: &mut ChaCha8Rng) -> Vec<Vec<u32>> {
    let mut order: Vec<u32> = (0..centres.len() as u32).collect();
    order.shuffle(random);
    let mut taken = vec![false; centres.len()];
    let mut groups = Vec::new();
    for &base in &order {
        if taken[base as usize] {
            continue;
        }
        let size = random.random_range(2..=most);
        let mut near: Vec<(f64, u32)> = (0..centres.len() as u32)
            .filter(|&other| !taken[other as usize] && other != base)
            .map(|other| (squared_chord(&centres[base as usize], &centres[other as usize]), other))
            .collect();
        let pool = (size + 2).min(near.len());
        if pool == 0 {
            continue;
        }
        near.select_nth_unstable_by(pool - 1, |a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        near.truncate(pool);
        near.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        while near.len() > size - 1 {
            near.remove(random.random_range(0..near.len()));
        }
        let group: Vec<u32> = std::iter::once(base).chain(near.into_iter().map(|n| n.1)).collect();
        group.iter().for_each(|&owner| taken[owner as usize] = true);
        groups.push(group);
    }
    groups
}

impl Patch {
    fn cut(ground: Ground, owners: Vec<u32>, members: &[Vec<u32>]) -> Self {
        let whole = ground.model;
        let mut units: Vec<u32> = owners.iter().flat_map(|&owner| members[owner as usize].iter().copied()).collect();
        units.sort_unstable();
        let mut here = vec![NOBODY; whole.owners];
        owners.iter().enumerate().for_each(|(index, &owner)| here[owner as usize] = index as u32);
        let measures = whole.measures;
        let limits = |of: &[f64]| -> Vec<f64> {
            owners
                .iter()
                .flat_map(|&j| of[j as usize * measures..(j as usize + 1) * measures].iter().copied())
                .collect()
        };
        let (rows, class_of) = narrowed(whole, &units, &owners);
        let pick = |of: &[f64]| -> Vec<f64> { units.iter().map(|&unit| of[unit as usize]).collect() };
        let model = Model {
            units: units.len(),
            owners: owners.len(),
            measures,
            values: units.iter().flat_map(|&unit| whole.value(unit as usize).iter().copied()).collect(),
            lower: limits(&whole.lower),
            upper: limits(&whole.upper),
            scale: whole.scale.clone(),
            class_of,
            rows,
            present: units
                .iter()
                .map(|&unit| whole.present[unit as usize])
                .map(|owner| if owner == NOBODY { NOBODY } else { here[owner as usize] })
                .collect(),
            price: pick(&whole.price),
            toll: pick(&whole.toll),
            budget: f64::INFINITY,
            unit_of: (0..units.len() as u32).collect(),
        };
        let terrain = narrowed_terrain(ground.terrain, &units);
        let graph = ground.graph.map(|graph| graph.among(&units));
        Patch { owners, units, model, terrain, graph }
    }

    /// The best of a few new layouts, if it beats the present one.
    fn lay_out(
        &self,
        sites: &Sites,
        owner: &[u32],
        plan: Plan,
        random: &mut ChaCha8Rng,
        control: &Control,
    ) -> Option<Layout> {
        if self.units.len() < 2 {
            return None;
        }
        let among = |unit: usize| self.model.owners_of(unit);
        let ground = Ground { model: &self.model, terrain: &self.terrain, among: &among, graph: self.graph.as_ref() };
        let now = self.present_layout(sites, owner, plan.pace.penalty);
        let mut market = Market::default();
        let mut best: Option<Layout> = None;
        for _ in 0..plan.trials {
            let mut trial = if plan.sow { self.sow(&now.sites, random) } else { now.sites.clone() };
            let Ok(arcs) = locate(ground, &mut trial, plan.pace, &mut market, control) else { break };
            // Softly shared it already costs too much: whole units would not cost less.
            if trial.value > 1.05 * best.as_ref().map_or(now.value, |b| b.value) {
                continue;
            }
            let layout = self.round(ground, trial, &arcs, &market, plan.pace.penalty, control);
            let to_beat = best.as_ref().map_or(now.value - 1e-6 * now.value.abs(), |b| b.value);
            if layout.value < to_beat {
                best = Some(Layout { gain: now.value - layout.value, ..layout });
            }
        }
        best
    }

    /// Whole units to owners within the limits, and the centres amid what they got.
    fn round(
        &self,
        ground: Ground,
        mut sites: Sites,
        arcs: &Arcs,
        market: &Market,
        penalty: f64,
        control: &Control,
    ) -> Layout {
        let mut allocation = Allocation::new(ground.model, largest_share(arcs, &market.share));
        {
            let served = Served { model: ground.model, terrain: ground.terrain, centres: &sites.centres, arcs };
            let mut guard: Box<dyn Guard> = match &self.graph {
                Some(graph) => {
                    mend(&mut allocation, graph, &served, control);
                    Box::new(Connected::new(graph))
                }
                None => Box::new(Unguarded),
            };
            if allocation.violation() > 0.0 {
                let patience = if self.graph.is_some() { 100 } else { 24 };
                if let Ok(reach) = Reach::new(ground.model, &served, control) {
                    repair(&mut allocation, &served, &sites.prices, &reach, &mut *guard, patience, control);
                }
            }
            shift_downhill(&mut allocation, &served, &mut *guard, control);
        }
        let blur = blur(ground.terrain);
        for (owner, centre) in sites.centres.iter_mut().enumerate() {
            *centre = median(ground.terrain, allocation.members(owner), *centre, 6, blur, control);
        }
        let value = self.value(&sites.centres, &allocation, penalty);
        Layout { sites, owner: allocation.owner, value, gain: 0.0 }
    }

    fn value(&self, centres: &[Place], allocation: &Allocation, penalty: f64) -> f64 {
        let breaks = self.graph.as_ref().map_or(0, |graph| graph.shape(&allocation.owner, self.owners.len()).breaks);
        hard_value(&self.model, &self.terrain, centres, allocation, penalty) + BREAK * penalty * breaks as f64
    }

    fn present_layout(&self, sites: &Sites, owner: &[u32], penalty: f64) -> Layout {
        let measures = self.model.measures;
        let mut here = vec![0; sites.centres.len()];
        self.owners.iter().enumerate().for_each(|(index, &j)| here[j as usize] = index as u32);
        let sites = Sites {
            centres: self.owners.iter().map(|&j| sites.centres[j as usize]).collect(),
            prices: self
                .owners
                .iter()
                .flat_map(|&j| sites.prices[j as usize * measures..(j as usize + 1) * measures].iter().copied())
                .collect(),
            value: 0.0,
        };
        let owner: Vec<u32> = self.units.iter().map(|&unit| here[owner[unit as usize] as usize]).collect();
        let allocation = Allocation::new(&self.model, owner);
        let value = self.value(&sites.centres, &allocation, penalty);
        Layout { sites, owner: allocation.owner, value, gain: 0.0 }
    }

    /// New centres: all of them, or one taken away and put elsewhere.
    fn sow(&self, now: &Sites, random: &mut ChaCha8Rng) -> Sites {
        let mut trial = Sites { prices: vec![0.0; now.prices.len()], ..now.clone() };
        let count = self.owners.len();
        let kept = if random.random_range(0..2) == 0 { 0 } else { count - 1 };
        let mut order: Vec<usize> = (0..count).collect();
        order.shuffle(random);
        let mut chosen: Vec<Place> = order[..kept].iter().map(|&j| now.centres[j]).collect();
        for &owner in &order[kept..] {
            let at = self.far_unit(&chosen, random);
            trial.centres[owner] = at;
            chosen.push(at);
        }
        trial
    }

    /// A unit drawn by weight × squared distance from the centres chosen so far.
    fn far_unit(&self, chosen: &[Place], random: &mut ChaCha8Rng) -> Place {
        let metric = self.terrain.metric;
        let pull = |unit: usize| -> f64 {
            let Some(at) = self.terrain.middle(unit) else { return 0.0 };
            let nearest = chosen.iter().map(|c| distance(metric, &at, c)).fold(f64::INFINITY, f64::min);
            (self.terrain.weight_of(unit) + 1e-12) * if nearest.is_finite() { nearest * nearest } else { 1.0 }
        };
        let pulls: Vec<f64> = (0..self.units.len()).map(pull).collect();
        let total: f64 = pulls.iter().sum();
        let mut left = random.random_range(0.0..1.0) * total;
        let drawn = pulls.iter().position(|&pull| {
            left -= pull;
            left < 0.0
        });
        let unit = drawn.unwrap_or_else(|| random.random_range(0..self.units.len()));
        self.terrain.middle(unit).or_else(|| chosen.first().copied()).unwrap_or([1.0, 0.0, 0.0])
    }

    fn write_back(&self, layout: &Layout, sites: &mut Sites, owner: &mut [u32]) {
        let measures = self.model.measures;
        for (index, &j) in self.owners.iter().enumerate() {
            let j = j as usize;
            sites.centres[j] = layout.sites.centres[index];
            sites.prices[j * measures..(j + 1) * measures]
                .copy_from_slice(&layout.sites.prices[index * measures..(index + 1) * measures]);
        }
        for (&unit, &index) in self.units.iter().zip(&layout.owner) {
            owner[unit as usize] = self.owners[index as usize];
        }
    }
}

/// Cost of whole units at the centres, violation included.
pub(crate) fn hard_value(
    model: &Model,
    terrain: &Terrain,
    centres: &[Place],
    allocation: &Allocation,
    penalty: f64,
) -> f64 {
    let cost = |(unit, &owner): (usize, &u32)| {
        terrain.travel(unit, &centres[owner as usize]) + model.move_price(unit, owner as usize)
    };
    allocation.owner.iter().enumerate().map(cost).sum::<f64>() + penalty * allocation.violation()
}

/// Eligibility among the patch's owners only.
fn narrowed(whole: &Model, units: &[u32], owners: &[u32]) -> (Vec<Row>, Vec<u32>) {
    let mut rows = Vec::new();
    let mut index: FxHashMap<u32, u32> = FxHashMap::default();
    let class_of = units
        .iter()
        .map(|&unit| {
            let class = whole.class_of[unit as usize];
            *index.entry(class).or_insert_with(|| {
                let row = &whole.rows[class as usize];
                let list = (0..owners.len() as u32).filter(|&j| row.contains(owners[j as usize] as usize)).collect();
                rows.push(Row::new(list, owners.len()));
                rows.len() as u32 - 1
            })
        })
        .collect();
    (rows, class_of)
}

fn narrowed_terrain(terrain: &Terrain, units: &[u32]) -> Terrain {
    let mut narrow = Terrain { metric: terrain.metric, first: vec![0], at: Vec::new(), weight: Vec::new() };
    for &unit in units {
        let sites = terrain.sites(unit as usize);
        narrow.at.extend_from_slice(&terrain.at[sites.clone()]);
        narrow.weight.extend_from_slice(&terrain.weight[sites]);
        narrow.first.push(narrow.at.len() as u32);
    }
    narrow
}
