//! A pool in basic units: what makes two units alike, where they are and what they weigh, for [`super::aggregate`], and what
//! a solution of them is worth in accounts.

use bailiwick_domain::policy::COUNT;
use bailiwick_engine::{Cost, Eligibility, Measure, Moves, Problem, Solution, UNASSIGNED};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::aggregate::{self, ALONE, Fine, Merge};
use super::build_problem::{Built, Draft, Form, build_of, sum_by_unit};
use super::drive;
use super::solve::Solver;
use crate::error::AppError;
use crate::geo::great_circle_km;
use crate::pool::Pool;

/// What the solver is given as units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grain {
    /// Accounts, and whatever must stay together.
    Accounts,
    /// Basic units, where the pool has at least so many units, or by [`aggregate::is_worth_it`] where no number is given, and
    /// there is something to put together.
    Basic { from: Option<usize> },
}

impl Draft<'_> {
    /// The basic units, where the pool is so large that they are worth it and the policy leaves room for them.
    pub fn basic_units(
        &self,
        grain: Grain,
        given: bool,
        eligible: &Eligibility,
        fixed: &[Option<u32>],
        measures: &[Measure],
        moves: &Moves,
    ) -> Option<Merge> {
        let Grain::Basic { from } = grain else { return None };
        let by_road = matches!(self.form, Form::Territories(territories) if territories.drive.is_some());
        let many = from.map_or_else(|| aggregate::is_worth_it(self.units, self.staff.len()), |from| self.units >= from);
        if !many || given || by_road {
            return None;
        }
        let Draft { solver, pool, unit_of, units, .. } = self;
        let (kind, cell) = self.kinds_and_cells(eligible, fixed, moves);
        let weights = match self.form {
            Form::Territories(_) => sum_by_unit(solver.measures.get(&self.weight), pool, unit_of, *units),
            _ => sum_by_unit(solver.measures.get(COUNT), pool, unit_of, *units),
        };
        let of_weight = aggregate::bound_of_weight(&weights, self.staff.len());
        let limits = measures.iter().filter_map(|m| Some((m.values.as_slice(), aggregate::bound_of_measure(m)?)));
        let of_moves = aggregate::bound_of_moves(moves, self.staff.len());
        let tolls = of_moves.filter(|_| !moves.weight.is_empty()).map(|bound| (moves.weight.as_slice(), bound));
        let bounds = limits.chain(tolls).chain([(weights.as_slice(), of_weight)]).collect();
        let merge = aggregate::merge(&Fine { kind, cell, bounds });
        (merge.units < *units).then_some(merge)
    }

    /// Of each unit, what it must have in common with others to become one with them, and where it is.
    fn kinds_and_cells(&self, eligible: &Eligibility, fixed: &[Option<u32>], moves: &Moves) -> (Vec<u32>, Vec<u64>) {
        let Draft { solver, pool, unit_of, units, .. } = self;
        let (placed, asked): (bool, Vec<Vec<Option<String>>>) = match self.form {
            Form::Even => (false, vec![]),
            Form::Territories(_) => (true, vec![]),
            Form::Fit(fit) => {
                let names = fit.skills.iter().chain(&fit.must);
                (fit.near > 0.0, names.map(|name| solver.skill_values(name.get_ref(), pool)).collect())
            }
        };
        let mut members = vec![0u32; *units];
        let mut cell = vec![0; *units];
        let mut skills = vec![0; if asked.is_empty() { 0 } else { *units }];
        let mut known: FxHashMap<Vec<Option<&str>>, u32> = FxHashMap::default();
        let places: Vec<_> = pool.accounts.iter().map(|account| solver.places[*account as usize]).collect();
        let cells = if placed { aggregate::cells(&places) } else { vec![] };
        for (position, unit) in unit_of.iter().enumerate() {
            let unit = *unit as usize;
            members[unit] += 1;
            cell[unit] = cells.get(position).copied().unwrap_or(0);
            if !asked.is_empty() {
                let values = asked.iter().map(|column| column[position].as_deref()).collect();
                let next = known.len() as u32;
                skills[unit] = *known.entry(values).or_insert(next);
            }
        }
        let mut kinds: FxHashMap<(u32, Option<u32>, u32), u32> = FxHashMap::default();
        let kind = |unit: usize| {
            if members[unit] != 1 || fixed.get(unit).copied().flatten().is_some() {
                return ALONE;
            }
            let class = match eligible {
                Eligibility::All => 0,
                Eligibility::Classes { class_of, .. } => class_of[unit],
            };
            let present = moves.present.get(unit).copied().flatten();
            let next = kinds.len() as u32;
            *kinds.entry((class, present, skills.get(unit).copied().unwrap_or(0))).or_insert(next)
        };
        ((0..*units).map(kind).collect(), cell)
    }
}

