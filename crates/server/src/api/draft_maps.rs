//! What maps and tables of a draft are drawn from: `/api/v1/plans/{id}/map`, `/outlines`, `/loose`, `/accounts/{account}`; and
//! beside another plan or today: `/comparison`, `/comparison/changes`, `/comparison/map`.

use axum::extract::State;
use axum::response::Response;
use bailiwick_app::diff::{Side, read_ledger_side};
use bailiwick_app::studio::compare::{ChangeMap, ChangesWanted, Comparison, PlanChange};
use bailiwick_app::studio::map::{DraftRow, Loose, MapData, Outline};
use bailiwick_domain::access::{Operation, Relation};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::drafts::version;
use super::plans::known;
use super::rows;
use super::version::tagged;
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};
use crate::studios::Desk;

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct OfRole {
    /// The first of the policy when absent.
    role: Option<String>,
    product_line: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct With {
    /// The id of another plan; what holds on the plan's first day when absent.
    with: Option<String>,
    /// Only changes in this role.
    role: Option<String>,
    /// Only what this employee gets or gives.
    employee: Option<String>,
    /// Only `moved`, `opened` or `closed` ones.
    kind: Option<String>,
    /// Part of an account's name or id.
    text: Option<String>,
    /// `next` of the page before.
    after: Option<usize>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

/// Territories as they lie.
#[derive(Serialize, ToSchema)]
pub struct Outlines {
    outlines: Vec<Outline>,
}

#[derive(Serialize, ToSchema)]
pub struct DraftRows {
    rows: Vec<DraftRow>,
}

#[derive(Serialize, ToSchema)]
pub struct PlanChanges {
    changes: Vec<PlanChange>,
    /// How many there are in all.
    total: usize,
    /// Where the next page begins; null on the last.
    next: Option<usize>,
}

/// The draft, if the caller may read plans.
async fn reached(serving: &Serving, caller: &Caller, id: &str) -> Result<(Desk, u64), Problem> {
    caller.authorise_read(Operation::ReadPlans, Relation::Other, "plan", id)?;
    let plan = known(id)?;
    let desk = serving.studios.open(serving, &plan).await?;
    Ok((desk, version(serving, &plan).await?))
}

impl OfRole {
    fn of(self, desk: &mut Desk) -> Result<(String, Option<String>), Problem> {
        let roles = desk.studio()?.roles();
        let found = match &self.role {
            None => roles.first(),
            Some(role) => roles.iter().find(|(known, line)| known == role && *line == self.product_line),
        };
        found.cloned().ok_or_else(|| {
            let known: Vec<&str> = roles.iter().map(|(role, _)| role.as_str()).collect();
            let asked = self.role.unwrap_or_default();
            let remedy = format!("its roles are {}", known.join(", "));
            Problem::wrong(format!("the draft covers no role {asked:?} of this product line"), remedy)
        })
    }
}

/// The accounts of a role with their owners, column by column.
#[utoipa::path(get, path = "/api/v1/plans/{id}/map", params(("id" = String, Path), OfRole), tag = "drafts",
    responses((status = 200, body = MapData), (status = "4XX", body = ProblemBody)))]
pub async fn map(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Query(of): Query<OfRole>,
) -> Result<Response, Problem> {
    let (mut desk, version) = reached(&serving, &caller, &id).await?;
    let (role, line) = of.of(&mut desk)?;
    Ok(tagged(version, Json(desk.studio()?.map(&role, line.as_deref()))))
}

/// The outlines of the territories of a role.
#[utoipa::path(get, path = "/api/v1/plans/{id}/outlines", params(("id" = String, Path), OfRole), tag = "drafts",
    responses((status = 200, body = Outlines), (status = "4XX", body = ProblemBody)))]
pub async fn outlines(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Query(of): Query<OfRole>,
) -> Result<Response, Problem> {
    let (mut desk, version) = reached(&serving, &caller, &id).await?;
    let (role, line) = of.of(&mut desk)?;
    Ok(tagged(version, Json(Outlines { outlines: desk.studio()?.outlines(&role, line.as_deref()) })))
}

/// Accounts that nobody has, and parts of territories that lie apart.
#[utoipa::path(get, path = "/api/v1/plans/{id}/loose", params(("id" = String, Path), OfRole), tag = "drafts",
    responses((status = 200, body = Loose), (status = "4XX", body = ProblemBody)))]
