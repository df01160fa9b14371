//! A policy with the data it speaks of, read once.

use std::path::{Path, PathBuf};

pub use bailiwick_data::ReadProgress;
use bailiwick_data::Snapshot;
use bailiwick_data::cluster::{Cluster, Elsewhere};
use bailiwick_domain::finding::Finding;
use bailiwick_domain::id::{AccountId, EmployeeId, IdError};
use bailiwick_domain::policy::Policy;
use rayon::prelude::*;

use crate::asked::asked_of_accounts;
use crate::error::AppError;

pub struct Project {
    pub policy: Policy,
    /// The folder of the policy file, which its paths start from.
    pub base: PathBuf,
    pub snapshot: Snapshot,
}

/// The file that a project's policy is called.
pub const POLICY_FILE: &str = "bailiwick.toml";

/// Reads and checks a policy alone. A folder stands for the `bailiwick.toml` in it.
pub fn read_policy(path: &Path) -> Result<(Policy, PathBuf), AppError> {
    let file = if path.is_dir() { path.join(POLICY_FILE) } else { path.to_owned() };
    let text = std::fs::read_to_string(&file).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => AppError::Missing {
            message: format!("there is no policy {}", file.display()),
            remedy: String::from("name it with -p FILE, or start a project with `bailiwick init DIR`"),
        },
        _ => AppError::Io { doing: "read", path: file.clone(), source },
    })?;
    let name = file.display().to_string();
    let policy =
        Policy::parse(&text, &name).map_err(|findings| AppError::Refused { findings, policy_text: text.clone() })?;
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let base = folder.unwrap_or(Path::new(".")).to_owned();
    Ok((policy, base))
}

/// Reads a policy and everything its sources name.
pub async fn open(path: &Path, progress: &(dyn Fn(ReadProgress) + Sync)) -> Result<Project, AppError> {
    open_on(None, path, progress).await
}

/// [`open`] with the data steps on a cluster, where one is given; the project is the same.
pub async fn open_on(
    cluster: Option<&Cluster>,
    path: &Path,
    progress: &(dyn Fn(ReadProgress) + Sync),
) -> Result<Project, AppError> {
    let (policy, base) = read_policy(path)?;
    let asked = cluster.map(|_| asked_of_accounts(&policy.document)).unwrap_or_default();
    let elsewhere = cluster.map(|cluster| Elsewhere { cluster, asked: &asked });
    let snapshot = bailiwick_data::read_snapshot_on(elsewhere, &policy.document, &base, progress).await?;
    Ok(Project { policy, base, snapshot })
}

impl Project {
    /// Refuses when rows are rejected that their sources do not say to leave out; all rejected rows are then in `file`.
    pub fn settle_rejected(&self, file: &Path) -> Result<(), AppError> {
        let rejected = &self.snapshot.rejected;
        let refusing: Vec<_> = rejected.iter().filter(|row| !self.may_skip(&row.source)).collect();
        if refusing.is_empty() {
            return Ok(());
        }
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(AppError::io("create", folder))?;
        }
        bailiwick_data::write_rejected(file, rejected)?;
        let samples = refusing.iter().take(5).map(|row| describe_rejected(row)).collect();
        Err(AppError::Rejected { count: refusing.len(), file: file.to_owned(), samples })
    }

    /// A remark for each source that rows are left out of, as its `on_error = "skip"` allows.
    pub fn left_out(&self) -> Vec<Finding> {
        let mut findings = vec![];
        for read in self.snapshot.sources.iter().filter(|read| read.rejected > 0) {
            let of_source = self.snapshot.rejected.iter().filter(|row| row.source == read.name);
            let samples = of_source.take(3).map(describe_rejected).collect();
            let message = format!("{} rows of {} cannot be used and are left out", read.rejected, read.name);
            let remedy = "mend them; each is in rejected.csv beside the plan, with its reason";
            findings.push(Finding::warning("rows-left-out", message, remedy).counting(read.rejected, samples));
        }
        findings
    }

    /// Ids that the ledger would refuse, so that nobody plans what cannot be applied.
    pub fn unusable_ids(&self) -> Result<Vec<Finding>, AppError> {
        type Read = fn(&str) -> Result<(), IdError>;
        let account: Read = |text| AccountId::new(text).map(drop);
        let employee: Read = |text| EmployeeId::new(text).map(drop);
        let (accounts, employees) = (&self.snapshot.accounts, &self.snapshot.employees);
        let columns = [
            (accounts, "account_id", account),
            (accounts, "parent_id", account),
            (employees, "employee_id", employee),
            (employees, "manager_id", employee),
        ];
        let mut findings = vec![];
        for (table, column, read) in columns.into_iter().filter(|(table, column, _)| table.has(column)) {
            let texts = table.words(column)?;
            let fault = |row: &usize| texts.filled(*row).and_then(|text| read(text).err());
            let wrong: Vec<usize> = (0..texts.len()).into_par_iter().filter(|row| fault(row).is_some()).collect();
            if let Some(first) = wrong.first().and_then(fault) {
                let finding = Finding::error("id-form", format!("{column}: {first}"), "correct it in the source");
                findings.push(finding.counting(wrong.len() as u64, vec![]));
            }
        }
        Ok(findings)
    }

    fn may_skip(&self, source: &str) -> bool {
        use bailiwick_domain::policy::document::OnError;
        let sources = &self.policy.document.sources;
        sources.iter().any(|(name, spec)| name.get_ref() == source && spec.on_error == OnError::Skip)
    }
}

/// A rejected row in one line.
pub fn describe_rejected(row: &bailiwick_data::Rejected) -> String {
    let value = if row.value.is_empty() { String::new() } else { format!(" = \"{}\"", row.value) };
    // A row that cannot be read as a row at all has no column to blame.
    let column = if row.column.is_empty() { String::new() } else { format!(", {}", row.column) };
    format!("{} row {}{column}{value}: {}", row.file, row.row, row.reason)
}
