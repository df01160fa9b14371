//! Files to one checked table: read, typed, mapped to our names, held to their meaning, faulty rows left out.

use std::path::Path;
use std::sync::Arc;

use bailiwick_domain::policy::document::{ColumnType, Format, OnError, Source, Text};
use datafusion::arrow::array::types::Float64Type;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringViewArray};
use datafusion::arrow::datatypes::DataType;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use sha2::{Digest, Sha256};

use super::bytes::{Bound, digest_file, open, read_file, unpack};
use super::checks::{self, propose};
use super::locate::{Found, locate};
use super::meaning::{Need, is_identifier, meanings};
use super::raw::{Cells, Raw};
use super::typing::{Evidence, Habits, Misfit, Wanted, convert};
use super::{csv, jsonl, text, xlsx};
use crate::error::{DataError, Fault};
use crate::expression::Expression;
use crate::nearest::{list, nearest};
use crate::rejected::Rejected;
use crate::table::{ColumnInfo, Table, kind_of, normalise, read_parquet, texts_of};

/// A source's table and how it came about.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub table: Table,
    pub rejected: Vec<Rejected>,
    pub rejected_rows: u64,
    pub decimal: Option<char>,
}

/// Files of a source as cells, and facts for the record.
pub(crate) struct Files {
    pub raw: Raw,
    pub names: Vec<String>,
    pub format: Format,
    pub bytes: u64,
    pub digest: Sha256,
}

/// Reads all files that `pattern` names. `told` is called with bytes done and bytes in all.
pub(crate) fn read_files(
    pattern: &str,
    source: &Source,
    base: &Path,
    told: &dyn Fn(u64, u64),
) -> Result<Files, DataError> {
    let found = locate(pattern, base)?;
    let mut total = 0;
    for one in &found {
        total += open(one)?.1;
    }
    let stated = match &source.encoding {
        Some(label) => Some(text::encoding_of(label.get_ref()).map_err(|remedy| {
            let fault = Fault::new(format!("\"{}\" is no known encoding", label.get_ref()));
            DataError::Encoding(Box::new(fault.span(label.span()).remedy(remedy)))
        })?),
        None => None,
    };
    let bound = Bound::new(source.max_bytes);
    let mut files =
        Files { raw: Raw::default(), names: Vec::new(), format: Format::Csv, bytes: total, digest: Sha256::new() };
    let mut done = 0;
    told(0, total);
    for one in &found {
        let format = match source.format {
            Some(format) => format,
            None => format_of(one)?,
        };
        files.format = format;
        let mut seen = |more: u64| {
            done += more;
            told(done, total);
        };
        let mut raw = if format == Format::Parquet {
            digest_file(one, &mut files.digest, &mut seen)?;
            read_parquet_file(one, bound)?
        } else {
            let bytes = read_file(one, bound, &mut files.digest, &mut seen)?;
            read_bytes(bytes, one, format, source, stated, bound)?
        };
        for rejected in &mut raw.rejected {
            rejected.file.clone_from(&one.name);
        }
        files.raw.append(raw)?;
        files.names.push(one.name.clone());
    }
    Ok(files)
}

fn format_of(found: &Found) -> Result<Format, DataError> {
    let lower = found.name.to_lowercase();
    let plain = lower.strip_suffix(".gz").unwrap_or(&lower);
    let ending = plain.rsplit_once('.').map_or("", |(_, ending)| ending);
    Ok(match ending {
        "csv" | "tsv" | "txt" | "tab" => Format::Csv,
        "parquet" | "pq" => Format::Parquet,
        "jsonl" | "ndjson" | "json" => Format::Jsonl,
        "xlsx" | "xlsm" => Format::Xlsx,
        "xls" | "xlsb" | "ods" => {
            let fault = Fault::new(format!("workbooks of the form .{ending} are not read")).file(&found.name);
            return Err(DataError::Unreadable(Box::new(fault.remedy("save it as .xlsx"))));
        }
        _ => {
            let fault = Fault::new("the name does not tell the format").file(&found.name);
            let remedy = "write format = \"csv\", \"parquet\", \"jsonl\" or \"xlsx\"";
            return Err(DataError::Unreadable(Box::new(fault.remedy(remedy))));
        }
    })
}

