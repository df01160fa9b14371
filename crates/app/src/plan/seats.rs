//! `by`: one seat a value of an expression, one employee a seat.
//!
//! An employee for whom the same expression (or `seat`) over employee columns has the value sits there. The other seats go
//! to the employees who have none, so that as many accounts as possible stay with their present holder. Where there are
//! more seats than people, people take several and the policy's promise of one each is reported as broken.

use bailiwick_data::Expression;
use bailiwick_domain::policy::document::{GroupRule, Text};
use bailiwick_engine::{Contiguity, Cost, Eligibility, Measure, Moves, Problem};
use rustc_hash::FxHashMap;

use super::build_problem::sum_by_unit;
use super::outcome::{BrokenPromise, NOBODY, Nobody, PoolOutcome, Territory, Why};
use super::solve::{Solver, routing_measures, short};
use crate::classify::{compile, data_finding};
use crate::error::AppError;
use crate::pool::Pool;

pub fn divide_by(
    solver: &Solver,
    pool: Pool,
    staff: &[u32],
    by: &Text,
    share: f64,
    report: &(dyn Fn(f64) + Sync),
) -> Result<PoolOutcome, AppError> {
    let values = values_of_accounts(solver, &pool, by)?;
    let mut names: Vec<&str> = values.iter().flatten().map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let seat_of: FxHashMap<&str, u32> = names.iter().enumerate().map(|(seat, name)| (*name, seat as u32)).collect();
    let seat_of_account: Vec<Option<u32>> =
        values.iter().map(|value| value.as_deref().map(|value| seat_of[value])).collect();

    let own = seats_of_staff(solver, &pool, staff, by)?;
    let holders = solver.present.holders(&pool.role, pool.product_line.as_deref(), &pool.accounts);
    let sitting = who_sits(staff, &own, &seat_of, &seat_of_account, &holders);
    let problem = seat_problem(solver, &pool, staff, &seat_of_account, &holders, &sitting, &own);
    let solution = solver.run(&problem, share, report)?;

    let mut outcome = solver.blank(pool, staff, &solution.method);
    let pins: FxHashMap<u32, (u32, u32)> = solver
        .pins_of(&outcome.pool)
        .into_iter()
        .map(|(account, employee, index)| (account, (employee, index)))
        .collect();
    for (position, seat) in seat_of_account.iter().enumerate() {
        let pinned = pins.get(&outcome.pool.accounts[position]);
        if let Some((employee, index)) = pinned {
            outcome.owner[position] = *employee;
            outcome.why[position] = Why::Pinned(*index);
        } else if let Some(seat) = seat {
            let owner = solution.owner[*seat as usize];
            outcome.owner[position] = staff[owner as usize];
            outcome.why[position] = Why::Seat { own: sitting[*seat as usize] == Some(owner) };
        } else {
            outcome.why[position] = Why::Nobody(Nobody::NoValue);
        }
        outcome.territory[position] = seat.unwrap_or(NOBODY);
    }
    for (seat, name) in names.iter().enumerate() {
        let employee = staff[solution.owner[seat] as usize];
        let accounts = seat_of_account.iter().filter(|other| **other == Some(seat as u32)).count();
        outcome.territories.push(Territory { name: (*name).to_owned(), employee, centre: None, accounts });
        outcome.routing.seats.push(((*name).to_owned(), solver.staff.ids[employee as usize].clone()));
    }
    super::territory::centre_territories(solver, &mut outcome);
    let balanced = balance_targets(solver, &outcome.pool, staff);
    solver.measure(&mut outcome, staff, &balanced, &[], &problem);
    report_broken(solver, &mut outcome, staff, names.len(), &balanced);
    report_full(solver, &mut outcome, staff)?;
    outcome.routing.measures = routing_measures(&outcome, &[], &solution, &problem);
    solver.take_capacity(&outcome.pool, &outcome.owner);
    outcome.objective = solution.objective;
    outcome.lower_bound = solution.lower_bound;
    outcome.objective_unit = String::from("moved accounts, nearness between equals");
    Ok(outcome)
}

