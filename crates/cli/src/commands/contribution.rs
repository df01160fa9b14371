//! `bailiwick contribution`

use std::path::Path;

use bailiwick_app::contribution::{Asked, Contribution, Row, contribution};
use bailiwick_app::credit::holdings::{self, Holdings};
use bailiwick_app::credit::rules::ByHand;
use bailiwick_app::credit::trace::{Credit, trace};
use bailiwick_app::credit::{Ground, tally};
use bailiwick_app::incentives::Booked;
use bailiwick_app::project::Project;
use bailiwick_app::{AppError, pay};
use bailiwick_store::Ledger;
use jiff::ToSpan;
use rust_decimal::Decimal;

use super::{Setting, reading};
use crate::arguments::{self, By, Format};
use crate::output::{DONE, csv, json, print_findings, say, table};
use crate::progress::Bar;

pub async fn run(arguments: &arguments::Contribution, setting: &Setting) -> Result<u8, AppError> {
    let project = open(&arguments.policy.policy, setting).await?;
    let (holdings, booked) = held(&project, arguments.against.as_deref()).await?;
    let (from, to) = match arguments.period {
        Some(period) => (Some(period.first()), Some(period.last())),
        None => (arguments.from, arguments.to),
    };
    if arguments.credits {
        let credits = credits(&project, holdings, &booked.by_hand, from, to)?;
        print_credits(&credits, setting.format);
        return Ok(DONE);
    }
    let asked = Asked { from, to, period: None, only: None };
    let found = contribution(&project, holdings, &booked.by_hand, &asked)?;
    if setting.format != Format::Json {
        print_findings(&found.findings, &project.policy.text);
    }
    match setting.format {
        Format::Json => json(&found),
        Format::Csv => {
            let rows = arguments.by.iter().flat_map(|by| rows(&found, *by).into_iter().map(|row| (*by, row)));
            csv(&COLUMNS, rows.map(|(by, row)| cells(by, &row)));
        }
        Format::Table => print(&found, &arguments.by),
    }
    Ok(DONE)
}

/// Reads a policy and its sources, and refuses rows that cannot be used.
pub async fn open(policy: &Path, setting: &Setting) -> Result<Project, AppError> {
    let bar = Bar::new(setting.quiet);
    reading::open(policy, Path::new(reading::REJECTED), &bar).await
}

/// Who held what, and what the ledger has booked: by a ledger, a plan's folder, or the policy's own sources.
pub async fn held(project: &Project, against: Option<&str>) -> Result<(Holdings, Booked), AppError> {
    match against {
        None => Ok((holdings::of_project(project)?, Booked::default())),
        Some(dir) if Path::new(dir).is_dir() => Ok((holdings::of_plan(Path::new(dir))?, Booked::default())),
        Some(url) => {
            let ledger = Ledger::open_existing(url).await?;
            Ok((holdings::of_ledger(&ledger).await?, pay::booked(&ledger).await?))
        }
    }
}

fn credits(
    project: &Project,
    holdings: Holdings,
    by_hand: &[ByHand],
    from: Option<jiff::civil::Date>,
    to: Option<jiff::civil::Date>,
) -> Result<Vec<Credit>, AppError> {
    let ground = Ground::prepare(project, holdings, by_hand)?;
    let Some((first, last)) = tally::days_of(&ground) else { return Ok(vec![]) };
    trace(&ground, from.unwrap_or(first), to.unwrap_or(last).saturating_add(1.day()))
}

fn print_credits(credits: &[Credit], format: Format) {
    let row = |credit: &Credit| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        vec![
            credit.order.clone(),
            credit.line.clone(),
            credit.kind.clone(),
            credit.date.to_string(),
            credit.account.clone(),
            credit.segment.clone(),
            text(&credit.product_line),
            credit.employee.clone().unwrap_or_else(|| String::from("nobody")),
            text(&credit.role),
            text(&credit.stage),
            credit.rule.clone(),
            credit.why.word().to_owned(),
            text(&credit.assignment),
            String::from(if credit.overlay { "overlay" } else { "" }),
            credit.share.to_string(),
            credit.amount.to_string(),
        ]
    };
    match format {
        Format::Json => json(&credits),
        Format::Csv => csv(&CREDITS, credits.iter().map(row)),
        Format::Table => say(table(&CREDITS, credits.iter().map(row))),
    }
}

const CREDITS: [&str; 16] = [
    "order_id",
    "line",
    "kind",
    "date",
    "account_id",
    "segment",
    "product_line",
    "employee_id",
    "role",
    "stage",
    "rule",
    "why",
    "assignment",
    "overlay",
    "share",
    "amount",
];

const COLUMNS: [&str; 8] = ["by", "key", "name", "amount", "overlay", "margin", "lines", "share"];

