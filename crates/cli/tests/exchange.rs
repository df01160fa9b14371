//! What is exported comes in again as it was, in every layout, on both databases; and nothing in it runs.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use bailiwick_testkit::Example;
use bailiwick_testkit::postgres::Database;
use common::{DAY, Planned, run_in};

const LAYOUTS: [&str; 6] = ["csv", "xlsx", "salesforce", "hubspot", "odoo", "erpnext"];

fn planned(example: &str) -> (Planned, String) {
    let planned = Planned::done(&Example::named(example).policy());
    let ledger = planned.apply();
    (planned, ledger)
}

/// Files of a folder; of a workbook only that it is there, its bytes hold the time of making.
fn files(dir: &Path) -> BTreeMap<String, String> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let text = if name.ends_with(".csv") { std::fs::read_to_string(&path).unwrap() } else { String::new() };
            (name, text)
        })
        .collect()
}

fn export(dir: &Path, layout: &str, db: &str, out: &str) -> BTreeMap<String, String> {
    run_in(dir, &["export", "--format", layout, "--db", db, "-o", out, "--on", DAY]).done();
    files(&dir.join(out))
}

/// Contacts and needs beside what was planned.
fn enrich(dir: &Path, db: &str) {
    export(dir, "csv", db, "base");
    std::fs::write(
        dir.join("base/contacts.csv"),
        "account_id,name,position,email,phone,mobile,language,preferred,main\n\
         A-001,=HYPERLINK(\"x\"),Buyer,vera@example.com,+359 2 123,,bg,phone,true\n\
         A-002,O'Neill,,,,112,,,\n",
    )
    .unwrap();
    std::fs::write(
        dir.join("base/needs.csv"),
        "account_id,need,product_line,stage,since,state\nA-001,-1+cmd|'x',,,2026-01-05,open\n",
    )
    .unwrap();
    run_in(dir, &["import", "base", "--format", "csv", "--db", db, "--on", DAY]).done();
}

#[test]
fn every_layout_comes_in_again_as_it_was() {
    for example in ["wholesaler", "product-lines"] {
        let (planned, ledger) = planned(example);
        let dir = planned.dir.path();
        if example == "wholesaler" {
            enrich(dir, &ledger);
        }
        for layout in LAYOUTS {
            let first = export(dir, layout, &ledger, &format!("{layout}-1"));
            let database = Database::create();
            let mut places = vec![format!("sqlite:{layout}.db")];
            places.extend(database.as_ref().map(|database| database.url.clone()));
            for (number, place) in places.iter().enumerate() {
                let out = format!("{layout}-{number}-2");
                let from = format!("{layout}-1");
                run_in(dir, &["import", &from, "--format", layout, "--db", place, "--on", DAY]).done();
                let second = export(dir, layout, place, &out);
                assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
                for (name, text) in &first {
                    assert!(text == &second[name], "{example}, {layout}: {name} differs\n{text}\n{}", second[name]);
                }
                // What one layout leaves out, the assignments do not lack.
                let holders = |db: &str| {
                    let rows = export(dir, "csv", db, &format!("check-{layout}-{number}"))["assignments.csv"].clone();
                    let keys = rows.lines().skip(1).map(|row| row.split(',').take(4).collect::<Vec<_>>().join(","));
                    keys.collect::<Vec<_>>()
                };
                assert_eq!(holders(&ledger), holders(place), "{example}, {layout}");
                if layout == "xlsx" {
                    let whole = |db: &str, out: &str| export(dir, "csv", db, &format!("{out}-{number}"));
                    assert_eq!(whole(&ledger, "before"), whole(place, "after"), "{example}: a workbook lost something");
                }
                run_in(dir, &["audit", "verify", "--db", place]).done();
            }
        }
    }
}

#[test]
fn nothing_in_an_export_runs() {
    let (planned, ledger) = planned("wholesaler");
    let dir = planned.dir.path();
    enrich(dir, &ledger);
    for layout in LAYOUTS.iter().filter(|layout| **layout != "xlsx") {
        for (name, text) in export(dir, layout, &ledger, layout) {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
            for cell in reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()) {
                let live = cell.starts_with(['=', '@', '\t', '\r'])
                    || (cell.starts_with(['+', '-']) && cell.chars().any(char::is_alphabetic));
                assert!(!live, "{layout}: {name} holds {cell:?}");
            }
        }
    }
    let contacts = &export(dir, "salesforce", &ledger, "again")["Contact.csv"];
    assert!(contacts.contains("\"'=HYPERLINK(\"\"x\"\")\""), "{contacts}");
    assert!(contacts.contains(",+359 2 123,"), "a telephone number stays one: {contacts}");
}

