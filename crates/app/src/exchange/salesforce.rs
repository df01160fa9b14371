//! Salesforce: `Account`, `User`, `Territory2`, `ObjectTerritory2Association`, `UserTerritory2Association`,
//! `AccountTeamMember`, `Contact`.
//!
//! Who holds an account in a role is a member of its team. Territories are told beside it, as Sales Territories have
//! them: the account is in the territory, and so is the user, in the role. Where there is no team, an account is held by
//! the users of its territories, each in their role there.

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

const SYSTEM: &str = "salesforce";
const CUSTOM: Custom = Custom { prefix: "", suffix: "__c" };

const ACCOUNTS: AccountColumns = AccountColumns {
    sheet: "Account",
    id: "Id",
    number: "AccountNumber",
    name: "Name",
    parent: "ParentId",
    fixed: &[],
    custom: CUSTOM,
};

const EMPLOYEES: EmployeeColumns = EmployeeColumns {
    sheet: "User",
    id: "Id",
    number: "EmployeeNumber",
    name: "Name",
    position: "Title",
    department: "Department",
    manager: "ManagerId",
    email: "Email",
    phone: "Phone",
    fixed: &[],
    custom: CUSTOM,
};

const CONTACTS: ContactColumns = ContactColumns {
    sheet: "Contact",
    account: "AccountId",
    name: "LastName",
    position: "Title",
    email: "Email",
    phone: "Phone",
    mobile: "MobilePhone",
    language: "Language__c",
    preferred: "Preferred__c",
    main: "Main__c",
};

pub fn write(book: &Book) -> Vec<Sheet> {
    let accounts: BTreeMap<&AccountId, &str> =
        book.accounts.iter().map(|one| (&one.id, foreign_id(SYSTEM, &one.attributes, one.id.as_str()))).collect();
    let users: BTreeMap<&EmployeeId, &str> =
        book.employees.iter().map(|one| (&one.id, foreign_id(SYSTEM, &one.attributes, one.id.as_str()))).collect();
    let account = |id: &AccountId| accounts.get(id).copied().unwrap_or(id.as_str()).to_owned();
    let user = |id: &EmployeeId| users.get(id).copied().unwrap_or(id.as_str()).to_owned();
    let mut territories = BTreeSet::new();
    let (mut objects, mut members) = (BTreeSet::new(), BTreeSet::new());
    let mut team = vec![];
    for one in &book.held {
        if let Some(territory) = &one.territory {
            territories.insert(territory.clone());
            objects.insert((account(&one.account), territory.clone()));
            members.insert((user(&one.employee), territory.clone(), one.role.to_string()));
        }
        team.push(vec![
            account(&one.account),
            user(&one.employee),
            one.role.to_string(),
            String::from("Edit"),
            String::from("Edit"),
            String::from("Edit"),
            one.product_line.as_ref().map(ToString::to_string).unwrap_or_default(),
            one.territory.clone().unwrap_or_default(),
            one.segment.clone(),
        ]);
    }
    let sheet = |name, header: &[&str], rows| Sheet {
        name,
        header: header.iter().map(|name| (*name).to_owned()).collect(),
        rows,
    };
    vec![
        accounts_sheet(&ACCOUNTS, SYSTEM, &book.accounts),
        employees_sheet(&EMPLOYEES, SYSTEM, &book.employees),
        sheet("Territory2", &["Id", "Name"], territories.into_iter().map(|name| vec![name.clone(), name]).collect()),
        sheet(
            "ObjectTerritory2Association",
            &["ObjectId", "Territory2Id", "AssociationCause"],
            objects.into_iter().map(|(object, territory)| vec![object, territory, "Territory2Manual".into()]).collect(),
        ),
        sheet(
            "UserTerritory2Association",
            &["UserId", "Territory2Id", "RoleInTerritory2"],
            members.into_iter().map(|(user, territory, role)| vec![user, territory, role]).collect(),
        ),
        sheet(
            "AccountTeamMember",
            &[
                "AccountId",
                "UserId",
                "TeamMemberRole",
                "AccountAccessLevel",
                "OpportunityAccessLevel",
                "CaseAccessLevel",
                "Product_Line__c",
                "Territory2__c",
                "Segment__c",
            ],
            team,
        ),
        contacts_sheet(&CONTACTS, &book.contacts, account, &[]),
    ]
}

