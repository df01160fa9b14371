//! What the service does by itself. It is woken from time to time ([`run`]) and does what is due ([`tick`]); the moment is
//! the service's clock, so that tests need not wait.

use std::time::Duration;

use bailiwick_app::AppError;
use bailiwick_app::approval::{self, Fate};

use crate::Serving;

/// How often it is looked what is due.
const EVERY: Duration = Duration::from_secs(15);

/// Does what is due, again and again, for as long as it is polled.
pub async fn run(serving: Serving) {
    let mut wake = tokio::time::interval(EVERY);
    wake.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        wake.tick().await;
        if let Err(error) = tick(&serving).await {
            tracing::warn!("what was due is tried again later: {error}");
        }
    }
}

/// Does what is due now.
///
/// # Errors
/// What may pass by itself; the rest is done when it has.
pub async fn tick(serving: &Serving) -> Result<(), AppError> {
    for fate in approval::apply_due(&serving.ledger, serving.today(), serving.now()).await? {
        match fate {
            Fate::Applied(applied) => tracing::info!("the plan {} was applied on its day", applied.plan),
            Fate::Returned { plan, why } => tracing::warn!("the plan {plan} was given back: {why}"),
        }
    }
    Ok(())
}
