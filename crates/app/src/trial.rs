//! A policy that is being written, tried on the customers and the staff of the ledger: how many each segment gets, what the
//! check finds, and what becomes of one account. Nothing is kept.
//!
//! The columns are those that the sources of the plan in force had; without a plan there is nothing to try it on.

use std::path::Path;

use bailiwick_data::Snapshot;
use bailiwick_domain::finding::Finding;
use bailiwick_domain::id::AccountId;
use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::document::ColumnType;
use bailiwick_store::Ledger;
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::classify::{Frozen, classify, match_segments};
use crate::error::AppError;
use crate::explanation::{SegmentStep, employees_table, principles_of, segment_steps, table_of};
use crate::lint::lint;
use crate::plan::solve::form_name;
use crate::pool::form_pools;
use crate::project::Project;
use crate::staff::Staff;

/// Accounts of a segment that are named.
const SAMPLES: usize = 3;

/// What the policy makes of everybody.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Trial {
    /// Accounts that it was tried on.
    pub accounts: usize,
    pub segments: Vec<SegmentTried>,
    /// Accounts that are in no segment.
    pub without: usize,
    /// As `bailiwick check` tells them, the gravest first.
    #[schema(value_type = Vec<Object>)]
    pub findings: Vec<Finding>,
}

#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct SegmentTried {
    pub segment: String,
    /// Accounts that meet its condition, whatever stands before it.
    pub meets: usize,
    /// Those that are in it: they meet no condition before it.
    pub gets: usize,
    /// Some of them.
    pub samples: Vec<String>,
}

/// What the policy makes of one account.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Tried {
    pub account_id: String,
    pub account: String,
    /// Value of each principle.
    #[schema(value_type = Vec<Vec<String>>)]
    pub principles: Vec<(String, String)>,
    /// Segments in order, up to the one that matched.
    pub steps: Vec<SegmentStep>,
    pub segment: Option<String>,
    pub roles: Vec<RoleTried>,
}

/// A coverage that the account falls under.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct RoleTried {
    pub role: String,
    pub title: String,
    pub product_line: Option<String>,
    /// How it is divided: `to`, `by`, `territories`, `fit`, `balance` or `same_as`.
    pub divide: String,
    /// Employees at work who may serve it.
    pub people: usize,
    /// Accounts that they share.
    pub accounts: usize,
}

/// The policy with the ledger's accounts and employees in place of its sources; none where no plan is in force.
///
/// # Errors
/// Those of the ledger; if what it keeps does not fit its columns.
pub async fn on_ledger(
    ledger: &Ledger,
    policy: Policy,
    base: Option<&Path>,
    on: Date,
) -> Result<Option<Project>, AppError> {
    let Some(plan) = ledger.active_plan(on).await? else { return Ok(None) };
    let mut frozen: Frozen = serde_json::from_value(plan.frozen).unwrap_or_default();
    // A plan that was applied without its tables still leaves what the ledger itself knows.
    let texts = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), ColumnType::Text)).collect();
    if frozen.account_columns.is_empty() {
        frozen.account_columns = texts(&["account_id", "name", "parent_id"]);
    }
    if frozen.employee_columns.is_empty() {
        frozen.employee_columns = texts(&["employee_id", "name", "position", "department", "manager_id"]);
    }
    let snapshot = Snapshot {
        accounts: table_of(&ledger.accounts().await?, &frozen)?,
        employees: employees_table(ledger.employees().await?, &frozen)?,
        assignments: None,
        orders: None,
        pins: None,
        others: std::collections::BTreeMap::new(),
        rejected: vec![],
        sources: vec![],
        read_here: vec![],
    };
    Ok(Some(Project { policy, base: base.unwrap_or(Path::new(".")).to_owned(), snapshot }))
}

/// # Errors
/// An expression that does not compile, as a refusal with its place.
pub fn on_everybody(project: &Project, on: Date) -> Result<Trial, AppError> {
    let policy = &project.policy;
    let classified = classify(policy, &project.snapshot.accounts)?;
    let ids = classified.accounts.texts("account_id")?;
    let matched = match_segments(policy, &classified.accounts)?;
    let segments = policy.document.segments.iter().zip(&matched).enumerate().map(|(index, (segment, meets))| {
        let inside: Vec<usize> = (0..ids.len()).filter(|row| classified.segment[*row] == Some(index as u16)).collect();
        SegmentTried {
            segment: segment.name.get_ref().clone(),
            meets: meets.iter().filter(|meets| **meets).count(),
            gets: inside.len(),
            samples: inside.iter().take(SAMPLES).filter_map(|row| ids[*row].clone()).collect(),
        }
    });
    Ok(Trial {
        accounts: ids.len(),
        segments: segments.collect(),
        without: classified.segment.iter().filter(|segment| segment.is_none()).count(),
        findings: lint(project, on)?,
    })
}

/// # Errors
/// An expression that does not compile; if there is no such account.
pub fn on_one(project: &Project, account: &AccountId, on: Date) -> Result<Tried, AppError> {
    let policy = &project.policy;
    let classified = classify(policy, &project.snapshot.accounts)?;
    let ids = classified.accounts.texts("account_id")?;
    let Some(row) = ids.iter().position(|id| id.as_deref() == Some(account.as_str())) else {
        return Err(AppError::Missing {
            message: format!("there is no account \"{account}\""),
            remedy: String::from("give the id of an account of the ledger"),
        });
    };
    let staff = Staff::of(&project.snapshot.employees, on)?;
    let pools = form_pools(policy, &classified, &staff)?;
    let serving = pools.pools.iter().filter(|pool| pool.accounts.binary_search(&(row as u32)).is_ok());
    let roles = serving.map(|pool| RoleTried {
        title: policy.role_title(&pool.role).to_owned(),
        role: pool.role.clone(),
        product_line: pool.product_line.clone(),
        divide: form_name(pool.coverage(policy)).to_owned(),
        people: pool.staff.len(),
        accounts: pool.accounts.len(),
    });
    Ok(Tried {
        account_id: account.to_string(),
        account: classified.accounts.texts_if_any("name")?[row].clone().unwrap_or_else(|| account.to_string()),
        principles: principles_of(policy, &classified.accounts, row)?,
        steps: segment_steps(policy, &classified.accounts, row)?,
        segment: classified.segment[row].map(|segment| policy.segment_names()[usize::from(segment)].to_owned()),
        roles: roles.collect(),
    })
}
