//! Back to any date: by a plan that says who held what then.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use bailiwick_store::{Ledger, PlanBack, StoreError};
use common::*;
use serde_json::json;

on_both!(what_was_held_is_held_again, whoever_has_left_does_not_come_back);

async fn back(ledger: &Ledger, name: &str, to: &str, on: &str) -> Result<PlanBack, StoreError> {
    ledger.plan_back(name.parse().unwrap(), day(to), day(on), None).await
}

async fn three_plans(bench: &Bench) {
    let ledger = &bench.ledger;
    let first = plan("P-1", "2026-01-01", &["ACME seller Ann", "BETA seller/Paper Ann", "GAMA seller Cid"]);
    apply(ledger, &first, "2026-01-01T00:00:00Z").await.unwrap();
    let second = plan("P-2", "2026-03-01", &["ACME seller Ben", "BETA seller/Paper Ben", "NEW seller Ben"]);
    apply(ledger, &second, "2026-02-01T00:00:00Z").await.unwrap();
    // Yet to come.
    apply(ledger, &plan("P-3", "2026-09-01", &["ACME hunter Ben"]), "2026-02-02T00:00:00Z").await.unwrap();
}

async fn holders(ledger: &Ledger, on: &str) -> Vec<String> {
    let line = |h: &bailiwick_domain::assignment::Holding| {
        let line = h.product_line.as_ref().map(|line| format!("/{line}")).unwrap_or_default();
        format!("{} {}{line} {}", h.account, h.role, h.employee)
    };
    ledger.holders(day(on)).await.unwrap().iter().map(line).collect()
}

async fn what_was_held_is_held_again(bench: Bench) {
    three_plans(&bench).await;
    let ledger = &bench.ledger;
    let then = holders(ledger, "2026-02-15").await;
    let before = bench.dump().await;
    let way = back(ledger, "P-4", "2026-02-15", "2026-05-01").await.unwrap();
    assert_eq!(before, bench.dump().await, "planning changes nothing");
    assert_eq!((way.kept.len(), way.nobody.len()), (0, 0));
    let april = holders(ledger, "2026-04-30").await;
    apply(ledger, &way.plan, "2026-04-01T00:00:00Z").await.unwrap();
    assert_eq!(holders(ledger, "2026-04-30").await, april, "what came before its date stays");
    assert_eq!(holders(ledger, "2026-05-01").await, then);
    assert_eq!(holders(ledger, "2027-01-01").await, then, "what was to come does not");
    // And forth again.
    let forth = back(ledger, "P-5", "2026-04-30", "2026-06-01").await.unwrap();
    apply(ledger, &forth.plan, "2026-04-02T00:00:00Z").await.unwrap();
    assert_eq!(holders(ledger, "2026-06-01").await, april);
    // A plan back is as stale as any other when something happens meanwhile.
    let stale = bench
        .unchanged(apply(
            ledger,
            &bailiwick_store::NewPlan { id: "P-6".parse().unwrap(), ..way.plan },
            "2026-04-03T00:00:00Z",
        ))
        .await;
    assert!(matches!(stale, StoreError::Stale { .. }), "{stale}");
    let never = back(ledger, "P-7", "2025-06-01", "2026-06-01").await.unwrap_err();
    assert!(matches!(never, StoreError::NoPlanThen { .. }), "{never}");
    ledger.verify_audit().await.unwrap();
}

async fn whoever_has_left_does_not_come_back(bench: Bench) {
    three_plans(&bench).await;
    let ledger = &bench.ledger;
    let mut leaving = plan("P-4", "2026-04-01", &["ACME service Sam"]);
    for name in ["Ann", "Cid"] {
        let mut leaver = employee(name);
        leaver.attributes.insert("end_date".into(), json!("2026-04-01"));
        leaving.employees.push(leaver);
    }
    apply(ledger, &leaving, "2026-03-01T00:00:00Z").await.unwrap();
    let way = back(ledger, "P-5", "2026-02-15", "2026-05-01").await.unwrap();
    let keys = |keys: &[bailiwick_domain::assignment::AssignmentKey]| -> Vec<String> {
        keys.iter().map(ToString::to_string).collect()
    };
    assert_eq!(keys(&way.kept), ["ACME × seller", "BETA × seller × Paper"]);
    assert_eq!(keys(&way.nobody), ["GAMA × seller"]);
    apply(ledger, &way.plan, "2026-04-01T00:00:00Z").await.unwrap();
    assert_eq!(holders(ledger, "2026-05-01").await, ["ACME seller Ben", "BETA seller/Paper Ben"]);
}
