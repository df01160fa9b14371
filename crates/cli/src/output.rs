//! How results and errors reach a person: tables, JSON or CSV on stdout; complaints with their place on stderr.

use std::io::{IsTerminal, Write};

use bailiwick_app::AppError;
use bailiwick_domain::finding::{Finding, Severity};
use comfy_table::{ContentArrangement, Table, presets};
use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report};

/// Done.
pub const DONE: u8 = 0;
/// Refused, or there are findings.
pub const REFUSED: u8 = 1;
/// Wrong use.
pub const WRONG_USE: u8 = 2;

/// A table for people, without lines that get in the way of reading.
pub fn table(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Table {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    if !std::io::stdout().is_terminal() {
        table.set_width(160);
    }
    table.set_header(header.to_vec());
    rows.into_iter().for_each(|row| {
        table.add_row(row);
    });
    table
}

/// CSV of the same rows, with spreadsheet formulas made harmless.
pub fn csv(header: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    let mut writer = csv::Writer::from_writer(std::io::stdout().lock());
    let defused = |row: Vec<String>| {
        row.into_iter().map(|cell| bailiwick_app::plan::write::defuse(&cell).into_owned()).collect::<Vec<_>>()
    };
    // A reader that has seen enough closes the pipe; that is no error of ours.
    let _ = writer.write_record(header);
    for row in rows {
        if writer.write_record(defused(row)).is_err() {
            return;
        }
    }
    let _ = writer.flush();
}

/// Written as it comes: what is told may be larger than what it is told of.
pub fn json(value: &impl serde::Serialize) {
    let mut out = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    // A reader that has seen enough closes the pipe; that is no error of ours.
    let _ = serde_json::to_writer_pretty(&mut out, value)
        .map_err(std::io::Error::from)
        .and_then(|()| writeln!(out))
        .and_then(|()| out.flush());
}

pub fn say(text: impl std::fmt::Display) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Findings with the lines of the policy they are about.
pub fn print_findings(findings: &[Finding], policy_text: &str) {
    for finding in findings {
        eprintln!("{:?}", diagnose(finding, policy_text));
    }
}

fn diagnose(finding: &Finding, policy_text: &str) -> Report {
    let mut message = finding.message.clone();
    if !finding.samples.is_empty() {
        message.push_str(&format!(" (e.g. {})", finding.samples.join(", ")));
    }
    let severity = match finding.severity {
        Severity::Error => miette::Severity::Error,
        Severity::Warning => miette::Severity::Warning,
        Severity::Info => miette::Severity::Advice,
    };
    let mut diagnostic = MietteDiagnostic::new(message).with_code(finding.code).with_severity(severity);
    if !finding.remedy.is_empty() {
        diagnostic = diagnostic.with_help(finding.remedy.clone());
    }
    let policy_text = finding.place.as_ref().and_then(|place| place.source.as_deref()).unwrap_or(policy_text);
    match &finding.place {
        Some(place) if place.span.end <= policy_text.len() => {
            let label = LabeledSpan::new_with_span(Some(String::from("here")), place.span.clone());
            Report::new(diagnostic.with_label(label))
                .with_source_code(NamedSource::new(&place.file, policy_text.to_owned()))
        }
        _ => Report::new(diagnostic),
    }
}

/// Says what went wrong, and gives the exit code.
pub fn report_error(error: &AppError) -> u8 {
    match error {
        AppError::Refused { findings, policy_text } => print_findings(findings, policy_text),
        AppError::Rejected { samples, .. } => {
            eprintln!("error: {error}");
            samples.iter().for_each(|sample| eprintln!("  {sample}"));
        }
        _ => eprintln!("error: {error}"),
    }
    if let Some(remedy) = error.remedy() {
        eprintln!("  help: {remedy}");
    }
    match error {
        AppError::Usage { .. } => WRONG_USE,
        _ => REFUSED,
    }
}
