//! The course of a search: coarse first, then in full; then who gets which territory, and whether it is in one piece.

use super::arcs::{Arcs, Served};
use super::cells::{self, Cells};
use super::follow::{self, follow_downhill};
use super::locate::{Ground, Pace, Sites, locate};
use super::metric::Place;
use super::prices::Market;
use super::regroup::{Plan, hard_value, regroup};
use super::terrain::Terrain;
use super::{budget, centre, free, given, relabel};
use crate::contiguity::{Connected, Graph, mend};
use crate::control::{Control, Progress};
use crate::model::{Model, NOBODY};
use crate::moves::{self, Allocation, Guard, Unguarded};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Cells a territory; more are finer, and slower.
const CELLS: usize = 64;

/// Owners priced for each cell, and for each unit.
pub(crate) const WIDTH: usize = 12;

/// What a search comes home with.
pub(crate) struct Found {
    pub owner: Vec<u32>,
    pub centres: Vec<Place>,
    /// Scaled as the model is, owner by owner.
    pub prices: Vec<f64>,
    pub method: String,
}

/// All that a search is given.
pub(crate) struct Scene<'a> {
    pub model: &'a Model,
    pub terrain: &'a Terrain,
    pub homes: &'a [Option<Place>],
    pub graph: Option<&'a Graph>,
    pub given: Option<&'a [Place]>,
    pub control: &'a Control<'a>,
    /// The units put together, where there are many.
    pub cells: Option<Cells>,
    /// Which cells touch.
    pub cell_graph: Option<Graph>,
    /// What a unit of violation costs the search.
    pub penalty: f64,
}

impl<'a> Scene<'a> {
    pub fn new(
        model: &'a Model,
        terrain: &'a Terrain,
        homes: &'a [Option<Place>],
        graph: Option<&'a Graph>,
        given: Option<&'a [Place]>,
        control: &'a Control<'a>,
    ) -> Self {
        let cells = (model.units > 3 * CELLS * model.owners / 2).then(|| cells::gather(model, terrain, CELLS));
        let cell_graph = graph.zip(cells.as_ref()).map(|(graph, cells)| graph.of_groups(&cells.of, cells.model.units));
        Scene { model, terrain, homes, graph, given, control, cells, cell_graph, penalty: 1.0 }
    }

    /// The cells, or the units themselves where they are few.
    pub fn coarse(&self) -> (&Model, &Terrain) {
        self.cells.as_ref().map_or((self.model, self.terrain), |cells| (&cells.model, &cells.terrain))
    }

    /// The neighbourhood of what `coarse` gives.
    pub fn coarse_graph(&self) -> Option<&Graph> {
        if self.cells.is_some() { self.cell_graph.as_ref() } else { self.graph }
    }

    pub fn report(&self, phase: &'static str, fraction: f64, objective: Option<f64>) {
        (self.control.progress)(Progress { phase, fraction, objective });
    }

    pub fn out_of_time(&self) -> bool {
        (self.control.out_of_time)()
    }

    /// The cost at the centres nearest to each unit sets what a violation costs.
    pub fn weigh(&mut self, centres: &[Place]) {
        let (model, terrain) = self.coarse();
        let none = vec![0.0; model.owners * model.measures];
        let nearest = Arcs::choose(model, terrain, centres, &none, 1, &|unit| model.owners_of(unit));
        let cost: f64 = nearest.cost.iter().sum();
        self.penalty = (20.0 * cost / model.owners as f64).max(1.0);
    }

    /// Prices at the centres from nothing, on the cells, and the owners near each cell.
    pub fn price_cold(&self, centres: &[Place]) -> (Sites, Arcs) {
        let (model, terrain) = self.coarse();
        let among = |unit: usize| model.owners_of(unit);
        let mut sites =
            Sites { centres: centres.to_vec(), prices: vec![0.0; model.owners * model.measures], value: f64::INFINITY };
        let pace = Pace {
            rounds: 0,
            // Centres that are given may lie badly; prices then have a long way to go.
            steps: if self.given.is_some() { 30 } else { 8 },
            width: 2 * WIDTH,
            from_heat: 0.03,
            to_heat: 0.03,
            penalty: self.penalty,
            cold: true,
        };
        let arcs = locate(
            Ground { model, terrain, among: &among, graph: None },
            &mut sites,
            pace,
            &mut Market::default(),
            self.control,
        );
        (sites, arcs)
    }

