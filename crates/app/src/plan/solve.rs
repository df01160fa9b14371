//! Each pool by its own form, in an order in which whatever is followed comes first.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::Path;
use std::rc::Rc;
use std::time::{Duration, Instant};

use bailiwick_data::Words;
use bailiwick_domain::finding::Finding;
use bailiwick_domain::policy::document::{Coverage, Text};
use bailiwick_domain::policy::{COUNT, Policy};
use bailiwick_engine::{Control, Cost, Point, Problem, Solution, SolveError, UNASSIGNED};
use rustc_hash::FxHashMap;

use super::build_problem::{Built, Form};
use super::grain::Grain;
use super::groups::group_roots;
use super::measures::Measures;
use super::outcome::{BrokenPromise, MeasureOutcome, NOBODY, Nobody, PoolOutcome, Routing, RoutingMeasure, Why};
use super::pins::{ResolvedPin, resolve_pins};
use super::present::Present;
use super::stage::Stage;
use super::units::Land;
use super::variation::Variation;
use super::{Ground, Request, Step, matching, seats, territory, vacancies};
use crate::classify::{Classified, compile, condition};
use crate::error::AppError;
use crate::pool::Pool;
use crate::project::Project;
use crate::staff::Staff;

/// Everything a pool's solution draws on.
pub struct Solver<'a> {
    pub policy: &'a Policy,
    pub classified: &'a Classified,
    pub account_ids: &'a [String],
    pub staff: &'a Staff,
    pub present: &'a Present,
    pub measures: Measures,
    /// Where each account is.
    pub places: Vec<Option<Point>>,
    /// The head of each account's group: the account itself where it has no parent.
    pub roots: Vec<u32>,
    /// The folder that the policy's paths start from.
    base: &'a Path,
    pub request: &'a Request,
    /// The best number of employees of each coverage, where it is sized.
    pub sized: HashMap<usize, usize>,
    /// Told of each part of the work that begins.
    pub entered: &'a (dyn Fn(Stage) + Sync),
    started: Instant,
    pins: Vec<ResolvedPin>,
    /// What earlier pools took of a capacity: by measure and expression, for each employee.
    used: RefCell<HashMap<(String, String), Vec<f64>>>,
    /// Columns used as skills, by name.
    skill_columns: RefCell<HashMap<String, Rc<Words>>>,
}

/// Owners by (role, product line), for pools that follow.
pub type Holders = HashMap<(String, Option<String>), Vec<u32>>;

