//! Columns of accounts or employees that somebody sends: CSV or JSON lines become patches, and what cannot be used is told
//! row by row. What is read is bounded, so that nobody fills the memory.

use std::collections::{HashMap, HashSet};

use bailiwick_domain::id::{AccountId, EmployeeId};
use bailiwick_domain::policy::document::ColumnType;
use bailiwick_store::{Imported, Ledger, Patch, Reject, StoreError, Undone};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::classify::Frozen;
use crate::error::AppError;
use crate::plan::write::defuse;

/// Rows a file.
pub const MOST_ROWS: usize = 200_000;
/// Columns a row.
pub const MOST_COLUMNS: usize = 200;
/// Characters a cell.
pub const MOST_CHARACTERS: usize = 10_000;
/// Of a row that cannot be used so much is kept.
const SHOWN: usize = 500;

/// Whom it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Accounts,
    Employees,
}

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Csv,
    JsonLines,
}

impl Of {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Of::Accounts => "accounts",
            Of::Employees => "employees",
        }
    }

    #[must_use]
    pub fn from_text(text: &str) -> Option<Of> {
        [Of::Accounts, Of::Employees].into_iter().find(|of| of.as_str() == text)
    }

    fn id(self) -> &'static str {
        match self {
            Of::Accounts => "account_id",
            Of::Employees => "employee_id",
        }
    }
}

impl Form {
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Form::Csv => "csv",
            Form::JsonLines => "json-lines",
        }
    }

    #[must_use]
    pub fn from_text(text: &str) -> Option<Form> {
        [Form::Csv, Form::JsonLines].into_iter().find(|form| form.as_str() == text)
    }
}

/// What was read.
#[derive(Debug, Default)]
pub struct Taken {
    pub rows: Vec<(String, Map<String, Value>)>,
    pub rejects: Vec<Reject>,
}

/// The types that the policy in force gives to columns.
pub async fn column_types(
    ledger: &Ledger,
    of: Of,
    on: jiff::civil::Date,
) -> Result<HashMap<String, ColumnType>, AppError> {
    let Some(plan) = ledger.active_plan(on).await? else { return Ok(HashMap::new()) };
    let Ok(frozen) = serde_json::from_value::<Frozen>(plan.frozen) else { return Ok(HashMap::new()) };
    let columns = match of {
        Of::Accounts => frozen.account_columns,
        Of::Employees => frozen.employee_columns,
    };
    Ok(columns.into_iter().collect())
}

/// Reads all rows; refused as a whole only where there is no telling rows apart, or there are too many.
///
/// # Errors
/// Says what is wrong with the file.
pub fn read(of: Of, form: Form, text: &str, types: &HashMap<String, ColumnType>) -> Result<Taken, AppError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut taking = Taking { of, types, seen: HashSet::new(), taken: Taken::default() };
    match form {
        Form::Csv => taking.csv(text)?,
        Form::JsonLines => taking.json_lines(text)?,
    }
    Ok(taking.taken)
}

struct Taking<'a> {
    of: Of,
    types: &'a HashMap<String, ColumnType>,
    seen: HashSet<String>,
    taken: Taken,
}

fn wrong(message: impl Into<String>, remedy: impl Into<String>) -> AppError {
    AppError::Usage { message: message.into(), remedy: remedy.into() }
}

