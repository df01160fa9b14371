//! What one level more, or one person more, would be worth.
//!
//! With the prices λ that the optimiser puts on the limits of a pool, a unit costs an owner *r(u, o)* = cost + λ·values,
//! and Σ min *r* less what the limits are worth bounds the cost of every plan from below (Fisher, *The Lagrangian
//! relaxation method for solving integer programming problems*, Management Science 27(1), 1981). Somebody who learns a
//! level lowers *r(u, o)* in their own column by what the unit then misses less, so with the prices as they are the bound
//! falls by Σ (min *r* before − min *r* after): that is the **estimate**, a sensitivity of the dual (Geoffrion,
//! *Lagrangean relaxation for integer programming*, Mathematical Programming Study 2, 1974). Somebody new is a new column,
//! priced the same way as column generation prices one (Gilmore & Gomory, *A linear programming approach to the
//! cutting-stock problem*, Operations Research 9(6), 1961). No more units are counted than there is room for. The prices
//! hold at the margin only: the estimate is at least what can be saved, give or take the gap of the plan. So the first
//! few by estimate and cost are **confirmed** by solving the pool again with the level, or the person.
//!
//! Accounts of pools that leave no choice stay where they are: there the value is what their holder then misses less.

use std::collections::BTreeSet;

use bailiwick_engine::Measure;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Field;
use super::confirm::{Confirmed, missing_with};
use super::demand::{Asked, same};
use super::study::{Learnt, Study};
use crate::error::AppError;
use crate::lang::Texts;
use crate::sizing::role_of;

/// Values below this are none.
const NOTHING: f64 = 1e-6;
/// Customers that are named.
const NAMED: usize = 5;

/// Somebody learns a level of a skill.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Training {
    pub employee_id: String,
    pub employee: String,
    pub skill: String,
    pub from: f64,
    pub to: f64,
    /// Absent where the policy does not say.
    pub cost: Option<f64>,
    /// Missing levels that the prices of the plan promise to be saved.
    pub estimated: f64,
    /// Missing levels that are saved when the plan is made again.
    pub confirmed: f64,
    /// Of a thousand in the company's currency; of a level where the cost is not known.
    pub per_cost: f64,
    pub roles: Vec<String>,
    /// Accounts that would be served better.
    pub accounts: usize,
    pub hours: f64,
    pub revenue: Option<f64>,
    /// Some of them, the most important first.
    pub customers: Vec<Customer>,
    /// In the policy's language.
    pub words: String,
}

/// Somebody is taken on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Hire {
    pub segment: String,
    pub role: String,
    pub product_line: Option<String>,
    /// `skill:level` that the new one should hold.
    pub skills: Vec<String>,
    /// Whom they would be like; absent for somebody who has all that is missed most.
    pub like: Option<String>,
    /// Of the first year.
    pub cost: Option<f64>,
    pub estimated: f64,
    pub confirmed: f64,
    pub per_cost: f64,
    pub accounts: usize,
    pub hours: f64,
    pub revenue: Option<f64>,
    pub customers: Vec<Customer>,
    pub words: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = BetterServed)]
pub struct Customer {
    pub account_id: String,
    pub account: String,
}

pub(super) struct Found {
    pub missing: f64,
    pub trainings: Vec<Training>,
    pub hires: Vec<Hire>,
}

pub(super) fn find(field: &Field, confirm: usize) -> Result<Found, AppError> {
    let studies = field.studies()?;
    let missing =
        studies.iter().map(|study| missing_in_plan(field, study)).sum::<f64>() + missing_elsewhere(field, &studies);
    Ok(Found { missing, trainings: trainings(field, &studies, confirm)?, hires: hires(field, &studies, confirm)? })
}

fn missing_in_plan(field: &Field, study: &Study) -> f64 {
    let staff = &field.held.staffs[study.pool];
    let owners = &study.solution.owner;
    (0..study.classes_of_unit.len())
        .map(|unit| match owners[unit] {
            bailiwick_engine::UNASSIGNED => study.all_missing(field, unit),
            owner => {
                let row = staff[owner as usize];
                study.classes_of_unit[unit].iter().map(|class| study.missing(field, *class, row)).sum()
            }
        })
        .sum()
}