impl<'a> Solver<'a> {
    pub fn new(project: &'a Project, request: &'a Request, ground: &'a Ground) -> Result<Solver<'a>, AppError> {
        let policy = &project.policy;
        let Ground { classified, account_ids, staff, present, .. } = ground;
        let accounts = &classified.accounts;
        let numbers = |column: &str| accounts.numbers_if_any(column);
        let places = numbers("longitude")?
            .into_iter()
            .zip(numbers("latitude")?)
            .map(|(x, y)| Some(Point { x: x?, y: y? }))
            .collect();
        let roots = group_roots(accounts, account_ids)?;
        let measures = Measures::of(policy, accounts)?;
        let mut solver = Solver {
            policy,
            classified,
            account_ids,
            staff,
            present,
            measures,
            places,
            roots,
            base: &project.base,
            request,
            sized: HashMap::new(),
            entered: &|_| {},
            started: Instant::now(),
            pins: vec![],
            used: RefCell::default(),
            skill_columns: RefCell::default(),
        };
        solver.pins = resolve_pins(&solver, project)?;
        Ok(solver)
    }

    /// Solves every pool; the outcomes stand in the order of the policy.
    pub fn solve_all(&self, pools: Vec<Pool>, progress: &(dyn Fn(Step) + Sync)) -> Result<Vec<PoolOutcome>, AppError> {
        let total: usize = pools.iter().map(|pool| pool.accounts.len()).sum::<usize>().max(1);
        let mut waiting: Vec<(usize, Pool)> = pools.into_iter().enumerate().collect();
        let mut holders = Holders::new();
        let mut outcomes: Vec<(usize, PoolOutcome)> = vec![];
        let mut done = 0usize;
        while !waiting.is_empty() {
            let next = (0..waiting.len()).find(|index| self.is_ready(&waiting[*index], &waiting)).unwrap_or(0);
            let (order, pool) = waiting.remove(next);
            let (size, title) = (pool.accounts.len(), pool.title());
            let report = |within: f64| {
                let fraction = (done as f64 + within * size as f64) / total as f64;
                progress(Step { what: title.clone(), fraction, stage: Stage::Solving });
            };
            report(0.0);
            self.request.cancel.check()?;
            let share = size as f64 / (total - done).max(1) as f64;
            let outcome = self.solve_pool(pool, &holders, share, &report)?;
            remember(&mut holders, &outcome, self.account_ids.len());
            outcomes.push((order, outcome));
            done += size;
        }
        outcomes.sort_by_key(|(order, _)| *order);
        Ok(outcomes.into_iter().map(|(_, outcome)| outcome).collect())
    }

    /// A pool that follows a role waits for that role's pools; one that follows the parent, for its own role's others.
    fn is_ready(&self, (_, pool): &(usize, Pool), waiting: &[(usize, Pool)]) -> bool {
        let Some(followed) = &pool.coverage(self.policy).divide.same_as else { return true };
        let parent = followed.get_ref() == "parent";
        let role = if parent { pool.role.as_str() } else { followed.get_ref().as_str() };
        !waiting.iter().any(|(_, other)| {
            other.role == role
                && !(parent
                    && other.coverage(self.policy).divide.same_as.as_ref().is_some_and(|f| f.get_ref() == "parent"))
        })
    }

    fn solve_pool(
        &self,
        pool: Pool,
        holders: &Holders,
        share: f64,
        report: &(dyn Fn(f64) + Sync),
    ) -> Result<PoolOutcome, AppError> {
        self.enter(Stage::Conditions);
        let coverage = pool.coverage(self.policy);
        let divide = &coverage.divide;
        if let Some(followed) = &divide.same_as {
            return Ok(super::follow::follow(self, pool.clone(), followed.get_ref(), holders));
        }
        let staff = match &divide.to {
            Some(to) => self.named_person(&pool, to)?,
            None => pool.staff.clone(),
        };
        if staff.is_empty() || pool.accounts.is_empty() {
            return Ok(self.without_staff(pool));
        }
        if let Some(by) = &divide.by {
            return seats::divide_by(self, pool.clone(), &staff, by, share, report);
        }
        let form = match (&divide.territories, &divide.fit) {
            (Some(territories), _) => Form::Territories(territories),
            (_, Some(fit)) => Form::Fit(fit),
            _ => Form::Even,
        };
        let seats = match &form {
            Form::Territories(territories) => vacancies::seats(self, &pool, &staff, territories)?,
            _ => staff,
        };
        let basic = Grain::Basic { from: self.request.basic_from };
        let (mut built, mut solution) = self.solve_form(&pool, &seats, form, basic, share, report)?;
        if built.whole_of.is_some() && !solution.shortfalls.is_empty() {
            // Whether that is so of the accounts, too, only they can tell.
            (built, solution) = self.solve_form(&pool, &seats, form, Grain::Accounts, share, report)?;
        }
        self.enter(Stage::JoinBack);
        let holders = vacancies::looked_after(&seats, &solution);
        let mut outcome = self.read_back(pool.clone(), &holders, built, solution);
        vacancies::report(self, &mut outcome, &seats);
        Ok(outcome)
    }

    pub fn enter(&self, stage: Stage) {
        (self.entered)(stage);
    }

    /// The engine, under the pool's share of the time that is left.
    pub fn run(&self, problem: &Problem, share: f64, report: &(dyn Fn(f64) + Sync)) -> Result<Solution, AppError> {
        let solved = self.steer(share, report, |control| bailiwick_engine::solve(problem, control));
        let solution = solved.map_err(|error| match error {
            SolveError::Cancelled => AppError::Cancelled,
            malformed @ SolveError::Malformed(_) => AppError::Referee(vec![malformed.to_string()]),
        })?;
        let complaints = bailiwick_engine::check::referee(problem, &solution);
        self.enter(Stage::JoinBack);
        if complaints.is_empty() { Ok(solution) } else { Err(AppError::Referee(complaints)) }
    }

    /// Does work of the engine under a share of the time that is left.
    pub fn steer<T>(&self, share: f64, report: &(dyn Fn(f64) + Sync), work: impl FnOnce(&Control) -> T) -> T {
        let until = self.request.time_limit.map(|limit| {
            let left = limit.saturating_sub(self.started.elapsed());
            // What follows the solving (explaining, writing) needs some of it too.
            Instant::now() + left.mul_f64((share * 0.8).clamp(0.0, 0.8)).max(Duration::from_millis(50))
        });
        self.enter(Stage::Solving);
        work(&Control {
            seed: self.request.seed,
            out_of_time: &|| until.is_some_and(|until| Instant::now() >= until),
            cancelled: &|| self.request.cancel.is_raised(),
            patient: until.is_some(),
            progress: &|progress| report(progress.fraction),
        })
    }

    pub fn land(&self) -> Land<'_> {
        Land {
            policy: self.policy,
            base: self.base,
            accounts: &self.classified.accounts,
            account_ids: self.account_ids,
        }
    }

