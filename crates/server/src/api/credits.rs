//! `GET /api/v1/credits`: the order lines behind a figure of contribution. `GET /api/v1/pay-periods`: the periods there are
//! orders in, and which of them are closed.

use axum::extract::State;
use bailiwick_app::credit::holdings;
use bailiwick_app::credit::listed::{Customers, Listed, Wanted, listed};
use bailiwick_app::credit::trace::Credit;
use bailiwick_app::pay;
use bailiwick_domain::access::Operation;
use bailiwick_domain::period::PeriodLength;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::statements::{only, open};
use super::{parsed, rows};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Query};
use crate::problem::{Problem, ProblemBody};

/// All that is given has to fit.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// The first day as 2026-01-01; that of the first order when absent.
    from: Option<String>,
    /// The last day; that of the last order when absent.
    to: Option<String>,
    /// Employee id.
    employee: Option<String>,
    /// A manager's id: of everybody below, and of their own.
    team: Option<String>,
    /// Only what is nobody's.
    #[serde(default)]
    nobody: bool,
    role: Option<String>,
    segment: Option<String>,
    stage: Option<String>,
    product_line: Option<String>,
    territory: Option<String>,
    /// Account id.
    account: Option<String>,
    /// Order id.
    order: Option<String>,
    /// `new` or `kept`, as contribution tells them apart.
    customers: Option<String>,
    /// Only those beside the hundred percent, or only the shared ones.
    overlay: Option<bool>,
    /// `next` of the page before.
    after: Option<u32>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
pub struct CreditRow {
    #[serde(flatten)]
    credit: Credit,
    account_name: String,
    /// Empty: nobody's.
    employee_name: String,
}

#[derive(Serialize, ToSchema)]
pub struct Credits {
    /// All amounts are in it.
    currency: String,
    #[schema(format = Date)]
    from: String,
    #[schema(format = Date)]
    to: String,
    /// Shared credits of all that fits: a decimal.
    amount: String,
    /// Credits beside them: a decimal.
    overlay: String,
    /// How many fit.
    total: usize,
    /// The newest first.
    credits: Vec<CreditRow>,
    /// Where the next page begins; null on the last.
    next: Option<u32>,
}

fn customers(text: &str) -> Result<Customers, Problem> {
    match text {
        "new" => Ok(Customers::New),
        "kept" => Ok(Customers::Kept),
        other => Err(Problem::wrong(format!("customers = {other:?} is not possible"), "give new or kept")),
    }
}

/// Credits one by one, of whoever the caller sees: what a figure of contribution is made of.
#[utoipa::path(get, path = "/api/v1/credits", params(Asked), tag = "pay",
    responses((status = 200, body = Credits), (status = "4XX", body = ProblemBody)))]
pub async fn list(
    State(serving): State<Serving>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Json<Credits>, Problem> {
    let within = caller.within(Operation::ReadPay)?;
    let remedy = "write a day as 2026-03-01";
    let (after, limit) = (asked.after.unwrap_or(0), rows(asked.limit)?);
    let wanted = Wanted {
        from: parsed("from", asked.from.as_deref(), remedy)?,
        to: parsed("to", asked.to.as_deref(), remedy)?,
        employee: asked.employee,
        team: asked.team,
        nobody: asked.nobody,
        role: asked.role,
        segment: asked.segment,
        stage: asked.stage,
        product_line: asked.product_line,
        territory: asked.territory,
        account: asked.account,
        order: asked.order,
        customers: asked.customers.as_deref().map(customers).transpose()?,
        overlay: asked.overlay,
        only: only(&serving, within).await?,
    };
    let project = open(&serving).await?;
    let held = holdings::of_ledger(&serving.ledger).await?;
    let booked = pay::booked(&serving.ledger).await?;
    let found = listed(&project, held, &booked.by_hand, &wanted, (after as usize, limit as usize))?;
    Ok(Json(told(found, after)))
}

fn told(found: Listed, after: u32) -> Credits {
    let until = after.saturating_add(found.credits.len() as u32);
    let row = |one: bailiwick_app::credit::listed::Named| CreditRow {
        credit: one.credit,
        account_name: one.account_name,
        employee_name: one.employee_name,
    };
    Credits {
        currency: found.currency,
        from: found.from.to_string(),
        to: found.to.to_string(),
        amount: found.amount.to_string(),
        overlay: found.overlay.to_string(),
        total: found.total,
        next: ((until as usize) < found.total).then_some(until),
        credits: found.credits.into_iter().map(row).collect(),
    }
}

#[derive(Serialize, ToSchema)]
pub struct PayPeriod {
    /// As 2026-Q1.
    period: String,
    #[schema(format = Date)]
    from: String,
    #[schema(format = Date)]
    to: String,
    /// It does not change any more.
    closed: bool,
    /// It is over, and the one that is closed next.
    closes_next: bool,
}

#[derive(Serialize, ToSchema)]
pub struct PayPeriods {
    /// By which pay is due.
    length: PeriodLength,
    /// The newest first, from that of the last order to that of the first.
    periods: Vec<PayPeriod>,
}

/// The periods in which pay is due, by the project's policy and orders.
#[utoipa::path(get, path = "/api/v1/pay-periods", tag = "pay",
    responses((status = 200, body = PayPeriods), (status = "4XX", body = ProblemBody)))]
pub async fn periods(State(serving): State<Serving>, caller: Caller) -> Result<Json<PayPeriods>, Problem> {
    caller.within(Operation::ReadPay)?;
    let project = open(&serving).await?;
    let found = pay::periods(&serving.ledger, &project, serving.now()).await?;
    let periods = found.periods.into_iter().rev().map(|one| PayPeriod {
        period: one.period.to_string(),
        from: one.period.first().to_string(),
        to: one.period.last().to_string(),
        closed: one.closed,
        closes_next: one.closes_next,
    });
    Ok(Json(PayPeriods { length: found.length, periods: periods.collect() }))
}
