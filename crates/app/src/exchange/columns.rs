//! Accounts, employees and contacts of any layout: which column is what. What a layout has no column for travels in
//! columns of its own, named after the layout's custom; what a layout brings that we have no word for is kept likewise.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_data::Rejected;
use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::contact::{Contact, Preferred};
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::{AccountId, EmployeeId};
use serde_json::{Map, Number, Value};

use super::sheet::{Read, Row, Sheet};

/// How a layout names columns of other programs: a prefix and a suffix.
#[derive(Clone, Copy)]
pub struct Custom {
    pub prefix: &'static str,
    pub suffix: &'static str,
}

impl Custom {
    fn name(self, attribute: &str) -> String {
        format!("{}{attribute}{}", self.prefix, self.suffix)
    }

    /// Our name of a column: without what the layout's custom adds.
    fn attribute(self, column: &str) -> String {
        let bare = column.strip_prefix(self.prefix).and_then(|rest| rest.strip_suffix(self.suffix));
        bare.filter(|bare| !bare.is_empty()).unwrap_or(column).to_owned()
    }
}

/// Columns of accounts. An empty name: the layout has none.
pub struct AccountColumns {
    pub sheet: &'static str,
    /// The id in the other system.
    pub id: &'static str,
    /// Ours; the other system's where it is empty.
    pub number: &'static str,
    pub name: &'static str,
    /// The other system's id of the account above.
    pub parent: &'static str,
    /// Columns that always hold the same.
    pub fixed: &'static [(&'static str, &'static str)],
    pub custom: Custom,
}

/// Columns of employees.
pub struct EmployeeColumns {
    pub sheet: &'static str,
    pub id: &'static str,
    pub number: &'static str,
    pub name: &'static str,
    pub position: &'static str,
    pub department: &'static str,
    pub manager: &'static str,
    pub email: &'static str,
    pub phone: &'static str,
    pub fixed: &'static [(&'static str, &'static str)],
    pub custom: Custom,
}

/// Columns of contacts.
pub struct ContactColumns {
    pub sheet: &'static str,
    pub account: &'static str,
    pub name: &'static str,
    pub position: &'static str,
    pub email: &'static str,
    pub phone: &'static str,
    pub mobile: &'static str,
    pub language: &'static str,
    pub preferred: &'static str,
    pub main: &'static str,
}

/// Which id of the other system is which of ours.
pub type Known<T> = BTreeMap<String, T>;

/// The name under which the other system's id is kept.
pub fn foreign(system: &str) -> String {
    format!("{system}_id")
}

/// The id in the other system: as it was kept, or else ours.
pub fn foreign_id<'a>(system: &str, attributes: &'a Map<String, Value>, own: &'a str) -> &'a str {
    attributes.get(&foreign(system)).and_then(Value::as_str).unwrap_or(own)
}

fn written(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// A number or a truth where its text is exactly how one is written; else the text.
fn value(text: &str) -> Value {
    match text {
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ => match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => Value::from(number),
            _ => {
                let number = text.parse::<f64>().ok().filter(|number| number.is_finite()).and_then(Number::from_f64);
                number.filter(|number| number.to_string() == text).map_or_else(|| text.into(), Value::Number)
            }
        },
    }
}

fn attribute_names<'a>(all: impl Iterator<Item = &'a Map<String, Value>>, without: &[&str]) -> Vec<String> {
    let names: BTreeSet<&String> = all.flat_map(Map::keys).filter(|name| !without.contains(&name.as_str())).collect();
    names.into_iter().cloned().collect()
}

/// Names and a cell for each, those without a name left out.
fn named<'a>(cells: impl IntoIterator<Item = (&'a str, String)>) -> Vec<(&'a str, String)> {
    cells.into_iter().filter(|(name, _)| !name.is_empty()).collect()
}

