//! The assignments of a plan as they are applied: in the order of their keys, as numbers of texts that are kept once. Ten
//! million take a few gigabytes less than as [`NewAssignment`]s.

use std::collections::BTreeSet;

use bailiwick_domain::assignment::{AssignmentKey, NewAssignment};
use bailiwick_domain::numbering::{Numbering, Texts};
use jiff::civil::Date;

use crate::assignment::{Draft, Why, line, line_text};
use crate::error::StoreError;
use crate::record::id;

/// A key as the database sorts it: account, role, product line.
pub(crate) type Key<'a> = (&'a str, &'a str, &'a str);

/// Columns whose texts are many rows' and are kept once each; the first three are the key.
const COLUMNS: usize = 7;
const ACCOUNT: usize = 0;
const EMPLOYEE: usize = 3;
/// No territory.
const NONE: u32 = u32::MAX;

/// What is planned, as it is gathered.
#[derive(Debug, Default)]
pub struct PlannedBuilder {
    /// Account, role, product line, employee, segment, rule, chain of rules.
    texts: [Numbering; COLUMNS],
    territories: Numbering,
    reasons: Texts,
    rows: Vec<Row>,
}

#[derive(Debug, Clone, Copy)]
struct Row {
    texts: [u32; COLUMNS],
    territory: u32,
    reason: u32,
}

impl PlannedBuilder {
    pub fn add(&mut self, new: &NewAssignment) {
        let why = new.why.to_string();
        let row = [
            new.account.as_str(),
            new.role.as_str(),
            line_text(new.product_line.as_ref()),
            new.employee.as_str(),
            &new.segment,
            &new.rule,
            &why,
        ];
        let mut row = row.into_iter();
        self.rows.push(Row {
            texts: self.texts.each_mut().map(|texts| texts.number(row.next().unwrap_or_default())),
            territory: new.territory.as_deref().map_or(NONE, |name| self.territories.number(name)),
            reason: self.reasons.push(&new.reason),
        });
    }

    #[must_use]
    pub fn finish(self) -> Planned {
        let PlannedBuilder { texts, territories, reasons, mut rows } = self;
        let in_order = texts.map(Numbering::in_order);
        for row in &mut rows {
            for (number, (_, places)) in row.texts.iter_mut().zip(&in_order) {
                *number = places[*number as usize];
            }
        }
        // Stable, so that of two for the same key the one that came first is told as the first.
        rows.sort_by_key(|row| [row.texts[0], row.texts[1], row.texts[2]]);
        let (territories, places) = territories.in_order();
        for row in rows.iter_mut().filter(|row| row.territory != NONE) {
            row.territory = places[row.territory as usize];
        }
        Planned { texts: in_order.map(|(texts, _)| texts), territories, reasons, rows }
    }
}

/// What is planned, by account, role and product line.
#[derive(Debug, Default)]
pub struct Planned {
    texts: [Texts; COLUMNS],
    territories: Texts,
    reasons: Texts,
    rows: Vec<Row>,
}

impl<'a> FromIterator<&'a NewAssignment> for Planned {
    fn from_iter<I: IntoIterator<Item = &'a NewAssignment>>(all: I) -> Self {
        let mut planned = PlannedBuilder::default();
        all.into_iter().for_each(|new| planned.add(new));
        planned.finish()
    }
}

impl Planned {
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn text(&self, row: &Row, column: usize) -> &str {
        self.texts[column].get(row.texts[column])
    }

    /// Account, role and product line of a row.
    pub(crate) fn key(&self, row: usize) -> Key<'_> {
        let row = &self.rows[row];
        (self.text(row, ACCOUNT), self.text(row, 1), self.text(row, 2))
    }

    pub(crate) fn employee(&self, row: usize) -> &str {
        self.text(&self.rows[row], EMPLOYEE)
    }

    /// The accounts that somebody is assigned to, and whoever is assigned, by id.
    pub(crate) fn accounts(&self) -> &Texts {
        &self.texts[ACCOUNT]
    }

    pub(crate) fn employees(&self) -> &Texts {
        &self.texts[EMPLOYEE]
    }

    pub(crate) fn draft(&self, row: usize, from: Date, to: Option<Date>) -> Draft<'_> {
        let row = &self.rows[row];
        Draft {
            account: self.text(row, ACCOUNT),
            role: self.text(row, 1),
            line: self.text(row, 2),
            employee: self.text(row, EMPLOYEE),
            segment: self.text(row, 4),
            territory: (row.territory != NONE).then(|| self.territories.get(row.territory)),
            rule: self.text(row, 5),
            reason: self.reasons.get(row.reason),
            why: Why::Text(self.text(row, 6)),
            from,
            to,
        }
    }

    /// Refuses a row outside of what is decided, given as role and product line, and two rows for one key.
    pub(crate) fn examine(&self, inside: &BTreeSet<(&str, &str)>) -> Result<(), StoreError> {
        for row in 0..self.rows.len() {
            let (_, role, line) = self.key(row);
            if !inside.contains(&(role, line)) {
                return Err(StoreError::OutsideScope { key: Box::new(domain_key(self.key(row))?) });
            }
        }
        match self.rows.windows(2).position(|two| two[0].texts[..3] == two[1].texts[..3]) {
            Some(row) => Err(StoreError::TwoOwners {
                key: Box::new(domain_key(self.key(row))?),
                first: id(self.employee(row))?,
                second: id(self.employee(row + 1))?,
            }),
            None => Ok(()),
        }
    }
}

pub(crate) fn domain_key((account, role, product_line): Key<'_>) -> Result<AssignmentKey, StoreError> {
    Ok(AssignmentKey { account: id(account)?, role: id(role)?, product_line: line(product_line)? })
}
