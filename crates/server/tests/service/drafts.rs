//! A draft worked on over HTTP: edited by two, locked, undone and done again, divided anew around what is locked, brought to
//! a plan of a front, compared, applied. And appeals.

use crate::common::*;
use crate::house::{Answer, House};
use bailiwick_server::{Settings, work};
use serde_json::{Value, json};

on_both!(
    a_draft_is_edited_by_two,
    what_may_not_be_is_refused_with_reasons,
    a_draft_is_divided_anew_around_its_locks,
    a_plan_of_a_front_is_taken,
    a_draft_is_compared_and_applied,
    an_appeal_goes_to_whoever_is_above,
);

/// A house whose project is the example of planning anew, with its first plan applied and a second drafted.
async fn working(bench: Bench) -> (House, String) {
    let mut house = House::new(bench).await;
    let project = bailiwick_testkit::repository().join("examples/rebalance");
    house.settings(Settings { project: Some(project), ..Settings::default() });
    let first = computed(&house, "2026-03-01").await;
    for (who, step) in [("ben", "propose"), ("ann", "approve"), ("ann", "apply")] {
        let done = house.post(who, &format!("/api/v1/plans/{first}/{step}"), json!({})).await;
        assert_eq!(done.status, 200, "{}", done.text);
    }
    let second = computed(&house, "2026-06-01").await;
    (house, second)
}

async fn computed(house: &House, on: &str) -> String {
    let taken = house.post("ben", "/api/v1/plans/compute", json!({"on": on, "seconds": 1})).await;
    done(house, &taken).await["result"]["plan_id"].as_str().unwrap().to_owned()
}

async fn done(house: &House, taken: &Answer) -> Value {
    assert_eq!(taken.status, 202, "{}", taken.text);
    work::work(&house.serving).await.unwrap();
    let job = house.get("ben", taken.header("location")).await.json;
    assert_eq!(job["state"], "done", "{job}");
    job
}

async fn read(house: &House, plan: &str) -> (Value, String) {
    let draft = house.get("ben", &format!("/api/v1/plans/{plan}/draft")).await;
    assert_eq!(draft.status, 200, "{}", draft.text);
    let tag = draft.header("etag").to_owned();
    (draft.json, tag)
}

async fn send(house: &House, who: &str, plan: &str, step: &str, tag: &str, body: Value) -> Answer {
    house.request("POST", who, &format!("/api/v1/plans/{plan}/{step}"), body, &[("if-match", tag)]).await
}

/// Owner of each account of the map.
async fn owners(house: &House, plan: &str) -> Vec<(String, String)> {
    let map = house.get("ben", &format!("/api/v1/plans/{plan}/map")).await.json;
    let ids = map["id"].as_array().unwrap();
    let owner = |row: usize| match map["owner"][row].as_i64().unwrap() {
        -1 => String::new(),
        index => map["people"][index as usize]["employee_id"].as_str().unwrap().to_owned(),
    };
    ids.iter().enumerate().map(|(row, id)| (id.as_str().unwrap().to_owned(), owner(row))).collect()
}

fn person<'a>(pool: &'a Value, id: &str) -> &'a Value {
    pool["people"].as_array().unwrap().iter().find(|one| one["employee_id"] == id).unwrap()
}

