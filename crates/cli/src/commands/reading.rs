//! What commands that work on a project begin with: reading it, the day it is asked for, and who holds what then.

use std::path::Path;

use bailiwick_app::AppError;
use bailiwick_app::cluster::Cluster;
use bailiwick_app::plan::Request;
use bailiwick_app::project::{self, Project};
use jiff::civil::Date;

use super::Setting;
use super::plan::present_holders;
use crate::progress::Bar;

/// Where rows that cannot be used are written by commands that write nothing else.
pub const REJECTED: &str = "bailiwick-rejected.csv";

/// Reads a policy and its sources; rows that cannot be used are written to `rejected`, and refused unless the policy says
/// otherwise.
pub async fn open(policy: &Path, rejected: &Path, bar: &Bar) -> Result<Project, AppError> {
    open_on(None, policy, rejected, bar).await
}

/// [`open`] with the data steps on a cluster, where one is given.
pub async fn open_on(
    cluster: Option<&Cluster>,
    policy: &Path,
    rejected: &Path,
    bar: &Bar,
) -> Result<Project, AppError> {
    let told = |read: project::ReadProgress| bar.set(&read.source, read.bytes as f64 / read.total.max(1) as f64);
    let project = project::open_on(cluster, policy, &told).await?;
    project.settle_rejected(rejected)?;
    Ok(project)
}

/// The day that was asked for, or today where the company is.
pub fn day(project: &Project, on: Option<Date>, setting: &Setting) -> Date {
    on.unwrap_or_else(|| project.policy.day(setting.now))
}

/// The project, and what the planner is asked: from the day on, against who holds what then.
pub async fn asked(
    policy: &Path,
    against: Option<&str>,
    (on, seed): (Option<Date>, u64),
    setting: &Setting,
    bar: &Bar,
) -> Result<(Project, Request), AppError> {
    let project = open(policy, Path::new(REJECTED), bar).await?;
    let on = day(&project, on, setting);
    let (present, _) = present_holders(against, on).await?;
    Ok((project, Request { present, ..Request::new(on, seed) }))
}
