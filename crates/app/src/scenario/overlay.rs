//! A scenario laid over a policy and its sources: a project like any other, in memory alone.

use bailiwick_data::{Expression, Table};
use bailiwick_domain::finding::{Finding, Place, suggest};
use bailiwick_domain::policy::document::{ColumnType, Text};
use bailiwick_domain::policy::scenario::{Joiner, MoreAccounts, Scenario, Value};
use rustc_hash::FxHashSet;

use crate::error::AppError;
use crate::project::Project;

/// What came to be there as well.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Added {
    pub accounts: usize,
    /// Their ids.
    pub joiners: Vec<String>,
}

/// # Errors
/// [`AppError::Refused`] with all that is wrong with the scenario over this policy and these sources.
pub fn over(project: &Project, scenario: &Scenario) -> Result<(Project, Added), AppError> {
    let policy = scenario.policy_over(&project.policy).map_err(|findings| refuse(project, findings))?;
    let mut layer = Layer { scenario, findings: vec![] };
    let mut added = Added::default();
    let mut snapshot = project.snapshot.clone();
    let ids = snapshot.employees.texts_if_any("employee_id")?;
    let known: Vec<&str> = ids.iter().flatten().map(String::as_str).collect();
    for leaver in scenario.document.leavers.iter().filter(|id| !known.contains(&id.get_ref().as_str())) {
        let message = format!("there is no employee \"{}\" who could leave", leaver.get_ref());
        layer.complain(scenario.place(leaver), message, suggest(leaver.get_ref(), known.iter().copied()));
    }
    snapshot.employees = gone(&snapshot.employees, &ids, scenario)?;
    let mut employees = snapshot.employees.clone();
    for joiner in &scenario.document.joiners {
        if let Some(more) = layer.joiners(&snapshot.employees, &ids, joiner, &mut added)? {
            employees = layer.append(&employees, &more, &joiner.like)?;
        }
    }
    snapshot.employees = begun(&employees, &added)?;
    let mut accounts = snapshot.accounts.clone();
    for more in &scenario.document.accounts {
        if let Some(rows) = layer.accounts(&snapshot.accounts, more, &mut added)? {
            accounts = layer.append(&accounts, &rows, &more.like)?;
        }
    }
    snapshot.accounts = accounts;
    if !layer.findings.is_empty() {
        return Err(refuse(project, layer.findings));
    }
    Ok((Project { policy, base: project.base.clone(), snapshot }, added))
}

fn refuse(project: &Project, findings: Vec<Finding>) -> AppError {
    AppError::Refused { findings, policy_text: project.policy.text.clone() }
}

/// Leavers are not at work.
fn gone(employees: &Table, ids: &[Option<String>], scenario: &Scenario) -> Result<Table, AppError> {
    let leavers: FxHashSet<&str> = scenario.document.leavers.iter().map(|id| id.get_ref().as_str()).collect();
    if leavers.is_empty() {
        return Ok(employees.clone());
    }
    let active = employees.texts_if_any("active")?;
    let active = active.into_iter().zip(ids).map(|(active, id)| {
        if id.as_deref().is_some_and(|id| leavers.contains(id)) { Some(String::from("false")) } else { active }
    });
    Ok(employees.with_texts("active", active.collect()))
}

/// Joiners are at work, and have been for long enough to bear a full load.
fn begun(employees: &Table, added: &Added) -> Result<Table, AppError> {
    let mut table = employees.clone();
    let ids = table.texts_if_any("employee_id")?;
    let is_new = |id: &Option<String>| id.as_ref().is_some_and(|id| added.joiners.contains(id));
    for column in ["start_date", "end_date", "active"].into_iter().filter(|column| employees.has(column)) {
        let values = table.texts(column)?;
        let values = values.into_iter().zip(&ids).map(|(value, id)| if is_new(id) { None } else { value });
        table = table.with_texts(column, values.collect());
    }
    Ok(table)
}

struct Layer<'a> {
    scenario: &'a Scenario,
    findings: Vec<Finding>,
}

