//! The wholesaler of SPEC 2.7, planned, applied and asked over HTTP, without a socket.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use bailiwick_app::apply::{Application, apply};
use bailiwick_app::plan::{self, write};
use bailiwick_app::project;
use bailiwick_domain::access::UserRole;
use bailiwick_server::{Serving, routes};
use bailiwick_store::{Ledger, NewSession, NewUser, sha256_hex};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt;

fn now() -> Timestamp {
    "2026-02-01T09:00:00Z".parse().unwrap()
}

const COOKIE: &str = "bailiwick=secret-of-ann";

/// An administrator who has signed in.
async fn ann(ledger: &Ledger) {
    let new = NewUser {
        id: "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap(),
        name: "Ann".into(),
        display_name: "Ann".into(),
        password_hash: bailiwick_server::password::hash("correct horse battery".into(), "Ann").await.unwrap(),
        roles: [UserRole::Admin].into(),
        employee: None,
    };
    let user = ledger.create_first_user(&new, "test", now()).await.unwrap();
    let expires_at = now() + SignedDuration::from_hours(1);
    let session = NewSession { secret_hash: &sha256_hex("secret-of-ann"), user: &user, expires_at, replaces: None };
    ledger.open_session(&session, now()).await.unwrap();
}

/// The service over a fresh ledger with the wholesaler's plan from 1 January 2026.
async fn wholesaler(dir: &std::path::Path) -> axum::Router {
    let example = bailiwick_testkit::repository().join("examples/wholesaler");
    let project = project::open(&example, &|_| {}).await.unwrap();
    let on = jiff::civil::date(2026, 1, 1);
    let request = plan::Request::new(on, 1);
    let plan = plan::make_plan(&project, &request, &|_| {}).unwrap();
    let plan_dir = dir.join("plan");
    write::write_plan(&project, &plan, None, &plan_dir).unwrap();
    let how = Application {
        actor: "test",
        at: "2025-12-20T09:00:00Z".parse().unwrap(),
        on: None,
        edited: false,
        replace_later: false,
        reason: String::new(),
    };
    let url = format!("sqlite:{}", dir.join("ledger.db").display());
    let (ledger, _) = apply(&plan_dir, &url, &how, &|_, _| {}).await.unwrap();
    ann(&ledger).await;
    routes(Serving::new(ledger, Some(plan_dir.join(write::REPORT)), now))
}

async fn get(routes: &axum::Router, address: &str) -> (StatusCode, String, String) {
    let request = Request::get(address).header("cookie", COOKIE).body(Body::empty()).unwrap();
    let answer = routes.clone().oneshot(request).await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    assert!(headers["content-security-policy"].to_str().unwrap().contains("default-src 'none'"), "{address}");
    let kind = headers.get("content-type").map(|kind| kind.to_str().unwrap().to_owned()).unwrap_or_default();
    let body = axum::body::to_bytes(answer.into_body(), 64 << 20).await.unwrap();
    (status, kind, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn the_service_answers_who_is_responsible() {
    let dir = tempfile::tempdir().unwrap();
    let routes = wholesaler(dir.path()).await;
    assert_eq!(get(&routes, "/healthz").await.2, "ok");
    assert_eq!(get(&routes, "/readyz").await.0, StatusCode::OK);

    let (status, kind, body) = get(&routes, "/api/v1/accounts/A-063/responsible?on=2026-02-01&explain=true").await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "application/json"));
    let answer: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(answer["segment"], "State orders, Moscow");
    assert_eq!(answer["responsible"].as_array().unwrap().len(), 1);
    assert_eq!(answer["responsible"][0]["role"], "sales-specialist");
    assert_eq!(answer["explanation"][0]["segments"][0]["matched"], true);

    let (_, _, body) = get(&routes, "/api/v1/accounts/A-063/responsible?on=2025-12-31").await;
    let before: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(before["responsible"], Value::Array(vec![]));

    let (status, _, body) = get(&routes, "/api/v1/accounts?q=A-06").await;
    let found: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(status, StatusCode::OK);
    assert_eq!(found["accounts"].as_array().unwrap().len(), 10);
}

