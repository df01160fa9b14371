//! A pool as its skills are seen: the engine's problem with everything that is missing in its cost.
//!
//! Where the policy leaves a choice (`fit`, `balance`), the cost of a unit with an owner is what the plan itself counts
//! (missing skills, nearness, the price of a move) and the share that is missing of each level that service levels and
//! `[skills]` ask for. Where it leaves none, or where a map decides (`to`, `by`, `same_as`, `territories`), accounts stay
//! with their holders.

use bailiwick_engine::{Cost, Eligibility, Problem, Solution, UNASSIGNED};
use rustc_hash::FxHashMap;

use super::Field;
use super::demand::{Ask, Asked, same};
use crate::error::AppError;
use crate::plan::build_problem::{Built, Form, build};
use crate::plan::outcome::NOBODY;

/// One pool with choice.
pub(super) struct Study {
    /// Index of the pool.
    pub pool: usize,
    pub built: Built,
    pub solution: Solution,
    /// Of units nobody may serve, each counted as missing all it asks for.
    pub objective: f64,
    /// Classes of the accounts of each unit.
    pub classes_of_unit: Vec<Vec<u32>>,
    /// The highest level held of each ask of `fit`, by ask.
    pub full: Vec<f64>,
    /// `[unit]`: the least reduced cost of all who may serve it; what is missing in whole where nobody may.
    pub least: Vec<f64>,
}

/// Somebody with a level more than they have.
#[derive(Debug, Clone, Copy)]
pub(super) struct Learnt<'a> {
    pub skill: &'a str,
    pub level: f64,
}

impl Field<'_> {
    /// The pools that leave a choice and ask for something. As in a plan, what one of them takes of a capacity is not free
    /// in a later one.
    pub(super) fn studies(&self) -> Result<Vec<Study>, AppError> {
        let mut studies = vec![];
        self.solver.forget_capacity();
        for (index, pool) in self.held.pools.iter().enumerate() {
            let staff = &self.held.staffs[index];
            let divide = &pool.coverage(self.solver.policy).divide;
            let form = match (&divide.fit, &divide.balance) {
                (Some(fit), _) => Some(Form::Fit(fit)),
                (_, Some(_)) => Some(Form::Even),
                _ => None,
            };
            let asks = !self.demands[index].asks.is_empty() && !pool.accounts.is_empty() && !staff.is_empty();
            let owner: Vec<u32> = match form.filter(|_| asks) {
                Some(form) => {
                    let study = self.study(index, build(self.solver, pool, staff, form)?)?;
                    let row = |unit: &u32| match study.solution.owner[*unit as usize] {
                        UNASSIGNED => NOBODY,
                        owner => staff[owner as usize],
                    };
                    let owners = study.built.unit_of.iter().map(row).collect();
                    studies.push(study);
                    owners
                }
                None => self.held.owners[index].iter().map(|owner| owner.unwrap_or(NOBODY)).collect(),
            };
            self.solver.take_capacity(pool, &owner);
        }
        Ok(studies)
    }

    fn study(&self, index: usize, mut built: Built) -> Result<Study, AppError> {
        let staff = &self.held.staffs[index];
        let demand = &self.demands[index];
        let owners = staff.len();
        let mut classes_of_unit: Vec<Vec<u32>> = vec![vec![]; built.problem.units];
        for (unit, class) in built.unit_of.iter().zip(&demand.class_of) {
            classes_of_unit[*unit as usize].push(*class);
        }
        let best = |ask: &Ask| {
            let held = staff.iter().map(|row| self.solver.staff.level(*row as usize, &ask.skill));
            held.fold(1.0, f64::max)
        };
        let full: Vec<f64> = demand.asks.iter().map(|ask| if is_of_fit(ask) { best(ask) } else { ask.level }).collect();
        // What `fit` misses is in the cost of the plan already.
        let beside = |class: u32, row: u32| -> f64 {
            let asks = demand.classes[class as usize].iter().map(|ask| &demand.asks[*ask as usize]);
            let level = |ask: &Ask| self.solver.staff.level(row as usize, &ask.skill);
            asks.filter(|ask| !is_of_fit(ask)).map(|ask| (1.0 - level(ask) / ask.level).max(0.0)).sum()
        };
        let by_class: Vec<Vec<f64>> = (0..demand.classes.len())
            .map(|class| staff.iter().map(|row| beside(class as u32, *row)).collect())
            .collect();
        let mut rows = match &built.problem.cost {
            Cost::Matrix(rows) => rows.clone(),
            _ => vec![0.0; built.problem.units * owners],
        };
        for (unit, classes) in classes_of_unit.iter().enumerate() {
            for class in classes {
                let row = &mut rows[unit * owners..(unit + 1) * owners];
                row.iter_mut().zip(&by_class[*class as usize]).for_each(|(cost, missing)| *cost += missing);
            }
        }
        built.problem.cost = Cost::Matrix(rows);
        let solution = self.solver.run(&built.problem, 1.0, &|_| {})?;
        let mut study = Study { pool: index, built, objective: 0.0, classes_of_unit, full, least: vec![], solution };
        study.objective = study.objective_of(self, &study.solution);
        study.least = (0..study.built.problem.units).map(|unit| study.least_of(self, unit)).collect();
        Ok(study)
    }
}

