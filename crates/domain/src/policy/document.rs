//! `bailiwick.toml` as it is written: names, texts and numbers with the place in the file each came from.
//!
//! Nothing here is resolved against data. Fields that hold an SQL expression are [`Text`]; what an expression may name is
//! said beside the field. [`super::check`] says what is wrong with a document on its own; the linter of the `app` crate
//! says what is wrong with it against the data.

use std::collections::BTreeMap;

use indexmap::IndexMap;
use jiff::ToSpan;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de};
use serde_spanned::Spanned;

use super::people::{BusinessHours, ServiceLevel, Skills, Strategy};

/// A text with its place in the file.
pub type Text = Spanned<String>;

/// The whole policy file.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    #[serde(default)]
    pub company: Company,
    /// Where the data comes from. `accounts` and `employees` are needed; `assignments` (who holds what today), `orders`,
    /// `contacts` and `pins` have a meaning of their own; any other name can be used in the SQL of another source.
    #[schemars(with = "IndexMap<String, Source>")]
    pub sources: IndexMap<Text, Source>,
    /// Ways to divide accounts (SPEC 2). Each becomes a column that conditions can use.
    #[serde(default)]
    #[schemars(with = "IndexMap<String, Principle>")]
    pub principles: IndexMap<Text, Principle>,
    /// Numbers per account that can be balanced: name = SQL expression over account columns. `count` is always there.
    #[serde(default)]
    #[schemars(with = "IndexMap<String, String>")]
    pub measures: IndexMap<Text, Text>,
    /// What a role is for (SPEC 3.2). A role that coverage names needs no entry here.
    #[serde(default)]
    #[schemars(with = "IndexMap<String, Role>")]
    pub roles: IndexMap<Text, Role>,
    /// Product groups sold by different people (SPEC 2.3).
    #[serde(default)]
    #[schemars(with = "IndexMap<String, ProductLine>")]
    pub product_lines: IndexMap<Text, ProductLine>,
    /// Ordered stages of work with a customer, each with the role that answers for it (SPEC 3.4).
    #[serde(default)]
    pub processes: Vec<Process>,
    /// An account is in the first that matches; without any there is one, "All".
    #[serde(default)]
    pub segments: Vec<Segment>,
    /// How each role is served in each segment.
    #[serde(default)]
    pub coverage: Vec<Coverage>,
    /// Groups of companies and the chain of distribution (SPEC 2.5).
    #[serde(default)]
    pub groups: Groups,
    /// When somebody answers: response times count these hours.
    #[serde(default)]
    pub business_hours: BusinessHours,
    /// What the accounts of a segment are promised, by role and by stage (SPEC 1.6).
    #[serde(default)]
    #[schemars(with = "IndexMap<String, ServiceLevel>")]
    pub service_levels: IndexMap<Text, ServiceLevel>,
    /// What customers demand of those who serve them (SPEC 4.8).
    pub skills: Option<Skills>,
    /// Where the people's time is to go (SPEC 3.5).
    pub strategy: Option<Strategy>,
    /// How many employees the roles need, and what one more would bring (SPEC 3.5).
    pub sizing: Option<Sizing>,
    /// Who has which part of an order (SPEC 1.2).
    pub credit: Option<super::credit::CreditPolicy>,
    /// What people earn for what they bring (SPEC 1.7).
    pub incentives: Option<super::incentive::Incentives>,
    /// Assignments the optimiser may not change.
    #[serde(default)]
    pub pins: Vec<Pin>,
}

#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Company {
    pub name: String,
    /// ISO 4217.
    #[schemars(with = "String")]
    pub currency: Text,
    /// IANA name; local dates are in this zone.
    #[schemars(with = "String")]
    pub time_zone: Text,
    /// Language of reports: `en` or `bg`.
    pub language: Language,
    /// The share of a full load that joiners bear in the first, second, … month after their `start_date`; all of it then.
    #[schemars(with = "Vec<f64>")]
    pub ramp_up: Vec<Spanned<f64>>,
}

impl Company {
    /// The share of a full load that somebody bears on a day who began on `start`.
    #[must_use]
    pub fn share_of_joiner(&self, start: jiff::civil::Date, on: jiff::civil::Date) -> f64 {
        let begins = |month: usize| i64::try_from(month).ok().map(|month| start.saturating_add(month.months()));
        let month = (1..=self.ramp_up.len()).find(|&month| begins(month).is_some_and(|next| on < next));
        month.map_or(1.0, |month| *self.ramp_up[month - 1].get_ref())
    }
}

