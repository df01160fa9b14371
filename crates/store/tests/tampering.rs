//! Every field of every row is vouched for: change one behind the ledger's back, and the audit trail says so.

#![allow(clippy::unwrap_used)]

mod common;

use bailiwick_domain::assignment::Later;
use bailiwick_store::{Ledger, NewRoute, RouteBatch, StoreError};
use common::*;
use serde_json::json;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqlitePool;

/// A ledger that has rows in every table.
async fn lived_in() -> Bench {
    let bench = Bench::sqlite().await;
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
    ledger.verify_audit().await.unwrap();
    bench
}

async fn unguard(raw: &SqlitePool) {
    let triggers: Vec<String> =
        sqlx::query_scalar("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetch_all(raw).await.unwrap();
    for trigger in triggers {
        sqlx::raw_sql(AssertSqlSafe(format!("DROP TRIGGER {trigger}"))).execute(raw).await.unwrap();
    }
    sqlx::raw_sql("PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF").execute(raw).await.unwrap();
}

async fn broken(ledger: &Ledger) -> bool {
    match ledger.verify_audit().await {
        Ok(_) => false,
        Err(StoreError::AuditBroken(_)) => true,
        Err(other) => panic!("{other}"),
    }
}

const TABLES: [&str; 9] = [
    "accounts",
    "account_history",
    "assignments",
    "audit",
    "employees",
    "employee_history",
    "plans",
    "policies",
    "route_decisions",
];

#[tokio::test]
async fn a_single_field_altered_anywhere_is_seen() {
    let bench = lived_in().await;
    let raw = bench.raw().await;
    unguard(&raw).await;
    let mut unseen = Vec::new();
    let mut tried = 0;
    for table in TABLES {
        assert!(!rows(&raw, table).await.is_empty(), "{table} has rows");
        let rowids: Vec<i64> =
            sqlx::query_scalar(AssertSqlSafe(format!("SELECT rowid FROM {table}"))).fetch_all(&raw).await.unwrap();
        for column in columns(&raw, table).await {
            for rowid in &rowids {
                // Any other value of its type; a missing one gets one; kept for putting it back.
                let alter = format!(
                    "CREATE TEMP TABLE kept AS SELECT {column} AS was FROM {table} WHERE rowid = {rowid}; \
                     UPDATE {table} SET {column} = CASE typeof({column}) WHEN 'integer' THEN {column} + 1000 WHEN 'text' THEN \
                     {column} || '1' ELSE '77' END WHERE rowid = {rowid}"
                );
                sqlx::raw_sql(AssertSqlSafe(alter)).execute(&raw).await.unwrap();
                if !broken(&bench.ledger).await {
                    unseen.push(format!("{table}.{column} of row {rowid}"));
                }
                tried += 1;
                // A key that is a row's number moved with it.
                let rowid = match column.as_str() {
                    "id" | "seq" | "version" => rowid + 1000,
                    _ => *rowid,
                };
                let restore = format!(
                    "UPDATE {table} SET {column} = (SELECT was FROM kept) WHERE rowid = {rowid}; DROP TABLE kept"
                );
                sqlx::raw_sql(AssertSqlSafe(restore)).execute(&raw).await.unwrap();
            }
        }
    }
    assert_eq!(unseen, Vec::<String>::new(), "of {tried}");
    assert!(tried > 300, "{tried}");
    bench.ledger.verify_audit().await.unwrap();
}

#[tokio::test]
async fn a_row_left_out_or_put_in_is_seen() {
    for table in TABLES {
        let bench = lived_in().await;
        let raw = bench.raw().await;
        unguard(&raw).await;
        let delete = format!("DELETE FROM {table} WHERE rowid = (SELECT min(rowid) FROM {table})");
        sqlx::raw_sql(AssertSqlSafe(delete)).execute(&raw).await.unwrap();
        assert!(broken(&bench.ledger).await, "a row less in {table}");
    }
    let bench = lived_in().await;
    let raw = bench.raw().await;
    unguard(&raw).await;
    sqlx::raw_sql(
        "INSERT INTO assignments SELECT 99, 'BETA', 'hunter', '', employee_id, segment, territory, rule, reason, why, \
         valid_from, NULL, recorded_at, recorded_by, NULL, NULL FROM assignments WHERE id = 1",
    )
    .execute(&raw)
    .await
    .unwrap();
    assert!(broken(&bench.ledger).await, "a row more");
    // The last entry left out with all it wrote: only its version, noted elsewhere, tells.
    let noted = bench.ledger.version().await.unwrap();
    sqlx::raw_sql("DELETE FROM assignments WHERE id = 99; DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)")
        .execute(&raw)
        .await
        .unwrap();
    assert!(broken(&bench.ledger).await, "rows without an entry");
    assert_ne!(noted, bench.ledger.version().await.unwrap());
}
