//! `bailiwick serve`

use bailiwick_app::AppError;
use bailiwick_server::{OidcSettings, Settings};
use bailiwick_store::Ledger;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::Setting;
use crate::arguments::{LogFormat, Serve};
use crate::output::DONE;

/// What is logged, e.g. `info`, or `warn,bailiwick_server=debug`.
const LOG: &str = "BAILIWICK_LOG";

/// Secrets are not given as arguments, which others on the machine can read.
const OIDC_SECRET: &str = "BAILIWICK_OIDC_CLIENT_SECRET";

pub async fn run(arguments: &Serve, _setting: &Setting) -> Result<u8, AppError> {
    log(arguments.log_format)?;
    let settings = Settings {
        four_eyes: arguments.four_eyes,
        requests_a_minute: arguments.requests_a_minute,
        webhook_allow: arguments.webhook_allow.clone(),
        oidc: oidc(arguments)?,
        project: arguments.project.clone(),
        ..Settings::default()
    };
    let ledger = Ledger::open_existing(&arguments.database.db).await?;
    bailiwick_server::serve(ledger, None, arguments.listen, false, settings).await?;
    Ok(DONE)
}

/// A provider by which people sign in, if one is named.
fn oidc(arguments: &Serve) -> Result<Option<OidcSettings>, AppError> {
    let Some(issuer) = arguments.oidc_issuer.clone() else { return Ok(None) };
    let (Some(client_id), Some(client_secret), Some(base)) =
        (arguments.oidc_client_id.clone(), std::env::var(OIDC_SECRET).ok(), arguments.oidc_base.clone())
    else {
        return Err(AppError::Usage {
            message: String::from("an OpenID provider is named, and not what we are to it"),
            remedy: format!("give --oidc-client-id and --oidc-base, and the secret in {OIDC_SECRET}"),
        });
    };
    let create_members = arguments.oidc_create_members;
    Ok(Some(OidcSettings { issuer, client_id, client_secret, base, create_members }))
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
