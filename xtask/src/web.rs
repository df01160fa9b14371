//! `cargo xtask web`, and the page's part of `cargo xtask test`: types, build, and tests in a browser.
//!
//! The built page is committed, so that the product builds without Node.js. A test builds it anew and compares.

use std::path::PathBuf;

use crate::steps::Steps;
use crate::tools;

/// What the build writes, from the top of the repository.
const BUILT: [&str; 2] = ["crates/app/assets/report.html", "web/report/THIRD_PARTY.txt"];

pub fn run() -> bool {
    let mut steps = Steps::default();
    if tools::has_node() {
        build(&mut steps);
    } else {
        steps.fail("web: packages", &node_missing());
    }
    eprint!("\n{}", steps.table());
    steps.all_done()
}

/// Everything that is checked of the page. Without Node.js it is left out, but not in CI.
pub fn test(steps: &mut Steps) {
    if !tools::has_node() {
        return leave_out(steps, "web: page", &node_missing());
    }
    let before = read_built();
    if !build(steps) {
        return;
    }
    steps.check("web: committed page is current", || compare(before, read_built()));
    match tools::chromium() {
        Some(browser) => {
            steps.run("web: page in a browser", tools::npm(&folder(), &["test"]).env("CHROMIUM", browser));
        }
        None => leave_out(steps, "web: page in a browser", "no Chromium was found; `cargo xtask setup` installs it"),
    }
}

/// Packages by the lock file, types, page.
fn build(steps: &mut Steps) -> bool {
    steps.run("web: packages", &mut tools::npm(&folder(), &["ci", "--no-audit", "--no-fund"]))
        && steps.run("web: types", &mut tools::npm(&folder(), &["run", "check"]))
        && steps.run("web: build", &mut tools::npm(&folder(), &["run", "build"]))
}

fn folder() -> PathBuf {
    tools::root().join("web").join("report")
}

fn leave_out(steps: &mut Steps, name: &'static str, why: &str) {
    if tools::in_ci() { steps.fail(name, why) } else { steps.skip(name, why) }
}

fn node_missing() -> String {
    let (major, minor) = tools::NODE;
    format!("Node.js {major}.{minor} or later with npm was not found; `cargo xtask setup` installs it")
}

fn read_built() -> Vec<Option<Vec<u8>>> {
    BUILT.iter().map(|file| std::fs::read(tools::root().join(file)).ok()).collect()
}

fn compare(before: Vec<Option<Vec<u8>>>, after: Vec<Option<Vec<u8>>>) -> Result<(), String> {
    let changed: Vec<&str> =
        (0..BUILT.len()).filter(|&file| before[file] != after[file]).map(|file| BUILT[file]).collect();
    if changed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the build changed {}: the page was changed without building it; commit the built files",
        changed.join(" and ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_that_was_not_built_anew_is_named() {
        let (old, new) = (Some(vec![1]), Some(vec![2]));
        assert_eq!(compare(vec![old.clone(), old.clone()], vec![old.clone(), old.clone()]), Ok(()));
        let complaint = compare(vec![old.clone(), old.clone()], vec![new, old]).unwrap_err();
        assert!(complaint.contains(BUILT[0]) && !complaint.contains(BUILT[1]), "{complaint}");
    }
}
