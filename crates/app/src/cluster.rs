//! A cluster that data steps of a plan run on, as the data layer knows it (docs/guide/scaling.md).

pub use bailiwick_data::cluster::Cluster;
#[cfg(feature = "ballista")]
pub use bailiwick_data::cluster::{ExecutorSetting, SchedulerSetting, run_executor, run_scheduler};
