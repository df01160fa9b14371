//! Published benchmark formats as a second front end of the engine, and a generated territory problem for comparison
//! with other programs. Not a user's command.

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
        /// CSV with account_id, latitude, longitude and the measures.
        accounts: PathBuf,
        /// CSV with employee_id, latitude, longitude.
        employees: PathBuf,
        #[arg(short, long)]
        output: PathBuf,
        /// How far an employee's load may be from the mean, as a share of it.
        #[arg(long, default_value_t = 0.05)]
        tolerance: f64,
        /// Columns to balance; the first also weighs the way to an account.
        #[arg(long, value_delimiter = ',', default_value = "workload")]
        measures: Vec<String>,
        #[arg(long, default_value_t = 600.0)]
        time_limit: f64,
        #[arg(long, default_value_t = 1)]
        seed: u64,
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
        Command::Territories { accounts, employees, output, tolerance, measures, time_limit, seed } => {
            territories::divide(&accounts, &employees, &output, tolerance, &measures, run::Limits { time_limit, seed })
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
