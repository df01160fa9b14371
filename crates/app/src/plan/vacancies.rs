//! More or fewer territories than people: `count` in the policy.
//!
//! With more territories than people some are vacant. Until somebody is hired, whoever has the nearest territory looks
//! after a vacant one, for no account may be without a responsible person; the plan says who has two. With fewer, those
//! who hold most of the accounts today have one each, and the others have none.

use bailiwick_domain::finding::Finding;
use bailiwick_domain::policy::document::{Count, Territories};
use bailiwick_engine::Solution;

use super::outcome::{BrokenPromise, PoolOutcome};
use super::solve::Solver;
use crate::error::AppError;
use crate::geo::great_circle_km;
use crate::pool::Pool;

/// Stands for the person who is yet to be hired; no row of the employee table.
pub const VACANT: u32 = u32::MAX - 2;

/// Who holds each territory, [`VACANT`] ones last.
pub fn seats(solver: &Solver, pool: &Pool, staff: &[u32], territories: &Territories) -> Result<Vec<u32>, AppError> {
    let count = match territories.count() {
        None | Some(Count::OneAnEmployee) => return Ok(staff.to_vec()),
        Some(Count::Fixed(count)) => count,
        Some(Count::Sized) => match solver.sized.get(&pool.coverage) {
            Some(count) => *count,
            None => return Err(unsized_pool(solver, pool)),
        },
    };
    let count = count.clamp(1, pool.accounts.len().max(1));
    if count >= staff.len() {
        return Ok(staff.iter().copied().chain((staff.len()..count).map(|_| VACANT)).collect());
    }
    let holders = solver.present.holders(&pool.role, pool.product_line.as_deref(), &pool.accounts);
    let held = |employee: u32| holders.iter().filter(|holder| **holder == Some(employee)).count();
    let mut by_holding: Vec<(usize, u32)> = staff.iter().map(|employee| (held(*employee), *employee)).collect();
    by_holding.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
    let mut seats: Vec<u32> = by_holding[..count].iter().map(|(_, employee)| *employee).collect();
    seats.sort_unstable();
    Ok(seats)
}

fn unsized_pool(solver: &Solver, pool: &Pool) -> AppError {
    let message = format!("{} is to have as many territories as sizing finds, and cannot be sized", pool.title());
    let remedy = format!("write [sizing.roles.{}] with hours, or a number for count", pool.role);
    let place = solver.policy.place(&pool.coverage(solver.policy).role);
    AppError::refused(solver.policy, vec![Finding::error("territory-count", message, remedy).at(place)])
}

/// The seats with the vacant ones given to whoever has the nearest centre; the first of the staff where none is known.
pub fn looked_after(seats: &[u32], solution: &Solution) -> Vec<u32> {
    let centre = |owner: usize| solution.centres.get(owner).copied().filter(|at| at.x.is_finite());
    let nearest = |vacant: usize| {
        let staffed = (0..seats.len()).filter(|owner| seats[*owner] != VACANT);
        let distance = |owner: &usize| match (centre(vacant), centre(*owner)) {
            (Some(from), Some(to)) => great_circle_km(from, to),
            _ => f64::INFINITY,
        };
        staffed.min_by(|a, b| distance(a).total_cmp(&distance(b))).map_or(seats[0], |owner| seats[owner])
    };
    (0..seats.len()).map(|owner| if seats[owner] == VACANT { nearest(owner) } else { seats[owner] }).collect()
}

/// Says which territories wait for somebody.
pub fn report(solver: &Solver, outcome: &mut PoolOutcome, seats: &[u32]) {
    let vacant: Vec<usize> = (0..seats.len()).filter(|seat| seats[*seat] == VACANT).collect();
    if vacant.is_empty() {
        return;
    }
    let look_after = vacant.iter().map(|seat| {
        let territory = &outcome.territories[*seat];
        format!("\u{201c}{}\u{201d} ({})", territory.name, solver.staff.names[territory.employee as usize])
    });
    outcome.broken.push(BrokenPromise {
        what: String::from("one person a territory"),
        place: outcome.pool.title(),
        by: format!(
            "{} territories, {} people; vacant, with who looks after it: {}",
            seats.len(),
            seats.len() - vacant.len(),
            look_after.collect::<Vec<_>>().join(", ")
        ),
        remedy: format!("hire {}, or lower count", vacant.len()),
    });
}