pub async fn loose(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Query(of): Query<OfRole>,
) -> Result<Response, Problem> {
    let (mut desk, version) = reached(&serving, &caller, &id).await?;
    let (role, line) = of.of(&mut desk)?;
    Ok(tagged(version, Json(desk.studio()?.loose(&role, line.as_deref()))))
}

/// Whom the draft gives an account to in each role, and why.
#[utoipa::path(get, path = "/api/v1/plans/{id}/accounts/{account}", tag = "drafts",
    params(("id" = String, Path), ("account" = String, Path)),
    responses((status = 200, body = DraftRows), (status = "4XX", body = ProblemBody)))]
pub async fn account(
    State(serving): State<Serving>,
    caller: Caller,
    Path((id, account)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (mut desk, version) = reached(&serving, &caller, &id).await?;
    let rows = desk.studio()?.rows_of(&account);
    if rows.is_empty() {
        return Err(Problem::missing("account", &account));
    }
    Ok(tagged(version, Json(DraftRows { rows })))
}

/// What this plan is compared with: another plan, or what holds on its first day.
async fn other_side(serving: &Serving, desk: &mut Desk, with: Option<&str>) -> Result<Side, Problem> {
    let Some(with) = with.filter(|with| !with.is_empty()) else {
        let on = desk.studio()?.on;
        let side = read_ledger_side(&serving.ledger, "ledger", on).await?;
        return Ok(desk.studio()?.within(side));
    };
    let other = known(with)?;
    if other == desk.studio()?.plan {
        return Err(Problem::wrong("a plan is not compared with itself", "give another plan, or none for today"));
    }
    let side = serving.studios.open(serving, &other).await?.studio()?.side();
    Ok(desk.studio()?.within(side))
}

fn wanted(with: &With) -> ChangesWanted {
    ChangesWanted {
        role: with.role.clone().filter(|role| !role.is_empty()),
        employee: with.employee.clone().filter(|employee| !employee.is_empty()),
        kind: with.kind.clone().filter(|kind| !kind.is_empty()),
        text: with.text.as_deref().unwrap_or_default().trim().to_lowercase(),
    }
}

/// A plan beside another, or beside today: totals, winners and losers, everybody's load before and after.
#[utoipa::path(get, path = "/api/v1/plans/{id}/comparison", params(("id" = String, Path), With), tag = "drafts",
    responses((status = 200, body = Comparison), (status = "4XX", body = ProblemBody)))]
pub async fn comparison(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Query(with): Query<With>,
) -> Result<Response, Problem> {
    let (mut desk, version) = reached(&serving, &caller, &id).await?;
    let other = other_side(&serving, &mut desk, with.with.as_deref()).await?;
    Ok(tagged(version, Json(desk.studio()?.compare(&other))))
}

/// The accounts that change hands, each with its price, the dearest first.
#[utoipa::path(get, path = "/api/v1/plans/{id}/comparison/changes", params(("id" = String, Path), With), tag = "drafts",
    responses((status = 200, body = PlanChanges), (status = "4XX", body = ProblemBody)))]
pub async fn changes(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Query(with): Query<With>,
) -> Result<Response, Problem> {
    let limit = rows(with.limit)? as usize;
    let (mut desk, version) = reached(&serving, &caller, &id).await?;
    let other = other_side(&serving, &mut desk, with.with.as_deref()).await?;
    let all = desk.studio()?.changes(&other, &wanted(&with));
    let begin = with.after.unwrap_or(0);
    let total = all.len();
    let next = (begin + limit < total).then_some(begin + limit);
    let changes = all.into_iter().skip(begin).take(limit).collect();
    Ok(tagged(version, Json(PlanChanges { changes, total, next })))
}

/// Where what changes hands lies, column by column.
#[utoipa::path(get, path = "/api/v1/plans/{id}/comparison/map", params(("id" = String, Path), With), tag = "drafts",
    responses((status = 200, body = ChangeMap), (status = "4XX", body = ProblemBody)))]
pub async fn change_map(
    State(serving): State<Serving>,
    caller: Caller,
    Path(id): Path<String>,
    Query(with): Query<With>,
) -> Result<Response, Problem> {
    let (mut desk, version) = reached(&serving, &caller, &id).await?;
    let other = other_side(&serving, &mut desk, with.with.as_deref()).await?;
    Ok(tagged(version, Json(desk.studio()?.change_map(&other, &wanted(&with)))))
}
