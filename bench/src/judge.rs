//! Judges a division of accounts, whoever made it: the same figures for Bailiwick and for its peers, computed from the
//! files alone and without the engine.

use crate::columns::Columns;
use crate::run::{BenchError, print_json};
use serde::Serialize;
use std::collections::HashMap;
use std::path::Path;

/// Balance and compactness of a division.
#[derive(Debug, Clone, Serialize)]
pub struct Verdict {
    pub accounts: usize,
    pub employees: usize,
    pub unassigned: usize,
    pub doubled: usize,
    /// max |load − mean| / mean over employees.
    pub imbalance_workload: f64,
    pub imbalance_potential: f64,
    /// Σ workload × great-circle kilometres to the territory's workload-weighted centre / Σ workload.
    pub compactness_km: f64,
}

/// IUGG mean radius.
const EARTH_KM: f64 = 6371.0088;

pub fn judge(accounts: &Path, employees: &Path, assignments: &Path) -> Result<(), BenchError> {
    let (account, employee, given) = (Columns::read(accounts)?, Columns::read(employees)?, Columns::read(assignments)?);
    let index = |names: Vec<&str>| -> HashMap<String, usize> {
        names.into_iter().enumerate().map(|(i, name)| (name.to_owned(), i)).collect()
    };
    let (ids, people) = (index(account.texts("account_id")?), index(employee.texts("employee_id")?));
    let mut owner: Vec<Option<usize>> = vec![None; ids.len()];
    let mut doubled = 0;
    for (id, person) in given.texts("account_id")?.into_iter().zip(given.texts("employee_id")?) {
        let unknown =
            |what: &str, name: &str| BenchError::Table(format!("{}: unknown {what} `{name}`", assignments.display()));
        let unit = *ids.get(id).ok_or_else(|| unknown("account", id))?;
        let person = *people.get(person).ok_or_else(|| unknown("employee", person))?;
        doubled += usize::from(owner[unit].is_some_and(|now| now != person));
        owner[unit] = Some(person);
    }
    let (work, potential) = (account.numbers("workload")?, account.numbers("potential")?);
    let places = account.numbers("latitude")?.into_iter().zip(account.numbers("longitude")?).collect::<Vec<_>>();
    print_json(&Verdict { doubled, ..verdict(&owner, &places, &work, &potential, people.len()) })
}

/// Judges who owns what; `places` are latitude and longitude.
pub fn verdict(
    owner: &[Option<usize>],
    places: &[(f64, f64)],
    work: &[f64],
    potential: &[f64],
    people: usize,
) -> Verdict {
    let places: Vec<[f64; 3]> =
        places.iter().map(|(latitude, longitude)| unit_vector(latitude.to_radians(), longitude.to_radians())).collect();
    let mut centre = vec![[0.0; 3]; people];
    for (unit, person) in held(owner) {
        for axis in 0..3 {
            centre[person][axis] += work[unit] * places[unit][axis];
        }
    }
    for at in &mut centre {
        let length = at.iter().map(|x| x * x).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
        at.iter_mut().for_each(|x| *x /= length);
    }
    let (mut way, mut weight) = (0.0, 0.0);
    for (unit, person) in held(owner) {
        let chord = (0..3).map(|a| (places[unit][a] - centre[person][a]).powi(2)).sum::<f64>().sqrt();
        way += work[unit] * EARTH_KM * 2.0 * (chord / 2.0).min(1.0).asin();
        weight += work[unit];
    }
    Verdict {
        accounts: owner.len(),
        employees: people,
        unassigned: owner.iter().filter(|o| o.is_none()).count(),
        doubled: 0,
        imbalance_workload: imbalance(owner, work, people),
        imbalance_potential: imbalance(owner, potential, people),
        compactness_km: way / weight,
    }
}

fn held(owner: &[Option<usize>]) -> impl Iterator<Item = (usize, usize)> + '_ {
    owner.iter().enumerate().filter_map(|(unit, person)| person.map(|person| (unit, person)))
}

fn unit_vector(latitude: f64, longitude: f64) -> [f64; 3] {
    [latitude.cos() * longitude.cos(), latitude.cos() * longitude.sin(), latitude.sin()]
}

fn imbalance(owner: &[Option<usize>], value: &[f64], people: usize) -> f64 {
    let mut load = vec![0.0; people];
    held(owner).for_each(|(unit, person)| load[person] += value[unit]);
    let mean = load.iter().sum::<f64>() / people as f64;
    load.iter().map(|l| (l - mean).abs() / mean).fold(0.0, f64::max)
}