impl Default for Company {
    fn default() -> Self {
        let unwritten = |text: &str| Spanned::new(0..0, text.to_owned());
        Company {
            name: String::new(),
            currency: unwritten("EUR"),
            time_zone: unwritten("UTC"),
            language: Language::En,
            ramp_up: vec![],
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    En,
    Bg,
}

/// One table of input: a file, or a query over files and other sources.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// Path relative to the policy file; may hold `*`. Its ending tells the format unless `format` does.
    #[schemars(with = "Option<String>")]
    pub file: Option<Text>,
    /// A query over other sources by name and over files by quoted path: `SELECT … FROM 'orders.csv'`.
    #[schemars(with = "Option<String>")]
    pub sql: Option<Text>,
    pub format: Option<Format>,
    /// One character; found by itself when absent.
    pub delimiter: Option<char>,
    /// `utf-8`, `utf-16le`, `utf-16be`, `windows-1251`, …; found by itself when absent.
    #[schemars(with = "Option<String>")]
    pub encoding: Option<Text>,
    /// `.` or `,`; found by itself when absent.
    pub decimal: Option<char>,
    /// Sheet of a workbook; the first when absent.
    pub sheet: Option<String>,
    /// Column of ours = column of the file, or an SQL expression over the file's columns.
    #[serde(default)]
    #[schemars(with = "IndexMap<String, String>")]
    pub columns: IndexMap<Text, Text>,
    /// Type of a column, where it must not be guessed.
    #[serde(default)]
    #[schemars(with = "IndexMap<String, ColumnType>")]
    pub types: IndexMap<Text, ColumnType>,
    /// How dates are written, as in `%d.%m.%Y`; ISO 8601 and the usual forms are found by themselves.
    pub date_format: Option<String>,
    /// Rows with an error stop the work (`refuse`, the default) or are left out and written to the file of rejects (`skip`).
    #[serde(default)]
    pub on_error: OnError,
    /// Upper bound of the unpacked size in bytes; 4 GiB when absent.
    pub max_bytes: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Csv,
    Parquet,
    Jsonl,
    Xlsx,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    Text,
    Number,
    Integer,
    Date,
    Timestamp,
    Boolean,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    #[default]
    Refuse,
    Skip,
}

/// A principle of division: an expression, or a score made into classes.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum Principle {
    /// An SQL expression over account columns, often just a column.
    Expression(#[schemars(with = "String")] Text),
    Score(Score),
}

impl<'de> Deserialize<'de> for Principle {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match text_or(deserializer)? {
            TextOr::Text(text) => Principle::Expression(text),
            TextOr::Table(score) => Principle::Score(score),
        })
    }
}

