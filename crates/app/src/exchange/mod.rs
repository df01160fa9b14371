//! To and from other systems, as files: Salesforce, HubSpot, Odoo, ERPNext, and our own CSV or workbook.
//!
//! ```text
//! ledger ─► Book ─► layout ─► sheets ─► files          files ─► sheets ─► layout ─► Book ─► one transaction
//! ```
//!
//! A [`Book`] is what travels: accounts, employees, who holds what, contacts. Each layout is a file here that says which
//! column is what. An import goes in whole or not at all: rows that cannot be used are listed with their reasons, and
//! nothing is written unless they may be left out.

mod columns;
mod erpnext;
mod owners;
mod plain;
mod salesforce;
mod sheet;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use bailiwick_data::Rejected;
use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::assignment::{AssignmentKey, Later, NewAssignment};
use bailiwick_domain::contact::Contact;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::{AccountId, EmployeeId, PlanId, RoleName};
use bailiwick_domain::need::Need;
use bailiwick_store::{AccountsWanted, Import, Ledger, NewPlan, ScopeKey, Within, sha256_hex};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};

pub use sheet::{Sheet, WORKBOOK, defuse, undefuse};

use crate::error::AppError;
use columns::{Known, foreign};
use sheet::Read;

/// How the files are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Our own words, a CSV file each.
    Csv,
    /// Our own words, a sheet each of one workbook.
    Xlsx,
    Salesforce,
    Hubspot,
    Odoo,
    Erpnext,
}

impl Layout {
    pub const ALL: [Layout; 6] =
        [Layout::Csv, Layout::Xlsx, Layout::Salesforce, Layout::Hubspot, Layout::Odoo, Layout::Erpnext];

    /// The word used on the command line and, with `_id`, for the ids of the other system.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Layout::Csv => "csv",
            Layout::Xlsx => "xlsx",
            Layout::Salesforce => "salesforce",
            Layout::Hubspot => "hubspot",
            Layout::Odoo => "odoo",
            Layout::Erpnext => "erpnext",
        }
    }
}

/// Who holds what, from a day on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    pub account: AccountId,
    pub role: RoleName,
    pub product_line: Option<bailiwick_domain::id::ProductLine>,
    pub employee: EmployeeId,
    pub segment: String,
    pub territory: Option<String>,
    pub rule: String,
    pub reason: String,
    /// None: the files do not say.
    pub since: Option<Date>,
}

/// What travels.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Book {
    pub accounts: Vec<AccountRecord>,
    pub employees: Vec<EmployeeRecord>,
    pub held: Vec<Held>,
    pub contacts: Vec<Contact>,
    pub needs: Vec<Need>,
}

/// What the ledger knows already of the other system's ids.
#[derive(Default)]
struct KnownIds {
    accounts: Known<AccountId>,
    employees: Known<EmployeeId>,
}

/// What is read before it is decided whether it may go in.
#[derive(Default)]
struct Arrived {
    book: Book,
    rejected: Vec<Rejected>,
}

/// What the ledger holds on a day, as far as somebody sees.
pub async fn book(ledger: &Ledger, within: Within<'_>, on: Date) -> Result<Book, AppError> {
    let mut accounts = vec![];
    let mut wanted = AccountsWanted { limit: 5_000, ..AccountsWanted::default() };
    loop {
        let page = ledger.accounts_within(within, on, &wanted).await?;
        accounts.extend(page.accounts);
        match page.next {
            Some(next) => wanted.after = Some(next),
            None => break,
        }
    }
    accounts.sort_by(|a, b| a.id.cmp(&b.id));
    let known: BTreeSet<AccountId> = accounts.iter().map(|one| one.id.clone()).collect();
    let mut held: Vec<Held> = ledger
        .assignments_on(on)
        .await?
        .into_iter()
        .filter(|one| known.contains(&one.account))
        .map(|one| Held {
            account: one.account,
            role: one.role,
            product_line: one.product_line,
            employee: one.employee,
            segment: one.segment,
            territory: one.territory,
            rule: one.rule,
            reason: one.reason,
            since: Some(one.valid_from),
        })
        .collect();
    held.sort();
    let contacts = ledger.all_contacts().await?.into_iter().map(|one| one.value);
    let needs = ledger.all_needs().await?.into_iter().map(|one| one.value);
    Ok(Book {
        employees: ledger.employees().await?,
        contacts: contacts.filter(|one| known.contains(&one.account)).collect(),
        needs: needs.filter(|one| known.contains(&one.account)).collect(),
        accounts,
        held,
    })
}

