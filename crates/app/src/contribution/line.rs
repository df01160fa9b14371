//! Who reports to whom, and what people are called.

use std::collections::{BTreeMap, BTreeSet};

use bailiwick_data::Table;

use crate::error::AppError;

#[derive(Debug, Clone, Default)]
pub struct ReportingLine {
    names: BTreeMap<String, String>,
    manager: BTreeMap<String, String>,
    reports: BTreeMap<String, Vec<String>>,
}

impl ReportingLine {
    /// # Errors
    /// If the columns cannot be read.
    pub fn of(employees: &Table) -> Result<ReportingLine, AppError> {
        let mut line = ReportingLine::default();
        let texts = |column: &str| employees.texts_if_any(column);
        for ((id, name), manager) in texts("employee_id")?.into_iter().zip(texts("name")?).zip(texts("manager_id")?) {
            let Some(id) = id else { continue };
            if let Some(manager) = manager.filter(|manager| !manager.is_empty() && *manager != id) {
                line.reports.entry(manager.clone()).or_default().push(id.clone());
                line.manager.insert(id.clone(), manager);
            }
            line.names.insert(id.clone(), name.filter(|name| !name.is_empty()).unwrap_or(id));
        }
        Ok(line)
    }

    /// The name, or the id where none is known.
    pub fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.names.get(id).map_or(id, String::as_str)
    }

    pub fn manager(&self, id: &str) -> Option<&str> {
        self.manager.get(id).map(String::as_str)
    }

    pub fn managers(&self) -> Vec<String> {
        self.reports.keys().filter(|id| self.names.contains_key(*id)).cloned().collect()
    }

    /// Somebody and everybody below; a line that runs in a circle ends.
    pub fn below(&self, id: &str) -> BTreeSet<&str> {
        let mut found = BTreeSet::new();
        let own = self.names.get_key_value(id).map(|(id, _)| id.as_str());
        let mut front: Vec<&str> = own.into_iter().collect();
        while let Some(next) = front.pop() {
            if found.insert(next) {
                front.extend(self.reports.get(next).into_iter().flatten().map(String::as_str));
            }
        }
        found
    }

    /// All who report to the same manager, somebody among them; alone where there is no manager.
    pub fn team(&self, id: &str) -> BTreeSet<&str> {
        match self.manager(id).and_then(|manager| self.reports.get(manager)) {
            Some(team) => team.iter().map(String::as_str).collect(),
            None => self.names.get_key_value(id).map(|(id, _)| id.as_str()).into_iter().collect(),
        }
    }
}
