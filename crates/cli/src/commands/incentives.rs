//! `bailiwick incentives`

use std::path::Path;

use bailiwick_app::AppError;
use bailiwick_app::credit::holdings::of_plan;
use bailiwick_app::incentives::scenario::{Income, Scenario, Spread, compare};
use bailiwick_app::incentives::statement::Statement;
use bailiwick_app::incentives::{Booked, page, period_of, statements, workbook};
use bailiwick_app::pay;
use bailiwick_app::project::Project;
use bailiwick_domain::period::Period;
use bailiwick_store::Ledger;
use rust_decimal::Decimal;

use super::contribution::{held, open};
use super::{Setting, actor};
use crate::arguments::{self, Format};
use crate::output::{DONE, csv, json, say, table};

pub async fn run(arguments: &arguments::Incentives, setting: &Setting) -> Result<u8, AppError> {
    let project = open(&arguments.policy.policy, setting).await?;
    let period = arguments.period.or_else(|| last_period(&project));
    let period = period.unwrap_or_else(|| period_of(&project.policy, project.policy.day(setting.now)));
    if let Some(dir) = &arguments.under {
        let (holdings, booked) = held(&project, arguments.against.as_deref()).await?;
        let only_split = Booked { by_hand: booked.by_hand, ..Booked::default() };
        let now = statements(&project, holdings, &only_split, period)?;
        let then = statements(&project, of_plan(dir)?, &only_split, period)?;
        print_scenario(&compare(&project, &now, &then, period)?, setting.format);
        return Ok(DONE);
    }
    let ledger = arguments.against.as_deref().filter(|against| !Path::new(against).is_dir());
    let mut found = match ledger {
        Some(url) => {
            let ledger = Ledger::open_existing(url).await?;
            if arguments.close {
                pay::close(&ledger, &project, period, &actor(), setting.now).await?
            } else {
                pay::statements_with(&ledger, &project, period).await?
            }
        }
        None if arguments.close => {
            return Err(AppError::Usage {
                message: String::from("periods are closed in a ledger"),
                remedy: String::from("name it with --against sqlite:bailiwick.db"),
            });
        }
        None => {
            let (holdings, booked) = held(&project, arguments.against.as_deref()).await?;
            statements(&project, holdings, &booked, period)?
        }
    };
    if let Some(wanted) = &arguments.employee {
        found.retain(|statement| statement.employee == *wanted);
        if found.is_empty() {
            return Err(AppError::Missing {
                message: format!("{wanted} has neither credits nor an incentive plan in {period}"),
                remedy: String::from("see who has with `bailiwick incentives`"),
            });
        }
    }
    if let Some(dir) = &arguments.output {
        write(&found, &project, dir)?;
    }
    match setting.format {
        Format::Json => json(&found),
        Format::Csv => csv(&COLUMNS, found.iter().flat_map(rows)),
        Format::Table => {
            print(&found, period, arguments.employee.is_some(), project.policy.document.company.currency.get_ref())
        }
    }
    Ok(DONE)
}

fn last_period(project: &Project) -> Option<Period> {
    let orders = project.snapshot.orders.as_ref()?;
    orders.dates("order_date").into_iter().flatten().max().map(|day| period_of(&project.policy, day))
}