async fn a_draft_is_edited_by_two(bench: Bench) {
    let (house, plan) = working(bench).await;
    let (draft, tag) = read(&house, &plan).await;
    assert_eq!((&draft["state"], &draft["roles"][0]["role"]), (&json!("draft"), &json!("sales-specialist")));
    let before = owners(&house, &plan).await;
    let moved: Vec<&str> =
        before.iter().filter(|(id, owner)| owner == "E-01" && id != "R-002").map(|(id, _)| id.as_str()).collect();
    let some = &moved[..2];
    let wish = json!({"kind": "reassign", "role": "sales-specialist", "accounts": some, "employee_id": "E-02",
                      "lock": true, "reason": "they share a warehouse"});
    let url = format!("/api/v1/plans/{plan}/edits");
    assert_eq!(house.post("ben", &url, wish.clone()).await.status, 428);
    let changed = send(&house, "ben", &plan, "edits", &tag, wish.clone()).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    let pool = &changed.json["pools"][0];
    // Only those are told whose load changed, and nothing is lost on the way.
    let told: Vec<&str> =
        pool["people"].as_array().unwrap().iter().map(|one| one["employee_id"].as_str().unwrap()).collect();
    assert_eq!(told, ["E-01", "E-02"]);
    for id in ["E-01", "E-02"] {
        let (was, is) = (person(&draft["pools"][0], id), person(pool, id));
        let sign = if id == "E-01" { -2 } else { 2 };
        assert_eq!(is["accounts"].as_i64().unwrap() - was["accounts"].as_i64().unwrap(), sign);
    }
    assert_eq!(changed.json["undo"]["kind"], "reassign");
    let row = house.get("eve", &format!("/api/v1/plans/{plan}/accounts/{}", some[0])).await.json;
    let reason = row["rows"][0]["reason"].as_str().unwrap();
    assert!(reason.starts_with("by hand by ben, because they share a warehouse"), "{reason}");
    assert_eq!((&row["rows"][0]["locked"], &row["rows"][0]["employee_id"]), (&json!(true), &json!("E-02")));

    // Ann has not seen it, and is told who was quicker.
    let late = send(&house, "ann", &plan, "edits", &tag, wish).await;
    assert_eq!(late.status, 412);
    assert!(late.text.contains("ben was quicker"), "{}", late.text);

    let (edited, tag) = read(&house, &plan).await;
    let undone = send(&house, "ann", &plan, "undo", &tag, json!({})).await;
    assert_eq!((undone.status, &undone.json["step"]["actor"]), (200, &json!("ann")), "{}", undone.text);
    assert_eq!(owners(&house, &plan).await, before);
    let (after_undo, _) = read(&house, &plan).await;
    assert_eq!(after_undo["pools"], draft["pools"], "an undo leaves nothing behind");
    let tag = undone.header("etag").to_owned();
    assert_eq!(send(&house, "ann", &plan, "undo", &tag, json!({})).await.status, 409, "there is nothing more");
    let redone = send(&house, "ann", &plan, "redo", &tag, json!({})).await;
    assert_eq!(redone.status, 200, "{}", redone.text);
    let (again, _) = read(&house, &plan).await;
    assert_eq!(again["pools"], edited["pools"]);

    // A service that begins anew reads the same from the ledger.
    let name = plan.parse().unwrap();
    let folder = bailiwick_testkit::repository().join("examples/rebalance");
    let studio = bailiwick_app::studio::open::open(&house.ledger, &name, Some(&folder)).await.unwrap();
    assert_eq!(serde_json::to_value(studio.live_all()).unwrap(), again["pools"]);
    assert_eq!(again["history"]["steps"].as_array().unwrap().len(), 3);
    let list = house.get("ben", "/api/v1/plans").await.json;
    assert_eq!(list["plans"][1]["summary"]["edits"], 1);
    // Sent twice with a key, it is done once.
    let tag = redone.header("etag");
    let headers = [("if-match", tag), ("idempotency-key", "k-1")];
    let body = json!({"kind": "unlock", "role": "sales-specialist", "accounts": [some[0]]});
    let first = house.request("POST", "ben", &url, body.clone(), &headers).await;
    let second = house.request("POST", "ben", &url, body, &headers).await;
    assert_eq!((first.status, second.status, &first.text), (200, 200, &second.text));
    assert_eq!(read(&house, &plan).await.0["history"]["steps"].as_array().unwrap().len(), 4);
    house.ledger.verify_audit().await.unwrap();
}

