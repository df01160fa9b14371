//! Arrow's many types to six, and back to plain values.

use std::fmt::Write as _;
use std::sync::Arc;

use bailiwick_domain::policy::document::ColumnType;
use datafusion::arrow::array::types::{Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, StringViewArray};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};

/// The arrow type that a column of a kind has.
pub(crate) fn arrow_type(kind: ColumnType) -> DataType {
    match kind {
        ColumnType::Text => DataType::Utf8View,
        ColumnType::Number => DataType::Float64,
        ColumnType::Integer => DataType::Int64,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, None),
        ColumnType::Boolean => DataType::Boolean,
    }
}

/// The kind an arrow type belongs to; what is none of ours (lists, structures, durations) is text.
pub(crate) fn kind_of(data_type: &DataType) -> ColumnType {
    use DataType::*;
    match data_type {
        Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 => ColumnType::Integer,
        UInt64 | Float16 | Float32 | Float64 | Decimal32(..) | Decimal64(..) | Decimal128(..) | Decimal256(..) => {
            ColumnType::Number
        }
        Boolean => ColumnType::Boolean,
        Date32 | Date64 => ColumnType::Date,
        Timestamp(..) => ColumnType::Timestamp,
        Dictionary(_, value) => kind_of(value),
        RunEndEncoded(_, value) => kind_of(value.data_type()),
        _ => ColumnType::Text,
    }
}

/// A column in its kind's type. Exact decimals stay as they are; nested values become text.
pub(crate) fn normalise(array: &ArrayRef) -> ArrayRef {
    if let DataType::Decimal128(..) = array.data_type() {
        return Arc::clone(array);
    }
    let wanted = arrow_type(kind_of(array.data_type()));
    if *array.data_type() == wanted {
        return Arc::clone(array);
    }
    // A timestamp with a zone becomes UTC, a value that does not fit becomes text below.
    let strict = CastOptions { safe: false, ..CastOptions::default() };
    cast_with_options(array, &wanted, &strict).unwrap_or_else(|_| display(array))
}

/// Any array as arrow prints it.
fn display(array: &ArrayRef) -> ArrayRef {
    let options = FormatOptions::default();
    let texts: StringViewArray = match ArrayFormatter::try_new(array, &options) {
        Ok(formatter) => {
            (0..array.len()).map(|row| (!array.is_null(row)).then(|| formatter.value(row).to_string())).collect()
        }
        Err(_) => (0..array.len()).map(|_| None::<String>).collect(),
    };
    Arc::new(texts)
}

/// A normalised column as texts.
pub(crate) fn texts_of(array: &ArrayRef) -> Vec<Option<String>> {
    match array.data_type() {
        DataType::Utf8View => array.as_string_view().iter().map(|value| value.map(str::to_owned)).collect(),
        DataType::Float64 => {
            array.as_primitive::<Float64Type>().iter().map(|value| value.map(|value| value.to_string())).collect()
        }
        DataType::Int64 => {
            array.as_primitive::<Int64Type>().iter().map(|value| value.map(|value| value.to_string())).collect()
        }
        DataType::Boolean => array.as_boolean().iter().map(|value| value.map(|value| value.to_string())).collect(),
        DataType::Date32 => array.as_primitive::<Date32Type>().iter().map(|value| value.map(date_text)).collect(),
        DataType::Timestamp(TimeUnit::Microsecond, None) => {
            array.as_primitive::<TimestampMicrosecondType>().iter().map(|value| value.map(timestamp_text)).collect()
        }
        DataType::Decimal128(_, scale) => array
            .as_primitive::<Decimal128Type>()
            .iter()
            .map(|value| value.map(|value| decimal_text(value, *scale)))
            .collect(),
        _ => {
            let normal = normalise(array);
            if normal.data_type() == array.data_type() { texts_of(&display(array)) } else { texts_of(&normal) }
        }
    }
}

