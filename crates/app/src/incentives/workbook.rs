//! Statements as a workbook: a sheet of pay, one of the parts it comes from, one of every credit. Texts are written as texts,
//! which no program computes; amounts as numbers with two digits.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use super::statement::Statement;
use crate::error::AppError;

/// A cell.
enum Cell {
    Text(String),
    /// Shown to the cent.
    Amount(Decimal),
    /// Shown as it is.
    Number(Decimal),
    Nothing,
}

fn text(text: impl AsRef<str>) -> Cell {
    if text.as_ref().is_empty() { Cell::Nothing } else { Cell::Text(text.as_ref().to_owned()) }
}

/// # Errors
/// If a sheet would be too long.
pub fn workbook(statements: &[Statement]) -> Result<Vec<u8>, AppError> {
    let told = |error: XlsxError| AppError::Usage {
        message: format!("the workbook cannot be made: {error}"),
        remedy: String::from("ask for one employee, or for --format csv: a sheet holds a million rows"),
    };
    let mut book = Workbook::new();
    let pay = statements.iter().flat_map(|statement| {
        statement.pay.iter().map(|money| {
            vec![
                text(&statement.employee),
                text(&statement.name),
                text(statement.period.to_string()),
                text(if statement.closed { "closed" } else { "open" }),
                Cell::Amount(money.amount),
                text(&money.currency),
            ]
        })
    });
    let header = ["employee_id", "employee", "period", "state", "pay", "currency"];
    sheet(book.add_worksheet(), "Pay", &header, pay).map_err(told)?;
    let header = [
        "employee_id",
        "plan",
        "currency",
        "part",
        "measure",
        "of",
        "value",
        "quota",
        "attainment",
        "from",
        "units",
        "times",
        "rate",
        "target",
        "pay",
    ];
    sheet(book.add_worksheet(), "Parts", &header, parts(statements).into_iter()).map_err(told)?;
    let header = [
        "employee_id",
        "order_id",
        "line",
        "kind",
        "reference",
        "date",
        "account_id",
        "segment",
        "product_line",
        "role",
        "stage",
        "rule",
        "why",
        "assignment",
        "overlay",
        "line_amount",
        "share",
        "credit",
    ];
    let credits = statements.iter().flat_map(|statement| {
        statement.credits.iter().map(|credit| {
            vec![
                text(credit.employee.as_deref().unwrap_or_default()),
                text(&credit.order),
                text(&credit.line),
                text(&credit.kind),
                text(credit.reference.as_deref().unwrap_or_default()),
                text(credit.date.to_string()),
                text(&credit.account),
                text(&credit.segment),
                text(credit.product_line.as_deref().unwrap_or_default()),
                text(credit.role.as_deref().unwrap_or_default()),
                text(credit.stage.as_deref().unwrap_or_default()),
                text(&credit.rule),
                text(credit.why.word()),
                text(credit.assignment.as_deref().or(credit.reason.as_deref()).unwrap_or_default()),
                text(if credit.overlay { "overlay" } else { "" }),
                Cell::Amount(credit.line_amount),
                Cell::Number(credit.share),
                Cell::Amount(credit.amount),
            ]
        })
    });
    sheet(book.add_worksheet(), "Credits", &header, credits).map_err(told)?;
    book.save_to_buffer().map_err(told)
}

fn parts(statements: &[Statement]) -> Vec<Vec<Cell>> {
    let mut rows = vec![];
    let maybe = |value: Option<Decimal>| value.map_or(Cell::Nothing, Cell::Number);
    for statement in statements {
        for plan in &statement.plans {
            let mut row = |name: &str, cells: Vec<Cell>| {
                let mut row = vec![text(&statement.employee), text(&plan.plan), text(&plan.currency), text(name)];
                row.extend(cells);
                rows.push(row);
            };
            for part in &plan.parts {
                let whose = || vec![text(&part.measure), text(&part.of), Cell::Amount(part.value), maybe(part.quota)];
                for step in &part.earned.steps {
                    let mut cells = whose();
                    cells.extend([
                        maybe(part.earned.attainment),
                        Cell::Number(step.from),
                        Cell::Amount(step.units),
                        Cell::Number(step.times),
                        maybe(part.rate),
                        maybe(part.target),
                        Cell::Amount(step.pay),
                    ]);
                    row(&part.name, cells);
                }
                for bonus in &part.earned.bonuses {
                    let mut cells = whose();
                    cells.extend([maybe(part.earned.attainment), Cell::Number(bonus.at)]);
                    cells.extend((0..4).map(|_| Cell::Nothing));
                    cells.push(Cell::Amount(bonus.pay));
                    row(&format!("{}: bonus", part.name), cells);
                }
            }
            for (name, value) in [("guarantee", plan.guarantee), ("cap", -plan.cap)] {
                if !value.is_zero() {
                    let mut cells: Vec<Cell> = (0..10).map(|_| Cell::Nothing).collect();
                    cells.push(Cell::Amount(value));
                    row(name, cells);
                }
            }
        }
        for one in &statement.adjustments {
            let mut cells = vec![text(&statement.employee), text(""), text(&one.currency)];
            cells.push(text(format!("dispute {}: {}", one.dispute, one.reason)));
            cells.extend((0..10).map(|_| Cell::Nothing));
            cells.push(Cell::Amount(one.amount));
            rows.push(cells);
        }
    }
    rows
}

fn sheet(
    page: &mut Worksheet,
    name: &str,
    header: &[&str],
    rows: impl Iterator<Item = Vec<Cell>>,
) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let cents = Format::new().set_num_format("#,##0.00");
    page.set_name(name)?;
    for (column, title) in (0..).zip(header) {
        page.write_string_with_format(0, column, *title, &bold)?;
    }
    page.set_freeze_panes(1, 0)?;
    for (row, cells) in (1..).zip(rows) {
        for (column, cell) in (0..).zip(cells) {
            match cell {
                Cell::Nothing => {}
                Cell::Text(text) => {
                    page.write_string(row, column, &text)?;
                }
                Cell::Amount(value) => {
                    page.write_number_with_format(row, column, value.to_f64().unwrap_or_default(), &cents)?;
                }
                Cell::Number(value) => {
                    page.write_number(row, column, value.to_f64().unwrap_or_default())?;
                }
            }
        }
    }
    page.autofit();
    Ok(())
}
