//! What can be said of `[credit]` and `[incentives]` without data.

use rust_decimal::Decimal;

use super::Policy;
use super::check::{check_product_line, check_role, check_segment_name};
use super::credit::{CreditPolicy, CreditRule, Exact, Split};
use super::document::Text;
use super::incentive::{IncentivePlan, Measure, PlanPart};
use crate::finding::{Finding, suggest};

pub fn check(policy: &Policy, findings: &mut Vec<Finding>) {
    if let Some(credit) = &policy.document.credit {
        check_terms(policy, credit, findings);
        for rule in &credit.rules {
            check_rule(policy, rule, findings);
        }
        check_order_of_rules(policy, &credit.rules, findings);
        for split in &credit.splits {
            check_split(policy, split, findings);
        }
    }
    for (place, plan) in policy.document.incentives.iter().flat_map(|incentives| &incentives.plans).enumerate() {
        check_plan(policy, place, plan, findings);
    }
}

fn is_percent(value: Exact) -> bool {
    (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&value.0)
}

fn check_terms(policy: &Policy, credit: &CreditPolicy, findings: &mut Vec<Finding>) {
    for role in credit.named.keys() {
        check_role(policy, role, findings);
    }
    if let Some(hunter) = &credit.hunter {
        check_role(policy, &hunter.role, findings);
        if hunter.months == 0 {
            let message = "the hunter's part lasts no time at all";
            let remedy = "write months = 12, or remove hunter";
            findings.push(Finding::error("credit-terms", message, remedy).at(policy.place(&hunter.role)));
        }
    }
    let percents = [
        ("substitute", credit.substitute),
        ("holdover.percent", credit.holdover.as_ref().map(|holdover| holdover.percent)),
    ];
    for (key, value) in percents {
        if let Some(value) = value.filter(|value| !is_percent(*value)) {
            let message = format!("credit.{key} is {}, which is no percentage", value.0);
            findings.push(Finding::error("credit-terms", message, "write percent from 0 to 100: 50 for half"));
        }
    }
}

fn check_rule(policy: &Policy, rule: &CreditRule, findings: &mut Vec<Finding>) {
    let name = rule.name.get_ref();
    rule.segment.iter().flat_map(|names| &names.0).for_each(|name| check_segment_name(policy, name, findings));
    rule.product_line.iter().flat_map(|names| &names.0).for_each(|line| check_product_line(policy, line, findings));
    for role in rule.share.keys().chain(rule.overlay.keys()) {
        check_role(policy, role, findings);
    }
    let stages: Vec<&str> = policy
        .document
        .processes
        .iter()
        .flat_map(|process| &process.stages)
        .map(|stage| stage.name.get_ref().as_str())
        .collect();
    for stage in rule.stages.keys().filter(|stage| !stages.contains(&stage.get_ref().as_str())) {
        let message = format!("credit rule \"{name}\": there is no stage \"{}\"", stage.get_ref());
        let remedy = format!("{}; stages are listed under [[processes]]", suggest(stage.get_ref(), stages.clone()));
        findings.push(Finding::error("credit-stage", message, remedy).at(policy.place(stage)));
    }
    if rule.share.is_empty() == rule.stages.is_empty() {
        let message = if rule.share.is_empty() {
            format!("credit rule \"{name}\" does not say who has a part")
        } else {
            format!("credit rule \"{name}\" shares by role and by stage at once")
        };
        let remedy = "give either share = { sales-specialist = 70, client-specialist = 30 } or stages = { … }";
        findings.push(Finding::error("credit-share", message, remedy).at(policy.place(&rule.name)));
    }
    let parts = || rule.share.iter().chain(&rule.stages);
    check_parts(policy, &format!("credit rule \"{name}\""), parts(), findings);
    for (role, percent) in rule.overlay.iter().filter(|(_, percent)| !is_percent(**percent)) {
        let message = format!("credit rule \"{name}\": {} has an overlay of {} %", role.get_ref(), percent.0);
        let remedy = "write percent of the order from 0 to 100, beside the hundred that are shared";
        findings.push(Finding::error("credit-share", message, remedy).at(policy.place(role)));
    }
}