/// The tables of a layout.
#[must_use]
pub fn sheets(layout: Layout, book: &Book) -> Vec<Sheet> {
    match layout {
        Layout::Csv | Layout::Xlsx => plain::write(book),
        Layout::Salesforce => salesforce::write(book),
        Layout::Hubspot => owners::write(&owners::HUBSPOT, book),
        Layout::Odoo => owners::write(&owners::ODOO, book),
        Layout::Erpnext => erpnext::write(book),
    }
}

/// One of our own tables as a file: its bytes.
///
/// # Errors
/// If it is too large for a workbook.
pub fn table(book: &Book, name: &str, as_workbook: bool) -> Result<Option<Vec<u8>>, AppError> {
    let Some(sheet) = plain::write(book).into_iter().find(|sheet| sheet.name == name) else { return Ok(None) };
    if as_workbook { sheet::workbook(&[sheet]).map(Some) } else { sheet::csv(&sheet).map(Some) }
}

/// Writes the files of a layout into a folder; their paths. Each file is whole or not there.
///
/// # Errors
/// If a file cannot be made or written.
pub fn write(layout: Layout, book: &Book, dir: &Path) -> Result<Vec<PathBuf>, AppError> {
    let sheets = sheets(layout, book);
    let files: Vec<(String, Vec<u8>)> = match layout {
        Layout::Xlsx => vec![(WORKBOOK.to_owned(), sheet::workbook(&sheets)?)],
        _ => sheets
            .iter()
            .map(|one| Ok((format!("{}.csv", one.name), sheet::csv(one)?)))
            .collect::<Result<_, AppError>>()?,
    };
    std::fs::create_dir_all(dir).map_err(AppError::io("create", dir))?;
    let mut written = vec![];
    for (name, bytes) in files {
        let (path, part) = (dir.join(&name), dir.join(format!(".{name}.part")));
        std::fs::write(&part, bytes).map_err(AppError::io("write", &part))?;
        std::fs::rename(&part, &path).map_err(AppError::io("write", &path))?;
        written.push(path);
    }
    Ok(written)
}

/// How an import is to be done.
pub struct Wish<'a> {
    pub layout: Layout,
    pub dir: &'a Path,
    /// The day from which on the files' assignments hold where they do not say.
    pub on: Date,
    /// The role of the one owner that some systems know.
    pub role: Option<RoleName>,
    /// Rows that cannot be used are left out.
    pub skip_rejected: bool,
    pub actor: &'a str,
    pub at: Timestamp,
}

/// What an import came to.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub struct Imported {
    pub accounts: usize,
    pub employees: usize,
    pub assignments: usize,
    pub contacts: usize,
    pub needs: usize,
    pub opened: u64,
    pub moved: u64,
    pub kept: u64,
    pub rejected: usize,
    /// Where the rows are listed that could not be used.
    pub rejected_file: Option<PathBuf>,
}

/// The file that lists rows that cannot be used.
pub const REJECTED: &str = "rejected.csv";

/// Reads the files of a layout and puts what they hold into the ledger, in one transaction.
///
/// # Errors
/// [`AppError::Rejected`] if rows cannot be used and may not be left out; nothing is written then but their list.
pub async fn import(ledger: &Ledger, wish: &Wish<'_>) -> Result<Imported, AppError> {
    let version = ledger.version().await?;
    let known = known_ids(ledger, wish.layout).await?;
    let arrived = read(wish, &known)?;
    let Arrived { mut book, rejected } = arrived;
    let file = wish.dir.join(REJECTED);
    if !rejected.is_empty() {
        bailiwick_data::write_rejected(&file, &rejected)?;
        if !wish.skip_rejected {
            let samples = rejected.iter().take(5);
            let samples = samples.map(|one| format!("{} row {}: {}", one.file, one.row, one.reason)).collect();
            return Err(AppError::Rejected { count: rejected.len(), file, samples });
        }
    }
    merge(ledger, &mut book).await?;
    let plans = plans(ledger, &book, wish, version).await?;
    let (accounts, employees, assignments) = (book.accounts.len(), book.employees.len(), book.held.len());
    let import = Import { plans, contacts: book.contacts, needs: book.needs };
    let done = ledger.import(&import, wish.actor, wish.at).await?;
    Ok(Imported {
        accounts,
        employees,
        assignments,
        contacts: done.contacts,
        needs: done.needs,
        opened: done.applied.iter().map(|one| one.opened).sum(),
        moved: done.applied.iter().map(|one| one.moved).sum(),
        kept: done.applied.iter().map(|one| one.kept).sum(),
        rejected: rejected.len(),
        rejected_file: (!rejected.is_empty()).then_some(file),
    })
}

