//! Closed quarters, disputes and orders divided by hand. The last closed quarter is corrected afterwards, in the open one.

use bailiwick_domain::dispute::{Dispute, DisputeState};
use bailiwick_domain::period::Period;
use bailiwick_domain::split::CreditSplit;
use bailiwick_store::Ledger;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use super::{at, read};
use crate::credit::trace::Credit;
use crate::error::AppError;
use crate::incentives::statement::Statement;
use crate::pay;
use crate::project::Project;

/// Who settles, and divides by hand.
const DIRECTOR: &str = "E-002";

/// The second and third quarter of 2025, a dispute that was granted, and an order divided by hand.
pub async fn until_the_plan(ledger: &Ledger, project: &Project) -> Result<(), AppError> {
    close(ledger, project, "2025-Q2", date(2025, 7, 15)).await?;
    let third = close(ledger, project, "2025-Q3", date(2025, 10, 15)).await?;
    if let Some((statement, credit)) = of_sellers(&third).first() {
        let claim = "I prepared the offer before the account went to a colleague";
        let number = open(ledger, statement, Some(credit), claim, date(2025, 10, 20)).await?;
        let granted = Some(Decimal::from(120));
        let answer = "The offer is on record: half of the commission is paid";
        ledger.settle_dispute(number, granted, answer, DIRECTOR, at(date(2025, 11, 5), 9)).await?;
    }
    // What is sold in the fourth quarter is known as it stands; it is closed later.
    let fourth = pay::statements_with(ledger, project, read::<Period>("2025-Q4")?).await?;
    divide(ledger, &of_sellers(&fourth), 0, date(2025, 12, 10)).await
}

/// The fourth quarter, what was found after it was closed, and the disputes about the first of 2026, which is open.
pub async fn since_the_plan(ledger: &Ledger, project: &Project, now: Timestamp) -> Result<(), AppError> {
    if now < at(date(2026, 5, 1), 0) {
        return Ok(());
    }
    let fourth = close(ledger, project, "2025-Q4", date(2026, 1, 15)).await?;
    divide(ledger, &of_sellers(&fourth), 2, date(2026, 2, 3)).await?;
    let first = pay::statements_with(ledger, project, read::<Period>("2026-Q1")?).await?;
    let sellers = of_sellers(&first);
    let mut claims = sellers.iter().zip([
        "The customer was mine when the deal began",
        "The returned part of the order was replaced by another delivery",
        "My quota does not count the weeks in which I stood in for a colleague",
    ]);
    if let Some(((statement, credit), claim)) = claims.next() {
        open(ledger, statement, Some(credit), claim, date(2026, 4, 10)).await?;
    }
    if let Some(((statement, credit), claim)) = claims.next() {
        let number = open(ledger, statement, Some(credit), claim, date(2026, 4, 13)).await?;
        let answer = "We ask the warehouse which order it belongs to";
        ledger.answer_dispute(number, answer, DIRECTOR, at(date(2026, 4, 15), 10)).await?;
    }
    if let Some(((statement, _), claim)) = claims.next() {
        let number = open(ledger, statement, None, claim, date(2026, 4, 14)).await?;
        let answer = "Substitutes have half of the credit for those weeks already";
        ledger.settle_dispute(number, None, answer, DIRECTOR, at(date(2026, 4, 20), 10)).await?;
    }
    Ok(())
}

async fn close(ledger: &Ledger, project: &Project, text: &str, on: Date) -> Result<Vec<Statement>, AppError> {
    pay::close(ledger, project, read::<Period>(text)?, DIRECTOR, at(on, 9)).await
}

/// Those who sold something, each with the largest order of theirs, by employee.
fn of_sellers(statements: &[Statement]) -> Vec<(&Statement, &Credit)> {
    let largest = |statement: &Statement| -> Option<usize> {
        let sold = statement.credits.iter().enumerate().filter(|(_, credit)| {
            credit.kind == "order" && !credit.overlay && credit.role.as_deref() == Some("sales-specialist")
        });
        sold.max_by_key(|(place, credit)| (credit.amount, std::cmp::Reverse(*place))).map(|(place, _)| place)
    };
    let with = statements.iter().filter(|statement| !statement.employee.is_empty() && !statement.plans.is_empty());
    with.filter_map(|statement| Some((statement, &statement.credits[largest(statement)?]))).collect()
}

async fn open(
    ledger: &Ledger,
    statement: &Statement,
    credit: Option<&&Credit>,
    claim: &str,
    on: Date,
) -> Result<u64, AppError> {
    let employee = read(&statement.employee)?;
    let dispute = Dispute {
        employee,
        period: statement.period,
        order: credit.map(|credit| credit.order.clone()),
        line: None,
        claim: claim.to_owned(),
        answer: None,
        state: DisputeState::Open,
        amount: None,
        opened_by: statement.employee.clone(),
    };
    Ok(ledger.open_dispute(dispute, &statement.employee, at(on, 9)).await?.number)
}

/// Divides the largest order of one of them between them and the next.
async fn divide(ledger: &Ledger, sellers: &[(&Statement, &Credit)], place: usize, on: Date) -> Result<(), AppError> {
    let [(statement, credit), (other, _), ..] = sellers.get(place..).unwrap_or_default() else { return Ok(()) };
    let part = |statement: &Statement, part: u32| -> Result<_, AppError> {
        Ok((read(&statement.employee)?, Decimal::from(part)))
    };
    let split = CreditSplit {
        order: credit.order.clone(),
        line: None,
        parts: vec![part(statement, 60)?, part(other, 40)?],
        reason: String::from("Both negotiated the contract"),
        active: true,
    };
    ledger.split_credit(split, DIRECTOR, at(on, 9)).await?;
    Ok(())
}
