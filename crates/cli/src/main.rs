//! `bailiwick`: arguments → use case → printed result. Data goes to stdout, everything else to stderr; exit 0 done,
//! 1 refused or findings, 2 wrong use (DESIGN 4).

mod arguments;
mod commands;
mod output;
mod progress;

use clap::Parser;

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
