//! Why a use case could not be carried out, in words for the person who asked.

use std::path::{Path, PathBuf};

use bailiwick_data::{DataError, ExpressionError};
use bailiwick_domain::finding::{Finding, Severity};
use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::document::Text;
use bailiwick_store::StoreError;

#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The policy or the data is not fit for what was asked; every reason is told.
    #[error("{}", refusal(.findings))]
    Refused { findings: Vec<Finding>, policy_text: String },
    /// Rows of the input cannot be used, and the policy does not say to leave them out.
    #[error("{} with its reason", unusable_rows(*.count, .file))]
    Rejected { count: usize, file: PathBuf, samples: Vec<String> },
    #[error(transparent)]
    Data(#[from] DataError),
    #[error(transparent)]
    Store(StoreError),
    #[error("cannot {doing} {path}: {source}", path = .path.display())]
    Io { doing: &'static str, path: PathBuf, source: std::io::Error },
    /// The command was used wrongly.
    #[error("{message}")]
    Usage { message: String, remedy: String },
    /// What was asked for does not exist.
    #[error("{message}")]
    Missing { message: String, remedy: String },
    /// More waits to be decided than can be kept.
    #[error("too much has arrived at once")]
    Busy,
    /// Whoever asked for it took it back.
    #[error("cancelled")]
    Cancelled,
    /// A defect of ours: the plan broke its own referee.
    #[error("the plan did not pass the referee: {}", .0.join("; "))]
    Referee(Vec<String>),
}

impl From<StoreError> for AppError {
    /// What went wrong here while the store read from us is told as itself.
    fn from(error: StoreError) -> AppError {
        match error {
            StoreError::Source(source) => match source.downcast::<AppError>() {
                Ok(own) => *own,
                Err(other) => AppError::Store(StoreError::Source(other)),
            },
            other => AppError::Store(other),
        }
    }
}

impl AppError {
    pub fn io(doing: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> AppError {
        let path = path.into();
        move |source| AppError::Io { doing, path, source }
    }

    pub fn refused(policy: &Policy, findings: Vec<Finding>) -> AppError {
        AppError::Refused { findings, policy_text: policy.text.clone() }
    }

    /// What to do about it, if it can be said.
    pub fn remedy(&self) -> Option<String> {
        match self {
            AppError::Refused { .. } => None,
            AppError::Rejected { .. } => {
                Some(String::from("mend the rows, or write on_error = \"skip\" in the source to plan without them"))
            }
            AppError::Data(error) => error.remedy().map(str::to_owned),
            AppError::Store(_) | AppError::Cancelled => None,
            AppError::Io { .. } => Some(String::from("see that the path exists and may be read and written")),
            AppError::Usage { remedy, .. } | AppError::Missing { remedy, .. } => Some(remedy.clone()),
            AppError::Busy => Some(String::from("try again in a moment")),
            AppError::Referee(_) => {
                Some(String::from("this is a defect of Bailiwick: please report it with the policy"))
            }
        }
    }
}

fn unusable_rows(count: usize, file: &Path) -> String {
    match count {
        1 => format!("a row of the input cannot be used; it is in {}", file.display()),
        n => format!("{n} rows of the input cannot be used; each is in {}", file.display()),
    }
}

fn refusal(findings: &[Finding]) -> String {
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    match errors {
        1 => String::from("the policy has an error"),
        n => format!("the policy has {n} errors"),
    }
}

/// A value of a row that does not fit its column, in words.
pub fn describe_problem(problem: &bailiwick_data::RowProblem) -> String {
    format!("{} = \"{}\": {}", problem.column, problem.value, problem.reason)
}

/// A condition or expression of the policy that does not compile, placed in the file.
pub fn expression_finding(policy: &Policy, text: &Text, error: &ExpressionError) -> Finding {
    let span = text.span();
    let raw = policy.text.get(span.clone()).unwrap_or_default();
    // The expression stands between quotes; where it is written without escapes, the very spot can be shown.
    let inside = raw.find(text.get_ref().as_str()).map(|offset| span.start + offset);
    let span = match (inside, &error.at) {
        (Some(start), Some(at)) => start + at.start..start + at.end.max(at.start + 1),
        _ => span,
    };
    let remedy =
        error.remedy.clone().unwrap_or_else(|| String::from("write an SQL expression over the columns there are"));
    Finding::error("expression", error.message.clone(), remedy).at(policy.place_of(span))
}
