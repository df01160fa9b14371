//! The layers of a plan that evaluate expressions over the rows that are read: an ordinary projection over the columns of
//! the source for the principles, and one over that for everything else.

use std::sync::Arc;

use bailiwick_domain::policy::document::ColumnType;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::ScalarValue;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::physical_expr::expressions::{CastExpr, Column, Literal};
use datafusion::physical_expr::projection::ProjectionExpr;
use datafusion::physical_plan::projection::ProjectionExec;
use datafusion::physical_plan::{ExecutionPlan, PhysicalExpr};
use indexmap::IndexMap;

use super::Asked;
use super::answers::BESIDE;
use crate::expression::Expression;
use crate::source::shape::Stored;
use crate::table::{Cases, ColumnInfo, KnownValue};

/// A plan whose rows have values after the columns of the source, and what those are.
pub(super) struct Valued {
    pub plan: Arc<dyn ExecutionPlan>,
    pub entries: Vec<KnownValue>,
}

/// A column as expressions see it.
struct Seen {
    kind: ColumnType,
    from: Origin,
    /// The expression whose values it has, where it is not one of the source.
    sql: Option<String>,
}

/// Where the values of a column come from.
enum Origin {
    /// From an expression over the rows that are read; in the layer above, where it has been evaluated, from another.
    Rows { below: Arc<dyn PhysicalExpr>, above: Arc<dyn PhysicalExpr> },
    /// From all accounts together; it holds one of these texts.
    Texts(Vec<Option<String>>),
    /// From all accounts together, or in a form that only they are brought to where the command runs.
    Elsewhere,
}

/// Expressions that are asked for, as far as they can be evaluated row by row.
struct Values {
    columns: IndexMap<String, Seen>,
    /// Fields beside and of the source.
    read: usize,
    /// Values of the layer below and what they are of, and those of the layer above.
    below: Vec<Arc<dyn PhysicalExpr>>,
    below_entries: Vec<KnownValue>,
    above: Vec<Arc<dyn PhysicalExpr>>,
    above_entries: Vec<KnownValue>,
}

/// The plan with everything on top that can be evaluated over columns of a source; nothing where that is nothing.
pub(super) fn on_top_of(read: Arc<dyn ExecutionPlan>, stored: &[(String, Stored)], asked: &[Asked]) -> Option<Valued> {
    let mut values = Values::over(stored);
    for one in asked {
        match one {
            Asked::Column { name, sql } => values.add_column(name, sql),
            Asked::Classes { name, texts, parameters } => {
                parameters.iter().for_each(|sql| values.add_value(sql));
                values.add_classes(name, texts);
            }
            Asked::Value { sql } => values.add_value(sql),
        }
    }
    if values.below.is_empty() && values.above.is_empty() {
        return None;
    }
    let columns = passed_on(&read.schema(), values.read);
    let made = values.below.iter().enumerate().map(|(place, value)| named(value, format!(" below {place}")));
    let below = Arc::new(ProjectionExec::try_new(columns.into_iter().chain(made), read).ok()?);
    let columns = passed_on(&below.schema(), below.schema().fields().len());
    let made = values.above.iter().enumerate().map(|(place, value)| named(value, format!(" above {place}")));
    let plan = Arc::new(ProjectionExec::try_new(columns.into_iter().chain(made), below).ok()?);
    let behind = values.below.len();
    let above = values.above_entries.into_iter().map(|entry| KnownValue { cases: entry.cases.behind(behind), ..entry });
    Some(Valued { plan, entries: values.below_entries.into_iter().chain(above).collect() })
}

fn named(expression: &Arc<dyn PhysicalExpr>, alias: String) -> ProjectionExpr {
    ProjectionExpr { expr: Arc::clone(expression), alias }
}

/// The first columns of a layer, as they are.
fn passed_on(schema: &Schema, columns: usize) -> Vec<ProjectionExpr> {
    let fields = schema.fields().iter().take(columns).enumerate();
    let column = |(place, field): (usize, &Arc<Field>)| -> ProjectionExpr {
        ProjectionExpr { expr: Arc::new(Column::new(field.name(), place)), alias: field.name().clone() }
    };
    fields.map(column).collect()
}

impl Values {
    fn over(stored: &[(String, Stored)]) -> Values {
        let column = |(place, (name, stored)): (usize, &(String, Stored))| {
            let column: Arc<dyn PhysicalExpr> = Arc::new(Column::new(name, BESIDE.len() + place));
            let (kind, column) = match stored {
                Stored::Kind(kind) => (*kind, column),
                Stored::Decimal(..) => (ColumnType::Number, cast(column, DataType::Float64)),
            };
            let from = Origin::Rows { below: Arc::clone(&column), above: column };
            (name.clone(), Seen { kind, from, sql: None })
        };
        Values {
            columns: stored.iter().enumerate().map(column).collect(),
            read: BESIDE.len() + stored.len(),
            below: vec![],
            below_entries: vec![],
            above: vec![],
            above_entries: vec![],
        }
    }

    /// What does not compile is told where the command runs.
    fn compile(&self, sql: &str) -> Option<Expression> {
        let info = |(name, seen): (&String, &Seen)| ColumnInfo { name: name.clone(), kind: seen.kind };
        let infos: Vec<ColumnInfo> = self.columns.iter().map(info).collect();
        Expression::compile(sql, &infos).ok()
    }

