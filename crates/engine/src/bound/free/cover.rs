//! The most a territory can gain, wherever its centre lies: branch and bound over the ground.
//!
//! A tile whose bound is above what is known to be reached is quartered (big square small square: Hansen, Peeters, Richard
//! & Thisse 1985, Operations Research 33; Plastria 1992), the units themselves at their worths, every tile with prices of its
//! own. What is left is a proof: whatever the worths, no territory gains more than the largest bound of a tile.

use super::families::{Family, charge};
use super::sack::{improve_prices, most, net};
use super::space::{Frame, Tile};
use super::spread::Spread;
use crate::control::Control;
use crate::model::{Model, NOBODY};
use crate::problem::{Metric, Point};
use crate::travel::metric::{Place, distance};
use crate::travel::terrain::Terrain;
use rayon::prelude::*;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Tiles that see more than so many territories are quartered unseen.
const MOST_SEEN: f64 = 4.0;

/// Quarterings, at most.
const DEEPEST: usize = 34;

/// Units that lie together.
pub(crate) struct Block {
    pub units: Vec<u32>,
    middle: Place,
    radius: f64,
    /// Most worth a weight, and most and least of each measure.
    worth: f64,
    value: Vec<(f64, f64)>,
    /// Share of a territory.
    size: f64,
    keeper: u32,
}

/// A family's owners with nothing to themselves, or one owner with something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Kind {
    pub family: usize,
    pub own: u32,
}

pub(crate) struct Cover<'a> {
    pub model: &'a Model,
    pub terrain: &'a Terrain,
    pub families: &'a [Family],
    /// Empty where no unit is a cell of others.
    pub spread: &'a [Spread],
    pub worth: &'a [f64],
    pub blocks: Vec<Block>,
    /// The families first, then the owners with something to themselves.
    pub kinds: Vec<Kind>,
    /// Where a gain is no more than this above what is reached, it is close enough.
    pub close: f64,
    /// Weight of a mean territory.
    pub weight: f64,
    pub control: &'a Control<'a>,
}

/// Units that together gain more than a territory should, and how much.
pub(crate) struct Excess {
    pub kind: usize,
    pub most: f64,
    pub units: Vec<u32>,
}

/// What comes of looking over the ground.
pub(crate) struct Proof {
    /// No territory of the kind gains more.
    pub most: Vec<f64>,
    /// Where more is gained than was known to be reached.
    pub excess: Vec<Excess>,
}

/// Bounds as they come in.
struct Ledger {
    tops: Vec<Top>,
    excess: Mutex<Vec<Excess>>,
}

/// What is looked for in a tile.
#[derive(Clone)]
struct Task {
    kind: usize,
    /// Known to be reached somewhere, and here.
    known: f64,
    reached: f64,
    prices: Vec<f64>,
}

/// The units of some blocks, seen from a tile's middle.
#[derive(Default)]
struct Sight {
    units: Vec<u32>,
    net: Vec<f64>,
    slope: Vec<(f64, f64)>,
    value: Vec<f64>,
    gain: Vec<f64>,
    scratch: Vec<(f64, f64)>,
}

impl Block {
    pub fn new(
        model: &Model,
        terrain: &Terrain,
        worth: &[f64],
        size: &[f64],
        keeper: u32,
        units: Vec<u32>,
        middle: Place,
    ) -> Self {
        let metric = plain(terrain.metric);
        let sites = units.iter().flat_map(|&u| terrain.sites(u as usize));
        let radius = sites.map(|s| distance(metric, &terrain.at[s], &middle)).fold(0.0, f64::max);
        let a_weight = |of: &dyn Fn(usize) -> f64| {
            let ratio = |&u: &u32| {
                let (of, weight) = (of(u as usize), terrain.weight_of(u as usize));
                if weight > 0.0 { of / weight } else { 0.0 }
            };
            units
                .iter()
                .map(ratio)
                .fold((f64::NEG_INFINITY, f64::INFINITY), |(most, least), r| (most.max(r), least.min(r)))
        };
        Block {
            middle,
            radius: radius * (1.0 + 1e-9),
            // What costs nothing to reach is in reach everywhere.
            worth: if units.iter().any(|&u| terrain.weight_of(u as usize) <= 0.0) {
                f64::INFINITY
            } else {
                a_weight(&|u| worth[u]).0
            },
            value: (0..model.measures).map(|q| a_weight(&|u| model.value(u)[q])).collect(),
            size: units.iter().map(|&u| size[u as usize]).sum(),
            keeper,
            units,
        }
    }

