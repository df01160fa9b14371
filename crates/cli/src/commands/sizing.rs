//! `bailiwick sizing`

use std::path::Path;

use bailiwick_app::plan::Request;
use bailiwick_app::sizing::{PoolSizing, Profit, Scope, Source, size};
use bailiwick_app::{AppError, project};

use super::Setting;
use super::plan::present_holders;
use crate::arguments::{Format, Sizing};
use crate::output::{DONE, csv, json, say, table};
use crate::progress::Bar;

pub async fn run(arguments: &Sizing, setting: &Setting) -> Result<u8, AppError> {
    let bar = Bar::new(setting.quiet);
    let project = project::open(&arguments.policy.policy, &|read| {
        bar.set(&read.source, read.bytes as f64 / read.total.max(1) as f64);
    })
    .await?;
    project.settle_rejected(Path::new("bailiwick-rejected.csv"))?;
    let on = arguments.on.unwrap_or_else(|| setting.today(Some(project.policy.document.company.time_zone.get_ref())));
    let (present, _) = present_holders(arguments.against.as_deref(), on).await?;
    let request = Request { present, ..Request::new(on, arguments.seed) };
    let sized = size(&project, &request, Scope { around: arguments.around, redraw: true })?;
    drop(bar);
    match setting.format {
        Format::Json => json(&sized),
        Format::Csv => csv(&COLUMNS, sized.iter().map(row)),
        Format::Table => print(&sized, project.policy.document.company.currency.get_ref()),
    }
    Ok(DONE)
}

const COLUMNS: [&str; 16] = [
    "segment",
    "role",
    "product_line",
    "accounts",
    "hours_wanted",
    "hours_available",
    "employees",
    "present_fte",
    "needed_fte",
    "utilisation",
    "elasticity",
    "elasticity_source",
    "profit",
    "marginal_profit_next",
    "best_change",
    "best_profit",
];

fn row(pool: &PoolSizing) -> Vec<String> {
    let number = |value: f64| format!("{value:.4}");
    let of_profit = |pick: &dyn Fn(&Profit) -> String| pool.profit.as_ref().map(pick).unwrap_or_default();
    let step = |change: i64, pick: &dyn Fn(&bailiwick_app::sizing::Step) -> f64| {
        let steps = pool.profit.iter().flat_map(|profit| &profit.steps);
        steps.filter(|step| step.change == change).map(|step| number(pick(step))).next().unwrap_or_default()
    };
    vec![
        pool.segment.clone(),
        pool.role.clone(),
        pool.product_line.clone().unwrap_or_default(),
        pool.accounts.to_string(),
        number(pool.hours_wanted),
        number(pool.hours_available),
        pool.employees.to_string(),
        number(pool.present),
        number(pool.needed),
        pool.utilisation.map(number).unwrap_or_default(),
        of_profit(&|profit| number(profit.elasticity)),
        of_profit(&|profit| source(&profit.source).to_owned()),
        step(0, &|step| step.profit),
        step(1, &|step| step.marginal),
        of_profit(&|profit| profit.best.change.to_string()),
        of_profit(&|profit| number(profit.best.profit)),
    ]
}

fn source(source: &Source) -> &'static str {
    match source {
        Source::Stated => "stated",
        Source::Estimated { .. } => "estimated",
        Source::Research => "research",
    }
}

fn print(sized: &[PoolSizing], currency: &str) {
    say("Hours wanted and hours there are, a year (workload method):");
    let rows = sized.iter().map(|pool| {
        vec![
            pool.title(),
            pool.accounts.to_string(),
            format!("{:.0}", pool.hours_wanted),
            format!("{:.0}", pool.hours_available),
            format!("{:.1}", pool.present),
            format!("{:.1}", pool.needed),
            format!("{:+.1}", pool.needed - pool.present),
            pool.utilisation.map_or_else(|| String::from("—"), |share| format!("{:.0} %", share * 100.0)),
        ]
    });
    let header =
        ["pool", "accounts", "hours wanted", "hours there are", "employees", "needed", "difference", "utilisation"];
    say(table(&header, rows));
    for pool in sized {
        if let Some(profit) = &pool.profit {
            print_profit(pool, profit, currency);
        }
    }
    for pool in sized.iter().filter(|pool| !pool.territories.is_empty()) {
        say(format!("{}, drawn anew with another number of territories:", pool.title()));
        let rows = pool.territories.iter().map(|drawn| {
            vec![
                drawn.territories.to_string(),
                format!("{:.2} km", drawn.mean_km),
                format!("{:.1} %", drawn.max_deviation * 100.0),
                String::from(if drawn.balanced { "yes" } else { "no" }),
            ]
        });
        say(table(&["territories", "mean way", "worst deviation", "within tolerance"], rows));
    }
}

fn print_profit(pool: &PoolSizing, profit: &Profit, currency: &str) {
    say(format!("{}: what one employee more or less would bring a year, in {currency}:", pool.title()));
    let rows = profit.steps.iter().map(|step| {
        let mark = if step.change == profit.best.change { " ◆" } else { "" };
        vec![
            format!("{:+}{mark}", step.change),
            format!("{:.1}", step.employees),
            format!("{:.0}", step.sales),
            format!("{:.0}", step.profit),
            format!("{:+.0}", step.marginal),
        ]
    });
    say(table(&["change", "employees", "sales", "margin − cost", "the last one brings"], rows));
    let why = match &profit.source {
        Source::Stated => String::from("as the policy states"),
        Source::Estimated { employees, standard_error, r_squared } => format!(
            "estimated from {employees} present holders, standard error {standard_error:.2}, R² {r_squared:.2}: a \
             comparison of people, not an experiment"
        ),
        Source::Research => String::from("the mean of published studies: state your own if you know it"),
    };
    say(format!("1 % more hours bring {:.2} % more sales ({why}).", profit.elasticity));
    say(format!(
        "Best: {} employees ({:+}), {:.0} a year.",
        format_args!("{:.1}", profit.best.employees),
        profit.best.change,
        profit.best.profit
    ));
}