impl Taking<'_> {
    fn csv(&mut self, text: &str) -> Result<(), AppError> {
        let first = text.lines().next().unwrap_or_default();
        let count = |delimiter: char| first.matches(delimiter).count();
        let delimiter = [';', '\t', ','].into_iter().max_by_key(|&delimiter| count(delimiter)).unwrap_or(',');
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter as u8).flexible(true).from_reader(text.as_bytes());
        let header = reader.headers().map_err(|error| wrong(error.to_string(), "send CSV with a header line"))?.clone();
        let names: Vec<&str> = header.iter().map(str::trim).collect();
        if names.len() > MOST_COLUMNS {
            return Err(wrong(format!("there are {} columns", names.len()), format!("send at most {MOST_COLUMNS}")));
        }
        if !names.contains(&self.of.id()) {
            return Err(wrong(
                format!("there is no column {}: the columns are {}", self.of.id(), names.join(", ")),
                "name the columns in the first line",
            ));
        }
        if names.iter().collect::<HashSet<_>>().len() < names.len() || names.contains(&"") {
            return Err(wrong("a column has no name, or two have the same", "give each column a name of its own"));
        }
        for (number, record) in (1..).zip(reader.records()) {
            self.room(number)?;
            match record {
                Err(error) => self.reject(number, error.to_string(), ""),
                Ok(record) => {
                    let content = || record.iter().collect::<Vec<_>>().join(",");
                    if record.len() != names.len() {
                        let reason = format!("it has {} cells, and there are {} columns", record.len(), names.len());
                        self.reject(number, reason, &content());
                        continue;
                    }
                    let cells = names.iter().zip(&record).map(|(name, cell)| ((*name).to_owned(), cell_value(cell)));
                    self.take(number, cells.collect(), content);
                }
            }
        }
        Ok(())
    }

    fn json_lines(&mut self, text: &str) -> Result<(), AppError> {
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            self.room(number)?;
            match serde_json::from_str::<Map<String, Value>>(line) {
                Ok(row) if row.len() > MOST_COLUMNS => {
                    self.reject(number, format!("it has {} fields: the most is {MOST_COLUMNS}", row.len()), line);
                }
                Ok(row) => self.take(number, row, || line.to_owned()),
                Err(error) => self.reject(number, format!("it is no JSON object: {error}"), line),
            }
        }
        Ok(())
    }

    fn room(&self, number: u64) -> Result<(), AppError> {
        if number > MOST_ROWS as u64 {
            return Err(wrong(format!("there are more than {MOST_ROWS} rows"), "send them in several imports"));
        }
        Ok(())
    }

    fn take(&mut self, number: u64, mut row: Map<String, Value>, content: impl Fn() -> String) {
        let id = row.shift_remove(self.of.id());
        let taken = usable_id(self.of, id.as_ref()).and_then(|id| {
            if !self.seen.insert(id.clone()) {
                return Err(format!("{id} was in a row before this one"));
            }
            let mut fields = Map::with_capacity(row.len());
            for (name, value) in row {
                let typed = typed(&name, value, self.types.get(&name).copied())?;
                fields.insert(name, typed);
            }
            Ok((id, fields))
        });
        match taken {
            Ok(row) => self.taken.rows.push(row),
            Err(reason) => self.reject(number, reason, &content()),
        }
    }

    fn reject(&mut self, number: u64, reason: String, content: &str) {
        let content = content.chars().take(SHOWN).collect();
        self.taken.rejects.push(Reject { number, reason, content });
    }
}

fn usable_id(of: Of, value: Option<&Value>) -> Result<String, String> {
    let text = match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => return Err(format!("{} is missing", of.id())),
    };
    match of {
        Of::Accounts => AccountId::new(&text).map(|id| id.to_string()).map_err(|error| error.to_string()),
        Of::Employees => EmployeeId::new(&text).map(|id| id.to_string()).map_err(|error| error.to_string()),
    }
}

/// An empty cell takes away.
fn cell_value(cell: &str) -> Value {
    let cell = cell.trim();
    if cell.is_empty() { Value::Null } else { Value::String(cell.to_owned()) }
}

/// The value as the policy's column wants it; as it is where there is no such column.
fn typed(name: &str, value: Value, kind: Option<ColumnType>) -> Result<Value, String> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(format!("{name:?} cannot be the name of a column"));
    }
    let named = matches!(name, "parent_id" | "manager_id");
    if let (true, Value::String(text)) = (named, &value) {
        AccountId::new(text).map_err(|error| format!("{name}: {error}"))?;
    }
    let shown = |value: &Value| value.to_string().chars().take(80).collect::<String>();
    match (&value, kind) {
        (Value::Array(_) | Value::Object(_), _) => Err(format!("{name} = {} is no plain value", shown(&value))),
        (Value::String(text), _) if text.chars().count() > MOST_CHARACTERS => {
            Err(format!("{name} is longer than {MOST_CHARACTERS} characters"))
        }
        (Value::String(text), Some(ColumnType::Number | ColumnType::Integer)) => {
            let number = text.parse::<serde_json::Number>().ok().map(Value::Number);
            number.ok_or_else(|| format!("{name} = {} is no number", shown(&value)))
        }
        (Value::Bool(_), Some(ColumnType::Number | ColumnType::Integer)) => {
            Err(format!("{name} = {} is no number", shown(&value)))
        }
        (Value::String(text), Some(ColumnType::Boolean)) => match text.to_lowercase().as_str() {
            "true" | "yes" | "1" => Ok(Value::Bool(true)),
            "false" | "no" | "0" => Ok(Value::Bool(false)),
            _ => Err(format!("{name} = {} is neither true nor false", shown(&value))),
        },
        (Value::String(text), Some(ColumnType::Date)) if text.parse::<jiff::civil::Date>().is_err() => {
            Err(format!("{name} = {} is no date: write it as 2026-03-01", shown(&value)))
        }
        _ => Ok(value),
    }
}

