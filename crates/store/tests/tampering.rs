//! Every field of every row is vouched for: change one behind the ledger's back, and the audit trail says so.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use bailiwick_domain::absence::NewAbsence;
use bailiwick_domain::assignment::Later;
use bailiwick_domain::handover::NewHandOver;
use bailiwick_store::{Ledger, NewRoute, RouteBatch, StoreError};
use common::*;
use serde_json::json;

/// A ledger that has rows in every table.
async fn lived_in(bench: Bench) -> Bench {
    let ledger = &bench.ledger;
    apply(ledger, &plan("P-1", "2026-01-01", &["ACME seller Ann", "BETA seller/Paper Ann"]), "2026-01-01T00:00:00Z")
        .await
        .unwrap();
    let mut second = plan("P-2", "2026-04-01", &["ACME seller Ben"]);
    second.accounts[0].parent = Some(account("BETA"));
    apply(ledger, &second, "2026-02-01T00:00:00Z").await.unwrap();
    let mut third = plan("P-3", "2026-03-01", &["ACME seller Cid"]);
    third.employees.push({
        let mut ann = employee("Ann");
        ann.manager = Some("Ben".parse().unwrap());
        ann
    });
    third.later = Later::Replace;
    apply(ledger, &third, "2026-02-02T00:00:00Z").await.unwrap();
    let batch = RouteBatch {
        base_version: None,
        on: day("2026-03-02"),
        accounts: vec![acme("NEW")],
        decisions: vec![NewRoute {
            arrival: json!({"account_id": "NEW"}),
            account: account("NEW"),
            assignments: assignments(&["NEW seller Ben"]),
            why: json!([]),
            seed: 7,
        }],
    };
    ledger.record_route(&batch, "router", moment("2026-03-02T00:00:00Z")).await.unwrap();
    let ben = NewAbsence {
        employee: "Ben".parse().unwrap(),
        from: day("2026-07-01"),
        to: Some(day("2026-08-01")),
        substitute: None,
        reason: "leave".into(),
    };
    let ben = ledger.record_absence(&ben, "planner", moment("2026-06-01T00:00:00Z")).await.unwrap();
    assert!(!ben.covers.is_empty());
    let cid = NewHandOver {
        employee: "Cid".parse().unwrap(),
        on: day("2026-10-01"),
        successor: Some("Ben".parse().unwrap()),
        reason: "retires".into(),
    };
    let cid = ledger.hand_over(&cid, "planner", moment("2026-06-01T12:00:00Z")).await.unwrap();
    let at = moment("2026-06-01T13:00:00Z");
    ledger.take_back(cid.hand_over.id, "stays", "planner", at).await.unwrap();
    let drafted = plan("P-4", "2026-09-01", &["BETA seller Ben"]);
    ledger.draft_plan(&drafted, "planner", "for autumn", moment("2026-06-02T00:00:00Z")).await.unwrap();
    draft_of(ledger, &drafted).await;
    ledger.end_absence(ben.id, day("2026-07-20"), "is back", "planner", moment("2026-07-20T00:00:00Z")).await.unwrap();
    customer_of(ledger, "ACME").await;
    ledger.verify_audit().await.unwrap();
    bench
}

on_both!(a_single_field_altered_anywhere_is_seen, a_row_left_out_or_put_in_is_seen);

async fn broken(ledger: &Ledger) -> bool {
    match ledger.verify_audit().await {
        Ok(_) => false,
        Err(StoreError::AuditBroken(_)) => true,
        Err(other) => panic!("{other}"),
    }
}

const TABLES: [&str; 22] = [
    "absences",
    "accounts",
    "account_history",
    "appeals",
    "assignments",
    "audit",
    "card_links",
    "communications",
    "contacts",
    "covers",
    "employees",
    "employee_history",
    "employee_ways",
    "plans",
    "handovers",
    "needs",
    "particulars",
    "plan_edits",
    "plan_events",
    "policies",
    "proposals",
    "route_decisions",
];

async fn a_single_field_altered_anywhere_is_seen(bench: Bench) {
    let bench = lived_in(bench).await;
    let raw = bench.raw().await;
    raw.unguard().await;
    let mut unseen = Vec::new();
    let mut tried = 0;
    for table in TABLES {
        let rowids = raw.texts(&format!("SELECT CAST(rowid AS TEXT) FROM {table}")).await;
        assert!(!rowids.is_empty(), "{table} has rows");
        for column in raw.columns(table).await.iter().filter(|column| column.name != "rowid") {
            let name = &column.name;
            for rowid in &rowids {
                // Any other value of its type; a missing one gets one; kept for putting it back.
                let other = if column.integer { format!("{name} + 1000") } else { format!("{name} || '1'") };
                let missing = if column.integer { "77" } else { "'77'" };
                raw.execute(&format!(
                    "CREATE TEMP TABLE kept AS SELECT {name} AS was FROM {table} WHERE rowid = {rowid}; \
                     UPDATE {table} SET {name} = coalesce({other}, {missing}) WHERE rowid = {rowid}"
                ))
                .await;
                if !broken(&bench.ledger).await {
                    unseen.push(format!("{table}.{name} of row {rowid}"));
                }
                tried += 1;
                // In SQLite a key that is a row's number moved with it.
                let moved = matches!(raw, Raw::Sqlite(_))
                    && matches!((table, name.as_str()), (_, "id" | "seq") | ("policies", "version"));
                let rowid: i64 = rowid.parse::<i64>().unwrap() + if moved { 1000 } else { 0 };
                raw.execute(&format!(
                    "UPDATE {table} SET {name} = (SELECT was FROM kept) WHERE rowid = {rowid}; DROP TABLE kept"
                ))
                .await;
            }
        }
    }
    assert_eq!(unseen, Vec::<String>::new(), "of {tried}");
    assert!(tried > 300, "{tried}");
    bench.ledger.verify_audit().await.unwrap();
}

async fn a_row_left_out_or_put_in_is_seen(bench: Bench) {
    let place = bench.place.another();
    let bench = lived_in(bench).await;
    let raw = bench.raw().await;
    raw.unguard().await;
    for table in TABLES {
        let one = format!("(SELECT min(rowid) FROM {table})");
        raw.execute(&format!(
            "CREATE TEMP TABLE kept AS SELECT * FROM {table} WHERE rowid = {one}; DELETE FROM {table} WHERE rowid = {one}"
        ))
        .await;
        assert!(broken(&bench.ledger).await, "a row less in {table}");
        raw.execute(&format!("INSERT INTO {table} SELECT * FROM kept; DROP TABLE kept")).await;
        bench.ledger.verify_audit().await.unwrap();
    }
    let bench = lived_in(place.ledger().await).await;
    let raw = bench.raw().await;
    raw.unguard().await;
    raw.execute(
        "INSERT INTO assignments (id, account_id, role, product_line, employee_id, segment, territory, rule, reason, why, \
         valid_from, recorded_at, recorded_by) SELECT 99, 'BETA', 'hunter', '', employee_id, segment, territory, rule, \
         reason, why, valid_from, recorded_at, recorded_by FROM assignments WHERE id = 1",
    )
    .await;
    assert!(broken(&bench.ledger).await, "a row more");
    // The last entry left out with all it wrote: only its version, noted elsewhere, tells.
    let noted = bench.ledger.version().await.unwrap();
    raw.execute("DELETE FROM assignments WHERE id = 99; DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
        .await;
    assert!(broken(&bench.ledger).await, "rows without an entry");
    assert_ne!(noted, bench.ledger.version().await.unwrap());
}
