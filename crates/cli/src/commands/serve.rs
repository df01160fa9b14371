//! `bailiwick serve`

use bailiwick_app::AppError;
use bailiwick_server::Settings;
use bailiwick_store::Ledger;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::Setting;
use crate::arguments::{LogFormat, Serve};
use crate::output::DONE;

/// What is logged, e.g. `info`, or `warn,bailiwick_server=debug`.
const LOG: &str = "BAILIWICK_LOG";

pub async fn run(arguments: &Serve, _setting: &Setting) -> Result<u8, AppError> {
    log(arguments.log_format)?;
    let settings = Settings { four_eyes: arguments.four_eyes };
    let ledger = Ledger::open_existing(&arguments.database.db).await?;
    bailiwick_server::serve(ledger, None, arguments.listen, false, settings).await?;
    Ok(DONE)
}

/// Starts the log, on stderr.
pub fn log(format: LogFormat) -> Result<(), AppError> {
    let wanted = std::env::var(LOG).unwrap_or_else(|_| String::from("warn"));
    let filter: Targets = wanted.parse().map_err(|error| AppError::Usage {
        message: format!("{LOG} = \"{wanted}\" says nothing that can be logged: {error}"),
        remedy: format!("write it as {LOG}=info, or {LOG}=warn,bailiwick_server=debug"),
    })?;
    let registry = tracing_subscriber::registry().with(filter);
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    match format {
        LogFormat::Text => registry.with(lines).init(),
        LogFormat::Json => registry.with(lines.json()).init(),
    }
    Ok(())
}
