//! What people type: one line or several, an e-mail address, a telephone number, a language. Checked before it is kept,
//! so that whoever shows it later need not ask.

use thiserror::Error;

/// The longest text of one line, in characters.
pub const LINE: usize = 200;
/// The longest text of several lines.
pub const PROSE: usize = 10_000;

/// The text cannot be kept as what it was given for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unfit {
    #[error("{what} is empty: write it")]
    Empty { what: &'static str },
    #[error("{what} has {found} characters: the most is {most}")]
    TooLong { what: &'static str, found: usize, most: usize },
    #[error("{what} holds a control character: remove it")]
    Control { what: &'static str },
    #[error("{text:?} is no e-mail address: write one such as ann@example.com")]
    Email { text: String },
    #[error("{text:?} is no telephone number: write one such as +359 2 123 4567")]
    Phone { text: String },
    #[error("{text:?} is no language: write its code, such as en or bg")]
    Language { text: String },
    #[error("{what} are {found}: the most is {most}")]
    TooMany { what: &'static str, found: usize, most: usize },
    #[error("{text:?} is no {what}: give one of {known}")]
    Unknown { what: &'static str, text: String, known: String },
}

/// One line, trimmed; never empty.
pub fn line(what: &'static str, text: &str) -> Result<String, Unfit> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Unfit::Empty { what });
    }
    measured(what, text, LINE)?;
    if text.chars().any(char::is_control) {
        return Err(Unfit::Control { what });
    }
    Ok(text.to_owned())
}

/// One line, or nothing where there is none.
pub fn maybe_line(what: &'static str, text: Option<&str>) -> Result<Option<String>, Unfit> {
    match text.map(str::trim) {
        None | Some("") => Ok(None),
        Some(text) => line(what, text).map(Some),
    }
}

/// Some lines, trimmed; may be empty.
pub fn prose(what: &'static str, text: &str) -> Result<String, Unfit> {
    let text = text.trim().replace("\r\n", "\n");
    measured(what, &text, PROSE)?;
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
        return Err(Unfit::Control { what });
    }
    Ok(text)
}

fn measured(what: &'static str, text: &str, most: usize) -> Result<(), Unfit> {
    let found = text.chars().count();
    if found > most { Err(Unfit::TooLong { what, found, most }) } else { Ok(()) }
}

/// An e-mail address as far as it can be told without sending to it (RFC 5321 lengths).
pub fn email(text: Option<&str>) -> Result<Option<String>, Unfit> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let unfit = || Unfit::Email { text: text.chars().take(80).collect() };
    let (local, domain) = text.rsplit_once('@').ok_or_else(unfit)?;
    let strange =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | '\'' | ',' | ';' | '\\');
    let sound = !local.is_empty()
        && local.len() <= 64
        && text.len() <= 254
        && !text.chars().any(strange)
        && !local.contains('@')
        && domain.split('.').all(|part| !part.is_empty() && !part.starts_with('-') && !part.ends_with('-'))
        && domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-'));
    if sound { Ok(Some(text.to_owned())) } else { Err(unfit()) }
}

/// A telephone number as people write it.
pub fn phone(text: &str) -> Result<String, Unfit> {
    let text = text.trim();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let sound = (2..=20).contains(&digits)
        && text.len() <= 40
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '(' | ')' | '.' | '/' | '#' | 'x'))
        && text.chars().skip(1).all(|c| c != '+');
    if sound { Ok(text.to_owned()) } else { Err(Unfit::Phone { text: text.chars().take(40).collect() }) }
}

/// The most telephone numbers that somebody has here.
const PHONES: usize = 10;

pub fn phones(texts: &[String]) -> Result<Vec<String>, Unfit> {
    if texts.len() > PHONES {
        return Err(Unfit::TooMany { what: "telephone numbers", found: texts.len(), most: PHONES });
    }
    texts.iter().filter(|text| !text.trim().is_empty()).map(|text| phone(text)).collect()
}

/// The code of a language (BCP 47), as `en` or `bg-BG`.
pub fn language(text: Option<&str>) -> Result<Option<String>, Unfit> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    let mut parts = text.split('-');
    let first =
        parts.next().is_some_and(|part| matches!(part.len(), 2 | 3) && part.chars().all(|c| c.is_ascii_alphabetic()));
    let rest = parts.all(|part| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric()));
    if first && rest && text.len() <= 35 {
        Ok(Some(text.to_owned()))
    } else {
        Err(Unfit::Language { text: text.chars().take(40).collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_numbers_as_people_write_them() {
        for good in ["ann@example.com", "a.b+c@sub.example.co", "иван@пример.бг"] {
            assert_eq!(email(Some(good)), Ok(Some(good.to_owned())));
        }
        for bad in ["ann", "ann@", "@b.c", "a b@c.d", "a@b@c.d", "a@-b.c", "a@b..c", "a@b.c\r\nBcc: x@y.z", "<a@b.c>"] {
            assert!(email(Some(bad)).is_err(), "{bad}");
        }
        for good in ["+359 2 123 4567", "(02) 123-45-67", "112", "+1 212 555 0100 x12"] {
            assert_eq!(phone(good), Ok(good.to_owned()));
        }
        for bad in ["", "1", "call me", "+359+2", "=1+2", "12;ext=3"] {
            assert!(phone(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn lines_and_prose_hold_no_control_characters() {
        assert_eq!(line("the name", "  Ann "), Ok("Ann".into()));
        assert_eq!(line("the name", " "), Err(Unfit::Empty { what: "the name" }));
        assert!(line("the name", "a\nb").is_err() && line("the name", &"я".repeat(LINE + 1)).is_err());
        assert_eq!(prose("the text", "a\r\nb\tc "), Ok("a\nb\tc".into()));
        assert!(prose("the text", "a\u{0}b").is_err());
        assert_eq!(language(Some("bg-BG")), Ok(Some("bg-BG".into())));
        assert!(language(Some("bulgarian")).is_err() && language(Some("b_g")).is_err());
    }
}
