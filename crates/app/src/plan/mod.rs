//! A plan: every account × role (× product line) gets its responsible employee, with the reason.
//!
//! `build_problem` is the only place where nouns become the engine's indices, and `outcome` the only one where they come
//! back. Pools are solved in the order of the policy; those that follow another role, or the parent of the group, after
//! what they follow.

pub mod aggregate;
pub mod assignments;
pub mod build_problem;
pub mod drive;
pub mod explain;
pub mod follow;
pub mod gap;
pub mod grain;
pub mod groups;
pub mod matching;
pub mod measures;
pub mod moves;
pub mod outcome;
pub mod pins;
pub mod present;
pub mod seats;
pub mod shapes;
pub mod solve;
pub mod stage;
pub mod summary;
pub mod territory;
pub mod units;
pub mod vacancies;
pub mod variation;
pub mod write;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bailiwick_domain::finding::{Finding, Severity};
use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::document::{Count, Territories};
use jiff::civil::Date;

use crate::classify::{Classified, classify};
use crate::error::AppError;
use crate::expressions::check_expressions;
use crate::front::Front;
use crate::pool::{Pool, Pools, form_pools};
use crate::project::Project;
use crate::sizing::{PoolSizing, Scope, size_pools};
use crate::staff::Staff;
pub use outcome::PoolOutcome;
use present::Present;
use stage::{Stage, Timings};
use variation::Variation;

/// What is asked of the planner beside the policy.
#[derive(Clone)]
pub struct Request {
    /// The first day of the plan.
    pub on: Date,
    pub seed: u64,
    pub time_limit: Option<Duration>,
    /// Who holds what today, where a ledger says so; the policy's `assignments` source otherwise.
    pub present: Option<Vec<present::Holding>>,
    /// What this plan does otherwise than the policy says.
    pub variation: Variation,
    /// By which whoever asked takes it back.
    pub cancel: Cancel,
    /// Pools of at least so many units are divided by basic units; where none is given, those that are worth it.
    pub basic_from: Option<usize>,
}

impl Request {
    /// A plan from `on`, as the policy says, without a limit of time.
    pub fn new(on: Date, seed: u64) -> Self {
        Request {
            on,
            seed,
            time_limit: None,
            present: None,
            variation: Variation::default(),
            cancel: Cancel::default(),
            basic_from: None,
        }
    }
}

/// A flag that several hold. Once it is raised, making the plan ends with [`AppError::Cancelled`] within a tenth of a second
/// of the optimiser's work, and before the next pool.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub fn raise(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// Raises the flag when what is returned goes, however that comes about.
    pub fn raised_on_drop(&self) -> impl Drop + Send + use<> {
        struct Raise(Cancel);
        impl Drop for Raise {
            fn drop(&mut self) {
                self.0.raise();
            }
        }
        Raise(self.clone())
    }

    /// # Errors
    /// [`AppError::Cancelled`] once the flag is raised.
    pub fn check(&self) -> Result<(), AppError> {
        if self.is_raised() { Err(AppError::Cancelled) } else { Ok(()) }
    }
}

/// How far the work is, for a progress bar.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub what: String,
    /// 0 to 1 over the whole plan.
    pub fraction: f64,
    pub stage: Stage,
}

/// A policy's data as they are worked on: accounts in their segments, staff, present holders.
pub struct Ground {
    pub classified: Classified,
    pub staff: Staff,
    pub account_ids: Vec<String>,
    pub present: Present,
    pub findings: Vec<Finding>,
}

pub struct Plan {
    pub on: Date,
    pub seed: u64,
    pub seconds: f64,
    pub classified: Classified,
    pub account_ids: Vec<String>,
    /// Where each account is.
    pub places: Vec<Option<bailiwick_engine::Point>>,
    pub staff: Staff,
    pub pools: Vec<PoolOutcome>,
    /// The reasons of pins, by the index that [`outcome::Why::Pinned`] names.
    pub pin_reasons: Vec<String>,
    /// Of the policy and its data: what is odd, though it does not stand in the way of a plan.
    pub findings: Vec<Finding>,
    pub rejected: usize,
    /// How many employees the roles need, where the policy asks for it; territories are not drawn anew for it.
    pub sizing: Vec<PoolSizing>,
    /// The front drawn around this plan, where one was asked for.
    pub front: Option<Front>,
    /// How long each part took, where somebody counted.
    pub timings: Option<Timings>,
}

