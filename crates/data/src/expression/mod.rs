//! SQL expressions over the columns of a table, compiled once, run on a million rows or on one.
//!
//! The way of a text: parsed (bounded in length and depth) → checked against an allow-list and given its columns
//! ([`allow`]) → types coerced and simplified by DataFusion → a physical expression over the named columns only, so that
//! tables with other columns, or the same in another order, can be asked too.

mod allow;
mod first;
pub(crate) mod functions;
mod kept;
mod place;

use std::collections::HashMap;
use std::sync::Arc;

use bailiwick_domain::policy::document::ColumnType;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions};
use datafusion::arrow::compute::{cast, concat};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::DFSchema;
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::physical_plan::PhysicalExpr;
use datafusion::sql::sqlparser::ast::{self, ExprWithAlias};
use datafusion::sql::sqlparser::dialect::GenericDialect;
use datafusion::sql::sqlparser::parser::{Parser, ParserError};
use datafusion::sql::sqlparser::tokenizer::Token;
use rayon::prelude::*;

pub use self::first::first_that_holds;
pub(crate) use self::functions::Maths;

use self::allow::Check;
use crate::error::{DataError, ExpressionError, Fault};
use crate::nearest::nearest;
use crate::session::{EXPRESSIONS, explain};
use crate::table::{ColumnInfo, Table, Words, arrow_type, kind_of, normalise, numbers_of, texts_of};

/// Longest text of an expression, in bytes.
const LENGTH: usize = 64 * 1024;
/// Texts longer than this may nest deep enough to need a stack of their own.
const SHORT: usize = 1024;
const STACK: usize = 256 << 20;
/// Rows evaluated at once.
const PIECE: usize = 32_768;

/// A compiled expression. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Expression {
    sql: Arc<str>,
    kind: ColumnType,
    columns: Arc<[String]>,
    schema: SchemaRef,
    physical: Arc<dyn PhysicalExpr>,
}

