//! `bailiwick schema`

use bailiwick_app::AppError;

use crate::output::{DONE, json};

pub fn run() -> Result<u8, AppError> {
    json(&bailiwick_domain::policy::schema());
    Ok(DONE)
}
