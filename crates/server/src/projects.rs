//! The project that the service was started with, as it was read last: read anew once one of its files is another.
//!
//! A file counts as the same while its length and the moment of its last change are. A file that was changed in the very
//! seconds in which it was read may have been changed since by somebody who leaves no trace in these; such a reading serves
//! the request that made it and is not kept (as git does with entries as young as its index, `racy-git.adoc`). Queries
//! over files do not say which files they read: a project with one is read for each request.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bailiwick_app::AppError;
use bailiwick_app::project::{self, Project};
use tokio::sync::Mutex;

/// Younger than this when it is read, a file's reading is not kept.
const YOUNG: Duration = Duration::from_secs(2);

/// A file, with its length and last change; none where it is not there.
type Mark = (PathBuf, Option<(u64, SystemTime)>);

#[derive(Default)]
pub struct Projects {
    kept: Mutex<Option<(Vec<Mark>, Arc<Project>)>>,
}

impl Projects {
    /// The project in a folder as its files are now. Whoever comes while it is read waits for that reading.
    ///
    /// # Errors
    /// Those of reading it, and if rows are rejected that may not be left out.
    pub async fn read(&self, folder: &Path) -> Result<Arc<Project>, AppError> {
        let mut kept = self.kept.lock().await;
        if let Some((marks, project)) = kept.as_ref()
            && marks.iter().all(|(path, known)| mark(path) == *known)
        {
            return Ok(Arc::clone(project));
        }
        *kept = None;
        let begun = SystemTime::now();
        let project = project::open(folder, &|_| {}).await?;
        let rejected = format!("bailiwick-rejected-{}.csv", std::process::id());
        project.settle_rejected(&std::env::temp_dir().join(rejected))?;
        let project = Arc::new(project);
        let old = |(_, known): &Mark| known.is_some_and(|(_, at)| at + YOUNG < begun);
        *kept =
            marks(folder, &project).filter(|marks| marks.iter().all(old)).map(|marks| (marks, Arc::clone(&project)));
        Ok(project)
    }
}

fn mark(path: &Path) -> Option<(u64, SystemTime)> {
    let known = std::fs::metadata(path).ok()?;
    Some((known.len(), known.modified().ok()?))
}

/// The policy, every file of its sources, and the folders they were looked for in; nothing where that is not known.
fn marks(folder: &Path, project: &Project) -> Option<Vec<Mark>> {
    let sources = &project.policy.document.sources;
    if sources.values().any(|source| source.sql.is_some()) {
        return None;
    }
    let policy = if folder.is_dir() { folder.join(project::POLICY_FILE) } else { folder.to_owned() };
    let mut paths = vec![policy];
    for file in project.snapshot.sources.iter().flat_map(|source| &source.files) {
        paths.push(project.base.join(file));
    }
    // Where a name holds a `*`, another file may come.
    let patterns =
        sources.values().filter_map(|source| source.file.as_ref()).filter(|file| file.get_ref().contains('*'));
    if patterns.count() > 0 {
        let folders: Vec<PathBuf> = paths.iter().filter_map(|path| path.parent()).map(Path::to_owned).collect();
        paths.extend(folders);
    }
    paths.sort();
    paths.dedup();
    Some(paths.into_iter().map(|path| (mark(&path), path)).map(|(mark, path)| (path, mark)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(dir: &Path, name: &str, text: &str, age: u64) {
        let path = dir.join(name);
        std::fs::write(&path, text).unwrap();
        let changed = SystemTime::now() - Duration::from_secs(age);
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(changed).unwrap();
    }

    #[tokio::test]
    async fn a_project_is_read_anew_once_a_file_is_another() {
        let dir = tempfile::tempdir().unwrap();
        let policy = "[sources.accounts]\nfile = \"a.csv\"\n[sources.employees]\nfile = \"e*.csv\"\n[[coverage]]\nrole = \
                      \"seller\"\ndivide = { balance = { count = 1.0 } }\n";
        write(dir.path(), "bailiwick.toml", policy, 100);
        write(dir.path(), "a.csv", "account_id\nA\n", 100);
        write(dir.path(), "e1.csv", "employee_id\nAnn\n", 100);
        std::fs::File::open(dir.path()).unwrap().set_modified(SystemTime::now() - Duration::from_secs(100)).unwrap();
        let projects = Projects::default();
        let first = projects.read(dir.path()).await.unwrap();
        assert!(Arc::ptr_eq(&first, &projects.read(dir.path()).await.unwrap()), "nothing has changed");
        write(dir.path(), "a.csv", "account_id\nA\nB\n", 50);
        let second = projects.read(dir.path()).await.unwrap();
        assert_eq!((first.snapshot.accounts.len(), second.snapshot.accounts.len()), (1, 2));
        write(dir.path(), "e2.csv", "employee_id\nBen\n", 50);
        let third = projects.read(dir.path()).await.unwrap();
        assert_eq!(third.snapshot.employees.len(), 2, "another file fits the pattern");
        assert!(!Arc::ptr_eq(&third, &projects.read(dir.path()).await.unwrap()), "the folder is too young to be sure");
    }
}
