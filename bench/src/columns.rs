//! Named columns of a CSV file.

use crate::run::BenchError;
use std::path::Path;

pub struct Columns {
    path: String,
    header: csv::StringRecord,
    rows: Vec<csv::StringRecord>,
}

impl Columns {
    pub fn read(path: &Path) -> Result<Self, BenchError> {
        let failed = |error: csv::Error| BenchError::Table(format!("{}: {error}", path.display()));
        let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).map_err(failed)?;
        let header = reader.headers().map_err(failed)?.clone();
        let rows = reader.records().collect::<Result<_, _>>().map_err(failed)?;
        Ok(Columns { path: path.display().to_string(), header, rows })
    }

    pub fn texts(&self, name: &str) -> Result<Vec<&str>, BenchError> {
        let missing = || BenchError::Table(format!("{}: there is no column `{name}`", self.path));
        let column = self.header.iter().position(|h| h == name).ok_or_else(missing)?;
        Ok(self.rows.iter().map(|row| &row[column]).collect())
    }

    pub fn numbers(&self, name: &str) -> Result<Vec<f64>, BenchError> {
        let parse = |(row, text): (usize, &str)| {
            let wrong =
                || BenchError::Table(format!("{}: row {}: `{name}` is `{text}`, not a number", self.path, row + 2));
            text.parse::<f64>().ok().filter(|n| n.is_finite()).ok_or_else(wrong)
        };
        self.texts(name)?.into_iter().enumerate().map(parse).collect()
    }
}
