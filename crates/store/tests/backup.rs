//! A ledger is written to a file while it serves, and made again from it in either database.

#![allow(clippy::unwrap_used)]

#[macro_use]
mod common;

use std::io::{Read, Write};

use bailiwick_store::{Ledger, StoreError};
use common::*;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;

on_both!(
    a_backup_holds_every_column,
    a_backup_is_the_ledger_again,
    a_backup_holds_one_state_while_others_write,
    what_is_no_backup_fills_nothing
);

async fn lived_in(ledger: &Ledger) {
    apply(ledger, &plan("P-1", "2026-01-01", &["ACME seller Ann", "BETA seller/Paper Ann"]), "2026-01-01T00:00:00Z")
        .await
        .unwrap();
    let mut second = plan("P-2", "2026-04-01", &["ACME seller Ben", "GAMA seller Ben"]);
    second.accounts[0].name = "Ünïcode\n\"quoted\" \\ back".into();
    apply(ledger, &second, "2026-02-01T00:00:00Z").await.unwrap();
    let mut third = plan("P-3", "2026-03-01", &["ACME seller Cid"]);
    third.later = bailiwick_domain::assignment::Later::Replace;
    apply(ledger, &third, "2026-02-02T00:00:00Z").await.unwrap();
}

/// Into each kind of database that there is.
async fn places() -> Vec<Place> {
    [Some(Place::sqlite()), Place::postgres()].into_iter().flatten().collect()
}

async fn a_backup_holds_every_column(bench: Bench) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.gz");
    bench.ledger.backup(&file, moment("2026-05-01T00:00:00Z")).await.unwrap();
    let mut text = String::new();
    GzDecoder::new(std::fs::File::open(&file).unwrap()).read_to_string(&mut text).unwrap();
    let mut held: Vec<String> = Vec::new();
    for line in text.lines().filter(|line| line.starts_with("{\"table\":")) {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        for column in line["columns"].as_array().unwrap() {
            held.push(format!("{}.{}", line["table"].as_str().unwrap(), column.as_str().unwrap()));
        }
    }
    let raw = bench.raw().await;
    let mut there: Vec<String> = Vec::new();
    // Sessions stay behind: people sign in again.
    for table in raw.tables().await.into_iter().filter(|table| is_history(table)) {
        there.extend(raw.columns(&table).await.iter().map(|column| format!("{table}.{}", column.name)));
    }
    held.sort();
    there.sort();
    assert_eq!(held, there);
}

async fn a_backup_is_the_ledger_again(bench: Bench) {
    lived_in(&bench.ledger).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.gz");
    let backup = bench.ledger.backup(&file, moment("2026-05-01T00:00:00Z")).await.unwrap();
    assert_eq!(backup.version, bench.ledger.version().await.unwrap());
    let exists = bench.ledger.backup(&file, moment("2026-05-01T00:00:00Z")).await.unwrap_err();
    assert!(matches!(exists, StoreError::FileExists(_)), "{exists}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing but the backup");
    for place in places().await {
        let again = place.ledger().await;
        assert_eq!(again.ledger.restore(&file).await.unwrap(), backup);
        assert_eq!(again.ledger.version().await.unwrap(), backup.version);
        let (theirs, ours) = (again.raw().await, bench.raw().await);
        for table in ours.tables().await {
            let plain = |rows: Vec<Vec<String>>| -> Vec<String> {
                let mut rows: Vec<String> = rows.iter().map(|row| row.join(" | ")).collect();
                rows.sort();
                rows
            };
            // PostgreSQL quotes a text with a backslash in its own way.
            let told =
                |text: Vec<String>| text.iter().map(|row| row.replace(" E'", " '").replace("\\\\", "\\")).collect();
            let theirs: Vec<String> = told(plain(theirs.rows(&table).await));
            let ours: Vec<String> = told(plain(ours.rows(&table).await));
            assert_eq!(theirs, ours, "{table}");
        }
        assert_eq!(who_as_known(&again.ledger, "ACME", "2026-04-01", "2026-02-01T12:00:00Z").await, "seller=Ben");
        // And it goes on.
        let mut next = plan("P-4", "2026-06-01", &["ACME seller Ben"]);
        next.base_version = Some(backup.version.clone());
        apply(&again.ledger, &next, "2026-05-02T00:00:00Z").await.unwrap();
        again.ledger.verify_audit().await.unwrap();
        let full = again.unchanged(again.ledger.restore(&file)).await;
        assert!(matches!(full, StoreError::NotEmpty), "{full}");
    }
}

async fn a_backup_holds_one_state_while_others_write(bench: Bench) {
    let folder = tempfile::tempdir().unwrap();
    let writer = tokio::spawn({
        let ledger = bench.ledger.clone();
        async move {
            for number in 0..30 {
                let who = ["Ann", "Ben"][number % 2];
                let mut plan = plan(&format!("P-{number}"), "2026-01-01", &[&format!("ACME seller {who}")]);
                plan.later = bailiwick_domain::assignment::Later::Replace;
                apply(&ledger, &plan, "2026-01-01T00:00:00Z").await.unwrap();
            }
        }
    });
    let mut versions = Vec::new();
    for number in 0..5 {
        let file = folder.path().join(number.to_string());
        bench.ledger.backup(&file, moment("2026-05-01T00:00:00Z")).await.unwrap();
        let again = Place::sqlite().ledger().await;
        versions.push(again.ledger.restore(&file).await.unwrap().version.seq());
    }
    writer.await.unwrap();
    assert!(versions.is_sorted(), "{versions:?}");
}

async fn what_is_no_backup_fills_nothing(bench: Bench) {
    let place = bench.place.another();
    lived_in(&bench.ledger).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.gz");
    bench.ledger.backup(&file, moment("2026-05-01T00:00:00Z")).await.unwrap();
    let bytes = std::fs::read(&file).unwrap();
    let mut text = String::new();
    GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    let packed = |text: &str| {
        let mut out = GzEncoder::new(Vec::new(), flate2::Compression::fast());
        out.write_all(text.as_bytes()).unwrap();
        out.finish().unwrap()
    };
    let without = |part: &str| packed(&text.lines().filter(|line| !line.contains(part)).collect::<Vec<_>>().join("\n"));
    let empty = place.ledger().await;
    for (spoilt, told) in [
        (b"these are notes".to_vec(), "line 1: invalid gzip header"),
        (bytes[..bytes.len() / 2].to_vec(), "not a whole backup"),
        (packed("{\"kind\":\"songs\"}\n"), "line 1: what it is was expected"),
        (packed(&text.replace("\"format\":1", "\"format\":2")), "newer Bailiwick"),
        (without("\"rows\":"), "it is cut short"),
        (without("Company BETA"), "rows are missing"),
        (packed(&text.replace("Company BETA", "Company BETTA")), "the audit trail is broken at entry 2"),
        (packed(&text.replace("\"Ann\"", "7")), "a row does not have its table's columns"),
        (packed(&text.replace("{\"table\":\"plans\"", "{\"table\":\"songs\"")), "there is no table \"songs\""),
    ] {
        std::fs::write(&file, spoilt).unwrap();
        let error = empty.unchanged(empty.ledger.restore(&file)).await.to_string();
        assert!(error.contains(told), "{told}: {error}");
    }
    std::fs::write(&file, &bytes).unwrap();
    empty.ledger.restore(&file).await.unwrap();
}
