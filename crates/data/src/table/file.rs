//! A table as a Parquet file.

use std::fmt::Display;
use std::fs::File;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::concat_batches;
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};
use datafusion::parquet::arrow::{ArrowWriter, ProjectionMask};

use super::{ColumnInfo, Table};
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
        read(open(path)?, None, None).map_err(|message| no_parquet(path, &message))
    }
}

fn open(path: &Path) -> Result<File, DataError> {
    File::open(path).map_err(|error| {
        let fault = Fault::new(format!("cannot be opened: {error}"));
        DataError::File(Box::new(fault.file(&path.display().to_string())))
    })
}

fn no_parquet(path: &Path, message: &dyn Display) -> DataError {
    let fault = Fault::new(format!("not a Parquet file: {message}"));
    DataError::Unreadable(Box::new(fault.file(&path.display().to_string())))
}

/// Rows at once.
const PIECE: usize = 65_536;

/// A Parquet file of which some columns are read, at once or piece by piece.
#[derive(Debug)]
pub struct RowsReader {
    path: PathBuf,
    file: File,
    metadata: ArrowReaderMetadata,
    /// All columns, without rows.
    columns: Table,
}

impl RowsReader {
    /// # Errors
    /// If there is no such file, or it is no Parquet file.
    pub fn open(path: &Path) -> Result<RowsReader, DataError> {
        let file = open(path)?;
        let metadata =
            ArrowReaderMetadata::load(&file, Default::default()).map_err(|error| no_parquet(path, &error))?;
        let columns = table_of(&RecordBatch::new_empty(Arc::clone(metadata.schema())));
        Ok(RowsReader { path: path.to_owned(), file, metadata, columns })
    }

    pub fn columns(&self) -> Vec<ColumnInfo> {
        self.columns.columns()
    }

    /// Rows.
    pub fn len(&self) -> usize {
        usize::try_from(self.metadata.metadata().file_metadata().num_rows()).unwrap_or(0)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// # Errors
    /// If one of the columns is not there.
    pub fn need(&self, columns: &[impl AsRef<str>]) -> Result<(), DataError> {
        columns.iter().try_for_each(|column| self.columns.need(column.as_ref()).map(drop))
    }

    /// The columns of all rows, some thousands of rows at a time.
    ///
    /// # Errors
    /// If one of the columns is not there, or cannot be read.
    pub fn pieces<'a, C: AsRef<str>>(
        &'a self,
        columns: &[C],
    ) -> Result<impl Iterator<Item = Result<Table, DataError>> + use<'a, C>, DataError> {
        self.need(columns)?;
        let fail = |error: &dyn Display| no_parquet(&self.path, error);
        let file = self.file.try_clone().map_err(|error| fail(&error))?;
        let fields = self.metadata.schema().fields().iter().enumerate();
        let wanted = fields.filter(|(_, field)| columns.iter().any(|column| column.as_ref() == field.name()));
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), wanted.map(|(index, _)| index));
        let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone())
            .with_projection(mask)
            .with_batch_size(PIECE)
            .build()
            .map_err(|error| fail(&error))?;
        Ok(reader.map(move |batch| batch.map(|batch| table_of(&batch)).map_err(|error| fail(&error))))
    }

    /// The columns of all rows.
    ///
    /// # Errors
    /// If one of the columns is not there, or cannot be read.
    pub fn read(&self, columns: &[impl AsRef<str>]) -> Result<Table, DataError> {
        let pieces = self.pieces(columns)?.collect::<Result<Vec<_>, _>>()?;
        let Some(first) = pieces.first() else { return Ok(self.columns.clone()) };
        let batches = pieces.iter().map(|piece| &piece.batch);
        let whole = concat_batches(&first.batch.schema(), batches).map_err(|error| no_parquet(&self.path, &error))?;
        Ok(table_of(&whole))
    }
}

fn table_of(batch: &RecordBatch) -> Table {
    let schema = batch.schema();
    let columns = schema.fields().iter().zip(batch.columns());
    Table::of_columns(
        columns.map(|(field, column)| (field.name().clone(), Arc::clone(column))).collect(),
        batch.num_rows(),
    )
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
    let reader = builder.with_batch_size(PIECE).build().map_err(|error| error.to_string())?;
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(|error| error.to_string())?;
    let whole = concat_batches(&schema, &batches).map_err(|error| error.to_string())?;
    Ok(table_of(&whole))
}

/// Rows of each row group of a Parquet file.
#[cfg(feature = "ballista")]
pub(crate) fn row_group_rows(path: &Path) -> Result<Vec<usize>, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| error.to_string())?;
    let groups = builder.metadata().row_groups().iter();
    Ok(groups.map(|group| usize::try_from(group.num_rows()).unwrap_or(0)).collect())
}
