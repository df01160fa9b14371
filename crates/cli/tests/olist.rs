//! Hunter and sales specialist of each seller, from 842 real deals: read by SQL over three files, kept as they are.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;

use bailiwick_testkit::{Table, shared};
use common::{Planned, assert_each_once, assert_summary_complete, count_by, fixture, run_in};
use serde_json::Value;

#[test]
fn each_seller_keeps_its_hunter_and_its_specialist() {
    let Some(project) = fixture("olist", "data/olist-funnel/expected.json") else { return };
    let read = |name: &str| std::fs::read_to_string(shared(&format!("data/olist-funnel/{name}")).unwrap()).unwrap();
    let expected: Value = serde_json::from_str(&read("expected.json")).unwrap();
    let planned = Planned::done(&project.path().join("bailiwick.toml"));
    let (rows, summary) = (planned.rows(), planned.summary());
    assert_each_once(&rows);
    assert_summary_complete(&summary, &rows);
    assert_eq!(summary["accounts"], expected["deals"]);
    assert_eq!((&summary["kept"], &summary["moved"]), (&Value::from(2 * 842), &Value::from(0)));
    for (role, counts) in [("client-specialist", "by_hunter_sdr"), ("sales-specialist", "by_sales_specialist_sr")] {
        let mine = rows.iter().filter(|row| row.role == role);
        let found: BTreeMap<String, usize> = count_by(mine, |row| row.employee_id.clone());
        let wanted: BTreeMap<String, usize> = serde_json::from_value(expected[counts].clone()).unwrap();
        assert_eq!(found, wanted, "{role}");
    }
    let deals = Table::read(&shared("data/olist-funnel/olist_closed_deals_dataset.csv").unwrap());
    let owner: BTreeMap<(&str, &str), &str> =
        rows.iter().map(|row| ((row.account_id.as_str(), row.role.as_str()), row.employee_id.as_str())).collect();
    for deal in &deals.rows {
        assert_eq!(owner[&(deal["seller_id"].as_str(), "client-specialist")], deal["sdr_id"]);
        assert_eq!(owner[&(deal["seller_id"].as_str(), "sales-specialist")], deal["sr_id"]);
    }
    let db = planned.apply();
    let deal = &deals.rows[0];
    for (stage, column) in [("First interest", "sdr_id"), ("Contract", "sr_id")] {
        let asked = ["who", &deal["seller_id"], "--stage", stage, "--on", common::DAY, "--db", &db, "--format", "json"];
        let answer = run_in(planned.dir.path(), &asked).done().json();
        assert_eq!(answer["responsible"][0]["employee_id"], *deal[column], "{stage}");
        assert_eq!(answer["responsible"].as_array().unwrap().len(), 1, "{stage}");
    }
}
