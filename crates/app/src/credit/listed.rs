//! Credits one by one: the order lines behind a figure of [`crate::contribution`], so that every sum can be opened down to
//! what it is made of. What is asked for is what contribution sums by; all that is given has to fit.

use bailiwick_data::Table;
use bailiwick_domain::period::PeriodLength;
use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Ground;
use super::holdings::Holdings;
use super::rules::ByHand;
use super::tally::days_of;
use super::trace::{Credit, trace};
use crate::contribution::ReportingLine;
use crate::error::AppError;
use crate::project::Project;

/// Customers by the day of their first order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Customers {
    /// Their first order falls into the period of the credit.
    New,
    Kept,
}

/// Which credits are asked for.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The day of the first order there is when absent.
    pub from: Option<Date>,
    /// The last day; that of the last order when absent.
    pub to: Option<Date>,
    /// Employee id.
    pub employee: Option<String>,
    /// A manager's id: of whoever reports to them, directly or through others, and of their own.
    pub team: Option<String>,
    /// Of roles that nobody held.
    pub nobody: bool,
    pub role: Option<String>,
    pub segment: Option<String>,
    pub stage: Option<String>,
    pub product_line: Option<String>,
    pub territory: Option<String>,
    pub account: Option<String>,
    pub order: Option<String>,
    pub customers: Option<Customers>,
    /// Those beside the hundred percent, or the shared ones; both when absent.
    pub overlay: Option<bool>,
    /// Only these employees, by id; everybody when absent. What is nobody's is everybody's alone.
    pub only: Option<Vec<String>>,
}

/// A credit, with what its customer and employee are called.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Named {
    #[serde(flatten)]
    pub credit: Credit,
    pub account_name: String,
    pub employee_name: String,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    pub currency: String,
    pub from: Date,
    pub to: Date,
    /// Of all that fit: shared credits, and those beside them.
    pub amount: Decimal,
    pub overlay: Decimal,
    pub total: usize,
    /// By the day of the order, the newest first.
    pub credits: Vec<Named>,
}

/// Lists what fits, `limit` of them after the first `skip`.
///
/// # Errors
/// Those of [`Ground::prepare`], and if there is no order.
pub fn listed(
    project: &Project,
    holdings: Holdings,
    by_hand: &[ByHand],
    wanted: &Wanted,
    (skip, limit): (usize, usize),
) -> Result<Listed, AppError> {
    let ground = Ground::prepare(project, holdings, by_hand)?;
    let Some((first, last)) = days_of(&ground) else {
        return Err(AppError::Missing {
            message: String::from("there are no orders"),
            remedy: String::from("fill the source orders"),
        });
    };
    let (from, to) = (wanted.from.unwrap_or(first), wanted.to.unwrap_or(last));
    let line = ReportingLine::of(&project.snapshot.employees)?;
    let mut credits = trace(&ground, from, to.saturating_add(1.day()))?;
    let length = ground.credit.period;
    credits.retain(|credit| fits(credit, wanted, &line, length));
    credits.sort_by_key(|credit| std::cmp::Reverse(credit.date));
    let sum = |overlay: bool| credits.iter().filter(|one| one.overlay == overlay).map(|one| one.amount).sum();
    let (amount, overlay, total) = (sum(false), sum(true), credits.len());
    let names = AccountNames::of(&ground.accounts)?;
    let named = credits.into_iter().skip(skip).take(limit).map(|credit| Named {
        account_name: names.of_account(&ground, &credit.account),
        employee_name: credit.employee.as_deref().map(|id| line.name(id).to_owned()).unwrap_or_default(),
        credit,
    });
    let credits = named.collect();
    let currency = ground.policy.document.company.currency.get_ref().clone();
    Ok(Listed { currency, from, to, amount, overlay, total, credits })
}

fn fits(credit: &Credit, wanted: &Wanted, line: &ReportingLine, length: PeriodLength) -> bool {
    let same = |asked: &Option<String>, is: Option<&str>| asked.as_deref().is_none_or(|asked| is == Some(asked));
    let employee = credit.employee.as_deref();
    let is_new = credit.first_order.is_some_and(|first| length.holding(credit.date).contains(first));
    let seen = wanted.only.as_ref().is_none_or(|only| only.iter().any(|id| Some(id.as_str()) == employee));
    let of_team = |manager: &String| employee.is_some_and(|id| line.below(manager).contains(id));
    seen && same(&wanted.employee, employee)
        && wanted.team.as_ref().is_none_or(of_team)
        && !(wanted.nobody && employee.is_some())
        && same(&wanted.role, credit.role.as_deref())
        && same(&wanted.segment, Some(&credit.segment))
        && same(&wanted.stage, credit.stage.as_deref())
        && same(&wanted.product_line, credit.product_line.as_deref())
        && same(&wanted.territory, credit.territory.as_deref())
        && same(&wanted.account, Some(&credit.account))
        && same(&wanted.order, Some(&credit.order))
        && wanted.customers.is_none_or(|which| (which == Customers::New) == is_new)
        && wanted.overlay.is_none_or(|overlay| overlay == credit.overlay)
}

/// What accounts are called, by their row.
struct AccountNames(Vec<Option<String>>);

impl AccountNames {
    fn of(accounts: &Table) -> Result<AccountNames, AppError> {
        Ok(AccountNames(accounts.texts_if_any("name")?))
    }

    fn of_account(&self, ground: &Ground, id: &str) -> String {
        let row = ground.account_names.find(id) as usize;
        self.0.get(row).cloned().flatten().filter(|name| !name.is_empty()).unwrap_or_else(|| id.to_owned())
    }
}
