//! Which owner gets which finished territory.
//!
//! Owners with the same limits and eligibility can change territories without harm; they are given those for which moves
//! and the way from home cost least: a linear assignment, solved exactly. Source: Jonker & Volgenant 1987, "A shortest
//! augmenting path algorithm for dense and sparse linear assignment problems", Computing 38.

use super::metric::{Place, distance};
use super::seed::groups;
use super::terrain::Terrain;
use crate::control::{Control, OutOfTime};
use crate::model::{Model, NOBODY};

/// For each owner, whose territory it takes over.
pub(crate) fn best_exchange(
    model: &Model,
    terrain: &Terrain,
    homes: &[Option<Place>],
    owner: &[u32],
    centres: &[Place],
    control: &Control,
) -> Result<Vec<u32>, OutOfTime> {
    let mut takes: Vec<u32> = (0..model.owners as u32).collect();
    let held = Held::new(model, terrain, owner);
    for group in interchangeable(model) {
        if group.len() < 2 {
            continue;
        }
        let cost =
            |person: usize, territory: usize| held.cost(terrain, homes, centres, group[person], group[territory]);
        let matrix: Vec<f64> =
            (0..group.len()).flat_map(|p| (0..group.len()).map(move |t| (p, t))).map(|(p, t)| cost(p, t)).collect();
        for (person, territory) in assign(&matrix, group.len(), control)?.into_iter().enumerate() {
            takes[group[person] as usize] = group[territory];
        }
    }
    Ok(takes)
}

/// Groups of owners nobody can tell apart but by name, home and present units.
fn interchangeable(model: &Model) -> Vec<Vec<u32>> {
    let same = |a: u32, b: u32| {
        let of = |j: u32| j as usize * model.measures..(j as usize + 1) * model.measures;
        model.lower[of(a)] == model.lower[of(b)] && model.upper[of(a)] == model.upper[of(b)]
    };
    let mut parts: Vec<Vec<u32>> = Vec::new();
    for group in groups(model) {
        let first = parts.len();
        for owner in group {
            match parts[first..].iter_mut().find(|part| same(part[0], owner)) {
                Some(part) => part.push(owner),
                None => parts.push(vec![owner]),
            }
        }
    }
    parts
}

/// What each territory holds of each owner's present units.
struct Held {
    owners: usize,
    /// Price saved when the owner takes the territory, with a trifle for units kept at no price.
    saved: Vec<f64>,
    weight: Vec<f64>,
}

impl Held {
    fn new(model: &Model, terrain: &Terrain, owner: &[u32]) -> Self {
        let owners = model.owners;
        let mut held = Held { owners, saved: vec![0.0; owners * owners], weight: vec![0.0; owners] };
        for (unit, &territory) in owner.iter().enumerate() {
            held.weight[territory as usize] += terrain.weight_of(unit);
            if model.present[unit] != NOBODY {
                let at = model.present[unit] as usize * owners + territory as usize;
                held.saved[at] += model.price[unit] + 1e-9 * model.toll[unit];
            }
        }
        held
    }

    fn cost(&self, terrain: &Terrain, homes: &[Option<Place>], centres: &[Place], person: u32, territory: u32) -> f64 {
        let (person, territory) = (person as usize, territory as usize);
        let way = homes
            .get(person)
            .copied()
            .flatten()
            .map_or(0.0, |home| self.weight[territory] * distance(terrain.metric, &home, &centres[territory]));
        way - self.saved[person * self.owners + territory]
    }
}

/// The column of each row at the least total cost.
fn assign(cost: &[f64], size: usize, control: &Control) -> Result<Vec<usize>, OutOfTime> {
    // Potentials of rows and columns; column 0 and row 0 stand for "none yet".
    let (mut row_price, mut column_price) = (vec![0.0; size + 1], vec![0.0; size + 1]);
    let mut row_of = vec![0usize; size + 1];
    let mut came_from = vec![0usize; size + 1];
    for row in 1..=size {
        control.go_on()?;
        row_of[0] = row;
        let mut least = vec![f64::INFINITY; size + 1];
        let mut done = vec![false; size + 1];
        let mut column = 0;
        while row_of[column] != 0 {
            done[column] = true;
            let from = row_of[column];
            let (mut step, mut next) = (f64::INFINITY, 0);
            for to in (1..=size).filter(|&to| !done[to]) {
                let reduced = cost[(from - 1) * size + to - 1] - row_price[from] - column_price[to];
                if reduced < least[to] {
                    (least[to], came_from[to]) = (reduced, column);
                }
                if least[to] < step {
                    (step, next) = (least[to], to);
                }
            }
            for to in 0..=size {
                if done[to] {
                    row_price[row_of[to]] += step;
                    column_price[to] -= step;
                } else {
                    least[to] -= step;
                }
            }
            column = next;
        }
        while column != 0 {
            row_of[column] = row_of[came_from[column]];
            column = came_from[column];
        }
    }
    let mut column_of = vec![0; size];
    (1..=size).for_each(|column| column_of[row_of[column] - 1] = column - 1);
    Ok(column_of)
}

#[cfg(test)]
mod tests {
    use super::assign;
    use crate::control::Control;

    #[test]
    fn the_cheapest_assignment_is_found() {
        let cost = [4.0, 1.0, 3.0, 2.0, 0.0, 5.0, 3.0, 2.0, 2.0];
        assert_eq!(assign(&cost, 3, &Control::unbounded(0)), Ok(vec![1, 0, 2]));
    }
}
