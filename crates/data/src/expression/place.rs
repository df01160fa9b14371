//! Line and column of the parser to bytes of the text.

use std::ops::Range;

use datafusion::sql::sqlparser::tokenizer::{Location, Span};

/// Byte of a location; columns count characters from 1.
fn byte(sql: &str, location: Location) -> Option<usize> {
    let line = usize::try_from(location.line).ok()?.checked_sub(1)?;
    let column = usize::try_from(location.column).ok()?.checked_sub(1)?;
    let start: usize = sql.split_inclusive('\n').take(line).map(str::len).sum();
    let text = sql.get(start..)?;
    Some(start + text.char_indices().nth(column).map_or(text.len(), |(at, _)| at))
}

/// Bytes of a span; `None` for one the parser left empty.
pub(super) fn range(sql: &str, span: Span) -> Option<Range<usize>> {
    let (start, end) = (byte(sql, span.start)?, byte(sql, span.end)?);
    let end = if sql[end..].starts_with(')') && sql[start..end].contains('(') { end + 1 } else { end };
    (start <= end).then_some(start..end)
}

/// The parser's message and the word at the place it ends with (`… at Line: 1, Column: 5`).
pub(super) fn split_message(sql: &str, message: &str) -> (String, Option<Range<usize>>) {
    let Some((text, place)) = message.rsplit_once(" at Line: ") else {
        return (message.to_owned(), None);
    };
    let location = place.split_once(", Column: ").and_then(|(line, column)| {
        Some(Location { line: line.trim().parse().ok()?, column: column.trim().parse().ok()? })
    });
    let at = location.and_then(|location| byte(sql, location)).map(|start| {
        let word = sql[start..].find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(sql.len() - start);
        let first = sql[start..].chars().next().map_or(0, char::len_utf8);
        start..start + word.max(first)
    });
    (text.to_owned(), at)
}
