//! Distances on the sphere, for explanations; the engine has its own.

use bailiwick_engine::Point;

/// IUGG mean radius.
const EARTH_KM: f64 = 6371.0088;

/// Great-circle distance by the haversine formula.
pub fn great_circle_km(a: Point, b: Point) -> f64 {
    let (phi_a, phi_b) = (a.y.to_radians(), b.y.to_radians());
    let half_phi = ((phi_b - phi_a) / 2.0).sin();
    let half_lambda = ((b.x - a.x).to_radians() / 2.0).sin();
    let h = half_phi * half_phi + phi_a.cos() * phi_b.cos() * half_lambda * half_lambda;
    2.0 * EARTH_KM * h.sqrt().min(1.0).asin()
}
