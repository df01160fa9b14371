//! The HTTP face: the same use cases as the command line, over the ledger, for whoever has signed in and may.
//!
//! ```text
//! request ─► guard (same site, in time) ─► caller (session or token) ─► api/<noun> names its operation ─► ledger
//! ```
//!
//! What may be done is decided in `bailiwick_domain::access`; nothing here looks at a role.

mod api;
mod app_files;
pub mod background;
mod caller;
mod card;
pub mod deliver;
mod dividing;
mod door;
mod extract;
mod guard;
mod language;
mod limits;
mod oidc;
mod once;
mod outbound;
mod pages;
pub mod password;
mod planning;
mod problem;
mod projects;
mod router;
mod secret;
mod settings;
mod studios;
mod studying;
pub mod work;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use bailiwick_app::route::Intake;
use bailiwick_app::{AppError, calendar};
use bailiwick_domain::access::UserRole;
use bailiwick_store::{Ledger, NewUser, UserRecord};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::api::metrics::Metrics;
use crate::door::Door;
use crate::limits::Limits;
use crate::oidc::Flows;
use crate::once::UnderWay;
pub use crate::settings::{OidcSettings, Settings};

/// So long requests and jobs have to end once the service is told to stop.
const GRACE: std::time::Duration = std::time::Duration::from_secs(30);

/// What every request can see.
#[derive(Clone)]
pub struct Serving {
    pub ledger: Ledger,
    /// The report of the plan in force, where there is one.
    pub report: Option<PathBuf>,
    /// Where arrivals are handed in.
    intake: Intake,
    pub settings: Arc<Settings>,
    clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    /// Where days begin and end: as the policy in force says; the machine's own zone until there is one.
    zone: Arc<RwLock<TimeZone>>,
    /// Other machines are served, which takes https.
    public: bool,
    under_way: UnderWay,
    flows: Arc<Flows>,
    limits: Arc<Limits>,
    /// A job waits.
    wake: Arc<tokio::sync::Notify>,
    /// Which jobs have changed.
    news: tokio::sync::broadcast::Sender<uuid::Uuid>,
    /// Whether the service ends.
    ends: tokio::sync::watch::Sender<bool>,
    setup: Option<Arc<Door>>,
    welcome: Option<Arc<Welcome>>,
    metrics: Arc<Metrics>,
    openapi: Arc<str>,
    /// The drafts that are worked on.
    studios: Arc<studios::Studios>,
    /// The project as it was read last.
    projects: Arc<projects::Projects>,
}

/// Who is let in by a link.
struct Welcome {
    door: Door,
    user: UserRecord,
}

impl Serving {
    /// A service for this machine alone.
    pub fn new(
        ledger: Ledger,
        report: Option<PathBuf>,
        clock: impl Fn() -> Timestamp + Send + Sync + 'static,
    ) -> Serving {
        let clock: Arc<dyn Fn() -> Timestamp + Send + Sync> = Arc::new(clock);
        let settings = Settings::default();
        Serving {
            intake: Intake::new(ledger.clone()),
            ledger,
            report,
            limits: Arc::new(Limits::new(&settings, Arc::clone(&clock))),
            under_way: UnderWay::default(),
            wake: Arc::default(),
            flows: Arc::default(),
            news: tokio::sync::broadcast::channel(64).0,
            ends: tokio::sync::watch::Sender::new(false),
            settings: Arc::new(settings),
            clock,
            zone: Arc::new(RwLock::new(TimeZone::system())),
            public: false,
            setup: None,
            welcome: None,
            metrics: Arc::new(Metrics::new()),
            openapi: openapi().into(),
            studios: Arc::default(),
            projects: Arc::default(),
        }
    }

    /// The same with other settings.
    #[must_use]
    pub fn with(mut self, settings: Settings) -> Serving {
        self.limits = Arc::new(Limits::new(&settings, Arc::clone(&self.clock)));
        self.settings = Arc::new(settings);
        self
    }

    /// Lets whoever holds the secret that is given back make the first administrator.
    pub fn open_setup(&mut self) -> Result<String, AppError> {
        let (door, secret) = Door::new().map_err(no_secrets)?;
        self.setup = Some(Arc::new(door));
        Ok(secret)
    }

    /// Lets one browser in as this user, by the address that is given back.
    pub fn open_welcome(&mut self, user: UserRecord) -> Result<String, AppError> {
        let (door, secret) = Door::new().map_err(no_secrets)?;
        self.welcome = Some(Arc::new(Welcome { door, user }));
        Ok(format!("/welcome/{secret}"))
    }

    /// Begins no more work, and ends what would go on for ever.
    pub fn stop(&self) {
        self.ends.send_replace(true);
    }

    fn is_stopping(&self) -> bool {
        *self.ends.borrow()
    }

    /// Waits until the service ends.
    async fn stopping(&self) {
        let mut ends = self.ends.subscribe();
        // Whoever could say so is gone.
        let _ = ends.wait_for(|ends| *ends).await;
    }

    fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Today in the company.
    fn today(&self) -> Date {
        let zone = self.zone.read().unwrap_or_else(PoisonError::into_inner).clone();
        self.now().to_zoned_datetime(zone).date()
    }

    /// Learns from the policy in force when the company's days begin.
    async fn learn_zone(&self) -> Result<(), AppError> {
        let zone = calendar::zone(&self.ledger, self.now()).await?;
        *self.zone.write().unwrap_or_else(PoisonError::into_inner) = zone;
        Ok(())
    }
}

