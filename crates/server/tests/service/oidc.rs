//! Signing in by an OpenID provider: a small real one on this machine, and what is done to it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use crate::common::*;
use crate::house::{Answer, House};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use bailiwick_server::{OidcSettings, Settings};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

on_both!(
    who_is_known_by_address_comes_in,
    nobody_becomes_more_than_a_member,
    what_is_not_good_lets_nobody_in,
    only_the_same_browser_comes_back_and_once,
);

/// Issues what it is told to issue for the code `good`.
#[derive(Clone)]
struct Provider {
    issuer: String,
    key: Arc<EcdsaKeyPair>,
    /// Claims of the next ID token, over the right ones.
    claims: Arc<Mutex<Value>>,
    forge: Arc<Mutex<Forgery>>,
    /// What the browser was sent with: nonce and challenge.
    asked: Arc<Mutex<(String, String)>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Forgery {
    None,
    /// `alg: none`, without a signature.
    Unsigned,
    /// Signed with another key of the same name.
    OtherKey,
    /// Altered after it was signed.
    Altered,
}

fn fresh_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let bytes = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes.as_ref(), &random).unwrap()
}

impl Provider {
    async fn listen() -> Provider {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Provider {
            issuer: format!("http://{}", listener.local_addr().unwrap()),
            key: Arc::new(fresh_key()),
            claims: Arc::new(Mutex::new(json!({}))),
            forge: Arc::new(Mutex::new(Forgery::None)),
            asked: Arc::default(),
        };
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        provider
    }

    fn says(&self, claims: Value) {
        *self.claims.lock().unwrap() = claims;
    }

    fn id_token(&self) -> String {
        let nonce = self.asked.lock().unwrap().0.clone();
        let mut claims = json!({
            "iss": self.issuer, "aud": "desk", "sub": "sub-1", "nonce": nonce,
            "iat": 1_700_000_000, "exp": 4_000_000_000_u64,
        });
        for (name, value) in self.claims.lock().unwrap().as_object().unwrap() {
            claims[name] = value.clone();
        }
        let forge = *self.forge.lock().unwrap();
        let alg = if forge == Forgery::Unsigned { "none" } else { "ES256" };
        let part = |value: &Value| BASE64.encode(value.to_string());
        let mut signed = format!("{}.{}", part(&json!({"alg": alg, "kid": "k1"})), part(&claims));
        let key = if forge == Forgery::OtherKey { Arc::new(fresh_key()) } else { Arc::clone(&self.key) };
        let signature = key.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        if forge == Forgery::Altered {
            claims["email"] = json!("root@example.com");
            signed = format!("{}.{}", part(&json!({"alg": alg, "kid": "k1"})), part(&claims));
        }
        let signature = if forge == Forgery::Unsigned { String::new() } else { BASE64.encode(signature) };
        format!("{signed}.{signature}")
    }
}