async fn what_may_not_be_is_refused_with_reasons(bench: Bench) {
    let (house, plan) = working(bench).await;
    let (_, tag) = read(&house, &plan).await;
    let all = owners(&house, &plan).await;
    let free: Vec<&str> = all
        .iter()
        .filter(|(id, owner)| owner == "E-03" && id != "R-002" && id != "R-033")
        .map(|(id, _)| id.as_str())
        .collect();
    let edit = |kind: &str, accounts: Value, to: &str| json!({"kind": kind, "role": "sales-specialist", "accounts": accounts, "employee_id": to});
    let refused = async |body: Value| {
        let answer = send(&house, "ben", &plan, "edits", &tag, body).await;
        assert_eq!(answer.status, 422, "{}", answer.text);
        answer.json["findings"][0]["code"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused(edit("reassign", json!([free[0]]), "E-99")).await, "edit-unknown-employee");
    assert_eq!(refused(edit("reassign", json!(["R-002"]), "E-02")).await, "edit-pinned");
    assert_eq!(refused(edit("reassign", json!(["R-999"]), "E-02")).await, "edit-unknown-account");
    assert_eq!(refused(edit("reassign", json!([free[0]]), "E-03")).await, "edit-nothing");
    assert_eq!(refused(edit("unlock", json!(["R-002"]), "")).await, "edit-pinned");
    let before = house.dump().await;
    // One of several that may not be: none is given.
    assert_eq!(refused(edit("reassign", json!([free[0], "R-002"]), "E-02")).await, "edit-pinned");
    assert!(before == house.dump().await, "nothing is changed");
    let locked = send(&house, "ben", &plan, "edits", &tag, edit("lock", json!([free[0], free[1]]), "")).await;
    assert_eq!(locked.status, 200, "{}", locked.text);
    let tag = locked.header("etag").to_owned();
    let url = format!("/api/v1/plans/{plan}/edits");
    let headers = [("if-match", tag.as_str()), ("accept-language", "bg-BG,bg;q=0.9,en;q=0.5")];
    let told = house.request("POST", "ben", &url, edit("reassign", json!([free[0], free[1]]), "E-02"), &headers).await;
    assert_eq!((told.status, &told.json["findings"][0]["count"]), (422, &json!(2)));
    assert!(told.text.contains("заключени"), "{}", told.text);
    for (who, status) in [("eve", 403), ("tom", 403), ("mia", 403)] {
        for step in ["edits", "undo", "redo", "optimise", "take"] {
            let body = match step {
                "edits" => edit("lock", json!([free[2]]), ""),
                "take" => json!({"job_id": "x", "plan": "01"}),
                _ => json!({}),
            };
            assert_eq!(send(&house, who, &plan, step, &tag, body).await.status, status, "{who} {step}");
        }
    }
    assert_eq!(house.get("tom", &format!("/api/v1/plans/{plan}/draft")).await.status, 404);
    // What breaks balance is told, and not forbidden.
    let unlocked = send(&house, "ben", &plan, "edits", &tag, edit("unlock", json!([free[0], free[1]]), "")).await;
    let tag = unlocked.header("etag").to_owned();
    let much = send(&house, "ben", &plan, "edits", &tag, edit("reassign", json!(free), "E-02")).await;
    assert_eq!(much.status, 200, "{}", much.text);
    let codes: Vec<&str> =
        much.json["exceptions"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"over-tolerance") && codes.contains(&"under-tolerance"), "{codes:?}");
    assert!(much.json["exceptions"][0]["words"]["bg"].as_str().unwrap().contains("hours"), "{}", much.text);
    // A plan on its way is given back first.
    let proposed = house.post("ann", &format!("/api/v1/plans/{plan}/propose"), json!({})).await;
    assert_eq!(proposed.status, 200);
    let tag = proposed.header("etag").to_owned();
    let late = send(&house, "ben", &plan, "undo", &tag, json!({})).await;
    assert_eq!(late.status, 409);
    assert!(late.text.contains("only a draft is edited"), "{}", late.text);
    let own = house.post("ben", &format!("/api/v1/plans/{plan}/approve"), json!({})).await;
    assert_eq!(own.status, 403, "whoever edited it does not approve it");
}

