//! Opening: which database a URL names, whether it is ours, and bringing its tables up to date.

use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection as _};

use crate::error::StoreError;
use crate::ledger::Ledger;

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// Marks a file as a ledger (`PRAGMA application_id`): "BLWK".
const APPLICATION: i64 = 0x424C_574B;

/// How to open a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenOptions {
    /// Create the ledger if it does not exist (default: yes).
    pub create: bool,
    /// How long to wait for another program that is writing (default: 5 seconds).
    pub patience: Duration,
}

impl Default for OpenOptions {
    fn default() -> Self {
        OpenOptions { create: true, patience: Duration::from_secs(5) }
    }
}

impl Ledger {
    /// Opens the ledger at a URL and brings its tables up to date; creates it if it does not exist.
    /// `sqlite:bailiwick.db`, `sqlite:///var/lib/bailiwick.db`, `sqlite::memory:`.
    ///
    /// # Errors
    /// Says what is wrong with the URL, the path or the file; a file that is not a ledger is left as it is.
    pub async fn open(url: &str) -> Result<Ledger, StoreError> {
        Self::open_with(url, OpenOptions::default()).await
    }

    /// [`Ledger::open`] for those who only ask: a ledger that does not exist is not created.
    ///
    /// # Errors
    /// As [`Ledger::open`], and [`StoreError::NoLedger`].
    pub async fn open_existing(url: &str) -> Result<Ledger, StoreError> {
        Self::open_with(url, OpenOptions { create: false, ..OpenOptions::default() }).await
    }

    /// [`Ledger::open`], told how.
    ///
    /// # Errors
    /// As [`Ledger::open`].
    pub async fn open_with(url: &str, how: OpenOptions) -> Result<Ledger, StoreError> {
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
            None => pool.max_connections(1).connect_with(options.shared_cache(false)).await?,
            Some(path) => {
                let name = |error| name_path(error, &path);
                examine(&options, &path, how).await?;
                let options = options
                    .create_if_missing(how.create)
                    .journal_mode(SqliteJournalMode::Wal)
                    .synchronous(SqliteSynchronous::Full);
                let pool = pool.max_connections(4).connect_with(options).await.map_err(name)?;
                migrate(&pool, &path).await?;
                return Ok(Ledger { pool });
            }
        };
        migrate(&pool, Path::new(":memory:")).await?;
        Ok(Ledger { pool })
    }
}

fn read_url(url: &str) -> Result<(SqliteConnectOptions, Option<PathBuf>), StoreError> {
    let bad = |why: &str| StoreError::BadUrl { url: url.to_owned(), why: why.to_owned() };
    let (scheme, rest) = url.split_once(':').ok_or_else(|| bad("it names no kind of database"))?;
    if scheme != "sqlite" {
        return Err(StoreError::UnsupportedScheme { scheme: scheme.to_owned() });
    }
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
    let size = match path.metadata() {
        Ok(file) => file.len(),
        Err(_) if how.create => return Ok(()),
        Err(_) => return Err(StoreError::NoLedger(path.to_owned())),
    };
    if size == 0 {
        return if how.create { Ok(()) } else { Err(StoreError::NoLedger(path.to_owned())) };
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
        if found > known() {
            return Err(StoreError::Newer { path: path.to_owned(), found, known: known() });
        }
    }
    conn.close().await.map_err(name)?;
    Ok(())
}

fn known() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or(0)
}

async fn schema_version(conn: &mut crate::ledger::Connection) -> Result<Option<i64>, sqlx::Error> {
    let kept: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'")
        .fetch_one(&mut *conn)
        .await?;
    if kept == 0 {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT max(version) FROM _sqlx_migrations").fetch_one(conn).await
}

/// Under the right to write, so that two programs that open a new ledger at once do not both create it.
async fn migrate(pool: &sqlx::Pool<crate::ledger::Db>, path: &Path) -> Result<(), StoreError> {
    let name = |error| name_path(error, path);
    let mut conn = pool.acquire().await.map_err(name)?;
    if schema_version(&mut conn).await.map_err(name)? == Some(known()) {
        return Ok(());
    }
    let mut tx = conn.begin_with("BEGIN IMMEDIATE").await.map_err(name)?;
    MIGRATIONS.run_direct(None, &mut *tx, false).await.map_err(|error| match error {
        sqlx::migrate::MigrateError::VersionMissing(found) => {
            StoreError::Newer { path: path.to_owned(), found, known: known() }
        }
        sqlx::migrate::MigrateError::Execute(error) | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => {
            name(error)
        }
        other => StoreError::Damaged(other.to_string()),
    })?;
    tx.commit().await.map_err(name)
}

/// Errors that concern the file are told with its path.
fn name_path(error: sqlx::Error, path: &Path) -> StoreError {
    let code = error.as_database_error().and_then(|e| e.code()).and_then(|c| c.parse::<i32>().ok());
    match code.map(|c| c & 0xff) {
        Some(26) => StoreError::NotADatabase(path.to_owned()),
        Some(8 | 14) => StoreError::CannotOpen { path: path.to_owned(), source: error },
        _ => error.into(),
    }
}
