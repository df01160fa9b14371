//! Two plans of many millions of assignments, of which a share differs: what `bailiwick diff` is measured on. Made without
//! planning, from a seed, with the files and columns that a plan's folder has.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use bailiwick_app::plan::assignments::{COLUMNS, FileForm};
use bailiwick_app::plan::write::{ACCOUNTS, EMPLOYEES, MANIFEST, Manifest, SUMMARY, digest_file};
use bailiwick_data::{DataError, RowCells, RowsWriter};
use clap::ValueEnum;
use jiff::civil::{Date, date};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::run::BenchError;

const ON: Date = date(2026, 1, 1);
/// A plan lists its accounts segment by segment.
const SEGMENTS: usize = 50;
const TERRITORIES: usize = 1_000;
/// Rows written at once.
const PIECE: usize = 65_536;
const POLICY_FILE: &str = "bailiwick.toml";
const POLICY: &str = r#"[company]
name = "Two plans"
[sources.accounts]
file = "accounts.parquet"
[sources.employees]
file = "employees.parquet"
[measures]
workload = "workload"
potential = "potential * 1.1"
[[coverage]]
role = "sales-specialist"
staff = "true"
divide = { balance = { workload = 0.05 } }
"#;

#[derive(clap::Args)]
pub struct Wanted {
    /// Assignments of each plan, one an account.
    #[arg(long, default_value_t = 10_000_000)]
    rows: usize,
    /// Share of them that the second plan gives to somebody else.
    #[arg(long, default_value_t = 0.05)]
    moved: f64,
    #[arg(long, default_value_t = 1_000)]
    employees: usize,
    /// What the assignments are written to.
    #[arg(long, value_enum, default_value_t = Form::Csv)]
    format: Form,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Where the folders `a` and `b` are made.
    #[arg(short, long)]
    output: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Form {
    Csv,
    Parquet,
}

/// Writes the two.
pub fn generate(wanted: &Wanted) -> Result<(), BenchError> {
    if wanted.employees < 2 || !(0.0..=1.0).contains(&wanted.moved) {
        return Err(BenchError::Table("there must be two employees, and a share from 0 to 1".to_owned()));
    }
    write(wanted, "a", 0.0)?;
    write(wanted, "b", wanted.moved)
}

fn write(wanted: &Wanted, name: &str, moved: f64) -> Result<(), BenchError> {
    let folder = wanted.output.join(name);
    let failed = |source| BenchError::Io { path: folder.display().to_string(), source };
    std::fs::create_dir_all(&folder).map_err(failed)?;
    let form = match wanted.format {
        Form::Csv => FileForm::Csv,
        Form::Parquet => FileForm::Parquet,
    };
    match std::fs::remove_file(folder.join(form.other_file())) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
        _ => {}
    }
    let table = |error: DataError| BenchError::Table(error.to_string());
    write_accounts(wanted, &folder.join(ACCOUNTS)).map_err(table)?;
    write_employees(wanted, &folder.join(EMPLOYEES)).map_err(table)?;
    let rows = rows(wanted, moved);
    match form {
        FileForm::Csv => write_csv(&folder.join(form.file()), rows).map_err(failed)?,
        FileForm::Parquet => write_parquet(wanted, &folder.join(form.file()), rows).map_err(table)?,
    }
    std::fs::write(folder.join(SUMMARY), "{}").map_err(failed)?;
    std::fs::write(folder.join(POLICY_FILE), POLICY).map_err(failed)?;
    let told = |error: bailiwick_app::AppError| BenchError::Table(error.to_string());
    let mut files = BTreeMap::new();
    for file in [ACCOUNTS, EMPLOYEES, SUMMARY, form.file()] {
        files.insert(file.to_owned(), digest_file(&folder.join(file)).map_err(told)?);
    }
    let manifest = Manifest {
        format: 1,
        id: format!("bench-{name}"),
        on: ON,
        seed: wanted.seed,
        base_version: None,
        policy_file: POLICY_FILE.to_owned(),
        policy_sha256: digest_file(&folder.join(POLICY_FILE)).map_err(told)?,
        policy_text: POLICY.to_owned(),
        frozen: Default::default(),
        routing: vec![],
        files,
    };
    let text = serde_json::to_string(&manifest).unwrap_or_default();
    std::fs::write(folder.join(MANIFEST), text).map_err(failed)
}

fn account(number: usize) -> String {
    format!("A{number:08}")
}

fn employee(number: usize) -> String {
    format!("E{number:05}")
}

/// Account and who holds it, by number, segment by segment.
fn rows(wanted: &Wanted, moved: f64) -> impl Iterator<Item = (usize, usize)> {
    let (rows, employees) = (wanted.rows, wanted.employees);
    let mut dice = ChaCha8Rng::seed_from_u64(wanted.seed);
    let accounts = (0..SEGMENTS).flat_map(move |segment| (segment..rows).step_by(SEGMENTS));
    accounts.map(move |account| {
        let holder = account % employees;
        let other = usize::from(dice.random_bool(moved)) * dice.random_range(1..employees);
        (account, (holder + other) % employees)
    })
}

