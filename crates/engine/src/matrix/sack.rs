//! One owner's knapsack: the set of units that pays best within its capacity, and what each unit would cost besides.
//!
//! Dynamic programming over whole weights; tables from both ends give all marginal costs at once (Posta, Ferland, Michelon
//! 2012).

use std::cell::RefCell;

/// One owner with one whole-numbered capacity and the units that may still come to it.
#[derive(Clone, Default)]
pub(crate) struct Sack {
    pub capacity: usize,
    pub unit: Vec<u32>,
    pub weight: Vec<u32>,
    pub cost: Vec<f64>,
    /// Least rise of the bound if the unit comes here.
    pub loss: Vec<f64>,
    /// How often the last climbs took it, recent rounds counting more: an estimate of the relaxed solution.
    pub share: Vec<f64>,
}

/// What a unit costs an owner either way.
pub(crate) struct Marginal {
    pub unit: u32,
    pub item: u32,
    /// What taking the unit costs more than the best set.
    pub with: f64,
    /// What refusing it costs more.
    pub without: f64,
}

impl Sack {
    pub fn push(&mut self, unit: u32, weight: u32, cost: f64, loss: f64, share: f64) {
        self.unit.push(unit);
        self.weight.push(weight);
        self.cost.push(cost);
        self.loss.push(loss);
        self.share.push(share);
    }

    pub fn remove(&mut self, item: usize) {
        self.unit.swap_remove(item);
        self.weight.swap_remove(item);
        self.cost.swap_remove(item);
        self.loss.swap_remove(item);
        self.share.swap_remove(item);
    }

    /// Keeps the items whose unit and loss are wanted.
    pub fn retain(&mut self, wanted: impl Fn(u32, f64) -> bool) {
        let mut i = 0;
        while i < self.unit.len() {
            if wanted(self.unit[i], self.loss[i]) { i += 1 } else { self.remove(i) }
        }
    }

    /// The items of negative reduced cost that fits and pays best.
    pub fn fill(&self, worth: &[f64]) -> (Vec<u32>, f64, u64) {
        let gain = |i: usize| self.cost[i] - worth[self.unit[i] as usize];
        let items: Vec<usize> = (0..self.unit.len()).filter(|&i| gain(i) < 0.0).collect();
        let total: usize = items.iter().map(|&i| self.weight[i] as usize).sum();
        if total <= self.capacity {
            let sum = items.iter().map(|&i| gain(i)).sum();
            return (items.iter().map(|&i| i as u32).collect(), sum, items.len() as u64);
        }
        let width = self.capacity + 1;
        let size = (items.len() + 1) * width;
        TABLE.with_borrow_mut(|table| self.fill_in(first_row(table, size, width), &items, gain))
    }

    fn fill_in(&self, table: &mut [f64], items: &[usize], gain: impl Fn(usize) -> f64) -> (Vec<u32>, f64, u64) {
        let width = self.capacity + 1;
        for (t, &i) in items.iter().enumerate() {
            let (done, rest) = table.split_at_mut((t + 1) * width);
            extend(&done[t * width..], &mut rest[..width], self.weight[i] as usize, gain(i));
        }
        let mut left = self.capacity;
        let mut taken = Vec::new();
        for (t, &i) in items.iter().enumerate().rev() {
            if table[(t + 1) * width + left] < table[t * width + left] {
                taken.push(i as u32);
                left -= self.weight[i] as usize;
            }
        }
        (taken, table[items.len() * width + self.capacity], (items.len() * width) as u64)
    }

    /// For each unit within reach: what taking it costs more than the best set, and what refusing it costs more.
    pub fn marginals(&self, worth: &[f64], room: f64) -> Vec<Marginal> {
        let gain = |i: usize| self.cost[i] - worth[self.unit[i] as usize];
        let items: Vec<usize> = (0..self.unit.len()).filter(|&i| gain(i) <= room).collect();
        let (width, count) = (self.capacity + 1, items.len());
        TABLE.with_borrow_mut(|table| {
            let before = first_row(table, (count + 1) * width, width);
            self.marginals_in(before, &items, gain)
        })
    }

    fn marginals_in(&self, before: &mut [f64], items: &[usize], gain: impl Fn(usize) -> f64) -> Vec<Marginal> {
        let (width, count) = (self.capacity + 1, items.len());
        for (t, &i) in items.iter().enumerate() {
            let (done, rest) = before.split_at_mut((t + 1) * width);
            extend(&done[t * width..], &mut rest[..width], self.weight[i] as usize, gain(i));
        }
        let best = before[count * width + self.capacity];
        let (mut after, mut next) = (vec![0.0; width], vec![0.0; width]);
        let mut marginals = Vec::with_capacity(count);
        for (t, &i) in items.iter().enumerate().rev() {
            let weight = self.weight[i] as usize;
            let row = &before[t * width..(t + 1) * width];
            let with = gain(i) + join(&row[..width - weight], &after[..width - weight]) - best;
            let without = join(row, &after) - best;
            let (unit, item) = (self.unit[i], i as u32);
            marginals.push(Marginal { unit, item, with: with.max(0.0), without: without.max(0.0) });
            extend(&after, &mut next, weight, gain(i));
            std::mem::swap(&mut after, &mut next);
        }
        marginals
    }
}

thread_local! {
    /// The table of a knapsack: filled thousands of times a second, so its room is kept.
    static TABLE: RefCell<Vec<f64>> = const { RefCell::new(Vec::new()) };
}

/// A table of `size` cells whose first row is 0; the other rows are whatever was there.
fn first_row(table: &mut Vec<f64>, size: usize, width: usize) -> &mut [f64] {
    if table.len() < size {
        table.resize(size, 0.0);
    }
    let table = &mut table[..size];
    table[..width].fill(0.0);
    table
}

/// Least sum of two tables that share one capacity.
fn join(row: &[f64], after: &[f64]) -> f64 {
    let mut least = [f64::INFINITY; 8];
    let mut rows = row.chunks_exact(8);
    let mut backs = after.rchunks_exact(8);
    for (row, back) in rows.by_ref().zip(backs.by_ref()) {
        for l in 0..8 {
            least[l] = f64::min(least[l], row[l] + back[7 - l]);
        }
    }
    let rest = rows.remainder().iter().zip(backs.remainder().iter().rev()).map(|(p, q)| p + q);
    least.into_iter().chain(rest).fold(f64::INFINITY, f64::min)
}

/// One item more: `to[c]` is the least value within capacity `c`.
#[inline]
fn extend(from: &[f64], to: &mut [f64], weight: usize, gain: f64) {
    let (low, high) = to.split_at_mut(weight);
    low.copy_from_slice(&from[..weight]);
    for ((to, &stay), &take) in high.iter_mut().zip(&from[weight..]).zip(from) {
        let with = take + gain;
        *to = if with < stay { with } else { stay };
    }
}
