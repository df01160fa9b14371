//! Who holds what now, with loads and the budget kept up to date move by move.

use crate::measure::excess;
use crate::model::Model;

/// A gain smaller than this is rounding.
pub(crate) const GAIN: f64 = 1e-10;

pub(crate) struct Allocation<'m> {
    pub model: &'m Model,
    pub owner: Vec<u32>,
    /// `loads[owner * measures + measure]`, scaled.
    pub loads: Vec<f64>,
    pub spent: f64,
    members: Vec<Vec<u32>>,
    place: Vec<u32>,
}

impl<'m> Allocation<'m> {
    pub fn new(model: &'m Model, owner: Vec<u32>) -> Self {
        let mut members = vec![Vec::new(); model.owners];
        let mut place = Vec::with_capacity(model.units);
        for (unit, &owner) in owner.iter().enumerate() {
            place.push(members[owner as usize].len() as u32);
            members[owner as usize].push(unit as u32);
        }
        let mut allocation = Allocation { model, owner, loads: Vec::new(), spent: 0.0, members, place };
        allocation.recount();
        allocation
    }

    /// Loads and budget from scratch, to be rid of rounding.
    pub fn recount(&mut self) {
        let measures = self.model.measures;
        self.loads = vec![0.0; self.model.owners * measures];
        self.spent = 0.0;
        for (unit, &owner) in self.owner.iter().enumerate() {
            self.spent += self.model.toll_of(unit, owner as usize);
            for (measure, value) in self.model.value(unit).iter().enumerate() {
                self.loads[owner as usize * measures + measure] += value;
            }
        }
    }

    pub fn members(&self, owner: usize) -> &[u32] {
        &self.members[owner]
    }

    pub fn shift(&mut self, unit: usize, to: usize) {
        let (model, from) = (self.model, self.owner[unit] as usize);
        self.spent += model.toll_of(unit, to) - model.toll_of(unit, from);
        for (measure, value) in model.value(unit).iter().enumerate() {
            self.loads[from * model.measures + measure] -= value;
            self.loads[to * model.measures + measure] += value;
        }
        let at = self.place[unit] as usize;
        self.members[from].swap_remove(at);
        if let Some(&other) = self.members[from].get(at) {
            self.place[other as usize] = at as u32;
        }
        self.place[unit] = self.members[to].len() as u32;
        self.members[to].push(unit as u32);
        self.owner[unit] = to as u32;
    }

    /// Whether the budget of moves allows the shift.
    #[inline]
    pub fn affords(&self, unit: usize, to: usize) -> bool {
        let more = self.model.toll_of(unit, to) - self.model.toll_of(unit, self.owner[unit] as usize);
        more <= 0.0 || self.spent + more <= self.model.budget * (1.0 + 1e-12) + 1e-12
    }

    /// Whether the budget allows both shifts of a swap.
    #[inline]
    pub fn affords_swap(&self, a: usize, b: usize) -> bool {
        let (of_a, of_b) = (self.owner[a] as usize, self.owner[b] as usize);
        let model = self.model;
        let more = model.toll_of(a, of_b) - model.toll_of(a, of_a) + model.toll_of(b, of_a) - model.toll_of(b, of_b);
        more <= 0.0 || self.spent + more <= model.budget * (1.0 + 1e-12) + 1e-12
    }

    /// Violation of one owner's limits.
    pub fn violation_of(&self, owner: usize) -> f64 {
        let measures = self.model.measures;
        (owner * measures..(owner + 1) * measures)
            .map(|at| excess(self.loads[at], self.model.lower[at], self.model.upper[at]))
            .sum()
    }

    pub fn violation(&self) -> f64 {
        (0..self.model.owners).map(|owner| self.violation_of(owner)).sum()
    }

    /// Change of the violation, weighed by `weight(place)`, when `plus` minus `minus` is added to the owner's loads.
    #[inline]
    fn change_at(&self, owner: usize, plus: &[f64], minus: &[f64], weight: &impl Fn(usize) -> f64) -> f64 {
        let (model, first) = (self.model, owner * self.model.measures);
        let mut change = 0.0;
        for measure in 0..model.measures {
            let at = first + measure;
            let (lower, upper, load) = (model.lower[at], model.upper[at], self.loads[at]);
            let after = load + plus.get(measure).unwrap_or(&0.0) - minus.get(measure).unwrap_or(&0.0);
            let difference = excess(after, lower, upper) - excess(load, lower, upper);
            if difference != 0.0 {
                change += weight(at) * difference;
            }
        }
        change
    }

    /// Change of the weighed violation by a shift.
    #[inline]
    pub fn shift_change(&self, unit: usize, to: usize, weight: &impl Fn(usize) -> f64) -> f64 {
        let value = self.model.value(unit);
        self.change_at(self.owner[unit] as usize, &[], value, weight) + self.change_at(to, value, &[], weight)
    }

    /// Change of the weighed violation when two units change places.
    #[inline]
    pub fn swap_change(&self, a: usize, b: usize, weight: &impl Fn(usize) -> f64) -> f64 {
        let (of_a, of_b) = (self.model.value(a), self.model.value(b));
        self.change_at(self.owner[a] as usize, of_b, of_a, weight)
            + self.change_at(self.owner[b] as usize, of_a, of_b, weight)
    }
}
