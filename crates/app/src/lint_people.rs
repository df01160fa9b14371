//! What is odd about service levels, skills and strategy, seen against the data: hours that are promised and that nobody
//! has, qualifications and skills that nobody holds, demands that no account makes.

use bailiwick_domain::finding::Finding;

use crate::error::AppError;
use crate::lint::Linter;
use crate::plan::solve::short;
use crate::pool::Pools;
use crate::skills::demand::{Asked, demands, same};

impl Linter<'_> {
    pub(crate) fn people(&self, pools: &Pools, findings: &mut Vec<Finding>) -> Result<(), AppError> {
        self.service_hours(pools, findings)?;
        self.unheld(pools, findings)?;
        self.strategy(findings);
        Ok(())
    }

    /// Hours that service levels promise against hours of those who serve, where employees have `hours_per_year`.
    fn service_hours(&self, pools: &Pools, findings: &mut Vec<Finding>) -> Result<(), AppError> {
        let table = &self.staff.table;
        if !table.has("hours_per_year") {
            return Ok(());
        }
        let hours = table.numbers("hours_per_year")?;
        let document = &self.policy.document;
        for (index, segment) in document.segments.iter().enumerate() {
            let name = segment.name.get_ref();
            let within = |row: &u32| self.classified.segment[*row as usize] == Some(index as u16);
            let accounts = self.classified.segment.iter().filter(|at| **at == Some(index as u16)).count();
            let mut promised = self.policy.promise_of_segment(name).hours() * accounts as f64;
            let mut serving: Vec<u32> = vec![];
            for pool in &pools.pools {
                let count = pool.accounts.iter().filter(|row| within(row)).count();
                if count > 0 {
                    promised += self.policy.promise(name, &pool.role).hours() * count as f64;
                    serving.extend(&pool.staff);
                }
            }
            serving.sort_unstable();
            serving.dedup();
            let available: f64 = serving.iter().filter_map(|row| hours[*row as usize]).sum();
            if promised > 0.0 && promised > available {
                let message = format!(
                    "segment \"{name}\" is promised {} hours a year, and those who serve it have {}",
                    short(promised),
                    short(available)
                );
                let remedy = "promise fewer contacts, or add staff";
                findings.push(Finding::warning("service-hours", message, remedy).at(self.policy.place(&segment.name)));
            }
        }
        Ok(())
    }

    /// Qualifications and demands that none of the staff meets, and demands that no account makes.
    fn unheld(&self, pools: &Pools, findings: &mut Vec<Finding>) -> Result<(), AppError> {
        let asked = demands(self.policy, self.classified, &pools.pools)?;
        let mut unmet: Vec<(String, f64, String, Vec<usize>)> = vec![];
        let mut made: Vec<(String, f64)> = vec![];
        for (pool, demand) in pools.pools.iter().zip(&asked) {
            for (index, ask) in demand.asks.iter().enumerate() {
                if ask.asked == Asked::Stated {
                    made.push((ask.skill.clone(), ask.level));
                }
                let told_elsewhere = !matches!(ask.asked, Asked::Stated | Asked::Qualification);
                let follows = pool.staff.is_empty() || pool.coverage(self.policy).divide.same_as.is_some();
                let held = pool.staff.iter().any(|row| self.staff.level(*row as usize, &ask.skill) >= ask.level);
                if told_elsewhere || follows || held {
                    continue;
                }
                let asks =
                    |position: &usize| demand.classes[demand.class_of[*position] as usize].contains(&(index as u32));
                let rows = (0..pool.accounts.len()).filter(asks).map(|position| pool.accounts[position] as usize);
                unmet.push((ask.skill.clone(), ask.level, pool.title(), rows.collect()));
            }
        }
        for (skill, level, title, rows) in unmet {
            let message = format!("nobody who may serve {title} holds {skill} at level {}", short(level));
            let remedy = format!("train or hire somebody for {skill}, or ask for less; `bailiwick skills` says whom");
            let finding = Finding::warning("skill-unheld", message, remedy);
            let finding = match self.place_of_skill(&skill) {
                Some(place) => finding.at(place),
                None => finding,
            };
            findings.push(finding.counting(rows.len() as u64, self.samples(rows.iter().copied())));
        }
        for demand in self.policy.document.skills.iter().flat_map(|skills| &skills.demands) {
            let level = demand.level.as_ref().map_or(1.0, |level| *level.get_ref());
            if !made.iter().any(|(skill, of)| same(skill, demand.skill.get_ref()) && *of == level) {
                let message = format!("no account that anybody serves demands {} there", demand.skill.get_ref());
                let remedy = "correct its condition, segment, role or product line, or remove it";
                let finding = Finding::warning("demand-empty", message, remedy).at(self.policy.place(&demand.skill));
                findings.push(finding.counting(0, vec![]));
            }
        }
        Ok(())
    }

    /// Where the policy asks for a skill by name.
    fn place_of_skill(&self, skill: &str) -> Option<bailiwick_domain::finding::Place> {
        let document = &self.policy.document;
        let stated = document.skills.iter().flat_map(|skills| skills.demands.iter().map(|demand| &demand.skill));
        let levels = document.service_levels.values().flat_map(|of| of.roles.values().chain(of.stages.values()));
        let qualified = levels.flat_map(|level| level.qualification.keys());
        let asks = |segment: &&bailiwick_domain::policy::document::Segment| {
            segment.service.as_ref().is_some_and(|service| service.qualification.contains_key(skill))
        };
        let mut of_segment = document.segments.iter().filter(asks).map(|segment| &segment.name);
        let named = stated.chain(qualified).find(|text| same(text.get_ref(), skill));
        named.or_else(|| of_segment.next()).map(|text| self.policy.place(text))
    }

    /// A share of effort for a segment that nobody is in.
    fn strategy(&self, findings: &mut Vec<Finding>) {
        let names = self.policy.segment_names();
        for (segment, share) in self.policy.document.strategy.iter().flat_map(|strategy| &strategy.effort) {
            let index = names.iter().position(|name| name == segment.get_ref());
            let empty = !self.classified.segment.iter().any(|at| at.map(usize::from) == index);
            if empty && *share.get_ref() > 0.0 {
                let message = format!(
                    "{:.0} % of the effort are meant for \"{}\", where there is no account",
                    share.get_ref() * 100.0,
                    segment.get_ref()
                );
                let remedy = "correct the segment's condition, or give the share to another";
                findings.push(Finding::warning("strategy-empty", message, remedy).at(self.policy.place(segment)));
            }
        }
    }
}
