//! From nouns to the engine's numbers: a pool becomes a [`Problem`].
//!
//! A unit is an account or, where groups stay together, all of a group's accounts in the pool, or a given unit such as a
//! postcode. An owner is an employee. Very many units are put together to basic units first (see [`super::aggregate`]).

use bailiwick_domain::finding::Finding;
use bailiwick_domain::policy::COUNT;
use bailiwick_domain::policy::document::{Around, Coverage, Fit, GroupRule, Territories};
use bailiwick_engine::{Centres, Contiguity, Cost, Eligibility, Measure, Metric, Problem, Site};
use rustc_hash::FxHashMap;

use super::aggregate::gather;
use super::grain::{Grain, are_merged};
use super::outcome::{BrokenPromise, Why};
use super::solve::Solver;
use super::stage::Stage;
use super::units::given_units;
use super::vacancies::VACANT;
use crate::classify::compile;
use crate::error::AppError;
use crate::pool::Pool;

/// The pool as the engine sees it, and the way back.
pub struct Built {
    pub problem: Problem,
    /// Unit of each account of the pool.
    pub unit_of: Vec<u32>,
    /// Where several units became basic units: which of the former each account is part of.
    pub whole_of: Option<Vec<u32>>,
    /// Names of the problem's measures.
    pub measure_names: Vec<String>,
    /// Balanced measures: name, tolerance, target of each owner.
    pub balanced: Vec<(String, f64, Vec<f64>)>,
    /// Promises seen to be broken before any solving.
    pub broken: Vec<BrokenPromise>,
    /// The measure a kilometre is weighed by.
    pub weight: String,
    /// Why each account of the pool is where it is, where that is told by minutes on the road.
    pub ways: Option<Vec<Why>>,
    /// For fit: missing skill levels, `[unit * owners + owner]`, without nearness and moves.
    pub missing: Vec<f64>,
}

/// What the divide form asks of the cost.
#[derive(Clone, Copy)]
pub enum Form<'a> {
    Even,
    Territories(&'a Territories),
    Fit(&'a Fit),
}

/// A pool on its way to becoming a problem: what all of its parts are computed from.
pub struct Draft<'a> {
    pub solver: &'a Solver<'a>,
    pub pool: &'a Pool,
    /// The owners, rows of the employee table.
    pub staff: &'a [u32],
    pub coverage: &'a Coverage,
    pub form: &'a Form<'a>,
    /// Unit of each account of the pool.
    pub unit_of: Vec<u32>,
    pub units: usize,
    /// The measure a kilometre is weighed by.
    pub weight: String,
}

/// The problem, account by account.
pub fn build<'a>(solver: &'a Solver<'a>, pool: &'a Pool, staff: &'a [u32], form: Form<'a>) -> Result<Built, AppError> {
    build_of(solver, pool, staff, form, Grain::Accounts)
}

pub fn build_of<'a>(
    solver: &'a Solver<'a>,
    pool: &'a Pool,
    staff: &'a [u32],
    form: Form<'a>,
    grain: Grain,
) -> Result<Built, AppError> {
    solver.enter(Stage::Conditions);
    let coverage = pool.coverage(solver.policy);
    let mut broken = vec![];
    let given = match &form {
        Form::Territories(territories) => given_units(&solver.land(), pool, territories)?,
        _ => None,
    };
    let (unit_of, held) = match &given {
        Some(given) => (given.unit_of.clone(), given.held),
        None => group_units(solver, pool, coverage),
    };
    let empty = given.as_ref().map_or(0, |given| given.empty);
    let units = held + empty;
    let weight = weight_measure(coverage, &form);
    let mut draft = Draft { solver, pool, staff, coverage, form: &form, unit_of, units, weight };
    let mut eligible = draft.eligibility(&mut broken);
    if let Some(split) = eligible.split.take() {
        (draft.unit_of, draft.units) = (split.0, split.1 + empty);
        eligible = draft.eligibility(&mut vec![]);
    }
    solver.enter(Stage::Aggregation);
    let mut fixed = draft.fixed(&mut broken);
    let (mut measures, measure_names, balanced) = draft.limits(&eligible.unassignable)?;
    let mut moves = draft.moves(&eligible.engine, &fixed, &mut broken)?;
    let mut whole_of = None;
    if let Some(merge) = draft.basic_units(grain, given.is_some(), &eligible.engine, &fixed, &measures, &moves) {
        let of_account = draft.unit_of.iter().map(|unit| merge.of[*unit as usize]).collect();
        whole_of = Some(std::mem::replace(&mut draft.unit_of, of_account));
        draft.units = merge.units;
        eligible.engine = merge.eligibility(eligible.engine);
        fixed = merge.common(&fixed);
        measures = measures.into_iter().map(|measure| merge.measure(measure)).collect();
        moves = merge.moves(moves);
    }
    let (cost, missing) = draft.cost(whole_of.as_deref())?;
    let contiguity = match &form {
        Form::Territories(territories) if territories.contiguous => given.map_or(Contiguity::OfSites, |given| {
            let places: Vec<_> = pool.accounts.iter().map(|account| solver.places[*account as usize]).collect();
            given.contiguity(&draft.unit_of, draft.units - empty, &places)
        }),
        _ => Contiguity::Ignored,
    };
    let problem = Problem {
        units: draft.units,
        owners: staff.len(),
        cost,
        measures,
        eligibility: eligible.engine,
        fixed,
        moves,
        contiguity,
    };
    Ok(Built {
        problem,
        unit_of: draft.unit_of,
        whole_of,
        measure_names,
        balanced,
        broken,
        weight: draft.weight,
        ways: None,
        missing,
    })
}

