//! People come and go: absences with a substitute and the return, hand-overs and back, assignments by hand.

use crate::common::*;
use crate::house::House;
use jiff::SignedDuration;
use serde_json::{Value, json};

on_both!(
    somebody_is_away_and_back,
    a_portfolio_is_handed_over_and_taken_back,
    an_account_is_given_by_hand,
    a_manager_gives_only_what_is_theirs,
);

/// Ann and Ben sell and report to Cid; Dan sells elsewhere.
async fn staffed(bench: Bench) -> House {
    let house = House::new(bench).await;
    let lines = ["A-1 seller Ann", "A-2 seller Ann", "A-3 seller Ben", "A-4 seller Dan", "A-5 lead Cid"];
    let mut company = plan("P-1", "2026-01-01", &lines);
    for one in &mut company.employees {
        if matches!(one.id.as_str(), "Ann" | "Ben") {
            one.manager = Some("Cid".parse().unwrap());
        }
    }
    apply(&house.ledger, &company, "2026-01-01T00:00:00Z").await.unwrap();
    house.employ("mia", "Cid").await;
    house.employ("tom", "Ann").await;
    house
}

async fn somebody_is_away_and_back(bench: Bench) {
    let house = staffed(bench).await;
    let away = json!({"employee_id": "Ann", "from": "2026-02-10", "to": "2026-02-20", "reason": "leave"});
    let made = house.post("tom", "/api/v1/absences", away.clone()).await;
    assert_eq!(made.status, 201, "{}", made.text);
    // Dan and Ben hold one account each; the first by name of the least loaded.
    assert_eq!(made.json["covers"][0]["substitute_id"], "Ben");
    assert_eq!(made.json["covers"][0]["rule"], "least-loaded");
    assert_eq!(house.post("tom", "/api/v1/absences", away).await.status, 409);
    let answer = house.get("ben", "/api/v1/accounts/A-1/responsible?on=2026-02-15").await;
    assert_eq!(answer.json["responsible"][0]["employee_id"], "Ann");
    assert!(answer.text.contains("Ben"), "{}", answer.text);
    let back = house.get("ben", "/api/v1/accounts/A-1/responsible?on=2026-02-20").await;
    assert!(!back.text.contains("Ben"), "{}", back.text);
    let named = json!({"employee_id": "Ann", "from": "2026-03-01", "substitute_id": "Dan"});
    let named = house.post("mia", "/api/v1/absences", named).await;
    assert_eq!(named.json["covers"][0]["substitute_id"], "Dan", "{}", named.text);
    // Tom sees his own, Mia her line's; a page ends where asked.
    let all = house.get("mia", "/api/v1/absences?limit=1").await;
    assert_eq!((all.json["absences"].as_array().unwrap().len(), &all.json["next"]), (1, &json!(1)));
    let rest = house.get("mia", "/api/v1/absences?limit=1&after=1").await;
    assert_eq!((&rest.json["absences"][0]["absence_id"], &rest.json["next"]), (&json!(2), &Value::Null));
    let during = house.get("tom", "/api/v1/absences?on=2026-02-11").await;
    assert_eq!(during.json["absences"].as_array().unwrap().len(), 1);
    let sooner = house.post("tom", "/api/v1/absences/1/end", json!({"on": "2026-02-15"})).await;
    assert_eq!((sooner.status, &sooner.json["to"]), (200, &json!("2026-02-15")), "{}", sooner.text);
    assert_eq!(house.post("tom", "/api/v1/absences/1/end", json!({})).await.status, 404, "it is superseded");
    let never = house.post("mia", "/api/v1/absences/2/end", json!({"on": "2026-03-01"})).await;
    assert_eq!(never.status, 204);
    house.ledger.verify_audit().await.unwrap();
}

async fn a_portfolio_is_handed_over_and_taken_back(bench: Bench) {
    let house = staffed(bench).await;
    let before = house.dump().await;
    let shown = house.get("ben", "/api/v1/handovers/preview?employee=Ann&on=2026-03-01").await;
    assert_eq!((shown.status, &shown.json["to"]), (200, &json!({"Ben": 1, "Dan": 1})), "{}", shown.text);
    assert_eq!(shown.json["checklist"]["holds"].as_array().unwrap().len(), 2);
    let seen_at = |dump: &str| dump.lines().filter(|line| !line.contains("| none |")).count();
    assert_eq!(seen_at(&before), seen_at(&house.dump().await), "a preview changes nothing");
    let leaves = json!({"employee_id": "Ann", "on": "2026-03-01", "successor_id": "Ben", "reason": "retires"});
    let done = house.post("mia", "/api/v1/handovers", leaves.clone()).await;
    assert_eq!((done.status, &done.json["to"]), (201, &json!({"Ben": 2})), "{}", done.text);
    assert_eq!(done.json["checklist"]["introduce"], json!([{"employee_id": "Ben", "accounts": 2}]));
    assert_eq!(house.post("mia", "/api/v1/handovers", leaves).await.status, 409);
    assert_eq!(who(&house.ledger, "A-1", "2026-02-28").await, "seller=Ann");
    assert_eq!(who(&house.ledger, "A-1", "2026-03-01").await, "seller=Ben");
    let place = done.header("location").to_owned();
    assert_eq!(house.get("mia", &place).await.json["reason"], "retires");
    // Nothing is given to the leaver any more.
    let give = json!({"account_id": "A-3", "role": "seller", "employee_id": "Ann", "reason": "asked for"});
    assert_eq!(house.post("ben", "/api/v1/assignments", give).await.status, 409);
    let back = house.post("mia", &format!("{place}/take-back"), json!({"reason": "stays"})).await;
    assert_eq!(back.json["restored"].as_array().unwrap().len(), 2, "{}", back.text);
    assert_eq!(who(&house.ledger, "A-1", "2026-03-01").await, "seller=Ann");
    assert_eq!(house.get("mia", &place).await.status, 404);
    house.ledger.verify_audit().await.unwrap();
}

