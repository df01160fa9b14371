//! Columns with a fixed meaning: what accounts, employees, assignments, orders and pins must hold.

use bailiwick_domain::policy::document::ColumnType;

use super::typing::{Quantity, Wanted};

/// Whether a column must be there, and filled in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// There, and not empty in any row.
    Filled,
    Optional,
}

/// A column that the program itself uses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meaning {
    pub column: &'static str,
    pub wanted: Wanted,
    pub need: Need,
    /// No two rows have the same value.
    pub unique: bool,
}

const TEXT: Wanted = Wanted::Kind(ColumnType::Text);
const DATE: Wanted = Wanted::Kind(ColumnType::Date);
const LATITUDE: Wanted = Wanted::Within(Quantity::Latitude);
const LONGITUDE: Wanted = Wanted::Within(Quantity::Longitude);
const CAPACITY: Wanted = Wanted::Within(Quantity::Capacity);

const fn column(column: &'static str, wanted: Wanted, need: Need) -> Meaning {
    Meaning { column, wanted, need, unique: false }
}

const fn key(column: &'static str) -> Meaning {
    Meaning { column, wanted: TEXT, need: Need::Filled, unique: true }
}

const ACCOUNTS: &[Meaning] = &[
    key("account_id"),
    column("name", TEXT, Need::Optional),
    column("parent_id", TEXT, Need::Optional),
    column("latitude", LATITUDE, Need::Optional),
    column("longitude", LONGITUDE, Need::Optional),
];

const EMPLOYEES: &[Meaning] = &[
    key("employee_id"),
    column("name", TEXT, Need::Optional),
    column("position", TEXT, Need::Optional),
    column("department", TEXT, Need::Optional),
    column("manager_id", TEXT, Need::Optional),
    column("latitude", LATITUDE, Need::Optional),
    column("longitude", LONGITUDE, Need::Optional),
    column("capacity", CAPACITY, Need::Optional),
    column("skills", TEXT, Need::Optional),
];

const ASSIGNMENTS: &[Meaning] = &[
    column("account_id", TEXT, Need::Filled),
    column("employee_id", TEXT, Need::Filled),
    column("role", TEXT, Need::Optional),
    column("product_line", TEXT, Need::Optional),
    column("valid_from", DATE, Need::Optional),
    column("valid_to", DATE, Need::Optional),
];

const ORDERS: &[Meaning] = &[
    column("order_id", TEXT, Need::Filled),
    column("account_id", TEXT, Need::Filled),
    column("order_date", DATE, Need::Filled),
    column("amount", Wanted::Amount, Need::Filled),
    column("employee_id", TEXT, Need::Optional),
    column("product_line", TEXT, Need::Optional),
    column("line", TEXT, Need::Optional),
    column("kind", TEXT, Need::Optional),
    column("reference", TEXT, Need::Optional),
    column("reference_line", TEXT, Need::Optional),
    column("cost", Wanted::Amount, Need::Optional),
    column("currency", TEXT, Need::Optional),
    column("opened_on", DATE, Need::Optional),
];

/// What one unit of a currency is worth in the company's, from a day on.
const RATES: &[Meaning] = &[
    column("currency", TEXT, Need::Filled),
    column("valid_from", DATE, Need::Filled),
    column("rate", Wanted::Amount, Need::Filled),
];

/// Who was away and who stood in, where there is no ledger to say so.
const ABSENCES: &[Meaning] = &[
    column("employee_id", TEXT, Need::Filled),
    column("substitute_id", TEXT, Need::Filled),
    column("valid_from", DATE, Need::Filled),
    column("valid_to", DATE, Need::Optional),
    column("role", TEXT, Need::Optional),
    column("product_line", TEXT, Need::Optional),
];

/// When an account entered a stage.
const STAGES: &[Meaning] = &[
    column("account_id", TEXT, Need::Filled),
    column("stage", TEXT, Need::Filled),
    column("entered_on", DATE, Need::Filled),
];

const PINS: &[Meaning] = &[
    column("account_id", TEXT, Need::Filled),
    column("employee_id", TEXT, Need::Filled),
    column("role", TEXT, Need::Optional),
    column("product_line", TEXT, Need::Optional),
    column("reason", TEXT, Need::Optional),
];

/// The columns of a source that the program itself uses.
pub(crate) fn meanings(source: &str) -> &'static [Meaning] {
    match source {
        "accounts" => ACCOUNTS,
        "employees" => EMPLOYEES,
        "assignments" => ASSIGNMENTS,
        "orders" => ORDERS,
        "pins" => PINS,
        "rates" => RATES,
        "absences" => ABSENCES,
        "stages" => STAGES,
        _ => &[],
    }
}

/// Whether a column holds names rather than numbers, whatever its cells look like: `customer_id`, `CustomerID`, postcodes.
pub(crate) fn is_identifier(column: &str) -> bool {
    let lower = column.to_lowercase();
    let postal = ["postal", "postcode", "post_code", "zip"].iter().any(|part| lower.contains(part));
    let camel = column.strip_suffix("ID").or_else(|| column.strip_suffix("Id"));
    let camel = camel.and_then(|rest| rest.chars().last()).is_some_and(|last| last.is_lowercase() || last == ' ');
    postal || camel || lower == "id" || lower.ends_with("_id") || lower.ends_with(" id")
}