#[tokio::test]
async fn what_is_wrong_is_said_as_problem_json() {
    let dir = tempfile::tempdir().unwrap();
    let routes = wholesaler(dir.path()).await;
    for (address, expected, word) in [
        ("/api/v1/accounts/nobody/responsible?on=2026-02-01", StatusCode::NOT_FOUND, "there is no account"),
        ("/api/v1/accounts/A-063/responsible?on=yesterday", StatusCode::BAD_REQUEST, "is no date"),
        ("/api/v1/accounts/A-063/responsible?on=2026-02-01&role=boss", StatusCode::NOT_FOUND, "there is no role"),
        ("/api/v1/accounts/A-063/responsible?on=2026-02-01&stage=party", StatusCode::NOT_FOUND, "no stage"),
    ] {
        let (status, kind, body) = get(&routes, address).await;
        let problem: Value = serde_json::from_str(&body).unwrap();
        assert_eq!((status, kind.as_str()), (expected, "application/problem+json"), "{address}");
        assert!(problem["detail"].as_str().unwrap().contains(word), "{address}: {body}");
        assert_eq!(problem["status"], expected.as_u16());
    }
}

#[tokio::test]
async fn pages_hold_everything_they_show() {
    let dir = tempfile::tempdir().unwrap();
    let routes = wholesaler(dir.path()).await;
    let (status, kind, page) = get(&routes, "/").await;
    assert_eq!((status, kind.as_str()), (StatusCode::OK, "text/html; charset=utf-8"));
    let (status, _, report) = get(&routes, "/report").await;
    assert_eq!(status, StatusCode::OK);
    assert!(report.contains("Digital Wholesale"));
    for page in [page, report] {
        assert!(
            !page.contains("src=\"http") && !page.contains("href=\"http"),
            "a page asks another server for something"
        );
    }
}

#[tokio::test]
async fn other_machines_are_not_served_before_there_is_a_user() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("ledger.db").display());
    let ledger = bailiwick_store::Ledger::open(&url).await.unwrap();
    let refused = bailiwick_server::serve(ledger, None, "0.0.0.0:0".parse().unwrap(), false, Default::default())
        .await
        .unwrap_err();
    assert!(refused.to_string().contains("other machines"), "{refused}");
}

/// Sends a request; status, headers and body.
async fn send(
    routes: &axum::Router,
    request: axum::http::request::Builder,
    body: &Value,
) -> (StatusCode, axum::http::HeaderMap, String) {
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    let request = request.header("content-type", "application/json").body(body).unwrap();
    let answer = routes.clone().oneshot(request).await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = axum::body::to_bytes(answer.into_body(), 64 << 20).await.unwrap();
    (status, headers, String::from_utf8(body.to_vec()).unwrap())
}

async fn fresh(dir: &std::path::Path) -> Ledger {
    Ledger::open(&format!("sqlite:{}", dir.join("ledger.db").display())).await.unwrap()
}

fn cookie_of(headers: &axum::http::HeaderMap) -> String {
    headers["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn signing_in_and_out() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = fresh(dir.path()).await;
    ann(&ledger).await;
    let routes = routes(Serving::new(ledger, None, now));
    let right = json!({"name": "ANN", "password": "correct horse battery"});
    let (status, headers, _) = send(&routes, Request::post("/api/v1/session"), &right).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let set = headers["set-cookie"].to_str().unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && !set.contains("Secure"), "{set}");
    let cookie = cookie_of(&headers);
    let (status, _, body) =
        send(&routes, Request::get("/api/v1/session").header("cookie", &cookie), &Value::Null).await;
    let me: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (status, &me["user"]["name"], &me["may"]["manage-users"]),
        (StatusCode::OK, &json!("Ann"), &json!("all"))
    );
    assert!(!body.contains("argon2"), "{body}");
    // Behind https the cookie is bound to it.
    let https = Request::post("/api/v1/session").header("x-forwarded-proto", "https");
    let (_, headers, _) = send(&routes, https, &right).await;
    let set = headers["set-cookie"].to_str().unwrap();
    assert!(set.starts_with("__Host-bailiwick=") && set.ends_with("; Secure"), "{set}");
    // Out, and the cookie is good for nothing.
    let out = Request::delete("/api/v1/session").header("cookie", &cookie);
    assert_eq!(send(&routes, out, &Value::Null).await.0, StatusCode::NO_CONTENT);
    let (status, ..) = send(&routes, Request::get("/api/v1/session").header("cookie", &cookie), &Value::Null).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn wrong_unknown_and_locked_are_answered_alike() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = fresh(dir.path()).await;
    ann(&ledger).await;
    let routes = routes(Serving::new(ledger.clone(), None, now));
    let mut answers = std::collections::BTreeSet::new();
    for _ in 0..6 {
        let wrong = json!({"name": "ann", "password": "wrong horse battery"});
        let (status, _, body) = send(&routes, Request::post("/api/v1/session"), &wrong).await;
        answers.insert((status.as_u16(), body));
    }
    // Locked by now, even for the right password.
    for given in [json!({"name": "ann", "password": "correct horse battery"}), json!({"name": "bob", "password": "x"})]
    {
        let (status, _, body) = send(&routes, Request::post("/api/v1/session"), &given).await;
        answers.insert((status.as_u16(), body));
    }
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(answers.first().unwrap().0, 401);
    let told = ledger.audit(&Default::default()).await.unwrap();
    assert_eq!(told.last().unwrap().action.as_str(), "user.locked");
}

