//! `bailiwick backup FILE` and `bailiwick restore FILE`

use std::path::Path;

use bailiwick_app::AppError;
use bailiwick_store::{Backup, Ledger};

use super::Setting;
use crate::arguments::{self, Format};
use crate::output::{DONE, json, say};

pub async fn backup(arguments: &arguments::Backup, setting: &Setting) -> Result<u8, AppError> {
    let ledger = Ledger::open_existing(&arguments.database.db).await?;
    let backup = ledger.backup(&arguments.file, setting.now).await?;
    ledger.close().await;
    print("Written to", &arguments.file, &backup, setting);
    Ok(DONE)
}

pub async fn restore(arguments: &arguments::Backup, setting: &Setting) -> Result<u8, AppError> {
    let ledger = Ledger::open(&arguments.database.db).await?;
    let backup = ledger.restore(&arguments.file).await?;
    ledger.close().await;
    print("Made again from", &arguments.file, &backup, setting);
    Ok(DONE)
}

fn print(done: &str, file: &Path, backup: &Backup, setting: &Setting) {
    match setting.format {
        Format::Json => json(&serde_json::json!({
            "file": file, "rows": backup.rows, "ledger_version": backup.version.to_string(), "taken_at": backup.taken_at,
        })),
        Format::Csv | Format::Table => say(format!(
            "{done} {}: {} rows, ledger version {}, as of {}",
            file.display(),
            backup.rows,
            backup.version,
            backup.taken_at
        )),
    }
}
