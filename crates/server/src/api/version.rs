//! Which version of a thing a request has seen (`If-Match`), which it is given (`ETag`), and where a new one is found.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::extract::Json;
use crate::problem::Problem;

/// The version that the caller has seen, if they say so.
pub fn seen(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(given) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = given.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let version = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).and_then(|text| text.parse().ok());
    version.map(Some).ok_or_else(|| {
        Problem::wrong("If-Match is no version", "read the resource, and send its ETag as it is, in quotes")
    })
}

/// The version that the caller has seen, which they have to say.
pub fn must_have_seen(headers: &HeaderMap) -> Result<u64, Problem> {
    seen(headers)?.ok_or_else(|| {
        Problem::new(
            StatusCode::PRECONDITION_REQUIRED,
            "which version is to be changed is not said",
            "read the resource, and send its ETag as If-Match",
        )
    })
}

/// The answer with its version.
pub fn tagged(version: u64, body: impl IntoResponse) -> Response {
    let mut response = body.into_response();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Where what was made is found.
pub fn location(place: &str) -> Result<[(HeaderName, HeaderValue); 1], Problem> {
    let place = HeaderValue::from_str(place).map_err(|error| Problem::ours(&error))?;
    Ok([(header::LOCATION, place)])
}

/// Something new, and where it is.
pub fn made<T: Serialize>(place: &str, version: u64, body: T) -> Result<Response, Problem> {
    Ok((StatusCode::CREATED, location(place)?, tagged(version, Json(body))).into_response())
}
