//! What comes back from a cluster: rows with their part, their number and what is wrong with them.

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray};
use datafusion::arrow::compute::{SortColumn, concat_batches, lexsort_to_indices, take_record_batch};
use datafusion::arrow::datatypes::{DataType, SchemaRef, UInt32Type};
use datafusion::error::Result;

use crate::source::typing::Misfit;

/// Columns beside those of a source: the part, the row in its file, cells that did not fit. No file's column begins with a
/// space.
pub(super) const BESIDE: [&str; 3] = [" part", " row", " misfits"];
pub(super) const ANSWER: &str = "answer";

/// Column, value and reason of each misfit of a row, as JSON; nothing for most rows.
pub(super) fn write_misfits(rows: usize, misfits: Vec<(String, Misfit)>) -> StringArray {
    let mut of_row: Vec<Vec<(String, String, String)>> = vec![vec![]; if misfits.is_empty() { 0 } else { rows }];
    for (column, Misfit { row, value, reason }) in misfits {
        of_row[row].push((column, value, reason));
    }
    let text = |row: usize| of_row.get(row).filter(|of| !of.is_empty()).and_then(|of| serde_json::to_string(of).ok());
    (0..rows).map(text).collect()
}

/// The misfits of all rows, each row's in the order in which they were written.
pub(super) fn read_misfits(texts: &ArrayRef) -> Vec<(String, Misfit)> {
    let mut misfits = vec![];
    for (row, text) in texts.as_string::<i32>().iter().enumerate() {
        let of_row: Vec<(String, String, String)> =
            text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
        misfits.extend(of_row.into_iter().map(|(column, value, reason)| (column, Misfit { row, value, reason })));
    }
    misfits
}

/// Rows with the texts that they need and no others: those of a file all lie in one buffer, which would go with each piece.
pub(super) fn compact(batch: &RecordBatch) -> Result<RecordBatch> {
    let column = |array: &ArrayRef| match array.data_type() {
        DataType::Utf8View => std::sync::Arc::new(array.as_string_view().gc()) as ArrayRef,
        _ => ArrayRef::clone(array),
    };
    let columns = batch.columns().iter().map(column).collect();
    Ok(RecordBatch::try_new(batch.schema(), columns)?)
}

/// All rows, in the order of parts and of the rows in each, however they arrived.
pub(super) fn in_file_order(schema: &SchemaRef, mut batches: Vec<RecordBatch>) -> Result<RecordBatch> {
    batches.retain(|batch| batch.num_rows() > 0);
    let place = |batch: &RecordBatch, row: usize| {
        let number = |column: usize| batch.column(column).as_primitive::<UInt32Type>().value(row);
        (number(0), number(1))
    };
    batches.sort_by_key(|batch| place(batch, 0));
    let schema = batches.first().map_or_else(|| SchemaRef::clone(schema), RecordBatch::schema);
    let whole = concat_batches(&schema, &batches)?;
    if (1..whole.num_rows()).all(|row| place(&whole, row - 1) < place(&whole, row)) {
        return Ok(whole);
    }
    let by = |column: usize| SortColumn { values: ArrayRef::clone(whole.column(column)), options: None };
    let order = lexsort_to_indices(&[by(0), by(1)], None)?;
    Ok(take_record_batch(&whole, &order)?)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::UInt32Array;
    use datafusion::arrow::datatypes::{Field, Schema};

    use super::*;

    fn batch(places: &[(u32, u32)]) -> RecordBatch {
        let column = |of: fn(&(u32, u32)) -> u32| -> ArrayRef {
            Arc::new(places.iter().map(|place| Some(of(place))).collect::<UInt32Array>())
        };
        let fields = ["part", "row"].map(|name| Field::new(name, DataType::UInt32, true));
        RecordBatch::try_new(Arc::new(Schema::new(fields.to_vec())), vec![column(|p| p.0), column(|p| p.1)]).unwrap()
    }

    #[test]
    fn rows_are_in_the_order_of_the_files_however_they_arrive() {
        let pieces = [&[(1, 2), (1, 5)][..], &[(0, 4), (0, 9)], &[], &[(0, 2), (0, 3)], &[(2, 2)]];
        let ordered = [(0, 2), (0, 3), (0, 4), (0, 9), (1, 2), (1, 5), (2, 2)];
        let whole = in_file_order(&batch(&[]).schema(), pieces.iter().map(|piece| batch(piece)).collect()).unwrap();
        assert_eq!(whole, batch(&ordered));
        // Also when a piece holds rows of several places.
        let mixed = [&[(2, 2), (0, 3)][..], &[(1, 5), (1, 2), (0, 2)], &[(0, 9), (0, 4)]];
        let whole = in_file_order(&batch(&[]).schema(), mixed.iter().map(|piece| batch(piece)).collect()).unwrap();
        assert_eq!(whole, batch(&ordered));
    }

    #[test]
    fn misfits_come_back_as_they_went() {
        let misfit = |row: usize, reason: &str| Misfit { row, value: "\"x\"".into(), reason: reason.into() };
        let misfits = vec![("a".to_owned(), misfit(2, "no number")), ("b".to_owned(), misfit(0, "no date"))];
        let column: ArrayRef = Arc::new(write_misfits(4, misfits.clone()));
        assert_eq!(column.null_count(), 2);
        assert_eq!(read_misfits(&column), [misfits[1].clone(), misfits[0].clone()]);
        let none: ArrayRef = Arc::new(write_misfits(3, vec![]));
        assert_eq!((none.len(), read_misfits(&none).len()), (3, 0));
    }
}
