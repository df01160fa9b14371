//! The gap matrix: for each skill and role, what each segment, product line and region demands, and what the people who
//! may serve there hold.
//!
//! In each dimension every account of every pool is in one group, so that the demand of a skill over all groups of a
//! dimension is the same whichever dimension it is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Field;
use crate::classify::compile;
use crate::error::AppError;

/// By what accounts are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dimension {
    Segment,
    ProductLine,
    Region,
}

/// One skill in one role and group: demand and supply.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = SkillCell)]
pub struct Cell {
    pub skill: String,
    pub role: String,
    #[schema(value_type = String)]
    pub dimension: Dimension,
    /// Empty: accounts that belong to no group of the dimension.
    pub group: String,
    /// The highest level that is asked for there.
    pub level: f64,
    /// Accounts (× product line) that ask for it.
    pub accounts: usize,
    /// Hours a year that they want.
    pub hours: f64,
    /// What they bring a year; absent where the policy does not say.
    pub revenue: Option<f64>,
    /// Accounts whose holder is below the level they ask for, or that nobody serves.
    pub accounts_below: usize,
    pub hours_below: f64,
    /// Those who may serve there, by the level they hold.
    pub people: BTreeMap<String, usize>,
    /// Of those, at `level` or above.
    pub qualified: usize,
    /// Hours a year that those have for these accounts, their share of what they have for the pool.
    pub hours_qualified: f64,
    /// Hours wanted beyond that.
    pub gap_hours: f64,
}

type Key = (String, String, Dimension, String);

#[derive(Default)]
struct Sum {
    skill: String,
    level: f64,
    accounts: usize,
    hours: f64,
    revenue: Option<f64>,
    accounts_below: usize,
    hours_below: f64,
    /// By pool: hours of the accounts that ask.
    pools: BTreeMap<usize, f64>,
}

/// # Errors
/// A region that cannot be told.
pub(super) fn cells(field: &Field) -> Result<Vec<Cell>, AppError> {
    let solver = field.solver;
    let regions = regions(field)?;
    let segments = solver.policy.segment_names();
    let mut sums: BTreeMap<Key, Sum> = BTreeMap::new();
    for (index, pool) in field.held.pools.iter().enumerate() {
        let demand = &field.demands[index];
        for (position, account) in pool.accounts.iter().map(|account| *account as usize).enumerate() {
            let segment = solver.classified.segment[account].map_or("", |segment| segments[usize::from(segment)]);
            let groups = [
                (Dimension::Segment, segment.to_owned()),
                (Dimension::ProductLine, pool.product_line.clone().unwrap_or_default()),
                (Dimension::Region, regions[account].clone().unwrap_or_default()),
            ];
            for (skill, level) in demand.of_account(position) {
                let holder = field.held.owners[index][position];
                let below = holder.is_none_or(|holder| solver.staff.level(holder as usize, skill) < level);
                let hours = field.hours[index][position];
                for (dimension, group) in &groups {
                    let key = (skill.to_lowercase(), pool.role.clone(), *dimension, group.clone());
                    let sum = sums.entry(key).or_insert_with(|| Sum { skill: skill.to_owned(), ..Sum::default() });
                    sum.level = sum.level.max(level);
                    sum.accounts += 1;
                    sum.hours += hours;
                    if let Some(revenue) = &field.revenue[index] {
                        *sum.revenue.get_or_insert(0.0) += revenue[position];
                    }
                    if below {
                        sum.accounts_below += 1;
                        sum.hours_below += hours;
                    }
                    *sum.pools.entry(index).or_default() += hours;
                }
            }
        }
    }
    let mut cells: Vec<Cell> = sums.into_iter().map(|(key, sum)| supply(field, key, sum)).collect();
    cells.sort_by(|a, b| {
        b.gap_hours
            .total_cmp(&a.gap_hours)
            .then(b.accounts_below.cmp(&a.accounts_below))
            .then_with(|| (a.dimension, &a.role, &a.skill, &a.group).cmp(&(b.dimension, &b.role, &b.skill, &b.group)))
    });
    Ok(cells)
}

fn supply(field: &Field, (_, role, dimension, group): Key, sum: Sum) -> Cell {
    let solver = field.solver;
    let level = |row: u32| solver.staff.level(row as usize, &sum.skill);
    let mut staff: Vec<u32> = sum.pools.keys().flat_map(|pool| field.held.staffs[*pool].iter().copied()).collect();
    staff.sort_unstable();
    staff.dedup();
    let mut people: BTreeMap<String, usize> = BTreeMap::new();
    staff.iter().for_each(|row| *people.entry(level(*row).to_string()).or_default() += 1);
    let mut hours_qualified = 0.0;
    for (pool, hours) in &sum.pools {
        let whole: f64 = field.hours[*pool].iter().sum();
        let able = field.held.staffs[*pool].iter().zip(&field.available[*pool]);
        let able: f64 = able.filter(|(row, _)| level(**row) >= sum.level).map(|(_, hours)| hours).sum();
        hours_qualified += if whole > 0.0 { able * hours / whole } else { 0.0 };
    }
    Cell {
        level: sum.level,
        accounts: sum.accounts,
        hours: sum.hours,
        revenue: sum.revenue,
        accounts_below: sum.accounts_below,
        hours_below: sum.hours_below,
        qualified: staff.iter().filter(|row| level(**row) >= sum.level).count(),
        people,
        hours_qualified,
        gap_hours: (sum.hours - hours_qualified).max(0.0),
        skill: sum.skill,
        role,
        dimension,
        group,
    }
}

/// The region of each account: as `[skills]` says, or by the principle `geography`.
fn regions(field: &Field) -> Result<Vec<Option<String>>, AppError> {
    let accounts = &field.solver.classified.accounts;
    let policy = field.solver.policy;
    match policy.document.skills.as_ref().and_then(|skills| skills.region.as_ref()) {
        Some(text) => {
            let expression = compile(policy, text, &accounts.columns())
                .map_err(|finding| AppError::refused(policy, vec![finding]))?;
            Ok(expression.texts(accounts)?)
        }
        None => Ok(accounts.texts_if_any("geography")?),
    }
}
