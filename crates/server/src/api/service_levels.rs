//! `GET /api/v1/service-levels/observed`: what the recorded communications say was kept of what customers are promised,
//! of those that the caller sees. Whether the promises can be kept at all is a study: [`super::studies`].

use axum::extract::State;
use bailiwick_app::service::observed::{self, Period, observe};
use bailiwick_domain::access::Operation;
use jiff::ToSpan;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::day;
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Query};
use crate::problem::{Problem, ProblemBody};

#[derive(Serialize, ToSchema)]
pub struct Observed {
    from: String,
    /// The first day that does not belong to it any more.
    to: String,
    /// In which hours response times are counted.
    business_hours: String,
    /// By segment and role.
    segments: Vec<Kept>,
    /// By who answered, or holds the account.
    employees: Vec<Kept>,
}

#[derive(Serialize, ToSchema)]
pub struct Kept {
    segment: String,
    /// Empty where it is not known.
    role: String,
    employee_id: Option<String>,
    employee: Option<String>,
    responses: Responses,
    contacts: ContactsKept,
    /// The share that has to be in time.
    share_promised: f64,
    /// Null where nothing was promised, or nothing has been seen.
    kept: Option<bool>,
}

#[derive(Serialize, ToSchema)]
pub struct Responses {
    promised_hours: Option<f64>,
    received: usize,
    answered: usize,
    waiting: usize,
    /// Business hours.
    median_hours: Option<f64>,
    p90_hours: Option<f64>,
    slowest_hours: Option<f64>,
    /// Share of those that are answered or late.
    in_time: Option<f64>,
}

#[derive(Serialize, ToSchema)]
pub struct ContactsKept {
    promised_per_year: Option<f64>,
    accounts: usize,
    contacts: usize,
    /// Between a contact and the one before.
    median_days: Option<f64>,
    p90_days: Option<f64>,
    /// Share of accounts with as many as promised for the period.
    in_time: Option<f64>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// The first day; a year before the end when absent.
    from: Option<String>,
    /// The first day that does not belong to it any more; tomorrow when absent.
    to: Option<String>,
}

/// Observed response times and contacts against what is promised.
#[utoipa::path(get, path = "/api/v1/service-levels/observed", params(Asked), tag = "service levels",
    responses((status = 200, body = Observed), (status = "4XX", body = ProblemBody)))]
pub async fn observed(
    State(serving): State<Serving>,
    caller: Caller,
    Query(asked): Query<Asked>,
) -> Result<Json<Observed>, Problem> {
    let within = caller.within(Operation::ReadCommunications)?;
    let to = asked.to.as_deref().map(|text| day("to", text)).transpose()?;
    let to = to.unwrap_or_else(|| serving.today().saturating_add(1.day()));
    let from = asked.from.as_deref().map(|text| day("from", text)).transpose()?;
    let from = from.unwrap_or_else(|| to.saturating_sub(1.year()));
    let period = Period { from, to, now: serving.now() };
    Ok(Json(observe(&serving.ledger, within, period).await?.into()))
}

impl From<observed::Observed> for Observed {
    fn from(told: observed::Observed) -> Observed {
        Observed {
            from: told.from.to_string(),
            to: told.to.to_string(),
            business_hours: told.business_hours,
            segments: told.segments.into_iter().map(Kept::from).collect(),
            employees: told.employees.into_iter().map(Kept::from).collect(),
        }
    }
}

impl From<observed::Kept> for Kept {
    fn from(kept: observed::Kept) -> Kept {
        let (responses, contacts) = (kept.responses, kept.contacts);
        Kept {
            segment: kept.segment,
            role: kept.role,
            employee_id: kept.employee_id,
            employee: kept.employee,
            responses: Responses {
                promised_hours: responses.promised_hours,
                received: responses.received,
                answered: responses.answered,
                waiting: responses.waiting,
                median_hours: responses.median_hours,
                p90_hours: responses.p90_hours,
                slowest_hours: responses.slowest_hours,
                in_time: responses.in_time,
            },
            contacts: ContactsKept {
                promised_per_year: contacts.promised_per_year,
                accounts: contacts.accounts,
                contacts: contacts.contacts,
                median_days: contacts.median_days,
                p90_days: contacts.p90_days,
                in_time: contacts.in_time,
            },
            share_promised: kept.share_promised,
            kept: kept.kept,
        }
    }
}