async fn a_draft_is_divided_anew_around_its_locks(bench: Bench) {
    let (house, plan) = working(bench).await;
    let (_, tag) = read(&house, &plan).await;
    let before = owners(&house, &plan).await;
    let of = |owner: &str| -> Vec<String> {
        let theirs = before.iter().filter(|(id, known)| known == owner && id != "R-002" && id != "R-033");
        theirs.map(|(id, _)| id.clone()).collect()
    };
    // Three of the first go to the second and stay there; all others may be divided anew.
    let kept = &of("E-01")[..3];
    let wish = json!({"kind": "reassign", "role": "sales-specialist", "accounts": kept, "employee_id": "E-02",
                      "lock": true});
    let edited = send(&house, "ben", &plan, "edits", &tag, wish).await;
    assert_eq!(edited.status, 200, "{}", edited.text);
    let tag = edited.header("etag").to_owned();
    let by_hand = owners(&house, &plan).await;
    let taken = send(&house, "ben", &plan, "optimise", &tag, json!({"seconds": 1, "reason": "even it out"})).await;
    let job = done(&house, &taken).await;
    let (draft, tag) = read(&house, &plan).await;
    assert_eq!(draft["version"], job["result"]["version"]);
    let after = owners(&house, &plan).await;
    for id in kept {
        assert!(after.contains(&(id.clone(), "E-02".to_owned())), "{id} is locked");
    }
    assert!(after.contains(&("R-002".to_owned(), "E-01".to_owned())), "a pin stays");
    assert_eq!(draft["history"]["undo"]["kind"], "optimise");
    assert!(draft["pools"][0]["gap_words"]["bg"].as_str().unwrap().len() > 20);
    let undone = send(&house, "ann", &plan, "undo", &tag, json!({})).await;
    assert_eq!(undone.status, 200, "{}", undone.text);
    assert_eq!(owners(&house, &plan).await, by_hand);

    // Somebody edits it meanwhile: what was computed is of another draft.
    let tag = undone.header("etag").to_owned();
    let taken = send(&house, "ben", &plan, "optimise", &tag, json!({"seconds": 1})).await;
    let unlock = json!({"kind": "unlock", "role": "sales-specialist", "accounts": [kept[0]]});
    assert_eq!(send(&house, "ann", &plan, "edits", &tag, unlock).await.status, 200);
    work::work(&house.serving).await.unwrap();
    let job = house.get("ben", taken.header("location")).await.json;
    assert_eq!(job["state"], "failed");
    assert!(job["error"].as_str().unwrap().contains("ann was quicker"), "{job}");
    // One that is cancelled changes nothing.
    let (_, tag) = read(&house, &plan).await;
    let taken = send(&house, "ben", &plan, "optimise", &tag, json!({})).await;
    let cancel = house.post("ben", &format!("{}/cancel", taken.header("location")), json!({})).await;
    assert_eq!(cancel.status, 200);
    work::work(&house.serving).await.unwrap();
    assert_eq!(house.get("ben", taken.header("location")).await.json["state"], "cancelled");
    assert_eq!(read(&house, &plan).await.1, tag);
    house.ledger.verify_audit().await.unwrap();
}

