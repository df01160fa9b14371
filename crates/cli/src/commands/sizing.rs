//! `bailiwick sizing`

use bailiwick_app::AppError;
use bailiwick_app::scenario::{self, PoolSide, WhatIf};
use bailiwick_app::service::observed::{Observed, Period, observe};
use bailiwick_app::sizing::{PoolSizing, Profit, Scope, Source, size};
use bailiwick_app::strategy::{Effort, effort};
use bailiwick_store::{Ledger, Within};
use jiff::ToSpan;
use jiff::civil::Date;

use super::incentives::print_pay;
use super::{Setting, reading};
use crate::arguments::{Format, Sizing};
use crate::output::{DONE, csv, json, say, table};
use crate::progress::Bar;

pub async fn run(arguments: &Sizing, setting: &Setting) -> Result<u8, AppError> {
    let bar = Bar::new(setting.quiet);
    let asked = (arguments.on, arguments.seed);
    let (project, request) =
        reading::asked(&arguments.policy.policy, arguments.against.as_deref(), asked, setting, &bar).await?;
    if arguments.effort {
        let observed = observed(arguments, setting, request.on).await?;
        let effort = effort(&project, &request, false, observed.as_ref(), &|step| bar.set(&step.what, step.fraction))?;
        drop(bar);
        print_effort(&effort, setting.format);
        return Ok(DONE);
    }
    if let Some(file) = &arguments.scenario {
        let text = std::fs::read_to_string(file).map_err(AppError::io("read", file))?;
        let read = scenario::read(&text, &file.display().to_string())?;
        let told = scenario::what_if(&project, &read, &request, &|step| bar.set(&step.what, step.fraction))?;
        drop(bar);
        print_scenario(&told, setting.format);
        return Ok(DONE);
    }
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

/// What was recorded in the year before the day, where a ledger says who holds what.
async fn observed(arguments: &Sizing, setting: &Setting, on: Date) -> Result<Option<Observed>, AppError> {
    let Some(url) = &arguments.against else { return Ok(None) };
    let ledger = Ledger::open_existing(url).await?;
    let to = on.tomorrow().unwrap_or(on);
    let period = Period { from: to.saturating_sub(1.year()), to, now: setting.now };
    // Without a plan in force nothing was promised, and nothing can be told apart.
    if ledger.active_plan(on).await?.is_none() {
        return Ok(None);
    }
    Ok(Some(observe(&ledger, Within::Everybody, period).await?))
}

fn share(value: Option<f64>) -> String {
    value.map_or_else(|| String::from("—"), |share| format!("{:.1} %", share * 100.0))
}

fn print_effort(effort: &Effort, format: Format) {
    let number = |value: Option<f64>| value.map(|value| format!("{value:.4}")).unwrap_or_default();
    match format {
        Format::Json => json(effort),
        Format::Csv => csv(
            &[
                "segment",
                "accounts",
                "hours",
                "share",
                "target",
                "difference",
                "hours_to_target",
                "contacts",
                "contact_share",
            ],
            effort.segments.iter().map(|of| {
                vec![
                    of.segment.clone(),
                    of.accounts.to_string(),
                    number(Some(of.hours)),
                    number(Some(of.share)),
                    number(of.target),
                    number(of.difference),
                    number(of.hours_to_target),
                    of.contacts.map(|count| count.to_string()).unwrap_or_default(),
                    number(of.contact_share),
                ]
            }),
        ),
        Format::Table => {
            let rows = effort.segments.iter().map(|of| {
                vec![
                    of.segment.clone(),
                    of.accounts.to_string(),
                    format!("{:.0}", of.hours),
                    share(Some(of.share)),
                    share(of.target),
                    of.hours_to_target.map_or_else(|| String::from("—"), |hours| format!("{hours:+.0}")),
                    of.contacts.map_or_else(|| String::from("—"), |count| count.to_string()),
                    share(of.contact_share),
                ]
            });
            let header =
                ["segment", "accounts", "hours a year", "share", "target", "to the target", "contacts", "of contacts"];
            say(table(&header, rows));
            effort.segments.iter().filter(|of| of.target.is_some()).for_each(|of| say(&of.words));
        }
    }
}

/// What is printed of a side.
type Pick<'a> = &'a dyn Fn(&PoolSide) -> Option<f64>;

fn print_scenario(told: &WhatIf, format: Format) {
    let number = |value: Option<f64>| value.map(|value| format!("{value:.4}")).unwrap_or_default();
    let both = |pool: &scenario::PoolChange, pick: &dyn Fn(&PoolSide) -> Option<f64>| {
        [pool.before.as_ref().and_then(pick), pool.after.as_ref().and_then(pick)]
    };
    match format {
        Format::Json => json(told),
        Format::Csv => {
            let header = [
                "segment",
                "role",
                "product_line",
                "accounts_before",
                "accounts_after",
                "employees_before",
                "employees_after",
                "hours_wanted_before",
                "hours_wanted_after",
                "hours_available_before",
                "hours_available_after",
                "profit_before",
                "profit_after",
                "max_deviation_before",
                "max_deviation_after",
                "gap_before",
                "gap_after",
                "moved",
            ];
            csv(
                &header,
                told.pools.iter().map(|pool| {
                    let mut row =
                        vec![pool.segment.clone(), pool.role.clone(), pool.product_line.clone().unwrap_or_default()];
                    let picks: [Pick; 7] = [
                        &|side| Some(side.accounts as f64),
                        &|side| Some(side.employees as f64),
                        &|side| Some(side.hours_wanted),
                        &|side| Some(side.hours_available),
                        &|side| side.profit,
                        &|side| side.max_deviation,
                        &|side| side.gap,
                    ];
                    picks.iter().for_each(|pick| row.extend(both(pool, *pick).map(number)));
                    row.push(pool.moved.to_string());
                    row
                }),
            );
        }
        Format::Table => {
            say(format!("{}, on {}, beside the present:", told.scenario, told.on));
            let changed = told.pools.iter().filter(|pool| pool.before != pool.after || pool.moved > 0);
            let pair = |[before, after]: [Option<f64>; 2], tell: &dyn Fn(f64) -> String| {
                let one = |value: Option<f64>| value.map_or_else(|| String::from("—"), tell);
                let (before, after) = (one(before), one(after));
                if before == after { after } else { format!("{before} → {after}") }
            };
            let whole = |value: f64| format!("{value:.0}");
            let percent = |value: f64| format!("{:.1} %", value * 100.0);
            let rows = changed.map(|pool| {
                let line = pool.product_line.as_ref().map(|line| format!(" ({line})")).unwrap_or_default();
                vec![
                    format!("{} in {}{line}, {}", pool.role, pool.segment, pool.rule),
                    pair(both(pool, &|side| Some(side.accounts as f64)), &whole),
                    pair(both(pool, &|side| Some(side.employees as f64)), &whole),
                    pair(both(pool, &|side| Some(side.hours_wanted)), &whole),
                    pair(both(pool, &|side| Some(side.hours_available)), &whole),
                    pair(both(pool, &|side| side.max_deviation), &percent),
                    pair(both(pool, &|side| side.profit), &whole),
                    pool.moved.to_string(),
                ]
            });
            let header = [
                "pool",
                "accounts",
                "employees",
                "hours wanted",
                "hours there are",
                "worst deviation",
                "profit",
                "moved",
            ];
            say(table(&header, rows));
            told.words.iter().for_each(say);
            if let Some(pay) = told.pay.as_ref().filter(|pay| !pay.people.is_empty()) {
                say(format!("Pay in {} by the plan without it and with it, in {}:", pay.period, pay.currency));
                print_pay(pay);
            }
        }
    }
}
