//! Many rows a statement: what makes a million assignments quick.
//!
//! Statements with many parameters are written with `?`, not `$1`: SQLite finds the name of a numbered parameter by
//! walking a list, which for thousands of them takes a thousand times as long as the work itself. PostgreSQL knows only
//! `$1`; since these texts are made here, here is where they will be numbered for it.

use sqlx::AssertSqlSafe;
use sqlx::query::Query;

use crate::error::StoreError;
use crate::ledger::{Arguments, Connection, Db};

/// Parameters a statement. SQLite allows 32,766 and PostgreSQL 65,535; a few thousand already cost next to nothing a row.
const PARAMETERS: usize = 8_000;

pub(crate) type Statement = Query<'static, Db, Arguments>;

/// How many rows of so many columns go into one statement.
pub(crate) fn rows_a_statement(columns: usize) -> usize {
    (PARAMETERS / columns).max(1)
}

/// `prefix VALUES (…), (…) suffix` for all rows, in as few statements as may be; `bind` binds one row's columns in order.
/// `done` is told of the rows written so far, statement by statement.
pub(crate) async fn insert<T>(
    conn: &mut Connection,
    prefix: &str,
    columns: usize,
    suffix: &str,
    rows: &[T],
    bind: impl Fn(Statement, &T) -> Statement,
    mut done: impl FnMut(usize),
) -> Result<(), StoreError> {
    let chunk = rows_a_statement(columns);
    let full = (rows.len() >= chunk).then(|| values(prefix, columns, chunk, suffix));
    for part in rows.chunks(chunk) {
        let mut statement = match &full {
            Some(sql) if part.len() == chunk => sqlx::query(AssertSqlSafe(std::sync::Arc::clone(sql))),
            // The remainder's length differs every time: not worth keeping prepared.
            _ => sqlx::query(AssertSqlSafe(values(prefix, columns, part.len(), suffix))).persistent(part.len() == 1),
        };
        for row in part {
            statement = bind(statement, row);
        }
        statement.execute(&mut *conn).await?;
        done(part.len());
    }
    Ok(())
}

fn values(prefix: &str, columns: usize, rows: usize, suffix: &str) -> std::sync::Arc<str> {
    let row = list(columns);
    let mut sql = String::with_capacity(prefix.len() + rows * (row.len() + 1) + suffix.len() + 10);
    sql.push_str(prefix);
    sql.push_str(" VALUES ");
    for i in 0..rows {
        if i > 0 {
            sql.push(',');
        }
        sql.push_str(&row);
    }
    sql.push(' ');
    sql.push_str(suffix);
    sql.into()
}

/// `(?,?,…)`, so many.
pub(crate) fn list(count: usize) -> String {
    let mut sql = String::with_capacity(count * 2 + 1);
    for i in 0..count {
        sql.push_str(if i == 0 { "(?" } else { ",?" });
    }
    sql.push(')');
    sql
}