fn read_bytes(
    bytes: Vec<u8>,
    found: &Found,
    format: Format,
    source: &Source,
    stated: Option<&'static encoding_rs::Encoding>,
    bound: Bound,
) -> Result<Raw, DataError> {
    let name = &found.name;
    if bytes.is_empty() {
        let fault = Fault::new("the file is empty").file(name);
        return Err(DataError::Empty(Box::new(
            fault.remedy("export it again, with the names of the columns in its first row"),
        )));
    }
    if format == Format::Xlsx {
        return xlsx::read(bytes, source.sheet.as_deref(), bound, name);
    }
    let bytes = unpack(bytes, name, bound)?;
    let other = match bytes.get(..4) {
        Some(b"PK\x03\x04") => Some(("a workbook or another zip archive", "xlsx")),
        Some(b"PAR1") => Some(("a Parquet file", "parquet")),
        Some(b"\xd0\xcf\x11\xe0") => Some(("an old workbook (.xls): save it as .xlsx", "xlsx")),
        _ => None,
    };
    if let Some((what, format)) = other {
        let fault = Fault::new(format!("this is {what}, not text")).file(name);
        return Err(DataError::Unreadable(Box::new(fault.remedy(format!("write format = \"{format}\"")))));
    }
    let decoded = text::decode(bytes, stated);
    match format {
        Format::Jsonl => jsonl::read(decoded, name),
        _ => csv::read(decoded, source.delimiter, name),
    }
}

fn read_parquet_file(found: &Found, bound: Bound) -> Result<Raw, DataError> {
    let (file, _) = open(found)?;
    let table = read_parquet(file, Some(bound.max())).map_err(|message| {
        if message.is_empty() {
            return bound.refuse(&found.name, None);
        }
        let fault = Fault::new(format!("not a Parquet file that can be read: {message}")).file(&found.name);
        DataError::Unreadable(Box::new(fault.remedy("write the file again")))
    })?;
    let mut raw = raw_of(&table);
    raw.files = vec![(found.name.clone(), table.len())];
    Ok(raw)
}

/// A table of ours as cells: row numbers count from 2, as if there were a header.
pub(crate) fn raw_of(table: &Table) -> Raw {
    let columns = table.columns();
    let cells =
        columns.iter().filter_map(|column| table.column(&column.name)).map(|array| Cells::Typed(Arc::clone(array)));
    Raw {
        columns: cells.collect(),
        names: columns.into_iter().map(|column| column.name).collect(),
        rows: (2..table.len() as u32 + 2).collect(),
        files: vec![(String::new(), table.len())],
        ..Raw::default()
    }
}

/// One column of the result.
enum Making {
    /// A column of the file, under this name.
    Taken { name: String, from: usize },
    /// An expression over the file's columns.
    Computed { name: String, expression: Expression, text: Text },
}

