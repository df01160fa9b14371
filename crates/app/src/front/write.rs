//! A front on disk: `front.json`, `front.csv`, and a folder a plan that `apply` takes as it takes any other.

use std::path::{Path, PathBuf};

use super::search::Front;
use crate::error::AppError;
use crate::plan::Plan;
use crate::plan::write::write_plan;
use crate::project::Project;

pub const FRONT: &str = "front";
pub const JSON: &str = "front.json";
pub const CSV: &str = "front.csv";

/// Where plans wait until it is known which of them are dominated.
pub struct Stage {
    dir: PathBuf,
    waiting: PathBuf,
}

impl Stage {
    pub fn open(dir: &Path) -> Result<Stage, AppError> {
        let waiting = dir.join(format!(".{FRONT}.{}.partial", std::process::id()));
        std::fs::create_dir_all(&waiting).map_err(AppError::io("create", &waiting))?;
        Ok(Stage { dir: dir.to_owned(), waiting })
    }

    pub fn put(
        &self,
        number: usize,
        project: &Project,
        plan: &Plan,
        base_version: Option<String>,
    ) -> Result<(), AppError> {
        write_plan(project, plan, base_version, &self.waiting.join(number.to_string())).map(drop)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // What is left are dominated plans, or those of a front that could not be finished.
        let _ = std::fs::remove_dir_all(&self.waiting);
    }
}

/// Removes the front of an earlier plan, so that no old choice stands beside a new plan.
pub fn remove_front(dir: &Path) -> Result<(), AppError> {
    if !dir.join(JSON).exists() {
        return Ok(());
    }
    for file in [dir.join(JSON), dir.join(CSV)].into_iter().filter(|file| file.exists()) {
        std::fs::remove_file(&file).map_err(AppError::io("remove", &file))?;
    }
    let plans = dir.join(FRONT);
    if plans.exists() { std::fs::remove_dir_all(&plans).map_err(AppError::io("remove", &plans)) } else { Ok(()) }
}

/// Moves the chosen plans to their folders, in place of an earlier front, and writes the tables.
pub fn keep_plans(stage: Stage, folders: &[(usize, &str)], front: &Front) -> Result<(), AppError> {
    let into = stage.dir.join(FRONT);
    remove_front(&stage.dir)?;
    std::fs::create_dir_all(&into).map_err(AppError::io("create", &into))?;
    for (number, name) in folders {
        let target = into.join(name);
        std::fs::rename(stage.waiting.join(number.to_string()), &target).map_err(AppError::io("write", &target))?;
    }
    let text = serde_json::to_string_pretty(front).unwrap_or_default();
    let path = stage.dir.join(JSON);
    std::fs::write(&path, text).map_err(AppError::io("write", &path))?;
    let path = stage.dir.join(CSV);
    write_csv(front, &path).map_err(AppError::io("write", &path))
}

/// The columns of `front.csv`; after them one a measure, `moved_revenue` for instance.
pub const COLUMNS: [&str; 8] =
    ["plan", "recommended", "max_deviation", "cost", "cost_unit", "moves", "keeps_policy", "tolerance_factor"];

pub fn header(front: &Front) -> Vec<String> {
    let measures = front.points.first().into_iter().flat_map(|point| point.moved.keys());
    let measures = measures.map(|name| format!("moved_{name}"));
    COLUMNS.iter().map(|name| (*name).to_owned()).chain(measures).collect()
}

pub fn rows(front: &Front) -> Vec<Vec<String>> {
    let row = |point: &super::Point| {
        let mut row = vec![
            point.plan.clone(),
            point.recommended.to_string(),
            point.max_deviation.to_string(),
            point.cost.to_string(),
            front.cost_unit.clone(),
            point.moves.to_string(),
            point.keeps_policy.to_string(),
            format!("{:.4}", point.variation.tolerance),
        ];
        row.extend(point.moved.values().map(|value| format!("{value:.2}")));
        row
    };
    front.points.iter().map(row).collect()
}

fn write_csv(front: &Front, path: &Path) -> std::io::Result<()> {
    let mut writer = csv::Writer::from_path(path)?;
    writer.write_record(header(front))?;
    for row in rows(front) {
        writer.write_record(row)?;
    }
    writer.flush()
}