    pub fn variation(&self) -> &Variation {
        &self.request.variation
    }

    /// The one person whom `to` names: an employee's id, or a condition.
    pub fn named_person(&self, pool: &Pool, to: &Text) -> Result<Vec<u32>, AppError> {
        if let Some(row) = self.staff.index_of(to.get_ref()) {
            return Ok(if self.staff.at_work[row] { vec![row as u32] } else { vec![] });
        }
        let table = &self.staff.table;
        let meets = condition(self.policy, to, &table.columns(), table)
            .map_err(|finding| AppError::refused(self.policy, vec![finding]))?;
        let found: Vec<u32> = pool.staff.iter().copied().filter(|row| meets[*row as usize]).collect();
        if found.len() > 1 {
            let names: Vec<&str> = found.iter().take(5).map(|row| self.staff.ids[*row as usize].as_str()).collect();
            let message = format!("{} employees meet \"{}\": {}", found.len(), to.get_ref(), names.join(", "));
            let remedy = "name one person, or divide among them with balance = { count = 0.1 }";
            let finding = Finding::error("named-several", message, remedy).at(self.policy.place(to));
            return Err(AppError::refused(self.policy, vec![finding]));
        }
        Ok(found)
    }

    /// The pins of a pool: account row, employee row, index of the pin.
    pub fn pins_of(&self, pool: &Pool) -> Vec<(u32, u32, u32)> {
        let pins = self.pins.iter().enumerate().filter(|(_, pin)| {
            pin.role == pool.role && (pin.product_line.is_none() || pin.product_line == pool.product_line)
        });
        pins.filter(|(_, pin)| pool.accounts.binary_search(&pin.account).is_ok())
            .map(|(index, pin)| (pin.account, pin.employee, index as u32))
            .collect()
    }

    /// The reasons of all pins, in the order that [`Why::Pinned`] counts by.
    pub fn pin_reasons(&self) -> Vec<String> {
        self.pins.iter().map(|pin| pin.reason.clone()).collect()
    }

    /// Which skill each account of the pool asks for in one respect.
    pub fn skill_values(&self, name: &str, pool: &Pool) -> Vec<Option<String>> {
        if name == "product_line" && pool.product_line.is_some() {
            return vec![pool.product_line.clone(); pool.accounts.len()];
        }
        let column = {
            let mut cached = self.skill_columns.borrow_mut();
            cached
                .entry(name.to_owned())
                .or_insert_with(|| {
                    let accounts = &self.classified.accounts;
                    Rc::new(accounts.words(name).unwrap_or_else(|_| Words::none(accounts.len())))
                })
                .clone()
        };
        pool.accounts.iter().map(|account| column.filled(*account as usize).map(str::to_owned)).collect()
    }

