//! A leaver's portfolio goes to others in one step, which can be taken back; and nothing is promised to them any more.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use bailiwick_domain::absence::NewAbsence;
use bailiwick_domain::assignment::Later;
use bailiwick_domain::handover::NewHandOver;
use bailiwick_domain::id::EmployeeId;
use bailiwick_store::{Ledger, NewRoute, RouteBatch, StoreError};
use common::*;
use serde_json::json;

on_both!(
    a_portfolio_is_spread_over_those_who_do_the_same,
    a_hand_over_that_is_taken_back_never_was,
    what_was_changed_since_stays,
    nothing_is_promised_to_who_has_left,
);

fn person(name: &str) -> EmployeeId {
    name.parse().unwrap()
}

fn leaves(employee: &str, on: &str, successor: Option<&str>) -> NewHandOver {
    NewHandOver { employee: person(employee), on: day(on), successor: successor.map(person), reason: "retires".into() }
}

/// Ann sells to four, Ben to two, Cid to one and Dan is away; Ann alone does service for one; Max manages all.
async fn company(ledger: &Ledger) {
    let lines = [
        "A-1 seller Ann",
        "A-2 seller Ann",
        "A-3 seller Ann",
        "A-4 seller Ann",
        "A-1 service Ann",
        "B-1 seller Ben",
        "B-2 seller Ben",
        "C-1 seller Cid",
        "D-1 seller Dan",
    ];
    let mut plan = plan("P-1", "2026-01-01", &lines);
    for employee in &mut plan.employees {
        employee.manager = Some(person("Max"));
    }
    plan.employees.push(employee("Max"));
    apply(ledger, &plan, "2026-01-01T00:00:00Z").await.unwrap();
    let dan = NewAbsence {
        employee: person("Dan"),
        from: day("2026-05-01"),
        to: Some(day("2026-08-01")),
        substitute: Some(person("Ann")),
        reason: "leave".into(),
    };
    ledger.record_absence(&dan, "hr", moment("2026-01-02T00:00:00Z")).await.unwrap();
}

async fn holders(ledger: &Ledger, on: &str) -> String {
    let all = ledger.holders(day(on)).await.unwrap();
    all.iter().map(|h| format!("{} {} {}", h.account, h.role, h.employee)).collect::<Vec<_>>().join(", ")
}

async fn a_portfolio_is_spread_over_those_who_do_the_same(bench: Bench) {
    let ledger = &bench.ledger;
    company(ledger).await;
    let before = holders(ledger, "2026-06-30").await;
    let new = leaves("Ann", "2026-07-01", None);
    let done = ledger.hand_over(&new, "hr", moment("2026-06-01T00:00:00Z")).await.unwrap();
    assert_eq!((done.passed.len(), done.nobody.len()), (5, 0));
    assert_eq!(holders(ledger, "2026-06-30").await, before);
    // Cid, who had one, gets two, then Ben and Cid in turn; Dan is away; nobody else does service: the manager.
    assert_eq!(
        holders(ledger, "2026-07-01").await,
        "A-1 seller Cid, A-1 service Max, A-2 seller Ben, A-3 seller Cid, A-4 seller Ben, B-1 seller Ben, B-2 seller Ben, \
         C-1 seller Cid, D-1 seller Dan"
    );
    let taken = ledger.who(&account("A-1"), Some(&role("seller")), None, day("2026-07-01"), None).await.unwrap();
    assert_eq!(taken[0].reason, "takes over from Ann, who leaves on 2026-07-01");
    // The checklist: who is to be introduced, and whom Ann would have stood in for.
    let loose = ledger.loose_ends(&person("Ann"), day("2026-07-01")).await.unwrap();
    assert!(loose.holds.is_empty() && loose.manages.is_empty());
    assert_eq!(loose.introduce, [(person("Ben"), 2), (person("Cid"), 2), (person("Max"), 1)]);
    assert_eq!(loose.stands_in_for, [person("Dan")]);
    let max = ledger.loose_ends(&person("Max"), day("2026-07-01")).await.unwrap();
    assert_eq!((max.holds.len(), max.manages.len()), (1, 4));
    ledger.verify_audit().await.unwrap();
}