/// Pools that leave no choice: their accounts stay with their holders.
fn settled<'a>(field: &'a Field, studies: &'a [Study]) -> impl Iterator<Item = usize> + 'a {
    (0..field.held.pools.len())
        .filter(|pool| !field.demands[*pool].asks.is_empty() && studies.iter().all(|study| study.pool != *pool))
}

fn missing_elsewhere(field: &Field, studies: &[Study]) -> f64 {
    settled(field, studies).map(|pool| field.settled_missing(pool)).sum()
}

impl Field<'_> {
    fn settled_missing(&self, pool: usize) -> f64 {
        let demand = &self.demands[pool];
        let of_account = |(owner, class): (&Option<u32>, &u32)| match owner {
            None => demand.classes[*class as usize].len() as f64,
            Some(row) => {
                let level = |skill: &str| self.solver.staff.level(*row as usize, skill);
                let full: Vec<f64> = demand.asks.iter().map(|ask| ask.level).collect();
                missing_with(demand, &full, *class, &level)
            }
        };
        self.held.owners[pool].iter().zip(&demand.class_of).map(of_account).sum()
    }

    /// What somebody's own accounts of a pool without choice miss less, and which.
    fn settled_relief(&self, pool: usize, row: u32, learnt: Learnt) -> (f64, Vec<usize>) {
        let demand = &self.demands[pool];
        let before = self.solver.staff.level(row as usize, learnt.skill);
        let mut value = 0.0;
        let mut better = vec![];
        for position in (0..demand.class_of.len()).filter(|position| self.held.owners[pool][*position] == Some(row)) {
            let asks = demand.classes[demand.class_of[position] as usize].iter().map(|ask| &demand.asks[*ask as usize]);
            let missing = |level: f64, least: f64| (1.0 - level / least).max(0.0);
            let relief: f64 = asks
                .filter(|ask| same(&ask.skill, learnt.skill))
                .map(|ask| missing(before, ask.level) - missing(learnt.level.max(before), ask.level))
                .sum();
            if relief > NOTHING {
                value += relief;
                better.push(position);
            }
        }
        (value, better)
    }

    /// Accounts of pools in numbers.
    fn concerned(&self, better: &[(usize, Vec<usize>)]) -> Concerned {
        let mut found = Concerned::default();
        let mut rows: BTreeSet<u32> = BTreeSet::new();
        for (pool, positions) in better {
            for position in positions {
                rows.insert(self.held.pools[*pool].accounts[*position]);
                found.hours += self.hours[*pool][*position];
                if let Some(revenue) = &self.revenue[*pool] {
                    *found.revenue.get_or_insert(0.0) += revenue[*position];
                }
            }
        }
        found.accounts = rows.len();
        let mut rows: Vec<u32> = rows.into_iter().collect();
        rows.sort_by(|a, b| self.importance[*b as usize].total_cmp(&self.importance[*a as usize]).then(a.cmp(b)));
        found.customers = rows
            .into_iter()
            .take(NAMED)
            .map(|row| {
                let id = self.solver.account_ids[row as usize].clone();
                Customer { account: self.names[row as usize].clone().unwrap_or_else(|| id.clone()), account_id: id }
            })
            .collect();
        found
    }
}

#[derive(Default)]
struct Concerned {
    accounts: usize,
    hours: f64,
    revenue: Option<f64>,
    customers: Vec<Customer>,
}

/// A training before it is made sure of.
struct Candidate {
    row: u32,
    skill: String,
    from: f64,
    to: f64,
    estimated: f64,
}

/// What is worth its cost; the number alone where the cost is not known. Rounded, so that what is equal is equal.
fn per_cost(value: f64, cost: Option<f64>, units: f64) -> f64 {
    let worth = match cost {
        Some(cost) if cost > 0.0 => value * 1000.0 / cost,
        _ => value / units.max(NOTHING),
    };
    (worth * 1e6).round() / 1e6
}

