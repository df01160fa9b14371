//! Cells to a checked table, in three steps: [`decide`] sees all of a source and says what each column is, [`shape`]
//! types and maps any part of its rows by that, and [`settle`] checks the whole and leaves faulty rows out.
//!
//! Embedded, the three follow one another ([`make_table`]). On a cluster the parts are looked at and shaped where the
//! files are read, each by another process; what comes out is the same, for this is the same code.

use bailiwick_domain::policy::document::{ColumnType, OnError, Source, Text};
#[cfg(feature = "ballista")]
use datafusion::arrow::array::new_empty_array;
use datafusion::arrow::array::types::Float64Type;
use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringViewArray};
use datafusion::arrow::datatypes::DataType;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::checks::{self, propose};
use super::meaning::{Need, is_identifier, meanings};
use super::raw::{Cells, Raw};
use super::typing::{Counts, Evidence, Habits, Misfit, Wanted, convert, convert_counted};
use crate::error::{DataError, Fault};
use crate::expression::Expression;
use crate::nearest::{list, nearest};
use crate::rejected::Rejected;
use crate::table::{ColumnInfo, Table, kind_of, normalise, texts_of};

/// A source's table and how it came about.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub table: Table,
    pub rejected: Vec<Rejected>,
    pub rejected_rows: u64,
    pub decimal: Option<char>,
}

/// What is known of a column's cells before it is typed.
#[cfg_attr(not(feature = "ballista"), allow(dead_code, reason = "only a cluster must know types beforehand"))]
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Form {
    /// As [`Cells::Written`].
    Written,
    /// As [`Cells::Texts`].
    Texts,
    /// As [`Cells::Typed`]; exact decimals with their digits and places.
    Typed { kind: ColumnType, decimal: Option<(u8, i8)> },
}

impl Form {
    fn of(cells: &Cells) -> Form {
        match cells {
            Cells::Written(_) => Form::Written,
            Cells::Texts(_) => Form::Texts,
            Cells::Typed(array) => {
                let decimal = match array.data_type() {
                    DataType::Decimal128(digits, places) => Some((*digits, *places)),
                    _ => None,
                };
                Form::Typed { kind: kind_of(array.data_type()), decimal }
            }
        }
    }
}

/// A column as it was looked at.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Look {
    pub form: Form,
    pub evidence: Option<Evidence>,
    /// Where they will be needed elsewhere than the cells are.
    pub counts: Option<Counts>,
}

impl Look {
    fn of(cells: &Cells, source: &Source, delimiter: Option<char>) -> Look {
        let evidence = match cells {
            Cells::Written(cells) | Cells::Texts(cells) => Some(Evidence::of(cells, &habits(source, delimiter))),
            Cells::Typed(_) => None,
        };
        Look { form: Form::of(cells), evidence, counts: None }
    }
}

/// [`Look::of`] cells that will be typed elsewhere, in parts.
#[cfg(feature = "ballista")]
pub(crate) fn look_closely(cells: &Cells, source: &Source, delimiter: Option<char>) -> Look {
    let counts = match cells {
        Cells::Written(texts) | Cells::Texts(texts) => Counts::of(texts),
        Cells::Typed(array) if *array.data_type() == DataType::Utf8View => Counts::of(array.as_string_view()),
        // What is typed and no text is written in one way only.
        Cells::Typed(_) => Counts::default(),
    };
    Look { counts: Some(counts), ..Look::of(cells, source, delimiter) }
}

#[cfg(feature = "ballista")]
impl Look {
    /// Of two parts of a column what holds for both; nothing where they are typed differently.
    pub(crate) fn and(self, other: &Look) -> Option<Look> {
        let form = match (self.form, other.form) {
            (ours, theirs) if ours == theirs => ours,
            (Form::Written | Form::Texts, Form::Written | Form::Texts) => Form::Texts,
            _ => return None,
        };
        let evidence = self.evidence.zip(other.evidence).map(|(ours, theirs)| ours.and(&theirs));
        let counts = self.counts.zip(other.counts).map(|(ours, theirs)| ours.and(&theirs));
        Some(Look { form, evidence, counts })
    }
}

