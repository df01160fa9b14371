//! Which roles the policy gives an account of the ledger: its coverage as it is written, with the conditions that narrow it.
//!
//! Segments and principles are those that the ledger keeps, as the plan in force had them, so that what is asked here agrees
//! with what was planned. Only conditions are worked out anew, and only where the policy has any.

use bailiwick_domain::account::AccountRecord;
use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::document::Coverage;
use bailiwick_store::PlanRecord;

use crate::classify::{Frozen, classify_by};
use crate::error::AppError;
use crate::explanation::{table_of, with_kept_values};
use crate::pool::narrowed;

pub struct Given<'a> {
    policy: &'a Policy,
    /// For each coverage, the accounts that it is narrowed to; none where it takes its whole segments.
    narrowed: Vec<Option<Vec<bool>>>,
}

impl<'a> Given<'a> {
    /// What the policy of the plan in force gives these accounts.
    ///
    /// # Errors
    /// If a condition or a principle cannot be worked out for one of the accounts.
    pub fn of(policy: &'a Policy, plan: &PlanRecord, accounts: &[AccountRecord]) -> Result<Given<'a>, AppError> {
        let coverage = &policy.document.coverage;
        if !coverage.iter().any(|one| one.when.is_some() || one.product_line.is_some()) {
            return Ok(Given::whole(policy));
        }
        let frozen: Frozen = serde_json::from_value(plan.frozen.clone()).unwrap_or_default();
        let table = classify_by(policy, &table_of(accounts, &frozen)?, &frozen)?.accounts;
        let table = with_kept_values(policy, table, accounts)?;
        let (mut rows, mut findings) = (vec![], vec![]);
        for one in coverage {
            match narrowed(policy, one, &table) {
                Ok(found) => rows.push(found),
                Err(finding) => findings.push(finding),
            }
        }
        if findings.is_empty() {
            Ok(Given { policy, narrowed: rows })
        } else {
            Err(AppError::refused(policy, findings))
        }
    }

    /// As if no condition narrowed any coverage.
    pub fn whole(policy: &'a Policy) -> Given<'a> {
        Given { policy, narrowed: vec![None; policy.document.coverage.len()] }
    }

    /// Whether the account in this row, which is in this segment, is to have somebody in the role.
    pub fn gives(&self, role: &str, segment: &str, row: usize) -> bool {
        let covers = |coverage: &Coverage| {
            coverage.role.get_ref() == role
                && coverage.segment.as_ref().is_none_or(|many| many.0.iter().any(|name| name.get_ref() == segment))
        };
        let fits = |rows: &Option<Vec<bool>>| rows.as_ref().is_none_or(|rows| rows[row]);
        self.policy.document.coverage.iter().zip(&self.narrowed).any(|(one, rows)| covers(one) && fits(rows))
    }
}