pub fn accounts_sheet(columns: &AccountColumns, system: &str, accounts: &[AccountRecord]) -> Sheet {
    let own = foreign(system);
    let ids: BTreeMap<&str, &str> =
        accounts.iter().map(|one| (one.id.as_str(), foreign_id(system, &one.attributes, one.id.as_str()))).collect();
    let extra = attribute_names(accounts.iter().map(|one| &one.attributes), &[&own]);
    let mut sheet = Sheet { name: columns.sheet, header: vec![], rows: vec![] };
    let cells = |one: Option<&AccountRecord>| {
        let text = |get: &dyn Fn(&AccountRecord) -> String| one.map(get).unwrap_or_default();
        let parent = |one: &AccountRecord| {
            let parent = one.parent.as_ref().map_or("", AccountId::as_str);
            ids.get(parent).copied().unwrap_or(parent).to_owned()
        };
        let fixed = columns.fixed.iter().map(|(name, value)| (*name, (*value).to_owned()));
        named(
            [
                (columns.id, text(&|one| foreign_id(system, &one.attributes, one.id.as_str()).to_owned())),
                (columns.number, text(&|one| one.id.to_string())),
                (columns.name, text(&|one| one.name.clone())),
                (columns.parent, text(&parent)),
            ]
            .into_iter()
            .chain(fixed),
        )
    };
    sheet.header = cells(None).into_iter().map(|(name, _)| name.to_owned()).collect();
    sheet.header.extend(extra.iter().map(|name| columns.custom.name(name)));
    for one in accounts {
        let mut row: Vec<String> = cells(Some(one)).into_iter().map(|(_, cell)| cell).collect();
        row.extend(extra.iter().map(|name| one.attributes.get(name).map(written).unwrap_or_default()));
        sheet.rows.push(row);
    }
    sheet
}

/// Further columns of a row as attributes.
fn further(read: &Read, row: &Row<'_>, known: &[&str], custom: Custom) -> Map<String, Value> {
    let mut attributes = Map::new();
    for (place, name) in read.names().enumerate() {
        let cell = row.cell(place);
        if !known.contains(&name.as_str()) && !cell.is_empty() {
            attributes.insert(custom.attribute(&name), value(&cell));
        }
    }
    attributes
}

/// Accounts of a sheet, and which id of the other system is which of ours. `kept` are those the ledger knows by such ids.
pub fn read_accounts(
    columns: &AccountColumns,
    system: &str,
    read: &Read,
    kept: &Known<AccountId>,
    ignored: &dyn Fn(&str) -> bool,
    rejected: &mut Vec<Rejected>,
) -> (Vec<AccountRecord>, Known<AccountId>) {
    let mut known_columns = vec![columns.id, columns.number, columns.name, columns.parent];
    known_columns.extend(columns.fixed.iter().map(|(name, _)| *name));
    let names: Vec<String> = read.names().collect();
    known_columns.extend(names.iter().filter(|name| ignored(name)).map(String::as_str));
    let (mut accounts, mut known, mut seen) = (vec![], Known::new(), BTreeSet::new());
    let mut parents = vec![];
    for row in read.rows().filter(|row| is_first(columns, row)) {
        let foreign_text = row.get(columns.id);
        let text = row.filled(columns.number).or_else(|| kept.get(&foreign_text).map(ToString::to_string));
        let id = match AccountId::new(text.as_deref().unwrap_or(&foreign_text)) {
            Ok(id) => id,
            Err(error) => {
                rejected.push(row.rejected(columns.id, error));
                continue;
            }
        };
        if !seen.insert(id.clone()) {
            rejected.push(row.rejected(columns.id, format!("the account {id} is there twice")));
            continue;
        }
        let mut attributes = further(read, &row, &known_columns, columns.custom);
        if !foreign_text.is_empty() {
            known.insert(foreign_text.clone(), id.clone());
            if foreign_text != id.as_str() {
                attributes.insert(foreign(system), foreign_text.into());
            }
        }
        let name = row.filled(columns.name).unwrap_or_else(|| id.to_string());
        parents.push(row.filled(columns.parent));
        accounts.push(AccountRecord { id, name, parent: None, attributes });
    }
    for (account, parent) in accounts.iter_mut().zip(parents) {
        // A parent that is no account of ours keeps its own name.
        account.parent = parent.and_then(|parent| known.get(&parent).cloned().or_else(|| AccountId::new(parent).ok()));
    }
    (accounts, known)
}