fn values_of_accounts(solver: &Solver, pool: &Pool, by: &Text) -> Result<Vec<Option<String>>, AppError> {
    let accounts = &solver.classified.accounts;
    let refuse = |finding| AppError::refused(solver.policy, vec![finding]);
    let expression = compile(solver.policy, by, &accounts.columns()).map_err(refuse)?;
    let column = expression.words(accounts).map_err(|error| refuse(data_finding(solver.policy, by, &error)))?;
    let value = |account: &u32| column.filled(*account as usize).map(str::to_owned);
    if pool.coverage(solver.policy).groups != Some(GroupRule::Together) {
        return Ok(pool.accounts.iter().map(value).collect());
    }
    // The members of a group sit where its head does, or else the first of them in the pool.
    let mut of_group: FxHashMap<u32, Option<String>> = FxHashMap::default();
    for account in &pool.accounts {
        let root = solver.roots[*account as usize];
        let head = value(&root);
        of_group.entry(root).or_insert_with(|| head.or_else(|| value(account)));
    }
    Ok(pool.accounts.iter().map(|account| of_group[&solver.roots[*account as usize]].clone()).collect())
}

/// The seat each employee names by own columns: by `seat`, or by the same expression where it makes sense for employees.
fn seats_of_staff(solver: &Solver, pool: &Pool, staff: &[u32], by: &Text) -> Result<Vec<Option<String>>, AppError> {
    let table = &solver.staff.table;
    let column = match &pool.coverage(solver.policy).divide.seat {
        Some(seat) => {
            let refuse = |finding| AppError::refused(solver.policy, vec![finding]);
            let expression = compile(solver.policy, seat, &table.columns()).map_err(refuse)?;
            expression.texts(table)?
        }
        None => match Expression::compile(by.get_ref(), &table.columns()) {
            Ok(expression) => expression.texts(table)?,
            Err(_) => return Ok(vec![None; staff.len()]),
        },
    };
    Ok(staff.iter().map(|employee| column[*employee as usize].clone().filter(|text| !text.is_empty())).collect())
}

/// The employee of each seat by own value; of several, whoever holds most of its accounts today, else the first.
fn who_sits(
    staff: &[u32],
    own: &[Option<String>],
    seat_of: &FxHashMap<&str, u32>,
    seat_of_account: &[Option<u32>],
    holders: &[Option<u32>],
) -> Vec<Option<u32>> {
    let mut held: FxHashMap<(u32, u32), usize> = FxHashMap::default();
    for (seat, holder) in seat_of_account.iter().zip(holders) {
        if let (Some(seat), Some(holder)) = (seat, holder) {
            *held.entry((*seat, *holder)).or_default() += 1;
        }
    }
    let mut sitting: Vec<Option<u32>> = vec![None; seat_of.len()];
    for (owner, value) in own.iter().enumerate() {
        let Some(seat) = value.as_deref().and_then(|value| seat_of.get(value)) else { continue };
        let holds = |owner: u32| held.get(&(*seat, staff[owner as usize])).copied().unwrap_or(0);
        let place = &mut sitting[*seat as usize];
        if place.is_none_or(|other| holds(owner as u32) > holds(other)) {
            *place = Some(owner as u32);
        }
    }
    sitting
}

/// Seats as units. People without a seat of their own come first for the free ones.
fn seat_problem(
    solver: &Solver,
    pool: &Pool,
    staff: &[u32],
    seat_of_account: &[Option<u32>],
    holders: &[Option<u32>],
    sitting: &[Option<u32>],
    own: &[Option<String>],
) -> Problem {
    let (seats, owners) = (sitting.len(), staff.len());
    let owner_of: FxHashMap<u32, usize> =
        staff.iter().enumerate().map(|(owner, employee)| (*employee, owner)).collect();
    let mut cost = vec![0.0; seats * owners];
    let mut distance_km = vec![(0.0, 0usize); seats * owners];
    for (position, seat) in seat_of_account.iter().enumerate() {
        let Some(seat) = seat else { continue };
        let row = *seat as usize * owners;
        let holder = holders[position].and_then(|holder| owner_of.get(&holder)).copied();
        for owner in 0..owners {
            if holder.is_some_and(|holder| holder != owner) {
                cost[row + owner] += 1.0;
            }
            let home = solver.staff.homes[staff[owner] as usize];
            if let (Some(home), Some(at)) = (home, solver.places[pool.accounts[position] as usize]) {
                distance_km[row + owner].0 += crate::geo::great_circle_km(home, at);
                distance_km[row + owner].1 += 1;
            }
        }
    }
    for (cost, (km, count)) in cost.iter_mut().zip(distance_km) {
        // Nearness decides between equals only: half the earth's girth counts less than one account.
        *cost += if count > 0 { km / count as f64 / 25_000.0 } else { 0.0 };
    }
    for seat in 0..seats {
        for owner in 0..owners {
            if own[owner].is_some() && sitting[seat] != Some(owner as u32) {
                cost[seat * owners + owner] += pool.accounts.len() as f64 + 1.0;
            }
        }
    }
    let most = seats.div_ceil(owners).max(1) as f64;
    let count = Measure { values: vec![1.0; seats], lower: vec![0.0; owners], upper: vec![most; owners] };
    Problem {
        units: seats,
        owners,
        cost: Cost::Matrix(cost),
        measures: vec![count],
        eligibility: Eligibility::All,
        fixed: sitting.to_vec(),
        moves: Moves::default(),
        contiguity: Contiguity::Ignored,
    }
}

