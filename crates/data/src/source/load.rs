//! The files of a source to cells, whatever their format.

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use bailiwick_domain::policy::document::{Format, Source};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::bytes::{Bound, digest_file, hexadecimal, open, read_file, unpack};
use super::locate::{Found, locate};
use super::raw::{Cells, Raw};
use super::{csv, jsonl, text, xlsx};
use crate::error::{DataError, Fault};
use crate::table::{Table, read_parquet};

/// Files of a source as cells, and facts for the record.
pub(crate) struct Files {
    pub raw: Raw,
    pub names: Vec<String>,
    pub format: Format,
    pub bytes: u64,
    /// In hexadecimal.
    pub digest: String,
}

/// Reads all files that `pattern` names. `told` is called with bytes done and bytes in all.
pub(crate) fn read_files(
    pattern: &str,
    source: &Source,
    base: &Path,
    told: &dyn Fn(u64, u64),
) -> Result<Files, DataError> {
    let (found, bytes) = find(pattern, base)?;
    stated_encoding(source)?;
    let mut files = Files { raw: Raw::default(), names: Vec::new(), format: Format::Csv, bytes, digest: String::new() };
    let mut digests = Vec::new();
    let mut done = 0;
    told(0, bytes);
    for one in &found {
        files.format = format_of(one, source)?;
        let mut seen = |more: u64| {
            done += more;
            told(done, bytes);
        };
        let (raw, digest) = read_one(one, source, &mut seen)?;
        files.raw.append(raw)?;
        files.names.push(one.name.clone());
        digests.push(digest);
    }
    files.digest = digest_of(&digests);
    Ok(files)
}

/// The files of a pattern, and their bytes as they lie on disk.
pub(crate) fn find(pattern: &str, base: &Path) -> Result<(Vec<Found>, u64), DataError> {
    let found = locate(pattern, base)?;
    let mut bytes = 0;
    for one in &found {
        bytes += open(one)?.1;
    }
    Ok((found, bytes))
}

/// Digest of several files by those of each; that of one file is its own.
pub(crate) fn digest_of(digests: &[String]) -> String {
    match digests {
        [one] => one.clone(),
        several => {
            let mut digest = Sha256::new();
            several.iter().for_each(|one| digest.update(one));
            hexadecimal(digest)
        }
    }
}

/// Reads a whole file, and digests its bytes.
pub(crate) fn read_one(found: &Found, source: &Source, seen: &mut dyn FnMut(u64)) -> Result<(Raw, String), DataError> {
    let bound = Bound::new(source.max_bytes);
    let mut digest = Sha256::new();
    let format = format_of(found, source)?;
    let mut raw = if format == Format::Parquet {
        digest_file(found, &mut digest, seen)?;
        read_groups(found, source, None)?
    } else {
        let bytes = read_file(found, bound, &mut digest, seen)?;
        read_bytes(bytes, found, format, source, stated_encoding(source)?, bound)?
    };
    for rejected in &mut raw.rejected {
        rejected.file.clone_from(&found.name);
    }
    Ok((raw, hexadecimal(digest)))
}

pub(crate) fn stated_encoding(source: &Source) -> Result<Option<&'static encoding_rs::Encoding>, DataError> {
    let Some(label) = &source.encoding else { return Ok(None) };
    let encoding = text::encoding_of(label.get_ref()).map_err(|remedy| {
        let fault = Fault::new(format!("\"{}\" is no known encoding", label.get_ref()));
        DataError::Encoding(Box::new(fault.span(label.span()).remedy(remedy)))
    });
    encoding.map(Some)
}

/// The format that the source states, or the file's name tells.
pub(crate) fn format_of(found: &Found, source: &Source) -> Result<Format, DataError> {
    source.format.map_or_else(|| format_by_name(found), Ok)
}

