//! A table of the snapshot: named, typed columns of equal length, immutable and cheap to clone.
//!
//! Inside it is one arrow batch whose columns are of six types only (see [`normalise`]); orders' amounts are exact
//! decimals and count as numbers.

mod column;
mod exact;
mod file;
mod json;
#[cfg_attr(not(feature = "ballista"), allow(dead_code, reason = "only a cluster computes values while it reads"))]
mod known;
mod rows;
mod words;

use std::sync::Arc;

use bailiwick_domain::policy::document::ColumnType;
use datafusion::arrow::array::{
    Array, ArrayRef, Float64Array, RecordBatch, RecordBatchOptions, StringViewArray, UInt32Array, new_null_array,
};
use datafusion::arrow::compute::{CastOptions, cast_with_options, concat, take};
use datafusion::arrow::datatypes::{Field, Schema};

pub use self::exact::Codes;
pub use self::file::RowsReader;
pub use self::json::RowProblem;
pub use self::rows::{RowCells, RowsWriter};
pub use self::words::Words;

#[cfg(test)]
pub(crate) use self::column::timestamp_text;
pub(crate) use self::column::{arrow_type, days_of, kind_of, normalise, numbers_of, texts_of};
pub(crate) use self::file::read as read_parquet;
#[cfg(feature = "ballista")]
pub(crate) use self::file::row_group_rows;
use self::known::Known;
#[cfg(feature = "ballista")]
pub(crate) use self::known::{Cases, Known as KnownValues, KnownValue};

use crate::error::{DataError, Fault};
use crate::nearest::{list, nearest};

/// Name and type of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnInfo {
    pub name: String,
    pub kind: ColumnType,
}

/// Named, typed columns of equal length.
#[derive(Debug, Clone)]
pub struct Table {
    batch: RecordBatch,
    known: Option<Known>,
}

impl Table {
    /// Columns must be of equal length; they are brought to the six types.
    pub(crate) fn of_columns(columns: Vec<(String, ArrayRef)>, rows: usize) -> Table {
        let columns: Vec<(String, ArrayRef)> =
            columns.into_iter().map(|(name, array)| (name, normalise(&array))).collect();
        let fields: Vec<Field> =
            columns.iter().map(|(name, array)| Field::new(name, array.data_type().clone(), true)).collect();
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
            .expect("columns are of equal length and of the schema's types");
        Table { batch, known: None }
    }

    pub(crate) fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    pub(crate) fn column(&self, name: &str) -> Option<&ArrayRef> {
        self.batch.column_by_name(name)
    }

    fn need(&self, name: &str) -> Result<&ArrayRef, DataError> {
        self.column(name).ok_or_else(|| {
            let schema = self.batch.schema();
            let names = || schema.fields().iter().map(|field| field.name().as_str());
            let near = nearest(name, names(), 3);
            let remedy = match near.as_slice() {
                [] => format!("the columns are: {}", list(names(), 30)),
                near => format!("did you mean {}?", near.join(", ")),
            };
            DataError::MissingColumn(Box::new(Fault::new("there is no such column").column(name).remedy(remedy)))
        })
    }

    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn columns(&self) -> Vec<ColumnInfo> {
        let schema = self.batch.schema();
        schema
            .fields()
            .iter()
            .map(|field| ColumnInfo { name: field.name().clone(), kind: kind_of(field.data_type()) })
            .collect()
    }

    /// Whether there is a column of exactly this name.
    pub fn has(&self, column: &str) -> bool {
        self.column(column).is_some()
    }

    /// A column of any type as text: dates and timestamps in ISO 8601, whole numbers without a fraction.
    pub fn texts(&self, column: &str) -> Result<Vec<Option<String>>, DataError> {
        Ok(texts_of(self.need(column)?))
    }

    /// A column as numbers: true counts 1 and false 0; a text that is no number is an error, an empty one is none.
    pub fn numbers(&self, column: &str) -> Result<Vec<Option<f64>>, DataError> {
        numbers_of(self.need(column)?)
            .map_err(|message| DataError::Evaluate(Box::new(Fault::new(message).column(column))))
    }

    /// [`Table::texts`] of a column that need not be there: nothing in every row when it is not.
    pub fn texts_if_any(&self, column: &str) -> Result<Vec<Option<String>>, DataError> {
        if self.has(column) { self.texts(column) } else { Ok(vec![None; self.len()]) }
    }

