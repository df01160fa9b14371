//! Arrivals at a fixed pace against a ledger that exists, and how long each waits for its decision. Not a user's command.
//!
//! The pace is kept whatever the answers do (open loop), and a wait is counted from the moment an arrival was due, not
//! from when it could be sent: so a stall is felt by everything that should have been sent during it (G. Tene, "How NOT to
//! measure latency", on coordinated omission). The run ends by itself.

mod arrivals;
mod face;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bailiwick_app::AppError;
use bailiwick_store::{Ledger, StoreError};
use clap::{Parser, Subcommand, ValueEnum};
use tokio::sync::mpsc;

use crate::arrivals::Source;
use crate::face::Face;
use bailiwick_ledger_bench::disk;
use bailiwick_ledger_bench::waits::Waits;

/// As in `bailiwick` itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Parser)]
#[command(name = "bailiwick-load", version, about = "Arrivals at a fixed pace against a ledger that exists")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Sends arrivals at a pace, and prints one JSON object: waits in milliseconds, how even the loads are.
    Pace {
        #[arg(long)]
        db: String,
        /// Arrivals a second.
        #[arg(long, default_value_t = 2_000)]
        rate: u32,
        #[arg(long, default_value_t = 20)]
        seconds: u32,
        /// Seconds before, at the same pace, that are not counted.
        #[arg(long, default_value_t = 3)]
        warm_up: u32,
        #[arg(long, value_enum, default_value_t = Way::Library)]
        face: Way,
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Sends so many arrivals at once.
    Burst {
        #[arg(long)]
        db: String,
        #[arg(long, default_value_t = 1_000)]
        count: u32,
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Writes arrivals for `bailiwick route FILE`.
    File {
        #[arg(long)]
        db: String,
        #[arg(long, default_value_t = 100_000)]
        count: u32,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        #[arg(short, long)]
        output: PathBuf,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Way {
    /// The call that the faces make.
    Library,
    /// HTTP over loopback, with a token, over connections that stay open.
    Http,
}

#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    #[error(transparent)]
    App(#[from] AppError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("{0}")]
    Io(#[from] std::io::Error),
    #[error("over HTTP: {0}")]
    Http(#[from] reqwest::Error),
    #[error("{0}")]
    Other(String),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("bailiwick-load: {error}");
            return ExitCode::FAILURE;
        }
    };
    let done = runtime.block_on(async {
        match arguments.command {
            Command::Pace { db, rate, seconds, warm_up, face, seed } => {
                pace(&db, rate, seconds, warm_up, face, seed).await
            }
            Command::Burst { db, count, seed } => burst(&db, count, seed).await,
            Command::File { db, count, seed, output } => {
                let ledger = Ledger::open_existing(&db).await?;
                Source::read(&ledger, seed).await?.write(count, &output)
            }
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bailiwick-load: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn pace(db: &str, rate: u32, seconds: u32, warm_up: u32, way: Way, seed: u64) -> Result<(), LoadError> {
    let ledger = Ledger::open_existing(db).await?;
    let mut source = Source::read(&ledger, seed).await?;
    let accounts = source.accounts();
    let sync_alone = disk::sync_alone(db)?;
    let face = Arc::new(Face::open(&ledger, way == Way::Http).await?);
    let total = rate * (seconds + warm_up);
    let arrivals: Vec<serde_json::Value> = (0..total).map(|_| source.next()).collect();
    let (send, mut receive) = mpsc::unbounded_channel();
    let failed = Arc::new(AtomicU64::new(0));
    let handle = tokio::runtime::Handle::current();
    let (told, refused) = (Arc::clone(&face), Arc::clone(&failed));
    // A thread of its own keeps the pace: timers of the runtime are a millisecond coarse.
    let pacer = std::thread::spawn(move || {
        let begin = Instant::now() + Duration::from_millis(100);
        for (number, arrival) in arrivals.into_iter().enumerate() {
            let due = begin + Duration::from_secs_f64(number as f64 / f64::from(rate));
            while let Some(left) = due.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
                std::thread::sleep(left);
            }
            let (face, failed, send) = (Arc::clone(&told), Arc::clone(&refused), send.clone());
            handle.spawn(async move {
                match face.route(arrival).await {
                    Ok(()) => {
                        let _ = send.send((number, due.elapsed()));
                    }
                    Err(error) => {
                        if failed.fetch_add(1, Ordering::Relaxed) == 0 {
                            eprintln!("bailiwick-load: {error}");
                        }
                    }
                }
            });
        }
        begin
    });
    let mut waits = Waits::default();
    let mut last = Instant::now();
    while let Some((number, wait)) = receive.recv().await {
        if number >= (rate * warm_up) as usize {
            waits.add(wait);
        }
        last = Instant::now();
    }
    let begin = pacer.join().map_err(|_| LoadError::Other(String::from("the pacing thread failed")))?;
    let seconds = last.duration_since(begin).as_secs_f64();
    let told = serde_json::json!({
        "face": if way == Way::Http { "http" } else { "library" },
        "accounts_before": accounts, "rate": rate, "counted": waits.len(), "failed": failed.load(Ordering::Relaxed),
        "answered_per_second": f64::from(total) / seconds,
        "milliseconds": waits.percentiles(), "sync_alone_before": sync_alone, "histogram": waits.histogram(), "loads": spread(&ledger).await?,
    });
    println!("{}", serde_json::to_string_pretty(&told).unwrap_or_default());
    ledger.close().await;
    Ok(())
}

async fn burst(db: &str, count: u32, seed: u64) -> Result<(), LoadError> {
    let ledger = Ledger::open_existing(db).await?;
    let mut source = Source::read(&ledger, seed).await?;
    let face = Arc::new(Face::open(&ledger, false).await?);
    // The state is warm, as it is in a service that runs.
    face.route(source.next()).await?;
    let arrivals: Vec<serde_json::Value> = (0..count).map(|_| source.next()).collect();
    let before = spread(&ledger).await?;
    let begin = Instant::now();
    let calls: Vec<_> = arrivals
        .into_iter()
        .map(|arrival| {
            let face = Arc::clone(&face);
            tokio::spawn(async move {
                face.route(arrival).await?;
                Ok::<_, LoadError>(begin.elapsed())
            })
        })
        .collect();
    let mut waits = Waits::default();
    for call in calls {
        waits.add(call.await.map_err(|error| LoadError::Other(error.to_string()))??);
    }
    let told = serde_json::json!({
        "count": count, "milliseconds": waits.percentiles(), "loads_before": before, "loads": spread(&ledger).await?,
    });
    println!("{}", serde_json::to_string_pretty(&told).unwrap_or_default());
    ledger.close().await;
    Ok(())
}

/// The least and the most that anybody holds, by role.
async fn spread(ledger: &Ledger) -> Result<serde_json::Value, LoadError> {
    let today = today();
    let mut roles: std::collections::BTreeMap<String, (u64, u64, u64)> = std::collections::BTreeMap::new();
    for load in ledger.loads(today).await? {
        let line = load.product_line.map(|line| format!("/{line}")).unwrap_or_default();
        let role = roles.entry(format!("{}{line}", load.role)).or_insert((u64::MAX, 0, 0));
        *role = (role.0.min(load.accounts), role.1.max(load.accounts), role.2 + 1);
    }
    let told = roles.into_iter().map(|(role, (least, most, employees))| {
        (role, serde_json::json!({ "least": least, "most": most, "employees": employees }))
    });
    Ok(serde_json::Value::Object(told.collect()))
}

/// Today here.
fn today() -> jiff::civil::Date {
    jiff::Timestamp::now().to_zoned_datetime(jiff::tz::TimeZone::system()).date()
}
