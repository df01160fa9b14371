//! What is told of contribution and pay to whoever sees a part of the company: their part, and no count of the rest.

use crate::common::*;
use crate::house::House;
use bailiwick_server::Settings;
use serde_json::{Value, json};

on_both!(a_manager_is_told_of_their_own_part_alone, income_under_a_plan_is_told_with_its_distribution);

const POLICY: &str = "[sources.accounts]\nfile = \"accounts.csv\"\n[sources.employees]\nfile = \"employees.csv\"\n\
    [sources.orders]\nfile = \"orders.csv\"\n[sources.stages]\nfile = \"stages.csv\"\n[[processes]]\nname = \"Sale\"\n\
    stages = [{ name = \"Offer\", role = \"seller\" }, { name = \"Contract\", role = \"seller\" }]\n[[coverage]]\n\
    role = \"seller\"\ndivide = { balance = { count = 1.0 } }\n[credit]\npotential = \"potential\"\n[[credit.rules]]\n\
    name = \"All\"\nshare = { seller = 100 }\n[[incentives.plans]]\nname = \"All\"\n[[incentives.plans.parts]]\n\
    measure = \"revenue\"\nrate = 0.1\n";

/// Mia leads Ann, who holds A1 and A2; Ben and Cat hold B1 and C1.
async fn house(bench: Bench) -> (House, tempfile::TempDir) {
    let mut house = House::new(bench).await;
    let held = ["A1 seller Ann", "A2 seller Ann", "B1 seller Ben", "C1 seller Cat", "M1 seller Mia"];
    let mut company = plan("P-1", "2026-01-01", &held);
    let ann = company.employees.iter_mut().find(|one| one.id == "Ann").unwrap();
    ann.manager = Some("Mia".parse().unwrap());
    apply(&house.ledger, &company, "2026-01-01T00:00:00Z").await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("bailiwick.toml", POLICY),
        ("accounts.csv", "account_id,potential\nA1,100\nA2,300\nB1,500\nC1,700\nM1,400\n"),
        ("employees.csv", "employee_id,manager_id\nAnn,Mia\nBen,\nCat,\nMia,\n"),
        (
            "orders.csv",
            "order_id,account_id,order_date,amount,kind\nO1,A1,2026-01-10,100,order\nO2,A2,2026-01-11,50,order\n\
             O3,B1,2026-01-12,900,order\nO4,C1,2026-01-13,400,order\nO5,B1,2026-01-14,10,return\nO6,Z9,2026-01-15,7,order\n\
             O7,M1,2026-01-16,200,order\n",
        ),
        (
            "stages.csv",
            "account_id,stage,entered_on\nA1,Offer,2026-01-02\nA1,Contract,2026-01-09\nB1,Offer,2026-01-02\n\
             C1,Offer,2026-01-03\nC1,Contract,2026-01-04\n",
        ),
    ] {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    house.settings(Settings { project: Some(dir.path().to_owned()), ..Settings::default() });
    house.employ("mia", "Mia").await;
    (house, dir)
}

fn keys(rows: &Value) -> Vec<&str> {
    rows.as_array().unwrap().iter().map(|row| row["key"].as_str().unwrap()).collect()
}

async fn a_manager_is_told_of_their_own_part_alone(bench: Bench) {
    let (house, _dir) = house(bench).await;
    let all = house.get("eve", "/api/v1/contribution?from=2026-01-01&to=2026-01-31").await.json;
    assert_eq!((&all["whole"], &all["lines"], &all["returns"]), (&json!(true), &json!(7), &json!(1)), "{all}");
    assert_eq!(all["stages"][0]["entered"], 3);
    assert_eq!(all["territories"]["equity"][0]["people"], 4);
    assert_eq!(all["findings"][0]["code"], "order-unknown-account");
    let mine = house.get("mia", "/api/v1/contribution?from=2026-01-01&to=2026-01-31").await;
    assert_eq!(mine.status, 200, "{}", mine.text);
    let told = &mine.json;
    assert_eq!((&told["whole"], &told["lines"], &told["returns"]), (&json!(false), &json!(3), &json!(0)), "{told}");
    assert_eq!((&told["amount"], &told["nobody"]), (&json!("350"), &json!("0")), "{told}");
    assert_eq!((keys(&told["by_employee"]), keys(&told["by_team"])), (vec!["Mia", "Ann"], vec!["Mia"]));
    assert_eq!(told["by_segment"][0]["lines"], 3);
    assert_eq!((&told["stages"][0]["entered"], &told["stages"][0]["went_on"]), (&json!(1), &json!(1)));
    assert_eq!(told["findings"], json!([]), "samples of others' accounts are not for a manager");
    let people: Vec<&Value> = told["fair"]["people"].as_array().unwrap().iter().map(|one| &one["employee"]).collect();
    assert_eq!(people.len(), 2, "{people:?}");
    assert_eq!((&told["fair"]["accounts"], &told["fair"]["spread"]), (&Value::Null, &Value::Null));
    let equity = &told["territories"]["equity"][0];
    // Ann and Mia both hold a potential of 400.
    assert_eq!((&equity["of"], &equity["people"], &equity["jain"]), (&json!("potential"), &json!(2), &json!(1.0)));
    assert_eq!(told["territories"]["people"].as_array().unwrap().len(), 2);
    for other in ["Ben", "Cat", "B1", "C1", "Z9"] {
        assert!(!mine.text.contains(&format!("\"{other}\"")), "{other} is told of in {}", mine.text);
    }
}

async fn income_under_a_plan_is_told_with_its_distribution(bench: Bench) {
    let (house, _dir) = house(bench).await;
    let other = plan("P-2", "2026-03-01", &["A1 seller Ben", "A2 seller Ann", "B1 seller Ben", "C1 seller Cat"]);
    house.ledger.draft_plan(&other, "", "ben", house.now()).await.unwrap();
    let all = house.get("eve", "/api/v1/statements/2026-Q1/under/P-2").await.json;
    // Now Ann 15, Ben 89, Cat 40, Mia 20; then Ann 5, Ben 99, Cat 40, and Mia nothing.
    let of = |name: &str| {
        let people = all["people"].as_array().unwrap();
        let one = people.iter().find(|one| one["employee"] == name).unwrap();
        (one["now"].as_str().unwrap().to_owned(), one["then"].as_str().unwrap().to_owned())
    };
    assert_eq!((of("Ann"), of("Mia")), (("15.00".into(), "5.00".into()), ("20.00".into(), "0.00".into())), "{all}");
    assert_eq!(
        (&all["now"]["people"], &all["now"]["median"], &all["now"]["upper_quartile"]),
        (&json!(4), &json!("20.00"), &json!("40.00"))
    );
    // 164² / (4 · 10146), and 2 · (15 + 2·20 + 3·40 + 4·89) / (4 · 164) − 5/4.
    assert_eq!((&all["now"]["jain"], &all["now"]["gini"]), (&json!(0.6627), &json!(0.3689)));
    assert_eq!(all["alike"][0]["plans"], json!(["All"]));
    let mine = house.get("mia", "/api/v1/statements/2026-Q1/under/P-2").await.json;
    assert_eq!((&mine["now"]["people"], &mine["now"]["total"]), (&json!(2), &json!("35.00")), "{mine}");
}