/// Writes what was read, in one transaction.
///
/// # Errors
/// Those of the ledger.
pub async fn import(
    ledger: &Ledger,
    of: Of,
    rows: Vec<(String, Map<String, Value>)>,
    reason: &str,
    (actor, at): (&str, Timestamp),
) -> Result<Imported, StoreError> {
    fn patches<I: std::str::FromStr>(rows: Vec<(String, Map<String, Value>)>) -> Vec<Patch<I>> {
        let patch = |(id, fields): (String, _)| Some(Patch { id: id.parse().ok()?, fields });
        rows.into_iter().filter_map(patch).collect()
    }
    match of {
        Of::Accounts => ledger.import_accounts(&patches(rows), reason, actor, at).await,
        Of::Employees => ledger.import_employees(&patches(rows), reason, actor, at).await,
    }
}

/// Takes an import back, in one transaction.
///
/// # Errors
/// [`StoreError::ChangedSince`], and those of the database.
pub async fn undo(
    ledger: &Ledger,
    of: Of,
    entry: u64,
    reason: &str,
    (actor, at): (&str, Timestamp),
) -> Result<Undone, StoreError> {
    match of {
        Of::Accounts => ledger.undo_accounts(entry, reason, actor, at).await,
        Of::Employees => ledger.undo_employees(entry, reason, actor, at).await,
    }
}

/// Rows that could not be used, as CSV, with spreadsheet formulas made harmless.
#[must_use]
pub fn rejects_csv(rejects: &[Reject]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let mut write = |cells: [&str; 3]| {
        let _ = writer.write_record(cells.map(|cell| defuse(cell).into_owned()));
    };
    write(["row", "reason", "content"]);
    for reject in rejects {
        write([&reject.number.to_string(), &reject.reason, &reject.content]);
    }
    String::from_utf8(writer.into_inner().unwrap_or_default()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn types() -> HashMap<String, ColumnType> {
        [("revenue".to_owned(), ColumnType::Number), ("since".to_owned(), ColumnType::Date)].into_iter().collect()
    }

    fn told(taken: &Taken) -> String {
        let rows = taken.rows.iter().map(|(id, fields)| format!("{id} {}", Value::Object(fields.clone())));
        let rejects = taken.rejects.iter().map(|reject| format!("{}: {}", reject.number, reject.reason));
        rows.chain(rejects).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn csv_is_read_as_the_policy_wants_it() {
        let text = "\u{feff}account_id;name;revenue;postcode;since\nA-1;One;12.5;0123;2026-01-01\nA-2;;;;\n\
                    A-1;Again;1;1;\n;None;1;1;\nA-3;Three;much;1;\nA-4;Four;1;1\nA-5;Five;1;1;soon\n";
        insta::assert_snapshot!(told(&read(Of::Accounts, Form::Csv, text, &types()).unwrap()), @r#"
        A-1 {"name":"One","revenue":12.5,"postcode":"0123","since":"2026-01-01"}
        A-2 {"name":null,"revenue":null,"postcode":null,"since":null}
        3: A-1 was in a row before this one
        4: account_id is missing
        5: revenue = "much" is no number
        6: it has 4 cells, and there are 5 columns
        7: since = "soon" is no date: write it as 2026-03-01
        "#);
    }

    #[test]
    fn json_lines_are_read_one_by_one() {
        let text = "{\"employee_id\":7,\"skills\":\"retail:2\"}\n\nnot json\n{\"employee_id\":\"E\",\"x\":[1]}\n";
        insta::assert_snapshot!(told(&read(Of::Employees, Form::JsonLines, text, &HashMap::new()).unwrap()), @r#"
        7 {"skills":"retail:2"}
        3: it is no JSON object: expected ident at line 1 column 2
        4: x = [1] is no plain value
        "#);
    }

    #[test]
    fn what_is_no_table_is_refused_whole() {
        let many = (0..=MOST_COLUMNS).map(|n| format!("c{n}")).collect::<Vec<_>>().join(",");
        for text in ["", "name,city\nx,y\n", "account_id,name,name\n", &many] {
            assert!(read(Of::Accounts, Form::Csv, text, &types()).is_err(), "{text}");
        }
        let rows = "{\"account_id\":\"A\"}\n".repeat(MOST_ROWS + 1);
        assert!(read(Of::Accounts, Form::JsonLines, &rows, &types()).is_err());
    }

    #[test]
    fn formulas_come_back_harmless() {
        let reject = Reject { number: 1, reason: "no".into(), content: "=cmd()".into() };
        assert_eq!(rejects_csv(&[reject]), "row,reason,content\n1,no,'=cmd()\n");
    }
}
