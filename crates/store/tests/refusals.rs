//! What is refused, in words, and that a refusal changes nothing.

#![allow(clippy::unwrap_used)]

mod common;

use bailiwick_store::{Ledger, OpenOptions, StoreError};
use common::*;
use std::time::Duration;

async fn refused(bench: &Bench, change: impl Fn(&mut bailiwick_store::NewPlan)) -> String {
    let mut plan = plan("P-2", "2026-02-01", &["ACME seller Ben", "BETA seller Ben"]);
    change(&mut plan);
    bench.unchanged(apply(&bench.ledger, &plan, "2026-02-01T00:00:00Z")).await.to_string()
}

#[tokio::test]
async fn a_wrong_plan_changes_nothing_on_sqlite() {
    let bench = Bench::sqlite().await;
    apply(&bench.ledger, &plan("P-1", "2026-01-01", &["ACME seller Ann"]), "2026-01-01T00:00:00Z").await.unwrap();
    let told = [
        refused(&bench, |plan| plan.assignments.push(assignments(&["ACME seller Ann"]).remove(0))).await,
        refused(&bench, |plan| plan.assignments.push(assignments(&["ACME hunter Ann"]).remove(0))).await,
        refused(&bench, |plan| plan.accounts.clear()).await,
        refused(&bench, |plan| plan.employees.clear()).await,
        refused(&bench, |plan| plan.accounts.push(acme("ACME"))).await,
        refused(&bench, |plan| plan.policy_text.push('#')).await.split(" (").next().unwrap().to_owned(),
        refused(&bench, |plan| plan.on = day("2025-12-01")).await,
        refused(&bench, |plan| plan.on = jiff::civil::date(0, 1, 1)).await,
    ];
    insta::assert_snapshot!(told.join("\n"), @r"
    ACME × seller is given to two employees, Ben and Ann: each account × role × product line has one owner
    ACME × hunter is outside the scope of the plan: add its role and product line to the scope
    there is no account BETA: it is neither in the ledger nor among the accounts handed in
    there is no employee Ben: they are neither in the ledger nor among the employees handed in
    account ACME is handed in twice
    the policy is not the one the plan was made with
    ACME × seller already has a change recorded for 2026-01-01, after 2025-12-01 (1 in all): choose a date from then on, or replace the later changes
    0000-01-01 is outside the years 1 to 9999
    ");
    bench.ledger.verify_audit().await.unwrap();
}

async fn opening(url: &str, create: bool) -> String {
    let how = OpenOptions { create, patience: Duration::ZERO };
    Ledger::open_with(url, how).await.expect_err("must be refused").to_string()
}

#[tokio::test]
async fn what_is_not_a_ledger_is_not_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| format!("sqlite:{}", folder.path().join(name).display());

    std::fs::write(
        folder.path().join("notes.txt"),
        "these are notes, not a database, and long enough to be read as one",
    )
    .unwrap();
    let other = raw_create(&folder.path().join("other.db")).await;
    sqlx::raw_sql("CREATE TABLE songs (title TEXT)").execute(&other).await.unwrap();
    other.close().await;
    Ledger::open(&path("newer.db")).await.unwrap().close().await;
    let newer = raw(&folder.path().join("newer.db")).await;
    sqlx::raw_sql("INSERT INTO _sqlx_migrations VALUES (9999, 'later', '2030-01-01', true, x'00', 0)")
        .execute(&newer)
        .await
        .unwrap();
    newer.close().await;
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    Ledger::open(&path("locked.db")).await.unwrap().close().await;
    let locker = raw(&folder.path().join("locked.db")).await;
    let mut lock = locker.acquire().await.unwrap();
    sqlx::raw_sql("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE t (x)")
        .execute(&mut *lock)
        .await
        .unwrap();

    let before: Vec<Vec<u8>> =
        ["notes.txt", "other.db"].iter().map(|name| std::fs::read(folder.path().join(name)).unwrap()).collect();
    let told = [
        opening("postgres://localhost/ledger", true).await,
        opening("bailiwick.db", true).await,
        opening("sqlite:", true).await,
        opening(&path("no/such/ledger.db"), true).await,
        opening(&path("nothing.db"), false).await,
        opening(&path("folder"), true).await,
        opening(&path("notes.txt"), true).await,
        opening(&path("other.db"), true).await,
        opening(&path("newer.db"), true).await,
        opening(&path("locked.db"), true).await,
    ];
    let told = told.join("\n").replace(&folder.path().display().to_string(), "FOLDER");
    insta::assert_snapshot!(told, @r#"
    "postgres" databases are not supported: give a URL such as sqlite:bailiwick.db
    "bailiwick.db" is not a database URL: give one such as sqlite:bailiwick.db (it names no kind of database)
    "sqlite:" is not a database URL: give one such as sqlite:bailiwick.db (it names no file)
    the folder FOLDER/no/such does not exist: create it, or give another path
    there is no ledger at FOLDER/nothing.db: `bailiwick apply` creates one
    FOLDER/folder is a folder: give the path of a file
    FOLDER/notes.txt is not a database: give the path of a ledger, or of a file that does not exist yet
    FOLDER/other.db is a database of another program: give the path of a ledger, or of a file that does not exist yet
    FOLDER/newer.db was written by a newer Bailiwick (schema 9999, this program knows up to 1): use that version or a later one
    the ledger is locked by another program that is writing to it: try again when it is done
    "#);
    let after: Vec<Vec<u8>> =
        ["notes.txt", "other.db"].iter().map(|name| std::fs::read(folder.path().join(name)).unwrap()).collect();
    assert!(before == after, "a file that is not ours was written to");
    assert!(!folder.path().join("nothing.db").exists());
}

async fn raw_create(path: &std::path::Path) -> sqlx::SqlitePool {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).create_if_missing(true);
    sqlx::SqlitePool::connect_with(options).await.unwrap()
}

