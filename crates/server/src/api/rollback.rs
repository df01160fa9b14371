//! `POST /api/v1/rollback`: back to how it was on an earlier day, as a draft that goes the way of every plan.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bailiwick_app::approval::{self, Back};
use bailiwick_domain::access::{Operation, Relation};
use bailiwick_domain::assignment::AssignmentKey;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::plans::Plan;
use super::version::location;
use super::{day, instant, remark, segment};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::Json;
use crate::problem::{Problem, ProblemBody};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    /// The day whose holders are wanted back.
    to: String,
    /// From this day on; today when absent.
    on: Option<String>,
    /// What was held as known at this moment; as known now when absent.
    as_known_at: Option<String>,
    comment: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Drafted {
    plan: Plan,
    /// Whoever held these has left since: they stay with whoever holds them now.
    kept: Vec<Key>,
    /// Nobody who held these is still employed: nobody gets them.
    nobody: Vec<Key>,
}

#[derive(Serialize, ToSchema)]
pub struct Key {
    account_id: String,
    role: String,
    product_line: Option<String>,
}

impl From<AssignmentKey> for Key {
    fn from(key: AssignmentKey) -> Key {
        Key {
            account_id: key.account.to_string(),
            role: key.role.to_string(),
            product_line: key.product_line.map(|line| line.to_string()),
        }
    }
}

/// Drafts a plan that goes back; it is proposed, approved and applied as any other.
#[utoipa::path(post, path = "/api/v1/rollback", request_body = Wanted, tag = "plans",
    responses((status = 201, body = Drafted), (status = "4XX", body = ProblemBody)))]
pub async fn draft(
    State(serving): State<Serving>,
    caller: Caller,
    Json(wanted): Json<Wanted>,
) -> Result<Response, Problem> {
    caller.authorise(Operation::ApplyPlans, Relation::Other)?;
    let back = Back {
        to: day("to", &wanted.to)?,
        on: wanted.on.as_deref().map_or_else(|| Ok(serving.today()), |text| day("on", text))?,
        as_known_at: wanted.as_known_at.as_deref().map(|text| instant("as_known_at", text)).transpose()?,
    };
    let comment = remark("the comment", wanted.comment.as_deref())?;
    let (made, back) = approval::draft_back(&serving.ledger, &back, &caller.user.name, &comment, serving.now()).await?;
    let standing = serving.ledger.standing(&made.plan).await?;
    let plan = Plan::from(standing.ok_or_else(|| Problem::missing("plan", made.plan.as_str()))?);
    let body = Drafted {
        plan,
        kept: back.kept.into_iter().map(Key::from).collect(),
        nobody: back.nobody.into_iter().map(Key::from).collect(),
    };
    let place = location(&format!("/api/v1/plans/{}", segment(made.plan.as_str())))?;
    Ok((StatusCode::CREATED, place, Json(body)).into_response())
}
