//! Opening: which database a URL names, whether it is ours, and bringing its tables up to date.

use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};

use crate::db::{postgres, sqlite};
use crate::error::StoreError;
use crate::ledger::Ledger;

/// How to open a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenOptions {
    /// Create the ledger if it does not exist (default: yes). The database of a server must exist; its tables are made.
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
    /// `sqlite:bailiwick.db`, `sqlite:///var/lib/bailiwick.db`, `sqlite::memory:`,
    /// `postgres://user:password@host:5432/database`.
    ///
    /// # Errors
    /// Says what is wrong with the URL, the path, the file or the server; a database that is not a ledger is left as it
    /// is.
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
        let bad = |why: &str| StoreError::BadUrl { url: without_password(url), why: why.to_owned() };
        let (scheme, _) = url.split_once(':').ok_or_else(|| bad("it names no kind of database"))?;
        let pool = match scheme {
            "sqlite" => sqlite::open(url, how).await?,
            "postgres" | "postgresql" => postgres::open(url, how).await?,
            _ => return Err(StoreError::UnsupportedScheme { scheme: scheme.to_owned() }),
        };
        Ok(Ledger { pool })
    }
}

/// A URL as it may be shown.
pub(crate) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let authority = rest.find(['/', '?']).map_or(rest, |end| &rest[..end]);
    match authority.rsplit_once('@').and_then(|(who, _)| who.split_once(':').map(|(user, _)| (user, who.len()))) {
        Some((user, end)) => format!("{scheme}://{user}{}", &rest[end..]),
        None => url.to_owned(),
    }
}

/// The newest schema that this program knows.
pub(crate) fn newest(migrations: &Migrator) -> i64 {
    migrations.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// Errors of a migration that are told in other words than the database's.
pub(crate) fn migration_error(
    error: MigrateError,
    place: &str,
    known: i64,
    name: impl Fn(sqlx::Error) -> StoreError,
) -> StoreError {
    match error {
        MigrateError::VersionMissing(found) => StoreError::Newer { place: place.to_owned(), found, known },
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => name(error),
        other => StoreError::Damaged(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::without_password;

    #[test]
    fn a_password_is_not_shown() {
        for (url, shown) in [
            ("postgres://ann:secret@db.example:5432/sales", "postgres://ann@db.example:5432/sales"),
            ("postgres://ann:se@cret@db.example/sales", "postgres://ann@db.example/sales"),
            ("postgres://ann@db.example/sales?a=x:y@z", "postgres://ann@db.example/sales?a=x:y@z"),
            ("postgres://db.example", "postgres://db.example"),
            ("postgres://ann:secret@db.example", "postgres://ann@db.example"),
            ("sqlite:ledger.db", "sqlite:ledger.db"),
        ] {
            assert_eq!(without_password(url), shown);
        }
    }
}
