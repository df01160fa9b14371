//! `bailiwick audit list` and `bailiwick audit verify`

use bailiwick_app::AppError;
use bailiwick_domain::audit::{AuditAction, AuditEntry, AuditFilter};
use bailiwick_domain::id::AccountId;
use bailiwick_store::{Ledger, StoreError};

use super::Setting;
use crate::arguments::{Audit, AuditCommand, AuditList, Database, Format};
use crate::output::{DONE, REFUSED, csv, json, say, table};

pub async fn run(arguments: &Audit, setting: &Setting) -> Result<u8, AppError> {
    match &arguments.command {
        AuditCommand::List(arguments) => list(arguments, setting).await,
        AuditCommand::Verify(database) => verify(database, setting).await,
    }
}

async fn list(arguments: &AuditList, setting: &Setting) -> Result<u8, AppError> {
    let filter = AuditFilter {
        actor: arguments.actor.clone(),
        action: arguments.action.as_deref().map(action).transpose()?,
        account: arguments.account.as_deref().map(account).transpose()?,
        from: arguments.from,
        until: arguments.until,
        after_seq: arguments.after,
        limit: arguments.limit,
    };
    let ledger = Ledger::open_existing(&arguments.database.db).await?;
    let entries = ledger.audit(&filter).await?;
    ledger.close().await;
    let header = ["seq", "at", "actor", "action", "subject", "reason"];
    match setting.format {
        Format::Json => json(&entries),
        Format::Csv => csv(&header, entries.iter().map(row)),
        Format::Table => say(table(&header, entries.iter().map(row))),
    }
    Ok(DONE)
}

fn row(entry: &AuditEntry) -> Vec<String> {
    vec![
        entry.seq.to_string(),
        entry.at.to_string(),
        entry.actor.clone(),
        entry.action.to_string(),
        entry.subject.clone(),
        entry.reason.clone(),
    ]
}

async fn verify(database: &Database, setting: &Setting) -> Result<u8, AppError> {
    let ledger = Ledger::open_existing(&database.db).await?;
    let verified = ledger.verify_audit().await;
    let version = ledger.version().await?;
    ledger.close().await;
    let (entries, broken) = match verified {
        Ok(entries) => (entries, None),
        Err(StoreError::AuditBroken(broken)) => (broken.seq.saturating_sub(1), Some(broken)),
        Err(other) => return Err(other.into()),
    };
    match setting.format {
        Format::Json => json(&serde_json::json!({
            "verified": broken.is_none(), "entries": entries, "ledger_version": version.to_string(),
            "broken_at": broken.as_ref().map(|broken| broken.seq), "what": broken.as_ref().map(|broken| &broken.what),
        })),
        Format::Csv | Format::Table => match &broken {
            None => say(format!(
                "{entries} entries and all that they vouch for are as they were written (ledger version {version})"
            )),
            Some(broken) => eprintln!("{broken}"),
        },
    }
    Ok(if broken.is_none() { DONE } else { REFUSED })
}

fn action(text: &str) -> Result<AuditAction, AppError> {
    AuditAction::from_text(text).ok_or_else(|| AppError::Usage {
        message: format!("there is no action \"{text}\""),
        remedy: format!("one of {}", AuditAction::ALL.map(AuditAction::as_str).join(", ")),
    })
}

fn account(text: &str) -> Result<AccountId, AppError> {
    text.parse().map_err(|error| AppError::Usage {
        message: format!("\"{text}\" is no id of an account: {error}"),
        remedy: String::from("give the account_id"),
    })
}
