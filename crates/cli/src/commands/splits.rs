//! `bailiwick splits`: orders divided by hand, each with its reason. What is divided by hand goes before every rule.

use bailiwick_app::AppError;
use bailiwick_domain::id::EmployeeId;
use bailiwick_domain::split::CreditSplit;
use bailiwick_store::{Ledger, StoreError, Version};
use clap::{Args, Subcommand};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Setting, actor};
use crate::arguments::Format;
use crate::output::{self, DONE, csv, say, table};

#[derive(Args)]
pub struct Splits {
    #[command(subcommand)]
    command: Command,
    /// The ledger: sqlite:FILE or postgres://USER@HOST/DATABASE
    #[arg(long, global = true, default_value = "sqlite:bailiwick.db", value_name = "URL", env = "BAILIWICK_DB")]
    db: String,
}

#[derive(Subcommand)]
enum Command {
    /// Show orders divided by hand, by number
    List {
        /// Also those that were taken back
        #[arg(long)]
        all: bool,
    },
    /// Divide an order by hand
    Add {
        #[arg(value_name = "ORDER")]
        order: String,
        /// Employee and part, as in E-020=60; parts need not sum to anything
        #[arg(value_name = "EMPLOYEE=PART", required = true, value_parser = part)]
        parts: Vec<(EmployeeId, Decimal)>,
        /// Why, for the statements and the audit trail
        #[arg(long, value_name = "TEXT")]
        reason: String,
        /// One line of it; all when absent
        #[arg(long, value_name = "LINE")]
        line: Option<String>,
    },
    /// Take a division by hand back: the rules hold again
    Remove {
        #[arg(value_name = "NUMBER")]
        number: u64,
    },
}

fn part(text: &str) -> Result<(EmployeeId, Decimal), String> {
    let wrong = || format!("\"{text}\" is no part: write EMPLOYEE=PART, as in E-020=60");
    let (employee, part) = text.rsplit_once('=').ok_or_else(wrong)?;
    let part = part.trim().parse::<Decimal>().ok().filter(|part| part.scale() <= 9).ok_or_else(wrong)?;
    Ok((EmployeeId::new(employee.trim()).map_err(|error| error.to_string())?, part))
}

pub async fn run(arguments: &Splits, setting: &Setting) -> Result<u8, AppError> {
    let ledger = Ledger::open_existing(&arguments.db).await?;
    let result = carry_out(&ledger, &arguments.command, setting).await;
    ledger.close().await;
    print(&result?, setting.format);
    Ok(DONE)
}

async fn carry_out(
    ledger: &Ledger,
    command: &Command,
    setting: &Setting,
) -> Result<Vec<Version<CreditSplit>>, StoreError> {
    let by = actor();
    let one = match command {
        Command::List { all } => {
            let mut found = ledger.credit_splits().await?;
            found.retain(|one| *all || one.value.active);
            return Ok(found);
        }
        Command::Add { order, parts, reason, line } => {
            let (order, parts, reason, line) = (order.clone(), parts.clone(), reason.clone(), line.clone());
            let split = CreditSplit { order, line, parts, reason, active: true };
            ledger.split_credit(split, &by, setting.now).await?
        }
        Command::Remove { number } => {
            let standing = ledger.credit_splits().await?.into_iter().find(|one| one.number == *number);
            // Without one, the ledger says that there is none.
            let seen = standing.map_or(0, |one| one.version);
            ledger.unsplit_credit(*number, seen, &by, setting.now).await?
        }
    };
    Ok(vec![one])
}

const COLUMNS: [&str; 6] = ["number", "order_id", "line", "parts", "reason", "active"];

fn print(found: &[Version<CreditSplit>], format: Format) {
    let row = |one: &Version<CreditSplit>| {
        let parts: Vec<String> = one.value.parts.iter().map(|(employee, part)| format!("{employee}={part}")).collect();
        vec![
            one.number.to_string(),
            one.value.order.clone(),
            one.value.line.clone().unwrap_or_default(),
            parts.join(" "),
            one.value.reason.clone(),
            String::from(if one.value.active { "yes" } else { "taken back" }),
        ]
    };
    match format {
        Format::Json => output::json(&found.iter().map(told).collect::<Vec<_>>()),
        Format::Csv => csv(&COLUMNS, found.iter().map(row)),
        Format::Table => say(table(&COLUMNS, found.iter().map(row))),
    }
}

/// As the API tells it.
fn told(one: &Version<CreditSplit>) -> Value {
    let parts = one.value.parts.iter().map(|(employee, part)| json!({ "employee_id": employee, "part": part }));
    json!({
        "number": one.number, "version": one.version, "order_id": one.value.order, "line": one.value.line,
        "parts": parts.collect::<Vec<_>>(), "reason": one.value.reason, "active": one.value.active,
    })
}
