//! A service over a ledger with some people in it, asked without a socket; its clock is set by hand.
#![allow(dead_code, clippy::unwrap_used)]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{HeaderMap, Request};
use bailiwick_domain::access::UserRole;
use bailiwick_server::{Serving, Settings, background, routes};
use bailiwick_store::{Ledger, NewSession, NewUser, sha256_hex};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tower::ServiceExt;
use uuid::Uuid;

use crate::common::{Bench, Raw};

pub struct House {
    pub ledger: Ledger,
    pub serving: Serving,
    routes: Mutex<Router>,
    clock: Arc<AtomicI64>,
    bench: Bench,
}

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    pub json: Value,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// Signed in from the beginning; nobody's session ends in a test.
pub const PEOPLE: [(&str, UserRole); 5] = [
    ("ann", UserRole::Admin),
    ("ben", UserRole::Planner),
    ("mia", UserRole::Manager),
    ("tom", UserRole::Member),
    ("eve", UserRole::Auditor),
];

fn serving(ledger: &Ledger, clock: &Arc<AtomicI64>) -> Serving {
    let shown = Arc::clone(clock);
    Serving::new(ledger.clone(), None, move || Timestamp::from_microsecond(shown.load(Ordering::Relaxed)).unwrap())
}

impl House {
    pub async fn new(bench: Bench) -> House {
        let ledger = bench.ledger.clone();
        let start: Timestamp = "2026-02-01T09:00:00Z".parse().unwrap();
        for (number, (name, role)) in (1..).zip(PEOPLE) {
            let new = NewUser {
                id: Uuid::from_u128(number),
                name: name.into(),
                display_name: name.into(),
                password_hash: "none".into(),
                roles: [role].into(),
                employee: None,
            };
            ledger.create_user(&new, "setup", start).await.unwrap();
        }
        let clock = Arc::new(AtomicI64::new(start.as_microsecond()));
        let serving = serving(&ledger, &clock);
        let routes = Mutex::new(routes(serving.clone()));
        let house = House { ledger, serving, routes, clock, bench };
        house.sign_in_all().await;
        house
    }

    /// Another service over the same ledger takes the place of the one before.
    pub fn restart(&mut self) {
        self.serving = serving(&self.ledger, &self.clock);
        *self.routes.lock().unwrap() = routes(self.serving.clone());
    }

    async fn sign_in_all(&self) {
        for (name, _) in PEOPLE {
            let user = self.ledger.user_named(name).await.unwrap().unwrap();
            let secret_hash = sha256_hex(&format!("session of {name}"));
            let expires_at = self.now() + SignedDuration::from_hours(24 * 3_000);
            let session = NewSession { secret_hash: &secret_hash, user: &user, expires_at, replaces: None };
            self.ledger.open_session(&session, self.now()).await.unwrap();
        }
    }

    pub fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.clock.load(Ordering::Relaxed)).unwrap()
    }

    pub fn set_clock(&self, text: &str) {
        let at: Timestamp = text.parse().unwrap();
        self.clock.store(at.as_microsecond(), Ordering::Relaxed);
    }

    pub fn wait(&self, duration: SignedDuration) {
        self.clock.store((self.now() + duration).as_microsecond(), Ordering::Relaxed);
    }

    /// From now on with other settings.
    pub fn settings(&mut self, settings: Settings) {
        self.serving = self.serving.clone().with(settings);
        *self.routes.lock().unwrap() = routes(self.serving.clone());
    }

    /// Makes a user an employee.
    pub async fn employ(&self, name: &str, employee: &str) {
        let user = self.ledger.user_named(name).await.unwrap().unwrap();
        let change = bailiwick_store::UserChange {
            display_name: user.display_name.clone(),
            roles: user.roles.clone(),
            employee: Some(employee.parse().unwrap()),
            active: true,
        };
        let keep = sha256_hex(&format!("session of {name}"));
        self.ledger.change_user(user.id, user.version, &change, Some(&keep), "setup", self.now()).await.unwrap();
    }

    /// What the service does by itself, now.
    pub async fn tick(&self) {
        background::tick(&self.serving).await.unwrap();
    }

    pub async fn raw(&self) -> Raw {
        self.bench.raw().await
    }

    pub async fn dump(&self) -> String {
        self.bench.dump().await
    }

    pub async fn get(&self, who: &str, path: &str) -> Answer {
        self.request("GET", who, path, Value::Null, &[]).await
    }

    pub async fn post(&self, who: &str, path: &str, body: Value) -> Answer {
        self.request("POST", who, path, body, &[]).await
    }

    pub async fn request(&self, method: &str, who: &str, path: &str, body: Value, headers: &[(&str, &str)]) -> Answer {
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send(method, who, path, body, headers).await
    }

    pub async fn send(&self, method: &str, who: &str, path: &str, body: Vec<u8>, headers: &[(&str, &str)]) -> Answer {
        // So that a long time may pass between two requests.
        let raw = format!("UPDATE sessions SET seen_at = {}", self.clock.load(Ordering::Relaxed));
        self.raw().await.execute(&raw).await;
        let mut request = Request::builder().method(method).uri(path);
        if !who.is_empty() {
            request = request.header("cookie", format!("bailiwick=session of {who}"));
        }
        if !headers.iter().any(|(name, _)| *name == "content-type") {
            request = request.header("content-type", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.ask(request.body(Body::from(body)).unwrap()).await
    }

    /// Asks from an address, without having signed in.
    pub async fn from(&self, from: ConnectInfo<SocketAddr>, method: &str, path: &str, body: Value) -> Answer {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        self.ask(request.extension(from).body(body).unwrap()).await
    }

    async fn ask(&self, request: Request<Body>) -> Answer {
        let routes = self.routes.lock().unwrap().clone();
        let answer = routes.oneshot(request).await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = axum::body::to_bytes(answer.into_body(), 64 << 20).await.unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Answer { status, headers, text, json }
    }
}
