//! One account against one pool of the plan in force: who could serve it, what each would cost, who is full.
//!
//! Both routing (who gets an arrival) and explaining (who else was there) ask this. It judges by the pool as the plan left
//! it: centres, limits and the prices of limits, so that an arrival is placed as the optimiser would have placed it at the
//! margin (Fisher, *The Lagrangian relaxation method*, Management Science 27, 1981: the price is the worth of one unit).
//! Where the policy says how arrivals are shared, that decides instead: by load, or in turn ([`crate::route::turns`]).
//!
//! What depends on the pool alone is computed once ([`Chooser::new`]), what depends on the account's columns once for all
//! accounts that are asked about together ([`Views::of`]).

use bailiwick_domain::policy::document::{Arrivals, Share};
use bailiwick_domain::policy::{COUNT, Policy};
use bailiwick_engine::Point;
use rustc_hash::FxHashMap;
use serde::Serialize;
use utoipa::ToSchema;

use crate::classify::{compile, data_finding};
use crate::error::AppError;
use crate::geo::great_circle_km;
use crate::lang::Texts;
use crate::plan::outcome::{Routing, RoutingMeasure};
use crate::route::turns::Turns;
use crate::staff::Staff;
use crate::view::View;

/// An employee of the pool, and how well the account would be placed there.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Candidate {
    pub employee_id: String,
    pub employee: String,
    pub territory: Option<String>,
    /// Less is better: the pool's own cost, prices of limits included.
    pub cost: f64,
    /// What the cost is made of, in words of the company's language.
    pub because: String,
    /// A limit would be broken.
    pub full: bool,
    /// Not at work, or without a skill that is a must.
    pub barred: bool,
}

/// A pool, ready to be asked.
pub struct Chooser {
    pub routing: Routing,
    pub share: Option<Share>,
    /// What each one's share is measured by.
    pub weights: Vec<f64>,
    /// Row of the employee table of each of the staff; none for somebody it does not know.
    rows: Vec<Option<usize>>,
    /// Accounts each holds by the plan, in all their territories.
    held: Vec<f64>,
    total: f64,
    /// What an account adds to each measure on average.
    means: Vec<f64>,
    /// The measure that a kilometre is weighed by, where the pool measures it.
    weighed_by: Option<usize>,
    /// Of each of the staff, for ties.
    marks: Vec<u64>,
    levels: FxHashMap<String, Levels>,
    near: f64,
    texts: &'static Texts,
}

/// The levels at which the staff hold a skill, and the best of them.
struct Levels {
    held: Vec<f64>,
    best: f64,
}

/// What an account adds, and what has come since the plan.
pub struct Added<'a> {
    /// For each measure of the pool; unknown where it is not above 0.
    pub values: Vec<f64>,
    /// Of the measure that a kilometre is weighed by.
    pub weight: f64,
    /// By row of the employee table: accounts that came (or went) since the plan was made.
    pub since: &'a [f64],
    /// Whose turn it is, where arrivals are shared in turn.
    pub turns: Option<&'a Turns>,
    /// Decides between equals.
    pub seed: u64,
}

/// One of the staff, before it is put into words.
#[derive(Debug, Clone, Copy)]
pub struct Rank {
    /// Among the staff of the pool.
    pub index: usize,
    row: usize,
    pub cost: f64,
    pub full: bool,
    pub barred: bool,
    /// Full by capacity, which does not grow.
    beyond_capacity: bool,
    tie: u64,
}

impl Rank {
    fn order(&self, other: &Rank) -> std::cmp::Ordering {
        (self.barred, self.beyond_capacity, self.full)
            .cmp(&(other.barred, other.beyond_capacity, other.full))
            .then(self.cost.total_cmp(&other.cost))
            .then(self.tie.cmp(&other.tie))
            .then(self.index.cmp(&other.index))
    }
}

/// The best of a pool for an account.
pub struct Ranking {
    /// In order, at most [`TOLD`]; all of them where that was asked.
    pub best: Vec<Rank>,
    /// Would be better than the best, but is at a limit.
    pub better_full: Option<Rank>,
}

/// How many candidates are told of.
pub const TOLD: usize = 3;

