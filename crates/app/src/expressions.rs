//! Every expression of a policy, compiled against the columns there are, so that all mistakes are told at once and before
//! any work is done.

use bailiwick_data::ColumnInfo;
use bailiwick_domain::finding::{Finding, suggest};
use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::document::{Arrivals, ColumnType, Coverage, Text};

use crate::classify::{Classified, compile};
use crate::error::AppError;
use crate::staff::Staff;

/// Refuses a policy with an expression that does not compile. Principles, segments and measures are seen to by
/// [`crate::classify`] and [`crate::plan::measures`].
pub fn check_expressions(policy: &Policy, classified: &Classified, staff: &Staff) -> Result<(), AppError> {
    let mut checker = Checker {
        policy,
        accounts: classified.accounts.columns(),
        employees: staff.table.columns(),
        ids: &staff.ids,
        findings: vec![],
    };
    for (_, line) in &policy.document.product_lines {
        checker.condition(line.when.as_ref(), Of::Accounts);
    }
    for coverage in &policy.document.coverage {
        checker.coverage(coverage);
    }
    for demand in policy.document.skills.iter().flat_map(|skills| &skills.demands) {
        checker.condition(demand.when.as_ref(), Of::Accounts);
    }
    if let Some(skills) = &policy.document.skills {
        checker.value(skills.region.as_ref(), Of::Accounts);
        let is_measure = |text: &Text| policy.document.measures.keys().any(|name| name.get_ref() == text.get_ref());
        checker.value(skills.revenue.as_ref().map(|revenue| &revenue.0).filter(|text| !is_measure(text)), Of::Accounts);
    }
    for role in policy.document.sizing.iter().flat_map(|sizing| sizing.roles.values()) {
        for text in [&role.hours, &role.sales].into_iter().flatten() {
            if !policy.document.measures.keys().any(|measure| measure.get_ref() == text.0.get_ref()) {
                checker.value(Some(&text.0), Of::Accounts);
            }
        }
    }
    if checker.findings.is_empty() { Ok(()) } else { Err(AppError::refused(policy, checker.findings)) }
}

#[derive(Clone, Copy)]
enum Of {
    Accounts,
    Employees,
}

struct Checker<'a> {
    policy: &'a Policy,
    accounts: Vec<ColumnInfo>,
    employees: Vec<ColumnInfo>,
    ids: &'a [String],
    findings: Vec<Finding>,
}

impl Checker<'_> {
    fn coverage(&mut self, coverage: &Coverage) {
        self.condition(coverage.when.as_ref(), Of::Accounts);
        self.condition(coverage.staff.as_ref(), Of::Employees);
        let divide = &coverage.divide;
        if let Some(to) = divide.to.as_ref().filter(|to| !self.ids.contains(to.get_ref())) {
            self.named(to);
        }
        self.value(divide.by.as_ref(), Of::Accounts);
        self.value(divide.territories.as_ref().and_then(|territories| territories.unit.as_ref()), Of::Accounts);
        if let Some(drive) = divide.territories.as_ref().and_then(|territories| territories.drive.as_ref()) {
            self.value(Some(&drive.place), Of::Accounts);
            self.value(drive.home.as_ref(), Of::Employees);
        }
        self.value(divide.seat.as_ref(), Of::Employees);
        self.value(coverage.keep.as_ref().and_then(|keep| keep.price.as_ref()).map(|price| &price.0), Of::Accounts);
        for (_, limit) in coverage.capacities() {
            self.value(Some(limit), Of::Employees);
        }
        if let Some((_, weight)) = coverage.arrivals.as_ref().and_then(Arrivals::share) {
            self.value(weight, Of::Employees);
        }
        if let Some(fit) = &divide.fit {
            for name in fit.skills.iter().chain(&fit.must) {
                self.skill_column(coverage, name);
            }
        }
    }

    fn columns(&self, of: Of) -> &[ColumnInfo] {
        match of {
            Of::Accounts => &self.accounts,
            Of::Employees => &self.employees,
        }
    }

    fn value(&mut self, text: Option<&Text>, of: Of) {
        let Some(text) = text else { return };
        if let Err(finding) = compile(self.policy, text, self.columns(of)) {
            self.findings.push(finding);
        }
    }

    fn condition(&mut self, text: Option<&Text>, of: Of) {
        let Some(text) = text else { return };
        match compile(self.policy, text, self.columns(of)) {
            Ok(expression) if expression.kind() == ColumnType::Boolean => {}
            Ok(_) => self.findings.push(crate::classify::no_condition(self.policy, text)),
            Err(finding) => self.findings.push(finding),
        }
    }

    /// `to` names an employee, or is a condition that one meets.
    fn named(&mut self, to: &Text) {
        if to.get_ref().contains(['=', '\'', '<', '>', ' ', '(']) {
            return self.condition(Some(to), Of::Employees);
        }
        let message = format!("there is no employee \"{}\", and it is no condition over employees", to.get_ref());
        let remedy = suggest(to.get_ref(), self.ids.iter().map(String::as_str));
        self.findings.push(Finding::error("named-unknown", message, remedy).at(self.policy.place(to)));
    }

    fn skill_column(&mut self, coverage: &Coverage, name: &Text) {
        let line = name.get_ref() == "product_line" && coverage.product_line.is_some();
        if line || self.accounts.iter().any(|column| column.name == *name.get_ref()) {
            return;
        }
        let message =
            format!("fit asks for the skill in \"{}\", which is no account column and no principle", name.get_ref());
        let remedy = suggest(name.get_ref(), self.accounts.iter().map(|column| column.name.as_str()));
        self.findings.push(Finding::error("skill-column", message, remedy).at(self.policy.place(name)));
    }
}
