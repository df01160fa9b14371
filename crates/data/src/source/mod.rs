//! One source: find its files, read them, give every column a type, refuse the rows that do not fit.

mod bytes;
mod checks;
mod csv;
mod jsonl;
pub(crate) mod load;
mod locate;
mod meaning;
mod raw;
pub(crate) mod sql;
mod text;
pub(crate) mod texts;
mod typing;
pub(crate) mod value;
mod xlsx;
