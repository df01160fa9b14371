//! How units lie around the middle of their cell, and what that adds to what a part of the cell can gain.
//!
//! Let every unit gain `weight × (worth − way)`, the worth for a weight being the same all over the cell. The way from a
//! centre is convex along geodesics, so a unit's is at least the middle's plus the part of the vector from the middle to the
//! unit that points away from the centre. What the units in reach gain together is then convex in what the middle gains for a
//! weight, nothing from `−radius` down, all of it from `radius` up, and at 0 at most the sum of those parts in one direction,
//! the `edge`. The broken line through these three points lies above it and is what three units at the middle gain that cost
//! `radius` less, nothing more, and `radius` more for a weight.

use crate::problem::Metric;
use crate::travel::cells::Cells;
use crate::travel::metric::{Place, RADIUS_KM, distance, squared_chord};
use crate::travel::terrain::Terrain;
use std::f64::consts::PI;

/// Directions that are tried; between them the sum is no more than 1 / cos(π / 2 / DIRECTIONS) as large.
const DIRECTIONS: usize = 12;

/// One cell's; all nought for a single unit.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Spread {
    /// No unit is farther from the middle.
    pub radius: f64,
    /// Share of the cell's weight that costs `radius` less, and as much that costs `radius` more.
    pub share: f64,
    /// Σ weight × vector from the middle: nought but for the roundness of the earth.
    pub rest: f64,
    /// Σ weight × way from the middle: what a cell counts where ways are not convex.
    pub all: f64,
}

impl Spread {
    pub fn of_cells(cells: &Cells, terrain: &Terrain) -> Vec<Self> {
        let mut vectors: Vec<Vec<(f64, f64, f64)>> = vec![Vec::new(); cells.model.units];
        for (unit, &cell) in cells.of.iter().enumerate() {
            let sites = cells.terrain.sites(cell as usize);
            if sites.len() == 1 {
                let middle = &cells.terrain.at[sites.start];
                let seen = |site: usize| vector(terrain.metric, middle, &terrain.at[site], terrain.weight[site]);
                vectors[cell as usize].extend(terrain.sites(unit).map(seen));
            }
        }
        vectors.iter().map(|vectors| Spread::of(vectors)).collect()
    }

    /// Of weights and vectors from the middle.
    fn of(vectors: &[(f64, f64, f64)]) -> Self {
        let (mut weight, mut radius, mut all) = (0.0, 0.0f64, 0.0);
        let (mut x, mut y) = (0.0, 0.0);
        let mut across = [0.0f64; DIRECTIONS];
        for &(w, east, north) in vectors {
            let way = east.hypot(north);
            weight += w;
            radius = radius.max(way);
            all += w * way;
            (x, y) = (x + w * east, y + w * north);
            for (k, sum) in across.iter_mut().enumerate() {
                let (sine, cosine) = (PI * k as f64 / DIRECTIONS as f64).sin_cos();
                *sum += w * (east * cosine + north * sine).abs();
            }
        }
        if radius <= 0.0 || weight <= 0.0 {
            return Spread::default();
        }
        let rest = x.hypot(y);
        let widest = across.into_iter().fold(0.0, f64::max) / (PI / 2.0 / DIRECTIONS as f64).cos();
        let edge = 0.5 * (widest + rest) * (1.0 + 1e-9);
        let radius = radius * (1.0 + 1e-9);
        Spread { radius, share: (edge / (weight * radius)).min(0.5), rest, all }
    }

    /// The parts a cell counts as: share of its weight and what a weight of it costs more.
    #[inline]
    pub fn parts(&self) -> [(f64, f64); 3] {
        [(self.share, -self.radius), (1.0 - 2.0 * self.share, 0.0), (self.share, self.radius)]
    }
}

/// The weight and the vector from the middle to the site along the ground, kilometres to the east and north.
fn vector(metric: Metric, middle: &Place, site: &Place, weight: f64) -> (f64, f64, f64) {
    if metric != Metric::GreatCircle {
        return (weight, site[0] - middle[0], site[1] - middle[1]);
    }
    let flat = middle[0].hypot(middle[1]);
    let (east, north) = if flat > 1e-12 {
        let (cosine, sine) = (middle[0] / flat, middle[1] / flat);
        ([-sine, cosine, 0.0], [-middle[2] * cosine, -middle[2] * sine, flat])
    } else {
        ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
    };
    let along = |axis: &Place| axis.iter().zip(site).map(|(a, s)| a * s).sum::<f64>();
    let (x, y) = (along(&east), along(&north));
    let length = x.hypot(y);
    let way = distance(metric, middle, site);
    if length <= 0.0 || squared_chord(middle, site) >= 4.0 - 1e-9 {
        return (weight, way.min(PI * RADIUS_KM), 0.0);
    }
    (weight, way * x / length, way * y / length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::random::Dice;
    use crate::problem::Point;
    use crate::travel::metric::place;
    use crate::travel::terrain::on_surface;

    #[test]
    fn no_part_of_a_cell_gains_more_from_any_centre_than_its_parts_do() {
        let mut dice = Dice::new(11, 0);
        let mut tightest = f64::INFINITY;
        for case in 0..400 {
            let metric = [Metric::Euclidean, Metric::GreatCircle][case % 2];
            let size = [0.1, 1.0, 8.0][case % 3];
            let mut near = |x: f64, y: f64, size: f64| Point {
                x: x + size * (dice.unit() - 0.5),
                y: y + size * (dice.unit() - 0.5),
            };
            let sites: Vec<Place> = (0..7).map(|_| place(metric, near(20.0, 45.0, size))).collect();
            let centres: Vec<Place> = (0..40).map(|_| place(metric, near(20.0, 45.0, 3.0 * size))).collect();
            let weights: Vec<f64> = (0..7).map(|_| 0.2 + dice.unit()).collect();
            let weight: f64 = weights.iter().sum();
            let mean = std::array::from_fn(|d| sites.iter().zip(&weights).map(|(s, w)| w * s[d]).sum::<f64>() / weight);
            let middle = on_surface(metric, mean).unwrap_or(sites[0]);
            let vectors: Vec<_> = sites.iter().zip(&weights).map(|(s, &w)| vector(metric, &middle, s, w)).collect();
            let spread = Spread::of(&vectors);
            for centre in &centres {
                let way = distance(metric, centre, &middle);
                for step in -8..=8 {
                    let worth = way + f64::from(step) / 6.0 * spread.radius;
                    let gain = |(s, w): (&Place, &f64)| w * (worth - distance(metric, centre, s)).max(0.0);
                    let part: f64 = sites.iter().zip(&weights).map(gain).sum();
                    let net = weight * (worth - way) + spread.rest;
                    let parts = spread.parts().into_iter();
                    let told: f64 = parts.map(|(share, more)| (share * (net - weight * more)).max(0.0)).sum();
                    assert!(told >= part - 1e-9 * weight * spread.radius, "{told} {part} {step} {spread:?}");
                    if step == 0 && part > 0.0 {
                        tightest = tightest.min(told / part);
                    }
                }
            }
        }
        assert!(tightest < 1.1, "the bound should be close in the worst direction: {tightest}");
    }
}
