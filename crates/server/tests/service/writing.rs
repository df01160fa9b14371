//! Policies and skills are changed by whoever has seen them, and stay readable.

use crate::common::*;
use crate::house::House;
use serde_json::json;

on_both!(a_policy_is_written_checked_and_compared, skills_are_changed_by_whoever_has_seen_them);

const SOUND: &str = "[sources.accounts]\nfile = \"a.csv\"\n[sources.employees]\nfile = \"e.csv\"\n\
    [[coverage]]\nrole = \"seller\"\ndivide = { to = \"Ann\" }\n";

async fn a_policy_is_written_checked_and_compared(bench: Bench) {
    let house = House::new(bench).await;
    let place = "/api/v1/policies";
    let write = |text: &str| json!({"text": text, "reason": "a new year"});
    assert_eq!(house.post("ben", place, write(SOUND)).await.status, 428);
    let made = house.request("POST", "ben", place, write(SOUND), &[("if-match", "\"0\"")]).await;
    assert_eq!((made.status, made.header("etag")), (201, "\"1\""), "{}", made.text);
    let next = SOUND.replace("\"Ann\"", "\"Ben\"");
    let stale = house.request("POST", "ben", place, write(&next), &[("if-match", "\"0\"")]).await;
    assert_eq!(stale.status, 412, "{}", stale.text);
    let made = house.request("POST", "ben", place, write(&next), &[("if-match", "\"1\"")]).await;
    assert_eq!(made.status, 201);

    // What is wrong is told with its place, as `check` does.
    let broken = SOUND.replace("divide = {", "divid = {");
    let refused = house.request("POST", "ben", place, write(&broken), &[("if-match", "\"2\"")]).await;
    assert_eq!((refused.status, refused.header("content-type")), (422, "application/problem+json"));
    let finding = &refused.json["findings"][0];
    assert_eq!((&finding["code"], &finding["place"]["line"]), (&json!("policy-syntax"), &json!(7)), "{}", refused.text);
    assert!(finding["remedy"].as_str().unwrap().contains("divide"));
    let checked = house.post("eve", "/api/v1/policies/check", json!({"text": broken})).await;
    assert_eq!((checked.status, &checked.json["sound"]), (200, &json!(false)));

    let diff = house.get("tom", "/api/v1/policies/2/diff").await;
    assert_eq!(diff.status, 404, "a member reads no policies");
    let diff = house.get("eve", "/api/v1/policies/2/diff").await;
    let text = diff.json["diff"].as_str().unwrap();
    assert!(text.contains("-divide = { to = \"Ann\" }\n+divide = { to = \"Ben\" }"), "{text}");
    let same = house.get("eve", "/api/v1/policies/2/diff?from=2").await;
    assert_eq!(same.json["diff"], "");
    let listed = house.get("eve", "/api/v1/policies?limit=1").await;
    assert_eq!((&listed.json["policies"][0]["actor"], &listed.json["next"]), (&json!("ben"), &json!(1)));
    house.ledger.verify_audit().await.unwrap();
}

async fn skills_are_changed_by_whoever_has_seen_them(bench: Bench) {
    let house = House::new(bench).await;
    apply(&house.ledger, &plan("P-1", "2026-01-01", &["A-1 seller Ann"]), "2026-01-01T00:00:00Z").await.unwrap();
    let place = "/api/v1/employees/Ann/skills";
    let before = house.get("ben", place).await;
    assert_eq!(before.json["skills"], json!([]));
    let tag = before.header("etag").to_owned();
    let held = json!({"skills": [{"name": "retail", "level": 3.0}, {"name": "dairy", "level": 1.5}]});
    assert_eq!(house.request("PUT", "ben", place, held.clone(), &[]).await.status, 428);
    let done = house.request("PUT", "ben", place, held.clone(), &[("if-match", &tag)]).await;
    assert_eq!((done.status, &done.json["skills"]), (200, &held["skills"]), "{}", done.text);
    assert_eq!(house.request("PUT", "ben", place, held.clone(), &[("if-match", &tag)]).await.status, 412);
    let kept = house.ledger.employee(&"Ann".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(kept.attributes["skills"], "retail:3; dairy:1.5");
    assert_eq!(kept.attributes["email"], "ann@example.com");
    let tag = done.header("etag").to_owned();
    assert_eq!(house.get("ben", place).await.header("etag"), tag);
    for wrong in [
        json!({"skills": [{"name": "a;b", "level": 1.0}]}),
        json!({"skills": [{"name": "a", "level": -1.0}]}),
        json!({"skills": [{"name": "a", "level": 1.0}, {"name": "A", "level": 2.0}]}),
    ] {
        assert_eq!(house.request("PUT", "ben", place, wrong, &[("if-match", &tag)]).await.status, 400);
    }
    assert_eq!(house.request("PUT", "tom", place, held, &[("if-match", &tag)]).await.status, 404);
    let none = house.request("PUT", "ben", place, json!({"skills": []}), &[("if-match", &tag)]).await;
    assert_eq!(none.status, 200);
    let kept = house.ledger.employee(&"Ann".parse().unwrap()).await.unwrap().unwrap();
    assert!(!kept.attributes.contains_key("skills"));
    house.ledger.verify_audit().await.unwrap();
}
