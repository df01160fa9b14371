//! `bailiwick serve`

use bailiwick_app::AppError;
use bailiwick_store::Ledger;

use super::Setting;
use crate::arguments::Serve;
use crate::output::DONE;

pub async fn run(arguments: &Serve, _setting: &Setting) -> Result<u8, AppError> {
    let ledger = Ledger::open_existing(&arguments.database.db).await?;
    bailiwick_server::serve(ledger, None, arguments.listen).await?;
    Ok(DONE)
}