/// Types the cells, maps them to our names, checks them, and leaves faulty rows out.
///
/// `meaning` is the source whose fixed columns it has: `name` itself, or nothing for a file within a query.
pub(crate) fn make_table(name: &str, meaning: &str, source: &Source, raw: Raw) -> Result<Loaded, DataError> {
    let habits = habits(source, &raw);
    let file = (raw.files.len() == 1).then(|| raw.files[0].0.clone()).filter(|file| !file.is_empty());
    let place = |fault: Fault| match &file {
        Some(file) => fault.of(name).file(file),
        None => fault.of(name),
    };
    check_types_are_of_columns(source, &raw).map_err(|fault| DataError::MissingColumn(Box::new(place(*fault))))?;

    let rows = raw.rows.len();
    let evidence: Vec<Option<Evidence>> = raw
        .columns
        .par_iter()
        .map(|cells| match cells {
            Cells::Written(cells) | Cells::Texts(cells) => Some(Evidence::of(cells, &habits)),
            Cells::Typed(_) => None,
        })
        .collect();
    let proofs: Vec<char> = evidence.iter().flatten().filter_map(Evidence::proves).collect();
    let agreed = proofs.first().copied().filter(|first| proofs.iter().all(|other| other == first));
    let habits = Habits { likely_decimal: agreed.or(habits.likely_decimal), ..habits };

    // What each column of the file is, by its own name.
    let kinds: Vec<Wanted> = (0..raw.names.len())
        .map(|index| wanted(meaning, &raw.names[index], None, source, &raw.columns[index], evidence[index].as_ref()))
        .collect();
    let infos: Vec<ColumnInfo> = raw
        .names
        .iter()
        .zip(&kinds)
        .map(|(name, wanted)| ColumnInfo { name: name.clone(), kind: kind_wanted(*wanted) })
        .collect();
    let makings = plan_columns(source, &infos).map_err(|error| error.map_fault(&place))?;

    let named: FxHashSet<usize> = makings
        .iter()
        .flat_map(|making| match making {
            Making::Computed { expression, .. } => expression.columns(),
            Making::Taken { .. } => &[],
        })
        .filter_map(|column| raw.names.iter().position(|name| name == column))
        .collect();
    let converted = |index: usize, wanted: Wanted| convert_cells(&raw.columns[index], wanted, &habits);
    let under_own_names: Vec<(usize, (ArrayRef, Vec<Misfit>))> =
        named.into_par_iter().map(|index| (index, converted(index, kinds[index]))).collect();
    let taken: Vec<Option<(ArrayRef, Vec<Misfit>)>> = makings
        .par_iter()
        .map(|making| match making {
            Making::Taken { name: target, from } => {
                let wanted = wanted(
                    meaning,
                    &raw.names[*from],
                    Some(target),
                    source,
                    &raw.columns[*from],
                    evidence[*from].as_ref(),
                );
                Some(converted(*from, wanted))
            }
            Making::Computed { .. } => None,
        })
        .collect();

    let mut misfits: Vec<(String, Misfit)> = Vec::new();
    let mut own_columns = Vec::new();
    for (index, (array, faults)) in under_own_names {
        // A column that also stays in the table is told of there.
        let stays = |making: &Making| matches!(making, Making::Taken { name, from } if *from == index && *name == raw.names[index]);
        if !makings.iter().any(stays) {
            misfits.extend(faults.into_iter().map(|fault| (raw.names[index].clone(), fault)));
        }
        own_columns.push((raw.names[index].clone(), array));
    }
    let own = Table::of_columns(own_columns, rows);
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    for (making, taken) in makings.iter().zip(taken) {
        let (target, array, faults) = match (making, taken) {
            (Making::Taken { name, .. }, Some((array, faults))) => (name, array, faults),
            (Making::Computed { name: target, expression, text }, _) => {
                let array = expression.evaluate(&own).map_err(|error| {
                    let fault = error.fault().clone();
                    DataError::Sql(Box::new(place(fault).column(target).span(text.span())))
                })?;
                let stated = wanted(meaning, target, Some(target), source, &Cells::Typed(Arc::clone(&array)), None);
                let (array, faults) = convert_cells(&Cells::Typed(array), stated, &Habits::default());
                (target, array, faults)
            }
            (Making::Taken { .. }, None) => continue,
        };
        misfits.extend(faults.into_iter().map(|fault| (target.clone(), fault)));
        columns.push((target.clone(), array));
    }
    let table = Table::of_columns(columns, rows);
    check_needs(meaning, &table, &raw, source).map_err(|fault| DataError::MissingColumn(Box::new(place(*fault))))?;

    let mut refused: FxHashSet<usize> = misfits.iter().map(|(_, misfit)| misfit.row).collect();
    let cascade = source.on_error == OnError::Skip;
    let faults = checks::check(meaning, &table, &|row| raw.origin(row).1, &refused, cascade);
    refused.extend(faults.iter().map(|(_, misfit)| misfit.row));
    misfits.extend(faults);

    let mut rejected = raw.rejected.clone();
    for (column, misfit) in misfits {
        let (file, row) = raw.origin(misfit.row);
        let Misfit { value, reason, .. } = misfit;
        rejected.push(Rejected { source: String::new(), file: file.to_owned(), row, column, value, reason });
    }
    for one in &mut rejected {
        name.clone_into(&mut one.source);
    }
    let order = |file: &str| raw.files.iter().position(|(other, _)| other == file);
    rejected.sort_by_cached_key(|one| (order(&one.file), one.row));
    let rejected_rows = raw.refused + refused.len() as u64;
    let table = if refused.is_empty() {
        table
    } else {
        let kept: Vec<u32> = (0..rows).filter(|row| !refused.contains(row)).map(|row| row as u32).collect();
        table.select(&kept)
    };
    let decimal = habits.decimal.or(agreed);
    Ok(Loaded { table, rejected, rejected_rows, decimal })
}

