//! Which version of a thing a request has seen (`If-Match`), and which it is given (`ETag`).

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::extract::Json;
use crate::problem::Problem;

const REMEDY: &str = "read it, and send its version as If-Match: \"version\"";

/// The version that is to be changed.
pub fn required(headers: &HeaderMap) -> Result<u64, Problem> {
    seen(headers)?.ok_or_else(|| {
        Problem::new(StatusCode::PRECONDITION_REQUIRED, "which version is to be changed is not said", REMEDY)
    })
}

/// The version that was seen, if the request says so.
pub fn seen(headers: &HeaderMap) -> Result<Option<u64>, Problem> {
    let Some(given) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let version = given.to_str().ok().and_then(|text| text.trim().trim_matches('"').parse().ok());
    version.map(Some).ok_or_else(|| Problem::wrong("If-Match is no version", REMEDY))
}

pub fn tagged<T: Serialize>(version: u64, body: T) -> Response {
    let mut response = Json(body).into_response();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Something new, and where it is.
pub fn made<T: Serialize>(place: &str, version: u64, body: T) -> Result<Response, Problem> {
    let place = HeaderValue::from_str(place).map_err(|error| Problem::ours(&error))?;
    let mut response = tagged(version, body);
    *response.status_mut() = StatusCode::CREATED;
    response.headers_mut().insert(header::LOCATION, place);
    Ok(response)
}
