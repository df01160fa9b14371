//! What can be said without data of `[business_hours]`, `[service_levels]`, `[skills]` and `[strategy]`.

use jiff::civil::{Date, Time};

use super::Policy;
use super::check::{check_product_line, check_role, check_segment_name};
use super::document::Text;
use super::people::{Level, Number, Skills, Strategy};
use crate::finding::{Finding, suggest};
use crate::opening_hours::{DAYS, day_number};

/// All complaints, in the order of the file's parts.
pub fn check_people(policy: &Policy, findings: &mut Vec<Finding>) {
    check_hours(policy, findings);
    for (segment, level) in &policy.document.service_levels {
        check_segment_name(policy, segment, findings);
        for (role, of_role) in &level.roles {
            check_role(policy, role, findings);
            check_level(policy, of_role, findings);
        }
        for (stage, of_stage) in &level.stages {
            check_stage(policy, segment, stage, findings);
            check_level(policy, of_stage, findings);
        }
    }
    if let Some(skills) = &policy.document.skills {
        check_skills(policy, skills, findings);
    }
    if let Some(strategy) = &policy.document.strategy {
        check_strategy(policy, strategy, findings);
    }
}

fn check_hours(policy: &Policy, findings: &mut Vec<Finding>) {
    let hours = &policy.document.business_hours;
    let mut complain = |text: &Text, message: String, remedy: String| {
        findings.push(Finding::error("business-hours", message, remedy).at(policy.place(text)));
    };
    for day in hours.days.iter().filter(|day| day_number(day.get_ref()).is_none()) {
        complain(day, format!("\"{}\" is no day of the week", day.get_ref()), suggest(day.get_ref(), DAYS));
    }
    let time = |text: &Text| {
        let well = text.get_ref().len() == 5 && text.get_ref().is_char_boundary(2);
        format!("{}:00", text.get_ref()).parse::<Time>().ok().filter(|_| well)
    };
    for text in [&hours.from, &hours.to].into_iter().filter(|text| time(text).is_none()) {
        complain(text, format!("\"{}\" is no time of day", text.get_ref()), String::from("write it as 09:00"));
    }
    if let (Some(from), Some(to)) = (time(&hours.from), time(&hours.to))
        && from >= to
    {
        let message = format!("the company opens at {} and closes at {}", hours.from.get_ref(), hours.to.get_ref());
        complain(&hours.to, message, String::from("write a later hour for to"));
    }
    for day in hours.holidays.iter().filter(|day| day.get_ref().parse::<Date>().is_err()) {
        complain(day, format!("\"{}\" is no date", day.get_ref()), String::from("write it as 2026-03-03"));
    }
    if hours.days.is_empty() {
        let finding = Finding::error(
            "business-hours",
            "the company is never open: business_hours.days is empty",
            "name the days, as in days = [\"mon\", \"tue\"]",
        );
        findings.push(finding);
    }
}

fn check_level(policy: &Policy, level: &Level, findings: &mut Vec<Finding>) {
    for (key, number) in level.numbers() {
        let value = *number.get_ref();
        let (sound, remedy) = match key {
            "share" => (value > 0.0 && value <= 1.0, "write a share above 0 and at most 1: 0.9 for 90 %"),
            "response_hours" => (value > 0.0 && value.is_finite(), "write business hours above 0"),
            _ => (value >= 0.0 && value.is_finite(), "write a number that is not negative"),
        };
        if !sound {
            let message = format!("{key} of a service level cannot be {value}");
            findings.push(Finding::error("service-level-number", message, remedy).at(policy.place(number)));
        }
    }
    let pairs = [
        ("contacts_per_year", &level.contacts_per_year, "hours_per_contact", &level.hours_per_contact),
        ("responses_per_year", &level.responses_per_year, "hours_per_response", &level.hours_per_response),
    ];
    for (first, one, second, other) in pairs {
        let (given, absent) = match (one, other) {
            (Some(number), None) => (number, second),
            (None, Some(number)) => (number, first),
            _ => continue,
        };
        let message = format!("a service level without {absent} promises no hours");
        let remedy = format!("add {absent}, so that it can be said whether the hours suffice");
        findings.push(Finding::warning("service-level-half", message, remedy).at(policy.place(given)));
    }
    for (skill, least) in &level.qualification {
        check_least(policy, skill, Some(least), findings);
    }
}

