//! `report.html`: the plan as one page that opens without a server.
//!
//! The page is built from `web/report` and embedded; here the plan becomes the JSON it shows. Beyond [`MOST_ACCOUNTS`]
//! the page shows a regular sample of accounts, all those without an owner among them, and says so.

use bailiwick_domain::policy::Policy;
use bailiwick_engine::Point;
use geo::{ConcaveHull, MultiPoint, Point as GeoPoint, Simplify};
use serde_json::{Value, json};

use crate::front::Front;
use crate::lang::Texts;
use crate::plan::Plan;
use crate::plan::explain::Explainer;
use crate::plan::outcome::{NOBODY, PoolOutcome};
use crate::plan::summary::{PoolSummary, Summary};
use crate::sizing::PoolSizing;

/// The built page; the placeholder becomes the data.
const PAGE: &str = include_str!("../assets/report.html");
const PLACEHOLDER: &str = "/*BAILIWICK_DATA*/null";

/// Points of one territory that its outline is drawn around.
const OUTLINE_POINTS: usize = 1500;
/// Accounts that the page lists.
const MOST_ACCOUNTS: usize = 20_000;

pub fn render(policy: &Policy, plan: &Plan, summary: &Summary) -> String {
    let data = serde_json::to_string(&report_data(policy, plan, summary)).unwrap_or_default();
    // Inside a script element only "</" and "<!--" could end it.
    PAGE.replacen(PLACEHOLDER, &data.replace('<', "\\u003c"), 1)
}

pub fn report_data(policy: &Policy, plan: &Plan, summary: &Summary) -> Value {
    let company = &policy.document.company;
    let texts = Texts::of(company.language);
    let explainer = Explainer::new(plan, policy);
    let shown = sample(plan);
    json!({
        "title": texts.say("title-plan", &[("date", summary.date.as_str().into())]),
        "company": company.name,
        "currency": company.currency.get_ref(),
        "language": company.language,
        "date": summary.date,
        "seed": plan.seed,
        "seconds": plan.seconds,
        "policyFile": policy.file,
        "version": env!("CARGO_PKG_VERSION"),
        "counts": {
            "accounts": summary.accounts, "employees": summary.employees, "assigned": summary.assigned,
            "unassigned": summary.unassigned, "moved": summary.moved, "kept": summary.kept, "rejected": summary.rejected,
        },
        "employees": employees(plan),
        "roles": roles(policy),
        "pools": plan.pools.iter().zip(&summary.pools).map(|(outcome, pool)| pool_data(plan, outcome, pool)).collect::<Vec<_>>(),
        "segments": segments(policy, summary),
        "accounts": accounts(plan, &explainer, &shown),
        "front": plan.front.as_ref().map(front_data),
        "sizing": plan.sizing.iter().map(sizing_data).collect::<Vec<_>>(),
        "findings": plan.findings.iter().map(|finding| json!({
            "severity": finding.severity, "title": finding.code, "text": finding.message, "remedy": finding.remedy,
        })).collect::<Vec<_>>(),
    })
}

fn employees(plan: &Plan) -> Vec<Value> {
    let staff = &plan.staff;
    let rows = 0..staff.len();
    rows.map(|row| {
        json!({
            "id": staff.ids[row], "name": staff.names[row], "position": staff.positions[row],
            "department": staff.departments[row],
            "lat": staff.homes[row].map(|home| home.y), "lon": staff.homes[row].map(|home| home.x),
        })
    })
    .collect()
}

fn roles(policy: &Policy) -> Vec<Value> {
    let described =
        |name: &str| policy.document.roles.iter().find(|(known, _)| known.get_ref() == name).map(|(_, role)| role);
    let names = policy.role_names();
    names
        .iter()
        .map(|name| {
            let goal = described(name).map_or("", |role| role.goal.as_str());
            json!({ "name": name, "title": policy.role_title(name), "goal": goal })
        })
        .collect()
}

