//! `bailiwick replay`: who would have got what.

use bailiwick_app::plan::present::of_ledger;
use bailiwick_app::plan::{self, Request};
use bailiwick_app::route::replay::{Other, Outcome, Replayed, first_day, replay};
use bailiwick_app::{AppError, project};
use bailiwick_store::Ledger;

use super::Setting;

use crate::arguments::{Format, Replay};
use crate::output::{DONE, REFUSED, csv, json, print_findings, say, table};
use crate::progress::Bar;

/// Differences that a table tells of.
const TOLD: usize = 20;

pub async fn run(arguments: &Replay, setting: &Setting) -> Result<u8, AppError> {
    let ledger = Ledger::open_existing(&arguments.database.db).await?;
    let other = match &arguments.policy {
        Some(policy) => other(arguments, policy, &ledger, setting).await?,
        None => None,
    };
    let same = arguments.policy.is_none();
    let replayed = replay(&ledger, arguments.from, arguments.to, other).await?;
    ledger.close().await;
    match setting.format {
        Format::Json => json(&replayed),
        Format::Csv => csv(
            &["decision_id", "account_id", "on", "role", "product_line", "was", "would_be", "changed", "reason"],
            replayed.outcomes.iter().map(row),
        ),
        Format::Table => print(&replayed),
    }
    replayed.refused.iter().for_each(|refused| eprintln!("{refused}"));
    let otherwise = same && replayed.changed > 0;
    Ok(if otherwise || !replayed.refused.is_empty() { REFUSED } else { DONE })
}

/// What another policy plans for the day of the first arrival, who held what then being known.
async fn other(
    arguments: &Replay,
    policy: &std::path::Path,
    ledger: &Ledger,
    setting: &Setting,
) -> Result<Option<Other>, AppError> {
    let Some(on) = first_day(ledger, arguments.from, arguments.to).await? else { return Ok(None) };
    let bar = Bar::new(setting.quiet);
    let project = project::open(policy, &|read| {
        bar.set(&read.source, read.bytes as f64 / read.total.max(1) as f64);
    })
    .await?;
    let present = Some(of_ledger(ledger, on.yesterday().unwrap_or(on)).await?);
    let request = Request { present, ..Request::new(on, arguments.seed) };
    let plan = plan::make_plan(&project, &request, &|step| bar.set(&step.what, step.fraction))?;
    drop(bar);
    print_findings(&plan.findings, &project.policy.text);
    Other::of_plan(&project, &plan).map(Some)
}

fn row(outcome: &Outcome) -> Vec<String> {
    vec![
        outcome.decision_id.to_string(),
        outcome.account_id.clone(),
        outcome.on.to_string(),
        outcome.role.clone(),
        outcome.product_line.clone().unwrap_or_default(),
        outcome.was.clone().unwrap_or_default(),
        outcome.would_be.clone().unwrap_or_default(),
        outcome.changed().to_string(),
        outcome.reason.clone().unwrap_or_default(),
    ]
}

fn print(replayed: &Replayed) {
    say(format_args!(
        "{} arrivals decided once more; {} would come out otherwise",
        replayed.arrivals, replayed.changed
    ));
    if replayed.arrivals == 0 {
        return;
    }
    let tally = replayed.employees.iter().map(|one| {
        let difference = i128::from(one.would_be) - i128::from(one.was);
        let difference = if difference == 0 { String::from("—") } else { format!("{difference:+}") };
        vec![
            format!("{} ({})", one.employee, one.employee_id),
            one.was.to_string(),
            one.would_be.to_string(),
            difference,
        ]
    });
    say(table(&["employee", "was given", "would be given", "difference"], tally));
    let changed: Vec<&Outcome> = replayed.outcomes.iter().filter(|outcome| outcome.changed()).collect();
    if changed.is_empty() {
        return;
    }
    let nobody = |who: &Option<String>| who.clone().unwrap_or_else(|| String::from("nobody"));
    let rows = changed.iter().take(TOLD).map(|one| {
        let role = one.product_line.as_ref().map_or_else(|| one.role.clone(), |line| format!("{} ({line})", one.role));
        let reason = one.reason.clone().unwrap_or_default();
        vec![one.account_id.clone(), one.on.to_string(), role, nobody(&one.was), nobody(&one.would_be), reason]
    });
    say(table(&["account", "on", "role", "was", "would be", "because"], rows));
    if changed.len() > TOLD {
        say(format_args!("… and {} more: --format csv tells of all", changed.len() - TOLD));
    }
}
