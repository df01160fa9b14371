//! A ledger made again from its backup, in whichever database.
//!
//! All in one transaction, and the audit trail is verified before it ends: what comes of a file that was cut short or
//! altered is nothing at all. The ledger that results is the same to the last digest, so plans made against the old one
//! are not stale.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use flate2::read::GzDecoder;
use serde_json::Value;

use crate::audit;
use crate::backup::{Backup, FORMAT, Header, KIND, TableLine};
use crate::db::bulk::{self, Target};
use crate::db::{Connection, Param};
use crate::error::StoreError;
use crate::ledger::Ledger;
use crate::schema::{Column, TABLES};
use crate::verify;
use bailiwick_domain::ledger::LedgerVersion;

/// Rows that are held at once.
const AT_ONCE: usize = 4_096;

impl Ledger {
    /// Fills this ledger, to which nothing was ever written, from a backup.
    ///
    /// # Errors
    /// [`StoreError::NotEmpty`], [`StoreError::BadBackup`], [`StoreError::AuditBroken`]; the ledger stays empty then.
    pub async fn restore(&self, file: &Path) -> Result<Backup, StoreError> {
        let mut lines = Lines::open(file)?;
        let header: Header = lines.read("what it is")?;
        if header.kind != KIND {
            return Err(lines.bad("it does not begin as one"));
        }
        if header.format > FORMAT {
            return Err(lines.bad("it was written by a newer Bailiwick: use that version or a later one"));
        }
        let mut tx = self.begin().await?;
        if audit::head(&mut tx).await?.version() != LedgerVersion::empty() {
            return Err(StoreError::NotEmpty);
        }
        let rows = fill(&mut tx, &mut lines).await?;
        verify::whole(&mut tx).await?;
        if audit::head(&mut tx).await?.version() != header.version {
            return Err(lines.bad("it does not hold the version that it says it does"));
        }
        tx.commit().await?;
        Ok(Backup { version: header.version, taken_at: header.taken_at, rows })
    }
}

/// Inserts all rows; how many.
async fn fill(conn: &mut Connection, lines: &mut Lines) -> Result<u64, StoreError> {
    let mut rows = 0;
    let mut table: (&str, Vec<Column>) = ("", Vec::new());
    let mut waiting: Vec<Vec<Value>> = Vec::new();
    loop {
        let line: Value = lines.read("a row")?;
        if let Value::Array(row) = line {
            let (_, columns) = &table;
            if row.len() != columns.len() || !row.iter().zip(columns).all(|(value, column)| fits(value, *column)) {
                return Err(lines.bad("a row does not have its table's columns"));
            }
            waiting.push(row);
            rows += 1;
            if waiting.len() == AT_ONCE {
                insert(conn, &table, &mut waiting).await?;
            }
            continue;
        }
        insert(conn, &table, &mut waiting).await?;
        match line.get("rows").and_then(Value::as_u64) {
            Some(all) if all == rows => return Ok(rows),
            Some(_) => return Err(lines.bad("rows are missing")),
            None => table = lines.table(line)?,
        }
    }
}

fn fits(value: &Value, column: Column) -> bool {
    value.is_null()
        || match column {
            Column::Int(_) => value.is_i64(),
            Column::Text(_) => value.is_string(),
        }
}

async fn insert(
    conn: &mut Connection,
    (table, columns): &(&str, Vec<Column>),
    waiting: &mut Vec<Vec<Value>>,
) -> Result<(), StoreError> {
    let names: Vec<&str> = columns.iter().map(|column| column.name()).collect();
    let rows: Vec<(Vec<Value>, &[Column])> = waiting.drain(..).map(|row| (row, columns.as_slice())).collect();
    bulk::insert(conn, Target { table, columns: &names, suffix: "" }, &rows, row_values, |_| ()).await
}

fn row_values<'r>((row, columns): &'r (Vec<Value>, &[Column]), values: &mut Vec<Param<'r>>) {
    values.extend(row.iter().zip(*columns).map(|(value, column)| match column {
        Column::Int(_) => Param::from(value.as_i64()),
        Column::Text(_) => Param::from(value.as_str()),
    }));
}

/// The lines of a backup, with their numbers.
struct Lines {
    path: std::path::PathBuf,
    text: BufReader<GzDecoder<BufReader<File>>>,
    number: u64,
    line: String,
}

impl Lines {
    fn open(path: &Path) -> Result<Self, StoreError> {
        let named = |source| StoreError::File { doing: "read", path: path.to_owned(), source };
        let file = File::open(path).map_err(named)?;
        let text = BufReader::new(GzDecoder::new(BufReader::new(file)));
        Ok(Lines { path: path.to_owned(), text, number: 0, line: String::new() })
    }

    fn bad(&self, why: &str) -> StoreError {
        StoreError::BadBackup { path: self.path.clone(), line: self.number, why: why.to_owned() }
    }

    fn read<T: serde::de::DeserializeOwned>(&mut self, what: &str) -> Result<T, StoreError> {
        self.number += 1;
        self.line.clear();
        match self.text.read_line(&mut self.line) {
            Ok(0) => return Err(self.bad("it is cut short")),
            Ok(_) => {}
            Err(error) => return Err(self.bad(&error.to_string())),
        }
        serde_json::from_str(&self.line).map_err(|_| self.bad(&format!("{what} was expected")))
    }

    /// The table that a line announces, with the columns in the file's order.
    fn table(&self, line: Value) -> Result<(&'static str, Vec<Column>), StoreError> {
        let line: TableLine = serde_json::from_value(line).map_err(|_| self.bad("a table or the end was expected"))?;
        let table = TABLES.iter().find(|table| table.name == line.table);
        let table = table.ok_or_else(|| self.bad(&format!("there is no table {:?}", line.table)))?;
        let column = |name: &String| table.columns.iter().copied().find(|column| column.name() == name);
        let columns: Option<Vec<Column>> = line.columns.iter().map(column).collect();
        let columns = columns.ok_or_else(|| self.bad(&format!("{} has other columns", table.name)))?;
        Ok((table.name, columns))
    }
}