impl Solver<'_> {
    /// Builds and solves a pool's problem.
    pub fn solve_form(
        &self,
        pool: &Pool,
        seats: &[u32],
        form: Form,
        grain: Grain,
        share: f64,
        report: &(dyn Fn(f64) + Sync),
    ) -> Result<(Built, Solution), AppError> {
        let mut built = build_of(self, pool, seats, form, grain)?;
        let mut solution = match &pool.coverage(self.policy).divide.territories {
            Some(territories) => drive::solve(self, pool, seats, territories, &mut built, share, report)?,
            None => self.run(&built.problem, share, report)?,
        };
        if built.whole_of.is_some() {
            solution.objective = self.objective_of_accounts(pool, &built, &solution);
            solution.lower_bound = solution.lower_bound.map(|_| least_cost(&built.problem));
            solution.method = format!("{} on {} basic units", solution.method, built.problem.units);
        }
        Ok((built, solution))
    }

    /// What a solution of basic units costs, every way measured from the account itself.
    fn objective_of_accounts(&self, pool: &Pool, built: &Built, solution: &Solution) -> f64 {
        if !matches!(built.problem.cost, Cost::Travel { .. }) {
            return solution.objective;
        }
        let (weights, places) = (self.measures.get(&built.weight), &self.places);
        let way = |(account, unit): (&u32, &u32)| match (places[*account as usize], solution.owner[*unit as usize]) {
            (Some(at), owner) if owner != UNASSIGNED => {
                weights[*account as usize] * great_circle_km(at, solution.centres[owner as usize])
            }
            _ => 0.0,
        };
        // Chunk by chunk, so that the sum is the same whatever the number of threads.
        let chunks = pool.accounts.par_chunks(4096).zip(built.unit_of.par_chunks(4096));
        let parts: Vec<f64> = chunks.map(|(accounts, units)| accounts.iter().zip(units).map(way).sum()).collect();
        parts.iter().sum::<f64>() + bailiwick_engine::score::move_cost(&built.problem, &solution.owner)
    }
}

/// Which basic units were put together from several units.
pub fn are_merged(unit_of: &[u32], whole_of: &[u32], units: usize) -> Vec<bool> {
    let mut first: Vec<Option<u32>> = vec![None; units];
    let mut merged = vec![false; units];
    for (unit, whole) in unit_of.iter().zip(whole_of) {
        merged[*unit as usize] |= *first[*unit as usize].get_or_insert(*whole) != *whole;
    }
    merged
}

/// What no plan of the accounts can undercut: the solver's own bound is one for plans that divide no basic unit, and others
/// might be better. Accounts of a basic unit are alike, so each costs at least what it costs whoever is best for the unit;
/// no way costs less than nothing.
fn least_cost(problem: &Problem) -> f64 {
    let Cost::Matrix(rows) = &problem.cost else { return 0.0 };
    let of_unit = |(unit, costs): (usize, &[f64])| {
        let least = match &problem.eligibility {
            Eligibility::All => costs.iter().copied().fold(f64::INFINITY, f64::min),
            Eligibility::Classes { class_of, owners_of_class } => {
                let owners = &owners_of_class[class_of[unit] as usize];
                owners.iter().map(|owner| costs[*owner as usize]).fold(f64::INFINITY, f64::min)
            }
        };
        if least.is_finite() { least } else { 0.0 }
    };
    rows.chunks(problem.owners.max(1)).enumerate().map(of_unit).sum()
}
