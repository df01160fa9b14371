//! Why somebody fits an account: skills, the way where it counts, and who would have come next.

use bailiwick_domain::policy::document::Coverage;
use bailiwick_engine::Eligibility;

use super::build_problem::Built;
use super::outcome::{Fitness, NOBODY, Why};
use super::solve::Solver;

/// The matching of a pool, as its problem was built.
pub struct Matching<'a> {
    built: &'a Built,
    /// Accounts of each unit, where they are alike and their levels were summed up.
    members: Vec<u32>,
    staff: &'a [u32],
    /// What 100 km count, in missing skill levels.
    near: f64,
}

impl<'a> Matching<'a> {
    pub fn of(coverage: &Coverage, built: &'a Built, staff: &'a [u32]) -> Matching<'a> {
        let mut members = vec![];
        if built.whole_of.is_some() {
            members = vec![0; built.problem.units];
            built.unit_of.iter().for_each(|unit| members[*unit as usize] += 1);
        }
        Matching { built, members, staff, near: coverage.divide.fit.as_ref().map_or(0.0, |fit| fit.near) }
    }

    /// Why this owner, against the best of the others who may serve the account.
    pub fn why(&self, solver: &Solver, account: u32, unit: usize, owner: u32) -> Why {
        let others = (0..self.staff.len() as u32).filter(|other| *other != owner && self.may_serve(unit, *other));
        let judged = others.map(|other| (other, self.fitness(solver, account, unit, other)));
        let best = judged.min_by(|a, b| self.shortfall(a.1).total_cmp(&self.shortfall(b.1)));
        let own = self.fitness(solver, account, unit, owner);
        match best {
            Some((next, other)) => {
                let better = self.shortfall(other) < self.shortfall(own) - 1e-6;
                Why::Fit { own, next: self.staff[next as usize], other, better }
            }
            None => Why::Fit { own, next: NOBODY, other: own, better: false },
        }
    }

    fn may_serve(&self, unit: usize, owner: u32) -> bool {
        match &self.built.problem.eligibility {
            Eligibility::All => true,
            Eligibility::Classes { class_of, owners_of_class } => {
                owners_of_class[class_of[unit] as usize].binary_search(&owner).is_ok()
            }
        }
    }

    fn fitness(&self, solver: &Solver, account: u32, unit: usize, owner: u32) -> Fitness {
        let alike = f64::from(self.members.get(unit).copied().unwrap_or(1));
        let missing = (self.built.missing[unit * self.staff.len() + owner as usize] / alike) as f32;
        let home = solver.staff.homes[self.staff[owner as usize] as usize];
        let way = solver.places[account as usize].zip(home).filter(|_| self.near > 0.0);
        Fitness { missing, km: way.map(|(at, home)| crate::geo::great_circle_km(at, home) as f32) }
    }

    /// What the pool's cost says of it.
    fn shortfall(&self, fitness: Fitness) -> f64 {
        f64::from(fitness.missing) + self.near * f64::from(fitness.km.unwrap_or(0.0)) / 100.0
    }
}
