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
use serde::{Deserialize, Serialize};

use super::value::{DateForm, boolean, canonical, day_of, integer, number, timestamp};
use crate::rejected::shorten;

/// How a file writes things, where its columns do not say.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Wanted {
    Kind(ColumnType),
    /// A finite number within bounds.
    Within(Quantity),
    /// An exact decimal.
    Amount,
}

/// A number that has bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Quantity {
    Latitude,
    Longitude,
    Capacity,
}

impl Quantity {
    /// The least and the most.
    pub(crate) fn bounds(self) -> (f64, f64) {
        match self {
            Quantity::Latitude => (-90.0, 90.0),
            Quantity::Longitude => (-180.0, 180.0),
            Quantity::Capacity => (0.0, f64::INFINITY),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Quantity::Latitude => "latitude",
            Quantity::Longitude => "longitude",
            Quantity::Capacity => "capacity",
        }
    }
}

/// A cell that is not what its column must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Misfit {
    pub row: usize,
    pub value: String,
    pub reason: String,
}

/// What all cells of a column have in common. Of parts of a column it is found part by part and put [together](Self::and).
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
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
    /// A time of day is written somewhere, by each form of a date and by the one that is stated.
    timed: [bool; 4],
    stated_timed: bool,
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
            timed: [false; 4],
            stated_timed: false,
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
                Some((_, timed)) => self.stated_timed |= timed,
                None => self.stated_dates = false,
            }
        }
        let plausible = cell.len() >= 8 && cell.as_bytes()[0].is_ascii_digit();
        for ((possible, timed), form) in self.dates.iter_mut().zip(&mut self.timed).zip(DateForm::ALL) {
            if *possible {
                match timestamp(cell, form).filter(|_| plausible) {
                    Some((_, here)) => *timed |= here,
                    None => *possible = false,
                }
            }
        }
    }

    /// Of two parts of a column what holds for both.
    #[cfg(any(test, feature = "ballista"))]
    pub(crate) fn and(self, other: &Evidence) -> Evidence {
        let each = |ours: [bool; 4], theirs: [bool; 4], put: fn(bool, bool) -> bool| {
            std::array::from_fn(|form| put(ours[form], theirs[form]))
        };
        Evidence {
            integers: self.integers && other.integers,
            points: self.points && other.points,
            commas: self.commas && other.commas,
            fraction: self.fraction || other.fraction,
            spaced: self.spaced || other.spaced,
            has_comma: self.has_comma || other.has_comma,
            booleans: self.booleans && other.booleans,
            dates: each(self.dates, other.dates, |ours, theirs| ours && theirs),
            stated_dates: self.stated_dates && other.stated_dates,
            timed: each(self.timed, other.timed, |ours, theirs| ours || theirs),
            stated_timed: self.stated_timed || other.stated_timed,
            any: self.any || other.any,
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
            let by_form = self.dates.iter().zip(self.timed).any(|(possible, timed)| *possible && timed);
            let timed = by_form || self.stated_dates && self.stated_timed;
            return if timed { ColumnType::Timestamp } else { ColumnType::Date };
        }
        if numbers && (self.points || self.commas) && (!self.spaced || self.fraction) {
            return if self.integers { ColumnType::Integer } else { ColumnType::Number };
        }
        ColumnType::Text
    }
}

/// How the cells of a column are written, counted over all of them: what [`convert`] decides by.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Counts {
    /// Cells with a point or a comma that are numbers with the one or the other as the decimal sign.
    points: u64,
    commas: u64,
    has_point: bool,
    has_comma: bool,
    /// Cells that are dates, by form.
    dates: [u64; 4],
    /// Digits of the longest fraction after a point, and after a comma.
    places: [usize; 2],
}

impl Counts {
    /// Everything that may be asked.
    #[cfg(any(test, feature = "ballista"))]
    pub(crate) fn of(cells: &StringViewArray) -> Counts {
        let mut counts = Counts::default();
        counts.count_numbers(cells);
        counts.count_dates(cells);
        counts.measure_fractions(cells);
        counts
    }

    /// What is asked where this is wanted.
    fn for_wanted(cells: &StringViewArray, wanted: Wanted, habits: &Habits) -> Counts {
        let mut counts = Counts::default();
        match wanted {
            Wanted::Kind(ColumnType::Date | ColumnType::Timestamp) => counts.count_dates(cells),
            Wanted::Kind(ColumnType::Text | ColumnType::Boolean) => {}
            Wanted::Kind(ColumnType::Number | ColumnType::Integer) | Wanted::Within(_) | Wanted::Amount => {
                if habits.decimal.is_none() {
                    counts.count_numbers(cells);
                }
                if wanted == Wanted::Amount {
                    counts.measure_fractions(cells);
                }
            }
        }
        counts
    }

