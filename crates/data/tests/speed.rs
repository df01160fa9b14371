//! A million rows, by hand: `cargo test --release -p bailiwick-data --test speed -- --ignored --nocapture`.

#![allow(clippy::unwrap_used)]

mod common;

use std::fmt::Write;
use std::time::Instant;

use bailiwick_data::Expression;
use common::Folder;

#[test]
#[ignore = "measures; run it by hand in release"]
fn a_million_rows() {
    let mut text = String::from("account_id,name,latitude,longitude,revenue,since\n");
    for row in 0..1_000_000u32 {
        let (north, east) = (f64::from(row % 9000) / 100.0, f64::from(row % 18_000) / 100.0);
        let revenue = f64::from(row.wrapping_mul(2_654_435_761) % 1_000_000) / 100.0;
        let (month, day) = (row % 12 + 1, row % 28 + 1);
        writeln!(text, "A{row},\"Customer {row}, Ltd\",{north:.2},{east:.2},{revenue:.2},2024-{month:02}-{day:02}")
            .unwrap();
    }
    let size = text.len();
    let folder = Folder::new().with("a.csv", text);
    let start = Instant::now();
    let snapshot = folder.accounts("file = \"a.csv\"").unwrap();
    println!("read and typed {} MB, {} rows: {:?}", size / 1_000_000, snapshot.accounts.len(), start.elapsed());
    let columns = snapshot.accounts.columns();
    let start = Instant::now();
    let condition =
        Expression::compile("revenue > 5000 AND name LIKE '%7, Ltd' AND since >= DATE '2024-06-01'", &columns).unwrap();
    println!("compiled the first: {:?}", start.elapsed());
    let start = Instant::now();
    for number in 0..1000 {
        Expression::compile(&format!("revenue > {number} AND name = 'x'"), &columns).unwrap();
    }
    println!("compiled one of the next thousand: {:?}", start.elapsed() / 1000);
    let start = Instant::now();
    let found = condition.matches(&snapshot.accounts).unwrap().iter().filter(|&&found| found).count();
    println!("a condition over all rows ({found} hold): {:?}", start.elapsed());
    let one = snapshot.accounts.select(&[17]);
    let start = Instant::now();
    for _ in 0..10_000 {
        condition.matches(&one).unwrap();
    }
    println!("a condition on one row: {:?}", start.elapsed() / 10_000);
    let start = Instant::now();
    let names = snapshot.accounts.texts("name").unwrap();
    println!("{} texts: {:?}", names.len(), start.elapsed());
    let path = folder.path().join("a.parquet");
    let start = Instant::now();
    snapshot.accounts.write_parquet(&path).unwrap();
    println!("written as Parquet: {:?}", start.elapsed());
    let start = Instant::now();
    folder.accounts("file = \"a.parquet\"").unwrap();
    println!("read from Parquet: {:?}", start.elapsed());
}
