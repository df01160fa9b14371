//! A source that is a query over other sources and over files named by quoted path.
//!
//! Only one SELECT. The query sees nothing but the tables registered for it: there is no way to a file or an address but
//! through the names it is written with, which are loaded here like any other source.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::compute::concat_batches;
use datafusion::common::TableReference;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::resolve::resolve_table_references;
use datafusion::sql::sqlparser::ast::{self, Expr, Ident, visit_expressions_mut};

use crate::error::Fault;
use crate::expression::functions;
use crate::nearest::{list, nearest};
use crate::session::{context, explain};
use crate::table::Table;

/// Longest query, in bytes.
const LENGTH: usize = 256 * 1024;

/// A parsed query and what it reads.
pub(crate) struct Query {
    statement: Statement,
    pub sources: Vec<String>,
    pub files: Vec<String>,
}

/// Parses a query; `known` are the names of all sources.
pub(crate) fn parse(sql: &str, known: &[&str]) -> Result<Query, Box<Fault>> {
    if sql.len() > LENGTH {
        let fault = Fault::new(format!("the query is longer than {} kB", LENGTH / 1024));
        return Err(Box::new(fault.remedy("put long lists in a file")));
    }
    let told = |error: DataFusionError| {
        let text = explain(&error);
        let text = text.split("ParserError(\"").last().unwrap_or(&text).trim_end_matches("\")").to_owned();
        let fault = Fault::new(format!("the query cannot be read: {text}"));
        Box::new(fault.remedy("a query is one SELECT … FROM …; a file is named in single quotes: 'orders.csv'"))
    };
    let mut statements = DFParser::parse_sql(sql).map_err(told)?;
    let select = "only one SELECT can be a source";
    let (Some(statement), true) = (statements.pop_front(), statements.is_empty()) else {
        return Err(Box::new(Fault::new(select).remedy("combine with UNION ALL or WITH")));
    };
    if !matches!(&statement, Statement::Statement(inner) if matches!(inner.as_ref(), ast::Statement::Query(_))) {
        return Err(Box::new(Fault::new(select).remedy("sources are read, never written")));
    }
    let (references, _) = resolve_table_references(&statement, false).map_err(told)?;
    let (mut sources, mut files) = (Vec::new(), Vec::new());
    for reference in references {
        let name = match &reference {
            TableReference::Bare { table } => table.to_string(),
            other => {
                let path = other.to_string();
                let fault = Fault::new(format!("there is no table {path}"));
                return Err(Box::new(fault.remedy(format!("a file is named in single quotes: '{path}'"))));
            }
        };
        if known.contains(&name.as_str()) {
            sources.push(name);
        } else if name.contains(['.', '/', '\\', '*']) {
            files.push(name);
        } else {
            let remedy = match nearest(&name, known.iter().copied(), 3).as_slice() {
                [] => format!(
                    "the sources are: {}; a file is named in single quotes: '{name}.csv'",
                    list(known.iter().copied(), 20)
                ),
                near => format!("did you mean {}?", near.join(", ")),
            };
            return Err(Box::new(Fault::new(format!("there is no source {name}")).remedy(remedy)));
        }
    }
    Ok(Query { statement, sources, files })
}

