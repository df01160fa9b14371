//! Millions of lines to sums, without one being kept: rows are divided in parallel, and each part of a row is added to the
//! sum of whoever has it, in which role, stage, segment, product line, territory and period.

use std::collections::BTreeSet;

use bailiwick_domain::credit::{NONE, amounts, divide_by_hand};
use bailiwick_domain::period::{Period, PeriodLength};
use jiff::civil::Date;
use rayon::prelude::*;
use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};

use super::Ground;
use super::orders::Kind;

/// What is summed apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cell {
    /// [`NONE`]: nobody.
    pub employee: u32,
    pub role: u32,
    pub stage: u32,
    pub segment: Option<u16>,
    pub product_line: u32,
    pub territory: u32,
    pub period: Period,
    pub overlay: bool,
    /// The account's first order falls into the period.
    pub is_new: bool,
}

#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Sum {
    pub amount: Decimal,
    /// The same part of the cost, of lines whose cost is known.
    pub cost: Decimal,
    /// Lines of which there is a part: orders, not returns.
    pub lines: u64,
    /// The same, each line once, whoever of those that are seen has parts of it.
    pub whole_lines: u64,
}

impl Sum {
    pub fn add(&mut self, other: &Sum) {
        self.amount += other.amount;
        self.cost += other.cost;
        self.lines += other.lines;
        self.whole_lines += other.whole_lines;
    }
}

/// Sums of credits.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    pub cells: FxHashMap<Cell, Sum>,
    /// Shared credits by account and employee; empty where that was not asked.
    pub by_account: FxHashMap<(u32, u32), Decimal>,
    /// Order lines of which somebody who is seen has a part, returns among them.
    pub lines: u64,
    pub returns: u64,
    /// What all orders come to; equal to the shared credits.
    pub amount: Decimal,
}

impl Tally {
    fn join(mut self, other: Tally) -> Tally {
        if self.cells.len() < other.cells.len() {
            return other.join(self);
        }
        for (cell, sum) in &other.cells {
            self.cells.entry(*cell).or_default().add(sum);
        }
        for (key, amount) in other.by_account {
            *self.by_account.entry(key).or_default() += amount;
        }
        self.lines += other.lines;
        self.returns += other.returns;
        self.amount += other.amount;
        self
    }
}

/// Which lines, and what of them.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    pub from: Date,
    /// The first day no longer.
    pub to: Date,
    pub length: PeriodLength,
    /// Whether sums by account are wanted.
    pub by_account: bool,
    /// Whose lines are counted; everybody's, and nobody's, when absent.
    pub only: Option<&'a FxHashSet<u32>>,
}

impl Wanted<'_> {
    fn sees(&self, employee: u32) -> bool {
        self.only.is_none_or(|only| only.contains(&employee))
    }
}

/// Rows that one thread takes at a time.
const AT_ONCE: usize = 1 << 16;

/// Sums all credits of lines within the days wanted.
pub fn tally(ground: &Ground, wanted: &Wanted<'_>) -> Tally {
    let by_hand = rows_by_hand(ground);
    let rows = ground.orders.len();
    let parts = (0..rows.div_ceil(AT_ONCE)).into_par_iter();
    parts
        .fold(Tally::default, |mut tally, part| {
            add_rows(ground, wanted, &by_hand, part * AT_ONCE..((part + 1) * AT_ONCE).min(rows), &mut tally);
            tally
        })
        .reduce(Tally::default, Tally::join)
}

/// Rows that were divided by hand, with their parts.
fn rows_by_hand(ground: &Ground) -> FxHashMap<u32, Vec<(u32, Decimal)>> {
    let mut found = FxHashMap::default();
    if !ground.rules.has_splits() {
        return found;
    }
    let lines = super::trace::Lines::of(&ground.orders);
    for row in 0..ground.orders.len() {
        let of = ground.orders.day_row(row);
        if let Some((parts, _)) = ground.rules.split(lines.order(of), lines.line(of)) {
            found.insert(row as u32, parts.to_vec());
        }
    }
    found
}

fn add_rows(
    ground: &Ground,
    wanted: &Wanted<'_>,
    by_hand: &FxHashMap<u32, Vec<(u32, Decimal)>>,
    rows: std::ops::Range<usize>,
    tally: &mut Tally,
) {
    let orders = &ground.orders;
    let (mut named, mut pieces) = (vec![], vec![]);
    for row in rows {
        let date = orders.date[row];
        if date < wanted.from || wanted.to <= date {
            continue;
        }
        match by_hand.get(&(row as u32)) {
            Some(parts) => divide_by_hand(parts, &mut pieces),
            None => {
                ground.pieces(row, &mut named, &mut pieces);
            }
        }
        let whole = orders.amount[row];
        let is_sale = orders.kind[row] == Kind::Order;
        let first_seen = pieces.iter().position(|piece| wanted.sees(piece.employee));
        tally.lines += u64::from(first_seen.is_some());
        tally.returns += u64::from(first_seen.is_some() && !is_sale);
        tally.amount += whole;
        let account = orders.account[row];
        let period = wanted.length.holding(date);
        let segment = ground.segment_of_row(row);
        let is_new = ground.first_order(account).is_some_and(|first| period.contains(first));
        let given = amounts(&pieces, whole);
        let costs = orders.cost.get(row).copied().flatten().map(|cost| amounts(&pieces, cost));
        for (place, (piece, amount)) in pieces.iter().zip(given).enumerate() {
            let cell = Cell {
                employee: piece.employee,
                role: piece.role,
                stage: piece.stage,
                segment,
                product_line: orders.product_line[row],
                territory: ground.territory_of(piece.assignment),
                period,
                overlay: piece.overlay,
                is_new,
            };
            let cost = costs.as_ref().map_or(Decimal::ZERO, |costs| costs[place]);
            let lines = u64::from(is_sale);
            let whole_lines = if Some(place) == first_seen { lines } else { 0 };
            tally.cells.entry(cell).or_default().add(&Sum { amount, cost, lines, whole_lines });
            if wanted.by_account && !piece.overlay && piece.employee != NONE {
                *tally.by_account.entry((account, piece.employee)).or_default() += amount;
            }
        }
    }
}

/// The first and the last day on which there are orders.
pub fn days_of(ground: &Ground) -> Option<(Date, Date)> {
    let days = &ground.orders.date;
    Some((*days.iter().min()?, *days.iter().max()?))
}

/// The periods that cells fall into, in order.
pub fn periods_of(tally: &Tally) -> BTreeSet<Period> {
    tally.cells.keys().map(|cell| cell.period).collect()
}
