//! Expressions at the crate's face: what they give, what they refuse, and how they say so.

#![allow(clippy::unwrap_used)]

use bailiwick_data::{ColumnInfo, Expression, ExpressionError, Table};
use bailiwick_domain::policy::document::ColumnType;
use serde_json::{Map, Value, json};

fn columns() -> Vec<ColumnInfo> {
    use ColumnType::*;
    [
        ("account_id", Text),
        ("region", Text),
        ("ownership", Text),
        ("revenue", Number),
        ("staff", Integer),
        ("since", Date),
        ("seen", Timestamp),
        ("active", Boolean),
        ("Client No", Text),
    ]
    .into_iter()
    .map(|(name, kind)| ColumnInfo { name: name.into(), kind })
    .collect()
}

fn table() -> Table {
    let rows = [
        json!({"account_id": "1", "region": "Moscow", "ownership": "public", "revenue": 10.5, "staff": 3,
               "since": "2020-02-29", "seen": "2021-01-01T10:00:00", "active": true, "Client No": "007"}),
        json!({"account_id": "2", "region": "Sofia", "ownership": "private", "revenue": 20, "staff": 0,
               "since": "2024-01-01", "active": false}),
        json!({"account_id": "3"}),
    ];
    let rows: Vec<Map<String, Value>> = rows.into_iter().map(|row| row.as_object().unwrap().clone()).collect();
    Table::from_rows(&columns(), &rows).unwrap()
}

fn matches(sql: &str) -> Vec<bool> {
    Expression::compile(sql, &columns()).unwrap_or_else(|error| panic!("{sql}: {error:?}")).matches(&table()).unwrap()
}

fn texts(sql: &str) -> Vec<Option<String>> {
    Expression::compile(sql, &columns()).unwrap_or_else(|error| panic!("{sql}: {error:?}")).texts(&table()).unwrap()
}

fn refused(sql: &str) -> ExpressionError {
    match Expression::compile(sql, &columns()) {
        Ok(_) => panic!("{sql} should be refused"),
        Err(error) => error,
    }
}

#[test]
fn conditions_of_every_allowed_form_give_one_truth_a_row() {
    let t = true;
    let f = false;
    for (sql, expected) in [
        ("ownership = 'public' AND region = 'Moscow'", [t, f, f]),
        ("true", [t, t, t]),
        ("NULL", [f, f, f]),
        ("revenue > 15", [f, t, f]),
        ("revenue BETWEEN 10 AND 11", [t, f, f]),
        ("region IN ('Sofia', 'Plovdiv')", [f, t, f]),
        ("region NOT IN ('Sofia', 'Plovdiv')", [t, f, f]),
        ("region LIKE 'M%'", [t, f, f]),
        ("region ILIKE 'm%'", [t, f, f]),
        ("region IS NULL", [f, f, t]),
        ("NOT active", [f, t, f]),
        ("active IS NOT TRUE", [f, t, t]),
        ("coalesce(active, true)", [t, f, t]),
        ("staff * 2 + 1 = 7", [t, f, f]),
        ("-revenue < -15", [f, t, f]),
        ("since >= DATE '2021-01-01'", [f, t, f]),
        ("since < '2021-01-01'", [t, f, f]),
        ("extract(year FROM since) = 2020", [t, f, f]),
        ("since + INTERVAL '1 year' < DATE '2022-01-01'", [t, f, f]),
        ("seen > '2021-01-01T09:00:00'", [t, f, f]),
        ("CAST(\"Client No\" AS INT) = 7", [t, f, f]),
        ("TRY_CAST(region AS INT) IS NULL", [t, t, t]),
        ("region IS DISTINCT FROM 'Sofia'", [t, f, t]),
        ("CASE WHEN revenue > 15 THEN 'big' ELSE 'small' END = 'big'", [f, t, f]),
        ("CASE region WHEN 'Moscow' THEN true END", [t, f, f]),
        ("length(region) = 6 AND upper(left(region, 1)) = 'M'", [t, f, f]),
        ("substring(region FROM 1 FOR 2) || trim(' x ') = 'Mox'", [t, f, f]),
        ("position('o' IN region) = 2", [t, t, f]),
        ("regexp_like(region, '^[MS]o')", [t, t, f]),
        ("region ~ '^M'", [t, f, f]),
        ("round(revenue) = 11 OR floor(revenue) = 20", [t, t, f]),
        ("round(revenue / 3, 2) = 3.5", [t, f, f]),
        ("abs(staff - 5) = 2 AND sqrt(power(staff, 2)) = 3", [t, f, f]),
        ("REVENUE > 15", [f, t, f]),
        ("\"Client No\" = '007'", [t, f, f]),
        ("staff = '3'", [t, f, f]),
    ] {
        assert_eq!(matches(sql), expected, "{sql}");
    }
}

