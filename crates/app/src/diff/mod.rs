//! What moves between two plans, or between a plan and the ledger: who gains, who loses, what it costs.
//!
//! Both sides are in order ([`Side`]), so that they are gone through once, beside each other; texts are looked up only for
//! what is told.

mod read;
mod side;
#[cfg(test)]
mod tests;

use std::cmp::Ordering;

use bailiwick_domain::numbering::places_among_both;
use indexmap::IndexMap;
use serde::{Serialize, Serializer};

pub use self::read::{read_ledger_side, read_plan_side};
pub use self::side::{Side, SideBuilder};

use self::side::{ACCOUNT, EMPLOYEE, Row};

#[derive(Debug, Clone, Serialize)]
pub struct Difference<'a> {
    pub from: &'a str,
    pub to: &'a str,
    /// Account × role (× product line) with the same owner on both sides.
    pub unchanged: usize,
    pub moved: Moves<'a>,
    /// Owned only on the second side.
    pub opened: usize,
    /// Owned only on the first.
    pub closed: usize,
    pub employees: Vec<EmployeeChange>,
    /// What moves: measure → (moved, total, share), over accounts that change an owner in any role.
    pub measures: IndexMap<String, MovedMeasure>,
}

/// What moves, by account, role and product line.
#[derive(Debug, Clone)]
pub struct Moves<'a> {
    a: &'a Side,
    b: &'a Side,
    /// Rows of the one and of the other.
    rows: Vec<(u32, u32)>,
}

#[derive(Debug, Clone, Copy, Serialize, PartialEq)]
pub struct Move<'a> {
    pub account_id: &'a str,
    pub account: &'a str,
    pub role: &'a str,
    pub product_line: &'a str,
    pub from: &'a str,
    pub to: &'a str,
}

impl<'a> Moves<'a> {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = Move<'a>> {
        let Moves { a, b, .. } = *self;
        self.rows.iter().map(move |(in_a, in_b)| {
            let (row_a, row_b) = (&a.rows[*in_a as usize], &b.rows[*in_b as usize]);
            let [account_id, role, product_line, from] = a.texts(row_a);
            let name = b.account_name(row_b[ACCOUNT]).or_else(|| a.account_name(row_a[ACCOUNT]));
            let account = name.unwrap_or(account_id);
            Move { account_id, account, role, product_line, from, to: b.texts(row_b)[EMPLOYEE] }
        })
    }
}

impl Serialize for Moves<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

#[derive(Debug, Clone, Serialize, PartialEq)]
pub struct EmployeeChange {
    pub employee_id: String,
    pub employee: String,
    pub before: usize,
    pub gains: usize,
    pub loses: usize,
    pub after: usize,
}

#[derive(Debug, Clone, Serialize, PartialEq)]
pub struct MovedMeasure {
    pub moved: f64,
    pub total: f64,
    pub share: f64,
}

/// What becomes of an employee's rows.
#[derive(Debug, Clone, Copy, Default)]
struct Count {
    before: usize,
    gains: usize,
    loses: usize,
    after: usize,
}

pub fn compare<'a>(a: &'a Side, b: &'a Side) -> Difference<'a> {
    let places: [_; 4] = std::array::from_fn(|column| places_among_both(&a.ids[column], &b.ids[column]));
    let of_a = |row: &Row| -> Row { std::array::from_fn(|column| places[column].0[row[column] as usize]) };
    let of_b = |row: &Row| -> Row { std::array::from_fn(|column| places[column].1[row[column] as usize]) };
    let (people_a, people_b) = &places[EMPLOYEE];
    let people = people_a.iter().chain(people_b).max().map_or(0, |last| *last as usize + 1);
    let mut counts = vec![Count::default(); people];
    let mut moved = vec![];
    let (mut unchanged, mut opened, mut closed) = (0, 0, 0);
    let (mut in_a, mut in_b) = (0, 0);
    loop {
        let (from, to) = (a.rows.get(in_a).map(of_a), b.rows.get(in_b).map(of_b));
        let order = match (&from, &to) {
            (Some(from), Some(to)) => from[..EMPLOYEE].cmp(&to[..EMPLOYEE]),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => break,
        };
        let from = from.filter(|_| order.is_le()).map(|row| row[EMPLOYEE] as usize);
        let to = to.filter(|_| order.is_ge()).map(|row| row[EMPLOYEE] as usize);
        match (from, to) {
            (Some(from), Some(to)) if from == to => unchanged += 1,
            (Some(_), Some(_)) => moved.push((in_a as u32, in_b as u32)),
            (Some(_), None) => closed += 1,
            (None, _) => opened += 1,
        }
        if let Some(from) = from {
            counts[from].before += 1;
            counts[from].loses += usize::from(to != Some(from));
            in_a += 1;
        }
        if let Some(to) = to {
            counts[to].after += 1;
            counts[to].gains += usize::from(from != Some(to));
            in_b += 1;
        }
    }
    let moved = Moves { a, b, rows: moved };
    Difference {
        from: &a.title,
        to: &b.title,
        unchanged,
        opened,
        closed,
        employees: employee_changes(a, b, [people_a, people_b], &counts),
        measures: moved_measures(&moved),
        moved,
    }
}

/// Whoever holds something on one of the sides, by id. `places`: in `counts`, of the employees of either side.
fn employee_changes(a: &Side, b: &Side, places: [&[u32]; 2], counts: &[Count]) -> Vec<EmployeeChange> {
    let mut ids = vec![""; counts.len()];
    for (side, places) in [a, b].into_iter().zip(places) {
        (0..).zip(places).for_each(|(number, place)| ids[*place as usize] = side.ids[EMPLOYEE].get(number));
    }
    let held = ids.into_iter().zip(counts).filter(|(_, count)| count.before + count.after > 0);
    held.map(|(id, count)| EmployeeChange {
        employee_id: id.to_owned(),
        employee: b.employee_name(id).or_else(|| a.employee_name(id)).unwrap_or(id).to_owned(),
        before: count.before,
        gains: count.gains,
        loses: count.loses,
        after: count.after,
    })
    .collect()
}

fn moved_measures(moved: &Moves) -> IndexMap<String, MovedMeasure> {
    let of_a = || moved.a.measures.as_ref().map(|measures| (moved.a, measures));
    let of_b = moved.b.measures.as_ref().map(|measures| (moved.b, measures));
    let Some((side, (accounts, measures))) = of_b.or_else(of_a) else { return IndexMap::new() };
    let mut moving = vec![false; side.ids[ACCOUNT].len() as usize];
    for (in_a, in_b) in &moved.rows {
        let row = if std::ptr::eq(side, moved.b) { *in_b } else { *in_a };
        moving[side.rows[row as usize][ACCOUNT] as usize] = true;
    }
    let moves = |account: u32| moving.get(account as usize).copied().unwrap_or(false);
    let sum = |values: &[f64]| {
        let total: f64 = values.iter().sum();
        let moved: f64 =
            accounts.iter().zip(values).filter(|(account, _)| moves(**account)).map(|(_, value)| value).sum();
        MovedMeasure { moved, total, share: if total > 0.0 { moved / total } else { 0.0 } }
    };
    measures.values.iter().map(|(name, values)| (name.clone(), sum(values))).collect()
}
