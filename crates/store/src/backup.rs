//! A backup: one file that holds everything, whichever database it comes from.
//!
//! It is taken while others write: what it holds is one state, that of the moment at which it began. The file is JSON
//! lines, compressed with gzip. First what it is (with the ledger's version), then for each table a line that names its
//! columns and a line a row, last the number of rows, so that a file cut short shows. Because rows are values and no pages
//! of a file, a ledger moves from SQLite to PostgreSQL and back this way ([`Ledger::restore`]).

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use bailiwick_domain::ledger::LedgerVersion;
use flate2::Compression;
use flate2::write::GzEncoder;
use futures_util::TryStreamExt;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::audit;
use crate::db::{Connection, Row, query, sql};
use crate::error::StoreError;
use crate::ledger::Ledger;
use crate::schema::{Column, TABLES, Table};

/// The first line of a backup.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Header {
    /// [`KIND`].
    pub(crate) kind: String,
    /// [`FORMAT`].
    pub(crate) format: u32,
    pub(crate) version: LedgerVersion,
    pub(crate) taken_at: Timestamp,
}

pub(crate) const KIND: &str = "bailiwick ledger";
pub(crate) const FORMAT: u32 = 1;

/// The line before the rows of a table.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TableLine {
    pub(crate) table: String,
    pub(crate) columns: Vec<String>,
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Backup {
    /// State of the ledger that was written or made again.
    pub version: LedgerVersion,
    /// When the backup was taken.
    pub taken_at: Timestamp,
    /// Rows in all.
    pub rows: u64,
}

impl Ledger {
    /// Writes everything to a new file while others go on working; `at` is written into it. A backup that is not complete
    /// does not bear the file's name.
    ///
    /// # Errors
    /// [`StoreError::FileExists`], [`StoreError::File`] and those of the database; no file is left then.
    pub async fn backup(&self, file: &Path, at: Timestamp) -> Result<Backup, StoreError> {
        let named = |source| StoreError::File { doing: "write", path: file.to_owned(), source };
        if file.exists() {
            return Err(StoreError::FileExists(file.to_owned()));
        }
        let partial = Partial::beside(file);
        let out = BufWriter::new(File::create_new(&partial.0).map_err(named)?);
        let mut out = GzEncoder::new(out, Compression::fast());
        let mut tx = self.read().await?;
        let version = audit::head(&mut tx).await?.version();
        let header = Header { kind: KIND.to_owned(), format: FORMAT, version: version.clone(), taken_at: at };
        line(&mut out, &header).map_err(named)?;
        let mut rows = 0;
        for table in TABLES {
            rows += write_table(&mut tx, table, &mut out, &named).await?;
        }
        line(&mut out, &json!({"rows": rows})).map_err(named)?;
        let file_written =
            out.finish().and_then(|out| out.into_inner().map_err(std::io::Error::from)).map_err(named)?;
        file_written.sync_all().map_err(named)?;
        // Not `rename`: a file that has come into being meanwhile is not replaced.
        std::fs::hard_link(&partial.0, file).map_err(named)?;
        Ok(Backup { version, taken_at: at, rows })
    }
}

/// A file under a temporary name, removed with this value.
struct Partial(PathBuf);

impl Partial {
    fn beside(file: &Path) -> Self {
        let mut name = file.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.partial", std::process::id()));
        Partial(file.with_file_name(name))
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn line(out: &mut impl Write, value: &impl Serialize) -> std::io::Result<()> {
    serde_json::to_writer(&mut *out, value)?;
    out.write_all(b"\n")
}

async fn write_table(
    conn: &mut Connection,
    table: &Table,
    out: &mut impl Write,
    named: &impl Fn(std::io::Error) -> StoreError,
) -> Result<u64, StoreError> {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name()).collect();
    let head =
        TableLine { table: table.name.to_owned(), columns: columns.iter().map(|&column| column.to_owned()).collect() };
    line(out, &head).map_err(named)?;
    let select = format!("SELECT {} FROM {} ORDER BY {}", columns.join(", "), table.name, table.key);
    let mut found = query(sql(select)).fetch(conn);
    let mut rows = 0;
    while let Some(row) = found.try_next().await? {
        line(out, &values(&row, table)?).map_err(named)?;
        rows += 1;
    }
    Ok(rows)
}

fn values(row: &Row, table: &Table) -> Result<Vec<Value>, StoreError> {
    let value = |(number, column): (usize, &Column)| {
        Ok(match column {
            Column::Int(_) => json!(row.try_get::<Option<i64>>(number)?),
            Column::Text(_) => json!(row.try_get::<Option<&str>>(number)?),
        })
    };
    table.columns.iter().enumerate().map(value).collect()
}
