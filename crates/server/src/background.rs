//! What the service does by itself. It is woken from time to time ([`run`]) and does what is due ([`tick`]); the moment is
//! the service's clock, so that tests need not wait.

use std::time::Duration;

use bailiwick_app::AppError;
use bailiwick_app::approval::{self, Fate};

use crate::{Serving, deliver, work};

/// How often it is looked what is due.
const EVERY: Duration = Duration::from_secs(15);

/// How often the outbox is looked into, and whether a job waits, if nobody says so.
const SOON: Duration = Duration::from_secs(2);

/// Does what is due, again and again, until the service ends; what is begun then is finished.
pub async fn run(serving: Serving) {
    tokio::join!(tick_on(&serving), work_on(&serving), deliver_on(&serving));
}

async fn tick_on(serving: &Serving) {
    while !serving.is_stopping() {
        tried(tick(serving).await);
        rest(serving, EVERY).await;
    }
}

async fn work_on(serving: &Serving) {
    while !serving.is_stopping() {
        tried(work::work(serving).await);
        tokio::select! { () = serving.wake.notified() => {}, () = rest(serving, SOON) => {} }
    }
}

async fn deliver_on(serving: &Serving) {
    while !serving.is_stopping() {
        tried(deliver::deliver(serving).await);
        rest(serving, SOON).await;
    }
}

fn tried(result: Result<(), AppError>) {
    if let Err(error) = result {
        tracing::warn!("what was due is tried again later: {error}");
    }
}

async fn rest(serving: &Serving, time: Duration) {
    tokio::select! { () = tokio::time::sleep(time) => {}, () = serving.stopping() => {} }
}

/// Does what is due now.
///
/// # Errors
/// What may pass by itself; the rest is done when it has.
pub async fn tick(serving: &Serving) -> Result<(), AppError> {
    serving.ledger.forget_answers(serving.now()).await?;
    serving.limits.tidy();
    deliver::tidy(serving).await?;
    for fate in approval::apply_due(&serving.ledger, serving.today(), serving.now()).await? {
        match fate {
            Fate::Applied(applied) => tracing::info!("the plan {} was applied on its day", applied.plan),
            Fate::Returned { plan, why } => tracing::warn!("the plan {plan} was given back: {why}"),
        }
    }
    serving.learn_zone().await?;
    Ok(())
}
