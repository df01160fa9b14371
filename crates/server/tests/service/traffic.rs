//! Requests that are sent twice, requests that race, requests that are too many.

use crate::common::*;
use crate::house::House;
use axum::extract::ConnectInfo;
use bailiwick_server::Settings;
use jiff::SignedDuration;
use serde_json::{Value, json};
use std::net::SocketAddr;

on_both!(
    what_is_sent_twice_is_done_once,
    a_key_is_for_one_request,
    answer_and_effect_stand_and_fall_together,
    a_secret_is_shown_once,
    whoever_asks_too_often_waits,
    an_arrival_sent_twice_is_decided_once,
);

async fn keyed(house: &House, who: &str, path: &str, body: &Value, key: &str) -> crate::house::Answer {
    house.request("POST", who, path, body.clone(), &[("idempotency-key", key)]).await
}

async fn what_is_sent_twice_is_done_once(bench: Bench) {
    let house = House::new(bench).await;
    let body = json!({"plan": plan("P-1", "2026-04-01", &["ACME seller Ann"])});
    let first = keyed(&house, "ann", "/api/v1/plans", &body, "k-1").await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""), "{}", first.text);
    let entries = house.ledger.verify_audit().await.unwrap();
    let again = keyed(&house, "ann", "/api/v1/plans", &body, "k-1").await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    assert_eq!(
        (&again.text, again.header("location"), again.header("etag")),
        (&first.text, first.header("location"), first.header("etag"))
    );
    assert_eq!(house.ledger.verify_audit().await.unwrap(), entries);
    // Others' keys are others'; without a key it is refused as always.
    assert_eq!(keyed(&house, "ben", "/api/v1/plans", &body, "k-1").await.status, 409);
    // A day later the answer is forgotten, and the request is one like any other.
    house.wait(SignedDuration::from_hours(24));
    assert_eq!(keyed(&house, "ann", "/api/v1/plans", &body, "k-1").await.status, 409);
    house.tick().await;
    assert!(!house.dump().await.contains("k-1"));
}

async fn a_key_is_for_one_request(bench: Bench) {
    let house = House::new(bench).await;
    let body = |name: &str| json!({"plan": plan(name, "2026-04-01", &["ACME seller Ann"])});
    assert_eq!(keyed(&house, "ann", "/api/v1/plans", &body("P-1"), "k").await.status, 201);
    let other = keyed(&house, "ann", "/api/v1/plans", &body("P-2"), "k").await;
    assert_eq!(other.status, 422, "{}", other.text);
    assert_eq!(keyed(&house, "ann", "/api/v1/plans/P-1/propose", &json!({}), "k").await.status, 422);
    assert_eq!(keyed(&house, "ann", "/api/v1/plans", &body("P-2"), "").await.status, 400);
    assert_eq!(keyed(&house, "", "/api/v1/plans", &body("P-2"), "k").await.status, 401);
    // A refusal is not kept: mended, the same key may come again.
    assert_eq!(keyed(&house, "ann", "/api/v1/plans/P-2/propose", &json!({}), "l").await.status, 404);
    assert_eq!(house.post("ann", "/api/v1/plans", body("P-2")).await.status, 201);
    assert_eq!(keyed(&house, "ann", "/api/v1/plans/P-2/propose", &json!({}), "l").await.status, 200);

    // Of twenty at once one does it; the others get its answer, or are told that it is under way.
    let house = &house;
    let many = (0..20).map(|_| keyed(house, "ann", "/api/v1/plans/P-1/comments", &COMMENT, "m"));
    let answers = futures_util::future::join_all(many).await;
    assert!(answers.iter().all(|answer| matches!(answer.status, 200 | 409)));
    let done = answers.iter().filter(|answer| answer.status == 200 && answer.header("idempotency-replayed").is_empty());
    assert_eq!(done.count(), 1);
    let standing = house.get("ann", "/api/v1/plans/P-1").await;
    assert_eq!(standing.json["events"].as_array().unwrap().len(), 2, "{}", standing.text);
}

static COMMENT: std::sync::LazyLock<Value> = std::sync::LazyLock::new(|| json!({"comment": "once"}));

/// Neither is written where the other cannot be.
async fn answer_and_effect_stand_and_fall_together(bench: Bench) {
    let house = House::new(bench).await;
    let body = json!({"plan": plan("P-1", "2026-04-01", &["ACME seller Ann"])});
    let raw = house.raw().await;
    let entries = house.ledger.verify_audit().await.unwrap();
    raw.fail_on("answers", "1 = 1").await;
    assert_eq!(keyed(&house, "ann", "/api/v1/plans", &body, "k").await.status, 500);
    raw.fail_no_more("answers").await;
    assert_eq!(house.ledger.verify_audit().await.unwrap(), entries, "the effect went with the answer");
    assert_eq!(house.get("ann", "/api/v1/plans/P-1").await.status, 404);
    raw.fail_on("plan_events", "1 = 1").await;
    assert_eq!(keyed(&house, "ann", "/api/v1/plans", &body, "k").await.status, 500);
    raw.fail_no_more("plan_events").await;
    assert_eq!(keyed(&house, "ann", "/api/v1/plans", &body, "k").await.header("idempotency-replayed"), "");
    assert_eq!(house.ledger.verify_audit().await.unwrap(), entries + 1);
}

