//! A table as a Parquet file.

use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::compute::concat_batches;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use super::Table;
use crate::error::{DataError, Fault};
use crate::rejected::write_whole;

impl Table {
    /// Writes under a temporary name first, so that no half of a file is left.
    pub fn write_parquet(&self, path: &Path) -> Result<(), DataError> {
        write_whole(path, |file| {
            let mut writer = ArrowWriter::try_new(file, self.batch.schema(), None)?;
            writer.write(&self.batch)?;
            writer.close()?;
            Ok(())
        })
        .map_err(|error| {
            DataError::Write(Box::new(
                Fault::new(format!("cannot be written: {error}"))
                    .file(&path.display().to_string())
                    .remedy("check that the folder is there and may be written to"),
            ))
        })
    }

    pub fn read_parquet(path: &Path) -> Result<Table, DataError> {
        let shown = path.display().to_string();
        let file = File::open(path).map_err(|error| {
            DataError::File(Box::new(Fault::new(format!("cannot be opened: {error}")).file(&shown)))
        })?;
        read(file, None, None).map_err(|message| {
            DataError::Unreadable(Box::new(Fault::new(format!("not a Parquet file: {message}")).file(&shown)))
        })
    }
}

/// Reads a Parquet file, or some of its row groups; an empty message means that it unpacks to more than `max` bytes.
pub(crate) fn read(file: File, max: Option<u64>, groups: Option<Range<usize>>) -> Result<Table, String> {
    let mut builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| error.to_string())?;
    let all = builder.metadata().row_groups().iter();
    let size: u64 = all.map(|group| u64::try_from(group.total_byte_size()).unwrap_or(0)).sum();
    if max.is_some_and(|max| size > max) {
        return Err(String::new());
    }
    if let Some(groups) = groups {
        let there = builder.metadata().num_row_groups();
        if groups.end > there {
            return Err(format!("it has {there} row groups now, and had {} before", groups.end));
        }
        builder = builder.with_row_groups(groups.collect());
    }
    let schema = Arc::clone(builder.schema());
    let reader = builder.with_batch_size(65_536).build().map_err(|error| error.to_string())?;
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    let whole = concat_batches(&schema, &batches).map_err(|error| error.to_string())?;
    let columns: Vec<(String, ArrayRef)> = schema
        .fields()
        .iter()
        .zip(whole.columns())
        .map(|(field, column)| (field.name().clone(), Arc::clone(column)))
        .collect();
    Ok(Table::of_columns(columns, whole.num_rows()))
}

/// Rows of each row group of a Parquet file.
#[cfg(feature = "ballista")]
pub(crate) fn row_group_rows(path: &Path) -> Result<Vec<usize>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| error.to_string())?;
    let groups = builder.metadata().row_groups().iter();
    Ok(groups.map(|group| usize::try_from(group.num_rows()).unwrap_or(0)).collect())
}