fn stranger_pin(solver: &Solver, pool: &Pool, row: u32, employee: u32) -> BrokenPromise {
    let (account, employee) = (&solver.account_ids[row as usize], &solver.staff.ids[employee as usize]);
    BrokenPromise {
        what: format!("the pin of account {account} to {employee}"),
        place: pool.title(),
        by: String::from("1 account"),
        remedy: format!("{employee} is not among the staff of this coverage, or not at work: change the pin or staff"),
    }
}

fn divided_pin(solver: &Solver, pool: &Pool, row: u32, employee: u32, first: u32) -> BrokenPromise {
    let ids = &solver.staff.ids;
    BrokenPromise {
        what: format!("the pin of account {} to {}", solver.account_ids[row as usize], ids[employee as usize]),
        place: pool.title(),
        by: String::from("1 account"),
        remedy: format!("another pin gives what goes with it to {}: remove one of them", ids[first as usize]),
    }
}

/// Accounts that stay together share a unit.
fn group_units(solver: &Solver, pool: &Pool, coverage: &Coverage) -> (Vec<u32>, usize) {
    if coverage.groups != Some(GroupRule::Together) {
        return ((0..pool.accounts.len() as u32).collect(), pool.accounts.len());
    }
    let mut unit_by_root: FxHashMap<u32, u32> = FxHashMap::default();
    let unit_of = pool
        .accounts
        .iter()
        .map(|account| {
            let next = unit_by_root.len() as u32;
            *unit_by_root.entry(solver.roots[*account as usize]).or_insert(next)
        })
        .collect();
    (unit_of, unit_by_root.len())
}

struct Eligible {
    engine: Eligibility,
    /// Units nobody may serve.
    unassignable: Vec<bool>,
    /// The units to use instead, where a group has no one who may serve all of it.
    split: Option<(Vec<u32>, usize)>,
}