/// statements.json, statements.xlsx, and a page for each person.
fn write(found: &[Statement], project: &Project, dir: &Path) -> Result<(), AppError> {
    std::fs::create_dir_all(dir).map_err(AppError::io("create", dir))?;
    let put = |name: &str, bytes: &[u8]| {
        let path = dir.join(name);
        std::fs::write(&path, bytes).map_err(AppError::io("write", &path))
    };
    let text = serde_json::to_string_pretty(found).unwrap_or_default();
    put("statements.json", text.as_bytes())?;
    put("statements.xlsx", &workbook::workbook(found)?)?;
    let company = &project.policy.document.company;
    for (place, statement) in found.iter().enumerate().filter(|(_, statement)| !statement.employee.is_empty()) {
        // An id may hold what a file name may not.
        let safe: String = statement
            .employee
            .chars()
            .map(|c| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' })
            .collect();
        let is_plain = safe == statement.employee && !safe.starts_with('.');
        let name = if is_plain {
            format!("{safe}.html")
        } else {
            format!("{safe}-{place}.html").trim_start_matches('.').to_owned()
        };
        put(&name, page::page(std::slice::from_ref(statement), &company.name, company.language).as_bytes())?;
    }
    Ok(())
}

const COLUMNS: [&str; 12] = [
    "employee_id",
    "name",
    "period",
    "plan",
    "part",
    "measure",
    "of",
    "value",
    "quota",
    "attainment",
    "pay",
    "currency",
];

fn rows(statement: &Statement) -> Vec<Vec<String>> {
    let maybe = |value: Option<Decimal>| value.map(|value| value.to_string()).unwrap_or_default();
    let mut rows = vec![];
    let mut row = |plan: &str, part: &str, cells: [String; 5], pay: Decimal, currency: &str| {
        let mut row = vec![statement.employee.clone(), statement.name.clone(), statement.period.to_string()];
        row.extend([plan.to_owned(), part.to_owned()]);
        row.extend(cells);
        row.extend([pay.to_string(), currency.to_owned()]);
        rows.push(row);
    };
    let nothing = || std::array::from_fn(|_| String::new());
    for plan in &statement.plans {
        for part in &plan.parts {
            let cells = [
                part.measure.clone(),
                part.of.clone(),
                part.value.to_string(),
                maybe(part.quota),
                maybe(part.earned.attainment),
            ];
            row(&plan.plan, &part.name, cells, part.earned.pay, &plan.currency);
        }
        for (name, value) in [("guarantee", plan.guarantee), ("cap", -plan.cap)] {
            if !value.is_zero() {
                row(&plan.plan, name, nothing(), value, &plan.currency);
            }
        }
    }
    for one in &statement.adjustments {
        row("", &format!("dispute {}", one.dispute), nothing(), one.amount, &one.currency);
    }
    rows
}

fn print(found: &[Statement], period: Period, whole: bool, currency: &str) {
    let open = if found.iter().any(|statement| statement.closed) { "closed" } else { "open" };
    say(format!("Pay in {period} ({open}):"));
    let of_people =
        found.iter().filter(|statement| !statement.employee.is_empty() && (whole || !statement.pay.is_empty()));
    let rows = of_people.map(|statement| {
        let plans: Vec<&str> = statement.plans.iter().map(|plan| plan.plan.as_str()).collect();
        let pay: Vec<String> =
            statement.pay.iter().map(|money| format!("{:.2} {}", money.amount, money.currency)).collect();
        vec![
            statement.employee.clone(),
            statement.name.clone(),
            plans.join("; "),
            statement.credits.len().to_string(),
            format!("{:.2}", statement.credited()),
            pay.join(" + "),
        ]
    });
    let credited = format!("credited, {currency}");
    say(table(&["employee", "name", "plan", "credits", &credited, "pay"], rows));
    if !whole {
        return;
    }
    for statement in found {
        let parts = statement.plans.iter().flat_map(|plan| plan.parts.iter().map(move |part| (plan, part)));
        let rows = parts.map(|(plan, part)| {
            let percent = part.earned.attainment.map(|share| format!("{:.1} %", share * Decimal::ONE_HUNDRED));
            vec![
                plan.plan.clone(),
                part.name.clone(),
                part.of.clone(),
                part.value.to_string(),
                part.quota.map(|quota| quota.to_string()).unwrap_or_default(),
                percent.unwrap_or_default(),
                format!("{:.2}", part.earned.pay),
            ]
        });
        say(table(&["plan", "part", "of", "reached", "quota", "attained", "pay"], rows));
        let rows = statement.credits.iter().map(|credit| {
            vec![
                format!("{} / {}", credit.order, credit.line),
                credit.kind.clone(),
                credit.date.to_string(),
                credit.account.clone(),
                credit.rule.clone(),
                credit.why.word().to_owned(),
                credit.line_amount.to_string(),
                credit.share.to_string(),
                credit.amount.to_string(),
            ]
        });
        say(table(&["order / line", "kind", "date", "account", "rule", "why", "line", "share", "credit"], rows));
    }
}

fn print_scenario(found: &Scenario, format: Format) {
    match format {
        Format::Json => json(found),
        Format::Csv => csv(&OF_SCENARIO, found.people.iter().map(cells)),
        Format::Table => {
            say(format!("Pay in {} now and as if the plan had held, in {}:", found.period, found.currency));
            print_pay(found);
        }
    }
}

const OF_SCENARIO: [&str; 5] = ["employee_id", "name", "now", "then", "difference"];

fn cells(one: &Income) -> Vec<String> {
    vec![one.employee.clone(), one.name.clone(), one.now.to_string(), one.then.to_string(), one.difference.to_string()]
}

/// Each one's pay now and then, and how both are spread over the team.
pub(super) fn print_pay(found: &Scenario) {
    say(table(&OF_SCENARIO, found.people.iter().map(cells)));
    let spread = |name: &str, of: &Spread| {
        vec![
            name.to_owned(),
            of.people.to_string(),
            of.total.to_string(),
            of.least.to_string(),
            of.lower_quartile.to_string(),
            of.median.to_string(),
            of.upper_quartile.to_string(),
            of.most.to_string(),
            format!("{:.3}", of.gini),
            format!("{:.3}", of.jain),
        ]
    };
    let mut rows = vec![spread("now", &found.now), spread("then", &found.then)];
    for alike in &found.alike {
        let plans = alike.plans.join("; ");
        rows.push(spread(&format!("{plans}, now"), &alike.now));
        rows.push(spread(&format!("{plans}, then"), &alike.then));
    }
    let header = ["", "people", "total", "least", "a quarter ≤", "half ≤", "three quarters ≤", "most", "Gini", "Jain"];
    say(table(&header, rows));
}
