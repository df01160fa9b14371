//! 19,820 real accounts among 18 real sales people: ownership, importance and geography at once, shops of one company
//! together, present holders kept where it can be, and the leaders with the most important shops.

#![allow(clippy::unwrap_used)]

mod common;

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_testkit::{Table, shared};
use common::{Planned, Row, assert_balanced, assert_each_once, assert_summary_complete, count_by, fixture, run_in};
use serde_json::Value;

const SELLER: &str = "sales-specialist";
const CARE: &str = "customer-service-specialist";

struct World {
    accounts: BTreeMap<String, BTreeMap<String, String>>,
    employees: Table,
    planned: Planned,
    rows: Vec<Row>,
}

impl World {
    fn plan() -> Option<World> {
        let project = fixture("adventureworks", "data/adventureworks/accounts.csv")?;
        let accounts = Table::read(&shared("data/adventureworks/accounts.csv")?);
        let employees = Table::read(&shared("data/adventureworks/employees.csv")?);
        let planned = Planned::done(&project.path().join("bailiwick.toml"));
        let rows = planned.rows();
        let accounts = accounts.rows.into_iter().map(|row| (row["account_id"].clone(), row)).collect();
        Some(World { accounts, employees, planned, rows })
    }

    fn of(&self, row: &Row, column: &str) -> &str {
        &self.accounts[&row.account_id][column]
    }

    fn sellers(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| row.role == SELLER)
    }

    fn territory_of(&self, employee: &str) -> &str {
        &self.employees.find("employee_id", employee).unwrap()["sales_territory"]
    }
}

#[test]
fn adventure_works_is_divided_whole_and_evenly() {
    let Some(world) = World::plan() else { return };
    let summary = world.planned.summary();
    everybody_is_served_once(&world, &summary);
    ownership_importance_and_geography_decide(&world);
    work_is_equal(&world, &summary);
    companies_stay_together(&world);
    present_holders_are_kept(&world, &summary);
    anybody_can_ask_who(&world);
}

fn everybody_is_served_once(world: &World, summary: &Value) {
    let expected = std::fs::read_to_string(shared("data/adventureworks/expected.json").unwrap()).unwrap();
    let expected: Value = serde_json::from_str(&expected).unwrap();
    assert_each_once(&world.rows);
    assert_summary_complete(summary, &world.rows);
    assert_eq!(world.accounts.len(), 19_820);
    assert_eq!(summary["accounts"], expected["accounts"]);
    assert_eq!(summary["employees"], 18);
    assert_eq!(count_by(&world.rows, |row| row.role.as_str()), BTreeMap::from([(CARE, 19_820), (SELLER, 19_820)]));
    assert_eq!(summary["infeasible"], serde_json::json!([]));
    let shops = world.sellers().filter(|row| row.segment.contains("hops")).count();
    assert_eq!(shops as u64, expected["stores"].as_u64().unwrap());
    let care = world.rows.iter().filter(|row| row.role == CARE);
    let pairs: BTreeSet<_> = care.map(|row| (&row.account_id, &row.employee_id)).collect();
    assert!(
        world.sellers().all(|row| pairs.contains(&(&row.account_id, &row.employee_id))),
        "who sells looks after it"
    );
}

