//! `cargo xtask cluster`: a scheduler and two executors on this machine, a plan made on them, and all of them ended again.

use std::path::PathBuf;
use std::process::Command;

use bailiwick_testkit::ballista::{Cluster, Parts};

use crate::steps::{self, Steps};
use crate::tools;

/// Turns clusters on in every build of the workspace.
const FEATURE: [&str; 2] = ["--features", "bailiwick/ballista"];

/// Plans with these arguments of `bailiwick plan`.
pub fn run(arguments: &[String]) -> bool {
    let build = ["build", "--workspace", "--bin", "bailiwick", "--locked"];
    if !steps::succeeds(tools::cargo(build).args(FEATURE)) {
        return false;
    }
    let cluster = match Cluster::start(&program(), &Parts { executors: 2, ..Parts::default() }) {
        Ok(cluster) => cluster,
        Err(error) => {
            eprintln!("the cluster {error}");
            return false;
        }
    };
    eprintln!("a scheduler and two executors run: {}", cluster.url);
    let mut plan = Command::new(program());
    let done = steps::succeeds(plan.arg("plan").args(arguments).args(["--engine", &cluster.url]));
    for executor in 0..2 {
        cluster.said(executor).iter().for_each(|line| eprintln!("executor {}: {line}", executor + 1));
    }
    done
}

fn program() -> PathBuf {
    tools::target().join("debug").join("bailiwick")
}

/// What is checked of clusters: the lints of their code, and tests on real processes. It builds the workspace a second time,
/// with Ballista, so that it is a task of its own.
pub fn test() -> bool {
    let mut steps = Steps::default();
    let lints = ["clippy", "--workspace", "--all-targets", "--locked"];
    steps.run("clusters: lints", tools::cargo(lints).args(FEATURE).args(["--", "-D", "warnings"]));
    let unit = ["test", "--workspace", "--lib", "--locked"];
    steps.run("clusters: parts", tools::cargo(unit).args(FEATURE).args(["--", "cluster::"]));
    let whole = ["test", "--workspace", "--test", "cluster", "--locked"];
    steps.run("clusters: processes", tools::cargo(whole).args(FEATURE));
    eprintln!("\n{}", steps.table());
    steps.all_done()
}