impl Chooser {
    pub fn new(policy: &Policy, routing: Routing, staff: &Staff) -> Result<Chooser, AppError> {
        let coverage = &policy.document.coverage[routing.coverage];
        let rows: Vec<Option<usize>> = routing.staff.iter().map(|id| staff.index_of(id)).collect();
        let shared = coverage.arrivals.as_ref().and_then(Arrivals::share);
        let mut weights: Vec<f64> = match shared.and_then(|(_, weight)| weight) {
            None => rows.iter().map(|row| row.map_or(1.0, |row| staff.fte[row])).collect(),
            Some(text) => {
                let refuse = |finding| AppError::refused(policy, vec![finding]);
                let expression = compile(policy, text, &staff.table.columns()).map_err(refuse)?;
                let numbers = expression.numbers(&staff.table);
                let numbers = numbers.map_err(|error| refuse(data_finding(policy, text, &error)))?;
                let positive = |row: usize| numbers[row].filter(|weight| *weight > 0.0).unwrap_or(0.0);
                rows.iter().map(|row| row.map_or(0.0, positive)).collect()
            }
        };
        if shared.is_some() {
            // Somebody with two territories has one share.
            let again = |index: usize| routing.staff[..index].contains(&routing.staff[index]);
            (0..weights.len())
                .filter(|index| again(*index))
                .collect::<Vec<_>>()
                .into_iter()
                .for_each(|i| weights[i] = 0.0);
        }
        let count = routing.measures.iter().find(|measure| measure.name == COUNT);
        let loads: &[f64] = count.map_or(&[], |count| &count.loads);
        let mut of_employee: FxHashMap<&str, f64> = FxHashMap::default();
        for (id, load) in routing.staff.iter().zip(loads) {
            *of_employee.entry(id).or_default() += load;
        }
        let total: f64 = loads.iter().sum();
        let mean = |measure: &RoutingMeasure| measure.loads.iter().sum::<f64>() / total.max(1.0);
        Ok(Chooser {
            share: shared.map(|(share, _)| share),
            held: routing.staff.iter().map(|id| of_employee.get(id.as_str()).copied().unwrap_or(0.0)).collect(),
            total,
            means: routing.measures.iter().map(mean).collect(),
            weighed_by: routing.measures.iter().position(|measure| measure.name == routing.weight),
            marks: routing.staff.iter().map(|id| mark(id)).collect(),
            levels: FxHashMap::default(),
            near: coverage.divide.fit.as_ref().map_or(0.0, |fit| fit.near),
            texts: Texts::of(policy.document.company.language),
            weights,
            rows,
            routing,
        })
    }

    /// Position among the staff.
    pub fn index_of(&self, employee: &str) -> Option<usize> {
        self.routing.staff.iter().position(|id| id == employee)
    }

    /// The best for an account, or all in order.
    pub fn rank(&mut self, staff: &Staff, view: &View, added: &Added, all: bool) -> Ranking {
        self.learn_levels(staff, view);
        let level = self.level_of_load(added.since);
        let growth = self.growth(added.since);
        let in_turn = self.share == Some(Share::Rotation);
        let mut ranks: Vec<Rank> = (0..self.rows.len())
            .filter_map(|index| {
                let row = self.rows[index]?;
                let beyond_capacity = self.is_beyond_capacity(added, index, row);
                Some(Rank {
                    index,
                    row,
                    cost: self.cost(staff, view, added, level, index, row),
                    full: beyond_capacity || self.is_full(added, growth, index, row),
                    beyond_capacity,
                    barred: !staff.at_work[row] || self.lacks(view, index) || self.weights[index] <= 0.0,
                    // Turns go round in one order.
                    tie: if in_turn { 0 } else { mix(added.seed ^ self.marks[index]) },
                })
            })
            .collect();
        if !all && ranks.len() > 4 * TOLD {
            let free_of_limits = |rank: &&Rank| rank.full && !rank.barred;
            let full = ranks.iter().filter(free_of_limits).min_by(|a, b| a.order(b)).copied();
            ranks.select_nth_unstable_by(TOLD, Rank::order);
            ranks.truncate(TOLD);
            ranks.sort_unstable_by(Rank::order);
            return Ranking { better_full: better(&ranks, full), best: ranks };
        }
        ranks.sort_unstable_by(Rank::order);
        let full = ranks.iter().find(|rank| rank.full && !rank.barred).copied();
        let better_full = better(&ranks, full);
        if !all {
            ranks.truncate(TOLD);
        }
        Ranking { best: ranks, better_full }
    }

    /// A candidate in a rule chain: who, at what cost, and what speaks against them.
    pub fn told(&self, rank: &Rank) -> serde_json::Value {
        let mut told = serde_json::Map::with_capacity(4);
        told.insert(String::from("employee"), self.routing.staff[rank.index].as_str().into());
        told.insert(String::from("cost"), rank.cost.into());
        for (name, speaks_against) in [("full", rank.full), ("barred", rank.barred)] {
            if speaks_against {
                told.insert(String::from(name), true.into());
            }
        }
        told.into()
    }

