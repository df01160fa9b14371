//! `GET /api/v1/audit`, `GET /api/v1/audit/verify`: who did what, and proof that nobody altered it.

use axum::extract::State;
use bailiwick_domain::access::{Operation, Relation};
use bailiwick_domain::audit::{AuditAction, AuditEntry, AuditFilter};
use bailiwick_store::StoreError;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{parsed, rows};
use crate::Serving;
use crate::caller::Caller;
use crate::extract::{Json, Query};
use crate::problem::{Problem, ProblemBody};

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Who did it.
    actor: Option<String>,
    /// What was done, e.g. `plan.applied`.
    action: Option<String>,
    /// Only what touched this account's assignments.
    account: Option<String>,
    /// From this moment on, as 2026-03-01T00:00:00Z.
    from: Option<String>,
    /// Before this moment.
    until: Option<String>,
    /// `next` of the page before.
    after: Option<u64>,
    /// 1 to 200; 50 when absent.
    limit: Option<u32>,
}

#[derive(Serialize, ToSchema)]
pub struct Entries {
    /// Oldest first.
    #[schema(value_type = Vec<Object>)]
    entries: Vec<AuditEntry>,
    /// Where the next page begins; null on the last.
    next: Option<u64>,
}

#[derive(Serialize, ToSchema)]
pub struct Verdict {
    intact: bool,
    /// So many entries were checked; absent when the trail is broken.
    entries: Option<u64>,
    /// The first entry that does not hold.
    broken_at: Option<u64>,
    what: Option<String>,
}

/// Entries of the audit trail.
#[utoipa::path(get, path = "/api/v1/audit", params(Wanted), tag = "audit",
    responses((status = 200, body = Entries), (status = "4XX", body = ProblemBody)))]
pub async fn list(
    State(serving): State<Serving>,
    caller: Caller,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Entries>, Problem> {
    caller.authorise(Operation::ReadAudit, Relation::Other)?;
    let limit = rows(wanted.limit)?;
    let action = wanted.action.as_deref().map(|text| {
        AuditAction::from_text(text).ok_or_else(|| {
            let known = AuditAction::ALL.map(AuditAction::as_str).join(", ");
            Problem::wrong(format!("action = {text:?} is not possible"), format!("give one of {known}"))
        })
    });
    let filter = AuditFilter {
        actor: wanted.actor,
        action: action.transpose()?,
        account: parsed("account", wanted.account.as_deref(), "give the id of an account")?,
        from: parsed("from", wanted.from.as_deref(), "write it as 2026-03-01T00:00:00Z")?,
        until: parsed("until", wanted.until.as_deref(), "write it as 2026-03-01T00:00:00Z")?,
        after_seq: wanted.after,
        limit: Some(limit + 1),
    };
    let mut entries = serving.ledger.audit(&filter).await?;
    let more = entries.len() > limit as usize;
    entries.truncate(limit as usize);
    let next = if more { entries.last().map(|entry| entry.seq) } else { None };
    Ok(Json(Entries { entries, next }))
}

/// Checks the whole trail and all it vouches for.
#[utoipa::path(get, path = "/api/v1/audit/verify", tag = "audit",
    responses((status = 200, body = Verdict), (status = "4XX", body = ProblemBody)))]
pub async fn verify(State(serving): State<Serving>, caller: Caller) -> Result<Json<Verdict>, Problem> {
    caller.authorise(Operation::ReadAudit, Relation::Other)?;
    match serving.ledger.verify_audit().await {
        Ok(entries) => Ok(Json(Verdict { intact: true, entries: Some(entries), broken_at: None, what: None })),
        Err(StoreError::AuditBroken(broken)) => {
            Ok(Json(Verdict { intact: false, entries: None, broken_at: Some(broken.seq), what: Some(broken.what) }))
        }
        Err(error) => Err(error.into()),
    }
}
