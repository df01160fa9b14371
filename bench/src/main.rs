//! Published benchmark formats as a second front end of the engine, and a generated territory problem for comparison
//! with other programs. Not a user's command.

mod aggregate;
mod cancel;
mod columns;
mod conditions;
mod formats;
mod generate;
mod judge;
mod orders;
mod plans;
mod run;
mod segmented;
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
    /// Writes a customer base of a given size: accounts.csv and employees.csv; with segments as Parquet, with a policy.
    Generate {
        #[arg(long)]
        accounts: usize,
        #[arg(long)]
        employees: usize,
        /// Five for each region.
        #[arg(long)]
        segments: Option<usize>,
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
    /// Makes order lines and measures how long `PROGRAM contribution` takes over them.
    Orders {
        /// The `bailiwick` to be measured.
        program: PathBuf,
        #[arg(long, default_value_t = 10_000_000)]
        lines: usize,
        #[arg(long, default_value_t = 200_000)]
        accounts: usize,
        #[arg(long, default_value_t = 500)]
        employees: usize,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Where the files are made.
        #[arg(short, long)]
        output: PathBuf,
    },
    /// Makes a customer base, plans it account by account and by basic units, and compares the two.
    Aggregate {
        #[arg(long, default_value_t = 1_000_000)]
        accounts: usize,
        #[arg(long, default_value_t = 1_000)]
        employees: usize,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Where the files are made.
        #[arg(short, long)]
        output: PathBuf,
    },
    /// Writes two plans of many assignments, of which a share differs, for `bailiwick diff`.
    Plans {
        #[command(flatten)]
        wanted: plans::Wanted,
    },
    /// Puts the accounts of a project into their segments, and prints how many a second.
    Conditions {
        /// The folder of the policy.
        project: PathBuf,
        #[arg(long, default_value_t = 1)]
        threads: usize,
        #[arg(long, default_value_t = 3)]
        times: usize,
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
        Command::Generate { accounts, employees, segments, seed, output } => match segments {
            Some(segments) => segmented::generate(accounts, employees, segments, seed, &output),
            None => generate::generate(accounts, employees, seed, &output),
        },
        Command::Aggregate { accounts, employees, seed, output } => {
            aggregate::measure(accounts, employees, seed, &output)
        }
        Command::Plans { wanted } => plans::generate(&wanted),
        Command::Conditions { project, threads, times } => conditions::measure(&project, threads, times),
        Command::Judge { accounts, employees, assignments } => judge::judge(&accounts, &employees, &assignments),
        Command::Territories { base, output, time_limit } => territories::divide(&base, &output, time_limit),
        Command::Cancel { base, after } => {
            territories::pose(&base).and_then(|posed| cancel::leave_off(&posed.problem, base.seed, &after))
        }
        Command::CancelInstance { format, file, seed, after } => {
            run::parse(format, &file).and_then(|problem| cancel::leave_off(&problem, seed, &after))
        }
        Command::Orders { program, lines, accounts, employees, seed, output } => {
            orders::measure(&program, lines, accounts, employees, seed, &output)
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