    /// A candidate in words.
    pub fn tell(&self, staff: &Staff, view: &View, added: &Added, rank: &Rank) -> Candidate {
        let Rank { index, row, cost, full, barred, .. } = *rank;
        Candidate {
            employee_id: self.routing.staff[index].clone(),
            employee: staff.names[row].clone(),
            territory: self.routing.territories.get(index).filter(|_| self.routing.form == "territories").cloned(),
            cost,
            because: self.because(staff, view, added, index, row),
            full,
            barred,
        }
    }

    /// What an account adds to a measure; where that is not known yet, as much as the pool's accounts do on average.
    fn expected(&self, measure: usize, value: f64) -> f64 {
        let usual = self.means[measure];
        if value > 0.0 {
            value
        } else if usual > 0.0 {
            usual
        } else {
            1.0
        }
    }

    fn weight(&self, added: &Added) -> f64 {
        match self.weighed_by {
            Some(measure) => self.expected(measure, added.weight),
            None if added.weight > 0.0 => added.weight,
            None => 1.0,
        }
    }

    /// How much the pool has grown since the plan.
    fn growth(&self, since: &[f64]) -> f64 {
        let come: f64 = self.rows.iter().flatten().map(|row| since[*row]).sum();
        if self.total > 0.0 { ((self.total + come) / self.total).max(1.0) } else { 1.0 }
    }

    /// Beyond a limit of balance, which grows with the pool.
    fn is_full(&self, added: &Added, growth: f64, index: usize, row: usize) -> bool {
        self.routing.measures.iter().enumerate().any(|(number, measure)| {
            let upper = measure.upper.get(index).copied().flatten();
            upper.is_some_and(|upper| self.load_with(added, number, index, row) > upper * growth * (1.0 + 1e-9))
        })
    }

    fn is_beyond_capacity(&self, added: &Added, index: usize, row: usize) -> bool {
        self.routing.measures.iter().enumerate().any(|(number, measure)| {
            let capacity = measure.capacity.get(index).copied().flatten();
            capacity.is_some_and(|capacity| self.load_with(added, number, index, row) > capacity * (1.0 + 1e-9))
        })
    }

    /// What somebody would carry with the account.
    fn load_with(&self, added: &Added, number: usize, index: usize, row: usize) -> f64 {
        let held = self.routing.measures[number].loads.get(index).copied().unwrap_or(0.0);
        held + added.since[row] * self.means[number] + self.expected(number, added.values[number])
    }

    /// Accounts a unit of weight holds on average.
    fn level_of_load(&self, since: &[f64]) -> f64 {
        let (mut come, mut weight) = (0.0, 0.0);
        for (row, share) in self.rows.iter().zip(&self.weights) {
            come += row.map_or(0.0, |row| since[row]);
            weight += share;
        }
        ((self.total + come) / weight.max(f64::MIN_POSITIVE)).max(1.0)
    }

    /// Accounts held for one's weight, over the mean of the pool.
    fn relative_load(&self, since: &[f64], level: f64, index: usize, row: usize) -> f64 {
        (self.held[index] + since[row]) / self.weights[index].max(f64::MIN_POSITIVE) / level
    }

    fn cost(&self, staff: &Staff, view: &View, added: &Added, level: f64, index: usize, row: usize) -> f64 {
        let load = || self.relative_load(added.since, level, index, row);
        match (self.share, added.turns) {
            (Some(Share::Rotation), Some(turns)) => return turns.of(index) as f64,
            (Some(_), _) => return load(),
            (None, _) => {}
        }
        let own = match self.routing.form.as_str() {
            "by" => match self.holder_of_seat(view) {
                Some(holder) if *holder == self.routing.staff[index] => 0.0,
                Some(_) => 1e6 + load(),
                None => load(),
            },
            "territories" => match (view.place, self.centre(index)) {
                (Some(at), Some(centre)) => great_circle_km(at, centre) * self.weight(added),
                _ => load(),
            },
            "fit" => {
                let missing: f64 = view.asked().map(|skill| self.missing(skill, index)).sum();
                let far = match (view.place, staff.homes[row]) {
                    (Some(at), Some(home)) if self.near > 0.0 => self.near * great_circle_km(at, home) / 100.0,
                    _ => 0.0,
                };
                // Equal fits are shared by load, which never outweighs a skill level.
                missing + far + load() * 1e-3
            }
            _ => load(),
        };
        let priced = self.routing.measures.iter().enumerate().map(|(number, measure)| {
            measure.prices.get(index).copied().unwrap_or(0.0) * self.expected(number, added.values[number])
        });
        own + priced.sum::<f64>()
    }

