//! Columns of texts that are read where they lie: a row costs no allocation, however many there are.

use std::sync::Arc;

use bailiwick_domain::policy::document::ColumnType;
use datafusion::arrow::array::builder::StringViewBuilder;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Float64Array, StringViewArray};
use datafusion::arrow::datatypes::DataType;

use super::{Table, texts_of};
use crate::error::DataError;
use crate::expression::Expression;

/// A column as texts. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Words(StringViewArray);

impl Words {
    pub(crate) fn of(array: &ArrayRef) -> Words {
        match array.data_type() {
            DataType::Utf8View => Words(array.as_string_view().clone()),
            _ => Words(texts_of(array).into_iter().collect()),
        }
    }

    /// Nothing in any of so many rows.
    pub fn none(rows: usize) -> Words {
        Words(StringViewArray::new_null(rows))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text of a row, also an empty one; `None` where the cell is.
    pub fn get(&self, row: usize) -> Option<&str> {
        self.0.is_valid(row).then(|| self.0.value(row))
    }

    /// The text of a row that has one that is not empty.
    pub fn filled(&self, row: usize) -> Option<&str> {
        self.get(row).filter(|text| !text.is_empty())
    }

    pub fn iter(&self) -> impl Iterator<Item = Option<&str>> {
        self.0.iter()
    }
}

impl Table {
    /// [`Table::texts`] without a copy of each.
    ///
    /// # Errors
    /// If there is no such column.
    pub fn words(&self, column: &str) -> Result<Words, DataError> {
        Ok(Words::of(self.need(column)?))
    }

    /// The table with a column of texts added, or put in the place of the one of that name. `values` has one a row; the
    /// same text again takes no more room.
    pub fn with_words<'a>(&self, name: &str, values: impl Iterator<Item = Option<&'a str>>) -> Table {
        let mut column = StringViewBuilder::with_capacity(self.len()).with_deduplicate_strings();
        values.for_each(|value| column.append_option(value));
        self.with(name, Arc::new(column.finish()))
    }

    /// The table with an expression's values as a column: numbers as numbers, everything else as texts.
    ///
    /// # Errors
    /// Those of the expression's evaluation.
    pub fn with_values_of(&self, name: &str, expression: &Expression) -> Result<Table, DataError> {
        let array: ArrayRef = match expression.kind() {
            ColumnType::Number | ColumnType::Integer => Arc::new(Float64Array::from(expression.numbers(self)?)),
            _ => Arc::new(expression.words(self)?.0),
        };
        Ok(self.with_values(name, array, expression.sql()))
    }
}
