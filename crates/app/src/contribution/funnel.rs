//! How customers go from stage to stage, and how long it takes: from `[sources.stages]` (account, stage, day).
//!
//! Of the accounts that entered a stage within the days asked for, those count as gone on that entered a later stage of the
//! process at any time since; the time is the median of the days until they entered the nearest one.

use std::collections::BTreeMap;

use bailiwick_data::Table;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use super::Customers;
use crate::credit::Ground;
use crate::error::AppError;

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = StageConversion)]
pub struct Stage {
    pub process: String,
    pub stage: String,
    /// Accounts that entered it within the days.
    pub entered: u64,
    /// Of them, those that went on.
    pub went_on: u64,
    /// `went_on / entered`: a decimal from 0 to 1, to four places; null for the last stage, and where nobody entered.
    #[schema(value_type = Option<String>)]
    pub conversion: Option<Decimal>,
    /// Median days until the next stage: a decimal; null where nobody went on.
    #[schema(value_type = Option<String>)]
    pub days: Option<Decimal>,
}

/// # Errors
/// If the columns cannot be read.
pub fn stages(
    ground: &Ground,
    table: Option<&Table>,
    (from, end): (Date, Date),
    customers: &Customers,
) -> Result<Vec<Stage>, AppError> {
    let Some(table) = table else { return Ok(vec![]) };
    let (accounts, names) = (table.texts_if_any("account_id")?, table.texts_if_any("stage")?);
    // The first day on which an account entered a stage.
    let mut entered: BTreeMap<(&str, &str), Date> = BTreeMap::new();
    for ((account, stage), day) in accounts.iter().zip(&names).zip(table.dates("entered_on")) {
        let (Some(account), Some(stage), Some(day)) = (account, stage, day) else { continue };
        if customers.include(ground.account_names.find(account)) {
            let first = entered.entry((stage, account)).or_insert(day);
            *first = day.min(*first);
        }
    }
    let mut found = vec![];
    for process in &ground.policy.document.processes {
        let order: Vec<&str> = process.stages.iter().map(|stage| stage.name.get_ref().as_str()).collect();
        if !order.iter().any(|stage| entered.keys().any(|(other, _)| other == stage)) {
            continue;
        }
        for (place, stage) in order.iter().enumerate() {
            let mut days = vec![];
            let mut count = 0;
            for ((_, account), day) in
                entered.iter().filter(|((name, _), day)| name == stage && from <= **day && **day < end)
            {
                count += 1;
                let later = order[place + 1..].iter().filter_map(|next| entered.get(&(*next, *account)));
                if let Some(next) = later.filter(|next| *next >= day).min() {
                    days.push(i64::from((*next - *day).get_days()));
                }
            }
            let is_last = place + 1 == order.len();
            let went_on = days.len() as u64;
            let rate = || (Decimal::from(went_on) / Decimal::from(count)).round_dp(4).normalize();
            found.push(Stage {
                process: process.name.get_ref().clone(),
                stage: (*stage).to_owned(),
                entered: count,
                went_on,
                conversion: (!is_last && count > 0).then(rate),
                days: median(days),
            });
        }
    }
    Ok(found)
}

fn median(mut values: Vec<i64>) -> Option<Decimal> {
    values.sort_unstable();
    let middle = values.len().checked_sub(1)? / 2;
    let sum = values[middle] + values[values.len() / 2];
    Some((Decimal::from(sum) / Decimal::TWO).normalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_lies_in_the_middle() {
        assert_eq!(median(vec![]), None);
        assert_eq!(median(vec![3, 1, 2]), Some(Decimal::from(2)));
        assert_eq!(median(vec![4, 1, 2, 3]), Some("2.5".parse().unwrap()));
    }
}
