//! Broken input of every kind, as a person would hand it in: each ends with exit 1 or 2, says what is wrong, where, and
//! what to do about it, and leaves nothing behind but the file of rejected rows. The messages are part of the product, so
//! they are written here in full.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use bailiwick_testkit::{Project, Town};
use common::{Run, contents, ledger_state, run_in};
use insta::assert_snapshot;

const PLAN: [&str; 5] = ["plan", "-o", "plan", "--on", common::DAY];

/// Runs the command in the town, which must refuse, print no data, and write nothing.
#[track_caller]
fn refused_as(project: &Project, arguments: &[&str]) -> String {
    let dir = folder(project);
    let (before, ledger) = (files_of(dir), ledger_state(&dir.join("ledger.db")));
    let run = run_in(dir, arguments);
    let after = files_of(dir);
    assert!(after == before, "something was written: {:?}\n{}", after.keys(), run.stderr);
    assert_eq!(ledger_state(&dir.join("ledger.db")), ledger, "the ledger was changed");
    said(&run)
}

/// What lies in a folder beside a ledger, whose bytes may differ though it says the same.
fn files_of(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = contents(dir);
    files.retain(|path, _| !path.to_string_lossy().starts_with("ledger.db"));
    files
}

/// Plans a town, which must be refused before anything is written.
#[track_caller]
fn refused(town: &Town) -> String {
    refused_as(&town.write(), &PLAN)
}

/// Plans a town, which must be refused for some of its rows: those are written to a file with their reasons, nothing else.
#[track_caller]
fn rejected(town: &Town) -> String {
    let project = town.write();
    let before = contents(folder(&project));
    let run = run_in(folder(&project), &PLAN);
    let mut after = contents(folder(&project));
    let rows = String::from_utf8(after.remove(Path::new("plan-rejected.csv")).expect("rejected rows")).unwrap();
    assert!(after == before, "something else was written: {:?}", after.keys());
    let rows: String = rows.lines().map(|line| line.chars().take(200).collect::<String>() + "\n").collect();
    format!("{}\n\nplan-rejected.csv:\n{rows}", said(&run))
}

#[track_caller]
fn said(run: &Run) -> String {
    assert!([1, 2].contains(&run.exit), "exit {}\n{}{}", run.exit, run.stdout, run.stderr);
    assert_eq!(run.stdout, "");
    format!("exit {}\n{}", run.exit, run.stderr.trim_end())
}

fn folder(project: &Project) -> &Path {
    Box::leak(project.policy().into_boxed_path()).parent().unwrap()
}

/// The town with another first coverage.
fn covered(coverage: &str) -> Town {
    policy("file = \"accounts.csv\"", coverage)
}

/// The town with another source of accounts.
fn read_from(accounts: &str) -> Town {
    policy(accounts, "role = \"sales-specialist\"\ndivide = { by = \"street\" }")
}

fn policy(accounts: &str, coverage: &str) -> Town {
    let text = format!(
        "[sources.accounts]\n{accounts}\n\n[sources.employees]\nfile = \"employees.csv\"\n\n[[coverage]]\n{coverage}\n"
    );
    Town::tiny().policy(&text)
}

/// The town's accounts as the text of a file, one of its lines made different.
fn accounts_with(line: &str, other: &str) -> Vec<u8> {
    let text = std::fs::read_to_string(Town::tiny().write().path("accounts.csv")).unwrap();
    assert!(text.contains(line), "{line} in {text}");
    text.replacen(line, other, 1).into_bytes()
}

mod rows {
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
        let town =
            town.file("today.csv", "account_id,employee_id,valid_from\nA-01,E-1,2025-01-01\nA-02,E-1,2025-02-30\n");
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
}

mod files {
    use super::*;

