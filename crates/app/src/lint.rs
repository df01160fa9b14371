//! `bailiwick check`: what is odd about a policy, seen against its data.
//!
//! Beyond what the policy says of itself ([`bailiwick_domain::policy::check`]): segments that nothing reaches, that an
//! earlier one shadows or overlaps, accounts that nobody covers, coverage without staff, capacity that cannot suffice,
//! hours that service levels promise and nobody has. Each with counts and sample accounts.

use std::collections::BTreeMap;

use bailiwick_domain::finding::{Finding, Severity};
use bailiwick_domain::policy::Policy;
use jiff::civil::Date;

use crate::classify::{Classified, classify, compile, match_segments};
use crate::error::AppError;
use crate::plan::drive;
use crate::plan::measures::Measures;
use crate::plan::solve::short;
use crate::plan::units::{Land, given_units};
use crate::pool::{Pool, Pools, form_pools};
use crate::project::Project;
use crate::staff::Staff;

/// How many accounts a finding names.
const SAMPLES: usize = 3;

/// All findings, the gravest first. An expression that does not compile ends the search with an error instead.
pub fn lint(project: &Project, on: Date) -> Result<Vec<Finding>, AppError> {
    let policy = &project.policy;
    let mut findings = policy.findings.clone();
    findings.extend(project.left_out());
    findings.extend(project.unusable_ids()?);
    let classified = classify(policy, &project.snapshot.accounts)?;
    let staff = Staff::of(&project.snapshot.employees, on)?.ramped(&policy.document.company, on);
    findings.extend(staff.findings.clone());
    let ids: Vec<String> =
        classified.accounts.texts("account_id")?.into_iter().map(Option::unwrap_or_default).collect();
    let linter = Linter {
        policy,
        classified: &classified,
        staff: &staff,
        ids: &ids,
        measures: Measures::of(policy, &classified.accounts)?,
    };
    linter.segments(&mut findings)?;
    crate::expressions::check_expressions(policy, &classified, &staff)?;
    let pools = form_pools(policy, &classified, &staff)?;
    let land = Land { policy, base: &project.base, accounts: &classified.accounts, account_ids: &ids };
    for pool in &pools.pools {
        if let Some(territories) = &pool.coverage(policy).divide.territories {
            given_units(&land, pool, territories)?;
            if let Some(drive) = &territories.drive {
                drive::ways(&land, pool, drive)?;
            }
        }
    }
    linter.coverage(&pools, &mut findings)?;
    linter.people(&pools, &mut findings)?;
    findings.sort_by_key(|finding| finding.severity);
    Ok(findings)
}

/// Whether the findings are a reason to refuse.
pub fn refuses(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| finding.severity != Severity::Info)
}

pub(crate) struct Linter<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) classified: &'a Classified,
    pub(crate) staff: &'a Staff,
    ids: &'a [String],
    measures: Measures,
}

