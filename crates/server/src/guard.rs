//! What surrounds every request: other sites' requests are refused, and none lasts for ever.

use std::time::Duration;

use axum::extract::Request;
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

const LONGEST: Duration = Duration::from_secs(60);

/// A page of another site that makes the browser change something here is refused. Browsers say where a request comes
/// from (`Sec-Fetch-Site`, or `Origin` in older ones); whoever says neither is no browser, and has no cookie by accident.
pub async fn same_site(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe || comes_from_here(&request) {
        return next.run(request).await;
    }
    let refusal = Problem::forbidden("the request comes from a page of another site", "use the pages of this service");
    refusal.into_response()
}

fn comes_from_here(request: &Request) -> bool {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    match (request.headers().get(header::ORIGIN), header("host")) {
        (None, _) => true,
        (Some(origin), Some(host)) => {
            origin.to_str().ok().and_then(|origin| origin.split_once("://")).is_some_and(|(_, from)| from == host)
        }
        (Some(_), None) => false,
    }
}

/// A request that takes too long is given up.
pub async fn in_time(request: Request, next: Next) -> Response {
    match tokio::time::timeout(LONGEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(
            StatusCode::SERVICE_UNAVAILABLE,
            format!("this takes longer than {} seconds", LONGEST.as_secs()),
            "ask for less at once, or try later",
        )
        .into_response(),
    }
}

/// A defect of ours answers like any other error.
pub fn panicked(cause: Box<dyn std::any::Any + Send>) -> Response {
    let text =
        cause.downcast_ref::<&str>().map(ToString::to_string).or_else(|| cause.downcast_ref::<String>().cloned());
    Problem::ours(&format!("panicked: {}", text.unwrap_or_default())).into_response()
}

pub async fn no_such_address() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "there is nothing at this address", "see /api/v1/openapi.json")
}

pub async fn no_such_method() -> Problem {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "this cannot be done to this address", "see /api/v1/openapi.json")
}
