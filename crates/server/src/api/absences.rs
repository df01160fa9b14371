//! `/api/v1/absences`: who is away, and who stands in meanwhile. On the day they are back nothing has to be done.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bailiwick_domain::absence::{self, NewAbsence};
use bailiwick_domain::access::Operation;
use bailiwick_store::AbsencesWanted;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{day, parsed, remark, required, rows};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};

#[derive(Serialize, ToSchema)]
pub struct Absence {
    absence_id: u64,
    employee_id: String,
    /// The first day away.
    from: String,
    /// The first day back; null: until further notice.
    to: Option<String>,
    reason: String,
    /// Who stands in; the last, without a role, for everything that no other is for.
    covers: Vec<Cover>,
}

#[derive(Serialize, ToSchema)]
pub struct Cover {
    role: Option<String>,
    product_line: Option<String>,
    substitute_id: String,
    /// `named`, `least-loaded` or `manager`.
    rule: &'static str,
}

#[derive(Serialize, ToSchema)]
pub struct Absences {
    absences: Vec<Absence>,
    /// Where the next page begins; null on the last.
    next: Option<u64>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    employee: Option<String>,
    /// Only those that cover this day.
    on: Option<String>,
    /// `next` of the page before.
    after: Option<u64>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewAbsence)]
pub struct Fresh {
    employee_id: String,
    /// The first day away.
    from: String,
    /// The first day back; until further notice when absent.
    to: Option<String>,
    /// Who stands in for everything; when absent, the least loaded of each role, or else the manager.
    substitute_id: Option<String>,
    reason: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Back {
    /// The first day back; today when absent.
    on: Option<String>,
    reason: Option<String>,
}

impl From<absence::Absence> for Absence {
    fn from(absence: absence::Absence) -> Absence {
        Absence {
            absence_id: absence.id,
            employee_id: absence.employee.to_string(),
            from: absence.from.to_string(),
            to: absence.to.map(|day| day.to_string()),
            reason: absence.reason,
            covers: absence.covers.into_iter().map(Cover::from).collect(),
        }
    }
}

impl From<absence::Cover> for Cover {
    fn from(cover: absence::Cover) -> Cover {
        Cover {
            role: cover.role.map(|role| role.to_string()),
            product_line: cover.product_line.map(|line| line.to_string()),
            substitute_id: cover.substitute.to_string(),
            rule: cover.rule.as_str(),
        }
    }
}

/// Absences by their number, of those whose loads the caller may see.
#[utoipa::path(get, path = "/api/v1/absences", params(Wanted), tag = "absences",
    responses((status = 200, body = Absences), (status = "4XX", body = ProblemBody)))]
pub async fn list(
    State(serving): State<Serving>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Absences>, Problem> {
    let within = caller.within(Operation::ReadLoads)?;
    let limit = rows(wanted.limit)?;
    let employee = parsed("employee", wanted.employee.as_deref(), "give the id of an employee")?;
    let on = wanted.on.as_deref().map(|text| day("on", text)).transpose()?;
    let wanted = AbsencesWanted { employee: employee.as_ref(), on, after: wanted.after, limit: Some(limit + 1) };
    let mut found = serving.ledger.absences_within(within, &wanted).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = if more { found.last().map(|absence| absence.id) } else { None };
    Ok(Json(Absences { absences: found.into_iter().map(Absence::from).collect(), next }))
}

/// Somebody is away.
#[utoipa::path(post, path = "/api/v1/absences", request_body = Fresh, tag = "absences",
    responses((status = 201, body = Absence), (status = "4XX", body = ProblemBody)))]
pub async fn record(
    State(serving): State<Serving>,
    caller: Caller,
    Json(given): Json<Fresh>,
) -> Result<Response, Problem> {
    caller.within(Operation::ManageAbsences)?;
    let employee = required("employee_id", &given.employee_id)?;
    let relation = caller.relation(&serving, Some(&employee)).await?;
    caller.authorise(Operation::ManageAbsences, relation)?;
    let new = NewAbsence {
        employee,
        from: day("from", &given.from)?,
        to: given.to.as_deref().map(|text| day("to", text)).transpose()?,
        substitute: parsed("substitute_id", given.substitute_id.as_deref(), "give the id of an employee")?,
        reason: remark("the reason", given.reason.as_deref())?,
    };
    let made = serving.ledger.record_absence(&new, &caller.user.name, serving.now()).await?;
    Ok((StatusCode::CREATED, Json(Absence::from(made))).into_response())
}

/// Somebody is back sooner than was said; on or before its first day, the absence never was.
#[utoipa::path(post, path = "/api/v1/absences/{id}/end", request_body = Back, tag = "absences",
    params(("id" = u64, Path)),
    responses((status = 200, body = Absence, description = "what remains of it"),
        (status = 204, description = "nothing remains of it"), (status = "4XX", body = ProblemBody)))]
pub async fn end(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<u64>,
    Json(given): Json<Back>,
) -> Result<Response, Problem> {
    caller.in_scope(Operation::ManageAbsences)?;
    let missing = || Problem::missing("absence", &id.to_string());
    let absence = serving.ledger.absence(id).await?.ok_or_else(missing)?;
    let relation = caller.relation(&serving, Some(&absence.employee)).await?;
    caller.authorise_read(Operation::ManageAbsences, relation, "absence", &id.to_string())?;
    let on = given.on.as_deref().map_or_else(|| Ok(serving.today()), |text| day("on", text))?;
    let reason = remark("the reason", given.reason.as_deref())?;
    let left = serving.ledger.end_absence(id, on, &reason, &caller.user.name, serving.now()).await?;
    Ok(match left {
        Some(left) => Json(Absence::from(left)).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}