/// Importance from several weighted parameters (SPEC 2.4).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// Parameter (SQL expression over account columns) = weight. Weights need not sum to one; negative weights count against.
    #[schemars(with = "IndexMap<String, f64>")]
    pub score: IndexMap<Text, f64>,
    /// Class = the least value that belongs to it. An account is in the highest class it reaches.
    #[schemars(with = "IndexMap<String, f64>")]
    pub classes: IndexMap<Text, f64>,
    /// What `classes` compares with: the account's percentile among all (0 to 1), or the score itself.
    #[serde(default)]
    pub by: ClassBy,
    /// How parameters are made comparable before they are weighted.
    #[serde(default)]
    pub scale: Scale,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ClassBy {
    /// Share of accounts with a lower score: 0.95 keeps the best 5 %.
    #[default]
    Percentile,
    /// The weighted score itself.
    Threshold,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Scale {
    /// Each parameter's percentile rank, 0 to 1: no outlier rules.
    #[default]
    Rank,
    /// Each parameter divided by its largest value.
    Max,
    /// As it is.
    None,
}

/// A role in the management sense (SPEC 3.2): its main goal and the tasks done within it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Role {
    pub title: String,
    /// The title in other languages: `titles = { bg = "…" }`. Pages show the one of whoever reads.
    pub titles: BTreeMap<Language, String>,
    pub goal: String,
    pub tasks: Vec<String>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductLine {
    #[serde(default)]
    pub title: String,
    /// Which accounts buy it: SQL condition over account columns and principles. All when absent.
    #[schemars(with = "Option<String>")]
    pub when: Option<Text>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Process {
    #[schemars(with = "String")]
    pub name: Text,
    /// Segments whose accounts go through it; all when absent.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub segments: Vec<Text>,
    pub stages: Vec<Stage>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    #[schemars(with = "String")]
    pub name: Text,
    /// The role that answers for it.
    #[schemars(with = "Option<String>")]
    pub role: Option<Text>,
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    #[schemars(with = "String")]
    pub name: Text,
    /// SQL condition over account columns and principles.
    #[schemars(with = "String")]
    pub when: Text,
    /// What an account of the segment is promised.
    #[serde(default)]
    pub service: Option<Service>,
}

/// A service level (SPEC 1.6).
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Service {
    pub response_hours: Option<f64>,
    pub contacts_per_year: Option<f64>,
    pub hours_per_contact: Option<f64>,
    /// Skills an employee must hold to serve it: name = least level.
    pub qualification: IndexMap<String, f64>,
}

/// How one role is served in one or more segments.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Coverage {
    /// One segment, several, or all when absent. Several segments make one pool.
    #[serde(default)]
    #[schemars(with = "Option<OneOrMany>")]
    pub segment: Option<Many>,
    #[schemars(with = "String")]
    pub role: Text,
    /// One responsible person for each product line named.
    #[serde(default)]
    #[schemars(with = "Option<OneOrMany>")]
    pub product_line: Option<Many>,
    /// Narrows the accounts further: SQL condition over account columns and principles.
    #[schemars(with = "Option<String>")]
    pub when: Option<Text>,
    /// Who may serve: SQL condition over employee columns. All when absent.
    #[schemars(with = "Option<String>")]
    pub staff: Option<Text>,
    pub divide: Divide,
    /// Measure = tolerance around the mean share, 0.05 for ± 5 %.
    #[serde(default)]
    #[schemars(with = "IndexMap<String, f64>")]
    pub balance: IndexMap<Text, f64>,
    /// How much one employee can take.
    pub capacity: Option<Capacity>,
    /// How what arrives is shared, where the form leaves a choice: `least-loaded`, `rotation`, or with weights, as in
    /// `{ rotation = "capacity" }`. As the form divides, when absent.
    pub arrivals: Option<Arrivals>,
    /// `together`: the members of a group of companies have one owner.
    pub groups: Option<GroupRule>,
    /// What an existing relationship is worth.
    pub keep: Option<Keep>,
    #[serde(default)]
    pub pins: Vec<Pin>,
}

/// Exactly one form is given (DESIGN 3).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Divide {
    /// An employee's id, or an SQL condition over employees that one person meets.
    #[schemars(with = "Option<String>")]
    pub to: Option<Text>,
    /// One seat a value of an SQL expression over account columns. An employee for whom the same expression over employee
    /// columns has the value sits there; free seats go to free employees.
    #[schemars(with = "Option<String>")]
    pub by: Option<Text>,
    pub territories: Option<Territories>,
    pub fit: Option<Fit>,
    /// Equal load without geography: measure = tolerance.
    #[serde(default)]
    #[schemars(with = "Option<IndexMap<String, f64>>")]
    pub balance: Option<IndexMap<Text, f64>>,
    /// The holder of another role, or `parent`: of the head of the account's group.
    #[schemars(with = "Option<String>")]
    pub same_as: Option<Text>,
    /// With `by`: the seat of an employee, an SQL expression over employee columns.
    #[schemars(with = "Option<String>")]
    pub seat: Option<Text>,
}

/// Compact territories, balanced on several measures.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Territories {
    #[serde(default)]
    #[schemars(with = "IndexMap<String, f64>")]
    pub balance: IndexMap<Text, f64>,
    #[serde(default)]
    pub contiguous: bool,
    /// How many: a number, or `sized` for the best number by `[sizing]`; one an employee when absent.
    #[schemars(with = "Option<NumberOrText>")]
    pub count: Option<Expression>,
    /// What a kilometre to an account counts: a measure. The first balanced measure when absent, else `count`.
    #[schemars(with = "Option<String>")]
    pub weight: Option<Text>,
    /// `compact`: around a centre of its own; `home`: around where the employee lives.
    #[serde(default)]
    pub around: Around,
    /// What goes to one employee as a whole, such as a postcode or a district: an SQL expression over account columns.
    #[schemars(with = "Option<String>")]
    pub unit: Option<Text>,
    /// The shapes of the units: those that share a border are neighbours.
    pub shapes: Option<Shapes>,
    /// A CSV file of neighbouring units, two names a row under a header; the path is relative to the policy file.
    #[schemars(with = "Option<String>")]
    pub neighbours: Option<Text>,
    /// Minutes on the road instead of kilometres as the crow flies.
    pub drive: Option<Drive>,
}

