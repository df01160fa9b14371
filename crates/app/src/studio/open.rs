//! A draft is read from the ledger, with everything an edit is judged by.

use std::path::Path;
use std::sync::Arc;

use bailiwick_data::{Snapshot, Table};
use bailiwick_domain::assignment::BY_HAND;
use bailiwick_domain::id::PlanId;
use bailiwick_domain::policy::Policy;
use bailiwick_store::{DraftRecord, Ledger, NewPlan};
use rustc_hash::FxHashMap;

use super::{DraftPool, Studio};
use crate::classify::Frozen;
use crate::error::AppError;
use crate::explanation::{employees_table, table_of};
use crate::plan::outcome::{NOBODY, Routing};
use crate::plan::solve::Solver;
use crate::plan::{Ground, Request, present};
use crate::project::{POLICY_FILE, Project, open as open_project};

/// Reads a draft, or a plan that was one. `folder`: the project that the service works with, whose files the policy may name.
///
/// # Errors
/// If there is no such draft, or it does not say what it was made of.
pub async fn open(ledger: &Ledger, plan: &PlanId, folder: Option<&Path>) -> Result<Studio, AppError> {
    let Some(record) = ledger.draft(plan).await? else { return Err(no_draft(plan)) };
    let holdings = present::of_ledger(ledger, record.plan.on).await?;
    let left: Vec<String> =
        ledger.hand_overs().await?.into_iter().map(|hand_over| hand_over.employee.to_string()).collect();
    let (project, has_folder) = project_of(&record.plan, folder).await?;
    let build = move || read(record, project, has_folder, holdings, &left);
    let built = tokio::task::spawn_blocking(build).await;
    built.map_err(|error| AppError::Usage {
        message: format!("the draft could not be read: {error}"),
        remedy: String::from("this is a defect of Bailiwick: please report it"),
    })?
}

fn no_draft(plan: &PlanId) -> AppError {
    AppError::Missing {
        message: format!("there is no draft {plan}"),
        remedy: String::from("see the list of plans; one that was applied without a draft cannot be worked on"),
    }
}

/// The policy and the tables that the draft was made of. Whether the folder is that of the same policy, too.
async fn project_of(plan: &NewPlan, folder: Option<&Path>) -> Result<(Project, bool), AppError> {
    let policy = Policy::parse(&plan.policy_text, POLICY_FILE)
        .map_err(|findings| AppError::Refused { findings, policy_text: plan.policy_text.clone() })?;
    let frozen: Frozen = serde_json::from_value(plan.frozen.clone()).unwrap_or_default();
    if plan.accounts.is_empty() || frozen.account_columns.is_empty() {
        return Err(AppError::Usage {
            message: format!("the plan {} does not say what it was made of, so it cannot be edited", plan.id),
            remedy: String::from("make a plan by the policy, and edit that"),
        });
    }
    let snapshot = Snapshot {
        accounts: table_of(&plan.accounts, &frozen)?,
        employees: employees_table(plan.employees.clone(), &frozen)?,
        assignments: None,
        orders: None,
        pins: pins_of(&policy, folder).await,
        others: std::collections::BTreeMap::new(),
        rejected: vec![],
        sources: vec![],
        read_here: vec![],
    };
    let base = folder.map_or_else(std::path::PathBuf::new, Path::to_owned);
    Ok((Project { policy, base, snapshot }, folder.is_some()))
}

/// The source of pins, where the policy has one and its folder is here.
async fn pins_of(policy: &Policy, folder: Option<&Path>) -> Option<Table> {
    let named = policy.document.sources.keys().any(|name| name.get_ref() == "pins");
    match folder.filter(|_| named) {
        Some(folder) => open_project(folder, &|_| {}).await.ok()?.snapshot.pins,
        None => None,
    }
}

