//! What a file gives before its columns have types: names, cells, the row each came from, and rows that are none.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, StringViewArray};
use datafusion::arrow::compute::concat;

use crate::error::{DataError, Fault};
use crate::nearest::list;
use crate::rejected::Rejected;
use crate::table::normalise;

/// Cells of one column.
#[derive(Debug, Clone)]
pub(crate) enum Cells {
    /// As written; the type is to be guessed.
    Written(StringViewArray),
    /// Texts of a format that tells texts from numbers: only dates are guessed.
    Texts(StringViewArray),
    /// Of a type already.
    Typed(ArrayRef),
}

impl Cells {
    pub(crate) fn empty(rows: usize) -> Cells {
        Cells::Written((0..rows).map(|_| None::<&str>).collect())
    }
}

/// Cells of a file, or of several put one after the other.
#[derive(Debug, Default)]
pub(crate) struct Raw {
    pub names: Vec<String>,
    pub columns: Vec<Cells>,
    /// Row of the file for every row of cells.
    pub rows: Vec<u32>,
    /// File (as it is called) and how many of `rows` are its.
    pub files: Vec<(String, usize)>,
    /// Rows without cells, because something is wrong with the whole row. `source` is still empty.
    pub rejected: Vec<Rejected>,
    /// Rows that are wrong as a whole, each counted once.
    pub refused: u64,
    pub encoding: &'static str,
    pub delimiter: Option<char>,
}

impl Raw {
    pub(crate) fn reject_row(&mut self, row: u64, text: &str, reason: impl Into<String>) {
        self.refused += 1;
        self.rejected.push(Rejected {
            source: String::new(),
            file: String::new(),
            row,
            column: String::new(),
            value: crate::rejected::shorten(text),
            reason: reason.into(),
        });
    }

    /// Names that are there twice are an error; those that are missing get one.
    pub(crate) fn name_columns(&mut self, header: Vec<String>, file: &str) -> Result<(), DataError> {
        let mut names: Vec<String> = Vec::with_capacity(header.len());
        for (index, name) in header.into_iter().enumerate() {
            let name = name.trim().to_owned();
            let name = if name.is_empty() { format!("column_{}", index + 1) } else { name };
            if let Some(first) = names.iter().position(|other| *other == name) {
                let message =
                    format!("the header has the name \"{name}\" twice, in columns {} and {}", first + 1, index + 1);
                return Err(DataError::Header(Box::new(
                    Fault::new(message).file(file).row(1).remedy("rename one of them in the file"),
                )));
            }
            names.push(name);
        }
        self.names = names;
        Ok(())
    }

    /// Adds another file's rows; its columns must be the same, in any order.
    pub(crate) fn append(&mut self, other: Raw) -> Result<(), DataError> {
        if self.files.is_empty() {
            *self = other;
            return Ok(());
        }
        let missing = |of: &Raw, from: &Raw| -> Vec<String> {
            of.names.iter().filter(|name| !from.names.contains(name)).cloned().collect()
        };
        let (lacks, adds) = (missing(self, &other), missing(&other, self));
        if !lacks.is_empty() || !adds.is_empty() {
            let first = self.files.first().map_or("", |(file, _)| file.as_str());
            let mut parts = Vec::new();
            if !lacks.is_empty() {
                parts.push(format!("lacks {}", list(lacks.iter().map(String::as_str), 8)));
            }
            if !adds.is_empty() {
                parts.push(format!("adds {}", list(adds.iter().map(String::as_str), 8)));
            }
            let file = other.files.first().map_or("", |(file, _)| file.as_str());
            return Err(DataError::Header(Box::new(
                Fault::new(format!("its columns are not those of {first}: it {}", parts.join(" and "))).file(file).remedy(
                    "make the files alike, or read them as two sources and join them with sql: SELECT … UNION ALL SELECT …",
                ),
            )));
        }
        let mut cells: Vec<Option<Cells>> = other.columns.into_iter().map(Some).collect();
        for (name, column) in self.names.iter().zip(&mut self.columns) {
            let at = other.names.iter().position(|other| other == name);
            let Some(more) = at.and_then(|at| cells[at].take()) else { continue };
            *column = join(column, &more);
        }
        self.rows.extend(other.rows);
        self.files.extend(other.files);
        self.rejected.extend(other.rejected);
        self.refused += other.refused;
        Ok(())
    }

    /// The file a row of cells came from and its number there.
    pub(crate) fn origin(&self, row: usize) -> (&str, u64) {
        let mut start = 0;
        for (file, count) in &self.files {
            if row < start + count {
                return (file, u64::from(self.rows[row]));
            }
            start += count;
        }
        ("", row as u64 + 2)
    }
}

fn join(first: &Cells, second: &Cells) -> Cells {
    let array = |cells: &Cells| -> ArrayRef {
        match cells {
            Cells::Written(texts) | Cells::Texts(texts) => Arc::new(texts.clone()),
            Cells::Typed(array) => normalise(array),
        }
    };
    let (a, b) = (array(first), array(second));
    let texts = |array: &ArrayRef| -> StringViewArray { crate::table::texts_of(array).into_iter().collect() };
    match (first, second) {
        (Cells::Typed(_), Cells::Typed(_)) if a.data_type() == b.data_type() => match concat(&[&a, &b]) {
            Ok(both) => Cells::Typed(both),
            Err(_) => Cells::empty(a.len() + b.len()),
        },
        _ => {
            let both: StringViewArray = texts(&a).iter().chain(texts(&b).iter()).collect();
            match (first, second) {
                (Cells::Texts(_), _) | (_, Cells::Texts(_)) => Cells::Texts(both),
                _ => Cells::Written(both),
            }
        }
    }
}
