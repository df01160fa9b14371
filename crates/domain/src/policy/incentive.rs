//! `[incentives]`: what people earn for what they bring (SPEC 1.7).

use schemars::JsonSchema;
use serde::Deserialize;
use serde_spanned::Spanned;

use super::credit::Exact;
use super::document::{Expression, Many, OneOrMany, Text};
use crate::period::PeriodLength;

/// Pay by plan, period by period.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Incentives {
    /// `month`, `quarter` or `year`: by which pay is due.
    pub period: PeriodLength,
    /// A credit counts for the first plan of its employee that covers its role and segment.
    pub plans: Vec<IncentivePlan>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct IncentivePlan {
    #[schemars(with = "String")]
    pub name: Text,
    /// Credits of this role count; of every role when absent.
    #[schemars(with = "Option<String>")]
    pub role: Option<Text>,
    /// Credits of accounts in these segments count; of all when absent.
    #[serde(default)]
    #[schemars(with = "Option<OneOrMany>")]
    pub segment: Option<Many>,
    /// Who is paid by it: SQL condition over employee columns. Whoever has such credits when absent.
    #[schemars(with = "Option<String>")]
    pub staff: Option<Text>,
    /// In which it is stated and paid; the company's when absent.
    #[schemars(with = "Option<String>")]
    pub currency: Option<Text>,
    /// Whether quotas of joiners grow as `company.ramp_up` says.
    #[serde(default = "yes")]
    pub ramp: bool,
    /// At least so much a period.
    #[schemars(with = "Option<NumberOrText>")]
    pub guarantee: Option<Expression>,
    /// At most so much a period.
    #[schemars(with = "Option<NumberOrText>")]
    pub cap: Option<Expression>,
    pub parts: Vec<PlanPart>,
}

fn yes() -> bool {
    true
}

/// One measure, and what is paid for it.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlanPart {
    /// For the statement; the measure's name when absent.
    pub name: Option<String>,
    #[schemars(with = "Measure")]
    pub measure: Spanned<Measure>,
    /// Whose results count.
    #[serde(default)]
    pub of: Of,
    /// Only credits of these product lines.
    #[serde(default)]
    #[schemars(with = "Option<OneOrMany>")]
    pub product_line: Option<Many>,
    /// With `measure = "service"`: what was reached, an SQL expression over employee columns.
    #[schemars(with = "Option<NumberOrText>")]
    pub value: Option<Expression>,
    /// What is expected in a period: a number, or an SQL expression over employee columns.
    #[schemars(with = "Option<NumberOrText>")]
    pub quota: Option<Expression>,
    /// Pay for each unit of the measure: 0.02 for 2 % of sales, 100 for a new customer.
    #[schemars(with = "Option<NumberOrText>")]
    pub rate: Option<Expression>,
    /// Pay where the quota is just reached; in place of `rate`.
    #[schemars(with = "Option<NumberOrText>")]
    pub target: Option<Expression>,
    /// From which share of the quota on the rate is multiplied by what; 1 from 0 when absent.
    #[serde(default)]
    pub tiers: Vec<Tier>,
    /// Paid once in a period in which a share of the quota is reached.
    #[serde(default)]
    pub bonus: Vec<Bonus>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Credits.
    Revenue,
    /// Credits less the same share of the order's cost.
    Margin,
    /// Customers whose first order falls into the period.
    NewCustomers,
    /// Of the customers with credits in the period before, the share (0 to 1) that has some again.
    Retention,
    /// What another system measures: `value`.
    Service,
}

impl Measure {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Measure::Revenue => "revenue",
            Measure::Margin => "margin",
            Measure::NewCustomers => "new-customers",
            Measure::Retention => "retention",
            Measure::Service => "service",
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    #[default]
    Own,
    /// All who report to the same manager.
    Team,
    /// The employee and everybody below in the reporting line.
    Line,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// Share of the quota: 0.8 for 80 %.
    #[schemars(with = "f64")]
    pub from: Exact,
    /// By what the rate is multiplied: 0 pays nothing, 1.5 accelerates.
    #[schemars(with = "f64")]
    pub times: Exact,
}

#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bonus {
    /// Share of the quota: 1.2 for 120 %.
    #[schemars(with = "f64")]
    pub at: Exact,
    #[schemars(with = "f64")]
    pub pay: Exact,
}

/// For the schema only.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code)]
enum NumberOrText {
    Number(f64),
    Text(String),
}
