//! `/api/v1/contribution`, `/api/v1/statements`: who contributed how much, and what each earns for it, by the project's policy
//! and orders and this ledger's assignments. Everybody sees their own, managers their reporting line's.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use bailiwick_app::AppError;
use bailiwick_app::contribution::{Asked, Contribution, contribution};
use bailiwick_app::credit::holdings;
use bailiwick_app::incentives::scenario::Scenario;
use bailiwick_app::incentives::statement::{Money, Statement};
use bailiwick_app::incentives::{page, workbook};
use bailiwick_app::pay;
use bailiwick_app::project::Project;
use bailiwick_domain::access::{Operation, Relation};
use bailiwick_domain::id::EmployeeId;
use bailiwick_domain::period::Period;
use bailiwick_store::Within;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{parsed, required};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Days {
    /// The first day as 2026-01-01; that of the first order when absent.
    from: Option<String>,
    /// The last day; that of the last order when absent.
    to: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Form {
    /// `json`, `html` or `xlsx`; json when absent.
    format: Option<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = StatementSummary)]
pub struct Summary {
    /// Empty: what is nobody's.
    employee_id: String,
    name: String,
    /// As 2026-Q1.
    period: String,
    /// It does not change any more.
    closed: bool,
    /// What is paid, a currency each.
    pay: Vec<Money>,
    /// Credits of the period: a decimal in the company's currency.
    credited: String,
    /// The names of the incentive plans.
    plans: Vec<String>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = StatementSummaries)]
pub struct Summaries {
    statements: Vec<Summary>,
}

impl From<&Statement> for Summary {
    fn from(one: &Statement) -> Summary {
        Summary {
            employee_id: one.employee.clone(),
            name: one.name.clone(),
            period: one.period.to_string(),
            closed: one.closed,
            pay: one.pay.clone(),
            credited: one.credited().to_string(),
            plans: one.plans.iter().map(|plan| plan.plan.clone()).collect(),
        }
    }
}

/// The project that the service was started with.
pub(super) async fn open(serving: &Serving) -> Result<Arc<Project>, Problem> {
    let Some(of) = serving.settings.project.as_deref() else {
        return Err(Problem::from(AppError::Missing {
            message: String::from("the service has no project with orders"),
            remedy: String::from("start it with --project DIR"),
        }));
    };
    Ok(serving.projects.read(of).await?)
}

/// Whose matters the caller sees; nobody's name where everybody's.
pub(super) async fn only(serving: &Serving, within: Within<'_>) -> Result<Option<Vec<String>>, Problem> {
    if within == Within::Everybody {
        return Ok(None);
    }
    let seen = serving.ledger.employees_within(within).await?;
    Ok(Some(seen.into_iter().map(|id| id.to_string()).collect()))
}

/// Credits summed by employee, team, role, segment, stage, product line, territory and period, with what the territory
/// explains. Of others than the caller's own and their reporting line nothing is told.
#[utoipa::path(get, path = "/api/v1/contribution", params(Days), tag = "pay",
    responses((status = 200, body = Contribution), (status = "4XX", body = ProblemBody)))]
pub async fn sums(
    State(serving): State<Serving>,
    caller: Caller,
    Query(days): Query<Days>,
) -> Result<Json<Contribution>, Problem> {
    let within = caller.within(Operation::ReadPay)?;
    let remedy = "write a day as 2026-03-01";
    let asked = Asked {
        from: parsed("from", days.from.as_deref(), remedy)?,
        to: parsed("to", days.to.as_deref(), remedy)?,
        period: None,
        only: only(&serving, within).await?,
    };
    let project = open(&serving).await?;
    let held = holdings::of_ledger(&serving.ledger).await?;
    let booked = pay::booked(&serving.ledger).await?;
    Ok(Json(contribution(&project, held, &booked.by_hand, &asked)?))
}

fn period(text: &str) -> Result<Period, Problem> {
    text.parse().map_err(|error: bailiwick_domain::period::PeriodError| {
        Problem::wrong(error.to_string(), "give a period such as 2026-Q1")
    })
}

/// What everybody within the caller's sight earns in a period.
#[utoipa::path(get, path = "/api/v1/statements/{period}", params(("period" = String, Path)), tag = "pay",
    responses((status = 200, body = Summaries), (status = "4XX", body = ProblemBody)))]
