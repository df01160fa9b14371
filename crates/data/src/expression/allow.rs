//! What an expression may be: an allow-list over its parsed form, which also gives every name its column.
//!
//! Anything not listed is refused, so that a form the parser learns tomorrow is refused too. Chains of AND and OR become
//! balanced trees, so that thousands of alternatives stay shallow; everything else may nest [`DEPTH`] deep.

use datafusion::sql::sqlparser::ast::{
    BinaryOperator, CaseWhen, CastKind, CeilFloorKind, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments,
    Ident, Spanned, TrimWhereField, UnaryOperator, Value,
};

use super::{functions, place};
use crate::error::ExpressionError;
use crate::nearest::{list, nearest};
use crate::table::ColumnInfo;

const DEPTH: usize = 100;

type Allowed<T> = Result<T, ExpressionError>;

/// One expression being checked: its text for places, the columns there are, those it names.
pub(super) struct Check<'a> {
    pub sql: &'a str,
    pub columns: &'a [ColumnInfo],
    /// Indices into `columns` in the order of first mention.
    pub used: Vec<usize>,
}

impl Check<'_> {
    /// The expression with its names resolved, when all of it is allowed.
    pub fn allow(&mut self, expression: Expr, depth: usize) -> Allowed<Expr> {
        if depth > DEPTH {
            return Err(ExpressionError::new(format!("nested more than {DEPTH} deep"))
                .remedy("make it a column of the source with SQL, or shorten it with IN (…) and CASE"));
        }
        let deeper = depth + 1;
        Ok(match expression {
            Expr::Identifier(name) => Expr::Identifier(self.resolve(name)?),
            Expr::Value(value) => match value.value {
                Value::Number(..) | Value::SingleQuotedString(_) | Value::Boolean(_) | Value::Null => {
                    Expr::Value(value)
                }
                _ => return Err(self.refuse(&Expr::Value(value), "this form of a literal")),
            },
            Expr::BinaryOp { left, op, right } if matches!(op, BinaryOperator::And | BinaryOperator::Or) => {
                self.allow_chain(*left, op, *right, depth)?
            }
            Expr::BinaryOp { left, op, right } => {
                if !is_allowed_operator(&op) {
                    return Err(
                        self.refuse(&Expr::BinaryOp { left, op: op.clone(), right }, &format!("the operator {op}"))
                    );
                }
                Expr::BinaryOp { left: self.boxed(left, deeper)?, op, right: self.boxed(right, deeper)? }
            }
            Expr::UnaryOp { op, expr }
                if matches!(op, UnaryOperator::Not | UnaryOperator::Minus | UnaryOperator::Plus) =>
            {
                Expr::UnaryOp { op, expr: self.boxed(expr, deeper)? }
            }
            Expr::Nested(inner) => Expr::Nested(self.boxed(inner, deeper)?),
            Expr::IsNull(inner) => Expr::IsNull(self.boxed(inner, deeper)?),
            Expr::IsNotNull(inner) => Expr::IsNotNull(self.boxed(inner, deeper)?),
            Expr::IsTrue(inner) => Expr::IsTrue(self.boxed(inner, deeper)?),
            Expr::IsNotTrue(inner) => Expr::IsNotTrue(self.boxed(inner, deeper)?),
            Expr::IsFalse(inner) => Expr::IsFalse(self.boxed(inner, deeper)?),
            Expr::IsNotFalse(inner) => Expr::IsNotFalse(self.boxed(inner, deeper)?),
            Expr::IsUnknown(inner) => Expr::IsUnknown(self.boxed(inner, deeper)?),
            Expr::IsNotUnknown(inner) => Expr::IsNotUnknown(self.boxed(inner, deeper)?),
            Expr::IsDistinctFrom(left, right) => {
                Expr::IsDistinctFrom(self.boxed(left, deeper)?, self.boxed(right, deeper)?)
            }
            Expr::IsNotDistinctFrom(left, right) => {
                Expr::IsNotDistinctFrom(self.boxed(left, deeper)?, self.boxed(right, deeper)?)
            }
            Expr::InList { expr, list, negated } => {
                let expr = self.boxed(expr, deeper)?;
                let list = list.into_iter().map(|one| self.allow(one, deeper)).collect::<Allowed<_>>()?;
                Expr::InList { expr, list, negated }
            }
            Expr::Between { expr, negated, low, high } => Expr::Between {
                expr: self.boxed(expr, deeper)?,
                negated,
                low: self.boxed(low, deeper)?,
                high: self.boxed(high, deeper)?,
            },
            Expr::Like { negated, any: false, expr, pattern, escape_char } => Expr::Like {
                negated,
                any: false,
                expr: self.boxed(expr, deeper)?,
                pattern: self.boxed(pattern, deeper)?,
                escape_char,
            },
            Expr::ILike { negated, any: false, expr, pattern, escape_char } => Expr::ILike {
                negated,
                any: false,
                expr: self.boxed(expr, deeper)?,
                pattern: self.boxed(pattern, deeper)?,
                escape_char,
            },
            Expr::Cast { kind, expr, data_type, array: false, format: None } => {
                let kind = if kind == CastKind::SafeCast { CastKind::TryCast } else { kind };
                Expr::Cast { kind, expr: self.boxed(expr, deeper)?, data_type, array: false, format: None }
            }
            Expr::Extract { field, syntax, expr } => Expr::Extract { field, syntax, expr: self.boxed(expr, deeper)? },
            Expr::Ceil { expr, field: field @ CeilFloorKind::DateTimeField(_) } => {
                Expr::Ceil { expr: self.boxed(expr, deeper)?, field }
            }
            Expr::Floor { expr, field: field @ CeilFloorKind::DateTimeField(_) } => {
                Expr::Floor { expr: self.boxed(expr, deeper)?, field }
            }
            Expr::Position { expr, r#in } => {
                Expr::Position { expr: self.boxed(expr, deeper)?, r#in: self.boxed(r#in, deeper)? }
            }
            Expr::Substring { expr, substring_from, substring_for, special, shorthand } => Expr::Substring {
                expr: self.boxed(expr, deeper)?,
                substring_from: self.option(substring_from, deeper)?,
                substring_for: self.option(substring_for, deeper)?,
                special,
                shorthand,
            },
            Expr::Trim { trim_where, trim_what, expr, trim_characters: None } => {
                let trim_where = trim_where.or(Some(TrimWhereField::Both)).filter(|_| trim_what.is_some());
                Expr::Trim {
                    trim_where,
                    trim_what: self.option(trim_what, deeper)?,
                    expr: self.boxed(expr, deeper)?,
                    trim_characters: None,
                }
            }
            Expr::Case { case_token, end_token, operand, conditions, else_result } => Expr::Case {
                case_token,
                end_token,
                operand: self.option(operand, deeper)?,
                conditions: conditions
                    .into_iter()
                    .map(|when| {
                        Ok(CaseWhen {
                            condition: self.allow(when.condition, deeper)?,
                            result: self.allow(when.result, deeper)?,
                        })
                    })
                    .collect::<Allowed<_>>()?,
                else_result: self.option(else_result, deeper)?,
            },
            Expr::TypedString(text) => Expr::TypedString(text),
            Expr::Interval(mut interval) => {
                interval.value = self.boxed(interval.value, deeper)?;
                Expr::Interval(interval)
            }
            Expr::Function(function) => self.allow_function(function, deeper)?,
            other => return Err(self.refuse_form(&other)),
        })
    }

    fn boxed(&mut self, expression: Box<Expr>, depth: usize) -> Allowed<Box<Expr>> {
        self.allow(*expression, depth).map(Box::new)
    }

    fn option(&mut self, expression: Option<Box<Expr>>, depth: usize) -> Allowed<Option<Box<Expr>>> {
        expression.map(|expression| self.boxed(expression, depth)).transpose()
    }

    /// `a OR b OR c …`, which the parser nests to the left, as a balanced tree.
    fn allow_chain(&mut self, left: Expr, op: BinaryOperator, right: Expr, depth: usize) -> Allowed<Expr> {
        let mut links = vec![right];
        let mut rest = left;
        loop {
            match rest {
                Expr::BinaryOp { left, op: other, right } if other == op => {
                    links.push(*right);
                    rest = *left;
                }
                first => {
                    links.push(first);
                    break;
                }
            }
        }
        let mut links =
            links.into_iter().rev().map(|link| self.allow(link, depth + 1)).collect::<Allowed<Vec<Expr>>>()?;
        while links.len() > 1 {
            let mut pairs = Vec::with_capacity(links.len() / 2 + 1);
            let mut rest = links.into_iter();
            while let Some(left) = rest.next() {
                pairs.push(match rest.next() {
                    // An operand of another precedence keeps its brackets by being a node of its own.
                    Some(right) => Expr::BinaryOp { left: Box::new(left), op: op.clone(), right: Box::new(right) },
                    None => left,
                });
            }
            links = pairs;
        }
        links.pop().ok_or_else(|| ExpressionError::new("nothing to combine"))
    }

    fn allow_function(&mut self, function: Function, depth: usize) -> Allowed<Expr> {
        let whole = Expr::Function(function.clone());
        let name = function.name.to_string().to_lowercase();
        if function.over.is_some() || !function.within_group.is_empty() || function.filter.is_some() {
            return Err(self.refuse(&whole, "a window or aggregate function"));
        }
        if !functions::is_allowed(&name) {
            return Err(self.refuse_function(&whole, &name));
        }
        let plain = matches!(function.parameters, FunctionArguments::None) && function.null_treatment.is_none();
        let FunctionArguments::List(mut arguments) = function.args else {
            return Err(self.refuse(&whole, "this form of a call"));
        };
        if !plain || arguments.duplicate_treatment.is_some() || !arguments.clauses.is_empty() {
            return Err(self.refuse(&whole, "this form of a call"));
        }
        let mut allowed = Vec::with_capacity(arguments.args.len());
        for argument in arguments.args {
            let FunctionArg::Unnamed(FunctionArgExpr::Expr(argument)) = argument else {
                return Err(self.refuse(&whole, "this form of a call"));
            };
            allowed.push(FunctionArg::Unnamed(FunctionArgExpr::Expr(self.allow(argument, depth)?)));
        }
        arguments.args = allowed;
        Ok(Expr::Function(Function { args: FunctionArguments::List(arguments), ..function }))
    }

    fn refuse_function(&self, whole: &Expr, name: &str) -> ExpressionError {
        let error = match name {
            "now" | "current_date" | "current_time" | "current_timestamp" | "today" | "localtime"
            | "localtimestamp" | "getdate" | "random" | "rand" | "uuid" => {
                return ExpressionError::new(format!("{name}() gives another value every time"))
                    .remedy("write the date or number itself, or bring it in as a column: the same policy and data must give the same plan")
                    .at(place::range(self.sql, whole.span()));
            }
            "sum" | "avg" | "count" | "min" | "max" | "median" | "stddev" | "array_agg" | "string_agg" => {
                return ExpressionError::new(format!("{name}() looks at many rows, an expression at one"))
                    .remedy("compute it in the source: sql = \"SELECT …, sum(…) … GROUP BY …\"; greatest(a, b) and least(a, b) compare within a row")
                    .at(place::range(self.sql, whole.span()));
            }
            _ => ExpressionError::new(format!("there is no function {name}()")),
        };
        let near = nearest(name, functions::names(), 3);
        let remedy = match near.as_slice() {
            [] => format!("the functions are: {}", list(functions::names(), 80)),
            near => format!("did you mean {}?", near.join(", ")),
        };
        error.remedy(remedy).at(place::range(self.sql, whole.span()))
    }

    fn refuse_form(&self, expression: &Expr) -> ExpressionError {
        let what = match expression {
            Expr::CompoundIdentifier(parts) => {
                let column = parts.last().map_or("", |part| part.value.as_str());
                return ExpressionError::new(format!("{expression} names a table, and an expression sees only one"))
                    .remedy(format!("write {column} alone; a name with a dot in it goes in double quotes"))
                    .at(place::range(self.sql, expression.span()));
            }
            Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => "a query inside an expression",
            Expr::Wildcard(_) | Expr::QualifiedWildcard(..) => "*",
            Expr::Tuple(_) => "a list outside IN",
            Expr::Lambda(_) => "a function definition",
            _ => "this form of expression",
        };
        self.refuse(expression, what)
    }

    fn refuse(&self, expression: &Expr, what: &str) -> ExpressionError {
        ExpressionError::new(format!("{what} is not allowed here"))
            .remedy("allowed are columns, literals, comparison, AND OR NOT, arithmetic, CASE, IN, BETWEEN, LIKE, IS NULL, CAST and functions of one row; anything else belongs in the sql of a source")
            .at(place::range(self.sql, expression.span()))
    }

    /// The column of a name: exactly as in the file, or without quotes in any case when only one fits.
    fn resolve(&mut self, name: Ident) -> Allowed<Ident> {
        let exact = self.columns.iter().position(|column| column.name == name.value);
        let index = match exact {
            Some(index) => index,
            None if name.quote_style.is_none() => {
                let lower = name.value.to_lowercase();
                let fits: Vec<usize> =
                    (0..self.columns.len()).filter(|&at| self.columns[at].name.to_lowercase() == lower).collect();
                match fits.as_slice() {
                    [one] => *one,
                    [] => return Err(self.unknown_column(&name)),
                    [first, second, ..] => {
                        let (first, second) = (&self.columns[*first].name, &self.columns[*second].name);
                        return Err(ExpressionError::new(format!(
                            "{} may be the column {first} or the column {second}",
                            name.value
                        ))
                        .remedy(format!("write the one you mean in double quotes: \"{first}\""))
                        .at(place::range(self.sql, name.span)));
                    }
                }
            }
            None => return Err(self.unknown_column(&name)),
        };
        if !self.used.contains(&index) {
            self.used.push(index);
        }
        Ok(Ident::with_quote_and_span('"', name.span, self.columns[index].name.clone()))
    }

    fn unknown_column(&self, name: &Ident) -> ExpressionError {
        let names = || self.columns.iter().map(|column| column.name.as_str());
        let near = nearest(&name.value, names(), 3);
        let remedy = match near.as_slice() {
            near @ [_, ..] => format!("did you mean {}?", near.join(", ")),
            [] if name.quote_style == Some('"') => {
                format!("a text goes in single quotes: '{}'; the columns are: {}", name.value, list(names(), 30))
            }
            [] if self.columns.is_empty() => "only literals can be used here".to_owned(),
            [] => format!("the columns are: {}; a text goes in single quotes", list(names(), 30)),
        };
        ExpressionError::new(format!("there is no column {}", name.value))
            .remedy(remedy)
            .at(place::range(self.sql, name.span))
    }
}

fn is_allowed_operator(op: &BinaryOperator) -> bool {
    use BinaryOperator::*;
    matches!(op, Plus | Minus | Multiply | Divide | Modulo | StringConcat | Gt | Lt | GtEq | LtEq | Eq | NotEq)
        || matches!(op, PGRegexMatch | PGRegexIMatch | PGRegexNotMatch | PGRegexNotIMatch)
}
