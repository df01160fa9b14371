//! Which accounts each coverage serves, and with whom: the pools that the engine is given.
//!
//! For one role (and product line) an account is served by the first coverage, in the order of the policy, whose segment
//! and condition it meets. Nobody who is not at work is in a pool.

use bailiwick_data::Table;
use bailiwick_domain::finding::Finding;
use bailiwick_domain::policy::document::Coverage;
use bailiwick_domain::policy::{ALL, Policy};
use rustc_hash::FxHashMap;

use crate::classify::{Classified, condition};
use crate::error::AppError;
use crate::staff::Staff;

/// The accounts and the staff of one coverage and product line.
#[derive(Debug, Clone)]
pub struct Pool {
    /// Index of the coverage in the policy.
    pub coverage: usize,
    pub role: String,
    pub product_line: Option<String>,
    /// The segments covered, as a person reads them.
    pub segment: String,
    /// Rows of the account table, ascending.
    pub accounts: Vec<u32>,
    /// Rows of the employee table, ascending.
    pub staff: Vec<u32>,
}

impl Pool {
    pub fn coverage<'a>(&self, policy: &'a Policy) -> &'a Coverage {
        &policy.document.coverage[self.coverage]
    }

    /// `sales-specialist in VIP (hardware)`.
    pub fn title(&self) -> String {
        let line = self.product_line.as_ref().map(|line| format!(" ({line})")).unwrap_or_default();
        format!("{} in {}{line}", self.role, self.segment)
    }
}

/// What two coverages both want; the first has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Overlap {
    pub coverage: usize,
    pub earlier: usize,
    pub accounts: Vec<u32>,
}

pub struct Pools {
    pub pools: Vec<Pool>,
    pub overlaps: Vec<Overlap>,
}

/// Forms the pools, in the order of the policy.
pub fn form_pools(policy: &Policy, classified: &Classified, staff: &Staff) -> Result<Pools, AppError> {
    form(policy, classified, Some(staff))
}

/// The accounts that each coverage serves, whoever its staff are.
pub fn served_accounts(policy: &Policy, classified: &Classified) -> Result<Vec<Pool>, AppError> {
    Ok(form(policy, classified, None)?.pools)
}

fn form(policy: &Policy, classified: &Classified, staff: Option<&Staff>) -> Result<Pools, AppError> {
    let accounts = &classified.accounts;
    let mut findings = vec![];
    let mut claimed: FxHashMap<(String, Option<String>), Vec<u16>> = FxHashMap::default();
    let mut pools = vec![];
    let mut overlaps = vec![];
    for (index, coverage) in policy.document.coverage.iter().enumerate() {
        let wanted = wanted_accounts(policy, coverage, classified);
        let serving = staff.map_or(Ok(vec![]), |staff| serving_staff(policy, coverage, staff));
        let (wanted, serving) = match (wanted, serving) {
            (Ok(wanted), Ok(serving)) => (wanted, serving),
            (wanted, serving) => {
                findings.extend(wanted.err());
                findings.extend(serving.err());
                continue;
            }
        };
        for line in lines_of(coverage) {
            let buyers = match buyers(policy, line.as_deref(), accounts) {
                Ok(buyers) => buyers,
                Err(finding) => {
                    findings.push(finding);
                    continue;
                }
            };
            let role = coverage.role.get_ref().clone();
            let taken = claimed.entry((role.clone(), line.clone())).or_insert_with(|| vec![u16::MAX; accounts.len()]);
            let mut rows = vec![];
            let mut refused: FxHashMap<u16, Vec<u32>> = FxHashMap::default();
            for row in 0..accounts.len() {
                if !wanted[row] || !buyers.as_ref().is_none_or(|buyers| buyers[row]) {
                    continue;
                }
                if taken[row] == u16::MAX {
                    taken[row] = index as u16;
                    rows.push(row as u32);
                } else {
                    refused.entry(taken[row]).or_default().push(row as u32);
                }
            }
            let refused = refused.into_iter().map(|(earlier, accounts)| Overlap {
                coverage: index,
                earlier: earlier.into(),
                accounts,
            });
            overlaps.extend(refused);
            let segment = segment_label(coverage);
            pools.push(Pool {
                coverage: index,
                role,
                product_line: line,
                segment,
                accounts: rows,
                staff: serving.clone(),
            });
        }
    }
    overlaps.sort_by_key(|overlap| (overlap.coverage, overlap.earlier));
    if findings.is_empty() { Ok(Pools { pools, overlaps }) } else { Err(AppError::refused(policy, findings)) }
}

