//! PostgreSQL: a server's database that is examined before anything is made in it.
//!
//! The tables lie in the first schema of the search path (`?options=-csearch_path%3Dsales` in the URL for one other than
//! `public`), so several ledgers may share a database.

use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgDatabaseError, PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection as _};

use crate::db::Pool;
use crate::error::StoreError;
use crate::open::{OpenOptions, migration_error, newest, without_password};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/postgres");

/// Says of a table `audit` that it is a ledger's. The first migration writes it.
const MARK: &str = "Bailiwick ledger";

/// How long a server may take to answer at all.
const ANSWER: Duration = Duration::from_secs(10);

/// Takes the right to write until the end of the transaction. The triggers of the tables take it too, so that nobody else
/// who writes to them can cut in.
pub(crate) async fn wait_for_turn(conn: &mut PgConnection, patience: Duration) -> Result<(), sqlx::Error> {
    // No time at all is said by one millisecond; zero would mean for ever.
    let wait = patience.as_millis().clamp(1, i32::MAX as u128);
    sqlx::raw_sql(AssertSqlSafe(format!(
        "SET LOCAL lock_timeout = {wait}; SELECT pg_advisory_xact_lock(1112299339, hashtext(current_schema()::text))"
    )))
    .execute(conn)
    .await?;
    Ok(())
}

pub(crate) async fn open(url: &str, how: OpenOptions) -> Result<Pool, StoreError> {
    let shown = without_password(url);
    let options = PgConnectOptions::from_str(url)
        .map_err(|error| StoreError::BadUrl { url: shown.clone(), why: error.to_string() })?
        .application_name("bailiwick")
        .disable_statement_logging();
    let server = Server { place: shown, options };
    server.examine(how).await?;
    let pool = PgPoolOptions::new()
        .max_connections(8)
        .connect_with(server.options.clone())
        .await
        .map_err(|error| server.name(error))?;
    server.migrate(&pool, how).await?;
    Ok(Pool::Postgres { pool, patience: how.patience })
}

/// Where the ledger is, for messages.
struct Server {
    /// The URL without its password.
    place: String,
    options: PgConnectOptions,
}

impl Server {
    /// Looks at the database before anything is made in it.
    async fn examine(&self, how: OpenOptions) -> Result<(), StoreError> {
        let name = |error| self.name(error);
        let mut conn = match tokio::time::timeout(ANSWER, self.options.connect()).await {
            Ok(conn) => conn.map_err(name)?,
            Err(_) => return Err(self.silent(format!("no answer in {} seconds", ANSWER.as_secs()))),
        };
        let encoding: String = sqlx::query_scalar("SHOW server_encoding").fetch_one(&mut conn).await.map_err(name)?;
        if encoding != "UTF8" {
            return Err(StoreError::NotUnicode { place: self.place.clone(), encoding });
        }
        let schema: Option<String> =
            sqlx::query_scalar("SELECT current_schema()::text").fetch_one(&mut conn).await.map_err(name)?;
        if schema.is_none() {
            return Err(StoreError::NoSchema { place: self.place.clone() });
        }
        if is_ledger(&mut conn).await.map_err(name)? {
            let known = newest(&MIGRATIONS);
            let found: i64 = sqlx::query_scalar("SELECT coalesce(max(version), 0) FROM _sqlx_migrations")
                .fetch_one(&mut conn)
                .await
                .map_err(name)?;
            if found > known {
                return Err(StoreError::Newer { place: self.place.clone(), found, known });
            }
        } else {
            let tables: i64 = sqlx::query_scalar(
                "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p', 'v', 'm')",
            )
            .fetch_one(&mut conn)
            .await
            .map_err(name)?;
            if tables > 0 {
                return Err(StoreError::ForeignSchema {
                    place: self.place.clone(),
                    schema: schema.unwrap_or_default(),
                });
            }
            if !how.create {
                return Err(StoreError::NoLedger(self.place.clone()));
            }
        }
        conn.close().await.map_err(name)
    }

    /// Under the right to write, so that two programs that open a new ledger at once do not both create it.
    async fn migrate(&self, pool: &PgPool, how: OpenOptions) -> Result<(), StoreError> {
        let known = newest(&MIGRATIONS);
        let name = |error: sqlx::Error| match code(&error).as_deref() {
            Some("42501") => StoreError::MayNotCreate {
                place: self.place.clone(),
                user: self.options.get_username().to_owned(),
                why: plain(&error),
            },
            _ => self.name(error),
        };
        let mut conn = pool.acquire().await.map_err(name)?;
        if is_ledger(&mut conn).await.map_err(name)? {
            let found: Option<i64> = sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations")
                .fetch_one(&mut *conn)
                .await
                .map_err(name)?;
            if found == Some(known) {
                return Ok(());
            }
        }
        let mut tx = conn.begin().await.map_err(name)?;
        wait_for_turn(&mut tx, how.patience).await.map_err(name)?;
        MIGRATIONS
            .run_direct(None, &mut *tx, false)
            .await
            .map_err(|error| migration_error(error, &self.place, known, name))?;
        tx.commit().await.map_err(name)
    }

    /// Errors of a connection are told with its place.
    fn name(&self, error: sqlx::Error) -> StoreError {
        let place = self.place.clone();
        let user = || self.options.get_username().to_owned();
        let code = code(&error);
        match (&error, code.as_deref()) {
            (_, Some("28P01" | "28000")) => StoreError::WrongPassword { place, user: user(), why: plain(&error) },
            (_, Some("3D000")) => StoreError::NoDatabase {
                place,
                database: self.options.get_database().unwrap_or_else(|| self.options.get_username()).to_owned(),
            },
            (_, Some("42501")) => StoreError::NotAllowed { place, user: user(), why: plain(&error) },
            (_, Some("53300" | "57P03"))
            | (sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolTimedOut, _) => self.silent(plain(&error)),
            _ => error.into(),
        }
    }

    fn silent(&self, why: String) -> StoreError {
        StoreError::CannotConnect { place: self.place.clone(), why }
    }
}

/// Whether this schema holds a ledger.
async fn is_ledger(conn: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let mark: Option<String> = sqlx::query_scalar(
        "SELECT obj_description(oid, 'pg_class') FROM pg_class \
         WHERE relname = 'audit' AND relnamespace = current_schema()::regnamespace",
    )
    .fetch_optional(conn)
    .await?
    .flatten();
    Ok(mark.as_deref() == Some(MARK))
}

/// An error without the driver's own words before it.
fn plain(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Io(error) => error.to_string(),
        sqlx::Error::Tls(error) => error.to_string(),
        other => other.as_database_error().map_or_else(|| other.to_string(), |error| error.message().to_owned()),
    }
}

/// PostgreSQL's own code of an error.
fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.try_downcast_ref::<PgDatabaseError>()?.code().to_owned())
}

/// What an error means, where it can be said better than the database says it.
pub(crate) fn meaning(error: &sqlx::Error) -> Option<StoreError> {
    if let sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut = error {
        return Some(StoreError::ConnectionLost(plain(error)));
    }
    Some(match code(error)?.as_str() {
        "57P01" | "57P02" => StoreError::ConnectionLost(plain(error)),
        "55P03" | "40P01" => StoreError::Locked,
        "25006" => StoreError::ReadOnly,
        "53100" => StoreError::DiskFull,
        "XX001" | "XX002" => StoreError::Damaged(error.to_string()),
        _ => return None,
    })
}
