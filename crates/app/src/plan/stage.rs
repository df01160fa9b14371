//! What the making of a plan is at work on, for whoever holds a clock.
//!
//! The planner says what it begins; how long that took is counted where the clock is, at the face.

use serde::{Deserialize, Serialize};

/// A part of the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Files into tables.
    Reading,
    /// Principles, importance, segments, coverage, who may serve whom.
    Conditions,
    /// Accounts into basic units, and units into the problem.
    Aggregation,
    Solving,
    /// From units back to accounts, with loads, territories and reasons.
    JoinBack,
    Writing,
}

impl Stage {
    pub const ALL: [Stage; 6] =
        [Stage::Reading, Stage::Conditions, Stage::Aggregation, Stage::Solving, Stage::JoinBack, Stage::Writing];

    /// As a person reads it.
    pub fn title(self) -> &'static str {
        match self {
            Stage::Reading => "reading",
            Stage::Conditions => "conditions",
            Stage::Aggregation => "aggregation",
            Stage::Solving => "solving",
            Stage::JoinBack => "join-back",
            Stage::Writing => "writing",
        }
    }
}

/// Seconds of each part of the work.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Timings {
    pub reading: f64,
    pub conditions: f64,
    pub aggregation: f64,
    pub solving: f64,
    pub join_back: f64,
    /// Absent in the plan's own `summary.json`, which is a part of what is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub writing: Option<f64>,
    pub total: f64,
}

impl Timings {
    /// Of seconds by stage, in the order of [`Stage::ALL`]. Without `written` the writing is yet to come.
    pub fn of(seconds: [f64; 6], written: bool) -> Timings {
        let round = |seconds: f64| (seconds * 1000.0).round() / 1000.0;
        let [reading, conditions, aggregation, solving, join_back, writing] = seconds.map(round);
        Timings {
            reading,
            conditions,
            aggregation,
            solving,
            join_back,
            writing: written.then_some(writing),
            total: round(seconds.iter().sum()),
        }
    }

    /// Each part with its seconds and its share of the whole.
    pub fn shares(&self) -> Vec<(Stage, f64, f64)> {
        let seconds = [
            self.reading,
            self.conditions,
            self.aggregation,
            self.solving,
            self.join_back,
            self.writing.unwrap_or(0.0),
        ];
        let total = self.total.max(f64::MIN_POSITIVE);
        Stage::ALL.into_iter().zip(seconds).map(|(stage, seconds)| (stage, seconds, seconds / total)).collect()
    }
}