    fn because(&self, staff: &Staff, view: &View, added: &Added, index: usize, row: usize) -> String {
        let texts = self.texts;
        let by_load = || {
            let load = self.relative_load(added.since, self.level_of_load(added.since), index, row);
            texts.say("because-load", &[("percent", texts.number(load * 100.0, 0).into())])
        };
        match (self.share, added.turns) {
            (Some(Share::Rotation), Some(turns)) => {
                return texts.say("because-turn", &[("turn", texts.number(turns.round_of(index), 1).into())]);
            }
            (Some(_), _) => return by_load(),
            (None, _) => {}
        }
        match self.routing.form.as_str() {
            "by" => {
                let say = |name: &str| texts.say(name, &[("seat", view.seat.unwrap_or_default().into())]);
                match self.holder_of_seat(view) {
                    Some(holder) if *holder == self.routing.staff[index] => say("because-seat"),
                    Some(_) => say("because-not-seat"),
                    None => say("because-no-seat"),
                }
            }
            "territories" => match (view.place, self.centre(index)) {
                (Some(at), Some(centre)) => {
                    texts.say("because-centre", &[("km", texts.number(great_circle_km(at, centre), 1).into())])
                }
                _ => texts.say("because-no-place", &[]),
            },
            "fit" => self.fitness(staff, view, index, row),
            _ => by_load(),
        }
    }

    fn fitness(&self, staff: &Staff, view: &View, index: usize, row: usize) -> String {
        let texts = self.texts;
        let mut named = vec![];
        for skill in view.asked() {
            let Some(levels) = self.levels.get(skill) else { continue };
            let (held, best) = (levels.held[index].to_string(), levels.best.to_string());
            let (held, best) = (("held", held.into()), ("best", best.into()));
            named.push(texts.say("because-skill", &[("skill", skill.into()), held, best]));
        }
        if named.is_empty() {
            named.push(texts.say("fitness-any", &[]));
        }
        if let (Some(at), Some(home), true) = (view.place, staff.homes[row], self.near > 0.0) {
            named.push(texts.say("fitness-way", &[("km", texts.number(great_circle_km(at, home), 1).into())]));
        }
        named.join(", ")
    }

    pub fn holder_of_seat(&self, view: &View) -> Option<&String> {
        let seat = view.seat.unwrap_or_default();
        self.routing.seats.iter().find(|(value, _)| value == seat).map(|(_, holder)| holder)
    }

    fn centre(&self, index: usize) -> Option<Point> {
        self.routing.centres.get(index).copied().flatten().map(|(x, y)| Point { x, y })
    }

    fn missing(&self, skill: &str, index: usize) -> f64 {
        self.levels.get(skill).map_or(0.0, |levels| 1.0 - levels.held[index] / levels.best)
    }

    fn lacks(&self, view: &View, index: usize) -> bool {
        view.must.iter().any(|skill| self.levels.get(*skill).is_some_and(|levels| levels.held[index] <= 0.0))
    }

    /// Levels are looked up once a skill: an employee's skills are a list of texts.
    fn learn_levels(&mut self, staff: &Staff, view: &View) {
        for skill in view.asked() {
            if self.levels.contains_key(skill) {
                continue;
            }
            let level = |row: &Option<usize>| row.map_or(0.0, |row| staff.level(row, skill));
            let held: Vec<f64> = self.rows.iter().map(level).collect();
            let best = held.iter().copied().fold(1.0, f64::max);
            self.levels.insert(skill.to_owned(), Levels { held, best });
        }
    }
}

/// Whoever is at a limit, if they would have been better than the best who is not.
fn better(ranks: &[Rank], full: Option<Rank>) -> Option<Rank> {
    let best = ranks.first().filter(|best| !best.full && !best.barred)?;
    full.filter(|full| full.cost < best.cost)
}

/// A text as a number, the same on every machine: FNV-1a.
pub fn mark(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Numbers that are alike become unlike (Steele, Lea & Flood, *Fast splittable pseudorandom number generators*, OOPSLA
/// 2014, the finalizer of SplitMix64).
fn mix(number: u64) -> u64 {
    let mut mixed = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
