//! All sources of a policy, read and checked.

use std::collections::BTreeMap;
use std::path::Path;

use bailiwick_domain::policy::document::{Document, Format, OnError, Source, Text};
use sha2::{Digest, Sha256};

use crate::cluster::Elsewhere;
use crate::error::{DataError, Fault};
use crate::rejected::Rejected;
use crate::source::bytes::hexadecimal;
use crate::source::load::{Files, raw_of, read_files};
use crate::source::shape::{Loaded, make_table};
use crate::source::sql;
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
    /// SHA-256 of the file's bytes, in hexadecimal; of several files, that of their digests one after the other.
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
    /// Sources of files that were read here, although a cluster was to read them: workbooks, and tables of which no part
    /// can be made without the rest.
    pub read_here: Vec<String>,
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
    read_snapshot_on(None, document, base, progress).await
}

/// [`read_snapshot`] with the files read on a cluster, and expressions over accounts evaluated there. The snapshot is the
/// same, but that sources which are read here all the same are named.
pub async fn read_snapshot_on(
    elsewhere: Option<Elsewhere<'_>>,
    document: &Document,
    base: &Path,
    progress: &(dyn Fn(ReadProgress) + Sync),
) -> Result<Snapshot, DataError> {
    for needed in ["accounts", "employees"] {
        if !document.sources.keys().any(|name| name.get_ref() == needed) {
            let fault = Fault::new(format!("the policy has no source {needed}"));
            let remedy = format!("write [sources.{needed}] with file = \"{needed}.csv\"");
            return Err(DataError::Source(Box::new(fault.remedy(remedy))));
        }
    }
    let mut work = Work { elsewhere, document, base, progress, done: BTreeMap::new(), here: Vec::new() };
    for name in order_of(document)? {
        work.read(&name).await?;
    }
    Ok(work.snapshot())
}

/// Sources with those first that others read.
fn order_of(document: &Document) -> Result<Vec<String>, DataError> {
    let known: Vec<&str> = document.sources.keys().map(|name| name.get_ref().as_str()).collect();
    let mut reads: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for (name, source) in &document.sources {
        if let (Some(sql), None) = (&source.sql, &source.file) {
            let query = sql::parse(sql.get_ref(), &known)
                .map_err(|fault| DataError::Sql(Box::new(fault.of(name.get_ref()).span(sql.span()))))?;
            reads.insert(name.get_ref(), query.sources);
        }
    }
    let mut order: Vec<String> = Vec::new();
    let mut path: Vec<&str> = Vec::new();
    for name in &known {
        visit(name, &reads, &mut path, &mut order).map_err(|loop_| {
            let source = document.sources.iter().find(|(name, _)| *name.get_ref() == loop_[0]);
            let fault = Fault::new(format!("the queries read each other in a loop: {}", loop_.join(" → ")));
            let fault = fault.of(&loop_[0]).remedy("let one of them read a file instead");
            let span = source.and_then(|(_, source)| source.sql.as_ref()).map(|sql| sql.span());
            DataError::Sql(Box::new(match span {
                Some(span) => fault.span(span),
                None => fault,
            }))
        })?;
    }
    Ok(order)
}

fn visit<'a>(
    name: &'a str,
    reads: &'a BTreeMap<&str, Vec<String>>,
    path: &mut Vec<&'a str>,
    order: &mut Vec<String>,
) -> Result<(), Vec<String>> {
    if order.iter().any(|done| done == name) {
        return Ok(());
    }
    if let Some(begin) = path.iter().position(|other| *other == name) {
        return Err(path[begin..].iter().chain([&name]).map(|name| (*name).to_owned()).collect());
    }
    path.push(name);
    for other in reads.get(name).map_or(&[][..], Vec::as_slice) {
        visit(other, reads, path, order)?;
    }
    path.pop();
    order.push(name.to_owned());
    Ok(())
}

