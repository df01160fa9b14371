//! The assignments of a plan as a file: CSV for people and spreadsheets, Parquet for millions of rows.

use std::io::Write;
use std::path::{Path, PathBuf};

use bailiwick_data::{RowCells, RowsReader, RowsWriter};
use bailiwick_domain::assignment::NewAssignment;
use bailiwick_domain::id::{AccountId, EmployeeId, IdError, ProductLine, RoleName};
use bailiwick_domain::policy::Policy;
use rayon::prelude::*;

use super::Plan;
use super::explain::Explainer;
use super::outcome::{NOBODY, PoolOutcome};
use super::write::defuse;
use crate::error::AppError;

pub const CSV: &str = "assignments.csv";
pub const PARQUET: &str = "assignments.parquet";

/// The columns of either (DESIGN 4).
pub const COLUMNS: [&str; 9] =
    ["account_id", "role", "product_line", "employee_id", "segment", "territory", "rule", "reason", "valid_from"];
const EMPLOYEE: usize = 3;

/// Rows that are explained and written at once.
const PIECE: usize = 65_536;

/// What file the assignments are written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FileForm {
    #[default]
    Csv,
    Parquet,
}

impl FileForm {
    pub fn file(self) -> &'static str {
        match self {
            FileForm::Csv => CSV,
            FileForm::Parquet => PARQUET,
        }
    }

    /// The name of the file that a plan of the other form has.
    pub fn other_file(self) -> &'static str {
        match self {
            FileForm::Csv => PARQUET,
            FileForm::Parquet => CSV,
        }
    }
}

/// Writes one row for each account × role (× product line), in the order of the policy's coverage and of the accounts.
pub fn write_file(policy: &Policy, plan: &Plan, form: FileForm, dir: &Path) -> Result<(), AppError> {
    let path = dir.join(form.file());
    match form {
        FileForm::Csv => {
            let file = std::fs::File::create(&path).map_err(AppError::io("create", &path))?;
            let mut out = std::io::BufWriter::new(file);
            write_csv(policy, plan, &mut out).and_then(|()| out.flush()).map_err(AppError::io("write", &path))
        }
        FileForm::Parquet => write_parquet(policy, plan, &path),
    }
}

pub fn write_csv(policy: &Policy, plan: &Plan, out: &mut impl Write) -> std::io::Result<()> {
    let explainer = Explainer::new(plan, policy);
    let names = policy.segment_names();
    let on = plan.on.to_string();
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(COLUMNS)?;
    for outcome in &plan.pools {
        for piece in pieces(outcome) {
            let reasons: Vec<String> =
                piece.clone().into_par_iter().map(|position| explainer.reason(outcome, position)).collect();
            for (position, reason) in piece.zip(reasons) {
                let account = outcome.pool.accounts[position] as usize;
                let segment = plan.classified.segment[account].map_or("", |index| names[index as usize]);
                writer.write_record([
                    plan.account_ids[account].as_str(),
                    &outcome.pool.role,
                    outcome.pool.product_line.as_deref().unwrap_or_default(),
                    owner_id(plan, outcome, position),
                    segment,
                    &defuse(territory_name(outcome, position)),
                    &outcome.rule,
                    &defuse(&reason),
                    &on,
                ])?;
            }
        }
    }
    writer.flush()
}

fn write_parquet(policy: &Policy, plan: &Plan, path: &Path) -> Result<(), AppError> {
    let explainer = Explainer::new(plan, policy);
    let segments = policy.segment_names();
    let people: Vec<&str> = plan.staff.ids.iter().map(String::as_str).collect();
    let mut writer = RowsWriter::new(path, &COLUMNS);
    for outcome in &plan.pools {
        let territories: Vec<&str> = outcome.territories.iter().map(|territory| territory.name.as_str()).collect();
        let line = outcome.pool.product_line.as_deref().unwrap_or_default();
        let (role, line, rule) = ([outcome.pool.role.as_str()], [line], [outcome.rule.as_str()]);
        for piece in pieces(outcome) {
            let reasons: Vec<String> =
                piece.clone().into_par_iter().map(|position| explainer.reason(outcome, position)).collect();
            let account = |position: usize| outcome.pool.accounts[position] as usize;
            let same = || vec![Some(0); piece.len()];
            let id = |position: usize| Some(plan.account_ids[account(position)].as_str());
            let known = |of: u32, all: &[&str]| ((of as usize) < all.len()).then_some(of);
            writer.write(vec![
                RowCells::Texts(piece.clone().map(id).collect()),
                RowCells::Words { names: &role, rows: same() },
                RowCells::Words {
                    names: &line,
                    rows: if line[0].is_empty() { vec![None; piece.len()] } else { same() },
                },
                RowCells::Words {
                    names: &people,
                    rows: piece.clone().map(|position| known(outcome.owner[position], &people)).collect(),
                },
                RowCells::Words {
                    names: &segments,
                    rows: piece
                        .clone()
                        .map(|position| plan.classified.segment[account(position)].map(u32::from))
                        .collect(),
                },
                RowCells::Words {
                    names: &territories,
                    rows: piece.clone().map(|position| known(outcome.territory[position], &territories)).collect(),
                },
                RowCells::Words { names: &rule, rows: same() },
                RowCells::Texts(reasons.iter().map(|reason| Some(reason.as_str())).collect()),
                RowCells::Day { day: plan.on, rows: piece.len() },
            ])?;
        }
    }
    Ok(writer.finish()?)
}