fn trainings(field: &Field, studies: &[Study], confirm: usize) -> Result<Vec<Training>, AppError> {
    let skills = field.solver.policy.document.skills.as_ref();
    let each = skills.and_then(|skills| skills.training_cost.as_ref()).map(|cost| *cost.get_ref());
    let worth =
        |one: &Candidate| per_cost(one.estimated, each.map(|each| each * (one.to - one.from)), one.to - one.from);
    let mut candidates = candidates(field, studies);
    candidates.sort_by(|a, b| {
        worth(b)
            .total_cmp(&worth(a))
            .then_with(|| (a.row, &a.skill).cmp(&(b.row, &b.skill)))
            .then(a.to.total_cmp(&b.to))
    });
    // Of several targets for the same lesson the one most worth its cost.
    let mut seen: BTreeSet<(u32, String)> = BTreeSet::new();
    candidates.retain(|one| seen.insert((one.row, one.skill.to_lowercase())));
    candidates.truncate(confirm);
    let mut trainings = vec![];
    for one in candidates {
        let learnt = Learnt { skill: &one.skill, level: one.to };
        let mut better: Vec<(usize, Vec<usize>)> = vec![];
        let mut value = 0.0;
        for pool in settled(field, studies) {
            let (relief, positions) = field.settled_relief(pool, one.row, learnt);
            value += relief;
            better.push((pool, positions));
        }
        for study in studies {
            let Ok(owner) = field.held.staffs[study.pool].binary_search(&one.row) else { continue };
            let Confirmed { value: saved, better: positions } = study.with_learnt(field, owner, learnt)?;
            value += saved;
            better.push((study.pool, positions));
        }
        better.retain(|(_, positions)| !positions.is_empty());
        let concerned = field.concerned(&better);
        let mut roles: Vec<String> = better.iter().map(|(pool, _)| field.held.pools[*pool].role.clone()).collect();
        roles.sort();
        roles.dedup();
        let cost = each.map(|each| each * (one.to - one.from));
        let confirmed = value.max(0.0);
        trainings.push(Training {
            employee_id: field.solver.staff.ids[one.row as usize].clone(),
            employee: field.solver.staff.names[one.row as usize].clone(),
            skill: one.skill,
            from: one.from,
            to: one.to,
            cost,
            estimated: one.estimated,
            confirmed,
            per_cost: per_cost(confirmed, cost, one.to - one.from),
            roles,
            accounts: concerned.accounts,
            hours: concerned.hours,
            revenue: concerned.revenue,
            customers: concerned.customers,
            words: String::new(),
        });
    }
    trainings.retain(|one| one.confirmed > NOTHING);
    trainings.sort_by(|a, b| b.per_cost.total_cmp(&a.per_cost));
    let texts = Texts::of(field.solver.policy.document.company.language);
    for one in &mut trainings {
        one.words = texts.say(
            "skills-train",
            &[
                ("employee", one.employee.clone().into()),
                ("skill", one.skill.clone().into()),
                ("from", texts.number(one.from, 0).into()),
                ("to", texts.number(one.to, 0).into()),
                ("saved", texts.number(one.confirmed, 1).into()),
                ("accounts", one.accounts.into()),
            ],
        );
    }
    Ok(trainings)
}

