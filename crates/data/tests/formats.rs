//! Every format, encoding and dialect gives the same table.

#![allow(clippy::unwrap_used)]

mod common;

use std::io::Write;

use bailiwick_data::{ColumnInfo, Table, write_rejected};
use bailiwick_domain::policy::document::{ColumnType, Format};
use common::{Folder, show};
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format as CellFormat, Workbook};

const TEXT: &str = "account_id,name,revenue,since,active\n007,Кафе „Роза“,1234.5,2024-02-29,true\n8,Bar,,,false\n";
const TABLE: &str = "account_id:text | name:text | revenue:number | since:date | active:boolean
007 | Кафе „Роза“ | 1234.5 | 2024-02-29 | true
8 | Bar | - | - | false";

#[test]
fn csv_in_every_encoding_is_the_same_table() {
    let utf16 = |little: bool, mark: bool| -> Vec<u8> {
        let units = mark.then_some(0xfeffu16).into_iter().chain(TEXT.encode_utf16());
        units.flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    };
    let cyrillic = encoding_rs::WINDOWS_1251.encode(TEXT).0.into_owned();
    for (bytes, stated, encoding) in [
        (TEXT.as_bytes().to_vec(), "", "UTF-8"),
        ([b"\xef\xbb\xbf", TEXT.as_bytes()].concat(), "", "UTF-8"),
        (utf16(true, true), "", "UTF-16LE"),
        (utf16(false, true), "", "UTF-16BE"),
        (utf16(true, false), "", "UTF-16LE"),
        (utf16(false, false), "encoding = \"utf-16be\"", "UTF-16BE"),
        (cyrillic.clone(), "", "windows-1251"),
        (cyrillic, "encoding = \"cp1251\"", "windows-1251"),
    ] {
        let folder = Folder::new().with("a.csv", bytes);
        let snapshot = folder.accounts(&format!("file = \"a.csv\"\n{stated}")).unwrap();
        assert_eq!(show(&snapshot.accounts), TABLE);
        let source = &snapshot.sources[0];
        assert_eq!((source.encoding.as_str(), source.delimiter), (encoding, Some(',')));
        assert_eq!(source.files, ["a.csv"]);
    }
}

#[test]
fn dialects_are_found_by_themselves() {
    for (text, delimiter) in [
        ("account_id;name;x\n1;\"a;b\";1,5\n2;c,d;2\n", ';'),
        ("account_id\tname\tx\r\n1\ta;b\t1,5\r\n2\tc,d\t2\r\n", '\t'),
        ("account_id|name|x\n1|a;b|1,5\n2|c,d|2", '|'),
        ("sep=;\naccount_id;name;x\n1;a;1,5\n2;c;2\n", ';'),
        ("account_id;name;x\r1;a;1,5\r2;c;2\r", ';'),
        ("\naccount_id,name,x\n\n1,a,\"1,5\"\n2,c,2\n\n", ','),
    ] {
        let snapshot = Folder::new().with("a.csv", text).accounts("file = \"a.csv\"").unwrap();
        assert_eq!(snapshot.sources[0].delimiter, Some(delimiter), "{text}");
        assert_eq!(snapshot.accounts.numbers("x").unwrap(), [Some(1.5), Some(2.0)], "{text}");
        assert_eq!(snapshot.sources[0].decimal, Some(','));
    }
}

#[test]
fn quoted_fields_hold_anything() {
    let text = "account_id,name\n1,\"two\nlines, \"\"quoted\"\"\"\n2,5\" pipe\n3,\"\"\n";
    let snapshot = Folder::new().with("a.csv", text).accounts("file = \"a.csv\"").unwrap();
    let names = snapshot.accounts.texts("name").unwrap();
    assert_eq!(names, [Some("two\nlines, \"quoted\"".to_owned()), Some("5\" pipe".to_owned()), None]);
}