pub fn read(dir: &Path, known: &KnownIds) -> Result<Arrived, AppError> {
    let mut arrived = Arrived::default();
    let rejected = &mut arrived.rejected;
    let accounts = required(dir, ACCOUNTS.sheet, false, rejected)?;
    let (records, mut ids) = read_accounts(&ACCOUNTS, SYSTEM, &accounts, &known.accounts, &|_| false, rejected);
    arrived.book.accounts = records;
    for (id, account) in &known.accounts {
        ids.entry(id.clone()).or_insert_with(|| account.clone());
    }
    let mut users = known.employees.clone();
    if let Some(employees) = open(dir, EMPLOYEES.sheet, false, rejected)? {
        let (records, more) = read_employees(&EMPLOYEES, SYSTEM, &employees, &known.employees, rejected);
        arrived.book.employees = records;
        users.extend(more);
    }
    let mut held: BTreeSet<(AccountId, RoleName)> = BTreeSet::new();
    if let Some(team) = open(dir, "AccountTeamMember", false, rejected)? {
        for row in team.rows() {
            let (account, user) = (ids.get(&row.get("AccountId")), users.get(&row.get("UserId")));
            let (Some(account), Some(user)) = (account, user) else {
                let (column, what) = if account.is_none() { ("AccountId", "account") } else { ("UserId", "user") };
                rejected.push(row.rejected(column, format!("there is no such {what} in the files or in the ledger")));
                continue;
            };
            match role_of(&row, "TeamMemberRole", "Product_Line__c") {
                Ok((role, product_line)) => {
                    held.insert((account.clone(), role.clone()));
                    arrived.book.held.push(Held {
                        account: account.clone(),
                        role,
                        product_line,
                        employee: user.clone(),
                        segment: row.get("Segment__c"),
                        territory: row.filled("Territory2__c"),
                        rule: String::new(),
                        reason: String::new(),
                        since: None,
                    });
                }
                Err((column, error)) => rejected.push(row.rejected(column, error)),
            }
        }
    }
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    if let Some(territories) = open(dir, "Territory2", false, rejected)? {
        names.extend(territories.rows().map(|row| (row.get("Id"), row.get("Name"))));
    }
    let mut members: BTreeMap<String, Vec<(EmployeeId, RoleName)>> = BTreeMap::new();
    if let Some(associations) = open(dir, "UserTerritory2Association", false, rejected)? {
        for row in associations.rows() {
            let Some(user) = users.get(&row.get("UserId")) else {
                rejected.push(row.rejected("UserId", "there is no such user in the files or in the ledger"));
                continue;
            };
            match RoleName::new(row.get("RoleInTerritory2")) {
                Ok(role) => members.entry(row.get("Territory2Id")).or_default().push((user.clone(), role)),
                Err(error) => rejected.push(row.rejected("RoleInTerritory2", error)),
            }
        }
    }
    if let Some(associations) = open(dir, "ObjectTerritory2Association", false, rejected)? {
        for row in associations.rows() {
            let Some(account) = ids.get(&row.get("ObjectId")) else {
                rejected.push(row.rejected("ObjectId", "there is no such account in the files or in the ledger"));
                continue;
            };
            let territory = row.get("Territory2Id");
            for (user, role) in members.get(&territory).into_iter().flatten() {
                if held.contains(&(account.clone(), role.clone())) {
                    continue;
                }
                arrived.book.held.push(Held {
                    account: account.clone(),
                    role: role.clone(),
                    product_line: None,
                    employee: user.clone(),
                    segment: String::new(),
                    territory: Some(names.get(&territory).unwrap_or(&territory).clone()),
                    rule: String::new(),
                    reason: String::new(),
                    since: None,
                });
            }
        }
    }
    if let Some(contacts) = open(dir, CONTACTS.sheet, false, rejected)? {
        let rows: Vec<Row<'_>> = contacts.rows().collect();
        arrived.book.contacts = read_contacts(&CONTACTS, &rows, &ids, rejected);
    }
    Ok(arrived)
}
