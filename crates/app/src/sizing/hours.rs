//! Hours that accounts want, and hours that people have for them.

use std::collections::HashMap;

use bailiwick_domain::policy::document::Sizing;

use super::account_values;
use crate::error::AppError;
use crate::plan::solve::Solver;
use crate::pool::Pool;

/// Hours a year that each account of each pool wants. What `[sizing.roles]` says of the role comes first, else what
/// service levels promise ([`promised`]).
pub(crate) fn wanted(solver: &Solver, sizing: &Sizing, pools: &[Pool]) -> Result<Vec<Vec<f64>>, AppError> {
    let mut by_role: HashMap<&str, Vec<f64>> = HashMap::new();
    for (name, role) in &sizing.roles {
        if let Some(hours) = &role.hours {
            by_role.insert(name.get_ref(), account_values(solver, hours)?);
        }
    }
    let mut all = promised_beside(solver, pools, |role| by_role.contains_key(role));
    for (pool, hours) in pools.iter().zip(&mut all) {
        if let Some(values) = by_role.get(pool.role.as_str()) {
            *hours = pool.accounts.iter().map(|account| values[*account as usize]).collect();
        }
    }
    Ok(all)
}

/// Hours a year that service levels promise to each account of each pool. What a segment promises by itself holds for one
/// role only: the first that serves the account, for it is promised once. What it promises role by role holds for each.
pub(crate) fn promised(solver: &Solver, pools: &[Pool]) -> Vec<Vec<f64>> {
    promised_beside(solver, pools, |_| false)
}

fn promised_beside(solver: &Solver, pools: &[Pool], otherwise: impl Fn(&str) -> bool) -> Vec<Vec<f64>> {
    let policy = solver.policy;
    let segments = policy.segment_names();
    let once: Vec<f64> = segments.iter().map(|name| policy.promise_of_segment(name).hours()).collect();
    let mut kept_by: Vec<Option<&str>> = vec![None; solver.account_ids.len()];
    let mut all = vec![];
    for pool in pools {
        let of_role: Vec<f64> = segments.iter().map(|name| policy.promise(name, &pool.role).hours()).collect();
        let elsewhere = otherwise(&pool.role);
        let mut hours = vec![0.0; pool.accounts.len()];
        for (hours, account) in hours.iter_mut().zip(&pool.accounts).filter(|_| !elsewhere) {
            let account = *account as usize;
            let Some(segment) = solver.classified.segment[account].map(usize::from) else { continue };
            let first = *kept_by[account].get_or_insert(&pool.role) == pool.role;
            *hours = of_role[segment] + if first { once[segment] } else { 0.0 };
        }
        all.push(hours);
    }
    all
}

/// Hours a year that each of a pool's people has for it. Whoever serves several pools divides their hours in the
/// proportion of what each pool wants of one of its people.
pub(crate) fn available(
    solver: &Solver,
    sizing: &Sizing,
    wanted: &[Vec<f64>],
    staffs: &[Vec<u32>],
) -> Result<Vec<Vec<f64>>, AppError> {
    let hours = of_people(solver, sizing)?;
    let asked: Vec<f64> = wanted
        .iter()
        .zip(staffs)
        .map(|(wanted, staff)| wanted.iter().sum::<f64>() / staff.len().max(1) as f64)
        .collect();
    let mut asked_of = vec![0.0; hours.len()];
    for (staff, asked) in staffs.iter().zip(&asked) {
        staff.iter().for_each(|employee| asked_of[*employee as usize] += asked);
    }
    let share = |employee: usize, asked: f64| if asked_of[employee] > 0.0 { asked / asked_of[employee] } else { 0.0 };
    let of_pool = |(staff, asked): (&Vec<u32>, &f64)| {
        staff.iter().map(|employee| hours[*employee as usize] * share(*employee as usize, *asked)).collect()
    };
    Ok(staffs.iter().zip(&asked).map(of_pool).collect())
}

/// Hours a year that each employee has for accounts, whatever they do with them.
pub(crate) fn of_people(solver: &Solver, sizing: &Sizing) -> Result<Vec<f64>, AppError> {
    let stated = solver.staff.table.numbers_if_any("hours_per_year")?;
    let people = stated.iter().zip(&solver.staff.fte);
    let hours =
        people.map(|(stated, fte)| stated.unwrap_or(sizing.hours_per_year * fte).max(0.0) * sizing.customer_share);
    Ok(hours.collect())
}
