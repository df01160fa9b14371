//! `GET /api/v1/employees`, `GET /api/v1/employees/{id}`: names, positions, departments and how to reach them; nothing
//! else that is kept of an employee.

use axum::extract::State;
use bailiwick_domain::access::Operation;
use bailiwick_domain::employee::EmployeeRecord;
use bailiwick_domain::id::EmployeeId;
use bailiwick_domain::ways::Ways;
use bailiwick_store::Within;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use utoipa::{IntoParams, ToSchema};

use super::rows;
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};

#[derive(Serialize, ToSchema)]
pub struct Employee {
    employee_id: String,
    name: String,
    position: Option<String>,
    department: Option<String>,
    manager_id: Option<String>,
    email: Option<String>,
    phone: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Employees {
    employees: Vec<Employee>,
    /// Where the next page begins; null on the last.
    next: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Part of the name or the id.
    #[serde(default)]
    q: String,
    /// Only those of this department.
    department: Option<String>,
    /// Only those who report directly to this employee.
    manager: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

impl Employee {
    /// As they are reached by what was written down, or else by the source.
    fn reached(employee: EmployeeRecord, written: Option<Ways>) -> Employee {
        let ways = written.unwrap_or_else(|| Ways::of_source(&employee));
        Employee {
            email: ways.email,
            phone: ways.phones.into_iter().next(),
            employee_id: employee.id.to_string(),
            name: employee.name,
            position: employee.position,
            department: employee.department,
            manager_id: employee.manager.map(|manager| manager.to_string()),
        }
    }
}

/// Employees by id.
#[utoipa::path(get, path = "/api/v1/employees", params(Wanted), tag = "employees",
    responses((status = 200, body = Employees), (status = "4XX", body = ProblemBody)))]
pub async fn list(
    State(serving): State<Serving>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Employees>, Problem> {
    let within = caller.within(Operation::ReadEmployees)?;
    let limit = rows(wanted.limit)? as usize;
    let seen: BTreeSet<EmployeeId> = serving.ledger.employees_within(within).await?.into_iter().collect();
    let text = wanted.q.trim().to_lowercase();
    let fits = |one: &EmployeeRecord| {
        text.is_empty() || one.name.to_lowercase().contains(&text) || one.id.as_str().to_lowercase().contains(&text)
    };
    let is = |asked: &Option<String>, value: Option<&str>| asked.as_deref().is_none_or(|asked| value == Some(asked));
    let mut found: Vec<EmployeeRecord> = serving.ledger.employees().await?;
    found.retain(|employee| {
        seen.contains(&employee.id)
            && fits(employee)
            && wanted.after.as_deref().is_none_or(|after| employee.id.as_str() > after)
            && is(&wanted.department, employee.department.as_deref())
            && is(&wanted.manager, employee.manager.as_ref().map(EmployeeId::as_str))
    });
    let next = (found.len() > limit).then(|| found[limit - 1].id.to_string());
    found.truncate(limit);
    let mut written: BTreeMap<EmployeeId, Ways> =
        serving.ledger.all_written_ways().await?.into_iter().map(|one| (one.employee.clone(), one)).collect();
    let employees = found.into_iter().map(|one| {
        let ways = written.remove(&one.id);
        Employee::reached(one, ways)
    });
    Ok(Json(Employees { employees: employees.collect(), next }))
}

/// One employee.
#[utoipa::path(get, path = "/api/v1/employees/{id}", params(("id" = String, Path)), tag = "employees",
    responses((status = 200, body = Employee), (status = "4XX", body = ProblemBody)))]
pub async fn one(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Json<Employee>, Problem> {
    caller.in_scope(Operation::ReadEmployees)?;
    let missing = || Problem::missing("employee", &id);
    let known = EmployeeId::new(&id).map_err(|_| missing())?;
    let within = Within::of(&caller.principal, Operation::ReadEmployees);
    if !serving.ledger.employees_within(within).await?.contains(&known) {
        return Err(missing());
    }
    let employee = serving.ledger.employee(&known).await?.ok_or_else(missing)?;
    let written = serving.ledger.written_ways(&known).await?;
    Ok(Json(Employee::reached(employee, written.map(|written| written.value))))
}
