//! `bailiwick route FILE|-`: JSON lines in, JSON lines out.

use std::io::{Read, Write};

use bailiwick_app::AppError;
use bailiwick_app::route::{Arrivals, route};
use bailiwick_store::Ledger;

use super::{Setting, actor};
use crate::arguments::{Format, Route};
use crate::output::{DONE, REFUSED, csv};

pub async fn run(arguments: &Route, setting: &Setting) -> Result<u8, AppError> {
    let mut lines = String::new();
    if arguments.file.as_os_str() == "-" {
        std::io::stdin().read_to_string(&mut lines).map_err(AppError::io("read", &arguments.file))?;
    } else {
        lines = std::fs::read_to_string(&arguments.file).map_err(AppError::io("read", &arguments.file))?;
    }
    let ledger = Ledger::open_existing(&arguments.database.db).await?;
    let on = setting.day(arguments.on, &ledger).await?;
    let routed = route(&ledger, Arrivals::of_lines(&lines), on, &actor(), setting.now, arguments.dry_run).await?;
    ledger.close().await;
    match setting.format {
        Format::Csv => csv(
            &["account_id", "segment", "role", "product_line", "employee_id", "employee", "rule", "reason"],
            routed.decisions.iter().flat_map(|decision| {
                decision.assignments.iter().map(|one| {
                    vec![
                        decision.account_id.clone(),
                        decision.segment.clone(),
                        one.role.clone(),
                        one.product_line.clone().unwrap_or_default(),
                        one.employee_id.clone(),
                        one.employee.clone(),
                        one.rule.clone(),
                        one.reason.clone(),
                    ]
                })
            }),
        ),
        Format::Json | Format::Table => {
            let mut out = std::io::stdout().lock();
            for decision in &routed.decisions {
                let line = serde_json::to_string(decision).unwrap_or_default();
                let _ = writeln!(out, "{line}");
            }
        }
    }
    let from =
        if arguments.file.as_os_str() == "-" { "standard input".into() } else { arguments.file.display().to_string() };
    for refused in &routed.refused {
        eprintln!("{from}: {}", refused.reason);
    }
    let left = routed.decisions.iter().any(|decision| !decision.unassigned.is_empty());
    Ok(if left || !routed.refused.is_empty() { REFUSED } else { DONE })
}