#[test]
fn values_are_rendered_as_a_person_writes_them() {
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(texts("since"), [some("2020-02-29"), some("2024-01-01"), None]);
    assert_eq!(texts("seen"), [some("2021-01-01T10:00:00"), None, None]);
    assert_eq!(texts("revenue"), [some("10.5"), some("20"), None]);
    assert_eq!(texts("staff + 1"), [some("4"), some("1"), None]);
    assert_eq!(
        texts("CASE WHEN region = 'Moscow' THEN 'Moscow' ELSE 'Other regions' END"),
        [some("Moscow"), some("Other regions"), some("Other regions")]
    );
    let revenue = Expression::compile("revenue * 2", &columns()).unwrap();
    assert_eq!(revenue.kind(), ColumnType::Number);
    assert_eq!(revenue.columns(), ["revenue"]);
    assert_eq!(revenue.numbers(&table()).unwrap(), [Some(21.0), Some(40.0), None]);
}

#[test]
fn what_is_not_allowed_is_refused_with_a_remedy() {
    for sql in [
        "(SELECT 1) = 1",
        "EXISTS (SELECT 1)",
        "region IN (SELECT 'x')",
        "random() < 0.5",
        "now() > since",
        "current_date > since",
        "uuid() = 'x'",
        "sum(revenue) > 1",
        "row_number() OVER (ORDER BY revenue) = 1",
        "accounts.region = 'x'",
        "region = $1",
        "[1, 2, 3]",
        "{'a': 1}",
        "*",
        "arrow_typeof(region) = 'x'",
        "version() = 'x'",
        "count(*) > 1",
        "revenue; DROP TABLE accounts",
        "region = 'x' region",
        "coalesce(DISTINCT region)",
    ] {
        let error = refused(sql);
        assert!(!error.message.is_empty(), "{sql}");
    }
}

#[test]
fn mistakes_are_told_with_place_and_remedy() {
    let shown = |sql: &str| {
        let error = refused(sql);
        let at = error.at.clone().map(|at| sql[at].to_owned());
        format!("{} | {} | {}", at.unwrap_or_default(), error.message, error.remedy.unwrap_or_default())
    };
    let all: Vec<String> = [
        "regoin = 'Moscow'",
        "ownership = \"public\"",
        "lenght(region) > 3",
        "region = ",
        "region = 'Moscow",
        "region == 'Moscow' AND",
        "now() > since",
        "sum(revenue) > 5",
        "accounts.region = 'x'",
        "(SELECT max(revenue) FROM accounts) > 5",
        "region = 'Moscow' 'x'",
        "revenue + active > 3",
        "",
    ]
    .into_iter()
    .map(shown)
    .collect();
    insta::assert_snapshot!(all.join("\n"), @r#"
    regoin | there is no column regoin | did you mean region?
    "public" | there is no column public | a text goes in single quotes: 'public'; the columns are: account_id, region, ownership, revenue, staff, since, seen, active, Client No
    lenght(region) | there is no function lenght() | did you mean length?
     | expected an expression, found the end | 
    ' | Unterminated string literal | 
     | expected an expression, found the end | 
    now | now() gives another value every time | write the date or number itself, or bring it in as a column: the same policy and data must give the same plan
    sum(revenue) | sum() looks at many rows, an expression at one | compute it in the source: sql = "SELECT …, sum(…) … GROUP BY …"; greatest(a, b) and least(a, b) compare within a row
    accounts.region | accounts.region names a table, and an expression sees only one | write region alone; a name with a dot in it goes in double quotes
    SELECT max(revenue) FROM accounts) | a query inside an expression is not allowed here | allowed are columns, literals, comparison, AND OR NOT, arithmetic, CASE, IN, BETWEEN, LIKE, IS NULL, CAST and functions of one row; anything else belongs in the sql of a source
    'x' | the expression ends before 'x' | two expressions need AND, OR or another operator between them
     | Cannot coerce arithmetic expression number + boolean to valid types | check the types: CAST(x AS DOUBLE), CAST(x AS VARCHAR), DATE '2025-12-31'
     | the expression is empty | for all rows write true
    "#);
}

