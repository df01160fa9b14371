//! The best centre of a territory: the weighted geometric median of its sites.
//!
//! Source: Weiszfeld 1937, "Sur le point pour lequel la somme des distances de n points donnés est minimum", with the
//! exception at a site of Vardi & Zhang 2000, "The multivariate L1-median and associated data depth", PNAS 97. On the
//! sphere the pull of a site is the unit tangent towards it, which gives weights w / sin(angle).

use super::metric::{Place, distance, squared_chord};
use super::terrain::{Terrain, on_surface};
use crate::control::Control;
use crate::problem::Metric;

/// Weiszfeld's step summed up: feed sites, then ask for the next centre.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pull {
    sum: [f64; 3],
    total: f64,
}

impl Pull {
    /// `blur` keeps the pull of sites close by finite (in chords or plane units).
    #[inline]
    pub fn add(&mut self, metric: Metric, site: &Place, weight: f64, centre: &Place, blur: f64) {
        let squared = squared_chord(site, centre);
        let sine_squared =
            if metric == Metric::GreatCircle { squared * (1.0 - 0.25 * squared).max(1e-6) } else { squared };
        let pull = weight / (sine_squared + blur * blur).sqrt();
        (0..3).for_each(|d| self.sum[d] += pull * site[d]);
        self.total += pull;
    }

    pub fn merge(&mut self, other: &Pull) {
        (0..3).for_each(|d| self.sum[d] += other.sum[d]);
        self.total += other.total;
    }

    /// The next centre; the same one where nothing pulls.
    pub fn next(&self, metric: Metric, centre: &Place) -> Place {
        if self.total <= 0.0 || !self.total.is_finite() {
            return *centre;
        }
        on_surface(metric, self.sum.map(|v| v / self.total)).unwrap_or(*centre)
    }
}

/// Smallest distance that counts, in chords of the unit sphere or, scaled by the extent, in the plane.
pub(crate) fn blur(terrain: &Terrain) -> f64 {
    if terrain.metric == Metric::GreatCircle {
        return 1e-9;
    }
    let reach = terrain.at.iter().flat_map(|p| p.iter()).fold(0.0f64, |most, v| most.max(v.abs()));
    (reach * 1e-9).max(1e-300)
}

/// The geometric median of the units' sites, starting from `centre`; never worse than it, also when time runs out.
pub(crate) fn median(
    terrain: &Terrain,
    units: &[u32],
    centre: Place,
    rounds: usize,
    blur: f64,
    control: &Control,
) -> Place {
    if control.is_over() {
        return centre;
    }
    let cost = |at: &Place| -> f64 { units.iter().map(|&unit| terrain.travel(unit as usize, at)).sum() };
    let first = cost(&centre);
    let mut now = centre;
    for _ in 0..rounds {
        if control.is_over() {
            break;
        }
        let mut pull = Pull::default();
        for &unit in units {
            for s in terrain.sites(unit as usize) {
                pull.add(terrain.metric, &terrain.at[s], terrain.weight[s], &now, blur);
            }
        }
        let next = pull.next(terrain.metric, &now);
        let step = distance(smooth(terrain.metric), &now, &next);
        now = next;
        if step <= 1e-7 * (1.0 + step) {
            break;
        }
    }
    let (best, at) = heaviest_site(terrain, units, &now).map_or((f64::INFINITY, now), |site| (cost(&site), site));
    let reached = cost(&now);
    if best < reached && best < first {
        at
    } else if reached <= first {
        now
    } else {
        centre
    }
}

/// The site that pulls most from close by: Weiszfeld only creeps towards a median that is a site.
fn heaviest_site(terrain: &Terrain, units: &[u32], near: &Place) -> Option<Place> {
    let sites = units.iter().flat_map(|&unit| terrain.sites(unit as usize)).filter(|&s| terrain.weight[s] > 0.0);
    let closeness = |s: usize| terrain.weight[s] / (squared_chord(&terrain.at[s], near).sqrt() + 1e-300);
    sites.map(|s| (closeness(s), s)).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1))).map(|(_, s)| terrain.at[s])
}

fn smooth(metric: Metric) -> Metric {
    if metric == Metric::EuclideanFloor { Metric::Euclidean } else { metric }
}
