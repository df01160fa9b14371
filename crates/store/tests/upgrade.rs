//! A ledger that an earlier release wrote opens, is brought up to date, and holds what it held.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use bailiwick_domain::audit::AuditFilter;
use bailiwick_store::Ledger;
use common::*;
use sqlx::migrate::Migrator;

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// What the first schema's program wrote: three plans, one of them archived, changed records, an arrival.
const FIRST: &str = include_str!("fixtures/ledger_0001.sql");
/// The version that it noted.
const VERSION: &str = "12-07312e87738b2e69";

async fn with_first_schema(place: &Place) {
    match place.raw().await {
        Raw::Sqlite(pool) => SQLITE.run_to(1, &pool).await.unwrap(),
        Raw::Postgres(pool) => POSTGRES.run_to(1, &pool).await.unwrap(),
    }
}

async fn the_first_schema_is_brought_up_to_date(place: Place) {
    with_first_schema(&place).await;
    place.raw().await.execute(FIRST).await;
    let ledger = Ledger::open_existing(&place.url()).await.unwrap();
    assert_eq!(ledger.version().await.unwrap().to_string(), VERSION);
    assert_eq!(ledger.verify_audit().await.unwrap(), ledger.version().await.unwrap().seq());
    assert_eq!(who(&ledger, "ACME", "2026-01-15").await, "seller=Ann");
    assert_eq!(who(&ledger, "ACME", "2026-05-01").await, "seller=Cid");
    assert_eq!(who(&ledger, "NEW", "2026-05-01").await, "seller=Ben");
    assert_eq!(who_as_known(&ledger, "ACME", "2026-05-01", "2026-02-01T12:00:00Z").await, "seller=Ben");
    let states: Vec<String> =
        ledger.plans().await.unwrap().iter().map(|plan| format!("{} {}", plan.id, plan.state)).collect();
    assert_eq!(states, ["P-1 applied", "P-2 archived", "P-3 applied"]);
    assert_eq!(
        ledger.audit(&AuditFilter::default()).await.unwrap().len() as u64,
        ledger.version().await.unwrap().seq()
    );

    // It goes on, in the schema of today.
    apply(&ledger, &plan("P-4", "2026-06-01", &["ACME seller Ann"]), "2026-05-01T00:00:00Z").await.unwrap();
    assert_eq!(who(&ledger, "ACME", "2026-06-01").await, "seller=Ann");
    ledger.verify_audit().await.unwrap();
    ledger.close().await;
    Ledger::open_existing(&place.url()).await.unwrap().verify_audit().await.unwrap();
}

#[tokio::test]
async fn the_first_schema_is_brought_up_to_date_on_sqlite() {
    the_first_schema_is_brought_up_to_date(Place::sqlite()).await;
}

#[tokio::test]
async fn the_first_schema_is_brought_up_to_date_on_postgres() {
    if let Some(place) = Place::postgres() {
        the_first_schema_is_brought_up_to_date(place).await;
    }
}
