//! When a company is open: response times are counted in these hours.
//!
//! A promise of "two hours" made on Friday at 16:00 by a company that closes at 17:00 is kept on Monday at 10:00. Hours are
//! local to the company's zone, so a day on which the clocks are turned has as many as are really open.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};

/// Days and hours at which somebody answers.
#[derive(Debug, Clone)]
pub struct OpeningHours {
    pub days: BTreeSet<i8>,
    pub from: Time,
    pub to: Time,
    pub holidays: BTreeSet<Date>,
    pub zone: TimeZone,
}

/// The short English names of the days, Monday first.
pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Monday 1 … Sunday 7, by its short name.
#[must_use]
pub fn day_number(name: &str) -> Option<i8> {
    let name = name.trim().to_lowercase();
    DAYS.iter().position(|day| *day == name).and_then(|index| i8::try_from(index + 1).ok())
}

impl OpeningHours {
    /// Whether somebody is there on that day.
    #[must_use]
    pub fn is_open_on(&self, day: Date) -> bool {
        let weekday: Weekday = day.weekday();
        self.days.contains(&weekday.to_monday_one_offset()) && !self.holidays.contains(&day)
    }

    /// Open time between two moments; nothing where the second is not after the first.
    #[must_use]
    pub fn between(&self, from: Timestamp, to: Timestamp) -> SignedDuration {
        let local = |moment: Timestamp| self.zone.to_datetime(moment).date();
        let (mut day, last) = (local(from), local(to));
        let mut open = SignedDuration::ZERO;
        while day <= last {
            if self.is_open_on(day)
                && let (Some(begins), Some(ends)) = (self.moment(day, self.from), self.moment(day, self.to))
            {
                let (begins, ends) = (begins.max(from), ends.min(to));
                if begins < ends {
                    open += begins.duration_until(ends);
                }
            }
            let Ok(next) = day.checked_add(1.day()) else { break };
            day = next;
        }
        open
    }

    /// Hours of [`OpeningHours::between`].
    #[must_use]
    pub fn hours_between(&self, from: Timestamp, to: Timestamp) -> f64 {
        self.between(from, to).as_secs_f64() / 3600.0
    }

    /// `mon–fri 09:00–17:00 (Europe/Sofia)`, as reports state it.
    #[must_use]
    pub fn told(&self) -> String {
        let runs: Vec<i8> = self.days.iter().copied().collect();
        let name = |day: i8| DAYS[usize::try_from(day - 1).unwrap_or(0).min(6)];
        let whole = runs.windows(2).all(|pair| pair[1] == pair[0] + 1) && runs.len() > 2;
        let days = match (runs.first(), runs.last()) {
            (Some(first), Some(last)) if whole => format!("{}–{}", name(*first), name(*last)),
            _ => runs.iter().map(|day| name(*day)).collect::<Vec<_>>().join(", "),
        };
        let zone = self.zone.iana_name().unwrap_or("UTC");
        format!("{days} {}–{} ({zone})", self.from.strftime("%H:%M"), self.to.strftime("%H:%M"))
    }

    fn moment(&self, day: Date, time: Time) -> Option<Timestamp> {
        self.zone.to_ambiguous_timestamp(day.to_datetime(time)).compatible().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{date, time};
    use proptest::prelude::*;

    fn sofia() -> OpeningHours {
        OpeningHours {
            days: (1..=5).collect(),
            from: time(9, 0, 0, 0),
            to: time(17, 0, 0, 0),
            holidays: BTreeSet::from([date(2026, 3, 3)]),
            zone: TimeZone::get("Europe/Sofia").expect("a zone"),
        }
    }

    fn at(text: &str) -> Timestamp {
        let local: jiff::civil::DateTime = text.parse().expect("a moment");
        sofia().zone.to_ambiguous_timestamp(local).compatible().expect("a moment")
    }

    #[test]
    fn evenings_weekends_and_holidays_do_not_count() {
        let hours = |from, to| sofia().hours_between(at(from), at(to));
        assert_eq!(hours("2026-02-27T16:00", "2026-03-02T10:00"), 2.0);
        assert_eq!(hours("2026-03-02T16:30", "2026-03-04T09:30"), 1.0);
        assert_eq!(hours("2026-03-02T20:00", "2026-03-04T08:00"), 0.0);
        assert_eq!(hours("2026-03-05T12:00", "2026-03-05T10:00"), 0.0);
    }

    #[test]
    fn a_week_with_a_turned_clock_has_its_hours() {
        let hours = sofia().hours_between(at("2026-03-23T00:00"), at("2026-04-06T00:00"));
        assert_eq!(hours, 80.0);
        assert_eq!(sofia().told(), "mon–fri 09:00–17:00 (Europe/Sofia)");
        let few = OpeningHours { days: BTreeSet::from([1, 3, 6]), ..sofia() };
        assert_eq!(few.told(), "mon, wed, sat 09:00–17:00 (Europe/Sofia)");
        assert_eq!((day_number("Sat"), day_number("day")), (Some(6), None));
    }

    proptest! {
        /// Time adds up, and never runs backwards.
        #[test]
        fn intervals_add_up(start in 1_700_000_000i64..1_800_000_000, first in 0i64..3_000_000, second in 0i64..3_000_000) {
            let moment = |second: i64| Timestamp::from_second(second).expect("a moment");
            let (a, b, c) = (moment(start), moment(start + first), moment(start + first + second));
            let hours = sofia();
            prop_assert_eq!(hours.between(a, b) + hours.between(b, c), hours.between(a, c));
            prop_assert!(hours.between(a, b) <= a.duration_until(b));
        }
    }
}