fn habits(source: &Source, raw: &Raw) -> Habits {
    Habits {
        decimal: source.decimal.filter(|sign| matches!(sign, '.' | ',')),
        likely_decimal: (raw.delimiter == Some(';')).then_some(','),
        date_format: source.date_format.clone(),
    }
}

/// What a column must hold: as the policy states, as its meaning asks, as its name tells, or as its cells look.
fn wanted(
    source_name: &str,
    own: &str,
    target: Option<&str>,
    source: &Source,
    cells: &Cells,
    evidence: Option<&Evidence>,
) -> Wanted {
    let stated = |name: &str| source.types.iter().find(|(text, _)| text.get_ref() == name).map(|(_, kind)| *kind);
    let name = target.unwrap_or(own);
    if let Some(meaning) = meanings(source_name).iter().find(|meaning| meaning.column == name) {
        return meaning.wanted;
    }
    if let Some(kind) = stated(name).or_else(|| stated(own)) {
        return Wanted::Kind(kind);
    }
    if is_identifier(name) || is_identifier(own) {
        return Wanted::Kind(ColumnType::Text);
    }
    match (cells, evidence) {
        (Cells::Typed(array), _) => Wanted::Kind(kind_of(array.data_type())),
        (Cells::Written(_), Some(evidence)) => Wanted::Kind(evidence.kind(true)),
        (Cells::Texts(_), Some(evidence)) => Wanted::Kind(evidence.kind(false)),
        _ => Wanted::Kind(ColumnType::Text),
    }
}

fn kind_wanted(wanted: Wanted) -> ColumnType {
    match wanted {
        Wanted::Kind(kind) => kind,
        Wanted::Within { .. } | Wanted::Amount => ColumnType::Number,
    }
}

fn convert_cells(cells: &Cells, wanted: Wanted, habits: &Habits) -> (ArrayRef, Vec<Misfit>) {
    match cells {
        Cells::Written(cells) | Cells::Texts(cells) => convert(cells, wanted, habits),
        Cells::Typed(array) => {
            let fits = match wanted {
                Wanted::Kind(kind) => kind_of(array.data_type()) == kind,
                Wanted::Amount => kind_of(array.data_type()) == ColumnType::Number,
                Wanted::Within { .. } => false,
            };
            if fits {
                return (Arc::clone(array), Vec::new());
            }
            if let Wanted::Within { least, most, .. } = wanted
                && are_within(array, least, most)
            {
                return (normalise(array), Vec::new());
            }
            let texts: StringViewArray = texts_of(array).into_iter().collect();
            convert(&texts, wanted, &Habits { decimal: Some('.'), ..Habits::default() })
        }
    }
}

/// Whether these are numbers of which none is out of bounds; then no cell need be looked at as a text.
fn are_within(array: &ArrayRef, least: f64, most: f64) -> bool {
    let fits = |number: f64| number.is_finite() && (least..=most).contains(&number);
    match array.data_type() {
        DataType::Float64 => array.as_primitive::<Float64Type>().iter().flatten().all(fits),
        _ => false,
    }
}

