//! `/api/v1/users`: who may come in, and what as.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use bailiwick_domain::access::{Operation, Relation, UserRole};
use bailiwick_domain::id::EmployeeId;
use bailiwick_store::{NewUser, UserChange, UserRecord};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::session::new_password;
use super::{parsed, role_words, rows, version};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};

#[derive(Serialize, ToSchema)]
pub struct User {
    user_id: String,
    name: String,
    display_name: String,
    roles: Vec<&'static str>,
    employee_id: Option<String>,
    active: bool,
    /// Whoever changes the user sends it as `If-Match: "version"`.
    version: u64,
}

impl From<UserRecord> for User {
    fn from(user: UserRecord) -> User {
        User {
            user_id: user.id.to_string(),
            name: user.name,
            display_name: user.display_name,
            roles: user.roles.iter().map(|role| role.word()).collect(),
            employee_id: user.employee.map(|employee| employee.to_string()),
            active: user.active,
            version: user.version,
        }
    }
}

#[derive(Serialize, ToSchema)]
pub struct Users {
    users: Vec<User>,
    /// Where the next page begins; null on the last.
    next: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// `next` of the page before.
    after: Option<String>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewUser)]
pub struct Fresh {
    name: String,
    display_name: Option<String>,
    /// To be changed by the user soon.
    password: String,
    roles: Vec<String>,
    employee_id: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    display_name: String,
    roles: Vec<String>,
    employee_id: Option<String>,
    active: bool,
}

/// Users by name: those whose matters the caller manages.
#[utoipa::path(get, path = "/api/v1/users", params(Wanted), tag = "users",
    responses((status = 200, body = Users), (status = "4XX", body = ProblemBody)))]
pub async fn list(
    State(serving): State<Serving>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Users>, Problem> {
    let within = caller.within(Operation::ManageUsers)?;
    let limit = rows(wanted.limit)?;
    let mut found = serving.ledger.users(within, wanted.after.as_deref(), limit + 1).await?;
    let more = found.len() > limit as usize;
    found.truncate(limit as usize);
    let next = if more { found.last().map(|user| user.name.clone()) } else { None };
    Ok(Json(Users { users: found.into_iter().map(User::from).collect(), next }))
}

/// One user.
#[utoipa::path(get, path = "/api/v1/users/{id}", params(("id" = String, Path)), tag = "users",
    responses((status = 200, body = User), (status = "4XX", body = ProblemBody)))]
pub async fn one(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<impl IntoResponse, Problem> {
    let (user, _) = managed(&serving, &caller, &id).await?;
    Ok(tagged(user))
}

/// Makes a user. Nobody gives a role that reaches beyond their own.
#[utoipa::path(post, path = "/api/v1/users", request_body = Fresh, tag = "users",
    responses((status = 201, body = User), (status = "4XX", body = ProblemBody)))]
pub async fn create(
    State(serving): State<Serving>,
    caller: Caller,
    Json(given): Json<Fresh>,
) -> Result<impl IntoResponse, Problem> {
    caller.within(Operation::ManageUsers)?;
    let employee = employee(given.employee_id.as_deref())?;
    let relation = caller.relation(&serving, employee.as_ref()).await?;
    caller.authorise(Operation::ManageUsers, relation)?;
    let roles = role_words(&given.roles)?;
    grantable(&caller, &roles, relation)?;
    let name = super::name("the name", &given.name)?;
    let display_name =
        given.display_name.map_or_else(|| Ok(name.clone()), |text| super::name("the display name", &text))?;
    let password_hash = new_password(given.password, &name).await?;
    let new = NewUser { id: Uuid::now_v7(), name, display_name, password_hash, roles, employee };
    let made = serving.ledger.create_user(&new, &caller.user.name, serving.now()).await?;
    version::made(&format!("/api/v1/users/{}", made.id), made.version, User::from(made))
}

/// Changes a user: roles, employee, and whether they may come in at all. Ends their sessions.
#[utoipa::path(put, path = "/api/v1/users/{id}", request_body = Changed, tag = "users",
    params(("id" = String, Path), ("If-Match" = String, Header, description = "the version that was read, in quotes")),
    responses((status = 200, body = User), (status = "4XX", body = ProblemBody)))]
pub async fn change(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    headers: HeaderMap,
    Json(given): Json<Changed>,
) -> Result<impl IntoResponse, Problem> {
    let (user, relation) = managed(&serving, &caller, &id).await?;
    let employee = employee(given.employee_id.as_deref())?;
    let relation_after = caller.relation(&serving, employee.as_ref()).await?;
    caller.authorise(Operation::ManageUsers, relation_after)?;
    let roles = role_words(&given.roles)?;
    // Who holds more than the caller is not the caller's to change.
    grantable(&caller, &user.roles, relation)?;
    grantable(&caller, &roles, relation_after)?;
    let expected = version::must_have_seen(&headers)?;
    let change = UserChange {
        display_name: super::name("the display name", &given.display_name)?,
        roles,
        employee,
        active: given.active,
    };
    let keep = if user.id == caller.user.id { caller.session.as_deref() } else { None };
    let changed =
        serving.ledger.change_user(user.id, expected, &change, keep, &caller.user.name, serving.now()).await?;
    Ok(tagged(changed))
}

/// The user, if the caller manages such; else there is none.
async fn managed(serving: &Serving, caller: &Caller, id: &str) -> Result<(UserRecord, Relation), Problem> {
    caller.in_scope(Operation::ManageUsers)?;
    let missing = || Problem::missing("user", id);
    let known: Uuid = id.parse().map_err(|_| missing())?;
    let user = serving.ledger.user(known).await?.ok_or_else(missing)?;
    let relation = caller.relation(serving, user.employee.as_ref()).await?;
    caller.authorise_read(Operation::ManageUsers, relation, "user", id)?;
    Ok((user, relation))
}

fn grantable(caller: &Caller, roles: &BTreeSet<UserRole>, relation: Relation) -> Result<(), Problem> {
    match roles.iter().find(|role| !caller.principal.may_grant(**role, relation)) {
        None => Ok(()),
        Some(role) => Err(Problem::forbidden(
            format!("the role {role} reaches further than {}'s own", caller.user.name),
            "ask an administrator",
        )),
    }
}

fn employee(text: Option<&str>) -> Result<Option<EmployeeId>, Problem> {
    parsed("employee_id", text, "give the id of an employee")
}

fn tagged(user: UserRecord) -> Response {
    version::tagged(user.version, Json(User::from(user)))
}
