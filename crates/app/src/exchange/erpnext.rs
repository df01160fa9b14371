//! ERPNext: `Customer` with the child table Sales Team, `Sales Person` and `Territory` as trees, `Contact`.
//!
//! A further member of a sales team is a row of its own below the customer's, as ERPNext exports child tables. The role
//! and the product line are columns added to the child table; contributions are shared out so that they sum to 100.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bailiwick_domain::id::{AccountId, EmployeeId, RoleName};

use super::columns::{
    AccountColumns, ContactColumns, Custom, EmployeeColumns, accounts_sheet, contacts_sheet, employees_sheet,
    foreign_id, read_accounts, read_contacts, read_employees,
};
use super::plain::role_of;
use super::sheet::{Row, Sheet};
use super::{Arrived, Book, Held, KnownIds, open, required};
use crate::error::AppError;

const SYSTEM: &str = "erpnext";
const CUSTOM: Custom = Custom { prefix: "custom_", suffix: "" };

const ACCOUNTS: AccountColumns = AccountColumns {
    sheet: "Customer",
    id: "ID",
    number: "custom_account_id",
    name: "Customer Name",
    parent: "custom_parent",
    fixed: &[("Customer Type", "Company")],
    custom: CUSTOM,
};

const EMPLOYEES: EmployeeColumns = EmployeeColumns {
    sheet: "Sales Person",
    id: "ID",
    number: "Employee",
    name: "Sales Person Name",
    position: "custom_position",
    department: "Department",
    manager: "Parent Sales Person",
    email: "custom_email",
    phone: "custom_phone",
    fixed: &[("Is Group", "0"), ("Enabled", "1")],
    custom: CUSTOM,
};

const CONTACTS: ContactColumns = ContactColumns {
    sheet: "Contact",
    account: "Link Name (Links)",
    name: "First Name",
    position: "Designation",
    email: "Email Address",
    phone: "Phone",
    mobile: "Mobile No",
    language: "custom_language",
    preferred: "custom_preferred",
    main: "Is Primary Contact",
};

const TERRITORY: &str = "Territory";
/// Columns of the child table.
const TEAM: [&str; 5] = [
    "Sales Person (Sales Team)",
    "Contribution (%) (Sales Team)",
    "custom_role (Sales Team)",
    "custom_product_line (Sales Team)",
    "custom_territory (Sales Team)",
];
const SEGMENT: &str = "custom_segment (Sales Team)";
/// The top of each tree.
const ALL_TERRITORIES: &str = "All Territories";

pub fn write(book: &Book) -> Vec<Sheet> {
    let persons: BTreeMap<&EmployeeId, &str> =
        book.employees.iter().map(|one| (&one.id, foreign_id(SYSTEM, &one.attributes, one.id.as_str()))).collect();
    let mut team: BTreeMap<&AccountId, Vec<&Held>> = BTreeMap::new();
    book.held.iter().for_each(|one| team.entry(&one.account).or_default().push(one));
    let mut customers = accounts_sheet(&ACCOUNTS, SYSTEM, &book.accounts);
    let own = customers.header.len();
    customers.header.push(TERRITORY.to_owned());
    customers.header.extend(TEAM.map(str::to_owned));
    customers.header.push(SEGMENT.to_owned());
    let mut rows = vec![];
    for (row, account) in std::mem::take(&mut customers.rows).into_iter().zip(&book.accounts) {
        let members = team.get(&account.id).map_or(&[][..], Vec::as_slice);
        let territory = members.iter().find_map(|one| one.territory.clone()).unwrap_or_default();
        let mut first = Some((row, territory));
        for (place, one) in members.iter().enumerate() {
            let (mut row, territory) = first.take().unwrap_or_else(|| (vec![String::new(); own], String::new()));
            row.push(territory);
            row.extend([
                persons.get(&one.employee).copied().unwrap_or(one.employee.as_str()).to_owned(),
                contribution(place, members.len()),
                one.role.to_string(),
                one.product_line.as_ref().map(ToString::to_string).unwrap_or_default(),
                one.territory.clone().unwrap_or_default(),
                one.segment.clone(),
            ]);
            rows.push(row);
        }
        if let Some((mut row, territory)) = first {
            row.push(territory);
            row.resize(customers.header.len(), String::new());
            rows.push(row);
        }
    }
    customers.rows = rows;
    let territories: BTreeSet<&String> = book.held.iter().filter_map(|one| one.territory.as_ref()).collect();
    let top = vec![ALL_TERRITORIES.to_owned(), String::new(), String::from("1")];
    let leaves = territories.into_iter().map(|name| vec![name.clone(), ALL_TERRITORIES.to_owned(), String::from("0")]);
    let ids: BTreeMap<&AccountId, &str> =
        book.accounts.iter().map(|one| (&one.id, foreign_id(SYSTEM, &one.attributes, one.id.as_str()))).collect();
    let account = |id: &AccountId| ids.get(id).copied().unwrap_or(id.as_str()).to_owned();
    let mut sales_persons = employees_sheet(&EMPLOYEES, SYSTEM, &book.employees);
    let heads: BTreeSet<&EmployeeId> = book.employees.iter().filter_map(|one| one.manager.as_ref()).collect();
    let is_group = sales_persons.header.iter().position(|name| name == "Is Group").unwrap_or_default();
    for (row, one) in sales_persons.rows.iter_mut().zip(&book.employees).filter(|(_, one)| heads.contains(&one.id)) {
        // Whoever others report to is an inner node of the tree.
        debug_assert_eq!(row[1], one.id.as_str());
        row[is_group] = String::from("1");
    }
    vec![
        customers,
        sales_persons,
        Sheet {
            name: TERRITORY,
            header: ["Territory Name", "Parent Territory", "Is Group"].map(str::to_owned).to_vec(),
            rows: std::iter::once(top).chain(leaves).collect(),
        },
        contacts_sheet(&CONTACTS, &book.contacts, account, &[("Link Document Type (Links)", "Customer")]),
    ]
}

