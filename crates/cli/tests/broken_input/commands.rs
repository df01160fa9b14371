//! Commands that cannot be carried out.

use super::*;

/// A town that is planned into `plan` and applied to `ledger.db`.
fn applied() -> Project {
    let project = Town::tiny().write();
    run_in(folder(&project), &PLAN).done();
    run_in(folder(&project), &["apply", "plan", "--db", DB, "--yes"]).done();
    project
}

const DB: &str = "sqlite:ledger.db";

#[test]
fn no_span_of_time() {
    let project = Town::tiny().write();
    assert_snapshot!(refused_as(&project, &["plan", "-o", "plan", "--time-limit", "-1"]), @"
    exit 2
    error: --time-limit -1 is no span of time
      help: give seconds above 0, as in --time-limit 30
    ");
    assert_snapshot!(refused_as(&project, &["plan", "-o", "plan", "--time-limit", "1e20"]), @"
    exit 2
    error: --time-limit 100000000000000000000 is no span of time
      help: give seconds above 0, as in --time-limit 30
    ");
}

#[test]
fn no_date() {
    assert_snapshot!(refused_as(&Town::tiny().write(), &["plan", "-o", "plan", "--on", "2026-13-01"]), @"
    exit 2
    error: invalid value '2026-13-01' for '--on <DATE>': failed to parse two digit integer as month: parameter 'month' is not in the required range of 1..=12

    For more information, try '--help'.
    ");
}

#[test]
fn a_plan_into_a_file() {
    assert_snapshot!(refused_as(&Town::tiny().write(), &["plan", "-o", "accounts.csv", "--on", common::DAY]), @"
    exit 1
    error: cannot create accounts.csv: File exists (os error 17)
      help: see that the path exists and may be read and written
    ");
}

#[test]
fn a_plan_against_no_ledger() {
    let arguments = ["plan", "-o", "plan", "--against", DB, "--on", common::DAY];
    assert_snapshot!(refused_as(&Town::tiny().write(), &arguments), @"
    exit 1
    error: there is no ledger at ledger.db: `bailiwick apply` creates one
    ");
}

#[test]
fn to_apply_without_a_word_of_consent() {
    let project = Town::tiny().write();
    run_in(folder(&project), &PLAN).done();
    assert_snapshot!(refused_as(&project, &["apply", "plan", "--db", DB]), @"
    exit 2
    error: apply changes the ledger, and there is no terminal to ask at
      help: say --yes if it is meant
    ");
}

#[test]
fn to_apply_what_is_no_plan() {
    assert_snapshot!(refused_as(&Town::tiny().write(), &["apply", ".", "--db", DB, "--yes"]), @"
    exit 1
    error: . is no plan: it has no plan.json
      help: make one with `bailiwick plan -o DIR`
    ");
}

#[test]
fn to_apply_assignments_that_were_edited() {
    let project = Town::tiny().write();
    run_in(folder(&project), &PLAN).done();
    let path = project.path("plan/assignments.csv");
    let text = std::fs::read_to_string(&path).unwrap().replacen(",E-1,", ",E-2,", 1);
    std::fs::write(path, text).unwrap();
    assert_snapshot!(refused_as(&project, &["apply", "plan", "--db", DB, "--yes"]), @"
    exit 1
    error: plan/assignments.csv was changed after planning
      help: if the edits are meant, apply with --edited; the audit trail will say so
    ");
}

#[test]
fn to_apply_twice() {
    let project = applied();
    let said = refused_as(&project, &["apply", "plan", "--db", DB, "--yes"]);
    let said = said.split(" at 20").next().unwrap();
    assert_snapshot!(said, @"
    exit 1
    error: the plan f9d7f8437efc1363 is already applied, from 2026-01-01, by tester
    ");
}

#[test]
fn to_apply_into_no_folder() {
    let project = Town::tiny().write();
    run_in(folder(&project), &PLAN).done();
    assert_snapshot!(refused_as(&project, &["apply", "plan", "--db", "sqlite:none/ledger.db", "--yes"]), @"
    exit 1
    error: the folder none does not exist: create it, or give another path
    ");
}

#[test]
fn to_apply_to_a_file_that_is_no_database() {
    let project = Town::tiny().write();
    run_in(folder(&project), &PLAN).done();
    assert_snapshot!(refused_as(&project, &["apply", "plan", "--db", "sqlite:accounts.csv", "--yes"]), @"
    exit 1
    error: accounts.csv is not a database: give the path of a ledger, or of a file that does not exist yet
    ");
}

#[test]
fn to_ask_about_an_account_nobody_knows() {
    assert_snapshot!(refused_as(&applied(), &["who", "A-1", "--on", common::DAY, "--db", DB]), @r#"
    exit 1
    error: there is no account "A-1"
      help: did you mean A-10 (South Shop 2), A-11 (South Shop 3), A-12 (South Shop 4)?
    "#);
}

#[test]
fn to_ask_about_a_role_nobody_knows() {
    let arguments = ["who", "A-01", "--role", "sales", "--on", common::DAY, "--db", DB];
    assert_snapshot!(refused_as(&applied(), &arguments), @r#"
    exit 1
    error: there is no role "sales"
      help: there are: sales-specialist
    "#);
}

#[test]
fn to_ask_a_ledger_that_does_not_exist() {
    assert_snapshot!(refused_as(&Town::tiny().write(), &["who", "A-01", "--db", DB]), @"
    exit 1
    error: there is no ledger at ledger.db: `bailiwick apply` creates one
    ");
}

#[test]
fn to_ask_another_kind_of_database() {
    assert_snapshot!(refused_as(&Town::tiny().write(), &["who", "A-01", "--db", "mysql://host/base"]), @r#"
    exit 1
    error: "mysql" databases are not supported: give a URL such as sqlite:bailiwick.db or postgres://user@host/database
    "#);
}

#[test]
fn to_compare_with_nothing() {
    assert_snapshot!(refused_as(&Town::tiny().write(), &["diff", "plan", "other"]), @r#"
    exit 2
    error: "plan" is neither a plan's folder nor a ledger
      help: give a folder made by `bailiwick plan -o`, or a URL such as sqlite:bailiwick.db
    "#);
}

#[test]
fn to_route_what_is_not_there() {
    assert_snapshot!(refused_as(&applied(), &["route", "arrivals.jsonl", "--on", common::DAY, "--db", DB]), @"
    exit 1
    error: cannot read arrivals.jsonl: No such file or directory (os error 2)
      help: see that the path exists and may be read and written
    ");
}
