//! `bailiwick apply DIR`

use std::io::{BufRead, IsTerminal, Write};

use bailiwick_app::AppError;
use bailiwick_app::apply::{Application, apply};

use super::{Setting, actor};
use crate::arguments::{Apply, Format};
use crate::output::{DONE, REFUSED, json, say};
use crate::progress::Bar;

pub async fn run(arguments: &Apply, setting: &Setting) -> Result<u8, AppError> {
    let manifest = bailiwick_app::plan::write::read_manifest(&arguments.dir)?;
    let on = arguments.on.unwrap_or(manifest.on);
    if !arguments.yes && !confirmed(&format!("Make the plan in {} the truth from {on}?", arguments.dir.display()))? {
        eprintln!("Nothing was changed.");
        return Ok(REFUSED);
    }
    let bar = Bar::new(setting.quiet);
    let how = Application {
        actor: &actor(),
        at: setting.now,
        on: arguments.on,
        edited: arguments.edited,
        replace_later: arguments.replace_later,
        reason: arguments.reason.clone(),
    };
    let progress = |done: u64, total: u64| bar.set("applying", done as f64 / total.max(1) as f64);
    let (ledger, applied) = apply(&arguments.dir, &arguments.database.db, &how, &progress).await?;
    drop(bar);
    ledger.close().await;
    match setting.format {
        Format::Json => json(&serde_json::json!({
            "plan": applied.plan.to_string(), "on": on, "opened": applied.opened, "moved": applied.moved,
            "kept": applied.kept, "closed": applied.closed, "policy_version": applied.policy_version,
            "ledger_version": applied.version.to_string(), "recorded_at": applied.recorded_at,
        })),
        Format::Csv | Format::Table => say(format!(
            "Applied from {on}: {} new, {} moved, {} kept, {} ended (policy version {}, ledger version {})",
            applied.opened, applied.moved, applied.kept, applied.closed, applied.policy_version, applied.version
        )),
    }
    Ok(DONE)
}

/// Asks at a terminal; without one, and without --yes, the answer is a refusal.
fn confirmed(question: &str) -> Result<bool, AppError> {
    if !std::io::stdin().is_terminal() {
        return Err(AppError::Usage {
            message: String::from("apply changes the ledger, and there is no terminal to ask at"),
            remedy: String::from("say --yes if it is meant"),
        });
    }
    eprint!("{question} [y/N] ");
    let _ = std::io::stderr().flush();
    let mut answer = String::new();
    let _ = std::io::stdin().lock().read_line(&mut answer);
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}