impl Draft<'_> {
    /// The owners that pins give units to.
    fn fixed(&self, broken: &mut Vec<BrokenPromise>) -> Vec<Option<u32>> {
        let mut fixed: Vec<Option<u32>> = vec![None; self.units];
        for (row, employee, _) in &self.solver.pins_of(self.pool) {
            let Ok(position) = self.pool.accounts.binary_search(row) else { continue };
            match self.staff.iter().position(|candidate| candidate == employee) {
                Some(owner) => {
                    let first = *fixed[self.unit_of[position] as usize].get_or_insert(owner as u32);
                    if first != owner as u32 {
                        broken.push(divided_pin(self.solver, self.pool, *row, *employee, self.staff[first as usize]));
                    }
                }
                None => broken.push(stranger_pin(self.solver, self.pool, *row, *employee)),
            }
        }
        fixed
    }

    /// Who may serve which unit: `must` skills strictly, qualifications of the segment as far as somebody has them.
    fn eligibility(&self, broken: &mut Vec<BrokenPromise>) -> Eligible {
        let Draft { solver, pool, staff, coverage, form, unit_of, units, .. } = self;
        let units = *units;
        let must: Vec<Vec<Option<String>>> = match form {
            Form::Fit(fit) => fit.must.iter().map(|name| solver.skill_values(name.get_ref(), pool)).collect(),
            _ => vec![],
        };
        let qualified = solver.policy.asks_for_qualification();
        let segments = solver.policy.segment_names();
        if must.is_empty() && !qualified {
            return Eligible { engine: Eligibility::All, unassignable: vec![false; units], split: None };
        }
        let everyone: Vec<u32> = (0..staff.len() as u32).collect();
        let mut class_by_key: FxHashMap<(Option<u16>, Vec<Option<&str>>), u32> = FxHashMap::default();
        let mut lists: Vec<Vec<u32>> = vec![];
        let mut counts: Vec<u64> = vec![];
        let mut unmet: Vec<Option<String>> = vec![];
        let mut class_of_account = vec![0u32; pool.accounts.len()];
        for (position, account) in pool.accounts.iter().enumerate() {
            let segment = solver.classified.segment[*account as usize].filter(|_| qualified);
            let values: Vec<Option<&str>> = must.iter().map(|column| column[position].as_deref()).collect();
            let class = *class_by_key.entry((segment, values.clone())).or_insert_with(|| {
                let skilled = everyone.iter().copied().filter(|owner| {
                    let employee = staff[*owner as usize] as usize;
                    values.iter().flatten().all(|skill| solver.staff.level(employee, skill) > 0.0)
                });
                let skilled: Vec<u32> = skilled.collect();
                let promised = segment
                    .map(|segment| solver.policy.promise(segments[segment as usize], &pool.role).qualification)
                    .unwrap_or_default();
                let holds = |owner: &u32, (skill, least): (&String, &f64)| {
                    solver.staff.level(staff[*owner as usize] as usize, skill) >= *least
                };
                let qualified: Vec<u32> =
                    skilled.iter().copied().filter(|owner| promised.iter().all(|one| holds(owner, one))).collect();
                let lacking = if skilled.is_empty() {
                    Some(values.iter().flatten().map(|skill| skill.to_string()).collect::<Vec<_>>().join(" and "))
                } else if qualified.is_empty() {
                    let wanted = promised.iter().map(|(skill, least)| format!("{skill} at level {least}"));
                    Some(wanted.collect::<Vec<_>>().join(" and "))
                } else {
                    None
                };
                lists.push(if qualified.is_empty() { skilled } else { qualified });
                counts.push(0);
                unmet.push(lacking);
                lists.len() as u32 - 1
            });
            counts[class as usize] += 1;
            class_of_account[position] = class;
        }
        for (class, lacking) in unmet.iter().enumerate() {
            let Some(lacking) = lacking else { continue };
            let consequence = if lists[class].is_empty() { "nobody serves them" } else { "others serve them" };
            broken.push(BrokenPromise {
                what: format!("somebody who holds {lacking}"),
                place: pool.title(),
                by: format!("{} accounts: {consequence}", counts[class]),
                remedy: format!("train or hire somebody for {lacking}, or widen staff"),
            });
        }
        // A unit of several accounts may be served by those who may serve each of them.
        let mut lists_of_units: FxHashMap<Vec<u32>, u32> = FxHashMap::default();
        let mut classes_of_unit: Vec<Vec<u32>> = vec![vec![]; units];
        for (position, class) in class_of_account.iter().enumerate() {
            let classes = &mut classes_of_unit[unit_of[position] as usize];
            if !classes.contains(class) {
                classes.push(*class);
            }
        }
        let mut owners_of_class: Vec<Vec<u32>> = vec![];
        let mut class_of = vec![];
        let mut torn = vec![false; units];
        for (unit, classes) in classes_of_unit.iter_mut().enumerate() {
            classes.sort_unstable();
            let class = *lists_of_units.entry(classes.clone()).or_insert_with(|| {
                let shared = everyone
                    .iter()
                    .copied()
                    .filter(|owner| classes.iter().all(|class| lists[*class as usize].contains(owner)));
                owners_of_class.push(shared.collect());
                owners_of_class.len() as u32 - 1
            });
            torn[unit] = owners_of_class[class as usize].is_empty() && classes.len() > 1;
            class_of.push(class);
        }
        let split = torn.contains(&true).then(|| split_units(unit_of, units, &torn));
        if split.is_some() {
            let count = torn.iter().filter(|torn| **torn).count();
            let (whole, members) = match form {
                Form::Territories(territories) if territories.unit.is_some() => ("unit", "accounts"),
                _ => ("group", "members"),
            };
            broken.push(BrokenPromise {
                what: format!("the {members} of a {whole} with one person"),
                place: pool.title(),
                by: format!("{count} {whole}s: nobody may serve all their {members}"),
                remedy: format!("widen the staff of role {}, or the skills asked for", coverage.role.get_ref()),
            });
        }
        let unassignable = class_of.iter().map(|class| owners_of_class[*class as usize].is_empty()).collect();
        Eligible { engine: Eligibility::Classes { class_of, owners_of_class }, unassignable, split }
    }
}

