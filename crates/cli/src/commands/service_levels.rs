//! `bailiwick service-levels`

use bailiwick_app::AppError;
use bailiwick_app::service::observed::{Kept, Observed, Period, observe};
use bailiwick_app::service::{Service, assess};
use bailiwick_store::{Ledger, Within};
use clap::Args;
use jiff::ToSpan;
use jiff::civil::Date;

use super::{Setting, reading};
use crate::arguments::{Format, PolicyArgument};
use crate::output::{DONE, REFUSED, csv, json, say, table};
use crate::progress::Bar;

#[derive(Args)]
pub struct ServiceLevels {
    #[command(flatten)]
    pub policy: PolicyArgument,
    /// The ledger that says who holds what today, as sqlite:FILE or postgres://…
    #[arg(long, value_name = "LEDGER")]
    pub against: Option<String>,
    /// The day it is asked for; today when absent
    #[arg(long, value_name = "DATE")]
    pub on: Option<Date>,
    /// By a plan, even if somebody holds the accounts today
    #[arg(long)]
    pub planned: bool,
    /// The same seed and data give the same plan
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
    /// What the communications recorded in the ledger say was kept, in place of what can be
    #[arg(long, requires = "against", conflicts_with = "planned")]
    pub observed: bool,
    /// The first day observed; a year before the end when absent
    #[arg(long, requires = "observed", value_name = "DATE")]
    pub from: Option<Date>,
    /// The first day not observed any more; tomorrow when absent
    #[arg(long, requires = "observed", value_name = "DATE")]
    pub to: Option<Date>,
}

pub async fn run(arguments: &ServiceLevels, setting: &Setting) -> Result<u8, AppError> {
    if let Some(url) = arguments.against.as_ref().filter(|_| arguments.observed) {
        let ledger = Ledger::open_existing(url).await?;
        let tomorrow = setting.day(arguments.on, &ledger).await?.saturating_add(1.day());
        let to = arguments.to.unwrap_or(tomorrow);
        let from = arguments.from.unwrap_or_else(|| to.saturating_sub(1.year()));
        let observed = observe(&ledger, Within::Everybody, Period { from, to, now: setting.now }).await?;
        print_observed(&observed, setting.format);
        return Ok(DONE);
    }
    let bar = Bar::new(setting.quiet);
    let asked = (arguments.on, arguments.seed);
    let (project, request) =
        reading::asked(&arguments.policy.policy, arguments.against.as_deref(), asked, setting, &bar).await?;
    let service = assess(&project, &request, arguments.planned, &|step| bar.set(&step.what, step.fraction))?;
    drop(bar);
    match setting.format {
        Format::Json => json(&service),
        Format::Csv => csv(
            &COLUMNS,
            service.promises.iter().map(|promise| {
                vec![
                    promise.segment.clone(),
                    promise.role.clone(),
                    promise.product_line.clone().unwrap_or_default(),
                    promise.accounts.to_string(),
                    promise.response_hours.map(|hours| hours.to_string()).unwrap_or_default(),
                    promise.contacts_per_year.to_string(),
                    format!("{:.4}", promise.hours_promised),
                    format!("{:.4}", promise.hours_kept),
                    format!("{:.4}", promise.hours_short),
                    promise.accounts_short.to_string(),
                ]
            }),
        ),
        Format::Table => print(&service),
    }
    Ok(if service.breaks_first.is_some() || !service.below.is_empty() { REFUSED } else { DONE })
}

const COLUMNS: [&str; 10] = [
    "segment",
    "role",
    "product_line",
    "accounts",
    "response_hours",
    "contacts_per_year",
    "hours_promised",
    "hours_kept",
    "hours_short",
    "accounts_short",
];

/// Rows of people and of accounts that a terminal shows; the rest is in --format json.
const SHOWN: usize = 12;

