//! `/api/v1/employees/{id}/skills`: what somebody can do, and how well. Plans and arrivals are divided by it.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use bailiwick_domain::access::Operation;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::EmployeeId;
use bailiwick_domain::skill;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::remark;
use super::version::{must_have_seen, tagged};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path};
use crate::problem::{Problem, ProblemBody};

/// The column of an employee that holds skills.
const COLUMN: &str = "skills";
const MOST: usize = 200;

#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Skill {
    name: String,
    /// Not negative.
    level: f64,
}

#[derive(Serialize, ToSchema)]
pub struct Skills {
    employee_id: String,
    skills: Vec<Skill>,
    /// Sent as ETag, too.
    version: u64,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// All of them: those not named are held no more.
    skills: Vec<Skill>,
    reason: Option<String>,
}

/// The skills of an employee.
#[utoipa::path(get, path = "/api/v1/employees/{id}/skills", params(("id" = String, Path)), tag = "employees",
    responses((status = 200, body = Skills), (status = "4XX", body = ProblemBody)))]
pub async fn read(State(serving): State<Serving>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let (employee, version) = reached(&serving, &caller, Operation::ReadLoads, &id).await?;
    answer(&employee, version)
}

/// What an employee can do from now on.
#[utoipa::path(put, path = "/api/v1/employees/{id}/skills", request_body = Held, tag = "employees",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the version that was read, in quotes")),
    responses((status = 200, body = Skills), (status = "4XX", body = ProblemBody)))]
pub async fn change(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(held): Json<Held>,
) -> Result<Response, Problem> {
    let (mut employee, _) = reached(&serving, &caller, Operation::ManageSkills, &id).await?;
    let seen = must_have_seen(&headers)?;
    let text = written(&held.skills)?;
    let reason = remark("the reason", held.reason.as_deref())?;
    let value = Some(Value::String(text)).filter(|value| value != "");
    let at = (caller.user.name.as_str(), serving.now());
    let version = serving.ledger.set_attribute(&employee.id, seen, (COLUMN, value.clone()), &reason, at).await?;
    employee.attributes.insert(COLUMN.to_owned(), value.unwrap_or_default());
    answer(&employee, version)
}

/// As the column holds them; refused where they could not be read again.
fn written(skills: &[Skill]) -> Result<String, Problem> {
    let wrong = |detail: String| {
        Problem::wrong(detail, "give each skill once, with a name without ; , | : = and a level from 0 on")
    };
    if skills.len() > MOST {
        return Err(wrong(format!("{} skills are too many: the most is {MOST}", skills.len())));
    }
    let mut names = std::collections::BTreeSet::new();
    let mut texts = vec![];
    for held in skills {
        let name = super::name("the name of a skill", &held.name)?;
        let separated = name.contains([';', ',', '|', ':', '=']);
        if separated || !held.level.is_finite() || held.level < 0.0 || !names.insert(name.to_lowercase()) {
            return Err(wrong(format!("\"{name}\" at level {} is not possible, or is given twice", held.level)));
        }
        texts.push(skill::Skill { name, level: held.level }.to_string());
    }
    Ok(texts.join("; "))
}

fn answer(employee: &EmployeeRecord, version: u64) -> Result<Response, Problem> {
    let text = employee.attributes.get(COLUMN).and_then(Value::as_str).unwrap_or_default();
    let held = skill::parse_skills(text).map_err(|error| {
        Problem::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, error.to_string(), "mend the column in the source")
    })?;
    let body = Skills {
        employee_id: employee.id.to_string(),
        skills: held.into_iter().map(|skill| Skill { name: skill.name, level: skill.level }).collect(),
        version,
    };
    Ok(tagged(version, Json(body)))
}

async fn reached(
    serving: &Serving,
    caller: &Caller,
    operation: Operation,
    id: &str,
) -> Result<(EmployeeRecord, u64), Problem> {
    caller.in_scope(operation)?;
    let missing = || Problem::missing("employee", id);
    let known = EmployeeId::new(id).map_err(|_| missing())?;
    let relation = caller.relation(serving, Some(&known)).await?;
    caller.authorise_read(operation, relation, "employee", id)?;
    serving.ledger.employee_version(&known).await?.ok_or_else(missing)
}