/// Everybody × every skill that their pools ask for and of which they have less than is asked, to the next level and to
/// each level that is asked for.
fn candidates(field: &Field, studies: &[Study]) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = vec![];
    for row in 0..field.solver.staff.len() as u32 {
        if !field.solver.staff.at_work[row as usize] {
            continue;
        }
        // Skill, and the levels worth reaching.
        let mut wanted: Vec<(String, Vec<f64>)> = vec![];
        let mut want = |skill: &str, level: f64| match wanted.iter_mut().find(|(known, _)| same(known, skill)) {
            Some((_, levels)) => levels.push(level),
            None => wanted.push((skill.to_owned(), vec![level])),
        };
        for study in studies.iter().filter(|study| field.held.staffs[study.pool].binary_search(&row).is_ok()) {
            let asks = field.demands[study.pool].asks.iter().zip(&study.full);
            asks.for_each(|(ask, full)| want(&ask.skill, if ask.asked == Asked::Must { full.max(1.0) } else { *full }));
        }
        for pool in settled(field, studies).filter(|pool| field.held.owners[*pool].contains(&Some(row))) {
            field.demands[pool].asks.iter().for_each(|ask| want(&ask.skill, ask.level));
        }
        for (skill, levels) in wanted {
            let from = field.solver.staff.level(row as usize, &skill);
            let cap = levels.iter().copied().fold(0.0, f64::max);
            if from + NOTHING >= cap {
                continue;
            }
            let mut targets = vec![(from.floor() + 1.0).min(cap)];
            targets.extend(levels.into_iter().filter(|level| *level > from));
            targets.sort_by(f64::total_cmp);
            targets.dedup();
            for to in targets {
                let learnt = Learnt { skill: &skill, level: to };
                let of_studies: f64 = studies.iter().map(|study| estimate(field, study, row, learnt)).sum();
                let of_others: f64 =
                    settled(field, studies).map(|pool| field.settled_relief(pool, row, learnt).0).sum();
                let estimated = of_studies + of_others;
                if estimated > NOTHING {
                    found.push(Candidate { row, skill: skill.clone(), from, to, estimated });
                }
            }
        }
    }
    found
}

/// By how much the bound falls, with the prices as they are.
fn estimate(field: &Field, study: &Study, row: u32, learnt: Learnt) -> f64 {
    let Ok(owner) = field.held.staffs[study.pool].binary_search(&row) else { return 0.0 };
    let demand = &field.demands[study.pool];
    let concerned: Vec<bool> = demand
        .classes
        .iter()
        .map(|class| class.iter().any(|ask| same(&demand.asks[*ask as usize].skill, learnt.skill)))
        .collect();
    let relief: Vec<f64> = (0..demand.classes.len())
        .map(|class| if concerned[class] { study.relief(field, class as u32, row, learnt) } else { 0.0 })
        .collect();
    let gains = study.classes_of_unit.iter().enumerate().filter_map(|(unit, classes)| {
        if !classes.iter().any(|class| concerned[*class as usize]) {
            return None;
        }
        let able = study.eligible(unit).contains(&(owner as u32))
            || classes.iter().all(|class| study.may_serve(field, *class, row, learnt));
        let less: f64 = classes.iter().map(|class| relief[*class as usize]).sum();
        able.then(|| (study.least[unit] - (study.reduced(unit, owner) - less), unit))
    });
    let measures = &study.built.problem.measures;
    taken(gains.collect(), measures, measures.iter().map(|measure| measure.upper[owner]).collect())
}

/// The greatest gains that there is room for, one after another.
fn taken(mut gains: Vec<(f64, usize)>, measures: &[Measure], mut room: Vec<f64>) -> f64 {
    gains.retain(|(gain, _)| *gain > NOTHING);
    gains.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut saved = 0.0;
    for (gain, unit) in gains {
        if measures.iter().zip(&room).all(|(measure, left)| measure.values[unit] <= *left + NOTHING) {
            measures.iter().zip(&mut room).for_each(|(measure, left)| *left -= measure.values[unit]);
            saved += gain;
        }
    }
    saved
}

/// Somebody who might be taken on, before it is made sure of.
struct Newcomer {
    /// Index among the studies.
    study: usize,
    profile: Profile,
    column: Vec<f64>,
    able: Vec<bool>,
    hire: Hire,
}

/// Who might be taken on.
struct Profile {
    like: Option<u32>,
    /// Skill and level.
    skills: Vec<(String, f64)>,
}

impl Profile {
    fn level(&self, skill: &str) -> f64 {
        self.skills.iter().find(|(held, _)| same(held, skill)).map_or(0.0, |(_, level)| *level)
    }
}

