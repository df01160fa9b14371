//! A cluster of Ballista, DataFusion's distributed engine, which reads sources where the files are and evaluates the
//! expressions over accounts there (docs/guide/scaling.md).
//!
//! The idea: a plan of three layers, of which every task does a part. At the bottom stand orders, one a part of a file; over
//! them [`read_exec::ReadExec`] carries each out with the very code that reads embedded; on top an ordinary projection
//! evaluates expressions in the one form they are compiled to. Nothing is exchanged between tasks, each row comes back
//! with its part and its number, and the rows are put in the order of the files. What needs all rows (ranks of scores,
//! doubled keys) stays where the command runs.
//!
//! No type of Ballista is in a public signature. Without the cargo feature `ballista` there is no cluster to connect to.

#[cfg(not(feature = "ballista"))]
mod absent;
mod address;
#[cfg(feature = "ballista")]
mod answers;
#[cfg(feature = "ballista")]
mod carried;
#[cfg(feature = "ballista")]
mod client;
#[cfg(feature = "ballista")]
mod codec;
#[cfg(feature = "ballista")]
mod order;
#[cfg(feature = "ballista")]
mod read_exec;
#[cfg(feature = "ballista")]
mod serve;
#[cfg(feature = "ballista")]
mod source;
#[cfg(feature = "ballista")]
mod values;

#[cfg(not(feature = "ballista"))]
pub use self::absent::Cluster;
#[cfg(feature = "ballista")]
pub use self::client::Cluster;
#[cfg(feature = "ballista")]
pub use self::serve::{ExecutorSetting, SchedulerSetting, run_executor, run_scheduler};
#[cfg(feature = "ballista")]
pub(crate) use self::source::read as read_source;

/// An expression over accounts that a cluster evaluates while it reads them. They are asked for in the order in which
/// columns come into being, so that later ones can use earlier ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// A column with the values of an expression.
    Column { name: String, sql: String },
    /// A column of classes by a score, which need all accounts: on the cluster its parameters are evaluated, and what
    /// depends on the class is evaluated for each that there is.
    Classes { name: String, texts: Vec<String>, parameters: Vec<String> },
    /// A value or a condition.
    Value { sql: String },
}

/// What reads sources instead of this process, and what it is asked beside.
#[derive(Debug, Clone, Copy)]
pub struct Elsewhere<'a> {
    pub cluster: &'a Cluster,
    pub asked: &'a [Asked],
}
