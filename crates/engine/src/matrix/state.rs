//! An assignment being worked on: loads, members, violation and cost, kept up to date by [`State::shift`].

use super::pool::Pool;

/// How violations count.
pub(crate) struct Weighing<const K: usize> {
    /// What one unit of violation counts in the total that is reported.
    pub scale: Vec<[f64; K]>,
    /// The price the dual charges for it already.
    pub due: Vec<[f64; K]>,
    /// The signed prices of the dual.
    pub prices: Vec<[f64; K]>,
    /// A step that loses more than this by reduced cost is not worth an ejection.
    pub tolerance: f64,
}

impl<const K: usize> Weighing<K> {
    /// By how much a load is outside the owner's limits: as a share, and in money.
    #[inline]
    pub fn violation(&self, pool: &Pool<K>, owner: usize, load: &[f64; K]) -> (f64, f64) {
        let (lower, upper) = (&pool.lower[owner], &pool.upper[owner]);
        let (scale, due) = (&self.scale[owner], &self.due[owner]);
        let (mut share, mut owed) = (0.0, 0.0);
        for k in 0..K {
            let outside = (load[k] - upper[k]).max(0.0) + (lower[k] - load[k]).max(0.0);
            share += scale[k] * outside;
            owed += due[k] * outside;
        }
        (share, owed)
    }
}

pub(crate) struct State<'p, 'a, const K: usize> {
    pub pool: &'p Pool<'a, K>,
    pub owner: Vec<u32>,
    pub load: Vec<[f64; K]>,
    /// Weighted violation of each owner's limits.
    pub strain: Vec<f64>,
    /// Owners whose limits are broken.
    pub broken: usize,
    pub cost: f64,
    pub spent: f64,
    pub members: Vec<Vec<u32>>,
    place: Vec<u32>,
    pub weighing: &'p Weighing<K>,
    /// `due` × violation of each owner.
    pub owed: Vec<f64>,
}

impl<'p, 'a, const K: usize> State<'p, 'a, K> {
    pub fn new(pool: &'p Pool<'a, K>, owner: Vec<u32>, weighing: &'p Weighing<K>) -> Self {
        let mut state = State {
            pool,
            load: vec![[0.0; K]; pool.owners],
            strain: vec![0.0; pool.owners],
            broken: 0,
            cost: 0.0,
            spent: 0.0,
            members: vec![Vec::new(); pool.owners],
            place: vec![0; owner.len()],
            owner,
            weighing,
            owed: vec![0.0; pool.owners],
        };
        state.recount();
        state
    }

    /// Sums everything anew; removes the rounding that increments leave.
    pub fn recount(&mut self) {
        self.load.fill([0.0; K]);
        self.members.iter_mut().for_each(Vec::clear);
        (self.cost, self.spent, self.broken) = (0.0, 0.0, 0);
        for unit in 0..self.owner.len() {
            let owner = self.owner[unit] as usize;
            let weight = self.pool.weight(unit, owner);
            (0..K).for_each(|k| self.load[owner][k] += weight[k]);
            self.cost += self.pool.cost(unit, owner);
            self.spent += self.pool.spends(unit, owner);
            self.place[unit] = self.members[owner].len() as u32;
            self.members[owner].push(unit as u32);
        }
        for owner in 0..self.pool.owners {
            (self.strain[owner], self.owed[owner]) = self.weighing.violation(self.pool, owner, &self.load[owner]);
            self.broken += usize::from(self.strain[owner] > 0.0);
        }
    }

    pub fn violation(&self) -> f64 {
        self.strain.iter().sum()
    }

    /// Change of the strain of `owner` when `plus` comes and `minus` goes.
    #[inline]
    pub fn strain_with(&self, owner: usize, plus: &[f64; K], minus: &[f64; K]) -> (f64, f64) {
        let mut load = self.load[owner];
        for k in 0..K {
            load[k] += plus[k] - minus[k];
        }
        let (strain, owed) = self.weighing.violation(self.pool, owner, &load);
        (strain - self.strain[owner], owed - self.owed[owner])
    }

    #[inline]
    pub fn shift_strain(&self, unit: usize, to: usize) -> (f64, f64) {
        let from = self.owner[unit] as usize;
        let none = [0.0; K];
        let leave = self.strain_with(from, &none, self.pool.weight(unit, from));
        let enter = self.strain_with(to, self.pool.weight(unit, to), &none);
        (leave.0 + enter.0, leave.1 + enter.1)
    }

    #[inline]
    pub fn shift_cost(&self, unit: usize, to: usize) -> f64 {
        self.pool.cost(unit, to) - self.pool.cost(unit, self.owner[unit] as usize)
    }

    /// Would the budget of moves still be kept?
    #[inline]
    pub fn affords(&self, unit: usize, to: usize) -> bool {
        if !self.pool.has_budget {
            return true;
        }
        let more = self.pool.spends(unit, to) - self.pool.spends(unit, self.owner[unit] as usize);
        more <= 0.0 || self.spent + more <= self.pool.budget
    }

    #[inline]
    pub fn affords_swap(&self, u: usize, v: usize) -> bool {
        if !self.pool.has_budget {
            return true;
        }
        let (a, b) = (self.owner[u] as usize, self.owner[v] as usize);
        let pool = self.pool;
        let more = pool.spends(u, b) - pool.spends(u, a) + pool.spends(v, a) - pool.spends(v, b);
        more <= 0.0 || self.spent + more <= pool.budget
    }

