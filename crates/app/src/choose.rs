//! One account against one pool of the plan in force: who could serve it, what each would cost, who is full.
//!
//! Both routing (who gets an arrival) and explaining (who else was there) ask this. It judges by the pool as the plan left
//! it: centres, limits and the prices of limits, so that an arrival is placed as the optimiser would have placed it at the
//! margin (Fisher, *The Lagrangian relaxation method*, Management Science 27, 1981: the price is the worth of one unit).

use std::collections::HashMap;

use bailiwick_data::{Expression, Table};
use bailiwick_domain::policy::Policy;
use bailiwick_engine::Point;
use serde::Serialize;

use crate::error::AppError;
use crate::geo::great_circle_km;
use crate::lang::Texts;
use crate::plan::outcome::{Routing, RoutingMeasure};
use crate::staff::Staff;

/// An employee of the pool, and how well the account would be placed there.
#[derive(Debug, Clone, PartialEq, Serialize)]
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
    #[serde(skip)]
    pub staff: usize,
    #[serde(skip)]
    pub index: usize,
}

/// What an arrival adds to each measure, and the load that has come since the plan.
pub struct Added<'a> {
    pub values: HashMap<String, f64>,
    /// By employee id: accounts that came (or went) since the plan was made.
    pub since: &'a HashMap<String, f64>,
}

/// All candidates, the best first: those who may and have room, then those who are full.
pub fn rank(
    policy: &Policy,
    pool: &Routing,
    staff: &Staff,
    table: &Table,
    row: usize,
    added: &Added,
) -> Result<Vec<Candidate>, AppError> {
    let account = AccountView::of(policy, pool, table, row)?;
    let mut candidates = vec![];
    for (index, id) in pool.staff.iter().enumerate() {
        let Some(row) = staff.index_of(id) else { continue };
        let (mut cost, because) = account.cost(pool, staff, row, index, added);
        let mut full = false;
        for measure in &pool.measures {
            let value = expected(pool, &measure.name, added);
            cost += measure.prices.get(index).copied().unwrap_or(0.0) * value;
            let since = added.since.get(id).copied().unwrap_or(0.0) * mean(pool, measure);
            let load = measure.loads.get(index).copied().unwrap_or(0.0) + since;
            let upper = measure.upper.get(index).copied().flatten();
            full |= upper.is_some_and(|upper| load + value > upper * (1.0 + 1e-9));
        }
        candidates.push(Candidate {
            employee_id: id.clone(),
            employee: staff.names[row].clone(),
            territory: pool.territories.get(index).filter(|_| pool.form == "territories").cloned(),
            cost,
            because,
            full,
            barred: !staff.at_work[row] || account.lacks(staff, row),
            staff: row,
            index,
        });
    }
    candidates.sort_by(|a, b| {
        (a.barred, a.full)
            .cmp(&(b.barred, b.full))
            .then(a.cost.total_cmp(&b.cost))
            .then(a.employee_id.cmp(&b.employee_id))
    });
    Ok(candidates)
}

/// What an account adds to a measure; where that is not known yet, as much as the pool's accounts do on average.
fn expected(pool: &Routing, name: &str, added: &Added) -> f64 {
    let known = added.values.get(name).copied().filter(|value| *value > 0.0);
    let usual = || pool.measures.iter().find(|measure| measure.name == name).map(|measure| mean(pool, measure));
    known.or_else(usual).filter(|value| *value > 0.0).unwrap_or(1.0)
}

fn mean(pool: &Routing, measure: &RoutingMeasure) -> f64 {
    measure.loads.iter().sum::<f64>() / counted(pool).max(1.0)
}

/// Accounts of the pool when the plan was made.
fn counted(pool: &Routing) -> f64 {
    let count = pool.measures.iter().find(|measure| measure.name == bailiwick_domain::policy::COUNT);
    count.map_or(0.0, |measure| measure.loads.iter().sum())
}

/// What the pool's form looks at.
struct AccountView {
    place: Option<Point>,
    seat: Option<String>,
    skills: Vec<String>,
    must: Vec<String>,
    near: f64,
    texts: &'static Texts,
}