/// The type of a column of a table.
#[cfg(feature = "ballista")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Stored {
    Kind(ColumnType),
    /// Exact, with so many digits, of which so many are decimals.
    Decimal(u8, i8),
}

#[cfg(feature = "ballista")]
impl Stored {
    pub(crate) fn arrow_type(self) -> DataType {
        match self {
            Stored::Kind(kind) => crate::table::arrow_type(kind),
            Stored::Decimal(digits, places) => DataType::Decimal128(digits, places),
        }
    }

    fn of_wanted(how: &How, habits: &Habits) -> Stored {
        match how.wanted {
            Wanted::Kind(kind) => Stored::Kind(kind),
            Wanted::Within(_) => Stored::Kind(ColumnType::Number),
            Wanted::Amount => Stored::Decimal(38, how.counts.unwrap_or_default().scale(habits) as i8),
        }
    }
}

/// The columns that [`shape`] gives for any part of a source. Nothing where a column takes its form from the values of an
/// expression in all rows, so that no part can be shaped by itself.
#[cfg(feature = "ballista")]
pub(crate) fn stored_columns(
    meaning: &str,
    source: &Source,
    looks: &[Look],
    reading: &Reading,
) -> Result<Option<Vec<(String, Stored)>>, DataError> {
    let dotted = Habits { decimal: Some('.'), ..Habits::default() };
    let typed = |kind: ColumnType, decimal: Option<(u8, i8)>| match decimal {
        Some((digits, places)) => Stored::Decimal(digits, places),
        None => Stored::Kind(kind),
    };
    let makings = plan_columns(source, &infos(&reading.names, &reading.own))?;
    let mut columns = vec![];
    for (making, how) in makings.iter().zip(&reading.taken) {
        let (name, stored) = match (making, how) {
            (Making::Taken { name, from }, Some(how)) => {
                let stored = match looks[*from].form {
                    Form::Written | Form::Texts => Stored::of_wanted(how, &reading.habits),
                    Form::Typed { kind, decimal } if fits(kind, how.wanted) => typed(kind, decimal),
                    Form::Typed { .. } => Stored::of_wanted(how, &dotted),
                };
                (name, stored)
            }
            (Making::Computed { name, expression, .. }, _) => {
                let nothing = new_empty_array(&expression.data_type());
                let cells = Cells::Typed(normalise(&nothing));
                let how = How { wanted: wanted_of_value(meaning, name, source, &cells), counts: None };
                let stored = match Form::of(&cells) {
                    Form::Typed { kind, decimal } if fits(kind, how.wanted) => typed(kind, decimal),
                    _ => match how.wanted {
                        Wanted::Amount | Wanted::Kind(ColumnType::Date | ColumnType::Timestamp) => return Ok(None),
                        _ => Stored::of_wanted(&how, &dotted),
                    },
                };
                (name, stored)
            }
            (Making::Taken { .. }, None) => continue,
        };
        columns.push((name.clone(), stored));
    }
    Ok(Some(columns))
}

/// How the cells of one column are read.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct How {
    pub wanted: Wanted,
    /// Of all the cells, where only some of them are at hand.
    counts: Option<Counts>,
}

/// How the columns of a source are read: decided over all of its rows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Reading {
    /// Columns of the files, and how each is read under its own name.
    names: Vec<String>,
    own: Vec<How>,
    /// The same under its name in the table, for each column of that; nothing for one that is computed.
    taken: Vec<Option<How>>,
    habits: Habits,
    agreed: Option<char>,
}

/// Typed columns under our names, and the cells that did not fit.
pub(crate) struct Shaped {
    pub table: Table,
    pub misfits: Vec<(String, Misfit)>,
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
    let place = place_of(name, &raw);
    let looks: Vec<Look> = raw.columns.par_iter().map(|cells| Look::of(cells, source, raw.delimiter)).collect();
    let reading = decide(meaning, source, &raw, &looks).map_err(|error| error.map_fault(&place))?;
    let shaped = shape(meaning, source, &raw, &reading).map_err(|error| error.map_fault(&place))?;
    settle(name, meaning, source, &raw, &reading, shaped)
}