fn print(service: &Service) {
    let whole = |value: f64| format!("{value:.0}");
    let maybe = |value: Option<f64>| value.map_or_else(|| String::from("—"), |value| format!("{value}"));
    say(format!("What is promised, a year; answers within business hours ({}):", service.business_hours));
    let rows = service.promises.iter().map(|promise| {
        let line = promise.product_line.as_ref().map(|line| format!(" ({line})")).unwrap_or_default();
        vec![
            promise.segment.clone(),
            format!("{}{line}", promise.role),
            promise.accounts.to_string(),
            maybe(promise.response_hours),
            maybe(Some(promise.contacts_per_year)),
            whole(promise.hours_promised),
            whole(promise.hours_kept),
            whole(promise.hours_short),
            promise.accounts_short.to_string(),
        ]
    });
    let header =
        ["segment", "role", "accounts", "answer in h", "contacts", "hours promised", "kept", "short", "accounts short"];
    say(table(&header, rows));
    service.words.iter().for_each(say);
    let busiest = service.people.iter().take(SHOWN).map(|person| {
        vec![
            format!("{} ({})", person.employee, person.employee_id),
            person.roles.join(", "),
            person.accounts.to_string(),
            whole(person.hours_promised),
            whole(person.hours_available),
            person.utilisation.map_or_else(|| String::from("—"), |share| format!("{:.0} %", share * 100.0)),
        ]
    });
    say(table(&["who", "as", "accounts", "hours promised", "hours there are", "used"], busiest));
    for mend in service.mends.iter().take(SHOWN) {
        let line = mend.product_line.as_ref().map(|line| format!(" ({line})")).unwrap_or_default();
        say(format!("{} in {}{line}, {:.0} hours short:", mend.role, mend.segment, mend.hours_short));
        mend.remedies.iter().for_each(|remedy| say(format!("  · {}", remedy.words)));
    }
    if !service.qualified.is_empty() {
        let rows = service.qualified.iter().map(|of| {
            vec![
                of.segment.clone(),
                of.role.clone(),
                of.qualification.join(", "),
                of.accounts.to_string(),
                of.qualified.to_string(),
                of.by_the_best.to_string(),
                of.people.to_string(),
            ]
        });
        let header =
            ["segment", "role", "qualification", "accounts", "by the qualified", "by the best", "people who have it"];
        say(table(&header, rows));
    }
    for below in service.below.iter().take(SHOWN) {
        let who = below.employee.as_deref().unwrap_or("nobody");
        let instead = below.instead.as_ref().map(|id| format!("; {id} has it")).unwrap_or_default();
        say(format!(
            "{} ({}), {}: {} by {who}, {} {} of {}{instead}",
            below.account, below.account_id, below.segment, below.role, below.skill, below.level, below.least
        ));
    }
}

fn print_observed(observed: &Observed, format: Format) {
    let hours = |value: Option<f64>| value.map(|value| format!("{value:.2}")).unwrap_or_default();
    let share = |value: Option<f64>| value.map(|value| format!("{value:.4}")).unwrap_or_default();
    let row = |kept: &Kept| {
        vec![
            kept.segment.clone(),
            kept.role.clone(),
            kept.employee_id.clone().unwrap_or_default(),
            kept.responses.received.to_string(),
            kept.responses.answered.to_string(),
            kept.responses.waiting.to_string(),
            hours(kept.responses.promised_hours),
            hours(kept.responses.median_hours),
            hours(kept.responses.p90_hours),
            share(kept.responses.in_time),
            kept.contacts.accounts.to_string(),
            kept.contacts.contacts.to_string(),
            hours(kept.contacts.promised_per_year),
            hours(kept.contacts.median_days),
            share(kept.contacts.in_time),
            kept.kept.map(|kept| String::from(if kept { "yes" } else { "no" })).unwrap_or_default(),
        ]
    };
    let header = [
        "segment",
        "role",
        "employee",
        "received",
        "answered",
        "waiting",
        "promised_hours",
        "median_hours",
        "p90_hours",
        "answered_in_time",
        "accounts",
        "contacts",
        "contacts_promised",
        "median_days",
        "contacted_in_time",
        "kept",
    ];
    match format {
        Format::Json => json(observed),
        Format::Csv => csv(&header, observed.segments.iter().chain(&observed.employees).map(row)),
        Format::Table => {
            say(format!(
                "From {} until before {}, in business hours ({}):",
                observed.from, observed.to, observed.business_hours
            ));
            let without_who = |mut row: Vec<String>| {
                row.remove(2);
                row
            };
            let names: Vec<&str> = header.iter().copied().filter(|name| *name != "employee").collect();
            say(table(&names, observed.segments.iter().map(|kept| without_who(row(kept)))));
            say(table(&header, observed.employees.iter().map(row)));
        }
    }
}
