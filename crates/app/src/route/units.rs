//! Who has each unit, where the accounts of a unit (a postcode, a district) go to one employee as a whole: whoever holds
//! most of its accounts now. A unit that nobody has yet goes with its first account.

use std::collections::BTreeMap;

use bailiwick_store::RouteTurn;
use jiff::Timestamp;
use rustc_hash::FxHashMap;

use super::router::Router;
use crate::error::AppError;
use crate::explanation::table_of;
use crate::view::Views;

/// Reads them, where the policy speaks of units.
pub async fn read(router: &mut Router, turn: &mut RouteTurn, as_known_at: Option<Timestamp>) -> Result<(), AppError> {
    let coverage = |pool: usize| &router.policy.document.coverage[router.pools[pool].routing().coverage];
    let has_units = |pool: &usize| coverage(*pool).divide.territories.as_ref().is_some_and(|t| t.unit.is_some());
    let pools: Vec<usize> = (0..router.pools.len()).filter(has_units).collect();
    if pools.is_empty() {
        return Ok(());
    }
    let accounts = turn.accounts().await?;
    let ids: Vec<&str> = accounts.iter().map(|account| account.id.as_str()).collect();
    let row_of: FxHashMap<&str, usize> = ids.iter().enumerate().map(|(row, id)| (*id, row)).collect();
    let table = table_of(&accounts, &router.frozen)?;
    let table = crate::classify::classify_by(&router.policy, &table, &router.frozen)?.accounts;
    let held = turn.held(&ids, router.on, as_known_at).await?;
    for pool in pools {
        let state = &router.pools[pool];
        let views = Views::of(&router.policy, state.routing(), &table)?;
        let mut counts: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for one in &held {
            let of_pool = one.role == state.role && one.product_line == state.line;
            let employee = one.employee.as_str();
            if !of_pool || !state.routing().staff.iter().any(|id| id == employee) {
                continue;
            }
            if let Some(unit) = row_of.get(one.account.as_str()).and_then(|row| views.one(*row).unit) {
                *counts.entry(unit).or_default().entry(employee).or_default() += 1;
            }
        }
        // Of those who hold equally many the first by id.
        let most = |of: &BTreeMap<&str, usize>| {
            of.iter().rev().max_by_key(|(_, count)| **count).map(|(id, _)| (*id).to_owned())
        };
        let units = counts.iter().filter_map(|(unit, of)| Some(((*unit).to_owned(), most(of)?))).collect();
        router.pools[pool].units = units;
    }
    Ok(())
}
