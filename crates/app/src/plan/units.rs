//! Units that go to one employee as a whole, such as postcodes, and who neighbours whom.
//!
//! A unit without accounts stays in the map and weighs nothing: territories may be connected through it.

use std::path::Path;

use bailiwick_data::Table;
use bailiwick_domain::finding::{Finding, suggest};
use bailiwick_domain::policy::Policy;
use bailiwick_domain::policy::document::{Territories, Text};
use bailiwick_engine::{Contiguity, Point};
use rustc_hash::FxHashMap;

use super::shapes::{Fault, Map, read_pairs, read_shapes};
use crate::classify::{compile, data_finding};
use crate::error::AppError;
use crate::pool::Pool;

/// The units of one pool.
pub struct Units {
    /// Unit of each account of the pool; the units with accounts come first.
    pub unit_of: Vec<u32>,
    /// How many units have accounts.
    pub held: usize,
    map: Option<Map>,
    /// Unit of each name of the map.
    unit_of_name: Vec<u32>,
    /// How many units of the map have none.
    pub empty: usize,
}

/// What units are read from.
pub struct Land<'a> {
    pub policy: &'a Policy,
    /// The folder that the policy's paths start from.
    pub base: &'a Path,
    pub accounts: &'a Table,
    pub account_ids: &'a [String],
}

/// The units that the policy names, if it does.
pub fn given_units(land: &Land, pool: &Pool, territories: &Territories) -> Result<Option<Units>, AppError> {
    let Some(text) = &territories.unit else { return Ok(None) };
    let names = names(land, pool, text)?;
    let mut index: FxHashMap<&str, u32> = FxHashMap::default();
    let unit_of: Vec<u32> = names
        .iter()
        .map(|name| {
            let next = index.len() as u32;
            *index.entry(name.as_str()).or_insert(next)
        })
        .collect();
    let held = index.len();
    let map = if territories.contiguous { read_map(land, territories)? } else { None };
    let Some((map, file)) = map else {
        return Ok(Some(Units { unit_of, held, map: None, unit_of_name: vec![], empty: 0 }));
    };
    refuse_unknown(land.policy, &index, &map, text, file)?;
    let mut empty = 0;
    let unit_of_name = map
        .names
        .iter()
        .map(|name| {
            index.get(name.as_str()).copied().unwrap_or_else(|| {
                empty += 1;
                (held + empty - 1) as u32
            })
        })
        .collect();
    Ok(Some(Units { unit_of, held, map: Some(map), unit_of_name, empty }))
}

/// The unit's name of every account of the pool.
fn names(land: &Land, pool: &Pool, text: &Text) -> Result<Vec<String>, AppError> {
    let Land { policy, accounts, .. } = land;
    let refuse = |finding: Finding| AppError::refused(policy, vec![finding]);
    let expression = compile(policy, text, &accounts.columns()).map_err(refuse)?;
    let column = expression.words(accounts).map_err(|error| refuse(data_finding(policy, text, &error)))?;
    let of = |row: &u32| column.filled(*row as usize).map(str::to_owned);
    let without: Vec<u32> = pool.accounts.iter().copied().filter(|row| of(row).is_none()).collect();
    if without.is_empty() {
        return Ok(pool.accounts.iter().filter_map(of).collect());
    }
    let samples = without.iter().take(3).map(|row| land.account_ids[*row as usize].clone()).collect();
    let message = format!("accounts of {} have no unit: \"{}\" is empty", pool.title(), text.get_ref());
    let remedy = "fill the column, or write coalesce(column, 'elsewhere')";
    let finding = Finding::error("territory-unit-missing", message, remedy).at(policy.place(text));
    Err(refuse(finding.counting(without.len() as u64, samples)))
}

/// Beyond this, a map is drawn finer than borders need.
const LARGEST_MAP: u64 = 256 << 20;

fn read_map<'t>(land: &Land, territories: &'t Territories) -> Result<Option<(Map, &'t Text)>, AppError> {
    let file = match (&territories.shapes, &territories.neighbours) {
        (Some(shapes), _) => &shapes.file,
        (None, Some(neighbours)) => neighbours,
        (None, None) => return Ok(None),
    };
    let path = land.base.join(file.get_ref());
    let told = |Fault { what, remedy }: Fault| {
        let message = format!("{} cannot be used: {what}", file.get_ref());
        let finding = Finding::error("territory-map", message, remedy).at(land.policy.place(file));
        AppError::refused(land.policy, vec![finding])
    };
    let size = std::fs::metadata(&path).map_err(AppError::io("read", &path))?.len();
    if size > LARGEST_MAP {
        let what = format!("it has {} MiB, more than {}", size >> 20, LARGEST_MAP >> 20);
        let remedy =
            String::from("simplify the shapes together, to corners some 100 m apart, or list neighbours instead");
        return Err(told(Fault { what, remedy }));
    }
    let text = std::fs::read_to_string(&path).map_err(AppError::io("read", &path))?;
    let map = match &territories.shapes {
        Some(shapes) => read_shapes(&text, shapes.property.get_ref()),
        None => read_pairs(&text),
    };
    Ok(Some((map.map_err(told)?, file)))
}

fn refuse_unknown(
    policy: &Policy,
    index: &FxHashMap<&str, u32>,
    map: &Map,
    text: &Text,
    file: &Text,
) -> Result<(), AppError> {
    let known: rustc_hash::FxHashSet<&str> = map.names.iter().map(String::as_str).collect();
    let mut unknown: Vec<&str> = index.keys().copied().filter(|name| !known.contains(name)).collect();
    unknown.sort_unstable();
    let Some(first) = unknown.first() else { return Ok(()) };
    let message = format!("accounts are in units that are not in {}", file.get_ref());
    let remedy = format!("add them to it, or correct \"{}\": {}", text.get_ref(), suggest(first, known));
    let samples = unknown.iter().take(3).map(|name| (*name).to_owned()).collect();
    let finding = Finding::error("territory-unit-unknown", message, remedy).at(policy.place(text));
    Err(AppError::refused(policy, vec![finding.counting(unknown.len() as u64, samples)]))
}

