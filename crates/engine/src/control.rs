//! What the caller hands in: seed, deadline, cancellation, progress.
//!
//! The engine never reads a clock of its own accord: `out_of_time` is the caller's deadline, asked at most every few
//! milliseconds of work.

/// How a solve is steered from outside.
pub struct Control<'a> {
    /// The same seed and problem give the same solution unless time runs out first.
    pub seed: u64,
    /// True once the deadline has passed, and from then on. The best solution so far is then returned (see
    /// [`crate::solve()`]). It is asked from any thread, every few milliseconds of work.
    pub out_of_time: &'a (dyn Fn() -> bool + Sync),
    /// True once nobody wants an answer any more, and from then on. No answer is then made, not even a first one. It is
    /// asked as `out_of_time` is, and also where a first answer is made whatever the time.
    pub cancelled: &'a (dyn Fn() -> bool + Sync),
    /// Search on until `out_of_time` says so, as long as the gap is open. Otherwise a search ends after a fixed amount of
    /// work (some 20 s on two cores at most), so that the result does not depend on the machine.
    pub patient: bool,
    /// Told of each phase and improvement; may be called from any thread.
    pub progress: &'a (dyn Fn(Progress) + Sync),
}

/// One report of progress.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress {
    /// `seeding`, `locating`, `balancing`, `improving`, `bounding`, …
    pub phase: &'static str,
    /// 0 to 1 within the whole solve, as well as it can be told.
    pub fraction: f64,
    /// Cost of the best solution so far, if there is one.
    pub objective: Option<f64>,
}

/// Time is up, or nobody wants an answer: whoever is at work leaves off, and what is in hand counts if anything does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OutOfTime;

impl<'a> Control<'a> {
    pub(crate) fn is_over(&self) -> bool {
        (self.out_of_time)() || (self.cancelled)()
    }

    /// Whether what is being made would be thrown away.
    pub(crate) fn is_cancelled(&self) -> bool {
        (self.cancelled)()
    }

    /// For what is finished whatever the time, unless nobody wants it, and which reports nothing.
    pub(crate) fn whatever_the_time(&self) -> Control<'a> {
        Control {
            seed: self.seed,
            out_of_time: &|| false,
            cancelled: self.cancelled,
            patient: false,
            progress: &|_| {},
        }
    }

    /// To be asked between pieces of work of a few milliseconds.
    pub(crate) fn go_on(&self) -> Result<(), OutOfTime> {
        if self.is_over() { Err(OutOfTime) } else { Ok(()) }
    }
}

impl Control<'static> {
    /// No deadline, no cancellation, no progress: ends after a fixed amount of work.
    pub fn unbounded(seed: u64) -> Self {
        Control { seed, out_of_time: &|| false, cancelled: &|| false, patient: false, progress: &|_| {} }
    }
}
