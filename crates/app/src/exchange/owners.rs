//! Systems that know one owner of a customer: HubSpot (`companies`, `contacts`, `users`) and Odoo (`res.partner`,
//! `crm.team`, `res.users`). The first role has the system's own column; every other role has a column of its own, which
//! such systems let one add.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use bailiwick_domain::id::{AccountId, EmployeeId, ProductLine, RoleName};

use super::columns::{
    AccountColumns, ContactColumns, Custom, EmployeeColumns, accounts_sheet, contacts_sheet, employees_sheet,
    foreign_id, read_accounts, read_contacts, read_employees,
};
use super::sheet::{Row, Sheet};
use super::{Arrived, Book, Held, KnownIds, open, required};
use crate::error::AppError;

/// What differs between the two.
pub struct System {
    name: &'static str,
    accounts: AccountColumns,
    employees: EmployeeColumns,
    contacts: ContactColumns,
    /// The column of the one owner.
    owner: &'static str,
    /// The column that says which role the one owner plays.
    owner_role: &'static str,
    /// The column of the owner's territory or team.
    team: &'static str,
    /// The sheet of teams, where there is one.
    teams: Option<&'static str>,
    /// Columns of further roles: what stands before the role.
    owner_of: &'static str,
    team_of: &'static str,
    /// Whether contacts are rows of the accounts' sheet that have a parent and are no company.
    contacts_within: bool,
    /// Columns of contacts that always hold the same.
    contacts_fixed: &'static [(&'static str, &'static str)],
}

/// Between a role and its product line in the name of a column.
const LINE: char = '/';

const BAILIWICK: Custom = Custom { prefix: "bailiwick_", suffix: "" };
const STUDIO: Custom = Custom { prefix: "x_", suffix: "" };

pub const HUBSPOT: System = System {
    name: "hubspot",
    accounts: AccountColumns {
        sheet: "companies",
        id: "Record ID",
        number: "bailiwick_account_id",
        name: "Company name",
        parent: "Parent company ID",
        fixed: &[],
        custom: BAILIWICK,
    },
    employees: EmployeeColumns {
        sheet: "users",
        id: "User ID",
        number: "bailiwick_employee_id",
        name: "Name",
        position: "Job title",
        department: "Team",
        manager: "bailiwick_manager",
        email: "Email",
        phone: "Phone number",
        fixed: &[],
        custom: BAILIWICK,
    },
    contacts: ContactColumns {
        sheet: "contacts",
        account: "Associated Company ID",
        name: "Last name",
        position: "Job title",
        email: "Email",
        phone: "Phone number",
        mobile: "Mobile phone number",
        language: "Preferred language",
        preferred: "bailiwick_preferred",
        main: "bailiwick_main",
    },
    owner: "Company owner",
    owner_role: "bailiwick_owner_role",
    team: "Territory",
    teams: None,
    owner_of: "bailiwick_owner: ",
    team_of: "bailiwick_territory: ",
    contacts_within: false,
    contacts_fixed: &[],
};

pub const ODOO: System = System {
    name: "odoo",
    accounts: AccountColumns {
        sheet: "res.partner",
        id: "id",
        number: "ref",
        name: "name",
        parent: "parent_id/id",
        fixed: &[("is_company", "True")],
        custom: STUDIO,
    },
    employees: EmployeeColumns {
        sheet: "res.users",
        id: "id",
        number: "x_employee_id",
        name: "name",
        position: "function",
        department: "x_department",
        manager: "x_manager_id",
        email: "login",
        phone: "phone",
        fixed: &[],
        custom: STUDIO,
    },
    contacts: ContactColumns {
        sheet: "res.partner.contacts",
        account: "parent_id/id",
        name: "name",
        position: "function",
        email: "email",
        phone: "phone",
        mobile: "mobile",
        language: "lang",
        preferred: "x_preferred",
        main: "x_main",
    },
    owner: "user_id/id",
    owner_role: "x_owner_role",
    team: "team_id/id",
    teams: Some("crm.team"),
    owner_of: "x_owner: ",
    team_of: "x_team: ",
    contacts_within: true,
    contacts_fixed: &[("is_company", "False"), ("type", "contact")],
};

