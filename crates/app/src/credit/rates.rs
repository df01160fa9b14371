//! Dated rates: what one unit of a currency is worth in the company's, from a day on (`[sources.rates]`).

use std::collections::BTreeMap;

use bailiwick_data::Table;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::error::AppError;

#[derive(Debug, Clone, Default)]
pub struct Rates {
    company: String,
    by_currency: BTreeMap<String, BTreeMap<Date, Decimal>>,
}

impl Rates {
    /// # Errors
    /// If a rate is no number.
    pub fn read(company: &str, table: Option<&Table>) -> Result<Rates, AppError> {
        let mut rates = Rates { company: company.to_owned(), by_currency: BTreeMap::new() };
        if let Some(table) = table {
            let (currencies, days) = (table.texts_if_any("currency")?, table.dates("valid_from"));
            for ((currency, day), rate) in currencies.into_iter().zip(days).zip(table.decimals("rate")?) {
                if let (Some(currency), Some(day), Some(rate)) = (currency, day, rate) {
                    rates.by_currency.entry(currency.trim().to_owned()).or_default().insert(day, rate);
                }
            }
        }
        Ok(rates)
    }

    /// What one unit is worth in the company's currency on a day: the last rate before it or on it.
    pub fn on(&self, currency: &str, day: Date) -> Option<Decimal> {
        if currency.is_empty() || currency == self.company {
            return Some(Decimal::ONE);
        }
        self.by_currency.get(currency)?.range(..=day).next_back().map(|(_, rate)| *rate)
    }
}

/// There is no rate for what has to be converted.
pub fn missing(currency: &str, day: Date) -> AppError {
    AppError::Missing {
        message: format!("there is no rate of {currency} for {day}"),
        remedy: format!(
            "add to [sources.rates] a row with currency = {currency}, valid_from on or before {day}, and rate"
        ),
    }
}
