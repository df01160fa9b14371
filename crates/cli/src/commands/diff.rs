//! `bailiwick diff A B`

use std::path::Path;

use bailiwick_app::AppError;
use bailiwick_app::diff::{Difference, Side, compare, read_ledger_side, read_plan_side};
use bailiwick_store::Ledger;
use jiff::civil::Date;

use super::Setting;
use crate::arguments::{Diff, Format};
use crate::output::{DONE, csv, json, say, table};

pub async fn run(arguments: &Diff, setting: &Setting) -> Result<u8, AppError> {
    let a = read(&arguments.a, arguments.on, setting).await?;
    let b = read(&arguments.b, arguments.on, setting).await?;
    let difference = compare(&a, &b);
    match setting.format {
        Format::Json => json(&difference),
        Format::Csv => csv(
            &["account_id", "account", "role", "product_line", "from", "to"],
            difference.moved.iter().map(|one| {
                [one.account_id, one.account, one.role, one.product_line, one.from, one.to].map(str::to_owned).into()
            }),
        ),
        Format::Table => print(&difference),
    }
    Ok(DONE)
}

async fn read(text: &str, on: Option<Date>, setting: &Setting) -> Result<Side, AppError> {
    if Path::new(text).is_dir() {
        return read_plan_side(Path::new(text));
    }
    if text.starts_with("sqlite:") || text.contains("://") {
        let ledger = Ledger::open_existing(text).await?;
        let on = setting.day(on, &ledger).await?;
        return read_ledger_side(&ledger, text, on).await;
    }
    Err(AppError::Usage {
        message: format!("\"{text}\" is neither a plan's folder nor a ledger"),
        remedy: String::from("give a folder made by `bailiwick plan -o`, or a URL such as sqlite:bailiwick.db"),
    })
}

fn print(difference: &Difference) {
    say(format!(
        "{} → {}: {} moved, {} unchanged, {} new, {} ended",
        difference.from,
        difference.to,
        difference.moved.len(),
        difference.unchanged,
        difference.opened,
        difference.closed
    ));
    let changed = difference.employees.iter().filter(|one| one.gains + one.loses > 0);
    say(table(
        &["employee", "before", "gains", "loses", "after"],
        changed.map(|one| {
            let name = if one.employee == one.employee_id {
                one.employee_id.clone()
            } else {
                format!("{} ({})", one.employee, one.employee_id)
            };
            vec![name, one.before.to_string(), one.gains.to_string(), one.loses.to_string(), one.after.to_string()]
        }),
    ));
    for (name, measure) in &difference.measures {
        say(format!(
            "{name}: {:.2} of {:.2} change hands in some role ({:.1} %)",
            measure.moved,
            measure.total,
            measure.share * 100.0
        ));
    }
}
