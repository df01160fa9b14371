//! `GET /api/v1/accounts/{id}/responsible?role=…&stage=…&product=…&on=…&explain=true`

use axum::extract::State;
use bailiwick_app::who::{Answer, Question, who};
use bailiwick_domain::access::Operation;
use bailiwick_domain::id::AccountId;
use bailiwick_store::Within;
use jiff::civil::Date;
use serde::Deserialize;
use utoipa::IntoParams;

use super::accounts::visible;
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Path, Query};
use crate::problem::{Problem, ProblemBody};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    role: Option<String>,
    stage: Option<String>,
    product: Option<String>,
    /// A day as 2026-03-01; today when absent.
    on: Option<String>,
    /// With the chain of rules, who else was considered, and the history.
    #[serde(default)]
    explain: bool,
}

/// Who is responsible for an account. Who may ask depends on today, whatever day is asked about.
#[utoipa::path(get, path = "/api/v1/accounts/{id}/responsible", params(("id" = String, Path), Asked), tag = "accounts",
    responses((status = 200, body = Answer), (status = "4XX", body = ProblemBody)))]
pub async fn of_account(
    State(serving): State<Serving>,
    caller: Caller,
    Path(account): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Json<Answer>, Problem> {
    caller.in_scope(Operation::ReadAssignments)?;
    let within = Within::of(&caller.principal, Operation::ReadAssignments);
    if within != Within::Everybody {
        visible(&serving, within, &account).await?;
    }
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let on = match filled(asked.on) {
        Some(text) => text
            .parse::<Date>()
            .map_err(|_| Problem::wrong(format!("on = \"{text}\" is no date"), "write it as 2026-03-01"))?,
        None => serving.today(),
    };
    let question = Question {
        account,
        role: filled(asked.role),
        stage: filled(asked.stage),
        product_line: filled(asked.product),
        on,
        as_known_at: None,
        explain: asked.explain,
    };
    let mut answer = who(&serving.ledger, &question).await?;
    if within != Within::Everybody {
        keep_seen(&serving, within, &mut answer).await?;
    }
    Ok(Json(answer))
}

/// Of the group, what the caller sees of it: others' customers are nobody's business.
async fn keep_seen(serving: &Serving, within: Within<'_>, answer: &mut Answer) -> Result<(), Problem> {
    let Some(group) = &mut answer.group else { return Ok(()) };
    let mut seen = Vec::with_capacity(group.members.len());
    for member in std::mem::take(&mut group.members) {
        if sees(serving, within, &member.account_id).await? {
            seen.push(member);
        }
    }
    group.members = seen;
    if let Some(parent) = &group.parent
        && !sees(serving, within, &parent.account_id).await?
    {
        group.parent = None;
    }
    Ok(())
}

async fn sees(serving: &Serving, within: Within<'_>, id: &str) -> Result<bool, Problem> {
    match AccountId::new(id) {
        Ok(id) => Ok(serving.ledger.sees_account(within, &id, serving.today()).await?),
        Err(_) => Ok(false),
    }
}
