//! The customer's side over HTTP: what is known of an account, the desk, the card and its public page.

use crate::common::*;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode};
use bailiwick_domain::absence::NewAbsence;
use bailiwick_domain::access::UserRole;
use bailiwick_server::{Serving, routes};
use bailiwick_store::{NewPlan, NewSession, NewUser, sha256_hex};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tower::ServiceExt;
use uuid::Uuid;

on_both!(
    a_customer_is_known_before_one_speaks,
    a_call_reaches_whoever_answers,
    a_card_is_shared_and_revoked,
    a_card_tells_nothing_else,
    an_export_holds_what_its_reader_sees,
    what_cannot_be_is_said,
);

fn now() -> Timestamp {
    moment("2026-07-03T09:00:00Z")
}

const POLICY: &str = r#"
[company]
name = "Cold Kitchen"
[sources.accounts]
file = "accounts.csv"
[sources.employees]
file = "employees.csv"
[roles.seller]
title = "Sales specialist"
[roles.surveyor]
title = "Surveyor"
[roles.engineer]
title = "Service engineer"
[[processes]]
name = "Sale"
stages = [{ name = "Deal", role = "seller" }, { name = "Repair", role = "engineer" }, { name = "Survey", role = "surveyor" }]
[[coverage]]
role = "seller"
divide = { balance = { count = 0.5 } }
[[coverage]]
role = "engineer"
divide = { balance = { count = 0.5 } }
[[coverage]]
role = "surveyor"
divide = { balance = { count = 0.5 } }
"#;

struct Service {
    routes: axum::Router,
}

/// Ann sells to ACME and is away in July, when Ben stands in; Cid is the engineer. BETA is Ben's.
async fn service(bench: &Bench) -> Service {
    let ledger = &bench.ledger;
    let lines = ["ACME seller Ann", "ACME engineer Cid", "BETA seller Ben"];
    let company = plan("P-1", "2026-01-01", &lines);
    let company = NewPlan { policy_text: POLICY.into(), policy_sha256: sha256_hex(POLICY), ..company };
    apply(ledger, &company, "2026-01-01T00:00:00Z").await.unwrap();
    let leave = NewAbsence {
        employee: "Ann".parse().unwrap(),
        from: day("2026-07-01"),
        to: Some(day("2026-07-15")),
        substitute: Some("Ben".parse().unwrap()),
        reason: "leave".into(),
    };
    ledger.record_absence(&leave, "planner", moment("2026-06-01T00:00:00Z")).await.unwrap();
    let people = [
        ("root", UserRole::Admin, None),
        ("Ben", UserRole::Member, Some("Ben")),
        ("Cid", UserRole::Member, Some("Cid")),
    ];
    for (number, (name, role, employee)) in (1..).zip(people) {
        let user = NewUser {
            id: Uuid::from_u128(number),
            name: name.into(),
            display_name: name.into(),
            password_hash: "none".into(),
            roles: [role].into(),
            employee: employee.map(|id| id.parse().unwrap()),
        };
        let user = match number {
            1 => ledger.create_first_user(&user, "setup", now()).await.unwrap(),
            _ => ledger.create_user(&user, "setup", now()).await.unwrap(),
        };
        let expires_at = now() + SignedDuration::from_hours(1);
        let session = NewSession { secret_hash: &sha256_hex(name), user: &user, expires_at, replaces: None };
        ledger.open_session(&session, now()).await.unwrap();
    }
    Service { routes: routes(Serving::new(ledger.clone(), None, now)) }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }
}

