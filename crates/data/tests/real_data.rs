//! Real data sets, read in place, against counts computed independently.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use common::read;
use serde_json::Value;

/// The data folder beside the repository, where there is one.
fn shared() -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .skip(1)
        .map(|folder| folder.join("../shared/data"))
        .chain(Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().skip(1).map(|folder| folder.join("shared/data")))
        .find(|folder| folder.is_dir());
    if found.is_none() {
        eprintln!("skipped: ../shared is absent");
    }
    found
}

fn expected(folder: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join("expected.json")).unwrap()).unwrap()
}

fn count(values: &[Option<String>]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for value in values {
        *counts.entry(value.clone().unwrap_or_default()).or_insert(0) += 1;
    }
    counts
}

#[test]
fn adventureworks_is_read_whole() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("adventureworks");
    let policy = r#"
        [sources.accounts]
        file = "accounts.csv"
        [sources.employees]
        file = "employees.csv"
        columns = { position = "job_title" }
        [sources.orders]
        file = "reseller_orders.csv"
        [sources.first_orders]
        file = "orders.csv"
        [sources.turnover]
        sql = "SELECT employee_id, count(*) AS orders, sum(amount) AS amount FROM orders GROUP BY employee_id ORDER BY 1"
    "#;
    let snapshot = read(policy, &folder).unwrap();
    assert_eq!(snapshot.rejected, []);
    let expected = expected(&folder);
    assert_eq!(snapshot.accounts.len() as u64, expected["accounts"]);
    let ownership = count(&snapshot.accounts.texts("ownership").unwrap());
    assert_eq!(ownership["store"], expected["stores"]);
    assert_eq!(ownership.values().sum::<u64>() - ownership["store"], expected["private_persons"]);
    assert!(snapshot.accounts.numbers("latitude").unwrap().iter().all(Option::is_some));
    assert_eq!(snapshot.employees.len(), 18);

    let orders = snapshot.orders.unwrap();
    let reseller = &expected["reseller_orders"];
    assert_eq!(orders.len() as u64, reseller["orders"]);
    let dates = orders.texts("order_date").unwrap();
    assert_eq!(dates.iter().flatten().min().unwrap(), reseller["first"].as_str().unwrap());
    assert_eq!(dates.iter().flatten().max().unwrap(), reseller["last"].as_str().unwrap());
    let turnover = &snapshot.others["turnover"];
    let amounts = turnover.texts("amount").unwrap();
    for (row, employee) in turnover.texts("employee_id").unwrap().iter().enumerate() {
        let of_employee = &reseller["by_employee"][employee.as_deref().unwrap()];
        assert_eq!(turnover.numbers("orders").unwrap()[row], of_employee["orders"].as_f64());
        let exact = of_employee["amount"].as_str().unwrap().trim_end_matches('0').trim_end_matches('.');
        assert_eq!(amounts[row].as_deref(), Some(exact), "sums are exact to the cent");
    }
    assert_eq!(snapshot.others["first_orders"].len(), 1000);
}

#[test]
fn olist_is_read_whole() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("olist-funnel");
    let policy = r#"
        [sources.accounts]
        file = "olist_sellers_dataset.csv"
        columns = { account_id = "seller_id", region = "seller_state" }
        [sources.employees]
        sql = "SELECT sdr_id AS employee_id FROM deals UNION SELECT sr_id FROM deals ORDER BY 1"
        [sources.deals]
        file = "olist_closed_deals_dataset.csv"
        [sources.leads]
        file = "olist_marketing_qualified_leads_dataset.csv"
    "#;
    let snapshot = read(policy, &folder).unwrap();
    assert_eq!(snapshot.rejected, []);
    let expected = expected(&folder);
    let deals = &snapshot.others["deals"];
    assert_eq!(snapshot.accounts.len(), 3095);
    assert!(snapshot.accounts.texts("seller_zip_code_prefix").unwrap().contains(&Some("01026".into())));
    assert_eq!(snapshot.others["leads"].len() as u64, expected["leads"]);
    assert_eq!(deals.len() as u64, expected["deals"]);
    for (column, counts) in
        [("sdr_id", "by_hunter_sdr"), ("sr_id", "by_sales_specialist_sr"), ("business_segment", "by_segment")]
    {
        let expected: BTreeMap<String, u64> = serde_json::from_value(expected[counts].clone()).unwrap();
        assert_eq!(count(&deals.texts(column).unwrap()), expected, "{column}");
    }
    assert_eq!(deals.texts("won_date").unwrap()[0].as_deref(), Some("2018-02-26T19:58:00"));
}

#[test]
fn online_retail_is_read_whole() {
    let Some(shared) = shared() else { return };
    let folder = shared.join("online-retail");
    let policy = r#"
        [sources.accounts]
        file = "customers.csv"
        columns = { account_id = "CustomerID", revenue = "Amount" }
        [sources.employees]
        sql = "SELECT DISTINCT Country AS employee_id FROM 'customers.csv'"
        [sources.invoices]
        file = "invoices.csv"
    "#;
    let snapshot = read(policy, &folder).unwrap();
    assert_eq!(snapshot.rejected, []);
    let expected = expected(&folder);
    assert_eq!(snapshot.accounts.len() as u64, expected["counts"]["customers"]);
    assert_eq!(snapshot.others["invoices"].len() as u64, expected["counts"]["invoices"]);
    let countries: BTreeMap<String, u64> = serde_json::from_value(expected["customers_by_country"].clone()).unwrap();
    assert_eq!(count(&snapshot.accounts.texts("Country").unwrap()), countries);
    let revenue: f64 = snapshot.accounts.numbers("revenue").unwrap().iter().flatten().sum();
    assert!((revenue - expected["amount_identified_customers"].as_f64().unwrap()).abs() < 0.005);
}
