//! Assignments by hand: only in roles that the policy in force knows.

use bailiwick_domain::policy::Policy;
use bailiwick_store::{ByHand, GivenByHand, Ledger};
use jiff::Timestamp;

use crate::error::AppError;

/// Gives an account × role to somebody, or to nobody, from a day on.
///
/// # Errors
/// If the policy in force on the day knows no such role and those of [`Ledger::assign_by_hand`].
pub async fn assign(ledger: &Ledger, wanted: &ByHand, actor: &str, at: Timestamp) -> Result<GivenByHand, AppError> {
    // What is held already in a role may end, whatever the policy has become since.
    if wanted.employee.is_some()
        && let Some(plan) = ledger.active_plan(wanted.on).await?
        && let Ok(policy) = Policy::parse(&plan.policy_text, "bailiwick.toml")
    {
        let roles = policy.role_names();
        if !roles.contains(&wanted.key.role.as_str()) {
            return Err(AppError::Usage {
                message: format!("there is no role \"{}\"", wanted.key.role),
                remedy: format!("the policy in force has {}", roles.join(", ")),
            });
        }
    }
    Ok(ledger.assign_by_hand(wanted, actor, at).await?)
}
