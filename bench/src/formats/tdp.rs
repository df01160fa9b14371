//! Commercial territory design: units with three measures, adjacency, `p p t1 t2 t3 t3`, affinities.
//!
//! Each measure of each territory is kept within its tolerance of the mean, territories are connected, and the way of
//! all units to the best centre unit of their territory is least.

use super::{FormatError, Numbers};
use bailiwick_engine::{Centres, Contiguity, Cost, Eligibility, Measure, Metric, Moves, Point, Problem, Site};

pub(super) fn parse(text: &str) -> Result<Problem, FormatError> {
    let mut numbers = Numbers::of(text);
    let units = numbers.count("the number of units")?;
    let mut sites = Vec::with_capacity(units);
    let mut values = [const { Vec::new() }; 3];
    for unit in 0..units as u32 {
        numbers.next::<f64>("the number of a unit")?;
        let at = Point { x: numbers.next("a co-ordinate")?, y: numbers.next("a co-ordinate")? };
        sites.push(Site { unit, at, weight: 1.0 });
        for of_measure in &mut values {
            of_measure.push(numbers.next::<f64>("a measure")?);
        }
        numbers.next::<f64>("the last entry of a unit")?;
    }
    let edges = numbers.next::<usize>("the number of edges")?;
    let edges = (0..edges).map(|_| Ok((numbers.next("an end of an edge")?, numbers.next("an end of an edge")?)));
    let edges = edges.collect::<Result<Vec<(u32, u32)>, FormatError>>()?;
    let owners = numbers.count("the number of territories")?;
    numbers.next::<f64>("the number of territories again")?;
    let tolerances: Vec<f64> = numbers.many(4, "a tolerance")?;
    let affinities: Vec<f64> = numbers.many(owners * units, "an affinity")?;
    if affinities.iter().any(|&affinity| affinity != 1.0) {
        return Err(FormatError::Affinity);
    }
    let measure = |(values, tolerance): (Vec<f64>, &f64)| {
        let mean = values.iter().sum::<f64>() / owners as f64;
        Measure { values, lower: vec![mean * (1.0 - tolerance); owners], upper: vec![mean * (1.0 + tolerance); owners] }
    };
    let (metric, centres) = (Metric::Euclidean, Centres::Medians);
    Ok(Problem {
        units,
        owners,
        cost: Cost::Travel { sites, metric, centres, homes: Vec::new() },
        measures: values.into_iter().zip(&tolerances).map(measure).collect(),
        eligibility: Eligibility::All,
        fixed: Vec::new(),
        moves: Moves::default(),
        contiguity: Contiguity::Edges(edges),
    })
}
