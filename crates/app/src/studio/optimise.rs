//! What is not locked is divided anew, or by a plan of the front: the one way through [`crate::plan`], with the locks as
//! pins; what comes of it is an edit, which can be undone like any other.

use std::path::Path;
use std::time::Duration;

use bailiwick_data::{ColumnInfo, Table};
use bailiwick_domain::draft::{Edit, EditKind, EditedRow};
use bailiwick_domain::policy::document::ColumnType;
use jiff::Timestamp;
use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::Studio;
use super::edit::key_of;
use crate::apply::{Application, read_plan};
use crate::error::AppError;
use crate::front::{Front, FrontRequest, find_front};
use crate::plan::explain::Explainer;
use crate::plan::outcome::NOBODY;
use crate::plan::summary::summarize;
use crate::plan::variation::Variation;
use crate::plan::{Cancel, Plan, Request, Step, make_plan};
use crate::project::Project;

/// How a draft is to be divided anew.
#[derive(Clone)]
pub struct Anew {
    pub seed: u64,
    pub time_limit: Option<Duration>,
    pub variation: Variation,
    /// By which whoever asked takes it back.
    pub cancel: Cancel,
}

/// A draft's data with its locks as pins, to be worked on elsewhere.
pub struct Ground {
    project: Project,
    request: Request,
    base_version: Option<String>,
}

/// Who has what by the optimiser.
#[derive(Debug, Clone)]
pub struct Divided {
    pub rows: Vec<EditedRow>,
    pub routing: Value,
    pub summary: Value,
}

/// The columns of a source of pins.
const PINS: [&str; 5] = ["account_id", "employee_id", "role", "product_line", "reason"];

impl Studio {
    /// What the optimiser works on.
    ///
    /// # Errors
    /// If the locks cannot be written down as pins, which would be a defect.
    pub fn ground(&self, how: &Anew) -> Result<Ground, AppError> {
        let mut snapshot = self.project.snapshot.clone();
        // Pins of a source are among the pinned ones, those of the policy and the ledger are found there again.
        let with_pinned = snapshot.pins.is_some();
        snapshot.pins = self.pin_table(with_pinned)?;
        let project = Project { policy: self.project.policy.clone(), base: self.project.base.clone(), snapshot };
        let request = Request {
            time_limit: how.time_limit,
            present: Some(self.holdings.clone()),
            variation: how.variation,
            cancel: how.cancel.clone(),
            ..Request::new(self.on, how.seed)
        };
        Ok(Ground { project, request, base_version: self.base_version.as_ref().map(ToString::to_string) })
    }

    fn pin_table(&self, with_pinned: bool) -> Result<Option<Table>, AppError> {
        let mut rows: Vec<Map<String, Value>> = vec![];
        for pool in &self.pools {
            for position in 0..pool.owner.len() {
                let kept = pool.locked[position] || (with_pinned && pool.pinned[position]);
                if !kept || pool.owner[position] == NOBODY {
                    continue;
                }
                let account = &self.account_ids[pool.pool.accounts[position] as usize];
                let employee = &self.staff.ids[pool.owner[position] as usize];
                let line = pool.pool.product_line.as_deref();
                let cells = [Some(account.as_str()), Some(employee), Some(&pool.pool.role), line, Some("locked")];
                rows.push(PINS.iter().zip(cells).map(|(name, cell)| ((*name).to_owned(), cell.into())).collect());
            }
        }
        if rows.is_empty() {
            return Ok(None);
        }
        let columns = PINS.map(|name| ColumnInfo { name: name.to_owned(), kind: ColumnType::Text });
        Table::from_rows(&columns, &rows).map(Some).map_err(|problems| AppError::Missing {
            message: problems.first().map(crate::error::describe_problem).unwrap_or_default(),
            remedy: String::from("this is a defect of Bailiwick: please report it"),
        })
    }

