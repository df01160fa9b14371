//! A source read on a cluster: looked at file by file, decided here, read part by part, settled here.

use std::path::Path;

use bailiwick_domain::policy::document::{Format, Source};
use datafusion::arrow::array::{AsArray, RecordBatch, UInt32Array};

use super::answers::{BESIDE, in_file_order, read_misfits};
use super::order::{Described, File, Order, Seen};
use super::read_exec::Output;
use super::{Asked, Cluster, values};
use crate::error::{DataError, Fault};
use crate::source::load::{Files, Groups, digest_of, find, format_of, stated_encoding};
use crate::source::locate::Found;
use crate::source::raw::Raw;
use crate::source::shape::{Loaded, Look, Reading, Shaped, Stored, decide, place_of, settle, stored_columns};
use crate::source::text::name_of;
use crate::table::{KnownValue, KnownValues, Table};

/// Row groups of a Parquet file are read together until they have so many rows.
const PART: usize = 250_000;

/// A source that was read on the cluster, with what is known of its files.
pub(crate) struct ReadThere {
    pub loaded: Loaded,
    /// Without their cells.
    pub files: Files,
}

/// Reads the files of a source on the cluster. Nothing where the source is one that only a whole can be made of: a
/// workbook, files whose columns are typed differently, or a date or an amount that is computed from texts.
pub(crate) async fn read(
    cluster: &Cluster,
    (name, source): (&str, &Source),
    pattern: &str,
    base: &Path,
    asked: &[Asked],
    told: &(dyn Fn(u64, u64) + Sync),
) -> Result<Option<ReadThere>, DataError> {
    let (found, bytes) = find(pattern, base)?;
    stated_encoding(source)?;
    let formats = found.iter().map(|one| format_of(one, source)).collect::<Result<Vec<_>, _>>()?;
    let Some(format) = formats.last().copied().filter(|_| !formats.contains(&Format::Xlsx)) else { return Ok(None) };
    told(0, bytes);
    let described = Described::of(name, source);
    let seen = look(cluster, &found, &described).await?;
    told(bytes / 2, bytes);

    let digest = digest_of(&seen.iter().map(|seen| seen.digest.clone()).collect::<Vec<_>>());
    let mut parts = vec![];
    let mut raw = Raw::default();
    let mut looks: Option<Vec<Look>> = Some(vec![]);
    for (one, seen) in found.iter().zip(seen) {
        parts.extend(parts_of(&seen).into_iter().map(|(groups, rows)| (File::of(one), groups, rows)));
        looks = looks.and_then(|looks| put_together(&raw.names, looks, &seen));
        raw.append(raw_of(one, seen))?;
    }
    let Some(looks) = looks else { return Ok(None) };
    let place = place_of(name, &raw);
    let reading = decide(name, source, &raw, &looks).map_err(|error| error.map_fault(&place))?;
    let stored = stored_columns(name, source, &looks, &reading).map_err(|error| error.map_fault(&place))?;
    let Some(stored) = stored else { return Ok(None) };

    let work = Work { cluster, described, reading, stored, parts };
    let (rows, entries) = work.rows(asked).await.map_err(|error| error.map_fault(&|fault| of_name(fault, name)))?;
    let (shaped, numbers) = work.shaped(&rows, entries).map_err(|error| error.map_fault(&place))?;
    raw.rows = numbers;
    told(bytes, bytes);
    let loaded = settle(name, name, source, &raw, &work.reading, shaped)?;
    let names = found.into_iter().map(|one| one.name).collect();
    Ok(Some(ReadThere { loaded, files: Files { raw, names, format, bytes, digest } }))
}

fn of_name(fault: Fault, name: &str) -> Fault {
    if fault.source.is_empty() { fault.of(name) } else { fault }
}

/// What the files look like, in their order.
async fn look(cluster: &Cluster, found: &[Found], described: &Described) -> Result<Vec<Seen>, DataError> {
    let order = |one: &Found| Order::Look { file: File::of(one), source: described.clone() };
    let answers = cluster.ask(found.iter().map(order).collect()).await?;
    let mut seen: Vec<Option<Seen>> = found.iter().map(|_| None).collect();
    for answer in answers {
        let (name, one): (String, Seen) = serde_json::from_str(&answer).map_err(|error| cluster.failed(&error))?;
        if let Some(place) = found.iter().position(|found| found.name == name) {
            seen[place] = Some(one);
        }
    }
    let all: Option<Vec<Seen>> = seen.into_iter().collect();
    all.ok_or_else(|| cluster.failed(&"it did not look at every file"))
}

