//! A query, its parameters and its rows, whichever the database.
//!
//! The ledger keeps texts and whole numbers only, so parameters are an enum of few; they are kept until it is known which
//! database they go to. Rows stay what the driver made them.

use std::borrow::Cow;

use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use sqlx::postgres::{PgArguments, PgRow};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{AssertSqlSafe, Decode, Postgres, Row as _, SqlSafeStr, SqlStr, Sqlite, Type};

use crate::db::{Connection, Pool, Reading, whole};

/// A value handed to the database.
#[derive(Debug, Clone)]
pub(crate) enum Param<'q> {
    Int(Option<i64>),
    Text(Option<Cow<'q, str>>),
    Ints(&'q [i64]),
    Texts(&'q [&'q str]),
}

/// SQL and the values of its parameters `$1`, `$2`, …
pub(crate) struct Query<'q> {
    sql: SqlStr,
    params: Vec<Param<'q>>,
    persistent: bool,
}

pub(crate) fn query<'q>(sql: impl SqlSafeStr) -> Query<'q> {
    Query { sql: sql.into_sql_str(), params: Vec::new(), persistent: true }
}

/// SQL put together from this crate's own literals and numbered parameters; values never become part of it.
pub(crate) fn sql(text: String) -> AssertSqlSafe<String> {
    AssertSqlSafe(text)
}

/// What a query runs on: any free connection, or a transaction.
pub(crate) enum Source<'c> {
    Pool(&'c Pool),
    Connection(&'c mut Connection),
}

impl<'c> From<&'c Pool> for Source<'c> {
    fn from(pool: &'c Pool) -> Self {
        Source::Pool(pool)
    }
}

impl<'c> From<&'c mut Connection> for Source<'c> {
    fn from(conn: &'c mut Connection) -> Self {
        Source::Connection(conn)
    }
}

impl<'c> From<&'c mut Reading> for Source<'c> {
    fn from(reading: &'c mut Reading) -> Self {
        Source::Connection(reading)
    }
}

impl<'q> Query<'q> {
    pub(crate) fn bind(mut self, value: impl Into<Param<'q>>) -> Self {
        self.params.push(value.into());
        self
    }

    pub(crate) fn bind_all(mut self, values: impl IntoIterator<Item = Param<'q>>) -> Self {
        self.params.extend(values);
        self
    }

    /// Whether the database keeps it prepared (default: yes).
    pub(crate) fn persistent(mut self, persistent: bool) -> Self {
        self.persistent = persistent;
        self
    }

    fn sqlite(self) -> sqlx::query::Query<'static, Sqlite, SqliteArguments> {
        let mut query = sqlx::query(self.sql).persistent(self.persistent);
        for param in self.params {
            query = match param {
                Param::Int(value) => query.bind(value),
                // Copied once, into what the driver keeps.
                Param::Text(value) => query.bind(value.as_deref().map(std::sync::Arc::<str>::from)),
                Param::Ints(values) => query.bind(serde_json::json!(values).to_string()),
                Param::Texts(values) => query.bind(serde_json::json!(values).to_string()),
            };
        }
        query
    }

    fn postgres(self) -> sqlx::query::Query<'static, Postgres, PgArguments> {
        let mut query = sqlx::query(self.sql).persistent(self.persistent);
        for param in self.params {
            query = match param {
                Param::Int(value) => query.bind(value),
                Param::Text(value) => query.bind(value.as_deref()),
                Param::Ints(values) => query.bind(values),
                Param::Texts(values) => query.bind(values),
            };
        }
        query
    }

    /// Row by row.
    pub(crate) fn fetch<'c>(self, on: impl Into<Source<'c>>) -> BoxStream<'c, Result<Row, sqlx::Error>> {
        match on.into() {
            // What an earlier change of the same whole wrote is seen.
            Source::Pool(Pool::Sqlite(_)) if whole::is_laid_down() => of_whole(Either::Sqlite(self.sqlite())),
            Source::Pool(Pool::Postgres { .. }) if whole::is_laid_down() => of_whole(Either::Postgres(self.postgres())),
            Source::Pool(Pool::Sqlite(pool)) => self.sqlite().fetch(pool).map_ok(Row::Sqlite).boxed(),
            Source::Pool(Pool::Postgres { pool, .. }) => self.postgres().fetch(pool).map_ok(Row::Postgres).boxed(),
            Source::Connection(Connection::Sqlite(tx)) => self.sqlite().fetch(&mut **tx).map_ok(Row::Sqlite).boxed(),
            Source::Connection(Connection::Postgres(tx)) => {
                self.postgres().fetch(&mut **tx).map_ok(Row::Postgres).boxed()
            }
        }
    }

    pub(crate) async fn fetch_all<'c>(self, on: impl Into<Source<'c>>) -> Result<Vec<Row>, sqlx::Error> {
        self.fetch(on).try_collect().await
    }

    pub(crate) async fn fetch_optional<'c>(self, on: impl Into<Source<'c>>) -> Result<Option<Row>, sqlx::Error> {
        self.fetch(on).try_next().await
    }

    /// The first column of the first row.
    pub(crate) async fn scalar<'c, T: Owned>(self, on: impl Into<Source<'c>>) -> Result<T, sqlx::Error> {
        self.scalar_optional(on).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// The first column of the first row, if there is one.
    pub(crate) async fn scalar_optional<'c, T: Owned>(
        self,
        on: impl Into<Source<'c>>,
    ) -> Result<Option<T>, sqlx::Error> {
        self.fetch_optional(on).await?.map(|row| row.try_get(0)).transpose()
    }

    /// The number of rows it touched.
    pub(crate) async fn execute<'c>(self, on: impl Into<Source<'c>>) -> Result<u64, sqlx::Error> {
        let mut source = on.into();
        let mut begun = if let Source::Pool(_) = source { whole::take_up() } else { None };
        if let Some(begun) = &mut begun {
            source = Source::Connection(begun);
        }
        let touched = match source {
            Source::Pool(Pool::Sqlite(pool)) => self.sqlite().execute(pool).await?.rows_affected(),
            Source::Pool(Pool::Postgres { pool, .. }) => self.postgres().execute(pool).await?.rows_affected(),
            Source::Connection(Connection::Sqlite(tx)) => self.sqlite().execute(&mut **tx).await?.rows_affected(),
            Source::Connection(Connection::Postgres(tx)) => self.postgres().execute(&mut **tx).await?.rows_affected(),
        };
        if let Some(begun) = begun {
            whole::lay_down(begun);
        }
        Ok(touched)
    }
}

