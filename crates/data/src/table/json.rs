//! Rows as JSON objects: for answers, and for accounts that arrive one at a time.

use std::sync::Arc;

use bailiwick_domain::policy::document::ColumnType;
use datafusion::arrow::array::types::{Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, StringViewArray,
    TimestampMicrosecondArray,
};
use datafusion::arrow::datatypes::DataType;
use serde_json::{Map, Value};

use super::column::{date_text, numbers_of, texts_of, timestamp_text};
use super::{ColumnInfo, Table};
use crate::rejected::shorten;
use crate::source::value;

/// A value of a row that is not of its column's type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowProblem {
    /// From 0, in the order given.
    pub row: usize,
    pub column: String,
    pub value: String,
    pub reason: String,
}

impl Table {
    /// One row (from 0) as a JSON object: dates in ISO 8601, NULL where there is nothing.
    pub fn row(&self, row: usize) -> Map<String, Value> {
        let schema = self.batch.schema();
        schema
            .fields()
            .iter()
            .zip(self.batch.columns())
            .map(|(field, column)| (field.name().clone(), cell(column, row)))
            .collect()
    }

    /// Rows that arrive one at a time. What is missing is NULL; a value of another type is a problem, and all are told.
    /// Texts that hold a number, a date or true/false are taken as such where the column asks for it.
    pub fn from_rows(columns: &[ColumnInfo], rows: &[Map<String, Value>]) -> Result<Table, Vec<RowProblem>> {
        let mut problems = Vec::new();
        let mut arrays: Vec<(String, ArrayRef)> = Vec::new();
        for ColumnInfo { name, kind } in columns {
            let mut refuse = |row: usize, found: &Value, reason: &str| {
                let text = found.as_str().map_or_else(|| found.to_string(), str::to_owned);
                problems.push(RowProblem {
                    row,
                    column: name.clone(),
                    value: shorten(&text),
                    reason: reason.to_owned(),
                });
            };
            let mut each = |convert: &mut dyn FnMut(Option<&Value>) -> bool, reason: &str| {
                for (row, object) in rows.iter().enumerate() {
                    let found = object.get(name).filter(|found| !found.is_null());
                    if !convert(found)
                        && let Some(found) = found
                    {
                        refuse(row, found, reason);
                    }
                }
            };
            let array: ArrayRef = match kind {
                ColumnType::Text => {
                    let mut values = Vec::with_capacity(rows.len());
                    each(&mut |found| push(&mut values, found, json_text), "not a text");
                    Arc::new(StringViewArray::from(values))
                }
                ColumnType::Number => {
                    let mut values = Vec::with_capacity(rows.len());
                    each(&mut |found| push(&mut values, found, json_number), "not a number");
                    Arc::new(Float64Array::from(values))
                }
                ColumnType::Integer => {
                    let mut values = Vec::with_capacity(rows.len());
                    each(&mut |found| push(&mut values, found, json_integer), "not a whole number");
                    Arc::new(Int64Array::from(values))
                }
                ColumnType::Boolean => {
                    let mut values = Vec::with_capacity(rows.len());
                    each(&mut |found| push(&mut values, found, json_boolean), "neither true nor false");
                    Arc::new(BooleanArray::from(values))
                }
                ColumnType::Date => {
                    let mut values = Vec::with_capacity(rows.len());
                    let day = |found: &Value| found.as_str().and_then(value::iso_timestamp).map(value::day_of);
                    each(&mut |found| push(&mut values, found, day), "not a date as in 2025-12-31");
                    Arc::new(Date32Array::from(values))
                }
                ColumnType::Timestamp => {
                    let mut values = Vec::with_capacity(rows.len());
                    let time = |found: &Value| found.as_str().and_then(value::iso_timestamp);
                    each(&mut |found| push(&mut values, found, time), "not a time as in 2025-12-31T12:30:00");
                    Arc::new(TimestampMicrosecondArray::from(values))
                }
            };
            arrays.push((name.clone(), array));
        }
        if problems.is_empty() {
            Ok(Table::of_columns(arrays, rows.len()))
        } else {
            problems.sort_by_key(|problem| problem.row);
            Err(problems)
        }
    }
}

/// Adds the converted value (or NULL); false when there is a value that does not convert.
fn push<T>(values: &mut Vec<Option<T>>, found: Option<&Value>, convert: impl Fn(&Value) -> Option<T>) -> bool {
    let converted = found.and_then(convert);
    let well = found.is_none() || converted.is_some() || found.and_then(Value::as_str) == Some("");
    values.push(converted);
    well
}

fn json_text(found: &Value) -> Option<String> {
    match found {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    }
}

fn json_number(found: &Value) -> Option<f64> {
    match found {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => value::number(text, '.'),
        _ => None,
    }
}

fn json_integer(found: &Value) -> Option<i64> {
    match found {
        Value::Number(number) => {
            let whole = || number.as_f64().filter(|number| number.fract() == 0.0 && number.abs() < 9.0e15);
            number.as_i64().or_else(|| whole().map(|number| number as i64))
        }
        Value::String(text) => value::integer(text),
        _ => None,
    }
}

fn json_boolean(found: &Value) -> Option<bool> {
    match found {
        Value::Bool(truth) => Some(*truth),
        Value::String(text) => value::boolean(text),
        _ => None,
    }
}

fn cell(column: &ArrayRef, row: usize) -> Value {
    if column.is_null(row) {
        return Value::Null;
    }
    match column.data_type() {
        DataType::Utf8View => column.as_string_view().value(row).into(),
        DataType::Float64 => column.as_primitive::<Float64Type>().value(row).into(),
        DataType::Int64 => column.as_primitive::<Int64Type>().value(row).into(),
        DataType::Boolean => column.as_boolean().value(row).into(),
        DataType::Date32 => date_text(column.as_primitive::<Date32Type>().value(row)).into(),
        DataType::Timestamp(..) => timestamp_text(column.as_primitive::<TimestampMicrosecondType>().value(row)).into(),
        _ => {
            let one = column.slice(row, 1);
            match numbers_of(&one) {
                Ok(numbers) => numbers.first().copied().flatten().into(),
                Err(_) => texts_of(&one).into_iter().next().flatten().into(),
            }
        }
    }
}
