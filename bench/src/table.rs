//! All instances of a directory against their best known values, as a Markdown table.

use crate::formats::Format;
use crate::run::{BenchError, Limits, outcome_of, read};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Best known values by instance, from `best_known.csv` or `reference.csv`: first and last column.
fn best_known(dir: &Path) -> Result<BTreeMap<String, f64>, BenchError> {
    let names = ["best_known.csv", "reference.csv"];
    let Some(path) = names.iter().map(|name| dir.join(name)).find(|path| path.is_file()) else {
        return Ok(BTreeMap::new());
    };
    let mut known = BTreeMap::new();
    for (index, line) in read(&path)?.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
        let (name, value) = (line.split(',').next(), line.rsplit(',').next());
        let (Some(name), Some(Ok(value))) = (name, value.map(|v| v.trim().parse::<f64>())) else {
            return Err(BenchError::Table(format!("{}: line {} has no value", path.display(), index + 1)));
        };
        known.insert(stem(Path::new(name)), value);
    }
    Ok(known)
}

fn stem(path: &Path) -> String {
    path.file_stem().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

fn instances(dir: &Path) -> Result<Vec<PathBuf>, BenchError> {
    let failed = |source| BenchError::Io { path: dir.display().to_string(), source };
    let mut files = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_file() && path.extension().is_none_or(|extension| extension != "csv" && extension != "md") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

pub fn solve_all(format: Format, dir: &Path, time_limit: f64, seed: u64) -> Result<(), BenchError> {
    let known = best_known(dir)?;
    println!("| instance | value | best known | above best known | lower bound | gap | feasible | seconds |");
    println!("| --- | ---: | ---: | ---: | ---: | ---: | --- | ---: |");
    let (mut above, mut seconds, mut infeasible) = (Vec::new(), 0.0, 0);
    for path in instances(dir)? {
        let outcome = outcome_of(format, &path, Limits { time_limit, seed })?;
        let best = known.get(&outcome.instance).copied();
        let rise = best.map(|best| (outcome.objective - best) / best);
        println!(
            "| {} | {} | {} | {} | {} | {} | {} | {:.2} |",
            outcome.instance,
            number(Some(outcome.objective)),
            number(best),
            percent(rise),
            number(outcome.lower_bound),
            percent(outcome.gap),
            if outcome.feasible { "yes" } else { "no" },
            outcome.seconds
        );
        above.extend(rise);
        seconds += outcome.seconds;
        infeasible += usize::from(!outcome.feasible);
    }
    let mean = (!above.is_empty()).then(|| above.iter().sum::<f64>() / above.len() as f64);
    let worst = above.iter().copied().reduce(f64::max);
    println!("\nmean {}, worst {}, infeasible {infeasible}, {seconds:.1} s in all", percent(mean), percent(worst));
    Ok(())
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |v| if v.fract() == 0.0 { format!("{v:.0}") } else { format!("{v:.2}") })
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |v| format!("{:.3} %", 100.0 * v))
}
