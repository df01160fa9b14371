//! What is refused, in words, and that a refusal changes nothing.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use bailiwick_store::{Ledger, OpenOptions, StoreError};
use bailiwick_testkit::postgres::Database;
use common::*;
use std::time::Duration;

async fn refused(bench: &Bench, change: impl Fn(&mut bailiwick_store::NewPlan)) -> String {
    let mut plan = plan("P-2", "2026-02-01", &["ACME seller Ben", "BETA seller Ben"]);
    change(&mut plan);
    bench.unchanged(apply(&bench.ledger, &plan, "2026-02-01T00:00:00Z")).await.to_string()
}

on_both!(
    a_wrong_plan_changes_nothing,
    a_ledger_somebody_writes_to_is_locked_for_the_next,
    many_may_open_a_new_ledger_at_once
);

async fn a_wrong_plan_changes_nothing(bench: Bench) {
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
    insta::allow_duplicates!(insta::assert_snapshot!(told.join("\n"), @r"
    ACME × seller is given to two employees, Ben and Ann: each account × role × product line has one owner
    ACME × hunter is outside the scope of the plan: add its role and product line to the scope
    there is no account BETA: it is neither in the ledger nor among the accounts handed in
    there is no employee Ben: they are neither in the ledger nor among the employees handed in
    account ACME is handed in twice
    the policy is not the one the plan was made with
    ACME × seller already has a change recorded for 2026-01-01, after 2025-12-01 (1 in all): choose a date from then on, or replace the later changes
    0000-01-01 is outside the years 1 to 9999
    "));
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
    let other = Raw::open(&path("other.db")).await;
    other.execute("CREATE TABLE songs (title TEXT)").await;
    other.close().await;
    Ledger::open(&path("newer.db")).await.unwrap().close().await;
    let newer = Raw::open(&path("newer.db")).await;
    newer.execute("INSERT INTO _sqlx_migrations VALUES (9999, 'later', '2030-01-01', true, x'00', 0)").await;
    newer.close().await;
    std::fs::create_dir(folder.path().join("folder")).unwrap();
    Ledger::open(&path("locked.db")).await.unwrap().close().await;
    let locker = Raw::open(&path("locked.db")).await;
    locker.execute("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE t (x)").await;

    let before: Vec<Vec<u8>> =
        ["notes.txt", "other.db"].iter().map(|name| std::fs::read(folder.path().join(name)).unwrap()).collect();
    let told = [
        opening("mysql://localhost/ledger", true).await,
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
    insta::assert_snapshot!(whatever_is_known(&told), @r#"
    "mysql" databases are not supported: give a URL such as sqlite:bailiwick.db or postgres://user@host/database
    "bailiwick.db" is not a database URL: give one such as sqlite:bailiwick.db or postgres://user@host/database (it names no kind of database)
    "sqlite:" is not a database URL: give one such as sqlite:bailiwick.db or postgres://user@host/database (it names no file)
    the folder FOLDER/no/such does not exist: create it, or give another path
    there is no ledger at FOLDER/nothing.db: `bailiwick apply` creates one
    FOLDER/folder is a folder: give the path of a file
    FOLDER/notes.txt is not a database: give the path of a ledger, or of a file that does not exist yet
    FOLDER/other.db is a database of another program: give the path of a ledger, or of a file that does not exist yet
    FOLDER/newer.db was written by a newer Bailiwick (schema 9999, this program knows up to KNOWN): use that version or a later one
    the ledger is locked by another program that is writing to it: try again when it is done
    "#);
    let after: Vec<Vec<u8>> =
        ["notes.txt", "other.db"].iter().map(|name| std::fs::read(folder.path().join(name)).unwrap()).collect();
    assert!(before == after, "a file that is not ours was written to");
    assert!(!folder.path().join("nothing.db").exists());
}

async fn a_ledger_somebody_writes_to_is_locked_for_the_next(bench: Bench) {
    apply(&bench.ledger, &plan("P-1", "2026-01-01", &["ACME seller Ann"]), "2026-01-01T00:00:00Z").await.unwrap();
    let raw = bench.raw().await;
    let writer = raw.lock().await;
    let impatient = OpenOptions { create: false, patience: Duration::ZERO };
    let second = Ledger::open_with(&bench.url(), impatient).await.unwrap();
    let error =
        apply(&second, &plan("P-2", "2026-02-01", &["ACME seller Ben"]), "2026-02-01T00:00:00Z").await.unwrap_err();
    assert!(matches!(error, StoreError::Locked), "{error}");
    // Whoever only asks is not kept waiting.
    assert_eq!(who(&second, "ACME", "2026-01-01").await, "seller=Ann");
    second.verify_audit().await.unwrap();
    writer.release().await;
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

async fn many_may_open_a_new_ledger_at_once(bench: Bench) {
    let place = bench.place.another();
    let opened: Vec<_> = (0..4)
        .map(|_| {
            tokio::spawn({
                let url = place.url();
                async move { Ledger::open(&url).await }
            })
        })
        .collect();
    for one in opened {
        one.await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_server_that_cannot_be_used_is_told_apart() {
    let Some(database) = Database::create() else { return };
    let with = |what: &str, instead: &str| database.url.replace(what, instead);
    let name = database.url.rsplit_once('/').unwrap().1;
    let authority = database.url.split_once("//").unwrap().1.split_once('/').unwrap().0;
    let (who, host) = authority.split_once('@').unwrap();
    let (user, password) = who.split_once(':').unwrap();

    let songs = Database::create().unwrap();
    Raw::open(&songs.url).await.execute("CREATE TABLE songs (title TEXT)").await;
    let latin =
        Database::create_with("ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' LOCALE_PROVIDER libc TEMPLATE template0")
            .unwrap();
    let newer = Database::create().unwrap();
    Ledger::open(&newer.url).await.unwrap().close().await;
    Raw::open(&newer.url)
        .await
        .execute("INSERT INTO _sqlx_migrations VALUES (9999, 'later', '2030-01-01', true, '\\x00', 0)")
        .await;
    let closed = Database::create().unwrap();
    Raw::open(&closed.admin_url).await.execute("ALTER SCHEMA public OWNER TO CURRENT_USER").await;

    let told = [
        opening("postgres://localhost:many/ledger", true).await,
        opening(&with(host, "127.0.0.1:1"), true).await,
        opening(&with(password, "guess"), true).await,
        opening(&with(user, "nobody"), true).await,
        opening(&with(name, "nothing"), true).await,
        opening(&database.url, false).await,
        opening(&songs.url, true).await,
        opening(&latin.url, true).await,
        opening(&newer.url, true).await,
        opening(&closed.url, true).await,
        opening(&format!("{}?options=-csearch_path%3Dsales", database.url), true).await,
    ];
    let mut told = told.join("\n");
    for database in [&database, &songs, &latin, &newer, &closed] {
        told = told.replace(database.url.rsplit_once('/').unwrap().1, "NAME");
    }
    insta::assert_snapshot!(whatever_is_known(&told.replace(host, "HOST")), @r#"
    "postgres://localhost:many/ledger" is not a database URL: give one such as sqlite:bailiwick.db or postgres://user@host/database (error with configuration: invalid port number)
    no database answers at postgres://bailiwick_tests@127.0.0.1:1/NAME: check the host, the port and that the server runs (Connection refused (os error 111))
    the server of postgres://bailiwick_tests@HOST/NAME does not let "bailiwick_tests" in: check the user and the password (password authentication failed for user "bailiwick_tests")
    the server of postgres://nobody@HOST/NAME does not let "nobody" in: check the user and the password (password authentication failed for user "nobody")
    the server of postgres://bailiwick_tests@HOST/nothing has no database "nothing": create it with `createdb --encoding=UTF8 nothing`
    there is no ledger at postgres://bailiwick_tests@HOST/NAME: `bailiwick apply` creates one
    the schema "public" of postgres://bailiwick_tests@HOST/NAME holds tables of another program: give a database of its own, or a schema of its own with ?options=-csearch_path%3DNAME
    postgres://bailiwick_tests@HOST/NAME keeps its texts as LATIN1, and the ledger needs UTF8: create a database with `createdb --encoding=UTF8 --template=template0`
    postgres://bailiwick_tests@HOST/NAME was written by a newer Bailiwick (schema 9999, this program knows up to KNOWN): use that version or a later one
    "bailiwick_tests" may not create tables in postgres://bailiwick_tests@HOST/NAME: have its owner grant it with `GRANT CREATE ON SCHEMA public TO bailiwick_tests` (permission denied for schema public)
    none of the schemas in the search path of postgres://bailiwick_tests@HOST/NAME?options=-csearch_path%3Dsales exists: create it with `CREATE SCHEMA`
    "#);
    assert_eq!(Raw::open(&songs.url).await.tables().await, ["songs"]);
    // A schema of its own beside the other's tables.
    Raw::open(&songs.url).await.execute("CREATE SCHEMA sales").await;
    let ledger = Ledger::open(&format!("{}?options=-csearch_path%3Dsales", songs.url)).await.unwrap();
    apply(&ledger, &plan("P-1", "2026-01-01", &["ACME seller Ann"]), "2026-01-01T00:00:00Z").await.unwrap();
    ledger.verify_audit().await.unwrap();
}

/// Without the number of the newest schema, which grows.
fn whatever_is_known(told: &str) -> String {
    let Some((before, after)) = told.split_once("this program knows up to ") else { return told.to_owned() };
    format!("{before}this program knows up to KNOWN{}", after.trim_start_matches(char::is_numeric))
}
