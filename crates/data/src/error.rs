//! What can go wrong, and what to do about it: one enum for the crate, one for a text that is no expression.
//!
//! A [`DataError`] stops the reading of a snapshot. Its kind is the variant; its place, text and remedy are the [`Fault`]
//! inside, so that a face prints every kind the same way. Rows that can be left out are no errors but
//! [`Rejected`](crate::Rejected).

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// Place, text and remedy of an error.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Name of the source in the policy, empty where no source is concerned.
    pub source: String,
    /// File as the policy writes it (or as found, with `*`).
    pub file: Option<String>,
    /// Row as a person counts: the header is row 1.
    pub row: Option<u64>,
    pub column: Option<String>,
    /// Bytes of the policy file where the mistake is, when it is the policy's.
    pub span: Option<Range<usize>>,
    pub message: String,
    pub remedy: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if !self.source.is_empty() {
            parts.push(format!("source {}", self.source));
        }
        if let Some(file) = &self.file {
            parts.push(file.clone());
        }
        if let Some(row) = self.row {
            parts.push(format!("row {row}"));
        }
        if let Some(column) = &self.column {
            parts.push(format!("column \"{column}\""));
        }
        if !parts.is_empty() {
            write!(f, "{}: ", parts.join(", "))?;
        }
        f.write_str(&self.message)
    }
}

impl Fault {
    pub(crate) fn new(message: impl Into<String>) -> Fault {
        Fault { message: message.into(), ..Fault::default() }
    }

    pub(crate) fn of(mut self, source: &str) -> Fault {
        self.source = source.to_owned();
        self
    }

    pub(crate) fn file(mut self, file: &str) -> Fault {
        self.file = Some(file.to_owned());
        self
    }

    pub(crate) fn row(mut self, row: u64) -> Fault {
        self.row = Some(row);
        self
    }

    pub(crate) fn column(mut self, column: &str) -> Fault {
        self.column = Some(column.to_owned());
        self
    }

    pub(crate) fn span(mut self, span: Range<usize>) -> Fault {
        self.span = Some(span);
        self
    }

    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> Fault {
        self.remedy = Some(remedy.into());
        self
    }
}

/// Why a snapshot, a table or an evaluation could not be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum DataError {
    /// The policy lacks a source that is needed, or a source names neither file nor query, or both.
    #[error("{0}")]
    Source(Box<Fault>),
    /// No such file, or it cannot be opened.
    #[error("{0}")]
    File(Box<Fault>),
    /// The file holds nothing, or no rows where rows are needed.
    #[error("{0}")]
    Empty(Box<Fault>),
    /// The file is not what its format says: damaged, unclosed quote, not a workbook …
    #[error("{0}")]
    Unreadable(Box<Fault>),
    /// Unknown encoding, or bytes that are none.
    #[error("{0}")]
    Encoding(Box<Fault>),
    /// Unpacked size over the bound.
    #[error("{0}")]
    TooLarge(Box<Fault>),
    /// Header: names twice, none, different between the files of one source.
    #[error("{0}")]
    Header(Box<Fault>),
    /// A column that is needed or named is not there.
    #[error("{0}")]
    MissingColumn(Box<Fault>),
    /// A query or a column's expression that cannot be run.
    #[error("{0}")]
    Sql(Box<Fault>),
    /// A column asked for as what it is not, or an expression that fails on a row.
    #[error("{0}")]
    Evaluate(Box<Fault>),
    /// A file of ours could not be written.
    #[error("{0}")]
    Write(Box<Fault>),
    /// A cluster that cannot be reached or did not do what it was asked.
    #[error("{0}")]
    Cluster(Box<Fault>),
}

impl DataError {
    pub fn fault(&self) -> &Fault {
        match self {
            DataError::Source(fault)
            | DataError::File(fault)
            | DataError::Empty(fault)
            | DataError::Unreadable(fault)
            | DataError::Encoding(fault)
            | DataError::TooLarge(fault)
            | DataError::Header(fault)
            | DataError::MissingColumn(fault)
            | DataError::Sql(fault)
            | DataError::Evaluate(fault)
            | DataError::Write(fault)
            | DataError::Cluster(fault) => fault,
        }
    }

    /// Bytes of the policy file where the mistake is, when it is the policy's.
    pub fn span(&self) -> Option<Range<usize>> {
        self.fault().span.clone()
    }

    /// What to do about it.
    pub fn remedy(&self) -> Option<&str> {
        self.fault().remedy.as_deref()
    }

    /// The same error with more said about its place.
    pub(crate) fn map_fault(self, map: &dyn Fn(Fault) -> Fault) -> DataError {
        let with = |fault: Box<Fault>| Box::new(map(*fault));
        match self {
            DataError::Source(fault) => DataError::Source(with(fault)),
            DataError::File(fault) => DataError::File(with(fault)),
            DataError::Empty(fault) => DataError::Empty(with(fault)),
            DataError::Unreadable(fault) => DataError::Unreadable(with(fault)),
            DataError::Encoding(fault) => DataError::Encoding(with(fault)),
            DataError::TooLarge(fault) => DataError::TooLarge(with(fault)),
            DataError::Header(fault) => DataError::Header(with(fault)),
            DataError::MissingColumn(fault) => DataError::MissingColumn(with(fault)),
            DataError::Sql(fault) => DataError::Sql(with(fault)),
            DataError::Evaluate(fault) => DataError::Evaluate(with(fault)),
            DataError::Write(fault) => DataError::Write(with(fault)),
            DataError::Cluster(fault) => DataError::Cluster(with(fault)),
        }
    }
}

/// Why a text is no expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ExpressionError {
    pub message: String,
    /// What to do about it: near names, the way to write it.
    pub remedy: Option<String>,
    /// Bytes of the expression's text where the mistake is.
    pub at: Option<Range<usize>>,
}

impl ExpressionError {
    pub(crate) fn new(message: impl Into<String>) -> ExpressionError {
        ExpressionError { message: message.into(), remedy: None, at: None }
    }

    pub(crate) fn remedy(mut self, remedy: impl Into<String>) -> ExpressionError {
        self.remedy = Some(remedy.into());
        self
    }

    pub(crate) fn at(mut self, at: Option<Range<usize>>) -> ExpressionError {
        self.at = at;
        self
    }
}