    /// Changes of strain and cost when two units of different owners change places.
    #[inline]
    pub fn swap_delta(&self, u: usize, v: usize) -> (f64, f64) {
        let (a, b) = (self.owner[u] as usize, self.owner[v] as usize);
        let pool = self.pool;
        let at_a = self.strain_with(a, pool.weight(v, a), pool.weight(u, a));
        let at_b = self.strain_with(b, pool.weight(u, b), pool.weight(v, b));
        let cost = pool.cost(u, b) - pool.cost(u, a) + pool.cost(v, a) - pool.cost(v, b);
        (at_a.0 + at_b.0, cost + at_a.1 + at_b.1)
    }

    #[inline]
    pub fn shift(&mut self, unit: usize, to: usize) {
        let from = self.owner[unit] as usize;
        self.cost += self.shift_cost(unit, to);
        self.spent += self.pool.spends(unit, to) - self.pool.spends(unit, from);
        let place = self.place[unit] as usize;
        self.members[from].swap_remove(place);
        if let Some(&other) = self.members[from].get(place) {
            self.place[other as usize] = place as u32;
        }
        self.place[unit] = self.members[to].len() as u32;
        self.members[to].push(unit as u32);
        self.owner[unit] = to as u32;
        let (gone, come) = (self.pool.weight(unit, from), self.pool.weight(unit, to));
        for k in 0..K {
            self.load[from][k] -= gone[k];
            self.load[to][k] += come[k];
        }
        for owner in [from, to] {
            self.broken -= usize::from(self.strain[owner] > 0.0);
            (self.strain[owner], self.owed[owner]) = self.weighing.violation(self.pool, owner, &self.load[owner]);
            self.broken += usize::from(self.strain[owner] > 0.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::pool::{Pool, Slots};
    use super::*;
    use crate::problem::{Contiguity, Cost, Eligibility, Measure, Moves, Problem};
    use proptest::prelude::*;

    const UNITS: usize = 9;
    const OWNERS: usize = 4;

    fn problem(numbers: &[f64], bands: &[f64], present: &[u8]) -> Problem {
        let measure = |at: usize| {
            let values = numbers[at * UNITS..(at + 1) * UNITS].to_vec();
            let mean = values.iter().sum::<f64>() / OWNERS as f64;
            let limit = |sign: f64| (0..OWNERS).map(|o| mean * (1.0 + sign * bands[at * OWNERS + o])).collect();
            Measure { values, lower: limit(-1.0), upper: limit(1.0) }
        };
        Problem {
            units: UNITS,
            owners: OWNERS,
            cost: Cost::Matrix(numbers[2 * UNITS..(2 + OWNERS) * UNITS].to_vec()),
            measures: vec![measure(0), measure(1)],
            eligibility: Eligibility::All,
            fixed: Vec::new(),
            moves: Moves {
                present: present.iter().map(|&p| (p < OWNERS as u8).then_some(u32::from(p))).collect(),
                price: vec![0.5; UNITS],
                weight: Vec::new(),
                budget: Some(4.0),
            },
            contiguity: Contiguity::Ignored,
        }
    }

    proptest! {
        /// A chain is a row of shifts; shifts, swaps and chains of any length agree with counting anew, and what was
        /// foretold of a shift or swap is what happens.
        #[test]
        fn every_move_agrees_with_counting_anew(
            numbers in prop::collection::vec(0.0..20.0f64, (2 + OWNERS) * UNITS),
            bands in prop::collection::vec(0.0..0.5f64, 2 * OWNERS),
            present in prop::collection::vec(0..OWNERS as u8 + 1, UNITS),
            start in prop::collection::vec(0..OWNERS as u32, UNITS),
            chain in prop::collection::vec((0..UNITS, 0..OWNERS, 0..UNITS), 1..30),
        ) {
            let problem = problem(&numbers, &bands, &present);
            let pool: Pool<3> = Pool::new(&problem, Slots::of(&problem));
            let weighing = Weighing {
                scale: pool.scale.clone(),
                due: vec![[0.3; 3]; OWNERS],
                prices: vec![[0.3; 3]; OWNERS],
                tolerance: 1.0,
            };
            let mut state = State::new(&pool, start, &weighing);
            let owed = |state: &State<3>| state.owed.iter().sum::<f64>();
            for (unit, to, other) in chain {
                let (violation, money) = (state.violation(), state.cost + owed(&state));
                let foretold = if state.owner[unit] == state.owner[other] {
                    if state.owner[unit] as usize == to {
                        continue;
                    }
                    let (strain, due) = state.shift_strain(unit, to);
                    let foretold = (strain, state.shift_cost(unit, to) + due);
                    state.shift(unit, to);
                    foretold
                } else {
                    let foretold = state.swap_delta(unit, other);
                    let (a, b) = (state.owner[unit] as usize, state.owner[other] as usize);
                    state.shift(unit, b);
                    state.shift(other, a);
                    foretold
                };
                prop_assert!((state.violation() - violation - foretold.0).abs() < 1e-9);
                prop_assert!((state.cost + owed(&state) - money - foretold.1).abs() < 1e-9);
                let anew = State::new(&pool, state.owner.clone(), &weighing);
                prop_assert!((state.cost - anew.cost).abs() < 1e-9);
                prop_assert!((state.spent - anew.spent).abs() < 1e-9);
                prop_assert!((state.violation() - anew.violation()).abs() < 1e-9);
                prop_assert_eq!(state.broken, anew.broken);
                for o in 0..OWNERS {
                    prop_assert!((0..3).all(|k| (state.load[o][k] - anew.load[o][k]).abs() < 1e-9));
                    let (mut mine, mut theirs) = (state.members[o].clone(), anew.members[o].clone());
                    mine.sort_unstable();
                    theirs.sort_unstable();
                    prop_assert_eq!(mine, theirs);
                }
            }
        }
    }
}