async fn a_plan_of_a_front_is_taken(bench: Bench) {
    let (house, plan) = working(bench).await;
    let (_, tag) = read(&house, &plan).await;
    let before = owners(&house, &plan).await;
    let lock = json!({"kind": "lock", "role": "sales-specialist", "accounts": [before[0].0]});
    let locked = send(&house, "ben", &plan, "edits", &tag, lock).await;
    let tag = locked.header("etag").to_owned();
    let wish = json!({"plans": 7, "seconds": 1});
    let taken = house.post("ben", &format!("/api/v1/plans/{plan}/front"), wish).await;
    let job = done(&house, &taken).await;
    let points = job["result"]["points"].as_array().unwrap();
    assert!(points.len() >= 2, "{job}");
    let last = points.last().unwrap();
    let body = json!({"job_id": job["job_id"], "plan": last["plan"]});
    let other = json!({"job_id": job["job_id"], "plan": "../../etc"});
    assert_eq!(send(&house, "ben", &plan, "take", &tag, other).await.status, 404);
    let done = send(&house, "ben", &plan, "take", &tag, body).await;
    assert_eq!((done.status, &done.json["step"]["kind"]), (200, &json!("choose")), "{}", done.text);
    let after = owners(&house, &plan).await;
    assert!(after.contains(&before[0]), "what is locked stays");
    let undone = send(&house, "ben", &plan, "undo", done.header("etag"), json!({})).await;
    assert_eq!(undone.status, 200);
    assert_eq!(owners(&house, &plan).await, before);
    let gone = json!({"job_id": "0198c0de-0000-7000-8000-000000000000", "plan": "01"});
    assert_eq!(send(&house, "ben", &plan, "take", undone.header("etag"), gone).await.status, 404);
}

async fn a_draft_is_compared_and_applied(bench: Bench) {
    let (house, plan) = working(bench).await;
    let (_, tag) = read(&house, &plan).await;
    let before = owners(&house, &plan).await;
    let some: Vec<&str> = before
        .iter()
        .filter(|(id, owner)| owner == "E-04" && id != "R-002")
        .map(|(id, _)| id.as_str())
        .take(3)
        .collect();
    let wish = json!({"kind": "reassign", "role": "sales-specialist", "accounts": some, "employee_id": "E-05"});
    assert_eq!(send(&house, "ben", &plan, "edits", &tag, wish).await.status, 200);
    let at = format!("/api/v1/plans/{plan}");
    let whole = house.get("eve", &format!("{at}/comparison")).await.json;
    let listed = house.get("eve", &format!("{at}/comparison/changes?limit=200&employee=E-05")).await.json;
    let changes = listed["changes"].as_array().unwrap();
    for id in &some {
        let change = changes.iter().find(|one| one["account_id"] == *id).unwrap();
        assert_eq!((&change["to_id"], &change["kind"]), (&json!("E-05"), &json!("moved")));
        assert!(change["price"].as_f64().unwrap() > 0.0, "an old relationship is worth something");
    }
    assert!(changes.iter().all(|one| one["to_id"] == "E-05" || one["from_id"] == "E-05"));
    let people = whole["employees"].as_array().unwrap();
    let sum = |part: &str| people.iter().map(|one| one["loads"]["hours"][part].as_f64().unwrap()).sum::<f64>();
    assert!((sum("before") - sum("after")).abs() < 1e-6, "hours are neither lost nor made");
    for one in people {
        let number = |name: &str| one[name].as_i64().unwrap();
        assert_eq!(number("before") + number("gains") - number("loses"), number("after"), "{one}");
    }
    let map = house.get("eve", &format!("{at}/comparison/map")).await.json;
    assert_eq!(map["id"].as_array().unwrap().len(), whole["moved"].as_u64().unwrap() as usize);
    let page = house.get("eve", &format!("{at}/comparison/changes?limit=1")).await.json;
    assert_eq!((page["changes"].as_array().unwrap().len(), &page["next"]), (1, &json!(1)));
    let other = computed(&house, "2026-07-01").await;
    let beside = house.get("eve", &format!("{at}/comparison?with={other}")).await;
    assert_eq!((beside.status, beside.json["from"].as_str()), (200, Some(other.as_str())), "{}", beside.text);
    assert_eq!(house.get("eve", &format!("{at}/comparison?with={plan}")).await.status, 400);
    assert_eq!(house.get("eve", &format!("{at}/comparison?with=none")).await.status, 404);
    let outlines = house.get("eve", &format!("{at}/outlines")).await.json;
    assert!(!outlines["outlines"].as_array().unwrap().is_empty());
    let loose = house.get("eve", &format!("{at}/loose")).await.json;
    assert_eq!(loose["unassigned"], json!([]));
    assert_eq!(house.get("eve", &format!("{at}/map?role=none")).await.status, 400);

    for (who, step) in [("ben", "propose"), ("ann", "approve"), ("ann", "apply")] {
        let done = house.post(who, &format!("{at}/{step}"), json!({})).await;
        assert_eq!(done.status, 200, "{}", done.text);
    }
    let held = house.ledger.who(&account(some[0]), None, None, day("2026-06-01"), None).await.unwrap();
    assert_eq!((held[0].employee.as_str(), held[0].rule.as_str()), ("E-05", "by hand"));
    assert_eq!(house.get("eve", &format!("{at}/draft")).await.json["state"], "applied");
}

