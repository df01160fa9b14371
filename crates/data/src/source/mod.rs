//! One source: find its files, read them, give every column a type, refuse the rows that do not fit.

pub(crate) mod value;
