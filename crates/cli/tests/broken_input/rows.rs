//! Rows that cannot be used.

use super::*;

#[test]
fn a_missing_column() {
    assert_snapshot!(refused(&Town::tiny().without_employee_column("employee_id")), @r#"
    exit 1
    error: source employees, employees.csv: the column employee_id is needed and not there
      help: the columns found are: name, position, department, street, latitude, longitude, skills, capacity; say which one it is: columns = { employee_id = "name" }
    "#);
}

#[test]
fn a_doubled_id() {
    assert_snapshot!(rejected(&Town::tiny().account("A-02", "account_id", "A-01")), @r#"
    exit 1
    error: a row of the input cannot be used; it is in plan-rejected.csv with its reason
      accounts.csv row 3, account_id = "A-01": is there already, in row 2
      help: mend the rows, or write on_error = "skip" in the source to plan without them

    plan-rejected.csv:
    source,file,row,column,value,reason
    accounts,accounts.csv,3,account_id,A-01,"is there already, in row 2"
    "#);
}

#[test]
fn an_empty_id() {
    assert_snapshot!(rejected(&Town::tiny().account("A-02", "account_id", "")), @r#"
    exit 1
    error: a row of the input cannot be used; it is in plan-rejected.csv with its reason
      accounts.csv row 3, account_id: is empty and must not be
      help: mend the rows, or write on_error = "skip" in the source to plan without them

    plan-rejected.csv:
    source,file,row,column,value,reason
    accounts,accounts.csv,3,account_id,,is empty and must not be
    "#);
}

#[test]
fn an_id_that_no_ledger_keeps() {
    assert_snapshot!(refused(&Town::tiny().account("A-02", "account_id", &"A".repeat(201))), @"
    exit 1
    id-form

      × account_id: account id is 201 characters long: the most is 200
      help: correct it in the source
    ");
    assert_snapshot!(refused(&Town::tiny().account("A-02", "account_id", "A\u{7}02")), @r#"
    exit 1
    id-form

      × account_id: account id "A\u{7}02" holds a control character: remove it
      help: correct it in the source
    "#);
}

#[test]
fn a_circle_of_parents() {
    let town = Town::tiny().account("A-01", "parent_id", "A-02").account("A-02", "parent_id", "A-01");
    assert_snapshot!(rejected(&town), @r#"
    exit 1
    error: 2 rows of the input cannot be used; each is in plan-rejected.csv with its reason
      accounts.csv row 2, parent_id = "A-02": closes a loop: A-01 → A-02 → A-01
      accounts.csv row 3, parent_id = "A-01": closes a loop: A-01 → A-02 → A-01
      help: mend the rows, or write on_error = "skip" in the source to plan without them

    plan-rejected.csv:
    source,file,row,column,value,reason
    accounts,accounts.csv,2,parent_id,A-02,closes a loop: A-01 → A-02 → A-01
    accounts,accounts.csv,3,parent_id,A-01,closes a loop: A-01 → A-02 → A-01
    "#);
}

#[test]
fn a_parent_that_does_not_exist() {
    let town = Town::tiny().account("A-01", "parent_id", "A-02").account("A-02", "parent_id", "A-77");
    assert_snapshot!(rejected(&town), @r#"
    exit 1
    error: a row of the input cannot be used; it is in plan-rejected.csv with its reason
      accounts.csv row 3, parent_id = "A-77": is no account of this table
      help: mend the rows, or write on_error = "skip" in the source to plan without them

    plan-rejected.csv:
    source,file,row,column,value,reason
    accounts,accounts.csv,3,parent_id,A-77,is no account of this table
    "#);
}

#[test]
fn a_date_that_does_not_exist() {
    let town = Town::tiny().and_policy("[sources.assignments]\nfile = \"today.csv\"");
    let town = town.file("today.csv", "account_id,employee_id,valid_from\nA-01,E-1,2025-01-01\nA-02,E-1,2025-02-30\n");
    assert_snapshot!(rejected(&town), @r#"
    exit 1
    error: a row of the input cannot be used; it is in plan-rejected.csv with its reason
      today.csv row 3, valid_from = "2025-02-30": is not a date (this column writes them as 2025-12-31)
      help: mend the rows, or write on_error = "skip" in the source to plan without them

    plan-rejected.csv:
    source,file,row,column,value,reason
    assignments,today.csv,3,valid_from,2025-02-30,is not a date (this column writes them as 2025-12-31)
    "#);
}

#[test]
fn somebody_starts_on_no_date() {
    assert_snapshot!(refused(&Town::tiny().employee("E-1", "start_date", "soon")), @r#"
    exit 1
    date-form

      × employee E-1: start_date = "soon" is no date
      help: write it as 2026-01-31, or say date_format in the source
    "#);
}

#[test]
fn a_skill_without_a_level_that_is_a_number() {
    assert_snapshot!(refused(&Town::tiny().employee("E-1", "skills", "food:very")), @r#"
    exit 1
    skill-form

      × employee E-1: "food:very" is not a skill: write name or name:level,
      │ separated by semicolons, as in "retail:3; dairy:2"
      help: mend the cell
    "#);
}

#[test]
fn a_place_that_is_no_number() {
    assert_snapshot!(rejected(&Town::tiny().account("A-01", "latitude", "NaN")), @r#"
    exit 1
    error: a row of the input cannot be used; it is in plan-rejected.csv with its reason
      accounts.csv row 2, latitude = "NaN": is not a finite number
      help: mend the rows, or write on_error = "skip" in the source to plan without them

    plan-rejected.csv:
    source,file,row,column,value,reason
    accounts,accounts.csv,2,latitude,NaN,is not a finite number
    "#);
}

#[test]
fn a_place_beyond_the_pole() {
    assert_snapshot!(rejected(&Town::tiny().account("A-01", "latitude", "95")), @r#"
    exit 1
    error: a row of the input cannot be used; it is in plan-rejected.csv with its reason
      accounts.csv row 2, latitude = "95": is no latitude: it is between -90 and 90
      help: mend the rows, or write on_error = "skip" in the source to plan without them

    plan-rejected.csv:
    source,file,row,column,value,reason
    accounts,accounts.csv,2,latitude,95,is no latitude: it is between -90 and 90
    "#);
}

#[test]
fn half_a_place() {
    assert_snapshot!(rejected(&Town::tiny().account("A-01", "longitude", "")), @r#"
    exit 1
    error: a row of the input cannot be used; it is in plan-rejected.csv with its reason
      accounts.csv row 2, longitude: is empty although there is a latitude
      help: mend the rows, or write on_error = "skip" in the source to plan without them

    plan-rejected.csv:
    source,file,row,column,value,reason
    accounts,accounts.csv,2,longitude,,is empty although there is a latitude
    "#);
}

#[test]
fn a_word_among_numbers() {
    let town = Town::tiny().account("A-03", "workload", "three");
    assert_snapshot!(refused(&town.and_policy("[measures]\nworkload = \"workload\"")), @r#"
    exit 1
    expression

      × workload: "three" is not a number
        ╭─[bailiwick.toml:12:12]
     11 │ [measures]
     12 │ workload = "workload"
        ·            ─────┬────
        ·                 ╰── here
        ╰────
      help: mend the values, or state the column's type in its source, as in types
            = { revenue = "number" }: then every row that does not fit is named
    "#);
}

#[test]
fn a_row_with_too_many_fields() {
    let town = Town::tiny().file("accounts.csv", accounts_with("company,food", "company,food,extra"));
    assert_snapshot!(rejected(&town), @r#"
    exit 1
    error: a row of the input cannot be used; it is in plan-rejected.csv with its reason
      accounts.csv row 2 = "A-01,North Shop 1,,North,company,food,extra,42.72,23.30,1": has 10 fields, the header has 9
      help: mend the rows, or write on_error = "skip" in the source to plan without them

    plan-rejected.csv:
    source,file,row,column,value,reason
    accounts,accounts.csv,2,,"A-01,North Shop 1,,North,company,food,extra,42.72,23.30,1","has 10 fields, the header has 9"
    "#);
}

#[test]
fn a_field_of_two_megabytes() {
    assert_snapshot!(rejected(&Town::tiny().account("A-01", "name", &"x".repeat(2 << 20))), @r#"
    exit 1
    error: a row of the input cannot be used; it is in plan-rejected.csv with its reason
      accounts.csv row 2 = "A-01,xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…": has a field of more than 1 MiB
      help: mend the rows, or write on_error = "skip" in the source to plan without them

    plan-rejected.csv:
    source,file,row,column,value,reason
    accounts,accounts.csv,2,,"A-01,xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…",has a field of more than 1 MiB
    "#);
}

#[test]
fn a_quote_that_is_never_closed() {
    let town = Town::tiny().file("accounts.csv", accounts_with("A-01,North", "A-01,\"North"));
    assert_snapshot!(refused(&town), @r#"
    exit 1
    error: source accounts, accounts.csv, row 2: a quote (") is opened here and closed nowhere in the file
      help: close the quote, or double it ("") where it belongs to the text
    "#);
}

#[test]
fn a_word_among_numbers_of_a_stated_type() {
    let town = read_from("file = \"accounts.csv\"\ntypes = { workload = \"number\" }");
    assert_snapshot!(rejected(&town.account("A-03", "workload", "three")), @r#"
    exit 1
    error: a row of the input cannot be used; it is in plan-rejected.csv with its reason
      accounts.csv row 4, workload = "three": is not a number
      help: mend the rows, or write on_error = "skip" in the source to plan without them

    plan-rejected.csv:
    source,file,row,column,value,reason
    accounts,accounts.csv,4,workload,three,is not a number
    "#);
}