/// Says in which source a fault is, and in which file where there is only one.
pub(crate) fn place_of(name: &str, raw: &Raw) -> impl Fn(Fault) -> Fault + use<> {
    let name = name.to_owned();
    let file = (raw.files.len() == 1).then(|| raw.files[0].0.clone()).filter(|file| !file.is_empty());
    move |fault: Fault| match &file {
        Some(file) => fault.of(&name).file(file),
        None => fault.of(&name),
    }
}

/// What each column of a source is. `looks` are those of the columns of `raw`, whose cells are not asked for.
pub(crate) fn decide(meaning: &str, source: &Source, raw: &Raw, looks: &[Look]) -> Result<Reading, DataError> {
    check_types_are_of_columns(source, raw).map_err(DataError::MissingColumn)?;
    let habits = habits(source, raw.delimiter);
    let proofs: Vec<char> = looks.iter().filter_map(|look| look.evidence?.proves()).collect();
    let agreed = proofs.first().copied().filter(|first| proofs.iter().all(|other| other == first));
    let habits = Habits { likely_decimal: agreed.or(habits.likely_decimal), ..habits };
    let how = |index: usize, target: Option<&str>| {
        let look = &looks[index];
        How { wanted: wanted(meaning, &raw.names[index], target, source, look), counts: look.counts }
    };
    let own: Vec<How> = (0..raw.names.len()).map(|index| how(index, None)).collect();
    let makings = plan_columns(source, &infos(&raw.names, &own))?;
    let taken = makings.iter().map(|making| match making {
        Making::Taken { name, from } => Some(how(*from, Some(name))),
        Making::Computed { .. } => None,
    });
    Ok(Reading { names: raw.names.clone(), own, taken: taken.collect(), habits, agreed })
}

fn infos(names: &[String], own: &[How]) -> Vec<ColumnInfo> {
    let info = |(name, how): (&String, &How)| ColumnInfo { name: name.clone(), kind: kind_wanted(how.wanted) };
    names.iter().zip(own).map(info).collect()
}

/// Types and maps the cells of a source, or of some of its rows.
pub(crate) fn shape(meaning: &str, source: &Source, raw: &Raw, reading: &Reading) -> Result<Shaped, DataError> {
    let rows = raw.rows.len();
    let Reading { names, own, habits, .. } = reading;
    let makings = plan_columns(source, &infos(names, own))?;
    let column_of = |index: usize| raw.names.iter().position(|name| *name == names[index]);
    let converted = |index: usize, how: &How| match column_of(index) {
        Some(column) => convert_cells(&raw.columns[column], how, habits),
        None => convert_cells(&Cells::empty(rows), how, habits),
    };
    let named: FxHashSet<usize> = makings
        .iter()
        .flat_map(|making| match making {
            Making::Computed { expression, .. } => expression.columns(),
            Making::Taken { .. } => &[],
        })
        .filter_map(|column| names.iter().position(|name| name == column))
        .collect();
    let under_own_names: Vec<(usize, (ArrayRef, Vec<Misfit>))> =
        named.into_par_iter().map(|index| (index, converted(index, &own[index]))).collect();
    let taken: Vec<Option<(ArrayRef, Vec<Misfit>)>> = makings
        .par_iter()
        .zip(&reading.taken)
        .map(|(making, how)| match (making, how) {
            (Making::Taken { from, .. }, Some(how)) => Some(converted(*from, how)),
            _ => None,
        })
        .collect();

    let mut misfits: Vec<(String, Misfit)> = Vec::new();
    let mut own_columns = Vec::new();
    for (index, (array, faults)) in under_own_names {
        // A column that also stays in the table is told of there.
        let stays =
            |making: &Making| matches!(making, Making::Taken { name, from } if *from == index && *name == names[index]);
        if !makings.iter().any(stays) {
            misfits.extend(faults.into_iter().map(|fault| (names[index].clone(), fault)));
        }
        own_columns.push((names[index].clone(), array));
    }
    let own_table = Table::of_columns(own_columns, rows);
    let mut columns: Vec<(String, ArrayRef)> = Vec::new();
    for (making, taken) in makings.iter().zip(taken) {
        let (target, array, faults) = match (making, taken) {
            (Making::Taken { name, .. }, Some((array, faults))) => (name, array, faults),
            (Making::Computed { name: target, expression, text }, _) => {
                let array = expression.evaluate(&own_table).map_err(|error| {
                    DataError::Sql(Box::new(error.fault().clone().column(target).span(text.span())))
                })?;
                let cells = Cells::Typed(array);
                let how = How { wanted: wanted_of_value(meaning, target, source, &cells), counts: None };
                let (array, faults) = convert_cells(&cells, &how, &Habits::default());
                (target, array, faults)
            }
            (Making::Taken { .. }, None) => continue,
        };
        misfits.extend(faults.into_iter().map(|fault| (target.clone(), fault)));
        columns.push((target.clone(), array));
    }
    Ok(Shaped { table: Table::of_columns(columns, rows), misfits })
}

