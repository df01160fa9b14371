//! Mends broken territories: each owner keeps its largest piece, the rest goes unit by unit to whoever it touches.
//!
//! The unit that loses least goes first, as in Prim's and Dijkstra's growth from a front.

use super::Graph;
use crate::control::Control;
use crate::model::{Model, NOBODY};
use crate::moves::{Allocation, Costing};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A cost in the heap's order.
struct Loss(f64);

impl PartialEq for Loss {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Loss {}

impl PartialOrd for Loss {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Loss {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// Gives the scattered pieces away; the budget of moves is kept, limits may be missed. Left off when time runs out.
pub(crate) fn mend(allocation: &mut Allocation, graph: &Graph, costing: &dyn Costing, control: &Control) {
    let model = allocation.model;
    let mut loose = scattered(model, graph, &allocation.owner);
    let mut front = BinaryHeap::new();
    (0..model.units)
        .filter(|&unit| loose[unit])
        .for_each(|unit| offer(allocation, graph, costing, &loose, unit, &mut front));
    while let Some(Reverse((_, unit, to))) = front.pop() {
        let (unit, to) = (unit as usize, to as usize);
        if control.is_over() {
            break;
        }
        if !loose[unit] || !allocation.affords(unit, to) {
            continue;
        }
        loose[unit] = false;
        if allocation.owner[unit] != to as u32 {
            allocation.shift(unit, to);
        }
        for &next in graph.neighbours(unit) {
            if loose[next as usize] {
                offer(allocation, graph, costing, &loose, next as usize, &mut front);
            }
        }
    }
    allocation.recount();
}

type Front = BinaryHeap<Reverse<(Loss, u32, u32)>>;

/// Puts what a loose unit could join into the heap.
fn offer(
    allocation: &Allocation,
    graph: &Graph,
    costing: &dyn Costing,
    loose: &[bool],
    unit: usize,
    front: &mut Front,
) {
    let now = costing.cost(unit, allocation.owner[unit] as usize);
    for &next in graph.neighbours(unit) {
        let to = allocation.owner[next as usize];
        if !loose[next as usize] && allocation.model.eligible(unit, to as usize) {
            front.push(Reverse((Loss(costing.cost(unit, to as usize) - now), unit as u32, to)));
        }
    }
}

/// Units outside their owner's largest piece; a unit with one eligible owner is never loose.
fn scattered(model: &Model, graph: &Graph, owner: &[u32]) -> Vec<bool> {
    let (piece, pieces) = graph.pieces(owner);
    let mut size = vec![0.0; pieces];
    for (unit, &piece) in piece.iter().enumerate() {
        // A piece that cannot move anyway is the one to keep.
        let bound = if model.owners_of(unit).len() == 1 { 1e6 } else { 0.0 };
        size[piece as usize] += model.value(unit).iter().sum::<f64>() + 1e-6 + bound;
    }
    let mut largest = vec![NOBODY; model.owners];
    for (unit, &piece) in piece.iter().enumerate() {
        let held = &mut largest[owner[unit] as usize];
        if *held == NOBODY || size[piece as usize] > size[*held as usize] {
            *held = piece;
        }
    }
    piece
        .iter()
        .enumerate()
        .map(|(unit, &piece)| piece != largest[owner[unit] as usize] && model.owners_of(unit).len() > 1)
        .collect()
}