/// How long it takes from place to place.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Drive {
    /// A CSV file of ways: from, to and minutes under a header, in both directions unless the other is listed too; the path
    /// is relative to the policy file. Between other places the quickest way along listed ones counts.
    #[schemars(with = "String")]
    pub file: Text,
    /// The place of an account, such as its postcode: an SQL expression over account columns.
    #[schemars(with = "String")]
    pub place: Text,
    /// With `around = "home"`: the place where an employee lives, an SQL expression over employee columns. The same as
    /// `place` when absent.
    #[schemars(with = "Option<String>")]
    pub home: Option<Text>,
}

/// A GeoJSON file of polygons.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shapes {
    /// Path relative to the policy file.
    #[schemars(with = "String")]
    pub file: Text,
    /// The property of a shape that names its unit.
    #[schemars(with = "String")]
    pub property: Text,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Around {
    #[default]
    Compact,
    Home,
}

/// The best match of skills within capacity.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Fit {
    /// Account columns or principles whose value is a skill (or language) that an employee holds at a level, or
    /// `product_line` for the line covered.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub skills: Vec<Text>,
    /// The same, but an employee without the skill is not eligible.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub must: Vec<Text>,
    /// What 100 km from the employee's place counts, in missing skill levels. 0 when absent.
    #[serde(default)]
    pub near: f64,
    /// How many accounts an employee can take: a number, or an SQL expression over employee columns.
    #[schemars(with = "Option<NumberOrText>")]
    pub capacity: Option<Expression>,
}

/// A limit per employee.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum Capacity {
    /// Accounts per employee: an SQL expression over employee columns.
    Count(#[schemars(with = "NumberOrText")] Text),
    Of(CapacityOf),
}

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CapacityOf {
    /// The measure that is limited.
    #[schemars(with = "String")]
    pub measure: Text,
    /// SQL expression over employee columns.
    #[schemars(with = "String")]
    pub limit: Text,
}

impl<'de> Deserialize<'de> for Capacity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match text_or(deserializer)? {
            TextOr::Text(limit) => Capacity::Count(limit),
            TextOr::Table(of) => Capacity::Of(of),
        })
    }
}

/// How arrivals are shared among the staff of a coverage.
#[derive(Debug, Clone, JsonSchema)]
#[schemars(untagged)]
pub enum Arrivals {
    /// `least-loaded` or `rotation`; shares follow `fte`.
    Plain(#[schemars(with = "String")] Text),
    Weighted(WeightedArrivals),
}

/// Exactly one is given: an SQL expression over employee columns, a number above 0 for each employee.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WeightedArrivals {
    /// To whoever holds least for their weight.
    #[serde(rename = "least-loaded")]
    #[schemars(with = "Option<String>")]
    pub least_loaded: Option<Text>,
    /// In turn, as often as their weight says.
    #[schemars(with = "Option<String>")]
    pub rotation: Option<Text>,
}

/// What [`Arrivals`] comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Share {
    LeastLoaded,
    Rotation,
}

impl Arrivals {
    pub const LEAST_LOADED: &'static str = "least-loaded";
    pub const ROTATION: &'static str = "rotation";

    /// How to share, and by which weights; none where it is neither the one nor the other.
    pub fn share(&self) -> Option<(Share, Option<&Text>)> {
        match self {
            Arrivals::Plain(word) => match word.get_ref().as_str() {
                Self::LEAST_LOADED => Some((Share::LeastLoaded, None)),
                Self::ROTATION => Some((Share::Rotation, None)),
                _ => None,
            },
            Arrivals::Weighted(WeightedArrivals { least_loaded: Some(weight), rotation: None }) => {
                Some((Share::LeastLoaded, Some(weight)))
            }
            Arrivals::Weighted(WeightedArrivals { least_loaded: None, rotation: Some(weight) }) => {
                Some((Share::Rotation, Some(weight)))
            }
            Arrivals::Weighted(_) => None,
        }
    }
}

impl<'de> Deserialize<'de> for Arrivals {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match text_or(deserializer)? {
            TextOr::Text(word) => Arrivals::Plain(word),
            TextOr::Table(weighted) => Arrivals::Weighted(weighted),
        })
    }
}

/// How many territories a pool is divided into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    OneAnEmployee,
    Fixed(usize),
    Sized,
}

