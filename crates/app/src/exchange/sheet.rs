//! Tables of texts on their way out and in: as CSV files or as one workbook, with spreadsheet formulas made harmless.
//!
//! A cell that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab or a line end; OWASP, CSV
//! injection) gets an apostrophe in front in CSV files; reading takes it away again. Numbers and telephone numbers are
//! left alone. In workbooks every cell is written as text, which no program computes.

use std::path::Path;

use bailiwick_data::{DataError, Rejected, Texts, read_texts};
use bailiwick_domain::text;
use rust_xlsxwriter::Workbook;

use crate::error::AppError;

/// A table: its name, the names of its columns, its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub name: &'static str,
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

/// The file of a workbook.
pub const WORKBOOK: &str = "bailiwick.xlsx";

/// Columns that a sheet of a workbook may have, and rows besides the header.
const MOST_ROWS: usize = 1_048_575;

/// Whether a spreadsheet may take it for a formula.
fn is_live(cell: &str) -> bool {
    let harmless = || cell.parse::<f64>().is_ok_and(f64::is_finite) || text::phone(cell).is_ok();
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) && !harmless()
}

/// A cell for CSV: what could be a formula gets an apostrophe in front, and so does what looks as if it had got one.
#[must_use]
pub fn defuse(cell: &str) -> String {
    if is_live(cell.trim_start_matches('\'')) { format!("'{cell}") } else { cell.to_owned() }
}

/// The cell again.
#[must_use]
pub fn undefuse(cell: &str) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if is_live(rest.trim_start_matches('\'')) => rest.to_owned(),
        _ => cell.to_owned(),
    }
}

/// One table as CSV.
pub fn csv(sheet: &Sheet) -> Result<Vec<u8>, AppError> {
    let told = |error: &dyn std::fmt::Display| AppError::Usage {
        message: format!("the file {} cannot be made: {error}", sheet.name),
        remedy: String::from("export another form"),
    };
    let mut writer = csv::Writer::from_writer(vec![]);
    for row in std::iter::once(&sheet.header).chain(&sheet.rows) {
        writer.write_record(row.iter().map(|cell| defuse(cell))).map_err(|error| told(&error))?;
    }
    writer.into_inner().map_err(|error| told(&error))
}

/// All tables as one workbook, a sheet each; every cell a text.
pub fn workbook(sheets: &[Sheet]) -> Result<Vec<u8>, AppError> {
    let told = |error: rust_xlsxwriter::XlsxError| AppError::Usage {
        message: format!("the workbook cannot be made: {error}"),
        remedy: String::from("export CSV instead: a workbook holds a million rows and 32,767 characters a cell"),
    };
    let mut book = Workbook::new();
    for sheet in sheets {
        if sheet.rows.len() > MOST_ROWS {
            return Err(told(rust_xlsxwriter::XlsxError::RowColumnLimitError));
        }
        let page = book.add_worksheet();
        page.set_name(sheet.name).map_err(told)?;
        for (row, cells) in (0..).zip(std::iter::once(&sheet.header).chain(&sheet.rows)) {
            for (column, cell) in (0..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                page.write_string(row, column, cell).map_err(told)?;
            }
        }
    }
    book.save_to_buffer().map_err(told)
}

/// A table that was read, or nothing where there is no such file.
pub struct Read {
    pub name: &'static str,
    texts: Texts,
    defused: bool,
}

impl Read {
    /// `NAME.csv` in a folder, or the sheet of this name in its workbook.
    pub fn open(dir: &Path, name: &'static str, as_workbook: bool) -> Result<Option<Read>, AppError> {
        let file = if as_workbook { WORKBOOK.to_owned() } else { format!("{name}.csv") };
        if !dir.join(&file).exists() {
            return Ok(None);
        }
        match read_texts(dir, &file, as_workbook.then_some(name)) {
            Ok(texts) => Ok(Some(Read { name, texts, defused: !as_workbook })),
            // A sheet without rows, or none of that name.
            Err(DataError::Empty(_)) => Ok(None),
            Err(DataError::Unreadable(fault)) if as_workbook && fault.to_string().contains("has no sheet") => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Names of the columns.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.texts.names.iter().map(|name| if self.defused { undefuse(name) } else { name.clone() })
    }

    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        (0..self.texts.rows.len()).map(|index| Row { of: self, index })
    }

    /// Rows that could not be read at all.
    pub fn unreadable(&self) -> &[Rejected] {
        &self.texts.rejected
    }
}

/// One row.
#[derive(Clone, Copy)]
pub struct Row<'a> {
    of: &'a Read,
    index: usize,
}

impl Row<'_> {
    /// The text of a column; empty where there is none.
    pub fn get(&self, column: &str) -> String {
        let place = self.of.names().position(|name| name == column);
        place.map(|place| self.cell(place)).unwrap_or_default()
    }

    pub fn cell(&self, place: usize) -> String {
        let cells = &self.of.texts.rows[self.index].1;
        let cell = cells.get(place).map(|cell| cell.trim()).unwrap_or_default();
        if self.of.defused { undefuse(cell) } else { cell.to_owned() }
    }

    pub fn filled(&self, column: &str) -> Option<String> {
        Some(self.get(column)).filter(|text| !text.is_empty())
    }

    /// The row cannot be used.
    pub fn rejected(&self, column: &str, reason: impl std::fmt::Display) -> Rejected {
        Rejected {
            source: self.of.name.to_owned(),
            file: format!("{}.csv", self.of.name),
            row: self.of.texts.rows[self.index].0,
            column: column.to_owned(),
            value: defuse(&self.get(column).chars().take(80).collect::<String>()),
            reason: reason.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn formulas_are_made_harmless() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("-2+3+cmd", "'-2+3+cmd"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("-12.5", "-12.5"),
            ("+359 2 123 4567", "+359 2 123 4567"),
            ("O'Neill", "O'Neill"),
            ("'=1", "''=1"),
        ] {
            assert_eq!(defuse(cell), expected);
            assert_eq!(undefuse(expected), cell);
        }
    }

    proptest! {
        #[test]
        fn what_was_made_harmless_comes_back(cell in "['=+@\\-\ta-z0-9]{0,8}") {
            let out = defuse(&cell);
            prop_assert!(!is_live(&out));
            prop_assert_eq!(undefuse(&out), cell);
        }

        #[test]
        fn no_cell_of_a_workbook_is_a_formula(cell in "[=+@\\-]{1}[A-Z0-9(),!]{0,12}") {
            let sheet = Sheet { name: "Account", header: vec!["Name".into()], rows: vec![vec![cell.clone()]] };
            let folder = tempfile::tempdir().expect("a folder");
            std::fs::write(folder.path().join(WORKBOOK), workbook(&[sheet]).expect("a workbook")).expect("written");
            let read = Read::open(folder.path(), "Account", true).expect("readable").expect("there");
            prop_assert_eq!(read.rows().next().expect("a row").get("Name"), cell.trim());
        }
    }
}