    /// The same of units that are cells of others.
    pub fn with(mut self, spread: &[Spread]) -> Self {
        let widest = self.units.iter().filter_map(|&u| spread.get(u as usize)).map(|s| s.radius).fold(0.0, f64::max);
        self.radius += widest * (1.0 + 1e-9);
        self
    }

    /// Could any of the units gain at all, at prices not below `floor`?
    fn is_in_reach(&self, frame: &Frame, metric: Metric, floor: &[f64]) -> bool {
        let pay = |(&floor, &(most, least)): (&f64, &(f64, f64))| match floor {
            0.0 => 0.0,
            floor if floor < 0.0 => {
                if most > 0.0 {
                    -floor * most
                } else {
                    0.0
                }
            }
            floor => -floor * least,
        };
        let reach = self.worth + floor.iter().zip(&self.value).map(pay).sum::<f64>();
        reach * (1.0 + 1e-9) >= distance(metric, &self.middle, &frame.at) - self.radius - frame.radius
    }
}

pub(crate) fn plain(metric: Metric) -> Metric {
    if metric == Metric::EuclideanFloor { Metric::Euclidean } else { metric }
}

/// A maximum that threads share; numbers compare as their bits do once the sign is folded in.
struct Top(AtomicU64);

impl Top {
    fn new() -> Self {
        Top(AtomicU64::new(0))
    }

    fn raise(&self, value: f64) {
        let bits = value.to_bits();
        let key = if bits >> 63 == 0 { bits | 1 << 63 } else { !bits };
        self.0.fetch_max(key, Ordering::Relaxed);
    }

    fn get(&self) -> f64 {
        match self.0.load(Ordering::Relaxed) {
            0 => f64::NEG_INFINITY,
            key if key >> 63 == 1 => f64::from_bits(key & !(1 << 63)),
            key => f64::from_bits(!key),
        }
    }
}

