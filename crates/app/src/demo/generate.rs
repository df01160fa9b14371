//! Puts the parts of the demo company together and writes its files.

use std::path::{Path, PathBuf};

use thiserror::Error;

use super::accounts::{self, Account};
use super::dice::Dice;
use super::orders::{self, Contact, Entered, Order};
use super::policy;
use super::present::{self, Holding, ROLES};
use super::staff::{self, Employee, Team};

/// The day the plan is for: it knows the orders until the day before. Those of the quarter after it have come in since.
pub const PLAN_DATE: &str = "2026-01-01";

/// With fewer, some teams would have nobody to serve.
pub const FEWEST_ACCOUNTS: usize = 500;

/// What was written, and how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoFiles {
    pub policy: PathBuf,
    pub accounts: PathBuf,
    pub employees: PathBuf,
    pub assignments: PathBuf,
    pub orders: PathBuf,
    pub contacts: PathBuf,
    pub stages: PathBuf,
    pub account_count: usize,
    /// At work today; those who left are in the file too.
    pub employee_count: usize,
    pub order_count: usize,
    pub contact_count: usize,
}

#[derive(Debug, Error)]
pub enum DemoError {
    #[error("a demo company of {asked} accounts is too small; ask for {FEWEST_ACCOUNTS} or more")]
    TooFew { asked: usize },
    #[error("cannot write {}: {source}; choose a folder you may write to, on a disk with some megabytes free", path.display())]
    Write { path: PathBuf, source: std::io::Error },
}

/// The company in memory.
pub(super) struct Company {
    pub accounts: Vec<Account>,
    pub team: Vec<Employee>,
    pub orders: Vec<Order>,
    /// Cents, by order.
    pub costs: Vec<i64>,
    pub entered: Vec<Entered>,
    pub contacts: Vec<Contact>,
    pub holdings: Vec<Holding>,
}

impl Company {
    pub fn found(seed: u64, count: usize) -> Company {
        let mut accounts = accounts::find_customers(&mut Dice::new(seed, 1), count);
        let team = staff::hire(&mut Dice::new(seed, 2), &accounts);
        let holders = present::last_years_holders(&accounts, &team);
        let holdings = present::write_down(&mut Dice::new(seed, 3), &accounts, &team, &holders);
        let sellers: Vec<usize> = holders.iter().map(|of_account| of_account[1]).collect();
        let selling = |employee: &Employee| {
            matches!(employee.team, Team::SalesBulgaria | Team::SalesRomania | Team::InsideSales | Team::Products)
                && !employee.is_new()
        };
        let colleagues: Vec<usize> = (0..team.len()).filter(|index| selling(&team[*index])).collect();
        let mut orders = orders::take_orders(&mut Dice::new(seed, 4), &mut accounts, &sellers, &colleagues);
        let since = orders::take_first_quarter(&mut Dice::new(seed, 6), &accounts, &sellers, &colleagues, orders.len());
        orders.extend(since);
        let costs = orders::costs(&mut Dice::new(seed, 7), &orders);
        let entered = orders::go_through_stages(&mut Dice::new(seed, 8), &accounts);
        let contacts = orders::meet_contacts(&mut Dice::new(seed, 5), &accounts);
        Company { accounts, team, orders, costs, entered, contacts, holdings }
    }
}

/// Makes the company of this seed and writes its policy and data into `dir`, which is created where it does not exist.
pub fn write(dir: &Path, seed: u64, accounts: usize) -> Result<DemoFiles, DemoError> {
    if accounts < FEWEST_ACCOUNTS {
        return Err(DemoError::TooFew { asked: accounts });
    }
    let company = Company::found(seed, accounts);
    std::fs::create_dir_all(dir).map_err(|source| DemoError::Write { path: dir.to_owned(), source })?;
    let files = DemoFiles {
        policy: dir.join("bailiwick.toml"),
        accounts: dir.join("accounts.csv"),
        employees: dir.join("employees.csv"),
        assignments: dir.join("assignments.csv"),
        orders: dir.join("orders.csv"),
        contacts: dir.join("contacts.csv"),
        stages: dir.join("stages.csv"),
        account_count: company.accounts.len(),
        employee_count: company.team.iter().filter(|employee| employee.is_here()).count(),
        order_count: company.orders.len(),
        contact_count: company.contacts.len(),
    };
    write_accounts(&files.accounts, &company)?;
    write_employees(&files.employees, &company)?;
    write_assignments(&files.assignments, &company)?;
    write_orders(&files.orders, &company)?;
    write_contacts(&files.contacts, &company)?;
    write_stages(&files.stages, &company)?;
    let text = policy::write_policy(&company.accounts, &company.team);
    std::fs::write(&files.policy, text).map_err(|source| DemoError::Write { path: files.policy.clone(), source })?;
    Ok(files)
}

