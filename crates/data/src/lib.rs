//! Sources to snapshot, and conditions compiled once.
//!
//! The idea: a policy names tables ([`read_snapshot`] reads them all: CSV in any dialect and encoding, Parquet, JSON lines,
//! workbooks, SQL over other sources) and conditions over their columns ([`Expression`], compiled once, run on a million
//! rows or on one). What comes out is a [`Snapshot`] of checked, typed [`Table`]s and the rows that were refused, each
//! with its place in the file. DataFusion and arrow do the work and stay behind this crate's face: no type of theirs is
//! in a public signature, so that their major versions concern nobody else.

pub mod cluster;
mod error;
mod expression;
mod nearest;
mod rejected;
mod session;
mod snapshot;
mod source;
mod table;

pub use error::{DataError, ExpressionError, Fault};
pub use expression::{Expression, first_that_holds};
pub use rejected::{Rejected, write_rejected};
pub use snapshot::{ReadProgress, Snapshot, SourceRead, read_snapshot, read_snapshot_on};
pub use source::texts::{Texts, read_texts};
pub use table::{Codes, ColumnInfo, RowCells, RowProblem, RowsReader, RowsWriter, Table, Words};
