//! Three years of orders and the quarter after the plan, with returns and costs, and the people to talk to at each customer.

use super::accounts::{Account, LINES};
use super::dice::Dice;
use super::names::{self, Name};

/// The first year of the orders; there are three whole years, and a quarter of the fourth.
pub const FIRST_YEAR: u16 = 2023;

/// A calendar date that sorts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

impl std::fmt::Display for Date {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "{}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    pub date: Date,
    /// Index of the account.
    pub account: usize,
    /// Index of the employee who made it.
    pub employee: usize,
    pub line: &'static str,
    /// EUR cents; negative for a return.
    pub cents: i64,
    /// Index, in the list handed out, of the order that was returned.
    pub returns: Option<usize>,
}

/// Orders by date. `seller` tells who sells to an account; now and then a colleague makes the sale, as happens.
pub fn take_orders(dice: &mut Dice, accounts: &mut [Account], seller: &[usize], colleagues: &[usize]) -> Vec<Order> {
    let mut orders: Vec<Order> = Vec::new();
    for (index, account) in accounts.iter().enumerate().filter(|(_, account)| !account.prospect) {
        let total = account.total_potential();
        let yearly = (1.0 + total / 9000.0).min(6.0);
        let share = dice.between(0.3, 0.7);
        for year in FIRST_YEAR.max(account.since)..FIRST_YEAR + 3 {
            let count = (yearly * dice.between(0.5, 1.5)).round() as usize;
            for _ in 0..count {
                let line = dice.weighted(account.potential.iter().copied());
                let euros = total * share / yearly * (0.35 * dice.normal()).exp();
                let month = 1 + dice.below(12) as u8;
                let date = Date { year, month, day: 1 + dice.below(28) as u8 };
                let employee = if dice.chance(0.12) { *dice.pick(colleagues) } else { seller[index] };
                let cents = (euros * 100.0).round().max(5000.0) as i64;
                let sale = orders.len();
                orders.push(Order { date, account: index, employee, line: LINES[line], cents, returns: None });
                if month < 12 && dice.chance(0.03) {
                    let part = if dice.chance(0.5) { cents } else { cents / 4 };
                    let date = Date { month: month + 1, ..date };
                    orders.push(Order {
                        date,
                        account: index,
                        employee,
                        line: LINES[line],
                        cents: -part,
                        returns: Some(sale),
                    });
                }
            }
        }
    }
    let mut by_date: Vec<usize> = (0..orders.len()).collect();
    by_date.sort_by_key(|order| (orders[*order].date, *order));
    let mut place = vec![0; orders.len()];
    for (position, order) in by_date.iter().enumerate() {
        place[*order] = position;
    }
    let orders: Vec<Order> = (by_date.iter())
        .map(|order| Order { returns: orders[*order].returns.map(|sale| place[sale]), ..orders[*order].clone() })
        .collect();
    for order in &orders {
        debug_assert!(order.date.year < FIRST_YEAR + 3);
        let account = &mut accounts[order.account];
        account.orders += u32::from(order.returns.is_none());
        if order.date.year == FIRST_YEAR + 2 {
            account.revenue += order.cents;
        }
    }
    orders
}

/// Orders of the first quarter after the plan, by date; some prospects buy for the first time.
pub fn take_first_quarter(
    dice: &mut Dice,
    accounts: &[Account],
    seller: &[usize],
    colleagues: &[usize],
    first: usize,
) -> Vec<Order> {
    let mut orders = vec![];
    for (index, account) in accounts.iter().enumerate() {
        let total = account.total_potential();
        let yearly = (1.0 + total / 9000.0).min(6.0);
        let likely = if account.prospect { 0.15 } else { (yearly / 4.0).min(0.8) };
        if !dice.chance(likely) {
            continue;
        }
        let line = dice.weighted(account.potential.iter().copied());
        let euros = total * dice.between(0.3, 0.7) / yearly * (0.35 * dice.normal()).exp();
        let date = Date { year: FIRST_YEAR + 3, month: 1 + dice.below(3) as u8, day: 1 + dice.below(28) as u8 };
        // Whoever has left sells nothing any more.
        let employee = if colleagues.contains(&seller[index]) { seller[index] } else { *dice.pick(colleagues) };
        let cents = (euros * 100.0).round().max(5000.0) as i64;
        orders.push(Order { date, account: index, employee, line: LINES[line], cents, returns: None });
    }
    orders.sort_by_key(|order| (order.date, order.account));
    let returned: Vec<Order> = (orders.iter().enumerate())
        .filter(|(_, order)| order.date.month < 3)
        .filter(|_| dice.chance(0.03))
        .map(|(place, order)| Order {
            date: Date { month: order.date.month + 1, ..order.date },
            cents: -order.cents / 2,
            returns: Some(first + place),
            ..order.clone()
        })
        .collect();
    // Returns stand at the end, so that no order changes its place.
    orders.extend(returned);
    orders
}

