//! Values of expressions that were computed where the rows were read, kept beside the table: whoever asks for one is given
//! it instead of having it computed once more.
//!
//! A value counts only while it is the value in *this* table. It names the columns it was computed from, as they were; a
//! table in which another column has taken the place of one of them does not give it, and the expression is evaluated.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, UInt32Array};
use datafusion::arrow::compute::{interleave, take};
use datafusion::arrow::datatypes::DataType;

use super::Table;

/// Values beside a table, as many of each as it has rows.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    values: RecordBatch,
    entries: Arc<[KnownValue]>,
    /// Columns that came into the table after it was read, each with the expression whose values it has.
    added: BTreeMap<String, Option<String>>,
}

/// An expression whose values are known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownValue {
    pub sql: String,
    /// The columns it was computed from; with an expression, where a column had the values of that.
    pub uses: Vec<(String, Option<String>)>,
    pub cases: Cases,
}

/// Where the values stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cases {
    /// In one column.
    One(usize),
    /// In a column for each text that another column of the table may hold, which nobody knew yet.
    By { column: String, texts: Vec<(Option<String>, usize)> },
}

impl Cases {
    /// The same where so many columns stand before them.
    #[cfg(feature = "ballista")]
    pub(crate) fn behind(self, columns: usize) -> Cases {
        match self {
            Cases::One(place) => Cases::One(columns + place),
            Cases::By { column, texts } => {
                let texts = texts.into_iter().map(|(text, place)| (text, columns + place)).collect();
                Cases::By { column, texts }
            }
        }
    }
}

impl Known {
    pub(crate) fn new(values: RecordBatch, entries: Vec<KnownValue>) -> Known {
        Known { values, entries: entries.into(), added: BTreeMap::new() }
    }

    /// The same for some rows that stand side by side.
    pub(super) fn slice(&self, from: usize, rows: usize) -> Known {
        Known { values: self.values.slice(from, rows), ..self.clone() }
    }

    /// The same for some rows; nothing if they are not there.
    pub(super) fn select(&self, rows: &UInt32Array) -> Option<Known> {
        let columns = self.values.columns().iter().map(|column| take(column, rows, None));
        let columns = columns.collect::<Result<Vec<_>, _>>().ok()?;
        let values = RecordBatch::try_new(self.values.schema(), columns).ok()?;
        Some(Known { values, ..self.clone() })
    }

    /// Says that a column has come into the table, with the values of an expression or with others.
    pub(super) fn add(&mut self, column: &str, sql: Option<&str>) {
        self.added.insert(column.to_owned(), sql.map(str::to_owned));
    }

    fn is_as_it_was(&self, (column, sql): &(String, Option<String>)) -> bool {
        match (self.added.get(column), sql) {
            (None, None) => true,
            (Some(Some(now)), Some(then)) => now == then,
            _ => false,
        }
    }
}

impl Table {
    /// The table with values known beside it, which have as many rows.
    #[cfg(feature = "ballista")]
    pub(crate) fn knowing(self, known: Known) -> Table {
        assert_eq!(known.values.num_rows(), self.len(), "a value a row");
        Table { known: Some(known), ..self }
    }

