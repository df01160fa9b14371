//! Broken input: each kind with the exact words that a person reads.

#![allow(clippy::unwrap_used)]

mod common;

use std::io::Write;

use bailiwick_data::DataError;
use bailiwick_domain::policy::document::Document;
use common::{EMPLOYEES, Folder, told};

/// What is told of accounts in `a.csv` with this content.
fn csv(content: impl AsRef<[u8]>) -> String {
    told(Folder::new().with("a.csv", content).accounts("file = \"a.csv\""))
}

#[test]
fn files_that_are_not_there() {
    let folder = Folder::new().with("data/clients.csv", "account_id\n1\n").with("data/orders.csv", "x\n");
    let all = [
        "file = \"data/client.csv\"",
        "file = \"data/zzzzzz.csv\"",
        "file = \"dta/clients.csv\"",
        "file = \"data/*.parquet\"",
        "file = \"data\"",
        "file = \"https://example.com/clients.csv\"",
        "file = \"\"",
        "",
        "file = \"data/clients.csv\"\nsql = \"SELECT 1\"",
    ];
    insta::assert_snapshot!(all.map(|lines| told(folder.accounts(lines))).join("\n"), @r#"
    source accounts, data/client.csv: there is no such file
      → did you mean clients.csv? Paths are relative to the policy file
    source accounts, data/zzzzzz.csv: there is no such file
      → data/ holds clients.csv, orders.csv
    source accounts, dta/clients.csv: there is no such file
      → there is no folder dta/ either
    source accounts, data/*.parquet: no file fits this pattern
      → data/ holds clients.csv, orders.csv
    source accounts, data: this is a folder
      → name the files in it: "data/*.csv"
    source accounts, https://example.com/clients.csv: addresses of the network are not read
      → download the file and name it by its path
    source accounts, : no file is named
      → write file = "accounts.csv"
    source accounts: names neither a file nor a query
      → write either file = "…" or sql = "SELECT …"
    source accounts: names both a file and a query
      → write either file = "…" or sql = "SELECT …"
    "#);
    let none = told(folder.policy("[sources.employees]\nfile = \"employees.csv\"\n"));
    insta::assert_snapshot!(none, @r#"
    the policy has no source accounts
      → write [sources.accounts] with file = "accounts.csv"
    "#);
}

#[test]
fn files_with_nothing_in_them() {
    insta::assert_snapshot!(csv(""), @r"
    source accounts, a.csv: the file is empty
      → export it again, with the names of the columns in its first row
    ");
    insta::assert_snapshot!(csv("\n\n"), @r"
    source accounts, a.csv: the file holds no header and no rows
      → the first row must name the columns
    ");
    insta::assert_snapshot!(csv("account_id,name\n"), @r"
    source accounts, a.csv: there are no accounts, only the names of columns
      → fill the file, or name the right one
    ");
    let folder = Folder::new().with("a.csv", "account_id\n1\n").with("employees.csv", "employee_id,name\n");
    assert!(folder.accounts("file = \"a.csv\"").unwrap().employees.is_empty());
}

#[test]
fn headers() {
    insta::assert_snapshot!(csv("Client No,Name\n1,a\n"), @r#"
    source accounts, a.csv: the column account_id is needed and not there
      → the columns found are: Client No, Name; say which one it is: columns = { account_id = "Client No" }
    "#);
    insta::assert_snapshot!(csv("account_id,name,name\n1,a,b\n"), @r#"
    source accounts, a.csv, row 1: the header has the name "name" twice, in columns 2 and 3
      → rename one of them in the file
    "#);
    insta::assert_snapshot!(csv("a,b\n\"x\",\"y\n1,2\n"), @r#"
    source accounts, a.csv, row 2: a quote (") is opened here and closed nowhere in the file
      → close the quote, or double it ("") where it belongs to the text
    "#);
    let folder = Folder::new().with("a-1.csv", "account_id,name\n1,a\n").with("a-2.csv", "account_id,title\n2,b\n");
    insta::assert_snapshot!(told(folder.accounts("file = \"a-*.csv\"")), @r"
    source accounts, a-2.csv: its columns are not those of a-1.csv: it lacks name and adds title
      → make the files alike, or read them as two sources and join them with sql: SELECT … UNION ALL SELECT …
    ");
}

#[test]
fn rows() {
    insta::assert_snapshot!(csv("account_id,name\n1,a,x\n2\n\n3,c\n4,\"d\" e\n"), @r#"
    accounts a.csv row 2 [] "1,a,x" has 3 fields, the header has 2
    accounts a.csv row 3 [] "2" has 1 field, the header has 2
    accounts a.csv row 6 [] "4,\"d\" e" has text after a closing quote: a quote within a text is doubled ("")
    "#);
    insta::assert_snapshot!(csv(b"account_id,name\n1,a\0b\n2,b\n"), @r#"accounts a.csv row 2 [] "1,a�b" holds a zero byte"#);
    insta::assert_snapshot!(csv("account_id,name\n1,\"a\n2,b\n3,c\"\n4,\"d\n5,e\",x\n"), @r#"accounts a.csv row 3 [] "4,\"d�5,e\",x" has 3 fields, the header has 2 (it runs over 2 lines: is a quote left open?)"#);
    let bad = [b"account_id,name\n".as_slice(), "1,Иван Петров от град София\n2,b".as_bytes(), b"\xff\n3,c\n"].concat();
    insta::assert_snapshot!(csv(&bad), @r#"accounts a.csv row 3 [] "2,b�" holds bytes that are no UTF-8 (shown as �)"#);
    let stated = Folder::new().with("a.csv", b"account_id,name\n1,\xcaafe\n");
    insta::assert_snapshot!(told(stated.accounts("file = \"a.csv\"\nencoding = \"utf-8\"")), @r#"accounts a.csv row 2 [] "1,�afe" holds bytes that are no UTF-8 (shown as �)"#);
    let huge = format!("account_id,name\n1,{}\n2,b\n", "x".repeat((1 << 20) + 1));
    insta::assert_snapshot!(csv(huge), @r#"accounts a.csv row 2 [] "1,xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…" has a field of more than 1 MiB"#);
}

#[test]
fn keys_and_links() {
    insta::assert_snapshot!(csv("account_id,name\nA,a\nB,b\nA,c\n,d\nA,e\n"), @r#"
    accounts a.csv row 4 [account_id] "A" is there already, in row 2
    accounts a.csv row 5 [account_id] "" is empty and must not be
    accounts a.csv row 6 [account_id] "A" is there already, in row 2
    "#);
    insta::assert_snapshot!(csv("account_id,parent_id\n1,2\n2,3\n3,1\n4,1\n5,5\n6,\n7,9\n"), @r#"
    accounts a.csv row 2 [parent_id] "2" closes a loop: 1 → 2 → 3 → 1
    accounts a.csv row 3 [parent_id] "3" closes a loop: 1 → 2 → 3 → 1
    accounts a.csv row 4 [parent_id] "1" closes a loop: 1 → 2 → 3 → 1
    accounts a.csv row 6 [parent_id] "5" closes a loop: 5 → 5
    accounts a.csv row 8 [parent_id] "9" is no account of this table
    "#);
    let groups = Folder::new().with("a.csv", "account_id,parent_id\n1,chain-1\n2,chain-1\n3,\n");
    assert_eq!(told(groups.accounts("file = \"a.csv\"")), "no fault found");
    let folder = Folder::new()
        .with("a.csv", "account_id\n1\n")
        .with("employees.csv", "employee_id,manager_id\nE1,\nE2,E9\nE3,E4\nE4,E3\n");
    insta::assert_snapshot!(told(folder.accounts("file = \"a.csv\"")), @r#"
    employees employees.csv row 3 [manager_id] "E9" is no employee of this table
    employees employees.csv row 4 [manager_id] "E4" closes a loop: E3 → E4 → E3
    employees employees.csv row 5 [manager_id] "E3" closes a loop: E3 → E4 → E3
    "#);
}

#[test]
fn a_faulty_row_is_left_out_with_those_below_it_when_rows_are_skipped() {
    let text = "account_id,parent_id,latitude,longitude\n1,,95,1\n2,1,,\n3,2,,\n4,,1,1\n";
    let folder = Folder::new().with("a.csv", text);
    let snapshot = folder.accounts("file = \"a.csv\"\non_error = \"skip\"").unwrap();
    assert_eq!(snapshot.accounts.texts("account_id").unwrap(), [Some("4".to_owned())]);
    assert_eq!((snapshot.sources[0].rows, snapshot.sources[0].rejected), (1, 3));
    insta::assert_snapshot!(told(Ok(snapshot)), @r#"
    accounts a.csv row 2 [latitude] "95" is no latitude: it is between -90 and 90
    accounts a.csv row 3 [parent_id] "1" is left out itself, with its own fault
    accounts a.csv row 4 [parent_id] "2" is left out itself, with its own fault
    "#);
    let none = Folder::new().with("a.csv", "account_id\n\"\"\n \n");
    insta::assert_snapshot!(told(none.accounts("file = \"a.csv\"\non_error = \"skip\"")), @r"
    source accounts, a.csv: every row is left out; the first because account_id is empty and must not be
      → correct the file, or the columns of the source
    ");
}

#[test]
fn values() {
    let text = "account_id,latitude,longitude\n1,91,23\n2,NaN,23\n3,42.7,inf\n4,42.7,\n5,,23\n6,x,y\n7,\"42,7\",200\n";
    insta::assert_snapshot!(csv(text), @r#"
    accounts a.csv row 2 [latitude] "91" is no latitude: it is between -90 and 90
    accounts a.csv row 3 [latitude] "NaN" is not a finite number
    accounts a.csv row 4 [longitude] "inf" is not a finite number
    accounts a.csv row 5 [longitude] "" is empty although there is a latitude
    accounts a.csv row 6 [latitude] "" is empty although there is a longitude
    accounts a.csv row 7 [latitude] "x" is not a number
    accounts a.csv row 7 [longitude] "y" is not a number
    accounts a.csv row 8 [latitude] "42,7" is not a number
    accounts a.csv row 8 [longitude] "200" is no longitude: it is between -180 and 180
    "#);
    let folder = Folder::new().with(
        "a.csv",
        "account_id,since,staff,active,n\n1,31.12.2024,1.5,maybe,1\n2,2024-13-01,x,yes,many\n3,1.2.2024,7,no,2\n",
    );
    let lines =
        "file = \"a.csv\"\ntypes = { since = \"date\", staff = \"integer\", active = \"boolean\", n = \"number\" }";
    insta::assert_snapshot!(told(folder.accounts(lines)), @r#"
    accounts a.csv row 2 [staff] "1.5" is not a whole number
    accounts a.csv row 2 [active] "maybe" is neither true nor false
    accounts a.csv row 3 [since] "2024-13-01" is not a date (this column writes them as 31.12.2025)
    accounts a.csv row 3 [staff] "x" is not a whole number
    accounts a.csv row 3 [n] "many" is not a number
    "#);
    let lines = "file = \"a.csv\"\ndate_format = \"%d.%m.%Y\"\ntypes = { since = \"date\" }";
    insta::assert_snapshot!(told(folder.accounts(lines)), @r#"accounts a.csv row 3 [since] "2024-13-01" is not a date written as %d.%m.%Y"#);
    let folder = Folder::new()
        .with("a.csv", "account_id\n1\n")
        .with("employees.csv", "employee_id,capacity\nE1,-1\nE2,ten\nE3,\n");
    insta::assert_snapshot!(told(folder.accounts("file = \"a.csv\"")), @r#"
    employees employees.csv row 2 [capacity] "-1" is no capacity: it is 0 or more
    employees employees.csv row 3 [capacity] "ten" is not a number
    "#);
}

#[test]
fn other_tables() {
    let folder = Folder::new()
        .with("a.csv", "account_id\n1\n")
        .with("o.csv", "order_id,account_id,order_date,amount\n1,1,2024-01-31,10\n2,,2024-02-30,x\n3,1,,\n")
        .with("s.csv", "account_id,employee_id,valid_from,valid_to\n1,E1,2024-02-01,2024-01-01\n1,,soon,\n")
        .with("p.csv", "account,employee_id\n1,E1\n");
    let base = "[sources.accounts]\nfile = \"a.csv\"\n[sources.employees]\nfile = \"employees.csv\"\n";
    let all = ["orders]\nfile = \"o.csv\"", "assignments]\nfile = \"s.csv\"", "pins]\nfile = \"p.csv\""];
    insta::assert_snapshot!(all.map(|lines| told(folder.policy(&format!("{base}[sources.{lines}\n")))).join("\n"), @r#"
    orders o.csv row 3 [order_date] "2024-02-30" is not a date (this column writes them as 2025-12-31)
    orders o.csv row 3 [amount] "x" is not a number
    orders o.csv row 4 [order_date] "" is empty and must not be
    orders o.csv row 4 [amount] "" is empty and must not be
    assignments s.csv row 2 [valid_to] "2024-01-01" is before valid_from, 2024-02-01
    assignments s.csv row 3 [valid_from] "soon" is not a date (this column writes them as 2025-12-31)
    source pins, p.csv: the column account_id is needed and not there
      → the columns found are: account, employee_id; say which one it is: columns = { account_id = "account" }
    "#);
}

#[test]
fn other_formats() {
    let folder = Folder::new()
        .with("a.jsonl", "{\"account_id\": 1}\nnot json\n[1]\n{\"account_id\": 2\n\"x\"\n")
        .with("list.json", "[{\"account_id\": 1}]")
        .with("a.xlsx", "not a workbook")
        .with("a.parquet", "not parquet")
        .with("a.csv.gz", [0x1f, 0x8b, 8, 0, 1, 2, 3])
        .with("a.xls", "x")
        .with("a.dat", "x")
        .with("zip.csv", b"PK\x03\x04......");
    let all = ["a.jsonl", "list.json", "a.xlsx", "a.parquet", "a.csv.gz", "a.xls", "a.dat", "zip.csv"];
    insta::assert_snapshot!(all.map(|name| told(folder.accounts(&format!("file = \"{name}\"")))).join("\n"), @r#"
    accounts a.jsonl row 2 [] "not json" is not JSON: expected ident (character 2)
    accounts a.jsonl row 3 [] "[1]" is JSON, but no object in braces
    accounts a.jsonl row 4 [] "{\"account_id\": 2" is not JSON: EOF while parsing an object (character 16)
    accounts a.jsonl row 5 [] "\"x\"" is JSON, but no object in braces
    source accounts, list.json, row 1: this is one JSON list, not one object a line
      → write each object on a line of its own, as jq -c '.[]' does
    source accounts, a.xlsx: not a workbook: invalid Zip archive: Could not find EOCD
      → open it in a spreadsheet program and save it as .xlsx
    source accounts, a.parquet: not a Parquet file that can be read: Parquet error: Invalid Parquet file. Corrupt footer
      → write the file again
    source accounts, a.csv.gz: a damaged gzip file: unexpected end of file
      → copy or export the file again
    source accounts, a.xls: workbooks of the form .xls are not read
      → save it as .xlsx
    source accounts, a.dat: the name does not tell the format
      → write format = "csv", "parquet", "jsonl" or "xlsx"
    source accounts, zip.csv: this is a workbook or another zip archive, not text
      → write format = "xlsx"
    "#);
}

#[test]
fn workbooks() {
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().set_name("Clients").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("Prices").unwrap();
    sheet.write(0, 0, "account_id").unwrap();
    sheet.write(1, 0, 1).unwrap();
    sheet.write_formula(2, 0, rust_xlsxwriter::Formula::new("=1/0").set_result("#DIV/0!")).unwrap();
    sheet.write(1_048_575, 16_383, "far away").unwrap();
    let folder = Folder::new().with("a.xlsx", book.save_to_buffer().unwrap());
    let all = ["sheet = \"Client\"", "sheet = \"Клиенти\"", "", "sheet = \"Prices\""];
    insta::assert_snapshot!(all.map(|line| told(folder.accounts(&format!("file = \"a.xlsx\"\n{line}")))).join("\n"), @r##"
    source accounts, a.xlsx: the workbook has no sheet "Client"
      → did you mean Clients? The sheets are: Clients, Prices
    source accounts, a.xlsx: the workbook has no sheet "Клиенти"
      → the sheets are: Clients, Prices
    source accounts, a.xlsx: the sheet "Clients" is empty
      → name another sheet, or put the names of the columns in its first row
    accounts a.xlsx row 3 [account_id] "#DIV/0!" the cell holds an error of the spreadsheet
    accounts a.xlsx row 1048576 [account_id] "" is empty and must not be
    "##);
}

#[test]
fn settings_that_cannot_be() {
    let folder = Folder::new().with("a.csv", "account_id,region\n1,Sofia\n");
    let all = [
        "encoding = \"windows-1215\"",
        "encoding = \"klingon\"",
        "delimiter = \"Ж\"",
        "max_bytes = 10",
        "types = { regoin = \"text\" }",
        "columns = { x = \"regoin || 'a'\" }",
        "columns = { x = \"lower(\" }",
        "columns = { x = \"random()\" }",
        "columns = { x = \"CAST(region AS INT)\" }",
    ];
    let shown = all.map(|line| told(folder.accounts(&format!("file = \"a.csv\"\n{line}"))));
    insta::assert_snapshot!(shown.join("\n"), @r#"
    source accounts: "windows-1215" is no known encoding
      → did you mean windows-1251 or windows-1250?
    source accounts: "klingon" is no known encoding
      → write one of utf-8, utf-16le, utf-16be, windows-1250, windows-1251, windows-1252, windows-1253, windows-1254, iso-8859-2, koi8-r, ibm866, shift_jis
    source accounts, a.csv: 'Ж' cannot be a delimiter
      → write ";", ",", "|" or "\t"
    source accounts, a.csv: larger than 10 bytes
      → if the file is to be trusted, state a larger max_bytes for this source
    source accounts, a.csv, column "regoin": types names a column that is not there
      → did you mean region?
    source accounts, a.csv: the expression of the column x: there is no column regoin
      → did you mean region?
    source accounts, a.csv: the expression of the column x: expected an expression, found the end
      → (no remedy)
    source accounts, a.csv: the expression of the column x: random() gives another value every time
      → write the date or number itself, or bring it in as a column: the same policy and data must give the same plan
    source accounts, a.csv, column "x": CAST(region AS INT): Cast error: Cannot cast string 'Sofia' to value of integer type
      → TRY_CAST gives NULL instead
    "#);
}

#[test]
fn queries() {
    let folder = Folder::new().with("a.csv", "account_id,region\n1,Sofia\n").with("b.csv", "account_id,n\n1,0\n");
    let sql = |text: &str| told(folder.accounts(&format!("sql = \"{text}\"")));
    let all = [
        "SELECT * FROM 'c.csv'",
        "SELECT * FROM acounts",
        "SELECT * FROM employes",
        "SELECT * FROM a.csv",
        "SELECT regoin FROM 'a.csv'",
        "SELECT region FROM 'a.csv'",
        "SELECT account_id, 1 / n AS x FROM 'b.csv'",
        "SELECT * FROM 'a.csv' a JOIN 'b.csv' b ON a.account_id = b.account_id",
        "SELEC account_id FROM 'a.csv'",
        "DROP TABLE employees",
        "INSERT INTO employees VALUES (1)",
        "COPY employees TO 'x.csv'",
        "CREATE EXTERNAL TABLE x STORED AS CSV LOCATION '/etc/passwd'",
        "SELECT 1 AS account_id; SELECT 2",
        "SELECT * FROM 'https://example.com/a.csv'",
        "SELECT account_id FROM accounts",
        "SELECT nosuch(account_id) AS account_id FROM 'a.csv'",
        "",
    ];
    insta::assert_snapshot!(all.map(sql).join("\n"), @r#"
    source accounts, c.csv: there is no such file
      → did you mean a.csv, b.csv? Paths are relative to the policy file
    source accounts: there is no source acounts
      → did you mean accounts?
    source accounts: there is no source employes
      → did you mean employees?
    source accounts: there is no table a.csv
      → a file is named in single quotes: 'a.csv'
    source accounts: the query names a column that is not there: regoin
      → did you mean region?
    source accounts: the column account_id is needed and not there
      → the columns found are: region; say which one it is: columns = { account_id = "region" }
    source accounts: the query cannot be run: Divide by zero error
      → divide by NULLIF(x, 0)
    source accounts: the query gives the column account_id twice
      → name the columns one by one, one of them with AS: b.account_id AS other_account_id
    source accounts: the query cannot be read: Expected: an SQL statement, found: SELEC at Line: 1, Column: 1
      → a query is one SELECT … FROM …; a file is named in single quotes: 'orders.csv'
    source accounts: only one SELECT can be a source
      → sources are read, never written
    source accounts: only one SELECT can be a source
      → sources are read, never written
    source accounts: only one SELECT can be a source
      → sources are read, never written
    source accounts: only one SELECT can be a source
      → sources are read, never written
    source accounts: only one SELECT can be a source
      → combine with UNION ALL or WITH
    source accounts, https://example.com/a.csv: addresses of the network are not read
      → download the file and name it by its path
    source accounts: the queries read each other in a loop: accounts → accounts
      → let one of them read a file instead
    source accounts: the query cannot be run: Invalid function 'nosuch'.
      → functions of one row are: ascii, btrim, char_length, character_length, chr, coalesce, concat, concat_ws, contains, date_bin, date_format, date_part, date_trunc, datepart, datetrunc, ends_with, greatest, initcap, least, left, length, levenshtein, lower, lpad, ltrim, make_date, nullif, nvl, nvl2, ifnull, position, regexp_count, regexp_like, regexp_replace, replace, reverse, right, rpad, rtrim, split_part, starts_with, strpos, substr, substring, to_char, to_date, to_timestamp, translate, trim, upper, abs, ceil, exp, floor, ln, log10, power, round, sign, sqrt
    source accounts: only one SELECT can be a source
      → combine with UNION ALL or WITH
    "#);
}

#[test]
fn bombs() {
    // A hundred times one packed MiB: members of one gzip file, entries of one zip archive.
    let zeros = vec![b'0'; 1 << 20];
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packed.write_all(&zeros).unwrap();
    let packed = packed.finish().unwrap().repeat(100);
    let options = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    archive.start_file("0.xml", options).unwrap();
    archive.write_all(&zeros).unwrap();
    let mut one = archive.finish_into_readable().unwrap();
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for number in 0..100 {
        archive.raw_copy_file_rename(one.by_index(0).unwrap(), format!("{number}.xml")).unwrap();
    }
    let honest = archive.finish().unwrap().into_inner();
    // The same archive, whose directory claims that it unpacks to 16 bytes.
    let mut liar = honest.clone();
    let size = (1u32 << 20).to_le_bytes();
    let places: Vec<usize> = (0..liar.len() - 4).filter(|&at| liar[at..at + 4] == size).collect();
    places.iter().for_each(|&at| liar[at..at + 4].copy_from_slice(&16u32.to_le_bytes()));
    assert!(!places.is_empty());
    let folder = Folder::new().with("a.csv.gz", packed).with("a.xlsx", honest).with("liar.xlsx", liar);
    for name in ["a.csv.gz", "a.xlsx"] {
        let error = folder.accounts(&format!("file = \"{name}\"")).unwrap_err();
        assert!(matches!(error, DataError::TooLarge(_)), "{error}");
    }
    insta::assert_snapshot!(told(folder.accounts("file = \"liar.xlsx\"")), @r"
    source accounts, liar.xlsx: not a workbook: File is larger than its declared uncompressed size
      → open it in a spreadsheet program and save it as .xlsx
    ");
    insta::assert_snapshot!(told(folder.accounts("file = \"a.xlsx\"")), @r"
    source accounts, a.xlsx: unpacks to more than 67 MB from 112 kB
      → if the file is to be trusted, state a larger max_bytes for this source
    ");
    let stated = told(folder.accounts("file = \"a.csv.gz\"\nmax_bytes = 1000000"));
    insta::assert_snapshot!(stated, @r"
    source accounts, a.csv.gz: unpacks to more than 1 MB from 105 kB
      → if the file is to be trusted, state a larger max_bytes for this source
    ");
}

#[test]
fn mistakes_of_the_policy_have_their_place_in_it() {
    let folder = Folder::new().with("a.csv", "account_id,region\n1,Sofia\n").with("employees.csv", EMPLOYEES);
    for (lines, expected) in [
        ("file = \"b.csv\"", "\"b.csv\""),
        ("file = \"a.csv\"\nencoding = \"klingon\"", "\"klingon\""),
        ("file = \"a.csv\"\ncolumns = { x = \"lower(regoin)\" }", "regoin"),
        ("file = \"a.csv\"\ntypes = { y = \"date\" }", "y"),
        ("sql = \"SELECT regoin FROM 'a.csv'\"", "\"SELECT regoin FROM 'a.csv'\""),
        ("file = \"employees.csv\"", "\"employees.csv\""),
    ] {
        let policy = format!("[sources.accounts]\n{lines}\n[sources.employees]\nfile = \"employees.csv\"\n");
        let error = common::read(&policy, folder.path()).unwrap_err();
        let span = error.span().unwrap_or_else(|| panic!("{error} has no place"));
        assert_eq!(&policy[span], expected, "{error}");
    }
    assert!(toml::from_str::<Document>("[sources]\n").is_ok());
}

#[test]
fn all_faults_are_told_at_once_and_counted_by_row() {
    let folder = Folder::new()
        .with("a.csv", "account_id,latitude,longitude\n1,91,181\n1,1,1\n2,1,1,1\n3,1,1\n")
        .with("employees.csv", "employee_id,capacity\nE1,x\nE1,1\n");
    let snapshot = folder.accounts("file = \"a.csv\"").unwrap();
    assert_eq!(
        snapshot.sources.iter().map(|source| (source.rows, source.rejected)).collect::<Vec<_>>(),
        [(1, 3), (0, 2)]
    );
    insta::assert_snapshot!(told(Ok(snapshot)), @r#"
    accounts a.csv row 2 [latitude] "91" is no latitude: it is between -90 and 90
    accounts a.csv row 2 [longitude] "181" is no longitude: it is between -180 and 180
    accounts a.csv row 3 [account_id] "1" is there already, in row 2
    accounts a.csv row 4 [] "2,1,1,1" has 4 fields, the header has 3
    employees employees.csv row 2 [capacity] "x" is not a number
    employees employees.csv row 3 [employee_id] "E1" is there already, in row 2
    "#);
}
