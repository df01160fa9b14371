//! Refuses a malformed problem before any work, naming the part that is wrong.
//!
//! What is merely impossible (limits nobody can keep, a unit nobody may serve) is not malformed: it is solved as well as
//! can be and reported in the solution.

use crate::problem::{Centres, Contiguity, Cost, Eligibility, Measure, Moves, Point, Problem, ProblemError, Site};

/// Checks lengths, numbers and references of every part.
pub(crate) fn validate(problem: &Problem) -> Result<(), ProblemError> {
    if problem.owners == 0 {
        return Err(ProblemError::NoOwner);
    }
    cost(problem)?;
    for measure in &problem.measures {
        limits(measure, problem.units, problem.owners)?;
    }
    eligibility(problem)?;
    optional_length("fixed", problem.fixed.len(), problem.units)?;
    owners_exist("fixed", &problem.fixed, problem.owners)?;
    moves(&problem.moves, problem)?;
    if let Contiguity::Map { rim, .. } = &problem.contiguity {
        for (index, &unit) in rim.iter().enumerate() {
            reference("rim", index, unit as usize, problem.units)?;
        }
    }
    if let Contiguity::Edges(edges) | Contiguity::Map { edges, .. } = &problem.contiguity {
        for (index, &(from, to)) in edges.iter().enumerate() {
            reference("edge", index, from as usize, problem.units)?;
            reference("edge", index, to as usize, problem.units)?;
        }
    }
    Ok(())
}

fn cost(problem: &Problem) -> Result<(), ProblemError> {
    match &problem.cost {
        Cost::Zero => Ok(()),
        Cost::Matrix(rows) => {
            length("cost", rows.len(), problem.units * problem.owners)?;
            rows.iter().enumerate().try_for_each(|(index, &value)| finite("cost", index, value))
        }
        Cost::Travel { sites, centres, homes, .. } => {
            sites.iter().enumerate().try_for_each(|(index, site)| place_of_site(index, site, problem.units))?;
            if let Centres::Fixed(points) = centres {
                length("centres", points.len(), problem.owners)?;
                points.iter().enumerate().try_for_each(|(index, at)| place("centre", index, at))?;
            }
            optional_length("homes", homes.len(), problem.owners)?;
            homes.iter().enumerate().try_for_each(|(index, home)| home.map_or(Ok(()), |at| place("home", index, &at)))
        }
    }
}

fn place_of_site(index: usize, site: &Site, units: usize) -> Result<(), ProblemError> {
    reference("site", index, site.unit as usize, units)?;
    place("site", index, &site.at)?;
    not_negative("site weight", index, site.weight)
}

fn limits(measure: &Measure, units: usize, owners: usize) -> Result<(), ProblemError> {
    length("measure values", measure.values.len(), units)?;
    length("lower limits", measure.lower.len(), owners)?;
    length("upper limits", measure.upper.len(), owners)?;
    let all_finite = |part, values: &[f64]| {
        values.iter().enumerate().try_for_each(|(index, &value)| not_negative(part, index, value))
    };
    all_finite("measure value", &measure.values)?;
    all_finite("lower limit", &measure.lower)?;
    measure.upper.iter().enumerate().try_for_each(|(index, &value)| {
        if value >= 0.0 { Ok(()) } else { Err(ProblemError::Number { part: "upper limit", index, value }) }
    })
}

fn eligibility(problem: &Problem) -> Result<(), ProblemError> {
    let Eligibility::Classes { class_of, owners_of_class } = &problem.eligibility else { return Ok(()) };
    length("eligibility classes", class_of.len(), problem.units)?;
    for (index, &class) in class_of.iter().enumerate() {
        reference("eligibility class", index, class as usize, owners_of_class.len())?;
    }
    for (index, owners) in owners_of_class.iter().enumerate() {
        for &owner in owners {
            reference("eligible owner", index, owner as usize, problem.owners)?;
        }
    }
    Ok(())
}

fn moves(moves: &Moves, problem: &Problem) -> Result<(), ProblemError> {
    optional_length("present owners", moves.present.len(), problem.units)?;
    owners_exist("present owner", &moves.present, problem.owners)?;
    optional_length("move prices", moves.price.len(), problem.units)?;
    moves.price.iter().enumerate().try_for_each(|(index, &value)| not_negative("move price", index, value))?;
    optional_length("move weights", moves.weight.len(), problem.units)?;
    moves.weight.iter().enumerate().try_for_each(|(index, &value)| not_negative("move weight", index, value))?;
    match moves.budget {
        Some(value) if value.is_nan() || value < 0.0 => {
            Err(ProblemError::Number { part: "budget of moves", index: 0, value })
        }
        _ => Ok(()),
    }
}

fn length(part: &'static str, found: usize, expected: usize) -> Result<(), ProblemError> {
    if found == expected { Ok(()) } else { Err(ProblemError::Length { part, found, expected }) }
}

fn optional_length(part: &'static str, found: usize, expected: usize) -> Result<(), ProblemError> {
    if found == 0 { Ok(()) } else { length(part, found, expected) }
}

fn reference(part: &'static str, index: usize, named: usize, existing: usize) -> Result<(), ProblemError> {
    if named < existing { Ok(()) } else { Err(ProblemError::Reference { part, index, named }) }
}

fn owners_exist(part: &'static str, owners: &[Option<u32>], existing: usize) -> Result<(), ProblemError> {
    owners.iter().enumerate().try_for_each(|(index, owner)| match owner {
        Some(owner) => reference(part, index, *owner as usize, existing),
        None => Ok(()),
    })
}

fn finite(part: &'static str, index: usize, value: f64) -> Result<(), ProblemError> {
    if value.is_finite() { Ok(()) } else { Err(ProblemError::NotFinite { part, index, value }) }
}

fn not_negative(part: &'static str, index: usize, value: f64) -> Result<(), ProblemError> {
    if value.is_finite() && value >= 0.0 { Ok(()) } else { Err(ProblemError::Number { part, index, value }) }
}

fn place(part: &'static str, index: usize, at: &Point) -> Result<(), ProblemError> {
    finite(part, index, at.x)?;
    finite(part, index, at.y)
}
