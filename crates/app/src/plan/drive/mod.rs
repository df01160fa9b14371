//! Territories by minutes on the road instead of kilometres as the crow flies.
//!
//! Owners are found by the minutes to the centres, and each centre moves to the place that is quickest for what its owner
//! got, again and again (Maranzana 1964, "On the location of supply points to minimize transport costs", Operational
//! Research Quarterly 15: location–allocation on a network).

mod bound;
mod places;
mod roads;

use bailiwick_domain::policy::document::{Around, Territories};
use bailiwick_engine::{Cost, Point, Problem, Solution, UNASSIGNED};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use places::homes;
pub use places::ways;
use roads::Roads;

use super::build_problem::Built;
use super::outcome::{NOBODY, Why};
use super::solve::Solver;
use super::vacancies::VACANT;
use crate::error::AppError;
use crate::pool::Pool;

/// Rounds of locating centres, at most; a handful is enough, the first bring most.
const ROUNDS: usize = 8;
/// A round that gains less than this share of the whole is the last.
const LITTLE: f64 = 1e-4;

/// A pool seen along its roads.
struct Trip<'a> {
    roads: &'a Roads,
    /// Place of each account of the pool.
    place: Vec<u32>,
    /// Weight of each account of the pool.
    weight: Vec<f64>,
    built: &'a Built,
    owners: usize,
}

/// Owners by minutes on the road, and the reason of each account of the pool.
pub fn solve(
    solver: &Solver,
    pool: &Pool,
    staff: &[u32],
    territories: &Territories,
    built: &mut Built,
    share: f64,
    report: &(dyn Fn(f64) + Sync),
) -> Result<Solution, AppError> {
    let Some(drive) = &territories.drive else { return solver.run(&built.problem, share, report) };
    let (roads, place) = ways(&solver.land(), pool, drive)?;
    let weights = solver.measures.get(&built.weight);
    let weight = pool.accounts.iter().map(|account| weights[*account as usize]).collect();
    let (solution, minutes) = {
        let trip = Trip { roads: &roads, place, weight, built, owners: staff.len() };
        let (solution, centres) = match territories.around {
            Around::Home => {
                let centres = homes(solver, pool, staff, drive, &roads)?;
                (solver.run(&trip.problem(&centres), share, report)?, centres)
            }
            Around::Compact => trip.locate(solver, share, report)?,
        };
        let minutes = trip.reasons(&solution, &centres, staff);
        let at = trip.middles(solver, pool, &centres);
        (Solution { centres: at, ..solution }, minutes)
    };
    built.ways = Some(minutes);
    Ok(solution)
}

