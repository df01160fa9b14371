//! The administrator's desk and the customer's card from the command line.

#![allow(clippy::unwrap_used)]

mod common;

use common::{DAY, run_in};

#[test]
fn a_call_is_registered_passed_and_done() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    run_in(dir, &["demo", "--no-serve", "--dir", "demo", "--accounts", "500"]).done();
    let run = |arguments: &[&str]| run_in(dir, &[arguments, &["--db", "sqlite:demo/bailiwick.db"]].concat());
    let desk = |arguments: &[&str]| run(&[&["desk"], arguments, &["--on", DAY, "--format", "json"]].concat());
    let told = desk(&[
        "register",
        "Waybill for order 17",
        "--account",
        "C00042",
        "--task",
        "shipping-papers",
        "--role",
        "administrator",
    ]);
    let told = told.done().json();
    assert_eq!((&told["state"], &told["why"]), (&"passed".into(), &"holds".into()));
    let holder = told["waits_for"]["employee_id"].as_str().unwrap().to_owned();
    let inbox = desk(&["inbox", &holder]).done().json();
    let waits = inbox.as_array().unwrap().iter().any(|matter| matter["number"] == told["number"]);
    assert!(waits, "beside what customers of the demo asked before: {inbox:#}");

    let unknown =
        desk(&["register", "Asks for a fridge", "--caller", "A man from Varna", "--channel", "visit"]).done().json();
    assert_eq!(desk(&["inbox"]).done().json()[0]["subject"], "Asks for a fridge");
    let number = unknown["number"].to_string();
    desk(&["link", &number, "C00042"]).done();
    let passed = desk(&["pass", &number, "--role", "sales-specialist", "--note", "soon"]).done().json();
    assert_eq!(passed["waits_for"]["employee_id"].as_str().map(|id| id.starts_with('E')), Some(true));
    assert_eq!(desk(&["inbox"]).done().json(), serde_json::json!([]));
    let waybill = told["number"].to_string();
    desk(&["done", &waybill, "--note", "sent"]).done();
    let list = desk(&["list", "--state", "done"]).done().json();
    assert_eq!(list[0]["number"], told["number"], "the latest first");
    let about = run(&["desk", "about", "C00042", "--on", DAY]).done().stdout;
    assert!(about.contains("Asks for a fridge") && about.contains("communication done"), "{about}");
    let json = desk(&["about", "C00042"]).done().json();
    let open: Vec<_> = json["open"].as_array().unwrap().iter().map(|matter| &matter["number"]).collect();
    assert!(open.contains(&&unknown["number"]) && !open.contains(&&told["number"]), "{open:?}");

    for (arguments, told) in [
        (&["desk", "done", waybill.as_str()][..], "reopen it first"),
        (&["desk", "pass", number.as_str(), "--role", "sales-specialst"], "did you mean"),
        (&["desk", "pass", number.as_str(), "--stage", "party"], "no stage"),
        (&["desk", "show", "9999999"], "there is no communication 9999999"),
        (&["desk", "register", "x", "--channel", "fax"], "there is no channel \"fax\""),
        (&["desk", "inbox", "E-404"], "there is no employee"),
        (&["card", "C00042", "--language", "de"], "there are no cards in \"de\""),
        (&["card", "C00042", "--format", "xlsx"], "no such form"),
    ] {
        let refused = run(arguments);
        assert!(refused.exit != 0 && refused.stderr.contains(told), "{arguments:?}: {}", refused.stderr);
    }

    let card = run(&["card", "C00042", "--on", DAY, "--format", "json"]).done().json();
    assert_eq!(card["company"], "Balkan Cold Kitchen");
    let vcard = run(&["card", "C00042", "--on", DAY, "--format", "vcard", "--language", "bg"]).done().stdout;
    assert!(
        vcard.starts_with("BEGIN:VCARD\r\nVERSION:4.0\r\n") && vcard.contains("ORG:Balkan Cold Kitchen\r\n"),
        "{vcard}"
    );
    assert!(run(&["card", "C00042", "--on", DAY]).done().stdout.contains("Balkan Cold Kitchen"));
}
