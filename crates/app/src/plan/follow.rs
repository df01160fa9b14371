//! `same_as`: the holder of another role, or of the head of the account's group.

use super::outcome::{BrokenPromise, NOBODY, Nobody, PoolOutcome, Why};
use super::solve::{Holders, Solver};
use crate::pool::Pool;

pub fn follow(solver: &Solver, pool: Pool, followed: &str, holders: &Holders) -> PoolOutcome {
    let parent = followed == "parent";
    let role = if parent { pool.role.clone() } else { followed.to_owned() };
    let exact = holders.get(&(role.clone(), pool.product_line.clone()));
    let plain = holders.get(&(role.clone(), None));
    let any: Vec<&Vec<u32>> =
        holders.iter().filter(|((known, _), _)| *known == role).map(|(_, column)| column).collect();
    let holder = |account: u32| {
        let columns = exact.into_iter().chain(plain).chain(any.iter().copied());
        columns.map(|column| column[account as usize]).find(|owner| *owner != NOBODY)
    };
    let allowed = pool.staff.clone();
    let restricted = pool.coverage(solver.policy).staff.is_some();
    let mut outcome = solver.blank(pool, &[], &format!("same as {followed}"));
    let pins = solver.pins_of(&outcome.pool);
    for position in 0..outcome.owner.len() {
        let account = outcome.pool.accounts[position];
        if let Some((_, employee, index)) = pins.iter().find(|(pinned, ..)| *pinned == account) {
            outcome.owner[position] = *employee;
            outcome.why[position] = Why::Pinned(*index);
            continue;
        }
        let of = if parent { solver.roots[account as usize] } else { account };
        match holder(of).filter(|owner| !restricted || allowed.binary_search(owner).is_ok()) {
            Some(owner) => {
                outcome.owner[position] = owner;
                outcome.why[position] = if parent { Why::Parent } else { Why::Follows };
            }
            None => outcome.why[position] = Why::Nobody(Nobody::NoHolder),
        }
    }
    let mut staff: Vec<u32> = outcome.owner.iter().copied().filter(|owner| *owner != NOBODY).collect();
    staff.sort_unstable();
    staff.dedup();
    outcome.lower_bound = Some(0.0);
    let left = outcome.owner.iter().filter(|owner| **owner == NOBODY).count();
    if left > 0 {
        outcome.broken.push(BrokenPromise {
            what: format!("the same person as {followed}"),
            place: outcome.pool.title(),
            by: format!("{left} accounts have nobody: there is no such holder, or not among the staff"),
            remedy: format!("cover {role} for these accounts, or give them another form of divide"),
        });
    }
    outcome.routing.staff = staff.iter().map(|employee| solver.staff.ids[*employee as usize].clone()).collect();
    outcome.routing.territories = vec![followed.to_owned()];
    outcome.people = staff.clone();
    outcome.pool.staff = staff.clone();
    let empty = bailiwick_engine::Problem {
        units: 0,
        owners: staff.len(),
        cost: bailiwick_engine::Cost::Zero,
        measures: vec![],
        eligibility: bailiwick_engine::Eligibility::All,
        fixed: vec![],
        moves: Default::default(),
        contiguity: Default::default(),
    };
    solver.measure(&mut outcome, &staff, &[], &[], &empty);
    outcome
}