/// Checks a shaped source, and leaves faulty rows out. `raw` says where each row came from; its cells are not asked for.
pub(crate) fn settle(
    name: &str,
    meaning: &str,
    source: &Source,
    raw: &Raw,
    reading: &Reading,
    shaped: Shaped,
) -> Result<Loaded, DataError> {
    let place = place_of(name, raw);
    let Shaped { table, mut misfits } = shaped;
    let rows = table.len();
    check_needs(meaning, &table, raw, source).map_err(|fault| DataError::MissingColumn(Box::new(place(*fault))))?;

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
    let decimal = reading.habits.decimal.or(reading.agreed);
    Ok(Loaded { table, rejected, rejected_rows, decimal })
}

fn habits(source: &Source, delimiter: Option<char>) -> Habits {
    Habits {
        decimal: source.decimal.filter(|sign| matches!(sign, '.' | ',')),
        likely_decimal: (delimiter == Some(';')).then_some(','),
        date_format: source.date_format.clone(),
    }
}

/// What a column must hold: as the policy states, as its meaning asks, as its name tells, or as its cells look.
fn wanted(source_name: &str, own: &str, target: Option<&str>, source: &Source, look: &Look) -> Wanted {
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
    match (look.form, look.evidence) {
        (Form::Typed { kind, .. }, _) => Wanted::Kind(kind),
        (Form::Written, Some(evidence)) => Wanted::Kind(evidence.kind(true)),
        (Form::Texts, Some(evidence)) => Wanted::Kind(evidence.kind(false)),
        _ => Wanted::Kind(ColumnType::Text),
    }
}

/// [`wanted`] of a column that is computed.
fn wanted_of_value(meaning: &str, target: &str, source: &Source, cells: &Cells) -> Wanted {
    let look = Look { form: Form::of(cells), evidence: None, counts: None };
    wanted(meaning, target, Some(target), source, &look)
}

fn kind_wanted(wanted: Wanted) -> ColumnType {
    match wanted {
        Wanted::Kind(kind) => kind,
        Wanted::Within(_) | Wanted::Amount => ColumnType::Number,
    }
}

fn convert_cells(cells: &Cells, how: &How, habits: &Habits) -> (ArrayRef, Vec<Misfit>) {
    let wanted = how.wanted;
    let read = |texts: &StringViewArray, habits: &Habits| match &how.counts {
        Some(counts) => convert_counted(texts, wanted, habits, counts),
        None => convert(texts, wanted, habits),
    };
    match cells {
        Cells::Written(cells) | Cells::Texts(cells) => read(cells, habits),
        Cells::Typed(array) => {
            if fits(kind_of(array.data_type()), wanted) {
                return (ArrayRef::clone(array), Vec::new());
            }
            if let Wanted::Within(quantity) = wanted
                && are_within(array, quantity.bounds())
            {
                return (normalise(array), Vec::new());
            }
            let texts: StringViewArray = texts_of(array).into_iter().collect();
            read(&texts, &Habits { decimal: Some('.'), ..Habits::default() })
        }
    }
}

/// Whether typed cells can stay as they are.
fn fits(kind: ColumnType, wanted: Wanted) -> bool {
    match wanted {
        Wanted::Kind(wanted) => kind == wanted,
        Wanted::Amount => kind == ColumnType::Number,
        Wanted::Within(_) => false,
    }
}

/// Whether these are numbers of which none is out of bounds; then no cell need be looked at as a text.
fn are_within(array: &ArrayRef, (least, most): (f64, f64)) -> bool {
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
