//! A plan goes its way: drafted from a folder, stepped on by people, applied when its day comes.

use bailiwick_domain::id::PlanId;
use bailiwick_domain::plan::PlanStep;
use bailiwick_store::{Applied, Ledger, NewPlan, PlanBack, Proposal, Step, StoreError};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::apply::keep_strangers;
use crate::error::AppError;

/// Who acts when the service does something by itself.
pub const SERVICE: &str = "bailiwick-service";

/// Keeps a plan as a draft. What it does not know of stays with its holders.
///
/// # Errors
/// Those of [`Ledger::draft_plan`].
pub async fn draft(
    ledger: &Ledger,
    mut plan: NewPlan,
    actor: &str,
    comment: &str,
    at: Timestamp,
) -> Result<Proposal, AppError> {
    // A plan that goes back names no accounts: what it does not name is given up.
    if !plan.accounts.is_empty() {
        keep_strangers(&mut plan, ledger).await?;
    }
    Ok(ledger.draft_plan(&plan, actor, comment, at).await?)
}

/// From which day back to which.
pub struct Back {
    pub to: Date,
    pub on: Date,
    /// What was held as known then; now when absent.
    pub as_known_at: Option<Timestamp>,
}

/// Drafts a plan by which everybody holds again what they held on an earlier day.
///
/// # Errors
/// Those of [`Ledger::plan_back`] and [`Ledger::draft_plan`].
pub async fn draft_back(
    ledger: &Ledger,
    back: &Back,
    actor: &str,
    comment: &str,
    at: Timestamp,
) -> Result<(Proposal, PlanBack), AppError> {
    let id = PlanId::new(format!("back-{}", uuid::Uuid::now_v7().simple()))
        .map_err(|error| AppError::Usage { message: error.to_string(), remedy: String::from("try again") })?;
    let planned = ledger.plan_back(id, back.to, back.on, back.as_known_at).await?;
    let proposal = ledger.draft_plan(&planned.plan, actor, comment, at).await?;
    Ok((proposal, planned))
}

/// What became of a plan whose day had come.
#[derive(Debug)]
pub enum Fate {
    Applied(Applied),
    /// It could not be applied, is a draft again, and says why.
    Returned {
        plan: PlanId,
        why: String,
    },
}

/// Applies the approved plans whose day has come, the earliest first. One that cannot be applied (another won the race, say)
/// is given back with the reason, so that it is told once.
///
/// # Errors
/// What may pass by itself (a ledger that is locked or out of reach): nothing is given back then.
pub async fn apply_due(ledger: &Ledger, today: Date, at: Timestamp) -> Result<Vec<Fate>, AppError> {
    let mut fates = vec![];
    for plan in ledger.due_plans(today).await? {
        match ledger.apply_approved(&plan, SERVICE, at, &|_, _| ()).await {
            Ok(applied) => fates.push(Fate::Applied(applied)),
            // Somebody was quicker.
            Err(StoreError::WrongState { .. } | StoreError::AlreadyApplied { .. }) => {}
            Err(error) if error.may_pass() => return Err(error.into()),
            Err(error) => {
                let why = error.to_string();
                let comment = format!("could not be applied: {why}");
                let step =
                    Step { step: PlanStep::Return, actor: SERVICE, comment: &comment, four_eyes: false, seen: None };
                match ledger.step_plan(&plan, step, at).await {
                    Ok(_) => fates.push(Fate::Returned { plan, why }),
                    Err(StoreError::WrongState { .. }) => {}
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
    Ok(fates)
}
