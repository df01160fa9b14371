//! How many employees each role needs in each segment (SPEC 3.5), asked in two ways.
//!
//! **Workload**: the hours that the accounts want, divided by the hours an employee has for them (Talley, *How to design
//! sales territories*, Journal of Marketing 25(3), 1961). It says what the promised service costs, not whether it pays.
//! **Marginal profit**: what one employee more or less changes in sales, margin and cost (Semlow, *How many salesmen do you
//! need?*, Harvard Business Review 37(3), 1959; Zoltners & Sinha, *Sales territory design: thirty years of modeling and
//! implementation*, Marketing Science 24(3), 2005). Staff is added while the last one earns more than it costs.
//!
//! Where a pool is divided into territories, it is also drawn anew with one territory less and one more, so that the way
//! and the balance of each number are seen before anybody is hired.

mod estimate;
pub(crate) mod hours;
pub(crate) mod profit;
mod redraw;
mod response;

use bailiwick_domain::policy::document::{Expression, RoleSizing, Text};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use estimate::Source;
pub use profit::{Profit, Step};
pub use redraw::Redrawn;
pub use response::Response;

use crate::error::AppError;
use crate::plan::solve::Solver;
use crate::plan::{Ground, Request};
use crate::pool::Pool;
use crate::project::Project;

/// What a pool's accounts want, what its people have, and what it would bring to change that.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct PoolSizing {
    /// Index in the policy.
    #[serde(skip)]
    pub coverage: usize,
    pub segment: String,
    pub role: String,
    pub product_line: Option<String>,
    /// The condition that narrows the accounts further, as the policy has it: where they are.
    #[serde(default)]
    pub when: Option<String>,
    /// The condition that names who may serve.
    #[serde(default)]
    pub staff: Option<String>,
    pub accounts: usize,
    /// Hours a year that the accounts want.
    pub hours_wanted: f64,
    /// Hours a year that the pool's people have for them; whoever serves several pools divides their hours by what each
    /// pool wants of them.
    pub hours_available: f64,
    /// Hours a year that one full-time employee has for accounts.
    pub hours_each: f64,
    /// People who serve the pool, also beside others.
    pub employees: usize,
    /// `hours_available` in full-time employees.
    pub present: f64,
    /// `hours_wanted` in full-time employees.
    pub needed: f64,
    /// `hours_wanted / hours_available`; absent where nobody is there.
    pub utilisation: Option<f64>,
    /// Absent where the policy states no sales, margin or cost for the role.
    pub profit: Option<Profit>,
    /// The pool's territories with one less, as many as people, and one more.
    pub territories: Vec<Redrawn>,
}

impl PoolSizing {
    /// The number of employees that is best: by profit, or what the hours need where that is not known.
    pub fn best_count(&self) -> usize {
        let best = self.profit.as_ref().map_or(self.needed.ceil(), |profit| profit.best.employees.round());
        (best as usize).max(1)
    }

    /// `sales-specialist in VIP (hardware)`.
    pub fn title(&self) -> String {
        let line = self.product_line.as_ref().map(|line| format!(" ({line})")).unwrap_or_default();
        format!("{} in {}{line}", self.role, self.segment)
    }
}

/// How far around the present staff profit is computed, and whether territories are drawn anew.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scope {
    /// Employees less and more.
    pub around: u32,
    pub redraw: bool,
}

impl Default for Scope {
    fn default() -> Scope {
        Scope { around: 3, redraw: true }
    }
}

/// Sizes every pool whose accounts want a known number of hours.
pub fn size(project: &Project, request: &Request, scope: Scope) -> Result<Vec<PoolSizing>, AppError> {
    let (ground, pools) = Ground::prepare(project, request)?;
    let solver = Solver::new(project, request, &ground)?;
    let sized = size_pools(&solver, &pools, scope)?;
    if sized.is_empty() {
        return Err(AppError::Missing {
            message: String::from("it is not known how many hours any account wants"),
            remedy: String::from(
                "write [sizing.roles.ROLE] hours = \"an SQL expression over account columns\", or service = { \
                 contacts_per_year = …, hours_per_contact = … } in the segments",
            ),
        });
    }
    Ok(sized)
}