    /// The edit that brings the draft to what the optimiser found. What is locked or pinned stays as it is.
    #[must_use]
    pub fn edit_to(&self, kind: EditKind, divided: Divided) -> Edit {
        let mut found: FxHashMap<_, EditedRow> = divided.rows.into_iter().map(|row| (row.key.clone(), row)).collect();
        let mut rows = vec![];
        for (index, pool) in self.pools.iter().enumerate() {
            for position in 0..pool.owner.len() {
                if pool.locked[position] || pool.pinned[position] {
                    continue;
                }
                let Some(key) = self.key(index, position) else { continue };
                let row = found.remove(&key).unwrap_or_else(|| EditedRow {
                    key,
                    employee: None,
                    segment: self.segments[pool.pool.accounts[position] as usize].clone(),
                    territory: None,
                    rule: pool.rule.clone(),
                    reason: String::new(),
                });
                let owner = row.employee.as_ref().and_then(|id| self.staff.index_of(id.as_str()));
                let same = owner.map_or(NOBODY, |owner| owner as u32) == pool.owner[position]
                    && row.reason == pool.reasons[position]
                    && row.rule == pool.rules[position];
                if !same {
                    rows.push(row);
                }
            }
        }
        let (routing, summary) = (Some(divided.routing), Some(divided.summary));
        Edit { kind, rows, locked: vec![], unlocked: vec![], routing, summary }
    }
}

impl Ground {
    /// Divides everything that is not locked anew.
    ///
    /// # Errors
    /// Those of [`make_plan`].
    pub fn divide(&self, progress: &(dyn Fn(Step) + Sync)) -> Result<Divided, AppError> {
        let plan = make_plan(&self.project, &self.request, progress)?;
        Ok(self.divided(&plan))
    }

    /// Finds plans to choose between, and leaves them in `dir`, to be taken by [`take`].
    ///
    /// # Errors
    /// Those of [`find_front`].
    pub fn front(&self, plans: usize, dir: &Path, progress: &(dyn Fn(Step) + Sync)) -> Result<Front, AppError> {
        let share = 1.0 / (plans + 1) as f64;
        let within = |from: f64, to: f64| {
            move |step: Step| progress(Step { fraction: from + (to - from) * step.fraction, ..step })
        };
        let own = make_plan(&self.project, &self.request, &within(0.0, share))?;
        let base_version = self.base_version.clone();
        let front = FrontRequest { plans, between: vec![], own: &own, base_version };
        find_front(&self.project, &self.request, &front, dir, &within(share, 1.0))
    }

    fn divided(&self, plan: &Plan) -> Divided {
        let policy = &self.project.policy;
        let explainer = Explainer::new(plan, policy);
        let mut rows = Vec::with_capacity(plan.rows());
        for outcome in &plan.pools {
            for position in 0..outcome.owner.len() {
                let account = outcome.pool.accounts[position] as usize;
                let line = outcome.pool.product_line.as_deref();
                let Some(key) = key_of(&plan.account_ids[account], &outcome.pool.role, line) else { continue };
                let owner = outcome.owner[position];
                let employee = (owner != NOBODY).then(|| plan.staff.ids[owner as usize].parse().ok()).flatten();
                let territory = outcome.territories.get(outcome.territory[position] as usize);
                rows.push(EditedRow {
                    key,
                    employee,
                    segment: plan.segment_name(policy, account).to_owned(),
                    territory: territory.map(|territory| territory.name.clone()).filter(|name| !name.is_empty()),
                    rule: outcome.rule.clone(),
                    reason: explainer.reason(outcome, position),
                });
            }
        }
        let routing: Vec<_> = plan.pools.iter().map(|outcome| &outcome.routing).collect();
        Divided {
            rows,
            routing: serde_json::to_value(routing).unwrap_or_default(),
            summary: serde_json::to_value(summarize(plan, policy)).unwrap_or_default(),
        }
    }
}

/// A plan of a front that was left in `dir`, by its name there.
///
/// # Errors
/// If there is none of this name.
pub fn take(dir: &Path, name: &str, at: Timestamp) -> Result<Divided, AppError> {
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
    let folder = dir.join(crate::front::write::FRONT).join(name);
    if !plain || !folder.is_dir() {
        return Err(AppError::Missing {
            message: format!("the front has no plan \"{name}\""),
            remedy: String::from("take one of those it lists"),
        });
    }
    let how = Application { actor: "", at, on: None, edited: false, replace_later: false, reason: String::new() };
    let plan = read_plan(&folder, &how)?;
    let rows = plan.assignments.into_iter().map(|one| EditedRow {
        key: one.key(),
        employee: Some(one.employee),
        segment: one.segment,
        territory: one.territory,
        rule: one.rule,
        reason: one.reason,
    });
    Ok(Divided { rows: rows.collect(), routing: plan.routing, summary: plan.summary })
}
