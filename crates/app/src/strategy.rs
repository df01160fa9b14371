//! Effort by segment against the strategy (SPEC 3.5): where the people's time goes, and where the company wants it.
//!
//! Two observations stand beside each target: the **workload** of the assignments (hours that the accounts want of whoever
//! holds them, as sizing counts them) and the **contacts** that were recorded with the accounts, where a ledger is asked.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::AppError;
use crate::held::{Basis, Held};
use crate::lang::Texts;
use crate::plan::solve::Solver;
use crate::plan::{Ground, Request, Step};
use crate::project::Project;
use crate::service::observed::Observed;
use crate::sizing::hours::wanted;

/// How far a segment may be from its share without a word, where the policy says nothing else.
const TOLERANCE: f64 = 0.05;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Effort {
    #[schema(value_type = String)]
    pub basis: Basis,
    pub tolerance: f64,
    /// Hours a year of all segments.
    pub hours: f64,
    /// Contacts of all segments; absent where no ledger was asked.
    pub contacts: Option<usize>,
    /// In the policy's order.
    pub segments: Vec<EffortOf>,
}

/// One segment's effort.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct EffortOf {
    pub segment: String,
    pub accounts: usize,
    /// Hours a year that its accounts want.
    pub hours: f64,
    /// Of all hours.
    pub share: f64,
    /// What the strategy wants; absent where it says nothing of the segment.
    pub target: Option<f64>,
    /// `share − target`.
    pub difference: Option<f64>,
    /// Hours that would have to go elsewhere, or come, to meet the target.
    pub hours_to_target: Option<f64>,
    pub contacts: Option<usize>,
    /// Of all contacts.
    pub contact_share: Option<f64>,
    /// By role: hours a year.
    pub roles: Vec<(String, f64)>,
    /// In the policy's language.
    pub words: String,
}

/// # Errors
/// [`AppError::Missing`] if it is not known what hours any account wants; those of planning.
pub fn effort(
    project: &Project,
    request: &Request,
    planned: bool,
    observed: Option<&Observed>,
    progress: &(dyn Fn(Step) + Sync),
) -> Result<Effort, AppError> {
    let (ground, pools) = Ground::prepare(project, request)?;
    let solver = Solver::new(project, request, &ground)?;
    let held = Held::of(&solver, pools, planned, progress)?;
    effort_of(&solver, &held, observed)
}

/// The same of those who hold the accounts.
///
/// # Errors
/// As [`effort`].
pub fn effort_of(solver: &Solver, held: &Held, observed: Option<&Observed>) -> Result<Effort, AppError> {
    let policy = solver.policy;
    let sizing = policy.document.sizing.clone().unwrap_or_default();
    let hours = wanted(solver, &sizing, &held.pools)?;
    let names = policy.segment_names();
    let strategy = policy.document.strategy.clone().unwrap_or_default();
    let tolerance = strategy.tolerance.as_ref().map_or(TOLERANCE, |tolerance| *tolerance.get_ref());
    let mut of_segments = vec![0.0; names.len()];
    let mut by_role: Vec<Vec<(String, f64)>> = vec![vec![]; names.len()];
    for (index, pool) in held.pools.iter().enumerate() {
        for (position, account) in pool.accounts.iter().enumerate() {
            // Nobody spends time on an account that nobody holds.
            if held.owners[index][position].is_none() {
                continue;
            }
            let Some(segment) = solver.classified.segment[*account as usize].map(usize::from) else { continue };
            of_segments[segment] += hours[index][position];
            match by_role[segment].iter_mut().find(|(role, _)| *role == pool.role) {
                Some((_, sum)) => *sum += hours[index][position],
                None => by_role[segment].push((pool.role.clone(), hours[index][position])),
            }
        }
    }
    let total: f64 = of_segments.iter().sum();
    if total <= 0.0 {
        return Err(AppError::Missing {
            message: String::from("it is not known how many hours any account wants"),
            remedy: String::from(
                "write [sizing.roles.ROLE] hours = \"an SQL expression over account columns\", or [service_levels]",
            ),
        });
    }
    let contacts_of = |name: &str| {
        observed.map(|observed| {
            let of_segment = observed.segments.iter().filter(|kept| kept.segment == name);
            of_segment.map(|kept| kept.contacts.contacts + kept.responses.received).sum::<usize>()
        })
    };
    let contacts = observed.map(|_| names.iter().filter_map(|name| contacts_of(name)).sum::<usize>());
    let texts = Texts::of(policy.document.company.language);
    let segments = names.iter().enumerate().map(|(index, name)| {
        let share = of_segments[index] / total;
        let target = strategy.effort.iter().find(|(segment, _)| segment.get_ref() == name);
        let target = target.map(|(_, share)| *share.get_ref());
        let difference = target.map(|target| share - target);
        let of_segment = contacts_of(name);
        let percent = |share: f64| texts.number(share * 100.0, 0);
        let words = match (target, difference) {
            (Some(target), Some(difference)) => {
                let key = match difference {
                    off if off.abs() <= tolerance + 1e-9 => "effort-as-meant",
                    off if off > 0.0 => "effort-too-much",
                    _ => "effort-too-little",
                };
                texts.say(
                    key,
                    &[
                        ("segment", (*name).to_owned().into()),
                        ("share", percent(share).into()),
                        ("target", percent(target).into()),
                        ("hours", texts.number((difference * total).abs(), 0).into()),
                    ],
                )
            }
            _ => texts
                .say("effort-no-target", &[("segment", (*name).to_owned().into()), ("share", percent(share).into())]),
        };
        EffortOf {
            segment: (*name).to_owned(),
            accounts: solver.classified.segment.iter().filter(|at| at.map(usize::from) == Some(index)).count(),
            hours: of_segments[index],
            share,
            target,
            difference,
            hours_to_target: difference.map(|difference| -difference * total),
            contacts: of_segment,
            contact_share: of_segment.zip(contacts.filter(|all| *all > 0)).map(|(own, all)| own as f64 / all as f64),
            roles: by_role[index].clone(),
            words,
        }
    });
    Ok(Effort { basis: held.basis, tolerance, hours: total, contacts, segments: segments.collect() })
}