    fn add_column(&mut self, name: &str, sql: &str) {
        let Some(expression) = self.compile(sql) else { return };
        if expression.columns() == [name] && sql.trim().trim_matches('"') == name {
            return;
        }
        let kind = match expression.kind() {
            ColumnType::Number | ColumnType::Integer => ColumnType::Number,
            _ => ColumnType::Text,
        };
        let value = self.placed(&expression, None, |from| match from {
            Origin::Rows { below, .. } => Some(Arc::clone(below)),
            _ => None,
        });
        let Some(value) = value else {
            let seen = Seen { kind, from: Origin::Elsewhere, sql: Some(sql.to_owned()) };
            self.columns.insert(name.to_owned(), seen);
            return;
        };
        let place = self.below.len();
        let column = Arc::new(Column::new(&format!(" below {place}"), self.read + place));
        let from = match (brought(&value, &expression), brought(&(column as Arc<dyn PhysicalExpr>), &expression)) {
            (Some(below), Some(above)) => Origin::Rows { below, above },
            _ => Origin::Elsewhere,
        };
        let uses = self.uses(&expression, None);
        self.below_entries.push(KnownValue { sql: sql.to_owned(), uses, cases: Cases::One(place) });
        self.below.push(value);
        self.columns.insert(name.to_owned(), Seen { kind, from, sql: Some(sql.to_owned()) });
    }

    fn add_classes(&mut self, name: &str, texts: &[String]) {
        let texts = texts.iter().cloned().map(Some).chain([None]).collect();
        let classes = Seen { kind: ColumnType::Text, from: Origin::Texts(texts), sql: None };
        self.columns.insert(name.to_owned(), classes);
        let score = Seen { kind: ColumnType::Number, from: Origin::Elsewhere, sql: None };
        self.columns.insert(format!("{name}_score"), score);
    }

    fn add_value(&mut self, sql: &str) {
        let Some(expression) = self.compile(sql) else { return };
        let classes = |name: &&String| matches!(self.columns[*name].from, Origin::Texts(_));
        let by = expression.columns().iter().find(classes).cloned();
        let uses = self.uses(&expression, by.as_deref());
        let is_known = |entry: &KnownValue| entry.sql == sql && entry.uses == uses;
        if self.above_entries.iter().chain(&self.below_entries).any(is_known) {
            return;
        }
        let above = |from: &Origin| match from {
            Origin::Rows { above, .. } => Some(Arc::clone(above)),
            _ => None,
        };
        let (cases, values) = match &by {
            None => match self.placed(&expression, None, above) {
                Some(value) => (Cases::One(self.above.len()), vec![value]),
                None => return,
            },
            Some(column) => {
                let Origin::Texts(texts) = &self.columns[column].from else { return };
                let value = |text: &Option<String>| self.placed(&expression, Some((column, text)), above);
                let Some(values) = texts.iter().map(value).collect::<Option<Vec<_>>>() else { return };
                let places = texts.iter().cloned().zip(self.above.len()..).collect();
                (Cases::By { column: column.clone(), texts: places }, values)
            }
        };
        self.above_entries.push(KnownValue { sql: sql.to_owned(), uses, cases });
        self.above.extend(values);
    }

    /// The columns that an expression depends on, as they are now; all but one whose texts are gone through.
    fn uses(&self, expression: &Expression, by: Option<&str>) -> Vec<(String, Option<String>)> {
        let columns = expression.columns().iter().filter(|name| by != Some(name.as_str()));
        columns.map(|name| (name.clone(), self.columns[name].sql.clone())).collect()
    }

    /// An expression over a layer's columns instead of its own; nothing where one of them is not there. The column that is
    /// `given` has this text in every row.
    fn placed(
        &self,
        expression: &Expression,
        given: Option<(&String, &Option<String>)>,
        column_of: impl Fn(&Origin) -> Option<Arc<dyn PhysicalExpr>>,
    ) -> Option<Arc<dyn PhysicalExpr>> {
        let column = |name: &str| -> Option<Arc<dyn PhysicalExpr>> {
            match given {
                Some((of, text)) if of == name => Some(Arc::new(Literal::new(ScalarValue::Utf8View(text.clone())))),
                _ => column_of(&self.columns.get(name)?.from),
            }
        };
        if !expression.columns().iter().all(|name| column(name).is_some()) {
            return None;
        }
        let placed = Arc::clone(expression.physical()).transform_up(|part| {
            Ok(match part.downcast_ref::<Column>().and_then(|own| column(own.name())) {
                Some(column) => Transformed::yes(column),
                None => Transformed::no(part),
            })
        });
        placed.ok().map(|placed| placed.data)
    }
}

fn cast(value: Arc<dyn PhysicalExpr>, to: DataType) -> Arc<dyn PhysicalExpr> {
    Arc::new(CastExpr::new(value, to, None))
}

/// A value as a column of a table has it: numbers as numbers, texts as texts. Nothing for what becomes a text or a number
/// in a way of our own.
fn brought(value: &Arc<dyn PhysicalExpr>, expression: &Expression) -> Option<Arc<dyn PhysicalExpr>> {
    let value = Arc::clone(value);
    match expression.data_type() {
        DataType::Float64 | DataType::Utf8View => Some(value),
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => Some(cast(value, DataType::Float64)),
        DataType::Utf8 | DataType::LargeUtf8 => Some(cast(value, DataType::Utf8View)),
        _ => None,
    }
}