fn word(by: By) -> &'static str {
    match by {
        By::Employee => "employee",
        By::Team => "team",
        By::Role => "role",
        By::Segment => "segment",
        By::Stage => "stage",
        By::ProductLine => "product line",
        By::Territory => "territory",
        By::Period => "period",
    }
}

fn rows(found: &Contribution, by: By) -> Vec<Row> {
    match by {
        By::Employee => found.by_employee.clone(),
        By::Team => found.by_team.clone(),
        By::Role => found.by_role.clone(),
        By::Segment => found.by_segment.clone(),
        By::Stage => found.by_stage.clone(),
        By::ProductLine => found.by_product_line.clone(),
        By::Territory => found.by_territory.clone(),
        By::Period => {
            let of_period = |trend: &bailiwick_app::contribution::Trend| Row {
                key: trend.period.clone(),
                name: trend.period.clone(),
                amount: trend.amount,
                overlay: Decimal::ZERO,
                margin: None,
                lines: 0,
                share: (!found.amount.is_zero()).then(|| (trend.amount / found.amount).round_dp(4).normalize()),
            };
            found.trend.iter().map(of_period).collect()
        }
    }
}

fn cells(by: By, row: &Row) -> Vec<String> {
    vec![
        word(by).to_owned(),
        row.key.clone(),
        row.name.clone(),
        row.amount.to_string(),
        row.overlay.to_string(),
        row.margin.map(|margin| margin.to_string()).unwrap_or_default(),
        row.lines.to_string(),
        row.share.map(|share| share.to_string()).unwrap_or_default(),
    ]
}

fn print(found: &Contribution, by: &[By]) {
    let company = if found.company.is_empty() { "Contribution" } else { &found.company };
    let currency = &found.currency;
    say(format!("{company}: {} to {}, {} order lines ({} returns)", found.from, found.to, found.lines, found.returns));
    say(format!(
        "{:.2} {currency}: {:.2} credited, {:.2} nobody's; {:.2} beside it as overlays; {:.2} from new customers",
        found.amount, found.credited, found.nobody, found.overlay, found.new_customers
    ));
    for by in by {
        let has_margin = rows(found, *by).iter().any(|row| row.margin.is_some());
        let header = [word(*by), "name", currency, "share", "lines", "overlay", "margin"];
        let shown = if has_margin { 7 } else { 6 };
        let rows = rows(found, *by).into_iter().map(|row| {
            let percent = row.share.map(|share| format!("{:.1} %", share * Decimal::ONE_HUNDRED));
            let margin = row.margin.map(|margin| format!("{margin:.2}")).unwrap_or_default();
            let mut cells = vec![
                row.key.clone(),
                row.name,
                format!("{:.2}", row.amount),
                percent.unwrap_or_default(),
                row.lines.to_string(),
                format!("{:.2}", row.overlay),
                margin,
            ];
            cells.truncate(shown);
            cells
        });
        say(table(&header[..shown], rows));
    }
    if !found.stages.is_empty() {
        let rows = found.stages.iter().map(|stage| {
            vec![
                format!("{}: {}", stage.process, stage.stage),
                stage.entered.to_string(),
                stage.went_on.to_string(),
                stage.conversion.map(|share| format!("{:.1} %", share * Decimal::ONE_HUNDRED)).unwrap_or_default(),
                stage.days.map(|days| days.to_string()).unwrap_or_default(),
            ]
        });
        say(table(&["stage", "entered", "went on", "conversion", "median days"], rows));
    }
    print_fair(found);
}

fn print_fair(found: &Contribution) {
    let Some(fair) = &found.fair else { return };
    let how = if fair.is_estimated { "estimated" } else { "assumed: too few accounts bought" };
    let fit = fair.r_squared.map(|share| format!(", R² {share:.2}")).unwrap_or_default();
    let accounts = fair.accounts.unwrap_or_default();
    say(format!(
        "Fair to the territory: 1 % more potential brings {:.2} % more sales ({how} from {accounts} accounts{fit}).",
        fair.elasticity
    ));
    let rows = fair.people.iter().map(|person| {
        vec![
            person.employee.clone(),
            person.name.clone(),
            format!("{:.0}", person.actual),
            format!("{:.0}", person.expected),
            format!("{:.2}", person.ratio),
            format!("{:.2} ({:.2} to {:.2})", person.adjusted, person.low, person.high),
            format!("{:+.0}", person.own),
        ]
    });
    say(table(&["employee", "name", "sold", "expected there", "ratio", "adjusted (95 %)", "the person's own"], rows));
    for one in found.territories.iter().flat_map(|territories| &territories.equity) {
        say(format!(
            "{}, {}: Jain {:.3}, Gini {:.3} among {} people (1 and 0 when all are equal)",
            one.role, one.of, one.jain, one.gini, one.people
        ));
    }
}
