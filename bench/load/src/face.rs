//! The two faces arrivals can come to: the library's call, and HTTP over loopback.

use bailiwick_app::route::{Arrivals, Intake};
use bailiwick_domain::access::{TokenScope, UserRole};
use bailiwick_server::{Serving, Settings, routes};
use bailiwick_store::{Ledger, NewToken, NewUser, sha256_hex};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use tokio::sync::Semaphore;

use crate::LoadError;

pub enum Face {
    Library(Intake),
    Http { client: reqwest::Client, address: String, token: String, connections: Semaphore },
}

/// Connections that are open at once; who waits for one waits all the same.
const CONNECTIONS: usize = 128;

impl Face {
    pub async fn open(ledger: &Ledger, http: bool) -> Result<Face, LoadError> {
        if !http {
            return Ok(Face::Library(Intake::new(ledger.clone())));
        }
        let token = token(ledger).await?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = format!("http://{}/api/v1/route", listener.local_addr()?);
        // One token asks for all of them.
        let settings = Settings { requests_a_minute: 10_000_000, ..Settings::default() };
        let serving = Serving::new(ledger.clone(), None, Timestamp::now).with(settings);
        tokio::spawn(async move { axum::serve(listener, routes(serving)).await });
        // Plain HTTP, but the client wants to know how it would encrypt.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().pool_max_idle_per_host(CONNECTIONS).build()?;
        Ok(Face::Http { client, address, token, connections: Semaphore::new(CONNECTIONS) })
    }

    /// One arrival, until it is answered.
    pub async fn route(&self, arrival: Value) -> Result<(), LoadError> {
        match self {
            Face::Library(intake) => {
                let (today, now) = (crate::today(), Timestamp::now());
                let routed = intake.route(Arrivals::of_value(arrival), today, "load", now).await?;
                match routed.refused.first() {
                    Some(refused) => Err(LoadError::Other(refused.reason.clone())),
                    None => Ok(()),
                }
            }
            Face::Http { client, address, token, connections } => {
                let _open = connections.acquire().await.map_err(|error| LoadError::Other(error.to_string()))?;
                let request = client.post(address).bearer_auth(token).header("content-type", "application/json");
                let answer = request.body(arrival.to_string()).send().await?;
                let (status, body) = (answer.status(), answer.text().await?);
                if status.is_success() { Ok(()) } else { Err(LoadError::Other(format!("{status}: {body}"))) }
            }
        }
    }
}

/// A user who may route, and their token.
async fn token(ledger: &Ledger) -> Result<String, LoadError> {
    let id = uuid::Uuid::now_v7();
    let new = NewUser {
        id,
        name: format!("load-{}", id.simple()),
        display_name: String::from("Load"),
        password_hash: String::from("none"),
        roles: [UserRole::Planner].into(),
        employee: None,
    };
    let now = Timestamp::now();
    ledger.create_user(&new, "load", now).await?;
    let secret = uuid::Uuid::now_v7().simple().to_string();
    let scopes = [TokenScope::Route].into();
    let token = NewToken {
        id: uuid::Uuid::now_v7(),
        user: id,
        name: "load",
        secret_hash: &sha256_hex(&secret),
        scopes: &scopes,
        expires_at: now + SignedDuration::from_hours(1),
    };
    ledger.create_token(&token, "load", now).await?;
    Ok(secret)
}
