//! The life of a ledger from the first plan on, told once and run on each database.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use bailiwick_domain::assignment::Later;
use bailiwick_domain::audit::{AuditAction, AuditFilter};
use bailiwick_store::{NewRoute, RouteBatch, StoreError};
use common::*;
use serde_json::json;

on_both!(story, product_lines_have_owners_of_their_own, changed_records_keep_their_former_state);

async fn story(bench: Bench) {
    let ledger = &bench.ledger;
    let empty = ledger.version().await.unwrap();
    assert!(ledger.active_plan(day("2030-01-01")).await.unwrap().is_none());

    // The first plan, made in December for the new year.
    let mut first =
        plan("P-1", "2026-01-01", &["ACME seller Ann", "ACME service Sam", "BETA seller Ann", "GAMA seller Ben"]);
    first.base_version = Some(empty.clone());
    let applied = apply(ledger, &first, "2025-12-20T10:00:00Z").await.unwrap();
    assert_eq!((applied.opened, applied.moved, applied.kept, applied.closed), (4, 0, 0, 0));
    assert_eq!(applied.version, ledger.version().await.unwrap());
    assert_ne!(applied.version, empty);
    assert_eq!(who(ledger, "ACME", "2025-12-31").await, "");
    assert_eq!(who(ledger, "ACME", "2026-01-01").await, "seller=Ann service=Sam");
    assert_eq!(who(ledger, "ACME", "2040-01-01").await, "seller=Ann service=Sam");
    let only = ledger.who(&account("ACME"), Some(&role("service")), None, day("2026-02-01"), None).await.unwrap();
    assert_eq!(owners(&only), "service=Sam");
    assert_eq!(only[0].reason, "Sam serves ACME");
    assert_eq!(only[0].why, json!([{"segment": "All", "when": "true"}]));

    // Again: refused, and told that it is done.
    let error = bench.unchanged(apply(ledger, &first, "2025-12-20T11:00:00Z")).await;
    assert!(matches!(&error, StoreError::AlreadyApplied { on, .. } if *on == day("2026-01-01")), "{error}");

    // A plan made against the empty ledger comes too late.
    let mut stale = plan("P-stale", "2026-04-01", &["ACME seller Ben"]);
    stale.base_version = Some(empty);
    match bench.unchanged(apply(ledger, &stale, "2026-03-01T10:00:00Z")).await {
        StoreError::Stale { now, changes, more, .. } => {
            assert_eq!((now, more), (applied.version.clone(), 0));
            assert_eq!(changes.last().unwrap().action, AuditAction::PlanApplied);
            assert_eq!(changes.last().unwrap().subject, "P-1");
        }
        other => panic!("{other}"),
    }
    // One made against another ledger has no business here.
    stale.base_version = Some("2-0123456789abcdef".parse().unwrap());
    assert!(matches!(
        bench.unchanged(apply(ledger, &stale, "2026-03-01T10:00:00Z")).await,
        StoreError::OtherLedger { .. }
    ));

    // In March the sellers are planned anew, from April: ACME moves, BETA stays, GAMA is given up, DELTA is new.
    let mut second = plan("P-2", "2026-04-01", &["ACME seller Ben", "BETA seller Ann", "DELTA seller Cid"]);
    second.base_version = Some(applied.version);
    let told = std::sync::Mutex::new((0, 0));
    let applied = ledger
        .apply(&second, "planner", moment("2026-03-10T10:00:00Z"), &|done, all| *told.lock().unwrap() = (done, all))
        .await
        .unwrap();
    assert_eq!((applied.opened, applied.moved, applied.kept, applied.closed), (1, 1, 1, 1));
    assert_eq!(*told.lock().unwrap(), (9, 9));
    assert_eq!(who(ledger, "ACME", "2026-03-31").await, "seller=Ann service=Sam");
    assert_eq!(who(ledger, "ACME", "2026-04-01").await, "seller=Ben service=Sam");
    assert_eq!(who(ledger, "GAMA", "2026-03-31").await, "seller=Ben");
    assert_eq!(who(ledger, "GAMA", "2026-04-01").await, "");
    assert_eq!(who(ledger, "DELTA", "2026-04-01").await, "seller=Cid");
    // On 9 March we did not know it yet.
    assert_eq!(who_as_known(ledger, "ACME", "2026-04-01", "2026-03-09T00:00:00Z").await, "seller=Ann service=Sam");
    assert_eq!(who_as_known(ledger, "ACME", "2026-04-01", "2026-03-11T00:00:00Z").await, "seller=Ben service=Sam");
    assert_eq!(who_as_known(ledger, "ACME", "2026-04-01", "2025-12-01T00:00:00Z").await, "");
    assert_eq!(who_as_known(ledger, "GAMA", "2026-05-01", "2026-03-09T00:00:00Z").await, "seller=Ben");

    // What was kept was not touched; what moved has its whole past.
    let beta = ledger.history(&account("BETA")).await.unwrap();
    assert_eq!((beta.len(), beta[0].superseded_at), (1, None));
    let acme: Vec<String> = ledger
        .history(&account("ACME"))
        .await
        .unwrap()
        .iter()
        .filter(|a| a.role == "seller")
        .map(|a| {
            let to = a.valid_to.map_or("…".into(), |to| to.to_string());
            format!(
                "{} {}–{to}{}",
                a.employee,
                a.valid_from,
                if a.superseded_at.is_some() { " superseded" } else { "" }
            )
        })
        .collect();
    assert_eq!(acme, ["Ann 2026-01-01–… superseded", "Ann 2026-01-01–2026-04-01", "Ben 2026-04-01–…"]);

    // February can no longer be planned: April is recorded. Unless April is to go.
    let mut february = plan("P-3", "2026-02-01", &["ACME seller Cid", "BETA seller Ann"]);
    match bench.unchanged(apply(ledger, &february, "2026-03-12T10:00:00Z")).await {
        StoreError::LaterChange { key, later, count, .. } => {
            assert_eq!((key.to_string().as_str(), later, count), ("ACME × seller", day("2026-04-01"), 3));
        }
        other => panic!("{other}"),
    }
    february.later = Later::Replace;
    let applied = apply(ledger, &february, "2026-03-12T10:00:00Z").await.unwrap();
    // GAMA is closed in February already; DELTA, which was to begin in April, never does.
    assert_eq!((applied.opened, applied.moved, applied.kept, applied.closed), (0, 1, 1, 1));
    assert_eq!(who(ledger, "ACME", "2026-04-01").await, "seller=Cid service=Sam");
    assert_eq!(who(ledger, "DELTA", "2026-04-01").await, "");
    assert_eq!(who(ledger, "GAMA", "2026-02-01").await, "");
    assert_eq!(who_as_known(ledger, "DELTA", "2026-04-01", "2026-03-11T00:00:00Z").await, "seller=Cid");
    assert_eq!(ledger.active_plan(day("2026-05-01")).await.unwrap().unwrap().id, "P-3");
    assert_eq!(ledger.active_plan(day("2026-01-15")).await.unwrap().unwrap().id, "P-1");
    assert_eq!(ledger.active_plan(day("2025-01-15")).await.unwrap(), None);
    let states: Vec<String> =
        ledger.plans().await.unwrap().iter().map(|plan| format!("{} {}", plan.id, plan.state)).collect();
    assert_eq!(states, ["P-1 applied", "P-2 archived", "P-3 applied"]);
    let active = ledger.active_plan(day("2026-05-01")).await.unwrap().unwrap();
    assert_eq!((active.policy_version, &active.frozen), (1, &json!({"importance": {"VIP": 0.95}})));
    assert_eq!(active.policy_text, february.policy_text);

    // Who holds what, and how much.
    let holders: Vec<String> = ledger
        .holders(day("2026-05-01"))
        .await
        .unwrap()
        .iter()
        .map(|h| format!("{} {} {}", h.account, h.role, h.employee))
        .collect();
    assert_eq!(holders, ["ACME seller Cid", "ACME service Sam", "BETA seller Ann"]);
    let loads: Vec<String> = ledger
        .loads(day("2026-01-15"))
        .await
        .unwrap()
        .iter()
        .map(|l| format!("{} {} {}", l.role, l.employee, l.accounts))
        .collect();
    assert_eq!(loads, ["seller Ann 2", "seller Ben 1", "service Sam 1"]);

    people_and_names(&bench).await;
    arrivals(&bench).await;
    trail(&bench).await;
}