/// A normalised column as numbers, or why not.
pub(crate) fn numbers_of(array: &ArrayRef) -> Result<Vec<Option<f64>>, String> {
    match array.data_type() {
        DataType::Float64 => Ok(array.as_primitive::<Float64Type>().iter().collect()),
        DataType::Int64 => {
            Ok(array.as_primitive::<Int64Type>().iter().map(|value| value.map(|value| value as f64)).collect())
        }
        DataType::Boolean => {
            Ok(array.as_boolean().iter().map(|value| value.map(|value| f64::from(u8::from(value)))).collect())
        }
        DataType::Decimal128(..) => {
            Ok(texts_of(array).into_iter().map(|text| text.and_then(|text| text.parse().ok())).collect())
        }
        DataType::Utf8View => array
            .as_string_view()
            .iter()
            .map(|value| match value.map(str::trim) {
                None | Some("") => Ok(None),
                Some(text) => match text.parse::<f64>() {
                    Ok(number) if number.is_finite() => Ok(Some(number)),
                    _ => Err(format!("\"{}\" is not a number", crate::rejected::shorten(text))),
                },
            })
            .collect(),
        DataType::Date32 => Err("a date is not a number".into()),
        DataType::Timestamp(..) => Err("a point in time is not a number".into()),
        _ => {
            let normal = normalise(array);
            if normal.data_type() == array.data_type() { Err("not a number".into()) } else { numbers_of(&normal) }
        }
    }
}

/// Days since 1970-01-01 in ISO 8601.
pub(crate) fn date_text(days: i32) -> String {
    let (year, month, day) = civil(i64::from(days));
    if (0..=9999).contains(&year) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:+07}-{month:02}-{day:02}")
    }
}

/// Microseconds since 1970-01-01 in ISO 8601, the fraction only where there is one.
pub(crate) fn timestamp_text(micros: i64) -> String {
    const DAY: i64 = 86_400_000_000;
    let (days, rest) = (micros.div_euclid(DAY), micros.rem_euclid(DAY));
    let (seconds, fraction) = (rest / 1_000_000, rest % 1_000_000);
    let date = i32::try_from(days).map(date_text).unwrap_or_default();
    let mut text = format!("{date}T{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    if fraction > 0 {
        let _ = write!(text, ".{fraction:06}");
        text.truncate(text.trim_end_matches('0').len());
    }
    text
}

/// An exact decimal without zeros at its end.
fn decimal_text(value: i128, scale: i8) -> String {
    if scale <= 0 {
        return (value * 10i128.pow(u32::from(scale.unsigned_abs()))).to_string();
    }
    let scale = scale as usize;
    let digits = format!("{:0width$}", value.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let fraction = fraction.trim_end_matches('0');
    let sign = if value < 0 { "-" } else { "" };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// Year, month and day of a day since 1970-01-01 (H. Hinnant, "chrono-compatible low-level date algorithms", 2013).
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let of_era = days.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// Days since 1970-01-01 of a date that is one, by the same source.
pub(crate) fn days_of(year: i32, month: u32, day: u32) -> Option<i32> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if day == 0 || day > length {
        return None;
    }
    let year = year - i32::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let of_year = (153 * (month as i32 + if month > 2 { -3 } else { 9 }) + 2) / 5 + day as i32 - 1;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    Some(era * 146_097 + of_era - 719_468)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_come_back_as_they_went() {
        for (year, month, day) in
            [(1970, 1, 1), (2000, 2, 29), (1899, 12, 31), (2024, 12, 1), (1, 1, 1), (9999, 12, 31)]
        {
            let days = days_of(year, month, day).unwrap();
            assert_eq!(date_text(days), format!("{year:04}-{month:02}-{day:02}"));
        }
        assert_eq!(days_of(2023, 2, 29), None);
        assert_eq!(days_of(2000, 1, 1), Some(10_957));
        assert_eq!(timestamp_text(-1), "1969-12-31T23:59:59.999999");
        assert_eq!(timestamp_text(1_500_000), "1970-01-01T00:00:01.5");
    }

    #[test]
    fn decimals_keep_their_digits() {
        assert_eq!(decimal_text(205_656_206, 4), "20565.6206");
        assert_eq!(decimal_text(-5, 2), "-0.05");
        assert_eq!(decimal_text(1500, 3), "1.5");
        assert_eq!(decimal_text(7, 0), "7");
    }
}
