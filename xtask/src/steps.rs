//! Steps run one after another; at the end a small table says how each went and how long it took.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::counts::Counts;

#[derive(Clone, Debug, PartialEq, Eq)]
enum End {
    Done,
    Failed,
    Skipped(String),
}

struct Step {
    name: &'static str,
    end: End,
    took: Duration,
    counts: Counts,
}

/// The steps of one task, in the order in which they ran.
#[derive(Default)]
pub struct Steps {
    steps: Vec<Step>,
}

impl Steps {
    /// Runs a program, passing its output on and counting the tests that it reports; true if it succeeded.
    pub fn run(&mut self, name: &'static str, command: &mut Command) -> bool {
        announce(name);
        let start = Instant::now();
        let (succeeded, counts) = run_counting(command);
        self.push(name, succeeded, start.elapsed(), counts)
    }

    /// Makes a check of our own; its complaints are printed.
    pub fn check(&mut self, name: &'static str, check: impl FnOnce() -> Result<(), String>) -> bool {
        announce(name);
        let start = Instant::now();
        let result = check();
        if let Err(complaint) = &result {
            eprintln!("{complaint}");
        }
        self.push(name, result.is_ok(), start.elapsed(), Counts::default())
    }

    /// Leaves a step out and says why.
    pub fn skip(&mut self, name: &'static str, why: &str) {
        announce(name);
        eprintln!("skipped: {why}");
        let end = End::Skipped(why.to_owned());
        self.steps.push(Step { name, end, took: Duration::ZERO, counts: Counts::default() });
    }

    /// A step that could not run where it must.
    pub fn fail(&mut self, name: &'static str, why: &str) {
        self.check(name, || Err(why.to_owned()));
    }

    fn push(&mut self, name: &'static str, succeeded: bool, took: Duration, counts: Counts) -> bool {
        let end = if succeeded { End::Done } else { End::Failed };
        self.steps.push(Step { name, end, took, counts });
        succeeded
    }

    pub fn all_done(&self) -> bool {
        self.steps.iter().all(|step| step.end != End::Failed)
    }

    /// Tests of all steps. A step that failed without a failed test counts as one failure, one left out as one skipped.
    pub fn counts(&self) -> Counts {
        let mut sum = Counts::default();
        for step in &self.steps {
            sum.add(step.counts);
            match step.end {
                End::Failed if step.counts.failed == 0 => sum.failed += 1,
                End::Skipped(_) => sum.skipped += 1,
                _ => {}
            }
        }
        sum
    }

    /// The table: name, end, seconds.
    pub fn table(&self) -> String {
        let wide = self.steps.iter().map(|step| step.name.chars().count()).max().unwrap_or(0);
        let row =
            |name: &str, end: &str, took: Duration| format!("  {name:wide$}  {end:7}  {:>8.1} s\n", took.as_secs_f64());
        let mut table = String::new();
        for step in &self.steps {
            let (end, why) = match &step.end {
                End::Done => ("done", None),
                End::Failed => ("FAILED", None),
                End::Skipped(why) => ("skipped", Some(why)),
            };
            table.push_str(&row(step.name, end, step.took));
            if let Some(why) = why {
                table.push_str(&format!("  {:wide$}  {why}\n", ""));
            }
        }
        table.push_str(&row("all", "", self.steps.iter().map(|step| step.took).sum()));
        table
    }
}

/// Runs a program with the console as it is; true if it succeeded.
pub fn succeeds(command: &mut Command) -> bool {
    match command.status() {
        Ok(status) => status.success(),
        Err(error) => cannot_start(command, &error),
    }
}

fn announce(name: &str) {
    let _ = std::io::stdout().flush();
    eprintln!("\n── {name}");
}

fn cannot_start(command: &Command, error: &std::io::Error) -> bool {
    eprintln!("cannot start {}: {error}", command.get_program().to_string_lossy());
    false
}

/// Both streams are passed on line by line, each where it belongs.
fn run_counting(command: &mut Command) -> (bool, Counts) {
    let mut child = match command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn() {
        Ok(child) => child,
        Err(error) => return (cannot_start(command, &error), Counts::default()),
    };
    let streams = (child.stdout.take(), child.stderr.take());
    let counts = thread::scope(|scope| {
        let out = scope.spawn(|| streams.0.map_or_else(Counts::default, |stream| pass_on(stream, std::io::stdout())));
        let mut counts = streams.1.map_or_else(Counts::default, |stream| pass_on(stream, std::io::stderr()));
        counts.add(out.join().unwrap_or_default());
        counts
    });
    (child.wait().is_ok_and(|status| status.success()), counts)
}

fn pass_on(from: impl Read, mut to: impl Write) -> Counts {
    let mut from = BufReader::new(from);
    let mut counts = Counts::default();
    let mut line = vec![];
    while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        counts.add(Counts::of_line(&String::from_utf8_lossy(&line)));
        let _ = to.write_all(&line);
        let _ = to.flush();
        line.clear();
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_without_tests_counts_as_a_failure() {
        let mut steps = Steps::default();
        assert!(steps.check("good", || Ok(())));
        assert!(!steps.check("bad", || Err(String::from("broken"))));
        steps.skip("absent", "no browser");
        assert!(!steps.all_done());
        assert_eq!(steps.counts(), Counts { passed: 0, failed: 1, skipped: 1 });
        let table = steps.table();
        assert!(table.contains("bad     FAILED"), "{table}");
        assert!(table.contains("no browser"), "{table}");
    }

    #[test]
    fn a_program_that_is_absent_fails() {
        assert!(!Steps::default().run("absent", &mut Command::new("bailiwick-no-such-program")));
    }
}
