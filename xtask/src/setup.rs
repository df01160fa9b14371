//! `cargo xtask setup`: installs what the tests need and a bare Debian machine lacks. The product itself needs only Rust
//! and a C compiler (SQLite and zstd are built from source).

use std::path::Path;
use std::process::Command;

use bailiwick_testkit::postgres;

use crate::steps::Steps;
use crate::tools;

pub fn run() -> bool {
    let missing = missing_packages();
    if missing.is_empty() {
        eprintln!("Nothing is missing.");
        return true;
    }
    if tools::find(&["apt-get"]).is_none() {
        eprintln!(
            "Missing: {}. There is no apt-get here: install them with your system's own means.",
            missing.join(", ")
        );
        return false;
    }
    if !is_root() {
        eprintln!(
            "Missing: {0}. As root: apt-get update && apt-get install --yes --no-install-recommends {0}",
            missing.join(" ")
        );
        return false;
    }
    let mut steps = Steps::default();
    let _ = steps.run("package lists", &mut apt(&["update"]))
        && steps.run("packages", apt(&["install", "--yes", "--no-install-recommends"]).args(&missing));
    eprint!("\n{}", steps.table());
    let left = missing_packages();
    if !left.is_empty() {
        let (major, minor) = tools::NODE;
        eprintln!(
            "Still missing: {}. (The page needs Node.js {major}.{minor}; see nodejs.org if your system's is older.)",
            left.join(", ")
        );
    }
    steps.all_done() && left.is_empty()
}

/// Debian packages of the programs that are not here.
fn missing_packages() -> Vec<&'static str> {
    let mut packages = vec![];
    if tools::find(&["cc", "gcc", "clang"]).is_none() {
        packages.extend(["gcc", "libc6-dev"]);
    }
    if !tools::has_node() {
        packages.extend(["nodejs", "npm"]);
    }
    if tools::chromium().is_none() {
        packages.push("chromium");
    }
    if postgres::programs().is_none() {
        packages.push("postgresql");
    }
    packages
}

fn apt(arguments: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
    command
}

fn is_root() -> bool {
    let mine = std::fs::read_to_string(Path::new("/proc/self/status")).unwrap_or_default();
    mine.lines()
        .find_map(|line| line.strip_prefix("Uid:"))
        .is_some_and(|ids| ids.split_whitespace().nth(1) == Some("0"))
}
