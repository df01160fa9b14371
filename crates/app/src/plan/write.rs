//! A plan on disk: everything a person reads and everything `apply` needs, in one folder.
//!
//! Files are written beside the folder first and moved into it when all of them are whole, so that a failure leaves
//! whatever was there before.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Plan;
use super::assignments::{self, FileForm};
use super::outcome::Routing;
use super::summary::{Summary, summarize};
use crate::classify::Frozen;
use crate::error::AppError;
use crate::project::Project;
use crate::report;

pub const SUMMARY: &str = "summary.json";
pub const REPORT: &str = "report.html";
pub const MANIFEST: &str = "plan.json";
pub const ACCOUNTS: &str = "accounts.parquet";
pub const EMPLOYEES: &str = "employees.parquet";
pub const REJECTED: &str = "rejected.csv";

/// `plan.json`: what a later `apply` must know.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// Digest of everything that the plan decides.
    pub id: String,
    pub on: jiff::civil::Date,
    pub seed: u64,
    /// State of the ledger that the plan was made against; absent when it was made without one.
    pub base_version: Option<String>,
    pub policy_file: String,
    pub policy_sha256: String,
    pub policy_text: String,
    pub frozen: Frozen,
    pub routing: Vec<Routing>,
    /// SHA-256 of the other files, in hexadecimal.
    pub files: BTreeMap<String, String>,
}

/// Writes the whole plan into `dir`, its assignments as CSV, and gives its summary.
pub fn write_plan(
    project: &Project,
    plan: &Plan,
    base_version: Option<String>,
    dir: &Path,
) -> Result<Summary, AppError> {
    write_plan_as(FileForm::Csv, project, plan, base_version, dir)
}

/// Writes the whole plan into `dir` and gives its summary.
pub fn write_plan_as(
    form: FileForm,
    project: &Project,
    plan: &Plan,
    base_version: Option<String>,
    dir: &Path,
) -> Result<Summary, AppError> {
    let staging = staging_of(dir);
    let written = stage(form, project, plan, base_version, &staging);
    let result = written.and_then(|summary| move_into(form, &staging, dir, plan.front.is_some()).map(|()| summary));
    if result.is_err() {
        let _ = std::fs::remove_dir_all(&staging);
    }
    result
}

fn staging_of(dir: &Path) -> PathBuf {
    let name = dir.file_name().map_or_else(|| String::from("plan"), |name| name.to_string_lossy().into_owned());
    dir.with_file_name(format!(".{name}.{}.partial", std::process::id()))
}

fn stage(
    form: FileForm,
    project: &Project,
    plan: &Plan,
    base_version: Option<String>,
    dir: &Path,
) -> Result<Summary, AppError> {
    std::fs::create_dir_all(dir).map_err(AppError::io("create", dir))?;
    let policy = &project.policy;
    let rows = || {
        assignments::write_file(policy, plan, form, dir)?;
        digest_file(&dir.join(form.file()))
    };
    let all_else = || -> Result<(Summary, BTreeMap<String, String>), AppError> {
        let summary = summarize(plan, policy);
        let text = serde_json::to_string_pretty(&summary).unwrap_or_default();
        write_file(&dir.join(SUMMARY), text.as_bytes())?;
        write_file(&dir.join(REPORT), report::render(policy, plan, &summary).as_bytes())?;
        accounts_with_segments(policy, plan).write_parquet(&dir.join(ACCOUNTS))?;
        plan.staff.table.write_parquet(&dir.join(EMPLOYEES))?;
        if !project.snapshot.rejected.is_empty() {
            bailiwick_data::write_rejected(&dir.join(REJECTED), &project.snapshot.rejected)?;
        }
        let digest = |name: &str| Ok((name.to_owned(), digest_file(&dir.join(name))?));
        let files = [SUMMARY, ACCOUNTS, EMPLOYEES].into_iter().map(digest).collect::<Result<_, AppError>>()?;
        Ok((summary, files))
    };
    // Side by side: of a million rows either takes seconds.
    let (rows, all_else) = rayon::join(rows, all_else);
    let (digest, (summary, mut files)) = (rows?, all_else?);
    files.insert(form.file().to_owned(), digest);
    let policy_sha256 = hex(&Sha256::digest(policy.text.as_bytes()));
    let decided = format!("{}\n{policy_sha256}\n{}\n{base_version:?}", files[form.file()], plan.on);
    let manifest = Manifest {
        format: 1,
        id: hex(&Sha256::digest(decided.as_bytes()))[..16].to_owned(),
        on: plan.on,
        seed: plan.seed,
        base_version,
        policy_file: policy.file.clone(),
        policy_sha256,
        policy_text: policy.text.clone(),
        frozen: plan.classified.frozen.clone(),
        routing: plan.pools.iter().map(|outcome| outcome.routing.clone()).collect(),
        files,
    };
    let text = serde_json::to_string(&manifest).unwrap_or_default();
    write_file(&dir.join(MANIFEST), text.as_bytes())?;
    Ok(summary)
}