/// Rows of a child table go on below their parent without an id.
fn is_first(columns: &AccountColumns, row: &Row<'_>) -> bool {
    row.filled(columns.id).is_some() || row.filled(columns.number).is_some() || row.filled(columns.name).is_some()
}

pub fn employees_sheet(columns: &EmployeeColumns, system: &str, employees: &[EmployeeRecord]) -> Sheet {
    let own = foreign(system);
    let ids: BTreeMap<&str, &str> =
        employees.iter().map(|one| (one.id.as_str(), foreign_id(system, &one.attributes, one.id.as_str()))).collect();
    let mut taken = vec![own.as_str()];
    taken.extend(
        [(columns.email, "email"), (columns.phone, "phone")].iter().filter(|(c, _)| !c.is_empty()).map(|(_, a)| *a),
    );
    let extra = attribute_names(employees.iter().map(|one| &one.attributes), &taken);
    let cells = |one: Option<&EmployeeRecord>| {
        let text = |get: &dyn Fn(&EmployeeRecord) -> String| one.map(get).unwrap_or_default();
        let attribute =
            |name: &'static str| move |one: &EmployeeRecord| one.attributes.get(name).map(written).unwrap_or_default();
        let manager = |one: &EmployeeRecord| {
            let manager = one.manager.as_ref().map_or("", EmployeeId::as_str);
            ids.get(manager).copied().unwrap_or(manager).to_owned()
        };
        let fixed = columns.fixed.iter().map(|(name, value)| (*name, (*value).to_owned()));
        named(
            [
                (columns.id, text(&|one| foreign_id(system, &one.attributes, one.id.as_str()).to_owned())),
                (columns.number, text(&|one| one.id.to_string())),
                (columns.name, text(&|one| one.name.clone())),
                (columns.position, text(&|one| one.position.clone().unwrap_or_default())),
                (columns.department, text(&|one| one.department.clone().unwrap_or_default())),
                (columns.manager, text(&manager)),
                (columns.email, text(&attribute("email"))),
                (columns.phone, text(&attribute("phone"))),
            ]
            .into_iter()
            .chain(fixed),
        )
    };
    let mut header: Vec<String> = cells(None).into_iter().map(|(name, _)| name.to_owned()).collect();
    header.extend(extra.iter().map(|name| columns.custom.name(name)));
    let rows = employees.iter().map(|one| {
        let mut row: Vec<String> = cells(Some(one)).into_iter().map(|(_, cell)| cell).collect();
        row.extend(extra.iter().map(|name| one.attributes.get(name).map(written).unwrap_or_default()));
        row
    });
    let rows = rows.collect();
    Sheet { name: columns.sheet, header, rows }
}

pub fn read_employees(
    columns: &EmployeeColumns,
    system: &str,
    read: &Read,
    kept: &Known<EmployeeId>,
    rejected: &mut Vec<Rejected>,
) -> (Vec<EmployeeRecord>, Known<EmployeeId>) {
    let mut known_columns = vec![
        columns.id,
        columns.number,
        columns.name,
        columns.position,
        columns.department,
        columns.manager,
        columns.email,
        columns.phone,
    ];
    known_columns.extend(columns.fixed.iter().map(|(name, _)| *name));
    let (mut employees, mut known, mut seen) = (vec![], Known::new(), BTreeSet::new());
    let mut managers = vec![];
    for row in read.rows() {
        let foreign_text = row.get(columns.id);
        let text = row.filled(columns.number).or_else(|| kept.get(&foreign_text).map(ToString::to_string));
        let id = match EmployeeId::new(text.as_deref().unwrap_or(&foreign_text)) {
            Ok(id) => id,
            Err(error) => {
                rejected.push(row.rejected(columns.id, error));
                continue;
            }
        };
        if !seen.insert(id.clone()) {
            rejected.push(row.rejected(columns.id, format!("the employee {id} is there twice")));
            continue;
        }
        let mut attributes = further(read, &row, &known_columns, columns.custom);
        for (column, attribute) in [(columns.email, "email"), (columns.phone, "phone")] {
            if let Some(text) = row.filled(column).filter(|_| !column.is_empty()) {
                known_by_mail(&mut known, column == columns.email, &text, &id);
                attributes.insert(attribute.to_owned(), text.into());
            }
        }
        if !foreign_text.is_empty() {
            known.insert(foreign_text.clone(), id.clone());
            if foreign_text != id.as_str() {
                attributes.insert(foreign(system), foreign_text.into());
            }
        }
        managers.push(row.filled(columns.manager));
        employees.push(EmployeeRecord {
            name: row.filled(columns.name).unwrap_or_else(|| id.to_string()),
            position: row.filled(columns.position),
            department: row.filled(columns.department),
            manager: None,
            attributes,
            id,
        });
    }
    for (employee, manager) in employees.iter_mut().zip(managers) {
        employee.manager = manager.and_then(|text| known.get(&text).cloned().or_else(|| EmployeeId::new(text).ok()));
    }
    (employees, known)
}