fn format_by_name(found: &Found) -> Result<Format, DataError> {
    let lower = found.name.to_lowercase();
    let plain = lower.strip_suffix(".gz").unwrap_or(&lower);
    let ending = plain.rsplit_once('.').map_or("", |(_, ending)| ending);
    Ok(match ending {
        "csv" | "tsv" | "txt" | "tab" => Format::Csv,
        "parquet" | "pq" => Format::Parquet,
        "jsonl" | "ndjson" | "json" => Format::Jsonl,
        "xlsx" | "xlsm" => Format::Xlsx,
        "xls" | "xlsb" | "ods" => {
            let fault = Fault::new(format!("workbooks of the form .{ending} are not read")).file(&found.name);
            return Err(DataError::Unreadable(Box::new(fault.remedy("save it as .xlsx"))));
        }
        _ => {
            let fault = Fault::new("the name does not tell the format").file(&found.name);
            let remedy = "write format = \"csv\", \"parquet\", \"jsonl\" or \"xlsx\"";
            return Err(DataError::Unreadable(Box::new(fault.remedy(remedy))));
        }
    })
}

fn read_bytes(
    bytes: Vec<u8>,
    found: &Found,
    format: Format,
    source: &Source,
    stated: Option<&'static encoding_rs::Encoding>,
    bound: Bound,
) -> Result<Raw, DataError> {
    let name = &found.name;
    if bytes.is_empty() {
        let fault = Fault::new("the file is empty").file(name);
        return Err(DataError::Empty(Box::new(
            fault.remedy("export it again, with the names of the columns in its first row"),
        )));
    }
    if format == Format::Xlsx {
        return xlsx::read(bytes, source.sheet.as_deref(), bound, name);
    }
    let bytes = unpack(bytes, name, bound)?;
    let other = match bytes.get(..4) {
        Some(b"PK\x03\x04") => Some(("a workbook or another zip archive", "xlsx")),
        Some(b"PAR1") => Some(("a Parquet file", "parquet")),
        Some(b"\xd0\xcf\x11\xe0") => Some(("an old workbook (.xls): save it as .xlsx", "xlsx")),
        _ => None,
    };
    if let Some((what, format)) = other {
        let fault = Fault::new(format!("this is {what}, not text")).file(name);
        return Err(DataError::Unreadable(Box::new(fault.remedy(format!("write format = \"{format}\"")))));
    }
    let decoded = text::decode(bytes, stated);
    match format {
        Format::Jsonl => jsonl::read(decoded, name),
        _ => csv::read(decoded, source.delimiter, name),
    }
}

/// Row groups of a Parquet file that stand side by side, and the rows before them.
#[cfg_attr(not(feature = "ballista"), allow(dead_code, reason = "only a cluster reads parts of a file"))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Groups {
    pub range: Range<usize>,
    pub rows_before: u32,
}

/// Reads some row groups of a Parquet file, or all of it.
pub(crate) fn read_groups(found: &Found, source: &Source, groups: Option<&Groups>) -> Result<Raw, DataError> {
    let bound = Bound::new(source.max_bytes);
    let (file, _) = open(found)?;
    let range = groups.map(|groups| groups.range.clone());
    let table = read_parquet(file, Some(bound.max()), range).map_err(|message| {
        if message.is_empty() {
            return bound.refuse(&found.name, None);
        }
        let fault = Fault::new(format!("not a Parquet file that can be read: {message}")).file(&found.name);
        DataError::Unreadable(Box::new(fault.remedy("write the file again")))
    })?;
    let mut raw = raw_of(&table);
    if let Some(groups) = groups {
        raw.rows.iter_mut().for_each(|row| *row += groups.rows_before);
    }
    raw.files = vec![(found.name.clone(), table.len())];
    Ok(raw)
}

/// A table of ours as cells: row numbers count from 2, as if there were a header.
pub(crate) fn raw_of(table: &Table) -> Raw {
    let columns = table.columns();
    let cells =
        columns.iter().filter_map(|column| table.column(&column.name)).map(|array| Cells::Typed(Arc::clone(array)));
    Raw {
        columns: cells.collect(),
        names: columns.into_iter().map(|column| column.name).collect(),
        rows: (2..table.len() as u32 + 2).collect(),
        files: vec![(String::new(), table.len())],
        ..Raw::default()
    }
}
