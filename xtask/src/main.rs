//! `cargo xtask`: all that a developer or CI runs, one word each. Plain Rust, so that it works wherever the product does.

mod cluster;
mod counts;
mod setup;
mod steps;
mod test;
mod tools;
mod web;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "All that a developer or CI runs, one word each",
    arg_required_else_help = true
)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what this machine lacks: a C compiler, Node.js, a browser and PostgreSQL (Debian and its kin, as root)
    Setup,
    /// Check the format, the lints, every test and the pages
    Test,
    /// Build the pages into the files which the binary embeds
    Web,
    /// Start a scheduler and two executors, plan on them, and end them: cargo xtask cluster -- -p examples/city
    Cluster {
        /// Those of bailiwick plan
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Check what runs on clusters: lints, parts, and plans on real processes
    TestCluster,
    /// Run bailiwick-bench, optimised: cargo xtask bench -- solve --format gap FILE
    Bench {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Setup => setup::run(),
        Task::Test => test::run(),
        Task::Web => web::run(),
        Task::Cluster { arguments } => cluster::run(&arguments),
        Task::TestCluster => cluster::test(),
        Task::Bench { arguments } => bench(&arguments),
    };
    if done { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn bench(arguments: &[String]) -> bool {
    let fixed = ["run", "--release", "--package", "bailiwick-bench", "--"].map(String::from);
    steps::succeeds(&mut tools::cargo(fixed.iter().chain(arguments)))
}
