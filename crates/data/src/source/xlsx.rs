//! A sheet of a workbook to cells. The first row that holds anything is the header.
//!
//! Cells are read as a stream, not as a rectangle: one cell in the last corner of a sheet would make that 17 billion.

use std::collections::BTreeMap;
use std::io::Cursor;

use calamine::{DataRef, Reader, Xlsx};
use datafusion::arrow::array::StringViewArray;

use super::bytes::{Bound, check_zip};
use super::raw::{Cells, Raw};
use crate::error::{DataError, Fault};
use crate::nearest::{list, nearest};

pub(crate) fn read(bytes: Vec<u8>, sheet: Option<&str>, bound: Bound, file: &str) -> Result<Raw, DataError> {
    check_zip(&bytes, file, bound)?;
    let told = |error: &dyn std::fmt::Display| {
        DataError::Unreadable(Box::new(
            Fault::new(format!("not a workbook that can be read: {error}"))
                .file(file)
                .remedy("open it in a spreadsheet program and save it as .xlsx without a password"),
        ))
    };
    let mut workbook = Xlsx::new(Cursor::new(bytes)).map_err(|error| told(&error))?;
    let sheets = workbook.sheet_names();
    let name = match sheet {
        None => sheets.first().cloned().ok_or_else(|| told(&"it holds no sheet"))?,
        Some(wanted) => match sheets.iter().find(|name| *name == wanted) {
            Some(name) => name.clone(),
            None => {
                let near = nearest(wanted, sheets.iter().map(String::as_str), 2);
                let all = list(sheets.iter().map(String::as_str), 20);
                let remedy = match near.as_slice() {
                    [] => format!("the sheets are: {all}"),
                    near => format!("did you mean {}? The sheets are: {all}", near.join(" or ")),
                };
                let fault = Fault::new(format!("the workbook has no sheet \"{wanted}\"")).file(file);
                return Err(DataError::Unreadable(Box::new(fault.remedy(remedy))));
            }
        },
    };
    let mut reader = workbook.worksheet_cells_reader(&name).map_err(|error| told(&error))?;
    let mut raw = Raw { encoding: "", ..Raw::default() };
    let mut header: Option<(u32, BTreeMap<u32, String>)> = None;
    // Column of the sheet to its cells; rows in order, since a sheet's rows are.
    let mut columns: BTreeMap<u32, Vec<Option<String>>> = BTreeMap::new();
    // Row with a cell like #N/A to the first such cell.
    let mut errors: BTreeMap<u32, (u32, String)> = BTreeMap::new();
    while let Some(cell) = reader.next_cell().map_err(|error| told(&error))? {
        let (row, column) = cell.get_position();
        let text = match cell.get_value() {
            DataRef::Empty => continue,
            DataRef::Error(error) => {
                if header.as_ref().is_some_and(|(top, _)| row > *top) {
                    errors.entry(row + 1).or_insert((column, error.to_string()));
                }
                continue;
            }
            value => text_of(value),
        };
        if text.is_empty() {
            continue;
        }
        let (top, names) = header.get_or_insert_with(|| (row, BTreeMap::new()));
        if row == *top {
            names.insert(column, text);
            continue;
        }
        let number = row + 1;
        if raw.rows.last() != Some(&number) {
            raw.rows.push(number);
        }
        let done = raw.rows.len() - 1;
        let cells = columns.entry(column).or_default();
        cells.resize(done, None);
        cells.push(Some(text));
    }
    let Some((_, names)) = header else {
        let fault = Fault::new(format!("the sheet \"{name}\" is empty")).file(file);
        return Err(DataError::Empty(Box::new(
            fault.remedy("name another sheet, or put the names of the columns in its first row"),
        )));
    };
    let rows = raw.rows.len();
    let mut positions: Vec<u32> = names.keys().chain(columns.keys()).copied().collect();
    positions.sort_unstable();
    positions.dedup();
    raw.name_columns(positions.iter().map(|at| names.get(at).cloned().unwrap_or_default()).collect(), file)?;
    raw.columns = positions
        .iter()
        .map(|at| {
            let mut cells = columns.remove(at).unwrap_or_default();
            cells.resize(rows, None);
            Cells::Written(StringViewArray::from_iter(cells))
        })
        .collect();
    for (number, (column, text)) in &errors {
        let column = positions.iter().position(|at| at == column).and_then(|at| raw.names.get(at)).cloned();
        raw.reject_row(u64::from(*number), text, "the cell holds an error of the spreadsheet");
        if let (Some(rejected), Some(column)) = (raw.rejected.last_mut(), column) {
            rejected.column = column;
        }
    }
    if !errors.is_empty() {
        let keep: Vec<bool> = raw.rows.iter().map(|number| !errors.contains_key(number)).collect();
        for column in &mut raw.columns {
            if let Cells::Written(cells) = column {
                *cells = cells.iter().zip(&keep).filter(|(_, keep)| **keep).map(|(cell, _)| cell).collect();
            }
        }
        raw.rows.retain(|number| !errors.contains_key(number));
    }
    raw.files = vec![(file.to_owned(), raw.rows.len())];
    Ok(raw)
}

fn text_of(value: &DataRef) -> String {
    match value {
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number.to_string(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Bool(truth) => truth.to_string(),
        DataRef::DateTime(time) if time.is_datetime() => match time.as_datetime() {
            Some(time) => time.to_string().trim_end_matches(" 00:00:00").to_owned(),
            None => time.as_f64().to_string(),
        },
        DataRef::DateTime(time) => time.as_f64().to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::Error(_) | DataRef::Empty => String::new(),
    }
}
