//! Files, workbooks and queries that cannot be read.

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
