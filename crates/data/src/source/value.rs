//! One cell's text to a value, and nothing guessed: numbers, dates, true and false, each in one stated form.

use crate::table::days_of;

const DAY: i64 = 86_400_000_000;

/// A number with `decimal` as its sign, groups of three digits set apart by the other sign, a space or an apostrophe.
/// No exponent without a point or a sign in it (`12E5` is an article), no words (`inf`, `NaN`).
pub(crate) fn number(text: &str, decimal: char) -> Option<f64> {
    let text = text.trim();
    let bytes = text.as_bytes();
    if !bytes.iter().any(u8::is_ascii_digit) {
        return None;
    }
    let plain = bytes.iter().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+' | b'.' | b'e' | b'E'));
    if decimal == '.' && plain {
        let exponent = bytes.iter().position(|b| matches!(b, b'e' | b'E'));
        if let Some(at) = exponent
            && !bytes[..at].contains(&b'.')
            && !bytes[at..].iter().any(|b| matches!(b, b'-' | b'+'))
        {
            return None;
        }
        return text.parse::<f64>().ok().filter(|number| number.is_finite());
    }
    let canonical = canonical(text, decimal)?;
    canonical.parse::<f64>().ok().filter(|number| number.is_finite())
}

/// The number's digits with a point and without groups, when it is well formed.
pub(crate) fn canonical(text: &str, decimal: char) -> Option<String> {
    let text = text.trim();
    let (sign, unsigned) = match text.as_bytes().first()? {
        b'-' => ("-", &text[1..]),
        b'+' => ("", &text[1..]),
        _ => ("", text),
    };
    let (whole, fraction) = match unsigned.split_once(decimal) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (unsigned, None),
    };
    if fraction.is_some_and(|fraction| fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit())) {
        return None;
    }
    if whole.is_empty() && fraction.is_none() {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 1);
    out.push_str(sign);
    if whole.bytes().all(|b| b.is_ascii_digit()) {
        out.push_str(if whole.is_empty() { "0" } else { whole });
    } else {
        let other = if decimal == ',' { '.' } else { ',' };
        let separator = whole.chars().find(|c| !c.is_ascii_digit())?;
        if separator != other && !matches!(separator, ' ' | '\'' | '\u{a0}' | '\u{202f}' | '\u{2019}') {
            return None;
        }
        for (index, group) in whole.split(separator).enumerate() {
            let fits = if index == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 };
            if !fits || !group.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            out.push_str(group);
        }
    }
    if let Some(fraction) = fraction {
        out.push('.');
        out.push_str(fraction);
    }
    Some(out)
}

pub(crate) fn integer(text: &str) -> Option<i64> {
    text.trim().parse().ok()
}

/// true/false, yes/no, t/f, y/n, 1/0, in any case.
pub(crate) fn boolean(text: &str) -> Option<bool> {
    let text = text.trim();
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(&["true", "yes", "t", "y", "1"]) {
        Some(true)
    } else if is(&["false", "no", "f", "n", "0"]) {
        Some(false)
    } else {
        None
    }
}

/// How the dates of a column are written. The time of day is optional in all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DateForm {
    /// `2025-12-31`, `2025/12/31`, `2025-12-31T12:30:00+02:00`
    Iso,
    /// `31.12.2025`, `31-12-2025`
    DayMonthDots,
    /// `12/31/2025`
    MonthDaySlash,
    /// `31/12/2025`
    DayMonthSlash,
}

impl DateForm {
    pub(crate) const ALL: [DateForm; 4] =
        [DateForm::Iso, DateForm::DayMonthDots, DateForm::MonthDaySlash, DateForm::DayMonthSlash];
}

/// Microseconds since 1970-01-01 and whether a time of day is written.
pub(crate) fn timestamp(text: &str, form: DateForm) -> Option<(i64, bool)> {
    let text = text.trim();
    let bytes = text.as_bytes();
    let end = bytes.iter().position(|b| !b.is_ascii_digit() && !matches!(b, b'.' | b'-' | b'/')).unwrap_or(bytes.len());
    let (date, rest) = (&text[..end], &text[end..]);
    let separator = date.bytes().find(|b| !b.is_ascii_digit())?;
    let mut parts = date.split(char::from(separator));
    let (first, second, third) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, month, day) = match form {
        DateForm::Iso if matches!(separator, b'-' | b'/') && first.len() == 4 => (first, second, third),
        DateForm::DayMonthDots if matches!(separator, b'.' | b'-') && third.len() == 4 => (third, second, first),
        DateForm::MonthDaySlash if separator == b'/' && third.len() == 4 => (third, first, second),
        DateForm::DayMonthSlash if separator == b'/' && third.len() == 4 => (third, second, first),
        _ => return None,
    };
    let days = days_of(digits(year)? as i32, digits(month)?, digits(day)?)?;
    let midnight = i64::from(days) * DAY;
    if rest.is_empty() {
        return Some((midnight, false));
    }
    let rest = rest.strip_prefix('T').or_else(|| rest.strip_prefix(' ')).or_else(|| rest.strip_prefix(", "))?;
    Some((midnight.checked_add(time_of_day(rest.trim())?)?, true))
}

