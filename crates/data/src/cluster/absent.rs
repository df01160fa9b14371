//! What stands for a cluster in a build that has none.

use super::address;
use crate::error::{DataError, Fault};

/// A cluster; this build can connect to none.
#[derive(Debug)]
pub enum Cluster {}

impl Cluster {
    /// # Errors
    /// Always: this build has no cluster.
    pub async fn connect(url: &str) -> Result<Cluster, DataError> {
        address::parse(url)?;
        let fault = Fault::new("this program is built without clusters");
        let remedy = "build one that has them: cargo build --release -p bailiwick --features ballista; without --engine \
                      the plan is made on this machine alone";
        Err(DataError::Cluster(Box::new(fault.remedy(remedy))))
    }
}
