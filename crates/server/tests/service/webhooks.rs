//! Webhooks against a receiver on this machine: what is told, signed how, tried again when, given up, replayed.

use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use crate::common::*;
use crate::house::House;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use bailiwick_server::{Settings, deliver};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use jiff::SignedDuration;
use serde_json::{Value, json};

on_both!(
    a_change_is_told_and_signed,
    what_does_not_arrive_is_tried_again_and_given_up,
    nothing_is_told_that_did_not_happen,
    nothing_goes_inside,
);

/// Says what it is told to say, and keeps what it was sent.
#[derive(Clone, Default)]
struct Receiver {
    status: Arc<AtomicU16>,
    got: Arc<Mutex<Vec<(HeaderMap, String)>>>,
}

impl Receiver {
    async fn listen(status: u16) -> (Receiver, String) {
        let receiver = Receiver::default();
        receiver.says(status);
        let routes = Router::new().route("/hook", post(take)).with_state(receiver.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        (receiver, origin)
    }

    fn says(&self, status: u16) {
        self.status.store(status, Ordering::Relaxed);
    }

    fn take(&self) -> Vec<(HeaderMap, String)> {
        std::mem::take(&mut self.got.lock().unwrap())
    }
}

async fn take(State(receiver): State<Receiver>, headers: HeaderMap, body: Bytes) -> (StatusCode, HeaderMap) {
    receiver.got.lock().unwrap().push((headers, String::from_utf8(body.to_vec()).unwrap()));
    let mut answer = HeaderMap::new();
    answer.insert("location", "http://127.0.0.1:1/".parse().unwrap());
    (StatusCode::from_u16(receiver.status.load(Ordering::Relaxed)).unwrap(), answer)
}

async fn listening(bench: Bench, status: u16) -> (House, Receiver, String) {
    let mut house = House::new(bench).await;
    let (receiver, origin) = Receiver::listen(status).await;
    house.settings(Settings { webhook_allow: vec![origin.clone()], ..Settings::default() });
    (house, receiver, format!("{origin}/hook"))
}

async fn made(house: &House, url: &str, events: &[&str]) -> Value {
    let made = house.post("ann", "/api/v1/webhooks", json!({"url": url, "events": events})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json
}

fn place(made: &Value, rest: &str) -> String {
    format!("/api/v1/webhooks/{}{rest}", made["webhook"]["webhook_id"].as_str().unwrap())
}

async fn something_happens(house: &House, name: &str) {
    let body = json!({"plan": plan(name, "2026-04-01", &["ACME seller Ann"])});
    assert_eq!(house.post("ben", "/api/v1/plans", body).await.status, 201);
}

fn signed(secret: &str, (headers, body): &(HeaderMap, String)) -> bool {
    let header = |name: &str| headers[name].to_str().unwrap();
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.{body}", header("webhook-id"), header("webhook-timestamp")).as_bytes());
    header("webhook-signature") == format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

async fn a_change_is_told_and_signed(bench: Bench) {
    let (house, receiver, url) = listening(bench, 204).await;
    let hook = made(&house, &url, &["plan.drafted"]).await;
    let secret = hook["secret"].as_str().unwrap();
    something_happens(&house, "P-1").await;
    deliver::deliver(&house.serving).await.unwrap();
    let got = receiver.take();
    assert_eq!(got.len(), 1, "only what was asked for");
    assert!(signed(secret, &got[0]));
    let message: Value = serde_json::from_str(&got[0].1).unwrap();
    assert_eq!((&message["type"], &message["data"]["subject"]), (&json!("plan.drafted"), &json!("P-1")));
    assert_eq!(message["data"]["actor"], "ben");
    deliver::deliver(&house.serving).await.unwrap();
    assert_eq!(receiver.take().len(), 0, "once");
    let log = house.get("ann", &place(&hook, "/deliveries")).await;
    let first = &log.json["deliveries"][0];
    assert_eq!((&first["state"], &first["status"], &first["attempts"]), (&json!("delivered"), &json!(204), &json!(1)));

    // Once more, as the same message.
    let again = place(&hook, &format!("/deliveries/{}/replay", first["delivery_id"]));
    assert_eq!(house.post("ann", &again, json!({})).await.status, 202);
    deliver::deliver(&house.serving).await.unwrap();
    let replayed = receiver.take();
    assert_eq!(replayed[0].0["webhook-id"], got[0].0["webhook-id"]);
    assert_eq!(house.post("ann", &place(&hook, "/deliveries/999/replay"), json!({})).await.status, 404);

    // Another secret; the old one signs no more. Then it is changed, and removed.
    let read = house.get("ann", &place(&hook, "")).await;
    assert!(!read.text.contains("whsec_"));
    let tag = read.header("etag").to_owned();
    let renewed = house.request("POST", "ann", &place(&hook, "/secret"), json!({}), &[("if-match", &tag)]).await;
    let fresh = renewed.json["secret"].as_str().unwrap().to_owned();
    something_happens(&house, "P-2").await;
    deliver::deliver(&house.serving).await.unwrap();
    let got = receiver.take();
    assert!(signed(&fresh, &got[0]) && !signed(secret, &got[0]));
    let wish = json!({"url": url, "events": ["plan.applied"], "active": false});
    assert_eq!(house.request("PUT", "ann", &place(&hook, ""), wish.clone(), &[("if-match", &tag)]).await.status, 412);
    let tag = renewed.header("etag").to_owned();
    let changed = house.request("PUT", "ann", &place(&hook, ""), wish, &[("if-match", &tag)]).await;
    assert_eq!((changed.status, &changed.json["active"]), (200, &json!(false)));
    assert_eq!(house.request("DELETE", "ann", &place(&hook, ""), Value::Null, &[]).await.status, 428);
    let tag = changed.header("etag").to_owned();
    let removed = house.request("DELETE", "ann", &place(&hook, ""), Value::Null, &[("if-match", &tag)]).await;
    assert_eq!(removed.status, 204);
    assert_eq!(house.get("ann", &place(&hook, "")).await.status, 404);
    let told = house.ledger.audit(&Default::default()).await.unwrap();
    assert!(told.iter().all(|entry| !format!("{entry:?}").contains("whsec_")), "no secret is in the audit trail");
}

async fn what_does_not_arrive_is_tried_again_and_given_up(bench: Bench) {
    let (house, receiver, url) = listening(bench, 302).await;
    let hook = made(&house, &url, &["plan.drafted"]).await;
    something_happens(&house, "P-1").await;
    let attempt = async |after: i64| {
        house.wait(SignedDuration::from_secs(after));
        deliver::deliver(&house.serving).await.unwrap();
        receiver.take().len()
    };
    assert_eq!(attempt(0).await, 1, "a redirect is no arrival, and is not followed");
    assert_eq!(attempt(1).await, 0, "not at once");
    assert_eq!(attempt(6).await, 1);
    receiver.says(500);
    assert_eq!(attempt(30).await, 1);
    let log = house.get("ann", &place(&hook, "/deliveries")).await;
    let first = &log.json["deliveries"][0];
    assert_eq!((&first["state"], &first["status"], &first["attempts"]), (&json!("waiting"), &json!(500), &json!(3)));
    assert!(house.get("ann", &place(&hook, "")).await.json["failing_since"].is_string());
    receiver.says(200);
    assert_eq!(attempt(120).await, 1);
    assert!(house.get("ann", &place(&hook, "")).await.json["failing_since"].is_null(), "it arrives again");

    // Twelve attempts in some days: it is given up, and after five days nothing is sent any more.
    receiver.says(503);
    something_happens(&house, "P-2").await;
    let mut attempts = 0;
    for _ in 0..12 {
        attempts += attempt(15 * 3_600).await;
    }
    assert!((9..=12).contains(&attempts), "{attempts}");
    let read = house.get("ann", &place(&hook, "")).await;
    assert_eq!(read.json["active"], false);
    assert!(read.json["disabled"].as_str().unwrap().contains("five days"), "{}", read.text);
    let told = house.ledger.audit(&Default::default()).await.unwrap();
    assert!(told.iter().any(|entry| entry.actor == "bailiwick-service" && entry.action.as_str() == "webhook.changed"));
    something_happens(&house, "P-3").await;
    assert_eq!(attempt(60).await, 0);
    // Whoever changes it begins anew.
    let tag = read.header("etag").to_owned();
    let wish = json!({"url": url, "events": ["plan.drafted"]});
    let changed = house.request("PUT", "ann", &place(&hook, ""), wish, &[("if-match", &tag)]).await;
    assert_eq!((&changed.json["active"], &changed.json["disabled"]), (&json!(true), &Value::Null));
    receiver.says(410);
    something_happens(&house, "P-4").await;
    assert!(attempt(0).await >= 1);
    assert_eq!(house.get("ann", &place(&hook, "")).await.json["active"], false, "gone is gone");
    house.ledger.verify_audit().await.unwrap();
}

async fn nothing_is_told_that_did_not_happen(bench: Bench) {
    let (house, receiver, url) = listening(bench, 200).await;
    made(&house, &url, &["plan.drafted"]).await;
    let raw = house.raw().await;
    // Neither the change without its message, nor the message without its change.
    raw.fail_on("deliveries", "1 = 1").await;
    let body = json!({"plan": plan("P-1", "2026-04-01", &["ACME seller Ann"])});
    assert_eq!(house.post("ben", "/api/v1/plans", body.clone()).await.status, 500);
    raw.fail_no_more("deliveries").await;
    assert_eq!(house.get("ben", "/api/v1/plans/P-1").await.status, 404);
    raw.fail_on("audit", "1 = 1").await;
    assert_eq!(house.post("ben", "/api/v1/plans", body).await.status, 500);
    raw.fail_no_more("audit").await;
    deliver::deliver(&house.serving).await.unwrap();
    assert_eq!(receiver.take().len(), 0);
}

async fn nothing_goes_inside(bench: Bench) {
    let (house, receiver, url) = listening(bench, 200).await;
    for inner in [
        "http://example.com/",
        "https://127.0.0.1/hook",
        "https://0177.0.0.1/",
        "https://[::ffff:10.0.0.1]/",
        "https://localhost/",
    ] {
        let refused = house.post("ann", "/api/v1/webhooks", json!({"url": inner})).await;
        assert_eq!(refused.status, 422, "{inner}: {}", refused.text);
    }
    // What was allowed once is examined again before each message.
    made(&house, &url, &[]).await;
    something_happens(&house, "P-1").await;
    let strict = house.serving.clone().with(Settings::default());
    deliver::deliver(&strict).await.unwrap();
    assert_eq!(receiver.take().len(), 0);
    let unknown = house.post("ann", "/api/v1/webhooks", json!({"url": url, "events": ["plan.dreamt"]})).await;
    assert_eq!(unknown.status, 400);
}
