//! Closes the gap from both sides: bold dives at growing targets lower the cost, refuted targets raise the bound, and
//! groups of owners are solved again with all others left as they are.

use super::corridor::{FIRST_REACH, KINDS};
use super::fixing::{Answer, Dive, Room, Style};
use super::knapsack::{Climb, Core, Scratch, Worth};
use super::near::Near;
use super::pool::Pool;
use super::prices::Prices;
use super::random::Dice;
use crate::control::{Control, Progress};
use rayon::prelude::*;

/// A solution and what is proven.
pub(crate) struct Closed {
    /// Empty while none is known.
    pub owner: Vec<u32>,
    /// Cost of the solution, or the cost above which nothing is of interest.
    pub cost: f64,
    pub bound: f64,
}

/// The most table cells a call without a deadline may use: some 10 s on two cores.
const MOST_WORK: u64 = 60_000_000_000;
/// Times the owners are grouped anew while each time gains.
const REGROUPINGS: usize = 30;
/// Gap below which the search stops once it has tried everything a few times.
const NEGLIGIBLE: f64 = 1e-4;

/// The state of the search; each round's tasks are the same for any number of threads.
pub(crate) struct Closing<'a, 'c> {
    pub(super) core: Core,
    pub(super) worth: Worth,
    pub(super) best: Closed,
    whole: bool,
    /// The least improvement that counts.
    pub(super) least: f64,
    /// How far above the bound the next dive aims.
    step: f64,
    pub(super) exact_allowance: u64,
    pub(super) patience: u32,
    /// Owners solved again together: how many, and who shares units with whom.
    group: usize,
    pub(super) near: Near,
    refutable: bool,
    /// Units that a corridor of each kind opens.
    pub(super) reach: [usize; KINDS],
    pub(super) turn: u64,
    pub(super) work: u64,
    pub(super) control: &'a Control<'c>,
}

/// One search of a round.
pub(super) struct Task {
    pub(super) target: f64,
    pub(super) style: Style,
    pub(super) stream: u64,
}

pub(crate) fn close_gap<const K: usize>(
    pool: &Pool<K>,
    mut core: Core,
    prices: &Prices<K>,
    seed: Closed,
    control: &Control,
) -> Closed {
    let start = Worth { of: (0..pool.len()).map(|u| prices.cheapest(pool, u).1).collect(), bound: prices.bound };
    let mut work = 0;
    let plan = Climb { target: seed.cost, rounds: 300, pull: 0.7 };
    let mut worth = start;
    core.climb(&mut worth, &plan, &mut Scratch::default(), &mut work, control);
    let per_round = core.round_work(&worth).max(work / 300) + 10_000;
    let least = if pool.whole { 1.0 } else { 1e-5 * (1.0 + prices.bound.abs()) };
    let mut closing = Closing {
        best: seed,
        whole: pool.whole,
        least,
        step: least,
        exact_allowance: 100 * per_round,
        patience: 25,
        group: 2.max(60 * pool.owners / pool.len().max(1)).min(pool.owners),
        near: Near::of(pool, prices),
        refutable: true,
        reach: [FIRST_REACH; KINDS],
        turn: 0,
        work,
        core,
        worth,
        control,
    };
    let proven = f64::max(prices.bound, closing.worth.bound);
    closing.best.bound = if pool.whole { (proven - 1e-6).ceil() } else { proven };
    let mut stale = 0;
    while !closing.is_closed() && (control.patient || closing.work < MOST_WORK) && !control.is_over() {
        let before = closing.best.cost;
        let (group, patience) = (closing.group, closing.patience);
        for _ in 0..REGROUPINGS {
            if !closing.regroup() {
                break;
            }
        }
        closing.reopen();
        closing.dive();
        let widened = closing.patience > patience || closing.group < group;
        stale = if closing.best.cost < before { 0 } else { stale + usize::from(widened) };
        if !control.patient
            && stale >= 4
            && closing.best.cost - closing.best.bound <= NEGLIGIBLE * closing.best.cost.abs()
        {
            break;
        }
        let objective = (!closing.best.owner.is_empty()).then_some(closing.best.cost);
        let fraction = 0.4 + 0.6 * (closing.work as f64 / MOST_WORK as f64).min(1.0);
        (control.progress)(Progress { phase: "improving", fraction, objective });
    }
    closing.best
}

impl Closing<'_, '_> {
    pub(super) fn is_closed(&self) -> bool {
        self.best.bound >= self.best.cost - 1e-9 * self.best.cost.abs()
    }

