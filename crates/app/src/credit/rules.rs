//! The policy's credit rules in numbers, and which rule each order line falls under.

use bailiwick_data::Table;
use bailiwick_domain::credit::{NONE, Rule, Taker, Terms};
use bailiwick_domain::finding::{Finding, suggest};
use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::credit::{CreditPolicy, CreditRule};
use bailiwick_domain::policy::document::{Many, Text};
use indexmap::IndexMap;
use rust_decimal::Decimal;
use rustc_hash::{FxHashMap, FxHashSet};
use serde_spanned::Spanned;

use super::names::Names;
use crate::classify::condition;
use crate::error::AppError;

/// The rule of orders that no rule of the policy fits.
pub const NO_RULE: &str = "no rule";

/// A rule, and which lines it fits.
pub struct RuleOf {
    pub name: String,
    pub rule: Rule,
    /// By segment; all when absent.
    segments: Option<Vec<bool>>,
    lines: Option<FxHashSet<u32>>,
    /// By order row; all when absent.
    when: Option<Vec<bool>>,
}

impl RuleOf {
    fn fits_segment(&self, segment: Option<u16>) -> bool {
        self.segments.as_ref().is_none_or(|fits| segment.is_some_and(|segment| fits[usize::from(segment)]))
    }

    fn fits(&self, row: usize, segment: Option<u16>, line: u32) -> bool {
        self.fits_segment(segment)
            && self.lines.as_ref().is_none_or(|lines| lines.contains(&line))
            && self.when.as_ref().is_none_or(|fits| fits[row])
    }
}

pub struct Rules {
    pub rules: Vec<RuleOf>,
    pub terms: Terms,
    /// Divided by hand: order, and line where only one is meant; the parts and the reason.
    splits: FxHashMap<String, Vec<SplitOf>>,
}

struct SplitOf {
    line: Option<String>,
    parts: Vec<(u32, Decimal)>,
    reason: String,
}

/// What somebody divided by hand, from the policy or from the ledger.
#[derive(Debug, Clone, PartialEq)]
pub struct ByHand {
    pub order: String,
    pub line: Option<String>,
    pub parts: Vec<(String, Decimal)>,
    pub reason: String,
}

/// What a policy without `[credit]` means: whoever the order names has it, else the holder of the first coverage's role.
pub fn default_terms(policy: &Policy, orders: &Table) -> CreditPolicy {
    let mut credit = CreditPolicy::default();
    let Some(coverage) = policy.document.coverage.first() else { return credit };
    if orders.has("employee_id") {
        credit.named.insert(coverage.role.clone(), Spanned::new(0..0, String::from("employee_id")));
    }
    credit.rules.push(CreditRule {
        name: Spanned::new(0..0, String::from("All orders")),
        segment: None,
        product_line: None,
        when: None,
        share: IndexMap::from([(coverage.role.clone(), bailiwick_domain::policy::credit::Exact(Decimal::ONE_HUNDRED))]),
        stages: IndexMap::new(),
        overlay: IndexMap::new(),
    });
    credit
}

/// Numbers of names that rules speak of.
pub struct RuleNames<'a> {
    pub roles: &'a mut Names,
    pub stages: &'a mut Names,
    pub product_lines: &'a mut Names,
    pub employees: &'a mut Names,
}

