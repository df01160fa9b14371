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
use rustc_hash::FxHashSet;
use serde::Serialize;
use utoipa::ToSchema;

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

/// Sums of one employee, role, segment, … Decimals are in the company's currency.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ContributionRow)]
pub struct Row {
    /// The employee's id, the role, the segment, …
    pub key: String,
    pub name: String,
    /// Shared credits: a decimal.
    #[schema(value_type = String)]
    pub amount: Decimal,
    /// Credits beside the hundred percent: a decimal.
    #[schema(value_type = String)]
    pub overlay: Decimal,
    /// Shared credits less cost: a decimal; null where costs are not known.
    #[schema(value_type = Option<String>)]
    pub margin: Option<Decimal>,
    /// Order lines (returns are none) of which there is a part.
    pub lines: u64,
    /// Of all shared credits that are seen: a decimal from 0 to 1, to four places; null where they sum to nothing.
    #[schema(value_type = Option<String>)]
    pub share: Option<Decimal>,
}

/// Sales of one period, and how they changed. Decimals are in the company's currency.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = ContributionTrend)]
pub struct Trend {
    /// As 2026-Q1.
    pub period: String,
    /// Shared credits: a decimal.
    #[schema(value_type = String)]
    pub amount: Decimal,
    /// Of customers whose first order falls into the period: a decimal.
    #[schema(value_type = String)]
    pub new_customers: Decimal,
    /// Of all others: a decimal.
    #[schema(value_type = String)]
    pub kept_customers: Decimal,
    /// Against the period before: a decimal to four places, 0.1 is a tenth more; null where there is nothing before.
    #[schema(value_type = Option<String>)]
    pub change: Option<Decimal>,
}

/// What was contributed, seen from all sides. Whoever does not see everybody is told of the credits they see, and of nothing
/// else: what is not marked as the company's is counted over those alone.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Contribution {
    pub company: String,
    /// All amounts are in it, as ISO 4217 calls it.
    pub currency: String,
    /// The first day …
    #[schema(value_type = String, format = Date)]
    pub from: Date,
    /// … and the last.
    #[schema(value_type = String, format = Date)]
    pub to: Date,
    /// By what the trend is told.
    pub period: PeriodLength,
    /// Whether everybody's credits are in it, or only those of whom the caller sees.
    pub whole: bool,
    /// Order lines of which there is a part, returns among them.
    pub lines: u64,
    /// Those that are returns or cancellations.
    pub returns: u64,
    /// What the orders come to, credited or nobody's: a decimal.
    #[schema(value_type = String)]
    pub amount: Decimal,
    /// Somebody's: a decimal.
    #[schema(value_type = String)]
    pub credited: Decimal,
    /// Of roles that nobody held on the day: a decimal.
    #[schema(value_type = String)]
    pub nobody: Decimal,
    /// Credits beside the hundred percent: a decimal.
    #[schema(value_type = String)]
    pub overlay: Decimal,
    /// Of customers whose first order falls into the same period: a decimal.
    #[schema(value_type = String)]
    pub new_customers: Decimal,
    /// Of all others: a decimal.
    #[schema(value_type = String)]
    pub kept_customers: Decimal,
    /// The largest first, as all that follow.
    pub by_employee: Vec<Row>,
    /// Managers, with everybody who reports to them, directly or through others.
    pub by_team: Vec<Row>,
    pub by_role: Vec<Row>,
    pub by_segment: Vec<Row>,
    pub by_stage: Vec<Row>,
    pub by_product_line: Vec<Row>,
    pub by_territory: Vec<Row>,
    /// By period, the earliest first.
    pub trend: Vec<Trend>,
    /// How customers go from stage to stage; empty without `[sources.stages]`.
    pub stages: Vec<Stage>,
    /// What the territory explains and what the person; null without `credit.potential`.
    pub fair: Option<Fair>,
    /// Whether the territories themselves are fair; null without `credit.potential`.
    pub territories: Option<Territories>,
    /// What is wrong with the orders; told to whoever sees everybody.
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
    let known = |id: &String| Some(ground.employees.find(id)).filter(|number| *number != NONE);
    let only: Option<FxHashSet<u32>> = asked.only.as_ref().map(|ids| ids.iter().filter_map(known).collect());
    let by_account = potential.is_some() || only.is_some();
    let whole = tally(&ground, &Wanted { from, to: end, length, by_account, only: only.as_ref() });
    let line = ReportingLine::of(&project.snapshot.employees)?;
    let sees = |employee: u32| only.as_ref().is_none_or(|only| only.contains(&employee));
    let mut fair = None;
    let mut territories = None;
    if let Some(potential) = &potential {
        let expected = fair::expect(&ground, &whole, potential, (from, end));
        territories = Some(fairness::territories(&ground, &whole, &expected, workload.as_deref(), &sees));
        let found = fair::judge(&ground, &expected, &line);
        fair = Some(if only.is_some() { found.of(|id| sees(ground.employees.find(id))) } else { found });
    }
    let seen: Vec<(&Cell, &Sum)> = whole.cells.iter().filter(|(cell, _)| sees(cell.employee)).collect();
    let mut report = sums(&ground, &seen, &line, length, (from, to));
    (report.lines, report.returns) = (whole.lines, whole.returns);
    (report.fair, report.territories) = (fair, territories);
    let customers = Customers::of(&ground, &whole, only.as_ref(), (from, end));
    report.stages = funnel::stages(&ground, project.snapshot.others.get("stages"), (from, end), &customers)?;
    if let Some(ids) = &asked.only {
        // Of a team that is seen in part alone, its sum would say less than it seems to.
        report.by_team.retain(|row| ids.contains(&row.key));
    } else {
        report.findings = ground.findings;
    }
    report.whole = only.is_none();
    debug_assert!(only.is_some() || report.amount == whole.amount, "credits sum to the orders");
    Ok(report)
}

/// Whose accounts are told of.
pub struct Customers(Option<FxHashSet<u32>>);

impl Customers {
    /// Of some people: those whose role they hold on a day between two, or of whom they have a credit.
    fn of(ground: &Ground, tally: &Tally, only: Option<&FxHashSet<u32>>, (from, end): (Date, Date)) -> Customers {
        Customers(only.map(|only| {
            let credited = tally.by_account.keys().filter(|(_, employee)| only.contains(employee));
            let mut found: FxHashSet<u32> = credited.map(|(account, _)| *account).collect();
            found.extend(
                ground.held_between(from, end).filter(|(_, who)| only.contains(who)).map(|(account, _)| account),
            );
            found
        }))
    }

    pub fn include(&self, account: u32) -> bool {
        self.0.as_ref().is_none_or(|accounts| accounts.contains(&account))
    }
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
        whole: true,
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
    Some(tally(ground, &Wanted { from, to: to.saturating_add(1.day()), length, by_account: false, only: None }))
}
