//! Rows left out, and the file that lists them.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{DataError, Fault};

/// A cell (or a whole row) that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    pub source: String,
    /// File as found; empty for a query's result.
    pub file: String,
    /// Row of the file as a spreadsheet counts: the header is row 1, blank rows count.
    pub row: u64,
    /// Empty where the whole row is at fault.
    pub column: String,
    /// The cell as written, shortened to 80 characters.
    pub value: String,
    pub reason: String,
}

/// Writes `source,file,row,column,value,reason` as CSV, under a temporary name first, so that no half of a file is left.
pub fn write_rejected(path: &Path, rejected: &[Rejected]) -> Result<(), DataError> {
    let fault = |error: &dyn std::fmt::Display| {
        DataError::Write(Box::new(
            Fault::new(format!("cannot be written: {error}"))
                .file(&path.display().to_string())
                .remedy("check that the folder is there and may be written to"),
        ))
    };
    write_whole(path, |file| {
        let mut writer = csv::Writer::from_writer(file);
        if rejected.is_empty() {
            writer.write_record(["source", "file", "row", "column", "value", "reason"])?;
        }
        for one in rejected {
            writer.serialize(one)?;
        }
        writer.flush()?;
        Ok(())
    })
    .map_err(|error| fault(&error))
}

/// Lets `write` fill a temporary file beside `path`, and renames it when all is well.
pub(crate) fn write_whole(
    path: &Path,
    write: impl FnOnce(&std::fs::File) -> Result<(), Box<dyn std::error::Error>>,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut name = path.file_name().ok_or("not the name of a file")?.to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let temporary = path.with_file_name(name);
    let written = (|| {
        let file = std::fs::File::create(&temporary)?;
        write(&file)?;
        file.sync_all()?;
        std::fs::rename(&temporary, path)?;
        Ok(())
    })();
    if written.is_err() {
        let _ = std::fs::remove_file(&temporary);
    }
    written
}

/// A cell's text for a message: at most 80 characters, control characters shown.
pub(crate) fn shorten(value: &str) -> String {
    let mut text: String = value.chars().take(80).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if value.chars().nth(80).is_some() {
        text.push('…');
    }
    text
}