fn hires(field: &Field, studies: &[Study], confirm: usize) -> Result<Vec<Hire>, AppError> {
    let policy = field.solver.policy;
    let hiring =
        policy.document.skills.as_ref().and_then(|skills| skills.hiring_cost.as_ref()).map(|cost| *cost.get_ref());
    let mut found: Vec<Newcomer> = vec![];
    for (index, study) in studies.iter().enumerate() {
        let pool = &field.held.pools[study.pool];
        let year = role_of(field.solver, pool).and_then(|role| role.cost);
        let cost = year.map(|year| year + hiring.unwrap_or(0.0));
        for profile in profiles(field, study) {
            let (column, able) = column(field, study, &profile);
            let estimated = priced(field, study, &column, &able);
            if estimated <= NOTHING {
                continue;
            }
            let hire = Hire {
                segment: pool.segment.clone(),
                role: pool.role.clone(),
                product_line: pool.product_line.clone(),
                skills: profile.skills.iter().map(|(skill, level)| format!("{skill}:{level}")).collect(),
                like: profile.like.map(|row| field.solver.staff.ids[row as usize].clone()),
                cost,
                estimated,
                confirmed: 0.0,
                per_cost: per_cost(estimated, cost, 1.0),
                accounts: 0,
                hours: 0.0,
                revenue: None,
                customers: vec![],
                words: String::new(),
            };
            found.push(Newcomer { study: index, profile, column, able, hire });
        }
    }
    found.sort_by(|a, b| {
        let order = b.hire.per_cost.total_cmp(&a.hire.per_cost);
        order.then(a.study.cmp(&b.study)).then_with(|| a.hire.like.cmp(&b.hire.like))
    });
    found.truncate(confirm);
    let texts = Texts::of(policy.document.company.language);
    let mut hires = vec![];
    for Newcomer { study, profile, column, able, mut hire } in found {
        let study = &studies[study];
        let missing =
            |class: u32| missing_with(&field.demands[study.pool], &study.full, class, &|skill| profile.level(skill));
        let Confirmed { value, better } = study.with_hired(field, &column, &able, &missing)?;
        let concerned = field.concerned(&[(study.pool, better)]);
        hire.confirmed = value.max(0.0);
        hire.per_cost = per_cost(value.max(0.0), hire.cost, 1.0);
        hire.accounts = concerned.accounts;
        hire.hours = concerned.hours;
        hire.revenue = concerned.revenue;
        hire.customers = concerned.customers;
        hire.words = texts.say(
            "skills-hire",
            &[
                ("role", policy.role_title(&hire.role).to_owned().into()),
                ("segment", hire.segment.clone().into()),
                ("skills", hire.skills.join(", ").into()),
                ("saved", texts.number(value.max(0.0), 1).into()),
                ("accounts", hire.accounts.into()),
            ],
        );
        if value > NOTHING {
            hires.push(hire);
        }
    }
    hires.sort_by(|a, b| b.per_cost.total_cmp(&a.per_cost));
    Ok(hires)
}