#[test]
fn rows_that_cannot_be_used_come_back_with_their_reasons() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    std::fs::create_dir(dir.join("crm")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.join("crm").join(name), text).unwrap();
    write("Account.csv", "Id,Name,BillingCity\n001A,Acme,Sofia\n001B,Beta,Varna\n001A,Acme again,\n");
    write("User.csv", "Id,Name,Email,Title\n005X,Ann,ann@example.com,Seller\n");
    write(
        "AccountTeamMember.csv",
        "AccountId,UserId,TeamMemberRole\n001A,005X,Sales Rep\n001B,005Y,Sales Rep\n001C,005X,Sales Rep\n",
    );
    let with = |more: &[&str]| {
        run_in(dir, &[&["import", "crm", "--format", "salesforce", "--db", "sqlite:l.db", "--on", DAY], more].concat())
    };
    let refused = with(&[]);
    assert_eq!(refused.exit, 1, "{}", refused.stderr);
    assert!(refused.stderr.contains("3 rows of the input cannot be used"), "{}", refused.stderr);
    let list = std::fs::read_to_string(dir.join("crm/rejected.csv")).unwrap();
    assert_eq!(
        list.lines().skip(1).collect::<Vec<_>>(),
        [
            "Account,Account.csv,4,Id,001A,the account 001A is there twice",
            "AccountTeamMember,AccountTeamMember.csv,3,UserId,005Y,there is no such user in the files or in the ledger",
            "AccountTeamMember,AccountTeamMember.csv,4,AccountId,001C,there is no such account in the files or in the ledger",
        ]
    );
    let trail = run_in(dir, &["audit", "list", "--db", "sqlite:l.db", "--format", "json"]).done();
    assert_eq!(trail.json(), serde_json::json!([]), "something was written");
    with(&["--skip-rejected"]).done();
    let who = run_in(dir, &["who", "001A", "--on", DAY, "--db", "sqlite:l.db", "--format", "json"]).done().json();
    assert_eq!(
        (&who["responsible"][0]["employee"], &who["attributes"]["BillingCity"]),
        (&"Ann".into(), &"Sofia".into())
    );
    // Once more changes nothing; another file's accounts leave these alone.
    let again = with(&["--skip-rejected"]).done();
    assert!(again.stdout.contains("(0 new, 0 moved, 1 as before)"), "{}", again.stdout);
    write("Account.csv", "Id,Name\n001D,Delta\n");
    write("AccountTeamMember.csv", "AccountId,UserId,TeamMemberRole\n001D,005X,Sales Rep\n");
    let more = with(&[]).done();
    assert!(more.stdout.contains("(1 new, 0 moved, 1 as before)"), "{}", more.stdout);
}

#[test]
fn territories_without_a_team_say_who_holds_what() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    std::fs::create_dir(dir.join("crm")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.join("crm").join(name), text).unwrap();
    write("Account.csv", "Id,AccountNumber,Name\n001A,A-1,Acme\n");
    write("User.csv", "Id,EmployeeNumber,Name\n005X,E-1,Ann\n005Y,E-2,Ben\n");
    write("Territory2.csv", "Id,Name\n0MI1,Varna\n");
    write(
        "ObjectTerritory2Association.csv",
        "ObjectId,Territory2Id,AssociationCause\n001A,0MI1,Territory2AssignmentRule\n",
    );
    write(
        "UserTerritory2Association.csv",
        "UserId,Territory2Id,RoleInTerritory2\n005X,0MI1,Sales Rep\n005Y,0MI1,Service\n",
    );
    run_in(dir, &["import", "crm", "--format", "salesforce", "--db", "sqlite:l.db", "--on", DAY]).done();
    let who = run_in(dir, &["who", "A-1", "--on", DAY, "--db", "sqlite:l.db", "--format", "json"]).done().json();
    let told: Vec<String> = who["responsible"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {} {}", one["role"], one["employee"], one["territory"]))
        .collect();
    assert_eq!(told, [r#""Sales Rep" "Ann" "Varna""#, r#""Service" "Ben" "Varna""#]);
    // Their ids are kept as columns, and go out again.
    let out = export(dir, "salesforce", "sqlite:l.db", "out");
    assert_eq!(out["Account.csv"], "Id,AccountNumber,Name,ParentId\n001A,A-1,Acme,\n");
    assert!(
        out["ObjectTerritory2Association.csv"].contains("001A,Varna,"),
        "{}",
        out["ObjectTerritory2Association.csv"]
    );
}

#[test]
fn one_owner_needs_a_role() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    std::fs::create_dir(dir.join("crm")).unwrap();
    let write = |name: &str, text: &str| std::fs::write(dir.join("crm").join(name), text).unwrap();
    write("companies.csv", "Record ID;Company name;Company owner\n11;Acme;ann@example.com\n");
    write("users.csv", "User ID;Name;Email\n7;Ann;ann@example.com\n");
    let base = ["import", "crm", "--format", "hubspot", "--db", "sqlite:l.db", "--on", DAY];
    let refused = run_in(dir, &base);
    assert!(refused.exit == 1 && refused.stderr.contains("give --role"), "{}", refused.stderr);
    run_in(dir, &[&base[..], &["--role", "seller"]].concat()).done();
    let who = run_in(dir, &["who", "11", "--on", DAY, "--db", "sqlite:l.db", "--format", "json"]).done().json();
    assert_eq!((&who["responsible"][0]["role"], &who["responsible"][0]["employee"]), (&"seller".into(), &"Ann".into()));
    for (arguments, told) in [
        (&["export", "-o", "x", "--db", "sqlite:l.db"][..], "the layout of the files is not said"),
        (&["who", "11", "--format", "vcard", "--db", "sqlite:l.db"], "does not print in that form"),
        (&["import", "none", "--format", "odoo", "--db", "sqlite:l.db"], "there is no folder"),
        (&["import", "crm", "--format", "odoo", "--db", "sqlite:l.db"], "there is no res.partner.csv"),
    ] {
        let run = run_in(dir, arguments);
        assert!(run.exit != 0 && run.stderr.contains(told), "{arguments:?}: {}", run.stderr);
    }
}
