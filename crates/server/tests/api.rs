//! The wholesaler of SPEC 2.7, planned, applied and asked over HTTP, without a socket.

#![allow(clippy::unwrap_used, reason = "a test may fail")]

use axum::body::Body;
use axum::http::{Request, StatusCode};
use bailiwick_app::apply::{Application, apply};
use bailiwick_app::plan::{self, write};
use bailiwick_app::project;
use bailiwick_server::{Serving, routes};
use serde_json::Value;
use tower::ServiceExt;

/// The service over a fresh ledger with the wholesaler's plan from 1 January 2026.
async fn wholesaler(dir: &std::path::Path) -> axum::Router {
    let example = bailiwick_testkit::repository().join("examples/wholesaler");
    let project = project::open(&example, &|_| {}).await.unwrap();
    let on = jiff::civil::date(2026, 1, 1);
    let request = plan::Request { on, seed: 1, time_limit: None, present: None, variation: Default::default() };
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
    routes(Serving { ledger, report: Some(plan_dir.join(write::REPORT)) })
}

async fn get(routes: &axum::Router, address: &str) -> (StatusCode, String, String) {
    let request = Request::get(address).body(Body::empty()).unwrap();
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
    let (status, _, page) = get(&routes, "/").await;
    assert_eq!(status, StatusCode::OK);
    assert!(page.contains("Кой отговаря?") && page.contains("Who is responsible?"));
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
async fn other_machines_are_not_served_before_anybody_can_sign_in() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("ledger.db").display());
    let ledger = bailiwick_store::Ledger::open(&url).await.unwrap();
    let refused = bailiwick_server::serve(ledger, None, "0.0.0.0:0".parse().unwrap()).await.unwrap_err();
    assert!(refused.to_string().contains("other machines"), "{refused}");
}
