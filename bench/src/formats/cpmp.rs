//! Capacitated p-median: `number optimum`, `n p capacity`, then `id x y demand`; distances rounded down.

use super::{FormatError, Numbers};
use bailiwick_engine::{Centres, Contiguity, Cost, Eligibility, Measure, Metric, Moves, Point, Problem, Site};

pub(super) fn parse(text: &str) -> Result<Problem, FormatError> {
    let mut numbers = Numbers::of(text);
    numbers.next::<f64>("the number of the instance")?;
    numbers.next::<f64>("its optimum")?;
    let units = numbers.count("the number of points")?;
    let owners = numbers.count("the number of medians")?;
    let capacity: f64 = numbers.next("the capacity")?;
    let mut sites = Vec::with_capacity(units);
    let mut demands = Vec::with_capacity(units);
    for unit in 0..units as u32 {
        numbers.next::<f64>("the number of a point")?;
        let at = Point { x: numbers.next("a co-ordinate")?, y: numbers.next("a co-ordinate")? };
        sites.push(Site { unit, at, weight: 1.0 });
        demands.push(numbers.next("a demand")?);
    }
    let (metric, centres) = (Metric::EuclideanFloor, Centres::Medians);
    Ok(Problem {
        units,
        owners,
        cost: Cost::Travel { sites, metric, centres, homes: Vec::new() },
        measures: vec![Measure { values: demands, lower: vec![0.0; owners], upper: vec![capacity; owners] }],
        eligibility: Eligibility::All,
        fixed: Vec::new(),
        moves: Moves::default(),
        contiguity: Contiguity::Ignored,
    })
}
