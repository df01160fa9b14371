//! Depth-first search over the core with a target: is there a solution of cost at most `target`?
//!
//! Each node climbs the knapsack dual a little, keeps the arcs that a solution within the target could use, and settles
//! the unit that would lose most elsewhere. Small targets are refuted or answered quickly because almost everything is
//! fixed; the target is raised from the bound until a solution is found (Posta, Ferland, Michelon 2012).

use super::knapsack::{Branch, Climb, Core, Scratch, Worth};
use super::pool::NOBODY;
use super::random::Dice;
use crate::control::Control;

/// How a search ended.
pub(crate) enum Answer {
    /// Cost and owners of a solution within the target.
    Found(f64, Vec<u32>),
    /// There is none.
    Refuted,
    /// The allowance ran out.
    Open,
}

/// How a search chooses.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    /// Settle several units at a time while many are open; the search is then no proof.
    pub bold: bool,
    /// One in so many open units is settled at a time.
    pub batch: usize,
    /// How much the relaxed solution counts against the losses.
    pub share: f64,
    /// How much chance there is in the order.
    pub daring: f64,
}

/// Units settled one below the other before a search gives up: the stack is finite.
const DEEPEST: usize = 500;

pub(crate) struct Dive<'a, 'c> {
    pub target: f64,
    /// Costs are whole.
    pub whole: bool,
    /// Dead ends this search may run into, and has run into.
    pub patience: u32,
    pub dead_ends: u32,
    /// Table cells this search may use, and has used.
    pub allowance: u64,
    pub work: u64,
    pub style: Style,
    pub dice: Dice,
    pub room: Room,
    pub control: &'a Control<'c>,
}

/// A place in the tree of a search.
#[derive(Default)]
pub(crate) struct Node {
    core: Core,
    worth: Worth,
}

/// Room for nodes and for what is done at one, used again and again.
#[derive(Default)]
pub(crate) struct Room {
    pub scratch: Scratch,
    nodes: Vec<Node>,
    lists: Vec<Vec<(f64, Branch)>>,
}

impl Room {
    fn copy(&mut self, core: &Core, worth: &Worth) -> Node {
        let mut node = self.nodes.pop().unwrap_or_default();
        node.core.clone_from(core);
        node.worth.clone_from(worth);
        node
    }

    /// Takes one arc after the other as long as each leaves every open unit a place.
    fn settle_several(&mut self, node: &Node, urgent: &[(f64, Branch)]) -> Node {
        let (mut settled, mut tried) = (self.copy(&node.core, &node.worth), self.copy(&node.core, &node.worth));
        for (_, branch) in urgent {
            if settled.core.owner[branch.unit as usize] != NOBODY {
                continue;
            }
            if tried.core.take(branch) {
                settled.core.clone_from(&tried.core);
            } else {
                tried.core.clone_from(&settled.core);
            }
        }
        self.nodes.push(tried);
        settled
    }
}

impl Dive<'_, '_> {
    /// Searches below `core`, whose arcs are already narrowed for a target at least as large.
    pub fn search(&mut self, core: &Core, worth: &Worth) -> Answer {
        let mut top = self.room.copy(core, worth);
        self.search_at(&mut top, 0)
    }

    fn search_at(&mut self, node: &mut Node, depth: usize) -> Answer {
        if depth > DEEPEST {
            return Answer::Open;
        }
        let mut urgent = self.room.lists.pop().unwrap_or_default();
        let answer = self.branch(node, &mut urgent, depth);
        self.room.lists.push(urgent);
        answer
    }

    fn below(&mut self, mut child: Node, depth: usize) -> Answer {
        let answer = self.search_at(&mut child, depth + 1);
        self.room.nodes.push(child);
        answer
    }

    fn branch(&mut self, node: &mut Node, urgent: &mut Vec<(f64, Branch)>, depth: usize) -> Answer {
        loop {
            if let Some(answer) = self.tighten(&mut node.core, &mut node.worth) {
                return answer;
            }
            node.core.urgent(self.target - node.worth.bound, self.style.share, &mut self.room.scratch, urgent);
            if self.style.daring > 0.0 {
                urgent.iter_mut().for_each(|u| u.0 *= 1.0 + self.style.daring * self.dice.unit());
                urgent.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.unit.cmp(&b.1.unit)));
            }
            if self.style.bold {
                let mut batch = node.core.open.len() / self.style.batch;
                while batch > 1 {
                    let child = self.room.settle_several(node, &urgent[..batch]);
                    match self.below(child, depth) {
                        Answer::Refuted => batch /= 4,
                        answer => return answer,
                    }
                }
            }
            let Some((_, branch)) = urgent.first() else { return Answer::Refuted };
            let mut child = self.room.copy(&node.core, &node.worth);
            if child.core.take(branch) {
                match self.below(child, depth) {
                    Answer::Refuted => {}
                    answer => return answer,
                }
            } else {
                self.room.nodes.push(child);
            }
            if !node.core.refuse(branch) {
                return Answer::Refuted;
            }
        }
    }

    /// Climbs and narrows until it brings little; an answer where that already gives one.
    fn tighten(&mut self, core: &mut Core, worth: &mut Worth) -> Option<Answer> {
        loop {
            if core.open.is_empty() {
                return Some(self.close(core));
            }
            let plan = Climb { target: self.target, rounds: 16, pull: 0.4 };
            let scratch = &mut self.room.scratch;
            core.climb(worth, &plan, scratch, &mut self.work, self.control);
            if self.work > self.allowance || self.dead_ends > self.patience || self.control.is_over() {
                return Some(Answer::Open);
            }
            let before = core.arcs();
            if self.exceeds(worth.bound) || !core.narrow(worth, self.target, &mut self.room.scratch, &mut self.work) {
                self.dead_ends += 1;
                return Some(Answer::Refuted);
            }
            if !core.open.is_empty() && core.arcs() * 10 > before * 9 {
                return None;
            }
        }
    }

    fn close(&self, core: &Core) -> Answer {
        if core.settled() <= self.target + 1e-9 * (1.0 + self.target.abs()) {
            Answer::Found(core.settled(), core.owner.clone())
        } else {
            Answer::Refuted
        }
    }

    fn exceeds(&self, bound: f64) -> bool {
        if self.whole { (bound - 1e-6).ceil() > self.target } else { bound > self.target }
    }
}