/// Which column of the result comes from where: the mapping first, then every other column of the file as it is.
fn plan_columns(source: &Source, infos: &[ColumnInfo]) -> Result<Vec<Making>, DataError> {
    let position = |name: &str| {
        let exact = infos.iter().position(|info| info.name == name);
        exact.or_else(|| {
            let lower = name.to_lowercase();
            let mut alike = infos.iter().enumerate().filter(|(_, info)| info.name.to_lowercase() == lower);
            alike.next().map(|(index, _)| index).filter(|_| alike.next().is_none())
        })
    };
    let mut makings: Vec<Making> = Vec::new();
    let mut moved = FxHashSet::default();
    for (target, text) in &source.columns {
        let name = target.get_ref().clone();
        if let Some(from) = position(text.get_ref().trim()) {
            moved.insert(from);
            makings.push(Making::Taken { name, from });
            continue;
        }
        let expression = Expression::compile(text.get_ref(), infos).map_err(|error| {
            let fault = Fault::new(format!("the expression of the column {name}: {}", error.message));
            let fault = fault.span(span_within(text, error.at.clone()));
            let fault = match error.remedy {
                Some(remedy) => fault.remedy(remedy),
                None => fault,
            };
            if error.message.starts_with("there is no column") {
                DataError::MissingColumn(Box::new(fault))
            } else {
                DataError::Sql(Box::new(fault))
            }
        })?;
        makings.push(Making::Computed { name, expression, text: text.clone() });
    }
    let mut all: Vec<Making> = Vec::new();
    for (from, info) in infos.iter().enumerate() {
        let shadowed = source.columns.keys().any(|target| *target.get_ref() == info.name);
        if !moved.contains(&from) && !shadowed {
            all.push(Making::Taken { name: info.name.clone(), from });
        }
    }
    makings.append(&mut all);
    Ok(makings)
}

/// Bytes of the policy file for bytes of a text in it, when the text is written without escapes.
pub(crate) fn span_within(text: &Text, at: Option<std::ops::Range<usize>>) -> std::ops::Range<usize> {
    let span = text.span();
    match at {
        Some(at) if span.len() == text.get_ref().len() + 2 => span.start + 1 + at.start..span.start + 1 + at.end,
        _ => span,
    }
}

fn check_types_are_of_columns(source: &Source, raw: &Raw) -> Result<(), Box<Fault>> {
    for text in source.types.keys() {
        let name = text.get_ref();
        let mapped = source.columns.keys().any(|target| target.get_ref() == name);
        if mapped || raw.names.contains(name) {
            continue;
        }
        let near = nearest(name, raw.names.iter().map(String::as_str), 3);
        let remedy = match near.as_slice() {
            [] => format!("the columns found are: {}", list(raw.names.iter().map(String::as_str), 30)),
            near => format!("did you mean {}?", near.join(", ")),
        };
        let fault = Fault::new("types names a column that is not there").column(name).span(text.span());
        return Err(Box::new(fault.remedy(remedy)));
    }
    Ok(())
}

fn check_needs(name: &str, table: &Table, raw: &Raw, source: &Source) -> Result<(), Box<Fault>> {
    for meaning in meanings(name) {
        if meaning.need == Need::Optional || table.has(meaning.column) {
            continue;
        }
        let fault = Fault::new(format!("the column {} is needed and not there", meaning.column));
        let fault = fault.remedy(propose(meaning.column, &raw.names));
        let text = source.file.as_ref().or(source.sql.as_ref());
        return Err(Box::new(match text {
            Some(text) => fault.span(text.span()),
            None => fault,
        }));
    }
    Ok(())
}

impl DataError {
    /// The same error with more said about its place.
    pub(crate) fn map_fault(self, map: &dyn Fn(Fault) -> Fault) -> DataError {
        let with = |fault: Box<Fault>| Box::new(map(*fault));
        match self {
            DataError::Source(fault) => DataError::Source(with(fault)),
            DataError::File(fault) => DataError::File(with(fault)),
            DataError::Empty(fault) => DataError::Empty(with(fault)),
            DataError::Unreadable(fault) => DataError::Unreadable(with(fault)),
            DataError::Encoding(fault) => DataError::Encoding(with(fault)),
            DataError::TooLarge(fault) => DataError::TooLarge(with(fault)),
            DataError::Header(fault) => DataError::Header(with(fault)),
            DataError::MissingColumn(fault) => DataError::MissingColumn(with(fault)),
            DataError::Sql(fault) => DataError::Sql(with(fault)),
            DataError::Evaluate(fault) => DataError::Evaluate(with(fault)),
            DataError::Write(fault) => DataError::Write(with(fault)),
        }
    }
}