fn read(wish: &Wish<'_>, known: &KnownIds) -> Result<Arrived, AppError> {
    if !wish.dir.is_dir() {
        return Err(AppError::Missing {
            message: format!("there is no folder {}", wish.dir.display()),
            remedy: String::from("give the folder that holds the exported files"),
        });
    }
    let arrived = match wish.layout {
        Layout::Csv => plain::read(wish.dir, false, known),
        Layout::Xlsx => plain::read(wish.dir, true, known),
        Layout::Salesforce => salesforce::read(wish.dir, known),
        Layout::Hubspot => owners::read(&owners::HUBSPOT, wish.dir, wish.role.as_ref(), known),
        Layout::Odoo => owners::read(&owners::ODOO, wish.dir, wish.role.as_ref(), known),
        Layout::Erpnext => erpnext::read(wish.dir, wish.role.as_ref(), known),
    }?;
    once(arrived)
}

/// Two rows that give one key to two employees: the second is refused.
fn once(mut arrived: Arrived) -> Result<Arrived, AppError> {
    let mut owners: BTreeMap<AssignmentKey, EmployeeId> = BTreeMap::new();
    let rejected = &mut arrived.rejected;
    arrived.book.held.retain(|one| {
        let key = key(one);
        match owners.get(&key) {
            None => {
                owners.insert(key, one.employee.clone());
                true
            }
            Some(first) => {
                if *first != one.employee {
                    rejected.push(Rejected {
                        source: String::from("assignments"),
                        file: String::new(),
                        row: 0,
                        column: String::new(),
                        value: defuse(&format!("{key}: {}", one.employee)),
                        reason: format!("{first} holds it already: each account × role × product line has one owner"),
                    });
                }
                false
            }
        }
    });
    Ok(arrived)
}

fn key(one: &Held) -> AssignmentKey {
    AssignmentKey { account: one.account.clone(), role: one.role.clone(), product_line: one.product_line.clone() }
}

async fn known_ids(ledger: &Ledger, layout: Layout) -> Result<KnownIds, AppError> {
    let name = foreign(layout.word());
    let mut known = KnownIds::default();
    for one in ledger.accounts().await? {
        if let Some(id) = one.attributes.get(&name).and_then(Value::as_str) {
            known.accounts.insert(id.to_owned(), one.id.clone());
        }
        known.accounts.entry(one.id.to_string()).or_insert(one.id);
    }
    for one in ledger.employees().await? {
        if let Some(id) = one.attributes.get(&name).and_then(Value::as_str) {
            known.employees.insert(id.to_owned(), one.id.clone());
        }
        known.employees.entry(one.id.to_string()).or_insert(one.id);
    }
    Ok(known)
}

/// What the files do not say of an account or employee stays as the ledger has it.
async fn merge(ledger: &Ledger, book: &mut Book) -> Result<(), AppError> {
    let kept: BTreeMap<AccountId, AccountRecord> =
        ledger.accounts().await?.into_iter().map(|one| (one.id.clone(), one)).collect();
    for one in &mut book.accounts {
        if let Some(before) = kept.get(&one.id) {
            let mut attributes = before.attributes.clone();
            attributes.extend(std::mem::take(&mut one.attributes));
            one.attributes = attributes;
            one.parent = one.parent.take().or_else(|| before.parent.clone());
        }
    }
    let kept: BTreeMap<EmployeeId, EmployeeRecord> =
        ledger.employees().await?.into_iter().map(|one| (one.id.clone(), one)).collect();
    for one in &mut book.employees {
        if let Some(before) = kept.get(&one.id) {
            let mut attributes = before.attributes.clone();
            attributes.extend(std::mem::take(&mut one.attributes));
            one.attributes = attributes;
            one.position = one.position.take().or_else(|| before.position.clone());
            one.department = one.department.take().or_else(|| before.department.clone());
            one.manager = one.manager.take().or_else(|| before.manager.clone());
        }
    }
    Ok(())
}

/// What stands in the place of a policy while there is none.
const NO_POLICY: &str = "# Written by an import, and no policy: plan with one of your own.\n";

