//! Fair to the territory: what the potential of the accounts explains of the sales, and what is left to the person.
//!
//! **Expected sales** of an account: ln(sales) on ln(potential) with an intercept for each segment, least squares over
//! accounts that bought (a response curve of constant elasticity; Lodish, *Sales territory alignment to maximize profit*,
//! Journal of Marketing Research 12(1), 1975), then scaled so that each segment's expectations sum to its sales. Accounts
//! that bought nothing count too, so this is indirect standardisation as it is done with mortality (Breslow & Day,
//! *Statistical Methods in Cancer Research II*, 1987, ch. 2): actual ÷ expected is 1 for somebody who sells what the
//! average colleague would sell in that territory.
//!
//! A person's **ratio** has the variance of a ratio estimator over their accounts (Cochran, *Sampling Techniques*, 3rd ed.,
//! 1977, eq. 6.9 and 6.13). As few large orders can make anybody look good or bad, ratios are drawn towards the common
//! mean by how much they vary by chance: empirical Bayes (Morris, *Parametric empirical Bayes inference*, Journal of the
//! American Statistical Association 78, 1983), the variance between people estimated by moments (DerSimonian & Laird,
//! *Controlled Clinical Trials* 7, 1986). The interval is the 95 % interval of that normal posterior; it does not count
//! the error of the estimated variance, so with few people it is somewhat too narrow.

use bailiwick_domain::credit::{NONE, shares_of};
use bailiwick_domain::policy::document::Expression;
use jiff::civil::Date;
use rust_decimal::prelude::ToPrimitive;
use rustc_hash::FxHashMap;
use serde::Serialize;
use utoipa::ToSchema;

use super::ReportingLine;
use crate::classify::{compile, data_finding};
use crate::credit::Ground;
use crate::credit::tally::Tally;
use crate::error::AppError;

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = FairToTerritory)]
pub struct Fair {
    /// By how many percent sales rise with 1 % more potential, over the company's accounts; 1 where it cannot be estimated.
    pub elasticity: f64,
    /// Whether it was estimated.
    pub is_estimated: bool,
    /// Share of the variance of ln(sales) that segment and potential explain, over the company's accounts: 0 to 1.
    pub r_squared: Option<f64>,
    /// The company's accounts that bought and have a potential; null for whoever does not see everybody.
    pub accounts: Option<usize>,
    /// Standard deviation of everybody's ratios beyond chance; null for whoever does not see everybody.
    pub spread: Option<f64>,
    /// The best adjusted ratio first.
    pub people: Vec<Person>,
}

/// What somebody sold against what their territory would lead to expect. Amounts in the company's currency.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = FairPerson)]
pub struct Person {
    /// Employee id.
    pub employee: String,
    pub name: String,
    /// Accounts with an expectation.
    pub accounts: usize,
    /// Sold, in the company's currency.
    pub actual: f64,
    /// What an average colleague would sell to the same accounts, in the company's currency.
    pub expected: f64,
    /// `actual / expected`.
    pub ratio: f64,
    /// The ratio, drawn towards the common mean by how much of it may be chance.
    pub adjusted: f64,
    /// The ratio lies between this with 95 % …
    pub low: f64,
    /// … and this.
    pub high: f64,
    /// What the person adds to what the territory explains, in the company's currency: `(adjusted − 1) × expected`.
    pub own: f64,
}

impl Fair {
    /// The same for some people alone. How the expectation is made stays the company's, for it is what they are compared
    /// with; how many others there are, and how much they differ, is not told.
    #[must_use]
    pub fn of(self, sees: impl Fn(&str) -> bool) -> Fair {
        let people = self.people.into_iter().filter(|person| sees(&person.employee)).collect();
        Fair { accounts: None, spread: None, people, ..self }
    }
}

/// Expectations by account, and whose they are.
pub struct Expected {
    pub elasticity: f64,
    is_estimated: bool,
    r_squared: Option<f64>,
    fitted: usize,
    /// (account, employee) → expected, actual.
    pub parts: FxHashMap<(u32, u32), (f64, f64)>,
    /// By account.
    pub potential: Vec<f64>,
}

