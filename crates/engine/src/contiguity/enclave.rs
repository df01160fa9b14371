//! No territory within another: moves that would surround one are refused, and surrounded ones are given a way out.
//!
//! The way out is the shortest one through the surrounding territory (breadth first: Moore 1959, "The shortest path through
//! a maze") to the rim or to a third owner. What surrounds it is a ring there, and stays connected when it is cut once.

use super::{Connected, Graph};
use crate::control::Control;
use crate::model::NOBODY;
use crate::moves::{Allocation, Guard};

/// Keeps territories in one piece, and none within another.
pub(crate) struct Open<'a> {
    graph: &'a Graph,
    connected: Connected<'a>,
}

impl<'a> Open<'a> {
    pub fn new(graph: &'a Graph) -> Self {
        Open { graph, connected: Connected::new(graph) }
    }

    /// Whether giving `unit` to `to` leaves a territory around it within one other that was not so before.
    fn surrounds(&self, allocation: &Allocation, unit: usize, to: u32) -> bool {
        let owner = &allocation.owner;
        let after = |at: u32| if at as usize == unit { to } else { owner[at as usize] };
        let now = |at: u32| owner[at as usize];
        let around = self.graph.neighbours(unit).iter().map(|&next| owner[next as usize]);
        let mut seen = [NOBODY; 8];
        for (slot, territory) in around.chain([owner[unit], to]).enumerate() {
            if seen.contains(&territory) {
                continue;
            }
            seen[slot % 8] = territory;
            let joins = (territory == to).then_some(unit as u32);
            let members = || allocation.members(territory as usize).iter().copied().chain(joins);
            if encloser(self.graph, members(), territory, &after).is_some()
                && encloser(self.graph, members(), territory, &now).is_none()
            {
                return true;
            }
        }
        false
    }
}

impl Guard for Open<'_> {
    fn allows(&mut self, allocation: &Allocation, unit: usize, to: usize) -> bool {
        self.connected.allows(allocation, unit, to)
            && !(self.graph.knows_rim() && self.surrounds(allocation, unit, to as u32))
    }
}

/// The one owner all around the units of `territory`, if there is one.
fn encloser(
    graph: &Graph,
    members: impl Iterator<Item = u32>,
    territory: u32,
    owner: &impl Fn(u32) -> u32,
) -> Option<u32> {
    let mut only = None;
    for unit in members.filter(|&unit| owner(unit) == territory) {
        if graph.at_rim(unit as usize) {
            return None;
        }
        for next in graph.neighbours(unit as usize).iter().map(|&next| owner(next)) {
            if next != territory && *only.get_or_insert(next) != next {
                return None;
            }
        }
    }
    only
}

/// Gives every surrounded territory a way out, where that leaves the other in one piece.
pub(crate) fn open_up(allocation: &mut Allocation, graph: &Graph, control: &Control) {
    if !graph.knows_rim() {
        return;
    }
    for territory in 0..allocation.model.owners as u32 {
        if control.is_over() {
            return;
        }
        let members = allocation.members(territory as usize).iter().copied();
        let Some(around) = encloser(graph, members, territory, &|unit| allocation.owner[unit as usize]) else {
            continue;
        };
        let way = way_out(allocation, graph, territory, around);
        let mut guard = Connected::new(graph);
        let mut opened = Vec::new();
        let through = way.into_iter().all(|unit| {
            let free = allocation.model.eligible(unit as usize, territory as usize)
                && allocation.affords(unit as usize, territory as usize)
                && guard.allows(allocation, unit as usize, territory as usize);
            if free {
                allocation.shift(unit as usize, territory as usize);
                opened.push(unit);
            }
            free
        });
        if !through {
            opened.into_iter().for_each(|unit| allocation.shift(unit as usize, around as usize));
        }
    }
    allocation.recount();
}

/// The units between the territory and what lies beyond the one around it, from the inside out.
fn way_out(allocation: &Allocation, graph: &Graph, territory: u32, around: u32) -> Vec<u32> {
    let owner = &allocation.owner;
    let mut came_from = vec![NOBODY; graph.units()];
    let mut open: Vec<u32> = allocation.members(territory as usize).to_vec();
    open.sort_unstable();
    let mut at = 0;
    while at < open.len() {
        let here = open[at];
        at += 1;
        let beyond = |next: &u32| ![territory, around].contains(&owner[*next as usize]);
        let leads_out = graph.at_rim(here as usize) || graph.neighbours(here as usize).iter().any(beyond);
        if owner[here as usize] == around && leads_out {
            let mut way = vec![here];
            while came_from[way[way.len() - 1] as usize] != NOBODY {
                way.push(came_from[way[way.len() - 1] as usize]);
            }
            way.retain(|&unit| owner[unit as usize] == around);
            way.reverse();
            return way;
        }
        for &next in graph.neighbours(here as usize) {
            if owner[next as usize] == around && came_from[next as usize] == NOBODY {
                came_from[next as usize] = here;
                open.push(next);
            }
        }
    }
    Vec::new()
}
