//! What the policy says of service, skills and strategy: `[business_hours]`, `[service_levels]`, `[skills]`, `[strategy]`.
//!
//! A segment's own `service` is a promise of the segment; `[service_levels]` says it role by role, or stage by stage. What
//! both come to for one segment and role is [`Policy::promise`](super::Policy::promise).

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_spanned::Spanned;

use super::document::{Expression, Many, Text};

/// A number with its place in the file.
pub type Number = Spanned<f64>;

/// When somebody answers; response times count these hours.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BusinessHours {
    /// `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`.
    #[schemars(with = "Vec<String>")]
    pub days: Vec<Text>,
    /// As in `09:00`, local to the company.
    #[schemars(with = "String")]
    pub from: Text,
    #[schemars(with = "String")]
    pub to: Text,
    /// Days on which nobody is there, as in `2026-03-03`.
    #[schemars(with = "Vec<String>")]
    pub holidays: Vec<Text>,
}

impl Default for BusinessHours {
    fn default() -> Self {
        let unwritten = |text: &str| Spanned::new(0..0, text.to_owned());
        BusinessHours {
            days: ["mon", "tue", "wed", "thu", "fri"].map(unwritten).to_vec(),
            from: unwritten("09:00"),
            to: unwritten("17:00"),
            holidays: vec![],
        }
    }
}

/// What the accounts of one segment are promised, by role and by stage.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ServiceLevel {
    #[schemars(with = "IndexMap<String, Level>")]
    pub roles: IndexMap<Text, Level>,
    /// By the name of a stage: the promise is kept by the role that answers for it.
    #[schemars(with = "IndexMap<String, Level>")]
    pub stages: IndexMap<Text, Level>,
}

/// One promise.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Level {
    /// Business hours until somebody answers.
    #[schemars(with = "Option<f64>")]
    pub response_hours: Option<Number>,
    /// The share of answers and contacts that has to be in time: 0.9 when absent.
    #[schemars(with = "Option<f64>")]
    pub share: Option<Number>,
    /// Requests that an account sends a year.
    #[schemars(with = "Option<f64>")]
    pub responses_per_year: Option<Number>,
    #[schemars(with = "Option<f64>")]
    pub hours_per_response: Option<Number>,
    #[schemars(with = "Option<f64>")]
    pub contacts_per_year: Option<Number>,
    #[schemars(with = "Option<f64>")]
    pub hours_per_contact: Option<Number>,
    /// Skills an employee must hold to serve it in this role: name = least level.
    #[schemars(with = "IndexMap<String, f64>")]
    pub qualification: IndexMap<Text, Number>,
}

impl Level {
    /// Every number that is stated, with its key.
    pub fn numbers(&self) -> impl Iterator<Item = (&'static str, &Number)> {
        let numbers = [
            ("response_hours", &self.response_hours),
            ("share", &self.share),
            ("responses_per_year", &self.responses_per_year),
            ("hours_per_response", &self.hours_per_response),
            ("contacts_per_year", &self.contacts_per_year),
            ("hours_per_contact", &self.hours_per_contact),
        ];
        numbers.into_iter().filter_map(|(key, number)| number.as_ref().map(|number| (key, number)))
    }
}

/// What customers demand of those who serve them, and what it costs to have it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Skills {
    /// The region of an account: an SQL expression over account columns and principles; the principle `geography` when
    /// absent, if there is one.
    #[schemars(with = "Option<String>")]
    pub region: Option<Text>,
    /// What an account brings a year: a measure or an SQL expression; `sales` of `[sizing.roles]` when absent.
    #[schemars(with = "Option<super::document::NumberOrText>")]
    pub revenue: Option<Expression>,
    /// What it costs to raise somebody by one level of one skill.
    #[schemars(with = "Option<f64>")]
    pub training_cost: Option<Number>,
    /// What it costs to find and take on somebody, beside a year's `cost` of `[sizing.roles]`.
    #[schemars(with = "Option<f64>")]
    pub hiring_cost: Option<Number>,
    pub demands: Vec<Demand>,
}

/// Accounts that want somebody who holds a skill at a level.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    #[schemars(with = "String")]
    pub skill: Text,
    /// The least level; 1 when absent.
    #[schemars(with = "Option<f64>")]
    pub level: Option<Number>,
    /// Which accounts: an SQL condition over account columns and principles. All when absent.
    #[schemars(with = "Option<String>")]
    pub when: Option<Text>,
    /// One segment or several; all when absent.
    #[schemars(with = "Option<super::document::OneOrMany>")]
    pub segment: Option<Many>,
    /// Of whoever holds this role; every role when absent.
    #[schemars(with = "Option<String>")]
    pub role: Option<Text>,
    /// Of whoever sells this product line; every one when absent.
    #[schemars(with = "Option<String>")]
    pub product_line: Option<Text>,
}

/// Where a company wants its people's time to go.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Strategy {
    /// Segment = the share of all effort that is meant for it: 0.4 for 40 %.
    #[schemars(with = "IndexMap<String, f64>")]
    pub effort: IndexMap<Text, Number>,
    /// How far from its share a segment may be without a word: 0.05 when absent.
    #[schemars(with = "Option<f64>")]
    pub tolerance: Option<Number>,
}
