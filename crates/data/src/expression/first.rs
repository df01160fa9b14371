//! Ordered rules: for every row the first of several conditions that holds, in one walk over the table.

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::datatypes::DataType;
use rayon::prelude::*;

use super::{Expression, PIECE};
use crate::error::DataError;
use crate::table::Table;

/// The place of the first condition that holds, row by row; NULL counts as false. Every condition is asked about every
/// row, so that one that cannot be evaluated is told wherever it stands.
///
/// # Errors
/// Those of the evaluation, for the first row that has one.
pub fn first_that_holds(conditions: &[Expression], table: &Table) -> Result<Vec<Option<u16>>, DataError> {
    let pieces = table.pieces(PIECE);
    let found = pieces.par_iter().map(|piece| first_of_piece(conditions, piece)).collect::<Vec<_>>();
    let mut first = Vec::with_capacity(table.len());
    for piece in found {
        first.append(&mut piece?);
    }
    Ok(first)
}

fn first_of_piece(conditions: &[Expression], piece: &Table) -> Result<Vec<Option<u16>>, DataError> {
    let mut first = vec![None; piece.len()];
    for (place, condition) in conditions.iter().enumerate() {
        let array = condition.evaluate_whole(piece)?;
        match array.data_type() {
            DataType::Null => {}
            DataType::Boolean => {
                let values = array.as_boolean();
                let holds = match values.nulls() {
                    Some(nulls) => values.values() & nulls.inner(),
                    None => values.values().clone(),
                };
                for row in holds.set_indices() {
                    first[row].get_or_insert(place as u16);
                }
            }
            _ => return Err(condition.no_condition()),
        }
    }
    Ok(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_holds_wins_on_either_side_of_a_piece() {
        let rows = PIECE + 3;
        let numbers = (0..rows).map(|row| (row % 5 > 0).then_some(row as f64)).collect();
        let table = Table::of_columns(vec![], rows).with_numbers("x", numbers);
        let compile = |sql: &str| Expression::compile(sql, &table.columns()).expect("a condition");
        let conditions = [compile("x > 32767"), compile("x < 3"), compile("NULL"), compile("x IS NOT NULL")];
        let first = first_that_holds(&conditions, &table).expect("conditions");
        assert_eq!(first.len(), rows);
        assert_eq!(first[..6], [None, Some(1), Some(1), Some(3), Some(3), None]);
        assert_eq!(first[PIECE - 1..], [Some(3), Some(0), Some(0), None]);
        let one_by_one: Vec<Vec<bool>> =
            conditions.iter().map(|condition| condition.matches(&table).expect("a condition")).collect();
        let expected: Vec<Option<u16>> =
            (0..rows).map(|row| one_by_one.iter().position(|holds| holds[row]).map(|place| place as u16)).collect();
        assert_eq!(first, expected);
    }

    #[test]
    fn a_value_is_no_condition() {
        let table = Table::of_columns(vec![], 2).with_numbers("x", vec![Some(1.0), None]);
        let value = Expression::compile("x + 1", &table.columns()).expect("a value");
        assert!(first_that_holds(&[value], &table).is_err());
    }
}
