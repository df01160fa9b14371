//! Many rows a statement: what makes a million assignments quick.
//!
//! SQLite takes a list of rows as long as its limit of parameters allows. The parameters are written `?`, not `$1`: it
//! finds the name of a numbered parameter by walking a list, which for thousands of them takes a thousand times as long
//! as the work itself. PostgreSQL takes a column an array and makes rows of them (`unnest`): one statement, whatever the
//! number of rows, planned once. `COPY` is quicker for thousands of them, but knows no `ON CONFLICT`.

use std::sync::Arc;

use sqlx::postgres::PgConnection;

use crate::db::query::{Param, query};
use crate::db::{Connection, sql};
use crate::error::StoreError;

/// Parameters a statement of SQLite, which allows 32,766; a few thousand already cost next to nothing a row.
const PARAMETERS: usize = 8_000;

/// Rows a statement of PostgreSQL.
const ROWS: usize = 4_096;

/// As many rows as are worth a `COPY`, which takes more going to and fro than a statement.
const COPIED: usize = 256;

/// Bytes that are sent at once.
const SENT: usize = 1 << 18;

/// Where rows go, and what follows their values (`ON CONFLICT …`).
pub(crate) struct Target<'a> {
    pub(crate) table: &'a str,
    pub(crate) columns: &'a [&'a str],
    pub(crate) suffix: &'a str,
}

/// Inserts all rows, in as few statements as may be; `values` adds one row's columns in order. `done` is told of the rows
/// written, statement by statement.
pub(crate) async fn insert<T>(
    conn: &mut Connection,
    target: Target<'_>,
    rows: &[T],
    values: impl for<'r> Fn(&'r T, &mut Vec<Param<'r>>),
    mut done: impl FnMut(usize),
) -> Result<(), StoreError> {
    if rows.is_empty() {
        return Ok(());
    }
    let columns = target.columns.len();
    if let Connection::Postgres(tx) = conn
        && target.suffix.is_empty()
        && rows.len() >= COPIED
    {
        copy(tx, &target, rows, values).await?;
        done(rows.len());
        return Ok(());
    }
    let chunk = match conn {
        Connection::Sqlite(_) => (PARAMETERS / columns).max(1),
        Connection::Postgres(_) => ROWS,
    };
    let full = (rows.len() >= chunk).then(|| list_of_rows(&target, chunk));
    for part in rows.chunks(chunk) {
        let mut flat = Vec::with_capacity(part.len() * columns);
        part.iter().for_each(|row| values(row, &mut flat));
        match conn {
            Connection::Sqlite(_) => {
                let statement = match &full {
                    Some(text) if part.len() == chunk => query(sqlx::AssertSqlSafe(Arc::clone(text))),
                    // The remainder's length differs every time: not worth keeping prepared.
                    _ => query(sqlx::AssertSqlSafe(list_of_rows(&target, part.len()))).persistent(part.len() == 1),
                };
                statement.bind_all(flat).execute(&mut *conn).await?;
            }
            Connection::Postgres(tx) => {
                let arrays = Arrays::of(&flat, columns);
                arrays.bind(sqlx::query(sql(arrays.statement(&target)))).execute(&mut **tx).await?;
            }
        }
        done(part.len());
    }
    Ok(())
}

/// Sends rows as lines of text, their values between tabs.
async fn copy<T>(
    conn: &mut PgConnection,
    target: &Target<'_>,
    rows: &[T],
    values: impl for<'r> Fn(&'r T, &mut Vec<Param<'r>>),
) -> Result<(), StoreError> {
    let statement = format!("COPY {} ({}) FROM STDIN", target.table, target.columns.join(", "));
    let mut copy = conn.copy_in_raw(&statement).await?;
    let mut lines = String::with_capacity(SENT + SENT / 4);
    for (number, row) in (1..).zip(rows) {
        let mut cells = Vec::with_capacity(target.columns.len());
        values(row, &mut cells);
        for (at, cell) in cells.iter().enumerate() {
            if at > 0 {
                lines.push('\t');
            }
            match cell {
                Param::Int(Some(number)) => lines.push_str(&number.to_string()),
                Param::Text(Some(text)) => escape(text, &mut lines),
                _ => lines.push_str("\\N"),
            }
        }
        lines.push('\n');
        if lines.len() >= SENT || number == rows.len() {
            copy.send(lines.as_bytes()).await?;
            lines.clear();
        }
    }
    copy.finish().await?;
    Ok(())
}

/// A text as a line of `COPY` holds it.
fn escape(text: &str, line: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '\t', '\n', '\r']) {
        let (before, after) = rest.split_at(at);
        line.push_str(before);
        line.push_str(match after.as_bytes()[0] {
            b'\t' => "\\t",
            b'\n' => "\\n",
            b'\r' => "\\r",
            _ => "\\\\",
        });
        rest = &after[1..];
    }
    line.push_str(rest);
}

/// `INSERT INTO … VALUES (?,?), (?,?) …`
fn list_of_rows(target: &Target<'_>, rows: usize) -> Arc<str> {
    let row = format!("({})", vec!["?"; target.columns.len()].join(","));
    let rows = vec![row.as_str(); rows].join(",");
    format!("INSERT INTO {} ({}) VALUES {rows} {}", target.table, target.columns.join(", "), target.suffix).into()
}

/// The columns of some rows.
struct Arrays<'r>(Vec<Array<'r>>);

enum Array<'r> {
    Ints(Vec<Option<i64>>),
    Texts(Vec<Option<&'r str>>),
}

impl<'r> Arrays<'r> {
    fn of(flat: &'r [Param<'r>], columns: usize) -> Self {
        let column = |number: usize| {
            let values = flat.iter().skip(number).step_by(columns);
            if let Some(Param::Int(_)) = flat.get(number) {
                Array::Ints(values.map(|value| if let Param::Int(value) = value { *value } else { None }).collect())
            } else {
                Array::Texts(
                    values.map(|value| if let Param::Text(text) = value { text.as_deref() } else { None }).collect(),
                )
            }
        };
        Arrays((0..columns).map(column).collect())
    }

    /// `INSERT INTO … SELECT * FROM unnest($1, $2) …`
    fn statement(&self, target: &Target<'_>) -> String {
        let arrays: Vec<String> = (1..)
            .zip(&self.0)
            .map(|(number, array)| match array {
                Array::Ints(_) => format!("${number}::BIGINT[]"),
                Array::Texts(_) => format!("${number}::TEXT[]"),
            })
            .collect();
        format!(
            "INSERT INTO {} ({}) SELECT * FROM unnest({}) {}",
            target.table,
            target.columns.join(", "),
            arrays.join(", "),
            target.suffix
        )
    }

    fn bind(
        &self,
        mut statement: sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments>,
    ) -> sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments> {
        for array in &self.0 {
            statement = match array {
                Array::Ints(values) => statement.bind(values.as_slice()),
                Array::Texts(values) => statement.bind(values.as_slice()),
            };
        }
        statement
    }
}