    fn count_numbers(&mut self, cells: &StringViewArray) {
        for cell in cells.iter().flatten() {
            let (point, comma) = (cell.contains('.'), cell.contains(','));
            if point || comma {
                self.has_point |= point;
                self.has_comma |= comma;
                self.points += u64::from(number(cell, '.').is_some());
                self.commas += u64::from(number(cell, ',').is_some());
            }
        }
    }

    fn count_dates(&mut self, cells: &StringViewArray) {
        for cell in cells.iter().flatten() {
            for (count, form) in self.dates.iter_mut().zip(DateForm::ALL) {
                *count += u64::from(timestamp(cell, form).is_some());
            }
        }
    }

    fn measure_fractions(&mut self, cells: &StringViewArray) {
        for cell in cells.iter().flatten() {
            for (places, sign) in self.places.iter_mut().zip(['.', ',']) {
                *places = (*places).max(cell.trim().rsplit_once(sign).map_or(0, |(_, fraction)| fraction.len()));
            }
        }
    }

    /// Of two parts of a column what both have.
    #[cfg(any(test, feature = "ballista"))]
    pub(crate) fn and(self, other: &Counts) -> Counts {
        Counts {
            points: self.points + other.points,
            commas: self.commas + other.commas,
            has_point: self.has_point || other.has_point,
            has_comma: self.has_comma || other.has_comma,
            dates: std::array::from_fn(|form| self.dates[form] + other.dates[form]),
            places: std::array::from_fn(|sign| self.places[sign].max(other.places[sign])),
        }
    }

    /// The decimal sign of a column: stated, or the one with which more of its cells are numbers, or the file's.
    fn decimal(&self, habits: &Habits, ungrouped: bool) -> char {
        if let Some(decimal) = habits.decimal {
            return decimal;
        }
        if ungrouped && self.has_comma != self.has_point {
            return if self.has_comma { ',' } else { '.' };
        }
        match self.points.cmp(&self.commas) {
            std::cmp::Ordering::Greater => '.',
            std::cmp::Ordering::Less => ',',
            // 1.234 or 1,234 in every cell: what the rest of the file does.
            std::cmp::Ordering::Equal => habits.decimal(),
        }
    }

    /// The form in which most cells are dates. Between month/day and day/month, when no cell decides: day first in
    /// files that write decimal commas.
    fn date_form(&self, habits: &Habits) -> DateForm {
        let day_first = habits.decimal() == ',';
        let order = if day_first { [0, 1, 3, 2] } else { [0, 1, 2, 3] };
        let best = order.into_iter().rev().max_by_key(|&form| self.dates[form]).unwrap_or(0);
        DateForm::ALL[best]
    }

    /// Places of exact decimals: as many as the longest fraction needs.
    pub(crate) fn scale(&self, habits: &Habits) -> usize {
        const PLACES: usize = 18;
        let [points, commas] = self.places;
        let places = if self.decimal(habits, false) == ',' { commas } else { points };
        places.min(PLACES)
    }
}

/// Texts to a column of the type wanted; cells that do not fit are NULL and told.
pub(crate) fn convert(cells: &StringViewArray, wanted: Wanted, habits: &Habits) -> (ArrayRef, Vec<Misfit>) {
    convert_counted(cells, wanted, habits, &Counts::for_wanted(cells, wanted, habits))
}

/// [`convert`] of a part of a column, where all of it is counted.
pub(crate) fn convert_counted(
    cells: &StringViewArray,
    wanted: Wanted,
    habits: &Habits,
    counts: &Counts,
) -> (ArrayRef, Vec<Misfit>) {
    let mut misfits = Vec::new();
    let array: ArrayRef = match wanted {
        Wanted::Kind(ColumnType::Text) => Arc::new(cells.clone()),
        Wanted::Kind(ColumnType::Number) => {
            let sign = counts.decimal(habits, false);
            Arc::new(each::<_, Float64Array>(cells, &mut misfits, |cell| {
                number(cell, sign).ok_or_else(|| no_number(cell))
            }))
        }
        Wanted::Kind(ColumnType::Integer) => {
            let sign = counts.decimal(habits, false);
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
            let dates = Dates::of(counts, habits);
            Arc::new(each::<_, Date32Array>(cells, &mut misfits, |cell| {
                dates.read(cell).map(day_of).ok_or_else(|| format!("is not a date{}", dates.hint()))
            }))
        }
        Wanted::Kind(ColumnType::Timestamp) => {
            let dates = Dates::of(counts, habits);
            Arc::new(each::<_, TimestampMicrosecondArray>(cells, &mut misfits, |cell| {
                dates.read(cell).ok_or_else(|| format!("is not a date with a time{}", dates.hint()))
            }))
        }
        Wanted::Within(quantity) => {
            let sign = counts.decimal(habits, true);
            let (least, most) = quantity.bounds();
            Arc::new(each::<_, Float64Array>(cells, &mut misfits, |cell| match number(cell, sign) {
                None => Err(no_number(cell)),
                Some(value) if value < least || value > most => Err(out_of(quantity)),
                Some(value) => Ok(value),
            }))
        }
        Wanted::Amount => amounts(cells, habits, counts, &mut misfits),
    };
    (array, misfits)
}

