//! Numbers per account that are balanced: `count` and the policy's `[measures]`.

use bailiwick_data::{ColumnInfo, Table};
use bailiwick_domain::finding::Finding;
use bailiwick_domain::policy::{COUNT, Policy};
use indexmap::IndexMap;

use crate::classify::{compile, data_finding};
use crate::error::AppError;

/// One value an account for every measure; an empty cell counts 0.
#[derive(Debug, Clone)]
pub struct Measures {
    pub values: IndexMap<String, Vec<f64>>,
}

impl Measures {
    pub fn of(policy: &Policy, accounts: &Table) -> Result<Measures, AppError> {
        Measures::over(policy, &accounts.columns(), accounts)
    }

    /// The columns that the policy's measures name, of these; those of a measure that is wrong are none.
    pub fn columns(policy: &Policy, columns: &[ColumnInfo]) -> Vec<String> {
        let compiled = policy.document.measures.values().filter_map(|text| compile(policy, text, columns).ok());
        let mut names: Vec<String> = compiled.flat_map(|expression| expression.columns().to_vec()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// [`Measures::of`] accounts with these columns, of which only those that the measures name need be at hand.
    pub fn over(policy: &Policy, columns: &[ColumnInfo], accounts: &Table) -> Result<Measures, AppError> {
        let mut values = IndexMap::from([(COUNT.to_owned(), vec![1.0; accounts.len()])]);
        let mut findings = vec![];
        for (name, text) in &policy.document.measures {
            let numbers = compile(policy, text, columns).and_then(|expression| {
                expression.numbers(accounts).map_err(|error| data_finding(policy, text, &error))
            });
            match numbers {
                Ok(numbers) => {
                    let numbers: Vec<f64> = numbers.into_iter().map(Option::unwrap_or_default).collect();
                    let below: Vec<usize> =
                        (0..numbers.len()).filter(|row| !(numbers[*row] >= 0.0 && numbers[*row].is_finite())).collect();
                    if !below.is_empty() {
                        let message =
                            format!("measure \"{}\" is negative or no number for some accounts", name.get_ref());
                        let remedy = format!("write greatest({}, 0), or mend the data", text.get_ref());
                        let ids = accounts.texts("account_id")?;
                        let samples = below.iter().take(3).filter_map(|row| ids[*row].clone()).collect();
                        let finding = Finding::error("measure-negative", message, remedy).at(policy.place(text));
                        findings.push(finding.counting(below.len() as u64, samples));
                    }
                    values.insert(name.get_ref().clone(), numbers);
                }
                Err(finding) => findings.push(finding),
            }
        }
        if findings.is_empty() { Ok(Measures { values }) } else { Err(AppError::refused(policy, findings)) }
    }

    /// The values of a measure that the policy's check has seen to exist.
    pub fn get(&self, name: &str) -> &[f64] {
        &self.values[name]
    }
}
