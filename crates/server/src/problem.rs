//! Errors as problem+json (RFC 9457).

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use bailiwick_app::AppError;
use serde_json::json;

pub struct Problem(pub AppError);

impl From<AppError> for Problem {
    fn from(error: AppError) -> Problem {
        Problem(error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = match &self.0 {
            AppError::Missing { .. } => StatusCode::NOT_FOUND,
            AppError::Usage { .. } => StatusCode::BAD_REQUEST,
            AppError::Refused { .. } | AppError::Rejected { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let body = json!({
            "type": "about:blank",
            "title": status.canonical_reason().unwrap_or_default(),
            "status": status.as_u16(),
            "detail": self.0.to_string(),
            "remedy": self.0.remedy(),
        });
        (status, [(header::CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
    }
}