/// What the goods of each order cost us, in cents, of the sign of the order: most of the price, by line.
pub fn costs(dice: &mut Dice, orders: &[Order]) -> Vec<i64> {
    orders
        .iter()
        .map(|order| {
            let share = match order.line {
                "refrigeration" => dice.between(0.68, 0.78),
                "kitchen" => dice.between(0.62, 0.74),
                _ => dice.between(0.55, 0.70),
            };
            (order.cents as f64 * share).round() as i64
        })
        .collect()
}

/// The day on which an account entered a stage.
#[derive(Debug, Clone, PartialEq)]
pub struct Entered {
    pub account: usize,
    pub stage: &'static str,
    pub on: Date,
}

/// The stages of the sale of equipment, as the policy names them, and how many go on from each.
const STAGES: [(&str, f64); 5] = [
    ("First interest", 0.75),
    ("Survey of needs", 0.7),
    ("Offer and contract", 0.6),
    ("Shipping papers", 0.97),
    ("Handover", 0.0),
];

/// How customers and prospects went through the sale of equipment in the last two years: who bought went through all of
/// it, who did not stopped somewhere before the contract.
pub fn go_through_stages(dice: &mut Dice, accounts: &[Account]) -> Vec<Entered> {
    let mut entered = vec![];
    for (index, account) in accounts.iter().enumerate() {
        let recent = account.prospect || account.since > FIRST_YEAR || dice.chance(0.15);
        if !recent {
            continue;
        }
        let month = 12 + dice.below(20);
        let mut day = month * 28 + dice.below(28);
        for (stage, goes_on) in STAGES {
            let (year, of_year) = (FIRST_YEAR + (day / 336) as u16, day % 336);
            let on = Date { year, month: 1 + (of_year / 28) as u8, day: 1 + (of_year % 28) as u8 };
            entered.push(Entered { account: index, stage, on });
            let stops = account.prospect && stage == "Offer and contract";
            if stops || !dice.chance(goes_on) {
                break;
            }
            day += 3 + dice.below(40);
        }
    }
    entered
}

#[derive(Debug, Clone, PartialEq)]
pub struct Contact {
    pub account: usize,
    pub name: Name,
    pub position: &'static str,
    pub language: &'static str,
    pub need: &'static str,
    pub last_contact: Date,
}

const POSITIONS: &[&str] =
    &["Owner", "Purchasing manager", "Technical manager", "Kitchen chief", "Production manager", "Accountant"];
const NEEDS: &[(&str, &[&str])] = &[
    (
        "refrigeration",
        &[
            "Cold room must be replaced before the summer",
            "Wants lower electricity bills of the display cases",
            "Temperature records for the food inspection",
            "Second cold store next year if the bank agrees",
        ],
    ),
    (
        "kitchen",
        &[
            "New combi ovens for a larger menu",
            "Dishwasher breaks down every month, wants a service contract",
            "Training of the cooks on the new line",
            "Asks for leasing instead of purchase",
        ],
    ),
    (
        "packaging",
        &[
            "Faster line for the export orders",
            "Spare parts within two days",
            "Change to recyclable film",
            "Used machine as a first step",
        ],
    ),
];

/// One to three people at each account, each with what they need.
pub fn meet_contacts(dice: &mut Dice, accounts: &[Account]) -> Vec<Contact> {
    let mut contacts = Vec::with_capacity(accounts.len() * 3 / 2);
    for (index, account) in accounts.iter().enumerate() {
        let people = 1 + usize::from(dice.chance(0.35)) + usize::from(account.total_potential() > 15_000.0);
        let equipment = account.equipment();
        for person in 0..people {
            let needs = NEEDS.iter().find(|(line, _)| *line == equipment).map_or(NEEDS[0].1, |(_, needs)| needs);
            let year = if account.prospect { 2025 } else { 2024 + dice.below(2) as u16 };
            contacts.push(Contact {
                account: index,
                name: names::person(dice, account.country()),
                position: if person == 0 && people == 1 {
                    POSITIONS[0]
                } else {
                    POSITIONS[(person + dice.below(4)) % POSITIONS.len()]
                },
                language: account.language,
                need: needs[dice.below(needs.len())],
                last_contact: Date { year, month: 1 + dice.below(12) as u8, day: 1 + dice.below(28) as u8 },
            });
        }
    }
    contacts
}
