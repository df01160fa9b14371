//! All addresses, in one place.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::routing::get;
use tower_http::compression::CompressionLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::{Serving, api, pages};

/// Nothing is loaded from anywhere else.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:; \
                              connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

pub fn routes(serving: Serving) -> Router {
    let fixed = |name, value| SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value));
    Router::new()
        .route("/", get(pages::overview))
        .route("/report", get(pages::report))
        .route("/healthz", get(api::health::alive))
        .route("/readyz", get(api::health::ready))
        .route("/api/v1/accounts", get(api::accounts::find))
        .route("/api/v1/accounts/{id}/responsible", get(api::responsible::of_account))
        .layer(fixed(header::CONTENT_SECURITY_POLICY, CONTENT_POLICY))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::REFERRER_POLICY, "no-referrer"))
        .layer(CompressionLayer::new())
        .with_state(serving)
}
