//! Our own words: `accounts`, `employees`, `assignments`, `contacts`, `needs`.

use std::path::Path;

use bailiwick_domain::id::{EmployeeId, ProductLine, RoleName};
use bailiwick_domain::need::{Need, NeedState};

use super::columns::{
    AccountColumns, ContactColumns, Custom, EmployeeColumns, accounts_sheet, contacts_sheet, employees_sheet,
    read_accounts, read_contacts, read_employees,
};
use super::sheet::{Row, Sheet};
use super::{Arrived, Book, Held, KnownIds, open, required};
use crate::error::AppError;

const CUSTOM: Custom = Custom { prefix: "", suffix: "" };

const ACCOUNTS: AccountColumns = AccountColumns {
    sheet: "accounts",
    id: "account_id",
    number: "",
    name: "name",
    parent: "parent_id",
    fixed: &[],
    custom: CUSTOM,
};

const EMPLOYEES: EmployeeColumns = EmployeeColumns {
    sheet: "employees",
    id: "employee_id",
    number: "",
    name: "name",
    position: "position",
    department: "department",
    manager: "manager_id",
    email: "email",
    phone: "phone",
    fixed: &[],
    custom: CUSTOM,
};

const CONTACTS: ContactColumns = ContactColumns {
    sheet: "contacts",
    account: "account_id",
    name: "name",
    position: "position",
    email: "email",
    phone: "phone",
    mobile: "mobile",
    language: "language",
    preferred: "preferred",
    main: "main",
};

/// As `plan` writes them.
const ASSIGNMENTS: [&str; 9] =
    ["account_id", "role", "product_line", "employee_id", "segment", "territory", "rule", "reason", "valid_from"];

const NEEDS: [&str; 6] = ["account_id", "need", "product_line", "stage", "since", "state"];

/// A name that no account has elsewhere: our own layouts keep no foreign ids apart.
const SYSTEM: &str = "bailiwick";

pub fn write(book: &Book) -> Vec<Sheet> {
    let header = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let held = book.held.iter().map(|one| {
        vec![
            one.account.to_string(),
            one.role.to_string(),
            text(one.product_line.as_ref()),
            one.employee.to_string(),
            one.segment.clone(),
            one.territory.clone().unwrap_or_default(),
            one.rule.clone(),
            one.reason.clone(),
            text(one.since.as_ref()),
        ]
    });
    let needs = book.needs.iter().map(|one| {
        vec![
            one.account.to_string(),
            one.text.clone(),
            text(one.product_line.as_ref()),
            one.stage.clone().unwrap_or_default(),
            one.since.to_string(),
            one.state.to_string(),
        ]
    });
    vec![
        accounts_sheet(&ACCOUNTS, SYSTEM, &book.accounts),
        employees_sheet(&EMPLOYEES, SYSTEM, &book.employees),
        Sheet { name: "assignments", header: header(&ASSIGNMENTS), rows: held.collect() },
        contacts_sheet(&CONTACTS, &book.contacts, ToString::to_string, &[]),
        Sheet { name: "needs", header: header(&NEEDS), rows: needs.collect() },
    ]
}

fn text<T: ToString>(value: Option<&T>) -> String {
    value.map(T::to_string).unwrap_or_default()
}

pub fn read(dir: &Path, as_workbook: bool, known: &KnownIds) -> Result<Arrived, AppError> {
    let mut arrived = Arrived::default();
    let rejected = &mut arrived.rejected;
    let accounts = required(dir, ACCOUNTS.sheet, as_workbook, rejected)?;
    let (records, mut ids) = read_accounts(&ACCOUNTS, SYSTEM, &accounts, &known.accounts, &|_| false, rejected);
    arrived.book.accounts = records;
    for (id, account) in &known.accounts {
        ids.entry(id.clone()).or_insert_with(|| account.clone());
    }
    let mut staff = known.employees.clone();
    if let Some(employees) = open(dir, EMPLOYEES.sheet, as_workbook, rejected)? {
        let (records, more) = read_employees(&EMPLOYEES, SYSTEM, &employees, &known.employees, rejected);
        arrived.book.employees = records;
        staff.extend(more);
    }
    if let Some(held) = open(dir, "assignments", as_workbook, rejected)? {
        for row in held.rows().filter(|row| row.filled("employee_id").is_some()) {
            let Some(account) = ids.get(&row.get("account_id")) else {
                rejected.push(row.rejected("account_id", "there is no such account in the files or in the ledger"));
                continue;
            };
            let employee: Option<&EmployeeId> = staff.get(&row.get("employee_id"));
            let Some(employee) = employee else {
                rejected.push(row.rejected("employee_id", "there is no such employee in the files or in the ledger"));
                continue;
            };
            let (role, product_line) = match role_of(&row, "role", "product_line") {
                Ok(found) => found,
                Err((column, error)) => {
                    rejected.push(row.rejected(column, error));
                    continue;
                }
            };
            let since = match row.filled("valid_from").map(|text| text.parse()).transpose() {
                Ok(since) => since,
                Err(_) => {
                    rejected.push(row.rejected("valid_from", "this is no day: write it as 2026-03-01"));
                    continue;
                }
            };
            arrived.book.held.push(Held {
                account: account.clone(),
                role,
                product_line,
                employee: employee.clone(),
                segment: row.get("segment"),
                territory: row.filled("territory"),
                rule: row.get("rule"),
                reason: row.get("reason"),
                since,
            });
        }
    }
    if let Some(contacts) = open(dir, CONTACTS.sheet, as_workbook, rejected)? {
        let rows: Vec<Row<'_>> = contacts.rows().collect();
        arrived.book.contacts = read_contacts(&CONTACTS, &rows, &ids, rejected);
    }
    if let Some(needs) = open(dir, "needs", as_workbook, rejected)? {
        for row in needs.rows() {
            let Some(account) = ids.get(&row.get("account_id")) else {
                rejected.push(row.rejected("account_id", "there is no such account in the files or in the ledger"));
                continue;
            };
            let product_line = row.filled("product_line").map(ProductLine::new).transpose();
            let (Ok(product_line), Ok(since)) = (product_line, row.get("since").parse()) else {
                rejected.push(row.rejected("since", "this is no day: write it as 2026-03-01"));
                continue;
            };
            let state = NeedState::from_word(&row.get("state")).unwrap_or(NeedState::Open);
            let (text, stage) = (row.get("need"), row.filled("stage"));
            let need = Need { account: account.clone(), text, product_line, stage, since, state };
            match need.checked() {
                Ok(need) => arrived.book.needs.push(need),
                Err(error) => rejected.push(row.rejected("need", error)),
            }
        }
    }
    Ok(arrived)
}

/// Role and product line of a row, or the column at fault.
pub fn role_of<'c>(
    row: &Row<'_>,
    role: &'c str,
    line: &'c str,
) -> Result<(RoleName, Option<ProductLine>), (&'c str, String)> {
    let found = RoleName::new(row.get(role)).map_err(|error| (role, error.to_string()))?;
    let line_found = row.filled(line).map(ProductLine::new).transpose().map_err(|error| (line, error.to_string()))?;
    Ok((found, line_found))
}
