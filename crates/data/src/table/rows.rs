//! Rows that are written to a Parquet file piece by piece: what is written need not be in memory at once.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::types::Int32Type;
use datafusion::arrow::array::{
    ArrayRef, Date32Array, DictionaryArray, Float64Array, Int32Array, RecordBatch, StringArray,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::Compression;
use datafusion::parquet::file::properties::WriterProperties;

use super::days_of;
use crate::error::{DataError, Fault};

/// A column of some rows.
pub enum RowCells<'a> {
    /// Few texts in many rows: the place of each row's in `names`.
    Words {
        names: &'a [&'a str],
        rows: Vec<Option<u32>>,
    },
    /// A text a row.
    Texts(Vec<Option<&'a str>>),
    Numbers(Vec<Option<f64>>),
    /// The same day in all of so many rows.
    Day {
        day: jiff::civil::Date,
        rows: usize,
    },
}

impl RowCells<'_> {
    fn data_type(&self) -> DataType {
        match self {
            RowCells::Words { .. } => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            RowCells::Texts(_) => DataType::Utf8,
            RowCells::Numbers(_) => DataType::Float64,
            RowCells::Day { .. } => DataType::Date32,
        }
    }

    fn array(self) -> Result<ArrayRef, String> {
        Ok(match self {
            RowCells::Words { names, rows } => {
                let keys: Int32Array = rows.into_iter().map(|row| row.map(|row| row as i32)).collect();
                let names = Arc::new(names.iter().copied().map(Some).collect::<StringArray>());
                Arc::new(DictionaryArray::<Int32Type>::try_new(keys, names).map_err(|error| error.to_string())?)
            }
            RowCells::Texts(texts) => Arc::new(texts.into_iter().collect::<StringArray>()),
            RowCells::Numbers(numbers) => Arc::new(Float64Array::from(numbers)),
            RowCells::Day { day, rows } => {
                let days = days_of(i32::from(day.year()), day.month() as u32, day.day() as u32);
                Arc::new(Date32Array::from(vec![days; rows]))
            }
        })
    }
}

/// A Parquet file being written.
pub struct RowsWriter {
    path: PathBuf,
    names: Vec<String>,
    writer: Option<(SchemaRef, ArrowWriter<File>)>,
}

impl RowsWriter {
    /// The file is made with the first rows.
    pub fn new(path: &Path, names: &[&str]) -> RowsWriter {
        RowsWriter { path: path.to_owned(), names: names.iter().map(|name| (*name).to_owned()).collect(), writer: None }
    }

    /// Writes some rows: a column for each name, always of the same kinds.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&mut self, columns: Vec<RowCells>) -> Result<(), DataError> {
        let path = self.path.clone();
        self.append(columns).map_err(|message| failed(&path, &message))
    }

    fn append(&mut self, columns: Vec<RowCells>) -> Result<(), String> {
        let text = |error: &dyn std::fmt::Display| error.to_string();
        if self.writer.is_none() {
            let field = |(name, cells): (&String, &RowCells)| Field::new(name, cells.data_type(), true);
            let schema: SchemaRef =
                Arc::new(Schema::new(self.names.iter().zip(&columns).map(field).collect::<Vec<_>>()));
            let file = File::create(&self.path).map_err(|error| text(&error))?;
            let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
            let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties)).map_err(|e| text(&e))?;
            self.writer = Some((schema, writer));
        }
        let Some((schema, writer)) = &mut self.writer else { return Ok(()) };
        let arrays = columns.into_iter().map(RowCells::array).collect::<Result<Vec<_>, _>>()?;
        let batch = RecordBatch::try_new(Arc::clone(schema), arrays).map_err(|error| text(&error))?;
        writer.write(&batch).map_err(|error| text(&error))
    }

    /// Ends the file. Where there were no rows there is none.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn finish(self) -> Result<(), DataError> {
        let Some((_, writer)) = self.writer else { return Ok(()) };
        writer.close().map(drop).map_err(|error| failed(&self.path, &error.to_string()))
    }
}

fn failed(path: &Path, message: &str) -> DataError {
    DataError::Write(Box::new(
        Fault::new(format!("cannot be written: {message}"))
            .file(&path.display().to_string())
            .remedy("check that the folder is there and may be written to, and that the disk has room"),
    ))
}
