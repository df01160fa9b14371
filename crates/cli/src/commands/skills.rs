//! `bailiwick skills`

use bailiwick_app::AppError;
use bailiwick_app::skills::{Cell, Dimension, Scope, study};
use clap::{Args, ValueEnum};
use jiff::civil::Date;

use super::{Setting, reading};
use crate::arguments::{Format, PolicyArgument};
use crate::output::{DONE, csv, json, say, table};
use crate::progress::Bar;

#[derive(Args)]
pub struct Skills {
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
    /// So many trainings and hires are made sure of by planning again
    #[arg(long, default_value_t = 8, value_name = "K")]
    pub confirm: usize,
    /// What the gap matrix is by
    #[arg(long, value_enum, default_value_t = By::Segment)]
    pub by: By,
    /// The same seed and data give the same plan
    #[arg(long, default_value_t = 1, value_name = "N")]
    pub seed: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum By {
    Segment,
    ProductLine,
    Region,
}

impl By {
    fn dimension(self) -> Dimension {
        match self {
            By::Segment => Dimension::Segment,
            By::ProductLine => Dimension::ProductLine,
            By::Region => Dimension::Region,
        }
    }
}

/// Rows of the matrix that a terminal shows; the rest is in --format json or csv.
const SHOWN: usize = 24;

pub async fn run(arguments: &Skills, setting: &Setting) -> Result<u8, AppError> {
    let bar = Bar::new(setting.quiet);
    let asked = (arguments.on, arguments.seed);
    let (project, request) =
        reading::asked(&arguments.policy.policy, arguments.against.as_deref(), asked, setting, &bar).await?;
    let scope = Scope { planned: arguments.planned, confirm: arguments.confirm };
    let skills = study(&project, &request, scope, &|step| bar.set(&step.what, step.fraction))?;
    drop(bar);
    let cells = || skills.cells.iter().filter(|cell| cell.dimension == arguments.by.dimension());
    match setting.format {
        Format::Json => json(&skills),
        Format::Csv => csv(&COLUMNS, cells().map(row)),
        Format::Table => {
            let wanting = cells().filter(|cell| cell.gap_hours > 0.5 || cell.accounts_below > 0).take(SHOWN);
            let rows = wanting.map(|cell| {
                vec![
                    cell.skill.clone(),
                    cell.role.clone(),
                    cell.group.clone(),
                    format!("{}", cell.level),
                    cell.accounts.to_string(),
                    format!("{:.0}", cell.hours),
                    cell.revenue.map_or_else(|| String::from("—"), |revenue| format!("{revenue:.0}")),
                    held(cell),
                    format!("{:.0}", cell.hours_qualified),
                    format!("{:.0}", cell.gap_hours),
                    cell.accounts_below.to_string(),
                ]
            });
            let header = [
                "skill",
                "role",
                "group",
                "level",
                "accounts",
                "hours",
                "revenue",
                "people (level: how many)",
                "hours there are",
                "gap",
                "served below",
            ];
            say(table(&header, rows));
            say(format!("The plan misses {:.1} levels. Who should learn what:", skills.missing));
            let currency = project.policy.document.company.currency.get_ref();
            let lessons = skills.trainings.iter().map(|one| {
                vec![
                    format!("{} ({})", one.employee, one.employee_id),
                    format!("{} {} → {}", one.skill, one.from, one.to),
                    money(one.cost, currency),
                    format!("{:.1}", one.estimated),
                    format!("{:.1}", one.confirmed),
                    format!("{:.2}", one.per_cost),
                    one.accounts.to_string(),
                    one.customers.iter().map(|customer| customer.account_id.as_str()).collect::<Vec<_>>().join(", "),
                ]
            });
            let header = ["who", "learns", "cost", "estimated", "confirmed", "per 1000", "accounts", "for whom, e.g."];
            say(table(&header, lessons));
            if !skills.hires.is_empty() {
                say("Who should be taken on:");
                let hires = skills.hires.iter().map(|one| {
                    vec![
                        format!("{} in {}", one.role, one.segment),
                        one.skills.join(", "),
                        one.like.clone().unwrap_or_else(|| String::from("—")),
                        money(one.cost, currency),
                        format!("{:.1}", one.estimated),
                        format!("{:.1}", one.confirmed),
                        format!("{:.2}", one.per_cost),
                        one.accounts.to_string(),
                    ]
                });
                let header = ["role", "skills", "like", "cost", "estimated", "confirmed", "per 1000", "accounts"];
                say(table(&header, hires));
            }
            say(&skills.method);
        }
    }
    Ok(DONE)
}

fn money(cost: Option<f64>, currency: &str) -> String {
    cost.map_or_else(|| String::from("—"), |cost| format!("{cost:.0} {currency}"))
}

fn held(cell: &Cell) -> String {
    cell.people.iter().rev().map(|(level, count)| format!("{level}: {count}")).collect::<Vec<_>>().join(", ")
}

const COLUMNS: [&str; 13] = [
    "skill",
    "role",
    "group",
    "level",
    "accounts",
    "hours",
    "revenue",
    "people",
    "qualified",
    "hours_qualified",
    "gap_hours",
    "accounts_below",
    "hours_below",
];

fn row(cell: &Cell) -> Vec<String> {
    let number = |value: f64| format!("{value:.4}");
    vec![
        cell.skill.clone(),
        cell.role.clone(),
        cell.group.clone(),
        cell.level.to_string(),
        cell.accounts.to_string(),
        number(cell.hours),
        cell.revenue.map(number).unwrap_or_default(),
        held(cell),
        cell.qualified.to_string(),
        number(cell.hours_qualified),
        number(cell.gap_hours),
        cell.accounts_below.to_string(),
        number(cell.hours_below),
    ]
}