/// The parts in which a file is read, with their rows.
fn parts_of(seen: &Seen) -> Vec<(Option<Groups>, usize)> {
    let mut parts = vec![];
    let (mut from, mut before, mut rows) = (0, 0, 0);
    for (group, more) in seen.groups.iter().enumerate() {
        rows += more;
        if rows >= PART || group + 1 == seen.groups.len() {
            parts.push((Some(Groups { range: from..group + 1, rows_before: before as u32 }), rows));
            (from, before, rows) = (group + 1, before + rows, 0);
        }
    }
    if parts.is_empty() { vec![(None, seen.rows)] } else { parts }
}

/// What is known of each column after one more file. `names` are those of the files before, in whose order the looks are.
fn put_together(names: &[String], looks: Vec<Look>, seen: &Seen) -> Option<Vec<Look>> {
    if names.is_empty() {
        return Some(seen.looks.clone());
    }
    let one = |(name, look): (&String, Look)| {
        // A file without the column is refused a moment later.
        match seen.names.iter().position(|other| other == name) {
            Some(place) => look.and(&seen.looks[place]),
            None => Some(look),
        }
    };
    names.iter().zip(looks).map(one).collect()
}

/// What was seen of a file, as if it had been read here, without its cells.
fn raw_of(found: &Found, seen: Seen) -> Raw {
    Raw {
        names: seen.names,
        rejected: seen.rejected,
        refused: seen.refused,
        encoding: name_of(&seen.encoding),
        delimiter: seen.delimiter,
        files: vec![(found.name.clone(), seen.rows)],
        ..Raw::default()
    }
}

/// A source that is decided about.
struct Work<'a> {
    cluster: &'a Cluster,
    described: Described,
    reading: Reading,
    stored: Vec<(String, Stored)>,
    /// With the rows of each.
    parts: Vec<(File, Option<Groups>, usize)>,
}

impl Work<'_> {
    /// All rows in their order, with the values that are asked for. An expression that fails on some row is left to whoever
    /// asks for it: there its fault is told as it always is.
    async fn rows(&self, asked: &[Asked]) -> Result<(RecordBatch, Vec<KnownValue>), DataError> {
        let order = |(part, (file, groups, _)): (usize, &(File, Option<Groups>, usize))| Order::Read {
            part: part as u32,
            file: file.clone(),
            groups: groups.clone(),
            source: self.described.clone(),
            reading: self.reading.clone(),
        };
        let orders: Vec<Order> = self.parts.iter().enumerate().map(order).collect();
        let plan = self.cluster.plan(&orders, Output::Rows(self.stored.clone()))?;
        let valued = values::on_top_of(plan.clone(), &self.stored, asked);
        if let Some(valued) = valued.filter(|valued| self.cluster.carries(&valued.plan)) {
            let schema = valued.plan.schema();
            match self.cluster.run(valued.plan).await {
                Ok(batches) => {
                    let rows = in_file_order(&schema, batches).map_err(|error| self.cluster.failed(&error))?;
                    return Ok((rows, valued.entries));
                }
                Err(error @ DataError::Cluster(_)) if error.fault().file.is_some() => return Err(error),
                Err(_) => {}
            }
        }
        let schema = plan.schema();
        let batches = self.cluster.run(plan).await?;
        Ok((in_file_order(&schema, batches).map_err(|error| self.cluster.failed(&error))?, vec![]))
    }

    /// The rows as a table with its misfits, and the number of each in its file.
    fn shaped(&self, rows: &RecordBatch, entries: Vec<KnownValue>) -> Result<(Shaped, Vec<u32>), DataError> {
        let part: &UInt32Array = rows.column(0).as_primitive();
        let numbers: &UInt32Array = rows.column(1).as_primitive();
        let mut counts = vec![0; self.parts.len()];
        for part in part.values() {
            if let Some(count) = counts.get_mut(*part as usize) {
                *count += 1;
            }
        }
        if let Some((file, ..)) =
            self.parts.iter().zip(counts).find(|((.., rows), count)| rows != count).map(|both| both.0)
        {
            let fault = Fault::new("it has other rows than a moment ago").file(file.name());
            let remedy = "plan again when nobody writes to it any more";
            return Err(DataError::Cluster(Box::new(fault.remedy(remedy))));
        }
        let misfits = read_misfits(rows.column(2));
        let ours = BESIDE.len()..BESIDE.len() + self.stored.len();
        let columns = self.stored.iter().zip(&rows.columns()[ours.clone()]);
        let columns = columns.map(|((name, _), column)| (name.clone(), column.clone())).collect();
        let mut table = Table::of_columns(columns, rows.num_rows());
        if !entries.is_empty() {
            let places: Vec<usize> = (ours.end..rows.num_columns()).collect();
            let values = rows.project(&places).map_err(|error| self.cluster.failed(&error))?;
            table = table.knowing(KnownValues::new(values, entries));
        }
        Ok((Shaped { table, misfits }, numbers.values().to_vec()))
    }
}