    /// The values of an expression, where they are known.
    pub(crate) fn known_values(&self, sql: &str) -> Option<ArrayRef> {
        let known = self.known.as_ref()?;
        let is_it = |entry: &&KnownValue| entry.sql == sql && entry.uses.iter().all(|used| known.is_as_it_was(used));
        match &known.entries.iter().find(is_it)?.cases {
            Cases::One(place) => Some(Arc::clone(known.values.column(*place))),
            Cases::By { column, texts } => {
                let column = self.column(column).filter(|column| *column.data_type() == DataType::Utf8View)?;
                let case = |text: Option<&str>| texts.iter().position(|(given, _)| given.as_deref() == text);
                let rows = column.as_string_view().iter().enumerate();
                let places: Option<Vec<(usize, usize)>> = rows.map(|(row, text)| Some((case(text)?, row))).collect();
                let values: Vec<&dyn Array> =
                    texts.iter().map(|(_, place)| known.values.column(*place).as_ref()).collect();
                interleave(&values, &places?).ok()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::{BooleanArray, RecordBatch};
    use datafusion::arrow::datatypes::{Field, Schema};

    use super::*;
    use crate::expression::Expression;

    fn values(columns: &[&[bool]]) -> RecordBatch {
        let arrays: Vec<ArrayRef> =
            columns.iter().map(|column| Arc::new(BooleanArray::from(column.to_vec())) as ArrayRef).collect();
        let field = |place: usize| Field::new(place.to_string(), DataType::Boolean, true);
        RecordBatch::try_new(Arc::new(Schema::new((0..columns.len()).map(field).collect::<Vec<_>>())), arrays).unwrap()
    }

    fn towns() -> Table {
        Table::of_columns(vec![], 3).with_texts("town", ["a", "b", "a"].map(|town| Some(town.to_owned())).to_vec())
    }

    fn knowing(entry: KnownValue, columns: &[&[bool]]) -> Table {
        let table = towns();
        Table { known: Some(Known::new(values(columns), vec![entry])), ..table }
    }

    /// What is known is wrong on purpose, so that it shows where it came from.
    #[test]
    fn what_is_known_is_given_for_any_rows_and_not_computed() {
        let sql = "town = 'a'";
        let entry = KnownValue { sql: sql.into(), uses: vec![("town".into(), None)], cases: Cases::One(0) };
        let table = knowing(entry, &[&[false, true, false]]);
        let condition = Expression::compile(sql, &table.columns()).unwrap();
        assert_eq!(condition.matches(&table).unwrap(), [false, true, false]);
        assert_eq!(condition.matches(&table.select(&[1, 2])).unwrap(), [true, false]);
        assert_eq!(condition.matches(&table.pieces(2)[1]).unwrap(), [false]);
        assert_eq!(condition.matches(&towns()).unwrap(), [true, false, true]);
        let other = Expression::compile("town = 'b'", &table.columns()).unwrap();
        assert_eq!(other.matches(&table).unwrap(), [false, true, false]);
    }

    #[test]
    fn what_is_known_of_a_column_is_not_given_for_another_in_its_place() {
        let sql = "town = 'a'";
        let entry = KnownValue { sql: sql.into(), uses: vec![("town".into(), None)], cases: Cases::One(0) };
        let table = knowing(entry, &[&[false, true, false]]).with_texts("town", vec![Some("a".into()), None, None]);
        let condition = Expression::compile(sql, &table.columns()).unwrap();
        assert_eq!(condition.matches(&table).unwrap(), [true, false, false]);
    }

    #[test]
    fn what_is_known_of_an_expressions_column_is_given_when_the_column_has_its_values() {
        let sql = "big = 'A'";
        let uses = vec![("big".into(), Some("upper(town)".into()))];
        let table = knowing(KnownValue { sql: sql.into(), uses, cases: Cases::One(0) }, &[&[false, true, false]]);
        let with = |of: &str| {
            let expression = Expression::compile(of, &table.columns()).unwrap();
            table.with_values_of("big", &expression).unwrap()
        };
        let matches = |table: &Table| Expression::compile(sql, &table.columns()).unwrap().matches(table).unwrap();
        assert_eq!(matches(&with("upper(town)")), [false, true, false]);
        assert_eq!(matches(&with("concat(upper(town), '')")), [true, false, true]);
    }

    #[test]
    fn by_a_column_that_came_later_each_row_has_its_own_case() {
        let sql = "class = 'VIP' AND town = 'a'";
        let texts = vec![(Some("VIP".into()), 0), (None, 1)];
        let cases = Cases::By { column: "class".into(), texts };
        let entry = KnownValue { sql: sql.into(), uses: vec![("town".into(), None)], cases };
        let table = knowing(entry, &[&[true, true, true], &[false, false, false]]);
        let classes = |classes: [Option<&str>; 3]| {
            let table = table.with_texts("class", classes.map(|class| class.map(str::to_owned)).to_vec());
            Expression::compile(sql, &table.columns()).unwrap().matches(&table).unwrap()
        };
        assert_eq!(classes([None, Some("VIP"), Some("VIP")]), [false, true, true]);
        // A text that nobody thought of: the expression is evaluated.
        assert_eq!(classes([Some("other"), Some("VIP"), Some("VIP")]), [false, false, true]);
    }
}
