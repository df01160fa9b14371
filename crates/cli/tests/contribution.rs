//! Contribution and pay: the guide's quarter to the cent, and real orders counted independently.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::path::Path;

use bailiwick_testkit::{Table, repository, shared};
use common::{fixture, run_in};
use rust_decimal::Decimal;
use serde_json::Value;

fn decimal(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}

fn cents(amount: Decimal) -> String {
    format!("{amount:.2}").replace('-', "−")
}

/// The policy and the data of docs/guide/contribution.md.
fn guide(dir: &Path) -> String {
    let guide = std::fs::read_to_string(repository().join("docs/guide/contribution.md")).unwrap();
    let block = |kind: &str, index: usize| {
        let opening = format!("```{kind}\n");
        guide.split(&opening).nth(index + 1).unwrap().split("```").next().unwrap().to_owned()
    };
    std::fs::write(dir.join("bailiwick.toml"), block("toml", 0)).unwrap();
    for (index, name) in ["accounts", "employees", "assignments", "orders", "rates"].iter().enumerate() {
        std::fs::write(dir.join(format!("{name}.csv")), block("csv", index)).unwrap();
    }
    guide
}

/// [`guide`] with its plan applied to the ledger `l.db`.
fn guide_applied(dir: &Path) {
    guide(dir);
    run_in(dir, &["plan", "-o", "plan", "--on", "2026-01-01", "--quiet"]).done();
    run_in(dir, &["apply", "plan", "--db", "sqlite:l.db", "--yes", "--quiet"]).done();
}

#[test]
fn the_guides_quarter_comes_out_to_the_cent() {
    let dir = tempfile::tempdir().unwrap();
    let guide = guide(dir.path());
    let command = ["incentives", "--period", "2026-Q1", "--quiet", "-o", "out", "--format", "json"];
    let statements = run_in(dir.path(), &command).done().json();
    let mut amounts: BTreeMap<(String, String), Decimal> = BTreeMap::new();
    for statement in statements.as_array().unwrap() {
        let name = statement["name"].as_str().unwrap();
        let pay = decimal(&statement["pay"][0]["amount"]);
        let line = guide.lines().find(|line| line.starts_with(&format!("| {name} |"))).unwrap();
        assert!(line.ends_with(&format!("| {} |", cents(pay))), "{name} gets {pay}, and the guide says {line}");
        for credit in statement["credits"].as_array().unwrap() {
            let key = (credit["order"].as_str().unwrap().to_owned(), name.to_owned());
            *amounts.entry(key).or_default() += decimal(&credit["amount"]);
            *amounts.entry(("sum".into(), name.to_owned())).or_default() += decimal(&credit["amount"]);
        }
    }
    let mut told = 0;
    for order in ["O-1", "O-2", "O-3", "R-1", "sum"] {
        let line = guide.lines().find(|line| line.starts_with(&format!("| {order} |"))).unwrap();
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        for (name, cell) in ["Ann", "Ben", "Cid", "Eve"].iter().zip(&cells[3..7]) {
            let found = amounts.get(&(order.to_owned(), (*name).to_owned())).map(|amount| cents(*amount));
            assert_eq!(found.unwrap_or_default(), **cell, "{order}, {name}");
            told += usize::from(!cell.is_empty());
        }
    }
    assert_eq!(told, 14);
    let table = run_in(dir.path(), &["incentives", "--period", "2026-Q1", "--quiet"]).done();
    insta::assert_snapshot!("incentives", table.stdout);
    let ann = run_in(dir.path(), &["incentives", "--period", "2026-Q1", "--employee", "E-1", "--quiet"]).done();
    insta::assert_snapshot!("statement", ann.stdout);
    let page = std::fs::read_to_string(dir.path().join("out/E-1.html")).unwrap();
    for part in [
        "466.00 EUR",
        "6,000.00 × 0.03 = 180.00",
        "800.01 × 0.03 × 1.5 = 36.00",
        "held the role until the account was moved",
    ] {
        assert!(page.contains(part), "the page does not say {part}");
    }
    assert!(!page.contains("src=") && !page.contains("http"), "nothing is loaded from elsewhere");
    assert!(std::fs::read(dir.path().join("out/statements.xlsx")).unwrap().starts_with(b"PK"));
}