    /// The owners worth pricing for a unit: those of its cell.
    pub fn near<'b>(&'b self, arcs: &'b Arcs, unit: usize) -> &'b [u32] {
        match &self.cells {
            Some(cells) if self.model.owners > 2 * WIDTH => trimmed(arcs.owners_of(cells.of[unit] as usize)),
            _ => self.model.owners_of(unit),
        }
    }

    pub fn value(&self, sites: &Sites, owner: &[u32]) -> f64 {
        let allocation = Allocation::new(self.model, owner.to_vec());
        hard_value(self.model, self.terrain, &sites.centres, &allocation, self.penalty)
    }
}

fn trimmed(owners: &[u32]) -> &[u32] {
    let end = owners.iter().position(|&owner| owner == NOBODY).unwrap_or(owners.len());
    &owners[..end]
}

/// Finds owners, and centres unless they are given.
pub(crate) fn search(mut scene: Scene) -> Found {
    let on_budget = scene.model.budget.is_finite();
    let (mut owner, mut sites, mut method) =
        if scene.given.is_some() || on_budget { given::search(&mut scene) } else { free::search(&mut scene) };
    complete(&scene, &mut owner, &mut sites);
    if scene.given.is_none() && on_budget && scene.model.budget >= 0.2 * scene.model.toll.iter().sum::<f64>() {
        // A large budget may allow what a search without one finds.
        let (mut other, mut other_sites, other_method) = free::search(&mut scene);
        exchange(&scene, &mut other, &mut other_sites);
        if budget::spent(scene.model, &other) <= scene.model.budget {
            complete(&scene, &mut other, &mut other_sites);
            if scene.value(&other_sites, &other) < scene.value(&sites, &owner) {
                (owner, sites, method) = (other, other_sites, other_method);
            }
        }
    }
    scene.report("pricing", 0.97, Some(scene.value(&sites, &owner)));
    if scene.model.is_limited() && !scene.out_of_time() && (scene.given.is_none() || scene.model.budget.is_finite()) {
        sites.prices = scene.price_cold(&sites.centres).0.prices;
    }
    Found { owner, centres: sites.centres, prices: sites.prices, method }
}

/// Territories to the owners for whom they are best, then downhill.
fn complete(scene: &Scene, owner: &mut Vec<u32>, sites: &mut Sites) {
    if scene.given.is_none() {
        exchange(scene, owner, sites);
    }
    finish(scene, owner, sites);
}

/// Gives the finished territories to the owners for whom they are best, as far as the budget of moves allows.
fn exchange(scene: &Scene, owner: &mut Vec<u32>, sites: &mut Sites) {
    let model = scene.model;
    let has_reason = scene.homes.iter().any(Option::is_some) || model.present.iter().any(|&present| present != NOBODY);
    if !has_reason || model.owners < 2 {
        return;
    }
    let takes = relabel::best_exchange(model, scene.terrain, scene.homes, owner, &sites.centres);
    let mut taker = vec![0u32; model.owners];
    takes.iter().enumerate().for_each(|(person, &territory)| taker[territory as usize] = person as u32);
    let exchanged: Vec<u32> = owner.iter().map(|&territory| taker[territory as usize]).collect();
    if budget::spent(model, &exchanged) <= model.budget {
        *owner = exchanged;
        sites.centres = takes.iter().map(|&territory| sites.centres[territory as usize]).collect();
        let of = |territory: u32| territory as usize * model.measures..(territory as usize + 1) * model.measures;
        sites.prices = takes.iter().flat_map(|&territory| sites.prices[of(territory)].to_vec()).collect();
    }
}

/// Downhill to the end; in one piece where that is asked for and costs no violation.
fn finish(scene: &Scene, owner: &mut Vec<u32>, sites: &mut Sites) {
    scene.report("finishing", 0.9, None);
    if scene.out_of_time() {
        return;
    }
    let violation = |owner: &[u32]| Allocation::new(scene.model, owner.to_vec()).violation();
    let mut whole = None;
    if let Some(graph) = scene.graph {
        let (mut owner, mut sites) = (owner.clone(), sites.clone());
        connect(scene, graph, &mut owner, &mut sites);
        whole = Some((violation(&owner), graph.is_contiguous(&owner, scene.model.owners), owner, sites));
    }
    let kept = whole.as_ref().is_some_and(|(missed, contiguous, ..)| *contiguous && *missed <= 0.0);
    if !kept {
        settle(scene, owner, sites, &mut Unguarded);
        if rebalance(scene, None, owner, sites) {
            settle(scene, owner, sites, &mut Unguarded);
        }
    }
    if let Some((missed, contiguous, whole_owner, whole_sites)) = whole {
        let before = violation(owner);
        if kept || missed < before - 1e-9 || (contiguous && missed <= before + 1e-9) {
            (*owner, *sites) = (whole_owner, whole_sites);
        }
    }
}

