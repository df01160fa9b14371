//! Types of columns: guessed over every cell, or stated and each cell held to it.
//!
//! A guess is made only when *all* cells agree, in one form for the whole column: one odd cell and the column stays text.
//! What looks like a number but is a name stays text too: leading zeros, a plus sign, more digits than a number keeps.

use std::sync::Arc;

use bailiwick_domain::policy::document::ColumnType;
use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, StringViewArray,
    TimestampMicrosecondArray,
};
use jiff::fmt::strtime;

use super::value::{DateForm, boolean, canonical, day_of, integer, number, timestamp};
use crate::rejected::shorten;

/// How a file writes things, where its columns do not say.
#[derive(Debug, Clone, Default)]
pub(crate) struct Habits {
    /// Stated by the policy.
    pub decimal: Option<char>,
    /// Shown by some column of the file, or else suggested by its delimiter.
    pub likely_decimal: Option<char>,
    /// Of the policy, as in `%d.%m.%Y`.
    pub date_format: Option<String>,
}

impl Habits {
    fn decimal(&self) -> char {
        self.decimal.or(self.likely_decimal).unwrap_or('.')
    }
}

/// What a column must hold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Wanted {
    Kind(ColumnType),
    /// A finite number within bounds; `group` is what it is called: "latitude".
    Within {
        least: f64,
        most: f64,
        name: &'static str,
    },
    /// An exact decimal.
    Amount,
}

/// A cell that is not what its column must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misfit {
    pub row: usize,
    pub value: String,
    pub reason: String,
}

/// What all cells of a column have in common.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Evidence {
    integers: bool,
    points: bool,
    commas: bool,
    /// A fraction is written somewhere, so groups of digits are not a telephone number.
    fraction: bool,
    /// Groups are set apart by a space.
    spaced: bool,
    has_comma: bool,
    booleans: bool,
    dates: [bool; 4],
    stated_dates: bool,
    timed: bool,
    any: bool,
}

impl Evidence {
    /// Looks at every cell, until nothing is possible any more.
    pub(crate) fn of(cells: &StringViewArray, habits: &Habits) -> Evidence {
        let mut evidence = Evidence {
            integers: true,
            points: true,
            commas: true,
            fraction: false,
            spaced: false,
            has_comma: false,
            booleans: true,
            dates: [true; 4],
            stated_dates: habits.date_format.is_some(),
            timed: false,
            any: false,
        };
        for cell in cells.iter().flatten() {
            let cell = cell.trim();
            if cell.is_empty() {
                continue;
            }
            evidence.any = true;
            evidence.narrow(cell, habits);
            if !evidence.is_possible() {
                break;
            }
        }
        evidence
    }

    fn is_possible(&self) -> bool {
        self.points || self.commas || self.booleans || self.stated_dates || self.dates.contains(&true)
    }

    fn narrow(&mut self, cell: &str, habits: &Habits) {
        if self.points || self.commas {
            let digits = cell.strip_prefix('-').unwrap_or(cell).as_bytes();
            let named = digits.len() > 1 && digits[0] == b'0' && digits[1].is_ascii_digit()
                || cell.starts_with('+')
                || digits.len() > 18 && digits.iter().all(u8::is_ascii_digit);
            self.points &= !named && number(cell, '.').is_some();
            self.commas &= !named && number(cell, ',').is_some();
            self.integers &= digits.iter().all(u8::is_ascii_digit);
            self.spaced |=
                digits.iter().any(|&b| !b.is_ascii_digit() && !matches!(b, b'.' | b',' | b'e' | b'E' | b'-' | b'+'));
            self.has_comma |= digits.contains(&b',');
            self.fraction |= digits.iter().any(|&b| matches!(b, b'.' | b','));
        }
        self.booleans &= cell.eq_ignore_ascii_case("true") || cell.eq_ignore_ascii_case("false");
        if self.stated_dates {
            match habits.date_format.as_deref().and_then(|format| by_format(cell, format)) {
                Some((_, timed)) => self.timed |= timed,
                None => self.stated_dates = false,
            }
        }
        let plausible = cell.len() >= 8 && cell.as_bytes()[0].is_ascii_digit();
        for (possible, form) in self.dates.iter_mut().zip(DateForm::ALL) {
            if *possible {
                match timestamp(cell, form).filter(|_| plausible) {
                    Some((_, timed)) => self.timed |= timed,
                    None => *possible = false,
                }
            }
        }
    }

    /// The decimal sign that this column proves.
    pub(crate) fn proves(&self) -> Option<char> {
        match (self.any && self.fraction && !self.integers, self.points, self.commas) {
            (true, true, false) => Some('.'),
            (true, false, true) => Some(','),
            _ => None,
        }
    }

