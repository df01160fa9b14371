//! Slow annealing where one capacity an owner, weights and costs are whole: the same moves as [`super::anneal`] on flat
//! tables of small numbers, several times as fast.
//!
//! Weight above a capacity is charged by owner, more where the capacity has a price, and the charge follows the share of
//! owners that are over it towards a wanted share that falls to almost none as the run cools (strategic oscillation:
//! Yagiura, Ibaraki, Glover 2004).

use super::arcs::Arcs;
use super::pool::Pool;
use super::prices::Prices;
use super::random::Dice;
use crate::control::Control;

/// Larger numbers are left to the general search.
const LARGEST: f64 = 1e7;
/// Cost of an owner that may not serve the unit: never accepted, and four of them still fit.
const FORBIDDEN: i32 = i32::MAX / 8;
/// Steps between two looks at the share of owners over their capacity.
const BLOCK: usize = 5000;
/// Share of the owners that may be over their capacity at first and at last.
const BROKEN: (f64, f64) = (0.3, 0.005);
/// Largest relative change of the charge a block.
const PACE: f32 = 0.01;
const LOGS: usize = 1 << 12;

#[derive(Clone, Copy)]
struct Entry {
    cost: i32,
    weight: i32,
}

/// The pool in small whole numbers.
pub(crate) struct Tables {
    units: usize,
    owners: usize,
    /// `of[unit * owners + owner]`.
    of: Vec<Entry>,
    capacity: Vec<i32>,
}

/// How one run goes.
#[derive(Clone, Copy)]
pub(crate) struct Cooling {
    pub steps: usize,
    pub hot: f64,
    pub cold: f64,
}

impl Tables {
    /// `None` where the pool has other limits, fractions, or numbers too large.
    pub fn of<const K: usize>(pool: &Pool<K>) -> Option<Self> {
        let (units, owners) = (pool.len(), pool.owners);
        let one_upper = pool.slots.iter().all(|slots| slots.len() == 1) && pool.lower.iter().all(|l| l[0] <= 0.0);
        if !one_upper || !pool.whole || pool.has_budget {
            return None;
        }
        let mut of = Vec::with_capacity(units * owners);
        for unit in 0..units {
            for owner in 0..owners {
                let (cost, weight) = (pool.cost(unit, owner), pool.weight(unit, owner)[0]);
                if weight.fract() != 0.0 || weight.abs() > LARGEST || (cost.is_finite() && cost.abs() > LARGEST) {
                    return None;
                }
                let cost = if cost.is_finite() { cost as i32 } else { FORBIDDEN };
                of.push(Entry { cost, weight: weight as i32 });
            }
        }
        let capacity = pool.upper.iter().map(|upper| upper[0].floor().clamp(-LARGEST, 1e9) as i32).collect();
        let heaviest: f64 = (0..units).map(|u| (0..owners).map(|o| pool.weight(u, o)[0]).fold(0.0, f64::max)).sum();
        (heaviest < 1e9).then_some(Tables { units, owners, of, capacity })
    }

    #[inline]
    fn at(&self, unit: usize, owner: usize) -> Entry {
        self.of[unit * self.owners + owner]
    }
}

struct Run<'t> {
    tables: &'t Tables,
    owner: Vec<u32>,
    load: Vec<i32>,
    members: Vec<Vec<u32>>,
    /// Where each unit stands among its owner's members.
    place: Vec<u32>,
    charge: Vec<f32>,
    cost: i64,
    /// Owners over their capacity.
    broken: usize,
}

impl<'t> Run<'t> {
    fn new(tables: &'t Tables, owner: Vec<u32>, charge: Vec<f32>) -> Self {
        let mut run = Run {
            tables,
            load: vec![0; tables.owners],
            members: vec![Vec::with_capacity(tables.units); tables.owners],
            place: vec![0; tables.units],
            owner,
            charge,
            cost: 0,
            broken: 0,
        };
        for unit in 0..tables.units {
            let owner = run.owner[unit] as usize;
            let entry = tables.at(unit, owner);
            run.load[owner] += entry.weight;
            run.cost += i64::from(entry.cost);
            run.place[unit] = run.members[owner].len() as u32;
            run.members[owner].push(unit as u32);
        }
        run.broken = (0..tables.owners).filter(|&o| run.load[o] > tables.capacity[o]).count();
        run
    }

    /// What changing the load of the owner by `more` costs in charges.
    #[inline]
    fn strain(&self, owner: usize, more: i32) -> f32 {
        let over = self.load[owner] - self.tables.capacity[owner];
        self.charge[owner] * ((over + more).max(0) - over.max(0)) as f32
    }

    #[inline]
    fn add_load(&mut self, owner: usize, more: i32) {
        let capacity = self.tables.capacity[owner];
        self.broken -= usize::from(self.load[owner] > capacity);
        self.load[owner] += more;
        self.broken += usize::from(self.load[owner] > capacity);
    }

    #[inline]
    fn shift(&mut self, unit: usize, to: usize) {
        let from = self.owner[unit] as usize;
        let (gone, come) = (self.tables.at(unit, from), self.tables.at(unit, to));
        self.add_load(from, -gone.weight);
        self.add_load(to, come.weight);
        self.cost += i64::from(come.cost - gone.cost);
        let place = self.place[unit] as usize;
        self.members[from].swap_remove(place);
        if let Some(&moved) = self.members[from].get(place) {
            self.place[moved as usize] = place as u32;
        }
        self.place[unit] = self.members[to].len() as u32;
        self.members[to].push(unit as u32);
        self.owner[unit] = to as u32;
    }

