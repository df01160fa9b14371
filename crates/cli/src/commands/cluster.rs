//! `bailiwick cluster`: the parts of a cluster, each of which runs until it is ended.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use bailiwick_app::AppError;
use bailiwick_app::cluster::{ExecutorSetting, SchedulerSetting, run_executor, run_scheduler};
use clap::{Args, Subcommand};

use crate::output::{DONE, say};

#[derive(Subcommand)]
pub enum Cluster {
    /// Divide the work of plans among executors
    Scheduler(Scheduler),
    /// Do a part of the work
    Executor(Executor),
}

#[derive(Args)]
pub struct Scheduler {
    /// Where to listen; with port 0 on any that is free, which is printed
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50050")]
    listen: SocketAddr,
    /// Seconds of silence after which an executor counts as lost; at least 11 where tasks are long
    #[arg(long, value_name = "S", default_value_t = 20)]
    patience: u64,
    /// The version it says it is
    #[arg(long, hide = true)]
    version_told: Option<String>,
}

#[derive(Args)]
pub struct Executor {
    /// Where the scheduler listens
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50050")]
    scheduler: String,
    /// Where results are fetched from it; with port 0 on any that is free
    #[arg(long, value_name = "HOST:PORT", default_value_t = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0))]
    listen: SocketAddr,
    /// The name under which the command reaches it, where that is not the address
    #[arg(long, value_name = "HOST")]
    host: Option<String>,
    /// Tasks at a time; as many as there are cores when absent
    #[arg(long, value_name = "N")]
    cores: Option<usize>,
    /// Megabytes for all tasks together
    #[arg(long, value_name = "MB", default_value_t = 2_000)]
    memory: u64,
    /// Where results wait to be fetched; among the system's temporary files when absent
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
    /// The version it says it is
    #[arg(long, hide = true)]
    version_told: Option<String>,
}

pub async fn run(part: Cluster) -> Result<u8, AppError> {
    match part {
        Cluster::Scheduler(Scheduler { listen, patience, version_told }) => {
            let patience = Duration::from_secs(patience);
            let setting = SchedulerSetting { listen, patience, version: version_told };
            run_scheduler(setting, |at| say(format!("ballista://{at}"))).await?;
        }
        Cluster::Executor(executor) => {
            let scheduler = host_and_port(&executor.scheduler)?;
            let cores = executor.cores.or_else(|| std::thread::available_parallelism().ok().map(Into::into));
            let setting = ExecutorSetting {
                scheduler,
                listen: executor.listen,
                host: executor.host,
                cores: cores.unwrap_or(1),
                memory: executor.memory.saturating_mul(1_000_000),
                folder: executor.folder,
                version: executor.version_told,
            };
            run_executor(setting, |at| say(at.to_string())).await?;
        }
    }
    Ok(DONE)
}

fn host_and_port(address: &str) -> Result<(String, u16), AppError> {
    let parts = address.trim_start_matches("ballista://").rsplit_once(':');
    let found = parts.and_then(|(host, port)| Some((host.to_owned(), port.parse().ok()?)));
    found.ok_or_else(|| AppError::Usage {
        message: format!("--scheduler {address} is no host and port"),
        remedy: String::from("write what the scheduler printed, as in --scheduler 10.0.0.5:50050"),
    })
}
