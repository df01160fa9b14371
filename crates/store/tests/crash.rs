//! Whatever interrupts a change, before its last step nothing has happened, after it all has.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::Command;
use std::task::Poll;

use bailiwick_store::{Ledger, NewPlan, StoreError};
use common::*;

/// Big enough to be written in several statements.
const ACCOUNTS: usize = 1_500;

fn big(id: &str, on: &str, employee: &str) -> NewPlan {
    let lines: Vec<String> = (0..ACCOUNTS).map(|i| format!("A-{i:04} seller {employee}")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    plan(id, on, &lines)
}

on_both!(
    a_change_that_is_dropped_midway_never_happened,
    a_change_that_fails_midway_never_happened,
    the_database_itself_allows_no_second_owner_and_forgets_nothing,
    a_process_that_dies_midway_leaves_nothing_behind,
);

async fn a_change_that_is_dropped_midway_never_happened(bench: Bench) {
    apply(&bench.ledger, &big("P-1", "2026-01-01", "Ann"), "2026-01-01T00:00:00Z").await.unwrap();
    let before = bench.dump().await;
    let next = big("P-2", "2026-02-01", "Ben");
    let all = 2 * ACCOUNTS as u64 + 1;
    for stop_at in [1, all / 2, ACCOUNTS as u64 + 1, all - 600, all] {
        let progress = |done: u64, _: u64| assert!(done < stop_at, "stopped on purpose");
        {
            let mut change = Box::pin(bench.ledger.apply(&next, "planner", moment("2026-02-01T00:00:00Z"), &progress));
            let stopped = std::future::poll_fn(|context| {
                match catch_unwind(AssertUnwindSafe(|| change.as_mut().poll(context))) {
                    Ok(polled) => polled.map(|_| false),
                    Err(_) => Poll::Ready(true),
                }
            });
            assert!(stopped.await, "it was to be stopped at {stop_at} of {all}");
        }
        assert_eq!(who(&bench.ledger, "A-0001", "2026-02-01").await, "seller=Ann");
        assert!(before == bench.dump().await, "something was left of a change dropped at {stop_at} of {all}");
    }
    // And nothing stands in its way later.
    apply(&bench.ledger, &next, "2026-02-01T00:00:00Z").await.unwrap();
    assert_eq!(who(&bench.ledger, "A-0001", "2026-02-01").await, "seller=Ben");
    bench.ledger.verify_audit().await.unwrap();
}

async fn a_change_that_fails_midway_never_happened(bench: Bench) {
    apply(&bench.ledger, &big("P-1", "2026-01-01", "Ann"), "2026-01-01T00:00:00Z").await.unwrap();
    let raw = bench.raw().await;
    for (table, condition) in [
        ("assignments", "NEW.account_id = 'A-1400' AND NEW.employee_id = 'Ben'"),
        ("employees", "true"),
        ("plans", "true"),
        ("audit", "NEW.action = 'plan.applied'"),
    ] {
        raw.fail_on(table, condition).await;
        let error =
            bench.unchanged(apply(&bench.ledger, &big("P-2", "2026-02-01", "Ben"), "2026-02-01T00:00:00Z")).await;
        assert!(error.to_string().contains("injected"), "{error}");
        raw.fail_no_more(table).await;
    }
    bench.ledger.verify_audit().await.unwrap();
}

async fn the_database_itself_allows_no_second_owner_and_forgets_nothing(bench: Bench) {
    apply(&bench.ledger, &plan("P-1", "2026-01-01", &["ACME seller Ann"]), "2026-01-01T00:00:00Z").await.unwrap();
    let raw = bench.raw().await;
    let insert = "INSERT INTO assignments SELECT 99, account_id, role, product_line, 'Ben', segment, territory, rule, reason, \
        why, '2026-05-01', NULL, recorded_at, recorded_by, NULL, NULL FROM assignments WHERE id = 1";
    for (attempt, refusal) in [
        (insert, "two owners"),
        ("UPDATE assignments SET employee_id = 'Ben'", "append-only"),
        ("UPDATE audit SET actor = 'nobody'", "append-only"),
        ("UPDATE plans SET summary = ''", "append-only"),
        ("UPDATE policies SET text = ''", "append-only"),
        ("DELETE FROM assignments", "append-only"),
        ("DELETE FROM audit", "append-only"),
        ("DELETE FROM accounts", "never removed"),
        ("DELETE FROM employees", "never removed"),
    ] {
        let error = raw.refused(attempt).await;
        // PostgreSQL has not even given the right to try.
        assert!(error.contains(refusal) || error.contains("permission denied"), "{attempt}: {error}");
        if let Place::Postgres(database) = &bench.place {
            let error = Raw::open(&database.admin_url).await.refused(attempt).await;
            assert!(error.contains(refusal), "{attempt} by somebody who has every right: {error}");
        }
    }
    if let Place::Postgres(database) = &bench.place {
        let admin = Raw::open(&database.admin_url).await;
        // Sessions are not history: they end, and are gone.
        for table in admin
            .tables()
            .await
            .into_iter()
            .filter(|table| is_history(table) && table != "webhooks" && table != "identities")
        {
            let error = admin.refused(&format!("TRUNCATE {table} CASCADE")).await;
            assert!(error.contains("append-only") || error.contains("never removed"), "{table}: {error}");
        }
    }
    bench.ledger.verify_audit().await.unwrap();
}

/// Set for the child that shall die.
const LEDGER: &str = "BAILIWICK_TEST_CRASHING_LEDGER";
const STEP: &str = "BAILIWICK_TEST_CRASHING_STEP";

/// Not a test of its own: the process below runs it, and it kills its process while it writes.
#[tokio::test]
#[ignore = "run by a_process_that_dies_midway_leaves_nothing_behind"]
async fn dying_process() {
    let (Ok(url), Ok(step)) = (std::env::var(LEDGER), std::env::var(STEP)) else { return };
    let step: u64 = step.parse().unwrap();
    let ledger = Ledger::open(&url).await.unwrap();
    let progress = |done: u64, _: u64| {
        if done >= step {
            std::process::abort();
        }
    };
    let _ = ledger.apply(&big("P-2", "2026-02-01", "Ben"), "planner", moment("2026-02-01T00:00:00Z"), &progress).await;
}

async fn a_process_that_dies_midway_leaves_nothing_behind(bench: Bench) {
    apply(&bench.ledger, &big("P-1", "2026-01-01", "Ann"), "2026-01-01T00:00:00Z").await.unwrap();
    bench.ledger.close().await;
    let before = bench.dump().await;
    let all = 2 * ACCOUNTS as u64 + 1;
    for step in [ACCOUNTS as u64, ACCOUNTS as u64 + 600, all] {
        let child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "dying_process", "--include-ignored"])
            .env(LEDGER, bench.url())
            .env(STEP, step.to_string())
            .output()
            .unwrap();
        assert!(!child.status.success(), "the process was to die at {step} of {all}");
        assert!(before == bench.dump().await, "something was left by a process that died at {step} of {all}");
    }
    let ledger = Ledger::open(&bench.url()).await.unwrap();
    ledger.verify_audit().await.unwrap();
    match apply(&ledger, &big("P-1", "2026-01-01", "Ann"), "2026-01-01T00:00:00Z").await {
        Err(StoreError::AlreadyApplied { .. }) => {}
        other => panic!("{other:?}"),
    }
}
