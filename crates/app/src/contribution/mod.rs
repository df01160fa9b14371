//! Contribution: credits summed by whatever somebody asks for (SPEC 1.2, 4.7), what of it the territory explains and what
//! the person, and whether the territories themselves are fair.

pub mod fair;
pub mod fairness;
pub mod funnel;
mod line;

use std::collections::BTreeMap;

use bailiwick_domain::credit::NONE;
use bailiwick_domain::finding::Finding;
use bailiwick_domain::period::PeriodLength;
use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Serialize;

pub use fair::{Fair, Person};
pub use fairness::{Equity, Territories};
pub use funnel::Stage;
pub use line::ReportingLine;

use crate::credit::Ground;
use crate::credit::holdings::Holdings;
use crate::credit::rules::ByHand;
use crate::credit::tally::{Cell, Sum, Tally, Wanted, days_of, tally};
use crate::error::AppError;
use crate::project::Project;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// The day of the first order there is when absent.
    pub from: Option<Date>,
    /// The last day; that of the last order when absent.
    pub to: Option<Date>,
    /// By what the trend is told; as `[credit]` says when absent.
    pub period: Option<PeriodLength>,
    /// Only these employees, by id; everybody when absent. What is nobody's is everybody's alone.
    pub only: Option<Vec<String>>,
}

/// Sums of one employee, role, segment, …
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Row {
    pub key: String,
    pub name: String,
    /// Shared credits, in the company's currency.
    pub amount: Decimal,
    /// Credits beside the hundred percent.
    pub overlay: Decimal,
    /// Shared credits less cost, where costs are known.
    pub margin: Option<Decimal>,
    /// Order lines (returns are none) of which there is a part.
    pub lines: u64,
    /// Of all shared credits, to four places.
    pub share: Option<Decimal>,
}

/// Sales of one period, and how they changed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trend {
    pub period: String,
    pub amount: Decimal,
    /// Of customers whose first order falls into the period.
    pub new_customers: Decimal,
    pub kept_customers: Decimal,
    /// Against the period before, as a share to four places.
    pub change: Option<Decimal>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contribution {
    pub company: String,
    pub currency: String,
    pub from: Date,
    pub to: Date,
    pub period: PeriodLength,
    /// Order lines, returns among them.
    pub lines: u64,
    pub returns: u64,
    /// What the orders come to: what is credited and what is nobody's.
    pub amount: Decimal,
    pub credited: Decimal,
    pub nobody: Decimal,
    pub overlay: Decimal,
    pub new_customers: Decimal,
    pub kept_customers: Decimal,
    pub by_employee: Vec<Row>,
    /// Managers, with everybody who reports to them, directly or through others.
    pub by_team: Vec<Row>,
    pub by_role: Vec<Row>,
    pub by_segment: Vec<Row>,
    pub by_stage: Vec<Row>,
    pub by_product_line: Vec<Row>,
    pub by_territory: Vec<Row>,
    pub trend: Vec<Trend>,
    /// How customers go from stage to stage; empty without `[sources.stages]`.
    pub stages: Vec<Stage>,
    /// What the territory explains and what the person; absent without `credit.potential`.
    pub fair: Option<Fair>,
    pub territories: Option<Territories>,
    pub findings: Vec<Finding>,
}

