//! The best answer so far: what is handed back whenever time runs out.
//!
//! It is replaced only by one that violates less, or as little in fewer pieces and enclaves, or as little in as few
//! at less cost; so more time never makes a worse plan.

use super::arcs::CHUNK;
use super::budget;
use super::locate::Sites;
use super::metric::Place;
use super::search::Scene;
use crate::contiguity::Shape;
use crate::measure::excess;
use rayon::prelude::*;

pub(crate) struct Incumbent {
    pub owner: Vec<u32>,
    pub sites: Sites,
    pub method: String,
    /// Its territories have been given to the owners for whom they are best.
    pub named: bool,
    standing: Standing,
}

/// By what answers are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Standing {
    pub violation: f64,
    /// `None` as long as nobody knows who neighbours whom.
    pub shape: Option<Shape>,
    pub cost: f64,
}

/// Violations closer than this are equal.
const SAME: f64 = 1e-9;

impl Standing {
    pub fn of(scene: &Scene, owner: &[u32], centres: &[Place]) -> Self {
        let shape = scene.graph.as_ref().map(|graph| graph.shape(owner, scene.model.owners));
        Standing { violation: violation(scene, owner), shape, cost: cost(scene, owner, centres) }
    }

    pub fn beats(&self, other: &Standing) -> bool {
        if (self.violation - other.violation).abs() > SAME {
            return self.violation < other.violation;
        }
        match (self.shape, other.shape) {
            (Some(a), Some(b)) if a != b => a < b,
            _ => self.cost < other.cost,
        }
    }

    /// Within all limits, and in one piece as far as that is asked for.
    pub fn holds(&self) -> bool {
        self.violation <= 0.0 && self.shape.is_none_or(|shape| shape.breaks == 0)
    }
}

impl Incumbent {
    pub fn new(scene: &Scene, owner: Vec<u32>, sites: Sites, method: &str) -> Self {
        let standing = Standing::of(scene, &owner, &sites.centres);
        Incumbent { owner, sites, method: method.to_owned(), named: false, standing }
    }

    pub fn standing(&self) -> Standing {
        self.standing
    }

    /// To be called when more has become known about the scene.
    pub fn judge(&mut self, scene: &Scene) {
        self.standing = Standing::of(scene, &self.owner, &self.sites.centres);
    }

    /// Takes the answer over if it is better and within the budget of moves.
    pub fn offer(&mut self, scene: &Scene, owner: &[u32], sites: &Sites, method: &str, named: bool) {
        if scene.model.budget.is_finite() && !budget::fits(scene.model, owner) {
            return;
        }
        if violation(scene, owner) > self.standing.violation + SAME {
            return;
        }
        let standing = Standing::of(scene, owner, &sites.centres);
        if standing.beats(&self.standing) {
            self.owner.clear();
            self.owner.extend_from_slice(owner);
            self.sites.clone_from(sites);
            self.method = method.to_owned();
            (self.standing, self.named) = (standing, named);
        }
    }
}

/// Total violation of all limits.
pub(crate) fn violation(scene: &Scene, owner: &[u32]) -> f64 {
    let model = scene.model;
    let mut loads = vec![0.0; model.owners * model.measures];
    for (unit, &owner) in owner.iter().enumerate() {
        let first = owner as usize * model.measures;
        loads[first..].iter_mut().zip(model.value(unit)).for_each(|(load, value)| *load += value);
    }
    loads.iter().zip(model.lower.iter().zip(&model.upper)).map(|(&load, (&l, &u))| excess(load, l, u)).sum()
}

/// Travel and moves, the same whatever the number of threads.
fn cost(scene: &Scene, owner: &[u32], centres: &[Place]) -> f64 {
    let (model, terrain) = (scene.model, scene.terrain);
    let each = |(unit, &owner): (usize, &u32)| {
        terrain.travel(unit, &centres[owner as usize]) + model.move_price(unit, owner as usize)
    };
    let parts: Vec<f64> = owner
        .par_chunks(CHUNK)
        .enumerate()
        .map(|(chunk, owner)| owner.iter().enumerate().map(|(row, owner)| each((chunk * CHUNK + row, owner))).sum())
        .collect();
    parts.iter().sum()
}
