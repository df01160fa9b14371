//! Distance in one form for all metrics: a place is three numbers (a unit vector on the sphere, or the plane with z = 0).

use crate::problem::{Metric, Point};

/// Mean radius of the earth in kilometres (IUGG).
pub(crate) const RADIUS_KM: f64 = 6371.0088;

pub(crate) type Place = [f64; 3];

/// The point in the engine's form.
pub(crate) fn place(metric: Metric, at: Point) -> Place {
    match metric {
        Metric::GreatCircle => {
            let (lon, lat) = (at.x.to_radians(), at.y.to_radians());
            [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
        }
        Metric::Euclidean | Metric::EuclideanFloor => [at.x, at.y, 0.0],
    }
}

/// The way back; `place` must lie on the sphere for [`Metric::GreatCircle`].
pub(crate) fn point(metric: Metric, place: Place) -> Point {
    match metric {
        Metric::GreatCircle => {
            Point { x: place[1].atan2(place[0]).to_degrees(), y: place[2].atan2(place[0].hypot(place[1])).to_degrees() }
        }
        Metric::Euclidean | Metric::EuclideanFloor => Point { x: place[0], y: place[1] },
    }
}

#[inline]
pub(crate) fn squared_chord(a: &Place, b: &Place) -> f64 {
    let (x, y, z) = (a[0] - b[0], a[1] - b[1], a[2] - b[2]);
    x * x + y * y + z * z
}

/// Distance in kilometres, or in the plane's unit.
#[inline]
pub(crate) fn distance(metric: Metric, a: &Place, b: &Place) -> f64 {
    let squared = squared_chord(a, b);
    match metric {
        Metric::GreatCircle => arc(squared),
        Metric::Euclidean => squared.sqrt(),
        Metric::EuclideanFloor => (squared.sqrt() + 1e-9).floor(),
    }
}

/// Great-circle length over a squared chord of the unit sphere: 2 R asin(chord / 2), by its series where that is exact.
#[inline]
fn arc(squared: f64) -> f64 {
    let half = 0.25 * squared;
    let root = half.sqrt();
    if half < 0.0025 {
        let series = 1.0 + half * (1.0 / 6.0 + half * (3.0 / 40.0 + half * (15.0 / 336.0 + half * (105.0 / 3456.0))));
        2.0 * RADIUS_KM * root * series
    } else {
        2.0 * RADIUS_KM * root.min(1.0).asin()
    }
}
