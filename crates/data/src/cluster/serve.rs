//! The parts of a cluster: a scheduler and executors that know this program's work.
//!
//! They are those of Ballista with our layers, our functions and bounds of their own. Executors fetch their tasks, so only
//! the port on which results are fetched from them need be open.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ballista_core::config::TaskSchedulingPolicy;
use ballista_core::registry::BallistaFunctionRegistry;
use ballista_core::utils::default_session_builder;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::{create_scheduler, start_grpc_service_with_listener};
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::ScalarUDF;
use datafusion::prelude::SessionConfig;
use datafusion_proto::protobuf::{LogicalPlanNode, PhysicalPlanNode};

use super::client::MESSAGE;
use super::codec::Codec;
use super::order::version;
use crate::error::{DataError, Fault};
use crate::expression::Maths;
use crate::session;

/// How a scheduler is started.
#[derive(Debug, Clone)]
pub struct SchedulerSetting {
    /// Where it listens; port 0 for any that is free.
    pub listen: SocketAddr,
    /// After so much silence an executor counts as lost, and its tasks are given to others.
    pub patience: Duration,
    /// The version it says it is, for tests.
    pub version: Option<String>,
}

/// How an executor is started.
#[derive(Debug, Clone)]
pub struct ExecutorSetting {
    /// Host and port of the scheduler.
    pub scheduler: (String, u16),
    /// Where results are fetched from it; port 0 for any that is free.
    pub listen: SocketAddr,
    /// The name under which others reach it, where that is not the address.
    pub host: Option<String>,
    /// Tasks at a time.
    pub cores: usize,
    /// Bytes for all tasks together.
    pub memory: u64,
    /// Where results wait to be fetched; a folder of its own in the system's for such things when absent.
    pub folder: Option<PathBuf>,
    /// The version it says it is, for tests.
    pub version: Option<String>,
}

fn failed(what: &str, error: &dyn std::fmt::Display, remedy: &str) -> DataError {
    DataError::Cluster(Box::new(Fault::new(format!("{what}: {error}")).remedy(remedy)))
}

/// Runs a scheduler until the process ends. `ready` is told where it listens, when it does.
///
/// # Errors
/// If it cannot listen there.
pub async fn run_scheduler(setting: SchedulerSetting, ready: impl FnOnce(SocketAddr)) -> Result<(), DataError> {
    const REMEDY: &str = "choose another address with --listen";
    let told = |error: &dyn std::fmt::Display| failed("the scheduler cannot be started", error, REMEDY);
    let listener = tokio::net::TcpListener::bind(setting.listen).await.map_err(|error| told(&error))?;
    let at = listener.local_addr().map_err(|error| told(&error))?;
    let seconds = setting.patience.as_secs().max(1);
    let codec = Codec::new(setting.version.unwrap_or_else(version), format!("scheduler at {at}"));
    let config = SchedulerConfig {
        bind_host: at.ip().to_string(),
        external_host: at.ip().to_string(),
        bind_port: at.port(),
        scheduling_policy: TaskSchedulingPolicy::PullStaged,
        executor_timeout_seconds: seconds,
        expire_dead_executor_interval_seconds: (seconds / 4).max(1),
        no_executors_grace_period_seconds: seconds * 2,
        grpc_server_max_decoding_message_size: MESSAGE,
        grpc_server_max_encoding_message_size: MESSAGE,
        grpc_client_max_message_size: MESSAGE,
        override_physical_codec: Some(Arc::new(codec)),
        override_session_builder: Some(Arc::new(|config: SessionConfig| {
            let mut state = default_session_builder(config)?;
            for maths in Maths::ALL {
                state.register_udf(Arc::new(ScalarUDF::from(maths.function())))?;
            }
            Ok(state)
        })),
        ..SchedulerConfig::default()
    };
    let cluster = BallistaCluster::new_from_config(&config).await.map_err(|error| told(&error))?;
    let scheduler = create_scheduler::<LogicalPlanNode, PhysicalPlanNode>(cluster, Arc::new(config)).await;
    let scheduler = scheduler.map_err(|error| told(&error))?;
    ready(at);
    start_grpc_service_with_listener(listener, scheduler).await.map_err(|error| told(&error))
}

/// Runs an executor until it is told to end (an interrupt or a termination). `ready` is told where results are fetched from
/// it, just before it goes to the scheduler.
///
/// # Errors
/// If the scheduler cannot be reached, or a port or folder cannot be used.
pub async fn run_executor(setting: ExecutorSetting, ready: impl FnOnce(SocketAddr)) -> Result<(), DataError> {
    const REMEDY: &str =
        "check that the scheduler runs at the address given with --scheduler, and that --listen is free";
    let told = |error: &dyn std::fmt::Display| failed("the executor cannot be run", error, REMEDY);
    // The port is let go again; Ballista takes it a moment later.
    let free = TcpListener::bind(setting.listen).and_then(|free| free.local_addr());
    let at = free.map_err(|error| told(&error))?;
    let temporary = match &setting.folder {
        Some(_) => None,
        None => {
            let folder = tempfile::Builder::new().prefix("bailiwick-executor-").tempdir();
            Some(folder.map_err(|error| failed("no folder for results", &error, "name one with --folder"))?)
        }
    };
    let folder = setting.folder.or_else(|| temporary.as_ref().map(|folder| folder.path().to_owned()));
    let host = setting.host.unwrap_or_else(|| at.ip().to_string());
    let codec = Codec::new(setting.version.unwrap_or_else(version), format!("executor at {host}:{}", at.port()));
    let (scheduler_host, scheduler_port) = setting.scheduler;
    let config = ExecutorProcessConfig {
        bind_host: at.ip().to_string(),
        external_host: Some(host),
        port: at.port(),
        scheduler_host,
        scheduler_port,
        vcores: setting.cores.max(1),
        task_scheduling_policy: TaskSchedulingPolicy::PullStaged,
        work_dir: folder.map(|folder| folder.display().to_string()),
        memory_pool_size: Some(setting.memory.max(1)),
        grpc_max_decoding_message_size: MESSAGE,
        grpc_max_encoding_message_size: MESSAGE,
        override_physical_codec: Some(Arc::new(codec)),
        override_function_registry: Some(Arc::new(BallistaFunctionRegistry::from(&session::state()))),
        ..ExecutorProcessConfig::default()
    };
    ready(at);
    start_executor_process(Arc::new(config)).await.map_err(|error| told(&error))
}
