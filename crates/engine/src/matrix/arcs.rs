//! The few owners worth trying for each unit.
//!
//! An arc whose reduced cost exceeds the unit's least by more than (best known − bound) is in no better solution
//! (reduced-cost fixing), so the search forgets it. What remains is cut to the `most` cheapest by reduced cost.

use super::pool::Pool;
use super::prices::Prices;
use crate::control::Control;
use rayon::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};

pub(crate) struct Arcs {
    start: Vec<u32>,
    owner: Vec<u32>,
    /// Units with a choice.
    pub open: Vec<u32>,
}

impl Arcs {
    /// `room`: the most an arc may lose against the cheapest of its unit.
    pub fn choose<const K: usize>(
        pool: &Pool<K>,
        prices: &Prices<K>,
        most: usize,
        room: f64,
        now: &[u32],
        control: &Control,
    ) -> Self {
        let late = AtomicBool::new(false);
        let pick = |unit: usize| {
            if unit.is_multiple_of(64) && control.is_over() {
                late.store(true, Ordering::Relaxed);
            }
            // Out of time, the search that would use the arcs does not take place.
            if late.load(Ordering::Relaxed) {
                return vec![now[unit]];
            }
            let mut list: Vec<(f64, u32)> =
                pool.owners_of(unit).iter().map(|&o| (prices.reduced(pool, unit, o as usize), o)).collect();
            let by_cost = |a: &(f64, u32), b: &(f64, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
            if list.len() > most {
                list.select_nth_unstable_by(most - 1, by_cost);
                list.truncate(most);
            }
            list.sort_unstable_by(by_cost);
            let limit = list[0].0 + room;
            list.retain(|arc| arc.0 <= limit);
            let mut owners: Vec<u32> = list.into_iter().map(|arc| arc.1).collect();
            for o in [Some(now[unit]), pool.present(unit).map(|o| o as u32)].into_iter().flatten() {
                if !owners.contains(&o) {
                    owners.push(o);
                }
            }
            owners
        };
        let lists: Vec<Vec<u32>> = (0..pool.len()).into_par_iter().with_min_len(256).map(pick).collect();
        let mut arcs = Arcs { start: vec![0], owner: Vec::new(), open: Vec::new() };
        for (unit, list) in lists.iter().enumerate() {
            arcs.owner.extend(list);
            arcs.start.push(arcs.owner.len() as u32);
            if list.len() > 1 {
                arcs.open.push(unit as u32);
            }
        }
        arcs
    }

    #[inline]
    pub fn of(&self, unit: usize) -> &[u32] {
        &self.owner[self.start[unit] as usize..self.start[unit + 1] as usize]
    }
}