/// Parts are not negative, and one is above 0. Those that look like percent and miss the hundred are asked about.
fn check_parts<'a>(
    policy: &Policy,
    what: &str,
    parts: impl Iterator<Item = (&'a Text, &'a Exact)>,
    findings: &mut Vec<Finding>,
) {
    let parts: Vec<(&Text, Decimal)> = parts.map(|(name, part)| (name, part.0)).collect();
    let most = Decimal::from(1_000_000);
    for (name, part) in parts.iter().filter(|(_, part)| *part < Decimal::ZERO || *part >= most) {
        let message = format!("{what}: \"{}\" has a part of {part}", name.get_ref());
        let remedy = "parts are numbers from 0 to 999,999, such as 70 and 30";
        findings.push(Finding::error("credit-share", message, remedy).at(policy.place(name)));
    }
    let (Some((first, _)), sum) = (parts.first(), parts.iter().map(|(_, part)| *part).sum::<Decimal>()) else { return };
    if sum <= Decimal::ZERO {
        let finding =
            Finding::error("credit-share", format!("{what}: all parts are 0"), "give somebody a part above 0");
        findings.push(finding.at(policy.place(first)));
    } else if parts.len() > 1 && sum != Decimal::ONE_HUNDRED && (sum - Decimal::ONE_HUNDRED).abs() <= Decimal::from(15)
    {
        let message = format!("{what}: the parts sum to {sum}, not to 100");
        let remedy = "each gets its part of the sum; if percent are meant, let them sum to 100";
        findings.push(Finding::warning("credit-share", message, remedy).at(policy.place(first)));
    }
}

/// A rule that takes everything leaves nothing to those after it.
fn check_order_of_rules(policy: &Policy, rules: &[CreditRule], findings: &mut Vec<Finding>) {
    let takes_all = |rule: &CreditRule| {
        let open = |text: &str| text.trim().eq_ignore_ascii_case("true");
        rule.segment.is_none()
            && rule.product_line.is_none()
            && rule.when.as_ref().is_none_or(|when| open(when.get_ref()))
    };
    let Some(last) = rules.iter().position(takes_all) else {
        if let Some(rule) = rules.last() {
            let message = "orders that no credit rule fits are nobody's";
            let remedy = "end with a rule for all: a [[credit.rules]] without segment, product_line and when";
            findings.push(Finding::warning("credit-rules", message, remedy).at(policy.place(&rule.name)));
        }
        return;
    };
    for rule in &rules[last + 1..] {
        let message = format!(
            "credit rule \"{}\" is never reached: \"{}\" before it takes every order",
            rule.name.get_ref(),
            rules[last].name.get_ref()
        );
        let finding = Finding::warning("credit-rules", message, "put the rule for all orders last");
        findings.push(finding.at(policy.place(&rule.name)));
    }
    for (place, rule) in rules.iter().enumerate() {
        if rules[..place].iter().any(|other| other.name.get_ref() == rule.name.get_ref()) {
            let message = format!("two credit rules are called \"{}\"", rule.name.get_ref());
            let finding = Finding::error("credit-rules", message, "credits name their rule: give each its own name");
            findings.push(finding.at(policy.place(&rule.name)));
        }
    }
}

fn check_split(policy: &Policy, split: &Split, findings: &mut Vec<Finding>) {
    let what = format!("the split of order \"{}\"", split.order.get_ref());
    if split.reason.trim().is_empty() {
        let finding = Finding::error("credit-split", format!("{what} has no reason"), "say why: reason = \"…\"");
        findings.push(finding.at(policy.place(&split.order)));
    }
    if split.share.is_empty() {
        let finding =
            Finding::error("credit-split", format!("{what} names nobody"), "write share = { E-1 = 60, E-2 = 40 }");
        findings.push(finding.at(policy.place(&split.order)));
    }
    check_parts(policy, &what, split.share.iter(), findings);
}

