//! Accounts get their principles' values and their segment (SPEC 2).
//!
//! Each principle becomes a column of the account table, in the order of the policy, so that conditions and later
//! principles can use it. A score (SPEC 2.4) is Σ weight × parameter over Σ |weight|, each parameter first made
//! comparable; its class is the highest whose least value the account's percentile (share of accounts with a lower
//! score) or score reaches. The cut points are kept as [`Frozen`], so that an account that arrives later is judged by
//! the same measure without the whole base at hand.

use bailiwick_data::{ColumnInfo, Expression, Table, first_that_holds};
use bailiwick_domain::finding::Finding;
use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::document::{ClassBy, ColumnType, Principle, Scale, Score, Text};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{AppError, expression_finding};

/// How many cut points stand for a distribution once it is frozen.
const CUTS: usize = 1000;

/// The column that holds an account's place in the chain of distribution (SPEC 2.5), where `[groups]` says what it is.
pub const CHAIN_PLACE: &str = "chain_place";

pub struct Classified {
    /// The account table with a column for every principle, and `<name>_score` beside every score.
    pub accounts: Table,
    /// Index of the segment in the policy's order.
    pub segment: Vec<Option<u16>>,
    pub frozen: Frozen,
}

/// The cut points of every score, by principle.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Frozen {
    pub scores: std::collections::BTreeMap<String, FrozenScore>,
    /// Columns of the account source with their types, so that an arrival is read like the base.
    #[serde(default)]
    pub account_columns: Vec<(String, ColumnType)>,
    #[serde(default)]
    pub employee_columns: Vec<(String, ColumnType)>,
}

/// Columns with their types, as [`Frozen`] keeps them.
pub fn column_types(table: &Table) -> Vec<(String, ColumnType)> {
    table.columns().into_iter().map(|column| (column.name, column.kind)).collect()
}

pub fn column_infos(columns: &[(String, ColumnType)]) -> Vec<ColumnInfo> {
    columns.iter().map(|(name, kind)| ColumnInfo { name: name.clone(), kind: *kind }).collect()
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FrozenScore {
    /// A parameter each, in the policy's order.
    pub parameters: Vec<Distribution>,
    pub score: Distribution,
}

/// A sorted sample of a distribution: all of it when small.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Distribution {
    pub cuts: Vec<f64>,
    pub max: f64,
}

impl Distribution {
    fn of(mut sorted: Vec<f64>) -> Distribution {
        let max = sorted.last().copied().unwrap_or(0.0);
        if sorted.len() > CUTS {
            let last = sorted.len() - 1;
            sorted = (0..=CUTS).map(|cut| sorted[cut * last / CUTS]).collect();
        }
        Distribution { cuts: sorted, max }
    }

    /// Share of the distribution that lies below `value`.
    fn rank(&self, value: f64) -> f64 {
        if self.cuts.is_empty() {
            return 0.0;
        }
        self.cuts.partition_point(|cut| *cut < value) as f64 / self.cuts.len() as f64
    }
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.par_sort_unstable_by(f64::total_cmp);
    sorted
}

/// Share of values that are lower, for each value.
fn percentiles(values: &[f64], sorted: &[f64]) -> Vec<f64> {
    let n = sorted.len().max(1) as f64;
    values.par_iter().map(|value| sorted.partition_point(|other| other < value) as f64 / n).collect()
}

/// Classifies a whole base and freezes its cut points.
pub fn classify(policy: &Policy, accounts: &Table) -> Result<Classified, AppError> {
    derive(policy, accounts, None)
}

/// Classifies accounts that arrive later, by the cut points of the base.
pub fn classify_by(policy: &Policy, accounts: &Table, frozen: &Frozen) -> Result<Classified, AppError> {
    derive(policy, accounts, Some(frozen))
}

fn derive(policy: &Policy, accounts: &Table, given: Option<&Frozen>) -> Result<Classified, AppError> {
    let mut table = accounts.clone();
    let mut frozen = Frozen { account_columns: column_types(accounts), ..Frozen::default() };
    let mut findings = vec![];
    for (name, principle) in &policy.document.principles {
        let name = name.get_ref();
        let derived = match principle {
            Principle::Expression(text) => add_expression(policy, &table, name, text),
            Principle::Score(score) => {
                let cuts = given.and_then(|given| given.scores.get(name));
                add_score(policy, &table, name, score, cuts).map(|(table, cuts)| {
                    frozen.scores.insert(name.clone(), cuts);
                    table
                })
            }
        };
        match derived {
            Ok(derived) => table = derived,
            Err(mut more) => findings.append(&mut more),
        }
    }
    if let Some(place) = &policy.document.groups.place {
        match add_expression(policy, &table, CHAIN_PLACE, place) {
            Ok(derived) => table = derived,
            Err(mut more) => findings.append(&mut more),
        }
    }
    if !findings.is_empty() {
        return Err(AppError::refused(policy, findings));
    }
    let segment = segments(policy, &table)?;
    Ok(Classified { accounts: table, segment, frozen })
}

fn add_expression(policy: &Policy, table: &Table, name: &str, text: &Text) -> Result<Table, Vec<Finding>> {
    let expression = compile(policy, text, &table.columns()).map_err(|finding| vec![finding])?;
    if expression.columns() == [name] && expression_is_column(text, name) {
        return Ok(table.clone());
    }
    table.with_values_of(name, &expression).map_err(|error| vec![data_finding(policy, text, &error)])
}

fn expression_is_column(text: &Text, name: &str) -> bool {
    text.get_ref().trim().trim_matches('"') == name
}