async fn an_appeal_goes_to_whoever_is_above(bench: Bench) {
    let house = House::new(bench).await;
    let mut company = plan("P-1", "2026-01-01", &["ACME seller Tom", "BETA seller Mia"]);
    company.employees.iter_mut().find(|one| one.id == "Tom").unwrap().manager = Some("Mia".parse().unwrap());
    apply(&house.ledger, &company, "2026-01-01T00:00:00Z").await.unwrap();
    house.employ("tom", "Tom").await;
    house.employ("mia", "Mia").await;
    let body = json!({"account_id": "ACME", "role": "seller", "reason": "my sister works there"});
    let made = house.post("tom", "/api/v1/appeals", body.clone()).await;
    assert_eq!((made.status, &made.json["state"]), (201, &json!("open")), "{}", made.text);
    assert_eq!(house.post("tom", "/api/v1/appeals", body).await.status, 409);
    let not_his = json!({"account_id": "BETA", "role": "seller", "reason": "near me"});
    assert_eq!(house.post("tom", "/api/v1/appeals", not_his).await.status, 409);
    let place = made.header("location").to_owned();
    let answer = json!({"granted": false, "words": "the others are full until June"});
    assert_eq!(house.post("tom", &format!("{place}/answer"), answer.clone()).await.status, 404);
    assert_eq!(house.post("eve", &format!("{place}/answer"), answer.clone()).await.status, 404);
    let wordless = json!({"granted": true, "words": " "});
    assert_eq!(house.post("mia", &format!("{place}/answer"), wordless).await.status, 422);
    let closed = house.post("mia", &format!("{place}/answer"), answer.clone()).await;
    assert_eq!((closed.status, &closed.json["state"]), (200, &json!("denied")), "{}", closed.text);
    assert_eq!(closed.json["answered_by"], "mia");
    assert_eq!(house.post("ben", &format!("{place}/answer"), answer.clone()).await.status, 409);
    // Nobody answers an appeal of their own.
    let own = json!({"account_id": "BETA", "role": "seller", "reason": "too far"});
    let own = house.post("mia", "/api/v1/appeals", own).await;
    assert_eq!(own.status, 201);
    assert_eq!(house.post("mia", &format!("{}/answer", own.header("location")), answer).await.status, 403);
    let seen = |answer: Answer| answer.json["appeals"].as_array().unwrap().len();
    assert_eq!(seen(house.get("mia", "/api/v1/appeals").await), 2);
    assert_eq!(seen(house.get("tom", "/api/v1/appeals?account=ACME").await), 1);
    assert_eq!(seen(house.get("tom", "/api/v1/appeals").await), 1);
    assert_eq!(seen(house.get("eve", "/api/v1/appeals?state=denied").await), 1);
    let back = house.post("mia", &format!("{}/withdraw", own.header("location")), json!({})).await;
    assert_eq!(back.json["state"], "withdrawn");
}