#[test]
fn contribution_of_the_guides_quarter() {
    let dir = tempfile::tempdir().unwrap();
    guide(dir.path());
    let command = ["contribution", "--period", "2026-Q1", "--by", "employee,team,role,product-line,period", "--quiet"];
    insta::assert_snapshot!("contribution", run_in(dir.path(), &command).done().stdout);
    let found = run_in(dir.path(), &[&command[..], &["--format", "json"]].concat()).done().json();
    assert_eq!(decimal(&found["amount"]), "8960.01".parse().unwrap());
    assert_eq!(decimal(&found["new_customers"]), "460".parse().unwrap());
    let csv =
        run_in(dir.path(), &["contribution", "--credits", "--period", "2026-Q1", "--quiet", "--format", "csv"]).done();
    insta::assert_snapshot!("credits", csv.stdout);
}

/// What everybody would earn if Ben had held everything all along.
#[test]
fn pay_under_another_plan() {
    let dir = tempfile::tempdir().unwrap();
    guide(dir.path());
    std::fs::create_dir(dir.path().join("b")).unwrap();
    let rows = "account_id,role,product_line,employee_id,segment,territory,rule,reason,valid_from\n\
                A-1,sales-specialist,,E-2,All,,,,2026-01-01\nA-2,sales-specialist,,E-2,All,,,,2026-01-01\n\
                A-1,client-specialist,,E-3,All,,,,2026-01-01\nA-2,client-specialist,,E-3,All,,,,2026-01-01\n";
    std::fs::write(dir.path().join("b/assignments.csv"), rows).unwrap();
    let command = ["incentives", "--period", "2026-Q1", "--under", "b", "--quiet"];
    insta::assert_snapshot!("under", run_in(dir.path(), &command).done().stdout);
    let found = run_in(dir.path(), &[&command[..], &["--format", "json"]].concat()).done().json();
    let ben = found["people"].as_array().unwrap().iter().find(|one| one["name"] == "Ben").unwrap();
    // 2,000 × 0.03 + 5,168.01 × 0.045 + 250, and a new customer: 60 + 232.56 + 250 + 50.
    assert_eq!(decimal(&ben["then"]), "592.56".parse().unwrap());
}

/// A closed quarter stays; what comes late is a correction of the next one.
#[test]
fn a_closed_quarter_is_corrected_in_the_next() {
    let dir = tempfile::tempdir().unwrap();
    guide_applied(dir.path());
    let statements = |more: &[&str]| {
        let command = ["incentives", "--against", "sqlite:l.db", "--quiet", "--format", "json"];
        run_in(dir.path(), &[&command[..], more].concat())
    };
    let closed = statements(&["--period", "2026-Q1", "--close"]).done().json();
    let orders = std::fs::read_to_string(dir.path().join("orders.csv")).unwrap();
    let late = "O-9,A-1,2026-02-27,2026-01-02,parts,100.00,EUR,order,\nO-10,A-1,2026-04-10,,parts,50.00,EUR,order,\n";
    std::fs::write(dir.path().join("orders.csv"), orders + late).unwrap();
    assert_eq!(statements(&["--period", "2026-Q1"]).done().json(), closed);
    let refused = statements(&["--period", "2026-Q1", "--close"]);
    assert_eq!(refused.exit, 1, "{}", refused.stdout);
    let next = statements(&["--period", "2026-Q2"]).done().json();
    let credits = |statements: &Value, kind: &str| {
        let all = statements.as_array().unwrap().iter().flat_map(|one| one["credits"].as_array().unwrap());
        let of_kind = all.filter(|credit| credit["kind"] == kind);
        of_kind
            .map(|credit| (credit["order"].as_str().unwrap().to_owned(), decimal(&credit["amount"])))
            .collect::<Vec<_>>()
    };
    let corrections = credits(&next, "correction");
    assert!(corrections.iter().all(|(order, _)| order == "O-9"), "{corrections:?}");
    assert_eq!(corrections.iter().map(|(_, amount)| *amount).sum::<Decimal>(), "100".parse().unwrap());
    assert_eq!(credits(&next, "order").iter().map(|(_, amount)| *amount).sum::<Decimal>(), "50".parse().unwrap());
    run_in(dir.path(), &["audit", "verify", "--db", "sqlite:l.db"]).done();
}

