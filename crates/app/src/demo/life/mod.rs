//! What the demo company has lived through, in its ledger: who held whom in the years before the plan, what was closed,
//! disputed and divided by hand, and what customers asked and were told since.
//!
//! All of it goes through the calls that everybody uses, with the moments at which it would have happened; what lies after
//! the present moment has not happened yet. The same company, seed and present moment give the same entries.

mod desk;
mod matters;
mod past;
mod pay;

use bailiwick_store::Ledger;
use jiff::Timestamp;
use jiff::civil::{Date, date};

use super::dice::Dice;
use crate::error::AppError;
use crate::project::Project;

/// When the plan is applied: some days before its date, or now where that has not come yet.
#[must_use]
pub fn planned_at(now: Timestamp) -> Timestamp {
    at(date(2025, 12, 29), 9).min(now)
}

/// Three years of allocations, what was closed and disputed in them.
///
/// # Errors
/// Those of the ledger, and of statements.
pub async fn before_the_plan(ledger: &Ledger, project: &Project) -> Result<(), AppError> {
    ledger
        .whole(async {
            past::allocate(ledger, project).await?;
            pay::until_the_plan(ledger, project).await
        })
        .await
}

/// What happened since the plan was applied, until now.
///
/// # Errors
/// As [`before_the_plan`].
pub async fn since_the_plan(ledger: &Ledger, project: &Project, seed: u64, now: Timestamp) -> Result<(), AppError> {
    ledger
        .whole(async {
            pay::since_the_plan(ledger, project, now).await?;
            desk::serve(ledger, project, &mut Dice::new(seed, 20), now).await
        })
        .await
}

/// A name or period as its type reads it.
fn read<T: std::str::FromStr>(text: &str) -> Result<T, AppError>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| AppError::Usage {
        message: format!("\"{text}\": {error}"),
        remedy: String::from("make the demo anew"),
    })
}

/// An hour of a day, in UTC.
fn at(day: Date, hour: i8) -> Timestamp {
    jiff::tz::TimeZone::UTC.to_timestamp(day.at(hour, 0, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH)
}
