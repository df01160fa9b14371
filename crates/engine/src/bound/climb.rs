//! Subgradient ascent on the worths of a Lagrangian relaxation (Held, Wolfe & Crowder 1974, with Polyak's step).

use crate::control::Control;

/// A relaxation at given worths: a valid bound, and how far each unit is from being served exactly once.
pub(crate) struct Relaxed {
    pub value: f64,
    pub slope: Vec<f64>,
}

/// The greatest bound found from `worth` on, or `None` where a relaxation cannot be solved.
///
/// `known` is the cost of a solution in hand. The search ends after `rounds`, when time is up, or when a bound is `enough`.
pub(crate) fn climb(
    mut worth: Vec<f64>,
    known: f64,
    rounds: usize,
    control: &Control,
    enough: impl Fn(f64) -> bool,
    relax: impl Fn(&[f64]) -> Relaxed,
) -> Option<f64> {
    let (mut best, mut best_worth) = (f64::NEG_INFINITY, worth.clone());
    let (mut pull, mut idle) = (1.0, 0);
    for _ in 0..rounds {
        if control.is_over() {
            break;
        }
        let Relaxed { mut value, slope } = relax(&worth);
        // Sums of many numbers round; what is stated must not exceed the truth.
        value -= 1e-10 * (1.0 + value.abs() + worth.iter().map(|w| w.abs()).sum::<f64>());
        if !value.is_finite() {
            return None;
        }
        if value > best + 1e-6 * known.abs() {
            idle = 0;
        } else {
            idle += 1;
        }
        if value > best {
            best = value;
            best_worth.clone_from(&worth);
        }
        if enough(best) {
            break;
        }
        if idle >= 12 {
            idle = 0;
            pull *= 0.6;
            worth.clone_from(&best_worth);
            if pull < 0.005 {
                break;
            }
            continue;
        }
        let length: f64 = slope.iter().map(|s| s * s).sum();
        if length < 1e-12 {
            break;
        }
        let step = pull * (known - value).max(1e-6) / length;
        worth.iter_mut().zip(&slope).for_each(|(w, s)| *w += step * s);
    }
    Some(best)
}