    /// [`Table::numbers`] of a column that need not be there: nothing in every row when it is not.
    pub fn numbers_if_any(&self, column: &str) -> Result<Vec<Option<f64>>, DataError> {
        if self.has(column) { self.numbers(column) } else { Ok(vec![None; self.len()]) }
    }

    /// The table with a column of texts added, or put in the place of the one of that name. `values` has one a row.
    pub fn with_texts(&self, name: &str, values: Vec<Option<String>>) -> Table {
        self.with(name, Arc::new(StringViewArray::from(values)))
    }

    /// The table with a column of numbers added, or put in the place of the one of that name. `values` has one a row.
    pub fn with_numbers(&self, name: &str, values: Vec<Option<f64>>) -> Table {
        self.with(name, Arc::new(Float64Array::from(values)))
    }

    fn with(&self, name: &str, array: ArrayRef) -> Table {
        assert_eq!(array.len(), self.len(), "a column has one value a row");
        let schema = self.batch.schema();
        let mut columns: Vec<(String, ArrayRef)> = schema
            .fields()
            .iter()
            .zip(self.batch.columns())
            .map(|(field, column)| (field.name().clone(), Arc::clone(column)))
            .collect();
        match columns.iter_mut().find(|(other, _)| other == name) {
            Some((_, column)) => *column = array,
            None => columns.push((name.to_owned(), array)),
        }
        let mut known = self.known.clone();
        if let Some(known) = &mut known {
            known.add(name, None);
        }
        Table { known, ..Table::of_columns(columns, self.len()) }
    }

    /// [`Table::with`] the values of an expression.
    fn with_values(&self, name: &str, array: ArrayRef, sql: &str) -> Table {
        let mut table = self.with(name, array);
        if let Some(known) = &mut table.known {
            known.add(name, Some(sql));
        }
        table
    }

    /// The rows of this table and then those of another, whose columns are brought to the types here. A column that the
    /// other does not have is empty in its rows; one that only the other has is left out.
    ///
    /// # Errors
    /// A value of the other that is not of the column's type.
    pub fn followed_by(&self, other: &Table) -> Result<Table, DataError> {
        let schema = self.batch.schema();
        let mut columns = vec![];
        for (field, own) in schema.fields().iter().zip(self.batch.columns()) {
            let name = field.name();
            let fault = |error: &dyn std::fmt::Display| {
                let remedy = "give values of the type that the column has";
                DataError::Evaluate(Box::new(Fault::new(error.to_string()).column(name).remedy(remedy.to_owned())))
            };
            let more = match other.column(name) {
                None => new_null_array(own.data_type(), other.len()),
                Some(more) => {
                    let strict = CastOptions { safe: false, ..CastOptions::default() };
                    cast_with_options(more, own.data_type(), &strict).map_err(|error| fault(&error))?
                }
            };
            let both = concat(&[own.as_ref(), more.as_ref()]).map_err(|error| fault(&error))?;
            columns.push((name.clone(), both));
        }
        Ok(Table::of_columns(columns, self.len() + other.len()))
    }

    /// The table in pieces of so many rows, without a copy of them.
    pub(crate) fn pieces(&self, rows: usize) -> Vec<Table> {
        let from = (0..self.len()).step_by(rows.max(1));
        let piece = |from: usize| {
            let rows = rows.min(self.len() - from);
            let known = self.known.as_ref().map(|known| known.slice(from, rows));
            Table { batch: self.batch.slice(from, rows), known }
        };
        from.map(piece).collect()
    }

    /// The rows of these numbers (from 0), in this order. A number beyond the end is a mistake of the caller and panics.
    pub fn select(&self, rows: &[u32]) -> Table {
        let rows = UInt32Array::from(rows.to_vec());
        let schema = self.batch.schema();
        let columns = schema
            .fields()
            .iter()
            .zip(self.batch.columns())
            .map(|(field, column)| {
                (field.name().clone(), take(column, &rows, None).expect("rows are within the table"))
            })
            .collect();
        let known = self.known.as_ref().and_then(|known| known.select(&rows));
        Table { known, ..Table::of_columns(columns, rows.len()) }
    }
}