impl System {
    /// Columns of owners, which are no attributes of an account.
    fn is_owner_column(&self, name: &str) -> bool {
        [self.owner, self.owner_role, self.team].contains(&name)
            || name.starts_with(self.owner_of)
            || name.starts_with(self.team_of)
            || self.contacts_fixed.iter().any(|(column, _)| *column == name)
    }
}

type Key = (RoleName, Option<ProductLine>);

fn key_text((role, line): &Key) -> String {
    line.as_ref().map_or_else(|| role.to_string(), |line| format!("{role}{LINE}{line}"))
}

/// The role that most accounts have, without a product line; the first by name of several.
fn first_role(book: &Book) -> Option<Key> {
    let mut counts: BTreeMap<Key, usize> = BTreeMap::new();
    for one in &book.held {
        *counts.entry((one.role.clone(), one.product_line.clone())).or_default() += 1;
    }
    let most = counts.iter().max_by_key(|((_, line), count)| (line.is_none(), **count))?;
    let best = (most.0.1.is_none(), *most.1);
    counts.iter().find(|((_, line), count)| (line.is_none(), **count) == best).map(|(key, _)| key.clone())
}

pub fn write(system: &System, book: &Book) -> Vec<Sheet> {
    let users: BTreeMap<&EmployeeId, &str> =
        book.employees.iter().map(|one| (&one.id, foreign_id(system.name, &one.attributes, one.id.as_str()))).collect();
    let first = first_role(book);
    let others: BTreeSet<Key> = book
        .held
        .iter()
        .map(|one| (one.role.clone(), one.product_line.clone()))
        .filter(|key| Some(key) != first.as_ref())
        .collect();
    let mut held: BTreeMap<(&AccountId, Key), &Held> = BTreeMap::new();
    for one in &book.held {
        held.insert((&one.account, (one.role.clone(), one.product_line.clone())), one);
    }
    let user = |one: Option<&&Held>| {
        one.map(|one| users.get(&one.employee).copied().unwrap_or(one.employee.as_str()).to_owned()).unwrap_or_default()
    };
    let team = |one: Option<&&Held>| one.and_then(|one| one.territory.clone()).unwrap_or_default();
    let mut accounts = accounts_sheet(&system.accounts, system.name, &book.accounts);
    accounts.header.extend([system.owner, system.owner_role, system.team].map(str::to_owned));
    for key in &others {
        accounts.header.push(format!("{}{}", system.owner_of, key_text(key)));
        accounts.header.push(format!("{}{}", system.team_of, key_text(key)));
    }
    for (row, account) in accounts.rows.iter_mut().zip(&book.accounts) {
        let of_first = first.as_ref().and_then(|key| held.get(&(&account.id, key.clone())));
        let role = of_first.and(first.as_ref()).map(key_text).unwrap_or_default();
        row.extend([user(of_first), role, team(of_first)]);
        for key in &others {
            let one = held.get(&(&account.id, key.clone()));
            row.extend([user(one), team(one)]);
        }
    }
    let ids: BTreeMap<&AccountId, &str> =
        book.accounts.iter().map(|one| (&one.id, foreign_id(system.name, &one.attributes, one.id.as_str()))).collect();
    let account = |id: &AccountId| ids.get(id).copied().unwrap_or(id.as_str()).to_owned();
    let mut sheets = vec![
        accounts,
        employees_sheet(&system.employees, system.name, &book.employees),
        contacts_sheet(&system.contacts, &book.contacts, account, system.contacts_fixed),
    ];
    if let Some(name) = system.teams {
        let mut members: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for one in &book.held {
            if let Some(territory) = &one.territory {
                members.entry(territory.clone()).or_default().insert(user(Some(&one)));
            }
        }
        let header = ["id", "name", "member_ids/id"].map(str::to_owned).to_vec();
        let rows = members.into_iter().map(|(territory, users)| {
            vec![territory.clone(), territory, users.into_iter().collect::<Vec<_>>().join(",")]
        });
        sheets.push(Sheet { name, header, rows: rows.collect() });
    }
    sheets
}

