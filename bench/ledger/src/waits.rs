//! How long things took: every wait is kept, so that percentiles are exact.

use std::time::Duration;

#[derive(Default)]
pub struct Waits(Vec<f64>);

impl Waits {
    pub fn add(&mut self, wait: Duration) {
        self.0.push(wait.as_secs_f64() * 1e3);
    }

    #[allow(clippy::len_without_is_empty)]
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// In milliseconds.
    pub fn percentiles(&mut self) -> serde_json::Value {
        self.0.sort_by(f64::total_cmp);
        let at = |share: f64| {
            let place = ((self.0.len() as f64 * share).ceil() as usize).clamp(1, self.0.len().max(1)) - 1;
            self.0.get(place).map(|wait| (wait * 1e3).round() / 1e3)
        };
        serde_json::json!({
            "p50": at(0.5), "p90": at(0.9), "p95": at(0.95), "p99": at(0.99), "p99.9": at(0.999), "max": at(1.0),
        })
    }

    /// How many waits were shorter than each limit in milliseconds, and not than the one before.
    pub fn histogram(&self) -> serde_json::Value {
        const LIMITS: [f64; 11] = [0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.5, 10.0, 25.0, 100.0];
        let mut counts = serde_json::Map::new();
        let mut from = 0.0;
        for to in LIMITS.into_iter().chain([f64::INFINITY]) {
            let count = self.0.iter().filter(|wait| (from..to).contains(*wait)).count();
            let name = if to.is_finite() { format!("< {to}") } else { String::from("longer") };
            counts.insert(name, count.into());
            from = to;
        }
        counts.into()
    }
}
