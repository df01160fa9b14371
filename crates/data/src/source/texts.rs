//! A file as it is written: names of columns and texts, for layouts that say themselves what their columns mean.

use std::path::Path;

use bailiwick_domain::policy::document::Source;
use datafusion::arrow::array::{Array, StringViewArray};

use super::load::read_files;
use super::raw::Cells;
use crate::error::DataError;
use crate::rejected::Rejected;
use crate::table::texts_of;

/// Rows of texts; a cell that holds nothing is empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Texts {
    pub names: Vec<String>,
    /// With the row's number in the file, as a spreadsheet counts.
    pub rows: Vec<(u64, Vec<String>)>,
    /// Rows that are none.
    pub rejected: Vec<Rejected>,
}

/// Reads a CSV file or a sheet of a workbook in a folder, in whatever encoding and dialect; what unpacks to too much is
/// refused.
///
/// # Errors
/// What is wrong with the file.
pub fn read_texts(folder: &Path, file: &str, sheet: Option<&str>) -> Result<Texts, DataError> {
    let source = Source { sheet: sheet.map(str::to_owned), ..Source::default() };
    let raw = read_files(file, &source, folder, &|_, _| ())?.raw;
    let columns: Vec<StringViewArray> = raw
        .columns
        .iter()
        .map(|cells| match cells {
            Cells::Written(texts) | Cells::Texts(texts) => texts.clone(),
            Cells::Typed(array) => texts_of(array).into_iter().collect(),
        })
        .collect();
    let rows = raw.rows.iter().enumerate().map(|(row, number)| {
        let cell =
            |column: &StringViewArray| if column.is_valid(row) { column.value(row).to_owned() } else { String::new() };
        (u64::from(*number), columns.iter().map(cell).collect())
    });
    let rows = rows.collect();
    let rejected = raw.rejected.into_iter().map(|one| Rejected { source: file.to_owned(), ..one }).collect();
    Ok(Texts { names: raw.names, rows, rejected })
}