fn ownership_importance_and_geography_decide(world: &World) {
    let mut least_key = f64::INFINITY;
    for row in world.sellers() {
        let (country, shop) = (world.of(row, "country"), world.of(row, "ownership") == "store");
        let north_america = ["US", "CA"].contains(&country);
        let segment = match (shop, north_america) {
            (true, true) => "Shops, North America",
            (true, false) => "Shops, elsewhere",
            (false, true) => "Private persons, North America",
            (false, false) => "Private persons, elsewhere",
        };
        if row.segment == "Key shops" {
            assert!(shop);
            let leader = match country {
                "US" | "CA" => "274",
                "AU" => "285",
                _ => "287",
            };
            assert_eq!(row.employee_id, leader, "{row:?}");
            least_key = least_key.min(world.of(row, "annual_sales").parse().unwrap());
            continue;
        }
        assert_eq!(row.segment, segment, "{row:?}");
        let seat = world.territory_of(&row.employee_id);
        if north_america {
            assert!(
                !seat.is_empty() && !["Australia", "Germany", "France", "United Kingdom"].contains(&seat),
                "{row:?}"
            );
        } else {
            assert_eq!(seat, world.of(row, "sales_territory"), "{row:?}");
        }
    }
    let key = world.sellers().filter(|row| row.segment == "Key shops").count();
    assert!((60..=100).contains(&key), "{key} key shops: half a percent of 19,820 customers");
    assert_eq!(least_key, 3_000_000.0, "only shops of the largest sales are key");
    assert_eq!(world.sellers().filter(|row| row.employee_id == "273").count(), 0, "the vice president sells to nobody");
}

/// The tolerances of the policy, from its summary and counted again from the customer base.
fn work_is_equal(world: &World, summary: &Value) {
    assert_balanced(summary);
    let within = |segment: &str, amount: &dyn Fn(&Row) -> f64| {
        let mut load: BTreeMap<&str, f64> = BTreeMap::new();
        for row in world.sellers().filter(|row| row.segment == segment) {
            *load.entry(&row.employee_id).or_default() += amount(row);
        }
        assert_eq!(load.len(), 10, "{segment}");
        let mean = load.values().sum::<f64>() / 10.0;
        load.values().for_each(|load| assert!((load / mean - 1.0).abs() <= 0.05 + 1e-9, "{segment}: {load} of {mean}"));
    };
    within("Shops, North America", &|row| 2.0 + world.of(row, "employees").parse::<f64>().unwrap() / 50.0);
    within("Private persons, North America", &|_| 1.0);
}

fn companies_stay_together(world: &World) {
    let mut owners: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in world.sellers().filter(|row| row.segment == "Shops, North America") {
        owners.entry(world.of(row, "parent_id")).or_default().insert(&row.employee_id);
    }
    assert!(owners.len() > 400);
    let split: Vec<_> = owners.iter().filter(|(_, owners)| owners.len() > 1).collect();
    assert!(split.is_empty(), "{split:?}");
}

/// `moved` and `kept` are what a count against the base's own column says, and most shops keep their sales person.
fn present_holders_are_kept(world: &World, summary: &Value) {
    let shops: Vec<&Row> = world.sellers().filter(|row| !world.of(row, "store_sales_person").is_empty()).collect();
    assert_eq!(shops.len(), 1336);
    let kept = shops.iter().filter(|row| world.of(row, "store_sales_person") == row.employee_id).count();
    assert_eq!(summary["kept"], kept);
    assert_eq!(summary["moved"], shops.len() - kept);
    let regional: Vec<&&Row> = shops.iter().filter(|row| row.segment == "Shops, North America").collect();
    let stay = regional.iter().filter(|row| world.of(row, "store_sales_person") == row.employee_id).count();
    assert!(stay * 2 > regional.len(), "{stay} of {} shops keep their sales person", regional.len());
    let elsewhere = shops.iter().filter(|row| row.segment == "Shops, elsewhere");
    assert!(elsewhere.clone().count() > 200);
    elsewhere.for_each(|row| assert_eq!(world.of(row, "store_sales_person"), row.employee_id));
}

fn anybody_can_ask_who(world: &World) {
    let db = world.planned.apply();
    let asked = ["who", "11001", "--role", SELLER, "--on", common::DAY, "--db", &db, "--format", "json"];
    let answer = run_in(world.planned.dir.path(), &asked).done().json();
    assert_eq!(answer["responsible"].as_array().unwrap().len(), 1);
    assert_eq!(answer["responsible"][0]["employee_id"], "286", "the one sales person of Australia");
}