fn write_file(path: &Path, bytes: &[u8]) -> Result<(), AppError> {
    std::fs::write(path, bytes).map_err(AppError::io("write", path))
}

/// Moves the staged files over those of an earlier plan.
fn move_into(form: FileForm, staging: &Path, dir: &Path, keeps_front: bool) -> Result<(), AppError> {
    std::fs::create_dir_all(dir).map_err(AppError::io("create", dir))?;
    for name in [REJECTED, form.other_file()] {
        let stale = dir.join(name);
        if stale.exists() && !staging.join(name).exists() {
            std::fs::remove_file(&stale).map_err(AppError::io("remove", &stale))?;
        }
    }
    if !keeps_front {
        crate::front::write::remove_front(dir)?;
    }
    for entry in std::fs::read_dir(staging).map_err(AppError::io("read", staging))? {
        let entry = entry.map_err(AppError::io("read", staging))?;
        let target = dir.join(entry.file_name());
        std::fs::rename(entry.path(), &target).map_err(AppError::io("write", &target))?;
    }
    std::fs::remove_dir(staging).map_err(AppError::io("remove", staging))
}

/// The account table with the segment each account fell into.
fn accounts_with_segments(policy: &bailiwick_domain::policy::Policy, plan: &Plan) -> bailiwick_data::Table {
    let names = policy.segment_names();
    let segments = plan.classified.segment.iter().map(|segment| segment.map(|index| names[index as usize]));
    plan.classified.accounts.with_words("segment", segments)
}

/// Text from the data that a spreadsheet would take for a formula gets an apostrophe in front; a number is none.
pub fn defuse(text: &str) -> std::borrow::Cow<'_, str> {
    match text.as_bytes().first() {
        Some(b'+' | b'-') if text.parse::<f64>().is_ok_and(f64::is_finite) => text.into(),
        Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r') => format!("'{text}").into(),
        _ => text.into(),
    }
}

/// SHA-256 of a file, in hexadecimal.
pub fn digest_file(path: &Path) -> Result<String, AppError> {
    let mut file = std::fs::File::open(path).map_err(AppError::io("read", path))?;
    let mut hasher = Sha256::new();
    std::io::copy(&mut file, &mut HashWriter(&mut hasher)).map_err(AppError::io("read", path))?;
    Ok(hex(&hasher.finalize()))
}

struct HashWriter<'a>(&'a mut Sha256);

impl Write for HashWriter<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads the manifest of a plan's folder.
pub fn read_manifest(dir: &Path) -> Result<Manifest, AppError> {
    let path = dir.join(MANIFEST);
    let text = std::fs::read_to_string(&path).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => AppError::Missing {
            message: format!("{} is no plan: it has no {MANIFEST}", dir.display()),
            remedy: String::from("make one with `bailiwick plan -o DIR`"),
        },
        _ => AppError::Io { doing: "read", path: path.clone(), source },
    })?;
    serde_json::from_str(&text).map_err(|error| AppError::Missing {
        message: format!("{} cannot be read: {error}", path.display()),
        remedy: String::from("it was written by another version, or damaged: plan again"),
    })
}