async fn discovery(State(provider): State<Provider>) -> Json<Value> {
    let issuer = &provider.issuer;
    Json(json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"), "jwks_uri": format!("{issuer}/keys"),
        "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }))
}

async fn keys(State(provider): State<Provider>) -> Json<Value> {
    let point = provider.key.public_key().as_ref();
    let (x, y) = (BASE64.encode(&point[1..33]), BASE64.encode(&point[33..65]));
    Json(json!({"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "k1", "x": x, "y": y}]}))
}

async fn token(
    State(provider): State<Provider>,
    Form(given): Form<HashMap<String, String>>,
) -> Result<Json<Value>, (StatusCode, Json<Value>)> {
    let challenge = BASE64.encode(Sha256::digest(given["code_verifier"].as_bytes()));
    let good = given["code"] == "good" && challenge == provider.asked.lock().unwrap().1;
    if !good {
        return Err((StatusCode::BAD_REQUEST, Json(json!({"error": "invalid_grant"}))));
    }
    Ok(Json(json!({"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": provider.id_token()})))
}

async fn open(bench: Bench, create_members: bool) -> (House, Provider) {
    let mut house = House::new(bench).await;
    let provider = Provider::listen().await;
    house.settings(Settings {
        oidc: Some(OidcSettings {
            issuer: provider.issuer.clone(),
            client_id: "desk".into(),
            client_secret: "hush".into(),
            base: "http://desk.example".into(),
            create_members,
        }),
        ..Settings::default()
    });
    (house, provider)
}

/// Goes to the provider: the state and the cookie with which the browser comes back.
async fn depart(house: &House, provider: &Provider) -> (String, String) {
    let sent = house.get("", "/api/v1/session/oidc").await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    let url = url::Url::parse(sent.header("location")).unwrap();
    let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
    assert_eq!((&*query["response_type"], &*query["code_challenge_method"]), ("code", "S256"));
    assert_eq!(query["redirect_uri"], "http://desk.example/api/v1/session/oidc/callback");
    assert!(query["scope"].contains("openid") && !url.as_str().contains("hush"));
    *provider.asked.lock().unwrap() = (query["nonce"].clone(), query["code_challenge"].clone());
    let set = sent.header("set-cookie");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    (query["state"].clone(), set.split(';').next().unwrap().to_owned())
}

async fn arrive(house: &House, state: &str, cookie: &str, code: &str) -> Answer {
    let path = format!("/api/v1/session/oidc/callback?code={code}&state={state}");
    house.request("GET", "", &path, Value::Null, &[("cookie", cookie)]).await
}

async fn sign_in(house: &House, provider: &Provider) -> Answer {
    let (state, cookie) = depart(house, provider).await;
    arrive(house, &state, &cookie, "good").await
}

/// Who the browser is now.
async fn me(house: &House, arrived: &Answer) -> Value {
    assert_eq!((arrived.status, arrived.header("location")), (303, "/"), "{}", arrived.text);
    let cookie = arrived.header("set-cookie").split(';').next().unwrap().to_owned();
    house.request("GET", "", "/api/v1/session", Value::Null, &[("cookie", &cookie)]).await.json["user"].clone()
}

async fn who_is_known_by_address_comes_in(bench: Bench) {
    let (house, provider) = open(bench, false).await;
    apply(&house.ledger, &plan("P-1", "2026-01-01", &["A-1 seller Ann"]), "2026-01-01T00:00:00Z").await.unwrap();
    house.employ("mia", "Ann").await;
    provider.says(json!({"email": "ANN@example.com", "email_verified": true}));
    let arrived = sign_in(&house, &provider).await;
    assert_eq!(me(&house, &arrived).await["name"], "mia", "by the address of the employee she is");
    // From then on by the provider's own name for her, whatever her address.
    provider.says(json!({"email": "mia@elsewhere.example"}));
    let arrived = sign_in(&house, &provider).await;
    assert_eq!(me(&house, &arrived).await["name"], "mia");
    // Somebody else who gets her address is not her.
    provider.says(json!({"sub": "sub-2", "email": "ann@example.com", "email_verified": true}));
    assert_eq!(sign_in(&house, &provider).await.status, 403);
    let told = house.ledger.audit(&Default::default()).await.unwrap();
    assert_eq!(told.iter().filter(|entry| entry.action.as_str() == "user.identity-linked").count(), 1);
    house.ledger.verify_audit().await.unwrap();
}

async fn nobody_becomes_more_than_a_member(bench: Bench) {
    let (mut house, provider) = open(bench, false).await;
    provider.says(json!({"email": "new@example.com", "email_verified": true, "name": "New"}));
    let users = house.ledger.users(bailiwick_store::Within::Everybody, None, 100).await.unwrap().len();
    assert_eq!(sign_in(&house, &provider).await.status, 403, "strangers stay outside");
    assert_eq!(house.ledger.users(bailiwick_store::Within::Everybody, None, 100).await.unwrap().len(), users);
    let mut oidc = house.serving.settings.oidc.clone().unwrap();
    oidc.create_members = true;
    house.settings(Settings { oidc: Some(oidc), ..Settings::default() });
    let arrived = sign_in(&house, &provider).await;
    let user = me(&house, &arrived).await;
    assert_eq!((&user["name"], &user["roles"]), (&json!("new@example.com"), &json!(["member"])));
    assert_eq!(me(&house, &sign_in(&house, &provider).await).await, user, "once made, the same");
    // Nobody is made of an address that the provider has not verified.
    provider.says(json!({"sub": "sub-3", "email": "other@example.com", "email_verified": false}));
    assert_eq!(sign_in(&house, &provider).await.status, 403);
    provider.says(json!({"sub": "sub-4"}));
    assert_eq!(sign_in(&house, &provider).await.status, 403);
}

async fn what_is_not_good_lets_nobody_in(bench: Bench) {
    let (house, provider) = open(bench, true).await;
    let sessions = || async { house.raw().await.texts("SELECT secret_hash FROM sessions").await.len() };
    let before = sessions().await;
    let email = |more: Value| {
        let mut claims = json!({"email": "new@example.com", "email_verified": true});
        for (name, value) in more.as_object().unwrap() {
            claims[name] = value.clone();
        }
        claims
    };
    for wrong in [
        json!({"iss": "http://evil.example"}),
        json!({"aud": "another"}),
        json!({"nonce": "guessed"}),
        json!({"nonce": null}),
        json!({"exp": 1_700_000_001}),
    ] {
        provider.says(email(wrong.clone()));
        assert_eq!(sign_in(&house, &provider).await.status, 401, "{wrong}");
    }
    provider.says(email(json!({})));
    for forgery in [Forgery::Unsigned, Forgery::OtherKey, Forgery::Altered] {
        *provider.forge.lock().unwrap() = forgery;
        assert_eq!(sign_in(&house, &provider).await.status, 401);
    }
    *provider.forge.lock().unwrap() = Forgery::None;
    let (state, cookie) = depart(&house, &provider).await;
    assert_eq!(arrive(&house, &state, &cookie, "guessed").await.status, 401);
    let (state, cookie) = depart(&house, &provider).await;
    provider.asked.lock().unwrap().1 = "another challenge".into();
    assert_eq!(arrive(&house, &state, &cookie, "good").await.status, 401, "PKCE");
    assert_eq!(sessions().await, before);
    assert_eq!(sign_in(&house, &provider).await.status, 303, "and what is good does");
}

async fn only_the_same_browser_comes_back_and_once(bench: Bench) {
    let (house, provider) = open(bench, true).await;
    provider.says(json!({"email": "new@example.com", "email_verified": true}));
    let (state, cookie) = depart(&house, &provider).await;
    assert_eq!(arrive(&house, &state, "x=y", "good").await.status, 401, "without the cookie");
    assert_eq!(arrive(&house, &state, "bailiwick-oidc=other", "good").await.status, 401);
    assert_eq!(arrive(&house, "other", "bailiwick-oidc=other", "good").await.status, 401);
    assert_eq!(arrive(&house, &state, &cookie, "good").await.status, 303);
    assert_eq!(arrive(&house, &state, &cookie, "good").await.status, 401, "once");
    let (state, cookie) = depart(&house, &provider).await;
    house.wait(jiff::SignedDuration::from_mins(11));
    assert_eq!(arrive(&house, &state, &cookie, "good").await.status, 401, "in time");
    // The session the browser had before ends: it rotates.
    let (state, cookie) = depart(&house, &provider).await;
    let both = format!("{cookie}; bailiwick=session of tom");
    assert_eq!(arrive(&house, &state, &both, "good").await.status, 303);
    assert_eq!(house.get("tom", "/api/v1/session").await.status, 401);
    let (mut house, _) = (house, provider);
    house.settings(Settings::default());
    assert_eq!(house.get("", "/api/v1/session/oidc").await.status, 404);
}