/// A skill that is asked for, at a level that somebody can hold.
fn check_least(policy: &Policy, skill: &Text, level: Option<&Number>, findings: &mut Vec<Finding>) {
    let name = skill.get_ref();
    if name.trim().is_empty() || name.contains([';', ',', '|', ':', '=']) {
        let message = format!("\"{name}\" cannot be the name of a skill");
        let remedy = "write a name as it stands in the column skills, without ; , | : =";
        findings.push(Finding::error("skill-name", message, remedy).at(policy.place(skill)));
    }
    if let Some(level) = level.filter(|level| !(*level.get_ref() > 0.0 && level.get_ref().is_finite())) {
        let message = format!("\"{name}\" is asked for at level {}", level.get_ref());
        let finding = Finding::error("skill-level", message, "write a level above 0, as in 2");
        findings.push(finding.at(policy.place(level)));
    }
}

fn check_stage(policy: &Policy, segment: &Text, stage: &Text, findings: &mut Vec<Finding>) {
    let stages = policy.stages_of(segment.get_ref());
    if stages.iter().any(|(_, name, role)| *name == stage.get_ref() && role.is_some()) {
        return;
    }
    let message = format!(
        "accounts of \"{}\" go through no stage \"{}\" that a role answers for",
        segment.get_ref(),
        stage.get_ref()
    );
    let remedy = suggest(stage.get_ref(), stages.iter().map(|(_, name, _)| *name));
    findings.push(Finding::error("stage-unknown", message, remedy).at(policy.place(stage)));
}

fn check_skills(policy: &Policy, skills: &Skills, findings: &mut Vec<Finding>) {
    let costs = [("training_cost", &skills.training_cost), ("hiring_cost", &skills.hiring_cost)];
    for (key, cost) in costs {
        let Some(cost) = cost.as_ref().filter(|cost| !(*cost.get_ref() >= 0.0 && cost.get_ref().is_finite())) else {
            continue;
        };
        let message = format!("skills.{key} cannot be {}", cost.get_ref());
        let remedy = "write what it costs, in the company's currency; nothing if it is not known";
        findings.push(Finding::error("skills-cost", message, remedy).at(policy.place(cost)));
    }
    for demand in &skills.demands {
        check_least(policy, &demand.skill, demand.level.as_ref(), findings);
        demand.segment.iter().flat_map(|names| &names.0).for_each(|name| check_segment_name(policy, name, findings));
        if let Some(role) = &demand.role {
            check_role(policy, role, findings);
        }
        if let Some(line) = &demand.product_line {
            check_product_line(policy, line, findings);
        }
    }
}

fn check_strategy(policy: &Policy, strategy: &Strategy, findings: &mut Vec<Finding>) {
    let out_of_range = |number: &&Number| !(0.0..=1.0).contains(number.get_ref());
    strategy.effort.keys().for_each(|segment| check_segment_name(policy, segment, findings));
    for share in strategy.effort.values().chain(&strategy.tolerance).filter(out_of_range) {
        let message = format!("a share of effort cannot be {}", share.get_ref());
        findings.push(
            Finding::error("strategy-share", message, "write a share from 0 to 1: 0.4 for 40 %")
                .at(policy.place(share)),
        );
    }
    let total: f64 = strategy.effort.values().map(|share| *share.get_ref()).sum();
    if let Some((last, _)) = strategy.effort.last().filter(|_| total > 1.0 + 1e-9) {
        let message = format!("the shares of effort add up to {:.0} %", total * 100.0);
        let remedy = "lower some of them: what is left below 100 % is for the segments that are not named";
        findings.push(Finding::error("strategy-share", message, remedy).at(policy.place(last)));
    }
}
