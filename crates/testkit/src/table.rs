//! A small table read from a CSV file, for comparing; not the reader of the product.

use std::collections::BTreeMap;
use std::path::Path;

/// Rows as column → value, the header apart.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Table {
    pub header: Vec<String>,
    pub rows: Vec<BTreeMap<String, String>>,
}

impl Table {
    /// Columns end with `,`, or with `;` where the header has more of those; then numbers have decimal commas, which are
    /// made points.
    pub fn read(path: &Path) -> Table {
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let first = text.lines().next().unwrap_or("");
        let semicolons = first.matches(';').count() > first.matches(',').count();
        let mut reader =
            csv::ReaderBuilder::new().delimiter(if semicolons { b';' } else { b',' }).from_reader(text.as_bytes());
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let value = |text: &str| {
            let pointed = text.replace(',', ".");
            if semicolons && pointed.parse::<f64>().is_ok() { pointed } else { text.to_owned() }
        };
        let row = |record: csv::Result<csv::StringRecord>| {
            let record = record.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            header.iter().cloned().zip(record.iter().map(value)).collect()
        };
        let rows = reader.records().map(row).collect();
        Table { header, rows }
    }

    /// Adds columns under other names: `(ours, theirs)`.
    pub fn rename(mut self, names: impl IntoIterator<Item = (String, String)>) -> Table {
        for (ours, theirs) in names {
            for row in &mut self.rows {
                let value = row.get(&theirs).unwrap_or_else(|| panic!("no column {theirs}")).clone();
                row.insert(ours.clone(), value);
            }
            self.header.push(ours);
        }
        self
    }

    /// The row with this value in this column.
    pub fn find(&self, column: &str, value: &str) -> Option<&BTreeMap<String, String>> {
        self.rows.iter().find(|row| row.get(column).is_some_and(|found| found == value))
    }
}
