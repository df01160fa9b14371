//! Boxes that together are all the ground a centre can lie on, and distances that hold for a whole box.
//!
//! The way from a site is convex along geodesics (on the sphere: up to a quarter of a great circle), so within a box it is at
//! least its tangent at the box's middle. Tangents are linear, what a territory gains is then convex over the rectangle that
//! holds the box, and the most it can gain is at one of four corners.

use crate::problem::{Metric, Point};
use crate::travel::metric::{Place, RADIUS_KM, distance, place, squared_chord};
use crate::travel::terrain::Terrain;
use std::f64::consts::{FRAC_PI_2, PI};

/// Part of the plane, or of longitude and latitude.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Tile {
    pub middle: Point,
    pub half: Point,
}

/// A tile seen from its middle.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    pub at: Place,
    east: Place,
    north: Place,
    /// Half sides of the rectangle that holds the tile in the plane that touches at the middle.
    pub half: (f64, f64),
    /// No point of the tile is farther from its middle.
    pub radius: f64,
    metric: Metric,
}

/// All the ground: the box around the sites, or the whole sphere. A best centre is never outside.
pub(crate) fn ground(terrain: &Terrain) -> Vec<Tile> {
    if terrain.metric == Metric::GreatCircle {
        let tile = |i: i32, j: i32| Tile {
            middle: Point { x: -157.5 + 45.0 * f64::from(i), y: -67.5 + 45.0 * f64::from(j) },
            half: Point { x: 22.5, y: 22.5 },
        };
        return (0..8).flat_map(|i| (0..4).map(move |j| tile(i, j))).collect();
    }
    let extent = |axis: usize| {
        let along = terrain.at.iter().map(|p| p[axis]);
        (along.clone().fold(f64::INFINITY, f64::min), along.fold(f64::NEG_INFINITY, f64::max))
    };
    let ((west, east), (south, north)) = (extent(0), extent(1));
    if west > east {
        return Vec::new();
    }
    let wider = |low: f64, high: f64| 0.5 * (high - low) * (1.0 + 1e-9) + 1e-12 * (low.abs() + high.abs());
    vec![Tile {
        middle: Point { x: 0.5 * (west + east), y: 0.5 * (south + north) },
        half: Point { x: wider(west, east), y: wider(south, north) },
    }]
}

impl Tile {
    /// A single place.
    pub fn point(middle: Point) -> Self {
        Tile { middle, half: Point { x: 0.0, y: 0.0 } }
    }

    pub fn quarters(&self) -> [Tile; 4] {
        let half = Point { x: 0.5 * self.half.x, y: 0.5 * self.half.y };
        [(-1.0, -1.0), (1.0, -1.0), (-1.0, 1.0), (1.0, 1.0)]
            .map(|(x, y)| Tile { middle: Point { x: self.middle.x + x * half.x, y: self.middle.y + y * half.y }, half })
    }

    pub fn frame(&self, metric: Metric) -> Frame {
        let at = place(metric, self.middle);
        if metric != Metric::GreatCircle {
            let half = (self.half.x, self.half.y);
            let (east, north) = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]);
            return Frame { at, east, north, half, radius: half.0.hypot(half.1), metric };
        }
        let (lon, lat) = (self.middle.x.to_radians(), self.middle.y.to_radians());
        // The next floating-point numbers outwards are well within this.
        let (across, along) = (self.half.x.to_radians() * (1.0 + 1e-9), self.half.y.to_radians() * (1.0 + 1e-9));
        let widest = (lat.abs() - along).max(0.0).cos();
        // Along the meridian, then along the parallel.
        let angle = (along + across * widest).min(PI);
        let stretch = if angle > 1e-6 { angle / angle.min(1.5).sin() } else { 1.0 + 1e-9 };
        let x = widest * across.min(FRAC_PI_2).sin();
        let y = along.min(FRAC_PI_2).sin() + lat.sin().abs() * widest * (1.0 - across.cos());
        Frame {
            at,
            east: [-lon.sin(), lon.cos(), 0.0],
            north: [-lat.sin() * lon.cos(), -lat.sin() * lon.sin(), lat.cos()],
            half: (RADIUS_KM * x * stretch, RADIUS_KM * y * stretch),
            radius: RADIUS_KM * angle,
            metric,
        }
    }
}

impl Frame {
    /// Too large for tangents to mean much.
    pub fn is_wide(&self) -> bool {
        self.metric == Metric::GreatCircle && self.radius > 0.25 * RADIUS_KM
    }

    /// Whether ways that at the middle are so long are convex all over the tile.
    pub fn sees_convex(&self, away: f64) -> bool {
        self.metric != Metric::GreatCircle || away + 2.0 * self.radius < 0.999 * FRAC_PI_2 * RADIUS_KM
    }

    /// Way to the middle and its slope, so that within the tile the way is at least way + slope · offset.
    #[inline]
    pub fn way(&self, site: &Place) -> (f64, f64, f64) {
        let away = distance(self.metric, &self.at, site);
        if away <= 0.0 {
            return (0.0, 0.0, 0.0);
        }
        if self.metric != Metric::GreatCircle {
            return (away, (self.at[0] - site[0]) / away, (self.at[1] - site[1]) / away);
        }
        if self.is_wide() || away + self.radius > 0.999 * FRAC_PI_2 * RADIUS_KM {
            return ((away - self.radius).max(0.0), 0.0, 0.0);
        }
        let (x, y) = (dot(site, &self.east), dot(site, &self.north));
        // sin² from the chord, which is exact for places close by.
        let chord = squared_chord(site, &self.at);
        let sine = (chord * (1.0 - 0.25 * chord)).sqrt().max(1e-300);
        // Never longer than 1: a shorter slope is less than the tangent only by rounding, which the caller allows for.
        (away, -x / sine, -y / sine)
    }
}

fn dot(a: &Place, b: &Place) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}
