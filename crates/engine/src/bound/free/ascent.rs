//! Climbs the Lagrangian dual of "each unit once" over the worths of cells.
//!
//! The best territory around each of many places is a piecewise linear function of the worths; the maximum over places is
//! smoothed by an entropy (Nesterov 2005, "Smooth minimization of non-smooth functions", Mathematical Programming 103),
//! cooled step by step, and climbed with the limited-memory quasi-Newton method (Liu & Nocedal 1989, Mathematical
//! Programming 45).

use super::columns::Columns;
use crate::control::Control;
use std::collections::VecDeque;

/// Steps the curvature is remembered for.
const MEMORY: usize = 8;

/// Heats, as shares of a territory's mean cost, and steps at each: from a first guess.
pub(crate) const COARSE: [(f64, usize); 7] =
    [(0.1, 10), (0.1, 10), (0.05, 15), (0.03, 15), (0.02, 15), (0.01, 20), (0.006, 20)];
/// The same from worths that are nearly right.
pub(crate) const FINE: [(f64, usize); 3] = [(0.02, 8), (0.01, 10), (0.005, 20)];

/// The best worths found; `columns` are left filled at the last ones, with the shares of the relaxed solution.
pub(crate) fn climb(
    columns: &mut Columns,
    worth: Vec<f64>,
    size: &[f64],
    mean: f64,
    stages: &[(f64, usize)],
    control: &Control,
) -> Vec<f64> {
    let root: Vec<f64> = size.iter().map(|s| s.max(1e-9).sqrt()).collect();
    let mut now: Vec<f64> = worth.iter().zip(&root).map(|(w, r)| w / r).collect();
    columns.fill(&worth, 2);
    columns.look_farther(&worth);
    let mut best = (f64::NEG_INFINITY, worth);
    for (heat, steps) in stages.iter().copied() {
        let heat = heat * mean;
        let mut view = View { columns: &mut *columns, root: &root, heat };
        stage(&mut view, &mut now, steps, mean, &mut best, control);
        if control.is_over() {
            break;
        }
        let shown = columns.look_farther(&best.1);
        if shown > 0 {
            // What was found before may have been too good to be true.
            best.0 = f64::NEG_INFINITY;
        }
    }
    best.1
}

/// The smoothed dual in the scaled worths.
struct View<'v, 'c> {
    columns: &'v mut Columns<'c>,
    root: &'v [f64],
    heat: f64,
}

impl View<'_, '_> {
    /// Value, slope, and the value without smoothing.
    fn at(&mut self, now: &[f64], worth: &mut Vec<f64>) -> (f64, Vec<f64>, f64) {
        worth.clear();
        worth.extend(now.iter().zip(self.root).map(|(n, r)| n * r));
        self.columns.fill(worth, 1);
        let sum: f64 = worth.iter().sum();
        let sharp = sum - self.columns.total(0.0);
        let value = sum - self.columns.total(self.heat);
        let slope = self.columns.coverage().iter().zip(self.root).map(|(c, r)| (1.0 - c) * r).collect();
        (value, slope, sharp)
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn stage(view: &mut View, now: &mut Vec<f64>, steps: usize, mean: f64, best: &mut (f64, Vec<f64>), control: &Control) {
    let mut worth = Vec::new();
    let (mut value, mut slope, sharp) = view.at(now, &mut worth);
    if sharp > best.0 {
        *best = (sharp, worth.clone());
    }
    let mut memory: VecDeque<(Vec<f64>, Vec<f64>, f64)> = VecDeque::new();
    // A cell covered once too little first gains a third of what its share of a territory costs.
    let first = 0.3 * mean * (view.heat / mean).min(0.1) * 10.0;
    for _ in 0..steps {
        if control.is_over() {
            return;
        }
        let direction = ahead(&slope, &memory, first);
        let rise = dot(&direction, &slope);
        if rise.is_nan() || rise <= 1e-12 * value.abs() {
            return;
        }
        let mut step = 1.0;
        let mut reached = None;
        for _ in 0..5 {
            let next: Vec<f64> = now.iter().zip(&direction).map(|(n, d)| n + step * d).collect();
            let (there, slope, sharp) = view.at(&next, &mut worth);
            if sharp > best.0 {
                *best = (sharp, worth.clone());
            }
            if there >= value + 1e-4 * step * rise {
                reached = Some((next, there, slope));
                break;
            }
            step *= 0.4;
        }
        let Some((next, there, ahead)) = reached else {
            if memory.is_empty() {
                return;
            }
            memory.clear();
            continue;
        };
        let moved: Vec<f64> = next.iter().zip(now.iter()).map(|(a, b)| a - b).collect();
        // The dual is concave: the slope falls.
        let fallen: Vec<f64> = slope.iter().zip(&ahead).map(|(a, b)| a - b).collect();
        let curve = dot(&moved, &fallen);
        if curve > 1e-10 * dot(&fallen, &fallen).sqrt() * dot(&moved, &moved).sqrt() {
            memory.push_back((moved, fallen, curve));
            if memory.len() > MEMORY {
                memory.pop_front();
            }
        }
        (*now, value, slope) = (next, there, ahead);
    }
}

/// The quasi-Newton direction upwards.
fn ahead(slope: &[f64], memory: &VecDeque<(Vec<f64>, Vec<f64>, f64)>, first: f64) -> Vec<f64> {
    let mut direction = slope.to_vec();
    let mut kept = Vec::with_capacity(memory.len());
    for (moved, fallen, curve) in memory.iter().rev() {
        let part = dot(moved, &direction) / curve;
        direction.iter_mut().zip(fallen).for_each(|(d, f)| *d -= part * f);
        kept.push(part);
    }
    let scale = memory.back().map_or(first, |(_, fallen, curve)| curve / dot(fallen, fallen));
    direction.iter_mut().for_each(|d| *d *= scale);
    for ((moved, fallen, curve), part) in memory.iter().zip(kept.into_iter().rev()) {
        let back = dot(fallen, &direction) / curve;
        direction.iter_mut().zip(moved).for_each(|(d, m)| *d += (part - back) * m);
    }
    direction
}
