//! One pool of a draft: who has what, within which limits, and what of it has to be computed anew after a change.

use bailiwick_engine::edited::{Parts, recentred};
use bailiwick_engine::{Contiguity, Cost, Eligibility, Point, UNASSIGNED, score};
use rustc_hash::FxHashMap;

use crate::plan::build_problem::{Built, Form, build};
use crate::plan::outcome::{NOBODY, Routing};
use crate::plan::solve::{Solver, form_name};
use crate::plan::vacancies::VACANT;
use crate::pool::Pool;

/// A measure of a pool, with a limit for each of its people.
#[derive(Debug, Clone)]
pub struct Limited {
    pub name: String,
    /// Where the policy balances it.
    pub tolerance: Option<f64>,
    pub targets: Option<Vec<f64>>,
    /// Infinite where there is none.
    pub capacity: Vec<f64>,
}

pub struct DraftPool {
    /// `pool.staff`: who may serve it, rows of the employee table, ascending.
    pub pool: Pool,
    pub form: &'static str,
    /// The line of the policy that decides.
    pub rule: String,
    /// Who may serve it and who has something of it, ascending.
    pub people: Vec<u32>,
    /// Owner of each account, a row of the employee table, or [`NOBODY`].
    pub owner: Vec<u32>,
    /// Territory or seat of each account, an index into `names`, or [`NOBODY`].
    pub territory: Vec<u32>,
    pub names: Vec<String>,
    pub rules: Vec<String>,
    pub reasons: Vec<String>,
    pub by_hand: Vec<bool>,
    pub locked: Vec<bool>,
    /// By the policy, its pins, or by hand in the ledger: a draft does not change it.
    pub pinned: Vec<bool>,
    /// Who holds it today.
    pub before: Vec<Option<u32>>,
    /// What moving it costs by the policy's own words; empty where it says nothing.
    pub prices: Vec<f64>,
    pub measures: Vec<Limited>,
    /// `loads[measure][person]`.
    pub loads: Vec<Vec<f64>>,
    /// Accounts of each person.
    pub counts: Vec<u32>,
    /// The part of its owner's territory that each account is in, 0 for the largest; empty where that is not asked for.
    pub part: Vec<u32>,
    /// Whether the members of a group are to stay with one person.
    pub together: bool,
    /// What is torn: units of several accounts that several people have.
    pub torn: usize,
    /// The objective as it stands, where it can be told.
    pub objective: Option<f64>,
    pub lower_bound: Option<f64>,
    /// Whether it is as the optimiser left it.
    pub untouched: bool,
    /// The gap that the optimiser left it with, and how many promises it could not keep.
    pub came_with_gap: Option<f64>,
    pub came_broken: usize,
    /// The edits that hold and changed something of it.
    pub touched_by: Vec<u64>,
    /// Where somebody has several territories, because some are vacant.
    pub has_vacancies: bool,
    centres: Vec<Point>,
    built: Option<Built>,
    parts: Option<Parts>,
    /// Unit of each account, where several go together; else every account is its own.
    unit_of: Vec<u32>,
    units: usize,
    person_of: FxHashMap<u32, u32>,
}

impl DraftPool {
    /// The pool with nobody in it yet.
    pub fn of(solver: &Solver, pool: Pool, routing: Option<&Routing>) -> DraftPool {
        let coverage = pool.coverage(solver.policy);
        let divide = &coverage.divide;
        let count = pool.accounts.len();
        let form = match (&divide.territories, &divide.fit) {
            (Some(territories), _) => Some(Form::Territories(territories)),
            (_, Some(fit)) => Some(Form::Fit(fit)),
            _ if divide.by.is_none() && divide.same_as.is_none() => Some(Form::Even),
            _ => None,
        };
        let can = !pool.staff.is_empty() && count > 0;
        let built = form.filter(|_| can).and_then(|form| {
            // Without its files, a pool is judged by its people's skills and loads alone.
            build(solver, &pool, &pool.staff, form).or_else(|_| build(solver, &pool, &pool.staff, Form::Even)).ok()
        });
        let empty = built.as_ref().map_or(0, |built| built.unit_of.iter().max().map_or(0, |last| *last as usize + 1));
        let parts = built.as_ref().and_then(|built| Parts::of(&built.problem, empty));
        let unit_of = built.as_ref().map_or_else(|| (0..count as u32).collect(), |built| built.unit_of.clone());
        let seats = routing.map_or(0, |routing| routing.staff.len());
        let mut held: Vec<&str> = routing.into_iter().flat_map(|routing| &routing.staff).map(String::as_str).collect();
        held.sort_unstable();
        held.dedup();
        let pinned_rows = solver.pins_of(&pool);
        let mut pinned = vec![false; count];
        for (account, ..) in &pinned_rows {
            if let Ok(position) = pool.accounts.binary_search(account) {
                pinned[position] = true;
            }
        }
        let prices = coverage.keep.as_ref().and_then(|keep| keep.price.as_ref());
        let prices = prices.and_then(|price| solver.account_numbers(&price.0).ok());
        let prices = prices.map_or_else(Vec::new, |of| pool.accounts.iter().map(|row| of[*row as usize]).collect());
        let mut fresh = DraftPool {
            form: form_name(coverage),
            rule: routing.map_or_else(String::new, |routing| routing.rule.clone()),
            people: vec![],
            owner: vec![NOBODY; count],
            territory: vec![NOBODY; count],
            names: vec![],
            rules: vec![String::new(); count],
            reasons: vec![String::new(); count],
            by_hand: vec![false; count],
            locked: vec![false; count],
            pinned,
            before: solver.present.holders(&pool.role, pool.product_line.as_deref(), &pool.accounts),
            prices,
            measures: vec![],
            loads: vec![],
            counts: vec![],
            part: vec![],
            together: coverage.groups == Some(bailiwick_domain::policy::document::GroupRule::Together),
            torn: 0,
            objective: None,
            lower_bound: None,
            untouched: true,
            came_with_gap: None,
            came_broken: 0,
            touched_by: vec![],
            has_vacancies: held.len() < seats,
            centres: vec![],
            units: unit_of.iter().max().map_or(0, |last| *last as usize + 1),
            unit_of,
            parts,
            person_of: FxHashMap::default(),
            built,
            pool,
        };
        fresh.people.clone_from(&fresh.pool.staff);
        fresh.number_people();
        fresh
    }

