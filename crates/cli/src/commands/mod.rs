//! One file a command: arguments become a request, the use case does the work, the result is printed.

mod absence;
mod apply;
mod audit;
mod backup;
mod check;
mod completions;
mod demo;
mod diff;
pub mod handover;
mod init;
mod plan;
pub mod plans;
mod route;
mod schema;
mod serve;
mod sizing;
mod users;
mod who;

use bailiwick_app::AppError;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::arguments::{Arguments, Command, Format};

/// What every command is told beside its own arguments.
pub struct Setting {
    pub format: Format,
    pub quiet: bool,
    pub now: Timestamp,
}

impl Setting {
    /// Today in a zone; in the machine's own when the company's is not known.
    pub fn today(&self, zone: Option<&str>) -> Date {
        let zone = zone.and_then(|name| TimeZone::get(name).ok()).unwrap_or_else(TimeZone::system);
        self.now.to_zoned_datetime(zone).date()
    }
}

pub async fn run(arguments: Arguments) -> Result<u8, AppError> {
    let setting = Setting { format: arguments.format, quiet: arguments.quiet, now: Timestamp::now() };
    match arguments.command {
        Command::Demo(arguments) => demo::run(arguments, &setting).await,
        Command::Init(arguments) => init::run(&arguments),
        Command::Check(arguments) => check::run(&arguments, &setting).await,
        Command::Plan(arguments) => plan::run(&arguments, &setting).await,
        Command::Sizing(arguments) => sizing::run(&arguments, &setting).await,
        Command::Diff(arguments) => diff::run(&arguments, &setting).await,
        Command::Apply(arguments) => apply::run(&arguments, &setting).await,
        Command::Plans(arguments) => plans::run(&arguments, &setting).await,
        Command::Who(arguments) => who::run(&arguments, &setting).await,
        Command::Route(arguments) => route::run(&arguments, &setting).await,
        Command::Absence(arguments) => absence::run(&arguments, &setting).await,
        Command::Handover(arguments) => handover::run(&arguments, &setting).await,
        Command::Backup(arguments) => backup::backup(&arguments, &setting).await,
        Command::Restore(arguments) => backup::restore(&arguments, &setting).await,
        Command::Audit(arguments) => audit::run(&arguments, &setting).await,
        Command::Serve(arguments) => serve::run(&arguments, &setting).await,
        Command::Users(arguments) => users::run(arguments, &setting).await,
        Command::Schema => schema::run(),
        Command::Completions(arguments) => completions::run(&arguments),
    }
}

/// Who acts, for the audit trail: the account of the operating system.
pub fn actor() -> String {
    ["USER", "USERNAME", "LOGNAME"]
        .iter()
        .find_map(|name| std::env::var(name).ok())
        .unwrap_or_else(|| String::from("local"))
}