    /// One try: a shift, or a swap where the shift is refused. True where something changed.
    #[inline]
    fn step(&mut self, unit: usize, to: usize, threshold: f32, dice: &mut Dice) -> bool {
        let from = self.owner[unit] as usize;
        let (gone, come) = (self.tables.at(unit, from), self.tables.at(unit, to));
        let dearer = come.cost - gone.cost;
        let change = dearer as f32 + self.strain(from, -gone.weight) + self.strain(to, come.weight);
        if change <= threshold && (change <= 0.0 || dice.next() >> 62 != 0) {
            self.shift(unit, to);
            return true;
        }
        if self.members[to].is_empty() {
            return false;
        }
        let other = self.members[to][dice.below(self.members[to].len())] as usize;
        let (leaves, comes) = (self.tables.at(other, to), self.tables.at(other, from));
        let change = (dearer + comes.cost - leaves.cost) as f32
            + self.strain(from, comes.weight - gone.weight)
            + self.strain(to, come.weight - leaves.weight);
        if change <= threshold {
            self.shift(unit, to);
            self.shift(other, from);
        }
        change <= threshold
    }
}

/// One cooling; the cheapest assignment met that keeps all capacities.
pub(crate) fn cool<const K: usize>(
    tables: &Tables,
    arcs: &Arcs,
    prices: &Prices<K>,
    start: &[u32],
    cooling: Cooling,
    dice: &mut Dice,
    control: &Control,
) -> Option<Vec<u32>> {
    let mean = prices.of.iter().map(|p| p[0].abs()).sum::<f64>() / tables.owners as f64;
    let weights: f64 = tables.of.iter().map(|e| f64::from(e.weight)).sum();
    let least = cooling.hot * tables.of.len() as f64 / weights.max(1.0);
    let charge = prices.of.iter().map(|p| (4.0 * (p[0].abs().max(0.3 * mean) + least)) as f32).collect();
    let mut run = Run::new(tables, start.to_vec(), charge);
    let logs: Vec<f32> = (0..LOGS).map(|i| -((i as f32 + 0.5) / LOGS as f32).ln()).collect();
    let mut best: Option<(i64, Vec<u32>)> = None;
    let blocks = cooling.steps.div_ceil(BLOCK).max(1);
    for block in 0..blocks {
        if control.is_over() {
            break;
        }
        let done = block as f64 / blocks as f64;
        let heat = (cooling.hot * (cooling.cold / cooling.hot).powf(done)) as f32;
        let mut broken = 0;
        for _ in 0..BLOCK {
            broken += run.broken;
            let unit = arcs.open[dice.below(arcs.open.len())] as usize;
            let list = arcs.of(unit);
            let chance = dice.next();
            let to = list[((chance >> 32) as usize * list.len()) >> 32] as usize;
            if to == run.owner[unit] as usize {
                continue;
            }
            let threshold = heat * logs[chance as usize & (LOGS - 1)];
            if run.step(unit, to, threshold, dice)
                && run.broken == 0
                && best.as_ref().is_none_or(|(cost, _)| run.cost < *cost)
            {
                let (cost, owner) = best.get_or_insert_with(|| (0, run.owner.clone()));
                *cost = run.cost;
                owner.clone_from(&run.owner);
            }
        }
        let share = broken as f32 / (BLOCK * tables.owners) as f32;
        let wanted = (BROKEN.0 * (1.0 - done) + BROKEN.1) as f32;
        let factor = if share > wanted {
            1.0 + PACE * (share / wanted - 1.0).min(1.0)
        } else {
            1.0 / (1.0 + PACE * (1.0 - share / wanted))
        };
        run.charge.iter_mut().for_each(|charge| *charge *= factor);
    }
    best.map(|(_, owner)| owner)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What [`Run`] keeps up to date, counted anew.
    fn assert_counted(run: &Run) {
        let tables = run.tables;
        let mut load = vec![0; tables.owners];
        let mut cost = 0;
        for (unit, &owner) in run.owner.iter().enumerate() {
            let entry = tables.at(unit, owner as usize);
            load[owner as usize] += entry.weight;
            cost += i64::from(entry.cost);
            assert_eq!(run.members[owner as usize][run.place[unit] as usize], unit as u32);
        }
        assert_eq!(run.members.iter().map(Vec::len).sum::<usize>(), tables.units);
        assert_eq!((&run.load, run.cost), (&load, cost));
        assert_eq!(run.broken, (0..tables.owners).filter(|&o| load[o] > tables.capacity[o]).count());
    }

    #[test]
    fn every_step_agrees_with_counting_anew_and_none_goes_where_it_may_not() {
        let (units, owners) = (40, 6);
        let mut dice = Dice::new(5, 0);
        let entry = |dice: &mut Dice| Entry { cost: 10 + dice.below(40) as i32, weight: 5 + dice.below(20) as i32 };
        let mut of: Vec<Entry> = (0..units * owners).map(|_| entry(&mut dice)).collect();
        (0..units).for_each(|unit| of[unit * owners].cost = FORBIDDEN);
        let tables = Tables { units, owners, of, capacity: vec![150; owners] };
        let start = (0..units).map(|u| 1 + (u % (owners - 1)) as u32).collect();
        let mut run = Run::new(&tables, start, vec![1.5; owners]);
        let mut changed = 0;
        for step in 0..20_000 {
            let unit = dice.below(units);
            let to = dice.below(owners);
            let threshold = (dice.unit() * 30.0) as f32;
            if to != run.owner[unit] as usize && run.step(unit, to, threshold, &mut dice) {
                changed += 1;
            }
            if step % 100 == 0 {
                assert_counted(&run);
            }
        }
        assert_counted(&run);
        assert!(changed > 1000);
        assert!(run.owner.iter().all(|&o| o != 0));
    }
}