    /// Index of a person.
    pub fn person(&self, employee: u32) -> Option<usize> {
        self.person_of.get(&employee).map(|index| *index as usize)
    }

    fn number_people(&mut self) {
        self.person_of = self.people.iter().enumerate().map(|(index, row)| (*row, index as u32)).collect();
    }

    /// The territory of this name.
    pub fn name(&mut self, name: &str) -> u32 {
        match self.names.iter().position(|known| known == name) {
            Some(index) => index as u32,
            None => {
                self.names.push(name.to_owned());
                self.names.len() as u32 - 1
            }
        }
    }

    /// Whoever has something is one of its people; limits and loads are computed anew for all.
    pub fn settle(&mut self, solver: &Solver) {
        let holders = self.owner.iter().copied().filter(|owner| *owner != NOBODY);
        let mut people: Vec<u32> = self.pool.staff.iter().copied().chain(holders).collect();
        people.sort_unstable();
        people.dedup();
        self.people = people;
        self.number_people();
        self.set_limits(solver);
        self.count_anew(&solver.measures);
        let everybody = vec![true; self.people.len()];
        self.look_again(&everybody);
    }

    fn set_limits(&mut self, solver: &Solver) {
        let balanced: FxHashMap<&str, (f64, &[f64])> = match &self.built {
            Some(built) => {
                built.balanced.iter().map(|(name, t, targets)| (name.as_str(), (*t, &targets[..]))).collect()
            }
            None => FxHashMap::default(),
        };
        let coverage = self.pool.coverage(solver.policy);
        let total_share: f64 = self.pool.staff.iter().map(|employee| solver.staff.share(*employee)).sum();
        let by_share = |name: &str| -> Vec<f64> {
            let values = solver.measures.get(name);
            let total: f64 = self.pool.accounts.iter().map(|account| values[*account as usize]).sum();
            self.pool.staff.iter().map(|employee| total * solver.staff.share(*employee) / total_share).collect()
        };
        let capacities: Vec<(&str, Vec<f64>)> = coverage
            .capacities()
            .into_iter()
            .filter_map(|(name, limit)| Some((name, solver.free_capacity(name, limit, &self.people).ok()?)))
            .collect();
        let spread = |of_staff: &[f64]| -> Vec<f64> {
            let of = |employee: &u32| self.pool.staff.binary_search(employee).map_or(0.0, |index| of_staff[index]);
            self.people.iter().map(of).collect()
        };
        self.measures = solver
            .measures
            .values
            .keys()
            .map(|name| {
                // Seats watch what the coverage says, without a problem of their own.
                let seats = coverage.balance.iter().find(|(known, _)| known.get_ref() == name);
                let asked = match balanced.get(name.as_str()) {
                    Some((tolerance, targets)) => Some((*tolerance, spread(targets))),
                    None => seats
                        .filter(|_| self.built.is_none() && !self.pool.staff.is_empty())
                        .map(|(_, tolerance)| (*tolerance, spread(&by_share(name)))),
                };
                let capacity = capacities.iter().find(|(known, _)| known == name);
                Limited {
                    name: name.clone(),
                    tolerance: asked.as_ref().map(|(tolerance, _)| *tolerance),
                    targets: asked.map(|(_, targets)| targets),
                    capacity: capacity.map_or_else(|| vec![f64::INFINITY; self.people.len()], |(_, free)| free.clone()),
                }
            })
            .collect();
    }

    fn count_anew(&mut self, measures: &crate::plan::measures::Measures) {
        self.counts = vec![0; self.people.len()];
        self.loads = vec![vec![0.0; self.people.len()]; self.measures.len()];
        for position in 0..self.owner.len() {
            if let Some(person) = self.person(self.owner[position]) {
                self.counts[person] += 1;
                let row = self.pool.accounts[position] as usize;
                for (loads, values) in self.loads.iter_mut().zip(measures.values.values()) {
                    loads[person] += values[row];
                }
            }
        }
    }