/// Owners are often named by their address.
fn known_by_mail(known: &mut Known<EmployeeId>, is_mail: bool, text: &str, id: &EmployeeId) {
    if is_mail {
        known.entry(text.to_owned()).or_insert_with(|| id.clone());
    }
}

pub fn contacts_sheet(
    columns: &ContactColumns,
    contacts: &[Contact],
    account: impl Fn(&AccountId) -> String,
    fixed: &[(&'static str, &'static str)],
) -> Sheet {
    let cells = |one: Option<&Contact>| {
        let text = |get: &dyn Fn(&Contact) -> String| one.map(get).unwrap_or_default();
        let phone = |place: usize| move |one: &Contact| one.phones.get(place).cloned().unwrap_or_default();
        let fixed = fixed.iter().map(|(name, value)| (*name, (*value).to_owned()));
        named(
            [
                (columns.account, text(&|one| account(&one.account))),
                (columns.name, text(&|one| one.name.clone())),
                (columns.position, text(&|one| one.position.clone().unwrap_or_default())),
                (columns.email, text(&|one| one.email.clone().unwrap_or_default())),
                (columns.phone, text(&phone(0))),
                (columns.mobile, text(&phone(1))),
                (columns.language, text(&|one| one.language.clone().unwrap_or_default())),
                (columns.preferred, text(&|one| one.preferred.map(|way| way.word().to_owned()).unwrap_or_default())),
                (columns.main, text(&|one| if one.main { "true".into() } else { String::new() })),
            ]
            .into_iter()
            .chain(fixed),
        )
    };
    let header = cells(None).into_iter().map(|(name, _)| name.to_owned()).collect();
    let rows = contacts.iter().filter(|one| one.active);
    let rows = rows.map(|one| cells(Some(one)).into_iter().map(|(_, cell)| cell).collect()).collect();
    Sheet { name: columns.sheet, header, rows }
}

pub fn read_contacts(
    columns: &ContactColumns,
    rows: &[Row<'_>],
    accounts: &Known<AccountId>,
    rejected: &mut Vec<Rejected>,
) -> Vec<Contact> {
    let mut contacts = vec![];
    for row in rows {
        let text = row.get(columns.account);
        let Some(account) = accounts.get(&text) else {
            rejected.push(row.rejected(columns.account, "there is no such account in the files or in the ledger"));
            continue;
        };
        let contact = Contact {
            account: account.clone(),
            name: row.get(columns.name),
            position: row.filled(columns.position),
            email: row.filled(columns.email),
            phones: [columns.phone, columns.mobile].iter().filter_map(|column| row.filled(column)).collect(),
            language: row.filled(columns.language),
            preferred: Preferred::from_word(&row.get(columns.preferred)),
            main: matches!(row.get(columns.main).to_lowercase().as_str(), "true" | "1" | "yes"),
            active: true,
        };
        match contact.checked() {
            Ok(contact) => contacts.push(contact),
            Err(error) => rejected.push(row.rejected(columns.name, error)),
        }
    }
    contacts
}
