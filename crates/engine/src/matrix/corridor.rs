//! Solves the uncertain part of the best assignment again: most units on which it and the relaxed solution agree stay, the
//! rest is open and searched with knapsack bounds (RINS: Danna, Rothberg, Le Pape 2005; corridors: Sniedovich & Voß 2006).
//!
//! What is uncertain is a matter of degree, so each kind of corridor mixes it with chance or with a group of owners close
//! in price, and each is widened while it is quickly refuted and narrowed while its allowance runs out.

use super::close::{Closing, Task};
use super::fixing::{Answer, Style};
use super::knapsack::{Core, Scratch};
use super::pool::NOBODY;
use super::random::Dice;
use rayon::prelude::*;

/// Kinds of corridors, and corridors of a kind in one round.
pub(crate) const KINDS: usize = 4;
const EACH: usize = 2;
/// How much chance counts against certainty, which lies within about 1 of 0.
const NOISE: [f64; KINDS] = [0.4, 1.0, 4.0, 0.4];
/// The kind that opens units of owners close to each other.
const GROUPED: usize = 3;
/// How much less certain a unit of the group is.
const FAVOUR: f64 = 2.0;
/// Units opened at first, and at least.
pub(crate) const FIRST_REACH: usize = 60;
const LEAST_REACH: usize = 20;
/// Arcs left of a unit.
const MOST_ARCS: usize = 12;
/// Rounds without a gain after which other searches have their turn.
const MOST_IDLE: usize = 3;

/// What is searched in the rounds, and the cost below which its arcs are narrowed.
struct Ground {
    core: Core,
    target: f64,
}

impl Closing<'_, '_> {
    /// Opens corridors until several rounds in a row have gained nothing.
    pub fn reopen(&mut self) {
        let mut ground = None;
        let mut idle = 0;
        while idle < MOST_IDLE && !self.best.owner.is_empty() && !self.is_closed() && !self.control.is_over() {
            let target = self.best.cost - self.least;
            let worn = |g: &Ground| g.target - target > 0.1 * (target - self.worth.bound);
            if ground.as_ref().is_none_or(worn) {
                ground = self.prepare(target);
            }
            let Some(ground) = &ground else { return };
            idle = if self.reopen_once(&ground.core, target) { 0 } else { idle + 1 };
        }
    }

    fn prepare(&mut self, target: f64) -> Option<Ground> {
        let mut core = self.core.clone();
        core.narrow(&self.worth, target, &mut Scratch::default(), &mut self.work).then(|| {
            core.thin(MOST_ARCS, &self.best.owner);
            Ground { core, target }
        })
    }

    /// One round of all kinds. True where the best became better.
    fn reopen_once(&mut self, core: &Core, target: f64) -> bool {
        self.turn += 1;
        let style = Style { bold: false, batch: 1, share: 0.03, daring: 0.3 };
        let answers: Vec<(Answer, u64)> = (0..KINDS * EACH)
            .into_par_iter()
            .map(|index| {
                let stream = self.turn * 1000 + index as u64;
                let mut dice = Dice::new(self.control.seed ^ 0xc0de, stream);
                match self.corridor(core, index / EACH, target, &mut dice) {
                    Some(part) => {
                        self.run(part, &Task { target, style, stream }, self.exact_allowance / 8, 2 * self.patience)
                    }
                    None => (Answer::Refuted, 0),
                }
            })
            .collect();
        let before = self.best.cost;
        let (mut refuted, mut open) = ([0; KINDS], [0; KINDS]);
        for (index, (answer, used)) in answers.into_iter().enumerate() {
            self.work += used;
            match answer {
                Answer::Found(cost, owner) if cost < self.best.cost => {
                    (self.best.cost, self.best.owner) = (cost, owner);
                }
                Answer::Found(..) => {}
                Answer::Refuted => refuted[index / EACH] += 1,
                Answer::Open => open[index / EACH] += 1,
            }
        }
        for (kind, reach) in self.reach.iter_mut().enumerate() {
            if refuted[kind] == EACH {
                *reach = (*reach * 6 / 5).min(self.core.open.len());
            } else if open[kind] == EACH {
                *reach = (*reach * 5 / 6).max(LEAST_REACH);
            }
        }
        self.best.cost < before
    }

    /// A corridor of the kind; `None` where the units that stay leave no solution.
    fn corridor(&self, core: &Core, kind: usize, target: f64, dice: &mut Dice) -> Option<Core> {
        let now = &self.best.owner;
        let trust = core.trust(now, target - self.worth.bound);
        let mut favoured = vec![0.0; self.near.owners()];
        if kind == GROUPED {
            let size = (2 * self.reach[kind] * self.near.owners() / now.len()).clamp(2, self.near.owners());
            for &o in &self.near.line_up(size, dice)[..size] {
                favoured[o as usize] = FAVOUR;
            }
        }
        let mut order: Vec<(f64, u32)> = core
            .open
            .iter()
            .map(|&u| {
                let chance = NOISE[kind] * dice.unit() - favoured[now[u as usize] as usize];
                (trust[u as usize] + chance, u)
            })
            .collect();
        order.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        order.truncate(order.len().saturating_sub(self.reach[kind]));
        let mut keep = vec![NOBODY; now.len()];
        for &(_, unit) in order.iter().filter(|(trust, _)| trust.is_finite()) {
            keep[unit as usize] = now[unit as usize];
        }
        core.keeping(&keep)
    }
}