    /// Measures and tolerances that a coverage balances, its own first.
    pub fn balance_of(&self, coverage: &Coverage, form: &Form) -> Vec<(String, f64)> {
        let mut asked: Vec<(String, f64)> = vec![];
        let within = match form {
            Form::Territories(territories) => Some(&territories.balance),
            _ => coverage.divide.balance.as_ref(),
        };
        for (name, tolerance) in within.into_iter().flatten().chain(&coverage.balance) {
            match asked.iter_mut().find(|(known, _)| known == name.get_ref()) {
                Some((_, known)) => *known = known.min(*tolerance),
                None => asked.push((name.get_ref().clone(), *tolerance)),
            }
        }
        let factor = self.variation().tolerance;
        asked.iter_mut().for_each(|(_, tolerance)| *tolerance *= factor);
        asked
    }

    /// What is left of a capacity to each of `staff`, after the pools solved before.
    pub fn free_capacity(&self, measure: &str, limit: &Text, staff: &[u32]) -> Result<Vec<f64>, AppError> {
        let table = &self.staff.table;
        let expression = compile(self.policy, limit, &table.columns())
            .map_err(|finding| AppError::refused(self.policy, vec![finding]))?;
        let limits = expression.numbers(table)?;
        let used = self.used.borrow();
        let taken = used.get(&(measure.to_owned(), limit.get_ref().clone()));
        Ok(staff
            .iter()
            .map(|employee| {
                let row = *employee as usize;
                let share = self.staff.ramp.get(row).copied().unwrap_or(1.0);
                let limit = limits.get(row).copied().flatten().unwrap_or(f64::INFINITY) * share;
                let taken = taken.and_then(|taken| taken.get(row)).copied().unwrap_or(0.0);
                (limit - taken).max(0.0)
            })
            .collect())
    }

    /// For what arrives later: a capacity stays what it is, while the limits of balance grow with the pool.
    fn note_capacity(&self, outcome: &mut PoolOutcome, staff: &[u32]) {
        for (measure, limit) in outcome.pool.coverage(self.policy).capacities() {
            let Ok(free) = self.free_capacity(measure, limit, staff) else { continue };
            if let Some(measure) = outcome.routing.measures.iter_mut().find(|known| known.name == measure) {
                measure.capacity = free.into_iter().map(|free| free.is_finite().then_some(free)).collect();
            }
        }
    }

    /// As if no pool had been solved yet: for whoever solves them once more.
    pub fn forget_capacity(&self) {
        self.used.borrow_mut().clear();
    }

    pub fn take_capacity(&self, pool: &Pool, owner: &[u32]) {
        let mut used = self.used.borrow_mut();
        for (measure, limit) in pool.coverage(self.policy).capacities() {
            let values = self.measures.get(measure);
            let taken = used
                .entry((measure.to_owned(), limit.get_ref().clone()))
                .or_insert_with(|| vec![0.0; self.staff.len()]);
            for (account, owner) in pool.accounts.iter().zip(owner) {
                if *owner != NOBODY {
                    taken[*owner as usize] += values[*account as usize];
                }
            }
        }
    }

    fn without_staff(&self, pool: Pool) -> PoolOutcome {
        let count = pool.accounts.len();
        let mut outcome = self.blank(pool, &[], "nobody");
        if count > 0 {
            outcome.broken.push(BrokenPromise {
                what: format!("somebody for role {}", outcome.pool.role),
                place: outcome.pool.title(),
                by: format!("{count} accounts have nobody"),
                remedy: String::from("no employee at work meets the staff condition: change staff, or the employees"),
            });
        }
        outcome
    }