impl Expression {
    /// Compiles the text for tables with these columns. Names are case-sensitive as in the file; one without quotes fits
    /// in any case when only one column does.
    pub fn compile(sql: &str, columns: &[ColumnInfo]) -> Result<Expression, ExpressionError> {
        if sql.trim().is_empty() {
            return Err(ExpressionError::new("the expression is empty").remedy("for all rows write true"));
        }
        if sql.len() > LENGTH {
            return Err(ExpressionError::new(format!("longer than {} kB", LENGTH / 1024))
                .remedy("put long lists in a file and join it with the sql of a source"));
        }
        if sql.len() <= SHORT {
            return kept::get(sql, columns);
        }
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || compile(sql, columns));
            match thread.map(|thread| thread.join()) {
                Ok(Ok(compiled)) => compiled,
                _ => Err(ExpressionError::new("too large to be compiled").remedy("shorten it")),
            }
        })
    }

    pub(crate) fn sql(&self) -> &str {
        &self.sql
    }

    /// Type of its values, as they are evaluated.
    #[cfg(feature = "ballista")]
    pub(crate) fn data_type(&self) -> DataType {
        self.physical.data_type(&self.schema).unwrap_or(DataType::Null)
    }

    /// Its compiled form, over columns of its own.
    #[cfg(feature = "ballista")]
    pub(crate) fn physical(&self) -> &Arc<dyn PhysicalExpr> {
        &self.physical
    }

    /// Type of its values.
    pub fn kind(&self) -> ColumnType {
        self.kind
    }

    /// The columns it names, in the order of first mention.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Row by row whether the condition holds; NULL counts as false. An error when it is no condition.
    pub fn matches(&self, table: &Table) -> Result<Vec<bool>, DataError> {
        let array = self.evaluate(table)?;
        match array.data_type() {
            DataType::Boolean => Ok(array.as_boolean().iter().map(|value| value == Some(true)).collect()),
            DataType::Null => Ok(vec![false; table.len()]),
            _ => Err(self.no_condition()),
        }
    }

    fn no_condition(&self) -> DataError {
        self.fault("it gives a value, not true or false").remedy("compare it with something").evaluate()
    }

    /// Values as text, as in [`Table::texts`].
    pub fn texts(&self, table: &Table) -> Result<Vec<Option<String>>, DataError> {
        Ok(texts_of(&normalise(&self.evaluate(table)?)))
    }

    /// [`Expression::texts`] without a copy of each.
    pub fn words(&self, table: &Table) -> Result<Words, DataError> {
        Ok(Words::of(&normalise(&self.evaluate(table)?)))
    }

    /// Values as numbers, as in [`Table::numbers`]. Infinity and what is no number are errors.
    pub fn numbers(&self, table: &Table) -> Result<Vec<Option<f64>>, DataError> {
        let numbers = numbers_of(&normalise(&self.evaluate(table)?)).map_err(|text| self.fault(text).evaluate())?;
        if let Some(row) = numbers.iter().position(|number| number.is_some_and(|number| !number.is_finite())) {
            return Err(self
                .fault(format!("the value is no finite number for row {} of the table", row + 1))
                .remedy("divide by NULLIF(x, 0), or catch the case with CASE")
                .evaluate());
        }
        Ok(numbers)
    }

    /// Values as a column, for the columns of a source. Large tables are gone through in pieces that stay near the
    /// processor, on all of its cores.
    pub(crate) fn evaluate(&self, table: &Table) -> Result<ArrayRef, DataError> {
        if let Some(values) = self.known(table) {
            return Ok(values);
        }
        if table.len() <= 2 * PIECE {
            return self.evaluate_whole(table);
        }
        let pieces = table.pieces(PIECE);
        let values = pieces.par_iter().map(|piece| self.evaluate_whole(piece)).collect::<Vec<_>>();
        // The first piece that fails tells why, whichever thread was first.
        let values = values.into_iter().collect::<Result<Vec<_>, _>>()?;
        let values: Vec<&dyn Array> = values.iter().map(AsRef::as_ref).collect();
        concat(&values).map_err(|error| self.fault(error.to_string()).evaluate())
    }

    /// Values that were computed before.
    fn known(&self, table: &Table) -> Option<ArrayRef> {
        let values = table.known_values(&self.sql)?;
        let wanted = self.physical.data_type(&self.schema).ok()?;
        (*values.data_type() == wanted).then_some(values)
    }

    fn evaluate_whole(&self, table: &Table) -> Result<ArrayRef, DataError> {
        if let Some(values) = self.known(table) {
            return Ok(values);
        }
        let mut arrays = Vec::with_capacity(self.columns.len());
        for (name, field) in self.columns.iter().zip(self.schema.fields()) {
            let Some(column) = table.column(name) else {
                let columns = table.columns();
                let near = nearest(name, columns.iter().map(|column| column.name.as_str()), 3);
                let fault = self.fault(format!("there is no column {name}"));
                let fault = if near.is_empty() { fault } else { fault.remedy(format!("there is {}", near.join(", "))) };
                return Err(DataError::MissingColumn(Box::new(fault)));
            };
            if column.data_type() == field.data_type() {
                arrays.push(Arc::clone(column));
            } else {
                arrays.push(cast(column, field.data_type()).map_err(|error| {
                    self.fault(format!("the column {name} has another type here: {error}")).evaluate()
                })?);
            }
        }
        let options = RecordBatchOptions::new().with_row_count(Some(table.len()));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
            .map_err(|error| self.fault(error.to_string()).evaluate())?;
        let value = self.physical.evaluate(&batch).and_then(|value| value.into_array(table.len()));
        value.map_err(|error| {
            let text = explain(&error);
            if text.contains("Divide by zero") {
                return self.fault("it divides by zero on some row").remedy("divide by NULLIF(x, 0)").evaluate();
            }
            let fault = self.fault(text);
            let fault =
                if fault.message.contains("cast") { fault.remedy("TRY_CAST gives NULL instead") } else { fault };
            fault.evaluate()
        })
    }

    fn fault(&self, message: impl std::fmt::Display) -> Fault {
        let mut sql: String = self.sql.chars().take(120).collect();
        if sql.len() < self.sql.len() {
            sql.push('…');
        }
        Fault::new(format!("{sql}: {message}"))
    }
}

