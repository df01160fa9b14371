//! Order lines by columns: who, when, how much, and what each return takes back.
//!
//! Amounts are in the company's currency, converted by the rate of the day and rounded to the cent, so that credits sum in
//! the order's own currency and in the company's. A return or cancellation takes off, whichever sign it was written with.

use bailiwick_data::{Codes, Table};
use bailiwick_domain::credit::NONE;
use bailiwick_domain::finding::Finding;
use bailiwick_domain::incentive::cents;
use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::document::Text;
use indexmap::IndexMap;
use jiff::civil::Date;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use super::names::Names;
use super::rates::{self, Rates};
use crate::error::AppError;

/// What a row of the orders is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Order,
    Return,
    Cancellation,
}

impl Kind {
    pub fn word(self) -> &'static str {
        match self {
            Kind::Order => "order",
            Kind::Return => "return",
            Kind::Cancellation => "cancellation",
        }
    }
}

pub struct Orders {
    pub table: Table,
    /// Number of the account.
    pub account: Vec<u32>,
    pub product_line: Vec<u32>,
    pub date: Vec<Date>,
    pub opened: Vec<Option<Date>>,
    /// In the company's currency.
    pub amount: Vec<Decimal>,
    /// In the company's currency; empty where costs are not known.
    pub cost: Vec<Option<Decimal>>,
    /// Codes of currencies; empty where all orders are in the company's.
    pub currency: Option<Codes>,
    pub kind: Vec<Kind>,
    /// The row that a return takes back.
    pub origin: FxHashMap<u32, u32>,
    /// Role, and whom each row names for it.
    pub named: Vec<(u32, Vec<u32>)>,
    /// By account: the day of its first order.
    pub first: Vec<Option<Date>>,
    pub findings: Vec<Finding>,
}

/// Who has a number already, and gets one here.
pub struct Numbers<'a> {
    pub accounts: &'a mut Names,
    pub employees: &'a mut Names,
    pub product_lines: &'a mut Names,
    pub roles: &'a Names,
}

impl Orders {
    pub fn len(&self) -> usize {
        self.account.len()
    }

    pub fn is_empty(&self) -> bool {
        self.account.is_empty()
    }

    /// # Errors
    /// If an amount cannot be reckoned with, a rate is missing, or a column is named that is not there.
    pub fn read(
        policy: &Policy,
        table: &Table,
        rates: &Rates,
        named: &IndexMap<Text, Text>,
        numbers: Numbers,
    ) -> Result<Orders, AppError> {
        let known = numbers.accounts.len();
        let account = numbered(&table.codes("account_id"), numbers.accounts);
        let product_line = numbered(&table.codes("product_line"), numbers.product_lines);
        let date: Vec<Date> = table.dates("order_date").into_iter().map(|day| day.unwrap_or(Date::MIN)).collect();
        let kind = kinds(&table.codes("kind"), policy)?;
        let currency = Some(table.codes("currency")).filter(|codes| !codes.names.is_empty());
        let mut amount: Vec<Decimal> =
            table.decimals("amount")?.into_iter().map(|amount| amount.unwrap_or_default()).collect();
        let mut cost = if table.has("cost") { table.decimals("cost")? } else { vec![] };
        for (row, kind) in kind.iter().enumerate().filter(|(_, kind)| **kind != Kind::Order) {
            debug_assert_ne!(*kind, Kind::Order);
            amount[row] = -amount[row].abs();
            if let Some(Some(cost)) = cost.get_mut(row) {
                *cost = -cost.abs();
            }
        }
        if let Some(codes) = &currency {
            convert(codes, &date, rates, &mut amount, &mut cost)?;
        }
        let mut whom = vec![];
        for (role, column) in named {
            if !table.has(column.get_ref()) {
                let columns = table.columns();
                let message = format!("orders have no column \"{}\"", column.get_ref());
                let remedy =
                    bailiwick_domain::finding::suggest(column.get_ref(), columns.iter().map(|c| c.name.as_str()));
                let finding = Finding::error("credit-column", message, remedy).at(policy.place(column));
                return Err(AppError::refused(policy, vec![finding]));
            }
            let codes = table.codes(column.get_ref());
            whom.push((numbers.roles.find(role.get_ref()), numbered(&codes, numbers.employees)));
        }
        let mut first = vec![None; numbers.accounts.len()];
        for (row, account) in account.iter().enumerate().filter(|(row, _)| kind[*row] == Kind::Order) {
            if let Some(first) = first.get_mut(*account as usize) {
                *first = Some(first.map_or(date[row], |day: Date| day.min(date[row])));
            }
        }
        let mut findings = vec![];
        if numbers.accounts.len() > known {
            let count = (numbers.accounts.len() - known) as u64;
            let samples = (known..numbers.accounts.len()).take(3);
            let samples = samples.map(|account| numbers.accounts.name(account as u32).to_owned()).collect();
            let message = "orders name accounts that are not in the account source: they are in no segment";
            let finding = Finding::warning("order-unknown-account", message, "add them to accounts");
            findings.push(finding.counting(count, samples));
        }
        let origin = origins(table, &kind, &product_line, &mut findings);
        Ok(Orders {
            opened: if table.has("opened_on") { table.dates("opened_on") } else { vec![] },
            table: table.clone(),
            account,
            product_line,
            date,
            amount,
            cost,
            currency,
            kind,
            origin,
            named: whom,
            first,
            findings,
        })
    }