fn segments(policy: &Policy, summary: &Summary) -> Vec<Value> {
    let when = |name: &str| {
        let segment = policy.document.segments.iter().find(|segment| segment.name.get_ref() == name);
        segment.map_or("true", |segment| segment.when.get_ref().as_str()).to_owned()
    };
    summary
        .segments
        .iter()
        .map(|(name, accounts)| json!({ "name": name, "when": when(name), "accounts": accounts }))
        .collect()
}

fn pool_data(plan: &Plan, outcome: &PoolOutcome, pool: &PoolSummary) -> Value {
    let finite = |value: f64| value.is_finite().then_some(value);
    let measures = outcome.measures.iter().map(|measure| {
        let loads = measure.loads.iter().enumerate().map(|(index, load)| {
            json!({
                "employee": outcome.pool.staff[index], "value": load,
                "target": measure.targets.as_ref().map(|targets| targets[index]),
                "lower": finite(measure.lower[index]), "upper": finite(measure.upper[index]),
            })
        });
        let kept = measure.loads.iter().enumerate().all(|(index, load)| {
            let slack = 1e-6 * (1.0 + load.abs());
            *load <= measure.upper[index] + slack && *load >= measure.lower[index] - slack
        });
        json!({
            "name": measure.name, "tolerance": measure.tolerance, "maxDeviation": measure.max_deviation(),
            "kept": kept, "loads": loads.collect::<Vec<_>>(),
        })
    });
    let outlines = outlines(plan, outcome);
    let territories = outcome.territories.iter().zip(outlines).map(|(territory, outline)| {
        json!({
            "name": territory.name, "employee": territory.employee, "accounts": territory.accounts,
            "centre": territory.centre.map(|at| [at.x, at.y]), "outline": outline,
        })
    });
    json!({
        "segment": pool.segment, "role": pool.role, "productLine": pool.product_line, "method": pool.method,
        "rule": pool.rule, "accounts": pool.accounts, "employees": pool.employees, "objective": pool.objective,
        "objectiveUnit": pool.objective_unit, "lowerBound": pool.lower_bound, "gap": pool.gap,
        "gapWords": pool.gap_words, "contiguous": pool.contiguous, "moved": pool.moved, "kept": pool.kept,
        "measures": measures.collect::<Vec<_>>(), "territories": territories.collect::<Vec<_>>(),
        "infeasible": pool.infeasible,
    })
}

fn front_data(front: &Front) -> Value {
    let points = front.points.iter().map(|point| {
        json!({
            "plan": point.plan, "maxDeviation": point.max_deviation, "cost": point.cost, "moves": point.moves,
            "moved": point.moved, "keepsPolicy": point.keeps_policy, "recommended": point.recommended,
        })
    });
    json!({
        "dimensions": front.dimensions, "costUnit": front.cost_unit, "points": points.collect::<Vec<_>>(),
    })
}

fn sizing_data(pool: &PoolSizing) -> Value {
    let profit = pool
        .profit
        .as_ref()
        .map(|profit| json!({ "elasticity": profit.elasticity, "steps": profit.steps, "best": profit.best }));
    json!({
        "segment": pool.segment, "role": pool.role, "productLine": pool.product_line, "accounts": pool.accounts,
        "hoursWanted": pool.hours_wanted, "hoursAvailable": pool.hours_available, "present": pool.present,
        "needed": pool.needed, "utilisation": pool.utilisation, "profit": profit,
    })
}

/// A concave hull (Park & Oh 2012, as in the geo crate) around some places; empty where they enclose nothing.
pub fn outline(points: Vec<GeoPoint>) -> Vec<[f64; 2]> {
    let step = points.len().div_ceil(OUTLINE_POINTS).max(1);
    let points: MultiPoint = points.into_iter().step_by(step).collect::<Vec<_>>().into();
    if points.0.len() < 3 {
        return vec![];
    }
    let hull = points.concave_hull().simplify(0.002);
    let round = |value: f64| (value * 1e4).round() / 1e4;
    hull.exterior().coords().map(|at| [round(at.x), round(at.y)]).collect()
}