    /// The type of the column when nothing is stated.
    pub(crate) fn kind(&self, numbers: bool) -> ColumnType {
        if !self.any {
            return ColumnType::Text;
        }
        if numbers && self.booleans {
            return ColumnType::Boolean;
        }
        if self.stated_dates || self.dates.contains(&true) {
            return if self.timed { ColumnType::Timestamp } else { ColumnType::Date };
        }
        if numbers && (self.points || self.commas) && (!self.spaced || self.fraction) {
            return if self.integers { ColumnType::Integer } else { ColumnType::Number };
        }
        ColumnType::Text
    }
}

/// Texts to a column of the type wanted; cells that do not fit are NULL and told.
pub(crate) fn convert(cells: &StringViewArray, wanted: Wanted, habits: &Habits) -> (ArrayRef, Vec<Misfit>) {
    let mut misfits = Vec::new();
    let array: ArrayRef = match wanted {
        Wanted::Kind(ColumnType::Text) => Arc::new(cells.clone()),
        Wanted::Kind(ColumnType::Number) => {
            let sign = decimal_of(cells, habits, false);
            Arc::new(each::<_, Float64Array>(cells, &mut misfits, |cell| {
                number(cell, sign).ok_or_else(|| no_number(cell))
            }))
        }
        Wanted::Kind(ColumnType::Integer) => {
            let sign = decimal_of(cells, habits, false);
            let whole = |cell: &str| {
                let by_number = || number(cell, sign).filter(|value| value.fract() == 0.0 && value.abs() < 9.0e15);
                integer(cell).or_else(|| by_number().map(|value| value as i64))
            };
            Arc::new(each::<_, Int64Array>(cells, &mut misfits, |cell| {
                whole(cell).ok_or_else(|| "is not a whole number".to_owned())
            }))
        }
        Wanted::Kind(ColumnType::Boolean) => Arc::new(each::<_, BooleanArray>(cells, &mut misfits, |cell| {
            boolean(cell).ok_or_else(|| "is neither true nor false".to_owned())
        })),
        Wanted::Kind(ColumnType::Date) => {
            let dates = Dates::of(cells, habits);
            Arc::new(each::<_, Date32Array>(cells, &mut misfits, |cell| {
                dates.read(cell).map(day_of).ok_or_else(|| format!("is not a date{}", dates.hint()))
            }))
        }
        Wanted::Kind(ColumnType::Timestamp) => {
            let dates = Dates::of(cells, habits);
            Arc::new(each::<_, TimestampMicrosecondArray>(cells, &mut misfits, |cell| {
                dates.read(cell).ok_or_else(|| format!("is not a date with a time{}", dates.hint()))
            }))
        }
        Wanted::Within { least, most, name } => {
            let sign = decimal_of(cells, habits, true);
            Arc::new(each::<_, Float64Array>(cells, &mut misfits, |cell| match number(cell, sign) {
                None => Err(no_number(cell)),
                Some(value) if value < least || value > most => Err(out_of(name, least, most)),
                Some(value) => Ok(value),
            }))
        }
        Wanted::Amount => amounts(cells, habits, &mut misfits),
    };
    (array, misfits)
}

fn out_of(name: &str, least: f64, most: f64) -> String {
    if most.is_finite() {
        format!("is no {name}: it is between {least} and {most}")
    } else {
        format!("is no {name}: it is {least} or more")
    }
}

fn no_number(cell: &str) -> String {
    let word = cell.trim().trim_start_matches(['-', '+']).to_ascii_lowercase();
    let endless = matches!(word.as_str(), "nan" | "inf" | "infinity");
    if endless { "is not a finite number".to_owned() } else { "is not a number".to_owned() }
}

fn each<T, A: FromIterator<Option<T>>>(
    cells: &StringViewArray,
    misfits: &mut Vec<Misfit>,
    read: impl Fn(&str) -> Result<T, String>,
) -> A {
    let cells = cells.iter().enumerate().map(|(row, cell)| {
        let cell = cell.filter(|cell| !cell.trim().is_empty())?;
        match read(cell) {
            Ok(value) => Some(value),
            Err(reason) => {
                misfits.push(Misfit { row, value: shorten(cell), reason });
                None
            }
        }
    });
    cells.collect()
}