impl Linter<'_> {
    pub(crate) fn samples(&self, rows: impl Iterator<Item = usize>) -> Vec<String> {
        rows.take(SAMPLES).map(|row| self.ids[row].clone()).collect()
    }

    /// Segments nothing reaches, and those an earlier segment takes accounts from.
    fn segments(&self, findings: &mut Vec<Finding>) -> Result<(), AppError> {
        let document = &self.policy.document;
        let matched = match_segments(self.policy, &self.classified.accounts)?;
        for (index, segment) in document.segments.iter().enumerate() {
            let place = || self.policy.place(&segment.name);
            let name = segment.name.get_ref();
            let own = matched[index].iter().filter(|matches| **matches).count();
            let reached = self.classified.segment.iter().filter(|at| **at == Some(index as u16)).count();
            if own == 0 {
                let message = format!("no account is in segment \"{name}\": its condition holds for none");
                let remedy = "correct the condition, or remove the segment";
                findings.push(Finding::warning("segment-empty", message, remedy).at(place()).counting(0, vec![]));
            } else if reached == 0 {
                let takers = self.takers(&matched, index);
                let message = format!(
                    "segment \"{name}\" is never reached: {own} accounts meet it, and all are in {takers} before it"
                );
                let remedy = "move it up, or narrow the segments before it";
                let rows = (0..self.ids.len()).filter(|row| matched[index][*row]);
                let finding = Finding::error("segment-unreachable", message, remedy).at(place());
                findings.push(finding.counting(own as u64, self.samples(rows)));
            } else if reached < own && segment.when.get_ref().trim().to_lowercase() != "true" {
                let shared = (0..self.ids.len())
                    .filter(|row| matched[index][*row] && self.classified.segment[*row] != Some(index as u16));
                let rows: Vec<usize> = shared.collect();
                let message = format!(
                    "{} accounts meet segment \"{name}\" too, but are in {} before it",
                    rows.len(),
                    self.takers(&matched, index)
                );
                let finding =
                    Finding::info("segment-overlap", message, "order decides: check that this is meant").at(place());
                findings.push(finding.counting(rows.len() as u64, self.samples(rows.iter().copied())));
            }
        }
        let outside: Vec<usize> = (0..self.ids.len()).filter(|row| self.classified.segment[*row].is_none()).collect();
        if !outside.is_empty() {
            let message = format!("{} accounts are in no segment", outside.len());
            let remedy = "add a last segment with when = \"true\"";
            let finding = Finding::error("account-without-segment", message, remedy);
            findings.push(finding.counting(outside.len() as u64, self.samples(outside.iter().copied())));
        }
        Ok(())
    }

    /// The segments that take accounts from a later one.
    fn takers(&self, matched: &[Vec<bool>], index: usize) -> String {
        let names = self.policy.segment_names();
        let mut takers: Vec<u16> = (0..self.ids.len())
            .filter(|row| matched[index][*row])
            .filter_map(|row| self.classified.segment[row])
            .filter(|at| usize::from(*at) != index)
            .collect();
        takers.sort_unstable();
        takers.dedup();
        takers.iter().map(|at| format!("\"{}\"", names[usize::from(*at)])).collect::<Vec<_>>().join(", ")
    }

    fn coverage(&self, pools: &Pools, findings: &mut Vec<Finding>) -> Result<(), AppError> {
        for pool in &pools.pools {
            let coverage = pool.coverage(self.policy);
            let place = || self.policy.place(&coverage.role);
            if pool.accounts.is_empty() {
                let message = format!("the coverage of {} serves no account", pool.title());
                let remedy = "correct its segment, condition or product line, or remove it";
                findings.push(Finding::warning("coverage-empty", message, remedy).at(place()).counting(0, vec![]));
                continue;
            }
            if pool.staff.is_empty() && coverage.divide.same_as.is_none() {
                let condition = coverage.staff.as_ref().map_or("true", |text| text.get_ref());
                let message = format!("nobody at work may serve {}: no employee meets {condition}", pool.title());
                let rows = pool.accounts.iter().map(|row| *row as usize);
                let finding = Finding::error("coverage-without-staff", message, "change staff, or hire").at(place());
                findings.push(finding.counting(pool.accounts.len() as u64, self.samples(rows)));
                continue;
            }
            self.capacity(pool, findings)?;
            self.places(pool, findings);
            self.skills(pool, findings)?;
        }
        self.uncovered(pools, findings);
        for overlap in &pools.overlaps {
            let document = &self.policy.document;
            let (later, earlier) = (&document.coverage[overlap.coverage], &document.coverage[overlap.earlier]);
            let line = self.policy.place(&earlier.role).line;
            let message = format!(
                "{} accounts have a holder of {} by the coverage in line {line} already",
                overlap.accounts.len(),
                later.role.get_ref()
            );
            let finding = Finding::info(
                "coverage-overlap",
                message,
                "the first that matches serves them: check that this is meant",
            );
            let rows = overlap.accounts.iter().map(|row| *row as usize);
            let finding = finding.at(self.policy.place(&later.role));
            findings.push(finding.counting(overlap.accounts.len() as u64, self.samples(rows)));
        }
        Ok(())
    }

    /// Accounts that miss a role which others have: nobody covers them in it.
    fn uncovered(&self, pools: &Pools, findings: &mut Vec<Finding>) {
        let mut covered = vec![false; self.ids.len()];
        for pool in &pools.pools {
            pool.accounts.iter().for_each(|row| covered[*row as usize] = true);
        }
        let bare: Vec<usize> = (0..self.ids.len()).filter(|row| !covered[*row]).collect();
        if !bare.is_empty() {
            let message = format!("{} accounts are served by nobody in any role", bare.len());
            let finding = Finding::error("account-uncovered", message, "add a [[coverage]] for their segment");
            findings.push(finding.counting(bare.len() as u64, self.samples(bare.iter().copied())));
        }
        self.unowned_stages(pools, findings);
    }

    /// A stage whose role nobody holds for some accounts that go through it (SPEC 1.1).
    fn unowned_stages(&self, pools: &Pools, findings: &mut Vec<Finding>) {
        let names = self.policy.segment_names();
        for process in &self.policy.document.processes {
            let through: Vec<usize> = (0..self.ids.len())
                .filter(|row| {
                    self.classified.segment[*row].is_some_and(|segment| {
                        process.segments.is_empty()
                            || process.segments.iter().any(|name| name.get_ref() == names[usize::from(segment)])
                    })
                })
                .collect();
            for stage in &process.stages {
                let Some(role) = &stage.role else { continue };
                let mut served = vec![false; self.ids.len()];
                for pool in pools.pools.iter().filter(|pool| pool.role == *role.get_ref()) {
                    pool.accounts.iter().for_each(|row| served[*row as usize] = true);
                }
                let without: Vec<usize> = through.iter().copied().filter(|row| !served[*row]).collect();
                if without.is_empty() {
                    continue;
                }
                let message = format!(
                    "stage \"{}\" of \"{}\" has no {} for {} accounts",
                    stage.name.get_ref(),
                    process.name.get_ref(),
                    role.get_ref(),
                    without.len()
                );
                let remedy =
                    format!("cover role {} for their segments, or limit the process to segments", role.get_ref());
                let finding = Finding::error("stage-unowned", message, remedy).at(self.policy.place(role));
                findings.push(finding.counting(without.len() as u64, self.samples(without.iter().copied())));
            }
        }
    }

    /// A skill that is a must, and that none of the staff holds.
    fn skills(&self, pool: &Pool, findings: &mut Vec<Finding>) -> Result<(), AppError> {
        let Some(fit) = &pool.coverage(self.policy).divide.fit else { return Ok(()) };
        for name in &fit.must {
            let asked: Vec<Option<String>> = match &pool.product_line {
                Some(line) if name.get_ref() == "product_line" => vec![Some(line.clone()); self.ids.len()],
                _ => self.classified.accounts.texts(name.get_ref())?,
            };
            let mut without: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
            for row in pool.accounts.iter().map(|row| *row as usize) {
                if let Some(skill) = asked[row].as_deref().filter(|skill| !skill.is_empty()) {
                    without.entry(skill).or_default().push(row);
                }
            }
            without.retain(|skill, _| pool.staff.iter().all(|row| self.staff.level(*row as usize, skill) <= 0.0));
            for (skill, rows) in without {
                let message = format!("nobody who may serve {} holds \"{skill}\", which is a must", pool.title());
                let remedy = format!("train or hire somebody for {skill}, or widen staff");
                let finding = Finding::error("skill-missing", message, remedy).at(self.policy.place(name));
                findings.push(finding.counting(rows.len() as u64, self.samples(rows.iter().copied())));
            }
        }
        Ok(())
    }

    fn capacity(&self, pool: &Pool, findings: &mut Vec<Finding>) -> Result<(), AppError> {
        let coverage = pool.coverage(self.policy);
        for (measure, limit) in coverage.capacities() {
            let table = &self.staff.table;
            let expression = compile(self.policy, limit, &table.columns())
                .map_err(|finding| AppError::refused(self.policy, vec![finding]))?;
            let limits = expression.numbers(table)?;
            let capacity: f64 = pool.staff.iter().map(|row| limits[*row as usize].unwrap_or(f64::INFINITY)).sum();
            let values = self.measures.get(measure);
            let needed: f64 = pool.accounts.iter().map(|row| values[*row as usize]).sum();
            if needed > capacity * (1.0 + 1e-9) {
                let message = format!(
                    "{} needs {} of {measure}, and its {} employees can take {}: {} too few",
                    pool.title(),
                    short(needed),
                    pool.staff.len(),
                    short(capacity),
                    short(needed - capacity)
                );
                let remedy = "raise capacity, add staff, or serve part of the segment otherwise";
                let finding = Finding::error("capacity-short", message, remedy).at(self.policy.place(limit));
                findings.push(finding.counting(pool.accounts.len() as u64, vec![]));
            }
        }
        Ok(())
    }

    /// Territories need co-ordinates.
    fn places(&self, pool: &Pool, findings: &mut Vec<Finding>) {
        if pool.coverage(self.policy).divide.territories.is_none() {
            return;
        }
        let accounts = &self.classified.accounts;
        let column = |name: &str| if accounts.has(name) { accounts.numbers(name).ok() } else { None };
        let (latitude, longitude) = (column("latitude"), column("longitude"));
        let placed = |row: usize| {
            latitude.as_ref().is_some_and(|column| column[row].is_some())
                && longitude.as_ref().is_some_and(|column| column[row].is_some())
        };
        let without: Vec<usize> = pool.accounts.iter().map(|row| *row as usize).filter(|row| !placed(*row)).collect();
        if without.is_empty() {
            return;
        }
        let message = format!("{} accounts of {} have no co-ordinates", without.len(), pool.title());
        let remedy = "fill latitude and longitude; until then they are placed where load is short";
        let severity = if without.len() == pool.accounts.len() { Severity::Error } else { Severity::Warning };
        let finding = Finding::new(severity, "place-missing", message, remedy)
            .at(self.policy.place(&pool.coverage(self.policy).role));
        findings.push(finding.counting(without.len() as u64, self.samples(without.iter().copied())));
    }
}
