//! Distances from every unit to every site that may be a centre, and what follows for the movable units.

use crate::contiguity::{self, Graph};
use crate::matrix::pool::{NOBODY, Pool};
use crate::problem::{Metric, Problem, Site};
use crate::travel::metric::{distance, place};

/// Most units × sites kept as a table.
pub(crate) const MOST_PAIRS: usize = 12_000_000;

pub(crate) struct Map<'p, 'a, const K: usize> {
    pub pool: &'p Pool<'a, K>,
    pub owners: usize,
    pub units: usize,
    /// `way[unit * sites + site]`: Σ weight × distance of the unit's sites to `site`.
    pub way: Vec<f64>,
    pub sites: usize,
    /// The unit of each site.
    pub unit_of: Vec<u32>,
    /// First site of each unit; sites are sorted by unit.
    first: Vec<u32>,
    /// Index in the pool of a unit, [`NOBODY`] where it is fixed or nobody may serve it.
    pub movable: Vec<u32>,
    pub graph: Option<Graph>,
    /// Units nearest to each unit, for choosing moves where there is no graph.
    near: Vec<u32>,
    near_count: usize,
}

impl<'p, 'a, const K: usize> Map<'p, 'a, K> {
    /// For a cost by matrix: units have no place, only neighbours; each unit is its own site and no way counts.
    pub fn without_ways(problem: &Problem, pool: &'p Pool<'a, K>) -> Self {
        let units = problem.units;
        let mut movable = vec![NOBODY; units];
        pool.units.iter().enumerate().for_each(|(i, &u)| movable[u as usize] = i as u32);
        Map {
            pool,
            owners: pool.owners,
            units,
            way: Vec::new(),
            sites: units,
            unit_of: (0..units as u32).collect(),
            first: (0..=units as u32).collect(),
            movable,
            graph: contiguity::graph(problem),
            near: Vec::new(),
            near_count: 0,
        }
    }

    /// No way counts.
    pub fn is_flat(&self) -> bool {
        self.way.is_empty()
    }

    pub fn new(problem: &Problem, pool: &'p Pool<'a, K>, sites: &[Site], metric: Metric) -> Self {
        let places: Vec<_> = sites.iter().map(|s| place(metric, s.at)).collect();
        let (units, count) = (problem.units, sites.len());
        let mut way = vec![0.0; units * count];
        for (i, site) in sites.iter().enumerate() {
            let row = &mut way[site.unit as usize * count..(site.unit as usize + 1) * count];
            for (j, cell) in row.iter_mut().enumerate() {
                *cell += site.weight * distance(metric, &places[i], &places[j]);
            }
        }
        let mut movable = vec![NOBODY; units];
        pool.units.iter().enumerate().for_each(|(i, &u)| movable[u as usize] = i as u32);
        let unit_of: Vec<u32> = sites.iter().map(|s| s.unit).collect();
        let near_count = 16.min(units.saturating_sub(1));
        let mut near = Vec::with_capacity(units * near_count);
        let mut first = vec![0u32; units + 1];
        unit_of.iter().for_each(|&u| first[u as usize + 1] += 1);
        (0..units).for_each(|u| first[u + 1] += first[u]);
        let spot = |unit: usize| (first[unit] < first[unit + 1]).then_some(first[unit] as usize);
        let graph = contiguity::graph(problem);
        let near_count = if graph.is_some() { 0 } else { near_count };
        for unit in (0..units).filter(|_| near_count > 0) {
            let mut list: Vec<(f64, u32)> = (0..units)
                .filter(|&other| other != unit)
                .map(|other| {
                    let apart = match (spot(unit), spot(other)) {
                        (Some(i), Some(j)) => distance(metric, &places[i], &places[j]),
                        _ => f64::INFINITY,
                    };
                    (apart, other as u32)
                })
                .collect();
            list.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            near.extend(list.iter().take(near_count).map(|n| n.1));
        }
        Map { pool, owners: pool.owners, units, way, sites: count, unit_of, first, movable, graph, near, near_count }
    }

    /// Sites of a unit.
    #[inline]
    pub fn sites_of(&self, unit: usize) -> std::ops::Range<usize> {
        self.first[unit] as usize..self.first[unit + 1] as usize
    }

    #[inline]
    pub fn row(&self, unit: usize) -> &[f64] {
        &self.way[unit * self.sites..(unit + 1) * self.sites]
    }

    /// Units close by: neighbours where there is a graph, else the nearest.
    #[inline]
    pub fn around(&self, unit: usize) -> &[u32] {
        match &self.graph {
            Some(graph) => graph.neighbours(unit),
            None => &self.near[unit * self.near_count..(unit + 1) * self.near_count],
        }
    }
}