#[test]
fn names_that_differ_in_case_only_must_be_quoted() {
    let columns: Vec<ColumnInfo> =
        ["Name", "name"].map(|name| ColumnInfo { name: name.into(), kind: ColumnType::Text }).into();
    assert!(Expression::compile("name = 'x'", &columns).is_ok());
    let error = Expression::compile("NAME = 'x'", &columns).unwrap_err();
    assert_eq!(error.message, "NAME may be the column Name or the column name");
    assert_eq!(error.at, Some(0..4));
}

#[test]
fn long_is_well_and_deep_is_an_error_and_neither_overflows_the_stack() {
    let many = vec!["region = 'x'"; 4000].join(" OR ");
    assert!(!matches(&many).contains(&true));
    let list = format!("staff IN ({})", (0..5000).map(|n| n.to_string()).collect::<Vec<_>>().join(","));
    assert_eq!(matches(&list), [true, true, false]);
    for deep in [
        format!("{}true{}", "(".repeat(20_000), ")".repeat(20_000)),
        format!("{}true", "NOT ".repeat(15_000)),
        format!("region{}", "||'x'".repeat(10_000)),
        format!("region{}", " IS NULL".repeat(7_000)),
        format!("staff{}", "::int".repeat(10_000)),
        format!("{}1{}", "abs(".repeat(10_000), ")".repeat(10_000)),
        format!("{}1{}", "CASE WHEN true THEN ".repeat(2_000), " END".repeat(2_000)),
        "x".repeat(70_000),
    ] {
        refused(&deep);
    }
}

#[test]
fn failing_rows_are_errors_that_name_the_expression() {
    let run = |sql: &str| {
        let expression = Expression::compile(sql, &columns()).unwrap();
        let error = expression.numbers(&table()).unwrap_err();
        format!("{error} | {}", error.remedy().unwrap_or_default())
    };
    let all = ["10 / staff", "revenue / staff", "CAST(region AS DOUBLE)", "region", "since"].map(run);
    insta::assert_snapshot!(all.join("\n"), @r#"
    10 / staff: it divides by zero on some row | divide by NULLIF(x, 0)
    revenue / staff: the value is no finite number for row 2 of the table | divide by NULLIF(x, 0), or catch the case with CASE
    CAST(region AS DOUBLE): Cast error: Cannot cast string 'Moscow' to value of number type | TRY_CAST gives NULL instead
    region: "Moscow" is not a number | 
    since: a date is not a number |
    "#);
    let value = Expression::compile("region", &columns()).unwrap().matches(&table()).unwrap_err();
    insta::assert_snapshot!(value, @"region: it gives a value, not true or false");
}

#[test]
fn one_compiled_form_serves_tables_of_other_columns_and_types() {
    let expression = Expression::compile("staff > 2 AND region = 'Moscow'", &columns()).unwrap();
    let other = [
        ColumnInfo { name: "region".into(), kind: ColumnType::Text },
        ColumnInfo { name: "more".into(), kind: ColumnType::Text },
        ColumnInfo { name: "staff".into(), kind: ColumnType::Number },
    ];
    let row = json!({"region": "Moscow", "staff": 2.5}).as_object().unwrap().clone();
    let table = Table::from_rows(&other, &[row]).unwrap();
    // 2.5 is cut to a whole number, as the compiled form has it.
    assert_eq!(expression.matches(&table).unwrap(), [false]);
    let missing = expression.matches(&table.with_texts("x", vec![None]).select(&[0])).is_ok();
    assert!(missing);
    let none = Table::from_rows(&other[..1], &[]).unwrap();
    assert!(expression.matches(&none).is_err());
}

#[test]
fn a_constant_needs_no_column_and_an_empty_table_no_row() {
    let expression = Expression::compile("1 + 1", &[]).unwrap();
    assert_eq!(expression.numbers(&table()).unwrap(), [Some(2.0); 3]);
    assert_eq!(expression.numbers(&table().select(&[])).unwrap(), []);
    assert!(expression.columns().is_empty());
}
