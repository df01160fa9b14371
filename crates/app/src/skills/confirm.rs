//! Making sure of a value: the pool is solved again with the level learnt, or with one more person.

use bailiwick_engine::{Cost, Measure, Problem, Solution, UNASSIGNED};

use super::Field;
use super::demand::PoolDemand;
use super::study::{Learnt, Study};
use crate::error::AppError;

/// What the pool would be, and for whose accounts it would be better.
pub(super) struct Confirmed {
    /// By how much less is missing (or far, or moved).
    pub value: f64,
    /// Positions in the pool of accounts that are served by somebody better than before.
    pub better: Vec<usize>,
}

impl Study {
    pub fn with_learnt(&self, field: &Field, owner: usize, learnt: Learnt) -> Result<Confirmed, AppError> {
        let row = field.held.staffs[self.pool][owner];
        let owners = self.built.problem.owners;
        let mut lists = vec![];
        let Cost::Matrix(rows) = &self.built.problem.cost else { return Ok(Confirmed { value: 0.0, better: vec![] }) };
        let mut rows = rows.clone();
        for (unit, classes) in self.classes_of_unit.iter().enumerate() {
            let relief: f64 = classes.iter().map(|class| self.relief(field, *class, row, learnt)).sum();
            rows[unit * owners + owner] -= relief;
            lists.push(self.eligible_after(field, unit, owner, learnt));
        }
        let mut problem = self.with_eligible(lists);
        problem.cost = Cost::Matrix(rows);
        let solution = field.solver.run(&problem, 1.0, &|_| {})?;
        let missing_after = |class: u32, of: u32| {
            let row = field.held.staffs[self.pool][of as usize];
            let relief = if of as usize == owner { self.relief(field, class, row, learnt) } else { 0.0 };
            self.missing(field, class, row) - relief
        };
        Ok(Confirmed {
            value: self.objective - self.objective_of(field, &solution),
            better: self.better(field, &solution, &missing_after),
        })
    }

    /// Whoever learns may serve more; where nobody was qualified before, they alone do now.
    fn eligible_after(&self, field: &Field, unit: usize, owner: usize, learnt: Learnt) -> Vec<u32> {
        let list = self.eligible(unit);
        let row = field.held.staffs[self.pool][owner];
        let able = |of: u32, learnt: Learnt| {
            self.classes_of_unit[unit].iter().all(|class| self.may_serve(field, *class, of, learnt))
        };
        let nothing = Learnt { skill: "", level: 0.0 };
        if !able(row, learnt) || able(row, nothing) {
            return list;
        }
        let qualified = list.iter().any(|of| able(field.held.staffs[self.pool][*of as usize], nothing));
        let mut list = if qualified { list } else { vec![] };
        if let Err(place) = list.binary_search(&(owner as u32)) {
            list.insert(place, owner as u32);
        }
        list
    }

    /// One more owner, who costs `column[unit]`, may serve where `able` says, and takes up to `room` of each measure.
    pub fn with_hired(
        &self,
        field: &Field,
        column: &[f64],
        able: &[bool],
        missing: &dyn Fn(u32) -> f64,
    ) -> Result<Confirmed, AppError> {
        let problem = self.widened(field, column, able);
        let solution = field.solver.run(&problem, 1.0, &|_| {})?;
        let newcomer = self.built.problem.owners as u32;
        let missing_after = |class: u32, of: u32| {
            if of == newcomer {
                missing(class)
            } else {
                self.missing(field, class, field.held.staffs[self.pool][of as usize])
            }
        };
        Ok(Confirmed {
            value: self.objective - self.objective_of(field, &solution),
            better: self.better(field, &solution, &missing_after),
        })
    }

    fn widened(&self, field: &Field, column: &[f64], able: &[bool]) -> Problem {
        let owners = self.built.problem.owners;
        let Cost::Matrix(rows) = &self.built.problem.cost else { return self.built.problem.clone() };
        let rows = rows.chunks(owners.max(1)).zip(column).flat_map(|(row, new)| row.iter().copied().chain([*new]));
        let fixed = |unit: usize| self.built.problem.fixed.get(unit).copied().flatten().is_some();
        let lists = (0..self.built.problem.units).map(|unit| {
            let mut list = self.eligible(unit);
            if able[unit] && !fixed(unit) {
                list.push(owners as u32);
            }
            list
        });
        let mut problem = self.with_eligible(lists.collect());
        problem.cost = Cost::Matrix(rows.collect());
        problem.owners = owners + 1;
        problem.measures = self.room(field);
        problem
    }

    /// The limits with one more full-time person: balanced shares become smaller, capacities of others stay; the
    /// newcomer's is the mean of those there are.
    pub fn room(&self, field: &Field) -> Vec<Measure> {
        let staff = &field.held.staffs[self.pool];
        let total: f64 = staff.iter().map(|row| field.solver.staff.share(*row)).sum();
        let shrink = total / (total + 1.0);
        let names = self.built.measure_names.iter().zip(&self.built.problem.measures);
        names
            .map(|(name, measure)| {
                let mut measure = measure.clone();
                let balanced = self.built.balanced.iter().find(|(balanced, ..)| balanced == name);
                match balanced {
                    Some((_, tolerance, _)) => {
                        measure.lower.iter_mut().for_each(|lower| *lower *= shrink);
                        measure.upper.iter_mut().for_each(|upper| *upper *= shrink);
                        let share = measure.values.iter().sum::<f64>() / (total + 1.0);
                        measure.lower.push(share * (1.0 - tolerance).max(0.0));
                        measure.upper.push(share * (1.0 + tolerance));
                    }
                    None => {
                        let finite: Vec<f64> =
                            measure.upper.iter().copied().filter(|upper| upper.is_finite()).collect();
                        let mean = finite.iter().sum::<f64>() / finite.len().max(1) as f64;
                        measure.lower.push(0.0);
                        measure.upper.push(if finite.is_empty() { f64::INFINITY } else { mean });
                    }
                }
                measure
            })
            .collect()
    }

    /// What a class misses of somebody, all asks counted.
    pub fn missing(&self, field: &Field, class: u32, row: u32) -> f64 {
        let level = |skill: &str| field.solver.staff.level(row as usize, skill);
        missing_with(&field.demands[self.pool], &self.full, class, &level)
    }

    fn better(&self, field: &Field, solution: &Solution, missing_after: &dyn Fn(u32, u32) -> f64) -> Vec<usize> {
        let demand = &field.demands[self.pool];
        let places = self.built.unit_of.iter().enumerate().filter(|(position, unit)| {
            let (before, after) = (self.solution.owner[**unit as usize], solution.owner[**unit as usize]);
            let class = demand.class_of[*position];
            let missed = match before {
                UNASSIGNED => demand.classes[class as usize].len() as f64,
                of => self.missing(field, class, field.held.staffs[self.pool][of as usize]),
            };
            after != UNASSIGNED && missing_after(class, after) + 1e-9 < missed
        });
        places.map(|(position, _)| position).collect()
    }
}

/// What a class misses of whoever holds these levels.
pub(super) fn missing_with(demand: &PoolDemand, full: &[f64], class: u32, level: &dyn Fn(&str) -> f64) -> f64 {
    let asks = demand.classes[class as usize].iter().map(|ask| *ask as usize);
    asks.map(|ask| (1.0 - level(&demand.asks[ask].skill) / full[ask]).max(0.0)).sum()
}
