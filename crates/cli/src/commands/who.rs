//! `bailiwick who ACCOUNT`

use bailiwick_app::AppError;
use bailiwick_app::who::{Answer, Question, Responsible, Substitute, who};
use bailiwick_store::Ledger;

use super::Setting;
use crate::arguments::{Format, Who};
use crate::output::{DONE, REFUSED, csv, json, say, table};

pub async fn run(arguments: &Who, setting: &Setting) -> Result<u8, AppError> {
    let ledger = Ledger::open_existing(&arguments.database.db).await?;
    let question = Question {
        account: arguments.account.clone(),
        role: arguments.role.clone(),
        stage: arguments.stage.clone(),
        product_line: arguments.product.clone(),
        on: setting.day(arguments.on, &ledger).await?,
        as_known_at: arguments.as_known_at,
        explain: arguments.explain,
    };
    let answer = who(&ledger, &question).await?;
    match setting.format {
        Format::Json => json(&answer),
        Format::Csv => csv(
            &[
                "account_id",
                "role",
                "product_line",
                "employee_id",
                "employee",
                "since",
                "reason",
                "substitute_id",
                "substitute",
            ],
            answer.responsible.iter().map(|one| {
                vec![
                    answer.account_id.clone(),
                    one.role.clone(),
                    one.product_line.clone().unwrap_or_default(),
                    one.employee_id.clone(),
                    one.employee.clone(),
                    one.since.to_string(),
                    one.reason.clone(),
                    substitute(one).map(|substitute| substitute.employee_id.clone()).unwrap_or_default(),
                    substitute(one).map(|substitute| substitute.employee.clone()).unwrap_or_default(),
                ]
            }),
        ),
        Format::Table => print(&answer),
    }
    Ok(if answer.responsible.is_empty() { REFUSED } else { DONE })
}

fn substitute(one: &Responsible) -> Option<&Substitute> {
    one.away.as_ref()?.substitute.as_ref()
}

/// Who answers while the responsible employee is away.
fn today(one: &Responsible) -> String {
    let Some(away) = &one.away else { return String::new() };
    let until = away.until.map_or_else(|| String::from("until further notice"), |day| format!("back on {day}"));
    match &away.substitute {
        Some(who) => {
            let contact = [who.email.as_deref(), who.phone.as_deref()].into_iter().flatten().collect::<Vec<_>>();
            format!("\naway ({until}); today {} ({}) {}", who.employee, who.employee_id, contact.join(" "))
        }
        None => format!("\naway ({until}), and nobody stands in"),
    }
}

fn print(answer: &Answer) {
    say(format!("{} ({}) — segment {}, on {}", answer.account, answer.account_id, answer.segment, answer.on));
    if let Some(group) = &answer.group {
        let place = group.place.as_ref().map(|place| format!("{place} ")).unwrap_or_default();
        if let Some(parent) = &group.parent {
            say(format!("{place}of the group of {} ({})", parent.account, parent.account_id));
        }
        if !group.members.is_empty() {
            let names: Vec<&str> = group.members.iter().take(6).map(|member| member.account.as_str()).collect();
            let more = if group.members.len() > 6 { ", …" } else { "" };
            say(format!("{place}head of {}{more}", names.join(", ")));
        }
    }
    let rows = answer.responsible.iter().map(|one| {
        let line = one.product_line.as_ref().map(|line| format!(" ({line})")).unwrap_or_default();
        let stages = one.stages.iter().map(|stage| stage.stage.as_str()).collect::<Vec<_>>().join(", ");
        let contact = [one.email.as_deref(), one.phone.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        vec![
            format!("{}{line}", one.role_title),
            format!("{} ({})\n{} {contact}{}", one.employee, one.employee_id, one.position, today(one))
                .trim_end()
                .to_owned(),
            stages,
            one.since.to_string(),
            format!("{}\n{}", one.reason, one.rule),
        ]
    });
    if answer.responsible.is_empty() {
        say("Nobody is responsible.");
    } else {
        say(table(&["role", "employee", "answers for", "since", "why"], rows));
    }
    for explanation in &answer.explanation {
        let line = explanation.product_line.as_ref().map(|line| format!(" ({line})")).unwrap_or_default();
        say(format!(
            "\nWhy {}{line}, by {} of policy version {}:",
            explanation.role, explanation.rule, explanation.policy_version
        ));
        for (name, value) in &explanation.principles {
            say(format!("  {name} = {value}"));
        }
        for step in &explanation.segments {
            say(format!("  {} segment \"{}\": {}", if step.matched { "✓" } else { "✗" }, step.segment, step.when));
        }
        for candidate in &explanation.candidates {
            let note = match (candidate.barred, candidate.full) {
                (true, _) => " — may not serve it",
                (_, true) => " — at the limit",
                _ => "",
            };
            say(format!("  {} ({}): {}{note}", candidate.employee, candidate.employee_id, candidate.because));
        }
    }
    if !answer.history.is_empty() {
        say("\nHistory:");
        let rows = answer.history.iter().map(|held| {
            let to = held.to.map_or_else(|| String::from("…"), |to| to.to_string());
            vec![
                held.role.clone(),
                format!("{} ({})", held.employee, held.employee_id),
                held.from.to_string(),
                to,
                held.reason.clone(),
            ]
        });
        say(table(&["role", "employee", "from", "to", "why"], rows));
    }
}