enum Either {
    Sqlite(sqlx::query::Query<'static, Sqlite, SqliteArguments>),
    Postgres(sqlx::query::Query<'static, Postgres, PgArguments>),
}

/// The rows as the transaction that was laid down sees them.
fn of_whole<'c>(query: Either) -> BoxStream<'c, Result<Row, sqlx::Error>> {
    let rows = async move {
        let Some(mut begun) = whole::take_up() else { return Err(sqlx::Error::PoolClosed) };
        let rows: Result<Vec<Row>, sqlx::Error> = match (query, &mut begun) {
            (Either::Sqlite(query), Connection::Sqlite(tx)) => {
                query.fetch(&mut **tx).map_ok(Row::Sqlite).try_collect().await
            }
            (Either::Postgres(query), Connection::Postgres(tx)) => {
                query.fetch(&mut **tx).map_ok(Row::Postgres).try_collect().await
            }
            _ => Err(sqlx::Error::PoolClosed),
        };
        whole::lay_down(begun);
        Ok(futures_util::stream::iter(rows?.into_iter().map(Ok)))
    };
    futures_util::stream::once(rows).try_flatten().boxed()
}

/// A row of a result.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    /// The column of this number, from 0.
    pub(crate) fn try_get<'r, T: Value<'r>>(&'r self, column: usize) -> Result<T, sqlx::Error> {
        match self {
            Row::Sqlite(row) => row.try_get(column),
            Row::Postgres(row) => row.try_get(column),
        }
    }
}

/// What both databases can be asked for: texts, whole numbers, and either where it may be missing.
pub(crate) trait Value<'r>: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres> {}
impl<'r, T: Decode<'r, Sqlite> + Type<Sqlite> + Decode<'r, Postgres> + Type<Postgres>> Value<'r> for T {}

/// A value that does not borrow from its row.
pub(crate) trait Owned: for<'r> Value<'r> {}
impl<T: for<'r> Value<'r>> Owned for T {}

impl From<i64> for Param<'_> {
    fn from(value: i64) -> Self {
        Param::Int(Some(value))
    }
}

impl From<Option<i64>> for Param<'_> {
    fn from(value: Option<i64>) -> Self {
        Param::Int(value)
    }
}

impl<'q> From<&'q str> for Param<'q> {
    fn from(value: &'q str) -> Self {
        Param::Text(Some(Cow::Borrowed(value)))
    }
}

impl<'q> From<Option<&'q str>> for Param<'q> {
    fn from(value: Option<&'q str>) -> Self {
        Param::Text(value.map(Cow::Borrowed))
    }
}

impl<'q> From<&'q String> for Param<'q> {
    fn from(value: &'q String) -> Self {
        Param::from(value.as_str())
    }
}

impl<'q> From<&'q Option<String>> for Param<'q> {
    fn from(value: &'q Option<String>) -> Self {
        Param::from(value.as_deref())
    }
}

impl From<String> for Param<'_> {
    fn from(value: String) -> Self {
        Param::Text(Some(Cow::Owned(value)))
    }
}

impl From<Option<String>> for Param<'_> {
    fn from(value: Option<String>) -> Self {
        Param::Text(value.map(Cow::Owned))
    }
}

impl<'q> From<&'q [i64]> for Param<'q> {
    fn from(values: &'q [i64]) -> Self {
        Param::Ints(values)
    }
}

impl<'q> From<&'q [&'q str]> for Param<'q> {
    fn from(values: &'q [&'q str]) -> Self {
        Param::Texts(values)
    }
}