fn check_plan(policy: &Policy, place: usize, plan: &IncentivePlan, findings: &mut Vec<Finding>) {
    let name = plan.name.get_ref();
    plan.role.iter().for_each(|role| check_role(policy, role, findings));
    plan.segment.iter().flat_map(|names| &names.0).for_each(|name| check_segment_name(policy, name, findings));
    let plans = policy.document.incentives.iter().flat_map(|incentives| &incentives.plans);
    if plans.take(place).any(|other| other.name.get_ref() == name) {
        let message = format!("two incentive plans are called \"{name}\"");
        let finding = Finding::error("incentive-plan", message, "statements name their plan: give each its own name");
        findings.push(finding.at(policy.place(&plan.name)));
    }
    if let Some(currency) = &plan.currency {
        let code = currency.get_ref();
        if code.len() != 3 || !code.chars().all(|c| c.is_ascii_uppercase()) {
            let message = format!("incentive plan \"{name}\" is in \"{code}\", which is no currency");
            let remedy = "use an ISO 4217 code such as \"EUR\"";
            findings.push(Finding::error("currency-unknown", message, remedy).at(policy.place(currency)));
        }
    }
    if plan.parts.is_empty() {
        let message = format!("incentive plan \"{name}\" pays for nothing");
        let remedy = "add [[incentives.plans.parts]] with measure = \"revenue\" and rate = 0.02";
        findings.push(Finding::error("incentive-plan", message, remedy).at(policy.place(&plan.name)));
    }
    plan.parts.iter().for_each(|part| check_part(policy, name, part, findings));
}

fn check_part(policy: &Policy, plan: &str, part: &PlanPart, findings: &mut Vec<Finding>) {
    let measure = *part.measure.get_ref();
    let place = policy.place(&part.measure);
    let mut refuse = |message: String, remedy: &str| {
        let message = format!("incentive plan \"{plan}\", {}: {message}", measure.word());
        findings.push(Finding::error("incentive-part", message, remedy).at(place.clone()));
    };
    match (&part.rate, &part.target) {
        (None, None) if part.bonus.is_empty() => {
            refuse("nothing is paid".into(), "give rate = 0.02, target = 3000 with a quota, or a bonus");
        }
        (Some(_), Some(_)) => refuse("both rate and target are given".into(), "keep the one that is meant"),
        _ => {}
    }
    let speaks_of_quota = part.target.is_some() || !part.tiers.is_empty() || !part.bonus.is_empty();
    if speaks_of_quota && part.quota.is_none() {
        refuse(
            "target, tiers and bonus speak of a quota, and there is none".into(),
            "add quota = 100000, or an expression over employee columns",
        );
    }
    if part.tiers.windows(2).any(|pair| pair[1].from <= pair[0].from) {
        refuse("tiers do not rise".into(), "list them by from, each above the one before: 0, 0.8, 1.0");
    }
    let negative = |value: &Exact| value.0 < Decimal::ZERO;
    if part.tiers.iter().any(|tier| negative(&tier.from) || negative(&tier.times))
        || part.bonus.iter().any(|bonus| negative(&bonus.at) || negative(&bonus.pay))
    {
        refuse("a tier or a bonus is below 0".into(), "write shares of the quota (0.8) and amounts from 0 up");
    }
    if (measure == Measure::Service) != part.value.is_some() {
        let (message, remedy) = if part.value.is_some() {
            ("value is for measure = \"service\" alone", "remove value")
        } else {
            ("it is not said what was reached", "add value = \"an expression over employee columns\"")
        };
        refuse(message.into(), remedy);
    }
    let lines = part.product_line.iter().flat_map(|lines| &lines.0);
    lines.for_each(|line| check_product_line(policy, line, findings));
}