/// Runs the query over its tables, each under the name the query uses.
pub(crate) async fn run(query: Query, tables: Vec<(String, Table)>) -> Result<Table, Box<Fault>> {
    let told = |error: DataFusionError| Box::new(refuse(&error, &tables));
    let context = context();
    for (name, table) in &tables {
        context.register_batch(TableReference::bare(name.as_str()), table.batch().clone()).map_err(told)?;
    }
    let state = context.state();
    let plan = match state.statement_to_plan(query.statement.clone()).await {
        Ok(plan) => plan,
        Err(error) => match match_case(query.statement, &tables) {
            Some(statement) => state.statement_to_plan(statement).await.map_err(told)?,
            None => return Err(told(error)),
        },
    };
    let options = SQLOptions::new().with_allow_ddl(false).with_allow_dml(false).with_allow_statements(false);
    options.verify_plan(&plan).map_err(told)?;
    let frame = context.execute_logical_plan(plan).await.map_err(told)?;
    let schema = std::sync::Arc::clone(frame.schema().inner());
    let mut seen = BTreeSet::new();
    for field in schema.fields() {
        if !seen.insert(field.name().clone()) {
            let name = field.name();
            let remedy = format!("name the columns one by one, one of them with AS: b.{name} AS other_{name}");
            return Err(Box::new(Fault::new(format!("the query gives the column {name} twice")).remedy(remedy)));
        }
    }
    let batches = frame.collect().await.map_err(told)?;
    let schema = batches.first().map_or(schema, |batch| batch.schema());
    let whole = concat_batches(&schema, &batches).map_err(|error| told(error.into()))?;
    let columns: Vec<(String, ArrayRef)> = schema
        .fields()
        .iter()
        .zip(whole.columns())
        .map(|(field, column)| (field.name().clone(), column.clone()))
        .collect();
    Ok(Table::of_columns(columns, whole.num_rows()))
}

fn refuse(error: &DataFusionError, tables: &[(String, Table)]) -> Fault {
    let text = explain(error);
    let fault = Fault::new(format!("the query cannot be run: {}", text.lines().next().unwrap_or_default()));
    if let Some(rest) = text.strip_prefix("No field named ") {
        let name = rest.split(". ").next().unwrap_or(rest).trim_matches(['"', '.', ' ']);
        let column = name.rsplit('.').next().unwrap_or(name).trim_matches('"');
        let all: Vec<String> = tables.iter().flat_map(|(_, table)| table.columns()).map(|column| column.name).collect();
        let near = nearest(column, all.iter().map(String::as_str), 3);
        let fault = Fault::new(format!("the query names a column that is not there: {column}"));
        return fault.remedy(match near.as_slice() {
            [] => format!("the columns are: {}", list(all.iter().map(String::as_str), 40)),
            near => format!("did you mean {}?", near.join(", ")),
        });
    }
    match text.as_str() {
        text if text.contains("Divide by zero") => fault.remedy("divide by NULLIF(x, 0)"),
        text if text.contains("Cast error") => fault.remedy("TRY_CAST gives NULL instead"),
        text if text.contains("Invalid function") => {
            let name = text.split('\'').nth(1).unwrap_or_default();
            match nearest(name, functions::names(), 3).as_slice() {
                [] => fault.remedy(format!("functions of one row are: {}", list(functions::names(), 80))),
                near => fault.remedy(format!("did you mean {}?", near.join(", "))),
            }
        }
        _ => fault,
    }
}

/// The query with every name without quotes that is no column put in the case of the one column it fits.
fn match_case(mut statement: Statement, tables: &[(String, Table)]) -> Option<Statement> {
    let columns: BTreeSet<String> =
        tables.iter().flat_map(|(_, table)| table.columns()).map(|column| column.name).collect();
    let mut changed = false;
    let mut fit = |name: &mut Ident| {
        if name.quote_style.is_some() || columns.contains(&name.value) {
            return;
        }
        let lower = name.value.to_lowercase();
        let mut alike = columns.iter().filter(|column| column.to_lowercase() == lower);
        if let (Some(column), None) = (alike.next(), alike.next()) {
            *name = Ident::with_quote('"', column);
            changed = true;
        }
    };
    if let Statement::Statement(inner) = &mut statement {
        let _: ControlFlow<()> = visit_expressions_mut(inner, |expression| {
            match expression {
                Expr::Identifier(name) => fit(name),
                Expr::CompoundIdentifier(parts) => parts.last_mut().into_iter().for_each(&mut fit),
                _ => {}
            }
            ControlFlow::Continue(())
        });
    }
    changed.then_some(statement)
}
