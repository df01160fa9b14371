//! What one employee more, or less, would change in a pool: sales, contribution, cost.
//!
//! The curve of [`Response`] is scaled so that present staff brings present sales.

use bailiwick_domain::policy::document::RoleSizing;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::estimate::{Source, elasticity};
use super::response::Response;
use super::{PoolSizing, Scope, account_values};
use crate::error::AppError;
use crate::plan::solve::Solver;
use crate::pool::Pool;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = SizingProfit)]
pub struct Profit {
    pub elasticity: f64,
    #[serde(flatten)]
    pub source: Source,
    /// Share of sales that is left before the cost of the employee.
    pub margin: f64,
    /// Of a full-time employee a year.
    pub cost: f64,
    /// Around the present staff.
    pub steps: Vec<Step>,
    /// The number of employees with the highest profit.
    pub best: Step,
}

/// A number of employees, and what it would bring a year.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = SizingStep)]
pub struct Step {
    /// Against the present: −1 is one employee less.
    pub change: i64,
    /// Full-time employees.
    pub employees: f64,
    pub sales: f64,
    pub profit: f64,
    /// What the last of them brings: this profit less that of one employee fewer.
    pub marginal: f64,
}

/// Absent where sales, margin or cost are not stated, or nobody serves the pool yet.
pub fn profit(
    solver: &Solver,
    pool: &Pool,
    role: &RoleSizing,
    wanted: &[f64],
    available: &[f64],
    sizing: &PoolSizing,
    scope: Scope,
) -> Result<Option<Profit>, AppError> {
    let Some(ground) = Ground::of(solver, pool, role, sizing)? else { return Ok(None) };
    let holdings = holdings(solver, pool, wanted, available, &ground.sales);
    let (elasticity, source) = elasticity(role.elasticity, &holdings);
    let curve = ground.curve(elasticity, wanted, sizing);
    let (steps, best) = curve.steps(sizing.needed, i64::from(scope.around));
    Ok(Some(Profit { elasticity, source, margin: ground.margin, cost: ground.cost, steps, best }))
}

/// What a pool brings and costs, where the policy says so.
pub(crate) struct Ground {
    sales: Vec<f64>,
    pub margin: f64,
    pub cost: f64,
}

impl Ground {
    /// Absent where sales, margin or cost are not stated, or nobody serves the pool.
    pub fn of(
        solver: &Solver,
        pool: &Pool,
        role: &RoleSizing,
        sizing: &PoolSizing,
    ) -> Result<Option<Ground>, AppError> {
        let (Some(sales), Some(margin), Some(cost)) = (&role.sales, role.margin, role.cost) else { return Ok(None) };
        let sales = account_values(solver, sales)?;
        let sales: Vec<f64> = pool.accounts.iter().map(|account| sales[*account as usize]).collect();
        let bare = sizing.present <= 0.0 || sales.iter().sum::<f64>() <= 0.0;
        Ok((!bare).then_some(Ground { sales, margin, cost }))
    }

    fn response(&self, elasticity: f64, wanted: &[f64]) -> Response {
        Response::of(elasticity, wanted.iter().copied().zip(self.sales.iter().copied()))
    }

    /// Scaled so that present staff brings present sales.
    fn curve(&self, elasticity: f64, wanted: &[f64], sizing: &PoolSizing) -> Curve {
        let response = self.response(elasticity, wanted);
        let scale = self.sales.iter().sum::<f64>() / response.sales_at(sizing.hours_available);
        let (present, hours_each) = (sizing.present, sizing.hours_each);
        Curve { response, scale, margin: self.margin, cost: self.cost, present, hours_each }
    }

    /// What full service brings, to what the response curve says of as many hours as there are.
    pub fn scale(&self, elasticity: f64, wanted: &[f64], sizing: &PoolSizing) -> f64 {
        self.curve(elasticity, wanted, sizing).scale
    }

    /// Sales and profit a year of the hours that there are, by the scale of another pool.
    pub fn brings(&self, elasticity: f64, scale: f64, wanted: &[f64], sizing: &PoolSizing) -> (f64, f64) {
        let sales = scale * self.response(elasticity, wanted).sales_at(sizing.hours_available);
        (sales, self.margin * sales - self.cost * sizing.present)
    }
}

/// Hours had, hours wanted and sales of each of the pool's people, by whom they hold today.
fn holdings(
    solver: &Solver,
    pool: &Pool,
    wanted: &[f64],
    available: &[f64],
    sales: &[f64],
) -> Vec<super::estimate::Holding> {
    let holders = solver.present.holders(&pool.role, pool.product_line.as_deref(), &pool.accounts);
    let mut holdings: Vec<_> = available.iter().map(|hours| (*hours, 0.0, 0.0)).collect();
    for (position, holder) in holders.iter().enumerate() {
        let of_staff = holder.and_then(|holder| pool.staff.iter().position(|employee| *employee == holder));
        if let Some(index) = of_staff {
            holdings[index].1 += wanted[position];
            holdings[index].2 += sales[position];
        }
    }
    holdings
}

/// Profit by the number of employees.
struct Curve {
    response: Response,
    scale: f64,
    margin: f64,
    cost: f64,
    present: f64,
    hours_each: f64,
}

impl Curve {
    /// Steps around the present, and the best of all: where the last employee still earns more than the cost. Sales are
    /// concave in staff, so there is one best number; nobody is worth having beyond what all accounts want.
    fn steps(&self, needed: f64, around: i64) -> (Vec<Step>, Step) {
        let least = -(self.present.ceil() as i64 - 1);
        let most = (needed - self.present).ceil().max(0.0) as i64;
        let steps = (-around..=around).filter(|change| *change >= least).map(|change| self.step(change)).collect();
        let best = (least..=most).map(|change| self.step(change)).max_by(|a, b| a.profit.total_cmp(&b.profit));
        (steps, best.unwrap_or_else(|| self.step(0)))
    }

    fn step(&self, change: i64) -> Step {
        let employees = self.present + change as f64;
        let sales = self.sales(employees);
        let profit = |employees: f64| self.margin * self.sales(employees) - self.cost * employees;
        let fewer = (employees - 1.0).max(0.0);
        Step { change, employees, sales, profit: profit(employees), marginal: profit(employees) - profit(fewer) }
    }

    fn sales(&self, employees: f64) -> f64 {
        self.scale * self.response.sales_at(employees * self.hours_each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of docs/guide/sizing.md.
    #[test]
    fn the_guide_is_right() {
        let response = Response::of(0.5, [(400.0, 160_000.0), (300.0, 60_000.0), (1300.0, 130_000.0)]);
        let scale = 350_000.0 / response.sales_at(800.0);
        let curve = Curve { response, scale, margin: 0.5, cost: 40_000.0, present: 1.0, hours_each: 800.0 };
        let (steps, best) = curve.steps(2.5, 2);
        let rounded: Vec<_> = steps
            .iter()
            .map(|step| (step.change, step.employees, step.sales.round(), step.profit.round(), step.marginal.round()))
            .collect();
        assert_eq!(
            rounded,
            [
                (0, 1.0, 350_000.0, 135_000.0, 135_000.0),
                (1, 2.0, 441_763.0, 140_881.0, 5_881.0),
                (2, 3.0, 471_154.0, 115_577.0, -25_304.0),
            ]
        );
        assert_eq!(best.change, 1);
    }
}