impl AccountView {
    fn of(policy: &Policy, pool: &Routing, table: &Table, row: usize) -> Result<AccountView, AppError> {
        let coverage = &policy.document.coverage[pool.coverage];
        let number = |column: &str| -> Result<Option<f64>, AppError> {
            Ok(if table.has(column) { table.numbers(column)?[row] } else { None })
        };
        let place = match (number("longitude")?, number("latitude")?) {
            (Some(x), Some(y)) => Some(Point { x, y }),
            _ => None,
        };
        let seat = match &coverage.divide.by {
            Some(by) => {
                let expression = Expression::compile(by.get_ref(), &table.columns()).map_err(|error| {
                    AppError::refused(policy, vec![crate::error::expression_finding(policy, by, &error)])
                })?;
                expression.texts(table)?[row].clone()
            }
            None => None,
        };
        let value = |name: &str| -> Option<String> {
            if name == "product_line" && pool.product_line.is_some() {
                return pool.product_line.clone();
            }
            table.texts(name).ok()?.get(row).cloned().flatten().filter(|text| !text.is_empty())
        };
        let fit = coverage.divide.fit.as_ref();
        let values = |names: &[bailiwick_domain::policy::document::Text]| -> Vec<String> {
            names.iter().filter_map(|name| value(name.get_ref())).collect()
        };
        Ok(AccountView {
            place,
            seat,
            skills: fit.map(|fit| values(&fit.skills)).unwrap_or_default(),
            must: fit.map(|fit| values(&fit.must)).unwrap_or_default(),
            near: fit.map_or(0.0, |fit| fit.near),
            texts: Texts::of(policy.document.company.language),
        })
    }

    fn lacks(&self, staff: &Staff, row: usize) -> bool {
        self.must.iter().any(|skill| staff.level(row, skill) <= 0.0)
    }

    /// The form's own cost, and what it is made of.
    fn cost(&self, pool: &Routing, staff: &Staff, row: usize, index: usize, added: &Added) -> (f64, String) {
        let texts = self.texts;
        match pool.form.as_str() {
            "by" => self.seat_cost(pool, index, added),
            "territories" => match (self.place, pool.centres.get(index).copied().flatten()) {
                (Some(at), Some((x, y))) => {
                    let km = great_circle_km(at, Point { x, y });
                    (
                        km * expected(pool, &pool.weight, added),
                        texts.say("because-centre", &[("km", texts.number(km, 1).into())]),
                    )
                }
                _ => (relative_load(pool, index, added), texts.say("because-no-place", &[])),
            },
            "fit" => {
                let mut missing = 0.0;
                let mut named = vec![];
                for skill in self.skills.iter().chain(&self.must) {
                    let held = staff.level(row, skill);
                    let best =
                        pool.staff.iter().filter_map(|id| staff.index_of(id)).map(|other| staff.level(other, skill));
                    let best = best.fold(1.0, f64::max);
                    missing += 1.0 - held / best;
                    let (held, best) = (("held", held.to_string().into()), ("best", best.to_string().into()));
                    named.push(texts.say("because-skill", &[("skill", skill.as_str().into()), held, best]));
                }
                if named.is_empty() {
                    named.push(texts.say("fitness-any", &[]));
                }
                let mut far = 0.0;
                if let (Some(at), Some(home), true) = (self.place, staff.homes[row], self.near > 0.0) {
                    let km = great_circle_km(at, home);
                    named.push(texts.say("fitness-way", &[("km", texts.number(km, 1).into())]));
                    far = self.near * km / 100.0;
                }
                // Equal fits are shared by load, which never outweighs a skill level.
                let because = named.join(", ");
                (missing + far + relative_load(pool, index, added) * 1e-3, because)
            }
            _ => {
                let load = relative_load(pool, index, added);
                (load, texts.say("because-load", &[("percent", texts.number(load * 100.0, 0).into())]))
            }
        }
    }

    fn seat_cost(&self, pool: &Routing, index: usize, added: &Added) -> (f64, String) {
        let seat = self.seat.as_deref().unwrap_or_default();
        let holder = pool.seats.iter().find(|(value, _)| value == seat).map(|(_, employee)| employee);
        let say = |name: &str| self.texts.say(name, &[("seat", seat.into())]);
        match holder {
            Some(holder) if *holder == pool.staff[index] => (0.0, say("because-seat")),
            Some(_) => (1e6, say("because-not-seat")),
            None => (relative_load(pool, index, added), say("because-no-seat")),
        }
    }
}

/// Accounts held now over the mean of the pool.
fn relative_load(pool: &Routing, index: usize, added: &Added) -> f64 {
    let Some(count) = pool.measures.iter().find(|measure| measure.name == bailiwick_domain::policy::COUNT) else {
        return 0.0;
    };
    let since = |index: usize| pool.staff.get(index).and_then(|id| added.since.get(id)).copied().unwrap_or(0.0);
    let total: f64 = count.loads.iter().sum::<f64>() + (0..count.loads.len()).map(since).sum::<f64>();
    let mean = (total / count.loads.len().max(1) as f64).max(1.0);
    (count.loads.get(index).copied().unwrap_or(0.0) + since(index)) / mean
}