    #[test]
    fn an_empty_file() {
        assert_snapshot!(refused(&Town::tiny().file("accounts.csv", "")), @"
        exit 1
        error: source accounts, accounts.csv: the file is empty
          help: export it again, with the names of the columns in its first row
        ");
    }

    #[test]
    fn a_header_alone() {
        assert_snapshot!(refused(&Town::tiny().file("employees.csv", "employee_id,name,street\n")), @"
        exit 1
        error: there are no employees to divide the accounts among
          help: fill the file of [sources.employees], or name the right one
        ");
    }

    #[test]
    fn no_such_file() {
        assert_snapshot!(refused(&read_from("file = \"acounts.csv\"")), @"
        exit 1
        error: source accounts, acounts.csv: there is no such file
          help: did you mean accounts.csv? Paths are relative to the policy file
        ");
    }

    #[test]
    fn another_encoding_than_stated() {
        let town = read_from("file = \"accounts.csv\"\nencoding = \"utf-8\"");
        let mut bytes = accounts_with("North Shop 1", "@ Shop 1");
        let at = bytes.iter().position(|byte| *byte == b'@').unwrap();
        bytes[at] = 0xD1;
        assert_snapshot!(rejected(&town.file("accounts.csv", bytes)), @r#"
        exit 1
        error: a row of the input cannot be used; it is in plan-rejected.csv with its reason
          accounts.csv row 2 = "A-01,� Shop 1,,North,company,food,42.72,23.30,1": holds bytes that are no UTF-8 (shown as �)
          help: mend the rows, or write on_error = "skip" in the source to plan without them

        plan-rejected.csv:
        source,file,row,column,value,reason
        accounts,accounts.csv,2,,"A-01,� Shop 1,,North,company,food,42.72,23.30,1",holds bytes that are no UTF-8 (shown as �)
        "#);
    }

    #[test]
    fn an_encoding_nobody_knows() {
        assert_snapshot!(refused(&read_from("file = \"accounts.csv\"\nencoding = \"klingon\"")), @r#"
        exit 1
        error: source accounts: "klingon" is no known encoding
          help: write one of utf-8, utf-16le, utf-16be, windows-1250, windows-1251, windows-1252, windows-1253, windows-1254, iso-8859-2, koi8-r, ibm866, shift_jis
        "#);
    }

    #[test]
    fn a_workbook_without_that_sheet() {
        let town = read_from("file = \"book.xlsx\"\nsheet = \"Customers\"");
        assert_snapshot!(refused(&town.file("book.xlsx", workbook(""))), @r#"
        exit 1
        error: source accounts, book.xlsx: the workbook has no sheet "Customers"
          help: the sheets are: Sheet1
        "#);
    }

    #[test]
    fn a_workbook_that_is_none() {
        let town = read_from("file = \"book.xlsx\"").file("book.xlsx", "account_id,name\n");
        assert_snapshot!(refused(&town), @"
        exit 1
        error: source accounts, book.xlsx: not a workbook: invalid Zip archive: Could not find EOCD
          help: open it in a spreadsheet program and save it as .xlsx
        ");
    }

    #[test]
    fn a_workbook_that_unpacks_to_far_more_than_it_is() {
        let town = read_from("file = \"book.xlsx\"\nmax_bytes = 1000000");
        assert_snapshot!(refused(&town.file("book.xlsx", workbook(&" ".repeat(64 << 20)))), @"
        exit 1
        error: source accounts, book.xlsx: unpacks to more than 1 MB from 66 kB
          help: if the file is to be trusted, state a larger max_bytes for this source
        ");
    }

    #[test]
    fn a_query_that_is_no_question() {
        assert_snapshot!(refused(&read_from("sql = \"DELETE FROM 'accounts.csv'\"")), @"
        exit 1
        error: source accounts: only one SELECT can be a source
          help: sources are read, never written
        ");
    }

    #[test]
    fn a_query_over_a_file_that_is_not_there() {
        assert_snapshot!(refused(&read_from("sql = \"SELECT * FROM 'acounts.csv'\"")), @"
        exit 1
        error: source accounts, acounts.csv: there is no such file
          help: did you mean accounts.csv? Paths are relative to the policy file
        ");
    }

    /// A workbook of one sheet, "Sheet1", with a cell and `padding`.
    fn workbook(padding: &str) -> Vec<u8> {
        const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
        let relation = |kind: &str, target: &str| {
            format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/{kind}\" \
                 Target=\"{target}\"/></Relationships>"
            )
        };
        let parts = [
            (
                "[Content_Types].xml",
                format!(
                    "<Types xmlns=\"{PACKAGE}/content-types\"><Default Extension=\"xml\" ContentType=\"application/xml\"/></Types>"
                ),
            ),
            ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
            ("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml")),
            (
                "xl/workbook.xml",
                format!(
                    "<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets><sheet name=\"Sheet1\" sheetId=\"1\" \
                     r:id=\"rId1\"/></sheets></workbook>"
                ),
            ),
            (
                "xl/worksheets/sheet1.xml",
                format!(
                    "<worksheet xmlns=\"{MAIN}\"><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>account_id</t>\
                     </is></c></row></sheetData>{padding}</worksheet>"
                ),
            ),
        ];
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
        for (name, content) in parts {
            archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            archive.write_all(content.as_bytes()).unwrap();
        }
        archive.finish().unwrap().into_inner()
    }
}

mod policies {
    use super::*;

    #[test]
    fn no_policy() {
        let arguments = ["plan", "-p", "elsewhere", "-o", "plan"];
        assert_snapshot!(refused_as(&Town::tiny().write(), &arguments), @"
        exit 1
        error: there is no policy elsewhere
          help: name it with -p FILE, or start a project with `bailiwick init DIR`
        ");
    }

    #[test]
    fn a_policy_that_is_no_toml() {
        assert_snapshot!(refused(&covered("role = sales")), @"
        exit 1
        policy-syntax

          × string values must be quoted, expected literal string
           ╭─[bailiwick.toml:8:8]
         7 │ [[coverage]]
         8 │ role = sales
           ·        ──┬──
           ·          ╰── here
           ╰────
          help: the file is TOML: texts stand in quotes, lists in [ ], tables in { }
                or under a [heading]
        ");
    }

    #[test]
    fn a_key_nobody_knows() {
        assert_snapshot!(refused(&covered("rolle = \"sales-specialist\"\ndivide = { by = \"street\" }")), @r#"
        exit 1
        policy-syntax

          × unknown field `rolle`, expected one of `segment`, `role`, `product_line`,
          │ `when`, `staff`, `divide`, `balance`, `capacity`, `groups`, `keep`, `pins`
           ╭─[bailiwick.toml:8:1]
         7 │ [[coverage]]
         8 │ rolle = "sales-specialist"
           · ──┬──
           ·   ╰── here
         9 │ divide = { by = "street" }
           ╰────
          help: did you mean "role"?
        "#);
    }

    #[test]
    fn a_value_of_another_type() {
        assert_snapshot!(refused(&covered("role = \"sales-specialist\"\ndivide = { balance = { count = \"5 %\" } }")), @r#"
        exit 1
        policy-syntax

          × invalid type: string "5 %", expected f64
           ╭─[bailiwick.toml:9:32]
         8 │ role = "sales-specialist"
         9 │ divide = { balance = { count = "5 %" } }
           ·                                ──┬──
           ·                                  ╰── here
           ╰────
          help: write a value of the type that is expected; texts and conditions stand
                in quotes
        "#);
    }

    #[test]
    fn a_role_without_a_name() {
        assert_snapshot!(refused(&covered("role = \"\"\ndivide = { by = \"street\" }")), @r#"
        exit 1
        role-form

          × role is empty: give it a value
           ╭─[bailiwick.toml:8:8]
         7 │ [[coverage]]
         8 │ role = ""
           ·        ─┬
           ·         ╰── here
         9 │ divide = { by = "street" }
           ╰────
          help: give the role a name such as "sales-specialist"
        "#);
    }

    #[test]
    fn a_role_nobody_covers() {
        let town =
            Town::tiny().and_policy("[[coverage]]\nrole = \"service\"\ndivide = { same_as = \"sales-specialst\" }");
        assert_snapshot!(refused(&town), @r#"
        exit 1
        role-unknown

          × there is no role "sales-specialst"
            ╭─[bailiwick.toml:13:22]
         12 │ role = "service"
         13 │ divide = { same_as = "sales-specialst" }
            ·                      ────────┬────────
            ·                              ╰── here
            ╰────
          help: did you mean "sales-specialist"?
        "#);
    }

    #[test]
    fn a_segment_that_does_not_exist() {
        let town = covered("segment = \"VPI\"\nrole = \"sales-specialist\"\ndivide = { by = \"street\" }");
        assert_snapshot!(refused(&town.and_policy("[[segments]]\nname = \"VIP\"\nwhen = \"workload = 4\"")), @r#"
        exit 1
        segment-unknown

          × there is no segment "VPI"
           ╭─[bailiwick.toml:8:11]
         7 │ [[coverage]]
         8 │ segment = "VPI"
           ·           ──┬──
           ·             ╰── here
         9 │ role = "sales-specialist"
           ╰────
          help: did you mean "VIP"?
        "#);
    }

    #[test]
    fn a_column_that_does_not_exist() {
        let town = Town::tiny()
            .and_policy("[[segments]]\nname = \"North\"\nwhen = \"ownership = 'company' AND stret = 'North'\"");
        assert_snapshot!(refused(&town), @r#"
        exit 1
        expression

          × there is no column stret
            ╭─[bailiwick.toml:13:35]
         12 │ name = "North"
         13 │ when = "ownership = 'company' AND stret = 'North'"
            ·                                   ──┬──
            ·                                     ╰── here
            ╰────
          help: did you mean street?
        "#);
    }

    #[test]
    fn a_condition_that_is_a_value() {
        assert_snapshot!(refused(&covered("role = \"sales-specialist\"\nwhen = \"street\"\ndivide = { by = \"street\" }")), @r#"
        exit 1
        condition-type

          × "street" is not a condition: it gives a value, not true or false
            ╭─[bailiwick.toml:9:8]
          8 │ role = "sales-specialist"
          9 │ when = "street"
            ·        ────┬───
            ·            ╰── here
         10 │ divide = { by = "street" }
            ╰────
          help: compare it with something, as in region = 'Moscow'
        "#);
    }

    #[test]
    fn a_condition_with_a_query_inside() {
        let town = covered(
            "role = \"sales-specialist\"\nwhen = \"street IN (SELECT street FROM employees)\"\ndivide = { by = \"street\" }",
        );
        assert_snapshot!(refused(&town), @r#"
        exit 1
        expression

          × a query inside an expression is not allowed here
            ╭─[bailiwick.toml:9:9]
          8 │ role = "sales-specialist"
          9 │ when = "street IN (SELECT street FROM employees)"
            ·         ────────────────────┬───────────────────
            ·                             ╰── here
         10 │ divide = { by = "street" }
            ╰────
          help: allowed are columns, literals, comparison, AND OR NOT, arithmetic,
                CASE, IN, BETWEEN, LIKE, IS NULL, CAST and functions of one row;
                anything else belongs in the sql of a source
        "#);
    }

    #[test]
    fn words_compared_with_numbers() {
        let town = covered("role = \"sales-specialist\"\nwhen = \"workload > 'much'\"\ndivide = { by = \"street\" }");
        assert_snapshot!(refused(&town), @r#"
        exit 1
        expression

          × Cast error: Cannot cast string 'much' to value of integer type
            ╭─[bailiwick.toml:9:8]
          8 │ role = "sales-specialist"
          9 │ when = "workload > 'much'"
            ·        ─────────┬─────────
            ·                 ╰── here
         10 │ divide = { by = "street" }
            ╰────
          help: check the types: CAST(x AS DOUBLE), CAST(x AS VARCHAR), DATE '2025-12-
                31'
        "#);
    }

    #[test]
    fn a_tolerance_below_zero() {
        assert_snapshot!(refused(&covered("role = \"sales-specialist\"\ndivide = { balance = { count = -0.05 } }")), @r#"
        exit 1
        tolerance

          × the tolerance of "count" is -0.05
           ╭─[bailiwick.toml:9:24]
         8 │ role = "sales-specialist"
         9 │ divide = { balance = { count = -0.05 } }
           ·                        ──┬──
           ·                          ╰── here
           ╰────
          help: write a share of the mean above 0: 0.05 keeps everybody within ± 5 %
        "#);
    }

    #[test]
    fn a_measure_that_does_not_exist() {
        assert_snapshot!(refused(&covered("role = \"sales-specialist\"\ndivide = { balance = { workload = 0.05 } }")), @r#"
        exit 1
        measure-unknown

          × there is no measure "workload"
           ╭─[bailiwick.toml:9:24]
         8 │ role = "sales-specialist"
         9 │ divide = { balance = { workload = 0.05 } }
           ·                        ────┬───
           ·                            ╰── here
           ╰────
          help: there are: count, or add to [measures]: workload = "an SQL expression
                over account columns"
        "#);
    }

    #[test]
    fn two_roles_that_follow_each_other() {
        let town = covered("role = \"seller\"\ndivide = { same_as = \"carer\" }");
        assert_snapshot!(refused(&town.and_policy("[[coverage]]\nrole = \"carer\"\ndivide = { same_as = \"seller\" }")), @r#"
        exit 1
        same-as-circle

          × role "seller" follows "carer", which follows it back
            ╭─[bailiwick.toml:9:22]
          8 │ role = "seller"
          9 │ divide = { same_as = "carer" }
            ·                      ───┬───
            ·                         ╰── here
         10 │ 
            ╰────
          help: divide one of the two by another form than same_as

        same-as-circle

          × role "carer" follows "seller", which follows it back
            ╭─[bailiwick.toml:13:22]
         12 │ role = "carer"
         13 │ divide = { same_as = "seller" }
            ·                      ────┬───
            ·                          ╰── here
            ╰────
          help: divide one of the two by another form than same_as
        "#);
    }

    #[test]
    fn two_ways_to_divide_at_once() {
        let town = covered("role = \"sales-specialist\"\ndivide = { by = \"street\", to = \"E-1\" }");
        assert_snapshot!(refused(&town), @r#"
        exit 1
        divide-form

          × the coverage of "sales-specialist" divides in 2 ways at once: to, by
           ╭─[bailiwick.toml:8:8]
         7 │ [[coverage]]
         8 │ role = "sales-specialist"
           ·        ─────────┬────────
           ·                 ╰── here
         9 │ divide = { by = "street", to = "E-1" }
           ╰────
          help: give exactly one of to, by, territories, fit, balance, same_as; more
                limits go beside divide, as balance = { … } and capacity = …
        "#);
    }

    #[test]
    fn one_position_held_by_three() {
        assert_snapshot!(refused(&covered("role = \"sales-specialist\"\ndivide = { to = \"position = 'Seller'\" }")), @r#"
        exit 1
        named-several

          × 3 employees meet "position = 'Seller'": E-1, E-2, E-3
           ╭─[bailiwick.toml:9:17]
         8 │ role = "sales-specialist"
         9 │ divide = { to = "position = 'Seller'" }
           ·                 ──────────┬──────────
           ·                           ╰── here
           ╰────
          help: name one person, or divide among them with balance = { count = 0.1 }
        "#);
    }

    #[test]
    fn a_pin_to_nobody() {
        let pin = "[[pins]]\naccount = \"A-01\"\nrole = \"sales-specialist\"\nemployee = \"E-9\"";
        assert_snapshot!(refused(&Town::tiny().and_policy(pin)), @r#"
        exit 1
        pin-employee

          × the pin names employee "E-9", who is not in the data
            ╭─[bailiwick.toml:14:12]
         13 │ role = "sales-specialist"
         14 │ employee = "E-9"
            ·            ──┬──
            ·              ╰── here
            ╰────
          help: did you mean "E-1"?
        "#);
    }

    #[test]
    fn a_pin_of_an_account_nobody_knows() {
        let pin = "[[pins]]\naccount = \"A-99\"\nrole = \"sales-specialist\"\nemployee = \"E-1\"";
        assert_snapshot!(refused(&Town::tiny().and_policy(pin)), @r#"
        exit 1
        pin-account

          × the pin names account "A-99", which is not in the data
            ╭─[bailiwick.toml:12:11]
         11 │ [[pins]]
         12 │ account = "A-99"
            ·           ───┬──
            ·              ╰── here
         13 │ role = "sales-specialist"
            ╰────
          help: correct the id, or remove the pin
        "#);
    }

    /// 5 is 500 %, which somebody may mean: a plan is made, and says so; `check` refuses.
    #[test]
    fn a_tolerance_that_was_meant_as_per_cent() {
        let project = covered("role = \"sales-specialist\"\ndivide = { balance = { count = 5 } }").write();
        let run = run_in(folder(&project), &["check", "--on", common::DAY]);
        assert_eq!(run.exit, 1);
        assert_snapshot!(run.stderr, @r#"
        tolerance

          ⚠ the tolerance of "count" is 5, which is 500 %
           ╭─[bailiwick.toml:9:24]
         8 │ role = "sales-specialist"
         9 │ divide = { balance = { count = 5 } }
           ·                        ──┬──
           ·                          ╰── here
           ╰────
          help: 0.05 is 5 %: check that so much is meant
        "#);
        let planned = run_in(folder(&project), &PLAN);
        assert_eq!((planned.exit, planned.stderr), (0, run.stderr));
    }
}

mod commands {
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
        error: "mysql" databases are not supported: give a URL such as sqlite:bailiwick.db
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
}