impl Trip<'_> {
    /// The assignment by minutes to the centres.
    fn problem(&self, centres: &[u32]) -> Problem {
        let owners = self.owners;
        let mut rows = vec![0.0; self.built.problem.units * owners];
        for ((unit, &place), weight) in self.built.unit_of.iter().zip(&self.place).zip(&self.weight) {
            let row = &mut rows[*unit as usize * owners..(*unit as usize + 1) * owners];
            for (cost, centre) in row.iter_mut().zip(centres) {
                *cost += weight * self.roads.minutes(*centre, place);
            }
        }
        Problem { cost: Cost::Matrix(rows), ..self.built.problem.clone() }
    }

    /// Centres wherever they are best: from what the crow would choose, in rounds.
    fn locate(
        &self,
        solver: &Solver,
        share: f64,
        report: &(dyn Fn(f64) + Sync),
    ) -> Result<(Solution, Vec<u32>), AppError> {
        let within = |from: f64, to: f64| move |fraction: f64| report(from + (to - from) * fraction);
        let crow = solver.run(&self.built.problem, 0.2 * share, &within(0.0, 0.2))?;
        let mut owner = crow.owner;
        let mut best: Option<(Solution, Vec<u32>)> = None;
        for round in 0..ROUNDS {
            let centres = self.centres(&owner);
            if best.as_ref().is_some_and(|(_, known)| *known == centres) {
                break;
            }
            let at = 0.2 + 0.8 * round as f64 / ROUNDS as f64;
            let step = within(at, at + 0.8 / ROUNDS as f64);
            let solution = solver.run(&self.problem(&centres), share / ROUNDS as f64, &step)?;
            owner.clone_from(&solution.owner);
            let before = best.as_ref().map(|(known, _)| known);
            let gain = before.map_or(f64::INFINITY, |known| known.objective - solution.objective);
            let worth = before.map_or(0.0, |known| LITTLE * known.objective.abs());
            let broken =
                |solution: &Solution| solution.shortfalls.len() + usize::from(solution.contiguous == Some(false));
            let better =
                before.is_none_or(|known| (broken(&solution), solution.objective) < (broken(known), known.objective));
            if better {
                best = Some((solution, centres));
            }
            if gain <= worth {
                break;
            }
        }
        let (solution, centres) = best.ok_or_else(|| AppError::Referee(vec![String::from("no centres were found")]))?;
        // What was proven in a round holds for its centres alone.
        let known = solution.objective;
        let bound = || solver.steer(0.2 * share, report, |control| self.lower_bound(known, control)).min(known);
        let lower_bound = solution.shortfalls.is_empty().then(bound);
        Ok((Solution { lower_bound, ..solution }, centres))
    }

    /// The place that is quickest for what each owner got, among the places it got something at.
    fn centres(&self, owner: &[u32]) -> Vec<u32> {
        let mut load: Vec<FxHashMap<u32, f64>> = vec![FxHashMap::default(); self.owners];
        for ((unit, &place), weight) in self.built.unit_of.iter().zip(&self.place).zip(&self.weight) {
            if let Some(load) = load.get_mut(owner[*unit as usize] as usize) {
                // A weightless account still wants a centre that is near.
                *load.entry(place).or_default() += weight.max(1e-9);
            }
        }
        let anywhere = self.place.first().copied().unwrap_or(0);
        load.par_iter()
            .map(|load| {
                let mut places: Vec<(u32, f64)> = load.iter().map(|(place, weight)| (*place, *weight)).collect();
                places.sort_unstable_by_key(|(place, _)| *place);
                let cost = |at: u32| -> f64 { places.iter().map(|&(to, w)| w * self.roads.minutes(at, to)).sum() };
                let all = places.iter().map(|&(at, _)| (cost(at), at));
                all.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))).map_or(anywhere, |(_, at)| at)
            })
            .collect()
    }

    /// Minutes from the owner's centre to each account of the pool, and from the quickest other's.
    fn reasons(&self, solution: &Solution, centres: &[u32], staff: &[u32]) -> Vec<Why> {
        let why = |(unit, &place): (&u32, &u32)| {
            let owner = solution.owner[*unit as usize];
            if owner == UNASSIGNED {
                return Why::NoPlace;
            }
            let minutes = |owner: usize| self.roads.minutes(centres[owner], place);
            let others = (0..self.owners).filter(|other| *other != owner as usize && staff[*other] != VACANT);
            let next =
                others.map(|other| (minutes(other), other)).min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            Why::Drive {
                minutes: minutes(owner as usize) as f32,
                next: next.map_or(NOBODY, |(_, other)| staff[other]),
                next_minutes: next.map_or(f32::INFINITY, |(minutes, _)| minutes as f32),
            }
        };
        self.built.unit_of.iter().zip(&self.place).map(why).collect()
    }

    /// Where the accounts of each centre's place lie, for the map.
    fn middles(&self, solver: &Solver, pool: &Pool, centres: &[u32]) -> Vec<Point> {
        let mut sums: FxHashMap<u32, (f64, f64, f64)> = FxHashMap::default();
        for (account, place) in pool.accounts.iter().zip(&self.place) {
            if let Some(at) = solver.places[*account as usize] {
                let sum = sums.entry(*place).or_default();
                *sum = (sum.0 + at.x, sum.1 + at.y, sum.2 + 1.0);
            }
        }
        let nowhere = Point { x: f64::NAN, y: f64::NAN };
        let middle = |sum: &(f64, f64, f64)| Point { x: sum.0 / sum.2, y: sum.1 / sum.2 };
        centres.iter().map(|place| sums.get(place).map_or(nowhere, middle)).collect()
    }
}