/// A number for each account of the base; nothing where no expression is given.
///
/// # Errors
/// If the expression does not compile.
pub fn account_numbers(ground: &Ground, text: Option<&Expression>) -> Result<Option<Vec<f64>>, AppError> {
    let Some(Expression(text)) = text else { return Ok(None) };
    let policy = ground.policy;
    let measure = policy.document.measures.iter().find(|(name, _)| name.get_ref() == text.get_ref());
    let text = measure.map_or(text, |(_, expression)| expression);
    let refuse = |finding| AppError::refused(policy, vec![finding]);
    let expression = compile(policy, text, &ground.accounts.columns()).map_err(refuse)?;
    let values = expression.numbers(&ground.accounts).map_err(|error| refuse(data_finding(policy, text, &error)))?;
    Ok(Some(values.into_iter().map(|value| value.filter(|value| value.is_finite()).unwrap_or(0.0).max(0.0)).collect()))
}

/// What each account would be expected to buy, divided among those who answer for it.
pub fn expect(ground: &Ground, tally: &Tally, potential: &[f64], (from, end): (Date, Date)) -> Expected {
    let accounts = potential.len();
    let mut sales = vec![0.0; accounts];
    let mut holders: FxHashMap<u32, Vec<(u32, f64)>> = FxHashMap::default();
    for ((account, employee), amount) in &tally.by_account {
        let amount = amount.to_f64().unwrap_or(0.0);
        if let Some(sum) = sales.get_mut(*account as usize) {
            *sum += amount;
            holders.entry(*account).or_default().push((*employee, amount));
        }
    }
    let fit = regress(ground, &sales, potential);
    let segments = ground.policy.segment_names().len();
    let raised: Vec<f64> =
        potential.iter().map(|value| if *value > 0.0 { value.powf(fit.elasticity) } else { 0.0 }).collect();
    let (mut sold, mut weight) = (vec![0.0; segments], vec![0.0; segments]);
    for account in 0..accounts {
        if let Some(segment) = ground.segment_of(account as u32) {
            sold[usize::from(segment)] += if potential[account] > 0.0 { sales[account] } else { 0.0 };
            weight[usize::from(segment)] += raised[account];
        }
    }
    let day = middle(from, end);
    let mut parts: FxHashMap<(u32, u32), (f64, f64)> = FxHashMap::default();
    for account in 0..accounts as u32 {
        let place = account as usize;
        let Some(segment) = ground.segment_of(account).map(usize::from) else { continue };
        if raised[place] <= 0.0 || weight[segment] <= 0.0 {
            continue;
        }
        let expected = sold[segment] * raised[place] / weight[segment];
        let by_credit = holders.get(&account).filter(|_| sales[place] > 0.0);
        match by_credit {
            Some(held) => {
                for (employee, amount) in held {
                    let part = parts.entry((account, *employee)).or_default();
                    part.0 += expected * amount / sales[place];
                    part.1 += amount;
                }
            }
            None => {
                for (employee, share) in ground.would_share(account, day) {
                    let part = parts.entry((account, employee)).or_default();
                    part.0 += expected * share;
                }
                for (employee, amount) in holders.get(&account).into_iter().flatten() {
                    parts.entry((account, *employee)).or_default().1 += amount;
                }
            }
        }
    }
    Expected {
        elasticity: fit.elasticity,
        is_estimated: fit.is_estimated,
        r_squared: fit.r_squared,
        fitted: fit.accounts,
        parts,
        potential: potential.to_vec(),
    }
}

fn middle(from: Date, end: Date) -> Date {
    let days = (end - from).get_days() / 2;
    from.saturating_add(jiff::Span::new().days(days))
}

struct Fit {
    elasticity: f64,
    is_estimated: bool,
    r_squared: Option<f64>,
    accounts: usize,
}

/// Fewest accounts from which an elasticity is estimated.
const LEAST: usize = 12;