impl Territories {
    /// None where `count` is neither a whole number above 0 nor `sized`.
    pub fn count(&self) -> Option<Count> {
        match self.count.as_ref().map(|count| count.0.get_ref().as_str()) {
            None => Some(Count::OneAnEmployee),
            Some("sized") => Some(Count::Sized),
            Some(text) => text.parse().ok().filter(|count| *count > 0).map(Count::Fixed),
        }
    }
}

impl Coverage {
    /// Every limit of what one employee can take: the measure, and an SQL expression over employee columns. One that is
    /// stated both beside `divide` and within `fit` stands here once.
    pub fn capacities(&self) -> Vec<(&str, &Text)> {
        let stated = match &self.capacity {
            Some(Capacity::Count(limit)) => Some((super::COUNT, limit)),
            Some(Capacity::Of(of)) => Some((of.measure.get_ref().as_str(), &of.limit)),
            None => None,
        };
        let of_fit = self.divide.fit.as_ref().and_then(|fit| fit.capacity.as_ref());
        let of_fit = of_fit.map(|limit| (super::COUNT, &limit.0));
        let same = |(measure, limit): &(&str, &Text)| {
            stated.is_some_and(|(known, other)| known == *measure && other.get_ref() == limit.get_ref())
        };
        stated.into_iter().chain(of_fit.filter(|limit| !same(limit))).collect()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum GroupRule {
    Together,
}

/// What an existing relationship is worth: a price per move, a budget of moves, or both.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Keep {
    /// How much worse (in km for territories, in skill levels for fit, in accounts for balance) the plan may be before
    /// the account moves: a number or an SQL expression over account columns.
    #[schemars(with = "Option<NumberOrText>")]
    pub price: Option<Expression>,
    /// At most so many accounts move …
    pub moves: Option<f64>,
    /// … or at most this share of `of`.
    pub share: Option<f64>,
    /// The measure `share` is of; `count` when absent.
    #[schemars(with = "Option<String>")]
    pub of: Option<Text>,
}

/// A number or an SQL expression.
#[derive(Debug, Clone)]
pub struct Expression(pub Text);

impl<'de> Deserialize<'de> for Expression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match text_or(deserializer)? {
            TextOr::Text(text) => Ok(Expression(text)),
            TextOr::Table(NoTable) => Err(de::Error::invalid_type(de::Unexpected::Map, &NoTable::EXPECTED)),
        }
    }
}

/// No table may stand here; one is read only to be refused by name.
struct NoTable;

impl<'de> Deserialize<'de> for NoTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        de::IgnoredAny::deserialize(deserializer).map(|_| NoTable)
    }
}

impl InsteadOfText for NoTable {
    const EXPECTED: &'static str = "a number, or an SQL expression in quotes";
}

/// Groups of companies and the chain of distribution (SPEC 2.5).
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Groups {
    /// SQL expression over account columns for the member's place in the chain.
    #[schemars(with = "Option<String>")]
    pub place: Option<Text>,
}

/// What `sizing` computes with (SPEC 3.5).
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sizing {
    /// Working hours of a full-time employee a year, for those without a value in their column `hours_per_year`.
    pub hours_per_year: f64,
    /// The share of them that is for accounts, with the way and the preparation.
    pub customer_share: f64,
    /// What it costs when an account changes hands, in the company's currency: weighed when a promise is to be mended.
    pub move_cost: Option<f64>,
    /// What one promised contact with a customer is worth: weighed when fewer are an alternative to more people.
    pub contact_value: Option<f64>,
    #[schemars(with = "IndexMap<String, RoleSizing>")]
    pub roles: IndexMap<Text, RoleSizing>,
}

impl Default for Sizing {
    fn default() -> Self {
        Sizing {
            hours_per_year: 1600.0,
            customer_share: 0.7,
            move_cost: None,
            contact_value: None,
            roles: IndexMap::new(),
        }
    }
}

/// What one role's accounts want, and what they bring.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RoleSizing {
    /// Hours an account wants a year: a measure, or an SQL expression over account columns. The service level of its
    /// segment when absent.
    #[schemars(with = "Option<NumberOrText>")]
    pub hours: Option<Expression>,
    /// What an account brings a year: a measure, or an SQL expression over account columns.
    #[schemars(with = "Option<NumberOrText>")]
    pub sales: Option<Expression>,
    /// Share of sales that is left before the cost of the employee: 0.3 for 30 %.
    pub margin: Option<f64>,
    /// Of a full-time employee a year, in the company's currency.
    pub cost: Option<f64>,
    /// By how many percent sales rise with 1 % more hours. From present holders when absent, else from research.
    pub elasticity: Option<f64>,
}

