//! Published benchmark formats as a second front end of the engine, and a generated territory problem for comparison
//! with other programs. Not a user's command.

mod cancel;
mod columns;
mod formats;
mod generate;
mod judge;
mod run;
mod table;
mod territories;

use clap::{Parser, Subcommand};
use formats::Format;
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Parser)]
#[command(
    name = "bailiwick-bench",
    version,
    about = "Runs the engine on published instances and generated customer bases"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Solves one instance and prints one JSON object.
    Solve {
        /// What the file holds.
        #[arg(long, value_enum)]
        format: Format,
        file: PathBuf,
        /// Seconds the solve may take.
        #[arg(long, default_value_t = 60.0)]
        time_limit: f64,
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Solves every instance of a directory and compares with its best_known.csv or reference.csv.
    Table {
        format: Format,
        dir: PathBuf,
        #[arg(long, default_value_t = 60.0)]
        time_limit: f64,
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Writes a customer base of a given size: accounts.csv and employees.csv.
    Generate {
        #[arg(long)]
        accounts: usize,
        #[arg(long)]
        employees: usize,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        #[arg(short, long)]
        output: PathBuf,
    },
    /// Judges a division of accounts by whichever program: balance and compactness, as one JSON object.
    Judge { accounts: PathBuf, employees: PathBuf, assignments: PathBuf },
    /// Divides accounts into compact territories of equal measures and writes account_id,employee_id.
    Territories {
        #[command(flatten)]
        base: territories::Base,
        #[arg(short, long)]
        output: PathBuf,
        #[arg(long, default_value_t = 600.0)]
        time_limit: f64,
    },
    /// Cancels the same solve at several moments, lets its time run out at them, and prints how soon it was back.
    Cancel {
        #[command(flatten)]
        base: territories::Base,
        /// Seconds after which to cancel, one solve each.
        #[arg(long, value_delimiter = ',', default_value = "0.1,0.3,1,3,10")]
        after: Vec<f64>,
    },
    /// The same for one instance.
    CancelInstance {
        #[arg(long)]
        format: formats::Format,
        file: PathBuf,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Seconds after which to cancel, one solve each.
        #[arg(long, value_delimiter = ',', default_value = "0.05,0.2,1,3,10")]
        after: Vec<f64>,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Solve { format, file, time_limit, seed } => run::solve_file(format, &file, time_limit, seed),
        Command::Table { format, dir, time_limit, seed } => table::solve_all(format, &dir, time_limit, seed),
        Command::Generate { accounts, employees, seed, output } => {
            generate::generate(accounts, employees, seed, &output)
        }
        Command::Judge { accounts, employees, assignments } => judge::judge(&accounts, &employees, &assignments),
        Command::Territories { base, output, time_limit } => territories::divide(&base, &output, time_limit),
        Command::Cancel { base, after } => {
            territories::pose(&base).and_then(|posed| cancel::leave_off(&posed.problem, base.seed, &after))
        }
        Command::CancelInstance { format, file, seed, after } => {
            run::parse(format, &file).and_then(|problem| cancel::leave_off(&problem, seed, &after))
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bailiwick-bench: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