async fn people_and_names(bench: &Bench) {
    let ledger = &bench.ledger;
    let ids: Vec<String> = ledger.employees().await.unwrap().iter().map(|e| e.id.to_string()).collect();
    assert_eq!(ids, ["Ann", "Ben", "Cid", "Sam"]);
    let ann = ledger.employee(&"Ann".parse().unwrap()).await.unwrap().unwrap();
    assert_eq!(ann, employee("Ann"));
    assert!(ledger.account(&account("NOBODY")).await.unwrap().is_none());
    assert_eq!(ledger.account(&account("ACME")).await.unwrap().unwrap(), acme("ACME"));
    let names = async |text: &str| -> Vec<String> {
        ledger.find_accounts(text, 10).await.unwrap().iter().map(|a| a.id.to_string()).collect()
    };
    assert_eq!(names("be").await, ["BETA"]);
    assert_eq!(names("COMPANY D").await, ["DELTA"]);
    assert_eq!(names("compan").await, ["ACME", "BETA", "DELTA", "GAMA"]);
    assert_eq!(names("%").await, Vec::<String>::new());
}

async fn arrivals(bench: &Bench) {
    let ledger = &bench.ledger;
    let mut sofia = acme("SOFIA");
    sofia.name = "ПЕКАРНА Витоша".into();
    let arrival = |id: &str, lines: &[&str]| NewRoute {
        arrival: json!({"account_id": id}),
        account: account(id),
        assignments: assignments(lines),
        why: json!(["rotation"]),
        seed: u64::MAX,
    };
    let batch = RouteBatch {
        base_version: Some(ledger.version().await.unwrap()),
        on: day("2026-03-15"),
        accounts: vec![sofia],
        decisions: vec![
            arrival("SOFIA", &["SOFIA seller Ben", "SOFIA service Sam"]),
            arrival("ACME", &["ACME seller Ben"]),
            arrival("SOFIA", &["SOFIA seller Cid"]),
        ],
    };
    let routed = ledger.record_route(&batch, "router", moment("2026-03-15T08:00:00Z")).await.unwrap();
    assert_eq!((routed.opened, routed.kept), (2, 2));
    // Known accounts keep their owners, those of the same batch included.
    let owners: Vec<String> = routed.owners.iter().map(|o| format!("{} {}", o[0].employee, o[0].kept)).collect();
    assert_eq!(owners, ["Ben false", "Cid true", "Ben true"]);
    assert_eq!(who(ledger, "SOFIA", "2026-03-15").await, "seller=Ben service=Sam");
    assert_eq!(who(ledger, "SOFIA", "2026-03-14").await, "");
    assert_eq!(ledger.find_accounts("пекарна", 5).await.unwrap().len(), 1);
    let decisions = ledger.route_decisions(&account("SOFIA")).await.unwrap();
    assert_eq!((decisions.len(), decisions[0].seed, &decisions[0].why), (2, u64::MAX, &json!(["rotation"])));
    assert_eq!(decisions[1].owners, routed.owners[2]);

    // The same batch again was decided on what is no longer so.
    let error = bench.unchanged(ledger.record_route(&batch, "router", moment("2026-03-15T08:00:00Z"))).await;
    assert!(matches!(error, StoreError::Stale { .. }), "{error}");
    let mut unknown = batch.clone();
    unknown.base_version = None;
    unknown.decisions.push(arrival("NOBODY", &["NOBODY seller Ben"]));
    let error = bench.unchanged(ledger.record_route(&unknown, "router", moment("2026-03-15T08:00:00Z"))).await;
    assert!(matches!(error, StoreError::UnknownAccount { .. }), "{error}");
    unknown.decisions.pop();
    unknown.decisions.push(arrival("ACME", &["ACME hunter Zoe"]));
    let error = bench.unchanged(ledger.record_route(&unknown, "router", moment("2026-03-15T08:00:00Z"))).await;
    assert!(matches!(error, StoreError::UnknownEmployee { .. }), "{error}");
}

