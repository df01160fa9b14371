//! `bailiwick users`: passwords by standard input, and what is told of each user.

#![allow(clippy::unwrap_used)]

mod common;

use common::{run_in, run_with};

#[test]
fn users_are_made_listed_and_disabled() {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path();
    run_in(dir, &["demo", "--no-serve", "--dir", "demo", "--accounts", "500"]).done();
    let db = ["--db", "sqlite:demo/bailiwick.db"];
    let with = |arguments: &[&str], input: &str| run_with(dir, &[arguments, &db[..]].concat(), input);

    with(&["users", "add", "Root", "--role", "admin"], "several good words\n").done();
    with(&["users", "add", "Ann", "--role", "manager", "--role", "member"], "other good words\n").done();
    let listed = with(&["users", "list"], "").done();
    assert_eq!(listed.stdout, "Ann: manager, member\nRoot: admin\n");

    for (arguments, input, told) in [
        (&["users", "add", "ANN", "--role", "member"][..], "several good words\n", "already"),
        (&["users", "add", "Bob", "--role", "owner"], "several good words\n", "there is no role \"owner\""),
        (&["users", "add", "Bob", "--role", "member"], "short\n", "at least 12"),
        (&["users", "add", "Bob", "--role", "member", "--employee", "E-404"], "several good words\n", "no employee"),
        (&["users", "disable", "Bob"], "", "there is no user \"Bob\""),
        (&["users", "disable", "Root"], "", "no active administrator"),
    ] {
        let run = with(arguments, input);
        assert_ne!(run.exit, 0, "{arguments:?}");
        assert!(run.stderr.contains(told), "{arguments:?}: {}", run.stderr);
    }

    with(&["users", "disable", "ann"], "").done();
    with(&["users", "password", "root"], "yet other good words\n").done();
    let listed = with(&["users", "list", "--format", "json"], "").done().json();
    assert_eq!(listed[0]["active"], false);
    assert_eq!(listed[1]["roles"][0], "admin");
    assert!(!listed.to_string().contains("argon2"));
}
