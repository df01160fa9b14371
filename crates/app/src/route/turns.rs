//! Whose turn it is, where arrivals are shared in rotation.
//!
//! Start-time fair queueing (Goyal, Vin & Cheng, *Start-time fair queueing*, SIGCOMM 1996): everybody has a turn, the
//! least is next, and whoever is served steps on by a stride that is the shorter the greater their weight. Nobody's turn
//! lies before the last one served, so that who comes back from leave, or from a limit, does not get all that was missed.
//!
//! Turns are kept with the decisions that they led to, and read back from there ([`Turns::recall`]). So they do not depend
//! on who holds what: a manual hand-over shifts nobody's turn, and a restart goes on where it stopped.

use serde_json::Value;

/// What a turn of somebody of mean weight comes to. Whole numbers, so that what is stored is what was computed.
const ROUND: u64 = 1_000_000;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Turns {
    strides: Vec<u64>,
    /// Where each one's next turn begins.
    next: Vec<u64>,
    /// The turn served last.
    now: u64,
}

impl Turns {
    /// Nobody had a turn yet. Whoever weighs nothing has none.
    pub fn new(weights: &[f64]) -> Turns {
        let weighty = weights.iter().filter(|weight| **weight > 0.0);
        let mean = weighty.clone().sum::<f64>() / weighty.count().max(1) as f64;
        let stride = |weight: &f64| match *weight {
            weight if weight > 0.0 => ((mean / weight * ROUND as f64).round() as u64).max(1),
            _ => u64::MAX / 4,
        };
        Turns { strides: weights.iter().map(stride).collect(), next: vec![0; weights.len()], now: 0 }
    }

    /// The turn that one of the staff would be served at: the least is next.
    pub fn of(&self, index: usize) -> u64 {
        self.next[index].max(self.now)
    }

    /// The same in rounds of the mean weight, from 1.
    pub fn round_of(&self, index: usize) -> f64 {
        self.of(index) as f64 / ROUND as f64 + 1.0
    }

    /// One of the staff is served; the turn it was.
    pub fn serve(&mut self, index: usize) -> u64 {
        let turn = self.of(index);
        self.next[index] = turn + self.strides[index];
        self.now = turn;
        turn
    }

    /// Takes up where decisions stopped: told of them from the latest backwards. Whether more need be told.
    pub fn recall(&mut self, told: &mut Told, index: usize, turn: u64) {
        if !told.any {
            self.now = turn;
            told.any = true;
        }
        if !std::mem::replace(&mut told.seen[index], true) {
            self.next[index] = turn + self.strides[index];
            told.missing = told.missing.saturating_sub(1);
        }
    }
}

/// Whose last turn is known already.
pub struct Told {
    any: bool,
    seen: Vec<bool>,
    missing: usize,
}

impl Told {
    pub fn nothing(staff: usize) -> Told {
        Told { any: false, seen: vec![false; staff], missing: staff }
    }

    pub fn everything(&self) -> bool {
        self.missing == 0
    }
}

/// What a rule chain says of a turn.
pub fn turn_in(step: &Value) -> Option<(usize, Option<&str>, &str, u64)> {
    let coverage = usize::try_from(step.get("coverage")?.as_u64()?).ok()?;
    let line = step.get("product_line").and_then(Value::as_str);
    Some((coverage, line, step.get("employee")?.as_str()?, step.get("turn")?.as_u64()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn next(turns: &Turns, present: impl Fn(usize) -> bool) -> usize {
        (0..turns.next.len()).filter(|index| present(*index)).min_by_key(|index| (turns.of(*index), *index)).unwrap()
    }

    #[test]
    fn equal_weights_go_round() {
        let mut turns = Turns::new(&[1.0, 1.0, 1.0]);
        let served: Vec<usize> = (0..7)
            .map(|_| {
                let one = next(&turns, |_| true);
                turns.serve(one);
                one
            })
            .collect();
        assert_eq!(served, [0, 1, 2, 0, 1, 2, 0]);
    }

    #[test]
    fn who_comes_back_does_not_catch_up() {
        let mut turns = Turns::new(&[1.0, 1.0]);
        for _ in 0..100 {
            let one = next(&turns, |index| index == 0);
            turns.serve(one);
        }
        let mut served = [0, 0];
        for _ in 0..10 {
            let one = next(&turns, |_| true);
            turns.serve(one);
            served[one] += 1;
        }
        assert!(served[1] <= 6, "{served:?}");
    }

    proptest! {
        /// Over many arrivals everybody gets the share of their weight, to one arrival and a stride.
        #[test]
        fn shares_follow_weights(weights in prop::collection::vec(1_u32..20, 2..6), arrivals in 50_usize..400) {
            let weights: Vec<f64> = weights.into_iter().map(f64::from).collect();
            let mut turns = Turns::new(&weights);
            let mut served = vec![0.0; weights.len()];
            for _ in 0..arrivals {
                let one = next(&turns, |_| true);
                turns.serve(one);
                served[one] += 1.0;
            }
            let total: f64 = weights.iter().sum();
            for (got, weight) in served.iter().zip(&weights) {
                let due = arrivals as f64 * weight / total;
                prop_assert!((got - due).abs() <= weights.len() as f64, "{got} of {due}: {served:?} for {weights:?}");
            }
        }

        /// What is read back from the decisions is what was kept in memory, whoever was away when.
        #[test]
        fn memory_and_record_agree(weights in prop::collection::vec(1_u32..9, 2..6), away in prop::collection::vec(0_usize..6, 1..80)) {
            let weights: Vec<f64> = weights.into_iter().map(f64::from).collect();
            let mut turns = Turns::new(&weights);
            let mut record = vec![];
            for absent in away {
                let one = next(&turns, |index| index != absent);
                record.push((one, turns.serve(one)));
            }
            let mut again = Turns::new(&weights);
            let mut told = Told::nothing(weights.len());
            for (one, turn) in record.iter().rev() {
                again.recall(&mut told, *one, *turn);
            }
            prop_assert_eq!(again, turns);
        }
    }
}
