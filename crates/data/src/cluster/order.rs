//! What a task of a cluster is told to do, and the source it is about.

use std::path::PathBuf;

use bailiwick_domain::policy::document::{ColumnType, Format, OnError, Source, Text};
use serde::{Deserialize, Serialize};

use crate::rejected::Rejected;
use crate::source::load::Groups;
use crate::source::locate::Found;
use crate::source::shape::{Look, Reading};

/// The version that all of a cluster must have: of this program, whose code reads and evaluates, and of Ballista.
pub(super) fn version() -> String {
    format!("{} with Ballista {}", env!("CARGO_PKG_VERSION"), ballista_core::BALLISTA_VERSION)
}

/// One order; a task has one or several.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) enum Order {
    /// Answer, to show that tasks are done at all.
    Greet,
    /// Look at a whole file, so that it can be decided what its columns are.
    Look { file: File, source: Described },
    /// Read a part of a source.
    Read { part: u32, file: File, groups: Option<Groups>, source: Described, reading: Reading },
}

/// A file: where it is, the same on every machine, and what it is called.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct File {
    path: PathBuf,
    name: String,
}

impl File {
    pub fn of(found: &Found) -> File {
        let path = std::path::absolute(&found.path).unwrap_or_else(|_| found.path.clone());
        File { path, name: found.name.clone() }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn found(&self) -> Found {
        Found { path: self.path.clone(), name: self.name.clone() }
    }
}

/// What was seen of a file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Seen {
    pub names: Vec<String>,
    pub looks: Vec<Look>,
    pub rows: usize,
    pub rejected: Vec<Rejected>,
    pub refused: u64,
    pub encoding: String,
    pub delimiter: Option<char>,
    pub digest: String,
    /// Rows of each row group of a Parquet file.
    pub groups: Vec<usize>,
}

/// A source as the policy describes it, on its way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Described {
    /// The source whose fixed columns it has.
    pub meaning: String,
    format: Option<Format>,
    delimiter: Option<char>,
    encoding: Option<Placed>,
    decimal: Option<char>,
    columns: Vec<(Placed, Placed)>,
    types: Vec<(Placed, ColumnType)>,
    date_format: Option<String>,
    on_error: OnError,
    max_bytes: Option<u64>,
}

/// A text with its place in the policy.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Placed {
    text: String,
    start: usize,
    end: usize,
}

impl Placed {
    fn of(text: &Text) -> Placed {
        Placed { text: text.get_ref().clone(), start: text.span().start, end: text.span().end }
    }

    fn text(&self) -> Text {
        Text::new(self.start..self.end, self.text.clone())
    }
}

impl Described {
    pub fn of(meaning: &str, source: &Source) -> Described {
        Described {
            meaning: meaning.to_owned(),
            format: source.format,
            delimiter: source.delimiter,
            encoding: source.encoding.as_ref().map(Placed::of),
            decimal: source.decimal,
            columns: source.columns.iter().map(|(ours, theirs)| (Placed::of(ours), Placed::of(theirs))).collect(),
            types: source.types.iter().map(|(name, kind)| (Placed::of(name), *kind)).collect(),
            date_format: source.date_format.clone(),
            on_error: source.on_error,
            max_bytes: source.max_bytes,
        }
    }

    pub fn source(&self) -> Source {
        Source {
            format: self.format,
            delimiter: self.delimiter,
            encoding: self.encoding.as_ref().map(Placed::text),
            decimal: self.decimal,
            columns: self.columns.iter().map(|(ours, theirs)| (ours.text(), theirs.text())).collect(),
            types: self.types.iter().map(|(name, kind)| (name.text(), *kind)).collect(),
            date_format: self.date_format.clone(),
            on_error: self.on_error,
            max_bytes: self.max_bytes,
            ..Source::default()
        }
    }
}