fn balance_targets(solver: &Solver, pool: &Pool, staff: &[u32]) -> Vec<(String, f64, Vec<f64>)> {
    let coverage = pool.coverage(solver.policy);
    let total_fte: f64 = staff.iter().map(|employee| solver.staff.fte[*employee as usize]).sum();
    let all: Vec<u32> = vec![0; pool.accounts.len()];
    let targets = |name: &str| {
        let total = sum_by_unit(solver.measures.get(name), pool, &all, 1)[0];
        staff.iter().map(|employee| total * solver.staff.fte[*employee as usize] / total_fte).collect()
    };
    coverage
        .balance
        .iter()
        .map(|(name, tolerance)| (name.get_ref().clone(), *tolerance, targets(name.get_ref())))
        .collect()
}

/// Seats are what they are: a capacity can only be reported as exceeded.
fn report_full(solver: &Solver, outcome: &mut PoolOutcome, staff: &[u32]) -> Result<(), AppError> {
    for (name, limit) in outcome.pool.coverage(solver.policy).capacities() {
        let free = solver.free_capacity(name, limit, staff)?;
        let loads = outcome.measures.iter().find(|measure| measure.name == name).map(|measure| measure.loads.clone());
        for (index, load) in loads.unwrap_or_default().into_iter().enumerate() {
            if load > free[index] * (1.0 + 1e-9) {
                outcome.broken.push(BrokenPromise {
                    what: format!("the capacity of {}", solver.staff.names[staff[index] as usize]),
                    place: outcome.pool.title(),
                    by: format!("{} {name} above the limit of {}", short(load - free[index]), short(free[index])),
                    remedy: String::from("raise the capacity, or split the seat"),
                });
            }
        }
    }
    Ok(())
}

fn report_broken(
    solver: &Solver,
    outcome: &mut PoolOutcome,
    staff: &[u32],
    seats: usize,
    balanced: &[(String, f64, Vec<f64>)],
) {
    if seats > staff.len() {
        outcome.broken.push(BrokenPromise {
            what: String::from("one person a seat"),
            place: outcome.pool.title(),
            by: format!("{seats} seats, {} people: somebody has several", staff.len()),
            remedy: String::from("add staff, or divide by fewer values"),
        });
    }
    let without = outcome.owner.iter().filter(|owner| **owner == NOBODY).count();
    if without > 0 {
        outcome.broken.push(BrokenPromise {
            what: String::from("a seat for every account"),
            place: outcome.pool.title(),
            by: format!("{without} accounts have no value to be divided by"),
            remedy: String::from("fill the column, or write coalesce(…, 'other')"),
        });
    }
    for (name, tolerance, targets) in balanced {
        let Some(measure) = outcome.measures.iter().find(|measure| measure.name == *name) else { continue };
        let worst = measure
            .loads
            .iter()
            .zip(targets)
            .enumerate()
            .map(|(index, (load, target))| (index, if *target > 0.0 { (load - target) / target } else { 0.0 }))
            .max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()));
        let Some((index, deviation)) = worst.filter(|(_, deviation)| deviation.abs() > *tolerance) else { continue };
        outcome.broken.push(BrokenPromise {
            what: format!("{name} within {:.0} %", tolerance * 100.0),
            place: outcome.pool.title(),
            by: format!("{} is {:+.1} % off", solver.staff.names[staff[index] as usize], deviation * 100.0),
            remedy: String::from("seats are what they are: divide by territories to balance"),
        });
    }
}