#[tokio::test]
async fn another_password_ends_all_sessions_but_a_new_one() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = fresh(dir.path()).await;
    ann(&ledger).await;
    let routes = routes(Serving::new(ledger, None, now));
    let put = || Request::put("/api/v1/session/password").header("cookie", COOKIE);
    let wrong = json!({"current": "wrong horse battery", "new": "several better words"});
    assert_eq!(send(&routes, put(), &wrong).await.0, StatusCode::UNAUTHORIZED);
    let weak = json!({"current": "correct horse battery", "new": "short"});
    assert_eq!(send(&routes, put(), &weak).await.0, StatusCode::UNPROCESSABLE_ENTITY);
    let good = json!({"current": "correct horse battery", "new": "several better words"});
    let (status, headers, _) = send(&routes, put(), &good).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let mine = |cookie: &str| Request::get("/api/v1/session").header("cookie", cookie);
    assert_eq!(send(&routes, mine(COOKIE), &Value::Null).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(send(&routes, mine(&cookie_of(&headers)), &Value::Null).await.0, StatusCode::OK);
}

#[tokio::test]
async fn own_sessions_are_listed_and_each_can_be_ended() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = fresh(dir.path()).await;
    ann(&ledger).await;
    let routes = routes(Serving::new(ledger.clone(), None, now));
    let right = json!({"name": "Ann", "password": "correct horse battery"});
    let (_, headers, _) = send(&routes, Request::post("/api/v1/session"), &right).await;
    let elsewhere = cookie_of(&headers);
    let list = |cookie: &str| Request::get("/api/v1/sessions").header("cookie", cookie);
    let sessions = async |cookie: &str| {
        let (status, _, body) = send(&routes, list(cookie), &Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{body}");
        assert!(!body.contains(&sha256_hex("secret-of-ann")), "no more of a secret's hash is told than names it");
        serde_json::from_str::<Value>(&body).unwrap()["sessions"].as_array().unwrap().clone()
    };
    let seen = sessions(COOKIE).await;
    assert_eq!(seen.len(), 2);
    let other = seen.iter().find(|one| one["here"] == json!(false)).unwrap()["session_id"].as_str().unwrap().to_owned();
    let end = |id: &str| Request::delete(format!("/api/v1/sessions/{id}")).header("cookie", COOKIE);
    assert_eq!(send(&routes, end("0123456789abcdef"), &Value::Null).await.0, StatusCode::NOT_FOUND);
    assert_eq!(send(&routes, end(&other), &Value::Null).await.0, StatusCode::NO_CONTENT);
    assert_eq!(send(&routes, list(&elsewhere), &Value::Null).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(sessions(COOKIE).await.len(), 1);
    let told = ledger.audit(&Default::default()).await.unwrap();
    assert_eq!(told.last().unwrap().action.as_str(), "session.ended");
}

#[tokio::test]
async fn nobody_ends_a_session_of_somebody_else() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = fresh(dir.path()).await;
    ann(&ledger).await;
    let routes = routes(Serving::new(ledger, None, now));
    let new = json!({"name": "Bob", "password": "several good words", "roles": ["member"]});
    send(&routes, Request::post("/api/v1/users").header("cookie", COOKIE), &new).await;
    let right = json!({"name": "Bob", "password": "several good words"});
    let (_, headers, _) = send(&routes, Request::post("/api/v1/session"), &right).await;
    let bob = cookie_of(&headers);
    let id = &sha256_hex("secret-of-ann")[..16];
    let end = Request::delete(format!("/api/v1/sessions/{id}")).header("cookie", &bob);
    assert_eq!(send(&routes, end, &Value::Null).await.0, StatusCode::NOT_FOUND);
    let ann = Request::get("/api/v1/session").header("cookie", COOKIE);
    assert_eq!(send(&routes, ann, &Value::Null).await.0, StatusCode::OK);
}

