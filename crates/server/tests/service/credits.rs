//! The order lines behind a figure of contribution, and the periods in which pay is due.

use crate::common::*;
use crate::house::House;
use bailiwick_server::Settings;
use serde_json::{Value, json};

on_both!(a_figure_opens_to_its_order_lines, periods_are_closed_one_after_the_other);

const POLICY: &str = "[company]\ncurrency = \"EUR\"\n[sources.accounts]\nfile = \"a.csv\"\n[sources.employees]\nfile = \"e.csv\"\n\
    [sources.orders]\nfile = \"o.csv\"\n[roles.seller]\n[roles.helper]\n[[segments]]\nname = \"All\"\nwhen = \"true\"\n[[coverage]]\nrole = \"seller\"\n\
    divide = { balance = { count = 1.0 } }\n[[credit.rules]]\nname = \"Each\"\nshare = { seller = 1 }\noverlay = { helper = 10 }\n\
    [[incentives.plans]]\nname = \"All\"\n[[incentives.plans.parts]]\nmeasure = \"revenue\"\nrate = 0.1\n";

async fn with_orders(bench: Bench) -> (House, tempfile::TempDir) {
    let mut house = House::new(bench).await;
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("bailiwick.toml", POLICY),
        ("a.csv", "account_id,name\nACME,Acme Ltd\nBETA,Beta\nGONE,Gone\n"),
        ("e.csv", "employee_id,name,manager_id\nAnn,Ann A,Max\nBen,Ben B,Max\nMax,Max M,\n"),
        (
            "o.csv",
            "order_id,account_id,order_date,amount,kind,reference\nO-1,ACME,2026-01-10,100.00,order,\n\
             O-2,BETA,2026-01-20,40.01,order,\nO-3,GONE,2026-01-21,7.00,order,\nO-4,ACME,2026-04-02,60.00,order,\n\
             R-1,ACME,2026-02-01,25.00,return,O-1\n",
        ),
    ] {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    house.settings(Settings { project: Some(dir.path().to_owned()), ..Settings::default() });
    let mut company = plan("P-1", "2026-01-01", &["ACME seller Ann", "BETA seller Ben"]);
    company.employees.iter_mut().for_each(|one| one.manager = Some("Max".parse().unwrap()));
    company.employees.push(employee("Max"));
    apply(&house.ledger, &company, "2026-01-01T00:00:00Z").await.unwrap();
    house.employ("tom", "Ann").await;
    house.employ("mia", "Max").await;
    (house, dir)
}

fn orders(told: &Value) -> Vec<&str> {
    told["credits"].as_array().unwrap().iter().map(|one| one["order"].as_str().unwrap()).collect()
}

async fn a_figure_opens_to_its_order_lines(bench: Bench) {
    let (house, _dir) = with_orders(bench).await;
    let ask = async |who: &str, query: &str| house.get(who, &format!("/api/v1/credits?{query}")).await.json;
    let whole = house.get("eve", "/api/v1/contribution").await.json;
    for (group, name) in
        [("employee", "by_employee"), ("role", "by_role"), ("segment", "by_segment"), ("team", "by_team")]
    {
        let rows = whole[name].as_array().unwrap();
        assert!(!rows.is_empty(), "{name}: {whole}");
        for row in rows {
            let told = ask("eve", &format!("{group}={}&overlay=false", row["key"].as_str().unwrap())).await;
            assert_eq!(told["amount"], row["amount"], "{group} {row}");
        }
    }
    assert_eq!(ask("eve", "overlay=false").await["amount"], whole["amount"]);
    assert_eq!(ask("eve", "nobody=true&overlay=false").await["amount"], whole["nobody"]);
    for (which, name) in [("new", "new_customers"), ("kept", "kept_customers")] {
        assert_eq!(ask("eve", &format!("customers={which}&overlay=false")).await["amount"], whole[name], "{which}");
    }
    // The newest first, with what everybody is called, page by page.
    let ann = ask("eve", "employee=Ann&limit=2").await;
    assert_eq!((orders(&ann), &ann["total"], &ann["next"]), (vec!["O-4", "R-1"], &json!(3), &json!(2)));
    let first = &ann["credits"][0];
    assert_eq!((&first["account_name"], &first["employee_name"]), (&json!("Acme Ltd"), &json!("Ann A")), "{first}");
    let rest = ask("eve", "employee=Ann&limit=2&after=2").await;
    assert_eq!((orders(&rest), &rest["next"]), (vec!["O-1"], &Value::Null));
    assert_eq!(orders(&ask("eve", "from=2026-04-01&overlay=false").await), ["O-4"]);
    // Members see their own, managers their line's, and nobody's is for those who see everybody.
    assert_eq!(ask("tom", "overlay=false").await["amount"], "135.00");
    assert_eq!(ask("tom", "employee=Ben").await["total"], 0);
    assert_eq!(ask("mia", "overlay=false").await["amount"], "175.01");
    assert_eq!(ask("mia", "nobody=true").await["total"], 0);
    assert_eq!(house.get("eve", "/api/v1/credits?customers=old").await.status, 400);
}

async fn periods_are_closed_one_after_the_other(bench: Bench) {
    let (house, _dir) = with_orders(bench).await;
    house.set_clock("2026-05-01T09:00:00Z");
    let told = async || house.get("tom", "/api/v1/pay-periods").await.json;
    let quarter = |name: &str, from: &str, to: &str, closed: bool, next: bool| json!({"period": name, "from": from, "to": to, "closed": closed, "closes_next": next});
    let before = json!({"length": "quarter", "periods": [
        quarter("2026-Q2", "2026-04-01", "2026-06-30", false, false),
        quarter("2026-Q1", "2026-01-01", "2026-03-31", false, true),
    ]});
    assert_eq!(told().await, before);
    assert_eq!(house.post("ann", "/api/v1/statements/2026-Q1/close", json!({})).await.status, 200);
    let after = told().await;
    assert_eq!((&after["periods"][1]["closed"], &after["periods"][0]["closes_next"]), (&json!(true), &json!(false)));
    house.set_clock("2026-07-02T09:00:00Z");
    assert_eq!(told().await["periods"][0]["closes_next"], true);
}
