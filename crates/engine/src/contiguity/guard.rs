//! Keeps territories in one piece while units move.
//!
//! A shift is allowed when the unit touches its new owner's units and those it leaves stay connected (it is no
//! articulation of its old territory), found by a search that starts at its neighbours and stops once all are met. Source:
//! the usual check of districting local search, e.g. Ricca & Simeone 2008, "Local search algorithms for political
//! districting", EJOR 189.

use super::Graph;
use crate::moves::{Allocation, Guard};

pub(crate) struct Connected<'a> {
    graph: &'a Graph,
    seen: Vec<u32>,
    round: u32,
    open: Vec<u32>,
}

impl<'a> Connected<'a> {
    pub fn new(graph: &'a Graph) -> Self {
        Connected { graph, seen: vec![0; graph.units()], round: 0, open: Vec::new() }
    }

    /// Whether the owner's units around `unit` stay connected without it.
    fn holds_without(&mut self, owner: &[u32], unit: usize) -> bool {
        let of = owner[unit];
        let graph = self.graph;
        let ring = || graph.neighbours(unit).iter().copied().filter(|&next| owner[next as usize] == of);
        let mut wanted = ring().count();
        let Some(first) = ring().next().filter(|_| wanted > 1) else { return true };
        self.round += 1;
        let wish = self.round;
        ring().for_each(|next| self.seen[next as usize] = wish);
        self.round += 1;
        let met = self.round;
        self.seen[unit] = met;
        self.seen[first as usize] = met;
        wanted -= 1;
        self.open.clear();
        self.open.push(first);
        let mut at = 0;
        while wanted > 0 && at < self.open.len() {
            let here = self.open[at] as usize;
            at += 1;
            for &next in graph.neighbours(here) {
                let state = self.seen[next as usize];
                if owner[next as usize] == of && state != met {
                    if state == wish {
                        wanted -= 1;
                    }
                    self.seen[next as usize] = met;
                    self.open.push(next);
                }
            }
        }
        wanted == 0
    }
}

impl Guard for Connected<'_> {
    fn allows(&mut self, allocation: &Allocation, unit: usize, to: usize) -> bool {
        let owner = &allocation.owner;
        let touches = || self.graph.neighbours(unit).iter().any(|&next| owner[next as usize] == to as u32);
        (allocation.members(to).is_empty() || touches()) && self.holds_without(owner, unit)
    }
}
