//! Delimited text to cells, row by row, with the row's number at hand when something is wrong with it.
//!
//! Cells are views into the text itself: nothing is copied but fields with doubled quotes, so that a file costs its own
//! size and 16 bytes a cell. The dialect (RFC 4180 with another delimiter or line end) is found from the first records.

use datafusion::arrow::array::StringViewBuilder;
use datafusion::arrow::buffer::Buffer;

use super::raw::{Cells, Raw};
use super::text::Decoded;
use crate::error::{DataError, Fault};

/// Longest field, in bytes.
const FIELD: usize = 1 << 20;
/// Most columns.
const COLUMNS: usize = 10_000;
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// Views reach 4 GiB into a buffer; longer texts are covered by buffers that overlap.
const STEP: usize = 1 << 30;

/// Part of the text that is a field, without its quotes.
#[derive(Debug, Clone, Copy)]
struct Field {
    start: usize,
    end: usize,
    /// Holds doubled quotes.
    doubled: bool,
}

/// Where a record ended.
#[derive(Debug, PartialEq, Eq)]
enum End {
    Record,
    /// Text after a closing quote.
    AfterQuote,
    /// The file ends within quotes.
    Unclosed,
    /// There are no more records.
    File,
}

/// Walks over records; `at` is the start of the next.
struct Scanner<'a> {
    text: &'a [u8],
    delimiter: u8,
    newline: u8,
    at: usize,
}

impl Scanner<'_> {
    fn next(&mut self, fields: &mut Vec<Field>) -> End {
        fields.clear();
        let text = self.text;
        let length = text.len();
        if self.at >= length {
            return End::File;
        }
        let mut end = End::Record;
        loop {
            let start = self.at;
            let mut field = Field { start, end: start, doubled: false };
            if start < length && text[start] == b'"' {
                let mut at = start + 1;
                loop {
                    match text[at..].iter().position(|&byte| byte == b'"') {
                        None => {
                            self.at = length;
                            fields.push(Field { start: start + 1, end: length, doubled: field.doubled });
                            return End::Unclosed;
                        }
                        Some(quote) => at += quote + 1,
                    }
                    if at < length && text[at] == b'"' {
                        field.doubled = true;
                        at += 1;
                    } else {
                        break;
                    }
                }
                field = Field { start: start + 1, end: at - 1, doubled: field.doubled };
                let after = at;
                while at < length && text[at] != self.delimiter && text[at] != self.newline {
                    at += 1;
                }
                if !text[after..at].iter().all(|&byte| matches!(byte, b' ' | b'\r')) {
                    end = End::AfterQuote;
                }
                self.at = at;
            } else {
                let mut at = start;
                while at < length && text[at] != self.delimiter && text[at] != self.newline {
                    at += 1;
                }
                let last = at < length && text[at] == self.newline || at == length;
                field.end = if last && at > start && text[at - 1] == b'\r' { at - 1 } else { at };
                self.at = at;
            }
            fields.push(field);
            if self.at >= length {
                return end;
            }
            let delimiter = text[self.at] == self.delimiter;
            self.at += 1;
            if !delimiter {
                return end;
            }
        }
    }
}

/// The delimiter with which the first records have the same number of fields, and most of them.
fn find_delimiter(text: &[u8], newline: u8) -> u8 {
    let mut fields = Vec::new();
    let mut best = (0.0, 0, b',');
    for delimiter in DELIMITERS {
        let mut scanner = Scanner { text, delimiter, newline, at: 0 };
        let (mut width, mut records, mut alike) = (0, 0, 0);
        while records < 200 && scanner.at < text.len().min(1 << 18) {
            if matches!(scanner.next(&mut fields), End::File | End::Unclosed) {
                break;
            }
            if fields.len() == 1 && fields[0].start >= fields[0].end {
                continue;
            }
            width = if records == 0 { fields.len() } else { width };
            records += 1;
            alike += usize::from(fields.len() == width);
        }
        if width < 2 {
            continue;
        }
        let share = alike as f64 / records as f64;
        if share > best.0 + 0.2 || (share > best.0 - 0.2 && width > best.1) {
            best = (share, width, delimiter);
        }
    }
    best.2
}