    pub(super) fn run(&self, mut top: Core, task: &Task, allowance: u64, patience: u32) -> (Answer, u64) {
        let (mut work, mut room) = (0, Room::default());
        if !top.narrow(&self.worth, task.target, &mut room.scratch, &mut work) {
            return (Answer::Refuted, work);
        }
        let dice = Dice::new(self.control.seed, task.stream);
        let (target, whole, style, control) = (task.target, self.whole, task.style, self.control);
        let mut dive = Dive { target, whole, patience, dead_ends: 0, allowance, work, style, dice, room, control };
        let answer = dive.search(&top, &self.worth);
        (answer, dive.work)
    }

    /// Two bold dives at growing targets and, while it may succeed, a proof that the bound can be raised.
    fn dive(&mut self) {
        let at = |step: f64| f64::min(self.best.bound + step - self.least, self.best.cost - self.least);
        let daring = if self.turn < 4 { 0.0 } else { 0.3 };
        let sure = Style { bold: true, batch: 20, share: 0.03, daring };
        let relaxed = Style { bold: true, batch: 10, share: 0.3, daring };
        let mut tasks = vec![
            Task { target: at(self.step), style: sure, stream: self.turn },
            Task { target: at(2.0 * self.step), style: relaxed, stream: self.turn },
        ];
        if self.refutable {
            let style = Style { bold: false, batch: 1, share: 0.03, daring: 0.0 };
            tasks.push(Task { target: self.best.bound, style, stream: self.turn });
        }
        self.turn += 1;
        let answers: Vec<(Answer, u64)> = tasks
            .par_iter()
            .map(|task| {
                let allowance = if task.style.bold { 32 * self.exact_allowance } else { self.exact_allowance };
                let patience = if task.style.bold { self.patience } else { u32::MAX };
                self.run(self.core.clone(), task, allowance, patience)
            })
            .collect();
        let mut found = false;
        for (task, (answer, used)) in tasks.iter().zip(answers) {
            self.work += used;
            match answer {
                Answer::Found(cost, owner) => {
                    if !task.style.bold {
                        // Nothing cheaper than the target was possible before it, and this reaches it.
                        self.best.bound = self.best.bound.max(cost.min(task.target));
                    }
                    if cost < self.best.cost || self.best.owner.is_empty() {
                        found = true;
                        (self.best.cost, self.best.owner) = (cost, owner);
                    }
                }
                Answer::Refuted if !task.style.bold => {
                    self.best.bound = task.target + if self.whole { 1.0 } else { 0.0 };
                }
                Answer::Open if !task.style.bold => self.refutable = false,
                _ => {}
            }
        }
        let gap = self.best.cost - self.best.bound;
        let whole_step = |step: f64| if self.whole { step.floor().max(1.0) } else { step.max(self.least) };
        if found {
            self.step = whole_step(gap / 3.0);
        } else if self.step >= gap {
            self.step = whole_step(gap / 8.0);
            self.exact_allowance *= 2;
            self.patience *= 2;
            self.refutable = true;
        } else {
            self.step *= 2.0;
        }
    }

    /// Divides the owners into groups and solves each again among its own units; gains of groups add up.
    /// True where anything was gained.
    fn regroup(&mut self) -> bool {
        let owners = self.best.owner.iter().max().map_or(0, |&o| o as usize + 1);
        if self.is_closed() || owners < 3 || self.control.is_over() {
            return false;
        }
        self.turn += 1;
        let mut dice = Dice::new(self.control.seed ^ 0x5eed, self.turn);
        let order = self.near.line_up(self.group.max(2), &mut dice);
        let target = self.best.cost - self.least;
        let style = Style { bold: false, batch: 1, share: 0.03, daring: 0.0 };
        let allowance = self.exact_allowance / 20;
        let groups: Vec<&[u32]> = order.chunks(self.group.max(2)).collect();
        let answers: Vec<(Answer, u64)> = groups
            .par_iter()
            .enumerate()
            .map(|(index, group)| {
                let task = Task { target, style, stream: self.turn * 1000 + index as u64 };
                self.run(self.core.among(group, &self.best.owner, self.best.cost), &task, allowance, 200)
            })
            .collect();
        let (base, mut gained) = (self.best.cost, false);
        let now = self.best.owner.clone();
        for (group, (answer, used)) in groups.iter().zip(answers) {
            self.work += used;
            if let Answer::Found(cost, owner) = answer {
                gained = true;
                self.best.cost -= base - cost;
                for (unit, new) in owner.into_iter().enumerate() {
                    if group.contains(&now[unit]) {
                        self.best.owner[unit] = new;
                    }
                }
            }
        }
        if !gained {
            self.group = if self.group * 2 >= owners { 2 } else { self.group + 1 };
        }
        gained
    }
}
