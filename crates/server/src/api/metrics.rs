//! `GET /metrics`: how many requests of which kind, and how long they took, for Prometheus. For this machine's own
//! collector, or one with a token that may read.

use std::net::SocketAddr;
use std::sync::atomic::AtomicU64;
use std::time::Instant;

use axum::extract::{ConnectInfo, FromRequestParts, MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bailiwick_domain::access::TokenScope;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::Registry;

use crate::Serving;
use crate::caller::Caller;
use crate::problem::Problem;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Kind {
    method: String,
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Outcome {
    method: String,
    route: String,
    status: u16,
}

pub struct Metrics {
    registry: Registry,
    requests: Family<Outcome, Counter<u64, AtomicU64>>,
    seconds: Family<Kind, Histogram>,
}

impl Metrics {
    pub fn new() -> Metrics {
        let requests = Family::default();
        // From a millisecond to half a minute.
        let seconds =
            Family::<Kind, Histogram>::new_with_constructor(|| Histogram::new(exponential_buckets(0.001, 2.0, 16)));
        let mut registry = Registry::with_prefix("bailiwick");
        registry.register("http_requests", "Requests answered", requests.clone());
        registry.register("http_request_seconds", "How long requests took", seconds.clone());
        Metrics { registry, requests, seconds }
    }
}

/// Counts and times every request.
pub async fn count(State(serving): State<Serving>, request: Request, next: Next) -> Response {
    let began = Instant::now();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let method = match request.method().as_str() {
        known @ ("GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS") => known.to_owned(),
        _ => "other".to_owned(),
    };
    let response = next.run(request).await;
    let status = response.status().as_u16();
    let kind = Kind { method: method.clone(), route: route.clone() };
    serving.metrics.seconds.get_or_create(&kind).observe(began.elapsed().as_secs_f64());
    serving.metrics.requests.get_or_create(&Outcome { method, route, status }).inc();
    response
}

pub async fn read(State(serving): State<Serving>, request: Request) -> Result<impl IntoResponse, Problem> {
    let (mut parts, _) = request.into_parts();
    let from_here = parts.extensions.get::<ConnectInfo<SocketAddr>>().is_some_and(|from| from.0.ip().is_loopback());
    // A proxy on this machine asks for others.
    let forwarded = ["x-forwarded-for", "forwarded"].iter().any(|name| parts.headers.contains_key(*name));
    if !from_here || forwarded {
        let caller = Caller::from_request_parts(&mut parts, &serving).await?;
        if !caller.principal.scopes.as_ref().is_some_and(|scopes| scopes.contains(&TokenScope::Read)) {
            return Err(Problem::forbidden("this is for programs", "send a token with the scope read"));
        }
    }
    let mut text = String::new();
    encode(&mut text, &serving.metrics.registry).map_err(|error| Problem::ours(&error))?;
    Ok(([(header::CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text))
}
