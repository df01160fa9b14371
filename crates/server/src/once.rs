//! `Idempotency-Key`: what is sent twice is carried out once (draft-ietf-httpapi-idempotency-key-header).
//!
//! The answer is kept in the transaction of what the request changed. The same key with the same request gets the kept
//! answer, with another request 422, while the first is under way 409. A refusal is not kept: it changed nothing.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequestParts, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bailiwick_store::{AnswerKey, Kept, KeptAnswer, Once, sha256_hex};
use jiff::SignedDuration;
use uuid::Uuid;

use crate::Serving;
use crate::api::plans::MOST_BYTES;
use crate::caller::Caller;
use crate::problem::Problem;

/// So long an answer is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(24);
const LONGEST_KEY: usize = 255;
const NAME: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Of an answer's headers these are kept.
const HEADERS: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];

/// On a response: this field of its body is shown once, and null when the answer is given again.
#[derive(Clone, Copy)]
pub struct ShownOnce(pub &'static str);

/// The requests with a key that are under way.
#[derive(Clone, Default)]
pub struct UnderWay(Arc<Mutex<HashSet<(Uuid, String)>>>);

/// One of them; it ends with this value.
struct Turn {
    all: UnderWay,
    own: (Uuid, String),
}

impl UnderWay {
    fn begin(&self, key: &AnswerKey) -> Option<Turn> {
        let own = (key.user, key.key_hash.clone());
        let new = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(own.clone());
        new.then(|| Turn { all: self.clone(), own })
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.own);
    }
}

pub async fn once(State(serving): State<Serving>, request: Request, next: Next) -> Response {
    // Signing in is not done again with an answer that was kept.
    let of_session = matches!(request.uri().path(), "/api/v1/session" | "/api/v1/setup");
    match request.headers().get(NAME) {
        Some(given) if request.method() == Method::POST && !of_session => {
            let key = given.to_str().unwrap_or_default().trim().to_owned();
            keyed(&serving, &key, request, next).await.unwrap_or_else(IntoResponse::into_response)
        }
        _ => next.run(request).await,
    }
}

async fn keyed(serving: &Serving, key: &str, request: Request, next: Next) -> Result<Response, Problem> {
    if key.is_empty() || key.len() > LONGEST_KEY {
        return Err(Problem::wrong(
            "the Idempotency-Key is empty or too long",
            format!("give 1 to {LONGEST_KEY} characters that you use for this request alone, such as a UUID"),
        ));
    }
    let (mut parts, body) = request.into_parts();
    let caller = Caller::from_request_parts(&mut parts, serving).await?;
    let body = to_bytes(body, MOST_BYTES).await.map_err(|_| {
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "the request is too large to be kept", "send it without the key")
    })?;
    let asked = format!("{}\n{}\n", parts.method, parts.uri);
    let key = AnswerKey {
        user: caller.user.id,
        key_hash: sha256_hex(key),
        fingerprint: bailiwick_store::sha256_of(&[asked.as_bytes(), &body]),
    };
    let Some(_turn) = serving.under_way.begin(&key) else {
        return Err(Problem::new(
            StatusCode::CONFLICT,
            "a request with this Idempotency-Key is under way",
            "wait for its answer, or ask again in a moment",
        ));
    };
    let now = serving.now();
    if let Some(answer) = given_before(serving.ledger.kept_answer(&key, now).await?)? {
        return Ok(answer);
    }
    let work = async {
        let response = next.run(Request::from_parts(parts, Body::from(body))).await;
        keep(response).await
    };
    let expires_at = now.saturating_add(KEPT).map_err(|error| Problem::ours(&error))?;
    match serving.ledger.once(&key, now, expires_at, work).await? {
        Once::Done(response) => Ok(response),
        Once::Before(kept) => given_before(kept)?.ok_or_else(|| Problem::ours(&"an answer was kept and is gone")),
    }
}

/// The response, and what is kept of it.
async fn keep(response: Response) -> (Response, Option<KeptAnswer>) {
    if !response.status().is_success() {
        return (response, None);
    }
    let shown_once = response.extensions().get::<ShownOnce>().copied();
    let (parts, body) = response.into_parts();
    let Ok(bytes) = to_bytes(body, MOST_BYTES).await else {
        return (Problem::ours(&"an answer is too large to be kept").into_response(), None);
    };
    let Ok(mut text) = String::from_utf8(bytes.to_vec()) else {
        return (Problem::ours(&"an answer that is no text cannot be kept").into_response(), None);
    };
    if let Some(ShownOnce(field)) = shown_once
        && let Ok(mut value) = serde_json::from_str::<serde_json::Value>(&text)
    {
        value[field] = serde_json::Value::Null;
        text = value.to_string();
    }
    let headers: BTreeMap<&str, &str> =
        HEADERS.iter().filter_map(|name| Some((name.as_str(), parts.headers.get(name)?.to_str().ok()?))).collect();
    let kept = KeptAnswer {
        status: parts.status.as_u16(),
        headers: serde_json::to_string(&headers).unwrap_or_else(|_| String::from("{}")),
        body: text,
    };
    (Response::from_parts(parts, Body::from(bytes)), Some(kept))
}

/// The answer that was given before, if there is one.
fn given_before(kept: Kept) -> Result<Option<Response>, Problem> {
    let answer = match kept {
        Kept::Nothing => return Ok(None),
        Kept::OfAnother => {
            return Err(Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "this Idempotency-Key was used for another request",
                "give each request a key of its own",
            ));
        }
        Kept::Answer(answer) => answer,
    };
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).map_err(|error| Problem::ours(&error))?;
    let headers: BTreeMap<String, String> =
        serde_json::from_str(&answer.headers).map_err(|error| Problem::ours(&error))?;
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    Ok(Some(response))
}