#[test]
fn types_are_guessed_over_all_rows() {
    let text = "account_id;whole;point;group;comma;code;phone;iso;dots;us;eu;time;flag;mixed;big;empty\n\
        1;1;1.25;1.234;1,25;01;888 123 456;2024-01-31;31.01.2024;1/31/2024;31/1/2024;2/26/2018 19:58;true;1;1;\n\
        2;-20;0.5;12.345;1.234,5;12;888 123 457;2024-02-29;1.2.2024;12/1/2024;1/12/2024;5/8/2018 20:17;FALSE;x;12345678901234567890;\n";
    let snapshot = Folder::new().with("a.csv", text).accounts("file = \"a.csv\"").unwrap();
    insta::assert_snapshot!(show(&snapshot.accounts).replace(" | ", "\n"), @r"
    account_id:text
    whole:integer
    point:number
    group:number
    comma:number
    code:text
    phone:text
    iso:date
    dots:date
    us:date
    eu:date
    time:timestamp
    flag:boolean
    mixed:text
    big:text
    empty:text
    1
    1
    1.25
    1234
    1.25
    01
    888 123 456
    2024-01-31
    2024-01-31
    2024-01-31
    2024-01-31
    2018-02-26T19:58:00
    true
    1
    1
    -
    2
    -20
    0.5
    12345
    1234.5
    12
    888 123 457
    2024-02-29
    2024-02-01
    2024-12-01
    2024-12-01
    2018-05-08T20:17:00
    false
    x
    12345678901234567890
    -
    ");
}

#[test]
fn what_is_stated_goes_before_what_is_guessed() {
    let text = "account_id,zip,a,b,c,d\n1,1000,\"1,234\",20240131,1,7\n2,0100,\"1,5\",20240229,0,8\n";
    let folder = Folder::new().with("a.csv", text);
    let lines = "file = \"a.csv\"\ndecimal = \",\"\ndate_format = \"%Y%m%d\"\n\
        types = { b = \"date\", c = \"boolean\", d = \"text\" }";
    insta::assert_snapshot!(show(&folder.accounts(lines).unwrap().accounts), @r"
    account_id:text | zip:text | a:number | b:date | c:boolean | d:text
    1 | 1000 | 1.234 | 2024-01-31 | true | 7
    2 | 0100 | 1.5 | 2024-02-29 | false | 8
    ");
}

#[test]
fn columns_are_mapped_by_name_and_by_expression() {
    let text = "Client No,Име,Region,units,price\n007,Роза,Sofia,2,1.5\n8,Bar,Plovdiv,3,2\n";
    let folder = Folder::new().with("a.csv", text);
    let lines = "file = \"a.csv\"\n[sources.accounts.columns]\naccount_id = \"Client No\"\nname = \"Име\"\n\
        revenue = \"units * price\"\nregion = \"upper(region)\"\nlabel = \"\\\"Client No\\\" || '/' || units\"";
    insta::assert_snapshot!(show(&folder.accounts(lines).unwrap().accounts), @r"
    account_id:text | name:text | revenue:number | region:text | label:text | Region:text | units:integer | price:number
    007 | Роза | 3 | SOFIA | 007/2 | Sofia | 2 | 1.5
    8 | Bar | 6 | PLOVDIV | 8/3 | Plovdiv | 3 | 2
    ");
}

#[test]
fn packed_files_and_many_files_are_read_as_one() {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(b"name,account_id\nz,3\n").unwrap();
    let folder = Folder::new()
        .with("data/a-1.csv", "account_id,name\n1,x\n2,y\n")
        .with("data/a-2.csv.gz", packed.finish().unwrap())
        .with("data/.hidden.csv", "nothing");
    let snapshot = folder.accounts("file = \"data/*\"").unwrap();
    assert_eq!(show(&snapshot.accounts), "account_id:text | name:text\n1 | x\n2 | y\n3 | z");
    assert_eq!(snapshot.sources[0].files, ["data/a-1.csv", "data/a-2.csv.gz"]);
    assert_eq!(snapshot.sources[0].digest.len(), 64);
}

#[test]
fn json_lines_tell_texts_from_numbers() {
    let text = "{\"account_id\": 7, \"name\": \"x\", \"n\": 1.5, \"code\": \"12\", \"since\": \"2024-01-31\", \"tags\": [1, 2]}\n\n\
        {\"account_id\": \"8\", \"late\": true, \"n\": 2}\n";
    let snapshot = Folder::new().with("a.jsonl", text).accounts("file = \"a.jsonl\"").unwrap();
    insta::assert_snapshot!(show(&snapshot.accounts), @r"
    account_id:text | name:text | n:number | code:text | since:date | tags:text | late:boolean
    7 | x | 1.5 | 12 | 2024-01-31 | [1,2] | -
    8 | - | 2 | - | - | - | true
    ");
}

#[test]
fn a_sheet_of_a_workbook_is_a_table() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("Notes").unwrap().write(0, 0, "nothing here").unwrap();
    let sheet = book.add_worksheet();
    sheet.set_name("Клиенти").unwrap();
    let date = CellFormat::new().set_num_format("dd.mm.yyyy");
    for (column, name) in ["account_id", "name", "revenue", "since", "active"].iter().enumerate() {
        sheet.write(1, column as u16, *name).unwrap();
    }
    sheet.write(2, 0, 7).unwrap();
    sheet.write(2, 1, "Роза").unwrap();
    sheet.write(2, 2, 1234.5).unwrap();
    sheet.write_with_format(2, 3, ExcelDateTime::from_ymd(2024, 2, 29).unwrap(), &date).unwrap();
    sheet.write(2, 4, true).unwrap();
    sheet.write(4, 0, "008").unwrap();
    let folder = Folder::new().with("a.xlsx", book.save_to_buffer().unwrap());
    let snapshot = folder.accounts("file = \"a.xlsx\"\nsheet = \"Клиенти\"").unwrap();
    insta::assert_snapshot!(show(&snapshot.accounts), @r"
    account_id:text | name:text | revenue:number | since:date | active:boolean
    7 | Роза | 1234.5 | 2024-02-29 | true
    008 | - | - | - | -
    ");
    assert_eq!(snapshot.sources[0].format, Some(Format::Xlsx));
}

#[test]
fn parquet_comes_back_as_it_was_written() {
    let folder = Folder::new().with("a.csv", TEXT);
    let accounts = folder.accounts("file = \"a.csv\"").unwrap().accounts;
    accounts.write_parquet(&folder.path().join("a.parquet")).unwrap();
    let again = folder.accounts("file = \"a.parquet\"").unwrap();
    assert_eq!(show(&again.accounts), TABLE);
    assert_eq!(show(&Table::read_parquet(&folder.path().join("a.parquet")).unwrap()), TABLE);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "no temporary file is left");
}

#[test]
fn a_query_reads_sources_and_files() {
    let folder = Folder::new()
        .with("clients.csv", "Id,Region\n007,Sofia\n8,Plovdiv\n")
        .with("sales/2024.csv", "client;amount\n007;1,5\n007;2,25\n8;\n");
    let policy = "[sources.accounts]\nsql = \"SELECT c.Id AS account_id, c.region, t.turnover FROM clients c LEFT JOIN turnover t ON t.client = c.id ORDER BY account_id\"\n\
        [sources.turnover]\nsql = \"SELECT client, sum(amount) AS turnover, round(avg(amount), 1) AS mean FROM 'sales/2024.csv' GROUP BY client\"\ntypes = { }\n\
        [sources.clients]\nfile = \"clients.csv\"\n[sources.employees]\nfile = \"employees.csv\"\n";
    let snapshot = folder.policy(policy).unwrap();
    insta::assert_snapshot!(show(&snapshot.accounts), @r"
    account_id:text | Region:text | turnover:number
    007 | Sofia | 3.75
    8 | Plovdiv | -
    ");
    assert_eq!(snapshot.others.keys().collect::<Vec<_>>(), ["clients", "turnover"]);
    assert_eq!(snapshot.sources[1].files, ["sales/2024.csv"]);
}

#[test]
fn amounts_of_orders_keep_every_digit() {
    let folder = Folder::new().with("a.csv", "account_id\n1\n").with(
        "o.csv",
        "order_id,account_id,order_date,amount\n1,1,2/26/2018 19:58,12345678901234567.89\n2,1,3/1/2018 10:00,\"1,000.10\"\n",
    );
    let policy = "[sources.accounts]\nfile = \"a.csv\"\n[sources.employees]\nfile = \"employees.csv\"\n[sources.orders]\nfile = \"o.csv\"\n";
    let orders = folder.policy(policy).unwrap().orders.unwrap();
    insta::assert_snapshot!(show(&orders), @r"
    order_id:text | account_id:text | order_date:date | amount:number
    1 | 1 | 2018-02-26 | 12345678901234567.89
    2 | 1 | 2018-03-01 | 1000.1
    ");
    assert_eq!(orders.numbers("amount").unwrap()[1], Some(1000.1));
}

#[test]
fn tables_are_changed_by_making_others() {
    let folder = Folder::new().with("a.csv", TEXT);
    let accounts = folder.accounts("file = \"a.csv\"").unwrap().accounts;
    let more =
        accounts.with_texts("segment", vec![Some("VIP".into()), None]).with_numbers("revenue", vec![None, Some(2.0)]);
    assert!(!accounts.has("segment") && more.has("segment"));
    let one = more.select(&[1, 0, 1]).select(&[1]);
    assert_eq!(
        serde_json::Value::Object(one.row(0)).to_string(),
        r#"{"account_id":"007","name":"Кафе „Роза“","revenue":null,"since":"2024-02-29","active":true,"segment":"VIP"}"#
    );
    let back = Table::from_rows(&one.columns(), &[one.row(0)]).unwrap();
    assert_eq!(show(&back), show(&one));
}

#[test]
fn rows_that_arrive_are_held_to_their_types() {
    let columns: Vec<ColumnInfo> = [
        ("account_id", ColumnType::Text),
        ("n", ColumnType::Number),
        ("k", ColumnType::Integer),
        ("d", ColumnType::Date),
        ("f", ColumnType::Boolean),
    ]
    .map(|(name, kind)| ColumnInfo { name: name.into(), kind })
    .into();
    let row = |text: &str| serde_json::from_str::<serde_json::Map<_, _>>(text).unwrap();
    let good = row(r#"{"account_id": 7, "n": "1.5", "k": 2.0, "d": "2024-02-29T10:00:00Z", "f": "yes", "x": 1}"#);
    assert_eq!(
        show(&Table::from_rows(&columns, &[good]).unwrap()).lines().last(),
        Some("7 | 1.5 | 2 | 2024-02-29 | true")
    );
    let bad =
        [row(r#"{"account_id": ["x"], "n": "many"}"#), row(r#"{"k": 1.5, "d": "29.02.2024", "f": 3, "n": null}"#)];
    let problems = Table::from_rows(&columns, &bad).unwrap_err();
    let shown: Vec<String> =
        problems.iter().map(|p| format!("{} {} {} {}", p.row, p.column, p.value, p.reason)).collect();
    insta::assert_snapshot!(shown.join("\n"), @r#"
    0 account_id ["x"] not a text
    0 n many not a number
    1 k 1.5 not a whole number
    1 d 29.02.2024 not a date as in 2025-12-31
    1 f 3 neither true nor false
    "#);
}

#[test]
fn rejected_rows_are_written_whole() {
    let folder = Folder::new().with("a.csv", "account_id,latitude,longitude\n1,95,\"x,\"\"y\"\n");
    let snapshot = folder.accounts("file = \"a.csv\"").unwrap();
    let path = folder.path().join("rejected.csv");
    write_rejected(&path, &snapshot.rejected).unwrap();
    insta::assert_snapshot!(std::fs::read_to_string(&path).unwrap(), @r#"
    source,file,row,column,value,reason
    accounts,a.csv,2,latitude,95,is no latitude: it is between -90 and 90
    accounts,a.csv,2,longitude,"x,""y",is not a number
    "#);
    write_rejected(&path, &[]).unwrap();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "source,file,row,column,value,reason\n");
    assert!(write_rejected(&folder.path().join("no/such/folder.csv"), &[]).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_texts_survive_csv(
        rows in proptest::collection::vec(("[^\u{0}\r]{0,12}", "[^\u{0}\r]{0,12}"), 1..12),
        delimiter in proptest::sample::select(vec![b',', b';', b'\t', b'|']),
    ) {
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).from_writer(Vec::new());
        writer.write_record(["account_id", "one", "two"]).unwrap();
        for (index, (one, two)) in rows.iter().enumerate() {
            writer.write_record([&format!("id{index}"), one, two]).unwrap();
        }
        let folder = Folder::new().with("a.csv", writer.into_inner().unwrap());
        let lines = format!("file = \"a.csv\"\nencoding = \"utf-8\"\ndelimiter = \"{}\"\ntypes = {{ one = \"text\", two = \"text\" }}", char::from(delimiter));
        let snapshot = folder.accounts(&lines).unwrap();
        prop_assert_eq!(&snapshot.rejected, &[]);
        let some = |text: &String| (!text.is_empty()).then(|| text.clone());
        let ones: Vec<_> = rows.iter().map(|(one, _)| some(one)).collect();
        let twos: Vec<_> = rows.iter().map(|(_, two)| some(two)).collect();
        prop_assert_eq!(snapshot.accounts.texts("one").unwrap(), ones);
        prop_assert_eq!(snapshot.accounts.texts("two").unwrap(), twos);
    }

    #[test]
    fn any_bytes_are_read_or_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let folder = Folder::new();
        for name in ["a.csv", "a.jsonl", "a.xlsx", "a.parquet", "a.csv.gz"] {
            let folder = &folder;
            std::fs::write(folder.path().join(name), &bytes).unwrap();
            let _ = folder.accounts(&format!("file = \"{name}\""));
        }
    }
}

#[test]
fn rows_of_another_table_follow_in_the_types_of_the_first() {
    let text = |name: &str, kind| ColumnInfo { name: name.to_owned(), kind };
    let rows = |rows: &[serde_json::Value]| rows.iter().map(|row| row.as_object().unwrap().clone()).collect::<Vec<_>>();
    let first = [text("id", ColumnType::Text), text("count", ColumnType::Integer), text("since", ColumnType::Date)];
    let first =
        Table::from_rows(&first, &rows(&[serde_json::json!({"id": "a", "count": 1, "since": "2024-02-29"})])).unwrap();
    let other = [text("count", ColumnType::Number), text("id", ColumnType::Text), text("more", ColumnType::Text)];
    let other = Table::from_rows(&other, &rows(&[serde_json::json!({"id": "b", "count": 2.0, "more": "x"})])).unwrap();
    let both = first.followed_by(&other).unwrap();
    assert_eq!(show(&both), "id:text | count:integer | since:date\na | 1 | 2024-02-29\nb | 2 | -");
    let wrong = first.followed_by(&other.with_texts("count", vec![Some("two".into())])).unwrap_err();
    assert!(wrong.to_string().contains("two"), "{wrong}");
}
