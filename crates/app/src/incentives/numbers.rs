//! Numbers of employees: constants as they are written, and expressions over employee columns.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::str::FromStr;

use bailiwick_domain::period::Period;
use bailiwick_domain::policy::document::Expression;
use jiff::civil::Date;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use crate::classify::{compile, data_finding};
use crate::error::AppError;
use crate::project::Project;

pub struct Numbers<'a> {
    project: &'a Project,
    rows: FxHashMap<String, usize>,
    starts: Vec<Option<Date>>,
    /// Expressions that were evaluated for everybody.
    known: RefCell<BTreeMap<String, Vec<Option<Decimal>>>>,
}

impl<'a> Numbers<'a> {
    /// # Errors
    /// If the employees cannot be read.
    pub fn read(project: &'a Project) -> Result<Numbers<'a>, AppError> {
        let table = &project.snapshot.employees;
        let ids = table.texts("employee_id")?;
        let rows = ids.into_iter().enumerate().filter_map(|(row, id)| Some((id?, row))).collect();
        Ok(Numbers { project, rows, starts: table.dates("start_date"), known: RefCell::default() })
    }

    /// A number of an employee; none where the expression gives none, or nobody is known.
    ///
    /// # Errors
    /// If the expression does not compile.
    pub fn of(&self, text: Option<&Expression>, employee: &str) -> Result<Option<Decimal>, AppError> {
        let Some(Expression(text)) = text else { return Ok(None) };
        if let Ok(constant) = Decimal::from_str(text.get_ref().trim()) {
            return Ok(Some(constant));
        }
        let Some(row) = self.rows.get(employee) else { return Ok(None) };
        if let Some(values) = self.known.borrow().get(text.get_ref()) {
            return Ok(values[*row]);
        }
        let (policy, table) = (&self.project.policy, &self.project.snapshot.employees);
        let refuse = |finding| AppError::refused(policy, vec![finding]);
        let expression = compile(policy, text, &table.columns()).map_err(refuse)?;
        let values = expression.numbers(table).map_err(|error| refuse(data_finding(policy, text, &error)))?;
        // The shortest text that reads back as the same number is what was written.
        let exact = |value: f64| Decimal::from_str(&value.to_string()).ok();
        let values: Vec<Option<Decimal>> = values.into_iter().map(|value| value.and_then(exact)).collect();
        let found = values[*row];
        self.known.borrow_mut().insert(text.get_ref().clone(), values);
        Ok(found)
    }

    /// The share of a full quota that somebody bears in a period: the mean over its days, 0 before their first.
    pub fn ramp(&self, employee: &str, period: Period) -> Decimal {
        let start = self.rows.get(employee).and_then(|row| self.starts[*row]);
        let Some(start) = start else { return Decimal::ONE };
        let company = &self.project.policy.document.company;
        let (mut day, mut sum, mut days) = (period.first(), Decimal::ZERO, 0u32);
        while day < period.end() {
            if start <= day {
                let share = company.share_of_joiner(start, day);
                sum += Decimal::from_str(&share.to_string()).unwrap_or(Decimal::ONE);
            }
            days += 1;
            let Ok(next) = day.tomorrow() else { break };
            day = next;
        }
        (sum / Decimal::from(days.max(1))).round_dp(6).normalize()
    }
}