/// An assignment the optimiser may not change.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pin {
    #[schemars(with = "String")]
    pub account: Text,
    /// Absent within a coverage: its role.
    #[schemars(with = "Option<String>")]
    pub role: Option<Text>,
    #[schemars(with = "Option<String>")]
    pub product_line: Option<Text>,
    #[schemars(with = "String")]
    pub employee: Text,
    #[serde(default)]
    pub reason: String,
}

/// One text or a list of them.
#[derive(Debug, Clone)]
pub struct Many(pub Vec<Text>);

/// For the schema only.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code)]
pub(super) enum NumberOrText {
    Number(f64),
    Text(String),
}

/// For the schema only.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code)]
pub(super) enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl<'de> Deserialize<'de> for Many {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        enum Form {
            One(String),
            Several(Vec<Text>),
        }
        impl<'de> Deserialize<'de> for Form {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;
                impl<'de> de::Visitor<'de> for Visitor {
                    type Value = Form;
                    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                        f.write_str("a name in quotes, or a list of them")
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                        Ok(Form::One(text.to_owned()))
                    }
                    fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
                        Vec::deserialize(de::value::SeqAccessDeserializer::new(seq)).map(Form::Several)
                    }
                }
                deserializer.deserialize_any(Visitor)
            }
        }
        let spanned = Spanned::<Form>::deserialize(deserializer)?;
        let span = spanned.span();
        Ok(Many(match spanned.into_inner() {
            Form::One(text) => vec![Spanned::new(span, text)],
            Form::Several(texts) => texts,
        }))
    }
}

/// What may be written as a text (or a number, read as one) or as a table.
enum TextOr<T> {
    Text(Text),
    Table(T),
}

/// A table that may stand where a text may.
trait InsteadOfText {
    /// What an error says should stand there.
    const EXPECTED: &'static str;
}

impl InsteadOfText for Score {
    const EXPECTED: &'static str = "an SQL expression in quotes, or { score = { … }, classes = { … } }";
}

impl InsteadOfText for CapacityOf {
    const EXPECTED: &'static str =
        "a number of accounts, an employee column in quotes, or { measure = \"…\", limit = \"…\" }";
}

impl InsteadOfText for WeightedArrivals {
    const EXPECTED: &'static str = "\"least-loaded\", \"rotation\", or { rotation = \"capacity\" }";
}

/// Reads a text with its place, or a table.
fn text_or<'de, T: Deserialize<'de> + InsteadOfText, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<TextOr<T>, D::Error> {
    enum Form<T> {
        Text(String),
        Table(T),
    }
    impl<'de, T: Deserialize<'de> + InsteadOfText> Deserialize<'de> for Form<T> {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct Visitor<T>(std::marker::PhantomData<T>);
            impl<'de, T: Deserialize<'de> + InsteadOfText> de::Visitor<'de> for Visitor<T> {
                type Value = Form<T>;
                fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
                    f.write_str(T::EXPECTED)
                }
                fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                    Ok(Form::Text(text.to_owned()))
                }
                fn visit_i64<E: de::Error>(self, number: i64) -> Result<Self::Value, E> {
                    Ok(Form::Text(number.to_string()))
                }
                fn visit_f64<E: de::Error>(self, number: f64) -> Result<Self::Value, E> {
                    Ok(Form::Text(number.to_string()))
                }
                fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                    T::deserialize(de::value::MapAccessDeserializer::new(map)).map(Form::Table)
                }
            }
            deserializer.deserialize_any(Visitor(std::marker::PhantomData))
        }
    }
    let spanned = Spanned::<Form<T>>::deserialize(deserializer)?;
    let span = spanned.span();
    Ok(match spanned.into_inner() {
        Form::Text(text) => TextOr::Text(Spanned::new(span, text)),
        Form::Table(table) => TextOr::Table(table),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn joiners_bear_more_with_every_month() {
        let ramp_up = [0.25, 0.5].map(|share| Spanned::new(0..0, share)).to_vec();
        let company = Company { ramp_up, ..Company::default() };
        let start = date(2026, 1, 31);
        let share = |on| company.share_of_joiner(start, on);
        assert_eq!([share(start), share(date(2026, 2, 27))], [0.25, 0.25]);
        assert_eq!([share(date(2026, 2, 28)), share(date(2026, 3, 30))], [0.5, 0.5]);
        assert_eq!(share(date(2026, 3, 31)), 1.0);
        assert_eq!(Company::default().share_of_joiner(start, start), 1.0);
    }
}
