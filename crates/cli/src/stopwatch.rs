//! How long each part of the making of a plan takes: the planner says what it begins, and here is the clock.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bailiwick_app::plan::stage::{Stage, Timings};

/// A clock that runs from its making.
pub struct Stopwatch(Mutex<Spent>);

struct Spent {
    stage: Stage,
    since: Instant,
    by_stage: [Duration; Stage::ALL.len()],
}

impl Spent {
    fn enter(&mut self, stage: Stage) {
        let now = Instant::now();
        self.by_stage[self.stage as usize] += now - self.since;
        (self.stage, self.since) = (stage, now);
    }
}

impl Stopwatch {
    pub fn start() -> Stopwatch {
        let by_stage = [Duration::ZERO; Stage::ALL.len()];
        Stopwatch(Mutex::new(Spent { stage: Stage::Reading, since: Instant::now(), by_stage }))
    }

    /// From now on time is spent on this.
    pub fn enter(&self, stage: Stage) {
        let mut spent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if spent.stage != stage {
            spent.enter(stage);
        }
    }

    /// What was spent so far.
    pub fn timings(&self) -> Timings {
        let mut spent = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let stage = spent.stage;
        spent.enter(stage);
        Timings::of(spent.by_stage.map(|part| part.as_secs_f64()), stage == Stage::Writing)
    }
}