pub(super) fn is_of_fit(ask: &Ask) -> bool {
    matches!(ask.asked, Asked::Fit | Asked::Must)
}

impl Study {
    fn owners(&self) -> usize {
        self.built.problem.owners
    }

    pub fn cost(&self, unit: usize, owner: usize) -> f64 {
        let Cost::Matrix(rows) = &self.built.problem.cost else { return 0.0 };
        let moves = &self.built.problem.moves;
        let present = moves.present.get(unit).copied().flatten();
        let price = moves.price.get(unit).copied().unwrap_or(0.0);
        rows[unit * self.owners() + owner] + if present.is_some_and(|p| p as usize != owner) { price } else { 0.0 }
    }

    /// Cost with what the limits of the owner charge for it.
    pub fn reduced(&self, unit: usize, owner: usize) -> f64 {
        let charged = self.built.problem.measures.iter().zip(&self.solution.prices);
        self.cost(unit, owner) + charged.map(|(measure, prices)| prices[owner] * measure.values[unit]).sum::<f64>()
    }

    pub fn eligible(&self, unit: usize) -> Vec<u32> {
        if let Some(owner) = self.built.problem.fixed.get(unit).copied().flatten() {
            return vec![owner];
        }
        match &self.built.problem.eligibility {
            Eligibility::All => (0..self.owners() as u32).collect(),
            Eligibility::Classes { class_of, owners_of_class } => owners_of_class[class_of[unit] as usize].clone(),
        }
    }

    fn least_of(&self, field: &Field, unit: usize) -> f64 {
        let reduced = self.eligible(unit).into_iter().map(|owner| self.reduced(unit, owner as usize));
        reduced.reduce(f64::min).unwrap_or_else(|| self.all_missing(field, unit))
    }

    /// A unit nobody may serve misses each skill it asks for in whole.
    pub fn all_missing(&self, field: &Field, unit: usize) -> f64 {
        let demand = &field.demands[self.pool];
        self.classes_of_unit[unit].iter().map(|class| demand.classes[*class as usize].len() as f64).sum()
    }

    /// The objective, with the units that nobody may serve.
    pub fn objective_of(&self, field: &Field, solution: &Solution) -> f64 {
        let left = (0..self.built.problem.units).filter(|unit| solution.owner[*unit] == UNASSIGNED);
        solution.objective + left.map(|unit| self.all_missing(field, unit)).sum::<f64>()
    }

    /// What a class misses less of somebody who holds `level` in place of what they hold.
    pub fn relief(&self, field: &Field, class: u32, row: u32, learnt: Learnt) -> f64 {
        let demand = &field.demands[self.pool];
        let before = field.solver.staff.level(row as usize, learnt.skill);
        let asks =
            demand.classes[class as usize].iter().filter(|ask| same(&demand.asks[**ask as usize].skill, learnt.skill));
        let missing = |ask: usize, level: f64| (1.0 - level / self.full[ask]).max(0.0);
        asks.map(|ask| missing(*ask as usize, before) - missing(*ask as usize, learnt.level.max(before))).sum()
    }

    /// Whether they may serve the class once they have learnt it.
    pub fn may_serve(&self, field: &Field, class: u32, row: u32, learnt: Learnt) -> bool {
        let demand = &field.demands[self.pool];
        let level = |skill: &str| {
            let held = field.solver.staff.level(row as usize, skill);
            if same(skill, learnt.skill) { held.max(learnt.level) } else { held }
        };
        demand.classes[class as usize].iter().map(|ask| &demand.asks[*ask as usize]).all(|ask| match ask.asked {
            Asked::Must => level(&ask.skill) > 0.0,
            Asked::Qualification => level(&ask.skill) >= ask.level,
            Asked::Fit | Asked::Stated => true,
        })
    }

    /// The same problem with other eligible owners, each list kept once.
    pub fn with_eligible(&self, lists: Vec<Vec<u32>>) -> Problem {
        let mut known: FxHashMap<Vec<u32>, u32> = FxHashMap::default();
        let mut owners_of_class: Vec<Vec<u32>> = vec![];
        let class_of = lists.into_iter().map(|list| {
            let next = owners_of_class.len() as u32;
            let class = *known.entry(list.clone()).or_insert(next);
            if class == next {
                owners_of_class.push(list);
            }
            class
        });
        let class_of = class_of.collect();
        let mut problem = self.built.problem.clone();
        problem.eligibility = Eligibility::Classes { class_of, owners_of_class };
        problem
    }
}