    /// An outcome with nobody in it yet.
    pub fn blank(&self, pool: Pool, staff: &[u32], method: &str) -> PoolOutcome {
        let count = pool.accounts.len();
        let rule = self.rule(&pool);
        let before = self.present.holders(&pool.role, pool.product_line.as_deref(), &pool.accounts);
        let routing = Routing {
            coverage: pool.coverage,
            rule: rule.clone(),
            role: pool.role.clone(),
            product_line: pool.product_line.clone(),
            segment: pool.segment.clone(),
            form: form_name(pool.coverage(self.policy)).to_owned(),
            staff: staff.iter().map(|employee| self.staff.ids[*employee as usize].clone()).collect(),
            weight: COUNT.to_owned(),
            groups_together: pool.coverage(self.policy).groups
                == Some(bailiwick_domain::policy::document::GroupRule::Together),
            ..Routing::default()
        };
        let mut people = staff.to_vec();
        people.sort_unstable();
        people.dedup();
        PoolOutcome {
            people,
            pool: Pool { staff: staff.to_vec(), ..pool },
            rule,
            owner: vec![NOBODY; count],
            territory: vec![NOBODY; count],
            why: vec![Why::Nobody(Nobody::NoStaff); count],
            before,
            territories: vec![],
            method: method.to_owned(),
            objective: 0.0,
            cost: 0.0,
            weight: 0.0,
            moved_by: Default::default(),
            objective_unit: String::new(),
            lower_bound: None,
            measures: vec![],
            contiguous: None,
            enclaves: None,
            broken: vec![],
            limits_broken: 0,
            routing,
        }
    }

    /// `bailiwick.toml:33 by`: the line of the coverage, and its form.
    fn rule(&self, pool: &Pool) -> String {
        let coverage = pool.coverage(self.policy);
        let place = self.policy.place(&coverage.role);
        let file = std::path::Path::new(&place.file)
            .file_name()
            .map_or_else(|| place.file.clone(), |name| name.to_string_lossy().into_owned());
        format!("{file}:{} {}", place.line, form_name(coverage))
    }

    /// From units and owners back to accounts and employees.
    fn read_back(&self, pool: Pool, staff: &[u32], built: Built, solution: Solution) -> PoolOutcome {
        let mut outcome = self.blank(pool, staff, &solution.method);
        let owner_of_unit = |unit: u32| solution.owner[unit as usize];
        for (position, unit) in built.unit_of.iter().enumerate() {
            let owner = owner_of_unit(*unit);
            if owner != UNASSIGNED {
                outcome.owner[position] = staff[owner as usize];
                outcome.territory[position] = owner;
            }
        }
        let form = outcome.routing.form.clone();
        outcome.objective = solution.objective;
        outcome.cost = solution.objective - bailiwick_engine::score::move_cost(&built.problem, &solution.owner);
        outcome.weight = match &built.problem.cost {
            Cost::Travel { sites, .. } => sites.iter().map(|site| site.weight).sum(),
            _ => outcome.pool.accounts.len() as f64,
        };
        // One person alone: there is nothing to optimise.
        outcome.lower_bound = if staff.len() == 1 { Some(solution.objective) } else { solution.lower_bound };
        outcome.contiguous = solution.contiguous;
        outcome.enclaves = solution.enclaves;
        outcome.objective_unit = match &built.problem.cost {
            Cost::Travel { .. } if built.ways.is_some() => format!("{}·min", built.weight),
            Cost::Travel { .. } => format!("{}·km", built.weight),
            Cost::Matrix(_) => String::from("missing skill levels"),
            Cost::Zero => String::from("price of moves"),
        };
        outcome.broken = built.broken.clone();
        self.measure(&mut outcome, staff, &built.balanced, &built.measure_names, &built.problem);
        territory::describe(self, &mut outcome, staff, &built, &solution);
        self.explain_shortfalls(&mut outcome, staff, &built, &solution);
        self.give_reasons(&mut outcome, staff, &built, &form);
        outcome.routing.weight = built.weight.clone();
        outcome.routing.measures = routing_measures(&outcome, &built.measure_names, &solution, &built.problem);
        self.note_capacity(&mut outcome, staff);
        self.take_capacity(&outcome.pool, &outcome.owner);
        outcome
    }