#[tokio::test]
async fn the_first_administrator_takes_the_printed_secret() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = fresh(dir.path()).await;
    let mut serving = Serving::new(ledger, None, now);
    let secret = serving.open_setup().unwrap();
    let routes = routes(serving);
    let with = |secret: &str| json!({"secret": secret, "name": "Root", "password": "correct horse battery"});
    let setup = || Request::post("/api/v1/setup");
    assert_eq!(send(&routes, setup(), &with("guessed")).await.0, StatusCode::FORBIDDEN);
    let (status, headers, _) = send(&routes, setup(), &with(&secret)).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let users = Request::get("/api/v1/users").header("cookie", cookie_of(&headers));
    assert_eq!(send(&routes, users, &Value::Null).await.0, StatusCode::OK);
    assert_eq!(send(&routes, setup(), &with(&secret)).await.0, StatusCode::CONFLICT);
}

#[tokio::test]
async fn a_link_lets_one_browser_in() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = fresh(dir.path()).await;
    ann(&ledger).await;
    let user = ledger.user_named("ann").await.unwrap().unwrap();
    let mut serving = Serving::new(ledger, None, now);
    let link = serving.open_welcome(user).unwrap();
    let routes = routes(serving);
    assert_eq!(send(&routes, Request::get("/welcome/guess"), &Value::Null).await.0, StatusCode::NOT_FOUND);
    let (status, headers, _) = send(&routes, Request::get(&link), &Value::Null).await;
    assert_eq!((status, headers["location"].to_str().unwrap()), (StatusCode::SEE_OTHER, "/"));
    let me = Request::get("/api/v1/session").header("cookie", cookie_of(&headers));
    assert_eq!(send(&routes, me, &Value::Null).await.0, StatusCode::OK);
    assert_eq!(send(&routes, Request::get(&link), &Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn other_sites_change_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = fresh(dir.path()).await;
    ann(&ledger).await;
    let routes = routes(Serving::new(ledger, None, now));
    let out = || Request::delete("/api/v1/session").header("cookie", COOKIE).header("host", "desk.example");
    for foreign in [
        out().header("sec-fetch-site", "cross-site"),
        out().header("sec-fetch-site", "same-site"),
        out().header("origin", "https://evil.example"),
        out().header("origin", "null"),
    ] {
        assert_eq!(send(&routes, foreign, &Value::Null).await.0, StatusCode::FORBIDDEN);
    }
    let own = out().header("origin", "https://desk.example");
    assert_eq!(send(&routes, own, &Value::Null).await.0, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn every_refusal_is_a_problem() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = fresh(dir.path()).await;
    ann(&ledger).await;
    let routes = routes(Serving::new(ledger, None, now));
    let with = |request: axum::http::request::Builder| request.header("cookie", COOKIE);
    let large = json!({"name": "x".repeat(2 << 20), "password": ""});
    for (request, body, expected) in [
        (with(Request::get("/nowhere")), Value::Null, 404),
        (with(Request::delete("/api/v1/accounts")), Value::Null, 405),
        (with(Request::get("/api/v1/accounts?limit=many")), Value::Null, 400),
        (with(Request::get("/api/v1/accounts?limit=0")), Value::Null, 400),
        (with(Request::get("/api/v1/accounts?after=9.x")), Value::Null, 400),
        (with(Request::get("/api/v1/accounts?sort=name;drop")), Value::Null, 400),
        (with(Request::post("/api/v1/users")), json!({"name": "b"}), 422),
        (with(Request::post("/api/v1/session")), json!({"name": "b", "password": "b", "admin": true}), 422),
        (with(Request::post("/api/v1/session")), large, 413),
        (with(Request::get("/api/v1/policies/x")), Value::Null, 400),
        (Request::get("/report"), Value::Null, 401),
        (with(Request::get("/report")), Value::Null, 404),
    ] {
        let (status, headers, text) = send(&routes, request, &body).await;
        assert_eq!(status.as_u16(), expected, "{text}");
        assert_eq!(headers["content-type"], "application/problem+json", "{text}");
        assert!(headers.contains_key("x-request-id"));
        let problem: Value = serde_json::from_str(&text).unwrap();
        assert!(problem["detail"].as_str().is_some_and(|detail| !detail.is_empty()) && problem["remedy"].is_string());
    }
}

#[tokio::test]
async fn users_are_changed_only_by_who_has_seen_them() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = fresh(dir.path()).await;
    ann(&ledger).await;
    let routes = routes(Serving::new(ledger, None, now));
    let new = json!({"name": "Bob", "password": "several good words", "roles": ["planner"]});
    let (status, headers, _) = send(&routes, Request::post("/api/v1/users").header("cookie", COOKIE), &new).await;
    assert_eq!((status, headers["etag"].to_str().unwrap()), (StatusCode::CREATED, "\"1\""));
    let place = headers["location"].to_str().unwrap();
    let put = || Request::put(place).header("cookie", COOKIE);
    let change = json!({"display_name": "Bob", "roles": ["auditor"], "active": true});
    assert_eq!(send(&routes, put(), &change).await.0, StatusCode::PRECONDITION_REQUIRED);
    assert_eq!(send(&routes, put().header("if-match", "\"1\""), &change).await.0, StatusCode::OK);
    assert_eq!(send(&routes, put().header("if-match", "\"1\""), &change).await.0, StatusCode::PRECONDITION_FAILED);
}

#[tokio::test]
async fn metrics_are_for_this_machine_and_for_tokens() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = fresh(dir.path()).await;
    ann(&ledger).await;
    let routes = routes(Serving::new(ledger, None, now));
    let from = |address: &str| {
        let address: std::net::SocketAddr = address.parse().unwrap();
        Request::get("/metrics").extension(axum::extract::ConnectInfo(address))
    };
    send(&routes, Request::get("/healthz"), &Value::Null).await;
    let (status, _, text) = send(&routes, from("127.0.0.1:1"), &Value::Null).await;
    assert_eq!(status, StatusCode::OK);
    let line = "bailiwick_http_requests_total{method=\"GET\",route=\"/healthz\",status=\"200\"} 1";
    assert!(text.contains(line) && text.contains("bailiwick_http_request_seconds_bucket"), "{text}");
    assert_eq!(send(&routes, from("10.0.0.1:1"), &Value::Null).await.0, StatusCode::UNAUTHORIZED);
    let forwarded = from("127.0.0.1:1").header("x-forwarded-for", "10.0.0.1");
    assert_eq!(send(&routes, forwarded, &Value::Null).await.0, StatusCode::UNAUTHORIZED);
    let scopes = json!({"name": "collector", "scopes": ["read"]});
    let (_, _, made) = send(&routes, Request::post("/api/v1/tokens").header("cookie", COOKIE), &scopes).await;
    let made: Value = serde_json::from_str(&made).unwrap();
    let bearer = format!("Bearer {}", made["secret"].as_str().unwrap());
    let with_token = from("10.0.0.1:1").header("authorization", bearer);
    assert_eq!(send(&routes, with_token, &Value::Null).await.0, StatusCode::OK);
}