impl Cover<'_> {
    /// What each kind gains at each of `places`.
    pub fn gains(&self, places: &[Point], floor: &[f64]) -> Vec<Excess> {
        let gains = |sight: &mut Sight, at: &Point| -> Vec<Excess> {
            let frame = Tile::point(*at).frame(self.terrain.metric);
            let blocks = self.in_reach(&frame, None, floor);
            let blocks = self.look(&frame, &blocks, floor, sight);
            let mut found = Vec::new();
            for mut task in self.tasks_here(&blocks) {
                let (most, _) = self.judge(&frame, sight, task.kind, &mut task.prices, floor, 1);
                found.push(Excess { kind: task.kind, most, units: taken(sight, &task.prices) });
            }
            found
        };
        places.par_iter().map_init(Sight::default, gains).flatten_iter().collect()
    }

    /// A bound on what each kind can gain on any of the tiles.
    pub fn most(&self, tiles: &[Tile], reached: &[f64], floor: &[f64]) -> Proof {
        let ledger = Ledger { tops: self.kinds.iter().map(|_| Top::new()).collect(), excess: Mutex::new(Vec::new()) };
        let none = vec![0.0; self.model.measures];
        let tasks: Vec<Task> = (0..self.kinds.len())
            .map(|kind| Task { kind, known: reached[kind], reached: reached[kind], prices: none.clone() })
            .collect();
        let all: Vec<u32> = (0..self.blocks.len() as u32).collect();
        tiles.par_iter().for_each(|tile| self.explore(tile, &all, &tasks, floor, 0, &ledger));
        let most = ledger.tops.iter().map(Top::get).collect();
        Proof { most, excess: ledger.excess.into_inner().unwrap_or_default() }
    }

    fn in_reach(&self, frame: &Frame, among: Option<&[u32]>, floor: &[f64]) -> Vec<u32> {
        let metric = plain(self.terrain.metric);
        let near = |&b: &u32| self.blocks[b as usize].is_in_reach(frame, metric, floor);
        match among {
            Some(among) => among.iter().copied().filter(|b| near(b)).collect(),
            None => (0..self.blocks.len() as u32).filter(|b| near(b)).collect(),
        }
    }

    /// All families, and the owners that have something to themselves here.
    fn tasks_here(&self, blocks: &[u32]) -> Vec<Task> {
        let here = self.keepers(blocks);
        let none = vec![0.0; self.model.measures];
        let wanted = |kind: &Kind| kind.own == NOBODY || here.binary_search(&kind.own).is_ok();
        let kinds = self.kinds.iter().enumerate().filter(|(_, kind)| wanted(kind));
        kinds
            .map(|(kind, _)| Task { kind, known: f64::NEG_INFINITY, reached: f64::NEG_INFINITY, prices: none.clone() })
            .collect()
    }

    fn keepers(&self, blocks: &[u32]) -> Vec<u32> {
        let mut here: Vec<u32> =
            blocks.iter().map(|&b| self.blocks[b as usize].keeper).filter(|&o| o != NOBODY).collect();
        here.sort_unstable();
        here.dedup();
        here
    }

    fn explore(&self, tile: &Tile, among: &[u32], tasks: &[Task], floor: &[f64], depth: usize, ledger: &Ledger) {
        let frame = tile.frame(self.terrain.metric);
        let mut blocks = self.in_reach(&frame, Some(among), floor);
        let seen: f64 = blocks.iter().map(|&b| self.blocks[b as usize].size).sum();
        let here = self.keepers(&blocks);
        // An owner without anything of its own here can do no better than its family.
        let mut tasks: Vec<Task> = tasks
            .iter()
            .filter(|task| {
                self.kinds[task.kind].own == NOBODY || here.binary_search(&self.kinds[task.kind].own).is_ok()
            })
            .cloned()
            .collect();
        let mut floor = floor.to_vec();
        let before: f64 = among.iter().map(|&b| self.blocks[b as usize].size).sum();
        let unseen = seen > MOST_SEEN && (seen < 0.8 * before || frame.is_wide()) && depth < DEEPEST;
        if !unseen || self.control.is_over() {
            let mut sight = Sight::default();
            blocks = self.look(&frame, &blocks, &floor, &mut sight);
            let mut lowest = vec![f64::INFINITY; floor.len()];
            tasks.retain_mut(|task| {
                let (middle, bound) = self.judge(&frame, &mut sight, task.kind, &mut task.prices, &floor, 1);
                task.reached = task.reached.max(middle);
                lowest.iter_mut().zip(&task.prices).for_each(|(l, &p)| *l = l.min(p));
                let done = bound <= task.reached + self.close || depth >= DEEPEST || self.control.is_over();
                if done {
                    ledger.tops[task.kind].raise(bound);
                    if bound > task.known + self.close {
                        self.note(ledger, task, &sight, bound);
                    }
                }
                !done
            });
            // Prices change with the place, but not by much more than the way does.
            let margin = 0.7 * self.weight * frame.radius + 3.0 * self.close;
            floor.iter_mut().zip(&lowest).for_each(|(f, l)| *f = f.max(l - margin));
        }
        if tasks.is_empty() {
            return;
        }
        let quarters = tile.quarters();
        quarters.par_iter().for_each(|quarter| self.explore(quarter, &blocks, &tasks, &floor, depth + 1, ledger));
    }

    fn note(&self, ledger: &Ledger, task: &Task, sight: &Sight, most: f64) {
        let units = taken(sight, &task.prices);
        if let Ok(mut excess) = ledger.excess.lock() {
            excess.push(Excess { kind: task.kind, most, units });
        }
    }

    /// Sees the units that could gain in the tile at prices not below `floor`; the blocks they are in.
    fn look(&self, frame: &Frame, blocks: &[u32], floor: &[f64], sight: &mut Sight) -> Vec<u32> {
        sight.units.clear();
        sight.net.clear();
        sight.slope.clear();
        sight.value.clear();
        let (terrain, model) = (self.terrain, self.model);
        let (x, y) = frame.half;
        let mut part = Vec::with_capacity(model.measures);
        let mut gains = |block: &u32| {
            let before = sight.units.len();
            for &unit in &self.blocks[*block as usize].units {
                let (mut net, mut east, mut north) = (self.worth[unit as usize], 0.0, 0.0);
                let mut farthest = 0.0f64;
                for s in terrain.sites(unit as usize) {
                    let (weight, way) = (terrain.weight[s], frame.way(&terrain.at[s]));
                    net -= weight * way.0;
                    east += weight * way.1;
                    north += weight * way.2;
                    farthest = farthest.max(way.0);
                }
                let value = model.value(unit as usize);
                let mut see = |share: f64, net: f64, value: &[f64]| {
                    if super::sack::net(net, value, floor) + share * (east.abs() * x + north.abs() * y) > 0.0 {
                        sight.units.push(unit);
                        sight.net.push(net);
                        sight.slope.push((share * east, share * north));
                        sight.value.extend_from_slice(value);
                    }
                };
                match self.spread.get(unit as usize) {
                    None => see(1.0, net, value),
                    Some(spread) if spread.share <= 0.0 => see(1.0, net + spread.all, value),
                    Some(spread) if frame.sees_convex(farthest + spread.radius) => {
                        let weight = terrain.weight_of(unit as usize);
                        for (share, more) in spread.parts() {
                            part.clear();
                            part.extend(value.iter().map(|v| share * v));
                            see(share, share * (net + spread.rest - weight * more), &part);
                        }
                    }
                    Some(spread) => see(1.0, net + spread.all, value),
                }
            }
            sight.units.len() > before
        };
        blocks.iter().copied().filter(|b| gains(b)).collect()
    }

    /// What the kind reaches at the middle, and a bound on what it can reach anywhere in the tile.
    fn judge(
        &self,
        frame: &Frame,
        sight: &mut Sight,
        kind: usize,
        prices: &mut [f64],
        floor: &[f64],
        rounds: usize,
    ) -> (f64, f64) {
        let Kind { family, own } = self.kinds[kind];
        let family = &self.families[family];
        let Sight { units, net: plain, slope, value, gain, scratch } = sight;
        gain.clear();
        gain.extend(units.iter().zip(plain.iter()).map(|(&u, net)| net - charge(self.model, family, own, u as usize)));
        prices.iter_mut().zip(floor).for_each(|(p, &f)| *p = p.max(f));
        improve_prices(gain, value, &family.limits, floor, prices, rounds, scratch);
        let middle = most(gain, value, &family.limits, prices);
        let (x, y) = frame.half;
        if x == 0.0 && y == 0.0 {
            return (middle, middle);
        }
        if frame.is_wide() {
            // Ways are as short as anywhere in the tile.
            return (f64::NEG_INFINITY, middle);
        }
        let measures = prices.len();
        let mut corner = [0.0f64; 4];
        for (i, (&gain, &(sx, sy))) in gain.iter().zip(slope.iter()).enumerate() {
            let net = net(gain, &value[i * measures..(i + 1) * measures], prices);
            let (a, b) = (sx * x, sy * y);
            corner[0] += (net - a - b).max(0.0);
            corner[1] += (net - a + b).max(0.0);
            corner[2] += (net + a - b).max(0.0);
            corner[3] += (net + a + b).max(0.0);
        }
        (middle, corner.into_iter().fold(middle - family.limits.worth(prices), f64::max) + family.limits.worth(prices))
    }
}

/// The units seen that gain at the prices.
fn taken(sight: &Sight, prices: &[f64]) -> Vec<u32> {
    let value = |i: usize| &sight.value[i * prices.len()..(i + 1) * prices.len()];
    let gaining = (0..sight.units.len()).filter(|&i| net(sight.gain[i], value(i), prices) > 0.0);
    let mut units: Vec<u32> = gaining.map(|i| sight.units[i]).collect();
    // A cell is seen as several parts.
    units.dedup();
    units
}
