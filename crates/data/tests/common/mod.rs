//! A folder with a policy's files, made for one test.

#![allow(dead_code, clippy::unwrap_used)]

use std::path::Path;

use bailiwick_data::{DataError, Snapshot, Table, read_snapshot};
use bailiwick_domain::policy::document::Document;

pub struct Folder {
    pub place: tempfile::TempDir,
}

/// Two employees, for policies that are about accounts.
pub const EMPLOYEES: &str = "employee_id,name\nE1,Anna\nE2,Boris\n";

impl Folder {
    pub fn new() -> Folder {
        let folder = Folder { place: tempfile::tempdir().unwrap() };
        folder.with("employees.csv", EMPLOYEES)
    }

    pub fn with(self, name: &str, content: impl AsRef<[u8]>) -> Folder {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    pub fn path(&self) -> &Path {
        self.place.path()
    }

    /// Reads with these lines under `[sources.accounts]`; the employees are in `employees.csv`.
    pub fn accounts(&self, lines: &str) -> Result<Snapshot, DataError> {
        self.policy(&format!("[sources.accounts]\n{lines}\n[sources.employees]\nfile = \"employees.csv\"\n"))
    }

    pub fn policy(&self, text: &str) -> Result<Snapshot, DataError> {
        read(text, self.path())
    }
}

pub fn read(policy: &str, base: &Path) -> Result<Snapshot, DataError> {
    let document: Document = toml::from_str(policy).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(read_snapshot(&document, base, &|_| {}))
}

/// A table as a person would draw it: names with types, then rows.
pub fn show(table: &Table) -> String {
    let columns = table.columns();
    let header: Vec<String> = columns
        .iter()
        .map(|column| format!("{}:{}", column.name, format!("{:?}", column.kind).to_lowercase()))
        .collect();
    let mut lines = vec![header.join(" | ")];
    let cells: Vec<Vec<Option<String>>> = columns.iter().map(|column| table.texts(&column.name).unwrap()).collect();
    for row in 0..table.len() {
        let texts: Vec<String> = cells.iter().map(|column| column[row].clone().unwrap_or_else(|| "-".into())).collect();
        lines.push(texts.join(" | "));
    }
    lines.join("\n")
}

/// What a person reads: the error with its remedy, or the rows left out.
pub fn told(result: Result<Snapshot, DataError>) -> String {
    match result {
        Err(error) => format!("{error}\n  → {}", error.remedy().unwrap_or("(no remedy)")),
        Ok(snapshot) if snapshot.rejected.is_empty() => "no fault found".to_owned(),
        Ok(snapshot) => {
            let one = |r: &bailiwick_data::Rejected| {
                format!("{} {} row {} [{}] {:?} {}", r.source, r.file, r.row, r.column, r.value, r.reason)
            };
            snapshot.rejected.iter().map(one).collect::<Vec<_>>().join("\n")
        }
    }
}