    /// Loads of every measure, with the limits of those that the coverage balances.
    pub fn measure(
        &self,
        outcome: &mut PoolOutcome,
        staff: &[u32],
        balanced: &[(String, f64, Vec<f64>)],
        limited: &[String],
        problem: &Problem,
    ) {
        let position: FxHashMap<u32, usize> =
            staff.iter().enumerate().map(|(index, employee)| (*employee, index)).collect();
        // Whoever looks after a vacancy has a load for each territory.
        let several = position.len() < staff.len();
        for (name, values) in &self.measures.values {
            let moved = (0..outcome.owner.len()).filter(|position| outcome.is_moved_from_staff(*position));
            let moved = moved.map(|position| values[outcome.pool.accounts[position] as usize]).sum();
            outcome.moved_by.insert(name.clone(), moved);
            let mut loads = vec![0.0; staff.len()];
            for (row, account) in outcome.pool.accounts.iter().enumerate() {
                let own = position.get(&outcome.owner[row]).copied();
                if let Some(index) = own.map(|own| if several { outcome.territory[row] as usize } else { own }) {
                    loads[index] += values[*account as usize];
                }
            }
            let balance = balanced.iter().find(|(balanced, ..)| balanced == name);
            let limits = limited.iter().position(|limited| limited == name).map(|index| &problem.measures[index]);
            outcome.measures.push(MeasureOutcome {
                name: name.clone(),
                tolerance: balance.map(|(_, tolerance, _)| *tolerance),
                targets: balance.map(|(.., targets)| targets.clone()),
                lower: limits.map_or_else(|| vec![0.0; staff.len()], |measure| measure.lower.clone()),
                upper: limits.map_or_else(|| vec![f64::INFINITY; staff.len()], |measure| measure.upper.clone()),
                loads,
            });
        }
    }

    /// Limits that the engine could not keep, as promises of the policy.
    pub fn explain_shortfalls(&self, outcome: &mut PoolOutcome, staff: &[u32], built: &Built, solution: &Solution) {
        outcome.limits_broken = solution.shortfalls.len();
        for shortfall in &solution.shortfalls {
            let name = &built.measure_names[shortfall.measure];
            let employee = staff[shortfall.owner as usize] as usize;
            let measure = &built.problem.measures[shortfall.measure];
            let owner = shortfall.owner as usize;
            let (side, limit) =
                if shortfall.over { ("above", measure.upper[owner]) } else { ("below", measure.lower[owner]) };
            outcome.broken.push(BrokenPromise {
                what: format!("{name} of {} ({})", self.staff.names[employee], self.staff.ids[employee]),
                place: outcome.pool.title(),
                by: format!("{} {side} the limit of {}", short(shortfall.by), short(limit)),
                remedy: String::from("widen the tolerance, add or move staff, free pins, or raise the budget of moves"),
            });
        }
        // What is in pieces has them within others as a rule: that is told once.
        if let (Some(true), Some(enclaves @ 1..)) = (solution.contiguous, solution.enclaves) {
            outcome.broken.push(BrokenPromise {
                what: String::from("no territory within another"),
                place: outcome.pool.title(),
                by: format!("{enclaves} wholly surrounded by one other"),
                remedy: String::from("widen the tolerance, or free pins and skills that hold it there"),
            });
        }
        if solution.contiguous == Some(false) {
            outcome.broken.push(BrokenPromise {
                what: String::from("territories in one piece"),
                place: outcome.pool.title(),
                by: String::from("at least one territory has a detached part"),
                remedy: String::from("widen the tolerance, or free pins and skills that tear it apart"),
            });
        }
        let left: usize = outcome.owner.iter().filter(|owner| **owner == NOBODY).count();
        if left > 0 && outcome.broken.iter().all(|broken| !broken.by.contains("accounts: nobody")) {
            outcome.broken.push(BrokenPromise {
                what: format!("somebody for role {}", outcome.pool.role),
                place: outcome.pool.title(),
                by: format!("{left} accounts have nobody"),
                remedy: String::from("widen the staff or the skills asked for"),
            });
        }
    }

