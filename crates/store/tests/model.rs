//! Random lives of a ledger beside a model that is a few lines long.
//!
//! The model keeps, per key, who holds it on each day; the ledger must agree on every day, have one owner a key at most,
//! and never lose a row of history.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;

use bailiwick_domain::assignment::Later;
use bailiwick_store::{ScopeKey, StoreError};
use common::*;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

const ACCOUNTS: [&str; 3] = ["A", "B", "C"];
const KEYS: [&str; 3] = ["seller", "service", "seller/Paper"];
const EMPLOYEES: [&str; 3] = ["Ann", "Ben", "Cid"];
const DAYS: usize = 12;
const FIRST: Date = date(2026, 1, 1);

fn on(day: usize) -> Date {
    FIRST.checked_add((day as i64).days()).unwrap()
}

/// A plan: on which day, for which keys, who gets each account (nobody included), and whether it replaces later ones.
#[derive(Debug, Clone)]
struct Step {
    day: usize,
    scope: Vec<bool>,
    owners: Vec<Option<usize>>,
    replace: bool,
    /// Route instead: fill what nobody holds.
    route: bool,
}

fn step() -> impl Strategy<Value = Step> {
    (
        0..DAYS,
        prop::collection::vec(any::<bool>(), KEYS.len()),
        prop::collection::vec(prop::option::of(0..EMPLOYEES.len()), ACCOUNTS.len() * KEYS.len()),
        prop::bool::weighted(0.4),
        prop::bool::weighted(0.25),
    )
        .prop_map(|(day, scope, owners, replace, route)| Step { day, scope, owners, replace, route })
}

type Key = (&'static str, &'static str);

#[derive(Default, Clone)]
struct Model {
    /// Who holds the key on each day; the last day stands for all that follow.
    held: BTreeMap<Key, [Option<&'static str>; DAYS + 1]>,
    /// The last day on which something was said to begin or end.
    last: BTreeMap<Key, usize>,
}

impl Model {
    /// None: refused.
    fn apply(&self, step: &Step) -> Option<Model> {
        let mut next = self.clone();
        for (key, owner) in keys(step) {
            if step.replace {
                // What begins or ends later is forgotten.
            } else if self.last.get(&key).is_some_and(|&last| last > step.day) {
                return None;
            }
            let held = next.held.entry(key).or_default();
            let unchanged = held[step.day] == owner && held[step.day..].iter().all(|&who| who == owner);
            held[step.day..].fill(owner);
            if !unchanged || step.replace {
                let last = last_change(held);
                next.last.insert(key, last);
            }
        }
        Some(next)
    }