async fn post(routes: &axum::Router, kind: &str, body: &str) -> (StatusCode, Value) {
    let request = Request::post("/api/v1/route").header("cookie", COOKIE).header("content-type", kind);
    let answer = routes.clone().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
    let status = answer.status();
    let body = axum::body::to_bytes(answer.into_body(), 64 << 20).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn what_arrives_is_decided_and_the_decision_can_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let routes = wholesaler(dir.path()).await;
    let lead = |id: &str| json!({"account_id": id, "region": "Moscow", "ownership": "public"});
    let (status, answer) = post(&routes, "application/json", &lead("N-1").to_string()).await;
    assert_eq!(status, StatusCode::OK, "{answer}");
    let decision = &answer["decisions"][0];
    assert_eq!((&decision["segment"], &decision["decision_id"]), (&json!("State orders, Moscow"), &json!(1)));
    assert_eq!(decision["assignments"].as_array().unwrap().len(), 1);

    let lines = format!("{}\n\n{{\"name\": \"nameless\"}}\n{}\n", lead("N-2"), lead("N-3"));
    let (status, answer) = post(&routes, "application/x-ndjson", &lines).await;
    assert_eq!((status, answer["decisions"].as_array().unwrap().len()), (StatusCode::OK, 2));
    assert_eq!(answer["refused"][0]["line"], 3);
    let (status, answer) = post(&routes, "application/json; charset=utf-8", &json!([lead("N-4"), 7]).to_string()).await;
    assert_eq!((status, answer["decisions"].as_array().unwrap().len()), (StatusCode::OK, 1));
    let (status, answer) =
        post(&routes, "application/json", &json!({"account_id": "N-5", "assign": "E-99"}).to_string()).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(answer["detail"].as_str().unwrap().contains("there is no such employee"), "{answer}");
    assert_eq!(post(&routes, "text/csv", "account_id").await.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(post(&routes, "application/json", "{").await.0, StatusCode::BAD_REQUEST);
    let long = format!("[\"{}\"]", "x".repeat(9 << 20));
    assert_eq!(post(&routes, "application/json", &long).await.0, StatusCode::PAYLOAD_TOO_LARGE);

    let (_, _, page) = get(&routes, "/api/v1/route-decisions?limit=3").await;
    let page: Value = serde_json::from_str(&page).unwrap();
    let told: Vec<&str> =
        page["decisions"].as_array().unwrap().iter().map(|one| one["account"].as_str().unwrap()).collect();
    assert_eq!((told, &page["next"]), (vec!["N-4", "N-3", "N-2"], &json!(2)));
    let (_, _, page) = get(&routes, "/api/v1/route-decisions?limit=3&after=2").await;
    let page: Value = serde_json::from_str(&page).unwrap();
    assert_eq!((page["decisions"].as_array().unwrap().len(), &page["next"]), (1, &Value::Null));
    let (_, _, page) = get(&routes, "/api/v1/route-decisions?account=N-3").await;
    let page: Value = serde_json::from_str(&page).unwrap();
    assert_eq!(page["decisions"].as_array().unwrap().len(), 1);
    let (status, _, one) = get(&routes, "/api/v1/route-decisions/1").await;
    let one: Value = serde_json::from_str(&one).unwrap();
    assert_eq!(
        (status, &one["account"], &one["why"][0]["segment"]),
        (StatusCode::OK, &json!("N-1"), &json!("State orders, Moscow"))
    );
    assert_eq!(get(&routes, "/api/v1/route-decisions/9").await.0, StatusCode::NOT_FOUND);
    assert_eq!(get(&routes, "/api/v1/route-decisions/x").await.0, StatusCode::NOT_FOUND);
}

/// `docs/openapi.json` is what the service serves; write it anew with `BAILIWICK_WRITE_OPENAPI=1`.
#[test]
fn the_committed_description_is_the_served_one() {
    let path = bailiwick_testkit::repository().join("docs/openapi.json");
    let now = bailiwick_server::openapi();
    if std::env::var_os("BAILIWICK_WRITE_OPENAPI").is_some() {
        std::fs::write(&path, &now).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert!(kept == now, "the API changed: run this test with BAILIWICK_WRITE_OPENAPI=1 and commit docs/openapi.json");
}

/// Programs are written from the description: a name means one operation, and one shape.
#[test]
fn no_two_operations_share_a_name() {
    let described: Value = serde_json::from_str(&bailiwick_server::openapi()).unwrap();
    let mut names = std::collections::BTreeSet::new();
    for (path, methods) in described["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap();
            assert!(names.insert(name.to_owned()), "{method} {path}: {name}");
        }
    }
    assert!(names.contains("get_accounts_id") && names.len() >= 90, "{}", names.len());
}

/// Whatever is described and is not for coming in asks who comes.
#[tokio::test]
async fn nothing_is_told_to_who_has_not_signed_in() {
    let dir = tempfile::tempdir().unwrap();
    let ledger = fresh(dir.path()).await;
    let routes = routes(Serving::new(ledger, None, now));
    let described: Value = serde_json::from_str(&bailiwick_server::openapi()).unwrap();
    assert_eq!(described["openapi"], "3.1.0");
    let mut asked = 0;
    for (path, methods) in described["paths"].as_object().unwrap() {
        for method in methods.as_object().unwrap().keys() {
            let comes_in = matches!(
                (method.as_str(), path.as_str()),
                ("post", "/api/v1/session" | "/api/v1/setup") | ("get", "/api/v1/session/ways")
            );
            if comes_in || path.starts_with("/api/v1/session/oidc") {
                continue;
            }
            let address = path
                .replace("{version}", "1")
                .replace("{delivery}", "1")
                .replace("{number}", "1")
                .replace("{kind}", "accounts")
                .replace("{id}", "1");
            let request = Request::builder().method(method.to_uppercase().as_str()).uri(&address);
            let (status, _, body) = send(&routes, request, &Value::Null).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}: {body}");
            asked += 1;
        }
    }
    assert!(asked >= 20, "{asked}");
}