    fn give_reasons(&self, outcome: &mut PoolOutcome, staff: &[u32], built: &Built, form: &str) {
        let pins = self.pins_of(&outcome.pool).into_iter();
        let pinned: FxHashMap<u32, (u32, u32)> =
            pins.map(|(account, employee, index)| (account, (employee, index))).collect();
        // Whoever is in a basic unit is with others by nearness, not because they belong together.
        let whole_of = built.whole_of.as_ref().unwrap_or(&built.unit_of);
        let mut members = vec![0u32; whole_of.iter().max().map_or(0, |most| *most as usize + 1)];
        whole_of.iter().for_each(|unit| members[*unit as usize] += 1);
        let near = territory::Nearest::of(&outcome.territories);
        let matching = matching::Matching::of(outcome.pool.coverage(self.policy), built, staff);
        for position in 0..outcome.owner.len() {
            let account = outcome.pool.accounts[position];
            let unit = built.unit_of[position] as usize;
            let owner = outcome.territory[position];
            outcome.why[position] = if owner == NOBODY {
                Why::Nobody(Nobody::NoSkill)
            } else if let Some((_, index)) = pinned.get(&account).filter(|(pinned, _)| *pinned == staff[owner as usize])
            {
                Why::Pinned(*index)
            } else if form == "to" {
                Why::Named
            } else if let Some(ways) = &built.ways {
                ways[position]
            } else if form == "territories" {
                match self.places[account as usize] {
                    Some(at) => near.why(at, owner, staff),
                    None => Why::NoPlace,
                }
            } else if members[whole_of[position] as usize] > 1 {
                Why::Group
            } else if form == "fit" {
                matching.why(self, account, unit, owner)
            } else {
                Why::Load
            };
        }
    }
}

pub fn routing_measures(
    outcome: &PoolOutcome,
    limited: &[String],
    solution: &Solution,
    problem: &Problem,
) -> Vec<RoutingMeasure> {
    let finite = |limit: &f64| limit.is_finite().then_some(*limit);
    let mut measures = vec![];
    for measure in &outcome.measures {
        let index = limited.iter().position(|name| *name == measure.name);
        if index.is_none() && measure.name != COUNT {
            continue;
        }
        measures.push(RoutingMeasure {
            name: measure.name.clone(),
            loads: measure.loads.clone(),
            capacity: vec![],
            upper: match index {
                Some(index) => problem.measures[index].upper.iter().map(finite).collect(),
                None => vec![None; measure.loads.len()],
            },
            prices: match index {
                Some(index) => solution.prices.get(index).cloned().unwrap_or_default(),
                None => vec![0.0; measure.loads.len()],
            },
        });
    }
    measures
}

fn remember(holders: &mut Holders, outcome: &PoolOutcome, accounts: usize) {
    let key = (outcome.pool.role.clone(), outcome.pool.product_line.clone());
    let column = holders.entry(key).or_insert_with(|| vec![NOBODY; accounts]);
    for (account, owner) in outcome.pool.accounts.iter().zip(&outcome.owner) {
        column[*account as usize] = *owner;
    }
}

/// The form's word in the policy.
pub fn form_name(coverage: &Coverage) -> &'static str {
    let divide = &coverage.divide;
    if divide.to.is_some() {
        "to"
    } else if divide.by.is_some() {
        "by"
    } else if divide.territories.is_some() {
        "territories"
    } else if divide.fit.is_some() {
        "fit"
    } else if divide.same_as.is_some() {
        "same_as"
    } else {
        "balance"
    }
}

/// A number short enough to read.
pub fn short(value: f64) -> String {
    if !value.is_finite() {
        return String::from("none");
    }
    let digits = if value.abs() >= 100.0 || value.fract() == 0.0 { 0 } else { 2 };
    format!("{value:.digits$}")
}
