//! A bound for centres anywhere on a network never exceeds the optimum: tiny networks, solved completely.

use crate::worlds::Dice;
use bailiwick_engine::network::{Demand, Network};
use bailiwick_engine::{Contiguity, Control, Cost, Eligibility, Measure, Moves, Problem};

/// Units of demand at places, two numbers each: what they cost to reach, and what they take of an owner's time.
struct World {
    places: usize,
    owners: usize,
    ways: Vec<f32>,
    /// Place, demand, measure.
    units: Vec<(usize, f64, f64)>,
    lower: f64,
    upper: f64,
}

fn world(seed: u64) -> World {
    let mut dice = Dice(seed);
    let places = 1 + dice.below(5);
    let owners = 1 + dice.below(3);
    let mut ways: Vec<f32> = (0..places * places).map(|_| (60.0 * dice.real()) as f32).collect();
    (0..places).for_each(|place| ways[place * places + place] = if dice.chance(0.8) { 0.0 } else { 5.0 });
    // Some measures are the demand itself, others have nothing to do with it; some units weigh nothing.
    let alike = dice.chance(0.4);
    let units: Vec<(usize, f64, f64)> = (0..1 + dice.below(if owners > 2 { 7 } else { 9 }))
        .map(|_| {
            let demand = if dice.chance(0.1) { 0.0 } else { 1.0 + dice.below(9) as f64 };
            (dice.below(places), demand, if alike { demand } else { 4.0 * dice.real() })
        })
        .collect();
    let mean = units.iter().map(|unit| unit.2).sum::<f64>() / owners as f64;
    let slack = 0.1 + 0.5 * dice.real();
    let lower = if dice.chance(0.5) { mean * (1.0 - slack) } else { 0.0 };
    let upper = if dice.chance(0.7) { mean * (1.0 + slack) } else { f64::INFINITY };
    World { places, owners, ways, units, lower, upper }
}

impl World {
    /// The least cost of all allocations that keep the limits, each owner at the place that serves it best.
    fn optimum(&self) -> Option<f64> {
        let all = self.owners.pow(self.units.len() as u32);
        let owner_of = |allocation: usize, unit: usize| allocation / self.owners.pow(unit as u32) % self.owners;
        let keeps = |allocation: usize| {
            (0..self.owners).all(|owner| {
                let own = (0..self.units.len()).filter(|unit| owner_of(allocation, *unit) == owner);
                let load: f64 = own.map(|unit| self.units[unit].2).sum();
                load >= self.lower - 1e-12 && load <= self.upper + 1e-12
            })
        };
        let from = |allocation: usize, owner: usize, at: usize| -> f64 {
            let own = (0..self.units.len()).filter(|unit| owner_of(allocation, *unit) == owner);
            own.map(|unit| self.units[unit].1 * f64::from(self.ways[at * self.places + self.units[unit].0])).sum()
        };
        let least =
            |allocation, owner| (0..self.places).map(|at| from(allocation, owner, at)).fold(f64::INFINITY, f64::min);
        let cost = |allocation| (0..self.owners).map(|owner| least(allocation, owner)).sum::<f64>();
        (0..all).filter(|allocation| keeps(*allocation)).map(cost).reduce(f64::min)
    }

    fn network(&self) -> Network {
        let measure = Measure {
            values: self.units.iter().map(|unit| unit.2).collect(),
            lower: vec![self.lower; self.owners],
            upper: vec![self.upper; self.owners],
        };
        let problem = Problem {
            units: self.units.len(),
            owners: self.owners,
            cost: Cost::Zero,
            measures: vec![measure],
            eligibility: Eligibility::All,
            fixed: vec![],
            moves: Moves::default(),
            contiguity: Contiguity::Ignored,
        };
        let demand = |(unit, &(place, weight, _)): (usize, &(usize, f64, f64))| Demand {
            unit: unit as u32,
            place: place as u32,
            weight,
        };
        let demand: Vec<Demand> = self.units.iter().enumerate().map(demand).collect();
        Network::new(&problem, &demand, self.places, self.ways.clone())
    }
}

#[test]
fn the_bound_never_exceeds_the_optimum_and_mostly_comes_near_it() {
    let (mut told, mut near, mut total) = (0, 0, 0);
    for seed in 0..2000 {
        let world = world(seed);
        let Some(optimum) = world.optimum() else { continue };
        // Whatever is said to be known, the bound holds.
        let known = optimum * (1.0 + Dice(seed).real());
        let bound = world.network().lower_bound(known, &Control::unbounded(seed));
        assert!(bound <= optimum + 1e-9 * (1.0 + optimum), "seed {seed}: {bound} exceeds the optimum {optimum}");
        total += 1;
        told += usize::from(bound > 0.0 || optimum < 1e-9);
        near += usize::from(bound >= 0.8 * optimum);
    }
    assert!(total > 1200, "only {total} worlds can be served");
    assert!(told * 10 >= total * 8, "of {total} bounds only {told} say something");
    assert!(near * 10 >= total * 6, "of {total} bounds only {near} come near");
}

#[test]
fn without_time_the_bound_is_still_one() {
    let world = world(3);
    let control = Control { out_of_time: &|| true, ..Control::unbounded(3) };
    let bound = world.network().lower_bound(100.0, &control);
    assert!((0.0..=world.optimum().unwrap_or(f64::INFINITY)).contains(&bound), "{bound}");
}