/// An order divided by hand goes before the rules until it is taken back; a claim is answered, settled by somebody else and
/// paid once.
#[test]
fn orders_are_split_and_pay_is_disputed_at_the_prompt() {
    let dir = tempfile::tempdir().unwrap();
    guide_applied(dir.path());
    let ask = |command: &[&str]| run_in(dir.path(), &[command, &["--db", "sqlite:l.db", "--format", "json"]].concat());
    let statements = || {
        let command = ["incentives", "--against", "sqlite:l.db", "--period", "2026-Q1", "--quiet", "--format", "json"];
        run_in(dir.path(), &command).done().json()
    };
    let of_order = |order: &str| {
        let mut found: BTreeMap<String, Decimal> = BTreeMap::new();
        for one in statements().as_array().unwrap() {
            for credit in one["credits"].as_array().unwrap().iter().filter(|credit| credit["order"] == order) {
                *found.entry(one["employee"].as_str().unwrap().to_owned()).or_default() += decimal(&credit["amount"]);
            }
        }
        found
    };
    let before = of_order("O-2");

    let refused = ask(&["splits", "add", "O-2", "E-1", "--reason", "both"]);
    assert!(refused.exit != 0 && refused.stderr.contains("write EMPLOYEE=PART"), "{}", refused.stderr);
    let nobody = ask(&["splits", "add", "O-2", "E-99=1", "--reason", "both"]);
    assert!(nobody.exit != 0 && nobody.stderr.contains("E-99"), "{}", nobody.stderr);
    assert_eq!(ask(&["splits", "list"]).done().json(), serde_json::json!([]));
    let made = ask(&["splits", "add", "O-2", "E-1=1", "E-2=3", "--reason", "Ben brought it about"]).done().json();
    assert_eq!(
        made[0]["parts"],
        serde_json::json!([{"employee_id": "E-1", "part": "1"}, {"employee_id": "E-2", "part": "3"}])
    );
    let divided = of_order("O-2");
    // A quarter of 1,000.01; the cent that is left goes to the larger remainder.
    let quarters = (divided["E-1"].to_string(), divided["E-2"].to_string());
    assert_eq!(quarters, ("250".into(), "750.01".into()), "by the rules {before:?}");
    let table = run_in(dir.path(), &["splits", "list", "--db", "sqlite:l.db"]).done().stdout;
    assert!(table.contains("E-1=1 E-2=3") && table.contains("Ben brought it about"), "{table}");
    let number = made[0]["number"].to_string();
    ask(&["splits", "remove", &number]).done();
    assert_eq!(of_order("O-2"), before);
    assert_eq!(ask(&["splits", "list", "--all"]).done().json()[0]["active"], false);

    let pay = |name: &str| {
        let all = statements();
        let of = all.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap().clone();
        decimal(&of["pay"][0]["amount"])
    };
    let earned = pay("Ann");
    let open = ["disputes", "open", "E-1", "2026-Q1", "O-3 is mine alone", "--order", "O-3", "--by", "ann"];
    let opened = ask(&open).done().json();
    assert_eq!((&opened[0]["state"], &opened[0]["opened_by"]), (&"open".into(), &"ann".into()));
    let number = opened[0]["number"].to_string();
    assert_eq!(ask(&["disputes", "answer", &number, "We look into it"]).done().json()[0]["state"], "answered");
    let settled = ask(&["disputes", "settle", &number, "It was", "--amount", "12.50"]).done().json();
    assert_eq!((&settled[0]["state"], &settled[0]["amount"]), (&"granted".into(), &"12.50".into()));
    assert_eq!(pay("Ann"), earned + "12.50".parse::<Decimal>().unwrap());
    assert_ne!(ask(&["disputes", "settle", &number, "Again", "--amount", "12.50"]).exit, 0);
    let own = ask(&["disputes", "open", "E-1", "2026-Q1", "And O-1"]).done().json()[0]["number"].to_string();
    let refused = ask(&["disputes", "settle", &own, "Yes", "--amount", "1"]);
    assert!(refused.exit != 0, "whoever opened it settled it: {}", refused.stdout);
    assert_eq!(ask(&["disputes", "list", "--unsettled"]).done().json().as_array().unwrap().len(), 1);
    run_in(dir.path(), &["audit", "verify", "--db", "sqlite:l.db"]).done();
}