/// Reads the text of a file.
pub(crate) fn read(decoded: Decoded, delimiter: Option<char>, file: &str) -> Result<Raw, DataError> {
    let Decoded { text, encoding, broken } = decoded;
    let text = text.into_bytes();
    let head = &text[..text.len().min(1 << 16)];
    let newline = if !head.contains(&b'\n') && head.contains(&b'\r') { b'\r' } else { b'\n' };
    let mut start = 0;
    let mut stated = match delimiter {
        Some(delimiter) if !delimiter.is_ascii() || matches!(delimiter, '"' | '\n' | '\r') => {
            return Err(DataError::Header(Box::new(
                Fault::new(format!("{delimiter:?} cannot be a delimiter"))
                    .file(file)
                    .remedy("write \";\", \",\", \"|\" or \"\\t\""),
            )));
        }
        other => other.map(|delimiter| delimiter as u8),
    };
    // A spreadsheet program's own note of the delimiter.
    if text.len() > 5 && text[..4].eq_ignore_ascii_case(b"sep=") && matches!(text[5], b'\r' | b'\n') {
        stated = stated.or(Some(text[4]));
        start = text.iter().position(|&byte| byte == newline).map_or(text.len(), |at| at + 1);
    }
    let delimiter = stated.unwrap_or_else(|| find_delimiter(&text[start..], newline));
    let mut raw = Raw { encoding, delimiter: Some(char::from(delimiter)), ..Raw::default() };
    let buffer = Buffer::from_vec(text);
    let text: &[u8] = buffer.as_slice();
    let has_zero = text.contains(&0);
    let mut scanner = Scanner { text, delimiter, newline, at: start };
    let mut fields = Vec::new();
    let mut row = u64::from(start > 0);

    let unclosed = |row: u64| {
        DataError::Unreadable(Box::new(
            Fault::new("a quote (\") is opened here and closed nowhere in the file")
                .file(file)
                .row(row)
                .remedy("close the quote, or double it (\"\") where it belongs to the text"),
        ))
    };
    loop {
        row += 1;
        match scanner.next(&mut fields) {
            End::File => {
                let fault = Fault::new("the file holds no header and no rows").file(file);
                return Err(DataError::Empty(Box::new(fault.remedy("the first row must name the columns"))));
            }
            End::Unclosed => return Err(unclosed(row)),
            _ if is_blank(&fields) => {}
            _ => break,
        }
    }
    if fields.len() > COLUMNS {
        let fault = Fault::new(format!("the header has {} columns", fields.len())).file(file);
        return Err(DataError::Header(Box::new(fault.remedy("state the delimiter of the source"))));
    }
    raw.name_columns(fields.iter().map(|&field| unescape(text, field)).collect(), file)?;
    let width = raw.names.len();
    let mut builders: Vec<StringViewBuilder> = raw.names.iter().map(|_| StringViewBuilder::new()).collect();
    for builder in &mut builders {
        let mut from = 0;
        while from == 0 || from < text.len() {
            builder.append_block(buffer.slice_with_length(from, (2 * STEP).min(text.len() - from)));
            from += STEP;
        }
    }
    let mut broken = broken.into_iter().peekable();
    loop {
        row += 1;
        let from = scanner.at;
        let end = scanner.next(&mut fields);
        if end == End::File {
            break;
        }
        if end == End::Unclosed {
            return Err(unclosed(row));
        }
        let record = &text[from..scanner.at];
        let mut wrong_bytes = false;
        while broken.next_if(|&at| at < scanner.at).is_some() {
            wrong_bytes = true;
        }
        if is_blank(&fields) {
            continue;
        }
        if wrong_bytes
            || fields.len() != width
            || end == End::AfterQuote
            || has_zero && record.contains(&0)
            || record.len() > FIELD && fields.iter().any(|field| field.end - field.start > FIELD)
        {
            let reason = if wrong_bytes {
                format!("holds bytes that are no {encoding} (shown as \u{fffd})")
            } else if record.contains(&0) {
                "holds a zero byte".to_owned()
            } else if end == End::AfterQuote {
                "has text after a closing quote: a quote within a text is doubled (\"\")".to_owned()
            } else if fields.len() != width {
                let lines = record.iter().filter(|&&byte| byte == newline).count();
                let open = if lines > 1 {
                    format!(" (it runs over {lines} lines: is a quote left open?)")
                } else {
                    String::new()
                };
                format!(
                    "has {} {}, the header has {width}{open}",
                    fields.len(),
                    if fields.len() == 1 { "field" } else { "fields" }
                )
            } else {
                format!("has a field of more than {} MiB", FIELD >> 20)
            };
            let shown = &record[..record.len().min(400)];
            raw.reject_row(row, String::from_utf8_lossy(shown).trim_end_matches(['\r', '\n']), reason);
            continue;
        }
        raw.rows.push(u32::try_from(row).unwrap_or(u32::MAX));
        for (builder, &field) in builders.iter_mut().zip(&fields) {
            let length = field.end - field.start;
            if length == 0 {
                builder.append_null();
            } else if field.doubled {
                builder.append_value(unescape(text, field));
            } else {
                let block = field.start / STEP;
                let view = builder.try_append_view(block as u32, (field.start - block * STEP) as u32, length as u32);
                view.map_err(|error| {
                    DataError::Unreadable(Box::new(Fault::new(error.to_string()).file(file).row(row)))
                })?;
            }
        }
    }
    raw.columns = builders.into_iter().map(|mut builder| Cells::Written(builder.finish())).collect();
    raw.files = vec![(file.to_owned(), raw.rows.len())];
    Ok(raw)
}

fn is_blank(fields: &[Field]) -> bool {
    matches!(fields, [one] if one.start >= one.end)
}

fn unescape(text: &[u8], field: Field) -> String {
    let part = String::from_utf8_lossy(&text[field.start..field.end]);
    if field.doubled { part.replace("\"\"", "\"") } else { part.into_owned() }
}
