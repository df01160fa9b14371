//! `[credit]`: who has which part of an order (SPEC 1.2, 4.7).
//!
//! An order line belongs to the first rule that fits it, as an account to the first segment. The rule names roles (or
//! stages, which name roles) with **parts**: 70 and 30, or 1 and 1 and 1. Parts need not sum to anything, so that three
//! equal partners are no trouble; what each gets is exact to the cent (`apportion`).

use std::str::FromStr;

use indexmap::IndexMap;
use rust_decimal::Decimal;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};

use super::document::{Expression, Many, OneOrMany, Text};
use crate::period::PeriodLength;

/// A number as it is written, to its last digit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(pub Decimal);

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Exact;
            fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                f.write_str("a number")
            }
            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Exact, E> {
                Ok(Exact(number.into()))
            }
            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Exact, E> {
                Ok(Exact(number.into()))
            }
            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Exact, E> {
                // The shortest text that reads back as the same number: what was written.
                let text = number.to_string();
                Decimal::from_str(&text)
                    .map(Exact)
                    .map_err(|_| E::invalid_value(de::Unexpected::Float(number), &"a number of at most 28 digits"))
            }
        }
        deserializer.deserialize_any(Visitor)
    }
}

/// Who has which part of an order.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CreditPolicy {
    /// By what contribution is told and periods are closed: `month`, `quarter` or `year`.
    pub period: PeriodLength,
    /// Role = the column of an order that names who had it. Where it is filled in, it is who has the part of the role;
    /// elsewhere it is whoever holds the role on the day of the order.
    #[schemars(with = "IndexMap<String, String>")]
    pub named: IndexMap<Text, Text>,
    /// The part of whoever found the customer.
    pub hunter: Option<Hunter>,
    /// Orders under way when an account changes hands.
    pub holdover: Option<Holdover>,
    /// Percent of an absent holder's part that goes to whoever stands in on the day; none when absent.
    #[schemars(with = "Option<f64>")]
    pub substitute: Option<Exact>,
    /// What becomes of the part of a role that nobody holds.
    pub vacant: Vacant,
    /// What an account could buy a year: a measure, or an SQL expression over account columns. For what is fair.
    #[schemars(with = "Option<String>")]
    pub potential: Option<Expression>,
    /// The work that an account makes: a measure, or an SQL expression over account columns. For what is fair.
    #[schemars(with = "Option<String>")]
    pub workload: Option<Expression>,
    /// An order line belongs to the first that fits it.
    pub rules: Vec<CreditRule>,
    /// Orders divided by hand.
    pub splits: Vec<Split>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Vacant {
    /// It stays visible as nobody's.
    #[default]
    Nobody,
    /// The other roles of the rule share it by their parts.
    Others,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hunter {
    #[schemars(with = "String")]
    pub role: Text,
    /// The role has its part for so many months from the account's first order, and none after: the others share it.
    /// Whoever held the role on the day of the first order keeps it, also when the role changes hands.
    pub months: u32,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Holdover {
    /// So many days after a move the earlier holder still has a part. Where orders tell when the deal began
    /// (`opened_on`), only of deals begun before the move.
    pub days: u32,
    /// Percent of the role's part; all of it when absent.
    #[serde(default = "hundred")]
    #[schemars(with = "f64")]
    pub percent: Exact,
}

fn hundred() -> Exact {
    Exact(Decimal::ONE_HUNDRED)
}

/// Which roles share an order line, and by which parts.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CreditRule {
    #[schemars(with = "String")]
    pub name: Text,
    /// Segments of the account; all when absent.
    #[serde(default)]
    #[schemars(with = "Option<OneOrMany>")]
    pub segment: Option<Many>,
    #[serde(default)]
    #[schemars(with = "Option<OneOrMany>")]
    pub product_line: Option<Many>,
    /// SQL condition over the columns of orders.
    #[schemars(with = "Option<String>")]
    pub when: Option<Text>,
    /// Role = part.
    #[serde(default)]
    #[schemars(with = "IndexMap<String, f64>")]
    pub share: IndexMap<Text, Exact>,
    /// Stage = part; the stage's role has it.
    #[serde(default)]
    #[schemars(with = "IndexMap<String, f64>")]
    pub stages: IndexMap<Text, Exact>,
    /// Role = percent of the order, beside the hundred that are shared: for specialists and leaders.
    #[serde(default)]
    #[schemars(with = "IndexMap<String, f64>")]
    pub overlay: IndexMap<Text, Exact>,
}

/// An order divided by hand.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Split {
    #[schemars(with = "String")]
    pub order: Text,
    /// One line of it; all when absent.
    pub line: Option<String>,
    /// Employee = part.
    #[schemars(with = "IndexMap<String, f64>")]
    pub share: IndexMap<Text, Exact>,
    pub reason: String,
}
