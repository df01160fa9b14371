//! `bailiwick disputes`: what somebody says is wrong with their pay is opened, answered and settled.

use bailiwick_app::AppError;
use bailiwick_domain::dispute::{Dispute, DisputeState};
use bailiwick_domain::id::EmployeeId;
use bailiwick_domain::period::Period;
use bailiwick_store::{Ledger, StoreError, Version};
use clap::{Args, Subcommand};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{Setting, actor};
use crate::arguments::Format;
use crate::output::{self, DONE, csv, say, table};

#[derive(Args)]
pub struct Disputes {
    #[command(subcommand)]
    command: Command,
    /// The ledger: sqlite:FILE or postgres://USER@HOST/DATABASE
    #[arg(long, global = true, default_value = "sqlite:bailiwick.db", value_name = "URL", env = "BAILIWICK_DB")]
    db: String,
}

#[derive(Subcommand)]
enum Command {
    /// Show disputes, by number
    List {
        /// Only those about the pay of one employee
        #[arg(long, value_name = "EMPLOYEE")]
        employee: Option<EmployeeId>,
        /// Only those that are not settled
        #[arg(long)]
        unsettled: bool,
    },
    /// Say that somebody's pay is wrong
    Open(Open),
    /// Say something to a dispute that is not settled
    Answer {
        #[arg(value_name = "NUMBER")]
        number: u64,
        #[arg(value_name = "TEXT")]
        answer: String,
    },
    /// Settle a dispute: granted with an amount, refused without one. Whoever opened it does not settle it
    Settle {
        #[arg(value_name = "NUMBER")]
        number: u64,
        /// Why
        #[arg(value_name = "TEXT")]
        answer: String,
        /// In the company's currency; paid with the first period that is open
        #[arg(long, value_name = "DECIMAL", allow_negative_numbers = true)]
        amount: Option<Decimal>,
    },
}

#[derive(Args)]
struct Open {
    #[arg(value_name = "EMPLOYEE")]
    employee: EmployeeId,
    /// The month, quarter or year it is about
    #[arg(value_name = "2026-Q1")]
    period: Period,
    /// What is wrong
    #[arg(value_name = "TEXT")]
    claim: String,
    /// The order, where it is about one
    #[arg(long, value_name = "ORDER")]
    order: Option<String>,
    /// The line of the order
    #[arg(long, value_name = "LINE", requires = "order")]
    line: Option<String>,
    /// Who says so; you when absent
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

pub async fn run(arguments: &Disputes, setting: &Setting) -> Result<u8, AppError> {
    let ledger = Ledger::open_existing(&arguments.db).await?;
    let result = carry_out(&ledger, &arguments.command, setting).await;
    ledger.close().await;
    print(&result?, setting.format);
    Ok(DONE)
}

async fn carry_out(ledger: &Ledger, command: &Command, setting: &Setting) -> Result<Vec<Version<Dispute>>, StoreError> {
    let by = actor();
    let one = match command {
        Command::List { employee, unsettled } => {
            let mut found = ledger.disputes().await?;
            found.retain(|one| employee.as_ref().is_none_or(|employee| one.value.employee == *employee));
            found.retain(|one| !unsettled || !one.value.is_settled());
            return Ok(found);
        }
        Command::Open(new) => {
            let opened_by = new.by.clone().unwrap_or_else(|| by.clone());
            let dispute = Dispute {
                employee: new.employee.clone(),
                period: new.period,
                order: new.order.clone(),
                line: new.line.clone(),
                claim: new.claim.clone(),
                answer: None,
                state: DisputeState::Open,
                amount: None,
                opened_by,
            };
            ledger.open_dispute(dispute, &by, setting.now).await?
        }
        Command::Answer { number, answer } => ledger.answer_dispute(*number, answer, &by, setting.now).await?,
        Command::Settle { number, answer, amount } => {
            ledger.settle_dispute(*number, *amount, answer, &by, setting.now).await?
        }
    };
    Ok(vec![one])
}

const COLUMNS: [&str; 10] =
    ["number", "employee_id", "period", "order_id", "line", "state", "amount", "claim", "answer", "opened_by"];

fn print(found: &[Version<Dispute>], format: Format) {
    let row = |one: &Version<Dispute>| {
        let value = &one.value;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            one.number.to_string(),
            value.employee.to_string(),
            value.period.to_string(),
            text(&value.order),
            text(&value.line),
            value.state.word().to_owned(),
            value.amount.map(|amount| amount.to_string()).unwrap_or_default(),
            value.claim.clone(),
            text(&value.answer),
            value.opened_by.clone(),
        ]
    };
    match format {
        Format::Json => output::json(&found.iter().map(told).collect::<Vec<_>>()),
        Format::Csv => csv(&COLUMNS, found.iter().map(row)),
        Format::Table => say(table(&COLUMNS, found.iter().map(row))),
    }
}

/// As the API tells it.
fn told(one: &Version<Dispute>) -> Value {
    let value = &one.value;
    json!({
        "number": one.number, "version": one.version, "employee_id": value.employee, "period": value.period,
        "order_id": value.order, "line": value.line, "claim": value.claim, "answer": value.answer,
        "state": value.state.word(), "amount": value.amount, "opened_by": value.opened_by,
    })
}