pub fn size_pools(solver: &Solver, pools: &[Pool], scope: Scope) -> Result<Vec<PoolSizing>, AppError> {
    let sizing = solver.policy.document.sizing.clone().unwrap_or_default();
    let staffs: Vec<Vec<u32>> = pools.iter().map(|pool| staff_of(solver, pool, pools)).collect::<Result<_, _>>()?;
    let wanted = hours::wanted(solver, &sizing, pools)?;
    let available = hours::available(solver, &sizing, &wanted, &staffs)?;
    let hours_each = sizing.hours_per_year * sizing.customer_share;
    let mut sized = vec![];
    for (index, pool) in pools.iter().enumerate() {
        let hours_wanted: f64 = wanted[index].iter().sum();
        if hours_wanted <= 0.0 {
            continue;
        }
        let hours_available: f64 = available[index].iter().sum();
        let coverage = pool.coverage(solver.policy);
        let text = |text: &Option<Text>| text.as_ref().map(|text| text.get_ref().clone());
        let mut of_pool = PoolSizing {
            coverage: pool.coverage,
            segment: pool.segment.clone(),
            role: pool.role.clone(),
            product_line: pool.product_line.clone(),
            when: text(&coverage.when),
            staff: text(&coverage.staff),
            accounts: pool.accounts.len(),
            hours_wanted,
            hours_available,
            hours_each,
            employees: staffs[index].len(),
            present: hours_available / hours_each,
            needed: hours_wanted / hours_each,
            utilisation: (hours_available > 0.0).then(|| hours_wanted / hours_available),
            profit: None,
            territories: vec![],
        };
        if let Some(role) = role_of(solver, pool) {
            let people = Pool { staff: staffs[index].clone(), ..pool.clone() };
            of_pool.profit = profit::profit(solver, &people, role, &wanted[index], &available[index], &of_pool, scope)?;
        }
        if let Some(territories) = pool.coverage(solver.policy).divide.territories.as_ref().filter(|_| scope.redraw) {
            of_pool.territories = redraw::redraw(solver, pool, territories)?;
        }
        sized.push(of_pool);
    }
    Ok(sized)
}

pub(crate) fn role_of<'a>(solver: &Solver<'a>, pool: &Pool) -> Option<&'a RoleSizing> {
    let sizing = solver.policy.document.sizing.as_ref()?;
    sizing.roles.iter().find(|(name, _)| *name.get_ref() == pool.role).map(|(_, role)| role)
}

/// Who serves a pool: one named person, those who serve what it follows, or its staff.
pub(crate) fn staff_of(solver: &Solver, pool: &Pool, pools: &[Pool]) -> Result<Vec<u32>, AppError> {
    let coverage = pool.coverage(solver.policy);
    if let Some(to) = &coverage.divide.to {
        return solver.named_person(pool, to);
    }
    let Some(followed) = coverage.divide.same_as.as_ref().filter(|_| coverage.staff.is_none()) else {
        return Ok(pool.staff.clone());
    };
    let role = if followed.get_ref() == "parent" { &pool.role } else { followed.get_ref() };
    let mut staff: Vec<u32> = vec![];
    for other in pools.iter().filter(|other| other.role == *role && other.coverage != pool.coverage) {
        staff.extend(match &other.coverage(solver.policy).divide.to {
            Some(to) => solver.named_person(other, to)?,
            None => other.staff.clone(),
        });
    }
    staff.sort_unstable();
    staff.dedup();
    Ok(staff)
}

/// One value an account of the whole table: of a measure by its name, or of an expression; nothing counts below 0.
pub(crate) fn account_values(solver: &Solver, text: &Expression) -> Result<Vec<f64>, AppError> {
    let values = match solver.measures.values.get(text.0.get_ref()) {
        Some(values) => values.clone(),
        None => solver.account_numbers(&text.0)?,
    };
    Ok(values.into_iter().map(|value| value.max(0.0)).collect())
}
