//! Measures and their limits.
//!
//! A load beyond a limit is a violation; violations are added over owners and measures, each as a share of its measure's
//! mean load (see `model`).

use crate::model::SLACK;

/// How far a load is beyond its limits.
#[inline]
pub(crate) fn excess(load: f64, lower: f64, upper: f64) -> f64 {
    let by = (load - upper).max(lower - load);
    if by > SLACK { by } else { 0.0 }
}