#[test]
fn what_is_wrong_with_credit_and_incentives_is_said() {
    let dir = tempfile::tempdir().unwrap();
    guide(dir.path());
    let policy = std::fs::read_to_string(dir.path().join("bailiwick.toml")).unwrap();
    let with = |from: &str, to: &str| {
        assert!(policy.contains(from), "{from}");
        std::fs::write(dir.path().join("bailiwick.toml"), policy.replacen(from, to, 1)).unwrap();
        let run = run_in(dir.path(), &["incentives", "--quiet", "--period", "2026-Q1"]);
        assert_eq!(run.exit, 1, "{}{}", run.stdout, run.stderr);
        run.stderr
    };
    let mut told = String::new();
    for (from, to) in [
        ("share   = { sales-specialist = 80", "share   = { sales-specialists = 80"),
        ("client-specialist = 20", "client-specialist = -20"),
        ("months = 12", "months = 0"),
        ("days = 30 }", "days = 30, percent = 130 }"),
        ("overlay = { product-specialist = 10 }", "stages = { Offer = 1 }"),
        ("name = \"Hunters\"", "name = \"Sellers\""),
        ("{ from = 1, times = 1.5 }", "{ from = 0, times = 1.5 }"),
        ("quota = 1000\n", ""),
        ("target = 600", ""),
        ("measure = \"revenue\"\nof = \"line\"", "measure = \"service\"\nof = \"line\""),
        ("measure = \"revenue\"", "measure = \"turnover\""),
        ("quota = \"quota\"", "quota = \"qouta\""),
        ("currency = \"EUR\"", "currency = \"BGN\""),
        ("holdover = { days = 30 }", "named = { sales-specialist = \"seller\" }"),
        ("holdover = { days = 30 }", "splits = [{ order = \"O-1\", share = { E-9 = 1 }, reason = \"agreed\" }]"),
        ("holdover = { days = 30 }", "splits = [{ order = \"O-1\", share = { E-1 = 1 }, reason = \"\" }]"),
    ] {
        told.push_str(&with(from, to));
    }
    insta::assert_snapshot!("complaints", told);
}

/// Deals per hunter, per sales specialist and per pair of them, against an independent count.
#[test]
fn deals_of_the_market_place_are_credited_to_both() {
    let Some(project) = fixture("olist-credit", "data/olist-funnel/expected.json") else { return };
    let text = std::fs::read_to_string(shared("data/olist-funnel/expected.json").unwrap()).unwrap();
    let expected: Value = serde_json::from_str(&text).unwrap();
    let credits = run_in(project.path(), &["contribution", "--credits", "--quiet", "--format", "json"]).done().json();
    let mut by_role: BTreeMap<&str, BTreeMap<String, u64>> = BTreeMap::new();
    let mut of_deal: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for credit in credits.as_array().unwrap() {
        let (role, who) = (credit["role"].as_str().unwrap(), credit["employee"].as_str().unwrap());
        *by_role.entry(role).or_default().entry(who.to_owned()).or_default() += 1;
        of_deal.entry(credit["order"].as_str().unwrap()).or_default().insert(role, who);
    }
    let counts = |key: &str| serde_json::from_value::<BTreeMap<String, u64>>(expected[key].clone()).unwrap();
    assert_eq!(by_role["client-specialist"], counts("by_hunter_sdr"));
    assert_eq!(by_role["sales-specialist"], counts("by_sales_specialist_sr"));
    assert_eq!(of_deal.len() as u64, expected["deals"].as_u64().unwrap());
    let deals = Table::read(&shared("data/olist-funnel/olist_closed_deals_dataset.csv").unwrap());
    let mut pairs = std::collections::BTreeSet::new();
    for deal in &deals.rows {
        let found = &of_deal[deal["mql_id"].as_str()];
        assert_eq!((found["client-specialist"], found["sales-specialist"]), (&*deal["sdr_id"], &*deal["sr_id"]));
        pairs.insert((found["client-specialist"], found["sales-specialist"]));
    }
    assert_eq!(pairs.len() as u64, expected["pairs"].as_u64().unwrap());
    // 842 of 8,000 leads were won.
    let command = ["contribution", "--from", "2017-01-01", "--to", "2018-12-31", "--quiet", "--format", "json"];
    let found = run_in(project.path(), &command).done().json();
    // One of the 842 was written as won before the lead came: that is no way from stage to stage.
    let first = &found["stages"][0];
    let earlier = won_before_the_lead_came(&deals);
    assert_eq!(earlier, 1);
    assert_eq!(first["entered"], expected["leads"]);
    assert_eq!(first["went_on"].as_u64().unwrap(), expected["deals"].as_u64().unwrap() - earlier);
    assert_eq!(decimal(&first["conversion"]), "0.1051".parse().unwrap());
    assert_eq!(found["lines"], expected["deals"]);
    assert_eq!(decimal(&found["amount"]), decimal(&found["credited"]));
}

