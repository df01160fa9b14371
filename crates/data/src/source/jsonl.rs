//! JSON lines to cells: one object a line, columns in the order of first mention, nested values as their JSON text.

use datafusion::arrow::array::StringViewArray;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::raw::{Cells, Raw};
use super::text::Decoded;
use crate::error::{DataError, Fault};

/// Longest line, in bytes.
const LINE: usize = 16 << 20;

#[derive(Default)]
struct Column {
    cells: Vec<Option<String>>,
    texts: bool,
    others: bool,
}

pub(crate) fn read(decoded: Decoded, file: &str) -> Result<Raw, DataError> {
    let Decoded { text, encoding, broken } = decoded;
    let mut raw = Raw { encoding, ..Raw::default() };
    let mut index: FxHashMap<String, usize> = FxHashMap::default();
    let mut columns: Vec<Column> = Vec::new();
    let mut broken = broken.into_iter().peekable();
    let mut at = 0;
    let mut seen = false;
    for (row, line) in text.split_inclusive('\n').enumerate() {
        let row = row as u64 + 1;
        at += line.len();
        let mut wrong_bytes = false;
        while broken.next_if(|&place| place < at).is_some() {
            wrong_bytes = true;
        }
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        if !seen && line.starts_with('[') {
            return Err(DataError::Unreadable(Box::new(
                Fault::new("this is one JSON list, not one object a line")
                    .file(file)
                    .row(row)
                    .remedy("write each object on a line of its own, as jq -c '.[]' does"),
            )));
        }
        seen = true;
        if wrong_bytes {
            raw.reject_row(row, line, format!("holds bytes that are no {encoding} (shown as \u{fffd})"));
            continue;
        }
        if line.len() > LINE {
            raw.reject_row(row, &line[..line.floor_char_boundary(400)], format!("is longer than {} MiB", LINE >> 20));
            continue;
        }
        let object = match serde_json::from_str::<Map<String, Value>>(line) {
            Ok(object) => object,
            Err(error) => {
                let text = error.to_string();
                let why = text.split(" at line ").next().unwrap_or_default();
                if why.starts_with("invalid type") {
                    raw.reject_row(row, line, "is JSON, but no object in braces");
                } else {
                    raw.reject_row(row, line, format!("is not JSON: {why} (character {})", error.column()));
                }
                continue;
            }
        };
        let done = raw.rows.len();
        for (name, value) in object {
            let (text, is_text) = match value {
                Value::Null => continue,
                Value::String(text) if text.is_empty() => continue,
                Value::String(text) => (text, true),
                other => (other.to_string(), false),
            };
            let place = *index.entry(name).or_insert_with_key(|name| {
                raw.names.push(name.clone());
                columns.push(Column::default());
                columns.len() - 1
            });
            let column = &mut columns[place];
            column.cells.resize(done, None);
            column.cells.push(Some(text));
            column.texts |= is_text;
            column.others |= !is_text;
        }
        raw.rows.push(u32::try_from(row).unwrap_or(u32::MAX));
    }
    if !seen {
        let fault = Fault::new("the file is empty").file(file);
        return Err(DataError::Empty(Box::new(fault.remedy("each line must be a JSON object"))));
    }
    let rows = raw.rows.len();
    raw.columns = columns
        .into_iter()
        .map(|mut column| {
            column.cells.resize(rows, None);
            let cells = StringViewArray::from_iter(column.cells);
            if column.texts { Cells::Texts(cells) } else { Cells::Written(cells) }
        })
        .collect();
    raw.files = vec![(file.to_owned(), rows)];
    Ok(raw)
}
