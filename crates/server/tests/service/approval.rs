//! A plan's way over HTTP and by the clock: four eyes, versions, the day that comes, the race that is lost.

use crate::common::*;
use crate::house::House;
use bailiwick_server::Settings;
use serde_json::json;

on_both!(
    a_plan_goes_its_way,
    a_plan_is_applied_on_its_day,
    who_loses_the_race_is_told_once,
    back_to_an_earlier_day,
    days_begin_where_the_company_is
);

async fn drafted(house: &House, name: &str, on: &str, lines: &[&str]) -> serde_json::Value {
    let mut new = plan(name, on, lines);
    new.base_version = Some(house.ledger.version().await.unwrap());
    let made = house.post("ann", "/api/v1/plans", json!({"plan": new, "comment": "for spring"})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json
}

async fn approved(house: &House, name: &str, on: &str, lines: &[&str]) {
    drafted(house, name, on, lines).await;
    for (who, step) in [("ann", "propose"), ("ben", "approve")] {
        let done = house.post(who, &format!("/api/v1/plans/{name}/{step}"), json!({})).await;
        assert_eq!(done.status, 200, "{}", done.text);
    }
}

async fn days_begin_where_the_company_is(bench: Bench) {
    let mut house = House::new(bench).await;
    let policy = "[company]\ntime_zone = \"Europe/Sofia\"\n[sources.accounts]\nfile = \"a.csv\"\n[sources.employees]\n\
                  file = \"e.csv\"\n[[coverage]]\nrole = \"seller\"\ndivide = { balance = { count = 1.0 } }\n";
    let mut new = plan("P", "2026-02-01", &["ACME seller Ann"]);
    new.base_version = Some(house.ledger.version().await.unwrap());
    new.policy_text = String::from(policy);
    new.policy_sha256 = bailiwick_store::sha256_hex(policy);
    let made = house.post("ann", "/api/v1/plans", json!({"plan": new})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    for (who, step) in [("ann", "propose"), ("ben", "approve"), ("ben", "apply")] {
        let done = house.post(who, &format!("/api/v1/plans/P/{step}"), json!({})).await;
        assert_eq!(done.status, 200, "{}", done.text);
    }
    // Half past midnight in Sofia, while it is still the day before in Greenwich.
    house.set_clock("2026-06-01T21:30:00Z");
    let told = house.get("ann", "/api/v1/service-levels/observed").await;
    assert_eq!((told.status, &told.json["to"]), (200, &json!("2026-06-03")), "{}", told.text);
    // A service that starts anew learns it from the ledger.
    house.restart();
    house.tick().await;
    let told = house.get("ann", "/api/v1/service-levels/observed").await;
    assert_eq!(told.json["to"], "2026-06-03", "{}", told.text);
}

async fn a_plan_goes_its_way(bench: Bench) {
    let mut house = House::new(bench).await;
    let made = drafted(&house, "P 1", "2026-04-01", &["ACME seller Ann"]).await;
    assert_eq!((&made["state"], &made["on"]), (&json!("draft"), &json!("2026-04-01")));
    let place = "/api/v1/plans/P%201";
    let at = |step: &str| format!("{place}/{step}");
    let read = house.get("ann", place).await;
    let tag = read.header("etag").to_owned();
    assert_eq!(tag, format!("\"{}\"", read.json["version"]));
    let proposed = house.post("ann", &at("propose"), json!({"comment": "please"})).await;
    assert_eq!((proposed.status, &proposed.json["state"]), (200, &json!("proposed")));
    // Ben approves what he has seen, not what has become of it.
    let stale = house.request("POST", "ben", &at("approve"), json!({}), &[("if-match", &tag)]).await;
    assert_eq!(stale.status, 412, "{}", stale.text);
    let own = house.post("ann", &at("approve"), json!({})).await;
    assert_eq!(own.status, 403);
    assert!(own.text.contains("somebody else has to approve"), "{}", own.text);
    let fresh = house.get("ben", place).await.header("etag").to_owned();
    let done = house.request("POST", "ben", &at("approve"), json!({"comment": "good"}), &[("if-match", &fresh)]).await;
    assert_eq!((done.status, &done.json["state"]), (200, &json!("approved")));
    assert_eq!(house.post("ben", &at("comments"), json!({})).await.status, 400);
    assert_eq!(house.post("ben", &at("comments"), json!({"comment": "soon"})).await.status, 200);
    assert_eq!(house.post("ben", &at("apply"), json!({"on": "2026-03-01"})).await.status, 422);
    let done = house.post("ben", &at("apply"), json!({"on": "2026-05-01"})).await;
    assert_eq!((done.status, &done.json["opened"]), (200, &json!(1)), "{}", done.text);
    assert_eq!(who(&house.ledger, "ACME", "2026-04-30").await, "");
    assert_eq!(who(&house.ledger, "ACME", "2026-05-01").await, "seller=Ann");
    assert_eq!(house.post("ben", &at("apply"), json!({})).await.status, 409);
    let listed = house.get("ben", "/api/v1/plans?state=applied").await;
    assert_eq!(listed.json["plans"][0]["on"], "2026-05-01");
    let steps: Vec<&str> =
        listed.json["plans"][0]["events"].as_array().unwrap().iter().map(|e| e["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["draft", "propose", "approve", "comment", "apply"]);

    // A page ends where it was asked to end, and the next begins there.
    drafted(&house, "P-2", "2026-06-01", &["ACME seller Ben"]).await;
    let first = house.get("ben", "/api/v1/plans?limit=1").await;
    assert_eq!(first.json["plans"][0]["plan_id"], "P 1");
    let next = house.get("ben", &format!("/api/v1/plans?limit=1&after={}", first.json["next"])).await;
    assert_eq!((&next.json["plans"][0]["plan_id"], &next.json["next"]), (&json!("P-2"), &json!(null)));

    // Where two pairs of eyes are not asked for, one is enough.
    house.settings(Settings { four_eyes: false, ..Settings::default() });
    for step in ["propose", "approve"] {
        assert_eq!(house.post("ann", &format!("/api/v1/plans/P-2/{step}"), json!({})).await.status, 200);
    }
    house.ledger.verify_audit().await.unwrap();
}

async fn a_plan_is_applied_on_its_day(bench: Bench) {
    let house = House::new(bench).await;
    approved(&house, "P-1", "2026-04-01", &["ACME seller Ann"]).await;
    house.set_clock("2026-03-31T12:00:00Z");
    house.tick().await;
    assert_eq!(house.get("ben", "/api/v1/plans/P-1").await.json["state"], "approved");
    house.set_clock("2026-04-01T12:00:00Z");
    house.tick().await;
    let plan = house.get("ben", "/api/v1/plans/P-1").await;
    assert_eq!(plan.json["state"], "applied");
    assert_eq!(plan.json["events"][3]["actor"], "bailiwick-service");
    let entries = house.ledger.verify_audit().await.unwrap();
    house.tick().await;
    assert_eq!(house.ledger.verify_audit().await.unwrap(), entries, "nothing is left to be done");
}

async fn who_loses_the_race_is_told_once(bench: Bench) {
    let house = House::new(bench).await;
    approved(&house, "P-1", "2026-04-01", &["ACME seller Ann"]).await;
    approved(&house, "P-2", "2026-04-01", &["ACME seller Ben"]).await;
    house.set_clock("2026-04-02T12:00:00Z");
    house.tick().await;
    assert_eq!(house.get("ben", "/api/v1/plans/P-1").await.json["state"], "applied");
    let loser = house.get("ben", "/api/v1/plans/P-2").await;
    assert_eq!(loser.json["state"], "draft");
    let why = loser.json["events"][3]["comment"].as_str().unwrap();
    assert!(why.contains("stale") && why.contains("plan.applied P-1"), "{why}");
    let entries = house.ledger.verify_audit().await.unwrap();
    house.tick().await;
    assert_eq!(house.ledger.verify_audit().await.unwrap(), entries, "it is told once");
}

async fn back_to_an_earlier_day(bench: Bench) {
    let house = House::new(bench).await;
    approved(&house, "P-1", "2026-02-01", &["ACME seller Ann"]).await;
    assert_eq!(house.post("ben", "/api/v1/plans/P-1/apply", json!({})).await.status, 200);
    approved(&house, "P-2", "2026-03-01", &["ACME seller Ben"]).await;
    assert_eq!(house.post("ben", "/api/v1/plans/P-2/apply", json!({})).await.status, 200);
    let never = house.post("ben", "/api/v1/rollback", json!({"to": "2025-01-01"})).await;
    assert_eq!(never.status, 409, "{}", never.text);
    let back = house.post("ben", "/api/v1/rollback", json!({"to": "2026-02-15", "on": "2026-04-01"})).await;
    assert_eq!((back.status, &back.json["plan"]["state"]), (201, &json!("draft")), "{}", back.text);
    let place = back.header("location").to_owned();
    for (who, step) in [("ben", "propose"), ("ann", "approve"), ("ann", "apply")] {
        let done = house.post(who, &format!("{place}/{step}"), json!({})).await;
        assert_eq!(done.status, 200, "{}", done.text);
    }
    assert_eq!(who(&house.ledger, "ACME", "2026-03-31").await, "seller=Ben");
    assert_eq!(who(&house.ledger, "ACME", "2026-04-01").await, "seller=Ann");
}