    /// Gives an account to somebody, or to nobody; what hangs on it is told by [`DraftPool::look_again`].
    pub fn give(&mut self, position: usize, to: u32, measures: &crate::plan::measures::Measures) {
        let from = std::mem::replace(&mut self.owner[position], to);
        let row = self.pool.accounts[position] as usize;
        for (employee, sign) in [(from, -1.0), (to, 1.0)] {
            let Some(person) = self.person(employee) else { continue };
            self.counts[person] =
                if sign > 0.0 { self.counts[person] + 1 } else { self.counts[person].saturating_sub(1) };
            for (loads, values) in self.loads.iter_mut().zip(measures.values.values()) {
                loads[person] += sign * values[row];
            }
        }
    }

    /// Parts, torn units and the objective, after changes that concern these people.
    pub fn look_again(&mut self, changed: &[bool]) {
        let mut unit_owner = vec![UNASSIGNED; self.units];
        let mut torn = vec![false; self.units];
        for (position, unit) in self.unit_of.iter().enumerate() {
            let owner = self.person(self.owner[position]).map_or(UNASSIGNED, |person| person as u32);
            let known = &mut unit_owner[*unit as usize];
            torn[*unit as usize] |= *known != UNASSIGNED && owner != UNASSIGNED && *known != owner;
            if *known == UNASSIGNED {
                *known = owner;
            }
        }
        self.torn = torn.iter().filter(|torn| **torn).count();
        if let Some(parts) = &self.parts {
            let all = built_units(self.built.as_ref(), self.units);
            let mut owners = unit_owner.clone();
            owners.resize(all, UNASSIGNED);
            let part = parts.of_owners(&owners);
            self.part = self.unit_of.iter().map(|unit| part[*unit as usize]).collect();
        }
        self.objective = self.value(&unit_owner, changed);
    }

    /// The objective of the engine's problem, where these owners are its own.
    fn value(&mut self, unit_owner: &[u32], changed: &[bool]) -> Option<f64> {
        let built = self.built.as_ref()?;
        if built.ways.is_some() || self.has_vacancies || self.pool.staff.contains(&VACANT) || self.torn > 0 {
            return None;
        }
        let owner_of = |person: u32| match person {
            UNASSIGNED => Some(UNASSIGNED),
            person => self.pool.staff.binary_search(&self.people[person as usize]).ok().map(|owner| owner as u32),
        };
        let mut owner: Vec<u32> = unit_owner.iter().map(|person| owner_of(*person)).collect::<Option<_>>()?;
        // Land without accounts weighs nothing.
        owner.resize(built.problem.units, UNASSIGNED);
        if let Cost::Travel { .. } = &built.problem.cost {
            let of_owner: Vec<bool> = self
                .pool
                .staff
                .iter()
                .map(|employee| self.person(*employee).is_none_or(|person| changed[person]))
                .collect();
            let centres = recentred(&built.problem, &owner, &self.centres, &of_owner);
            let value = score::cost(&built.problem, &owner, &centres) + score::move_cost(&built.problem, &owner);
            self.centres = centres;
            return Some(value);
        }
        Some(score::cost(&built.problem, &owner, &[]) + score::move_cost(&built.problem, &owner))
    }

    /// Whether a member of the staff holds the skills that the account asks for.
    pub fn is_qualified(&self, position: usize, employee: u32) -> bool {
        let Some(built) = &self.built else { return true };
        let Ok(owner) = self.pool.staff.binary_search(&employee) else { return false };
        match &built.problem.eligibility {
            Eligibility::All => true,
            Eligibility::Classes { class_of, owners_of_class } => {
                let class = class_of[self.unit_of[position] as usize] as usize;
                owners_of_class[class].binary_search(&(owner as u32)).is_ok()
            }
        }
    }

    /// Whether territories are to be in one piece, and it is known who neighbours whom.
    pub fn is_whole(&self) -> Option<bool> {
        if self.part.is_empty() {
            return None;
        }
        Some(self.part.iter().all(|part| matches!(*part, 0 | u32::MAX)))
    }

    /// Whether the policy asks for territories in one piece.
    pub fn asks_whole(&self) -> bool {
        self.built.as_ref().is_some_and(|built| built.problem.contiguity != Contiguity::Ignored)
    }

    /// How far from the best possible, as a share of the objective, where it is known.
    pub fn gap(&self) -> Option<f64> {
        if self.untouched && self.came_with_gap.is_some() {
            return self.came_with_gap;
        }
        let (objective, bound) = (self.objective?, self.lower_bound?);
        if objective.abs() < 1e-9 { Some(0.0) } else { Some(((objective - bound) / objective.abs()).max(0.0)) }
    }

    /// Whether it moves away from whoever holds it today.
    pub fn is_moved(&self, position: usize) -> bool {
        self.before[position].is_some_and(|before| before != self.owner[position])
    }
}

fn built_units(built: Option<&Built>, units: usize) -> usize {
    built.map_or(units, |built| built.problem.units.max(units))
}
