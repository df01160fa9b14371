//! A cluster for tests and for trying one out: a scheduler and executors as processes on this machine, each on a port of
//! its own, and each ended by its own id.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// How long a process may take to say that it is ready.
const START: Duration = Duration::from_secs(60);

/// A scheduler with its executors. They end with this value.
pub struct Cluster {
    /// What `--engine` is given.
    pub url: String,
    scheduler: Process,
    executors: Vec<Process>,
    program: PathBuf,
    folder: TempDir,
    said: Said,
}

/// How the parts of a cluster are started, beside what every one needs.
#[derive(Debug, Clone, Default)]
pub struct Parts {
    pub scheduler: Vec<String>,
    pub executor: Vec<String>,
    pub executors: usize,
}

impl Cluster {
    /// Starts one of `bailiwick`, which must be built with the feature `ballista`.
    ///
    /// # Errors
    /// If a part does not start; with what it said.
    pub fn start(program: &Path, parts: &Parts) -> Result<Cluster, String> {
        let folder = tempfile::Builder::new().prefix("bailiwick-cluster-").tempdir().map_err(|e| e.to_string())?;
        let mut command = Command::new(program);
        command.args(["cluster", "scheduler", "--listen", "127.0.0.1:0"]).args(&parts.scheduler);
        let said = Said::default();
        let (scheduler, url) = Process::start(&mut command, SCHEDULER, &said)?;
        let mut cluster = Cluster { url, scheduler, executors: vec![], program: program.to_owned(), folder, said };
        for _ in 0..parts.executors {
            cluster.add_executor(&parts.executor)?;
        }
        Ok(cluster)
    }

    /// Starts one more executor.
    ///
    /// # Errors
    /// If it does not start; with what it said.
    pub fn add_executor(&mut self, more: &[String]) -> Result<(), String> {
        let place = self.executors.len();
        let folder = self.folder.path().join(format!("executor-{place}"));
        std::fs::create_dir(&folder).map_err(|error| error.to_string())?;
        let mut command = Command::new(&self.program);
        command.args(["cluster", "executor", "--scheduler", &self.url, "--cores", "1", "--folder"]).arg(folder);
        self.executors.push(Process::start(command.args(more), place, &self.said)?.0);
        Ok(())
    }

    /// Waits until an executor says something, and ends the first that does at once, as a power cut would. Gives its place.
    ///
    /// # Errors
    /// If none said so in time; with what they said.
    pub fn kill_first_that_says(&mut self, text: &str) -> Result<usize, String> {
        let said = wait_for(&self.said, |(_, line)| line.contains(text));
        let (which, _) = said.ok_or_else(|| format!("nobody said \"{text}\""))?;
        self.executors[which].end();
        Ok(which)
    }

    /// What an executor has said so far.
    pub fn said(&self, which: usize) -> Vec<String> {
        let said = self.said.0.lock().unwrap_or_else(PoisonError::into_inner);
        said.iter().filter(|(who, _)| *who == which).map(|(_, line)| line.clone()).collect()
    }

    /// Whether this text is in some result that executors keep: names of columns are, as they are.
    pub fn keeps(&self, text: &str) -> bool {
        files_below(self.folder.path()).any(|file| {
            let bytes = std::fs::read(file).unwrap_or_default();
            bytes.windows(text.len()).any(|part| part == text.as_bytes())
        })
    }

    /// True while scheduler and executors all run.
    pub fn is_whole(&mut self) -> bool {
        self.executors.iter_mut().chain([&mut self.scheduler]).all(Process::is_running)
    }
}

/// Lines with the place of whoever said them.
type Said = Arc<(Mutex<Vec<(usize, String)>>, Condvar)>;

/// The scheduler's place among those who say something.
const SCHEDULER: usize = usize::MAX;

struct Process(Child);

impl Process {
    /// Starts a process that prints a line when it is ready, and gives this line.
    fn start(command: &mut Command, place: usize, said: &Said) -> Result<(Process, String), String> {
        // Somewhere else than whoever plans, so that no path works by chance.
        let command = command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("cannot be started: {error}"))?;
        let printed = Said::default();
        if let Some(stream) = child.stdout.take() {
            keep(stream, place, Arc::clone(&printed));
        }
        if let Some(stream) = child.stderr.take() {
            keep(stream, place, Arc::clone(said));
        }
        let process = Process(child);
        match wait_for(&printed, |_| true) {
            Some((_, line)) => Ok((process, line)),
            None => Err(format!("was not ready within {} seconds", START.as_secs())),
        }
    }

    fn is_running(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    fn end(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.end();
    }
}

fn files_below(folder: &Path) -> Box<dyn Iterator<Item = PathBuf>> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    Box::new(entries.flat_map(|entry| {
        let path = entry.path();
        if path.is_dir() { files_below(&path) } else { Box::new(std::iter::once(path)) }
    }))
}

fn keep(stream: impl std::io::Read + Send + 'static, place: usize, said: Said) {
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            said.0.lock().unwrap_or_else(PoisonError::into_inner).push((place, line));
            said.1.notify_all();
        }
    });
}

/// The first line that fits, as soon as there is one.
fn wait_for(said: &Said, fits: impl Fn(&(usize, String)) -> bool) -> Option<(usize, String)> {
    let end = Instant::now() + START;
    let mut lines = said.0.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if let Some(line) = lines.iter().find(|line| fits(line)) {
            return Some(line.clone());
        }
        let left = end.checked_duration_since(Instant::now())?;
        lines = said.1.wait_timeout(lines, left).unwrap_or_else(PoisonError::into_inner).0;
    }
}