async fn a_hand_over_that_is_taken_back_never_was(bench: Bench) {
    let ledger = &bench.ledger;
    company(ledger).await;
    // Something that ends, and something that begins later: both go over and both come back.
    let mut later = plan("P-2", "2026-09-01", &["A-1 seller Ann", "A-2 seller Ben", "N-1 seller Ann"]);
    later.scope.retain(|key| key.role == "seller");
    apply(ledger, &later, "2026-02-01T00:00:00Z").await.unwrap();
    let days = ["2026-06-30", "2026-07-01", "2026-08-31", "2026-09-01", "2027-01-01"];
    let mut before = Vec::new();
    for day in days {
        before.push(holders(ledger, day).await);
    }
    let new = leaves("Ann", "2026-07-01", Some("Max"));
    let done = ledger.hand_over(&new, "hr", moment("2026-06-01T00:00:00Z")).await.unwrap();
    for day in &days[1..] {
        assert!(!holders(ledger, day).await.contains("Ann"), "on {day}");
    }
    let back = ledger.take_back(done.hand_over.id, "stays", "hr", moment("2026-06-02T00:00:00Z")).await.unwrap();
    assert_eq!((back.restored.len(), back.changed_since.len()), (done.passed.len(), 0));
    for (day, before) in days.iter().zip(&before) {
        assert_eq!(holders(ledger, day).await, *before, "on {day}");
    }
    let ann = ledger.who(&account("A-1"), Some(&role("seller")), None, day("2026-08-01"), None).await.unwrap();
    assert_eq!(ann[0].valid_from, day("2026-01-01"), "since the day it always was");
    assert_eq!(who_as_known(ledger, "A-3", "2026-08-01", "2026-06-01T12:00:00Z").await, "seller=Max");
    let again = bench.unchanged(ledger.take_back(done.hand_over.id, "", "hr", moment("2026-06-03T00:00:00Z"))).await;
    assert!(matches!(again, StoreError::UnknownHandOver { .. }), "{again}");
    assert!(ledger.hand_overs().await.unwrap().is_empty());
    // Ann may go after all.
    ledger.hand_over(&new, "hr", moment("2026-06-04T00:00:00Z")).await.unwrap();
    ledger.verify_audit().await.unwrap();
}

async fn what_was_changed_since_stays(bench: Bench) {
    let ledger = &bench.ledger;
    company(ledger).await;
    let new = leaves("Ann", "2026-07-01", Some("Ben"));
    let done = ledger.hand_over(&new, "hr", moment("2026-06-01T00:00:00Z")).await.unwrap();
    let mut moved = plan("P-2", "2026-10-01", &["A-2 seller Cid"]);
    moved.later = Later::Replace;
    apply(ledger, &moved, "2026-06-02T00:00:00Z").await.unwrap();
    let back = ledger.take_back(done.hand_over.id, "stays", "hr", moment("2026-06-03T00:00:00Z")).await.unwrap();
    let restored: Vec<String> = back.restored.iter().map(ToString::to_string).collect();
    assert_eq!(restored, ["A-1 × service"], "the plan touched every seller");
    assert_eq!(back.changed_since.len(), 4);
    assert_eq!(who(ledger, "A-1", "2026-07-01").await, "seller=Ben service=Ann");
    assert_eq!(who(ledger, "A-2", "2026-10-01").await, "seller=Cid");
    ledger.verify_audit().await.unwrap();
}

async fn nothing_is_promised_to_who_has_left(bench: Bench) {
    let ledger = &bench.ledger;
    company(ledger).await;
    let at = moment("2026-06-01T00:00:00Z");
    let mut told = Vec::new();
    for new in [
        leaves("Zoe", "2026-07-01", None),
        leaves("Ann", "2026-07-01", Some("Ann")),
        leaves("Ann", "2026-07-01", Some("Dan")),
    ] {
        told.push(bench.unchanged(ledger.hand_over(&new, "hr", at)).await.to_string());
    }
    ledger.hand_over(&leaves("Ann", "2026-07-01", None), "hr", at).await.unwrap();
    told.push(bench.unchanged(ledger.hand_over(&leaves("Ann", "2026-08-01", None), "hr", at)).await.to_string());
    told.push(bench.unchanged(ledger.hand_over(&leaves("Ben", "2026-08-01", Some("Ann")), "hr", at)).await.to_string());
    told.push(
        bench
            .unchanged(apply(ledger, &plan("P-2", "2026-08-01", &["X-1 hunter Ann"]), "2026-06-02T00:00:00Z"))
            .await
            .to_string(),
    );
    let batch = RouteBatch {
        base_version: None,
        on: day("2026-08-01"),
        accounts: vec![acme("X-1")],
        decisions: vec![NewRoute {
            arrival: json!({}),
            account: account("X-1"),
            assignments: assignments(&["X-1 seller Ann"]),
            why: json!([]),
            seed: 1,
        }],
    };
    told.push(bench.unchanged(ledger.record_route(&batch, "router", at)).await.to_string());
    let stand_in = NewAbsence {
        employee: person("Ben"),
        from: day("2026-08-01"),
        to: None,
        substitute: Some(person("Ann")),
        reason: "leave".into(),
    };
    told.push(bench.unchanged(ledger.record_absence(&stand_in, "hr", at)).await.to_string());
    insta::allow_duplicates!(insta::assert_snapshot!(told.join("\n"), @"
    there is no employee Zoe: they are neither in the ledger nor among the employees handed in
    Ann cannot step in from 2026-07-01 until 2026-07-02: they are away, not employed all the time, or the very person to be replaced
    Dan cannot step in from 2026-07-01 until 2026-07-02: they are away, not employed all the time, or the very person to be replaced
    Ann has handed over everything on 2026-07-01 and is given nothing any more: choose somebody else, or take the hand-over back
    Ann cannot step in from 2026-08-01 until 2026-08-02: they are away, not employed all the time, or the very person to be replaced
    Ann has handed over everything on 2026-07-01 and is given nothing any more: choose somebody else, or take the hand-over back
    Ann has handed over everything on 2026-07-01 and is given nothing any more: choose somebody else, or take the hand-over back
    Ann cannot step in from 2026-08-01 until further notice: they are away, not employed all the time, or the very person to be replaced
    "));
}
