//! The matrix of Newton's method on prices, and its solution by conjugate gradients.
//!
//! Sharing a unit among owners ties their prices together like springs; over all units that gives a sparse Laplacian in
//! blocks of measures. Source: Hestenes & Stiefel 1952, "Methods of conjugate gradients for solving linear systems", with
//! the diagonal as preconditioner.

use rustc_hash::FxHashMap;

#[derive(Default)]
pub(crate) struct Laplacian {
    measures: usize,
    size: usize,
    /// `measures`² numbers an owner.
    diagonal: Vec<f64>,
    slots: Slots,
    pairs: Vec<(u32, u32)>,
    /// `measures`² numbers a pair.
    blocks: Vec<f64>,
}

impl Laplacian {
    pub fn clear(&mut self, owners: usize, measures: usize) {
        self.measures = measures;
        self.size = owners * measures;
        self.diagonal.clear();
        self.diagonal.resize(self.size * measures, 0.0);
        self.slots.clear(owners, &self.pairs);
        self.pairs.clear();
        self.blocks.clear();
    }

    /// A unit shared out in `parts`.
    pub fn add(&mut self, value: &[f64], cold: f64, parts: &[(u32, f32)]) {
        let square = self.measures * self.measures;
        for (index, &(a, share_a)) in parts.iter().enumerate() {
            let share_a = f64::from(share_a);
            let at = a as usize * square;
            add_outer(&mut self.diagonal[at..at + square], value, cold * share_a * (1.0 - share_a));
            for &(b, share_b) in &parts[index + 1..] {
                let at = self.pair(a.min(b), a.max(b)) * square;
                add_outer(&mut self.blocks[at..at + square], value, -cold * share_a * f64::from(share_b));
            }
        }
    }

    fn pair(&mut self, a: u32, b: u32) -> usize {
        let count = self.pairs.len() as u32;
        let slot = self.slots.of(a, b, count);
        if slot == count {
            self.pairs.push((a, b));
            self.blocks.resize(self.pairs.len() * self.measures * self.measures, 0.0);
        }
        slot as usize
    }

    /// The step for which (Laplacian + `slope` + a little) step = gradient, no entry beyond `longest`. Entries with an
    /// infinite slope stay 0.
    pub fn solve(&self, gradient: &[f64], slope: &[f64], longest: f64) -> Vec<f64> {
        let (size, measures) = (self.size, self.measures);
        let own = |at: usize| self.diagonal[at / measures * measures * measures + at % measures * (measures + 1)];
        let usual = (0..size).map(own).sum::<f64>() / size as f64;
        let floor = (1e-4 * usual).max(1e-4 / longest);
        let extra: Vec<f64> = (0..size).map(|at| own(at) * 1e-4 + floor + slope[at]).collect();
        let scale: Vec<f64> = (0..size).map(|at| own(at) + extra[at]).collect();
        let mut step = vec![0.0; size];
        let mut rest: Vec<f64> = (0..size).map(|at| if slope[at].is_finite() { gradient[at] } else { 0.0 }).collect();
        let mut direction: Vec<f64> = rest.iter().zip(&scale).map(|(r, s)| r / s).collect();
        let mut image = vec![0.0; size];
        let mut energy: f64 = rest.iter().zip(&direction).map(|(r, d)| r * d).sum();
        let enough = energy * 1e-5;
        for _ in 0..(2 * size).min(200) {
            if energy <= enough || energy <= 0.0 {
                break;
            }
            self.apply(&direction, &mut image);
            for at in 0..size {
                image[at] = if slope[at].is_finite() { image[at] + extra[at] * direction[at] } else { 0.0 };
            }
            let curvature: f64 = direction.iter().zip(&image).map(|(d, i)| d * i).sum();
            if curvature <= 0.0 {
                break;
            }
            let length = energy / curvature;
            for at in 0..size {
                step[at] += length * direction[at];
                rest[at] -= length * image[at];
            }
            let next: f64 = rest.iter().zip(&scale).map(|(r, s)| r * r / s).sum();
            let keep = next / energy;
            energy = next;
            for at in 0..size {
                direction[at] = rest[at] / scale[at] + keep * direction[at];
            }
        }
        step.iter_mut().for_each(|s| *s = s.clamp(-longest, longest));
        step
    }

    fn apply(&self, x: &[f64], image: &mut [f64]) {
        let measures = self.measures;
        let square = measures * measures;
        for (owner, block) in self.diagonal.chunks_exact(square).enumerate() {
            for (row, line) in block.chunks_exact(measures).enumerate() {
                let x = &x[owner * measures..(owner + 1) * measures];
                image[owner * measures + row] = line.iter().zip(x).map(|(b, x)| b * x).sum();
            }
        }
        for (&(a, b), block) in self.pairs.iter().zip(self.blocks.chunks_exact(square)) {
            let (a, b) = (a as usize * measures, b as usize * measures);
            for row in 0..measures {
                for column in 0..measures {
                    let entry = block[row * measures + column];
                    image[a + row] += entry * x[b + column];
                    image[b + row] += entry * x[a + column];
                }
            }
        }
    }
}

/// Owners up to which a table of all pairs is kept: some megabytes.
const FEW: usize = 1500;

const NONE: u32 = u32::MAX;

/// Where a pair stands among those met: in a table where owners are few, which is looked at millions of times.
#[derive(Default)]
struct Slots {
    owners: usize,
    table: Vec<u32>,
    map: FxHashMap<u64, u32>,
}

impl Slots {
    fn clear(&mut self, owners: usize, met: &[(u32, u32)]) {
        self.map.clear();
        if owners == self.owners && !self.table.is_empty() {
            met.iter().for_each(|&(a, b)| self.table[a as usize * owners + b as usize] = NONE);
        } else {
            self.table.clear();
            self.table.resize(if owners <= FEW { owners * owners } else { 0 }, NONE);
        }
        self.owners = owners;
    }

    /// The pair's place, which is `next` where it was not met before.
    #[inline]
    fn of(&mut self, a: u32, b: u32, next: u32) -> u32 {
        match self.table.get_mut(a as usize * self.owners + b as usize) {
            Some(slot) => {
                if *slot == NONE {
                    *slot = next;
                }
                *slot
            }
            None => *self.map.entry(u64::from(a) << 32 | u64::from(b)).or_insert(next),
        }
    }
}

#[inline]
fn add_outer(block: &mut [f64], value: &[f64], factor: f64) {
    for (line, a) in block.chunks_exact_mut(value.len()).zip(value) {
        line.iter_mut().zip(value).for_each(|(cell, b)| *cell += factor * a * b);
    }
}