/// A plan for each day on which something in the files begins; each holds what the files say holds by then, and what
/// others hold of whom the files do not speak.
async fn plans(
    ledger: &Ledger,
    book: &Book,
    wish: &Wish<'_>,
    version: bailiwick_domain::ledger::LedgerVersion,
) -> Result<Vec<NewPlan>, AppError> {
    let mut days: BTreeSet<Date> = book.held.iter().map(|one| one.since.unwrap_or(wish.on)).collect();
    if days.is_empty() {
        days.insert(wish.on);
    }
    let scope: BTreeSet<ScopeKey> = book
        .held
        .iter()
        .map(|one| ScopeKey { role: one.role.clone(), product_line: one.product_line.clone() })
        .collect();
    let spoken_of: BTreeSet<&AccountId> = book.held.iter().map(|one| &one.account).collect();
    let mut plans = vec![];
    for (number, day) in days.into_iter().enumerate() {
        let in_force = ledger.active_plan(day).await?;
        let policy_text = in_force.as_ref().map_or(NO_POLICY, |plan| plan.policy_text.as_str()).to_owned();
        let mut assignments: Vec<NewAssignment> =
            book.held.iter().filter(|one| one.since.unwrap_or(wish.on) <= day).map(|one| given(one, wish)).collect();
        let present = ledger.holders(day).await?.into_iter().filter(|one| {
            let scoped = ScopeKey { role: one.role.clone(), product_line: one.product_line.clone() };
            scope.contains(&scoped) && !spoken_of.contains(&one.account)
        });
        assignments.extend(present.map(|one| NewAssignment {
            account: one.account,
            role: one.role,
            product_line: one.product_line,
            employee: one.employee,
            segment: String::new(),
            territory: None,
            rule: String::from("kept"),
            reason: String::from("the files do not speak of it"),
            why: Value::Null,
        }));
        let stamp = wish.at.as_microsecond();
        let id = format!("import-{}-{stamp}-{number}", wish.layout.word());
        plans.push(NewPlan {
            id: PlanId::new(&id).map_err(|error| AppError::Usage {
                message: error.to_string(),
                remedy: String::from("this is a defect of Bailiwick: please report it"),
            })?,
            base_version: (number == 0).then(|| version.clone()),
            policy_sha256: sha256_hex(&policy_text),
            policy_text,
            frozen: in_force.as_ref().map_or_else(|| json!({}), |plan| plan.frozen.clone()),
            routing: in_force.as_ref().map_or_else(|| json!({"pools": []}), |plan| plan.routing.clone()),
            summary: json!({"imported": wish.layout.word(), "assigned": assignments.len()}),
            on: day,
            accounts: if number == 0 { book.accounts.clone() } else { vec![] },
            employees: if number == 0 { book.employees.clone() } else { vec![] },
            assignments,
            scope: scope.iter().cloned().collect(),
            later: Later::Refuse,
            reason: format!("imported from {}", wish.layout.word()),
        });
    }
    Ok(plans)
}

fn given(one: &Held, wish: &Wish<'_>) -> NewAssignment {
    let word = wish.layout.word();
    let or = |text: &str, otherwise: String| if text.is_empty() { otherwise } else { text.to_owned() };
    NewAssignment {
        account: one.account.clone(),
        role: one.role.clone(),
        product_line: one.product_line.clone(),
        employee: one.employee.clone(),
        segment: one.segment.clone(),
        territory: one.territory.clone(),
        rule: or(&one.rule, format!("import {word}")),
        reason: or(&one.reason, format!("imported from {word}")),
        why: Value::Null,
    }
}

/// The rows of a sheet that is there, its unreadable rows put with the rejected.
fn open(
    dir: &Path,
    name: &'static str,
    as_workbook: bool,
    rejected: &mut Vec<Rejected>,
) -> Result<Option<Read>, AppError> {
    let read = Read::open(dir, name, as_workbook)?;
    if let Some(read) = &read {
        rejected.extend(read.unreadable().iter().cloned());
    }
    Ok(read)
}

/// A sheet without which nothing can be done.
fn required(dir: &Path, name: &'static str, as_workbook: bool, rejected: &mut Vec<Rejected>) -> Result<Read, AppError> {
    open(dir, name, as_workbook, rejected)?.ok_or_else(|| AppError::Missing {
        message: if as_workbook {
            format!("there is no sheet \"{name}\" with rows in {}", dir.join(WORKBOOK).display())
        } else {
            format!("there is no {name}.csv with rows in {}", dir.display())
        },
        remedy: String::from("see docs/guide/connectors.md for the files of each layout"),
    })
}
