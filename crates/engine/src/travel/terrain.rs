//! Where the units are: their sites, unit by unit, and what serving them from a centre costs.

use super::metric::{Place, distance, place};
use crate::model::Model;
use crate::problem::{Metric, Site};

#[derive(Debug, Clone)]
pub(crate) struct Terrain {
    pub metric: Metric,
    /// Sites of unit `u`: `first[u]..first[u + 1]`.
    pub first: Vec<u32>,
    pub at: Vec<Place>,
    pub weight: Vec<f64>,
}

impl Terrain {
    pub fn new(model: &Model, sites: &[Site], metric: Metric, units: usize) -> Self {
        let mut index = vec![u32::MAX; units];
        model.unit_of.iter().enumerate().for_each(|(i, &unit)| index[unit as usize] = i as u32);
        let mut first = vec![0u32; model.units + 1];
        let known = |site: &&Site| index[site.unit as usize] != u32::MAX;
        sites.iter().filter(known).for_each(|site| first[index[site.unit as usize] as usize + 1] += 1);
        for unit in 0..model.units {
            first[unit + 1] += first[unit];
        }
        let mut next = first.clone();
        let count = first[model.units] as usize;
        let (mut at, mut weight) = (vec![[0.0; 3]; count], vec![0.0; count]);
        for site in sites.iter().filter(known) {
            let slot = &mut next[index[site.unit as usize] as usize];
            at[*slot as usize] = place(metric, site.at);
            weight[*slot as usize] = site.weight;
            *slot += 1;
        }
        Terrain { metric, first, at, weight }
    }

    #[inline]
    pub fn sites(&self, unit: usize) -> std::ops::Range<usize> {
        self.first[unit] as usize..self.first[unit + 1] as usize
    }

    /// Σ weight × distance from the centre to the unit's sites.
    #[inline]
    pub fn travel(&self, unit: usize, centre: &Place) -> f64 {
        self.sites(unit).map(|s| self.weight[s] * distance(self.metric, &self.at[s], centre)).sum()
    }

    /// The same without rounding distances down.
    pub fn travel_plain(&self, unit: usize, centre: &Place) -> f64 {
        let metric = if self.metric == Metric::EuclideanFloor { Metric::Euclidean } else { self.metric };
        self.sites(unit).map(|s| self.weight[s] * distance(metric, &self.at[s], centre)).sum()
    }

    /// Total weight of the unit's sites.
    #[inline]
    pub fn weight_of(&self, unit: usize) -> f64 {
        self.sites(unit).map(|s| self.weight[s]).sum()
    }

    /// The middle of the unit's sites, by weight where there is any; `None` without sites.
    pub fn middle(&self, unit: usize) -> Option<Place> {
        let sites = self.sites(unit);
        if sites.len() <= 1 {
            return sites.into_iter().next().map(|s| self.at[s]);
        }
        let weightless = self.weight_of(unit) <= 0.0;
        let mut sum = [0.0; 3];
        for s in sites.clone() {
            let weight = if weightless { 1.0 } else { self.weight[s] };
            (0..3).for_each(|d| sum[d] += weight * self.at[s][d]);
        }
        let total = if weightless { sites.len() as f64 } else { self.weight_of(unit) };
        Some(on_surface(self.metric, sum.map(|v| v / total)).unwrap_or(self.at[sites.start]))
    }
}

/// The place back on the sphere; `None` where that has no meaning (its centre).
pub(crate) fn on_surface(metric: Metric, place: Place) -> Option<Place> {
    if metric != Metric::GreatCircle {
        return place.iter().all(|v| v.is_finite()).then_some(place);
    }
    let norm = (place[0] * place[0] + place[1] * place[1] + place[2] * place[2]).sqrt();
    (norm > 1e-9 && norm.is_finite()).then(|| place.map(|v| v / norm))
}