/// The outline of each territory's accounts.
fn outlines(plan: &Plan, outcome: &PoolOutcome) -> Vec<Vec<Vec<[f64; 2]>>> {
    let mut points: Vec<Vec<GeoPoint>> = vec![vec![]; outcome.territories.len()];
    if outcome.routing.form != "territories" {
        return vec![vec![]; points.len()];
    }
    for (account, territory) in outcome.pool.accounts.iter().zip(&outcome.territory) {
        if let (Some(at), Some(points)) = (plan.place(*account), points.get_mut(*territory as usize)) {
            points.push(GeoPoint::new(at.x, at.y));
        }
    }
    points
        .into_iter()
        .map(|points| {
            let hull = outline(points);
            if hull.is_empty() { vec![] } else { vec![hull] }
        })
        .collect()
}

/// The accounts that the page lists: all, or a regular sample with all that nobody has.
fn sample(plan: &Plan) -> Vec<u32> {
    let total = plan.account_ids.len();
    let step = total.div_ceil(MOST_ACCOUNTS).max(1);
    let mut shown: Vec<u32> = (0..total as u32).step_by(step).collect();
    if step > 1 {
        let without = plan.pools.iter().flat_map(|outcome| {
            outcome
                .pool
                .accounts
                .iter()
                .zip(&outcome.owner)
                .filter(|(_, owner)| **owner == NOBODY)
                .map(|(account, _)| *account)
        });
        shown.extend(without.take(MOST_ACCOUNTS / 10));
        shown.sort_unstable();
        shown.dedup();
    }
    shown
}

fn accounts(plan: &Plan, explainer: &Explainer, shown: &[u32]) -> Value {
    let names = plan.names_of(shown);
    let round = |value: f64| (value * 1e5).round() / 1e5;
    let at = |account: &u32| -> Option<Point> { plan.place(*account) };
    let mut keys: Vec<(String, Option<String>)> = vec![];
    for outcome in &plan.pools {
        let key = (outcome.pool.role.clone(), outcome.pool.product_line.clone());
        if !keys.contains(&key) {
            keys.push(key);
        }
    }
    let columns = keys.iter().map(|(role, line)| {
        let (mut employee, mut pool) = (vec![None; shown.len()], vec![None; shown.len()]);
        let (mut reason, mut moved) = (vec![String::new(); shown.len()], vec![0; shown.len()]);
        for (index, outcome) in plan.pools.iter().enumerate() {
            if outcome.pool.role != *role || outcome.pool.product_line != *line {
                continue;
            }
            for (row, account) in shown.iter().enumerate() {
                let Ok(position) = outcome.pool.accounts.binary_search(account) else { continue };
                let owner = outcome.owner[position];
                employee[row] = (owner != NOBODY).then_some(owner);
                pool[row] = Some(index);
                reason[row] = explainer.reason(outcome, position);
                moved[row] = i32::from(outcome.before[position].is_some_and(|before| before != owner));
            }
        }
        json!({ "role": role, "productLine": line, "employee": employee, "pool": pool, "reason": reason, "moved": moved })
    });
    json!({
        "total": plan.account_ids.len(),
        "id": shown.iter().map(|account| plan.account_ids[*account as usize].as_str()).collect::<Vec<_>>(),
        "name": names,
        "lat": shown.iter().map(|account| at(account).map(|at| round(at.y))).collect::<Vec<_>>(),
        "lon": shown.iter().map(|account| at(account).map(|at| round(at.x))).collect::<Vec<_>>(),
        "segment": shown.iter().map(|account| plan.classified.segment[*account as usize].map_or(-1, i32::from)).collect::<Vec<_>>(),
        "columns": columns.collect::<Vec<_>>(),
    })
}