pub fn read(system: &System, dir: &Path, role: Option<&RoleName>, known: &KnownIds) -> Result<Arrived, AppError> {
    let mut arrived = Arrived::default();
    let rejected = &mut arrived.rejected;
    let accounts = required(dir, system.accounts.sheet, false, rejected)?;
    let ignored = |name: &str| system.is_owner_column(name);
    let (mut records, mut ids) =
        read_accounts(&system.accounts, system.name, &accounts, &known.accounts, &ignored, rejected);
    // People at a customer may stand among the customers.
    let people: BTreeSet<String> = accounts
        .rows()
        .filter(|row| system.contacts_within && is_person(row))
        .map(|row| row.get(system.accounts.id))
        .collect();
    records.retain(|one| {
        let id = foreign_id(system.name, &one.attributes, one.id.as_str());
        !people.contains(id)
    });
    arrived.book.accounts = records;
    for (id, account) in &known.accounts {
        ids.entry(id.clone()).or_insert_with(|| account.clone());
    }
    let mut users = known.employees.clone();
    if let Some(employees) = open(dir, system.employees.sheet, false, rejected)? {
        let (records, more) = read_employees(&system.employees, system.name, &employees, &known.employees, rejected);
        arrived.book.employees = records;
        users.extend(more);
    }
    let mut teams: BTreeMap<String, String> = BTreeMap::new();
    if let Some(name) = system.teams
        && let Some(sheet) = open(dir, name, false, rejected)?
    {
        teams.extend(sheet.rows().map(|row| (row.get("id"), row.get("name"))));
    }
    let further: Vec<(String, Key)> = accounts
        .names()
        .filter_map(|name| {
            let key = name.strip_prefix(system.owner_of)?.to_owned();
            Some((name, key_of(&key)?))
        })
        .collect();
    for row in accounts.rows() {
        let Some(account) = ids.get(&row.get(system.accounts.id)).or_else(|| ids.get(&row.get(system.accounts.number)))
        else {
            continue;
        };
        if people.contains(&row.get(system.accounts.id)) {
            continue;
        }
        let named = row.filled(system.owner_role);
        let first = match (&named, role) {
            (Some(text), _) => key_of(text),
            (None, Some(role)) => Some((role.clone(), None)),
            (None, None) => None,
        };
        let mut columns: Vec<(&str, Option<Key>, String)> = vec![(system.owner, first, system.team.to_owned())];
        for (name, key) in &further {
            columns.push((name, Some(key.clone()), format!("{}{}", system.team_of, key_text(key))));
        }
        for (column, key, team) in columns {
            let Some(text) = row.filled(column) else { continue };
            let Some((role, product_line)) = key else {
                rejected.push(row.rejected(column, "which role the owner plays is not said: give --role"));
                continue;
            };
            let Some(employee) = users.get(&text) else {
                rejected.push(row.rejected(column, "there is no such user in the files or in the ledger"));
                continue;
            };
            let territory = row.filled(&team).map(|id| teams.get(&id).cloned().unwrap_or(id));
            arrived.book.held.push(Held {
                account: account.clone(),
                role,
                product_line,
                employee: employee.clone(),
                segment: String::new(),
                territory,
                rule: String::new(),
                reason: String::new(),
                since: None,
            });
        }
    }
    let mut rows: Vec<Row<'_>> = accounts.rows().filter(|row| system.contacts_within && is_person(row)).collect();
    let sheet = open(dir, system.contacts.sheet, false, rejected)?;
    rows.extend(sheet.iter().flat_map(|sheet| sheet.rows()));
    arrived.book.contacts = read_contacts(&system.contacts, &rows, &ids, rejected);
    Ok(arrived)
}

/// Odoo keeps companies and people in one table.
fn is_person(row: &Row<'_>) -> bool {
    matches!(row.get("is_company").to_lowercase().as_str(), "false" | "0" | "no")
        && row.filled("parent_id/id").is_some()
}

/// Role and product line of a column's name.
fn key_of(text: &str) -> Option<Key> {
    let (role, line) = text.split_once(LINE).map_or((text, None), |(role, line)| (role, Some(line)));
    Some((RoleName::new(role).ok()?, line.map(ProductLine::new).transpose().ok()?))
}
