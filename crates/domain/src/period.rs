//! A period by which credits are told and pay is due: a month, a quarter or a year, written `2026-03`, `2026-Q1`, `2026`.

use std::fmt;
use std::str::FromStr;

use jiff::ToSpan;
use jiff::civil::{Date, date};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;
use utoipa::ToSchema;

/// How long a period is.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum PeriodLength {
    Month,
    #[default]
    Quarter,
    Year,
}

impl PeriodLength {
    fn months(self) -> i8 {
        match self {
            PeriodLength::Month => 1,
            PeriodLength::Quarter => 3,
            PeriodLength::Year => 12,
        }
    }

    /// The period of this length that holds the day.
    #[must_use]
    pub fn holding(self, day: Date) -> Period {
        let month = (day.month() - 1) / self.months() * self.months() + 1;
        Period { length: self, first: date(day.year(), month, 1) }
    }
}

/// A month, quarter or year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    length: PeriodLength,
    first: Date,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{0:?} is no period: write a quarter as 2026-Q1, a month as 2026-03, or a year as 2026")]
pub struct PeriodError(String);

impl Period {
    #[must_use]
    pub fn length(self) -> PeriodLength {
        self.length
    }

    #[must_use]
    pub fn first(self) -> Date {
        self.first
    }

    /// The first day after it.
    #[must_use]
    pub fn end(self) -> Date {
        self.first.saturating_add(i32::from(self.length.months()).months())
    }

    #[must_use]
    pub fn last(self) -> Date {
        self.end().saturating_sub(1.day())
    }

    #[must_use]
    pub fn contains(self, day: Date) -> bool {
        self.first <= day && day < self.end()
    }

    #[must_use]
    pub fn next(self) -> Period {
        Period { first: self.end(), ..self }
    }

    #[must_use]
    pub fn before(self) -> Period {
        self.length.holding(self.first.saturating_sub(1.day()))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month) = (self.first.year(), self.first.month());
        let text = match self.length {
            PeriodLength::Month => format!("{year}-{month:02}"),
            PeriodLength::Quarter => format!("{year}-Q{}", (month - 1) / 3 + 1),
            PeriodLength::Year => format!("{year}"),
        };
        f.pad(&text)
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    fn from_str(text: &str) -> Result<Self, PeriodError> {
        let wrong = || PeriodError(text.to_owned());
        let trimmed = text.trim();
        let (year, rest) = trimmed.split_at_checked(4).ok_or_else(wrong)?;
        let year: i16 = year.parse().ok().filter(|year| *year >= 1).ok_or_else(wrong)?;
        let (length, month): (_, i8) = if rest.is_empty() {
            (PeriodLength::Year, 1)
        } else if let Some(quarter) = rest.strip_prefix("-Q").or_else(|| rest.strip_prefix("-q")) {
            let quarter: i8 = quarter.parse().ok().filter(|quarter| (1..=4).contains(quarter)).ok_or_else(wrong)?;
            (PeriodLength::Quarter, quarter * 3 - 2)
        } else {
            let month = rest.strip_prefix('-').filter(|month| month.len() == 2).ok_or_else(wrong)?;
            (PeriodLength::Month, month.parse().map_err(|_| wrong())?)
        };
        let first = Date::new(year, month, 1).map_err(|_| wrong())?;
        Ok(Period { length, first })
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_read_as_it_is_written() {
        for text in ["2026", "2026-Q1", "2026-Q4", "2026-03", "2026-12"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        for text in ["", "26", "2026-Q5", "2026-13", "2026-3", "2026Q1", "year"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_period_begins_and_ends_where_it_should() {
        let quarter: Period = "2026-Q4".parse().unwrap();
        assert_eq!((quarter.first(), quarter.last()), (date(2026, 10, 1), date(2026, 12, 31)));
        assert_eq!((quarter.next().to_string(), quarter.before().to_string()), ("2027-Q1".into(), "2026-Q3".into()));
        assert_eq!(PeriodLength::Quarter.holding(date(2026, 12, 31)), quarter);
        assert!(quarter.contains(date(2026, 10, 1)) && !quarter.contains(date(2027, 1, 1)));
        assert_eq!(PeriodLength::Month.holding(date(2024, 2, 29)).last(), date(2024, 2, 29));
    }
}