impl Service {
    async fn ask(&self, who: &str, method: &str, path: &str, body: Value, more: &[(&str, &str)]) -> Answer {
        let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        if !who.is_empty() {
            request = request.header("cookie", format!("bailiwick={who}"));
        }
        for (name, value) in more {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let answer = self.routes.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes = axum::body::to_bytes(answer.into_body(), 1 << 24).await.unwrap();
        Answer { status, headers, text: String::from_utf8(bytes.to_vec()).unwrap() }
    }

    async fn get(&self, who: &str, path: &str) -> Answer {
        self.ask(who, "GET", path, Value::Null, &[]).await
    }

    async fn post(&self, who: &str, path: &str, body: Value) -> Answer {
        self.ask(who, "POST", path, body, &[]).await
    }
}

async fn a_customer_is_known_before_one_speaks(bench: Bench) {
    let service = service(&bench).await;
    let acme = "/api/v1/accounts/ACME";
    let vera = json!({"name": "Vera", "email": "vera@acme.example", "phones": ["+359 2 1"], "language": "bg",
        "preferred": "phone", "main": true});
    let made = service.post("Cid", &format!("{acme}/contacts"), vera.clone()).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let place = made.headers["location"].to_str().unwrap().to_owned();
    let one = service.get("Cid", &place).await;
    assert_eq!((one.headers["etag"].to_str().unwrap(), &one.json()["name"]), ("\"1\"", &json!("Vera")));
    let blind = service.ask("Cid", "PUT", &place, vera.clone(), &[]).await;
    assert_eq!(blind.status, StatusCode::PRECONDITION_REQUIRED);
    let seen = service.ask("Cid", "PUT", &place, vera.clone(), &[("if-match", "\"1\"")]).await;
    assert_eq!((seen.status, seen.headers["etag"].to_str().unwrap()), (StatusCode::OK, "\"2\""));
    let stale = service.ask("Cid", "PUT", &place, vera, &[("if-match", "\"1\"")]).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED, "{}", stale.text);

    service.post("Cid", &format!("{acme}/needs"), json!({"text": "A second oven", "stage": "Deal"})).await;
    let needs = service.get("Cid", &format!("{acme}/needs")).await.json();
    assert_eq!((&needs["needs"][0]["since"], &needs["needs"][0]["state"]), (&json!("2026-07-03"), &json!("open")));
    let text = json!({"text": "Deliveries at the back"});
    let written = service.ask("Cid", "PUT", &format!("{acme}/particulars"), text, &[("if-match", "\"0\"")]).await;
    assert_eq!((written.status, &written.json()["version"]), (StatusCode::OK, &json!(1)), "{}", written.text);

    let stages = service.get("Cid", &format!("{acme}/stages")).await.json();
    let told: Vec<String> = stages["stages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let who = &one["responsible"][0];
            let instead = who["away"]["substitute"]["employee"].as_str().unwrap_or("-");
            format!("{}: {} ({instead})", one["stage"].as_str().unwrap(), who["employee"].as_str().unwrap_or("nobody"))
        })
        .collect();
    assert_eq!(told, ["Deal: Ann (Ben)", "Repair: Cid (-)", "Survey: nobody (-)"]);

    let page = service.get("Cid", &format!("{acme}/history?limit=2")).await.json();
    assert_eq!((&page["history"][0]["kind"], &page["history"][0]["actor"]), (&json!("particulars"), &json!("Cid")));
    let next = format!("{acme}/history?limit=100&after={}", page["next"].as_str().unwrap());
    let rest = service.get("Cid", &next).await.json();
    assert_eq!(rest["history"].as_array().unwrap().len(), 5, "{rest}");
    // Ben answers for another.
    assert_eq!(service.get("Ben", "/api/v1/accounts/BETA/contacts").await.status, StatusCode::OK);

    let ways = json!({"phones": ["+359 88 1"], "hours": "9 to 17"});
    let ways = service.ask("Cid", "PUT", "/api/v1/employees/Cid/ways", ways, &[("if-match", "\"0\"")]).await;
    assert_eq!(ways.status, StatusCode::OK, "{}", ways.text);
    let cid = service.get("Ben", "/api/v1/employees/Cid").await.json();
    assert_eq!((&cid["phone"], &cid["email"]), (&json!("+359 88 1"), &Value::Null));
}