/// ln(sales) on ln(potential), an intercept a segment: least squares within segments.
fn regress(ground: &Ground, sales: &[f64], potential: &[f64]) -> Fit {
    let mut by_segment: FxHashMap<u16, Vec<(f64, f64)>> = FxHashMap::default();
    let mut all = vec![];
    for account in 0..sales.len() {
        if let Some(segment) =
            ground.segment_of(account as u32).filter(|_| sales[account] > 0.0 && potential[account] > 0.0)
        {
            let point = (potential[account].ln(), sales[account].ln());
            by_segment.entry(segment).or_default().push(point);
            all.push(point.1);
        }
    }
    let mean = |values: &mut dyn Iterator<Item = f64>, n: usize| values.sum::<f64>() / n.max(1) as f64;
    let (mut xx, mut xy, mut within) = (0.0, 0.0, 0.0);
    let mut segments: Vec<_> = by_segment.into_iter().collect();
    segments.sort_by_key(|(segment, _)| *segment);
    for (_, points) in &segments {
        let x = mean(&mut points.iter().map(|point| point.0), points.len());
        let y = mean(&mut points.iter().map(|point| point.1), points.len());
        for point in points {
            xx += (point.0 - x).powi(2);
            xy += (point.0 - x) * (point.1 - y);
            within += (point.1 - y).powi(2);
        }
    }
    let centre = mean(&mut all.iter().copied(), all.len());
    let total: f64 = all.iter().map(|value| (value - centre).powi(2)).sum();
    if all.len() < LEAST || xx <= 1e-9 || xy <= 0.0 {
        return Fit { elasticity: 1.0, is_estimated: false, r_squared: None, accounts: all.len() };
    }
    let elasticity = xy / xx;
    let left = within - xy * xy / xx;
    let r_squared = (total > 1e-12).then(|| 1.0 - left / total);
    Fit { elasticity, is_estimated: true, r_squared, accounts: all.len() }
}

/// Everybody's ratio, with how sure it is.
pub fn judge(ground: &Ground, expected: &Expected, line: &ReportingLine) -> Fair {
    let mut people: FxHashMap<u32, Vec<(f64, f64)>> = FxHashMap::default();
    let mut parts: Vec<_> = expected.parts.iter().collect();
    parts.sort_by_key(|(key, _)| **key);
    for ((_, employee), part) in parts {
        people.entry(*employee).or_default().push(*part);
    }
    let mut estimates: Vec<Estimate> =
        people.into_iter().filter_map(|(employee, parts)| estimate(employee, &parts)).collect();
    estimates.sort_by_key(|one| one.employee);
    let (mean, variance) = between(&estimates);
    let mut people: Vec<Person> = estimates
        .into_iter()
        .map(|one| {
            let sure = if one.variance.is_finite() && variance + one.variance > 0.0 {
                variance / (variance + one.variance)
            } else {
                0.0
            };
            let adjusted = mean + sure * (one.ratio - mean);
            let error = if one.variance.is_finite() { (sure * one.variance).sqrt() } else { variance.sqrt() };
            let id = ground.employees.name(one.employee);
            Person {
                employee: id.to_owned(),
                name: line.name(id).to_owned(),
                accounts: one.accounts,
                actual: one.actual,
                expected: one.expected,
                ratio: one.ratio,
                adjusted,
                low: (adjusted - 1.96 * error).max(0.0),
                high: adjusted + 1.96 * error,
                own: (adjusted - 1.0) * one.expected,
            }
        })
        .collect();
    people.sort_by(|a, b| b.adjusted.total_cmp(&a.adjusted).then_with(|| a.employee.cmp(&b.employee)));
    Fair {
        elasticity: expected.elasticity,
        is_estimated: expected.is_estimated,
        r_squared: expected.r_squared,
        accounts: Some(expected.fitted),
        spread: Some(variance.sqrt()),
        people,
    }
}

struct Estimate {
    employee: u32,
    accounts: usize,
    actual: f64,
    expected: f64,
    ratio: f64,
    variance: f64,
}

