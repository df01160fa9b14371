//! Everything under `/api/v1`, a file a noun.

pub mod absences;
pub mod accounts;
pub mod appeals;
pub mod assignments;
pub mod audit;
pub mod cards;
pub mod communications;
pub mod contacts;
pub mod credits;
pub mod disputes;
pub mod draft_maps;
pub mod drafts;
pub mod employees;
pub mod exports;
pub mod handovers;
pub mod health;
pub mod history;
pub mod imports;
pub mod jobs;
pub mod metrics;
pub mod needs;
pub mod oidc;
pub mod openapi;
pub mod overview;
pub mod particulars;
pub mod plan_steps;
pub mod plans;
pub mod policies;
pub mod responsible;
pub mod rollback;
pub mod route;
pub mod route_decisions;
pub mod service_levels;
pub mod session;
pub mod sessions;
pub mod setup;
pub mod skills;
pub mod statements;
pub mod studies;
pub mod tokens;
pub mod users;
pub mod version;
pub mod webhooks;

use bailiwick_domain::access::UserRole;
use jiff::Timestamp;
use jiff::civil::Date;
use std::collections::BTreeSet;

use crate::problem::Problem;

const MOST_ROWS: u32 = 200;
const ROWS: u32 = 50;

/// How many rows a page has.
fn rows(asked: Option<u32>) -> Result<u32, Problem> {
    match asked {
        None => Ok(ROWS),
        Some(limit) if (1..=MOST_ROWS).contains(&limit) => Ok(limit),
        Some(limit) => {
            Err(Problem::wrong(format!("limit = {limit} is not possible"), format!("ask for 1 to {MOST_ROWS}")))
        }
    }
}

/// A name a person gives to something: trimmed, neither empty nor long, without control characters.
fn name(what: &str, text: &str) -> Result<String, Problem> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 100 || text.chars().any(char::is_control) {
        return Err(Problem::wrong(
            format!("{what} cannot be {text:?}"),
            "write 1 to 100 characters, none of them a control character",
        ));
    }
    Ok(text.to_owned())
}

/// What a person says of something: trimmed, not long; empty where nothing is said.
fn remark(what: &str, text: Option<&str>) -> Result<String, Problem> {
    const MOST: usize = 2_000;
    let text = text.unwrap_or_default().trim();
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
    if text.chars().count() > MOST || text.chars().any(control) {
        return Err(Problem::wrong(
            format!("{what} is too long, or holds control characters"),
            format!("write at most {MOST} characters"),
        ));
    }
    Ok(text.to_owned())
}

/// A day from a parameter or a body.
fn day(what: &str, text: &str) -> Result<Date, Problem> {
    text.parse().map_err(|_| Problem::wrong(format!("{what} = {text:?} is no date"), "write it as 2026-03-01"))
}

/// A moment from a parameter or a body.
fn instant(what: &str, text: &str) -> Result<Timestamp, Problem> {
    text.parse()
        .map_err(|_| Problem::wrong(format!("{what} = {text:?} is no moment"), "write it as 2026-03-01T12:00:00Z"))
}

/// A name as part of an address.
pub fn segment(name: &str) -> String {
    use std::fmt::Write;
    name.bytes().fold(String::with_capacity(name.len()), |mut text, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
        text
    })
}

/// A name from a body, which has to be there.
fn required<T: std::str::FromStr>(what: &str, text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::wrong(format!("{what} = {text:?} is not possible"), "give an id as it is known"))
}

/// A name from a parameter, if it was given and can be one.
fn parsed<T: std::str::FromStr>(what: &str, text: Option<&str>, remedy: &str) -> Result<Option<T>, Problem> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    text.parse().map(Some).map_err(|_| Problem::wrong(format!("{what} = {text:?} is not possible"), remedy))
}

fn role_words(roles: &[String]) -> Result<BTreeSet<UserRole>, Problem> {
    let known = || UserRole::ALL.iter().map(|role| role.word()).collect::<Vec<_>>().join(", ");
    if roles.is_empty() {
        return Err(Problem::wrong("a user has at least one role", format!("give some of {}", known())));
    }
    roles
        .iter()
        .map(|word| {
            UserRole::from_word(word).ok_or_else(|| {
                Problem::wrong(format!("there is no role {word:?}"), format!("give some of {}", known()))
            })
        })
        .collect()
}

/// A word of a fixed list, if one is given.
fn word_of<T: Copy + std::fmt::Display>(
    what: &str,
    text: Option<&str>,
    from: impl Fn(&str) -> Option<T>,
    all: &[T],
) -> Result<Option<T>, Problem> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    from(text).map(Some).ok_or_else(|| {
        let known: Vec<String> = all.iter().map(ToString::to_string).collect();
        Problem::wrong(format!("{what} = {text:?} is not possible"), format!("give one of {}", known.join(", ")))
    })
}

/// The page of a list that follows the one with this number, and where the next begins.
fn some_from<T>(all: Vec<T>, after: Option<u64>, limit: u32, number: impl Fn(&T) -> u64) -> (Vec<T>, Option<u64>) {
    let begin = match after {
        Some(after) => all.iter().position(|one| number(one) == after).map_or(all.len(), |place| place + 1),
        None => 0,
    };
    let limit = limit as usize;
    let more = all.len() > begin + limit;
    let page: Vec<T> = all.into_iter().skip(begin).take(limit).collect();
    let next = if more { page.last().map(number) } else { None };
    (page, next)
}