/// Reckons contribution.
///
/// # Errors
/// Those of [`Ground::prepare`], and if there is no order to reckon with.
pub fn contribution(
    project: &Project,
    holdings: Holdings,
    by_hand: &[ByHand],
    asked: &Asked,
) -> Result<Contribution, AppError> {
    let ground = Ground::prepare(project, holdings, by_hand)?;
    let Some((first, last)) = days_of(&ground) else {
        return Err(AppError::Missing {
            message: String::from("there are no orders"),
            remedy: String::from("fill the source orders"),
        });
    };
    let (from, to) = (asked.from.unwrap_or(first), asked.to.unwrap_or(last));
    if to < from {
        return Err(AppError::Usage {
            message: format!("{from} is after {to}"),
            remedy: String::from("give the first day with --from and the last with --to"),
        });
    }
    let potential = fair::account_numbers(&ground, ground.credit.potential.as_ref())?;
    let workload = fair::account_numbers(&ground, ground.credit.workload.as_ref())?;
    let length = asked.period.unwrap_or(ground.credit.period);
    let end = to.saturating_add(1.day());
    let wanted = Wanted { from, to: end, length, by_account: potential.is_some() };
    let whole = tally(&ground, &wanted);
    let line = ReportingLine::of(&project.snapshot.employees)?;
    let only: Option<Vec<u32>> =
        asked.only.as_ref().map(|ids| ids.iter().map(|id| ground.employees.find(id)).collect());
    let sees = |employee: u32| only.as_ref().is_none_or(|only| employee != NONE && only.contains(&employee));
    let mut fair = None;
    let mut territories = None;
    if let Some(potential) = &potential {
        let expected = fair::expect(&ground, &whole, potential, (from, end));
        territories = Some(fairness::territories(&ground, &whole, &expected, workload.as_deref()));
        let mut found = fair::judge(&ground, &whole, &expected, &line);
        found.people.retain(|person| sees(ground.employees.find(&person.employee)));
        fair = Some(found);
    }
    let seen: Vec<(&Cell, &Sum)> = whole.cells.iter().filter(|(cell, _)| sees(cell.employee)).collect();
    let mut report = sums(&ground, &seen, &line, length, (from, to));
    (report.lines, report.returns) = (whole.lines, whole.returns);
    if only.is_some() {
        territories = territories.map(|found| Territories { people: vec![], ..found });
    }
    (report.fair, report.territories) = (fair, territories);
    report.stages = funnel::stages(&ground, project.snapshot.others.get("stages"), (from, end))?;
    report.findings = ground.findings;
    debug_assert!(only.is_some() || report.amount == whole.amount, "credits sum to the orders");
    Ok(report)
}

fn sums(
    ground: &Ground,
    cells: &[(&Cell, &Sum)],
    line: &ReportingLine,
    length: PeriodLength,
    (from, to): (Date, Date),
) -> Contribution {
    let has_cost = !ground.orders.cost.is_empty();
    let shared = |(cell, _): &&(&Cell, &Sum)| !cell.overlay;
    let amount: Decimal = cells.iter().filter(shared).map(|(_, sum)| sum.amount).sum();
    let of = |keep: &dyn Fn(&Cell) -> bool| -> Decimal {
        cells.iter().filter(|(cell, _)| keep(cell)).map(|(_, sum)| sum.amount).sum()
    };
    let table_of = |of_line: bool, key: &dyn Fn(&Cell) -> Option<String>, name: &dyn Fn(&str) -> String| {
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        for (cell, sum) in cells {
            let Some(key) = key(cell) else { continue };
            let lines = if of_line { sum.whole_lines } else { sum.lines };
            add(&mut rows, key, cell.overlay, &Sum { lines, ..**sum }, has_cost);
        }
        let mut rows: Vec<Row> = rows.into_values().map(|row| Row { name: name(&row.key), ..row }).collect();
        rows.iter_mut().for_each(|row| row.share = share(row.amount, amount));
        rows.sort_by(|a, b| b.amount.cmp(&a.amount).then_with(|| a.key.cmp(&b.key)));
        rows
    };
    // Whose a part is, or what the line is: a line is counted once for each part, or once.
    let table = |key: &dyn Fn(&Cell) -> Option<String>, name: &dyn Fn(&str) -> String| table_of(false, key, name);
    let same = |key: &str| key.to_owned();
    let named = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let by_employee =
        table(&|cell| (cell.employee != NONE).then(|| ground.employees.name(cell.employee).to_owned()), &|id| {
            line.name(id).to_owned()
        });
    let mut report = Contribution {
        company: ground.policy.document.company.name.clone(),
        currency: ground.policy.document.company.currency.get_ref().clone(),
        from,
        to,
        period: length,
        lines: 0,
        returns: 0,
        amount,
        credited: of(&|cell| !cell.overlay && cell.employee != NONE),
        nobody: of(&|cell| !cell.overlay && cell.employee == NONE),
        overlay: of(&|cell| cell.overlay),
        new_customers: of(&|cell| !cell.overlay && cell.is_new),
        kept_customers: of(&|cell| !cell.overlay && !cell.is_new),
        by_team: teams(&by_employee, line, amount),
        by_employee,
        by_role: table(&|cell| named(ground.roles.name(cell.role)), &|role| ground.policy.role_title(role).to_owned()),
        by_segment: table_of(true, &|cell| named(ground.segment_name(cell.segment)), &same),
        by_stage: table(&|cell| named(ground.stages.name(cell.stage)), &same),
        by_product_line: table_of(true, &|cell| named(ground.product_lines.name(cell.product_line)), &|line| {
            let lines = &ground.policy.document.product_lines;
            let title = lines.iter().find(|(name, _)| name.get_ref() == line).map(|(_, line)| line.title.clone());
            title.filter(|title| !title.is_empty()).unwrap_or_else(|| line.to_owned())
        }),
        by_territory: table(&|cell| named(ground.territories.name(cell.territory)), &same),
        trend: vec![],
        stages: vec![],
        fair: None,
        territories: None,
        findings: vec![],
    };
    let periods: std::collections::BTreeSet<_> = cells.iter().map(|(cell, _)| cell.period).collect();
    for period in periods {
        let new_customers = of(&|cell| !cell.overlay && cell.period == period && cell.is_new);
        let amount = of(&|cell| !cell.overlay && cell.period == period);
        let before = report.trend.last().filter(|last: &&Trend| last.period == period.before().to_string());
        let change = before.and_then(|before| share(amount - before.amount, before.amount));
        let kept_customers = amount - new_customers;
        report.trend.push(Trend { period: period.to_string(), amount, new_customers, kept_customers, change });
    }
    report
}

