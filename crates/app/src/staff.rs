//! The employees as the planner sees them: who is at work, where, with which skills.
//!
//! Columns with a meaning beside DESIGN 3's: `active` (false: never assigned), `start_date` and `end_date` (assigned only
//! from the one and before the other), `fte` (share of a full job, 1 when absent: shares of a balanced measure follow
//! it), `languages` (read like skills). Nothing is ever promised to the inactive.

use bailiwick_data::Table;
use bailiwick_domain::finding::Finding;
use bailiwick_domain::policy::document::Company;
use bailiwick_domain::skill::{Skill, parse_skills};
use bailiwick_engine::Point;
use jiff::civil::Date;
use rustc_hash::FxHashMap;

use crate::error::AppError;

pub struct Staff {
    pub table: Table,
    pub ids: Vec<String>,
    pub names: Vec<String>,
    pub positions: Vec<String>,
    pub departments: Vec<String>,
    pub homes: Vec<Option<Point>>,
    pub skills: Vec<Vec<Skill>>,
    pub at_work: Vec<bool>,
    pub fte: Vec<f64>,
    /// Share of a full load that joiners bear; see `ramp_up` of the policy.
    pub ramp: Vec<f64>,
    starts: Vec<Option<Date>>,
    pub findings: Vec<Finding>,
    rows: FxHashMap<String, usize>,
}

impl Staff {
    pub fn of(table: &Table, on: Date) -> Result<Staff, AppError> {
        let texts = |column: &str| table.texts_if_any(column);
        let numbers = |column: &str| table.numbers_if_any(column);
        let or_empty = |values: Vec<Option<String>>| values.into_iter().map(Option::unwrap_or_default).collect();
        let ids: Vec<String> = or_empty(texts("employee_id")?);
        let names = texts("name")?.into_iter().zip(&ids).map(|(name, id)| name.unwrap_or_else(|| id.clone())).collect();
        let homes = numbers("longitude")?
            .into_iter()
            .zip(numbers("latitude")?)
            .map(|(x, y)| Some(Point { x: x?, y: y? }))
            .collect();
        let mut findings = vec![];
        let skills = read_skills(&ids, texts("skills")?, texts("languages")?, &mut findings);
        let starts = read_dates(&ids, "start_date", texts("start_date")?, &mut findings);
        let ends = read_dates(&ids, "end_date", texts("end_date")?, &mut findings);
        let at_work = at_work(on, texts("active")?, &starts, ends);
        let fte = numbers("fte")?.into_iter().map(|share| share.filter(|s| *s > 0.0).unwrap_or(1.0)).collect();
        Ok(Staff {
            table: table.clone(),
            rows: ids.iter().enumerate().rev().map(|(row, id)| (id.clone(), row)).collect(),
            names,
            positions: or_empty(texts("position")?),
            departments: or_empty(texts("department")?),
            homes,
            skills,
            at_work,
            fte,
            ramp: vec![1.0; ids.len()],
            starts,
            ids,
            findings,
        })
    }

    /// Somebody is not at work after all.
    pub fn is_away(&mut self, id: &str) {
        if let Some(row) = self.index_of(id) {
            self.at_work[row] = false;
        }
    }

    /// Lets joiners begin with less: their share of balanced measures and their capacities grow with the months.
    #[must_use]
    pub fn ramped(mut self, company: &Company, on: Date) -> Staff {
        if company.ramp_up.is_empty() {
            return self;
        }
        for (row, start) in self.starts.iter().enumerate() {
            let share = start.map_or(1.0, |start| company.share_of_joiner(start, on));
            self.ramp[row] = share;
            self.fte[row] *= share;
        }
        self
    }

