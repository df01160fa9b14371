//! One file a command: arguments become a request, the use case does the work, the result is printed.

mod absence;
mod apply;
mod audit;
mod backup;
mod card;
mod check;
#[cfg(feature = "ballista")]
pub mod cluster;
mod completions;
mod contribution;
mod demo;
mod desk;
mod diff;
pub mod disputes;
mod exchange;
pub mod handover;
mod incentives;
mod init;
mod plan;
pub mod plans;
mod reading;
mod replay;
mod route;
mod schema;
mod serve;
pub mod service_levels;
mod sizing;
pub mod skills;
pub mod splits;
mod users;
mod who;

use bailiwick_app::{AppError, calendar};
use bailiwick_store::Ledger;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::arguments::{Arguments, Command, Form, Format};

/// What every command is told beside its own arguments.
pub struct Setting {
    pub format: Format,
    /// What was asked for, where a command has forms of its own.
    pub form: Form,
    pub quiet: bool,
    pub now: Timestamp,
}

impl Setting {
    /// The day that was asked for, or today in the company whose ledger it is.
    pub async fn day(&self, on: Option<Date>, ledger: &Ledger) -> Result<Date, AppError> {
        match on {
            Some(day) => Ok(day),
            None => calendar::today(ledger, self.now).await,
        }
    }
}

pub async fn run(arguments: Arguments) -> Result<u8, AppError> {
    let form = arguments.format;
    let format = match (form.printed(), &arguments.command) {
        (Some(format), _) => format,
        (None, Command::Card(_) | Command::Export(_) | Command::Import(_)) => Format::Table,
        (None, Command::Plan(_)) if form == Form::Parquet => Format::Table,
        (None, _) => {
            return Err(AppError::Usage {
                message: String::from("this command does not print in that form"),
                remedy: String::from("give --format table, json or csv"),
            });
        }
    };
    let setting = Setting { format, form, quiet: arguments.quiet, now: Timestamp::now() };
    match arguments.command {
        Command::Demo(arguments) => demo::run(arguments, &setting).await,
        Command::Init(arguments) => init::run(&arguments),
        Command::Check(arguments) => check::run(&arguments, &setting).await,
        Command::Plan(arguments) => plan::run(&arguments, &setting).await,
        Command::Sizing(arguments) => sizing::run(&arguments, &setting).await,
        Command::ServiceLevels(arguments) => service_levels::run(&arguments, &setting).await,
        Command::Skills(arguments) => skills::run(&arguments, &setting).await,
        Command::Contribution(arguments) => contribution::run(&arguments, &setting).await,
        Command::Incentives(arguments) => incentives::run(&arguments, &setting).await,
        Command::Disputes(arguments) => disputes::run(&arguments, &setting).await,
        Command::Splits(arguments) => splits::run(&arguments, &setting).await,
        Command::Diff(arguments) => diff::run(&arguments, &setting).await,
        Command::Apply(arguments) => apply::run(&arguments, &setting).await,
        Command::Plans(arguments) => plans::run(&arguments, &setting).await,
        Command::Who(arguments) => who::run(&arguments, &setting).await,
        Command::Route(arguments) => route::run(&arguments, &setting).await,
        Command::Replay(arguments) => replay::run(&arguments, &setting).await,
        Command::Absence(arguments) => absence::run(&arguments, &setting).await,
        Command::Desk(arguments) => desk::run(&arguments, &setting).await,
        Command::Card(arguments) => card::run(&arguments, &setting).await,
        Command::Export(arguments) => exchange::export(&arguments, &setting).await,
        Command::Import(arguments) => exchange::import(&arguments, &setting).await,
        Command::Handover(arguments) => handover::run(&arguments, &setting).await,
        Command::Backup(arguments) => backup::backup(&arguments, &setting).await,
        Command::Restore(arguments) => backup::restore(&arguments, &setting).await,
        Command::Audit(arguments) => audit::run(&arguments, &setting).await,
        Command::Serve(arguments) => serve::run(&arguments, &setting).await,
        Command::Users(arguments) => users::run(arguments, &setting).await,
        Command::Schema => schema::run(),
        Command::Completions(arguments) => completions::run(&arguments),
        #[cfg(feature = "ballista")]
        Command::Cluster(arguments) => cluster::run(arguments).await,
    }
}

/// Who acts, for the audit trail: the account of the operating system.
pub fn actor() -> String {
    ["USER", "USERNAME", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .unwrap_or_else(|| String::from("local"))
}
