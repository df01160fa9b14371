//! One face over two databases: SQLite, embedded, and PostgreSQL, by URL.
//!
//! Everything above this folder writes each query once, in SQL that both databases accept, and does not know which of
//! them answers. What differs is said here, and only here: how to connect ([`sqlite`], [`postgres`]), how to get the only
//! right to write ([`Pool::begin`]), how many values are handed over at once ([`bulk`], [`Connection::among`]).
//!
//! **One writer at a time, on both.** A change reads the last audit entry and chains the next to it, so two changes must
//! not overlap. SQLite has one writer by nature: `BEGIN IMMEDIATE` waits for the turn. On PostgreSQL a change first takes
//! an advisory lock that ends with its transaction. The alternatives are worse: `SERIALIZABLE` lets both work and then
//! throws one away, which costs an applied plan of a million rows; a lock on a table needs rights that the ledger takes
//! from everybody so that nothing can be altered. Those who only read wait on neither.

pub(crate) mod bulk;
pub(crate) mod postgres;
mod query;
pub(crate) mod sqlite;
pub(crate) mod whole;

use std::time::Duration;

use sqlx::{Postgres, Sqlite, Transaction};

pub(crate) use query::{Param, Row, Source, query, sql};
pub(crate) use whole::Reading;

use crate::error::StoreError;

/// Connections to one of the two.
#[derive(Debug, Clone)]
pub(crate) enum Pool {
    Sqlite(sqlx::SqlitePool),
    Postgres { pool: sqlx::PgPool, patience: Duration },
}

/// A transaction. What is not committed is taken back.
pub(crate) enum Connection {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Pool {
    /// A transaction that has the only right to write from its first moment on, so that what it reads stays true.
    /// Within [`whole::run`] all changes are one transaction.
    pub(crate) async fn begin(&self) -> Result<Connection, StoreError> {
        if let Some(begun) = whole::take_up() {
            return Ok(begun);
        }
        Ok(match self {
            Pool::Sqlite(pool) => Connection::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?),
            Pool::Postgres { pool, patience } => {
                let mut tx = pool.begin().await?;
                postgres::wait_for_turn(&mut tx, *patience).await?;
                Connection::Postgres(tx)
            }
        })
    }

    /// A transaction that reads one state however long it takes.
    pub(crate) async fn read(&self) -> Result<Reading, StoreError> {
        if let Some(begun) = whole::take_up() {
            return Ok(Reading::taken_up(begun));
        }
        Ok(Reading::own(match self {
            Pool::Sqlite(pool) => Connection::Sqlite(pool.begin().await?),
            Pool::Postgres { pool, .. } => {
                Connection::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?)
            }
        }))
    }

    pub(crate) async fn close(&self) {
        match self {
            Pool::Sqlite(pool) => pool.close().await,
            Pool::Postgres { pool, .. } => pool.close().await,
        }
    }
}

impl Connection {
    /// Within [`whole::run`] the transaction goes on.
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match whole::lay_down(self) {
            Some(at_once) => at_once.commit_now().await,
            None => Ok(()),
        }
    }

    pub(crate) async fn commit_now(self) -> Result<(), StoreError> {
        match self {
            Connection::Sqlite(tx) => tx.commit().await?,
            Connection::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Condition that the column is among the values of a [`Param::Texts`] or [`Param::Ints`] of this number. One
    /// parameter, however many values: SQLite takes them as JSON, PostgreSQL as an array.
    pub(crate) fn among(&self, column: &str, parameter: usize) -> String {
        match self {
            Connection::Sqlite(_) => format!("{column} IN (SELECT value FROM json_each(${parameter}))"),
            Connection::Postgres(_) => format!("{column} = ANY(${parameter})"),
        }
    }
}
