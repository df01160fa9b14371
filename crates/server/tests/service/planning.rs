//! The service makes a plan itself: a job, whose result is a draft against the ledger.

use crate::common::*;
use crate::house::House;
use bailiwick_server::{Settings, work};
use serde_json::json;

on_both!(a_plan_is_made_here);

async fn a_plan_is_made_here(bench: Bench) {
    let mut house = House::new(bench).await;
    let path = "/api/v1/plans/compute";
    assert_eq!(house.post("ben", path, json!({})).await.status, 409, "there is no project");
    let project = bailiwick_testkit::repository().join("examples/wholesaler");
    house.settings(Settings { project: Some(project), ..Settings::default() });
    assert_eq!(house.post("ben", path, json!({"seconds": 0})).await.status, 400);
    let wish = json!({"on": "2026-03-01", "comment": "for spring"});
    let taken = house.post("ben", path, wish).await;
    assert_eq!((taken.status, &taken.json["state"]), (202, &json!("queued")), "{}", taken.text);
    work::work(&house.serving).await.unwrap();
    let job = house.get("ben", taken.header("location")).await.json;
    assert_eq!((&job["state"], &job["done"]), (&json!("done"), &json!(100)), "{job}");
    let name = job["result"]["plan_id"].as_str().unwrap();
    let plan = house.get("ben", &format!("/api/v1/plans/{name}")).await.json;
    assert_eq!((&plan["state"], &plan["on"], &plan["actor"]), (&json!("draft"), &json!("2026-03-01"), &json!("ben")));
    assert!(plan["summary"]["assigned"].as_u64().unwrap() > 0);
    for (who, step) in [("ben", "propose"), ("ann", "approve"), ("ann", "apply")] {
        let done = house.post(who, &format!("/api/v1/plans/{name}/{step}"), json!({})).await;
        assert_eq!(done.status, 200, "{}", done.text);
    }
    assert!(!house.ledger.holders(day("2026-03-01")).await.unwrap().is_empty());
    let left = std::fs::read_dir(std::env::temp_dir()).unwrap().flatten();
    let id = job["job_id"].as_str().unwrap();
    assert_eq!(left.filter(|entry| entry.file_name().to_string_lossy().contains(id)).count(), 0, "nothing is left");
    house.ledger.verify_audit().await.unwrap();
}
