//! Expressions compiled before, kept: whoever decides about accounts one at a time asks for the same few again and again.

use std::sync::{LazyLock, Mutex, PoisonError};

use rustc_hash::FxHashMap;

use super::{Expression, compile};
use crate::error::ExpressionError;
use crate::table::ColumnInfo;

/// More than a policy has; beyond it all are forgotten.
const MOST: usize = 2_000;

type Kept = FxHashMap<String, Vec<(Vec<ColumnInfo>, Expression)>>;

static KEPT: LazyLock<Mutex<Kept>> = LazyLock::new(Mutex::default);

/// The expression for tables with these columns, compiled if it was not before. What does not compile is not kept.
pub(super) fn get(sql: &str, columns: &[ColumnInfo]) -> Result<Expression, ExpressionError> {
    let known = |kept: &Kept| {
        let forms = kept.get(sql)?;
        forms.iter().find(|(of, _)| of == columns).map(|(_, expression)| expression.clone())
    };
    if let Some(expression) = known(&KEPT.lock().unwrap_or_else(PoisonError::into_inner)) {
        return Ok(expression);
    }
    let expression = compile(sql, columns)?;
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if kept.len() >= MOST {
        kept.clear();
    }
    let forms = kept.entry(sql.to_owned()).or_default();
    if forms.len() >= 8 {
        forms.clear();
    }
    forms.push((columns.to_vec(), expression.clone()));
    Ok(expression)
}
