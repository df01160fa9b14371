//! All sources of a policy, read and checked.

use std::collections::BTreeMap;
use std::path::Path;

use bailiwick_domain::policy::document::{Document, Format};

use crate::error::DataError;
use crate::rejected::Rejected;
use crate::table::Table;

/// How one source was read.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceRead {
    pub name: String,
    /// Files as found, relative to the policy's folder where they are inside it.
    pub files: Vec<String>,
    /// Rows in the table.
    pub rows: u64,
    /// Rows left out.
    pub rejected: u64,
    /// `None` for a query.
    pub format: Option<Format>,
    /// As detected or stated: `UTF-8`, `windows-1251`; empty where the format has its own.
    pub encoding: String,
    pub delimiter: Option<char>,
    /// Decimal sign of the numbers, where some number of the file shows it.
    pub decimal: Option<char>,
    /// Size of the files as they lie on disk.
    pub bytes: u64,
    /// SHA-256 of the files' bytes, in hexadecimal.
    pub digest: String,
}

/// The tables of a policy, checked, and what was left out.
#[derive(Debug, Clone)]
pub struct Snapshot {
    pub accounts: Table,
    pub employees: Table,
    /// Who holds what today.
    pub assignments: Option<Table>,
    pub orders: Option<Table>,
    pub pins: Option<Table>,
    /// Every other source by name.
    pub others: BTreeMap<String, Table>,
    /// Every fault found in rows, whatever `on_error` says: whether to refuse is the caller's decision.
    pub rejected: Vec<Rejected>,
    pub sources: Vec<SourceRead>,
}

/// How far the reading of a source is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadProgress {
    pub source: String,
    pub bytes: u64,
    pub total: u64,
}

/// Reads all sources of the document, files relative to `base`.
///
/// Faults of single rows are in [`Snapshot::rejected`], all of them, whatever `on_error` says; an error is what leaves no
/// table to work with.
pub async fn read_snapshot(
    document: &Document,
    base: &Path,
    progress: &(dyn Fn(ReadProgress) + Sync),
) -> Result<Snapshot, DataError> {
    let _ = (document, base, progress);
    unimplemented!("the next commit")
}
