//! SQLite: a file that is examined before anything is written to it, with write-ahead log and full synchronisation.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};
use sqlx::{ConnectOptions, Connection as _};

use crate::db::Pool;
use crate::error::StoreError;
use crate::open::{OpenOptions, migration_error, newest};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// Marks a file as a ledger (`PRAGMA application_id`): "BLWK".
const APPLICATION: i64 = 0x424C_574B;

/// Pages in the write-ahead log before whoever commits has to move them into the file, which takes up to a tenth of a
/// second for 256 MB: enough that somebody else has ([`crate::Log`]).
const PAGES_AHEAD: &str = "65536";
/// Bytes of the log's file that are kept once it is empty.
const LOG_KEPT: &str = "67108864";

pub(crate) async fn open(url: &str, how: OpenOptions) -> Result<Pool, StoreError> {
    let (options, path) = read_url(url)?;
    let options = options
        .busy_timeout(how.patience)
        .foreign_keys(true)
        .pragma("cache_size", "-65536")
        .pragma("temp_store", "memory")
        .row_buffer_size(1024)
        .disable_statement_logging();
    let pool = SqlitePoolOptions::new().idle_timeout(None).max_lifetime(None).test_before_acquire(false);
    let pool = match path {
        None => {
            let pool = pool.max_connections(1).connect_with(options.shared_cache(false)).await?;
            migrate(&pool, Path::new(":memory:")).await?;
            pool
        }
        Some(path) => {
            let name = |error| name_path(error, &path);
            examine(&options, &path, how).await?;
            let options = options
                .create_if_missing(how.create)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .pragma("wal_autocheckpoint", PAGES_AHEAD)
                .pragma("journal_size_limit", LOG_KEPT);
            let pool = pool.max_connections(4).connect_with(options).await.map_err(name)?;
            migrate(&pool, &path).await?;
            pool
        }
    };
    Ok(Pool::Sqlite(pool))
}

fn read_url(url: &str) -> Result<(SqliteConnectOptions, Option<PathBuf>), StoreError> {
    let bad = |why: &str| StoreError::BadUrl { url: url.to_owned(), why: why.to_owned() };
    let rest = url.trim_start_matches("sqlite:");
    if rest.trim_start_matches('/').is_empty() {
        return Err(bad("it names no file"));
    }
    let options = SqliteConnectOptions::from_str(url).map_err(|error| bad(&error.to_string()))?;
    let in_memory = rest.contains(":memory:") || rest.contains("mode=memory");
    let path = (!in_memory).then(|| options.get_filename().to_path_buf());
    Ok((options, path))
}

/// Looks at the path and the file before anything is written to it.
async fn examine(options: &SqliteConnectOptions, path: &Path, how: OpenOptions) -> Result<(), StoreError> {
    if path.is_dir() {
        return Err(StoreError::IsFolder(path.to_owned()));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
        return Err(StoreError::NoFolder(folder.to_owned()));
    }
    let none = || StoreError::NoLedger(path.display().to_string());
    let size = match path.metadata() {
        Ok(file) => file.len(),
        Err(_) if how.create => return Ok(()),
        Err(_) => return Err(none()),
    };
    if size == 0 {
        return if how.create { Ok(()) } else { Err(none()) };
    }
    let name = |error| name_path(error, path);
    let mut conn = options.clone().create_if_missing(false).connect().await.map_err(name)?;
    let tables: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&mut conn).await.map_err(name)?;
    let application: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&mut conn).await.map_err(name)?;
    let ours = application == APPLICATION;
    if !ours && tables > 0 {
        return Err(StoreError::ForeignDatabase(path.to_owned()));
    }
    if ours {
        let found = schema_version(&mut conn).await.map_err(name)?.unwrap_or(0);
        let known = newest(&MIGRATIONS);
        if found > known {
            return Err(StoreError::Newer { place: path.display().to_string(), found, known });
        }
    }
    conn.close().await.map_err(name)?;
    Ok(())
}

async fn schema_version(conn: &mut SqliteConnection) -> Result<Option<i64>, sqlx::Error> {
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'")
        .fetch_one(&mut *conn)
        .await?;
    if kept == 0 {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(conn).await
}

/// Under the right to write, so that two programs that open a new ledger at once do not both create it.
async fn migrate(pool: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    let name = |error| name_path(error, path);
    let known = newest(&MIGRATIONS);
    let mut conn = pool.acquire().await.map_err(name)?;
    if schema_version(&mut conn).await.map_err(name)? == Some(known) {
        return Ok(());
    }
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await.map_err(name)?;
    MIGRATIONS
        .run_direct(None, &mut *tx, false)
        .await
        .map_err(|error| migration_error(error, &path.display().to_string(), known, name))?;
    tx.commit().await.map_err(name)
}

/// Errors that concern the file are told with its path.
fn name_path(error: sqlx::Error, path: &Path) -> StoreError {
    match result_code(&error) {
        Some(26) => StoreError::NotADatabase(path.to_owned()),
        Some(8 | 14) => StoreError::CannotOpen { path: path.to_owned(), source: error },
        _ => error.into(),
    }
}

/// SQLite's primary result code: the low byte.
fn result_code(error: &sqlx::Error) -> Option<i32> {
    let error = error.as_database_error()?.try_downcast_ref::<sqlx::sqlite::SqliteError>()?;
    let code = sqlx::error::DatabaseError::code(error)?.parse::<i32>().ok()?;
    Some(code & 0xff)
}

/// What an error means, where it can be said better than the database says it.
pub(crate) fn meaning(error: &sqlx::Error) -> Option<StoreError> {
    Some(match result_code(error)? {
        5 | 6 => StoreError::Locked,
        8 => StoreError::ReadOnly,
        11 => StoreError::Damaged(error.to_string()),
        13 => StoreError::DiskFull,
        _ => return None,
    })
}