fn lines_of(coverage: &Coverage) -> Vec<Option<String>> {
    match &coverage.product_line {
        None => vec![None],
        Some(lines) => lines.0.iter().map(|line| Some(line.get_ref().clone())).collect(),
    }
}

fn segment_label(coverage: &Coverage) -> String {
    match &coverage.segment {
        None => ALL.to_owned(),
        Some(names) => names.0.iter().map(|name| name.get_ref().as_str()).collect::<Vec<_>>().join(" + "),
    }
}

fn wanted_accounts(policy: &Policy, coverage: &Coverage, classified: &Classified) -> Result<Vec<bool>, Finding> {
    let names = policy.segment_names();
    let covers = |segment: u16| match &coverage.segment {
        None => true,
        Some(wanted) => wanted.0.iter().any(|name| name.get_ref() == names[segment as usize] || name.get_ref() == ALL),
    };
    let by_segment: Vec<bool> = (0..names.len()).map(|segment| covers(segment as u16)).collect();
    let mut wanted: Vec<bool> =
        classified.segment.iter().map(|segment| segment.is_some_and(|segment| by_segment[segment as usize])).collect();
    if let Some(when) = &coverage.when {
        let meets = condition(policy, when, &classified.accounts.columns(), &classified.accounts)?;
        wanted.iter_mut().zip(meets).for_each(|(wanted, meets)| *wanted &= meets);
    }
    Ok(wanted)
}

/// The accounts that a coverage is narrowed to within its segments: those that meet its condition and buy one of its product
/// lines; none where nothing narrows it.
pub(crate) fn narrowed(policy: &Policy, coverage: &Coverage, accounts: &Table) -> Result<Option<Vec<bool>>, Finding> {
    let mut rows = match &coverage.when {
        None => None,
        Some(when) => Some(condition(policy, when, &accounts.columns(), accounts)?),
    };
    let mut buying = vec![false; accounts.len()];
    for line in lines_of(coverage) {
        let Some(buyers) = buyers(policy, line.as_deref(), accounts)? else { return Ok(rows) };
        buying.iter_mut().zip(buyers).for_each(|(buys, one)| *buys |= one);
    }
    match &mut rows {
        Some(rows) => rows.iter_mut().zip(buying).for_each(|(row, buys)| *row &= buys),
        None => rows = Some(buying),
    }
    Ok(rows)
}

fn serving_staff(policy: &Policy, coverage: &Coverage, staff: &Staff) -> Result<Vec<u32>, Finding> {
    let meets = match &coverage.staff {
        None => vec![true; staff.len()],
        Some(text) => condition(policy, text, &staff.table.columns(), &staff.table)?,
    };
    Ok((0..staff.len()).filter(|row| meets[*row] && staff.at_work[*row]).map(|row| row as u32).collect())
}

fn buyers(policy: &Policy, line: Option<&str>, accounts: &Table) -> Result<Option<Vec<bool>>, Finding> {
    let Some(line) = line else { return Ok(None) };
    let spec = policy.document.product_lines.iter().find(|(name, _)| name.get_ref() == line);
    match spec.and_then(|(_, spec)| spec.when.as_ref()) {
        None => Ok(None),
        Some(when) => condition(policy, when, &accounts.columns(), accounts).map(Some),
    }
}
