//! How often somebody may ask: users and their tokens, addresses that try to sign in, that look at customers' cards, and
//! those that nobody knows.
//!
//! The generic cell rate algorithm (the library `governor`), on the service's own clock. Every answer says what is left
//! (draft-ietf-httpapi-ratelimit-headers).

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::Clock;
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use jiff::Timestamp;
use uuid::Uuid;

use crate::caller::Caller;
use crate::problem::Problem;
use crate::{Serving, Settings};

/// The service's clock, as the library wants one.
#[derive(Clone)]
struct Ours(Arc<dyn Fn() -> Timestamp + Send + Sync>);

impl Clock for Ours {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        Duration::from_micros(u64::try_from((self.0)().as_microsecond()).unwrap_or(0)).into()
    }
}

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, Ours, StateInformationMiddleware>;

/// Looks at cards that an address may take a minute, and at once.
const CARDS: u32 = 360;
const CARDS_AT_ONCE: NonZeroU32 = NonZeroU32::MIN.saturating_add(59);

/// Who is counted.
enum Who {
    /// A user, or one of their tokens.
    Known(Uuid),
    SignsIn(IpAddr),
    SeesCard(IpAddr),
    Stranger(IpAddr),
}

pub struct Limits {
    known: Limiter<Uuid>,
    sign_in: Limiter<IpAddr>,
    cards: Limiter<IpAddr>,
    strangers: Limiter<IpAddr>,
    clock: Ours,
    policies: [(&'static str, u32); 4],
}

impl Limits {
    pub fn new(settings: &Settings, clock: Arc<dyn Fn() -> Timestamp + Send + Sync>) -> Limits {
        let clock = Ours(clock);
        let quota = |a_minute: u32| Quota::per_minute(NonZeroU32::new(a_minute).unwrap_or(NonZeroU32::MIN));
        let (asks, tries) = (settings.requests_a_minute, settings.sign_ins_a_minute);
        Limits {
            known: RateLimiter::dashmap_with_clock(quota(asks), clock.clone()).with_middleware(),
            sign_in: RateLimiter::dashmap_with_clock(quota(tries), clock.clone()).with_middleware(),
            cards: RateLimiter::dashmap_with_clock(quota(CARDS).allow_burst(CARDS_AT_ONCE), clock.clone())
                .with_middleware(),
            strangers: RateLimiter::dashmap_with_clock(quota(asks), clock.clone()).with_middleware(),
            clock,
            policies: [("user", asks), ("sign-in", tries), ("card", CARDS), ("address", asks)],
        }
    }

    /// Forgets who has not asked for long.
    pub fn tidy(&self) {
        self.known.retain_recent();
        self.sign_in.retain_recent();
        self.cards.retain_recent();
        self.strangers.retain_recent();
    }

    /// How many more are allowed, or how long to wait.
    fn check(&self, who: &Who) -> (&(&'static str, u32), Result<u32, Duration>) {
        fn ask<K: std::hash::Hash + Eq + Clone>(limiter: &Limiter<K>, key: &K, clock: &Ours) -> Result<u32, Duration> {
            match limiter.check_key(key) {
                Ok(left) => Ok(left.remaining_burst_capacity()),
                Err(not_before) => Err(not_before.wait_time_from(clock.now())),
            }
        }
        let [known, sign_in, cards, strangers] = &self.policies;
        match who {
            Who::Known(id) => (known, ask(&self.known, id, &self.clock)),
            Who::SignsIn(address) => (sign_in, ask(&self.sign_in, address, &self.clock)),
            Who::SeesCard(address) => (cards, ask(&self.cards, address, &self.clock)),
            Who::Stranger(address) => (strangers, ask(&self.strangers, address, &self.clock)),
        }
    }
}

/// Refuses whoever asks too often.
pub async fn limit(State(serving): State<Serving>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if matches!(path, "/healthz" | "/readyz") {
        return next.run(request).await;
    }
    let signs_in = (request.method() == Method::POST && matches!(path, "/api/v1/session" | "/api/v1/setup"))
        || path.starts_with("/api/v1/session/oidc");
    let sees_card = path.starts_with("/card/");
    let (mut parts, body) = request.into_parts();
    let address = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|from| address(from.0.ip(), &parts.headers));
    let who = if signs_in {
        address.map(Who::SignsIn)
    } else if sees_card {
        // Signed in or not; those whose address is not known count as one.
        Some(Who::SeesCard(address.unwrap_or(Ipv6Addr::UNSPECIFIED.into())))
    } else {
        match Caller::from_request_parts(&mut parts, &serving).await {
            Ok(caller) => {
                let who = Who::Known(caller.token.unwrap_or(caller.user.id));
                parts.extensions.insert(caller);
                Some(who)
            }
            Err(_) => address.map(Who::Stranger),
        }
    };
    let request = Request::from_parts(parts, body);
    let Some(who) = who else { return next.run(request).await };
    let ((name, most), checked) = serving.limits.check(&who);
    let policy = format!("\"{name}\";q={most};w=60");
    let (mut response, left, seconds) = match checked {
        Ok(left) => (next.run(request).await, left, 60),
        Err(wait) => {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            let refusal = Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                format!("there were too many requests ({most} a minute are answered)"),
                format!("wait {seconds} seconds; where many rows are wanted, ask for 200 at a time"),
            );
            let mut response = refusal.into_response();
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            (response, 0, seconds)
        }
    };
    if sees_card {
        // A page for people, whose answers are all alike.
        return response;
    }
    let headers = response.headers_mut();
    let fields = [("ratelimit-policy", policy), ("ratelimit", format!("\"{name}\";r={left};t={seconds}"))];
    for (field, value) in fields {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(field), value);
        }
    }
    response
}

/// Who asks: a proxy on this machine says for whom; nobody else is believed.
fn address(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let forwarded = || {
        let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
        last.rsplit(',').next()?.trim().parse().ok()
    };
    network(if peer.is_loopback() { forwarded().unwrap_or(peer) } else { peer })
}

/// Whoever has an IPv6 network has all its addresses: they count as one.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(six) => Ipv6Addr::from_bits(six.to_bits() & (u128::MAX << 64)).into(),
        four => four,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_a_proxy_on_this_machine_is_believed() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("10.9.9.9, 192.0.2.7"));
        let (here, there): (IpAddr, IpAddr) = ("127.0.0.1".parse().unwrap(), "198.51.100.1".parse().unwrap());
        assert_eq!(address(here, &headers).to_string(), "192.0.2.7");
        assert_eq!(address(there, &headers), there);
        assert_eq!(address(here, &HeaderMap::new()), here);
        let of = |text: &str| address(text.parse().unwrap(), &HeaderMap::new());
        assert_eq!(of("2001:db8::1"), of("2001:db8::ffff:2"));
        assert_ne!(of("2001:db8:0:1::1"), of("2001:db8::1"));
        assert_eq!(of("::ffff:198.51.100.1"), there);
    }
}