/// The ratio estimator and its variance over one person's accounts: (expected, actual) each.
fn estimate(employee: u32, parts: &[(f64, f64)]) -> Option<Estimate> {
    let expected: f64 = parts.iter().map(|part| part.0).sum();
    let actual: f64 = parts.iter().map(|part| part.1).sum();
    if expected <= 0.0 {
        return None;
    }
    let ratio = actual / expected;
    let n = parts.len() as f64;
    let squares: f64 = parts.iter().map(|part| (part.1 - ratio * part.0).powi(2)).sum();
    let variance = if n > 1.0 { n / (n - 1.0) * squares / (expected * expected) } else { f64::INFINITY };
    Some(Estimate { employee, accounts: parts.len(), actual, expected, ratio, variance })
}

/// The common mean of ratios, and their variance beyond chance (DerSimonian & Laird 1986, eq. 8).
fn between(estimates: &[Estimate]) -> (f64, f64) {
    // A variance of nothing would give one person all the weight.
    let sure: Vec<&Estimate> = estimates.iter().filter(|one| one.variance.is_finite() && one.variance > 1e-9).collect();
    let weights: Vec<f64> = sure.iter().map(|one| 1.0 / one.variance).collect();
    let total: f64 = weights.iter().sum();
    if sure.len() < 2 || total <= 0.0 {
        return (1.0, 0.0);
    }
    let mean = |weights: &[f64]| {
        let total: f64 = weights.iter().sum();
        sure.iter().zip(weights).map(|(one, weight)| weight * one.ratio).sum::<f64>() / total
    };
    let fixed = mean(&weights);
    let q: f64 = sure.iter().zip(&weights).map(|(one, weight)| weight * (one.ratio - fixed).powi(2)).sum();
    let squares: f64 = weights.iter().map(|weight| weight * weight).sum();
    let spread = total - squares / total;
    let variance = if spread > 0.0 { ((q - (sure.len() - 1) as f64) / spread).max(0.0) } else { 0.0 };
    let random: Vec<f64> = sure.iter().map(|one| 1.0 / (one.variance + variance)).collect();
    (mean(&random), variance)
}

impl Ground<'_> {
    /// Who would share an order of the account on a day: employee and share, nobody left out.
    fn would_share(&self, account: u32, day: Date) -> Vec<(u32, f64)> {
        let pieces = self.hypothetical(account, day);
        let shares = shares_of(&pieces);
        let each = pieces.iter().zip(shares).filter(|(piece, _)| piece.employee != NONE && !piece.overlay);
        each.map(|(piece, share)| (piece.employee, share.to_f64().unwrap_or(0.0))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_and_its_variance_are_those_of_the_book() {
        // Cochran's formula by hand: ratio 12/10; residuals 1 − 1.2·2 = −1.4, 5 − 3.6 = 1.4, 6 − 6 = 0.
        let one = estimate(0, &[(2.0, 1.0), (3.0, 5.0), (5.0, 6.0)]).unwrap();
        assert!((one.ratio - 1.2).abs() < 1e-12);
        assert!((one.variance - 1.5 * (1.96 + 1.96) / 100.0).abs() < 1e-12);
        assert!(estimate(0, &[(0.0, 4.0)]).is_none());
    }

    #[test]
    fn people_who_differ_by_chance_alone_have_no_spread() {
        let one = |ratio: f64, variance: f64| Estimate {
            employee: 0,
            accounts: 9,
            actual: ratio,
            expected: 1.0,
            ratio,
            variance,
        };
        let (mean, variance) = between(&[one(0.9, 0.04), one(1.1, 0.04)]);
        assert!((mean - 1.0).abs() < 1e-12 && variance == 0.0);
        // Q = 2 · 0.25 / 0.01 = 50, minus one; total 200 − 20000/200 = 100: 0.49.
        let (_, variance) = between(&[one(0.5, 0.01), one(1.5, 0.01)]);
        assert!((variance - 0.49).abs() < 1e-9, "{variance}");
    }
}