fn read(
    record: DraftRecord,
    project: Project,
    has_folder: bool,
    holdings: Vec<present::Holding>,
    left: &[String],
) -> Result<Studio, AppError> {
    let request = Request { present: Some(holdings.clone()), ..Request::new(record.plan.on, 1) };
    let (mut ground, formed) = Ground::prepare(&project, &request)?;
    left.iter().for_each(|employee| ground.staff.is_away(employee));
    let routing: Vec<Routing> = serde_json::from_value(record.edited().routing).unwrap_or_default();
    let solver = Solver::new(&project, &request, &ground)?;
    let rows: FxHashMap<String, u32> =
        ground.account_ids.iter().enumerate().map(|(row, id)| (id.clone(), row as u32)).collect();
    let mut pools: Vec<DraftPool> = vec![];
    for mut pool in formed {
        pool.staff.retain(|employee| ground.staff.at_work[*employee as usize]);
        let of = routing.iter().position(|one| one.coverage == pool.coverage && one.product_line == pool.product_line);
        pools.push(DraftPool::of(&solver, pool, of.map(|of| &routing[of])));
    }
    fill(&mut pools, &rows, &ground, &record.plan);
    for pool in &mut pools {
        pool.settle(&solver);
        solver.take_capacity(&pool.pool, &pool.owner);
    }
    let (places, measures) = (solver.places, solver.measures);
    let account_names = names(&ground, &rows);
    let segment_names = project.policy.segment_names();
    let segments = ground.classified.segment.iter();
    let segments = segments.map(|of| of.map_or("", |of| segment_names[of as usize]).to_owned()).collect();
    let history = record.history();
    let mut studio = Studio {
        plan: record.plan.id.clone(),
        state: record.proposal.state,
        on: record.plan.on,
        base_version: record.plan.base_version.clone(),
        has_folder,
        staff: ground.staff,
        account_ids: ground.account_ids,
        account_names,
        segments,
        places,
        measures,
        pools,
        holdings,
        rows,
        mark: record.mark,
        history: Default::default(),
        before: Default::default(),
        summaries: vec![(0, record.plan.summary.clone())],
        events: record.events,
        edits: record.edits,
        project: Arc::new(project),
    };
    studio.settle(&super::edit::Touched::nothing(&studio.pools));
    for number in &history.done {
        studio.perform(*number);
    }
    studio.history = history;
    Ok(studio)
}

/// Who has what by the plan as it was drafted.
fn fill(pools: &mut [DraftPool], rows: &FxHashMap<String, u32>, ground: &Ground, plan: &NewPlan) {
    let mut by_key: FxHashMap<(String, Option<String>), Vec<usize>> = FxHashMap::default();
    for (index, pool) in pools.iter().enumerate() {
        by_key.entry((pool.pool.role.clone(), pool.pool.product_line.clone())).or_default().push(index);
    }
    for one in &plan.assignments {
        let Some(row) = rows.get(one.account.as_str()) else { continue };
        let key = (one.role.to_string(), one.product_line.as_ref().map(ToString::to_string));
        for index in by_key.get(&key).map_or(&[][..], Vec::as_slice) {
            let pool = &mut pools[*index];
            let Ok(position) = pool.pool.accounts.binary_search(row) else { continue };
            pool.owner[position] = ground.staff.index_of(one.employee.as_str()).map_or(NOBODY, |row| row as u32);
            pool.territory[position] = match one.territory.as_deref().filter(|name| !name.is_empty()) {
                Some(name) => pool.name(name),
                None => NOBODY,
            };
            pool.by_hand[position] = one.rule == BY_HAND;
            pool.rules[position].clone_from(&one.rule);
            pool.reasons[position].clone_from(&one.reason);
            break;
        }
    }
}

fn names(ground: &Ground, rows: &FxHashMap<String, u32>) -> Vec<String> {
    let accounts = &ground.classified.accounts;
    let known = if accounts.has("name") { accounts.texts("name").unwrap_or_default() } else { vec![] };
    if known.len() != rows.len() {
        return ground.account_ids.clone();
    }
    known.into_iter().zip(&ground.account_ids).map(|(name, id)| name.unwrap_or_else(|| id.clone())).collect()
}