/// Sources read so far.
struct Work<'a> {
    elsewhere: Option<Elsewhere<'a>>,
    document: &'a Document,
    base: &'a Path,
    progress: &'a (dyn Fn(ReadProgress) + Sync),
    done: BTreeMap<String, (Loaded, SourceRead)>,
    here: Vec<String>,
}

impl Work<'_> {
    async fn read(&mut self, name: &str) -> Result<(), DataError> {
        let Some((key, source)) = self.document.sources.iter().find(|(key, _)| key.get_ref() == name) else {
            return Ok(());
        };
        let of_source = |fault: Fault| if fault.source.is_empty() { fault.of(name) } else { fault };
        let (loaded, mut read) = match (&source.file, &source.sql) {
            (Some(file), None) => self.read_files(name, source, file).await.map_err(|error| {
                let of_policy = matches!(error, DataError::File(_));
                error.map_fault(&|fault| {
                    let fault = of_source(fault);
                    if of_policy && fault.span.is_none() { fault.span(file.span()) } else { fault }
                })
            })?,
            (None, Some(text)) => self.read_query(name, source, text).await.map_err(|error| {
                error.map_fault(&|fault| {
                    let fault = of_source(fault);
                    if fault.span.is_none() { fault.span(text.span()) } else { fault }
                })
            })?,
            (Some(_), Some(_)) => return Err(wrong_source(name, key, "names both a file and a query")),
            (None, None) => return Err(wrong_source(name, key, "names neither a file nor a query")),
        };
        read.rows = loaded.table.len() as u64;
        read.rejected = loaded.rejected_rows;
        read.decimal = loaded.decimal;
        if name == "accounts" && loaded.table.is_empty() && (read.rejected == 0 || source.on_error == OnError::Skip) {
            let fault = match loaded.rejected.first() {
                None => Fault::new("there are no accounts, only the names of columns")
                    .remedy("fill the file, or name the right one"),
                Some(first) => {
                    Fault::new(format!("every row is left out; the first because {} {}", first.column, first.reason))
                        .remedy("correct the file, or the columns of the source")
                }
            };
            let fault = read.files.first().map_or(fault.clone(), |file| fault.file(file));
            return Err(DataError::Empty(Box::new(fault.of(name))));
        }
        self.done.insert(name.to_owned(), (loaded, read));
        Ok(())
    }

    fn files(&self, name: &str, pattern: &str, source: &Source) -> Result<Files, DataError> {
        let told = |bytes, total| (self.progress)(ReadProgress { source: name.to_owned(), bytes, total });
        read_files(pattern, source, self.base, &told)
    }

    async fn read_files(
        &mut self,
        name: &str,
        source: &Source,
        file: &Text,
    ) -> Result<(Loaded, SourceRead), DataError> {
        if let Some(elsewhere) = self.elsewhere {
            if let Some(read) = self.read_there(elsewhere, name, source, file).await? {
                return Ok(read);
            }
            self.here.push(name.to_owned());
        }
        let mut files = self.files(name, file.get_ref(), source)?;
        let raw = std::mem::take(&mut files.raw);
        let read = SourceRead { encoding: raw.encoding.to_owned(), delimiter: raw.delimiter, ..read_of(name, files) };
        Ok((make_table(name, name, source, raw)?, read))
    }

    #[cfg(feature = "ballista")]
    async fn read_there(
        &self,
        Elsewhere { cluster, asked }: Elsewhere<'_>,
        name: &str,
        source: &Source,
        file: &Text,
    ) -> Result<Option<(Loaded, SourceRead)>, DataError> {
        let told = |bytes, total| (self.progress)(ReadProgress { source: name.to_owned(), bytes, total });
        let asked = if name == "accounts" { asked } else { &[] };
        let read = crate::cluster::read_source(cluster, (name, source), file.get_ref(), self.base, asked, &told);
        Ok(read.await?.map(|read| {
            let raw = &read.files.raw;
            let (encoding, delimiter) = (raw.encoding.to_owned(), raw.delimiter);
            (read.loaded, SourceRead { encoding, delimiter, ..read_of(name, read.files) })
        }))
    }

    #[cfg(not(feature = "ballista"))]
    async fn read_there(
        &self,
        Elsewhere { cluster, .. }: Elsewhere<'_>,
        _: &str,
        _: &Source,
        _: &Text,
    ) -> Result<Option<(Loaded, SourceRead)>, DataError> {
        match *cluster {}
    }

    async fn read_query(&self, name: &str, source: &Source, text: &Text) -> Result<(Loaded, SourceRead), DataError> {
        let known: Vec<&str> = self.document.sources.keys().map(|name| name.get_ref().as_str()).collect();
        let query = sql::parse(text.get_ref(), &known).map_err(DataError::Sql)?;
        let mut digest = Sha256::new();
        digest.update(text.get_ref());
        let mut read = SourceRead {
            name: name.to_owned(),
            files: Vec::new(),
            rows: 0,
            rejected: 0,
            format: None,
            encoding: String::new(),
            delimiter: None,
            decimal: None,
            bytes: 0,
            digest: String::new(),
        };
        let mut tables = Vec::new();
        for other in &query.sources {
            if let Some((loaded, read)) = self.done.get(other) {
                digest.update(&read.digest);
                tables.push((other.clone(), loaded.table.clone()));
            }
        }
        let mut rejected = Vec::new();
        let mut rejected_rows = 0;
        for path in &query.files {
            let plain = Source { columns: Default::default(), types: Default::default(), ..source.clone() };
            let files = self.files(name, path, &plain)?;
            digest.update(&files.digest);
            read.bytes += files.bytes;
            read.files.extend(files.names);
            let loaded = make_table(name, "", &plain, files.raw)?;
            rejected.extend(loaded.rejected);
            rejected_rows += loaded.rejected_rows;
            tables.push((path.clone(), loaded.table));
        }
        let table = sql::run(query, tables).await.map_err(DataError::Sql)?;
        let mut loaded = make_table(name, name, source, raw_of(&table))?;
        rejected.append(&mut loaded.rejected);
        loaded.rejected = rejected;
        loaded.rejected_rows += rejected_rows;
        read.digest = hexadecimal(digest);
        Ok((loaded, read))
    }

    fn snapshot(mut self) -> Snapshot {
        let mut rejected = Vec::new();
        let mut sources = Vec::new();
        let read_here = std::mem::take(&mut self.here);
        for name in self.document.sources.keys() {
            if let Some((loaded, read)) = self.done.get_mut(name.get_ref()) {
                rejected.append(&mut loaded.rejected);
                sources.push(read.clone());
            }
        }
        let mut tables: BTreeMap<String, Table> =
            self.done.into_iter().map(|(name, (loaded, _))| (name, loaded.table)).collect();
        let mut take = |name: &str| tables.remove(name);
        let nothing = || Table::of_columns(Vec::new(), 0);
        Snapshot {
            accounts: take("accounts").unwrap_or_else(nothing),
            employees: take("employees").unwrap_or_else(nothing),
            assignments: take("assignments"),
            orders: take("orders"),
            pins: take("pins"),
            others: tables,
            rejected,
            sources,
            read_here,
        }
    }
}

/// The record of a source's files; what their text was like is added by whoever knows.
fn read_of(name: &str, files: Files) -> SourceRead {
    SourceRead {
        name: name.to_owned(),
        files: files.names,
        rows: 0,
        rejected: 0,
        format: Some(files.format),
        encoding: String::new(),
        delimiter: None,
        decimal: None,
        bytes: files.bytes,
        digest: files.digest,
    }
}

fn wrong_source(name: &str, key: &Text, message: &str) -> DataError {
    let fault = Fault::new(message).of(name).span(key.span());
    DataError::Source(Box::new(fault.remedy("write either file = \"…\" or sql = \"SELECT …\"")))
}
