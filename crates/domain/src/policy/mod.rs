//! The policy: which account is in which segment, who serves it in which role, divided how.
//!
//! [`Policy::parse`] reads a file into a [`document::Document`] and [`check`]s what can be told without data; every
//! complaint names file, line, column and remedy.

pub mod check;
mod check_credit;
mod check_people;
pub mod credit;
pub mod document;
pub mod incentive;
pub mod people;
pub mod promise;
pub mod scenario;

use document::Document;
use serde_spanned::Spanned;

use crate::finding::{Finding, Place, Severity, suggest};

/// The name of the segment of a policy without segments.
pub const ALL: &str = "All";
/// The measure that is always there: one an account.
pub const COUNT: &str = "count";

/// A policy that is sound in itself.
#[derive(Debug, Clone)]
pub struct Policy {
    pub document: Document,
    /// The file's text, as applied plans keep it.
    pub text: String,
    /// How the file is called in messages.
    pub file: String,
    /// Warnings; errors refuse the policy.
    pub findings: Vec<Finding>,
    /// The end of the text that came from a scenario.
    pub overlay: Option<scenario::Overlay>,
}

impl Policy {
    /// Reads and checks a policy. All errors are told at once, unless the file is no TOML at all.
    pub fn parse(text: &str, file: &str) -> Result<Policy, Vec<Finding>> {
        Policy::read(text, file, None)
    }

    fn read(text: &str, file: &str, overlay: Option<scenario::Overlay>) -> Result<Policy, Vec<Finding>> {
        let place = |span: std::ops::Range<usize>| {
            let elsewhere = overlay.as_ref().and_then(|overlay| overlay.place(&span));
            elsewhere.unwrap_or_else(|| locate(text, file, span))
        };
        let document: Document = toml::from_str(text).map_err(|error| {
            let finding = explain_syntax(&error, text, file);
            vec![error.span().map_or(finding.clone(), |span| finding.at(place(span)))]
        })?;
        let (text, file) = (text.to_owned(), file.to_owned());
        let policy = Policy { document, text, file, findings: vec![], overlay };
        let findings = check::check(&policy);
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            return Err(findings);
        }
        Ok(Policy { findings, ..policy })
    }

    /// Where a text of the document stands.
    pub fn place<T>(&self, text: &Spanned<T>) -> Place {
        self.place_of(text.span())
    }

    pub fn place_of(&self, span: std::ops::Range<usize>) -> Place {
        let elsewhere = self.overlay.as_ref().and_then(|overlay| overlay.place(&span));
        elsewhere.unwrap_or_else(|| locate(&self.text, &self.file, span))
    }

    /// Segment names in order.
    pub fn segment_names(&self) -> Vec<&str> {
        if self.document.segments.is_empty() {
            return vec![ALL];
        }
        self.document.segments.iter().map(|segment| segment.name.get_ref().as_str()).collect()
    }

    /// Every role that coverage, stages or `[roles]` name, each once, in the order of the file.
    pub fn role_names(&self) -> Vec<&str> {
        let document = &self.document;
        let mut names: Vec<&str> = vec![];
        let coverage = document.coverage.iter().map(|coverage| coverage.role.get_ref().as_str());
        let roles = document.roles.keys().map(|role| role.get_ref().as_str());
        for name in roles.chain(coverage) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// A role's title for people: as `[roles]` says, else its name.
    pub fn role_title<'a>(&'a self, name: &'a str) -> &'a str {
        let role = self.document.roles.iter().find(|(role, _)| role.get_ref() == name);
        role.map(|(_, role)| role.title.as_str()).filter(|title| !title.is_empty()).unwrap_or(name)
    }

    /// The stages an account of a segment goes through: (process, stage, role).
    pub fn stages_of<'a>(&'a self, segment: &str) -> Vec<(&'a str, &'a str, Option<&'a str>)> {
        let processes = self.document.processes.iter().filter(|process| {
            process.segments.is_empty() || process.segments.iter().any(|name| name.get_ref() == segment)
        });
        processes
            .flat_map(|process| {
                process.stages.iter().map(|stage| {
                    let role = stage.role.as_ref().map(|role| role.get_ref().as_str());
                    (process.name.get_ref().as_str(), stage.name.get_ref().as_str(), role)
                })
            })
            .collect()
    }
}

/// The JSON Schema of the policy file, for editors.
pub fn schema() -> serde_json::Value {
    let mut schema = schemars::schema_for!(Document).to_value();
    schema["title"] = "bailiwick.toml".into();
    schema
}

fn locate(text: &str, file: &str, span: std::ops::Range<usize>) -> Place {
    let start = span.start.min(text.len());
    let before = &text[..start];
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Place { file: file.to_owned(), line, column, span, source: None }
}

fn explain_syntax(error: &toml::de::Error, text: &str, file: &str) -> Finding {
    let message = in_plain_words(error.message());
    let remedy = unknown_field(&message)
        .map(|(wrong, known)| suggest(&wrong, known.iter().map(String::as_str)))
        .unwrap_or_else(|| remedy_for(&message).to_owned());
    let finding = Finding::error("policy-syntax", message, remedy);
    match error.span() {
        Some(span) => finding.at(locate(text, file, span)),
        None => finding.at(locate(text, file, 0..0)),
    }
}

/// The parser's words for types, in a person's.
fn in_plain_words(message: &str) -> String {
    let words = [
        ("expected f64", "expected a number"),
        ("expected u64", "expected a whole number"),
        ("expected i64", "expected a whole number"),
        ("expected a boolean", "expected true or false"),
        ("expected a sequence", "expected a list"),
        ("expected a map", "expected a table"),
        ("invalid type: map", "invalid type: table"),
        ("invalid type: sequence", "invalid type: list"),
        ("floating point `", "number `"),
        ("integer `", "number `"),
        ("string \"", "text \""),
    ];
    words.iter().fold(message.to_owned(), |text, (theirs, ours)| text.replace(theirs, ours))
}

/// serde's own words for a field it does not know: "unknown field `x`, expected one of `a`, `b`".
fn unknown_field(message: &str) -> Option<(String, Vec<String>)> {
    let rest = message.strip_prefix("unknown field `")?;
    let (wrong, rest) = rest.split_once('`')?;
    let known = rest.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    Some((wrong.to_owned(), known))
}

fn remedy_for(message: &str) -> &'static str {
    if message.starts_with("missing field `sources`") {
        "add [sources.accounts] and [sources.employees], each with file = \"…\""
    } else if message.starts_with("missing field") {
        "add it, or see `bailiwick schema` for what belongs here"
    } else if message.starts_with("duplicate key") {
        "remove one of the two, or put them into one table"
    } else if message.starts_with("invalid type") {
        "write a value of the type that is expected; texts and conditions stand in quotes"
    } else {
        "the file is TOML: texts stand in quotes, lists in [ ], tables in { } or under a [heading]"
    }
}
