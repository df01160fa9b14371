//! The web application: files built by `web/app`, embedded, and served at every address that nothing else has, so that a
//! link to any of its pages opens it.
//!
//! Files under `/assets/` carry a hash of their content in their names and may be kept for ever; the others are asked for
//! anew each time.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use include_dir::{Dir, include_dir};

use crate::guard;

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/assets/app");

/// Everything from here and nothing else. The hash is that of the one style element which the library of charts writes.
const POLICY: &str = "default-src 'none'; script-src 'self'; \
                      style-src 'self' 'sha256-jSYQUrW7J0b3jPqhZP9C2Xh1PyJKHKXd4s0fpGGKrww='; img-src 'self' data: blob:; \
                      font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";

const INDEX: &str = "index.html";

/// A file of the application; the application itself where a browser asks for a page; or nothing.
pub async fn file_or_page(request: Request) -> Response {
    let path = request.uri().path().trim_start_matches('/');
    let asks = matches!(*request.method(), Method::GET | Method::HEAD);
    let of_program = path == "api" || path.starts_with("api/");
    if !asks || of_program {
        return guard::no_such_address().await.into_response();
    }
    if path != INDEX
        && let Some(bytes) = contents(path)
    {
        return answer(path, bytes);
    }
    if path.starts_with("assets/") || (!path.is_empty() && !wants_page(&request)) {
        return guard::no_such_address().await.into_response();
    }
    match contents(INDEX) {
        Some(page) => answer(INDEX, page),
        None => guard::no_such_address().await.into_response(),
    }
}

/// Browsers say so; a program with a mistyped address is told that there is nothing.
fn wants_page(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

fn contents(path: &str) -> Option<Body> {
    FILES.get_file(path).map(|file| Body::from(file.contents()))
}

fn answer(path: &str, bytes: Body) -> Response {
    let lasting = path.starts_with("assets/");
    let age = if lasting { "public, max-age=31536000, immutable" } else { "no-cache" };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind(path))),
        (header::CACHE_CONTROL, HeaderValue::from_static(age)),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    ];
    (StatusCode::OK, headers, bytes).into_response()
}

fn kind(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        _ => "application/octet-stream",
    }
}
