//! One source: find its files, read them, give every column a type, refuse the rows that do not fit.

pub(crate) mod bytes;
mod checks;
mod csv;
mod jsonl;
pub(crate) mod load;
pub(crate) mod locate;
mod meaning;
pub(crate) mod raw;
pub(crate) mod shape;
pub(crate) mod sql;
pub(crate) mod text;
pub(crate) mod texts;
pub(crate) mod typing;
pub(crate) mod value;
mod xlsx;
