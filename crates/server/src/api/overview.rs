//! `GET /api/v1/overview`, `/accounts/rows`, `/team`, `/roles`: whole tables for pages that filter and sort at
//! once, each made of a fixed number of queries.

use std::collections::BTreeMap;

use axum::extract::State;
use bailiwick_app::overview::{Overview, TeamMember, overview, team};
use bailiwick_app::stages::policy_on;
use bailiwick_domain::access::{Operation, Relation};
use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::document::Language;
use bailiwick_store::Within;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use super::parsed;
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Query};
use crate::problem::{Problem, ProblemBody};

/// Most attributes that are asked for at once.
const MOST_COLUMNS: usize = 20;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only those this employee holds today.
    employee: Option<String>,
    /// Names of attributes, separated by commas; at most 20.
    #[serde(default)]
    columns: String,
}

#[derive(Serialize, ToSchema)]
pub struct AccountRows {
    /// Roles in the policy's order.
    roles: Vec<RoleName>,
    /// The attributes that accounts have.
    attributes: Vec<String>,
    /// Names of those who hold one of the accounts.
    employees: BTreeMap<String, String>,
    rows: Vec<AccountRow>,
}

#[derive(Serialize, ToSchema)]
pub struct RoleName {
    role: String,
    title: String,
}

#[derive(Serialize, ToSchema)]
pub struct Roles {
    roles: Vec<RoleTold>,
}

#[derive(Serialize, ToSchema)]
pub struct RoleTold {
    role: String,
    title: String,
    /// By language, where the policy gives it in others, too.
    #[schema(value_type = BTreeMap<String, String>)]
    titles: BTreeMap<Language, String>,
    goal: String,
}

#[derive(Serialize, ToSchema)]
pub struct AccountRow {
    account_id: String,
    name: String,
    parent_id: Option<String>,
    segment: String,
    latitude: Option<f64>,
    longitude: Option<f64>,
    holders: Vec<Holder>,
    /// The attributes asked for, in their order; null where there is none.
    #[schema(value_type = Vec<Object>)]
    values: Vec<Value>,
}

#[derive(Serialize, ToSchema)]
pub struct Holder {
    role: String,
    product_line: Option<String>,
    employee_id: String,
}

#[derive(Serialize, ToSchema)]
pub struct Team {
    /// Roles in the policy's order.
    roles: Vec<RoleName>,
    /// Those whose loads the caller may see, by id.
    members: Vec<TeamMember>,
}

/// Coverage of what the caller sees, and the plan in force for who may read plans.
#[utoipa::path(get, path = "/api/v1/overview", tag = "overview",
    responses((status = 200, body = Overview), (status = "4XX", body = ProblemBody)))]
pub async fn at_a_glance(State(serving): State<Serving>, caller: Caller) -> Result<Json<Overview>, Problem> {
    let within = caller.within(Operation::ReadAssignments)?;
    let reads_plans = caller.principal.may(Operation::ReadPlans, Relation::Other);
    Ok(Json(overview(&serving.ledger, within, reads_plans, serving.today()).await?))
}

/// All accounts that the caller sees today, each with who holds it.
#[utoipa::path(get, path = "/api/v1/accounts/rows", params(Wanted), tag = "accounts",
    responses((status = 200, body = AccountRows), (status = "4XX", body = ProblemBody)))]
pub async fn accounts(
    State(serving): State<Serving>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<AccountRows>, Problem> {
    let within = caller.within(Operation::ReadAssignments)?;
    let employee = parsed("employee", wanted.employee.as_deref(), "give the id of an employee")?;
    let columns: Vec<&str> = wanted.columns.split(',').filter(|name| !name.is_empty()).collect();
    if columns.len() > MOST_COLUMNS {
        return Err(Problem::wrong(format!("{} columns are too many", columns.len()), "ask for at most 20"));
    }
    let today = serving.today();
    let (found, holders) = tokio::try_join!(
        serving.ledger.accounts_seen(within, today, employee.as_ref()),
        serving.ledger.holders_beside(within, today, employee.as_ref()),
    )?;
    let mut held: BTreeMap<String, Vec<Holder>> = BTreeMap::new();
    let mut employees = BTreeMap::new();
    for one in holders {
        employees.insert(one.employee_id.clone(), String::new());
        held.entry(one.account_id).or_default().push(Holder {
            role: one.role,
            product_line: Some(one.product_line).filter(|line| !line.is_empty()),
            employee_id: one.employee_id,
        });
    }
    for employee in serving.ledger.employees().await? {
        if let Some(name) = employees.get_mut(employee.id.as_str()) {
            *name = employee.name;
        }
    }
    let attributes = found.first().map(|one| one.attributes.keys().cloned().collect()).unwrap_or_default();
    let rows = found.into_iter().map(|one| {
        let number = |name: &str| one.attributes.get(name).and_then(Value::as_f64);
        AccountRow {
            segment: one.attributes.get("segment").and_then(Value::as_str).unwrap_or_default().to_owned(),
            latitude: number("latitude"),
            longitude: number("longitude"),
            values: columns.iter().map(|name| one.attributes.get(*name).cloned().unwrap_or(Value::Null)).collect(),
            holders: held.remove(one.id.as_str()).unwrap_or_default(),
            account_id: one.id.to_string(),
            name: one.name,
            parent_id: one.parent.map(|parent| parent.to_string()),
        }
    });
    Ok(Json(AccountRows { rows: rows.collect(), attributes, employees, roles: roles(&serving).await? }))
}

/// What employees carry: accounts by role, loads, and who is away today.
#[utoipa::path(get, path = "/api/v1/team", tag = "employees",
    responses((status = 200, body = Team), (status = "4XX", body = ProblemBody)))]
pub async fn employees(State(serving): State<Serving>, caller: Caller) -> Result<Json<Team>, Problem> {
    let within: Within<'_> = caller.within(Operation::ReadLoads)?;
    let members = team(&serving.ledger, within, serving.today()).await?;
    Ok(Json(Team { roles: roles(&serving).await?, members }))
}

/// The roles of the policy in force, in its order, with what each is for; every page names them by it.
#[utoipa::path(get, path = "/api/v1/roles", tag = "policies",
    responses((status = 200, body = Roles), (status = "4XX", body = ProblemBody)))]
pub async fn all_roles(State(serving): State<Serving>, caller: Caller) -> Result<Json<Roles>, Problem> {
    caller.within(Operation::ReadAssignments)?;
    let policy = policy_on(&serving.ledger, serving.today()).await?;
    let told = policy.iter().flat_map(|policy| {
        policy.role_names().into_iter().map(|name| {
            let kept = policy.document.roles.iter().find(|(role, _)| role.get_ref() == name).map(|(_, role)| role);
            RoleTold {
                role: name.to_owned(),
                title: policy.role_title(name).to_owned(),
                titles: kept.map(|role| role.titles.clone()).unwrap_or_default(),
                goal: kept.map(|role| role.goal.clone()).unwrap_or_default(),
            }
        })
    });
    Ok(Json(Roles { roles: told.collect() }))
}

async fn roles(serving: &Serving) -> Result<Vec<RoleName>, Problem> {
    let policy = policy_on(&serving.ledger, serving.today()).await?;
    let names = policy.as_ref().map(Policy::role_names).unwrap_or_default();
    let named = names.into_iter().map(|role| RoleName {
        role: role.to_owned(),
        title: policy.as_ref().map_or(role, |policy| policy.role_title(role)).to_owned(),
    });
    Ok(named.collect())
}
