//! The course of a search: a first answer, then better ones as long as there is time: coarse first, then in full; then who
//! gets which territory, and whether it is in one piece.

use super::arcs::{Arcs, Served};
use super::cells::{self, Cells};
use super::finish::complete;
use super::halve::halve;
use super::incumbent::Incumbent;
use super::locate::{Ground, Pace, Sites, locate};
use super::metric::Place;
use super::prices::Market;
use super::terrain::Terrain;
use super::{budget, centre, finish, free, given};
use crate::contiguity::Graph;
use crate::control::{Control, OutOfTime, Progress};
use crate::model::{Model, NOBODY};
use crate::moves::{Allocation, Reach, Unguarded, repair};
use rayon::prelude::*;

/// Cells a territory; more are finer, and slower.
const CELLS: usize = 64;

/// Owners priced for each cell, and for each unit.
pub(crate) const WIDTH: usize = 12;

/// What a search has come to.
pub(crate) struct Found {
    pub owner: Vec<u32>,
    pub sites: Sites,
    pub method: &'static str,
}

/// All that a search is given.
pub(crate) struct Scene<'a> {
    pub model: &'a Model,
    pub terrain: &'a Terrain,
    pub homes: &'a [Option<Place>],
    pub given: Option<&'a [Place]>,
    pub control: &'a Control<'a>,
    /// Who neighbours whom, once that is known and if territories are to be in one piece.
    pub graph: Option<Graph>,
    /// The units put together, where there are many.
    pub cells: Option<Cells>,
    /// Which cells touch.
    cell_graph: Option<Graph>,
    /// What a unit of violation costs the search.
    pub penalty: f64,
}

impl<'a> Scene<'a> {
    pub fn new(
        model: &'a Model,
        terrain: &'a Terrain,
        homes: &'a [Option<Place>],
        given: Option<&'a [Place]>,
        control: &'a Control<'a>,
    ) -> Self {
        let cells = (model.units > 3 * CELLS * model.owners / 2)
            .then(|| cells::gather(model, terrain, CELLS, &control.whatever_the_time()));
        Scene { model, terrain, homes, given, control, graph: None, cells, cell_graph: None, penalty: 1.0 }
    }

    fn neighbour(&mut self, graph: Option<Graph>) {
        self.cell_graph =
            graph.as_ref().zip(self.cells.as_ref()).map(|(graph, cells)| graph.of_groups(&cells.of, cells.model.units));
        self.graph = graph;
    }

    /// The cells, or the units themselves where they are few.
    pub fn coarse(&self) -> (&Model, &Terrain) {
        self.cells.as_ref().map_or((self.model, self.terrain), |cells| (&cells.model, &cells.terrain))
    }

    /// The neighbourhood of what `coarse` gives.
    pub fn coarse_graph(&self) -> Option<&Graph> {
        if self.cells.is_some() { self.cell_graph.as_ref() } else { self.graph.as_ref() }
    }

    /// Owners of the units, from owners of what `coarse` gives.
    pub fn in_full(&self, owner: &[u32]) -> Vec<u32> {
        match &self.cells {
            Some(cells) => cells.of.iter().map(|&cell| owner[cell as usize]).collect(),
            None => owner.to_vec(),
        }
    }

    pub fn report(&self, phase: &'static str, fraction: f64, objective: Option<f64>) {
        (self.control.progress)(Progress { phase, fraction, objective });
    }

    /// The cost at the centres nearest to each unit sets what a violation costs.
    pub fn weigh(&mut self, centres: &[Place]) -> Result<(), OutOfTime> {
        let (model, _) = self.coarse();
        let nearest = self.nearest(centres, self.control)?;
        let cost: f64 = nearest.cost.iter().sum();
        self.penalty = (20.0 * cost / model.owners as f64).max(1.0);
        Ok(())
    }

    fn nearest(&self, centres: &[Place], control: &Control) -> Result<Arcs, OutOfTime> {
        let (model, terrain) = self.coarse();
        let none = vec![0.0; model.owners * model.measures];
        Arcs::choose(model, terrain, centres, &none, 1, &|unit| model.owners_of(unit), control)
    }

    /// Prices at the centres from nothing, on the cells, and the owners near each cell.
    pub fn price_cold(&self, centres: &[Place]) -> Result<(Sites, Arcs), OutOfTime> {
        self.price(Sites::unpriced(centres.to_vec(), self.coarse().0), true)
    }

    /// Prices on the cells, from those there are unless there are none; and the owners near each cell.
    fn price(&self, mut sites: Sites, cold: bool) -> Result<(Sites, Arcs), OutOfTime> {
        let (model, terrain) = self.coarse();
        let among = |unit: usize| model.owners_of(unit);
        let pace = Pace {
            rounds: 0,
            // Centres that are given may lie badly; prices then have a long way to go.
            steps: if self.given.is_some() { 30 } else { 8 },
            width: 2 * WIDTH,
            from_heat: 0.03,
            to_heat: 0.03,
            penalty: self.penalty,
            cold,
        };
        let ground = Ground { model, terrain, among: &among, graph: None };
        let arcs = locate(ground, &mut sites, pace, &mut Market::default(), self.control)?;
        Ok((sites, arcs))
    }

