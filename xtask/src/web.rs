//! `cargo xtask web`, and the pages' part of `cargo xtask test`: types, build, and tests in a browser.
//!
//! What is built is committed, so that the product builds without Node.js. A test builds it anew and compares.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::steps::Steps;
use crate::tools;

/// A folder of sources, and what is made of it.
struct Page {
    /// Below `web/`.
    folder: &'static str,
    /// Made by the build, from the top of the repository; files or folders.
    built: &'static [&'static str],
    /// Writes a client from the description of the API first.
    has_client: bool,
    steps: Names,
}

struct Names {
    packages: &'static str,
    client: &'static str,
    types: &'static str,
    build: &'static str,
    current: &'static str,
    browser: &'static str,
}

const REPORT: Page = Page {
    folder: "report",
    built: &["crates/app/assets/report.html", "web/report/THIRD_PARTY.txt"],
    has_client: false,
    steps: Names {
        packages: "report: packages",
        client: "report: client",
        types: "report: types",
        build: "report: build",
        current: "report: committed page is current",
        browser: "report: in a browser",
    },
};

const APP: Page = Page {
    folder: "app",
    built: &["crates/server/assets/app", "web/app/THIRD_PARTY.txt", "web/app/src/api/schema.d.ts"],
    has_client: true,
    steps: Names {
        packages: "application: packages",
        client: "application: client",
        types: "application: types",
        build: "application: build",
        current: "application: committed files are current",
        browser: "application: in a browser",
    },
};

pub fn run() -> bool {
    let mut steps = Steps::default();
    if tools::has_node() {
        for page in [REPORT, APP] {
            page.build(&mut steps);
        }
    } else {
        steps.fail("web: packages", &node_missing());
    }
    eprint!("\n{}", steps.table());
    steps.all_done()
}

/// Everything that is checked of the pages without the service. Without Node.js it is left out, but not in CI.
pub fn test(steps: &mut Steps) {
    if !tools::has_node() {
        return leave_out(steps, "web: pages", &node_missing());
    }
    for page in [REPORT, APP] {
        let before = page.read_built();
        if page.build(steps) {
            steps.check(page.steps.current, || compare(&before, &page.read_built()));
        }
    }
    in_browser(steps, &REPORT, None);
}

/// The application in a browser, against the service.
pub fn test_app(steps: &mut Steps) {
    const BINARY: &str = "application: the service";
    if !tools::has_node() {
        return;
    }
    let build = ["build", "--workspace", "--bin", "bailiwick", "--locked"];
    if steps.run(BINARY, &mut tools::cargo(build)) {
        in_browser(steps, &APP, Some(tools::target().join("debug").join("bailiwick")));
    }
}

fn in_browser(steps: &mut Steps, page: &Page, service: Option<PathBuf>) {
    let Some(browser) = tools::chromium() else {
        return leave_out(steps, page.steps.browser, "no Chromium was found; `cargo xtask setup` installs it");
    };
    let mut tests = tools::npm(&page.folder(), &["test"]);
    tests.env("CHROMIUM", browser);
    if let Some(service) = service {
        tests.env("BAILIWICK_BIN", service);
    }
    steps.run(page.steps.browser, &mut tests);
}

impl Page {
    /// Packages by the lock file, client, types, page.
    fn build(&self, steps: &mut Steps) -> bool {
        let npm = |arguments: &[&str]| tools::npm(&self.folder(), arguments);
        steps.run(self.steps.packages, &mut npm(&["ci", "--no-audit", "--no-fund"]))
            && (!self.has_client || steps.run(self.steps.client, &mut npm(&["run", "client"])))
            && steps.run(self.steps.types, &mut npm(&["run", "check"]))
            && steps.run(self.steps.build, &mut npm(&["run", "build"]))
    }

    fn folder(&self) -> PathBuf {
        tools::root().join("web").join(self.folder)
    }

    /// Every file that the build made.
    fn read_built(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        for place in self.built {
            read(&tools::root().join(place), &mut files);
        }
        files
    }
}

fn read(place: &Path, files: &mut BTreeMap<PathBuf, Vec<u8>>) {
    if let Ok(entries) = std::fs::read_dir(place) {
        for entry in entries.flatten() {
            read(&entry.path(), files);
        }
    } else if let Ok(bytes) = std::fs::read(place) {
        let name = place.strip_prefix(tools::root()).unwrap_or(place);
        files.insert(name.to_path_buf(), bytes);
    }
}

fn leave_out(steps: &mut Steps, name: &'static str, why: &str) {
    if tools::in_ci() { steps.fail(name, why) } else { steps.skip(name, why) }
}

fn node_missing() -> String {
    let (major, minor) = tools::NODE;
    format!("Node.js {major}.{minor} or later with npm was not found; `cargo xtask setup` installs it")
}

fn compare(before: &BTreeMap<PathBuf, Vec<u8>>, after: &BTreeMap<PathBuf, Vec<u8>>) -> Result<(), String> {
    let changed: Vec<String> = before
        .keys()
        .chain(after.keys())
        .filter(|file| before.get(*file) != after.get(*file))
        .map(|file| file.display().to_string())
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    if changed.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the build changed {}: sources were changed without building them; commit the built files",
        changed.join(" and ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_were_not_built_anew_are_named() {
        let files = |list: &[(&str, u8)]| {
            list.iter().map(|(name, byte)| (PathBuf::from(name), vec![*byte])).collect::<BTreeMap<_, _>>()
        };
        let before = files(&[("a", 1), ("b", 1)]);
        assert_eq!(compare(&before, &before), Ok(()));
        let complaint = compare(&before, &files(&[("a", 2), ("b", 1), ("new", 1)])).unwrap_err();
        assert!(complaint.contains("changed a and new:"), "{complaint}");
    }
}
