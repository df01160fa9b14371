//! Who of those that were promised a qualification is served by somebody who has it, and by the best who has (SPEC 1.6:
//! the most professional people talk to the VIP customers).

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::AppError;
use crate::held::{Held, importance};
use crate::plan::solve::Solver;

/// A segment and role that are promised a qualification.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Qualified {
    pub segment: String,
    pub role: String,
    pub product_line: Option<String>,
    /// `skill:level`, as the policy asks.
    pub qualification: Vec<String>,
    pub accounts: usize,
    /// Accounts whose holder has all of it.
    pub qualified: usize,
    /// Accounts whose holder nobody else of the pool surpasses in it.
    pub by_the_best: usize,
    /// Those of the pool who have all of it.
    pub people: usize,
}

/// Somebody important who is served below what was promised.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Below {
    pub account_id: String,
    pub account: String,
    pub segment: String,
    pub role: String,
    pub product_line: Option<String>,
    /// The score of importance; 0 where the policy has none.
    pub importance: f64,
    /// Absent where nobody serves it.
    pub employee_id: Option<String>,
    pub employee: Option<String>,
    pub skill: String,
    pub level: f64,
    pub least: f64,
    /// Who of the pool has all that is asked for, if anybody has.
    pub instead: Option<String>,
}

pub(super) fn qualified(solver: &Solver, held: &Held) -> Result<(Vec<Qualified>, Vec<Below>), AppError> {
    let policy = solver.policy;
    let importance = importance(policy, &solver.classified.accounts)?;
    let names = solver.classified.accounts.texts_if_any("name")?;
    let mut states: Vec<(u16, Qualified)> = vec![];
    let mut below: Vec<(u16, Below)> = vec![];
    for (index, pool) in held.pools.iter().enumerate() {
        for (segment, name) in policy.segment_names().into_iter().enumerate() {
            let asked = policy.promise(name, &pool.role).qualification;
            if asked.is_empty() {
                continue;
            }
            let level = |row: u32, skill: &str| solver.staff.level(row as usize, skill);
            // Levels beyond what is asked for make nobody better for it.
            let total = |row: u32| asked.keys().map(|skill| level(row, skill)).sum::<f64>();
            let has_all = |row: &u32| asked.iter().all(|(skill, least)| level(*row, skill) >= *least);
            let staff = &held.staffs[index];
            let best = staff.iter().map(|row| total(*row)).fold(0.0, f64::max);
            let mut people: Vec<u32> = staff.iter().copied().filter(has_all).collect();
            people.sort_by(|a, b| total(*b).total_cmp(&total(*a)).then(a.cmp(b)));
            let mut state = Qualified {
                segment: name.to_owned(),
                role: pool.role.clone(),
                product_line: pool.product_line.clone(),
                qualification: asked.iter().map(|(skill, least)| format!("{skill}:{least}")).collect(),
                accounts: 0,
                qualified: 0,
                by_the_best: 0,
                people: people.len(),
            };
            for (position, account) in pool.accounts.iter().enumerate() {
                let row = *account as usize;
                if solver.classified.segment[row].map(usize::from) != Some(segment) {
                    continue;
                }
                let owner = held.owners[index][position];
                state.accounts += 1;
                state.qualified += usize::from(owner.is_some_and(|owner| has_all(&owner)));
                state.by_the_best += usize::from(owner.is_some_and(|owner| total(owner) >= best));
                for (skill, least) in &asked {
                    let held = owner.map_or(0.0, |owner| level(owner, skill));
                    if held >= *least {
                        continue;
                    }
                    let id = |row: u32| solver.staff.ids[row as usize].clone();
                    below.push((
                        segment as u16,
                        Below {
                            account_id: solver.account_ids[row].clone(),
                            account: names[row].clone().unwrap_or_else(|| solver.account_ids[row].clone()),
                            segment: name.to_owned(),
                            role: pool.role.clone(),
                            product_line: pool.product_line.clone(),
                            importance: importance[row],
                            employee_id: owner.map(id),
                            employee: owner.map(|owner| solver.staff.names[owner as usize].clone()),
                            skill: skill.clone(),
                            level: held,
                            least: *least,
                            instead: people.first().map(|row| id(*row)),
                        },
                    ));
                }
            }
            if state.accounts > 0 {
                states.push((segment as u16, state));
            }
        }
    }
    states.sort_by_key(|(segment, _)| *segment);
    below.sort_by(|(a, one), (b, other)| a.cmp(b).then(other.importance.total_cmp(&one.importance)));
    Ok((states.into_iter().map(|(_, state)| state).collect(), below.into_iter().map(|(_, one)| one).collect()))
}