async fn trail(bench: &Bench) {
    let ledger = &bench.ledger;
    let all = ledger.audit(&AuditFilter::default()).await.unwrap();
    let told: Vec<String> = all.iter().map(|e| format!("{} {} {}", e.seq, e.action, e.subject)).collect();
    assert_eq!(
        told,
        [
            "1 policy.saved 1",
            "2 accounts.saved 3 accounts",
            "3 employees.saved 3 employees",
            "4 plan.applied P-1",
            "5 accounts.saved DELTA",
            "6 employees.saved Cid",
            "7 plan.applied P-2",
            "8 plan.applied P-3",
            "9 accounts.saved SOFIA",
            "10 route.recorded 3 arrivals",
        ]
    );
    assert_eq!(all[6].reason, "yearly planning");
    assert_eq!(all[6].after["moved"], 1);
    assert_eq!(ledger.verify_audit().await.unwrap(), 10);
    // Moments strictly increase from change to change.
    let mut moments: Vec<_> = all.iter().map(|e| e.at).collect();
    assert!(moments.is_sorted());
    moments.dedup();
    assert_eq!(moments.len(), 4);

    let seqs = async |filter: AuditFilter| -> Vec<u64> {
        ledger.audit(&filter).await.unwrap().iter().map(|entry| entry.seq).collect()
    };
    assert_eq!(seqs(AuditFilter { account: Some(account("ACME")), ..AuditFilter::default() }).await, [4, 7, 8, 10]);
    assert_eq!(seqs(AuditFilter { actor: Some("router".into()), ..AuditFilter::default() }).await, [9, 10]);
    let applied = AuditFilter { action: Some(AuditAction::PlanApplied), limit: Some(2), ..AuditFilter::default() };
    assert_eq!(seqs(applied).await, [4, 7]);
    let march = AuditFilter {
        from: Some(moment("2026-03-11T00:00:00Z")),
        until: Some(moment("2026-03-13T00:00:00Z")),
        ..AuditFilter::default()
    };
    assert_eq!(seqs(march).await, [8]);
    assert_eq!(seqs(AuditFilter { after_seq: Some(8), ..AuditFilter::default() }).await, [9, 10]);
}