fn add(rows: &mut BTreeMap<String, Row>, key: String, overlay: bool, sum: &Sum, has_cost: bool) {
    let row = rows.entry(key).or_insert_with_key(|key| Row {
        key: key.clone(),
        name: String::new(),
        amount: Decimal::ZERO,
        overlay: Decimal::ZERO,
        margin: has_cost.then_some(Decimal::ZERO),
        lines: 0,
        share: None,
    });
    if overlay {
        row.overlay += sum.amount;
    } else {
        row.amount += sum.amount;
        row.lines += sum.lines;
        row.margin = row.margin.map(|margin| margin + sum.amount - sum.cost);
    }
}

fn share(part: Decimal, whole: Decimal) -> Option<Decimal> {
    (!whole.is_zero()).then(|| (part / whole).round_dp(4).normalize())
}

/// Sums of everybody whom others report to, with those others.
fn teams(by_employee: &[Row], line: &ReportingLine, whole: Decimal) -> Vec<Row> {
    let mut rows = vec![];
    for manager in line.managers() {
        let below = line.below(&manager);
        let of: Vec<&Row> = by_employee.iter().filter(|row| below.contains(row.key.as_str())).collect();
        if of.is_empty() {
            continue;
        }
        let amount: Decimal = of.iter().map(|row| row.amount).sum();
        rows.push(Row {
            name: line.name(&manager).to_owned(),
            key: manager,
            amount,
            overlay: of.iter().map(|row| row.overlay).sum(),
            margin: of.iter().map(|row| row.margin).sum(),
            lines: of.iter().map(|row| row.lines).sum(),
            share: share(amount, whole),
        });
    }
    rows.sort_by(|a, b| b.amount.cmp(&a.amount).then_with(|| a.key.cmp(&b.key)));
    rows
}

/// The tally alone, for whoever measures it.
///
/// # Errors
/// Those of [`Ground::prepare`].
pub fn tally_all(ground: &Ground, length: PeriodLength) -> Option<Tally> {
    let (from, to) = days_of(ground)?;
    Some(tally(ground, &Wanted { from, to: to.saturating_add(1.day()), length, by_account: false }))
}