    /// The row by whose days holders are looked up: that of the order which a return takes back.
    pub fn day_row(&self, row: usize) -> usize {
        self.origin.get(&(row as u32)).map_or(row, |origin| *origin as usize)
    }
}

/// Codes in the numbers of a list of names.
fn numbered(codes: &Codes, names: &mut Names) -> Vec<u32> {
    let numbers: Vec<u32> = codes.names.iter().map(|name| names.number(name)).collect();
    codes.rows.iter().map(|code| numbers.get(*code as usize).copied().unwrap_or(NONE)).collect()
}

fn kinds(codes: &Codes, policy: &Policy) -> Result<Vec<Kind>, AppError> {
    let mut known = vec![];
    for name in &codes.names {
        known.push(match name.to_lowercase().as_str() {
            "order" | "sale" | "поръчка" | "продажба" => Kind::Order,
            "return" | "връщане" => Kind::Return,
            "cancellation" | "отказ" => Kind::Cancellation,
            _ => {
                let message = format!("orders: \"{name}\" is no kind of order");
                let remedy = "write order, return or cancellation in the column kind; empty means order";
                return Err(AppError::refused(policy, vec![Finding::error("order-kind", message, remedy)]));
            }
        });
    }
    Ok(codes.rows.iter().map(|code| known.get(*code as usize).copied().unwrap_or(Kind::Order)).collect())
}

fn convert(
    codes: &Codes,
    date: &[Date],
    rates: &Rates,
    amount: &mut [Decimal],
    cost: &mut [Option<Decimal>],
) -> Result<(), AppError> {
    for (row, code) in codes.rows.iter().enumerate().filter(|(_, code)| **code != Codes::NONE) {
        let currency = &codes.names[*code as usize];
        let rate = rates.on(currency, date[row]).ok_or_else(|| rates::missing(currency, date[row]))?;
        if rate != Decimal::ONE {
            amount[row] = cents(amount[row] * rate);
            if let Some(Some(cost)) = cost.get_mut(row) {
                *cost = cents(*cost * rate);
            }
        }
    }
    Ok(())
}

/// For each return, the row it takes back: by the order's id and line, or else its product line, or else its first line.
fn origins(table: &Table, kind: &[Kind], product_line: &[u32], findings: &mut Vec<Finding>) -> FxHashMap<u32, u32> {
    let mut origin = FxHashMap::default();
    if !table.has("reference") {
        return origin;
    }
    let (references, lines) = (table.codes("reference"), table.codes("reference_line"));
    let wanted: FxHashMap<&str, u32> =
        references.names.iter().enumerate().map(|(number, name)| (name.as_str(), number as u32)).collect();
    let own_lines = table.codes("line");
    let mut found: Vec<Vec<u32>> = vec![vec![]; references.names.len()];
    table.each_text("order_id", |row, id| {
        if let Some(number) = wanted.get(id.trim()).filter(|_| kind[row] == Kind::Order) {
            found[*number as usize].push(row as u32);
        }
    });
    fn line(codes: &Codes, row: usize) -> Option<&str> {
        codes.names.get(codes.rows[row] as usize).map(String::as_str)
    }
    let mut lost = vec![];
    for (row, number) in references.rows.iter().enumerate().filter(|(_, number)| **number != Codes::NONE) {
        let rows = &found[*number as usize];
        let by_line = line(&lines, row)
            .and_then(|wanted| rows.iter().find(|other| line(&own_lines, **other as usize) == Some(wanted)));
        let by_product = || rows.iter().find(|other| product_line[**other as usize] == product_line[row]);
        match by_line.or_else(by_product).or(rows.first()) {
            Some(other) => {
                origin.insert(row as u32, *other);
            }
            None => lost.push(references.names[*number as usize].clone()),
        }
    }
    if !lost.is_empty() {
        let count = lost.len() as u64;
        lost.truncate(3);
        let message = "returns name orders that are not there: they are taken back from whoever holds the account on their own day";
        let remedy = "add the orders they take back, or correct the column reference";
        findings.push(Finding::warning("order-reference", message, remedy).counting(count, lost));
    }
    origin
}