async fn an_account_is_given_by_hand(bench: Bench) {
    let house = staffed(bench).await;
    house.wait(SignedDuration::from_hours(1));
    let give = |who: &str, on: &str| json!({"account_id": "A-1", "role": "seller", "employee_id": who, "on": on, "reason": "asked for"});
    let done = house.post("ben", "/api/v1/assignments", give("Dan", "2026-03-01")).await;
    assert_eq!((done.status, &done.json["before"]), (200, &json!("Ann")), "{}", done.text);
    assert_eq!(house.post("ben", "/api/v1/assignments", give("Dan", "2026-03-02")).await.status, 409, "as it is");
    let earlier = house.post("ben", "/api/v1/assignments", give("Ben", "2026-02-15")).await;
    assert_eq!(earlier.status, 409, "a later change is recorded: {}", earlier.text);
    let mut replaces = give("Ben", "2026-02-15");
    replaces["replace_later"] = json!(true);
    assert_eq!(house.post("ben", "/api/v1/assignments", replaces).await.status, 200);
    assert_eq!(who(&house.ledger, "A-1", "2026-03-05").await, "seller=Ben");
    // Who held it, and what we knew when.
    let place = "/api/v1/accounts/A-1/assignments";
    let all = house.get("ben", place).await.json["assignments"].as_array().unwrap().len();
    assert_eq!(all, 5, "Ann, Ann until March, Dan, Ann until February, Ben");
    let now = house.get("ben", &format!("{place}?on=2026-03-05")).await;
    assert_eq!(
        (&now.json["assignments"][0]["employee_id"], &now.json["assignments"][0]["pinned"]),
        (&json!("Ben"), &json!(true))
    );
    let then = house.get("ben", &format!("{place}?on=2026-03-05&as_known_at=2026-02-01T09:30:00Z")).await;
    assert_eq!(then.json["assignments"][0]["employee_id"], "Ann");
    // A pin is loosened without another holder.
    let mut loose = give("Ben", "2026-04-01");
    loose["pinned"] = json!(false);
    assert_eq!(house.post("ben", "/api/v1/assignments", loose).await.status, 200);
    assert_eq!(house.ledger.pinned(day("2026-03-31")).await.unwrap().len(), 1);
    assert_eq!(house.ledger.pinned(day("2026-04-01")).await.unwrap().len(), 0);
    let end = json!({"account_id": "A-1", "role": "seller", "on": "2026-05-01", "reason": "closed"});
    assert_eq!(house.post("ben", "/api/v1/assignments/end", end.clone()).await.status, 200);
    assert_eq!(house.post("ben", "/api/v1/assignments/end", end).await.status, 409);
    assert_eq!(who(&house.ledger, "A-1", "2026-05-01").await, "");
    let mut nobody = give("Nobody", "2026-06-01");
    nobody["role"] = json!("seller");
    assert_eq!(house.post("ben", "/api/v1/assignments", nobody).await.status, 422);
    house.ledger.verify_audit().await.unwrap();
}

async fn a_manager_gives_only_what_is_theirs(bench: Bench) {
    let house = staffed(bench).await;
    let give = |account: &str, who: &str| json!({"account_id": account, "role": "seller", "employee_id": who, "reason": "asked for"});
    let before = house.ledger.version().await.unwrap();
    assert_eq!(house.post("mia", "/api/v1/assignments", give("A-4", "Ann")).await.status, 404, "another's account");
    assert_eq!(house.post("mia", "/api/v1/assignments", give("A-1", "Dan")).await.status, 403, "another's employee");
    let to_other = json!({"employee_id": "Ann", "on": "2026-03-01", "successor_id": "Dan"});
    assert_eq!(house.post("mia", "/api/v1/handovers", to_other).await.status, 403);
    assert_eq!(house.ledger.version().await.unwrap(), before);
    assert_eq!(house.post("mia", "/api/v1/assignments", give("A-1", "Ben")).await.status, 200);
}