/// The positions of a pool, piece by piece.
fn pieces(outcome: &PoolOutcome) -> impl Iterator<Item = std::ops::Range<usize>> {
    let count = outcome.owner.len();
    (0..count).step_by(PIECE).map(move |from| from..count.min(from + PIECE))
}

fn owner_id<'a>(plan: &'a Plan, outcome: &PoolOutcome, position: usize) -> &'a str {
    match outcome.owner[position] {
        NOBODY => "",
        owner => &plan.staff.ids[owner as usize],
    }
}

fn territory_name(outcome: &PoolOutcome, position: usize) -> &str {
    match outcome.territory[position] {
        NOBODY => "",
        territory => outcome.territories.get(territory as usize).map_or("", |territory| territory.name.as_str()),
    }
}

/// The file of the assignments in a plan's folder.
pub fn file_in(dir: &Path) -> PathBuf {
    let parquet = dir.join(PARQUET);
    if parquet.exists() { parquet } else { dir.join(CSV) }
}

/// Calls with whatever somebody would hold by the plan in `dir`, whether its files were changed or not.
///
/// # Errors
/// Those of [`each_owner`], and a name that is none.
pub fn each_assignment(dir: &Path, call: &mut dyn FnMut(NewAssignment)) -> Result<(), AppError> {
    each_row(dir, &COLUMNS, &mut |row| {
        call(assignment(row)?);
        Ok(())
    })
}

fn assignment(row: [&str; 9]) -> Result<NewAssignment, IdError> {
    let [account, role, line, employee, segment, territory, rule, reason, _] = row;
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Ok(NewAssignment {
        account: AccountId::new(account)?,
        role: RoleName::new(role)?,
        product_line: filled(line).map(ProductLine::new).transpose()?,
        employee: EmployeeId::new(employee)?,
        segment: segment.to_owned(),
        territory: filled(territory),
        rule: rule.to_owned(),
        reason: reason.to_owned(),
        why: serde_json::Value::Null,
    })
}

/// Calls with account, role, product line (empty where there is none) and employee of every row of the plan in `dir` in
/// which somebody is assigned.
///
/// # Errors
/// If there are no assignments in the folder, their columns are others, or a row cannot be read.
pub fn each_owner(dir: &Path, call: &mut dyn FnMut([&str; 4])) -> Result<(), AppError> {
    each_row(dir, &COLUMNS[..=EMPLOYEE], &mut |[account, role, line, employee, ..]| {
        call([account, role, line, employee]);
        Ok(())
    })
}

/// Calls with every row in which somebody is assigned. Of a Parquet file only the first columns, `wanted`, are read, and
/// the others are empty.
fn each_row(
    dir: &Path,
    wanted: &[&str],
    call: &mut dyn FnMut([&str; 9]) -> Result<(), IdError>,
) -> Result<(), AppError> {
    let path = file_in(dir);
    let wrong = |row: usize, what: &dyn std::fmt::Display| AppError::Missing {
        message: format!("{} row {row}: {what}", path.display()),
        remedy: format!("its columns are {}", COLUMNS.join(",")),
    };
    if path.ends_with(PARQUET) {
        let rows = RowsReader::open(&path)?;
        rows.need(&COLUMNS)?;
        let mut before = 0;
        for piece in rows.pieces(wanted)? {
            let piece = piece?;
            let words = wanted.iter().map(|column| piece.words(column)).collect::<Result<Vec<_>, _>>()?;
            for row in 0..piece.len() {
                let cells =
                    std::array::from_fn(|column| words.get(column).and_then(|of| of.get(row)).unwrap_or_default());
                if !cells[EMPLOYEE].is_empty() {
                    call(cells).map_err(|error| wrong(before + row + 1, &error))?;
                }
            }
            before += piece.len();
        }
        return Ok(());
    }
    let mut reader = csv::Reader::from_path(&path).map_err(|error| wrong(1, &error))?;
    let header = reader.headers().map_err(|error| wrong(1, &error))?;
    if header.iter().ne(COLUMNS) {
        return Err(wrong(1, &format!("the columns are {}", header.iter().collect::<Vec<_>>().join(","))));
    }
    let mut record = csv::StringRecord::new();
    for row in 2.. {
        if !reader.read_record(&mut record).map_err(|error| wrong(row, &error))? {
            break;
        }
        let cells: [&str; 9] = std::array::from_fn(|column| record.get(column).unwrap_or_default());
        if !cells[EMPLOYEE].is_empty() {
            call(cells).map_err(|error| wrong(row, &error))?;
        }
    }
    Ok(())
}