fn out_of(quantity: Quantity) -> String {
    let (name, (least, most)) = (quantity.name(), quantity.bounds());
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

/// Exact decimals, with as many places as the longest fraction needs (18 at most).
fn amounts(cells: &StringViewArray, habits: &Habits, counts: &Counts, misfits: &mut Vec<Misfit>) -> ArrayRef {
    let sign = counts.decimal(habits, false);
    let places = counts.scale(habits);
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
    fn of(counts: &Counts, habits: &'a Habits) -> Dates<'a> {
        Dates { format: habits.date_format.as_deref(), form: counts.date_form(habits) }
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

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::Array;
    use datafusion::arrow::compute::concat;
    use proptest::prelude::*;

    use super::*;

    /// Cells of a column: mostly of one manner of writing, so that something can be told of it.
    fn column() -> impl Strategy<Value = Vec<Option<String>>> {
        let manners = [
            &["1", "20", "-3", "007", ""][..],
            &["1.5", "1,234.5", "12", "0.25", "1.234"],
            &["1,5", "1.234,5", "12", "0,2500", "1 234,5"],
            &["2025-12-31", "2024-01-02T10:00", "2025-02-30"],
            &["31.12.2025", "01.02.2024 10:30", "1.2.2024"],
            &["12/31/2025", "1/2/2025", "31/12/2025", "2/26/2018 7:58 PM"],
            &["true", "FALSE", "yes"],
            &["ab", "-", "nan", "12345678901234567890"],
        ];
        let cell = move |manner: usize| {
            let usual = prop::sample::select(manners[manner].to_vec());
            let any = prop::sample::select(manners.concat());
            prop_oneof![8 => usual.prop_map(|cell| Some(cell.to_owned())), 1 => any.prop_map(|cell| Some(cell.to_owned())), 1 => Just(None)]
        };
        (0..8usize).prop_flat_map(move |manner| prop::collection::vec(cell(manner), 0..12))
    }

    proptest! {
        #[test]
        fn a_column_is_the_same_of_parts_as_of_one_piece(
            cells in column(), at in 0..12usize, decimal in prop::sample::select(vec![None, Some('.'), Some(',')]),
            format in prop::sample::select(vec![None, Some("%d.%m.%Y"), Some("%Y-%m-%dT%H:%M")]),
        ) {
            let habits = Habits { decimal, likely_decimal: Some(','), date_format: format.map(str::to_owned) };
            let whole: StringViewArray = cells.iter().cloned().collect();
            let (first, second) = cells.split_at(at.min(cells.len()));
            let parts = [first, second].map(|part| part.iter().cloned().collect::<StringViewArray>());
            let [first, second] = &parts;
            let evidence = Evidence::of(first, &habits).and(&Evidence::of(second, &habits));
            let one = Evidence::of(&whole, &habits);
            prop_assert_eq!((evidence.kind(true), evidence.kind(false)), (one.kind(true), one.kind(false)));
            prop_assert_eq!(evidence.proves(), one.proves());
            let counts = Counts::of(first).and(&Counts::of(second));
            use ColumnType::*;
            let kinds = [Text, Number, Integer, Date, Timestamp, Boolean].map(Wanted::Kind);
            for wanted in kinds.into_iter().chain([Wanted::Within(Quantity::Latitude), Wanted::Amount]) {
                let (array, misfits) = convert(&whole, wanted, &habits);
                let [(a, told), (b, mut more)] = parts.each_ref().map(|part| convert_counted(part, wanted, &habits, &counts));
                more.iter_mut().for_each(|misfit| misfit.row += first.len());
                prop_assert_eq!(&concat(&[a.as_ref(), b.as_ref()]).unwrap(), &array, "{:?}", wanted);
                prop_assert_eq!([told, more].concat(), misfits);
            }
        }
    }
}