async fn a_secret_is_shown_once(bench: Bench) {
    let house = House::new(bench).await;
    let body = json!({"name": "CRM", "scopes": ["read"]});
    let first = keyed(&house, "ann", "/api/v1/tokens", &body, "k").await;
    let secret = first.json["secret"].as_str().unwrap().to_owned();
    let again = keyed(&house, "ann", "/api/v1/tokens", &body, "k").await;
    assert_eq!((again.status, &again.json["secret"]), (201, &Value::Null));
    assert_eq!(again.json["token"], first.json["token"]);
    assert!(!house.dump().await.contains(&secret));
}

async fn whoever_asks_too_often_waits(bench: Bench) {
    let mut house = House::new(bench).await;
    house.settings(Settings { requests_a_minute: 3, sign_ins_a_minute: 2, ..Settings::default() });
    let me = "/api/v1/session";
    for left in ["2", "1", "0"] {
        let answer = house.get("ann", me).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.header("ratelimit"), format!("\"user\";r={left};t=60"));
        assert_eq!(answer.header("ratelimit-policy"), "\"user\";q=3;w=60");
    }
    let refused = house.get("ann", me).await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "20"), "{}", refused.text);
    assert_eq!(refused.header("content-type"), "application/problem+json");
    assert_eq!(house.get("ben", me).await.status, 200, "others are not concerned");
    house.wait(SignedDuration::from_secs(20));
    assert_eq!(house.get("ann", me).await.status, 200);

    let from = |address: &str| ConnectInfo::<SocketAddr>(address.parse().unwrap());
    let wrong = json!({"name": "nobody", "password": "wrong"});
    for (address, expected) in [("192.0.2.1:1", 401), ("192.0.2.1:2", 401), ("192.0.2.1:3", 429), ("192.0.2.2:1", 401)]
    {
        let answer = house.from(from(address), "POST", me, wrong.clone()).await;
        assert_eq!(answer.status, expected, "{address}: {}", answer.text);
    }
    for expected in [401, 401, 401, 429] {
        let answer = house.from(from("192.0.2.9:1"), "GET", "/api/v1/accounts", Value::Null).await;
        assert_eq!(answer.status, expected);
    }
    for _ in 0..9 {
        assert_eq!(house.from(from("192.0.2.9:1"), "GET", "/healthz", Value::Null).await.status, 200);
    }
}

/// What has a key is decided in the transaction that keeps the answer, and not among others' arrivals.
async fn an_arrival_sent_twice_is_decided_once(bench: Bench) {
    let house = House::new(bench).await;
    let mut company = plan("P-1", "2026-01-01", &["ACME seller Ann", "BETA seller Ben"]);
    can_route(&mut company, &["Ann", "Ben"]);
    apply(&house.ledger, &company, "2026-01-01T00:00:00Z").await.unwrap();
    let arrival = json!({"account_id": "NEW-1"});
    let first = keyed(&house, "ann", "/api/v1/route", &arrival, "k-1").await;
    assert_eq!((first.status, first.header("idempotency-replayed")), (200, ""), "{}", first.text);
    let entries = house.ledger.verify_audit().await.unwrap();
    let again = keyed(&house, "ann", "/api/v1/route", &arrival, "k-1").await;
    assert_eq!((again.status, again.header("idempotency-replayed")), (200, "true"));
    assert_eq!(again.text, first.text);
    assert_eq!(house.ledger.verify_audit().await.unwrap(), entries);
    // With a key and without one they are decided by turns, each seeing what was decided before.
    let mut owners = vec![];
    for number in 2..=5 {
        let arrival = json!({"account_id": format!("NEW-{number}")});
        let answer = match number % 2 {
            0 => house.request("POST", "ann", "/api/v1/route", arrival, &[]).await,
            _ => keyed(&house, "ann", "/api/v1/route", &arrival, &format!("k-{number}")).await,
        };
        let told: Value = serde_json::from_str(&answer.text).unwrap();
        owners.push(told["decisions"][0]["assignments"][0]["employee_id"].as_str().unwrap_or_default().to_owned());
    }
    let told: Value = serde_json::from_str(&first.text).unwrap();
    owners.push(told["decisions"][0]["assignments"][0]["employee_id"].as_str().unwrap_or_default().to_owned());
    owners.sort();
    assert!(
        owners == ["Ann", "Ann", "Ann", "Ben", "Ben"] || owners == ["Ann", "Ann", "Ben", "Ben", "Ben"],
        "{owners:?}"
    );
}
