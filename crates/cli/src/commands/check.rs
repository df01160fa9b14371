//! `bailiwick check`: findings with their places; exit 1 if anything is worse than a remark.

use std::path::Path;

use bailiwick_app::{AppError, lint};
use bailiwick_domain::finding::{Finding, Severity};

use super::{Setting, reading};
use crate::arguments::{Check, Format};
use crate::output::{DONE, REFUSED, csv, json, print_findings, say};
use crate::progress::Bar;

pub async fn run(arguments: &Check, setting: &Setting) -> Result<u8, AppError> {
    let (findings, text) = match find(arguments, setting).await {
        Ok(found) => found,
        Err(AppError::Refused { findings, policy_text }) => (findings, policy_text),
        Err(error) => return Err(error),
    };
    match setting.format {
        Format::Json => json(&findings),
        Format::Csv => {
            csv(&["severity", "code", "file", "line", "column", "count", "message", "remedy"], findings.iter().map(row))
        }
        Format::Table => {
            print_findings(&findings, &text);
            say(verdict(&findings));
        }
    }
    Ok(if lint::refuses(&findings) { REFUSED } else { DONE })
}

async fn find(arguments: &Check, setting: &Setting) -> Result<(Vec<Finding>, String), AppError> {
    let bar = Bar::new(setting.quiet);
    let project = reading::open(&arguments.policy.policy, Path::new(reading::REJECTED), &bar).await?;
    let on = reading::day(&project, arguments.on, setting);
    Ok((lint::lint(&project, on)?, project.policy.text.clone()))
}

fn row(finding: &Finding) -> Vec<String> {
    let place = finding.place.as_ref();
    vec![
        format!("{:?}", finding.severity).to_lowercase(),
        finding.code.to_owned(),
        place.map_or_else(String::new, |place| place.file.clone()),
        place.map_or_else(String::new, |place| place.line.to_string()),
        place.map_or_else(String::new, |place| place.column.to_string()),
        finding.count.map_or_else(String::new, |count| count.to_string()),
        finding.message.clone(),
        finding.remedy.clone(),
    ]
}

fn verdict(findings: &[Finding]) -> String {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    match (count(Severity::Error), count(Severity::Warning), count(Severity::Info)) {
        (0, 0, 0) => String::from("No findings: the policy fits its data."),
        (errors, warnings, remarks) => format!("{errors} errors, {warnings} warnings, {remarks} remarks."),
    }
}
