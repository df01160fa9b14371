//! Small pools as a mixed-integer programme: sure where the structure is a transport (one seat a value), helpful elsewhere.

use super::anneal::Best;
use super::pool::Pool;
use super::prices::Prices;
use super::state::{State, Weighing};
use crate::control::Control;
use microlp::{
    ComparisonOp, LinearExpr, OptimizationDirection, Problem, SolutionStatus, SolveOptions, SolveOutcome, Variable,
};

/// Arcs up to which a programme is written.
pub(crate) const MOST_ARCS: usize = 2500;
/// Nodes of branch and bound between two looks at the deadline, and in all.
const NODES: u64 = 20;
const MOST_NODES: u64 = 400;

/// A better assignment than `start` that keeps all limits, and the bound if it is proven optimal.
pub(crate) fn finish_by_programme<const K: usize>(
    pool: &Pool<K>,
    prices: &Prices<K>,
    weighing: &Weighing<K>,
    start: Best,
    control: &Control,
) -> (Best, Option<f64>) {
    // Arcs that cost too much to be in anything better are left out (reduced-cost fixing).
    let room = if start.violation <= 0.0 { start.cost - prices.bound } else { f64::INFINITY };
    let mut programme = Problem::new(OptimizationDirection::Minimize);
    let mut arcs: Vec<Vec<(u32, Variable)>> = Vec::with_capacity(pool.len());
    let mut count = 0;
    for u in 0..pool.len() {
        let least = prices.cheapest(pool, u).1;
        let within = |o: &&u32| prices.reduced(pool, u, **o as usize) <= least + room + 1e-6 * (1.0 + room.abs());
        let kept = pool.owners_of(u).iter().filter(within);
        let list: Vec<_> = kept.map(|&o| (o, programme.add_binary_var(pool.cost(u, o as usize)))).collect();
        count += list.len();
        if count > MOST_ARCS {
            return (start, None);
        }
        programme.add_constraint(list.iter().map(|&(_, v)| (v, 1.0)), ComparisonOp::Eq, 1.0);
        arcs.push(list);
    }
    for o in 0..pool.owners {
        for k in 0..K {
            let mut load = LinearExpr::empty();
            for (u, list) in arcs.iter().enumerate() {
                if let Some(&(_, v)) = list.iter().find(|(owner, _)| *owner as usize == o) {
                    load.add(v, pool.weight(u, o)[k]);
                }
            }
            if pool.upper[o][k].is_finite() {
                programme.add_constraint(load.clone(), ComparisonOp::Le, pool.upper[o][k]);
            }
            if pool.lower[o][k] > 0.0 {
                programme.add_constraint(load, ComparisonOp::Ge, pool.lower[o][k]);
            }
        }
    }
    if pool.has_budget {
        let spend = |u: usize| move |&(o, v): &(u32, Variable)| (v, pool.spends(u, o as usize));
        let spends = arcs.iter().enumerate().flat_map(|(u, list)| list.iter().map(spend(u)));
        programme.add_constraint(spends.filter(|s| s.1 > 0.0).collect::<Vec<_>>(), ComparisonOp::Le, pool.budget);
    }
    let mut options = SolveOptions::default();
    options.node_limit = Some(NODES);
    let mut outcome = programme.solve_with(options);
    let mut nodes = NODES;
    loop {
        match outcome {
            Ok(SolveOutcome::Solution(solution)) => {
                let proven = solution.status() == SolutionStatus::Optimal;
                if !proven && nodes < MOST_NODES && !control.is_over() {
                    nodes += NODES;
                    outcome = SolveOutcome::Solution(solution).resume();
                    continue;
                }
                let pick = |list: &Vec<(u32, Variable)>| {
                    let best = list.iter().max_by(|a, b| solution.var_value(a.1).total_cmp(&solution.var_value(b.1)));
                    best.map_or(0, |arc| arc.0)
                };
                let state = State::new(pool, arcs.iter().map(pick).collect(), weighing);
                let spends = state.spent <= pool.budget || !pool.has_budget;
                let found = Best { violation: state.violation(), cost: state.cost, owner: state.owner };
                let held = spends && found.violation <= 0.0;
                let bound = (proven && held).then_some(found.cost);
                return if held && found.beats(&start) { (found, bound) } else { (start, bound) };
            }
            Ok(other) if nodes < MOST_NODES && !control.is_over() => {
                nodes += NODES;
                outcome = other.resume();
            }
            _ => return (start, None),
        }
    }
}