/// One more like each of those there are, and one who holds in full what the account that misses most asks for, with its
/// must skills.
fn profiles(field: &Field, study: &Study) -> Vec<Profile> {
    let demand = &field.demands[study.pool];
    let staff = &field.held.staffs[study.pool];
    let mut profiles: Vec<Profile> = vec![];
    for row in staff {
        let mut skills: Vec<(String, f64)> = vec![];
        for ask in &demand.asks {
            let level = field.solver.staff.level(*row as usize, &ask.skill);
            if level > 0.0 && !skills.iter().any(|(held, _)| same(held, &ask.skill)) {
                skills.push((ask.skill.clone(), level));
            }
        }
        if !profiles.iter().any(|known| known.skills == skills) {
            profiles.push(Profile { like: Some(*row), skills });
        }
    }
    let mut missed = vec![0.0; demand.classes.len()];
    for (unit, owner) in study.solution.owner.iter().enumerate() {
        for class in &study.classes_of_unit[unit] {
            missed[*class as usize] += match *owner {
                bailiwick_engine::UNASSIGNED => demand.classes[*class as usize].len() as f64,
                owner => study.missing(field, *class, staff[owner as usize]),
            };
        }
    }
    let worst = (0..missed.len()).max_by(|a, b| missed[*a].total_cmp(&missed[*b]).then(b.cmp(a)));
    if let Some(worst) = worst.filter(|worst| missed[*worst] > NOTHING) {
        let asks = demand.classes[worst].iter().map(|ask| *ask as usize);
        let mut skills: Vec<(String, f64)> = vec![];
        for ask in asks {
            let (name, level) = (&demand.asks[ask].skill, study.full[ask]);
            match skills.iter_mut().find(|(held, _)| same(held, name)) {
                Some((_, known)) => *known = known.max(level),
                None => skills.push((name.clone(), level)),
            }
        }
        profiles.push(Profile { like: None, skills });
    }
    profiles
}

/// What each unit would cost the newcomer, and whether they may serve it. Where they would live is not known: what is
/// beside skills (the way) costs what it costs in the mean of those there are.
fn column(field: &Field, study: &Study, profile: &Profile) -> (Vec<f64>, Vec<bool>) {
    let demand = &field.demands[study.pool];
    let staff = &field.held.staffs[study.pool];
    let level = |skill: &str| profile.level(skill);
    let of_class = |of: &dyn Fn(u32) -> f64| (0..demand.classes.len() as u32).map(of).collect::<Vec<f64>>();
    let missing = of_class(&|class| missing_with(demand, &study.full, class, &level));
    let able: Vec<bool> = demand
        .classes
        .iter()
        .map(|class| {
            class.iter().map(|ask| &demand.asks[*ask as usize]).all(|ask| match ask.asked {
                Asked::Must => level(&ask.skill) > 0.0,
                Asked::Qualification => level(&ask.skill) >= ask.level,
                Asked::Fit | Asked::Stated => true,
            })
        })
        .collect();
    let alike = profile.like.and_then(|row| staff.binary_search(&row).ok());
    let is_fit = !study.built.missing.is_empty();
    let owners = study.built.problem.owners;
    let costs = study.classes_of_unit.iter().enumerate().map(|(unit, classes)| {
        let skills: f64 = classes.iter().map(|class| missing[*class as usize]).sum();
        let rows = |owner: usize| {
            let bailiwick_engine::Cost::Matrix(rows) = &study.built.problem.cost else { return 0.0 };
            let of_skills: f64 = classes.iter().map(|class| study.missing(field, *class, staff[owner])).sum();
            rows[unit * owners + owner] - of_skills
        };
        let way = match alike {
            Some(owner) => rows(owner),
            None if is_fit => (0..owners).map(rows).sum::<f64>() / owners as f64,
            None => 0.0,
        };
        (skills + way).max(0.0)
    });
    let costs: Vec<f64> = costs.collect();
    let able = study.classes_of_unit.iter().map(|classes| classes.iter().all(|class| able[*class as usize])).collect();
    (costs, able)
}

/// The new column priced: what it saves on the units it serves best, as far as there is room.
fn priced(field: &Field, study: &Study, column: &[f64], able: &[bool]) -> f64 {
    let moves = &study.built.problem.moves;
    let price = |unit: usize| match moves.present.get(unit).copied().flatten() {
        Some(_) => moves.price.get(unit).copied().unwrap_or(0.0),
        None => 0.0,
    };
    let gains = (0..column.len())
        .filter(|unit| able[*unit] && study.built.problem.fixed.get(*unit).copied().flatten().is_none())
        .map(|unit| (study.least[unit] - column[unit] - price(unit), unit));
    let measures = study.room(field);
    let room = measures.iter().map(|measure| measure.upper.last().copied().unwrap_or(f64::INFINITY)).collect();
    taken(gains.collect(), &measures, room)
}