async fn product_lines_have_owners_of_their_own(bench: Bench) {
    let ledger = &bench.ledger;
    let lines = ["ACME seller/Printers Ann", "ACME seller/Scanners Ben", "ACME service Sam"];
    apply(ledger, &plan("P-1", "2026-01-01", &lines), "2026-01-01T00:00:00Z").await.unwrap();
    let asked = async |line: &str| {
        let line = line.parse().unwrap();
        owners(&ledger.who(&account("ACME"), None, Some(&line), day("2026-01-01"), None).await.unwrap())
    };
    assert_eq!(asked("Printers").await, "seller/Printers=Ann service=Sam");
    assert_eq!(asked("Scanners").await, "seller/Scanners=Ben service=Sam");
    assert_eq!(asked("Paper").await, "service=Sam");
    assert_eq!(who(ledger, "ACME", "2026-01-01").await, "seller/Printers=Ann seller/Scanners=Ben service=Sam");
    // A plan for one line leaves the other alone.
    apply(ledger, &plan("P-2", "2026-02-01", &["ACME seller/Printers Cid"]), "2026-02-01T00:00:00Z").await.unwrap();
    assert_eq!(who(ledger, "ACME", "2026-02-01").await, "seller/Printers=Cid seller/Scanners=Ben service=Sam");
    ledger.verify_audit().await.unwrap();
}

async fn changed_records_keep_their_former_state(bench: Bench) {
    let ledger = &bench.ledger;
    let mut first = plan("P-1", "2026-01-01", &["ACME seller Ann", "BETA seller Ann"]);
    apply(ledger, &first, "2026-01-01T00:00:00Z").await.unwrap();
    first.id = "P-2".parse().unwrap();
    first.accounts[1].name = "Beta & Sons".into();
    first.employees[0].department = Some("West".into());
    apply(ledger, &first, "2026-01-01T00:00:00Z").await.unwrap();
    assert_eq!(ledger.account(&account("BETA")).await.unwrap().unwrap().name, "Beta & Sons");
    let raw = bench.raw().await;
    let history = raw.rows("account_history").await;
    assert_eq!(history.len(), 1);
    assert_eq!(history[0][..2], ["'BETA'", "'Company BETA'"]);
    assert_eq!(raw.rows("employee_history").await.len(), 1);
    ledger.verify_audit().await.unwrap();
}
