//! `bailiwick handover preview EMPLOYEE`, `do EMPLOYEE`, `list`, `checklist NUMBER`, `back NUMBER`

use std::collections::BTreeMap;

use bailiwick_app::AppError;
use bailiwick_domain::handover::{HandOver, Loose, NewHandOver};
use bailiwick_domain::id::EmployeeId;
use bailiwick_store::{HandedOver, Ledger};
use clap::{Args, Subcommand};
use jiff::civil::Date;
use serde_json::json;

use super::{Setting, actor};
use crate::arguments::Format;
use crate::output::{self, DONE, csv, say, table};

#[derive(Args)]
pub struct Handover {
    #[command(subcommand)]
    pub command: HandoverCommand,
    /// The ledger: sqlite:FILE or postgres://USER@HOST/DATABASE
    #[arg(long, global = true, default_value = "sqlite:bailiwick.db", value_name = "URL", env = "BAILIWICK_DB")]
    pub db: String,
}

#[derive(Subcommand)]
pub enum HandoverCommand {
    /// Show what would go to whom, and what would have to be seen to; nothing is changed
    Preview(Leaver),
    /// Hand everything over; from then on the leaver is given nothing any more
    Do(Leaver),
    /// Show hand-overs that hold
    List,
    /// Show what still hangs on a leaver
    Checklist {
        /// Its number, as `handover list` shows it
        number: u64,
    },
    /// Take a hand-over back: the leaver holds again what nobody has changed since
    Back {
        /// Its number, as `handover list` shows it
        number: u64,
        /// Why, for the audit trail
        #[arg(long, default_value = "taken back")]
        reason: String,
    },
}

#[derive(Args)]
pub struct Leaver {
    /// Who leaves
    #[arg(value_name = "EMPLOYEE")]
    pub employee: String,
    /// The first day on which they hold nothing
    #[arg(long, value_name = "DATE")]
    pub on: Date,
    /// Who takes everything; without, each account goes to the least loaded of the same role, or else to the manager
    #[arg(long, value_name = "EMPLOYEE")]
    pub successor: Option<String>,
    /// Why, for the audit trail
    #[arg(long, default_value = "leaves")]
    pub reason: String,
}

pub async fn run(arguments: &Handover, setting: &Setting) -> Result<u8, AppError> {
    let ledger = Ledger::open_existing(&arguments.db).await?;
    let done = act(&arguments.command, &ledger, setting).await;
    ledger.close().await;
    done
}

async fn act(command: &HandoverCommand, ledger: &Ledger, setting: &Setting) -> Result<u8, AppError> {
    match command {
        HandoverCommand::Preview(leaver) => {
            let new = wanted(leaver)?;
            let loose = ledger.loose_ends(&new.employee, new.on).await?;
            tell(&ledger.preview_hand_over(&new, setting.now).await?, &loose, setting);
        }
        HandoverCommand::Do(leaver) => {
            let new = wanted(leaver)?;
            let done = ledger.hand_over(&new, &actor(), setting.now).await?;
            tell(&done, &ledger.loose_ends(&new.employee, new.on).await?, setting);
            if setting.format == Format::Table {
                let number = done.hand_over.id;
                say(format!("It is hand-over {number}: `bailiwick handover back {number}` takes it back"));
            }
        }
        HandoverCommand::List => list(&ledger.hand_overs().await?, setting),
        HandoverCommand::Checklist { number } => {
            let one = ledger.one_hand_over(*number).await?.ok_or_else(|| AppError::Missing {
                message: format!("there is no hand-over {number}, or it was taken back"),
                remedy: String::from("see `bailiwick handover list`"),
            })?;
            let loose = ledger.loose_ends(&one.employee, one.on).await?;
            match setting.format {
                Format::Json => output::json(&loose),
                Format::Csv | Format::Table => checklist(&one.employee, &loose),
            }
        }
        HandoverCommand::Back { number, reason } => {
            let back = ledger.take_back(*number, reason, &actor(), setting.now).await?;
            match setting.format {
                Format::Json => output::json(&back),
                Format::Csv | Format::Table => {
                    say(format!("{} are held as before", back.restored.len()));
                    back.changed_since.iter().for_each(|key| say(format!("{key}: changed since, and left so")));
                }
            }
        }
    }
    Ok(DONE)
}

fn wanted(leaver: &Leaver) -> Result<NewHandOver, AppError> {
    Ok(NewHandOver {
        employee: employee(&leaver.employee)?,
        on: leaver.on,
        successor: leaver.successor.as_deref().map(employee).transpose()?,
        reason: leaver.reason.clone(),
    })
}

fn employee(text: &str) -> Result<EmployeeId, AppError> {
    text.parse().map_err(|error| AppError::Usage {
        message: format!("\"{text}\" is no id of an employee: {error}"),
        remedy: String::from("give the employee_id"),
    })
}

fn tell(done: &HandedOver, loose: &Loose, setting: &Setting) {
    let header = ["account", "role", "product line", "goes to"];
    let passed = done.passed.iter().map(|(key, who)| (key, who.to_string()));
    let nobody = done.nobody.iter().map(|key| (key, String::new()));
    let rows = passed.chain(nobody).map(|(key, who)| {
        let line = key.product_line.as_ref().map(ToString::to_string).unwrap_or_default();
        vec![key.account.to_string(), key.role.to_string(), line, who]
    });
    match setting.format {
        Format::Json => output::json(&json!({ "done": done, "checklist": loose })),
        Format::Csv => csv(&header, rows),
        Format::Table => {
            let mut to: BTreeMap<&EmployeeId, u64> = BTreeMap::new();
            done.passed.iter().for_each(|(_, who)| *to.entry(who).or_default() += 1);
            let rows = to.into_iter().map(|(who, count)| vec![who.to_string(), count.to_string()]);
            say(table(&["goes to", "assignments"], rows));
            if !done.nobody.is_empty() {
                say(format!("{} go to nobody: nobody at work holds the role", done.nobody.len()));
            }
            checklist(&done.hand_over.employee, loose);
        }
    }
}

fn checklist(leaver: &EmployeeId, loose: &Loose) {
    let names = |all: &[EmployeeId]| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    let mut open = vec![];
    if !loose.holds.is_empty() {
        open.push(format!("{leaver} holds {} assignments on the day or later", loose.holds.len()));
    }
    for (who, accounts) in &loose.introduce {
        open.push(format!("introduce {who} to {accounts} accounts"));
    }
    if !loose.manages.is_empty() {
        open.push(format!("give another manager to {}", names(&loose.manages)));
    }
    if !loose.stands_in_for.is_empty() {
        open.push(format!("find another substitute for {}", names(&loose.stands_in_for)));
    }
    if !loose.matters.is_empty() {
        let numbers = loose.matters.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        open.push(format!("finish or pass on the open matters {numbers}"));
    }
    if open.is_empty() {
        say("Nothing hangs on them any more");
    }
    open.iter().for_each(|line| say(format!("- {line}")));
}

fn list(found: &[HandOver], setting: &Setting) {
    let header = ["number", "employee", "from", "reason"];
    let rows = found
        .iter()
        .map(|done| vec![done.id.to_string(), done.employee.to_string(), done.on.to_string(), done.reason.clone()]);
    match setting.format {
        Format::Json => output::json(&found),
        Format::Csv => csv(&header, rows),
        Format::Table => say(table(&header, rows)),
    }
}
