//! Which day it is: days begin and end where the company is, as its policy says.

use bailiwick_store::Ledger;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::error::AppError;
use crate::stages::policy_on;

/// The company's zone, as the policy in force says; the machine's own until there is one.
///
/// # Errors
/// Those of the ledger.
pub async fn zone(ledger: &Ledger, now: Timestamp) -> Result<TimeZone, AppError> {
    let here = TimeZone::system();
    let policy = policy_on(ledger, now.to_zoned_datetime(here.clone()).date()).await?;
    Ok(policy.map_or(here, |policy| policy.zone()))
}

/// Today in the company whose ledger it is.
///
/// # Errors
/// Those of the ledger.
pub async fn today(ledger: &Ledger, now: Timestamp) -> Result<Date, AppError> {
    Ok(now.to_zoned_datetime(zone(ledger, now).await?).date())
}
