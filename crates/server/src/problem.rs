//! Errors as problem+json (RFC 9457): what is wrong, and what to do.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bailiwick_app::AppError;
use bailiwick_domain::finding::Finding;
use bailiwick_store::StoreError;
use serde::Serialize;
use utoipa::ToSchema;

#[derive(Debug)]
pub struct Problem {
    status: StatusCode,
    detail: String,
    remedy: Option<String>,
    findings: Vec<Finding>,
}

/// A problem as it is sent.
#[derive(Serialize, ToSchema)]
pub struct ProblemBody {
    r#type: &'static str,
    title: &'static str,
    status: u16,
    detail: String,
    remedy: Option<String>,
    /// What is wrong with a policy: code, message, place (line and column from 1), remedy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    findings: Vec<Finding>,
}

impl Problem {
    pub fn new(status: StatusCode, detail: impl Into<String>, remedy: impl Into<String>) -> Problem {
        Problem { status, detail: detail.into(), remedy: Some(remedy.into()), findings: vec![] }
    }

    /// Nobody has signed in.
    pub fn unknown_caller() -> Problem {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            "this is only for those who have signed in",
            "sign in with POST /api/v1/session, or send a token as Authorization: Bearer …",
        )
    }

    /// What is not there, and what is not for the caller's eyes, are answered alike.
    pub fn missing(what: &str, id: &str) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, format!("there is no {what} \"{id}\""), "see the list of those there are")
    }

    pub fn forbidden(detail: impl Into<String>, remedy: impl Into<String>) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, detail, remedy)
    }

    pub fn wrong(detail: impl Into<String>, remedy: impl Into<String>) -> Problem {
        Problem::new(StatusCode::BAD_REQUEST, detail, remedy)
    }

    /// What was asked for cannot be done, for these reasons.
    pub fn refusing(findings: Vec<Finding>) -> Problem {
        let first = findings.first();
        let detail = first.map_or_else(String::new, |finding| finding.message.clone());
        let remedy = first.map(|finding| finding.remedy.clone());
        Problem { status: StatusCode::UNPROCESSABLE_ENTITY, detail, remedy, findings }
    }

    /// What is wrong, in a sentence.
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// A defect or a failure of ours: told to the log, not to the caller.
    pub fn ours(cause: &dyn std::fmt::Display) -> Problem {
        tracing::error!("{cause}");
        Problem::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the service could not do this",
            "try again; the log of the service says why, under the request id of this answer",
        )
    }
}

impl From<AppError> for Problem {
    fn from(error: AppError) -> Problem {
        let status = match &error {
            AppError::Store(_) => StatusCode::OK,
            AppError::Missing { .. } => StatusCode::NOT_FOUND,
            AppError::Usage { .. } => StatusCode::BAD_REQUEST,
            AppError::Refused { .. } | AppError::Rejected { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            AppError::Busy => StatusCode::SERVICE_UNAVAILABLE,
            AppError::Cancelled => StatusCode::CONFLICT,
            _ => return Problem::ours(&error),
        };
        let (remedy, detail) = (error.remedy(), error.to_string());
        let findings = match error {
            AppError::Store(error) => return error.into(),
            AppError::Refused { findings, .. } => findings,
            _ => vec![],
        };
        Problem { status, remedy, detail, findings }
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Problem {
        use StoreError::*;
        let status = match &error {
            UserChanged { .. }
            | ChangedMeanwhile { .. }
            | PlanMoved { .. }
            | PolicyMoved { .. }
            | WebhookMoved { .. }
            | EmployeeMoved { .. } => StatusCode::PRECONDITION_FAILED,
            UnknownUser
            | UnknownThing { .. }
            | AnotherAccount { .. }
            | UnknownWebhook
            | UnknownJob { .. }
            | NoPlan { .. }
            | UnknownHandOver { .. }
            | UnknownAbsence { .. } => StatusCode::NOT_FOUND,
            NameTaken { .. } | NotTheFirst | LastAdministrator | WrongMove(_) | WrongStep(_) | NotNextPeriod { .. } => {
                StatusCode::CONFLICT
            }
            Stale { .. }
            | OtherLedger { .. }
            | NotADraft { .. }
            | NothingTo { .. }
            | AppealedAlready { .. }
            | NotTheirs { .. }
            | AppealClosed { .. }
            | AlreadyApplied { .. }
            | LaterChange { .. }
            | PlanKnown { .. }
            | WrongState { .. }
            | NoPlanThen { .. }
            | AwayAlready { .. }
            | HasLeft { .. }
            | ChangedSince { .. }
            | HoldsAlready { .. }
            | NobodyHolds { .. } => StatusCode::CONFLICT,
            Unfit(_) => StatusCode::UNPROCESSABLE_ENTITY,
            FourEyes { .. } | EditedIt { .. } | IdentityTaken { .. } => StatusCode::FORBIDDEN,
            UnknownEmployee { .. } | UnknownAccount { .. } | BadDate(_) => StatusCode::UNPROCESSABLE_ENTITY,
            TwoOwners { .. }
            | OutsideScope { .. }
            | Twice { .. }
            | PolicyChanged { .. }
            | EmptyAbsence { .. }
            | NotAtWork { .. }
            | NotSooner { .. }
            | TooSoon { .. }
            | NotEmployed { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Locked => StatusCode::SERVICE_UNAVAILABLE,
            _ => return Problem::ours(&error),
        };
        Problem { status, detail: error.to_string(), remedy: None, findings: vec![] }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = ProblemBody {
            r#type: "about:blank",
            title: self.status.canonical_reason().unwrap_or_default(),
            status: self.status.as_u16(),
            detail: self.detail,
            remedy: self.remedy,
            findings: self.findings,
        };
        let mut response = (self.status, axum::Json(body)).into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