    pub fn len(&self) -> usize {
        self.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Where an employee lives, if known; a vacancy lives nowhere.
    pub fn home(&self, employee: u32) -> Option<Point> {
        self.homes.get(employee as usize).copied().flatten()
    }

    /// Share of a full job; a vacancy is a full one.
    pub fn share(&self, employee: u32) -> f64 {
        self.fte.get(employee as usize).copied().unwrap_or(1.0)
    }

    /// The level at which an employee holds a skill or language; 0 when not at all. Case does not matter. A vacancy is
    /// filled with whoever is needed.
    pub fn level(&self, employee: usize, skill: &str) -> f64 {
        let Some(skills) = self.skills.get(employee) else { return f64::INFINITY };
        let held = skills
            .iter()
            .filter(|held| held.name.eq_ignore_ascii_case(skill) || held.name.to_lowercase() == skill.to_lowercase());
        held.map(|held| held.level).fold(0.0, f64::max)
    }

    pub fn index_of(&self, id: &str) -> Option<usize> {
        self.rows.get(id).copied()
    }
}

fn read_skills(
    ids: &[String],
    skills: Vec<Option<String>>,
    languages: Vec<Option<String>>,
    findings: &mut Vec<Finding>,
) -> Vec<Vec<Skill>> {
    let mut all = vec![];
    for ((id, skills), languages) in ids.iter().zip(skills).zip(languages) {
        let mut held = vec![];
        for text in [skills, languages].into_iter().flatten() {
            match parse_skills(&text) {
                Ok(mut parsed) => held.append(&mut parsed),
                Err(error) => {
                    findings.push(Finding::error("skill-form", format!("employee {id}: {error}"), "mend the cell"));
                }
            }
        }
        all.push(held);
    }
    all
}

/// Dates of a column; a cell that holds none is a finding, for whoever it is about might be assigned too early or too late.
fn read_dates(
    ids: &[String],
    column: &str,
    texts: Vec<Option<String>>,
    findings: &mut Vec<Finding>,
) -> Vec<Option<Date>> {
    let mut read = |(id, text): (&String, Option<String>)| {
        let text = text.filter(|text| !text.trim().is_empty())?;
        let date = text.get(..10).unwrap_or(&text).parse().ok();
        if date.is_none() {
            let message = format!("employee {id}: {column} = \"{text}\" is no date");
            findings.push(Finding::error(
                "date-form",
                message,
                "write it as 2026-01-31, or say date_format in the source",
            ));
        }
        date
    };
    ids.iter().zip(texts).map(&mut read).collect()
}

fn at_work(on: Date, active: Vec<Option<String>>, start: &[Option<Date>], end: Vec<Option<Date>>) -> Vec<bool> {
    active
        .into_iter()
        .zip(start)
        .zip(end)
        .map(|((active, start), end)| {
            let inactive =
                active.is_some_and(|text| matches!(text.to_lowercase().as_str(), "false" | "0" | "no" | "не"));
            !inactive && start.is_none_or(|start| start <= on) && end.is_none_or(|end| on < end)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use bailiwick_data::ColumnInfo;
    use bailiwick_domain::policy::Policy;
    use bailiwick_domain::policy::document::ColumnType;
    use serde_json::json;

    use super::*;

    #[test]
    fn joiners_bear_a_growing_share_of_their_own() {
        let text = "[company]\nramp_up = [0.25, 0.5]\n[sources.accounts]\nfile = \"a.csv\"\n[sources.employees]\n\
                    file = \"e.csv\"\n[[coverage]]\nrole = \"seller\"\ndivide = { to = \"Ann\" }\n";
        let policy = Policy::parse(text, "bailiwick.toml").unwrap();
        let columns =
            [("employee_id", ColumnType::Text), ("start_date", ColumnType::Text), ("fte", ColumnType::Number)];
        let columns = columns.map(|(name, kind)| ColumnInfo { name: name.to_owned(), kind });
        let rows = [
            json!({"employee_id": "old", "start_date": "2020-01-01", "fte": 1.0}),
            json!({"employee_id": "half", "start_date": "2026-02-15", "fte": 0.5}),
            json!({"employee_id": "new", "start_date": "2026-03-01", "fte": null}),
            json!({"employee_id": "unsaid", "start_date": null, "fte": null}),
        ];
        let rows = rows.map(|row| row.as_object().unwrap().clone());
        let table = Table::from_rows(&columns, &rows).unwrap_or_else(|_| panic!("a table"));
        let on: Date = "2026-03-20".parse().unwrap();
        let staff = Staff::of(&table, on).unwrap().ramped(&policy.document.company, on);
        assert_eq!(staff.fte, [1.0, 0.25, 0.25, 1.0]);
        assert_eq!(staff.ramp, [1.0, 0.5, 0.25, 1.0]);
    }
}