impl Ground {
    /// Reads what there is, and refuses what cannot be worked with; the pools are in the order of the policy.
    pub fn prepare(project: &Project, request: &Request) -> Result<(Ground, Vec<Pool>), AppError> {
        let policy = &project.policy;
        let mut classified = classify(policy, &project.snapshot.accounts)?;
        classified.frozen.employee_columns = crate::classify::column_types(&project.snapshot.employees);
        let staff = Staff::of(&project.snapshot.employees, request.on)?.ramped(&policy.document.company, request.on);
        if staff.is_empty() {
            return Err(AppError::Missing {
                message: String::from("there are no employees to divide the accounts among"),
                remedy: String::from("fill the file of [sources.employees], or name the right one"),
            });
        }
        let of_data = [project.unusable_ids()?, staff.findings.clone()].concat();
        if of_data.iter().any(|finding| finding.severity == Severity::Error) {
            return Err(AppError::refused(policy, of_data));
        }
        let mut findings = [policy.findings.clone(), project.left_out(), of_data].concat();
        check_expressions(policy, &classified, &staff)?;
        let Pools { pools, .. } = form_pools(policy, &classified, &staff)?;
        let account_ids: Vec<String> =
            classified.accounts.texts("account_id")?.into_iter().map(Option::unwrap_or_default).collect();
        let present = Present::read(project, request, &account_ids, &staff, &mut findings)?;
        Ok((Ground { classified, staff, account_ids, present, findings }, pools))
    }
}

/// Makes the plan. Promises that cannot be kept are told in the outcome of their pool; an error means there is no plan.
pub fn make_plan(project: &Project, request: &Request, progress: &(dyn Fn(Step) + Sync)) -> Result<Plan, AppError> {
    let started = Instant::now();
    let step = Mutex::new(Step { what: String::from("segments"), fraction: 0.0, stage: Stage::Conditions });
    let tell = |change: &dyn Fn(&mut Step)| {
        let mut step = step.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut step);
        progress(step.clone());
    };
    let entered = |stage: Stage| tell(&|step| step.stage = stage);
    tell(&|_| {});
    let (ground, pools) = Ground::prepare(project, request)?;
    let mut solver = solve::Solver::new(project, request, &ground)?;
    solver.entered = &entered;
    let document = &project.policy.document;
    let counted = document.coverage.iter().filter_map(|coverage| coverage.divide.territories.as_ref());
    let sizing = match document.sizing.is_some() || counted.filter_map(Territories::count).any(|c| c == Count::Sized) {
        true => size_pools(&solver, &pools, Scope { redraw: false, ..Scope::default() })?,
        false => vec![],
    };
    solver.sized = sizing.iter().map(|pool| (pool.coverage, pool.best_count())).collect();
    let outcomes = solver.solve_all(pools, &|new| tell(&|step| *step = Step { stage: step.stage, ..new.clone() }))?;
    let pin_reasons = solver.pin_reasons();
    let places = solver.places;
    let Ground { classified, staff, account_ids, findings, .. } = ground;
    Ok(Plan {
        on: request.on,
        seed: request.seed,
        seconds: started.elapsed().as_secs_f64(),
        classified,
        account_ids,
        places,
        staff,
        pools: outcomes,
        pin_reasons,
        findings,
        rejected: project.snapshot.rejected.len(),
        sizing,
        front: None,
        timings: None,
    })
}

impl Plan {
    /// Rows of assignments: one for each account × role (× product line) that is covered.
    pub fn rows(&self) -> usize {
        self.pools.iter().map(|outcome| outcome.pool.accounts.len()).sum()
    }

    pub fn unassigned(&self) -> usize {
        self.pools.iter().flat_map(|outcome| &outcome.owner).filter(|owner| **owner == outcome::NOBODY).count()
    }

    /// The segment of an account, as a person reads it.
    pub fn segment_name<'a>(&self, policy: &'a Policy, account: usize) -> &'a str {
        self.classified.segment[account].map(|segment| policy.segment_names()[segment as usize]).unwrap_or_default()
    }

    /// Longitude and latitude of an account.
    pub fn place(&self, account: u32) -> Option<bailiwick_engine::Point> {
        self.places[account as usize]
    }

    /// Names of some accounts; the id where there is no name.
    pub fn names_of(&self, accounts: &[u32]) -> Vec<String> {
        let names = self.classified.accounts.words("name").ok();
        let name = |account: &u32| {
            let known = names.as_ref().and_then(|names| names.get(*account as usize));
            known.unwrap_or(&self.account_ids[*account as usize]).to_owned()
        };
        accounts.iter().map(name).collect()
    }
}