fn add_score(
    policy: &Policy,
    table: &Table,
    name: &str,
    score: &Score,
    given: Option<&FrozenScore>,
) -> Result<(Table, FrozenScore), Vec<Finding>> {
    let columns = table.columns();
    let mut findings = vec![];
    let mut total = vec![0.0; table.len()];
    let mut parameters = vec![];
    let weights: f64 = score.score.values().map(|weight| weight.abs()).sum();
    for (index, (parameter, weight)) in score.score.iter().enumerate() {
        let values = compile(policy, parameter, &columns)
            .and_then(|expression| expression.numbers(table).map_err(|error| data_finding(policy, parameter, &error)));
        let values: Vec<f64> = match values {
            Ok(values) => values.into_iter().map(|value| value.filter(|v| v.is_finite()).unwrap_or(0.0)).collect(),
            Err(finding) => {
                findings.push(finding);
                continue;
            }
        };
        let cuts = given.and_then(|given| given.parameters.get(index)).cloned();
        let comparable = match (score.scale, &cuts) {
            (Scale::Rank, None) => percentiles(&values, &sorted(&values)),
            (Scale::Rank, Some(cuts)) => values.iter().map(|value| cuts.rank(*value)).collect(),
            (Scale::Max, _) => {
                let max = cuts.as_ref().map_or_else(|| values.iter().copied().fold(0.0, f64::max), |cuts| cuts.max);
                values.iter().map(|value| if max > 0.0 { value / max } else { 0.0 }).collect()
            }
            (Scale::None, _) => values.clone(),
        };
        for (sum, value) in total.iter_mut().zip(comparable) {
            *sum += weight * value / weights;
        }
        parameters.push(cuts.unwrap_or_else(|| Distribution::of(sorted(&values))));
    }
    if !findings.is_empty() {
        return Err(findings);
    }
    let reached = match (score.by, given) {
        (ClassBy::Threshold, _) => total.clone(),
        (ClassBy::Percentile, None) => percentiles(&total, &sorted(&total)),
        (ClassBy::Percentile, Some(given)) => total.iter().map(|value| given.score.rank(*value)).collect(),
    };
    let mut classes: Vec<(&str, f64)> =
        score.classes.iter().map(|(class, least)| (class.get_ref().as_str(), *least)).collect();
    classes.sort_by(|a, b| b.1.total_cmp(&a.1));
    let class_of = |value: &f64| classes.iter().find(|(_, least)| value >= least).map(|(class, _)| *class);
    let table = table.with_words(name, reached.iter().map(class_of));
    let cuts = given.cloned().unwrap_or_else(|| FrozenScore { parameters, score: Distribution::of(sorted(&total)) });
    let scores = total.into_iter().map(Some).collect();
    Ok((table.with_numbers(&format!("{name}_score"), scores), cuts))
}

/// The first segment whose condition holds, for each account.
pub fn segments(policy: &Policy, table: &Table) -> Result<Vec<Option<u16>>, AppError> {
    if policy.document.segments.is_empty() {
        return Ok(vec![Some(0); table.len()]);
    }
    let columns = table.columns();
    let conditions = policy.document.segments.iter().map(|segment| compile(policy, &segment.when, &columns));
    if let Ok(conditions) = conditions.collect::<Result<Vec<_>, _>>()
        && conditions.iter().all(|condition| condition.kind() == ColumnType::Boolean)
        && let Ok(first) = first_that_holds(&conditions, table)
    {
        return Ok(first);
    }
    // Something is wrong: one by one, so that everything that is, is told.
    let matched = match_segments(policy, table)?;
    let first = |row: usize| matched.iter().position(|matches| matches[row]).map(|index| index as u16);
    Ok((0..table.len()).map(first).collect())
}

/// Whether each segment's own condition holds, whatever stands before it: `[segment][account]`.
pub fn match_segments(policy: &Policy, table: &Table) -> Result<Vec<Vec<bool>>, AppError> {
    let columns = table.columns();
    let mut findings = vec![];
    let mut matched = vec![];
    for segment in &policy.document.segments {
        match condition(policy, &segment.when, &columns, table) {
            Ok(matches) => matched.push(matches),
            Err(finding) => findings.push(finding),
        }
    }
    if findings.is_empty() { Ok(matched) } else { Err(AppError::refused(policy, findings)) }
}

/// Compiles an expression of the policy, or says where it is wrong.
pub fn compile(policy: &Policy, text: &Text, columns: &[ColumnInfo]) -> Result<Expression, Finding> {
    Expression::compile(text.get_ref(), columns).map_err(|error| expression_finding(policy, text, &error))
}

/// Which rows meet a condition of the policy.
pub fn condition(policy: &Policy, text: &Text, columns: &[ColumnInfo], table: &Table) -> Result<Vec<bool>, Finding> {
    let expression = compile(policy, text, columns)?;
    if expression.kind() != ColumnType::Boolean {
        return Err(no_condition(policy, text));
    }
    expression.matches(table).map_err(|error| data_finding(policy, text, &error))
}

pub fn data_finding(policy: &Policy, text: &Text, error: &bailiwick_data::DataError) -> Finding {
    let remedy = error.remedy().unwrap_or(
        "mend the values, or state the column's type in its source, as in types = { revenue = \"number\" }: \
         then every row that does not fit is named",
    );
    Finding::error("expression", error.to_string(), remedy.to_owned()).at(policy.place(text))
}

/// An expression that should be true or false, and is not.
pub fn no_condition(policy: &Policy, text: &Text) -> Finding {
    let message = format!("\"{}\" is not a condition: it gives a value, not true or false", text.get_ref());
    let remedy = "compare it with something, as in region = 'Moscow'";
    Finding::error("condition-type", message, remedy).at(policy.place(text))
}
