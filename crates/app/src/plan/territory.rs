//! Territories as people know them: a name, a centre, who is near.

use bailiwick_engine::{Cost, Point, Solution};
use rustc_hash::FxHashMap;

use super::build_problem::Built;
use super::outcome::{NOBODY, PoolOutcome, Territory, Why};
use super::solve::Solver;
use crate::geo::great_circle_km;

/// Columns that name a place, the most telling first.
const PLACE_COLUMNS: [&str; 6] = ["city", "geography", "region", "state", "sales_territory", "country"];

/// Fills in the territories of a pool that was divided by the engine.
pub fn describe(solver: &Solver, outcome: &mut PoolOutcome, staff: &[u32], built: &Built, solution: &Solution) {
    let travelled = matches!(built.problem.cost, Cost::Travel { .. });
    let mut accounts = vec![0usize; staff.len()];
    outcome.territory.iter().filter(|owner| **owner != NOBODY).for_each(|owner| accounts[*owner as usize] += 1);
    let names = if travelled { place_names(solver, outcome, staff.len()) } else { vec![None; staff.len()] };
    outcome.territories = staff
        .iter()
        .enumerate()
        .map(|(owner, employee)| Territory {
            name: names[owner].clone().unwrap_or_default(),
            employee: *employee,
            centre: travelled.then(|| solution.centres.get(owner).copied()).flatten().filter(|at| at.x.is_finite()),
            accounts: accounts[owner],
        })
        .collect();
    if travelled {
        outcome.routing.territories = outcome.territories.iter().map(|territory| territory.name.clone()).collect();
        outcome.routing.centres =
            outcome.territories.iter().map(|territory| territory.centre.map(|at| (at.x, at.y))).collect();
    } else {
        centre_territories(solver, outcome);
    }
}

/// The middle of each territory's accounts, for the map.
pub fn centre_territories(solver: &Solver, outcome: &mut PoolOutcome) {
    let mut sums = vec![(0.0, 0.0, 0.0); outcome.territories.len()];
    for (account, territory) in outcome.pool.accounts.iter().zip(&outcome.territory) {
        if let (Some(at), Some(sum)) = (solver.places[*account as usize], sums.get_mut(*territory as usize)) {
            *sum = (sum.0 + at.x, sum.1 + at.y, sum.2 + 1.0);
        }
    }
    for (territory, (x, y, count)) in outcome.territories.iter_mut().zip(sums) {
        territory.centre = (count > 0.0).then(|| Point { x: x / count, y: y / count });
    }
}

/// A territory is called after the place most of its accounts are in; a second of the name gets a number.
fn place_names(solver: &Solver, outcome: &PoolOutcome, owners: usize) -> Vec<Option<String>> {
    let accounts = &solver.classified.accounts;
    let Some(column) = PLACE_COLUMNS.iter().find(|column| accounts.has(column)) else {
        return (1..=owners).map(|number| Some(format!("T{number}"))).collect();
    };
    let Ok(places) = accounts.words(column) else { return vec![None; owners] };
    let mut counts: Vec<FxHashMap<&str, usize>> = vec![FxHashMap::default(); owners];
    for (account, owner) in outcome.pool.accounts.iter().zip(&outcome.territory) {
        if let (Some(place), Some(counts)) = (places.get(*account as usize), counts.get_mut(*owner as usize)) {
            *counts.entry(place).or_default() += 1;
        }
    }
    let mut used: FxHashMap<&str, usize> = FxHashMap::default();
    counts
        .iter()
        .map(|counts| {
            let place = counts.iter().max_by(|a, b| a.1.cmp(b.1).then(b.0.cmp(a.0))).map_or("—", |(place, _)| *place);
            let number = used.entry(place).and_modify(|number| *number += 1).or_insert(1);
            Some(if *number == 1 { place.to_owned() } else { format!("{place} {number}") })
        })
        .collect()
}

/// Finds the other territory that is nearest.
pub struct Nearest {
    centres: Vec<(u32, Point)>,
    /// Latitude and index into `centres`, sorted, so that a thousand territories need not be compared one by one.
    by_latitude: Vec<(f64, u32)>,
}

impl Nearest {
    pub fn of(territories: &[Territory]) -> Nearest {
        let centres: Vec<(u32, Point)> = territories
            .iter()
            .enumerate()
            .filter_map(|(index, territory)| territory.centre.map(|centre| (index as u32, centre)))
            .collect();
        let mut by_latitude: Vec<(f64, u32)> =
            centres.iter().enumerate().map(|(index, (_, centre))| (centre.y, index as u32)).collect();
        by_latitude.sort_by(|a, b| a.0.total_cmp(&b.0));
        Nearest { centres, by_latitude }
    }

    /// Kilometres to the owner's centre and to the nearest other's.
    pub fn why(&self, at: Point, owner: u32, staff: &[u32]) -> Why {
        let Ok(own) = self.centres.binary_search_by_key(&owner, |(index, _)| *index) else { return Why::NoPlace };
        let km = great_circle_km(at, self.centres[own].1);
        let mut best = (NOBODY, f64::INFINITY);
        let start = self.by_latitude.partition_point(|(latitude, _)| *latitude < at.y);
        // One degree of latitude is 111.19 km: beyond the best so far, nothing on that side can be nearer.
        let mut look = |(latitude, index): &(f64, u32)| {
            if (latitude - at.y).abs() * 111.19 > best.1 {
                return false;
            }
            let (other, centre) = self.centres[*index as usize];
            if other != owner {
                let distance = great_circle_km(at, centre);
                if distance < best.1 {
                    best = (other, distance);
                }
            }
            true
        };
        let (mut down, mut up) = (start, start);
        let (mut going_down, mut going_up) = (true, true);
        while going_down || going_up {
            going_up = going_up && up < self.by_latitude.len() && look(&self.by_latitude[up]);
            up += usize::from(going_up);
            going_down = going_down && down > 0 && look(&self.by_latitude[down - 1]);
            down -= usize::from(going_down);
        }
        let next = if best.0 == NOBODY { NOBODY } else { staff[best.0 as usize] };
        Why::Near { km: km as f32, next, next_km: best.1 as f32 }
    }
}
