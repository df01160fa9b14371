//! Small pools finished exactly: depth-first over the units, pruned by what the prices prove of those still to come.
//!
//! Violation comes first: an upper limit once passed stays passed, and a lower limit that the remaining units cannot reach
//! is missed for good; both are lower bounds on the violation of every completion. At equal violation the Lagrangian value
//! of the remaining units bounds the cost (branch and bound with multipliers: Fisher 1981).

use super::anneal::Best;
use super::pool::Pool;
use super::prices::Prices;
use crate::control::Control;

/// Nodes looked at before the search gives up.
const MOST_NODES: u64 = 400_000;
/// Largest pool tried.
pub(crate) const MOST_UNITS: usize = 40;

struct Tree<'t, 'a, const K: usize> {
    pool: &'t Pool<'a, K>,
    order: Vec<usize>,
    /// Owners of each unit of the order, cheapest first.
    choices: Vec<Vec<u32>>,
    /// Least cost, and least reduced cost, of the units from this place of the order on.
    plain_left: Vec<f64>,
    reduced_left: Vec<f64>,
    prices: &'t Prices<K>,
    /// What the limits pay in the Lagrangian.
    paid: f64,
    /// What the units from this place on can still bring to each owner.
    coming: Vec<Vec<[f64; K]>>,
    load: Vec<[f64; K]>,
    owner: Vec<u32>,
    best: Best,
    nodes: u64,
    control: &'t Control<'t>,
}

/// The best assignment and whether that is proven.
pub(crate) fn finish_exactly<const K: usize>(
    pool: &Pool<K>,
    prices: &Prices<K>,
    start: Best,
    control: &Control,
) -> (Best, bool) {
    let n = pool.len();
    let mut order: Vec<usize> = (0..n).collect();
    let heft = |u: usize| -> f64 {
        let scale = &pool.scale[pool.owners_of(u)[0] as usize];
        let weight = pool.weight(u, pool.owners_of(u)[0] as usize);
        (0..K).map(|k| scale[k] * weight[k]).sum()
    };
    order.sort_by(|&a, &b| heft(b).total_cmp(&heft(a)).then(a.cmp(&b)));
    let choices: Vec<Vec<u32>> = order
        .iter()
        .map(|&u| {
            let mut list = pool.owners_of(u).to_vec();
            list.sort_by(|&a, &b| {
                let cost = |o: u32| prices.reduced(pool, u, o as usize);
                cost(a).total_cmp(&cost(b)).then(a.cmp(&b))
            });
            list
        })
        .collect();
    let mut plain_left = vec![0.0; n + 1];
    let mut reduced_left = vec![0.0; n + 1];
    let mut coming = vec![vec![[0.0; K]; pool.owners]; n + 1];
    for at in (0..n).rev() {
        let u = order[at];
        let least =
            |cost: &dyn Fn(usize) -> f64| choices[at].iter().map(|&o| cost(o as usize)).fold(f64::INFINITY, f64::min);
        plain_left[at] = plain_left[at + 1] + least(&|o| pool.cost(u, o));
        reduced_left[at] = reduced_left[at + 1] + least(&|o| prices.reduced(pool, u, o));
        coming[at] = coming[at + 1].clone();
        for &o in &choices[at] {
            let weight = pool.weight(u, o as usize);
            (0..K).for_each(|k| coming[at][o as usize][k] += weight[k]);
        }
    }
    let mut paid = if pool.has_budget { prices.of_moves * pool.budget } else { 0.0 };
    for o in 0..pool.owners {
        for k in 0..K {
            let price = prices.of[o][k];
            if price > 0.0 {
                paid += price * pool.upper[o][k];
            } else if price < 0.0 {
                paid += price * pool.lower[o][k];
            }
        }
    }
    let mut tree = Tree {
        pool,
        order,
        choices,
        plain_left,
        reduced_left,
        prices,
        paid,
        coming,
        load: vec![[0.0; K]; pool.owners],
        owner: vec![0; n],
        best: start,
        nodes: 0,
        control,
    };
    let complete = tree.grow(0, 0.0, 0.0, 0.0);
    (tree.best, complete)
}

impl<const K: usize> Tree<'_, '_, K> {
    /// Least violation of any completion.
    fn violation(&self, at: usize) -> f64 {
        let mut sum = 0.0;
        for o in 0..self.pool.owners {
            for k in 0..K {
                let over = self.load[o][k] - self.pool.upper[o][k];
                let under = self.pool.lower[o][k] - self.load[o][k] - self.coming[at][o][k];
                sum += self.pool.scale[o][k] * (over.max(0.0) + under.max(0.0));
            }
        }
        sum
    }

    /// False when the nodes or the time ran out.
    fn grow(&mut self, at: usize, cost: f64, reduced: f64, spent: f64) -> bool {
        self.nodes += 1;
        if self.nodes > MOST_NODES || (self.nodes.is_multiple_of(1024) && self.control.is_over()) {
            return false;
        }
        let violation = self.violation(at);
        let rounding = 1e-10 * (1.0 + self.best.violation);
        if violation > self.best.violation + rounding {
            return true;
        }
        if violation >= self.best.violation - rounding {
            // The Lagrangian bound holds for assignments that keep all limits only.
            let plain = cost + self.plain_left[at];
            let priced = reduced + self.reduced_left[at] - self.paid;
            let bound = if self.best.violation <= 0.0 { plain.max(priced) } else { plain };
            if bound >= self.best.cost - 1e-9 * (1.0 + self.best.cost.abs()) {
                return true;
            }
        }
        if at == self.order.len() {
            self.best = Best { owner: self.owner.clone(), violation, cost };
            return true;
        }
        let unit = self.order[at];
        for c in 0..self.choices[at].len() {
            let o = self.choices[at][c] as usize;
            let spends = self.pool.spends(unit, o);
            if spends > 0.0 && spent + spends > self.pool.budget {
                continue;
            }
            let weight = *self.pool.weight(unit, o);
            let before = self.load[o];
            (0..K).for_each(|k| self.load[o][k] += weight[k]);
            self.owner[unit] = o as u32;
            let more = self.prices.reduced(self.pool, unit, o);
            let complete = self.grow(at + 1, cost + self.pool.cost(unit, o), reduced + more, spent + spends);
            self.load[o] = before;
            if !complete {
                return false;
            }
        }
        true
    }
}