/// The decimal sign of a column: stated, or the one with which more of its cells are numbers, or the file's.
fn decimal_of(cells: &StringViewArray, habits: &Habits, ungrouped: bool) -> char {
    if let Some(decimal) = habits.decimal {
        return decimal;
    }
    let (mut points, mut commas, mut has_point, mut has_comma) = (0usize, 0usize, false, false);
    for cell in cells.iter().flatten() {
        let (point, comma) = (cell.contains('.'), cell.contains(','));
        if point || comma {
            has_point |= point;
            has_comma |= comma;
            points += usize::from(number(cell, '.').is_some());
            commas += usize::from(number(cell, ',').is_some());
        }
    }
    if ungrouped && has_comma != has_point {
        return if has_comma { ',' } else { '.' };
    }
    match points.cmp(&commas) {
        std::cmp::Ordering::Greater => '.',
        std::cmp::Ordering::Less => ',',
        // 1.234 or 1,234 in every cell: what the rest of the file does.
        std::cmp::Ordering::Equal => habits.decimal(),
    }
}

/// Exact decimals, with as many places as the longest fraction needs (18 at most).
fn amounts(cells: &StringViewArray, habits: &Habits, misfits: &mut Vec<Misfit>) -> ArrayRef {
    const PLACES: usize = 18;
    let sign = decimal_of(cells, habits, false);
    let places = cells
        .iter()
        .flatten()
        .filter_map(|cell| cell.trim().rsplit_once(sign).map(|(_, fraction)| fraction.len()))
        .max()
        .unwrap_or(0)
        .min(PLACES);
    let scaled = |cell: &str| -> Option<i128> {
        let text = match canonical(cell, sign) {
            Some(text) => text,
            None => format!("{:.6}", number(cell, sign)?),
        };
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let fraction: String = fraction.chars().chain(std::iter::repeat('0')).take(places).collect();
        let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
        (digits.unsigned_abs() < 10u128.pow(38)).then_some(digits)
    };
    let values = each::<i128, Decimal128Array>(cells, misfits, |cell| scaled(cell).ok_or_else(|| no_number(cell)));
    match values.with_precision_and_scale(38, places as i8) {
        Ok(values) => Arc::new(values),
        Err(_) => convert(cells, Wanted::Kind(ColumnType::Number), habits).0,
    }
}

/// How the dates of one column are read.
struct Dates<'a> {
    format: Option<&'a str>,
    form: DateForm,
}

impl<'a> Dates<'a> {
    /// The form in which most cells are dates. Between month/day and day/month, when no cell decides: day first in
    /// files that write decimal commas.
    fn of(cells: &StringViewArray, habits: &'a Habits) -> Dates<'a> {
        let format = habits.date_format.as_deref();
        let mut counts = [0usize; 4];
        for cell in cells.iter().flatten() {
            for (count, form) in counts.iter_mut().zip(DateForm::ALL) {
                *count += usize::from(timestamp(cell, form).is_some());
            }
        }
        let day_first = habits.decimal() == ',';
        let order = if day_first { [0, 1, 3, 2] } else { [0, 1, 2, 3] };
        let best = order.into_iter().rev().max_by_key(|&form| counts[form]).unwrap_or(0);
        Dates { format, form: DateForm::ALL[best] }
    }

    fn read(&self, cell: &str) -> Option<i64> {
        let by_format = self.format.and_then(|format| by_format(cell, format));
        // A workbook's own dates come in ISO, whatever the policy says of texts.
        let form = if self.format.is_some() { DateForm::Iso } else { self.form };
        by_format.or_else(|| timestamp(cell, form)).map(|(micros, _)| micros)
    }

    fn hint(&self) -> String {
        match (self.format, self.form) {
            (Some(format), _) => format!(" written as {format}"),
            (None, DateForm::Iso) => " (this column writes them as 2025-12-31)".to_owned(),
            (None, DateForm::DayMonthDots) => " (this column writes them as 31.12.2025)".to_owned(),
            (None, DateForm::MonthDaySlash) => " (this column writes them as 12/31/2025)".to_owned(),
            (None, DateForm::DayMonthSlash) => " (this column writes them as 31/12/2025)".to_owned(),
        }
    }
}

/// Microseconds since 1970-01-01 by a strftime format, and whether it tells the time of day.
fn by_format(cell: &str, format: &str) -> Option<(i64, bool)> {
    let broken = strtime::parse(format, cell.trim()).ok()?;
    let date = broken.to_date().ok()?;
    let days = crate::table::days_of(i32::from(date.year()), date.month() as u32, date.day() as u32)?;
    let midnight = i64::from(days) * 86_400_000_000;
    match broken.to_time() {
        Ok(time) if broken.hour().is_some() => {
            let seconds = i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second());
            Some((midnight + seconds * 1_000_000 + i64::from(time.subsec_nanosecond()) / 1000, true))
        }
        _ => Some((midnight, false)),
    }
}