fn no_secrets(why: String) -> AppError {
    AppError::Usage { message: why, remedy: String::from("see that the system gives random numbers") }
}

/// The description of the API, as JSON.
#[must_use]
pub fn openapi() -> String {
    let mut described = router::api().into_openapi();
    for (path, item) in &mut described.paths.paths {
        let methods = [
            ("get", &mut item.get),
            ("post", &mut item.post),
            ("put", &mut item.put),
            ("delete", &mut item.delete),
            ("patch", &mut item.patch),
        ];
        for (method, operation) in methods {
            if let Some(operation) = operation {
                operation.operation_id = Some(operation_id(method, path));
            }
        }
    }
    let mut text = described.to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// What the description calls an operation, which no two share: `get /api/v1/accounts/{id}` is `get_accounts_id`.
fn operation_id(method: &str, path: &str) -> String {
    let words = path.trim_start_matches("/api/v1/").split(|letter: char| !letter.is_ascii_alphanumeric());
    std::iter::once(method).chain(words.filter(|word| !word.is_empty())).collect::<Vec<_>>().join("_")
}

/// The routes alone, for tests that need no socket.
pub fn routes(serving: Serving) -> axum::Router {
    router::routes(serving)
}

/// Serves until the process is told to stop (Ctrl-C or SIGTERM). With `guest`, who comes by the link that is printed is
/// signed in as an administrator, who is made if there is no user yet: for trying things out.
pub async fn serve(
    ledger: Ledger,
    report: Option<PathBuf>,
    listen: SocketAddr,
    guest: bool,
    settings: Settings,
) -> Result<(), AppError> {
    let has_users = ledger.has_users().await?;
    if !listen.ip().is_loopback() && !has_users {
        return Err(AppError::Usage {
            message: format!("{listen} can be reached from other machines, and there is no user yet"),
            remedy: String::from("make one with `bailiwick users add NAME --role admin`, or listen on 127.0.0.1"),
        });
    }
    let listener = tokio::net::TcpListener::bind(listen).await.map_err(|source| match source.kind() {
        std::io::ErrorKind::AddrInUse => AppError::Usage {
            message: format!("something else listens on {listen} already"),
            remedy: String::from("give another address, as in --listen 127.0.0.1:8090"),
        },
        _ => AppError::Io { doing: "listen on", path: listen.to_string().into(), source },
    })?;
    let address = listener.local_addr().unwrap_or(listen);
    let mut serving = Serving::new(ledger.clone(), report, Timestamp::now).with(settings);
    serving.public = !listen.ip().is_loopback();
    eprintln!("Serving on http://{address} — stop with Ctrl-C");
    if guest && !has_users {
        let user = make_guest(&ledger).await?;
        let link = serving.open_welcome(user)?;
        eprintln!("Open this link to come in as an administrator; it works once: http://{address}{link}");
    } else if !has_users {
        let secret = serving.open_setup()?;
        eprintln!("There is no user yet. Make the first administrator with `bailiwick users add NAME --role admin`,");
        eprintln!("or on the page http://{address}/ with this secret: {secret}");
    }
    run(listener, serving, stopped()).await
}

/// Serves on a listener until `stopped`; then takes nothing new, lets what is under way end, and marks what did not.
///
/// # Errors
/// Those of the ledger and of the network.
pub async fn run(
    listener: tokio::net::TcpListener,
    serving: Serving,
    stopped: impl Future<Output = ()> + Send + 'static,
) -> Result<(), AppError> {
    let ledger = serving.ledger.clone();
    // Of a service that ended without notice.
    ledger.stop_jobs(serving.now()).await?;
    serving.learn_zone().await?;
    let (ending, last) = (serving.clone(), serving.clone());
    let background = tokio::spawn(background::run(serving.clone()));
    let routes = router::routes(serving).into_make_service_with_connect_info::<SocketAddr>();
    let served = axum::serve(listener, routes).with_graceful_shutdown(async move {
        stopped.await;
        ending.stop();
    });
    // What is under way is finished, but nobody is waited for for ever.
    let in_time = async {
        last.stopping().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = served => {
            served.map_err(|source| AppError::Io { doing: "serve", path: PathBuf::from("the network"), source })?;
        }
        () = in_time => tracing::warn!("some requests did not end in {} seconds, and were given up", GRACE.as_secs()),
    }
    last.stop();
    if tokio::time::timeout(GRACE, background).await.is_err() {
        tracing::warn!("a job did not end in time");
    }
    ledger.stop_jobs(last.now()).await?;
    ledger.close().await;
    Ok(())
}

/// An administrator whose password nobody knows.
async fn make_guest(ledger: &Ledger) -> Result<UserRecord, AppError> {
    let unknown = secret::fresh().map_err(no_secrets)?;
    let new = NewUser {
        id: uuid::Uuid::now_v7(),
        name: String::from("guest"),
        display_name: String::from("Guest"),
        password_hash: password::hash(unknown, "").await.map_err(no_secrets)?,
        roles: [UserRole::Admin].into(),
        employee: None,
    };
    Ok(ledger.create_first_user(&new, "demo", Timestamp::now()).await?)
}

async fn stopped() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        if let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            tokio::select! { _ = interrupted => {}, _ = terminated.recv() => {} }
            return;
        }
    }
    let _ = interrupted.await;
}