impl Fault {
    fn evaluate(self) -> DataError {
        DataError::Evaluate(Box::new(self))
    }
}

fn compile(sql: &str, columns: &[ColumnInfo]) -> Result<Expression, ExpressionError> {
    let parsed = parse(sql)?;
    let mut check = Check { sql, columns, used: Vec::new() };
    let allowed = check.allow(parsed, 0)?;
    let used: Vec<&ColumnInfo> = check.used.iter().map(|&index| &columns[index]).collect();
    let fields: Vec<Field> =
        used.iter().map(|column| Field::new(&column.name, arrow_type(column.kind), true)).collect();
    let whole = |error: &datafusion::error::DataFusionError| {
        ExpressionError::new(explain(error))
            .remedy("check the types: CAST(x AS DOUBLE), CAST(x AS VARCHAR), DATE '2025-12-31'")
    };
    let schema = DFSchema::from_unqualified_fields(fields.into(), HashMap::new()).map_err(|error| whole(&error))?;
    let with_alias = ExprWithAlias { expr: allowed, alias: None };
    let logical = EXPRESSIONS.create_logical_expr_from_sql_expr(with_alias, &schema).map_err(|error| whole(&error))?;
    let simple = simplify(logical, &schema).map_err(|error| whole(&error))?;
    let physical = EXPRESSIONS.create_physical_expr(simple, &schema).map_err(|error| whole(&error))?;
    let schema: Arc<Schema> = Arc::clone(schema.inner());
    let kind = match physical.data_type(&schema).map_err(|error| whole(&error))? {
        DataType::Null => ColumnType::Text,
        data_type => kind_of(&data_type),
    };
    let columns = used.iter().map(|column| column.name.clone()).collect();
    Ok(Expression { sql: sql.into(), kind, columns, schema, physical })
}

/// Types coerced, constants computed, functions that are short for something else written out.
fn simplify(logical: Expr, schema: &DFSchema) -> datafusion::error::Result<Expr> {
    let context = SimplifyContext::builder()
        .with_schema(Arc::new(schema.clone()))
        .with_config_options(Arc::clone(EXPRESSIONS.config_options()))
        .build();
    let simplifier = ExprSimplifier::new(context);
    simplifier.simplify(simplifier.coerce(logical, schema)?)
}

fn parse(sql: &str) -> Result<ast::Expr, ExpressionError> {
    let dialect = GenericDialect {};
    let told = |error: ParserError| match error {
        ParserError::RecursionLimitExceeded => ExpressionError::new("brackets nested too deep")
            .remedy("fewer brackets, or a column of the source made with SQL"),
        ParserError::TokenizerError(text) | ParserError::ParserError(text) => {
            let (text, at) = place::split_message(sql, &text);
            let text = text.replace("Expected: ", "expected ").replace("found: EOF", "found the end");
            ExpressionError::new(text.replace("found: ", "found ")).at(Some(at.unwrap_or(sql.len()..sql.len())))
        }
    };
    let mut parser = Parser::new(&dialect).with_recursion_limit(100).try_with_sql(sql).map_err(told)?;
    let expression = parser.parse_expr().map_err(told)?;
    let next = parser.peek_token();
    if next.token == Token::EOF {
        return Ok(expression);
    }
    let error =
        ExpressionError::new(format!("the expression ends before {}", next.token)).at(place::range(sql, next.span));
    Err(match next.token {
        Token::Word(_) | Token::SingleQuotedString(_) => {
            error.remedy("two expressions need AND, OR or another operator between them")
        }
        _ => error.remedy("an expression is written without ; and without a second one after it"),
    })
}
