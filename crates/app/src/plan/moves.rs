//! What it costs to take accounts from their present holders, and how much of that may happen.
//!
//! A group counts as held by whoever holds most of it. Where it is to stay together and several people hold parts, the
//! smaller parts move whatever is decided: they are counted against the budget first, so that the budget holds for the
//! accounts that a reader of the plan counts.

use bailiwick_domain::policy::COUNT;
use bailiwick_domain::policy::document::Keep;
use bailiwick_engine::{Eligibility, Moves};
use rustc_hash::FxHashMap;

use super::build_problem::{Draft, Form};
use super::outcome::BrokenPromise;
use super::present::GONE;
use super::solve::short;
use crate::error::AppError;

/// Where nothing is said of keeping relationships, a tie goes to the present holder.
const TIE_BREAK: f64 = 1e-3;

/// The part of a unit that one of the staff holds.
#[derive(Clone, Copy, Default)]
struct Part {
    owner: u32,
    accounts: u32,
    /// What moving it costs.
    price: f64,
    /// What moving it takes out of the budget.
    toll: f64,
}

impl Draft<'_> {
    pub fn moves(
        &self,
        eligible: &Eligibility,
        fixed: &[Option<u32>],
        broken: &mut Vec<BrokenPromise>,
    ) -> Result<Moves, AppError> {
        let nothing = Keep::default();
        let keep = self.coverage.keep.as_ref().unwrap_or(&nothing);
        let parts = self.held_parts(keep)?;
        if parts.iter().all(Vec::is_empty) {
            return Ok(Moves::default());
        }
        let main: Vec<Option<Part>> = parts
            .iter()
            .map(|parts| parts.iter().copied().max_by(|a, b| a.accounts.cmp(&b.accounts).then(b.owner.cmp(&a.owner))))
            .collect();
        let mut torn = 0.0;
        for (unit, (parts, main)) in parts.iter().zip(&main).enumerate() {
            if main.is_some_and(|main| may_stay(eligible, fixed, unit, main.owner)) {
                torn += parts.iter().map(|part| part.toll).sum::<f64>() - main.map_or(0.0, |main| main.toll);
            }
        }
        let budget = self.budget(keep, &parts);
        if let Some(budget) = budget.filter(|budget| torn > budget * (1.0 + 1e-9)) {
            let of = if keep.moves.is_some() { COUNT } else { keep.of.as_ref().map_or(COUNT, |name| name.get_ref()) };
            broken.push(BrokenPromise {
                what: String::from("the budget of moves"),
                place: self.pool.title(),
                by: format!("{} {of} above the budget of {}", short(torn - budget), short(budget)),
                remedy: String::from(
                    "several people hold parts of one group: raise the budget, or let groups be split",
                ),
            });
        }
        Ok(Moves {
            present: main.iter().map(|part| part.map(|part| part.owner)).collect(),
            price: main.iter().map(|part| part.map_or(0.0, |part| part.price)).collect(),
            weight: main.iter().map(|part| part.map_or(0.0, |part| part.toll)).collect(),
            budget: budget.map(|budget| (budget - torn).max(0.0)),
        })
    }

    /// Who of the staff holds which part of each unit.
    fn held_parts(&self, keep: &Keep) -> Result<Vec<Vec<Part>>, AppError> {
        let Draft { solver, pool, .. } = self;
        let holders = solver.present.holders(&pool.role, pool.product_line.as_deref(), &pool.accounts);
        let mut parts: Vec<Vec<Part>> = vec![vec![]; self.units];
        if holders.iter().all(Option::is_none) {
            return Ok(parts);
        }
        let owner_of: FxHashMap<u32, u32> =
            self.staff.iter().enumerate().map(|(owner, employee)| (*employee, owner as u32)).collect();
        let stated = keep.price.as_ref().map(|price| solver.account_numbers(&price.0)).transpose()?;
        let (default, scale) = match self.form {
            Form::Territories(_) => (0.0, solver.measures.get(&self.weight)),
            _ => (TIE_BREAK, solver.measures.get(COUNT)),
        };
        let takes = self.takes(keep);
        let varied = solver.variation().price;
        for (position, account) in pool.accounts.iter().enumerate() {
            let holder = holders[position].filter(|holder| *holder != GONE);
            let Some(owner) = holder.and_then(|holder| owner_of.get(&holder)) else { continue };
            let row = *account as usize;
            let price = stated.as_ref().map_or(default, |prices| prices[row].max(0.0) * varied) * scale[row];
            let parts = &mut parts[self.unit_of[position] as usize];
            let index = parts.iter().position(|part| part.owner == *owner).unwrap_or_else(|| {
                parts.push(Part { owner: *owner, ..Part::default() });
                parts.len() - 1
            });
            parts[index].accounts += 1;
            parts[index].price += price;
            parts[index].toll += takes[row];
        }
        Ok(parts)
    }

    /// What each account takes out of the budget: `moves` counts accounts, `share` is of a measure.
    fn takes(&self, keep: &Keep) -> &[f64] {
        let of = keep.of.as_ref().filter(|_| keep.moves.is_none());
        self.solver.measures.get(of.map_or(COUNT, |name| name.get_ref()))
    }

    fn budget(&self, keep: &Keep, parts: &[Vec<Part>]) -> Option<f64> {
        if let Some(share) = self.solver.variation().moves {
            return Some(share * parts.iter().flatten().map(|part| part.toll).sum::<f64>());
        }
        keep.moves.or_else(|| {
            let takes = self.takes(keep);
            let total: f64 = self.pool.accounts.iter().map(|account| takes[*account as usize]).sum();
            keep.share.map(|share| share * total)
        })
    }
}

/// Whether the unit could stay with its holder; where it cannot, moving it takes nothing out of the budget.
fn may_stay(eligible: &Eligibility, fixed: &[Option<u32>], unit: usize, owner: u32) -> bool {
    let allowed = match eligible {
        Eligibility::All => true,
        Eligibility::Classes { class_of, owners_of_class } => {
            owners_of_class[class_of[unit] as usize].binary_search(&owner).is_ok()
        }
    };
    allowed && fixed[unit].is_none_or(|fixed| fixed == owner)
}
