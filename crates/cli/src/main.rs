//! `bailiwick`: arguments → use case → printed result. Data goes to stdout, everything else to stderr; exit 0 done,
//! 1 refused or findings, 2 wrong use (DESIGN 4).

mod arguments;
mod commands;
mod output;
mod progress;
mod stopwatch;

use clap::Parser;
use mimalloc::MiMalloc;

/// Rows become many small values; the C library's allocator took half of the time of a large file of arrivals.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> std::process::ExitCode {
    let arguments = arguments::Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("error: cannot start: {error}");
            return 2.into();
        }
    };
    match runtime.block_on(commands::run(arguments)) {
        Ok(exit) => exit.into(),
        Err(error) => output::report_error(&error).into(),
    }
}
