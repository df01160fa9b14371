//! The few owners worth pricing for each unit, with what they cost.

use super::metric::Place;
use super::sieve::{Scratch, Sieve};
use super::terrain::Terrain;
use crate::control::{Control, OutOfTime};
use crate::model::{Model, NOBODY};
use crate::moves::Costing;
use rayon::prelude::*;

/// Units handled in one go by one thread; results do not depend on the number of threads.
pub(crate) const CHUNK: usize = 2048;

/// `width` owners a unit, the cheapest first when chosen, [`NOBODY`] at the end.
#[derive(Debug, Clone)]
pub(crate) struct Arcs {
    pub width: usize,
    pub owner: Vec<u32>,
    /// Travel and the price of the move; infinite for [`NOBODY`].
    pub cost: Vec<f64>,
}

impl Arcs {
    /// The cheapest owners of each unit under the prices, and always the present one. `among` narrows the choice: the
    /// owners to look at for each unit.
    #[allow(clippy::too_many_arguments)]
    pub fn choose<'a>(
        model: &Model,
        terrain: &Terrain,
        centres: &[Place],
        prices: &[f64],
        width: usize,
        among: &(dyn Fn(usize) -> &'a [u32] + Sync),
        control: &Control,
    ) -> Result<Self, OutOfTime> {
        let width = width.clamp(1, model.owners);
        let mut owner = vec![NOBODY; model.units * width];
        let mut cost = vec![f64::INFINITY; model.units * width];
        let sieve = Sieve::new(terrain.metric, model.measures, centres, prices);
        let fill = |(chunk, (owner, cost)): (usize, (&mut [u32], &mut [f64]))| {
            if control.is_over() {
                return;
            }
            let mut list: Vec<(f64, f64, u32)> = Vec::with_capacity(model.owners);
            let mut scratch = Scratch::default();
            for (row, (owner, cost)) in owner.chunks_mut(width).zip(cost.chunks_mut(width)).enumerate() {
                let unit = chunk * CHUNK + row;
                let among = among(unit);
                let price = |to: u32| reduced(model, terrain, centres, prices, unit, to);
                list.clear();
                let (sites, present) = (terrain.sites(unit), model.present[unit]);
                match &sieve {
                    Some(sieve) if among.len() == model.owners && sites.len() == 1 => {
                        let whole = (&terrain.at[sites.start], terrain.weight[sites.start], model.value(unit));
                        sieve.pass(whole, width, &mut scratch, |to| price(to).0, |to| list.push(price(to)));
                    }
                    _ => list.extend(among.iter().map(|&to| price(to))),
                }
                let holds = present != NOBODY && model.eligible(unit, present as usize);
                if holds && list.iter().all(|one| one.2 != present) {
                    list.push(price(present));
                }
                best_of(&mut list, unit, present, width);
                for (slot, &(_, price, to)) in list.iter().enumerate() {
                    (owner[slot], cost[slot]) = (to, price);
                }
            }
        };
        owner.par_chunks_mut(CHUNK * width).zip(cost.par_chunks_mut(CHUNK * width)).enumerate().for_each(fill);
        control.go_on()?;
        Ok(Arcs { width, owner, cost })
    }

    /// Costs anew after the centres have moved.
    pub fn reprice(
        &mut self,
        model: &Model,
        terrain: &Terrain,
        centres: &[Place],
        control: &Control,
    ) -> Result<(), OutOfTime> {
        let width = self.width;
        self.cost.par_chunks_mut(CHUNK * width).zip(self.owner.par_chunks(CHUNK * width)).enumerate().for_each(
            |(chunk, (cost, owner))| {
                if control.is_over() {
                    return;
                }
                for (at, (cost, &to)) in cost.iter_mut().zip(owner).enumerate() {
                    if to != NOBODY {
                        let unit = chunk * CHUNK + at / width;
                        *cost = terrain.travel(unit, &centres[to as usize]) + model.move_price(unit, to as usize);
                    }
                }
            },
        );
        control.go_on()
    }

    #[inline]
    pub fn owners_of(&self, unit: usize) -> &[u32] {
        &self.owner[unit * self.width..(unit + 1) * self.width]
    }

    #[inline]
    pub fn costs_of(&self, unit: usize) -> &[f64] {
        &self.cost[unit * self.width..(unit + 1) * self.width]
    }
}

/// Reduced cost, cost and owner.
#[inline]
fn reduced(
    model: &Model,
    terrain: &Terrain,
    centres: &[Place],
    prices: &[f64],
    unit: usize,
    to: u32,
) -> (f64, f64, u32) {
    let owner = to as usize;
    let cost = terrain.travel(unit, &centres[owner]) + model.move_price(unit, owner);
    let paid: f64 = prices[owner * model.measures..].iter().zip(model.value(unit)).map(|(p, v)| p * v).sum();
    (cost + paid, cost, to)
}

/// The cheapest of the list, in order, and always the present owner.
fn best_of(list: &mut Vec<(f64, f64, u32)>, unit: usize, present: u32, width: usize) {
    // Equal owners are told apart by a number that differs from unit to unit, so that all of them are somebody's candidate.
    let key = |a: &(f64, f64, u32)| scatter(unit as u32, a.2);
    let order = |a: &(f64, f64, u32), b: &(f64, f64, u32)| a.0.total_cmp(&b.0).then_with(|| key(a).cmp(&key(b)));
    if list.len() > width {
        list.select_nth_unstable_by(width - 1, order);
        if let Some(at) = list[width..].iter().position(|a| a.2 == present) {
            list.swap(width - 1, width + at);
        }
        list.truncate(width);
    }
    list.sort_unstable_by(order);
}

#[inline]
fn scatter(a: u32, b: u32) -> u32 {
    let mixed = (u64::from(a) << 32 | u64::from(b)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32) as u32
}

/// Exact costs for the operators in `moves`, with the arcs as candidates.
pub(crate) struct Served<'a> {
    pub model: &'a Model,
    pub terrain: &'a Terrain,
    pub centres: &'a [Place],
    pub arcs: &'a Arcs,
}

impl Costing for Served<'_> {
    #[inline]
    fn cost(&self, unit: usize, owner: usize) -> f64 {
        self.terrain.travel(unit, &self.centres[owner]) + self.model.move_price(unit, owner)
    }

    fn candidates<'b>(&'b self, _: &'b Model, unit: usize) -> &'b [u32] {
        self.arcs.owners_of(unit)
    }
}