fn reason(account: usize) -> String {
    format!("one of {TERRITORIES} territories; {}.{} km from its centre", account % 90, account % 10)
}

fn write_csv(path: &Path, rows: impl Iterator<Item = (usize, usize)>) -> std::io::Result<()> {
    let mut out = csv::Writer::from_path(path)?;
    out.write_record(COLUMNS)?;
    let on = ON.to_string();
    for (number, holder) in rows {
        out.write_record([
            &account(number),
            "sales-specialist",
            "",
            &employee(holder),
            &format!("Segment {:02}", number % SEGMENTS),
            &format!("Territory {:04}", number % TERRITORIES),
            "bailiwick.toml:10 balance",
            &reason(number),
            &on,
        ])?;
    }
    out.flush()
}

fn write_parquet(wanted: &Wanted, path: &Path, rows: impl Iterator<Item = (usize, usize)>) -> Result<(), DataError> {
    let people: Vec<String> = (0..wanted.employees).map(employee).collect();
    let segments: Vec<String> = (0..SEGMENTS).map(|segment| format!("Segment {segment:02}")).collect();
    let territories: Vec<String> = (0..TERRITORIES).map(|territory| format!("Territory {territory:04}")).collect();
    let [people, segments, territories] =
        [&people, &segments, &territories].map(|texts| texts.iter().map(String::as_str).collect::<Vec<_>>());
    let mut writer = RowsWriter::new(path, &COLUMNS);
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let piece: Vec<(usize, usize)> = rows.by_ref().take(PIECE).collect();
        let texts = |of: fn(usize) -> String| piece.iter().map(|row| of(row.0)).collect::<Vec<_>>();
        let (ids, reasons) = (texts(account), texts(reason));
        let words = |of: &dyn Fn(&(usize, usize)) -> usize| piece.iter().map(|row| Some(of(row) as u32)).collect();
        let same = || vec![Some(0); piece.len()];
        writer.write(vec![
            RowCells::Texts(ids.iter().map(|id| Some(id.as_str())).collect()),
            RowCells::Words { names: &["sales-specialist"], rows: same() },
            RowCells::Words { names: &[""], rows: vec![None; piece.len()] },
            RowCells::Words { names: &people, rows: words(&|row| row.1) },
            RowCells::Words { names: &segments, rows: words(&|row| row.0 % SEGMENTS) },
            RowCells::Words { names: &territories, rows: words(&|row| row.0 % TERRITORIES) },
            RowCells::Words { names: &["bailiwick.toml:10 balance"], rows: same() },
            RowCells::Texts(reasons.iter().map(|reason| Some(reason.as_str())).collect()),
            RowCells::Day { day: ON, rows: piece.len() },
        ])?;
    }
    writer.finish()
}

fn write_accounts(wanted: &Wanted, path: &Path) -> Result<(), DataError> {
    let columns = ["account_id", "name", "latitude", "longitude", "workload", "potential", "segment"];
    let segments: Vec<String> = (0..SEGMENTS).map(|segment| format!("Segment {segment:02}")).collect();
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let mut writer = RowsWriter::new(path, &columns);
    let mut dice = ChaCha8Rng::seed_from_u64(wanted.seed ^ 0xacc);
    for from in (0..wanted.rows).step_by(PIECE) {
        let numbers = from..wanted.rows.min(from + PIECE);
        let ids: Vec<String> = numbers.clone().map(account).collect();
        let names: Vec<String> = numbers.clone().map(|number| format!("Customer No. {number:08}")).collect();
        let mut drawn = |from: f64, to: f64| {
            RowCells::Numbers(
                numbers.clone().map(|_| Some((dice.random_range(from..to) * 1e3).round() / 1e3)).collect(),
            )
        };
        writer.write(vec![
            RowCells::Texts(ids.iter().map(|id| Some(id.as_str())).collect()),
            RowCells::Texts(names.iter().map(|name| Some(name.as_str())).collect()),
            drawn(41.0, 55.0),
            drawn(-5.0, 40.0),
            drawn(1.0, 20.0),
            drawn(10.0, 50_000.0),
            RowCells::Words {
                names: &segments,
                rows: numbers.clone().map(|number| Some((number % SEGMENTS) as u32)).collect(),
            },
        ])?;
    }
    writer.finish()
}

fn write_employees(wanted: &Wanted, path: &Path) -> Result<(), DataError> {
    let ids: Vec<String> = (0..wanted.employees).map(employee).collect();
    let names: Vec<String> = (0..wanted.employees).map(|number| format!("Employee No. {number:05}")).collect();
    let mut writer = RowsWriter::new(path, &["employee_id", "name"]);
    writer.write(vec![
        RowCells::Texts(ids.iter().map(|id| Some(id.as_str())).collect()),
        RowCells::Texts(names.iter().map(|name| Some(name.as_str())).collect()),
    ])?;
    writer.finish()
}
