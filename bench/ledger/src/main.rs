//! The ledger alone, without planning or deciding: what its database takes. Not a user's command.

mod commits;
mod plans;
mod world;

use std::process::ExitCode;

use bailiwick_domain::id::IdError;
use bailiwick_store::StoreError;
use clap::{Parser, Subcommand};

/// As in `bailiwick` itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(
    name = "bailiwick-ledger-bench",
    version,
    about = "The ledger alone: plans of millions, who, and commits at a pace"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Applies a plan of so many assignments, then one that changes a part of them; prints one JSON object.
    Plans {
        /// sqlite:PATH or postgres://…; made if it does not exist.
        #[arg(long)]
        db: String,
        #[arg(long, default_value_t = 1_000_000)]
        accounts: u32,
        #[arg(long, default_value_t = 1_000)]
        employees: u32,
        /// Share of accounts that the second plan gives to somebody else.
        #[arg(long, default_value_t = 0.05)]
        change: f64,
    },
    /// Asks who holds accounts picked at random; prints waits in milliseconds.
    Who {
        #[arg(long)]
        db: String,
        #[arg(long, default_value_t = 1_000_000)]
        accounts: u32,
        #[arg(long, default_value_t = 20_000)]
        asked: u32,
        /// Questions at a time.
        #[arg(long, default_value_t = 1)]
        together: u32,
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Records arrivals at a pace, gathered as the service gathers them; prints waits, and how long each part of a commit took.
    Commits {
        #[arg(long)]
        db: String,
        /// Arrivals a second.
        #[arg(long, default_value_t = 2_000)]
        rate: u32,
        #[arg(long, default_value_t = 20)]
        seconds: u32,
        /// Nobody moves the log into the database but whoever commits.
        #[arg(long)]
        leave_log: bool,
        /// Microseconds between the beginnings of two transactions, at least.
        #[arg(long, default_value_t = 1_000)]
        apart: u64,
    },
}

#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Id(#[from] IdError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Plans { db, accounts, employees, change } => plans::apply(&db, accounts, employees, change).await,
        Command::Who { db, accounts, asked, together, seed } => plans::who(&db, accounts, asked, together, seed).await,
        Command::Commits { db, rate, seconds, leave_log, apart } => {
            commits::run(&db, rate, seconds, leave_log, apart).await
        }
    };
    match done {
        Ok(told) => {
            println!("{}", serde_json::to_string_pretty(&told).unwrap_or_default());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bailiwick-ledger-bench: {error}");
            ExitCode::FAILURE
        }
    }
}
