//! Hours that accounts want, and hours that people have for them.

use std::collections::HashMap;

use bailiwick_domain::policy::document::Sizing;

use super::account_values;
use crate::error::AppError;
use crate::plan::solve::Solver;
use crate::pool::Pool;

/// Hours a year that each account of each pool wants. What `[sizing.roles]` says of the role comes first. Elsewhere the
/// service level of the segment holds, for one role only: the first that serves the account, for it is promised once.
pub fn wanted(solver: &Solver, sizing: &Sizing, pools: &[Pool]) -> Result<Vec<Vec<f64>>, AppError> {
    let promised: Vec<f64> = solver
        .policy
        .document
        .segments
        .iter()
        .map(|segment| {
            let service = segment.service.as_ref();
            service.map_or(0.0, |service| {
                service.contacts_per_year.unwrap_or(0.0) * service.hours_per_contact.unwrap_or(0.0)
            })
        })
        .collect();
    let mut by_role: HashMap<&str, Vec<f64>> = HashMap::new();
    for (name, role) in &sizing.roles {
        if let Some(hours) = &role.hours {
            by_role.insert(name.get_ref(), account_values(solver, hours)?);
        }
    }
    let mut kept_by: Vec<Option<&str>> = vec![None; solver.account_ids.len()];
    let mut all = vec![];
    for pool in pools {
        let of_role = by_role.get(pool.role.as_str());
        let mut hours = vec![];
        for account in pool.accounts.iter().map(|account| *account as usize) {
            let promise = |segment: Option<u16>| {
                segment.and_then(|segment| promised.get(usize::from(segment)).copied()).unwrap_or(0.0)
            };
            hours.push(match of_role {
                Some(values) => values[account],
                None if *kept_by[account].get_or_insert(&pool.role) == pool.role => {
                    promise(solver.classified.segment[account])
                }
                None => 0.0,
            });
        }
        all.push(hours);
    }
    Ok(all)
}

/// Hours a year that each of a pool's people has for it. Whoever serves several pools divides their hours in the
/// proportion of what each pool wants of one of its people.
pub fn available(
    solver: &Solver,
    sizing: &Sizing,
    wanted: &[Vec<f64>],
    staffs: &[Vec<u32>],
) -> Result<Vec<Vec<f64>>, AppError> {
    let stated = solver.staff.table.numbers_if_any("hours_per_year")?;
    let hours: Vec<f64> = stated
        .iter()
        .zip(&solver.staff.fte)
        .map(|(stated, fte)| stated.unwrap_or(sizing.hours_per_year * fte).max(0.0) * sizing.customer_share)
        .collect();
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
