//! One side of a comparison: who holds what, as numbers of texts that are kept once, so that a row costs sixteen bytes.

use bailiwick_domain::numbering::{Numbering, Texts};
use rayon::prelude::*;

use crate::plan::measures::Measures;

/// No such text.
const NONE: u32 = u32::MAX;
/// Columns of a row.
pub(super) const ACCOUNT: usize = 0;
pub(super) const EMPLOYEE: usize = 3;

/// Account, role, product line and employee, as numbers.
pub(super) type Row = [u32; 4];

/// One of the two that are compared.
#[derive(Debug, Clone)]
pub struct Side {
    pub title: String,
    /// The ids of each column, in order.
    pub(super) ids: [Texts; 4],
    /// In order, so that they are in the order of their texts, too; account, role and product line are there once.
    pub(super) rows: Vec<Row>,
    accounts: Names,
    employees: Names,
    /// Measures of each account, where the side is a plan, and the number of the account.
    pub(super) measures: Option<(Vec<u32>, Measures)>,
}

impl Side {
    /// Who holds an account in a role (and product line, empty where there is none).
    pub fn owner(&self, account: &str, role: &str, line: &str) -> Option<&str> {
        let mut key = [0; 3];
        for (number, (ids, text)) in key.iter_mut().zip(self.ids.iter().zip([account, role, line])) {
            *number = ids.find(text)?;
        }
        let at = self.rows.partition_point(|row| row[..3] < key[..]);
        let row = self.rows.get(at).filter(|row| row[..3] == key[..])?;
        Some(self.ids[EMPLOYEE].get(row[EMPLOYEE]))
    }

    /// Account, role, product line and who holds them, in order.
    pub fn owners(&self) -> impl Iterator<Item = [&str; 4]> {
        self.rows.iter().map(|row| self.texts(row))
    }

    pub(super) fn texts(&self, row: &Row) -> [&str; 4] {
        std::array::from_fn(|column| self.ids[column].get(row[column]))
    }

    /// Leaves out whatever is not wanted: account, role, product line.
    pub fn retain(&mut self, wanted: impl Fn([&str; 3]) -> bool) {
        let ids = &self.ids;
        self.rows.retain(|row| wanted(std::array::from_fn(|column| ids[column].get(row[column]))));
    }

    /// The name of an account by its number.
    pub(super) fn account_name(&self, number: u32) -> Option<&str> {
        self.accounts.get(number)
    }

    /// The name of an employee who holds something.
    pub fn employee_name(&self, id: &str) -> Option<&str> {
        self.employees.get(self.ids[EMPLOYEE].find(id)?)
    }
}

/// Names by the number of what has them.
#[derive(Debug, Clone, Default)]
struct Names {
    texts: Texts,
    of: Vec<u32>,
}

impl Names {
    fn get(&self, number: u32) -> Option<&str> {
        let name = *self.of.get(number as usize)?;
        (name != NONE).then(|| self.texts.get(name))
    }

    /// The last name that is said counts.
    fn say(&mut self, number: u32, name: &str) {
        let number = number as usize;
        if self.of.len() <= number {
            self.of.resize(number + 1, NONE);
        }
        self.of[number] = self.texts.push(name);
    }

    fn renumber(&mut self, places: &[u32]) {
        let mut of = vec![NONE; places.len()];
        self.of.iter().zip(places).for_each(|(name, place)| of[*place as usize] = *name);
        self.of = of;
    }
}

/// A side that is being read. Owners come first: whatever holds nothing needs no name.
#[derive(Debug, Default)]
pub struct SideBuilder {
    ids: [Numbering; 4],
    rows: Vec<Row>,
    accounts: Names,
    employees: Names,
    measures: Option<(Vec<u32>, Measures)>,
}

impl SideBuilder {
    /// Account, role, product line (empty where there is none) and who holds them. Of rows for the same the last counts.
    pub fn own(&mut self, row: [&str; 4]) {
        let mut texts = row.into_iter();
        self.rows.push(self.ids.each_mut().map(|ids| ids.number(texts.next().unwrap_or_default())));
    }

    /// An account, and its name where it has one.
    pub fn account(&mut self, id: &str, name: Option<&str>) {
        if let Some(number) = self.ids[ACCOUNT].find(id) {
            self.accounts.say(number, name.unwrap_or(id));
        }
    }

    /// An employee, and the name where there is one.
    pub fn employee(&mut self, id: &str, name: Option<&str>) {
        if let Some(number) = self.ids[EMPLOYEE].find(id) {
            self.employees.say(number, name.unwrap_or(id));
        }
    }

    /// What each account adds up to.
    pub fn measure<'a>(&mut self, accounts: impl Iterator<Item = &'a str>, measures: Measures) {
        let numbers = accounts.map(|id| self.ids[ACCOUNT].find(id).unwrap_or(NONE)).collect();
        self.measures = Some((numbers, measures));
    }

    pub fn finish(self, title: String) -> Side {
        let SideBuilder { ids, mut rows, mut accounts, mut employees, mut measures } = self;
        let in_order = ids.map(Numbering::in_order);
        let places: [&[u32]; 4] = std::array::from_fn(|column| in_order[column].1.as_slice());
        rows.par_iter_mut().for_each(|row| *row = std::array::from_fn(|column| places[column][row[column] as usize]));
        rows.par_sort_by_key(|row| [row[0], row[1], row[2]]);
        rows.dedup_by(|next, kept| {
            let same = next[..3] == kept[..3];
            if same {
                *kept = *next;
            }
            same
        });
        accounts.renumber(places[ACCOUNT]);
        employees.renumber(places[EMPLOYEE]);
        if let Some((numbers, _)) = &mut measures {
            let known = numbers.iter_mut().filter(|number| **number != NONE);
            known.for_each(|number| *number = places[ACCOUNT][*number as usize]);
        }
        Side { title, ids: in_order.map(|(texts, _)| texts), rows, accounts, employees, measures }
    }
}