/// Every account of a torn unit becomes a unit of its own.
fn split_units(unit_of: &[u32], units: usize, torn: &[bool]) -> (Vec<u32>, usize) {
    let mut renamed: Vec<Option<u32>> = vec![None; units];
    let mut next = 0u32;
    let mut take = || {
        next += 1;
        next - 1
    };
    let split = unit_of
        .iter()
        .map(|unit| if torn[*unit as usize] { take() } else { *renamed[*unit as usize].get_or_insert_with(&mut take) })
        .collect();
    (split, next as usize)
}

/// The measure a kilometre is weighed by.
fn weight_measure(coverage: &Coverage, form: &Form) -> String {
    let Form::Territories(territories) = form else { return COUNT.to_owned() };
    let stated = territories.weight.as_ref();
    let first = territories.balance.keys().next().or_else(|| coverage.balance.keys().next());
    stated.or(first).map_or_else(|| COUNT.to_owned(), |name| name.get_ref().clone())
}

impl Draft<'_> {
    /// What each unit costs each owner. Of basic units, which were put together from `whole_of`, what lies in one cell is
    /// in one place.
    fn cost(&self, whole_of: Option<&[u32]>) -> Result<(Cost, Vec<f64>), AppError> {
        let Draft { solver, pool, staff, unit_of, units, weight, .. } = self;
        match self.form {
            Form::Even => Ok((Cost::Zero, vec![])),
            Form::Territories(territories) => {
                let weights = solver.measures.get(weight);
                let mut sites: Vec<Site> = pool
                    .accounts
                    .iter()
                    .zip(unit_of)
                    .filter_map(|(account, unit)| {
                        let at = solver.places[*account as usize]?;
                        Some(Site { unit: *unit, at, weight: weights[*account as usize] })
                    })
                    .collect();
                sites.sort_by_key(|site| site.unit);
                if let Some(whole_of) = whole_of {
                    sites = gather(sites, &are_merged(unit_of, whole_of, *units));
                }
                let homes: Vec<_> = staff.iter().map(|employee| solver.staff.home(*employee)).collect();
                let centres = match territories.around {
                    Around::Home => Centres::Fixed(homes_or_refuse(solver, pool, staff)?),
                    Around::Compact => Centres::Free,
                };
                Ok((Cost::Travel { sites, metric: Metric::GreatCircle, centres, homes }, vec![]))
            }
            Form::Fit(fit) => {
                let missing = missing_levels(solver, pool, staff, fit, unit_of, *units);
                let mut rows = missing.clone();
                if fit.near > 0.0 {
                    add_nearness(solver, pool, staff, fit.near, unit_of, &mut rows);
                }
                Ok((Cost::Matrix(rows), missing))
            }
        }
    }
}

fn homes_or_refuse(solver: &Solver, pool: &Pool, staff: &[u32]) -> Result<Vec<bailiwick_engine::Point>, AppError> {
    let mut homes = vec![];
    let mut without = vec![];
    for employee in staff {
        match solver.staff.home(*employee) {
            Some(home) => homes.push(home),
            None if *employee == VACANT => without.push(String::from("a vacancy")),
            None => without.push(solver.staff.ids[*employee as usize].clone()),
        }
    }
    if without.is_empty() {
        return Ok(homes);
    }
    let coverage = pool.coverage(solver.policy);
    let message = format!("territories around home need latitude and longitude of every employee of {}", pool.title());
    let count = without.len() as u64;
    without.truncate(3);
    let remedy = "fill the employees' columns, or write around = \"compact\"";
    let finding = Finding::error("home-missing", message, remedy).at(solver.policy.place(&coverage.role));
    Err(AppError::refused(solver.policy, vec![finding.counting(count, without)]))
}