impl Rules {
    /// # Errors
    /// If a condition does not compile, or a split names nobody who is there.
    pub fn compile(
        policy: &Policy,
        credit: &CreditPolicy,
        orders: &Table,
        by_hand: &[ByHand],
        names: &mut RuleNames,
    ) -> Result<Rules, AppError> {
        let mut findings = vec![];
        let mut rules = vec![];
        for rule in &credit.rules {
            match compile(policy, rule, orders, names) {
                Ok(rule) => rules.push(rule),
                Err(finding) => findings.push(finding),
            }
        }
        let mut splits: FxHashMap<String, Vec<SplitOf>> = FxHashMap::default();
        for split in &credit.splits {
            let mut parts = vec![];
            for (employee, part) in &split.share {
                let number = names.employees.find(employee.get_ref());
                if number == NONE {
                    let message = format!(
                        "the split of order \"{}\" names \"{}\", who is no employee",
                        split.order.get_ref(),
                        employee.get_ref()
                    );
                    let known = (0..names.employees.len()).map(|number| names.employees.name(number as u32));
                    let remedy = suggest(employee.get_ref(), known);
                    findings.push(Finding::error("credit-split", message, remedy).at(policy.place(employee)));
                }
                parts.push((number, part.0));
            }
            let of = SplitOf { line: split.line.clone(), parts, reason: split.reason.clone() };
            splits.entry(split.order.get_ref().clone()).or_default().push(of);
        }
        // What was recorded in the ledger goes before what the policy says.
        for split in by_hand {
            let parts = split.parts.iter().map(|(who, part)| (names.employees.number(who), *part)).collect();
            let of = SplitOf { line: split.line.clone(), parts, reason: split.reason.clone() };
            splits.entry(split.order.clone()).or_default().insert(0, of);
        }
        if !findings.is_empty() {
            return Err(AppError::refused(policy, findings));
        }
        let terms = Terms {
            hunter: credit.hunter.as_ref().map(|hunter| (names.roles.number(hunter.role.get_ref()), hunter.months)),
            holdover: credit.holdover.as_ref().map(|holdover| (holdover.days, holdover.percent.0)),
            substitute: credit.substitute.map(|percent| percent.0).filter(|percent| !percent.is_zero()),
            vacant: credit.vacant,
        };
        Ok(Rules { rules, terms, splits })
    }

    /// The first rule that fits.
    pub fn of(&self, row: usize, segment: Option<u16>, line: u32) -> Option<usize> {
        self.rules.iter().position(|rule| rule.fits(row, segment, line))
    }

    /// The first rule that an order of a segment falls under if nothing else is known of it.
    pub fn for_account(&self, segment: Option<u16>) -> Option<&Rule> {
        let open =
            self.rules.iter().find(|rule| rule.when.is_none() && rule.lines.is_none() && rule.fits(0, segment, NONE));
        let any = || self.rules.iter().find(|rule| rule.when.is_none() && rule.fits_segment(segment));
        open.or_else(any).map(|rule| &rule.rule)
    }

    pub fn has_splits(&self) -> bool {
        !self.splits.is_empty()
    }

    /// How a line was divided by hand, and why; one for the very line goes before one for the whole order.
    pub fn split(&self, order: &str, line: &str) -> Option<(&[(u32, Decimal)], &str)> {
        let of_order = self.splits.get(order)?;
        let exact = of_order.iter().find(|split| split.line.as_deref() == Some(line));
        let split = exact.or_else(|| of_order.iter().find(|split| split.line.is_none()))?;
        Some((&split.parts, &split.reason))
    }
}

fn compile(policy: &Policy, rule: &CreditRule, orders: &Table, names: &mut RuleNames) -> Result<RuleOf, Finding> {
    let known = policy.segment_names();
    let segments = rule.segment.as_ref().map(|wanted| {
        let is_wanted = |name: &&str| {
            wanted.0.iter().any(|one| one.get_ref() == name || one.get_ref() == bailiwick_domain::policy::ALL)
        };
        known.iter().map(is_wanted).collect()
    });
    let lines = |many: &Many, names: &mut Names| many.0.iter().map(|line| names.number(line.get_ref())).collect();
    let lines = rule.product_line.as_ref().map(|many| lines(many, names.product_lines));
    let when = match &rule.when {
        None => None,
        Some(text) => Some(condition(policy, text, &orders.columns(), orders)?),
    };
    let mut shares: Vec<Taker> = vec![];
    for (role, part) in &rule.share {
        shares.push(Taker { role: names.roles.number(role.get_ref()), stage: NONE, part: part.0 });
    }
    for (stage, part) in &rule.stages {
        let role = role_of_stage(policy, stage);
        let role = role.map_or(NONE, |role| names.roles.number(role));
        shares.push(Taker { role, stage: names.stages.number(stage.get_ref()), part: part.0 });
    }
    let overlays = rule.overlay.iter().map(|(role, percent)| Taker {
        role: names.roles.number(role.get_ref()),
        stage: NONE,
        part: percent.0,
    });
    let rule_of = Rule { shares, overlays: overlays.collect() };
    Ok(RuleOf { name: rule.name.get_ref().clone(), rule: rule_of, segments, lines, when })
}

fn role_of_stage<'a>(policy: &'a Policy, stage: &Text) -> Option<&'a str> {
    let mut stages = policy.document.processes.iter().flat_map(|process| &process.stages);
    let found = stages.find(|one| one.name.get_ref() == stage.get_ref())?;
    found.role.as_ref().map(|role| role.get_ref().as_str())
}
