//! A customer base for tests.

use bailiwick_engine::{Centres, Contiguity, Cost, Eligibility, Measure, Metric, Moves, Point, Problem, Site};

/// Scattered units with two loads that have little to do with each other.
pub fn scattered(units: usize, owners: usize, tolerance: f64) -> Problem {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut draw = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1u64 << 53) as f64
    };
    let (mut sites, mut hours, mut euros) = (Vec::new(), Vec::new(), Vec::new());
    for unit in 0..units {
        let at = Point { x: 20.0 + 8.0 * draw() * draw(), y: 42.0 + 5.0 * draw() };
        hours.push(1.0 + 7.0 * draw());
        euros.push((3.0 * draw()).exp());
        sites.push(Site { unit: unit as u32, at, weight: hours[unit] });
    }
    let band = |values: Vec<f64>| {
        let mean = values.iter().sum::<f64>() / owners as f64;
        let limit = |factor: f64| vec![mean * factor; owners];
        Measure { values, lower: limit(1.0 - tolerance), upper: limit(1.0 + tolerance) }
    };
    Problem {
        units,
        owners,
        cost: Cost::Travel { sites, metric: Metric::GreatCircle, centres: Centres::Free, homes: Vec::new() },
        measures: vec![band(hours), band(euros)],
        eligibility: Eligibility::All,
        fixed: Vec::new(),
        moves: Moves::default(),
        contiguity: Contiguity::Ignored,
    }
}
