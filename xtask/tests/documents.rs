//! The documents lead where they say, and tell of every finding that the program has.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository")
}

/// All files below `folder` with the ending, without those that are built, installed or hidden.
fn files(folder: &Path, ending: &str, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            if !name.starts_with('.') && !["target", "node_modules", "dist", "output"].contains(&name.as_str()) {
                files(&path, ending, found);
            }
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
}

fn markdown() -> Vec<PathBuf> {
    let mut found = vec![];
    files(root(), ".md", &mut found);
    found
}

/// The text outside of fenced code, line by line.
fn prose(text: &str) -> Vec<&str> {
    let mut fenced = false;
    let outside = |line: &&str| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    };
    text.lines().filter(outside).collect()
}

fn targets(text: &str) -> Vec<String> {
    let target = |rest: &str| Some(rest.split_once(')')?.0.split(' ').next().unwrap_or_default().to_owned());
    prose(text).iter().flat_map(|line| line.split("](").skip(1).filter_map(target)).collect()
}

/// The name by which a heading can be linked to, as code hosts make it.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).map(|c| if c == ' ' { '-' } else { c }).collect()
}

fn anchors(text: &str) -> BTreeSet<String> {
    prose(text).iter().filter(|line| line.starts_with('#')).map(|line| anchor(line.trim_start_matches('#'))).collect()
}

#[test]
fn every_link_leads_somewhere() {
    let mut broken = vec![];
    for file in markdown() {
        let text = std::fs::read_to_string(&file).unwrap();
        for target in targets(&text) {
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (path, part) = target.split_once('#').unwrap_or((&target, ""));
            let at = if path.is_empty() { file.clone() } else { file.parent().unwrap().join(path) };
            let leads = at.exists()
                && (part.is_empty() || anchors(&std::fs::read_to_string(&at).unwrap_or_default()).contains(part));
            if !leads {
                broken.push(format!("{}: {target}", file.strip_prefix(root()).unwrap().display()));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

/// The codes of all findings: the first text in quotes after `Finding::error(` and its kin.
fn codes_in_source() -> BTreeSet<String> {
    let mut sources = vec![];
    files(&root().join("crates"), ".rs", &mut sources);
    let mut codes = BTreeSet::new();
    for source in sources.iter().filter(|path| path.components().any(|part| part.as_os_str() == "src")) {
        let text = std::fs::read_to_string(source).expect("sources are UTF-8");
        for call in ["Finding::error(", "Finding::warning(", "Finding::info(", "Finding::new("] {
            for rest in text.split(call).skip(1) {
                let statement = rest.split(';').next().unwrap_or_default();
                let code = statement.split('"').nth(1).unwrap_or_default();
                if !code.is_empty() && code.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
                    codes.insert(code.to_owned());
                }
            }
        }
    }
    codes
}

#[test]
fn every_finding_is_documented_and_no_other() {
    let page = std::fs::read_to_string(root().join("docs/errors.md")).unwrap();
    let told: BTreeSet<String> =
        page.lines().filter_map(|line| line.strip_prefix("### `")?.strip_suffix('`')).map(str::to_owned).collect();
    let codes = codes_in_source();
    assert!(codes.len() > 30, "the search for codes finds {} only", codes.len());
    assert_eq!(told, codes, "docs/errors.md and the findings in the source differ");
}

#[test]
fn links_and_anchors_are_read_as_written() {
    let text = "# One `two`: three\n[a](x.md#y) and [b](z.md \"title\")\n```\n[no](nowhere)\n```\n";
    assert_eq!(targets(text), ["x.md#y", "z.md"]);
    assert_eq!(anchors(text), BTreeSet::from([String::from("one-two-three")]));
}