pub async fn list(
    State(serving): State<Serving>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Json<Summaries>, Problem> {
    let within = caller.within(Operation::ReadPay)?;
    let only = only(&serving, within).await?;
    let project = open(&serving).await?;
    let found = pay::statements_with(&serving.ledger, &project, period(&text)?).await?;
    let seen = |one: &&Statement| match &only {
        None => true,
        Some(only) => only.contains(&one.employee),
    };
    Ok(Json(Summaries { statements: found.iter().filter(seen).map(Summary::from).collect() }))
}

/// One employee's statement, every figure with its orders: as JSON, as a page that prints, or as a workbook.
#[utoipa::path(get, path = "/api/v1/statements/{period}/{employee}", tag = "pay",
    params(("period" = String, Path), ("employee" = String, Path), Form),
    responses((status = 200, content(
        (Statement = "application/json"),
        (String = "text/html"),
        (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))),
        (status = "4XX", body = ProblemBody)))]
pub async fn one(
    State(serving): State<Serving>,
    caller: Caller,
    Path((text, employee)): Path<(String, String)>,
    Query(form): Query<Form>,
) -> Result<Response, Problem> {
    let id: EmployeeId = required("employee", &employee)?;
    let relation = caller.relation(&serving, Some(&id)).await?;
    caller.authorise_read(Operation::ReadPay, relation, "statement of", &employee)?;
    let project = open(&serving).await?;
    let found = pay::statements_with(&serving.ledger, &project, period(&text)?).await?;
    let found: Vec<Statement> = found.into_iter().filter(|one| one.employee == employee).collect();
    let Some(statement) = found.first() else { return Err(Problem::missing("statement of", &employee)) };
    let company = &project.policy.document.company;
    let file = |media: &'static str, bytes: Vec<u8>| {
        let kept = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        ([(header::CONTENT_TYPE, HeaderValue::from_static(media)), kept], bytes).into_response()
    };
    match form.format.as_deref() {
        None | Some("" | "json") => Ok(Json(statement).into_response()),
        Some("html") => {
            let text = page::page(&found, &company.name, company.language);
            Ok(file("text/html; charset=utf-8", text.into_bytes()))
        }
        Some("xlsx") => {
            let media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
            Ok(file(media, workbook::workbook(&found)?))
        }
        Some(other) => Err(Problem::wrong(format!("format = {other:?} is not possible"), "give json, html or xlsx")),
    }
}

/// What the caller's people would earn in a period if a stored plan had held all along; how the whole team's pay is
/// distributed is told to who may read everybody's.
#[utoipa::path(get, path = "/api/v1/statements/{period}/under/{plan}", tag = "pay",
    params(("period" = String, Path), ("plan" = String, Path)),
    responses((status = 200, body = Scenario), (status = "4XX", body = ProblemBody)))]
pub async fn under(
    State(serving): State<Serving>,
    caller: Caller,
    Path((text, plan)): Path<(String, String)>,
) -> Result<Json<Scenario>, Problem> {
    let within = caller.within(Operation::ReadPay)?;
    let only = only(&serving, within).await?;
    let project = open(&serving).await?;
    let mut found = pay::under(&serving.ledger, &project, &required("plan", &plan)?, period(&text)?).await?;
    if let Some(only) = &only {
        found = found.of(only);
    }
    Ok(Json(found))
}

/// Closes a period for ever, with everybody's statement as it stands. Periods are closed one after the other, once they are
/// over.
#[utoipa::path(post, path = "/api/v1/statements/{period}/close", params(("period" = String, Path)), tag = "pay",
    responses((status = 200, body = Summaries), (status = "4XX", body = ProblemBody)))]
pub async fn close(
    State(serving): State<Serving>,
    caller: Caller,
    Path(text): Path<String>,
) -> Result<Json<Summaries>, Problem> {
    caller.authorise(Operation::ManagePay, Relation::Other)?;
    let project = open(&serving).await?;
    let closed = pay::close(&serving.ledger, &project, period(&text)?, &caller.user.name, serving.now()).await?;
    Ok(Json(Summaries { statements: closed.iter().map(Summary::from).collect() }))
}