/// How many levels below the best of the staff an owner is, summed over the skills an account asks for and divided by
/// the highest level anybody holds: 0 for a perfect match, 1 a skill that is not held at all.
fn missing_levels(solver: &Solver, pool: &Pool, staff: &[u32], fit: &Fit, unit_of: &[u32], units: usize) -> Vec<f64> {
    let owners = staff.len();
    let mut missing = vec![0.0; units * owners];
    for name in fit.skills.iter().chain(&fit.must) {
        let values = solver.skill_values(name.get_ref(), pool);
        let mut levels: FxHashMap<&str, Vec<f64>> = FxHashMap::default();
        for (position, value) in values.iter().enumerate() {
            let Some(skill) = value.as_deref() else { continue };
            let shortfall = levels.entry(skill).or_insert_with(|| {
                let held: Vec<f64> =
                    staff.iter().map(|employee| solver.staff.level(*employee as usize, skill)).collect();
                let best = held.iter().copied().fold(0.0, f64::max).max(1.0);
                held.iter().map(|level| 1.0 - level / best).collect()
            });
            let row = unit_of[position] as usize * owners;
            missing[row..row + owners].iter_mut().zip(shortfall).for_each(|(sum, shortfall)| *sum += *shortfall);
        }
    }
    missing
}

fn add_nearness(solver: &Solver, pool: &Pool, staff: &[u32], near: f64, unit_of: &[u32], rows: &mut [f64]) {
    let owners = staff.len();
    for (position, account) in pool.accounts.iter().enumerate() {
        let Some(at) = solver.places[*account as usize] else { continue };
        for (owner, employee) in staff.iter().enumerate() {
            if let Some(home) = solver.staff.homes[*employee as usize] {
                rows[unit_of[position] as usize * owners + owner] +=
                    near * crate::geo::great_circle_km(at, home) / 100.0;
            }
        }
    }
}

type Limits = (Vec<Measure>, Vec<String>, Vec<(String, f64, Vec<f64>)>);

impl Draft<'_> {
    /// Balanced measures around the shares of the staff, and capacities, one engine measure a name.
    fn limits(&self, unassignable: &[bool]) -> Result<Limits, AppError> {
        let Draft { solver, pool, staff, coverage, form, unit_of, .. } = self;
        let units = self.units;
        let mut measures: indexmap::IndexMap<String, Measure> = indexmap::IndexMap::new();
        let mut balanced = vec![];
        let total_fte: f64 = staff.iter().map(|employee| solver.staff.share(*employee)).sum();
        let asked = solver.balance_of(coverage, form);
        for (name, tolerance) in asked {
            let values = sum_by_unit(solver.measures.get(&name), pool, unit_of, units);
            let total: f64 = values.iter().zip(unassignable).filter(|(_, out)| !**out).map(|(value, _)| value).sum();
            let targets: Vec<f64> =
                staff.iter().map(|employee| total * solver.staff.share(*employee) / total_fte).collect();
            let lower = targets.iter().map(|target| target * (1.0 - tolerance).max(0.0)).collect();
            let upper = targets.iter().map(|target| target * (1.0 + tolerance)).collect();
            measures.insert(name.clone(), Measure { values, lower, upper });
            balanced.push((name, tolerance, targets));
        }
        for (name, limit) in coverage.capacities() {
            let name = name.to_owned();
            let free = solver.free_capacity(&name, limit, staff)?;
            let entry = measures.entry(name.clone()).or_insert_with(|| Measure {
                values: sum_by_unit(solver.measures.get(&name), pool, unit_of, units),
                lower: vec![0.0; staff.len()],
                upper: vec![f64::INFINITY; staff.len()],
            });
            entry.upper.iter_mut().zip(&free).for_each(|(upper, free)| *upper = upper.min(*free));
            let (lower, upper) = (&mut entry.lower, &entry.upper);
            lower.iter_mut().zip(upper).for_each(|(lower, upper)| *lower = lower.min(*upper));
        }
        let names = measures.keys().cloned().collect();
        Ok((measures.into_values().collect(), names, balanced))
    }
}

pub fn sum_by_unit(values: &[f64], pool: &Pool, unit_of: &[u32], units: usize) -> Vec<f64> {
    let mut sums = vec![0.0; units];
    for (account, unit) in pool.accounts.iter().zip(unit_of) {
        sums[*unit as usize] += values[*account as usize];
    }
    sums
}

impl Solver<'_> {
    /// Numbers of an SQL expression over account columns.
    pub fn account_numbers(&self, text: &bailiwick_domain::policy::document::Text) -> Result<Vec<f64>, AppError> {
        let accounts = &self.classified.accounts;
        let expression = compile(self.policy, text, &accounts.columns())
            .map_err(|finding| AppError::refused(self.policy, vec![finding]))?;
        Ok(expression.numbers(accounts)?.into_iter().map(|n| n.filter(|n| n.is_finite()).unwrap_or(0.0)).collect())
    }
}
