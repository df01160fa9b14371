//! SQL expressions over the columns of a table, compiled once.
use bailiwick_domain::policy::document::ColumnType;

use crate::error::{DataError, ExpressionError};
use crate::table::{ColumnInfo, Table};

/// A compiled expression.
pub struct Expression {
    kind: ColumnType,
    columns: Vec<String>,
}

impl Expression {
    pub fn compile(sql: &str, columns: &[ColumnInfo]) -> Result<Expression, ExpressionError> {
        let _ = (sql, columns);
        Err(ExpressionError::new("").remedy("").at(None))
    }
    pub fn kind(&self) -> ColumnType {
        self.kind
    }
    /// The columns it names.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }
    pub fn matches(&self, table: &Table) -> Result<Vec<bool>, DataError> {
        let _ = table;
        unimplemented!("the next commit")
    }
    pub fn texts(&self, table: &Table) -> Result<Vec<Option<String>>, DataError> {
        let _ = table;
        unimplemented!("the next commit")
    }
    pub fn numbers(&self, table: &Table) -> Result<Vec<Option<f64>>, DataError> {
        let _ = table;
        unimplemented!("the next commit")
    }
}
