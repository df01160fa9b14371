//! Accounts, employees and who has whom, by number.

use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::assignment::NewAssignment;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::{AccountId, EmployeeId};
use serde_json::json;

use crate::BenchError;

pub const ROLE: &str = "sales-specialist";

pub fn account_id(number: u32) -> Result<AccountId, BenchError> {
    Ok(AccountId::new(format!("A{number:08}"))?)
}

pub fn employee_id(number: u32) -> Result<EmployeeId, BenchError> {
    Ok(EmployeeId::new(format!("E{number:05}"))?)
}

/// As wide as a source of an ordinary company.
pub fn account(id: AccountId, number: u32) -> AccountRecord {
    let industry = ["retail", "transport", "health", "food"][number as usize % 4];
    let attributes = json!({
        "segment": format!("segment {}", number % 50), "industry": industry,
        "latitude": 42.0 + f64::from(number % 1000) / 1000.0, "longitude": 23.0 + f64::from(number / 1000 % 1000) / 1000.0,
        "revenue_12m": number % 90_000, "postcode": format!("{:04}", number % 9000),
    });
    let name = format!("Customer {number}");
    AccountRecord { id, name, parent: None, attributes: attributes.as_object().cloned().unwrap_or_default() }
}

pub fn employee(number: u32) -> Result<EmployeeRecord, BenchError> {
    Ok(EmployeeRecord {
        id: employee_id(number)?,
        name: format!("Employee {number}"),
        position: None,
        department: Some(String::from("Sales")),
        manager: None,
        attributes: serde_json::Map::new(),
    })
}

pub fn assignment(account: AccountId, number: u32, owner: u32) -> Result<NewAssignment, BenchError> {
    Ok(NewAssignment {
        account,
        role: ROLE.parse()?,
        product_line: None,
        employee: employee_id(owner)?,
        segment: format!("segment {}", number % 50),
        territory: Some(format!("T{owner:04}")),
        rule: String::from("coverage 1: divide into territories"),
        reason: format!("{}.4 km from the centre of territory T{owner:04}, the nearest with room", number % 300),
        why: json!({"segment": format!("segment {}", number % 50), "km": number % 300}),
    })
}
