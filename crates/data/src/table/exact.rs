//! Columns for reckoning with millions of rows: amounts to their last digit, days, and texts as numbers of their own, so
//! that no row costs an allocation.

use std::str::FromStr;

use datafusion::arrow::array::types::{Date32Type, Decimal128Type, TimestampMicrosecondType};
use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::DataType;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::{Table, texts_of};
use crate::error::{DataError, Fault};

/// A column of texts as numbers of their own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Codes {
    /// Each text once, in the order in which they come.
    pub names: Vec<String>,
    /// A row each: its place in `names`, or [`Codes::NONE`].
    pub rows: Vec<u32>,
}

impl Codes {
    /// An empty cell.
    pub const NONE: u32 = u32::MAX;

    /// Gives numbers to texts, one after the other.
    fn of<'a>(rows: usize, texts: impl Iterator<Item = Option<&'a str>>) -> Codes {
        let mut known: FxHashMap<&'a str, u32> = FxHashMap::default();
        let mut codes = Codes { names: vec![], rows: Vec::with_capacity(rows) };
        for text in texts {
            let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
                codes.rows.push(Codes::NONE);
                continue;
            };
            let next = codes.names.len() as u32;
            let code = *known.entry(text).or_insert(next);
            if code == next {
                codes.names.push(text.to_owned());
            }
            codes.rows.push(code);
        }
        codes
    }
}

/// 1970-01-01 in days of the proleptic calendar, and days since.
fn date_of(days: i32) -> Option<jiff::civil::Date> {
    jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(days)).ok()
}

impl Table {
    /// A column of texts as numbers of their own; no cell in any row when there is no such column.
    pub fn codes(&self, column: &str) -> Codes {
        let Some(array) = self.column(column) else {
            return Codes { names: vec![], rows: vec![Codes::NONE; self.len()] };
        };
        match array.data_type() {
            DataType::Utf8View => Codes::of(array.len(), array.as_string_view().iter()),
            _ => {
                let texts = texts_of(array);
                Codes::of(texts.len(), texts.iter().map(Option::as_deref))
            }
        }
    }

    /// Calls with every row and the text in it, empty where there is none.
    pub fn each_text(&self, column: &str, mut call: impl FnMut(usize, &str)) {
        let Some(array) = self.column(column) else { return };
        match array.data_type() {
            DataType::Utf8View => {
                array.as_string_view().iter().enumerate().for_each(|(row, text)| call(row, text.unwrap_or_default()));
            }
            _ => texts_of(array)
                .iter()
                .enumerate()
                .for_each(|(row, text)| call(row, text.as_deref().unwrap_or_default())),
        }
    }

    /// A column of amounts, exact as they are written; no amount in any row when there is no such column.
    ///
    /// # Errors
    /// If a value is beyond 28 digits, or no number.
    pub fn decimals(&self, column: &str) -> Result<Vec<Option<Decimal>>, DataError> {
        let Some(array) = self.column(column) else { return Ok(vec![None; self.len()]) };
        let refuse = |value: &dyn std::fmt::Display| {
            let fault = Fault::new(format!("{value} cannot be reckoned with exactly")).column(column);
            DataError::Evaluate(Box::new(fault.remedy("write amounts with at most 28 digits")))
        };
        if let DataType::Decimal128(_, scale) = array.data_type() {
            let scale = u32::from(scale.unsigned_abs());
            let read = |value: Option<i128>| match value {
                None => Ok(None),
                Some(value) => Decimal::try_from_i128_with_scale(value, scale).map(Some).map_err(|_| refuse(&value)),
            };
            return array.as_primitive::<Decimal128Type>().iter().map(read).collect();
        }
        let read = |text: Option<String>| match text.filter(|text| !text.trim().is_empty()) {
            None => Ok(None),
            Some(text) => Decimal::from_str(text.trim()).map(Some).map_err(|_| refuse(&text)),
        };
        texts_of(array).into_iter().map(read).collect()
    }

    /// A column of dates, or of times whose date counts; no date in any row when there is no such column.
    pub fn dates(&self, column: &str) -> Vec<Option<jiff::civil::Date>> {
        const DAY: i64 = 86_400_000_000;
        let Some(array) = self.column(column) else { return vec![None; self.len()] };
        match array.data_type() {
            DataType::Date32 => array.as_primitive::<Date32Type>().iter().map(|days| date_of(days?)).collect(),
            DataType::Timestamp(..) => {
                let each = array.as_primitive::<TimestampMicrosecondType>().iter();
                each.map(|micros| i32::try_from(micros?.div_euclid(DAY)).ok().and_then(date_of)).collect()
            }
            _ => {
                let read = |text: Option<String>| text?.get(..10)?.parse().ok();
                texts_of(array).into_iter().map(read).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use bailiwick_domain::policy::document::ColumnType;
    use serde_json::json;

    use super::*;
    use crate::table::ColumnInfo;

    #[test]
    fn columns_are_read_without_loss() {
        let info = |name: &str, kind| ColumnInfo { name: name.into(), kind };
        let columns = [info("who", ColumnType::Text), info("on", ColumnType::Date), info("much", ColumnType::Number)];
        let rows = [
            json!({"who": "Ann", "on": "2026-03-01", "much": 0.1}),
            json!({"who": "", "on": null, "much": null}),
            json!({"who": "Ann", "on": "1969-12-31", "much": 12.5}),
        ];
        let table = Table::from_rows(&columns, &rows.map(|row| row.as_object().unwrap().clone())).unwrap();
        let codes = table.codes("who");
        assert_eq!((codes.names, codes.rows), (vec!["Ann".to_owned()], vec![0, Codes::NONE, 0]));
        assert_eq!(table.codes("nothing").rows, [Codes::NONE; 3]);
        let days = [Some("2026-03-01".parse().unwrap()), None, Some("1969-12-31".parse().unwrap())];
        assert_eq!(table.dates("on"), days);
        let amounts = table.decimals("much").unwrap();
        assert_eq!(amounts, [Some("0.1".parse().unwrap()), None, Some("12.5".parse().unwrap())]);
    }
}
