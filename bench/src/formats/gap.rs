//! Generalised assignment: `m n`, m rows of n costs, m rows of n weights, m capacities; minimise.
//!
//! Weights differ by agent, so each agent has a measure of its own that limits it alone.

use super::{FormatError, Numbers};
use bailiwick_engine::{Contiguity, Cost, Eligibility, Measure, Moves, Problem};

pub(super) fn parse(text: &str) -> Result<Problem, FormatError> {
    let mut numbers = Numbers::of(text);
    let owners = numbers.count("the number of agents")?;
    let units = numbers.count("the number of items")?;
    let costs: Vec<f64> = numbers.many(owners * units, "a cost")?;
    let weights: Vec<f64> = numbers.many(owners * units, "a weight")?;
    let capacities: Vec<f64> = numbers.many(owners, "a capacity")?;
    let mut rows = vec![0.0; owners * units];
    for (owner, of_owner) in costs.chunks_exact(units).enumerate() {
        for (unit, &cost) in of_owner.iter().enumerate() {
            rows[unit * owners + owner] = cost;
        }
    }
    let measure = |(owner, values): (usize, &[f64])| {
        let mut upper = vec![f64::INFINITY; owners];
        upper[owner] = capacities[owner];
        Measure { values: values.to_vec(), lower: vec![0.0; owners], upper }
    };
    Ok(Problem {
        units,
        owners,
        cost: Cost::Matrix(rows),
        measures: weights.chunks_exact(units).enumerate().map(measure).collect(),
        eligibility: Eligibility::All,
        fixed: Vec::new(),
        moves: Moves::default(),
        contiguity: Contiguity::Ignored,
    })
}
