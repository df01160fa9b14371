//! Imports as jobs: what comes in, what does not, what is watched, cancelled, stopped, and taken back.

use crate::common::*;
use crate::house::{Answer, House};
use bailiwick_server::work;
use serde_json::{Value, json};

on_both!(
    rows_come_in_and_go_again,
    what_was_changed_since_is_not_taken_back,
    a_job_is_watched_cancelled_and_stopped,
    effect_and_end_of_a_job_are_one,
    bombs_do_not_go_off,
);

async fn send(house: &House, of: &str, kind: &str, text: &str) -> Answer {
    let path = format!("/api/v1/imports?of={of}");
    house.send("POST", "ben", &path, text.as_bytes().to_vec(), &[("content-type", kind)]).await
}

async fn done(house: &House, of: &str, text: &str) -> Value {
    let taken = send(house, of, "text/csv", text).await;
    assert_eq!((taken.status, &taken.json["state"]), (202, &json!("queued")), "{}", taken.text);
    work::work(&house.serving).await.unwrap();
    house.get("ben", taken.header("location")).await.json
}

fn job(job: &Value, rest: &str) -> String {
    format!("/api/v1/jobs/{}{rest}", job["job_id"].as_str().unwrap())
}

async fn rows_come_in_and_go_again(bench: Bench) {
    let house = House::new(bench).await;
    apply(&house.ledger, &plan("P-1", "2026-01-01", &["ACME seller Ann"]), "2026-01-01T00:00:00Z").await.unwrap();
    let before = house.ledger.account(&account("ACME")).await.unwrap().unwrap();
    let text =
        "account_id;city;region;name\nACME;Sofia;;Acme\nNEW;Varna;East;New\nNEW;Ruse;North;Twice\n;x;y;z\n=BAD\n";
    let first = done(&house, "accounts", text).await;
    assert_eq!(first["state"], "done", "{first}");
    assert_eq!(first["result"], json!({"created": 1, "changed": 1, "unchanged": 0, "rejected": 3}));
    assert_eq!((&first["done"], &first["total"]), (&json!(5), &json!(5)));
    let acme = house.ledger.account(&account("ACME")).await.unwrap().unwrap();
    assert_eq!((acme.name.as_str(), &acme.attributes["city"]), ("Acme", &json!("Sofia")));
    assert!(!acme.attributes.contains_key("region"), "an empty cell takes away");
    let rejects = house.get("ben", &job(&first, "/rejects")).await;
    assert!(rejects.header("content-type").starts_with("text/csv"));
    assert!(
        rejects.text.contains("3,NEW was in a row before this one") && rejects.text.contains("account_id is missing")
    );
    assert!(rejects.text.contains("'=BAD"), "no formula comes back: {}", rejects.text);
    // The same once more changes nothing.
    let again = done(&house, "accounts", text).await;
    assert_eq!(again["result"]["unchanged"], 2);
    assert_eq!(house.post("ben", &job(&again, "/undo"), json!({})).await.status, 409, "there is nothing to undo");

    let undone = house.post("ben", &job(&first, "/undo"), json!({"reason": "the wrong file"})).await;
    assert_eq!((undone.status, &undone.json), (200, &json!({"restored": 1, "removed": 1})), "{}", undone.text);
    assert_eq!(house.ledger.account(&account("ACME")).await.unwrap().unwrap(), before);
    assert_eq!(house.ledger.account(&account("NEW")).await.unwrap(), None);
    assert_eq!(house.get("ben", &job(&first, "")).await.json["state"], "undone");
    assert_eq!(house.post("ben", &job(&first, "/undo"), json!({})).await.status, 409);
    house.ledger.verify_audit().await.unwrap();

    let listed = house.get("ben", "/api/v1/jobs?limit=1").await;
    assert_eq!(listed.json["jobs"][0]["job_id"], again["job_id"]);
    let next = house.get("ben", &format!("/api/v1/jobs?after={}", listed.json["next"].as_str().unwrap())).await;
    assert_eq!(next.json["jobs"][0]["job_id"], first["job_id"]);

    // Employees, as JSON lines; what comes in again after it went.
    let lines = "{\"employee_id\":\"Ann\",\"position\":\"Lead\"}\n{\"employee_id\":\"Zoe\",\"manager_id\":\"Ann\"}\n";
    let taken = send(&house, "employees", "application/x-ndjson", lines).await;
    work::work(&house.serving).await.unwrap();
    assert_eq!(house.get("ben", taken.header("location")).await.json["result"]["created"], 1);
    let zoe = house.ledger.employee(&"Zoe".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(zoe.manager.unwrap().as_str(), "Ann");
    done(&house, "accounts", "account_id,name\nNEW,New again\n").await;
    assert_eq!(house.ledger.account(&account("NEW")).await.unwrap().unwrap().name, "New again");
    house.ledger.verify_audit().await.unwrap();
}

async fn what_was_changed_since_is_not_taken_back(bench: Bench) {
    let house = House::new(bench).await;
    let first = done(&house, "accounts", "account_id,name\nA,One\nB,Two\n").await;
    let second = done(&house, "accounts", "account_id,name\nB,Three\n").await;
    let refused = house.post("ben", &job(&first, "/undo"), json!({})).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(refused.text.contains("changed since"));
    assert_eq!(house.post("ben", &job(&second, "/undo"), json!({})).await.status, 200);
    // B stands as the first import had it, but was written anew.
    assert_eq!(house.post("ben", &job(&first, "/undo"), json!({})).await.status, 409);
    // What somebody answers for by now stays.
    let third = done(&house, "accounts", "account_id,name\nC,One\n").await;
    let mut company = plan("P-1", "2026-02-01", &["C seller Ann"]);
    company.accounts.clear();
    apply(&house.ledger, &company, "2026-02-01T12:00:00Z").await.unwrap();
    let refused = house.post("ben", &job(&third, "/undo"), json!({})).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    house.ledger.verify_audit().await.unwrap();
}

async fn a_job_is_watched_cancelled_and_stopped(bench: Bench) {
    let house = House::new(bench).await;
    let waits = send(&house, "accounts", "text/csv", "account_id,name\nA,One\n").await;
    let cancelled = house.post("ben", &job(&waits.json, "/cancel"), json!({})).await;
    assert_eq!((cancelled.status, &cancelled.json["state"]), (200, &json!("cancelled")), "{}", cancelled.text);
    assert_eq!(house.post("ben", &job(&waits.json, "/cancel"), json!({})).await.status, 409);
    work::work(&house.serving).await.unwrap();
    assert_eq!(house.ledger.accounts().await.unwrap(), []);

    // Watched from the beginning: whoever looks sees it begin and end.
    let next = send(&house, "accounts", "text/csv", "account_id,name\nA,One\n").await;
    let path = job(&next.json, "/events");
    let watching = house.get("ben", &path);
    let working = async {
        tokio::task::yield_now().await;
        work::work(&house.serving).await.unwrap();
    };
    let (seen, ()) = tokio::join!(watching, working);
    assert_eq!((seen.status, seen.header("content-type")), (200, "text/event-stream"));
    let states: Vec<&str> =
        seen.text.split("\"state\":\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(states.last(), Some(&"done"), "{}", seen.text);
    assert!(seen.text.starts_with("event: job\n"));

    // The service ends: what waits goes on waiting, and what was left behind half done is marked.
    let last = send(&house, "accounts", "text/csv", "account_id,name\nB,Two\n").await;
    house.serving.stop();
    work::work(&house.serving).await.unwrap();
    let waits = house.get("ben", &job(&last.json, "")).await;
    assert_eq!(waits.json["state"], "queued");
    assert_eq!(house.ledger.accounts().await.unwrap().len(), 1);
    assert_eq!(house.get("ben", &job(&last.json, "/events")).await.status, 200, "it ends at once");
    send(&house, "accounts", "text/csv", "account_id,name\nC,Two\n").await;
    house.ledger.claim_job(house.now()).await.unwrap().unwrap();
    assert_eq!(house.ledger.stop_jobs(house.now()).await.unwrap(), 1);
}

/// A job that cannot be noted as done has done nothing.
async fn effect_and_end_of_a_job_are_one(bench: Bench) {
    let house = House::new(bench).await;
    let raw = house.raw().await;
    raw.fail_on("job_rejects", "1 = 1").await;
    let failed = done(&house, "accounts", "account_id,name\nA,One\nA,Twice\n").await;
    assert_eq!(failed["state"], "failed", "{failed}");
    assert_eq!(house.ledger.accounts().await.unwrap(), []);
    raw.fail_no_more("job_rejects").await;
    let done = done(&house, "accounts", "account_id,name\nA,One\nA,Twice\n").await;
    assert_eq!(done["state"], "done");
    assert_eq!(raw.texts("SELECT content FROM job_parts").await, Vec::<String>::new());
    // Undoing with a key: neither without the answer, nor twice.
    let undo = job(&done, "/undo");
    let keyed = || house.request("POST", "ben", &undo, json!({}), &[("idempotency-key", "k")]);
    raw.fail_on("answers", "1 = 1").await;
    assert_eq!(keyed().await.status, 500);
    raw.fail_no_more("answers").await;
    assert_eq!(house.ledger.accounts().await.unwrap().len(), 1, "the effect went with the answer");
    let first = keyed().await;
    assert_eq!((first.status, &first.json), (200, &json!({"restored": 0, "removed": 1})), "{}", first.text);
    let again = keyed().await;
    assert_eq!((&again.json, again.header("idempotency-replayed")), (&first.json, "true"));
    house.ledger.verify_audit().await.unwrap();
}

async fn bombs_do_not_go_off(bench: Bench) {
    let house = House::new(bench).await;
    let path = "/api/v1/imports?of=accounts";
    for (headers, body, expected) in [
        (&[("content-type", "text/csv"), ("content-encoding", "gzip")][..], b"x".to_vec(), 415),
        (&[("content-type", "application/zip")], b"PK".to_vec(), 415),
        (&[("content-type", "text/csv")], vec![0xff, 0xfe, 0x41], 400),
        (&[("content-type", "text/csv")], b"a\0b".to_vec(), 400),
        (&[("content-type", "text/csv")], vec![b'x'; (32 << 20) + 1], 413),
    ] {
        let answer = house.send("POST", "ben", path, body, headers).await;
        assert_eq!(answer.status, expected, "{}", answer.text);
    }
    for text in ["", "name\nx\n", &format!("account_id{}\n", ",c".repeat(500))] {
        let failed = done(&house, "accounts", text).await;
        assert_eq!(failed["state"], "failed", "{failed}");
        assert!(failed["error"].as_str().unwrap().len() > 10);
    }
    let long = format!("account_id,note\nA,{}\n", "x".repeat(20_000));
    assert_eq!(done(&house, "accounts", &long).await["result"]["rejected"], 1);
}