impl Units {
    /// Who neighbours whom, in the engine's units. `unit_of` and `held` may have been split since; the empty units follow
    /// the held ones.
    pub fn contiguity(&self, unit_of: &[u32], held: usize, places: &[Option<Point>]) -> Contiguity {
        let Some(map) = &self.map else { return Contiguity::OfSites };
        let mut parts: Vec<Vec<u32>> = vec![vec![]; self.held];
        for (unit, part) in self.unit_of.iter().zip(unit_of) {
            if !parts[*unit as usize].contains(part) {
                parts[*unit as usize].push(*part);
            }
        }
        let parts_of = |name: u32| -> Vec<u32> {
            let unit = self.unit_of_name[name as usize];
            parts.get(unit as usize).cloned().unwrap_or_else(|| vec![unit - self.held as u32 + held as u32])
        };
        let mut edges: Vec<(u32, u32)> =
            parts.iter().flat_map(|parts| parts.windows(2).map(|pair| (pair[0], pair[1]))).collect();
        for (a, b) in &map.edges {
            let others = parts_of(*b);
            edges.extend(parts_of(*a).into_iter().flat_map(|a| others.iter().map(move |b| (a, *b))));
        }
        bridge(&mut edges, &middles(unit_of, held + self.empty, places), held);
        match &map.rim {
            Some(rim) => Contiguity::Map { edges, rim: rim.iter().flat_map(|name| parts_of(*name)).collect() },
            None => Contiguity::Edges(edges),
        }
    }
}

/// The middle of each unit's accounts.
fn middles(unit_of: &[u32], units: usize, places: &[Option<Point>]) -> Vec<Option<Point>> {
    let mut sums = vec![(0.0, 0.0, 0.0); units];
    for (unit, at) in unit_of.iter().zip(places) {
        if let Some(at) = at {
            let sum = &mut sums[*unit as usize];
            *sum = (sum.0 + at.x, sum.1 + at.y, sum.2 + 1.0);
        }
    }
    sums.into_iter().map(|(x, y, count)| (count > 0.0).then(|| Point { x: x / count, y: y / count })).collect()
}

/// Joins islands to what lies nearest, and empty land that nobody reaches to anything: no division could hold them.
fn bridge(edges: &mut Vec<(u32, u32)>, middles: &[Option<Point>], held: usize) {
    let mut root: Vec<u32> = (0..middles.len() as u32).collect();
    for (a, b) in edges.iter() {
        let (a, b) = (find(&mut root, *a), find(&mut root, *b));
        root[a as usize] = b;
    }
    loop {
        let home = find(&mut root, 0);
        let outside: Vec<u32> = (0..middles.len() as u32).filter(|unit| find(&mut root, *unit) != home).collect();
        let Some(&stranded) = outside.iter().find(|unit| (**unit as usize) < held).or(outside.first()) else { return };
        let island = find(&mut root, stranded);
        let mut best: Option<(f64, u32, u32)> = None;
        for a in 0..held as u32 {
            let Some(from) = middles[a as usize].filter(|_| find(&mut root, a) == island) else { continue };
            for b in 0..held as u32 {
                let Some(to) = middles[b as usize].filter(|_| find(&mut root, b) != island) else { continue };
                let way = crate::geo::great_circle_km(from, to);
                if best.is_none_or(|best| way < best.0) {
                    best = Some((way, a, b));
                }
            }
        }
        let (_, a, b) = best.unwrap_or((0.0, stranded, home));
        edges.push((a.min(b), a.max(b)));
        let (a, b) = (find(&mut root, a), find(&mut root, b));
        root[a as usize] = b;
    }
}

fn find(root: &mut [u32], mut unit: u32) -> u32 {
    while root[unit as usize] != unit {
        root[unit as usize] = root[root[unit as usize] as usize];
        unit = root[unit as usize];
    }
    unit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn islands_are_joined_to_what_lies_nearest() {
        let at = |x: f64| Some(Point { x, y: 42.0 });
        // 0-1 and 2-3 are two islands, 4 is empty and touches nobody.
        let mut edges = vec![(0, 1), (2, 3)];
        bridge(&mut edges, &[at(20.0), at(21.0), at(25.0), at(22.0), None], 4);
        assert_eq!(edges[2], (1, 3));
        assert_eq!(edges.len(), 4);
    }

    #[test]
    fn a_split_unit_stays_beside_its_neighbours_and_empty_ones_follow() {
        let map =
            Map { names: ["a", "b", "c"].map(String::from).to_vec(), edges: vec![(0, 2), (1, 2)], rim: Some(vec![2]) };
        let units = Units { unit_of: vec![0, 0, 1], held: 2, map: Some(map), unit_of_name: vec![0, 1, 2], empty: 1 };
        let places = [None, None, None];
        assert_eq!(
            units.contiguity(&[0, 0, 1], 2, &places),
            Contiguity::Map { edges: vec![(0, 2), (1, 2)], rim: vec![2] }
        );
        assert_eq!(
            units.contiguity(&[0, 1, 2], 3, &places),
            Contiguity::Map { edges: vec![(0, 1), (0, 3), (1, 3), (2, 3)], rim: vec![3] }
        );
    }
}