impl Layer<'_> {
    fn complain(&mut self, place: Place, message: String, remedy: String) {
        self.findings.push(Finding::error("scenario-source", message, remedy).at(place));
    }

    fn append(&mut self, table: &Table, more: &Table, beside: &Text) -> Result<Table, AppError> {
        match table.followed_by(more) {
            Ok(both) => Ok(both),
            Err(error) => {
                let remedy = error.remedy().map_or_else(|| String::from("correct what is set"), str::to_owned);
                self.complain(self.scenario.place(beside), error.to_string(), remedy);
                Ok(table.clone())
            }
        }
    }

    /// As many copies of the one they are like as are asked for.
    fn joiners(
        &mut self,
        employees: &Table,
        ids: &[Option<String>],
        joiner: &Joiner,
        added: &mut Added,
    ) -> Result<Option<Table>, AppError> {
        let wanted = joiner.like.get_ref();
        let Some(row) = ids.iter().position(|id| id.as_ref() == Some(wanted)) else {
            let known = ids.iter().flatten().map(String::as_str);
            let (message, remedy) = (format!("there is no employee \"{wanted}\" to be like"), suggest(wanted, known));
            self.complain(self.scenario.place(&joiner.like), message, remedy);
            return Ok(None);
        };
        let count = joiner.count.as_ref().map_or(1, |count| *count.get_ref() as usize);
        let mut rows = employees.select(&vec![row as u32; count]);
        let taken: FxHashSet<&str> = ids.iter().flatten().map(String::as_str).collect();
        let mut fresh = vec![];
        let mut number = 1;
        while fresh.len() < count {
            let id = format!("NEW-{number}");
            number += 1;
            if !taken.contains(id.as_str()) && !added.joiners.contains(&id) {
                fresh.push(id);
            }
        }
        rows = rows.with_texts("employee_id", fresh.iter().cloned().map(Some).collect());
        if rows.has("name") {
            rows = rows.with_texts("name", fresh.iter().cloned().map(Some).collect());
        }
        for (column, value) in &joiner.set {
            let name = column.get_ref();
            if name == "employee_id" || !employees.has(name) {
                let message = format!("\"{name}\" is no column of the employees that could be set");
                let known: Vec<String> = employees.columns().into_iter().map(|column| column.name).collect();
                self.complain(self.scenario.place(column), message, suggest(name, known.iter().map(String::as_str)));
                continue;
            }
            rows = match value {
                Value::Number(number) => rows.with_numbers(name, vec![Some(*number); count]),
                Value::Text(text) => rows.with_texts(name, vec![Some(text.clone()); count]),
            };
        }
        added.joiners.extend(fresh);
        Ok(Some(rows))
    }

    /// Copies of accounts, taken evenly from those that are alike, each a company of its own.
    fn accounts(
        &mut self,
        accounts: &Table,
        more: &MoreAccounts,
        added: &mut Added,
    ) -> Result<Option<Table>, AppError> {
        let Some(alike) = self.compiled(&more.like, accounts) else { return Ok(None) };
        if alike.kind() != ColumnType::Boolean {
            let message =
                format!("\"{}\" is not a condition: it gives a value, not true or false", more.like.get_ref());
            let remedy = String::from("compare it with something, as in region = 'Moscow'");
            self.complain(self.scenario.place(&more.like), message, remedy);
            return Ok(None);
        }
        let matches = alike.matches(accounts)?;
        let rows: Vec<u32> = (0..accounts.len() as u32).filter(|row| matches[*row as usize]).collect();
        if rows.is_empty() {
            let message = format!("no account meets \"{}\", so none can be like them", more.like.get_ref());
            self.complain(self.scenario.place(&more.like), message, String::from("correct the condition"));
            return Ok(None);
        }
        let count = match (&more.count, &more.share) {
            (Some(count), _) => *count.get_ref() as usize,
            (None, Some(share)) => ((rows.len() as f64 * share.get_ref()).round() as usize).max(1),
            (None, None) => 0,
        };
        let chosen: Vec<u32> = (0..count).map(|index| rows[index * rows.len() / count % rows.len()]).collect();
        let mut table = accounts.select(&chosen);
        // Computed from the accounts as they are, so that one does not act upon another.
        let alike = table.clone();
        for (column, text) in &more.set {
            let name = column.get_ref();
            if name == "account_id" || !accounts.has(name) {
                let message = format!("\"{name}\" is no column of the accounts that could be set");
                let known: Vec<String> = accounts.columns().into_iter().map(|column| column.name).collect();
                self.complain(self.scenario.place(column), message, suggest(name, known.iter().map(String::as_str)));
                continue;
            }
            let Some(expression) = self.compiled(text, &alike) else { continue };
            table = match expression.kind() {
                ColumnType::Number | ColumnType::Integer => table.with_numbers(name, expression.numbers(&alike)?),
                _ => table.with_texts(name, expression.texts(&alike)?),
            };
        }
        let taken: FxHashSet<String> = accounts.texts_if_any("account_id")?.into_iter().flatten().collect();
        let mut fresh = vec![];
        let mut number = added.accounts + 1;
        while fresh.len() < count {
            let id = format!("NEW-{number}");
            number += 1;
            if !taken.contains(&id) {
                fresh.push(Some(id));
            }
        }
        added.accounts = number - 1;
        table = table.with_texts("account_id", fresh);
        if table.has("parent_id") {
            table = table.with_texts("parent_id", vec![None; count]);
        }
        Ok(Some(table))
    }

    /// An expression of the scenario; what is wrong with it is noted at its place.
    fn compiled(&mut self, text: &Text, table: &Table) -> Option<Expression> {
        match Expression::compile(text.get_ref(), &table.columns()) {
            Ok(expression) => Some(expression),
            Err(error) => {
                let remedy =
                    error.remedy.clone().unwrap_or_else(|| String::from("write an SQL expression over the columns"));
                let finding = Finding::error("expression", error.message.clone(), remedy);
                self.findings.push(finding.at(self.scenario.place(text)));
                None
            }
        }
    }
}
