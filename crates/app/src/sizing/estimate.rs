//! The elasticity of sales to hours: as the policy states, from present holders where they suffice, else from research.
//!
//! The estimate compares the people of a pool: whoever has few hours for what the accounts want should sell less an hour
//! wanted. ln(sales / hours wanted) = a + β·ln(hours had / hours wanted), by ordinary least squares over employees, after
//! the sales response functions at the level of territories of Ryans & Weinberg, *Territory sales response*, Journal of
//! Marketing Research 16(4), 1979. It is a comparison and not an experiment: where a company has put more people because
//! sales are high, it comes out too high.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The mean over the studies of many industries (Albers, Mantrala & Sridhar, *Personal selling elasticities: a
/// meta-analysis*, Journal of Marketing Research 47(5), 2010).
pub const OF_RESEARCH: f64 = 0.34;
/// Employees that a comparison needs.
const FEWEST: usize = 8;
/// How many standard errors the estimate must be from 0.
const SURE: f64 = 2.0;

/// Where the elasticity comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[schema(as = ElasticitySource)]
#[serde(rename_all = "snake_case", tag = "source")]
pub enum Source {
    Stated,
    Estimated { employees: usize, standard_error: f64, r_squared: f64 },
    Research,
}

/// What one employee has and holds: hours had, hours wanted, sales.
pub type Holding = (f64, f64, f64);

pub fn elasticity(stated: Option<f64>, holdings: &[Holding]) -> (f64, Source) {
    match stated {
        Some(stated) => (stated, Source::Stated),
        None => estimate(holdings).unwrap_or((OF_RESEARCH, Source::Research)),
    }
}

/// The slope, if there are employees enough, it lies between 0 and 1, and chance does not explain it.
fn estimate(holdings: &[Holding]) -> Option<(f64, Source)> {
    let usable = holdings.iter().filter(|(had, wanted, sales)| *had > 0.0 && *wanted > 0.0 && *sales > 0.0);
    let pairs: Vec<(f64, f64)> =
        usable.map(|(had, wanted, sales)| ((had / wanted).ln(), (sales / wanted).ln())).collect();
    let count = pairs.len() as f64;
    if pairs.len() < FEWEST {
        return None;
    }
    let mean = |pick: fn(&(f64, f64)) -> f64| pairs.iter().map(pick).sum::<f64>() / count;
    let (x, y) = (mean(|pair| pair.0), mean(|pair| pair.1));
    let sum = |pick: &dyn Fn(f64, f64) -> f64| pairs.iter().map(|pair| pick(pair.0 - x, pair.1 - y)).sum::<f64>();
    let (xx, xy, yy) = (sum(&|x, _| x * x), sum(&|x, y| x * y), sum(&|_, y| y * y));
    if xx < 1e-9 {
        return None;
    }
    let slope = xy / xx;
    let unexplained = (yy - slope * xy).max(0.0);
    let standard_error = (unexplained / (count - 2.0) / xx).sqrt();
    let usable = slope > 0.0 && slope < 1.0 && slope >= SURE * standard_error;
    let r_squared = if yy > 0.0 { 1.0 - unexplained / yy } else { 1.0 };
    usable.then_some((slope, Source::Estimated { employees: pairs.len(), standard_error, r_squared }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten people whose sales follow a known elasticity, give or take a little.
    fn company(elasticity: f64, noise: f64) -> Vec<Holding> {
        let person = |index: i32| {
            let (had, wanted) = (1000.0, 600.0 + 150.0 * f64::from(index));
            let off = if index % 2 == 0 { 1.0 + noise } else { 1.0 / (1.0 + noise) };
            (had, wanted, 40.0 * wanted * (had / wanted).powf(elasticity) * off)
        };
        (0..10).map(person).collect()
    }

    #[test]
    fn a_known_elasticity_is_found() {
        let (found, source) = elasticity(None, &company(0.4, 0.02));
        assert!((found - 0.4).abs() < 0.05, "{found}");
        assert!(matches!(source, Source::Estimated { employees: 10, .. }));
    }

    #[test]
    fn chance_few_people_and_a_stated_number_are_not_estimates() {
        assert_eq!(elasticity(None, &company(0.1, 0.9)).1, Source::Research);
        assert_eq!(elasticity(None, &company(0.4, 0.02)[..7]), (OF_RESEARCH, Source::Research));
        assert_eq!(elasticity(None, &company(1.5, 0.02)).1, Source::Research);
        assert_eq!(elasticity(Some(0.2), &company(0.4, 0.02)), (0.2, Source::Stated));
    }
}
