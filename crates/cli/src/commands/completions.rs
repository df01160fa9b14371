//! `bailiwick completions SHELL`

use bailiwick_app::AppError;
use clap::CommandFactory;

use crate::arguments::{Arguments, Completions};
use crate::output::DONE;

pub fn run(arguments: &Completions) -> Result<u8, AppError> {
    clap_complete::generate(arguments.shell, &mut Arguments::command(), "bailiwick", &mut std::io::stdout());
    Ok(DONE)
}