async fn a_call_reaches_whoever_answers(bench: Bench) {
    let service = service(&bench).await;
    let call = json!({"account_id": "ACME", "channel": "call", "task": "shipping-papers", "subject": "Waybill",
        "due": "2026-07-02", "stage": "deal"});
    let made = service.post("root", "/api/v1/communications", call).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let told = made.json();
    assert_eq!(
        (
            &told["state"],
            &told["role"],
            &told["waits_for"]["employee"],
            &told["instead_of"]["employee"],
            &told["until"]
        ),
        (&json!("passed"), &json!("seller"), &json!("Ben"), &json!("Ann"), &json!("2026-07-15"))
    );
    assert_eq!((&told["overdue"], &told["why"]), (&json!(true), &json!("stands-in")));
    let place = made.headers["location"].to_str().unwrap().to_owned();
    let subjects = |inbox: Value| -> Vec<String> {
        let all = inbox["communications"].as_array().unwrap().clone();
        all.iter().map(|one| one["subject"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(subjects(service.get("Ben", "/api/v1/inbox").await.json()), ["Waybill"]);
    assert_eq!(subjects(service.get("Cid", "/api/v1/inbox").await.json()), Vec::<String>::new());
    assert_eq!(subjects(service.get("root", "/api/v1/inbox?employee=Ben").await.json()), ["Waybill"]);
    assert_eq!(service.get("Cid", "/api/v1/inbox?employee=Ben").await.status, StatusCode::NOT_FOUND);
    assert_eq!(service.get("root", "/api/v1/inbox").await.status, StatusCode::BAD_REQUEST);

    // Somebody whom nobody knows; the administrator finds out, and passes it to the engineer.
    let unknown = json!({"caller": "A man from Varna", "channel": "web-form", "subject": "It leaks"});
    let made = service.post("root", "/api/v1/communications", unknown).await;
    let leaks = made.headers["location"].to_str().unwrap().to_owned();
    assert_eq!(subjects(service.get("root", "/api/v1/inbox?desk=true").await.json()), ["It leaks"]);
    let refused = service.post("root", &format!("{leaks}/pass"), json!({"role": "engineer"})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    service.post("root", &format!("{leaks}/link"), json!({"account_id": "ACME"})).await;
    let odd = service.post("root", &format!("{leaks}/pass"), json!({"role": "enginer"})).await;
    assert!(odd.status == StatusCode::NOT_FOUND && odd.text.contains("engineer"), "{}", odd.text);
    let passed = service.post("root", &format!("{leaks}/pass"), json!({"stage": "Repair", "note": "urgent"})).await;
    assert_eq!(passed.json()["waits_for"]["employee"], "Cid", "{}", passed.text);
    let taken = service.post("Cid", &format!("{leaks}/take"), json!({})).await;
    assert_eq!(taken.json()["state"], "in-progress", "{}", taken.text);
    let moved =
        service.post("Cid", &format!("{leaks}/comment"), json!({"note": "part ordered", "due": "2026-07-10"})).await;
    assert_eq!(moved.json()["due"], "2026-07-10");
    let version = moved.headers["etag"].to_str().unwrap().to_owned();
    service.post("Cid", &format!("{leaks}/comment"), json!({"note": "arrived"})).await;
    let stale = service.ask("Cid", "POST", &format!("{leaks}/done"), json!({}), &[("if-match", &version)]).await;
    assert_eq!(stale.status, StatusCode::PRECONDITION_FAILED);
    service.post("Cid", &format!("{leaks}/done"), json!({"note": "repaired"})).await;
    let steps = service.get("Cid", &leaks).await.json()["steps"].clone();
    let steps: Vec<&str> = steps.as_array().unwrap().iter().map(|one| one["step"].as_str().unwrap()).collect();
    assert_eq!(steps, ["registered", "linked", "passed", "taken", "commented", "commented", "done"]);

    let late = service.get("root", "/api/v1/communications?overdue=true").await.json();
    assert_eq!(subjects(late), ["Waybill"]);
    assert_eq!(service.get("root", &format!("{place}?x=1")).await.status, StatusCode::OK);
    let nobody = service.post("root", &format!("{place}/take"), json!({})).await;
    assert!(nobody.status == StatusCode::BAD_REQUEST && nobody.text.contains("no employee"), "{}", nobody.text);
    let last = service.get("root", "/api/v1/communications?limit=1").await.json();
    let rest = service.get("root", &format!("/api/v1/communications?after={}", last["next"])).await.json();
    assert_eq!((subjects(last), subjects(rest)), (vec!["It leaks".into()], vec!["Waybill".into()]));
}

async fn a_card_is_shared_and_revoked(bench: Bench) {
    let service = service(&bench).await;
    let card = service.get("Cid", "/api/v1/accounts/ACME/card").await.json();
    assert_eq!((&card["company"], &card["roles"][0]["role"]), (&json!("Cold Kitchen"), &json!("Sales specialist")));
    assert_eq!(card["roles"][0]["away"]["substitute"]["name"], "Ben");
    let accept = [("accept", "text/vcard")];
    let vcard = service.ask("Cid", "GET", "/api/v1/accounts/ACME/card", Value::Null, &accept).await;
    assert!(vcard.headers["content-type"].to_str().unwrap().starts_with("text/vcard"));
    assert_eq!(vcard.text.matches("BEGIN:VCARD\r\nVERSION:4.0\r\n").count(), 3, "{}", vcard.text);

    let made = service.post("Cid", "/api/v1/accounts/ACME/card-links", json!({"label": "web", "days": 30})).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let path = made.json()["path"].as_str().unwrap().to_owned();
    assert!(path.len() >= "/card/".len() + 32);
    let listed = service.get("Cid", "/api/v1/accounts/ACME/card-links").await;
    assert!(!listed.text.contains(path.trim_start_matches("/card/")), "the secret is shown again");
    assert!(!bench.dump().await.contains(path.trim_start_matches("/card/")), "the secret is kept");

    let page = service.get("", &path).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("Ann is away until 15 July 2026. Until then, please turn to:"), "{}", page.text);
    let bulgarian = service.ask("", "GET", &path, Value::Null, &[("accept-language", "bg-BG,bg;q=0.9")]).await;
    assert!(bulgarian.text.contains("<html lang=\"bg\">") && bulgarian.text.contains("15 юли 2026 г."));
    let saved = service.get("", &format!("{path}/contacts.vcf")).await;
    assert!(saved.text.contains("FN:Ben\r\n"), "{}", saved.text);

    let never = service.get("", &format!("/card/{}", "0".repeat(64))).await;
    let number = made.json()["link"]["number"].clone();
    let gone =
        service.ask("Cid", "DELETE", &format!("/api/v1/accounts/ACME/card-links/{number}"), Value::Null, &[]).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    let revoked = service.get("", &path).await;
    assert_eq!((revoked.status, &revoked.text), (StatusCode::NOT_FOUND, &never.text), "answered alike");
    let without_id = |headers: &HeaderMap| {
        let mut headers = headers.clone();
        headers.remove("x-request-id");
        headers
    };
    assert_eq!(without_id(&revoked.headers), without_id(&never.headers));
    assert_eq!(service.get("", &format!("{path}/contacts.vcf")).await.text, never.text);
}

async fn a_card_tells_nothing_else(bench: Bench) {
    let service = service(&bench).await;
    customer_of(&bench.ledger, "ACME").await;
    let made = service.post("root", "/api/v1/accounts/ACME/card-links", json!({})).await.json();
    let page = service.get("", made["path"].as_str().unwrap()).await;
    for secret in
        ["Vera", "oven", "back, before 8", "Waybill", "serves", "ACME\"", "BETA", "West", "coverage", "balance"]
    {
        assert!(!page.text.contains(secret), "the page tells of {secret}: {}", page.text);
    }
    let policy = page.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.headers.get_all("content-security-policy").iter().count(), 1);
    assert_eq!(page.headers["x-robots-tag"], "noindex, nofollow");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    assert!(!page.text.contains("<script") && !page.text.contains("http"), "{}", page.text);
    // Whoever asks too often waits.
    let mut last = StatusCode::OK;
    for _ in 0..80 {
        last = service.get("", "/card/x").await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

async fn an_export_holds_what_its_reader_sees(bench: Bench) {
    let service = service(&bench).await;
    customer_of(&bench.ledger, "ACME").await;
    customer_of(&bench.ledger, "BETA").await;
    for (kind, rows) in [("accounts", 1), ("assignments", 2), ("contacts", 1), ("needs", 1)] {
        let path = format!("/api/v1/exports/{kind}");
        let cid = service.get("Cid", &path).await;
        assert_eq!(cid.status, StatusCode::OK, "{}", cid.text);
        assert_eq!(cid.text.lines().count(), rows + 1, "{kind}: {}", cid.text);
        assert!(cid.text.lines().skip(1).all(|row| row.starts_with("ACME,")), "{kind}: {}", cid.text);
        let disposition = cid.headers["content-disposition"].to_str().unwrap().to_owned();
        assert_eq!(disposition, format!("attachment; filename=\"{kind}.csv\""));
        let root = service.get("root", &path).await.text;
        assert!(root.contains("\nBETA,") && root.contains("\nACME,"), "{kind}: {root}");
    }
    let request = Request::get("/api/v1/exports/needs?format=xlsx").header("cookie", "bailiwick=Cid");
    let answer = service.routes.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 24).await.unwrap();
    assert!(bytes.starts_with(b"PK"));
    assert_eq!(service.get("root", "/api/v1/exports/users").await.status, StatusCode::NOT_FOUND);
}

async fn what_cannot_be_is_said(bench: Bench) {
    let service = service(&bench).await;
    for (method, path, body, status, word) in [
        ("POST", "/api/v1/accounts/ACME/contacts", json!({"name": " "}), 422, "is empty"),
        ("POST", "/api/v1/accounts/ACME/contacts", json!({"name": "V", "email": "no"}), 422, "no e-mail address"),
        ("POST", "/api/v1/accounts/ACME/contacts", json!({"name": "V", "preferred": "fax"}), 400, "preferred"),
        ("POST", "/api/v1/accounts/ACME/contacts", json!({"name": "V", "admin": true}), 422, "unknown field"),
        ("POST", "/api/v1/accounts/ACME/needs", json!({"text": "x", "since": "soon"}), 400, "since"),
        ("POST", "/api/v1/accounts/NONE/needs", json!({"text": "x"}), 404, "no account"),
        ("POST", "/api/v1/communications", json!({"channel": "fax", "subject": "x"}), 400, "channel"),
        ("POST", "/api/v1/communications", json!({"channel": "call", "subject": ""}), 422, "is empty"),
        (
            "POST",
            "/api/v1/communications",
            json!({"channel": "call", "subject": "x", "role": "seller", "more": 1}),
            422,
            "unknown",
        ),
        (
            "POST",
            "/api/v1/communications",
            json!({"channel": "call", "subject": "x", "account_id": "ACME", "contact": 9}),
            404,
            "no contact 9",
        ),
        ("PUT", "/api/v1/accounts/BETA/needs/1", json!({"text": "x"}), 428, "which version"),
        ("POST", "/api/v1/communications/9/done", json!({}), 404, "no communication"),
        ("POST", "/api/v1/accounts/ACME/card-links", json!({"days": 0}), 400, "days"),
        ("DELETE", "/api/v1/accounts/ACME/card-links/9", Value::Null, 404, "no link"),
        ("GET", "/api/v1/accounts/ACME/card?format=pdf", Value::Null, 400, "format"),
        ("GET", "/api/v1/accounts/ACME/contacts/x", Value::Null, 400, "x"),
        ("GET", "/api/v1/inbox?desk=true&after=x", Value::Null, 400, "after"),
    ] {
        let before = bench.dump().await;
        let answer = service.ask("root", method, path, body, &[]).await;
        assert_eq!(answer.status.as_u16(), status, "{method} {path}: {}", answer.text);
        assert!(answer.json()["detail"].as_str().unwrap().contains(word), "{path}: {}", answer.text);
        assert_eq!(before, bench.dump().await, "{method} {path} changed something");
    }
}