fn won_before_the_lead_came(deals: &Table) -> u64 {
    let leads = Table::read(&shared("data/olist-funnel/olist_marketing_qualified_leads_dataset.csv").unwrap());
    let came: BTreeMap<&str, &str> =
        leads.rows.iter().map(|lead| (lead["mql_id"].as_str(), lead["first_contact_date"].as_str())).collect();
    let is_earlier = |deal: &&BTreeMap<String, String>| {
        // 2/26/2018 19:58
        let day: Vec<u32> =
            deal["won_date"].split(' ').next().unwrap().split('/').map(|n| n.parse().unwrap()).collect();
        format!("{}-{:02}-{:02}", day[2], day[0], day[1]).as_str() < came[deal["mql_id"].as_str()]
    };
    deals.rows.iter().filter(is_earlier).count() as u64
}

/// Sales of each sales person of a bicycle maker, and commission by each one's own rate.
#[test]
fn sales_of_the_bicycle_maker_are_each_persons() {
    let Some(project) = fixture("adventureworks-credit", "data/adventureworks/expected.json") else { return };
    let text = std::fs::read_to_string(shared("data/adventureworks/expected.json").unwrap()).unwrap();
    let expected = serde_json::from_str::<Value>(&text).unwrap()["reseller_orders"].clone();
    let found = run_in(project.path(), &["contribution", "--quiet", "--format", "json"]).done().json();
    assert_eq!(decimal(&found["amount"]), decimal(&expected["amount"]));
    assert_eq!(found["lines"], expected["orders"]);
    let by_employee = found["by_employee"].as_array().unwrap();
    let of_people = expected["by_employee"].as_object().unwrap();
    assert_eq!(by_employee.len(), of_people.len());
    for row in by_employee {
        let wanted = &of_people[row["key"].as_str().unwrap()];
        assert_eq!(decimal(&row["amount"]), decimal(&wanted["amount"]), "{row}");
        assert_eq!(row["lines"], wanted["orders"], "{row}");
    }
    // All years together, each by their own rate.
    let rates = Table::read(&shared("data/adventureworks/employees.csv").unwrap());
    let mut paid: BTreeMap<String, Decimal> = BTreeMap::new();
    for year in ["2017", "2018", "2019", "2020"] {
        let command = ["incentives", "--period", year, "--quiet", "--format", "json"];
        for statement in run_in(project.path(), &command).done().json().as_array().unwrap() {
            let part = &statement["plans"][0]["parts"][0];
            if part.is_null() {
                continue;
            }
            let rate: Decimal = decimal(&part["rate"]);
            let pay = decimal(&part["earned"]["pay"]);
            let exact = decimal(&part["value"]) * rate;
            assert!((pay - exact).abs() <= "0.005".parse().unwrap(), "{pay} is not {exact} to the cent");
            *paid.entry(statement["employee"].as_str().unwrap().to_owned()).or_default() += pay;
        }
    }
    for row in &rates.rows {
        let Some(wanted) = of_people.get(row["employee_id"].as_str()) else { continue };
        let rate: Decimal = row["commission_pct"].parse().unwrap_or_default();
        let exact = decimal(&wanted["amount"]) * rate;
        let found = paid.get(row["employee_id"].as_str()).copied().unwrap_or_default();
        assert!((found - exact).abs() <= "0.02".parse().unwrap(), "{}: {found}, not {exact}", row["employee_id"]);
    }
    // Shops buy more where they could; what is left is the person's.
    let fair = &found["fair"];
    assert_eq!(fair["is_estimated"], true);
    for person in fair["people"].as_array().unwrap() {
        let number = |key: &str| person[key].as_f64().unwrap();
        assert!(number("low") <= number("adjusted") && number("adjusted") <= number("high"), "{person}");
    }
}