/// Hundredths of a percent, shared out so that all sum to exactly 100.
fn contribution(place: usize, members: usize) -> String {
    let share = 10_000 / members;
    let share = if place < 10_000 % members { share + 1 } else { share };
    format!("{}.{:02}", share / 100, share % 100)
}

pub fn read(dir: &Path, role: Option<&RoleName>, known: &KnownIds) -> Result<Arrived, AppError> {
    let mut arrived = Arrived::default();
    let rejected = &mut arrived.rejected;
    let customers = required(dir, ACCOUNTS.sheet, false, rejected)?;
    let ignored = |name: &str| TEAM.contains(&name) || name == SEGMENT || name == TERRITORY;
    let (records, mut ids) = read_accounts(&ACCOUNTS, SYSTEM, &customers, &known.accounts, &ignored, rejected);
    arrived.book.accounts = records;
    for (id, account) in &known.accounts {
        ids.entry(id.clone()).or_insert_with(|| account.clone());
    }
    let mut persons = known.employees.clone();
    if let Some(employees) = open(dir, EMPLOYEES.sheet, false, rejected)? {
        let (records, more) = read_employees(&EMPLOYEES, SYSTEM, &employees, &known.employees, rejected);
        arrived.book.employees = records;
        persons.extend(more);
    }
    let (mut above, mut territory) = (None, None);
    for row in customers.rows() {
        if let Some(id) = row.filled(ACCOUNTS.id).or_else(|| row.filled(ACCOUNTS.number)) {
            above = ids.get(&id).cloned();
            territory = row.filled(TERRITORY).filter(|name| name != ALL_TERRITORIES);
        }
        let Some(person) = row.filled(TEAM[0]) else { continue };
        let Some(account) = &above else {
            rejected.push(row.rejected(TEAM[0], "the row belongs to no customer"));
            continue;
        };
        let Some(employee) = persons.get(&person) else {
            rejected.push(row.rejected(TEAM[0], "there is no such sales person in the files or in the ledger"));
            continue;
        };
        let found = match (row.filled(TEAM[2]), role) {
            (None, Some(role)) => Ok((role.clone(), None)),
            (None, None) => Err((TEAM[2], String::from("which role the sales person plays is not said: give --role"))),
            (Some(_), _) => role_of(&row, TEAM[2], TEAM[3]),
        };
        let (role, product_line) = match found {
            Ok(found) => found,
            Err((column, error)) => {
                rejected.push(row.rejected(column, error));
                continue;
            }
        };
        let own = customers.names().any(|name| name == TEAM[4]);
        arrived.book.held.push(Held {
            account: account.clone(),
            role,
            product_line,
            employee: employee.clone(),
            segment: row.get(SEGMENT),
            territory: if own { row.filled(TEAM[4]) } else { territory.clone() },
            rule: String::new(),
            reason: String::new(),
            since: None,
        });
    }
    if let Some(contacts) = open(dir, CONTACTS.sheet, false, rejected)? {
        let rows: Vec<Row<'_>> = contacts.rows().collect();
        arrived.book.contacts = read_contacts(&CONTACTS, &rows, &ids, rejected);
    }
    Ok(arrived)
}

#[cfg(test)]
mod tests {
    #[test]
    fn contributions_sum_to_a_hundred() {
        for members in 1..=40 {
            let sum: u32 = (0..members)
                .map(|place| super::contribution(place, members).replace('.', "").parse::<u32>().expect("a number"))
                .sum();
            assert_eq!(sum, 10_000, "{members}");
        }
        assert_eq!((0..3).map(|place| super::contribution(place, 3)).collect::<Vec<_>>(), ["33.34", "33.33", "33.33"]);
    }
}