/// One to four digits, no sign.
fn digits(text: &str) -> Option<u32> {
    if text.is_empty() || text.len() > 4 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

/// `12:30`, `12:30:15.25`, `1:30 PM`, `12:30:00Z`, `12:30:00+02:00` in microseconds from midnight (UTC where a zone is said).
fn time_of_day(text: &str) -> Option<i64> {
    let end = text.bytes().position(|b| !b.is_ascii_digit() && !matches!(b, b':' | b'.')).unwrap_or(text.len());
    let (clock, rest) = (&text[..end], text[end..].trim());
    let mut parts = clock.split(':');
    let mut hour = digits(parts.next()?)?;
    let minute = digits(parts.next()?)?;
    let (second, micros) = match parts.next() {
        None => (0, 0),
        Some(seconds) => {
            let (whole, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
            if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            let six: String = fraction.chars().chain("000000".chars()).take(6).collect();
            (digits(whole)?, six.parse::<i64>().ok()?)
        }
    };
    if parts.next().is_some() || minute > 59 || second > 59 {
        return None;
    }
    let mut offset = 0;
    match rest {
        "" | "Z" | "z" | "UTC" => {}
        _ if rest.eq_ignore_ascii_case("am") || rest.eq_ignore_ascii_case("pm") => {
            if !(1..=12).contains(&hour) {
                return None;
            }
            hour = hour % 12 + if rest.eq_ignore_ascii_case("pm") { 12 } else { 0 };
        }
        _ => {
            let sign = match rest.as_bytes()[0] {
                b'+' => 1,
                b'-' => -1,
                _ => return None,
            };
            let zone = &rest[1..];
            let (hours, minutes) = match zone.split_once(':') {
                Some((hours, minutes)) => (digits(hours)?, digits(minutes)?),
                None if zone.len() == 4 => (digits(zone.get(..2)?)?, digits(zone.get(2..)?)?),
                None => (digits(zone)?, 0),
            };
            if hours > 18 || minutes > 59 {
                return None;
            }
            offset = sign * i64::from(hours * 60 + minutes) * 60_000_000;
        }
    }
    if hour > 23 {
        return None;
    }
    Some(i64::from(hour * 3600 + minute * 60 + second) * 1_000_000 + micros - offset)
}

/// Any ISO 8601 date or timestamp, in microseconds since 1970-01-01.
pub(crate) fn iso_timestamp(text: &str) -> Option<i64> {
    timestamp(text, DateForm::Iso).map(|(micros, _)| micros)
}

/// The day a point in time is on.
pub(crate) fn day_of(micros: i64) -> i32 {
    micros.div_euclid(DAY) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_both_signs() {
        assert_eq!(number("1234.5", '.'), Some(1234.5));
        assert_eq!(number("1,234.5", '.'), Some(1234.5));
        assert_eq!(number("1.234,5", ','), Some(1234.5));
        assert_eq!(number("1 234,50", ','), Some(1234.5));
        assert_eq!(number("1\u{a0}234,50", ','), Some(1234.5));
        assert_eq!(number("-0,5", ','), Some(-0.5));
        assert_eq!(number("1.5e-3", '.'), Some(0.0015));
        for (text, sign) in [
            ("NaN", '.'),
            ("inf", '.'),
            ("12E5", '.'),
            ("1,23", '.'),
            ("1.23", ','),
            ("12,", ','),
            ("1-2", '.'),
            ("", '.'),
            ("1e999", '.'),
            ("1.5e999", '.'),
        ] {
            assert_eq!(number(text, sign), None, "{text}");
        }
    }

    #[test]
    fn dates_in_all_forms() {
        let day =
            |text, form| timestamp(text, form).map(|(micros, timed)| (crate::table::timestamp_text(micros), timed));
        assert_eq!(day("2018-02-26", DateForm::Iso), Some(("2018-02-26T00:00:00".into(), false)));
        assert_eq!(day("26.02.2018 19:58", DateForm::DayMonthDots), Some(("2018-02-26T19:58:00".into(), true)));
        assert_eq!(day("2/26/2018 7:58 PM", DateForm::MonthDaySlash), Some(("2018-02-26T19:58:00".into(), true)));
        assert_eq!(day("26/2/2018", DateForm::DayMonthSlash), Some(("2018-02-26T00:00:00".into(), false)));
        assert_eq!(day("2018-02-26T19:58:00+02:00", DateForm::Iso), Some(("2018-02-26T17:58:00".into(), true)));
        assert_eq!(day("2018-02-30", DateForm::Iso), None);
        assert_eq!(day("26.02.18", DateForm::DayMonthDots), None);
        assert_eq!(day("2018-02-26T25:00", DateForm::Iso), None);
        assert_eq!(day("жж", DateForm::Iso), None);
    }
}
