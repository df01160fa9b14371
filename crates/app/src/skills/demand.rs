//! Which skills the accounts of each pool ask for, at which level, and where that is said.
//!
//! Four places ask: `must` and `skills` of a `fit` coverage (whoever serves the account should hold the value of a column,
//! at level 1 at least), the qualification of a service level, and the `demands` of `[skills]`. Accounts that ask for the
//! same share a class, so that a million of them cost little.

use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::document::Text;
use rustc_hash::FxHashMap;

use crate::classify::{Classified, condition};
use crate::error::AppError;
use crate::pool::Pool;

/// Where it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Asked {
    /// `skills` of a `fit`: the better, the better.
    Fit,
    /// `must` of a `fit`: nobody else may serve.
    Must,
    /// A service level: nobody else may serve, if somebody has it.
    Qualification,
    /// `[skills] demands`: told, and no plan's business.
    Stated,
}

/// A skill at a level.
#[derive(Debug, Clone, PartialEq)]
pub struct Ask {
    pub skill: String,
    pub level: f64,
    pub asked: Asked,
}

/// What the accounts of one pool ask for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PoolDemand {
    pub asks: Vec<Ask>,
    /// For each account of the pool, a row of `classes`.
    pub class_of: Vec<u32>,
    /// Indices of `asks`, ascending.
    pub classes: Vec<Vec<u32>>,
}

impl PoolDemand {
    /// Each skill that the account at this position asks for, at the highest level it does.
    pub fn of_account(&self, position: usize) -> Vec<(&str, f64)> {
        self.of_class(self.class_of[position])
    }

    /// The same of a class.
    pub fn of_class(&self, class: u32) -> Vec<(&str, f64)> {
        let mut found: Vec<(&str, f64)> = vec![];
        for ask in self.classes[class as usize].iter().map(|ask| &self.asks[*ask as usize]) {
            match found.iter_mut().find(|(skill, _)| same(skill, &ask.skill)) {
                Some((_, level)) => *level = level.max(ask.level),
                None => found.push((&ask.skill, ask.level)),
            }
        }
        found
    }
}

/// Upper and lower case do not matter in the names of skills.
pub fn same(one: &str, other: &str) -> bool {
    one == other || one.to_lowercase() == other.to_lowercase()
}

/// What each pool's accounts ask for.
///
/// # Errors
/// An expression that does not compile or fails.
pub fn demands(policy: &Policy, classified: &Classified, pools: &[Pool]) -> Result<Vec<PoolDemand>, AppError> {
    let accounts = &classified.accounts;
    let segments = policy.segment_names();
    let stated = stated(policy, classified)?;
    let mut columns: FxHashMap<&str, Vec<Option<String>>> = FxHashMap::default();
    let mut all = vec![];
    for pool in pools {
        let fit = pool.coverage(policy).divide.fit.as_ref();
        let named = fit.into_iter().flat_map(|fit| {
            fit.must.iter().map(|name| (name, Asked::Must)).chain(fit.skills.iter().map(|name| (name, Asked::Fit)))
        });
        let named: Vec<(&Text, Asked)> = named.collect();
        for (name, _) in &named {
            if !columns.contains_key(name.get_ref().as_str()) {
                let values = if accounts.has(name.get_ref()) { accounts.texts(name.get_ref())? } else { vec![] };
                columns.insert(name.get_ref(), values);
            }
        }
        let qualifications: Vec<Vec<Ask>> = segments.iter().map(|name| qualification(policy, name, pool)).collect();
        let concerned: Vec<&Stated> = stated
            .iter()
            .filter(|(_, role, line, _)| {
                role.is_none_or(|role| *role.get_ref() == pool.role)
                    && line.is_none_or(|line| pool.product_line.as_ref() == Some(line.get_ref()))
            })
            .collect();
        let mut builder = Builder::default();
        for account in pool.accounts.iter().map(|account| *account as usize) {
            for (name, asked) in &named {
                let line = pool.product_line.as_ref().filter(|_| name.get_ref() == "product_line");
                let of_column = || columns[name.get_ref().as_str()].get(account).cloned().flatten();
                if let Some(skill) = line.cloned().or_else(of_column).filter(|skill| !skill.is_empty()) {
                    builder.ask(Ask { skill, level: 1.0, asked: *asked });
                }
            }
            if let Some(segment) = classified.segment[account] {
                qualifications[usize::from(segment)].iter().for_each(|ask| builder.ask(ask.clone()));
            }
            for (ask, .., accounts) in &concerned {
                if accounts[account] {
                    builder.ask(ask.clone());
                }
            }
            builder.end_account();
        }
        all.push(builder.demand);
    }
    Ok(all)
}

fn qualification(policy: &Policy, segment: &str, pool: &Pool) -> Vec<Ask> {
    let promise = policy.promise(segment, &pool.role);
    let ask = |(skill, level)| Ask { skill, level, asked: Asked::Qualification };
    promise.qualification.into_iter().map(ask).collect()
}

type Stated<'a> = (Ask, Option<&'a Text>, Option<&'a Text>, Vec<bool>);

/// The demands of `[skills]`, with the accounts that each is about.
fn stated<'a>(policy: &'a Policy, classified: &Classified) -> Result<Vec<Stated<'a>>, AppError> {
    let accounts = &classified.accounts;
    let segments = policy.segment_names();
    let mut all = vec![];
    for demand in policy.document.skills.iter().flat_map(|skills| &skills.demands) {
        let mut concerned = match &demand.when {
            None => vec![true; accounts.len()],
            Some(when) => condition(policy, when, &accounts.columns(), accounts)
                .map_err(|finding| AppError::refused(policy, vec![finding]))?,
        };
        if let Some(wanted) = &demand.segment {
            let wanted: Vec<bool> =
                segments.iter().map(|name| wanted.0.iter().any(|one| one.get_ref() == name)).collect();
            for (concerned, segment) in concerned.iter_mut().zip(&classified.segment) {
                *concerned &= segment.is_some_and(|segment| wanted[usize::from(segment)]);
            }
        }
        let level = demand.level.as_ref().map_or(1.0, |level| *level.get_ref());
        let ask = Ask { skill: demand.skill.get_ref().clone(), level, asked: Asked::Stated };
        all.push((ask, demand.role.as_ref(), demand.product_line.as_ref(), concerned));
    }
    Ok(all)
}

/// Puts accounts that ask for the same into one class.
#[derive(Default)]
struct Builder {
    demand: PoolDemand,
    known: FxHashMap<(String, u64, Asked), u32>,
    classes: FxHashMap<Vec<u32>, u32>,
    now: Vec<u32>,
}

impl Builder {
    fn ask(&mut self, ask: Ask) {
        let key = (ask.skill.to_lowercase(), ask.level.to_bits(), ask.asked);
        let next = self.demand.asks.len() as u32;
        let index = *self.known.entry(key).or_insert(next);
        if index == next {
            self.demand.asks.push(ask);
        }
        if !self.now.contains(&index) {
            self.now.push(index);
        }
    }

    fn end_account(&mut self) {
        let mut asked = std::mem::take(&mut self.now);
        asked.sort_unstable();
        let next = self.classes.len() as u32;
        let class = *self.classes.entry(asked.clone()).or_insert(next);
        if class == next {
            self.demand.classes.push(asked);
        }
        self.demand.class_of.push(class);
    }
}