    /// The owners worth pricing for a unit: those of its cell.
    pub fn near<'b>(&'b self, arcs: &'b Arcs, unit: usize) -> &'b [u32] {
        match &self.cells {
            Some(cells) if self.model.owners > 2 * WIDTH => trimmed(arcs.owners_of(cells.of[unit] as usize)),
            _ => self.model.owners_of(unit),
        }
    }
}

fn trimmed(owners: &[u32]) -> &[u32] {
    let end = owners.iter().position(|&owner| owner == NOBODY).unwrap_or(owners.len());
    &owners[..end]
}

/// Finds owners, and centres unless they are given. `neighbours` says who neighbours whom; asked when there is an answer.
pub(crate) fn search(scene: &mut Scene, neighbours: impl FnOnce() -> Result<Option<Graph>, OutOfTime>) -> Incumbent {
    scene.report("seeding", 0.0, None);
    let mut best = first(scene);
    // Out of time: the best so far it is.
    let _ = improve(scene, &mut best, neighbours);
    if !best.named {
        // With few owners this takes no time worth speaking of, and it matters to people.
        let patient = scene.control.whatever_the_time();
        let control = if scene.model.owners <= 256 { &patient } else { scene.control };
        let _ = finish::exchange(scene, &mut best.owner, &mut best.sites, control);
    }
    best
}

/// The first answer, whatever the time: limits kept as far as straight cuts and a short repair can.
fn first(scene: &Scene) -> Incumbent {
    let (model, terrain) = scene.coarse();
    let patient = scene.control.whatever_the_time();
    if scene.model.budget.is_finite() {
        let centres = scene.given.map_or_else(|| free::centres_at_present(scene, &patient), <[_]>::to_vec);
        let nearest = scene.nearest(&centres, &patient).map(|arcs| arcs.owner).unwrap_or_default();
        let owner = budget::stay(scene.model, &scene.in_full(&nearest));
        return Incumbent::new(scene, owner, Sites::unpriced(centres, model), "present owners");
    }
    let owner = halve(model, terrain, scene.given, scene.control);
    let mut allocation = Allocation::new(model, owner);
    let start = free::centres_of(terrain, &allocation, &patient);
    let mut sites = Sites::unpriced(scene.given.map_or(start, <[_]>::to_vec), model);
    if allocation.violation() > 0.0 {
        let none = vec![0.0; sites.prices.len()];
        let among = |unit: usize| model.owners_of(unit);
        if let Ok(arcs) = Arcs::choose(model, terrain, &sites.centres, &none, WIDTH, &among, &patient) {
            let served = Served { model, terrain, centres: &sites.centres, arcs: &arcs };
            if let Ok(reach) = Reach::new(model, &served, &patient) {
                let patience = 20 + model.owners / 4;
                repair(&mut allocation, &served, &none, &reach, &mut Unguarded, patience, &patient);
            }
        }
        if scene.given.is_none() {
            sites.centres = free::centres_of(terrain, &allocation, &patient);
        }
    }
    Incumbent::new(scene, scene.in_full(&allocation.owner), sites, "straight cuts")
}

/// Better answers, as long as there is time.
fn improve(
    scene: &mut Scene,
    best: &mut Incumbent,
    neighbours: impl FnOnce() -> Result<Option<Graph>, OutOfTime>,
) -> Result<(), OutOfTime> {
    scene.control.go_on()?;
    let graph = neighbours()?;
    if graph.is_some() {
        scene.neighbour(graph);
        best.judge(scene);
    }
    scene.control.go_on()?;
    if best.standing().violation > 0.0 {
        finish::mend_limits(scene, best)?;
    }
    let on_budget = scene.model.budget.is_finite();
    if scene.given.is_some() || on_budget {
        let found = given::search(scene, best)?;
        complete(scene, best, found)?;
    } else {
        let found = free::search(scene, best)?;
        complete(scene, best, found)?;
    }
    if scene.given.is_none() && on_budget && scene.model.budget >= 0.2 * scene.model.toll.iter().sum::<f64>() {
        // A large budget may allow what a search without one finds.
        let found = free::search(scene, best)?;
        complete(scene, best, found)?;
    }
    scene.report("pricing", 0.97, Some(best.standing().cost));
    if scene.model.is_limited() && (scene.given.is_none() || on_budget) {
        // A free search leaves prices that are nearly right.
        let cold = on_budget || best.sites.prices.iter().all(|&price| price == 0.0);
        best.sites.prices = scene.price(best.sites.clone(), cold)?.0.prices;
    }
    Ok(())
}

/// Moves each centre to the geometric median of what its owner holds.
pub(crate) fn recentre(model: &Model, terrain: &Terrain, owner: &[u32], sites: &mut Sites, control: &Control) {
    let blur = centre::blur(terrain);
    let mut members = vec![Vec::new(); model.owners];
    owner.iter().enumerate().for_each(|(unit, &owner)| members[owner as usize].push(unit as u32));
    let follow =
        |(at, members): (&mut Place, &Vec<u32>)| *at = centre::median(terrain, members, *at, 60, blur, control);
    sites.centres.par_iter_mut().zip(&members).for_each(follow);
}