    fn route(&self, step: &Step) -> Model {
        let mut next = self.clone();
        for (key, owner) in keys(step) {
            let Some(owner) = owner else { continue };
            let held = next.held.entry(key).or_default();
            if held[step.day].is_some() {
                continue;
            }
            held.iter_mut().skip(step.day).take_while(|who| who.is_none()).for_each(|who| *who = Some(owner));
            let last = last_change(held).max(self.last.get(&key).copied().unwrap_or(0)).max(step.day);
            next.last.insert(key, last);
        }
        next
    }
}

/// The last day that differs from the day before it.
fn last_change(held: &[Option<&'static str>; DAYS + 1]) -> usize {
    (0..=DAYS).rev().find(|&day| held[day] != if day == 0 { None } else { held[day - 1] }).unwrap_or(0)
}

/// The keys a step decides, and for whom.
fn keys(step: &Step) -> Vec<(Key, Option<&'static str>)> {
    let mut all = Vec::new();
    for (k, key) in KEYS.into_iter().enumerate().filter(|(k, _)| step.scope[*k]) {
        for (a, account) in ACCOUNTS.into_iter().enumerate() {
            all.push(((account, key), step.owners[k * ACCOUNTS.len() + a].map(|who| EMPLOYEES[who])));
        }
    }
    all
}

async fn compare(bench: &Bench, model: &Model) {
    for day in 0..=DAYS {
        let holders: Vec<String> = bench
            .ledger
            .holders(on(day))
            .await
            .unwrap()
            .into_iter()
            .map(|h| {
                let key = h.product_line.map_or(h.role.to_string(), |line| format!("{}/{line}", h.role));
                format!("{} {key} {}", h.account, h.employee)
            })
            .collect();
        let mut expected: Vec<String> = model
            .held
            .iter()
            .filter_map(|((account, key), held)| held[day].map(|who| format!("{account} {key} {who}")))
            .collect();
        let mut sorted = holders.clone();
        sorted.sort();
        expected.sort();
        assert_eq!(sorted, expected, "on {}", on(day));
        let loads: u64 = bench.ledger.loads(on(day)).await.unwrap().iter().map(|load| load.accounts).sum();
        assert_eq!(loads, holders.len() as u64);
    }
}

/// All rows ever written, without when they were superseded.
async fn remembered(bench: &Bench) -> Vec<Vec<String>> {
    bench.raw().await.rows("assignments").await.into_iter().map(|row| row[..14].to_vec()).collect()
}

async fn life(bench: Bench, steps: Vec<Step>) {
    let mut model = Model::default();
    let mut known: Vec<(jiff::Timestamp, Model)> = Vec::new();
    let at = moment("2026-01-01T00:00:00Z");
    for (number, step) in steps.iter().enumerate() {
        let lines: Vec<String> =
            keys(step).into_iter().filter_map(|((a, k), who)| who.map(|who| format!("{a} {k} {who}"))).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let mut plan = plan(&format!("P-{number}"), &on(step.day).to_string(), &lines);
        plan.scope = KEYS
            .iter()
            .zip(&step.scope)
            .filter(|(_, covered)| **covered)
            .map(|(key, _)| {
                let (role, line) = key.split_once('/').map_or((*key, None), |(r, l)| (r, Some(l)));
                ScopeKey { role: role.parse().unwrap(), product_line: line.map(|line| line.parse().unwrap()) }
            })
            .collect();
        plan.later = if step.replace { Later::Replace } else { Later::Refuse };
        let before = remembered(&bench).await;
        if step.route {
            let batch = bailiwick_store::RouteBatch {
                base_version: None,
                on: plan.on,
                accounts: plan.accounts.clone(),
                decisions: plan
                    .assignments
                    .iter()
                    .map(|new| bailiwick_store::NewRoute {
                        arrival: serde_json::Value::Null,
                        account: new.account.clone(),
                        assignments: vec![new.clone()],
                        why: serde_json::Value::Null,
                        seed: 0,
                    })
                    .collect(),
            };
            // Employees come with plans only.
            match bench.ledger.record_route(&batch, "router", at).await {
                Ok(routed) => {
                    model = model.route(step);
                    known.push((routed.recorded_at, model.clone()));
                }
                Err(StoreError::UnknownEmployee { .. }) => {}
                Err(other) => panic!("{other}"),
            }
        } else {
            match (model.apply(step), bench.ledger.apply(&plan, "planner", at, &|_, _| ()).await) {
                (Some(next), Ok(applied)) => {
                    model = next;
                    known.push((applied.recorded_at, model.clone()));
                }
                (None, Err(StoreError::LaterChange { .. })) => {}
                (expected, found) => panic!("step {number}: expected {}, found {found:?}", expected.is_some()),
            }
        }
        let after = remembered(&bench).await;
        assert!(before.iter().all(|row| after.contains(row)), "a row of history was lost");
        compare(&bench, &model).await;
    }
    // As it was known at every moment of the past.
    for (moment, model) in known {
        for account_id in ACCOUNTS {
            for day in 0..=DAYS {
                let found = bench.ledger.who(&account(account_id), None, None, on(day), Some(moment)).await.unwrap();
                let mut expected: Vec<String> = model
                    .held
                    .iter()
                    .filter(|((a, _), _)| *a == account_id)
                    .filter_map(|((_, key), held)| held[day].map(|who| format!("{key}={who}")))
                    .collect();
                expected.sort();
                let mut found: Vec<String> = owners(&found).split_whitespace().map(str::to_owned).collect();
                found.sort();
                assert_eq!(found, expected, "{account_id} on {} as known at {moment}", on(day));
            }
        }
    }
    bench.ledger.verify_audit().await.unwrap();
}

fn run(life: impl Future<Output = ()>) {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(life);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_ledger_agrees_with_the_model(steps in prop::collection::vec(step(), 1..8)) {
        run(async { life(Bench::sqlite().await, steps).await });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn the_ledger_agrees_with_the_model_on_postgres(steps in prop::collection::vec(step(), 1..8)) {
        run(async {
            if let Some(bench) = Bench::postgres().await {
                life(bench, steps).await;
            }
        });
    }
}
