//! What is wrong, where, and what to do: the one shape of every complaint about a policy or its data.

use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The plan cannot be made, or would not be what the policy says.
    Error,
    /// The plan can be made; somebody should look.
    Warning,
    Info,
}

/// A place in a text file, counted from 1 as editors do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Place {
    pub file: String,
    pub line: usize,
    pub column: usize,
    /// Byte range in the file.
    #[serde(skip)]
    pub span: std::ops::Range<usize>,
    /// The file's text, where it is another than the policy's own.
    #[serde(skip)]
    pub source: Option<std::sync::Arc<str>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Finding {
    pub severity: Severity,
    /// A short stable name, `segment-unreachable`, listed in docs/errors.md.
    pub code: &'static str,
    pub message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<Box<Place>>,
    pub remedy: String,
    /// How many accounts (or employees) it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// Some of them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub samples: Vec<String>,
}

impl Finding {
    pub fn new(
        severity: Severity,
        code: &'static str,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Finding {
        Finding {
            severity,
            code,
            message: message.into(),
            place: None,
            remedy: remedy.into(),
            count: None,
            samples: vec![],
        }
    }
    pub fn error(code: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Finding {
        Finding::new(Severity::Error, code, message, remedy)
    }
    pub fn warning(code: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Finding {
        Finding::new(Severity::Warning, code, message, remedy)
    }
    pub fn info(code: &'static str, message: impl Into<String>, remedy: impl Into<String>) -> Finding {
        Finding::new(Severity::Info, code, message, remedy)
    }
    pub fn at(mut self, place: Place) -> Finding {
        self.place = Some(Box::new(place));
        self
    }
    pub fn counting(mut self, count: u64, samples: Vec<String>) -> Finding {
        self.count = Some(count);
        self.samples = samples;
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{}:{}:{}: ", place.file, place.line, place.column)?;
        }
        write!(f, "{}", self.message)?;
        if !self.samples.is_empty() {
            write!(f, " (e.g. {})", self.samples.join(", "))?;
        }
        if !self.remedy.is_empty() {
            write!(f, " — {}", self.remedy)?;
        }
        Ok(())
    }
}

/// The names nearest to a mistyped one, best first, none that is far off.
pub fn near_names<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let wrong = wrong.to_lowercase();
    let mut near: Vec<(usize, &str)> = known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&wrong, &name.to_lowercase()), name))
        .filter(|(distance, name)| *distance <= 1 + name.chars().count() / 3)
        .collect();
    near.sort();
    near.into_iter().take(3).map(|(_, name)| name).collect()
}

/// `did you mean "…"?`, or the list of what there is.
pub fn suggest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    match near_names(wrong, known.iter().copied()).first() {
        Some(name) => format!("did you mean \"{name}\"?"),
        None if known.is_empty() => String::from("there is none yet: add it"),
        None => {
            let more = if known.len() > 12 { ", …" } else { "" };
            format!("there are: {}{more}", known.iter().take(12).copied().collect::<Vec<_>>().join(", "))
        }
    }
}