fn write_accounts(path: &Path, company: &Company) -> Result<(), DemoError> {
    let header = [
        "account_id",
        "name",
        "name_bg",
        "parent_id",
        "place",
        "city",
        "city_bg",
        "country",
        "latitude",
        "longitude",
        "industry",
        "ownership",
        "channel",
        "language",
        "status",
        "customer_since",
        "product_interest",
        "equipment",
        "potential_refrigeration",
        "potential_kitchen",
        "potential_packaging",
        "potential",
        "revenue_12m",
        "expected_purchases",
        "market_position",
        "hunting_hours",
        "sales_hours",
        "care_hours",
        "service_hours",
        "admin_hours",
    ];
    let rows = company.accounts.iter().map(|account| {
        let [hunting, sales, care, service, admin] = account.hours().map(|hours| format!("{hours:.2}"));
        [
            account.id.clone(),
            account.name.latin.clone(),
            account.name.bulgarian.clone(),
            account.parent.map_or_else(String::new, |parent| company.accounts[parent].id.clone()),
            account.place.into(),
            account.city.name.into(),
            account.city.name_bg.into(),
            account.country().into(),
            format!("{:.5}", account.latitude),
            format!("{:.5}", account.longitude),
            account.industry.into(),
            account.ownership.word().into(),
            account.channel.word().into(),
            account.language.into(),
            if account.prospect { "prospect" } else { "customer" }.into(),
            account.since.to_string(),
            account.interest().into(),
            account.equipment().into(),
            account.potential[0].to_string(),
            account.potential[1].to_string(),
            account.potential[2].to_string(),
            account.total_potential().to_string(),
            money(account.revenue),
            account.expected.to_string(),
            account.market_position.to_string(),
            hunting,
            sales,
            care,
            service,
            admin,
        ]
    });
    write_table(path, header, rows)
}

fn write_employees(path: &Path, company: &Company) -> Result<(), DemoError> {
    let header = [
        "employee_id",
        "name",
        "name_bg",
        "position",
        "department",
        "manager_id",
        "country",
        "city",
        "latitude",
        "longitude",
        "skills",
        "languages",
        "capacity",
        "seat",
        "start_date",
        "end_date",
    ];
    let rows = company.team.iter().map(|employee| {
        [
            employee.id.clone(),
            employee.name.latin.clone(),
            employee.name.bulgarian.clone(),
            employee.position.into(),
            employee.department.into(),
            employee.manager.map_or_else(String::new, |manager| company.team[manager].id.clone()),
            employee.country.into(),
            employee.city.name.into(),
            employee.city.latitude.to_string(),
            employee.city.longitude.to_string(),
            employee.skills.into(),
            employee.languages.into(),
            if employee.capacity == 0 { String::new() } else { employee.capacity.to_string() },
            employee.seat.into(),
            employee.hired.to_string(),
            employee.left.map(|date| date.to_string()).unwrap_or_default(),
        ]
    });
    write_table(path, header, rows)
}

fn write_assignments(path: &Path, company: &Company) -> Result<(), DemoError> {
    let header = ["account_id", "role", "product_line", "employee_id", "valid_from"];
    let rows = company.holdings.iter().map(|holding| {
        [
            company.accounts[holding.account].id.clone(),
            ROLES[holding.role].into(),
            String::new(),
            company.team[holding.employee].id.clone(),
            holding.since.to_string(),
        ]
    });
    write_table(path, header, rows)
}

fn write_orders(path: &Path, company: &Company) -> Result<(), DemoError> {
    let header = [
        "order_id",
        "account_id",
        "employee_id",
        "order_date",
        "product_line",
        "amount",
        "cost",
        "kind",
        "returns_order_id",
    ];
    let id = |order: usize| format!("O{:06}", order + 1);
    let rows = company.orders.iter().enumerate().map(|(number, order)| {
        [
            id(number),
            company.accounts[order.account].id.clone(),
            company.team[order.employee].id.clone(),
            order.date.to_string(),
            order.line.into(),
            money(order.cents),
            money(company.costs[number]),
            if order.returns.is_some() { "return" } else { "order" }.into(),
            order.returns.map(id).unwrap_or_default(),
        ]
    });
    write_table(path, header, rows)
}

fn write_contacts(path: &Path, company: &Company) -> Result<(), DemoError> {
    let header =
        ["contact_id", "account_id", "name", "name_bg", "position", "language", "email", "need", "last_contact"];
    let rows = company.contacts.iter().enumerate().map(|(number, contact)| {
        let account = &company.accounts[contact.account];
        let mailbox = contact.name.latin.to_lowercase().replace(' ', ".");
        [
            format!("P{:05}", number + 1),
            account.id.clone(),
            contact.name.latin.clone(),
            contact.name.bulgarian.clone(),
            contact.position.into(),
            contact.language.into(),
            format!("{mailbox}@{}.example", account.id.to_lowercase()),
            contact.need.into(),
            contact.last_contact.to_string(),
        ]
    });
    write_table(path, header, rows)
}

fn write_stages(path: &Path, company: &Company) -> Result<(), DemoError> {
    let header = ["account_id", "stage", "entered_on"];
    let rows = company.entered.iter();
    let rows = rows.map(|one| [company.accounts[one.account].id.clone(), one.stage.into(), one.on.to_string()]);
    write_table(path, header, rows)
}

fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
}

fn write_table<const N: usize>(
    path: &Path,
    header: [&str; N],
    rows: impl Iterator<Item = [String; N]>,
) -> Result<(), DemoError> {
    let failed = |source: std::io::Error| DemoError::Write { path: path.to_owned(), source };
    let mut table =
        csv::WriterBuilder::new().buffer_capacity(1 << 16).from_path(path).map_err(|error| failed(error.into()))?;
    table.write_record(header).map_err(|error| failed(error.into()))?;
    for row in rows {
        table.write_record(&row).map_err(|error| failed(error.into()))?;
    }
    table.flush().map_err(failed)
}
