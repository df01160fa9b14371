//! Are the territories themselves fair? Would the same skill and effort earn the same, whichever one gets (SPEC 2.1)?
//!
//! Asked of three numbers each person has: the potential of what they hold, potential by work, and expected sales (what an
//! average colleague would sell there). Told as Jain's index, (Σx)² / (n Σx²): 1 when all are equal, 1/n when one has all
//! (Jain, Chiu & Hawe, *A quantitative measure of fairness*, DEC-TR-301, 1984); and Gini's, the mean difference by twice
//! the mean: 0 when all are equal (Gini 1912; Sen, *On Economic Inequality*, 1973, ch. 2).

use std::collections::BTreeMap;

use bailiwick_domain::credit::NONE;
use serde::Serialize;
use utoipa::ToSchema;

use super::fair::Expected;
use crate::credit::Ground;
use crate::credit::tally::Tally;

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = TerritoryFairness)]
pub struct Territories {
    /// By role: people who work in another way are not compared. Only among those who are seen.
    pub equity: Vec<Equity>,
    /// By employee.
    pub people: Vec<Held>,
}

/// How equal one number is among those of one role.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = TerritoryEquity)]
pub struct Equity {
    pub role: String,
    /// `potential`, `potential-per-work` or `expected-sales`.
    pub of: &'static str,
    /// How many are compared.
    pub people: usize,
    /// 1 when all are equal, 1 ÷ people when one has all.
    pub jain: f64,
    /// 0 when all are equal, near 1 when one has all.
    pub gini: f64,
    /// The smallest number of somebody, in the unit of what is compared …
    pub least: f64,
    /// … and the largest.
    pub most: f64,
}

/// What somebody's territory holds.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = TerritoryHeld)]
pub struct Held {
    /// Employee id.
    pub employee: String,
    /// The one in which they have most of their credits.
    pub role: String,
    /// Sum of `credit.potential` over their part of the accounts.
    pub potential: f64,
    /// Sum of `credit.workload`, hours as a rule; null where it is not given.
    pub work: Option<f64>,
    /// What an average colleague would sell there, in the company's currency.
    pub expected_sales: f64,
}

/// Compares those who are seen, each with what they hold of their accounts.
pub fn territories(
    ground: &Ground,
    tally: &Tally,
    expected: &Expected,
    workload: Option<&[f64]>,
    sees: &dyn Fn(u32) -> bool,
) -> Territories {
    // The role in which somebody has most of their credits.
    let mut roles: BTreeMap<u32, BTreeMap<u32, u64>> = BTreeMap::new();
    for (cell, sum) in tally.cells.iter().filter(|(cell, _)| cell.employee != NONE) {
        *roles.entry(cell.employee).or_default().entry(cell.role).or_default() += sum.lines;
    }
    let role_of = |employee: u32| {
        let of = roles.get(&employee)?;
        of.iter().max_by_key(|(role, lines)| (**lines, std::cmp::Reverse(**role))).map(|(role, _)| *role)
    };
    let mut people: BTreeMap<u32, Held> = BTreeMap::new();
    let mut sums: Vec<_> = expected.parts.iter().collect();
    sums.sort_by_key(|(key, _)| **key);
    let mut whole: BTreeMap<u32, f64> = BTreeMap::new();
    for ((account, _), (part, _)) in &sums {
        *whole.entry(*account).or_default() += part;
    }
    for ((account, employee), (part, _)) in sums {
        let Some(role) = role_of(*employee).filter(|_| sees(*employee)) else { continue };
        let held = people.entry(*employee).or_insert_with(|| Held {
            employee: ground.employees.name(*employee).to_owned(),
            role: ground.roles.name(role).to_owned(),
            potential: 0.0,
            work: workload.map(|_| 0.0),
            expected_sales: 0.0,
        });
        let share = if whole[account] > 0.0 { part / whole[account] } else { 0.0 };
        held.expected_sales += part;
        held.potential += share * expected.potential[*account as usize];
        held.work = held.work.zip(workload).map(|(sum, workload)| sum + share * workload[*account as usize]);
    }
    let people: Vec<Held> = people.into_values().collect();
    let mut by_role: BTreeMap<&str, Vec<&Held>> = BTreeMap::new();
    people.iter().for_each(|held| by_role.entry(&held.role).or_default().push(held));
    let mut equity = vec![];
    for (role, held) in by_role.into_iter().filter(|(_, held)| held.len() > 1) {
        let numbers: [(&'static str, Vec<f64>); 3] = [
            ("potential", held.iter().map(|one| one.potential).collect()),
            (
                "potential-per-work",
                held.iter()
                    .filter_map(|one| one.work.filter(|work| *work > 0.0).map(|work| one.potential / work))
                    .collect(),
            ),
            ("expected-sales", held.iter().map(|one| one.expected_sales).collect()),
        ];
        for (of, values) in numbers.into_iter().filter(|(_, values)| values.len() > 1) {
            equity.push(Equity {
                role: role.to_owned(),
                of,
                people: values.len(),
                jain: jain(&values),
                gini: gini(&values),
                least: values.iter().copied().fold(f64::INFINITY, f64::min),
                most: values.iter().copied().fold(0.0, f64::max),
            });
        }
    }
    Territories { equity, people }
}

/// 1 when all are equal.
pub fn jain(values: &[f64]) -> f64 {
    let sum: f64 = values.iter().sum();
    let squares: f64 = values.iter().map(|value| value * value).sum();
    if squares <= 0.0 { 1.0 } else { sum * sum / (values.len() as f64 * squares) }
}

/// 0 when all are equal. Values are not negative.
pub fn gini(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let sum: f64 = sorted.iter().sum();
    if sum <= 0.0 {
        return 0.0;
    }
    let weighted: f64 = (1..).zip(&sorted).map(|(rank, value)| f64::from(rank) * value).sum();
    2.0 * weighted / (n * sum) - (n + 1.0) / n
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn indices_are_those_of_the_books() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        close(jain(&[5.0, 5.0, 5.0]), 1.0);
        close(jain(&[1.0, 0.0, 0.0, 0.0]), 0.25);
        close(gini(&[5.0, 5.0, 5.0]), 0.0);
        close(gini(&[0.0, 0.0, 0.0, 1.0]), 0.75);
        close(gini(&[1.0, 3.0]), 0.25);
        close(jain(&[]), 1.0);
    }
}