#[tokio::test]
async fn a_ledger_somebody_writes_to_is_locked_for_the_next() {
    let bench = Bench::sqlite().await;
    apply(&bench.ledger, &plan("P-1", "2026-01-01", &["ACME seller Ann"]), "2026-01-01T00:00:00Z").await.unwrap();
    let raw = bench.raw().await;
    let mut writer = raw.begin_with("BEGIN IMMEDIATE").await.unwrap();
    let impatient = OpenOptions { create: false, patience: Duration::ZERO };
    let second = Ledger::open_with(&bench.url(), impatient).await.unwrap();
    let error =
        apply(&second, &plan("P-2", "2026-02-01", &["ACME seller Ben"]), "2026-02-01T00:00:00Z").await.unwrap_err();
    assert!(matches!(error, StoreError::Locked), "{error}");
    // Whoever only asks is not kept waiting.
    assert_eq!(who(&second, "ACME", "2026-01-01").await, "seller=Ann");
    sqlx::query("SELECT 1").execute(&mut *writer).await.unwrap();
    writer.rollback().await.unwrap();
    apply(&second, &plan("P-2", "2026-02-01", &["ACME seller Ben"]), "2026-02-01T00:00:00Z").await.unwrap();
}

#[tokio::test]
async fn a_ledger_in_memory_works_and_is_forgotten() {
    let ledger = Ledger::open("sqlite::memory:").await.unwrap();
    apply(&ledger, &plan("P-1", "2026-01-01", &["ACME seller Ann"]), "2026-01-01T00:00:00Z").await.unwrap();
    assert_eq!(who(&ledger, "ACME", "2026-01-01").await, "seller=Ann");
    let other = Ledger::open("sqlite::memory:").await.unwrap();
    assert_eq!(who(&other, "ACME", "2026-01-01").await, "");
}

#[tokio::test]
async fn many_may_open_a_new_ledger_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("ledger.db").display());
    let opened: Vec<_> = (0..4)
        .map(|_| {
            tokio::spawn({
                let url = url.clone();
                async move { Ledger::open(&url).await }
            })
        })
        .collect();
    for one in opened {
        one.await.unwrap().unwrap();
    }
}