/// Every territory in one piece, then back within limits as far as that goes.
fn connect(scene: &Scene, graph: &Graph, owner: &mut Vec<u32>, sites: &mut Sites) {
    let arcs = unit_arcs(scene, sites);
    let served = Served { model: scene.model, terrain: scene.terrain, centres: &sites.centres, arcs: &arcs };
    let mut allocation = Allocation::new(scene.model, std::mem::take(owner));
    mend(&mut allocation, graph, &served);
    *owner = allocation.owner;
    settle(scene, owner, sites, &mut Connected::new(graph));
    if rebalance(scene, Some(graph), owner, sites) {
        settle(scene, owner, sites, &mut Connected::new(graph));
    }
}

/// Neighbourhoods brought back within their limits, every territory in one piece if there is a graph. False when there
/// was nothing to do.
fn rebalance(scene: &Scene, graph: Option<&Graph>, owner: &mut [u32], sites: &mut Sites) -> bool {
    let violation = |owner: &[u32]| Allocation::new(scene.model, owner.to_vec()).violation();
    if scene.given.is_some() || scene.model.budget.is_finite() || violation(owner) <= 0.0 {
        return false;
    }
    let mut random = ChaCha8Rng::seed_from_u64(scene.control.seed);
    let (model, terrain) = scene.coarse();
    let none = vec![0.0; sites.prices.len()];
    let coarse = Arcs::choose(model, terrain, &sites.centres, &none, 2 * WIDTH, &|unit| model.owners_of(unit));
    let near = |unit: usize| scene.near(&coarse, unit);
    let ground = Ground { model: scene.model, terrain: scene.terrain, among: &near, graph };
    let pace =
        Pace { rounds: 2, steps: 4, width: WIDTH, from_heat: 0.1, to_heat: 0.02, penalty: scene.penalty, cold: false };
    for lap in 0..6 {
        let plan = Plan { pace, most: 5, trials: 1, sow: lap % 2 == 1 };
        regroup(ground, sites, owner, plan, 2 * model.owners, &mut random, scene.control);
        scene.report("balancing", 0.9 + 0.01 * lap as f64, Some(scene.value(sites, owner)));
        if violation(owner) <= 0.0 || scene.out_of_time() {
            break;
        }
    }
    true
}

fn unit_arcs(scene: &Scene, sites: &Sites) -> Arcs {
    let none = vec![0.0; sites.prices.len()];
    let (model, terrain) = scene.coarse();
    let coarse = Arcs::choose(model, terrain, &sites.centres, &none, 2 * WIDTH, &|unit| model.owners_of(unit));
    Arcs::choose(scene.model, scene.terrain, &sites.centres, &none, WIDTH, &|unit| scene.near(&coarse, unit))
}

/// Limits mended and costs lowered by single moves, centres following.
fn settle(scene: &Scene, owner: &mut Vec<u32>, sites: &mut Sites, guard: &mut dyn Guard) {
    let (model, terrain) = (scene.model, scene.terrain);
    let arcs = unit_arcs(scene, sites);
    let mut allocation = Allocation::new(model, std::mem::take(owner));
    {
        let served = Served { model, terrain, centres: &sites.centres, arcs: &arcs };
        moves::settle(&mut allocation, &served, &sites.prices, guard, scene.control);
    }
    for _ in 0..2 {
        if scene.given.is_some() || scene.out_of_time() {
            break;
        }
        recentre(model, terrain, &allocation.owner, sites);
        let served = Served { model, terrain, centres: &sites.centres, arcs: &arcs };
        moves::descend(&mut allocation, &served, guard, scene.control);
    }
    if scene.given.is_none() && model.units <= follow::MOST {
        follow_downhill(&mut allocation, terrain, &mut sites.centres, guard, scene.control.out_of_time);
    }
    *owner = allocation.owner;
    if scene.given.is_none() {
        recentre(model, terrain, owner, sites);
    }
}

/// Moves each centre to the geometric median of what its owner holds.
pub(crate) fn recentre(model: &Model, terrain: &Terrain, owner: &[u32], sites: &mut Sites) {
    let blur = centre::blur(terrain);
    let mut members = vec![Vec::new(); model.owners];
    owner.iter().enumerate().for_each(|(unit, &owner)| members[owner as usize].push(unit as u32));
    let follow = |(at, members): (&mut Place, &Vec<u32>)| *at = centre::median(terrain, members, *at, 60, blur);
    sites.centres.par_iter_mut().zip(&members).for_each(follow);
}
